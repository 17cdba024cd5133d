//! Questions to clamd (clamd(8)): a message is scanned as a stream, piece by piece as it lies in memory, and clamd is asked
//! for its version. One connection for each question.
//!
//! Fails with [`ClamdError`]; the time for the whole question is limited by the caller.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use postamt_mail::filters::clamd::{self, Scan, Version};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::service::{self, ServiceAddress, ServiceError, ServiceStream, Way};

/// Wait for a connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// Octets of a chunk at the most; its length stands in front of it.
const CHUNK: usize = 1 << 18;
/// Octets of an answer at the most.
const ANSWER_LIMIT: u64 = 4096;

/// Why there is no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ClamdError {
    /// No connection.
    #[error(transparent)]
    Unreachable(#[from] ServiceError),
    /// The connection broke off.
    #[error("the connection to clamd broke off: {0}")]
    Broken(Arc<io::Error>),
    /// It has closed the connection without a word.
    #[error("clamd closed the connection without an answer")]
    Silent,
}

impl From<io::Error> for ClamdError {
    fn from(error: io::Error) -> Self {
        Self::Broken(Arc::new(error))
    }
}

/// Has a message scanned; `pieces` in their order are the message.
///
/// # Errors
/// [`ClamdError`]; what clamd itself says is in [`Scan`].
pub async fn scan(way: &Way, address: &ServiceAddress, pieces: &[Bytes]) -> Result<Scan, ClamdError> {
    let stream = service::connect(way, address, CONNECT_LIMIT).await?;
    stream_to(stream, pieces).await.map(|answer| clamd::scan(&answer))
}

/// Asks for program and signatures.
///
/// # Errors
/// [`ClamdError`].
pub async fn version(way: &Way, address: &ServiceAddress) -> Result<Version, ClamdError> {
    let mut stream = service::connect(way, address, CONNECT_LIMIT).await?;
    stream.write_all(b"zVERSION\0").await?;
    stream.flush().await?;
    read_answer(&mut stream).await.map(|answer| clamd::version(&answer))
}

/// clamd may answer before it has the whole stream, when that is too long for it, and then takes no more: both directions
/// go at the same time, and what it has said counts more than that it would not listen.
async fn stream_to(stream: ServiceStream, pieces: &[Bytes]) -> Result<String, ClamdError> {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let mut answer = std::pin::pin!(read_answer(&mut reader));
    let sent = tokio::select! {
        answer = &mut answer => return answer,
        sent = send(&mut writer, pieces) => sent,
    };
    match (answer.await, sent) {
        (Ok(answer), _) => Ok(answer),
        (Err(_), Err(error)) => Err(error.into()),
        (Err(error), Ok(())) => Err(error),
    }
}

async fn send(writer: &mut (impl AsyncWrite + Unpin), pieces: &[Bytes]) -> io::Result<()> {
    writer.write_all(b"zINSTREAM\0").await?;
    for chunk in pieces.iter().flat_map(|piece| piece.chunks(CHUNK)) {
        let length = u32::try_from(chunk.len()).map_err(io::Error::other)?;
        writer.write_all(&length.to_be_bytes()).await?;
        writer.write_all(chunk).await?;
    }
    writer.write_all(&0_u32.to_be_bytes()).await?;
    writer.flush().await
}

async fn read_answer(reader: &mut (impl AsyncRead + Unpin)) -> Result<String, ClamdError> {
    let mut answer = Vec::new();
    let mut limited = reader.take(ANSWER_LIMIT);
    while !answer.contains(&0) {
        if limited.read_buf(&mut answer).await? == 0 {
            break;
        }
    }
    let line = answer.split(|octet| *octet == 0).next().unwrap_or_default();
    if line.is_empty() {
        return Err(ClamdError::Silent);
    }
    Ok(String::from_utf8_lossy(line).into_owned())
}

#[cfg(test)]
mod tests;
