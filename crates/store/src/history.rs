//! The history port: what happened to each message, for `queue why`, for look-ups after the end, and later for
//! the API. Written behind the spool; it is never asked what still has to be delivered.

use serde::{Deserialize, Serialize};

use crate::PortFuture;
use crate::queue_id::QueueId;

/// One attempt for some recipients of a message, as it is told to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptRecord {
    /// Seconds since 1970.
    pub at: u64,
    /// Recipient numbers.
    pub recipients: Vec<u16>,
    /// `direct` or the relay's name, with the reason of the choice.
    pub route: String,
    /// Host name and address of the server tried last, if it came to that.
    pub remote: Option<String>,
    /// Our source address.
    pub source: Option<String>,
    /// `TLSv1.3 TLS13_AES_256_GCM_SHA384, certificate …`, or `none`.
    pub tls: Option<String>,
    /// `delivered`, `deferred`, `failed`, `held`, `cancelled`, `expired`.
    pub outcome: String,
    /// The remote's literal reply, or our own words when nothing was said.
    pub reply: String,
    /// When the next attempt is due, for `deferred`.
    pub next: Option<u64>,
}

/// A message as the history knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRecord {
    /// Queue id.
    pub id: u64,
    /// Seconds since 1970.
    pub received_at: u64,
    /// Envelope sender, empty for the null path.
    pub sender: String,
    /// Envelope recipients in order.
    pub recipients: Vec<String>,
    /// Login that sent it.
    pub account: Option<String>,
    /// How it came in.
    pub channel: String,
    /// Octets.
    pub size: u64,
    /// The `Message-ID` field's value, for look-ups.
    pub message_id: Option<String>,
    /// What was tried, oldest first.
    pub attempts: Vec<AttemptRecord>,
    /// Set when nothing waits any more.
    pub finished_at: Option<u64>,
}

/// A thing to note.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "notes are moved once, from the task to the writer")]
pub enum Note {
    /// Replaces everything known of this message (most messages are written once, when they are finished).
    Whole(Box<MessageRecord>),
    /// Adds an attempt to a message that is known.
    Attempt {
        /// The message.
        id: QueueId,
        /// What was tried.
        attempt: AttemptRecord,
        /// Set when nothing waits any more.
        finished_at: Option<u64>,
    },
}

/// What to look for; all that is given must match.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Sender contains this.
    pub sender: Option<String>,
    /// A recipient contains this.
    pub recipient: Option<String>,
    /// Message-ID equals this, with or without angle brackets.
    pub message_id: Option<String>,
    /// At most this many, newest first.
    pub limit: usize,
}

/// The history cannot be read.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the history database failed: {0}")]
pub struct HistoryError(pub String);

/// The history.
pub trait History: Send + Sync {
    /// Notes something, without waiting. If the writer cannot keep up, the oldest notes are written late, none is dropped.
    fn note(&self, note: Note);
    /// One message.
    fn find(&self, id: QueueId) -> PortFuture<'_, Result<Option<MessageRecord>, HistoryError>>;
    /// Several.
    fn search(&self, query: Query) -> PortFuture<'_, Result<Vec<MessageRecord>, HistoryError>>;
    /// Waits until everything noted so far is written.
    fn flush(&self) -> PortFuture<'_, ()>;
    /// Forgets messages finished before this time; returns how many.
    fn expire(&self, finished_before: u64) -> PortFuture<'_, Result<u64, HistoryError>>;
}
