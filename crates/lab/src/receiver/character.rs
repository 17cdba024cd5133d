//! What a receiving server is like.

use std::time::Duration;

/// A server's attitude to mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Character {
    /// Takes everything, and notes what SPF, DKIM and DMARC say.
    Mailbox,
    /// Takes everything and looks at nothing: for tests of volume.
    Sink,
    /// Takes only mail from an address whose name leads back to it, that passes SPF, DKIM and DMARC; bounces,
    /// which have no sender, need the first and DKIM or SPF of the HELO name.
    Strict,
    /// Says 451 to each new pair of address, sender and recipient until `wait` has passed.
    Greylister {
        /// How long.
        wait: Duration,
    },
    /// Takes its time, then takes the mail.
    Slow(Delays),
    /// Says no.
    Refuser(Refusal),
}

/// How long a slow server waits before it says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delays {
    /// Before the greeting.
    pub greeting: Duration,
    /// Before the answer to MAIL and to each RCPT.
    pub command: Duration,
    /// Before the answer to the message.
    pub message: Duration,
}

/// Where and how a server says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// `421 4.3.2` instead of a greeting.
    Busy,
    /// `554 5.7.1` instead of a greeting (RFC 5321 §3.1).
    Banned,
    /// `550 5.7.1` to MAIL.
    Sender,
    /// `550 5.1.1` to RCPT.
    Recipient,
    /// `452 4.2.2` to RCPT: the mailbox is full.
    MailboxFull,
    /// `554 5.7.1` to the message.
    Message,
}
