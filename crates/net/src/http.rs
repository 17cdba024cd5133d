//! One question and its answer in HTTP/1.1 over a connection that is already there, and a body within bounds.
//!
//! `converse(stream, question, |answer| async { limited(answer.into_body(), size).await })`: what a status means is the
//! caller's matter. Fails with [`HttpFailure`]. Time is limited by the caller.

use std::error::Error;
use std::future::Future;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Collected, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HttpFailure {
    /// The body has more octets than these.
    #[error("the answer is longer than {0} octets")]
    TooLarge(usize),
    /// The server does not speak HTTP, or broke off; or the question is none that HTTP can carry.
    #[error("HTTP failed: {0}")]
    Broken(String),
}

impl From<hyper::Error> for HttpFailure {
    fn from(error: hyper::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<hyper::http::Error> for HttpFailure {
    fn from(error: hyper::http::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

/// Asks, and lets `read` read the answer.
pub(crate) async fn converse<B, R, T, E>(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    question: Request<B>,
    read: impl FnOnce(Response<Incoming>) -> R,
) -> Result<T, E>
where
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + 'static,
    R: Future<Output = Result<T, E>>,
    E: From<HttpFailure>,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(HttpFailure::from)?;
    let exchange = async {
        let answer = sender.send_request(question).await.map_err(HttpFailure::from)?;
        read(answer).await
    };
    let mut exchange = std::pin::pin!(exchange);
    tokio::select! {
        answer = &mut exchange => answer,
        // The connection has ended; what it has brought is still to be read.
        _ = connection => exchange.await,
    }
}

/// The whole body, of at most `size` octets.
pub(crate) async fn limited(body: Incoming, size: usize) -> Result<Bytes, HttpFailure> {
    let body = Limited::new(body, size).collect().await;
    body.map(Collected::to_bytes).map_err(|error| match error.is::<LengthLimitError>() {
        true => HttpFailure::TooLarge(size),
        false => HttpFailure::Broken(error.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use http_body_util::Empty;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    /// What comes of an answer that is followed by the end of the connection.
    async fn answered(answer: &str) -> Result<Bytes, HttpFailure> {
        let (ours, mut theirs) = tokio::io::duplex(4096);
        let answer = answer.as_bytes().to_vec();
        let serving = tokio::spawn(async move {
            let mut question = [0; 4];
            theirs.read_exact(&mut question).await.expect("asked");
            theirs.write_all(&answer).await.expect("written");
            theirs.shutdown().await.expect("ended");
            theirs
        });
        let question = Request::get("/").body(Empty::<Bytes>::new()).expect("a question");
        let read = converse(ours, question, |answer| limited(answer.into_body(), 5)).await;
        serving.await.expect("served");
        read
    }

    #[tokio::test]
    async fn a_body_has_bounds() {
        let body = answered("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwords").await;
        assert_eq!(body, Ok(Bytes::from_static(b"words")));
        let body = answered("HTTP/1.1 200 OK\r\n\r\nwords").await;
        assert_eq!(body, Ok(Bytes::from_static(b"words")), "it ends with the connection");
        let body = answered("HTTP/1.1 200 OK\r\n\r\nwords!").await;
        assert_eq!(body, Err(HttpFailure::TooLarge(5)));
        let body = answered("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nword").await;
        assert!(matches!(body, Err(HttpFailure::Broken(_))), "{body:?}");
        let body = answered("220 mail.own.test ESMTP\r\n").await;
        assert!(matches!(body, Err(HttpFailure::Broken(_))), "{body:?}");
    }
}
