//! A web server for control connections: TLS, one page, the end. Enough to see that a host is there.
//!
//! It listens from [`Web::start`] on until it is dropped; [`Web::stop`] also waits until the address is free. It cannot
//! listen where somebody else does.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::IspError;

const PATIENCE: Duration = Duration::from_secs(20);
const REQUEST_LIMIT: u64 = 16_384;
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\
                        Connection: close\r\n\r\nhere\n";

/// A running web server; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Web {
    tasks: JoinSet<()>,
}

impl Web {
    pub(super) async fn start(address: SocketAddr, tls: Arc<ServerConfig>) -> Result<Self, IspError> {
        let failure = |source| IspError::Service { address, source };
        let listener = TcpListener::bind(address).await.map_err(failure)?;
        let mut tasks = JoinSet::new();
        tasks.spawn(listen(listener, TlsAcceptor::from(tls)));
        Ok(Self { tasks })
    }

    /// Ends it; when this returns, the address is free.
    pub(super) async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

async fn listen(listener: TcpListener, acceptor: TlsAcceptor) {
    let mut sessions = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    sessions.spawn(timeout(PATIENCE, answer(stream, acceptor.clone())));
                }
            }
            Some(_) = sessions.join_next() => {}
        }
    }
}

/// Reads a request to its empty line, whatever it asks for.
async fn answer(stream: TcpStream, acceptor: TlsAcceptor) -> io::Result<()> {
    let mut stream = BufReader::new(acceptor.accept(stream).await?);
    let mut line = String::new();
    let mut request = (&mut stream).take(REQUEST_LIMIT);
    while request.read_line(&mut line).await? > 0 && !line.trim_end().is_empty() {
        line.clear();
    }
    stream.write_all(ANSWER).await?;
    stream.shutdown().await
}
