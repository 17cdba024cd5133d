//! The values between a filter and the pipeline: what it is shown, what it says, and why it says nothing.

use std::borrow::Cow;
use std::net::IpAddr;

use bytes::Bytes;
use postamt_mail::envelope::{Envelope, Recipient};
use postamt_mail::header::edit::Edit;
use postamt_mail::reply::Reply;
use postamt_mail::sasl::Mechanism;
use postamt_net::PortFuture;
use postamt_net::service::Way;
use postamt_store::queue_id::QueueId;

use crate::flow::{Channel, Identity};

/// A content filter. Time limit, breaker and what happens without it are the pipeline's matter.
pub trait Filter: Send + Sync {
    /// Looks at a message.
    fn judge<'a>(&'a self, way: &'a Way, message: &'a Candidate<'a>) -> PortFuture<'a, Result<Answer, Down>>;

    /// Whether it answers at all, whatever becomes of messages.
    fn is_there<'a>(&'a self, way: &'a Way) -> PortFuture<'a, bool>;
}

/// A message that may be admitted, as filters are shown it: without our trace field, with what else we have added, and
/// with what filters before have changed.
#[derive(Debug)]
pub struct Candidate<'a> {
    /// Its id, should it be taken.
    pub id: QueueId,
    /// Our name.
    pub hostname: &'a str,
    /// Who sent it.
    pub identity: &'a Identity,
    /// The way it came.
    pub channel: Channel,
    /// The envelope, as filters before have changed it.
    pub envelope: Cow<'a, Envelope>,
    /// Recipients that filters before have refused.
    pub refused: Vec<(Recipient, Reply)>,
    /// The client's address; `None` for local ones.
    pub peer: Option<IpAddr>,
    /// What it said in EHLO.
    pub helo: Option<&'a str>,
    /// How it logged in.
    pub mechanism: Option<Mechanism>,
    /// The TLS version and cipher, if any.
    pub tls: Option<&'a (String, String)>,
    /// The content in pieces, with a blank line between header section and body.
    pub content: Vec<Bytes>,
}

impl Candidate<'_> {
    /// Octets of the content.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.content.iter().map(|piece| piece.len() as u64).sum()
    }
}

/// What a filter says of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether it may go on.
    pub verdict: Verdict,
    /// Changes of the header section, made when it goes on.
    pub edits: Vec<Edit>,
    /// What has become of the whole message and its envelope, in the place of `edits`.
    pub rewritten: Option<Box<Rewritten>>,
    /// What the log and the history are told, never the sender; empty where there is nothing to tell.
    pub details: String,
}

/// A message that a filter has changed beyond its header section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewritten {
    /// The content in pieces.
    pub content: Vec<Bytes>,
    /// The envelope, without those that were refused.
    pub envelope: Envelope,
    /// Recipients that it refuses for good.
    pub refused: Vec<(Recipient, Reply)>,
}

/// Whether a message may go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Accept,
    /// It is taken, and waits for the operator, for this reason.
    Hold(String),
    /// Not now: a reply of 4yz.
    Defer(Reply),
    /// No: a reply of 5yz.
    Reject(Reply),
    /// It is taken and dropped.
    Discard,
    /// It was not looked at: it has more octets than the filter takes.
    TooLarge,
}

impl Verdict {
    /// The word in logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Hold(_) => "hold",
            Self::Defer(_) => "defer",
            Self::Reject(_) => "reject",
            Self::Discard => "discard",
            Self::TooLarge => "too_large",
        }
    }
}

impl From<Verdict> for Answer {
    fn from(verdict: Verdict) -> Self {
        Self { verdict, edits: Vec::new(), rewritten: None, details: String::new() }
    }
}

/// Why a filter says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Down {
    /// It takes no connection.
    #[error("{0}")]
    Unreachable(String),
    /// It broke off, or says what cannot be understood.
    #[error("{0}")]
    Broken(String),
    /// It took longer than it may.
    #[error("no answer within {0} seconds")]
    TimedOut(u64),
    /// So many messages are with it that this one found no place in time.
    #[error("too many messages are with it")]
    Busy,
    /// It has failed before, and is left alone for a while.
    #[error("it has failed just before")]
    Resting,
}
