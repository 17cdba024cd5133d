//! The library's requests over our own HTTPS: one connection each, size and time limited. What the authority says of
//! when to come back is kept, because the library drops it together with the answer.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue, RETRY_AFTER};
use hyper::{Request, Response, Uri};
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use rustls_pki_types::CertificateDer;

use crate::clock::{Clock as _, SystemClock};
use crate::dial::Dialer;
use crate::dns::Resolver;
use crate::fetch::FetchError;
use crate::http::{converse, limited};
use crate::https::Https;
use crate::tls::TlsContext;

/// Octets of an answer: a chain has some ten thousand.
const SIZE_LIMIT: usize = 1 << 20;
/// Wait for all of it.
const TIME_LIMIT: Duration = Duration::from_secs(60);
/// Seconds that an authority can put us off at the most: a slip of its clock must not outlast the certificate.
const LONGEST_WAIT: u64 = 7 * 86_400;

/// The way to an authority. Clones share it.
#[derive(Clone)]
pub struct AcmeWire {
    https: Arc<Https>,
    /// Seconds since 1970 before which the authority does not want to hear from us; 0 is none.
    not_before: Arc<AtomicU64>,
}

impl AcmeWire {
    /// By these, with further trust anchors for the directory of a private authority.
    #[must_use]
    pub fn new(
        resolver: Arc<dyn Resolver>,
        dialer: Arc<dyn Dialer>,
        tls: Arc<TlsContext>,
        roots: Option<Arc<Vec<CertificateDer<'static>>>>,
    ) -> Self {
        Self { https: Arc::new(Https { resolver, dialer, tls, roots }), not_before: Arc::default() }
    }

    /// When the authority wants to be asked again, by the last refusal (RFC 8555 §6.6), in seconds since 1970. Forgets
    /// it.
    pub(super) fn take_not_before(&self) -> Option<u64> {
        Some(self.not_before.swap(0, Ordering::Relaxed)).filter(|time| *time > 0)
    }

    async fn exchange(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Result<Response<Full<Bytes>>, FetchError> {
        let http = |error: &dyn std::fmt::Display| FetchError::Http(error.to_string());
        let (mut head, body) = request.into_parts();
        let no_host = || FetchError::Http(format!("{} is no address with https", head.uri));
        let authority = head.uri.authority().ok_or_else(no_host)?.clone();
        // RFC 8555 §6.1: HTTPS and nothing else.
        if head.uri.scheme_str() != Some("https") {
            return Err(no_host());
        }
        let stream = self.https.connect(authority.host(), authority.port_u16().unwrap_or(443)).await?;
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        head.uri = path.parse::<Uri>().map_err(|error| http(&error))?;
        let host = HeaderValue::try_from(authority.as_str()).map_err(|error| http(&error))?;
        head.headers.insert(HOST, host);
        converse(stream, Request::from_parts(head, body), |answer| async move {
            let (head, body) = answer.into_parts();
            Ok(Response::from_parts(head, Full::new(limited(body, SIZE_LIMIT).await?)))
        })
        .await
    }

    async fn ask(&self, request: Request<BodyWrapper<Bytes>>) -> Result<BytesResponse, FetchError> {
        let exchange = tokio::time::timeout(TIME_LIMIT, self.exchange(request));
        let answer = exchange.await.unwrap_or(Err(FetchError::TimedOut))?;
        let status = answer.status();
        if status.is_client_error() || status.is_server_error() {
            if let Some(time) = answer.headers().get(RETRY_AFTER).and_then(retry_time) {
                self.not_before.store(time, Ordering::Relaxed);
            }
            let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
            // RFC 8555 §6.7: whatever is no problem document comes from a proxy or a server in trouble.
            if !kind.is_some_and(|kind| kind.starts_with("application/problem+json")) {
                return Err(FetchError::Status(status.as_u16()));
            }
        }
        Ok(answer.into())
    }
}

impl HttpClient for AcmeWire {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let this = self.clone();
        Box::pin(async move { this.ask(request).await.map_err(|error| Error::Other(Box::new(error))) })
    }
}

/// RFC 9110 §10.2.3: seconds, or a date; no later than [`LONGEST_WAIT`] from now.
fn retry_time(value: &HeaderValue) -> Option<u64> {
    let text = value.to_str().ok()?.trim();
    let now = SystemClock.unix_seconds();
    let time = match text.parse::<u64>() {
        Ok(seconds) => now.saturating_add(seconds),
        Err(_) => {
            let date: SystemTime = httpdate::parse_http_date(text).ok()?;
            date.duration_since(UNIX_EPOCH).ok()?.as_secs()
        }
    };
    Some(time.min(now.saturating_add(LONGEST_WAIT)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_retry_after_are_understood() {
        let time = |text: &'static str| retry_time(&HeaderValue::from_static(text));
        let now = SystemClock.unix_seconds();
        let in_two_minutes = time("120").expect("a time");
        assert!((now + 120..now + 125).contains(&in_two_minutes), "{in_two_minutes}");
        assert_eq!(time("Fri, 31 Dec 1999 23:59:59 GMT"), Some(946_684_799));
        assert_eq!(time("soon"), None);
        let week = now + LONGEST_WAIT..now + LONGEST_WAIT + 5;
        for far in ["18446744073709551615", "99999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
            assert!(time(far).is_some_and(|time| week.contains(&time)), "{far}: {:?}", time(far));
        }
    }
}
