//! Conversations with milters: the driver of the machine in the `mail` crate. One connection for each message.
//!
//! `judge(&way, &address, conversation)` connects, writes what the machine says, reads what the milter answers, and gives
//! the outcome. Each step has its own patience, as Sendmail and Postfix have it; the time for the whole conversation is
//! limited by the caller. The body goes out in the pieces in which it lies in memory.
//!
//! Fails with [`MilterError`]; the message is as it was then.

use std::io::{self, IoSlice};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use postamt_mail::address::Domain;
use postamt_mail::milter::{Conversation, Fault, Negotiation, Outcome, Stage, Step};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::service::{self, ServiceAddress, ServiceError, ServiceStream, Way};

/// Wait for a connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// How long each step may take.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// Wait for what both sides can, and for the answer to a command or a header field.
    command: Duration,
    /// Wait for the answer to a piece of the body, and for the next word at the end of the message, where milters think.
    content: Duration,
    /// Wait until the milter takes what we say.
    write: Duration,
}

/// As Sendmail and Postfix have it.
const USUAL: Patience = Patience {
    command: Duration::from_secs(30),
    content: Duration::from_secs(300),
    write: Duration::from_secs(30),
};
/// Wait until it takes our good-bye, which nothing depends on.
const FAREWELL_LIMIT: Duration = Duration::from_secs(1);
/// Octets that a read makes room for.
const READ: usize = 4 * 1024;

/// Why a milter has led to nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum MilterError {
    /// No connection.
    #[error(transparent)]
    Unreachable(#[from] ServiceError),
    /// The connection broke off.
    #[error("the connection to the milter broke off: {0}")]
    Broken(Arc<io::Error>),
    /// It has closed the connection in the middle.
    #[error("the milter closed the connection before it had answered")]
    Closed,
    /// It does not say anything.
    #[error("the milter did not answer within {0:?}")]
    Silent(Duration),
    /// It does not take anything.
    #[error("the milter took nothing for {0:?}")]
    Stuck(Duration),
    /// What it says is not to be believed.
    #[error("the milter breaks the protocol: {0}")]
    Fault(#[from] Fault),
}

/// Leads the conversation to its end.
///
/// # Errors
/// [`MilterError`].
pub async fn judge(
    way: &Way,
    address: &ServiceAddress,
    conversation: Conversation<'_>,
) -> Result<Outcome, MilterError> {
    let mut stream = service::connect(way, address, CONNECT_LIMIT).await?;
    converse(&mut stream, conversation, USUAL).await
}

/// Whether it is there: what both sides can is told, and that is all.
///
/// # Errors
/// [`MilterError`].
pub async fn ping(way: &Way, address: &ServiceAddress) -> Result<(), MilterError> {
    let broken = |error| MilterError::Broken(Arc::new(error));
    let mut stream = service::connect(way, address, CONNECT_LIMIT).await?;
    // The length of a packet counts its command.
    let offer = [&b"\0\0\0\x0dO"[..], &Negotiation::offer()].concat();
    write(&mut stream, &[offer.into()], USUAL.write).await?;
    let mut answer = [0; 5];
    match tokio::time::timeout(USUAL.command, stream.read_exact(&mut answer)).await {
        Ok(read) => read.map_err(broken)?,
        Err(_) => return Err(MilterError::Silent(USUAL.command)),
    };
    if answer[4] != b'O' {
        return Err(broken(io::Error::other("something else than a milter answers")));
    }
    // It hears that nothing follows; whether it does is its own matter.
    let _ = write(&mut stream, &[Bytes::from_static(b"\0\0\0\x01Q")], FAREWELL_LIMIT).await;
    Ok(())
}

async fn converse(
    stream: &mut ServiceStream,
    mut conversation: Conversation<'_>,
    patience: Patience,
) -> Result<Outcome, MilterError> {
    loop {
        let mut output = Vec::new();
        match conversation.step(&mut output)? {
            Step::Send => write(stream, &output, patience.write).await?,
            Step::Receive(stage) => {
                write(stream, &output, patience.write).await?;
                let input = conversation.input();
                input.reserve(READ);
                let limit = patience.at(stage);
                match tokio::time::timeout(limit, stream.read_buf(input)).await {
                    Ok(Ok(0)) => return Err(MilterError::Closed),
                    Ok(Ok(_)) => {}
                    Ok(Err(error)) => return Err(MilterError::Broken(Arc::new(error))),
                    Err(_) => return Err(MilterError::Silent(limit)),
                }
            }
            Step::Done => {
                // It has said its last word; whether it hears ours is its own matter.
                let _ = write(stream, &output, FAREWELL_LIMIT).await;
                return Ok(conversation.outcome());
            }
        }
    }
}

impl Patience {
    fn at(self, stage: Stage) -> Duration {
        match stage {
            Stage::Negotiation | Stage::Command => self.command,
            Stage::Body | Stage::EndOfMessage => self.content,
        }
    }
}

/// Writes the pieces, many at a time, each write within the limit.
async fn write(stream: &mut ServiceStream, pieces: &[Bytes], limit: Duration) -> Result<(), MilterError> {
    let mut slices: Vec<IoSlice<'_>> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
    let mut rest = slices.as_mut_slice();
    let stuck = || MilterError::Stuck(limit);
    while rest.iter().any(|slice| !slice.is_empty()) {
        let written = tokio::time::timeout(limit, stream.write_vectored(rest)).await;
        match written.map_err(|_| stuck())? {
            Ok(0) => return Err(MilterError::Closed),
            Ok(count) => IoSlice::advance_slices(&mut rest, count),
            Err(error) => return Err(MilterError::Broken(Arc::new(error))),
        }
    }
    let flushed = tokio::time::timeout(limit, stream.flush()).await.map_err(|_| stuck())?;
    flushed.map_err(|error| MilterError::Broken(Arc::new(error)))
}

/// Where a milter listens, as Sendmail, Postfix and OpenDKIM write it: `unix:/path` (or `local:/path`), `inet:port@host`
/// (or `inet6:`), and Postfix's `inet:host:port`. `None` for anything else.
#[must_use]
pub fn address(text: &str) -> Option<ServiceAddress> {
    let (kind, rest) = text.split_once(':')?;
    match kind {
        "unix" | "local" => rest.starts_with('/').then(|| ServiceAddress::Unix(rest.into())),
        "inet" | "inet6" => {
            let (port, host) = match rest.split_once('@') {
                Some(parts) => parts,
                None => rest.rsplit_once(':').map(|(host, port)| (port, host))?,
            };
            let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
            let port = port.parse().ok().filter(|port| *port > 0)?;
            let is_host = host.parse::<IpAddr>().is_ok() || Domain::new(host).is_ok();
            is_host.then(|| ServiceAddress::Tcp { host: host.to_owned(), port })
        }
        _ => None,
    }
}

/// The address as it is written in front of a milter.
#[must_use]
pub fn written(address: &ServiceAddress) -> String {
    match address {
        ServiceAddress::Unix(path) => format!("unix:{}", path.display()),
        ServiceAddress::Tcp { host, port } => format!("inet:{port}@{host}"),
    }
}

#[cfg(test)]
mod tests;
