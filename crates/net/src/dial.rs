//! Connections as a port: a target, a source address, a time limit, and a failure that says who said no.
//!
//! [`SystemDialer`] uses ordinary sockets; the lab and the tests bring others. Failures are told apart as the
//! operating system tells them, since the port-25 verdict and the retry schedule depend on the difference
//! between silence, a refusal, a filter on this host and a missing route.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::io::Errno;
use tokio::net::{TcpSocket, TcpStream};

use crate::PortFuture;
use crate::interfaces::is_public;

/// Why there is no connection.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DialError {
    /// Silence: neither an answer nor an error came in time.
    #[error("no answer to the connection attempt in time")]
    Timeout,
    /// The target answered with RST (or an ICMP port unreachable): nobody listens, or a filter refuses.
    #[error("the connection was refused")]
    Refused,
    /// A router on the way said that the host cannot be reached.
    #[error("the host is unreachable (error {code})")]
    Unreachable {
        /// The operating system's error number.
        code: i32,
    },
    /// This host's own filter forbids it (EACCES, EPERM).
    #[error("a filter on this host forbids the connection (error {code})")]
    Prohibited {
        /// The operating system's error number.
        code: i32,
    },
    /// No route to that network, as with IPv6 on a host that has none.
    #[error("there is no route to the network")]
    NoRoute,
    /// The source address is not on this host, or of the other family.
    #[error("the source address is not available on this host")]
    SourceUnavailable,
    /// Anything else.
    #[error("cannot connect: {0}")]
    Other(#[source] Arc<io::Error>),
}

impl DialError {
    /// Sorts an error of `bind` or `connect`.
    #[must_use]
    pub fn from_io(error: io::Error) -> Self {
        match Errno::from_io_error(&error) {
            Some(Errno::TIMEDOUT) => Self::Timeout,
            Some(Errno::CONNREFUSED) => Self::Refused,
            Some(errno @ (Errno::HOSTUNREACH | Errno::HOSTDOWN)) => {
                Self::Unreachable { code: errno.raw_os_error() }
            }
            Some(errno @ (Errno::ACCESS | Errno::PERM)) => Self::Prohibited { code: errno.raw_os_error() },
            Some(Errno::NETUNREACH | Errno::NETDOWN | Errno::AFNOSUPPORT) => Self::NoRoute,
            Some(Errno::ADDRNOTAVAIL) => Self::SourceUnavailable,
            _ => Self::Other(Arc::new(error)),
        }
    }
}

/// A connection on which what was sent has not even been acknowledged for so long is dead, though a reply may be waited for
/// much longer: the system alone would notice after a quarter of an hour (RFC 5482 §1).
const UNACKNOWLEDGED: Duration = Duration::from_secs(120);

/// Opens TCP connections.
pub trait Dialer: Send + Sync {
    /// Connects to `target`, from `source` where one is given, within `timeout`.
    fn connect(
        &self,
        target: SocketAddr,
        source: Option<IpAddr>,
        timeout: Duration,
    ) -> PortFuture<'_, Result<TcpStream, DialError>>;
}

/// The machine's own sockets.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemDialer;

impl Dialer for SystemDialer {
    fn connect(
        &self,
        target: SocketAddr,
        source: Option<IpAddr>,
        timeout: Duration,
    ) -> PortFuture<'_, Result<TcpStream, DialError>> {
        Box::pin(async move {
            let stream = tokio::time::timeout(timeout, connect(target, source))
                .await
                .map_err(|_| DialError::Timeout)?
                .map_err(DialError::from_io)?;
            Ok(stream)
        })
    }
}

/// Leads to public addresses only: for questions that somebody else's DNS directs, so that it cannot direct them at
/// machines of our own network.
#[derive(Clone)]
pub struct PublicDialer(pub Arc<dyn Dialer>);

impl Dialer for PublicDialer {
    fn connect(
        &self,
        target: SocketAddr,
        source: Option<IpAddr>,
        timeout: Duration,
    ) -> PortFuture<'_, Result<TcpStream, DialError>> {
        if is_public(target.ip()) {
            return self.0.connect(target, source, timeout);
        }
        let error = io::Error::other("the address is not public, and a stranger leads there");
        Box::pin(std::future::ready(Err(DialError::Other(Arc::new(error)))))
    }
}

/// Leads anywhere until it has reached a public address, and to public ones alone from then on: for a way that others
/// continue, by redirects and referrals. Whoever is out there does not send us to machines of our own network. One for
/// each way.
pub struct OutwardDialer {
    inner: Arc<dyn Dialer>,
    public: PublicDialer,
    is_outside: AtomicBool,
}

impl OutwardDialer {
    /// At the beginning of a way.
    #[must_use]
    pub fn new(inner: Arc<dyn Dialer>) -> Self {
        Self { public: PublicDialer(Arc::clone(&inner)), inner, is_outside: AtomicBool::new(false) }
    }
}

impl Dialer for OutwardDialer {
    fn connect(
        &self,
        target: SocketAddr,
        source: Option<IpAddr>,
        timeout: Duration,
    ) -> PortFuture<'_, Result<TcpStream, DialError>> {
        if self.is_outside.load(Ordering::Relaxed) {
            return self.public.connect(target, source, timeout);
        }
        Box::pin(async move {
            let stream = self.inner.connect(target, source, timeout).await?;
            self.is_outside.fetch_or(is_public(target.ip()), Ordering::Relaxed);
            Ok(stream)
        })
    }
}

async fn connect(target: SocketAddr, source: Option<IpAddr>) -> io::Result<TcpStream> {
    let socket = if target.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    if let Some(source) = source {
        if source.is_ipv4() != target.is_ipv4() {
            return Err(Errno::ADDRNOTAVAIL.into());
        }
        socket.bind(SocketAddr::new(source, 0))?;
    }
    // Commands and the end of a message are small and wait for an answer: Nagle's delay only costs.
    socket.set_nodelay(true)?;
    let stream = socket.connect(target).await?;
    // Only now: the attempt to connect has its own limit.
    let milliseconds = u32::try_from(UNACKNOWLEDGED.as_millis()).unwrap_or(u32::MAX);
    rustix::net::sockopt::set_tcp_user_timeout(&stream, milliseconds)?;
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_connection_whose_peer_acknowledges_nothing_ends_after_two_minutes() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let target = listener.local_addr().expect("an address");
        let stream = SystemDialer.connect(target, None, Duration::from_secs(5)).await.expect("connected");
        assert_eq!(rustix::net::sockopt::tcp_user_timeout(&stream).expect("read"), 120_000);
    }
}
