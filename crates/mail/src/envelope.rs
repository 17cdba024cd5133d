//! The envelope: who gets a message and who hears of its failure (RFC 5321 §2.3.1), with what the DSN,
//! 8BITMIME, SMTPUTF8 and REQUIRETLS extensions add to it.

use crate::address::Address;

/// `MAIL FROM`: `None` is the null path `<>`, to which no notice is ever sent (RFC 5321 §4.5.5).
pub type ReversePath = Option<Address>;

/// The body as the client declared it (RFC 6152).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BodyType {
    /// Nothing above 127.
    #[default]
    SevenBit,
    /// Octets above 127 in lines.
    EightBitMime,
    /// No line discipline at all; only with CHUNKING (RFC 3030).
    BinaryMime,
}

/// What a failure notice returns (RFC 3461 §4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReturnContent {
    /// Only the headers: our default, since a bounce should not be a second copy of the mail.
    #[default]
    Headers,
    /// The whole message.
    Full,
}

/// When the sender wants to hear of a recipient (RFC 3461 §4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notify {
    /// On delivery.
    pub success: bool,
    /// On final failure.
    pub failure: bool,
    /// On delay.
    pub delay: bool,
}

impl Notify {
    /// `NOTIFY=NEVER`.
    pub const NEVER: Self = Self { success: false, failure: false, delay: false };
}

impl Default for Notify {
    /// Without a NOTIFY parameter: failure, and delay where the server sends such notices.
    fn default() -> Self {
        Self { success: false, failure: true, delay: true }
    }
}

/// One recipient of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The forward path.
    pub address: Address,
    /// When to tell the sender. `explicit_notify` says whether the client asked.
    pub notify: Notify,
    /// True when a NOTIFY parameter was given: it must then be passed on (RFC 3461 §5.2.1).
    pub explicit_notify: bool,
    /// `ORCPT` as received, still in xtext (RFC 3461 §4.2): `rfc822;…`.
    pub original: Option<String>,
}

impl Recipient {
    /// A recipient with the defaults of RFC 3461.
    #[must_use]
    pub fn new(address: Address) -> Self {
        Self { address, notify: Notify::default(), explicit_notify: false, original: None }
    }
}

/// The envelope of one message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Envelope {
    /// `MAIL FROM`.
    pub sender: ReversePath,
    /// `RCPT TO`, in the order received, at least one once the message is accepted.
    pub recipients: Vec<Recipient>,
    /// `BODY=`.
    pub body: BodyType,
    /// `SMTPUTF8` was given (RFC 6531 §3.4).
    pub smtputf8: bool,
    /// `REQUIRETLS` was given (RFC 8689 §2).
    pub require_tls: bool,
    /// `RET=`.
    pub return_content: Option<ReturnContent>,
    /// `ENVID=` as received, in xtext (RFC 3461 §4.4).
    pub envelope_id: Option<String>,
}
