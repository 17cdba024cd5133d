//! A web server that has one document, as the host of an MTA-STS policy does.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// What it says.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: &'static str,
    pub kind: &'static str,
    pub body: String,
}

impl Answer {
    /// A policy as it must come.
    pub fn policy(text: &str) -> Self {
        Self { status: "200 OK", kind: "text/plain; charset=utf-8", body: text.to_owned() }
    }
}

/// The server; it ends when it is dropped.
pub struct Web {
    /// Where it listens.
    pub address: SocketAddr,
    answer: Arc<Mutex<Answer>>,
    asked: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl Web {
    /// Listens on a free port of this address.
    pub async fn start(address: SocketAddr, tls: Arc<rustls::ServerConfig>, answer: Answer) -> Self {
        let listener = TcpListener::bind((address.ip(), 0)).await.expect("bound");
        let address = listener.local_addr().expect("an address");
        let answer = Arc::new(Mutex::new(answer));
        let asked = Arc::new(AtomicUsize::new(0));
        let (said, counter, acceptor) = (answer.clone(), asked.clone(), TlsAcceptor::from(tls));
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
                let Answer { status, kind, body } = said.lock().expect("not poisoned").clone();
                let status = match question.starts_with(b"GET /.well-known/mta-sts.txt HTTP/1.1\r\n") {
                    true => status,
                    false => "404 Not Found",
                };
                let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nLocation: /other\r\n");
                let answer = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
                // A client that leaves ends only this session.
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        Self { address, answer, asked, _tasks: tasks }
    }

    /// Has this policy from now on.
    pub fn publish(&self, text: &str) {
        *self.answer.lock().expect("not poisoned") = Answer::policy(text);
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}
