//! Documents of the web, each within bounds: HTTP or HTTPS, a size, a time, and a few redirects.
//!
//! [`Documents`] is the port; [`WebDocuments`] goes by the same resolver, dialer and roots as everything else. Unlike
//! [`crate::fetch`], which is as strict as MTA-STS wants it, every status and media type is an answer here. From HTTPS
//! no redirect leads to plain HTTP, from a public address none leads into our own network, and a certificate must be
//! valid for its host.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::Response;
use hyper::body::Incoming;
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, HeaderName, LOCATION, USER_AGENT};
use postamt_mail::address::Domain;

use crate::PortFuture;
use crate::dial::{Dialer, OutwardDialer};
use crate::dns::Resolver;
use crate::fetch::FetchError;
use crate::http::{HttpFailure, converse, limited};
use crate::https::Https;
use crate::tls::TlsContext;

#[cfg(test)]
mod tests;

/// Why there is no document.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DocumentError {
    /// No connection, no TLS, a certificate that is not the host's, or no HTTP.
    #[error(transparent)]
    Connection(#[from] FetchError),
    /// One redirect too many.
    #[error("redirected more than {0} times")]
    Redirects(u8),
    /// A redirect that leads to no web address, or from HTTPS to HTTP.
    #[error("redirected to {0:?}")]
    BadRedirect(String),
    /// Too long.
    #[error("the document is longer than {0} octets")]
    TooLarge(usize),
    /// Too slow.
    #[error("the document did not arrive in {0:?}")]
    TimedOut(Duration),
}

impl From<HttpFailure> for DocumentError {
    fn from(failure: HttpFailure) -> Self {
        match failure {
            HttpFailure::TooLarge(size) => Self::TooLarge(size),
            HttpFailure::Broken(words) => FetchError::Http(words).into(),
        }
    }
}

/// A text is no address of a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no http or https address")]
pub struct NoWebAddress(pub String);

/// `https://host/path`: no user, no fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAddress {
    /// HTTPS.
    pub is_secure: bool,
    /// The host.
    pub host: Domain,
    /// The port.
    pub port: u16,
    /// Path and query; begins with a slash.
    pub path: String,
}

impl WebAddress {
    /// `https://host/`.
    #[must_use]
    pub fn home(host: &Domain, is_secure: bool) -> Self {
        Self { is_secure, host: host.clone(), port: default_port(is_secure), path: "/".to_owned() }
    }

    /// Where a link or redirect leads from here (RFC 3986 §5.2, without dot segments, which servers resolve).
    ///
    /// # Errors
    /// It leads to no document of the web.
    pub fn join(&self, link: &str) -> Result<Self, NoWebAddress> {
        let link = link.split('#').next().unwrap_or_default();
        if link.starts_with("//") {
            return format!("{}:{link}", self.scheme()).parse();
        }
        if link.split(['/', '?']).next().is_some_and(|first| first.contains(':')) {
            return link.parse();
        }
        let own = self.path.split('?').next().unwrap_or("/");
        let path = match link.chars().next() {
            None => self.path.clone(),
            Some('/') => link.to_owned(),
            Some('?') => format!("{own}{link}"),
            Some(_) => format!("{}/{link}", own.rsplit_once('/').map_or("", |(folder, _)| folder)),
        };
        if !is_path(&path) {
            return Err(NoWebAddress(link.to_owned()));
        }
        Ok(Self { path, ..self.clone() })
    }

    const fn scheme(&self) -> &'static str {
        if self.is_secure { "https" } else { "http" }
    }

    fn authority(&self) -> String {
        if self.port == default_port(self.is_secure) {
            return self.host.to_string();
        }
        format!("{}:{}", self.host, self.port)
    }
}

const fn default_port(is_secure: bool) -> u16 {
    if is_secure { 443 } else { 80 }
}

/// What may stand in a request line (RFC 3986 §3.3 and §3.4, percent signs unchecked).
fn is_path(text: &str) -> bool {
    text.starts_with('/')
        && text.bytes().all(|octet| octet.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&octet))
}

impl FromStr for WebAddress {
    type Err = NoWebAddress;

