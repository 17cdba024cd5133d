//! Delivery status notices: `multipart/report` with a part for people in German and English, a part for programs,
//! and what is given back of the message (RFC 3461, 3462/6522, 3464, 6533).
//!
//! [`DeliveryReport::build`] makes the whole message from what is known of each recipient; it cannot fail. The
//! caller sends it with the null return path (RFC 3461 §6.1), never in answer to a message that had one, and only
//! to those who want it (`NOTIFY`). [`explain()`] puts a refusal into a sentence and serves `postamt queue why` too.

mod build;
pub(crate) mod encode;
pub mod explain;
mod human;
pub mod operator;
mod status;
#[cfg(test)]
mod tests;

use std::fmt;

use bytes::Bytes;

use crate::address::Address;
use crate::refusals::{self, Recognised};
use crate::reply::{EnhancedCode, Reply};
use crate::words::Language;

pub use build::Notice;
pub use explain::{Cause, explain};
pub use operator::{Letter, OperatorNotice};

/// What the notice is about, as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Refused for good.
    Failed,
    /// Given up after the time that a message may wait.
    Expired,
    /// Still waiting.
    Delayed,
    /// Delivered, and the sender asked to hear of it.
    Delivered,
    /// Passed on to a server that makes no such notices (RFC 3461 §5.2.2), and the sender asked.
    Relayed,
}

impl Kind {
    /// The action that fits most recipients of such a notice.
    #[must_use]
    pub fn action(self) -> Action {
        match self {
            Self::Failed | Self::Expired => Action::Failed,
            Self::Delayed => Action::Delayed,
            Self::Delivered => Action::Delivered,
            Self::Relayed => Action::Relayed,
        }
    }
}

/// `Action` of one recipient (RFC 3464 §2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Not delivered, and no further attempt.
    Failed,
    /// Not delivered yet.
    Delayed,
    /// Delivered to its mailbox.
    Delivered,
    /// Handed to a server that does not confirm.
    Relayed,
    /// Handed on to several addresses.
    Expanded,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Failed => "failed",
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::Relayed => "relayed",
            Self::Expanded => "expanded",
        })
    }
}

/// What is known of one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientReport {
    /// The address that was tried.
    pub address: Address,
    /// `ORCPT` as the client gave it, in xtext.
    pub original_recipient: Option<String>,
    /// What became of it.
    pub action: Action,
    /// The status; its class fits the action.
    pub status: EnhancedCode,
    /// The server that was spoken to or that could not be reached.
    pub remote: Option<String>,
    /// Its literal words, or ours when there was no server to say any.
    pub diagnostic: Option<Reply>,
    /// True when `diagnostic` is our own finding, not an answer of `remote`.
    pub diagnostic_is_ours: bool,
    /// When it was tried last, in seconds since 1970.
    pub last_attempt: Option<u64>,
    /// For delays: until when it will be tried.
    pub will_retry_until: Option<u64>,
    /// Why, where it is known; otherwise it is read from status and answer.
    pub cause: Option<Cause>,
}

impl RecipientReport {
    /// A report with nothing but the necessary.
    #[must_use]
    pub fn new(address: Address, action: Action, status: EnhancedCode) -> Self {
        Self {
            address,
            original_recipient: None,
            action,
            status,
            remote: None,
            diagnostic: None,
            diagnostic_is_ours: false,
            last_attempt: None,
            will_retry_until: None,
            cause: None,
        }
    }

    /// The cause that is told to the sender.
    #[must_use]
    pub fn explained_cause(&self) -> Cause {
        self.cause.unwrap_or_else(|| Cause::of(Some(self.status), self.diagnostic.as_ref()))
    }

    /// What the other server's words mean, if they are known; our own words need no reading.
    #[must_use]
    pub fn refusal(&self) -> Option<Recognised> {
        let reply = self.diagnostic.as_ref().filter(|_| !self.diagnostic_is_ours)?;
        refusals::recognise(self.remote.as_deref(), &reply.to_string())
    }
}

/// What is given back of the message (RFC 3461 §4.3).
#[derive(Debug, Clone)]
pub enum ReturnedContent {
    /// Its header section, without the blank line behind it.
    Headers(Bytes),
    /// All of it.
    Full(Vec<Bytes>),
}

/// Everything that a notice says.
#[derive(Debug, Clone)]
pub struct DeliveryReport {
    /// What it is about.
    pub kind: Kind,
    /// The language that comes first.
    pub language: Language,
    /// Our name.
    pub reporting_host: String,
    /// Whom it is from: `postmaster@` or `MAILER-DAEMON@` one of our domains.
    pub from: Address,
    /// The sender of the message that it is about.
    pub to: Address,
    /// When the notice is made, in seconds since 1970.
    pub now: u64,
    /// The notice's own identifier, with angle brackets.
    pub message_id: String,
    /// A MIME boundary that no line of the returned message begins with; a random word will do.
    pub boundary: String,
    /// The queue id of the message that it is about.
    pub queue_id: String,
    /// Its `Message-ID`, with angle brackets.
    pub original_message_id: Option<String>,
    /// When it came, in seconds since 1970.
    pub arrival: u64,
    /// `ENVID` as the client gave it, in xtext.
    pub envelope_id: Option<String>,
    /// The recipients that this is about: at least one.
    pub recipients: Vec<RecipientReport>,
    /// What is given back.
    pub original: ReturnedContent,
}
