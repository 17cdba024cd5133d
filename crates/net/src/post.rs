//! One question in plain HTTP to a service of this host or network, as a content scanner is asked: a document is posted,
//! a short answer comes back. Nothing of it is secret from the network between, so no service out there is asked this way.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{HOST, USER_AGENT};

use crate::dial::{DialError, Dialer};
use crate::http::{HttpFailure, converse, limited};

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

impl From<HttpFailure> for PostError {
    fn from(failure: HttpFailure) -> Self {
        match failure {
            HttpFailure::TooLarge(_) => Self::TooLarge,
            HttpFailure::Broken(words) => Self::Http(words),
        }
    }
}

/// Posts, and gives the answer.
///
/// # Errors
/// [`PostError`].
pub async fn send(dialer: &dyn Dialer, post: Post<'_>) -> Result<Bytes, PostError> {
    tokio::time::timeout(TIME_LIMIT, exchange(dialer, post)).await.unwrap_or(Err(PostError::TimedOut))
}

async fn exchange(dialer: &dyn Dialer, post: Post<'_>) -> Result<Bytes, PostError> {
    let stream = dialer.connect(post.target, None, CONNECT_LIMIT).await?;
    let mut question = hyper::Request::post(post.path).header(HOST, post.host).header(USER_AGENT, "postamt");
    for (name, value) in post.fields {
        question = question.header(*name, value);
    }
    let question = question.body(Full::new(post.body)).map_err(HttpFailure::from)?;
    converse(stream, question, |answer| async move {
        if answer.status() != hyper::StatusCode::OK {
            return Err(PostError::Status(answer.status().as_u16()));
        }
        Ok(limited(answer.into_body(), ANSWER_LIMIT).await?)
    })
    .await
}
