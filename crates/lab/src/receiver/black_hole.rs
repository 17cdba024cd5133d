//! A host that is not there: what is sent to it is lost without a word, as behind a firewall that drops.
//!
//! No firewall is needed for that. A socket listens with a queue of one connection that nobody ever accepts;
//! once that one is taken, Linux drops every further SYN (net.ipv4.tcp_abort_on_overflow = 0, its default), and
//! who connects waits until its own patience ends. Works for an ordinary user, on loopback as in the namespace.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// An address and port that swallow SYNs, until dropped.
#[derive(Debug)]
pub struct BlackHole {
    address: SocketAddr,
    _listener: TcpListener,
    _fillers: Vec<TcpStream>,
}

impl BlackHole {
    /// Opens the hole; port 0 takes a free one. Must run on a tokio runtime.
    ///
    /// # Errors
    /// What the system says to `bind`, `listen`, or the connection that fills the queue.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let socket = match address.ip() {
            IpAddr::V4(_) => TcpSocket::new_v4()?,
            IpAddr::V6(_) => TcpSocket::new_v6()?,
        };
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        // A backlog of 0 holds one connection: the queue counts as full when it is longer than the backlog.
        let listener = socket.listen(0)?;
        let address = listener.local_addr()?;
        let filler = match address.ip() {
            IpAddr::V4(_) => TcpSocket::new_v4()?,
            IpAddr::V6(_) => TcpSocket::new_v6()?,
        };
        let filler = filler.connect(address).await?;
        Ok(Self { address, _listener: listener, _fillers: vec![filler] })
    }

    /// The address that swallows.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}
