//! A web server that has one document, as the host of an MTA-STS policy does.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// The server; it ends when it is dropped.
pub struct Web {
    /// Where it listens.
    pub address: SocketAddr,
    document: Arc<Mutex<String>>,
    asked: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl Web {
    /// Listens on a free port of this address.
    pub async fn start(address: SocketAddr, tls: Arc<rustls::ServerConfig>, document: &str) -> Self {
        let listener = TcpListener::bind((address.ip(), 0)).await.expect("bound");
        let address = listener.local_addr().expect("an address");
        let document = Arc::new(Mutex::new(document.to_owned()));
        let asked = Arc::new(AtomicUsize::new(0));
        let (text, counter, acceptor) = (document.clone(), asked.clone(), TlsAcceptor::from(tls));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                counter.fetch_add(1, Ordering::SeqCst);
                let mut question = Vec::new();
                while !question.ends_with(b"\r\n\r\n") {
                    let Ok(octet) = stream.read_u8().await else { break };
                    question.push(octet);
                }
                let body = text.lock().expect("not poisoned").clone();
                let status = match question.starts_with(b"GET /.well-known/mta-sts.txt HTTP/1.1\r\n") {
                    true => "200 OK",
                    false => "404 Not Found",
                };
                let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n");
                let answer = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
                // A client that leaves ends only this session.
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        Self { address, document, asked, _tasks: tasks }
    }

    /// Has this document from now on.
    pub fn publish(&self, document: &str) {
        *self.document.lock().expect("not poisoned") = document.to_owned();
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}
