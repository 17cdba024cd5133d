//! A scripted Rspamd on a TCP port: it keeps what it is asked, and answers by what is in the message.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use postamt_mta::settings::{FilterKind, FilterSettings, RspamdActions, Unfiltered};
use postamt_net::service::ServiceAddress;
use postamt_net::smtp::Secret;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// The JSON that it answers to a message.
pub type Script = fn(&str) -> &'static str;

/// A question: the head of the request, in small letters, and the number of its connection.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Request line and header fields.
    pub head: String,
    /// Which connection it came by.
    pub connection: usize,
}

/// A daemon; it dies when it is dropped.
pub struct Rspamd {
    /// Where it listens.
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    serving: JoinHandle<()>,
}

impl Rspamd {
    /// Listens on some port; `keeps` connections open.
    pub async fn start(script: Script, keeps: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let noting = asked.clone();
        let serving = tokio::spawn(async move {
            let (mut sessions, mut connection) = (JoinSet::new(), 0);
            while let Ok((stream, _)) = listener.accept().await {
                connection += 1;
                sessions.spawn(serve(stream, script, keeps, connection, noting.clone()));
            }
        });
        Self { address, asked, serving }
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic").clone()
    }

    /// The settings of it as a filter.
    pub fn filter(&self) -> FilterSettings {
        FilterSettings {
            name: "rspamd".to_owned(),
            kind: FilterKind::Rspamd {
                address: ServiceAddress::Tcp { host: "127.0.0.1".to_owned(), port: self.address.port() },
                password: Some(Secret::new("sesam")),
                actions: RspamdActions::default(),
            },
            when_down: Unfiltered::Defer,
            when_too_large: Unfiltered::Accept,
            size_limit: 1 << 20,
            time_limit: Duration::from_secs(10),
        }
    }
}

impl Drop for Rspamd {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(
    stream: TcpStream,
    script: Script,
    keeps: bool,
    connection: usize,
    asked: Arc<Mutex<Vec<Asked>>>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).await.ok()? == 0 {
                return None;
            }
        }
        let head = head.to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1)?.split("\r\n").next()?.parse().ok()?;
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.ok()?;
        asked.lock().expect("no panic").push(Asked { head, connection });
        let answer = script(&String::from_utf8_lossy(&body));
        let closing = if keeps { "" } else { "Connection: close\r\n" };
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{closing}\r\n", answer.len());
        stream.write_all(format!("{head}{answer}").as_bytes()).await.ok()?;
        if !keeps {
            return None;
        }
    }
}
