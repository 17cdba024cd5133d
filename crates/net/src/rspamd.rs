//! Questions to Rspamd: a message is posted to `/checkv2` piece by piece as it lies in memory, with what is known of how it
//! came; the answer is read by the `mail` crate. A connection that Rspamd keeps open carries the next question.
//!
//! [`Rspamd::check`] and [`Rspamd::ping`] fail with [`RspamdError`]; the time for a question is limited by the caller.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{HOST, HeaderValue, USER_AGENT};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use postamt_mail::filters::rspamd::{Answer, Unreadable};
use tokio::time::Instant;

use crate::http::{HttpFailure, limited};
use crate::service::{self, ServiceAddress, ServiceError, Way};
use crate::smtp::Secret;

/// Wait for a connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// Octets of an answer at the most.
const ANSWER_LIMIT: usize = 1 << 20;
/// Connections that are kept for the next question …
const KEPT: usize = 16;
/// … and for how long: a firewall on the way may forget one that is idle, and then swallows the question.
const KEPT_FOR: Duration = Duration::from_secs(5);

/// Why there is no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RspamdError {
    /// No connection.
    #[error(transparent)]
    Unreachable(#[from] ServiceError),
    /// It does not speak HTTP, broke off, or answers at too great a length.
    #[error("{0}")]
    Http(String),
    /// Not 200; 403 where it wants a password.
    #[error("the answer is {0}, not 200")]
    Status(u16),
    /// The answer is none.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

impl From<HttpFailure> for RspamdError {
    fn from(failure: HttpFailure) -> Self {
        Self::Http(failure.to_string())
    }
}

impl From<hyper::Error> for RspamdError {
    fn from(error: hyper::Error) -> Self {
        Self::Http(HttpFailure::from(error).to_string())
    }
}

/// A message and what is known of how it came.
#[derive(Debug)]
pub struct Question<'a> {
    /// Header fields of the request, as `From`, `Rcpt`, `IP`, `Helo`, `User`, `Queue-Id`. One that HTTP cannot carry is
    /// left out.
    pub fields: Vec<(&'static str, String)>,
    /// The message.
    pub pieces: &'a [Bytes],
}

/// An Rspamd.
pub struct Rspamd {
    address: ServiceAddress,
    password: Option<Secret>,
    kept: Mutex<Vec<(Connection, Instant)>>,
}

impl fmt::Debug for Rspamd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rspamd").field("address", &self.address).finish_non_exhaustive()
    }
}

/// A connection, which moves only while a question is under way.
struct Connection {
    sender: SendRequest<Pieces>,
    io: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Rspamd {
    /// The one that listens there.
    #[must_use]
    pub fn new(address: ServiceAddress, password: Option<Secret>) -> Self {
        Self { address, password, kept: Mutex::default() }
    }

    /// What it thinks of a message.
    ///
    /// # Errors
    /// [`RspamdError`].
    pub async fn check(&self, way: &Way, question: &Question<'_>) -> Result<Answer, RspamdError> {
        let answer = self.ask(way, || self.post(question)).await?;
        Ok(Answer::read(&answer)?)
    }

    /// Whether it is there.
    ///
    /// # Errors
    /// [`RspamdError`].
    pub async fn ping(&self, way: &Way) -> Result<(), RspamdError> {
        let answer = self.ask(way, || {
            let request = Request::get("/ping").header(HOST, self.address.to_string());
            request.header(USER_AGENT, "postamt").body(Pieces::new(&[]))
        });
        let answer = answer.await?;
        if answer.trim_ascii() == b"pong" {
            return Ok(());
        }
        Err(RspamdError::Http("something else than Rspamd answers".to_owned()))
    }

    fn post(&self, question: &Question<'_>) -> hyper::http::Result<Request<Pieces>> {
        let host = match &self.address {
            ServiceAddress::Unix(_) => "localhost".to_owned(),
            address => address.to_string(),
        };
        let mut request = Request::post("/checkv2").header(HOST, host).header(USER_AGENT, "postamt");
        for (name, value) in &question.fields {
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                request = request.header(*name, value);
            }
        }
        if let Some(password) = &self.password {
            let mut value = HeaderValue::from_bytes(password.expose().as_bytes())?;
            value.set_sensitive(true);
            request = request.header("Password", value);
        }
        request.body(Pieces::new(question.pieces))
    }

    /// On a connection that was kept, or on a new one: who closes a connection that nobody has used for a while does not
    /// refuse the question.
    async fn ask(
        &self,
        way: &Way,
        request: impl Fn() -> hyper::http::Result<Request<Pieces>>,
    ) -> Result<Bytes, RspamdError> {
        if let Some(connection) = self.fresh() {
            if let Ok(answer) = self.exchange(connection, request().map_err(HttpFailure::from)?).await {
                return Ok(answer);
            }
            // The others are as old.
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
        let stream = service::connect(way, &self.address, CONNECT_LIMIT).await?;
        let (sender, io) = http1::handshake(TokioIo::new(stream)).await?;
        let io = Box::pin(async move {
            // What went wrong, the question hears as well.
            let _ = io.await;
        });
        self.exchange(Connection { sender, io }, request().map_err(HttpFailure::from)?).await
    }

    /// A connection that was kept just before.
    fn fresh(&self) -> Option<Connection> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(_, since)| since.elapsed() < KEPT_FOR);
        kept.pop().map(|(connection, _)| connection)
    }

    async fn exchange(
        &self,
        mut connection: Connection,
        request: Request<Pieces>,
    ) -> Result<Bytes, RspamdError> {
        let (answer, is_open) = converse(&mut connection, request).await;
        if answer.is_ok() && is_open && !connection.sender.is_closed() {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() < KEPT {
                kept.push((connection, Instant::now()));
            }
        }
        answer
    }
}

/// The answer, and whether the connection is still there.
async fn converse(
    connection: &mut Connection,
    request: Request<Pieces>,
) -> (Result<Bytes, RspamdError>, bool) {
    let Connection { sender, io } = connection;
    let exchange = async {
        sender.ready().await?;
        read(sender.send_request(request).await?).await
    };
    let mut exchange = std::pin::pin!(exchange);
    tokio::select! {
        answer = &mut exchange => (answer, true),
        // The connection has ended; what it has brought is still to be read.
        () = io => (exchange.await, false),
    }
}

async fn read(answer: Response<Incoming>) -> Result<Bytes, RspamdError> {
    if answer.status() != StatusCode::OK {
        return Err(RspamdError::Status(answer.status().as_u16()));
    }
    Ok(limited(answer.into_body(), ANSWER_LIMIT).await?)
}

/// A body in pieces that are not copied.
struct Pieces {
    rest: std::vec::IntoIter<Bytes>,
    left: u64,
}

impl Pieces {
    fn new(pieces: &[Bytes]) -> Self {
        let pieces: Vec<Bytes> = pieces.iter().filter(|piece| !piece.is_empty()).cloned().collect();
        Self { left: pieces.iter().map(|piece| piece.len() as u64).sum(), rest: pieces.into_iter() }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.rest.next();
        self.left -= next.as_ref().map_or(0, |piece| piece.len() as u64);
        Poll::Ready(next.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
