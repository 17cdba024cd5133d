//! Receiving mail servers with characters, on real sockets, and a note of everything that they saw.
//!
//! [`Receiver::start`] listens with the same sans-IO server machine that the real server uses, so that an
//! error in it would show on both sides of a test only if the peers of the other test suites shared it, too.
//! Every refusal and every message becomes a [`Receipt`] in the [`Receipts`] that all servers of a world share;
//! whoever waits for one waits for an event. [`BlackHole`] is the server that is not there.

mod black_hole;
mod character;
mod conversation;
mod judge;
mod receipts;
#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use postamt_mail::address::Domain;
use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use black_hole::BlackHole;
pub use character::{Character, Delays, Refusal};
pub use judge::{Judge, Judgement};
pub use receipts::{Receipt, ReceiptStream, Receipts, TlsVersion};

use conversation::Host;

/// One server: its name, where it listens, what it is like.
#[derive(Debug, Clone)]
pub struct ReceiverSettings {
    /// The name in its banner.
    pub name: Domain,
    /// What follows the name in its banner.
    pub greeting: String,
    /// Where it listens; port 0 takes a free one.
    pub address: SocketAddr,
    /// What it does with mail.
    pub character: Character,
    /// What STARTTLS leads to; `None` does not offer it.
    pub tls: Option<Arc<ServerConfig>>,
    /// Octets that it takes (RFC 1870).
    pub size_limit: u64,
}

impl ReceiverSettings {
    /// A server without TLS that takes 25 MB.
    #[must_use]
    pub fn new(name: Domain, address: SocketAddr, character: Character) -> Self {
        let greeting = "ESMTP lab".to_owned();
        Self { name, greeting, address, character, tls: None, size_limit: 25_000_000 }
    }

    /// Greets with these words.
    #[must_use]
    pub fn with_greeting(self, greeting: impl Into<String>) -> Self {
        Self { greeting: greeting.into(), ..self }
    }

    /// Offers STARTTLS.
    #[must_use]
    pub fn with_tls(self, tls: Arc<ServerConfig>) -> Self {
        Self { tls: Some(tls), ..self }
    }
}

/// Why a server of the lab could not start.
#[derive(Debug, thiserror::Error)]
#[error("the lab's server {name} cannot listen on {address}")]
pub struct ReceiverError {
    /// Which server.
    pub name: String,
    /// Where.
    pub address: SocketAddr,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

/// A running server; it and its sessions end when this is dropped.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    sessions: JoinSet<()>,
}

impl Receiver {
    /// Listens and answers until dropped.
    ///
    /// # Errors
    /// [`ReceiverError`]: the address cannot be listened on.
    pub async fn start(
        settings: ReceiverSettings,
        judge: Arc<Judge>,
        receipts: Receipts,
    ) -> Result<Self, ReceiverError> {
        let failure = {
            let (name, address) = (settings.name.to_string(), settings.address);
            move |source| ReceiverError { name: name.clone(), address, source }
        };
        let listener = TcpListener::bind(settings.address).await.map_err(&failure)?;
        let address = listener.local_addr().map_err(&failure)?;
        let host = Arc::new(Host::new(settings, judge, receipts));
        let mut sessions = JoinSet::new();
        sessions.spawn(listen(listener, host));
        Ok(Self { address, sessions })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it and its sessions; when this returns, the address is free.
    pub async fn stop(mut self) {
        self.sessions.shutdown().await;
    }
}

async fn listen(listener: TcpListener, host: Arc<Host>) {
    let mut sessions = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, peer)) = accepted {
                    sessions.spawn(conversation::hold(Arc::clone(&host), stream, peer));
                }
            }
            Some(_) = sessions.join_next() => {}
        }
    }
}
