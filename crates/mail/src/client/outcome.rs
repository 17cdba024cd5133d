//! What became of a transaction, recipient by recipient: plain values, told apart by whose fault it is and
//! whether the message can have been delivered.

use std::fmt;
use std::io;

use crate::reply::{EnhancedCode, Reply};
use crate::reply_parser::ReplyError;

/// The step of a session that a reply or a failure belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Before the first octet.
    Connect,
    /// Waiting for 220.
    Greeting,
    /// EHLO, HELO or LHLO.
    Ehlo,
    /// STARTTLS and the handshake.
    StartTls,
    /// AUTH.
    Auth,
    /// MAIL (and the RSET before it).
    Mail,
    /// RCPT.
    Recipient,
    /// DATA, up to its 354, and the content.
    Data,
    /// The final dot or the last octet of BDAT.
    EndOfData,
}

impl fmt::Display for Stage {
    /// The command, as a log or a DSN names it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stage::Connect => "connect",
            Stage::Greeting => "greeting",
            Stage::Ehlo => "EHLO",
            Stage::StartTls => "STARTTLS",
            Stage::Auth => "AUTH",
            Stage::Mail => "MAIL FROM",
            Stage::Recipient => "RCPT TO",
            Stage::Data => "DATA",
            Stage::EndOfData => "end of data",
        })
    }
}

/// A session that broke, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem} (at {stage})")]
pub struct TransportError {
    /// The step that was under way.
    pub stage: Stage,
    /// What happened.
    #[source]
    pub problem: Problem,
}

/// How a session breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Nothing came, or nothing could be sent, within the time for this step.
    #[error("the peer did not answer in time")]
    TimedOut,
    /// The stream ended where a reply was due.
    #[error("the peer closed the connection")]
    Closed,
    /// A reused connection turned out closed before anything was sent on it: try again at once on a new one.
    #[error("the peer had closed the idle connection")]
    IdleClosed,
    /// Whoever wanted the delivery has another way for it.
    #[error("the attempt was given up")]
    GivenUp,
    /// The operating system or the TLS layer said so.
    #[error("{text}")]
    Io {
        /// Its kind.
        kind: io::ErrorKind,
        /// Its words.
        text: String,
    },
    /// What came is no reply.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// A reply whose first digit this command cannot have.
    #[error("the reply does not fit the command: {0}")]
    UnexpectedReply(Reply),
    /// A reply to a command that was not sent yet: replies can no longer be told apart.
    #[error("the peer sent a reply before the command")]
    Unsolicited,
}

impl Problem {
    /// From an I/O error; end-of-stream kinds become [`Problem::Closed`].
    #[must_use]
    pub fn from_io(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::WriteZero => Problem::Closed,
            io::ErrorKind::TimedOut => Problem::TimedOut,
            kind => Problem::Io { kind, text: error.to_string() },
        }
    }

    /// With the step it happened in.
    #[must_use]
    pub fn at(self, stage: Stage) -> TransportError {
        TransportError { stage, problem: self }
    }
}

/// Why a recipient cannot be served by this peer, decided here without asking it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// An address or a header is internationalised and SMTPUTF8 is not offered (RFC 6531 §3.2).
    #[error("the message needs SMTPUTF8, which the server does not offer")]
    NeedsSmtpUtf8,
    /// The content has octets above 127, or no lines, and the peer does not take that. We do not convert:
    /// re-encoding would break the signatures (RFC 6152 §3).
    #[error("the message needs {extension}, which the server does not offer")]
    NeedsBody {
        /// `8BITMIME` or `BINARYMIME`.
        extension: &'static str,
    },
    /// REQUIRETLS was asked and the peer does not offer it, or is not authenticated (RFC 8689 §4.2.1).
    #[error("the message requires TLS all the way, which the server does not promise")]
    NeedsRequireTls,
    /// Larger than the limit that the peer announced (RFC 1870 §6.1).
    #[error("the message has {size} octets, the server takes {limit}")]
    TooLarge {
        /// Octets of the content.
        size: u64,
        /// The announced limit.
        limit: u64,
    },
}

impl Cause {
    /// The code for a DSN: permanent as far as this host goes.
    #[must_use]
    pub const fn enhanced(&self) -> EnhancedCode {
        match self {
            Cause::NeedsSmtpUtf8 => EnhancedCode::new(5, 6, 7),
            Cause::NeedsBody { .. } => EnhancedCode::new(5, 6, 3),
            Cause::NeedsRequireTls => EnhancedCode::new(5, 7, 30),
            Cause::TooLarge { .. } => EnhancedCode::new(5, 3, 4),
        }
    }
}

/// What became of one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecipientOutcome {
    /// The peer took responsibility.
    Delivered(Reply),
    /// The peer said no: for now (4yz) or for good (5yz).
    Refused {
        /// To what it said no.
        stage: Stage,
        /// Its words.
        reply: Reply,
    },
    /// Certainly not delivered: try elsewhere or again.
    Unsent(TransportError),
    /// The session broke after the end of the content was given away: it may have been delivered.
    Uncertain(TransportError),
    /// This peer cannot take it; nothing was said about this recipient.
    Impossible(Cause),
}

impl RecipientOutcome {
    /// True when the peer took responsibility.
    #[must_use]
    pub fn is_delivered(&self) -> bool {
        matches!(self, Self::Delivered(_))
    }
}

/// Whether a connection may carry another transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionState {
    /// It may.
    Usable,
    /// It broke, or the peer announced its end (421).
    Closed,
}

/// What became of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// In the order of the transaction's recipients.
    pub recipients: Vec<RecipientOutcome>,
    /// Whether the connection can be used again.
    pub connection: ConnectionState,
}
