//! Connections to a service of this host or network, such as a content filter: by its UNIX socket, or by address or name
//! and port. Whoever names it in the configuration trusts the network between.
//!
//! `connect(&way, &address, limit)`; each address of a name is tried, the last failure is told.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixStream;

use crate::dial::{DialError, Dialer};
use crate::dns::Resolver;

/// Addresses of a name that are tried.
const ADDRESS_LIMIT: usize = 4;

/// Where a service is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ServiceAddress {
    /// A UNIX socket.
    Unix(PathBuf),
    /// A TCP port.
    Tcp {
        /// A name or an address, without brackets.
        host: String,
        /// The port.
        port: u16,
    },
}

impl fmt::Display for ServiceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
        }
    }
}

/// Why there is no connection.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ServiceError {
    /// The UNIX socket cannot be opened.
    #[error("the socket {path} cannot be opened: {error}")]
    Socket {
        /// Which.
        path: String,
        /// What the system said.
        error: Arc<io::Error>,
    },
    /// The name leads nowhere.
    #[error("no address is known of {0}")]
    NoAddress(String),
    /// None of the addresses takes a connection; the last one's reason.
    #[error("{address}: {error}")]
    Dial {
        /// The address.
        address: SocketAddr,
        /// Why.
        error: DialError,
    },
}

/// A connection in both directions.
pub trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Duplex for T {}

/// A connection to a service.
pub type ServiceStream = Box<dyn Duplex>;

/// The ports by which services are reached.
#[derive(Clone)]
pub struct Way {
    /// For services with names.
    pub resolver: Arc<dyn Resolver>,
    /// TCP.
    pub dialer: Arc<dyn Dialer>,
}

/// Connects within `limit` for each address.
///
/// # Errors
/// [`ServiceError`].
pub async fn connect(
    way: &Way,
    address: &ServiceAddress,
    limit: Duration,
) -> Result<ServiceStream, ServiceError> {
    let (host, port) = match address {
        ServiceAddress::Unix(path) => {
            let failed = |error: io::Error| ServiceError::Socket {
                path: path.display().to_string(),
                error: Arc::new(error),
            };
            let opened = tokio::time::timeout(limit, UnixStream::connect(path)).await;
            let stream = opened.map_err(|_| failed(io::ErrorKind::TimedOut.into()))?.map_err(failed)?;
            return Ok(Box::new(stream));
        }
        ServiceAddress::Tcp { host, port } => (host, *port),
    };
    let mut last = ServiceError::NoAddress(host.clone());
    for ip in addresses(&*way.resolver, host).await {
        let address = SocketAddr::new(ip, port);
        match way.dialer.connect(address, None, limit).await {
            Ok(stream) => return Ok(Box::new(stream)),
            Err(error) => last = ServiceError::Dial { address, error },
        }
    }
    Err(last)
}

async fn addresses(resolver: &dyn Resolver, host: &str) -> Vec<IpAddr> {
    if let Ok(address) = host.parse() {
        return vec![address];
    }
    // RFC 6761 §6.3: this name needs no DNS.
    if host.eq_ignore_ascii_case("localhost") {
        return vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    }
    let Ok(name) = Domain::new(host) else { return Vec::new() };
    let (v4, v6) = tokio::join!(resolver.a(&name), resolver.aaaa(&name));
    v4.into_iter().chain(v6).flat_map(|answer| answer.records).take(ADDRESS_LIMIT).collect()
}
