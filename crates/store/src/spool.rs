//! The spool port: messages that we answer for, from the 250 to the last settled recipient.
//!
//! A message is *accepted* once, durably. From then on it changes only by [`Change`]s, which ride with the next
//! write and need no wait of their own: a change lost in a crash means that its step is taken again, never
//! that mail is lost. `docs/queue.md` has the table of states.

use bytes::Bytes;
use postamt_mail::envelope::Envelope;

use crate::PortFuture;
use crate::queue_id::QueueId;

/// Seconds since 1970-01-01 UTC.
pub type UnixSeconds = u64;

/// Where a message came from; kept for logs, rules and notices.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The account (or `uid:1000` for local submission) that handed it in; `None` for mail from outside and for our own notices.
    pub account: Option<String>,
    /// How it came: `smtp`, `submission`, `submissions`, `sendmail`, `notice`.
    pub channel: String,
}

/// A message to be made safe.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Its id, taken from [`Spool::next_id`] just before: the `Received` field inside the content names it.
    pub id: QueueId,
    /// When we took it.
    pub received_at: UnixSeconds,
    /// Who gets it. At most 65,535 recipients; their order is their number in every [`Change`].
    pub envelope: Envelope,
    /// Where it came from.
    pub origin: Origin,
    /// The message as it will be sent, in pieces (our trace fields, then slices of what the client sent);
    /// CRLF line ends, no dot stuffing.
    pub content: Vec<Bytes>,
    /// True when the message must wait for an operator's `release`.
    pub held: bool,
}

/// What happened to some recipients of a message, by their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// These need nothing more: delivered, bounced or cancelled. When none is left, the message leaves the spool.
    Done {
        /// The message.
        id: QueueId,
        /// Their numbers in the envelope.
        recipients: Vec<u16>,
    },
    /// These wait until `next`.
    Deferred {
        /// The message.
        id: QueueId,
        /// Their numbers in the envelope.
        recipients: Vec<u16>,
        /// Attempts made so far.
        attempts: u16,
        /// When they are due.
        next: UnixSeconds,
        /// True once the sender has been told of the delay.
        delay_notified: bool,
    },
    /// Held (true) or released (false) by the operator or a rule, as a whole.
    Held {
        /// The message.
        id: QueueId,
        /// True: it waits for a release.
        held: bool,
    },
}

/// A recipient that still waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingRecipient {
    /// Its number in the envelope.
    pub number: u16,
    /// Attempts made so far.
    pub attempts: u16,
    /// When it is due; 0 is at once.
    pub next: UnixSeconds,
    /// Whether the sender has been told of the delay.
    pub delay_notified: bool,
}

/// A message found in the spool at start.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its id.
    pub id: QueueId,
    /// When it was accepted.
    pub received_at: UnixSeconds,
    /// Its whole envelope (done recipients included, so that numbers hold).
    pub envelope: Envelope,
    /// Where it came from.
    pub origin: Origin,
    /// Octets of the content.
    pub size: u64,
    /// The recipients that are not done.
    pub recipients: Vec<WaitingRecipient>,
    /// True when it waits for `release`.
    pub held: bool,
}

/// A message read back.
#[derive(Debug, Clone)]
pub struct Stored {
    /// When it was accepted.
    pub received_at: UnixSeconds,
    /// Its envelope.
    pub envelope: Envelope,
    /// Where it came from.
    pub origin: Origin,
    /// Octets of the content, also where it was not read.
    pub size: u64,
    /// The content in one piece.
    pub content: Bytes,
}

/// Why the spool did not do its work.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SpoolError {
    /// No space (ENOSPC, EDQUOT) or less than the reserve: answer 452 4.3.1, keep delivering.
    #[error("the spool has no room left")]
    Full,
    /// The file system refused or failed: answer 451 4.3.0.
    #[error("the spool cannot be written: {0}")]
    Io(std::sync::Arc<std::io::Error>),
    /// No such message, or it is finished.
    #[error("no message with this id waits in the spool")]
    Unknown,
    /// The message is there but does not pass its checksum.
    #[error("the stored message is damaged in {segment} at {offset}")]
    Damaged {
        /// The segment file's name.
        segment: String,
        /// Where its frame starts.
        offset: u64,
    },
    /// The writer has stopped (shutdown).
    #[error("the spool is closed")]
    Closed,
}

/// Numbers for metrics, doctor and `queue list`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SpoolFigures {
    /// Messages in the spool.
    pub messages: u64,
    /// Octets on disk, recycled segments included.
    pub disk_bytes: u64,
    /// Segments set aside as damaged.
    pub quarantined: u64,
    /// False while new mail is refused for want of room or after a write error.
    pub accepting: bool,
}

/// The spool. Every method may be called from any task; none blocks it.
pub trait Spool: Send + Sync {
    /// An id that this spool has never given before: microseconds since 1970, or one more than the last id
    /// (the greatest found at start included). Lock-free; an id that is never used is no loss.
    fn next_id(&self) -> QueueId;

    /// Makes a message durable under its id. When this returns `Ok`, the message survives a power cut.
    fn accept(&self, message: NewMessage) -> PortFuture<'_, Result<(), SpoolError>>;

    /// Notes a change; it is durable with the next batch, at the latest a second later.
    fn note(&self, change: Change);

    /// Waits until everything noted so far is durable.
    fn flush(&self) -> PortFuture<'_, Result<(), SpoolError>>;

    /// Reads a message back, checksum verified.
    fn load(&self, id: QueueId) -> PortFuture<'_, Result<Stored, SpoolError>>;

    /// As [`Spool::load`] without the content (it is empty): the body is not read from disk. For `queue list`.
    fn load_envelope(&self, id: QueueId) -> PortFuture<'_, Result<Stored, SpoolError>>;

    /// Figures of now.
    fn figures(&self) -> SpoolFigures;
}
