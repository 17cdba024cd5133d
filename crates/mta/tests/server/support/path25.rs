//! A way out that can be blocked: as an ISP that drops port 25, from one moment to the next.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use postamt_net::PortFuture;
use postamt_net::dial::{DialError, Dialer, SystemDialer};
use tokio::net::TcpStream;
use tokio::sync::watch;

/// Real sockets, except that attempts to one port find no answer while it is blocked.
#[derive(Clone)]
pub struct Path25 {
    port: u16,
    blocked: Arc<AtomicBool>,
    silent: Arc<Mutex<HashSet<IpAddr>>>,
    attempts: watch::Sender<usize>,
    defect: Arc<AtomicBool>,
}

impl Path25 {
    /// Open; `port` is the one that counts as port 25.
    pub fn new(port: u16) -> Self {
        Self {
            port,
            blocked: Arc::default(),
            silent: Arc::default(),
            attempts: watch::Sender::new(0),
            defect: Arc::default(),
        }
    }

    /// Blocks or opens it.
    pub fn block(&self, blocked: bool) {
        self.blocked.store(blocked, Ordering::SeqCst);
    }

    /// This host says nothing from now on.
    pub fn silence(&self, host: IpAddr) {
        self.silent.lock().expect("not poisoned").insert(host);
    }

    fn is_silent(&self, target: SocketAddr) -> bool {
        target.port() == self.port
            && (self.blocked.load(Ordering::SeqCst)
                || self.silent.lock().expect("not poisoned").contains(&target.ip()))
    }

    /// The next attempt panics.
    pub fn break_once(&self) {
        self.defect.store(true, Ordering::SeqCst);
    }

    /// Attempts that found no answer.
    pub fn attempts_in_vain(&self) -> usize {
        *self.attempts.borrow()
    }

    /// Waits until so many have begun that find no answer.
    pub async fn tried_in_vain(&self, count: usize) {
        let mut attempts = self.attempts.subscribe();
        let enough = attempts.wait_for(|seen| *seen >= count);
        tokio::time::timeout(Duration::from_secs(60), enough).await.expect("tried").expect("never closed");
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
        if self.is_silent(target) {
            self.attempts.send_modify(|count| *count += 1);
            return Box::pin(async move {
                tokio::time::sleep(timeout).await;
                Err(DialError::Timeout)
            });
        }
        SystemDialer.connect(target, source, timeout)
    }
}
