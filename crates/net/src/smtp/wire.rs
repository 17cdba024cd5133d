//! Commands out, replies in, each within its time: the buffers of one session.
//!
//! Replies are taken from the buffer in the order of the commands; if one is there before a command goes out,
//! the two sides no longer agree on what is answered, and the session ends ([`Problem::Unsolicited`]).

use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use postamt_mail::client::Problem;
use postamt_mail::reply_parser::{Frame, ReplyParser};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};

use super::stream::Stream;

/// Room for replies; most sessions never need more.
const INBOX: usize = 4_096;
/// A read asks for at least this much.
const READ: usize = 1_024;

/// See the head of this file.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) stream: Stream,
    /// Commands that wait for the next flush.
    pub(super) outbox: Vec<u8>,
    inbox: BytesMut,
    parser: ReplyParser,
}

impl Wire {
    pub(super) fn new(stream: Stream) -> Self {
        Self {
            stream,
            outbox: Vec::with_capacity(256),
            inbox: BytesMut::with_capacity(INBOX),
            parser: ReplyParser::default(),
        }
    }

    /// True when nothing was received that no command has asked for.
    pub(super) fn has_no_reply(&self) -> bool {
        self.inbox.is_empty()
    }

    /// Writes the outbox and waits for one reply, which stays in the buffer until [`Wire::consume`].
    pub(super) async fn exchange(&mut self, limit: Duration) -> Result<Frame, Problem> {
        self.flush(limit).await?;
        self.read(limit).await
    }

    /// Writes the outbox.
    pub(super) async fn flush(&mut self, limit: Duration) -> Result<(), Problem> {
        if self.outbox.is_empty() {
            return Ok(());
        }
        if !self.inbox.is_empty() {
            return Err(Problem::Unsolicited);
        }
        let (stream, outbox) = (&mut self.stream, &self.outbox);
        let written = within(limit, async {
            stream.write_all(outbox).await?;
            stream.flush().await
        });
        written.await?;
        self.outbox.clear();
        Ok(())
    }

    /// Waits for the next reply.
    pub(super) async fn read(&mut self, limit: Duration) -> Result<Frame, Problem> {
        if let Some(frame) = self.parser.frame(&self.inbox)? {
            return Ok(frame);
        }
        let (stream, inbox, parser) = (&mut self.stream, &mut self.inbox, &mut self.parser);
        let reply = async {
            loop {
                // Moves what is left to the front instead of allocating, as long as it fits.
                inbox.reserve(READ);
                let count = stream.read_buf(inbox).await.map_err(|error| Problem::from_io(&error))?;
                if count == 0 {
                    return Err(Problem::Closed);
                }
                if let Some(frame) = parser.frame(inbox)? {
                    return Ok(frame);
                }
            }
        };
        tokio::time::timeout(limit, reply).await.unwrap_or(Err(Problem::TimedOut))
    }

    /// The octets of a reply that [`Wire::read`] found.
    pub(super) fn octets(&self, frame: Frame) -> &[u8] {
        &self.inbox[..frame.length]
    }

    /// Takes the reply out of the buffer.
    pub(super) fn consume(&mut self, frame: Frame) {
        self.inbox.advance(frame.length);
    }

    /// Looks, without waiting, whether an idle session is still open and silent. Anything that came, a 421 as
    /// well as the end of the stream, means that it is over.
    pub(super) async fn is_quiet(&mut self) -> bool {
        if !self.inbox.is_empty() {
            return false;
        }
        let mut octet = [0; 1];
        let stream = &mut self.stream;
        poll_fn(|context| {
            let mut buffer = ReadBuf::new(&mut octet);
            Poll::Ready(Pin::new(&mut *stream).poll_read(context, &mut buffer).is_pending())
        })
        .await
    }
}

/// When an attempt is to be given up; never polled again once it has ended.
pub(super) type GivenUp<'g> = Pin<&'g mut (dyn Future<Output = ()> + Send)>;

/// Ends early when `given_up` does.
pub(super) async fn unless<T>(
    given_up: &mut GivenUp<'_>,
    operation: impl Future<Output = Result<T, Problem>>,
) -> Result<T, Problem> {
    tokio::select! {
        // What has an answer is not given up.
        biased;
        result = operation => result,
        () = given_up.as_mut() => Err(Problem::GivenUp),
    }
}

/// Awaits I/O within a limit.
pub(super) async fn within<T>(
    limit: Duration,
    operation: impl Future<Output = io::Result<T>>,
) -> Result<T, Problem> {
    match tokio::time::timeout(limit, operation).await {
        Ok(result) => result.map_err(|error| Problem::from_io(&error)),
        Err(_) => Err(Problem::TimedOut),
    }
}
