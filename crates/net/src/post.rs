//! One question in plain HTTP to a service of this host or network, as a content scanner is asked: a document is posted,
//! a short answer comes back. Nothing of it is secret from the network between, so no service out there is asked this way.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper::header::{HOST, USER_AGENT};
use hyper_util::rt::TokioIo;

use crate::dial::{DialError, Dialer};

/// Octets of an answer at the most.
const ANSWER_LIMIT: usize = 1 << 20;
/// Wait for the connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// Wait for all of it: a scanner may ask DNS for each message.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// What is posted.
#[derive(Debug, Clone)]
pub struct Post<'a> {
    /// Where to.
    pub target: SocketAddr,
    /// `Host`.
    pub host: &'a str,
    /// The path; begins with a slash.
    pub path: &'a str,
    /// Further header fields; one that HTTP cannot carry is an error.
    pub fields: &'a [(&'a str, String)],
    /// The document.
    pub body: Bytes,
}

/// Why there is no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PostError {
    /// No connection.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// The server does not speak HTTP, or broke off.
    #[error("HTTP failed: {0}")]
    Http(String),
    /// Not 200.
    #[error("the answer is {0}, not 200")]
    Status(u16),
    /// Longer than 1 MiB.
    #[error("the answer is longer than 1 MiB")]
    TooLarge,
    /// It took longer than a minute.
    #[error("the answer did not arrive in time")]
    TimedOut,
}

/// Posts, and gives the answer.
///
/// # Errors
/// [`PostError`].
pub async fn send(dialer: &dyn Dialer, post: Post<'_>) -> Result<Bytes, PostError> {
    tokio::time::timeout(TIME_LIMIT, exchange(dialer, post)).await.unwrap_or(Err(PostError::TimedOut))
}

async fn exchange(dialer: &dyn Dialer, post: Post<'_>) -> Result<Bytes, PostError> {
    let http = |error: &dyn std::fmt::Display| PostError::Http(error.to_string());
    let stream = dialer.connect(post.target, None, CONNECT_LIMIT).await?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| http(&error))?;
    let mut question = hyper::Request::post(post.path).header(HOST, post.host).header(USER_AGENT, "postamt");
    for (name, value) in post.fields {
        question = question.header(*name, value);
    }
    let question = question.body(Full::new(post.body)).map_err(|error| http(&error))?;
    let exchange = async {
        let answer = sender.send_request(question).await.map_err(|error| http(&error))?;
        if answer.status() != hyper::StatusCode::OK {
            return Err(PostError::Status(answer.status().as_u16()));
        }
        let body = Limited::new(answer.into_body(), ANSWER_LIMIT).collect().await;
        body.map(http_body_util::Collected::to_bytes).map_err(|error| match error.is::<LengthLimitError>() {
            true => PostError::TooLarge,
            false => http(&error),
        })
    };
    let mut exchange = std::pin::pin!(exchange);
    tokio::select! {
        answer = &mut exchange => answer,
        // What is left to read is read after the connection's end.
        _ = connection => exchange.await,
    }
}
