//! Connections: accepted, encrypted, limited in number, size and time, and answered one request after the other.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue, LOCATION, STRICT_TRANSPORT_SECURITY};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use rustls::server::Acceptor;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use super::pages::{Asked, Page, answer};
use super::site::{Challenges, Site};

/// Connections at a time. Nobody needs more of a mail server, and each costs memory.
const CONNECTIONS: usize = 256;
/// Octets of a header.
const HEADER_BYTES: usize = 16 * 1024;
/// Octets of a body: Outlook's question has a few hundred.
const BODY_BYTES: usize = 16 * 1024;
/// How long a handshake, a header or a body may take.
const PART_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection may last.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(60);
/// By this an authority asks for a proof in a handshake (RFC 8737 §6.2).
const CHALLENGE_PROTOCOL: &[u8] = b"acme-tls/1";
/// The wait after the system has no descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A port cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}")]
pub struct BindError {
    /// Which.
    pub address: SocketAddr,
    /// What the system said.
    #[source]
    pub source: std::io::Error,
}

/// Whether and how a door is encrypted.
#[derive(Clone)]
pub enum Encryption {
    /// Plain HTTP.
    None,
    /// TLS with what this gives at the moment of a connection.
    Tls(Arc<dyn Fn() -> Arc<ServerConfig> + Send + Sync>),
}

/// An open port.
pub struct Door {
    listener: TcpListener,
    encryption: Encryption,
}

impl Door {
    /// Where it is.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Opens a port.
///
/// # Errors
/// It cannot be opened.
pub async fn bind(address: SocketAddr, encryption: Encryption) -> Result<Door, BindError> {
    let listener = TcpListener::bind(address).await.map_err(|source| BindError { address, source })?;
    Ok(Door { listener, encryption })
}

/// Takes over a socket that somebody else has opened; it does not block.
///
/// # Errors
/// It is none of the runtime's.
pub fn adopt(listener: std::net::TcpListener, encryption: Encryption) -> std::io::Result<Door> {
    Ok(Door { listener: TcpListener::from_std(listener)?, encryption })
}

/// Answers until it is stopped.
pub async fn serve(door: Door, site: Arc<Site>, stop: CancellationToken) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = door.listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        // Whoever finds no room is turned away at once rather than kept waiting.
        let Ok(permit) = room.clone().try_acquire_owned() else { continue };
        let (site, encryption, stop) = (site.clone(), door.encryption.clone(), stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                _ = tokio::time::timeout(CONNECTION_TIMEOUT, connection(stream, &encryption, site)) => {}
            }
            drop(permit);
        });
    }
}

async fn connection(stream: TcpStream, encryption: &Encryption, site: Arc<Site>) {
    match encryption {
        Encryption::None => converse(stream, site, false).await,
        Encryption::Tls(config) => {
            let handshake = tokio::time::timeout(PART_TIMEOUT, handshake(stream, config(), &site.challenges));
            // Who does not get through the handshake has nothing to be answered.
            if let Ok(Ok(Some(stream))) = handshake.await {
                converse(stream, site, true).await;
            }
        }
    }
}

/// The encrypted stream; `None` where an authority has seen the proof that it came for, which ends the connection
/// (RFC 8737 §3).
async fn handshake(
    stream: TcpStream,
    config: Arc<ServerConfig>,
    challenges: &Challenges,
) -> std::io::Result<Option<TlsStream<TcpStream>>> {
    let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
    let hello = start.client_hello();
    let is_challenge = hello.alpn().is_some_and(|mut names| names.any(|name| name == CHALLENGE_PROTOCOL));
    if !is_challenge {
        return start.into_stream(config).await.map(Some);
    }
    let name = hello.server_name().unwrap_or_default().to_owned();
    let Some(proof) = challenges.certificate(&name) else {
        return Err(std::io::Error::other("no such challenge"));
    };
    start.into_stream(proof).await?.shutdown().await?;
    Ok(None)
}

async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, site: Arc<Site>, is_encrypted: bool) {
    let service = service_fn(move |request| {
        let site = site.clone();
        async move { Ok::<_, Infallible>(respond(request, &site, is_encrypted).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PART_TIMEOUT)
        .max_buf_size(HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    // A client that breaks off or speaks nonsense is no event of ours.
    drop(served);
}

async fn respond(request: Request<Incoming>, site: &Site, is_encrypted: bool) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, BODY_BYTES).collect();
    let page = match tokio::time::timeout(PART_TIMEOUT, body).await {
        Err(_) => Page::status(408, "Request Timeout"),
        Ok(Err(_)) => Page::status(413, "Content Too Large"),
        Ok(Ok(body)) => {
            let body = body.to_bytes();
            let host = head.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
            let host = host.rsplit_once(':').map_or(host, |(host, _)| host).to_ascii_lowercase();
            let asked = Asked {
                method: head.method.as_str(),
                host: &host,
                path: head.uri.path(),
                query: head.uri.query().unwrap_or_default(),
                body: std::str::from_utf8(&body).unwrap_or_default(),
                is_encrypted,
            };
            answer(site, asked)
        }
    };
    response(page, is_encrypted)
}

fn response(page: Page, is_encrypted: bool) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(page.body)));
    *response.status_mut() = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(page.content_type));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    if is_encrypted {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if let Some(location) = page.location.and_then(|location| HeaderValue::try_from(location).ok()) {
        headers.insert(LOCATION, location);
    }
    response
}
