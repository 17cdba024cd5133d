//! A TCP connection attempt that knows why it failed.
//!
//! Does what `tokio::net::TcpSocket` does and reads the error queue besides. A queued ICMP error makes a socket
//! "ready" before it has failed or succeeded, so readiness alone means nothing here: after each wake-up the
//! socket is asked for its error, its queue, and its peer.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, sockopt};
use tokio::io::Interest;
use tokio::net::TcpStream;

use super::errors::{self, IcmpError};
use crate::dial::DialError;

/// A connection to try.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    /// Where to.
    pub target: SocketAddr,
    /// Where from; the system chooses when it is `None`.
    pub source: Option<IpAddr>,
    /// How many hops its packets may go; the system's default when it is `None`.
    pub hops: Option<u8>,
    /// How long to wait for an answer.
    pub patience: Duration,
}

/// Why there is no connection, with the ICMP error that ended it, if one did.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{error}")]
pub struct Failure {
    /// What the system says.
    #[source]
    pub error: DialError,
    /// The ICMP error behind it; `None` for RST, silence and refusals of this host.
    pub icmp: Option<IcmpError>,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self { error: DialError::from_io(error), icmp: None }
    }
}

/// Connects.
///
/// # Errors
/// [`Failure`]. `DialError::Prohibited` together with an ICMP error is not this host's doing: Linux turns a
/// router's "administratively prohibited" of ICMPv6 into EACCES.
pub async fn reach(attempt: &Attempt) -> Result<TcpStream, Failure> {
    let socket = open(attempt)?;
    match rustix::net::connect(&socket, &attempt.target) {
        Ok(()) | Err(Errno::INPROGRESS) => {}
        Err(error) => return Err(failure(error.into(), &socket, attempt)),
    }
    let stream = TcpStream::from_std(std::net::TcpStream::from(socket))?;
    match tokio::time::timeout(attempt.patience, connected(&stream, attempt)).await {
        Ok(result) => result?,
        Err(_) => return Err(Failure { error: DialError::Timeout, icmp: None }),
    }
    errors::forget(&stream, attempt.target)?;
    Ok(stream)
}

fn open(attempt: &Attempt) -> io::Result<OwnedFd> {
    let family = if attempt.target.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(family, SocketType::STREAM, flags, None)?;
    errors::listen(&socket, attempt.target)?;
    if let Some(hops) = attempt.hops {
        errors::limit_hops(&socket, attempt.target, hops)?;
    }
    if let Some(source) = attempt.source {
        if source.is_ipv4() != attempt.target.is_ipv4() {
            return Err(Errno::ADDRNOTAVAIL.into());
        }
        rustix::net::bind(&socket, &SocketAddr::new(source, 0))?;
    }
    sockopt::set_tcp_nodelay(&socket, true)?;
    Ok(socket)
}

/// Waits until the stream is connected or has failed.
async fn connected(stream: &TcpStream, attempt: &Attempt) -> Result<(), Failure> {
    loop {
        let ready = stream.ready(Interest::WRITABLE | Interest::ERROR).await?;
        // In this order: taking an error out of the queue clears the socket's own.
        if let Some(error) = stream.take_error()? {
            return Err(failure(error, stream, attempt));
        }
        if stream.peer_addr().is_ok() {
            return Ok(());
        }
        if let Some(icmp) = queued(stream, attempt) {
            let error = DialError::from_io(io::Error::from_raw_os_error(icmp.errno));
            return Err(Failure { error, icmp: Some(icmp) });
        }
        // Closed, without an error: it failed, and the error was fetched between our two looks.
        if ready.is_write_closed() {
            return Err(io::Error::from(io::ErrorKind::ConnectionAborted).into());
        }
        for interest in [Interest::WRITABLE, Interest::ERROR] {
            let _ = stream.try_io(interest, || -> io::Result<()> { Err(io::ErrorKind::WouldBlock.into()) });
        }
    }
}

fn failure(error: io::Error, socket: &impl AsFd, attempt: &Attempt) -> Failure {
    Failure { error: DialError::from_io(error), icmp: queued(socket, attempt) }
}

/// The last of the errors in the queue.
fn queued(socket: &impl AsFd, attempt: &Attempt) -> Option<IcmpError> {
    let local = rustix::net::getsockname(socket).ok();
    let local = local.and_then(|address| SocketAddr::try_from(address).ok()).map(|address| address.ip());
    let local = local.filter(|address| !address.is_unspecified()).or(attempt.source);
    errors::take(socket, local).pop()
}
