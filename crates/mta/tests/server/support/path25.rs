//! A way out that can be blocked: as an ISP that drops port 25, from one moment to the next.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use postamt_net::PortFuture;
use postamt_net::dial::{DialError, Dialer, SystemDialer};
use tokio::net::TcpStream;

/// Real sockets, except that attempts to one port find no answer while it is blocked.
#[derive(Clone)]
pub struct Path25 {
    port: u16,
    blocked: Arc<AtomicBool>,
    attempts: Arc<AtomicUsize>,
    defect: Arc<AtomicBool>,
}

impl Path25 {
    /// Open; `port` is the one that counts as port 25.
    pub fn new(port: u16) -> Self {
        Self { port, blocked: Arc::default(), attempts: Arc::default(), defect: Arc::default() }
    }

    /// Blocks or opens it.
    pub fn block(&self, blocked: bool) {
        self.blocked.store(blocked, Ordering::SeqCst);
    }

    /// The next attempt panics.
    pub fn break_once(&self) {
        self.defect.store(true, Ordering::SeqCst);
    }

    /// Attempts that found no answer.
    pub fn attempts_in_vain(&self) -> usize {
        self.attempts.load(Ordering::SeqCst)
    }
}

impl Dialer for Path25 {
    fn connect(
        &self,
        target: SocketAddr,
        source: Option<IpAddr>,
        timeout: Duration,
    ) -> PortFuture<'_, Result<TcpStream, DialError>> {
        if target.port() == self.port && self.defect.swap(false, Ordering::SeqCst) {
            panic!("a defect that the test has asked for");
        }
        if target.port() == self.port && self.blocked.load(Ordering::SeqCst) {
            self.attempts.fetch_add(1, Ordering::SeqCst);
            return Box::pin(async move {
                tokio::time::sleep(timeout).await;
                Err(DialError::Timeout)
            });
        }
        SystemDialer.connect(target, source, timeout)
    }
}
