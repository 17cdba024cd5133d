//! Connections for HTTPS by our own resolver, dialer and roots: the certificate is judged before a word is said.
//!
//! Used by what fetches documents (`fetch`, `documents`) and by what talks to a certificate authority (`acme`). Each of the
//! host's addresses is tried in turn; the last failure is told.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::dial::Dialer;
use crate::dns::Resolver;
use crate::fetch::FetchError;
use crate::tls::{Leniency, TlsContext};

/// Wait for one address: there may be another.
const CONNECT_LIMIT: Duration = Duration::from_secs(15);
/// Addresses tried.
const ADDRESS_LIMIT: usize = 4;

/// What a connection needs.
pub(crate) struct Https {
    pub(crate) resolver: Arc<dyn Resolver>,
    pub(crate) dialer: Arc<dyn Dialer>,
    pub(crate) tls: Arc<TlsContext>,
    /// Further trust anchors.
    pub(crate) roots: Option<Arc<Vec<CertificateDer<'static>>>>,
}

impl Https {
    /// A connection to a host, by name or address, whose certificate is valid for it.
    pub(crate) async fn connect(&self, host: &str, port: u16) -> Result<TlsStream<TcpStream>, FetchError> {
        if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
            return self.try_address(SocketAddr::new(address, port), &address.to_string()).await;
        }
        let domain = Domain::new(host).map_err(|_| FetchError::Http(format!("{host:?} is no host")))?;
        let mut last = FetchError::NoAddress(domain.clone());
        for address in self.addresses(&domain).await? {
            match self.try_address(SocketAddr::new(address, port), domain.as_str()).await {
                // Who answers with a bad certificate answers so at its other addresses, too.
                Err(FetchError::Dial(error)) => last = error.into(),
                result => return result,
            }
        }
        Err(last)
    }

    /// A connection to a host without TLS, for plain HTTP.
    pub(crate) async fn connect_plainly(&self, host: &Domain, port: u16) -> Result<TcpStream, FetchError> {
        let mut last = FetchError::NoAddress(host.clone());
        for address in self.addresses(host).await? {
            match self.dialer.connect(SocketAddr::new(address, port), None, CONNECT_LIMIT).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error.into(),
            }
        }
        Err(last)
    }

    async fn addresses(&self, host: &Domain) -> Result<Vec<IpAddr>, FetchError> {
        let (v4, v6) = tokio::join!(self.resolver.a(host), self.resolver.aaaa(host));
        let (v4, v6) = match (v4, v6) {
            (Err(error), Err(_)) => return Err(error.into()),
            (v4, v6) => (v4.ok(), v6.ok()),
        };
        Ok(v4.into_iter().chain(v6).flat_map(|answer| answer.records).take(ADDRESS_LIMIT).collect())
    }

    async fn try_address(&self, target: SocketAddr, host: &str) -> Result<TlsStream<TcpStream>, FetchError> {
        let stream = self.dialer.connect(target, None, CONNECT_LIMIT).await?;
        let name = ServerName::try_from(host.to_owned())
            .unwrap_or_else(|_| ServerName::IpAddress(target.ip().into()));
        let stream = self.tls.connect(stream, name, Leniency::Strict, CONNECT_LIMIT).await?;
        let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let roots = self.roots.as_deref().map(Vec::as_slice);
        self.tls.judge(chain, &[host.to_owned()], roots)?;
        Ok(stream)
    }
}
