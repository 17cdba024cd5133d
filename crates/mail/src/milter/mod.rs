//! The milter protocol, version 6, from the mail server's side: octets in, values out.
//!
//! ```text
//! Mail (pieces of a message, its envelope, its session) ─▶ Conversation ─▶ Outcome ─▶ Mail::apply ─▶ pieces
//! ```
//!
//! [`Conversation`] is the machine: its `step` says what to write and when to wait for an answer, and the driver in
//! `net` does so. The whole conversation is led at the end of the data, with what was noted of the session: a
//! message is whole by then, so one connection to the milter serves one message, and nothing of a message that was
//! never completed is seen there.
//!
//! A milter is a program of the operator's, but it is read as a stranger is: packets, changes and the number of
//! answers have limits, every answer must fit the question, and what was not agreed on at the beginning is a
//! [`Fault`]. Sources of the protocol's numbers: `libmilter/mfdef.h` and `mfapi.h`.

mod answer;
mod conversation;
mod facts;
mod flags;
pub(crate) mod mail;
mod packet;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Change};
pub use conversation::{Conversation, Outcome, Stage, Step, Verdict};
pub use facts::{Client, Login, Session};
pub use flags::{Actions, Negotiation, Steps};
pub use mail::{Applied, HeaderField, LeadingSpace, Mail};
pub use packet::{CHUNK_LIMIT, PACKET_LIMIT, Packet};

/// Why a milter cannot be understood or believed. The message fares as when the milter is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A length that no milter needs.
    #[error("it announced a packet of {0} octets")]
    PacketTooLarge(u32),
    /// A packet without even a code.
    #[error("it sent an empty packet")]
    EmptyPacket,
    /// The content of a packet does not fit its code.
    #[error("its answer {code:?} cannot be read: {reason}")]
    Malformed {
        /// The packet's code.
        code: char,
        /// What is wrong.
        reason: &'static str,
    },
    /// An answer that does not belong here.
    #[error("it answered {code:?} to {stage}")]
    Unexpected {
        /// The packet's code.
        code: char,
        /// What it answered to.
        stage: &'static str,
    },
    /// A version that we do not speak.
    #[error("it speaks version {0} of the protocol, and we speak 2 to 6")]
    Version(u32),
    /// It wants what we did not offer.
    #[error("it wants what was not offered (actions {actions:#x}, steps {steps:#x})")]
    Unoffered {
        /// Actions wanted too much.
        actions: u32,
        /// Steps wanted too much.
        steps: u32,
    },
    /// A change that it did not ask for at the beginning.
    #[error("it made a change ({0:?}) that it had not announced")]
    NotAnnounced(char),
    /// More of something than any milter needs.
    #[error("it sent too many {0}")]
    TooMany(&'static str),
    /// It asked for the connection to be ended.
    #[error("it asked to be left alone")]
    Declined,
    /// A change that would break the message.
    #[error("a change of it would break the message: {0}")]
    BadChange(&'static str),
}