    fn from_str(text: &str) -> Result<Self, NoWebAddress> {
        let wrong = || NoWebAddress(text.to_owned());
        let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
        let is_secure = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(wrong()),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let path = path.split('#').next().unwrap_or_default();
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| wrong())?),
            None => (authority, default_port(is_secure)),
        };
        let host = Domain::new(host).map_err(|_| wrong())?;
        if !is_path(&path) {
            return Err(wrong());
        }
        Ok(Self { is_secure, host, port, path })
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme(), self.authority(), self.path)
    }
}

/// How much is too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// What is wanted, for the header `Accept`.
    pub accept: &'static str,
    /// Octets.
    pub size: usize,
    /// All of it, redirects included.
    pub time: Duration,
    /// Redirects that are followed.
    pub redirects: u8,
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Where it was in the end.
    pub address: WebAddress,
    /// The status of the answer.
    pub status: u16,
    /// The media type without parameters, in lower case.
    pub media: String,
    /// The content.
    pub body: Bytes,
}

impl Document {
    /// Whether it is what was asked for, and not the description of a failure.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        self.status / 100 == 2
    }
}

/// Gets documents.
pub trait Documents: Send + Sync {
    /// The document at an address.
    fn get<'a>(
        &'a self,
        address: &'a WebAddress,
        bounds: Bounds,
    ) -> PortFuture<'a, Result<Document, DocumentError>>;
}

/// The real one.
pub struct WebDocuments {
    resolver: Arc<dyn Resolver>,
    dialer: Arc<dyn Dialer>,
    tls: Arc<TlsContext>,
}

enum Answer {
    Document(Document),
    Elsewhere(String),
}

impl WebDocuments {
    /// Gets by these ports.
    #[must_use]
    pub fn new(resolver: Arc<dyn Resolver>, dialer: Arc<dyn Dialer>, tls: TlsContext) -> Self {
        Self { resolver, dialer, tls: Arc::new(tls) }
    }

    async fn follow(&self, address: &WebAddress, bounds: Bounds) -> Result<Document, DocumentError> {
        let dialer = Arc::new(OutwardDialer::new(Arc::clone(&self.dialer)));
        let (resolver, tls) = (Arc::clone(&self.resolver), Arc::clone(&self.tls));
        let https = Https { resolver, dialer, tls, roots: None };
        let mut address = address.clone();
        for _ in 0..=bounds.redirects {
            match ask(&https, &address, bounds).await? {
                Answer::Document(document) => return Ok(document),
                Answer::Elsewhere(link) => {
                    let next = address.join(&link).ok().filter(|next| next.is_secure || !address.is_secure);
                    address = next.ok_or(DocumentError::BadRedirect(link))?;
                }
            }
        }
        Err(DocumentError::Redirects(bounds.redirects))
    }
}

async fn ask(https: &Https, address: &WebAddress, bounds: Bounds) -> Result<Answer, DocumentError> {
    let (host, port) = (&address.host, address.port);
    let question = hyper::Request::get(&address.path)
        .header(HOST, address.authority())
        .header(USER_AGENT, "postamt")
        .header(ACCEPT, bounds.accept)
        .body(Empty::<Bytes>::new())
        .map_err(HttpFailure::from)?;
    let read = |answer| read(answer, address, bounds);
    match address.is_secure {
        true => converse(https.connect(host.as_str(), port).await?, question, read).await,
        false => converse(https.connect_plainly(host, port).await?, question, read).await,
    }
}

async fn read(
    answer: Response<Incoming>,
    address: &WebAddress,
    bounds: Bounds,
) -> Result<Answer, DocumentError> {
    let status = answer.status().as_u16();
    let header = |name: HeaderName| {
        let value = answer.headers().get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    // RFC 9110 §15.4: those that lead elsewhere name the place.
    if matches!(status, 301 | 302 | 303 | 307 | 308)
        && let Some(link) = header(LOCATION)
    {
        return Ok(Answer::Elsewhere(link));
    }
    let kind = header(CONTENT_TYPE).unwrap_or_default();
    let media = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let body = limited(answer.into_body(), bounds.size).await?;
    Ok(Answer::Document(Document { address: address.clone(), status, media, body }))
}

impl Documents for WebDocuments {
    fn get<'a>(
        &'a self,
        address: &'a WebAddress,
        bounds: Bounds,
    ) -> PortFuture<'a, Result<Document, DocumentError>> {
        Box::pin(async move {
            let document = tokio::time::timeout(bounds.time, self.follow(address, bounds)).await;
            document.unwrap_or(Err(DocumentError::TimedOut(bounds.time)))
        })
    }
}
