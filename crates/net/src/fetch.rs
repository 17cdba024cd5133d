//! One document over HTTPS, as MTA-STS wants it (RFC 8461 §3.3): the certificate is valid for the host, the answer is
//! 200 and plain text, no redirect is followed, and neither size nor time has no end.
//!
//! [`Fetcher`] is the port; [`HttpsFetcher`] goes by the same resolver, dialer and roots as everything else.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::Response;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HOST, USER_AGENT};
use postamt_mail::address::Domain;

use crate::PortFuture;
use crate::dial::{DialError, Dialer};
use crate::dns::{DnsError, Resolver};
use crate::http::{HttpFailure, converse, limited};
use crate::https::Https;
use crate::tls::{CertificateProblem, TlsContext, TlsFailure};

/// Octets of a document at the most (RFC 8461 §3.3).
const SIZE_LIMIT: usize = 64 << 10;
/// Wait for all of it (RFC 8461 §3.3).
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// Why there is no document.
#[derive(Debug, Clone, thiserror::Error)]
pub enum FetchError {
    /// The host's address cannot be looked up.
    #[error(transparent)]
    Dns(#[from] DnsError),
    /// The host has no address.
    #[error("{0} has no address")]
    NoAddress(Domain),
    /// No connection.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// No TLS.
    #[error(transparent)]
    Tls(#[from] TlsFailure),
    /// The certificate is not valid for the host.
    #[error(transparent)]
    Certificate(#[from] CertificateProblem),
    /// The server does not speak HTTP, or broke off.
    #[error("HTTP failed: {0}")]
    Http(String),
    /// Not 200; a redirect, for one.
    #[error("the answer is {0}, not 200")]
    Status(u16),
    /// Not `text/plain`.
    #[error("the document is {0:?}, not text/plain")]
    ContentType(String),
    /// Longer than so many octets.
    #[error("the document is longer than {} KiB", .0 >> 10)]
    TooLarge(usize),
    /// It took longer than a minute.
    #[error("the document did not arrive in time")]
    TimedOut,
}

impl From<HttpFailure> for FetchError {
    fn from(failure: HttpFailure) -> Self {
        match failure {
            HttpFailure::TooLarge(size) => Self::TooLarge(size),
            HttpFailure::Broken(words) => Self::Http(words),
        }
    }
}

/// Fetches documents.
pub trait Fetcher: Send + Sync {
    /// The document at `https://host/path`, asked for with a further header field; the path begins with a slash.
    fn fetch_with<'a>(
        &'a self,
        host: &'a Domain,
        path: &'a str,
        field: Option<(&'static str, &'static str)>,
    ) -> PortFuture<'a, Result<Bytes, FetchError>>;

    /// The document at `https://host/path`.
    fn fetch<'a>(&'a self, host: &'a Domain, path: &'a str) -> PortFuture<'a, Result<Bytes, FetchError>> {
        self.fetch_with(host, path, None)
    }
}

/// The real one.
pub struct HttpsFetcher {
    https: Https,
    port: u16,
}

impl HttpsFetcher {
    /// Fetches from port 443.
    #[must_use]
    pub fn new(resolver: Arc<dyn Resolver>, dialer: Arc<dyn Dialer>, tls: Arc<TlsContext>) -> Self {
        Self { https: Https { resolver, dialer, tls, roots: None }, port: 443 }
    }

    /// Fetches from another port, in a network of its own.
    #[must_use]
    pub fn with_port(self, port: u16) -> Self {
        Self { port, ..self }
    }

    async fn get(
        &self,
        host: &Domain,
        path: &str,
        field: Option<(&'static str, &'static str)>,
    ) -> Result<Bytes, FetchError> {
        let stream = self.https.connect(host.as_str(), self.port).await?;
        let mut question =
            hyper::Request::get(path).header(HOST, host.as_str()).header(USER_AGENT, "postamt");
        if let Some((name, value)) = field {
            question = question.header(name, value);
        }
        let question = question.body(Empty::<Bytes>::new()).map_err(HttpFailure::from)?;
        converse(stream, question, document).await
    }
}

async fn document(answer: Response<Incoming>) -> Result<Bytes, FetchError> {
    // RFC 8461 §3.3: redirects are not followed.
    if answer.status() != hyper::StatusCode::OK {
        return Err(FetchError::Status(answer.status().as_u16()));
    }
    let kind = answer.headers().get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let kind = kind.unwrap_or_default();
    let media = kind.split(';').next().unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("text/plain") {
        return Err(FetchError::ContentType(kind.into_owned()));
    }
    Ok(limited(answer.into_body(), SIZE_LIMIT).await?)
}

impl Fetcher for HttpsFetcher {
    fn fetch_with<'a>(
        &'a self,
        host: &'a Domain,
        path: &'a str,
        field: Option<(&'static str, &'static str)>,
    ) -> PortFuture<'a, Result<Bytes, FetchError>> {
        Box::pin(async move {
            let got = tokio::time::timeout(TIME_LIMIT, self.get(host, path, field)).await;
            got.unwrap_or(Err(FetchError::TimedOut))
        })
    }
}
