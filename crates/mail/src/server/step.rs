//! What the machine tells its driver.

use std::fmt;

use bytes::Bytes;

use super::Mechanism;
use crate::envelope::{BodyType, Envelope, Recipient, ReturnContent, ReversePath};

/// What the driver does next. Steps that want an answer say with which method; until then the machine reads
/// nothing.
pub enum Step {
    /// Flush the output and read more.
    NeedInput,
    /// MAIL: may this sender send? `answer`; a 2yz opens the transaction.
    Mail(MailRequest),
    /// RCPT: is this recipient welcome? `answer`; a 2yz adds it.
    Recipient(Recipient),
    /// AUTH: `challenge`, `authentication_final`, `authenticated` or `authentication_failed`.
    Authenticate {
        /// The mechanism that the client chose, one of those offered.
        mechanism: Mechanism,
        /// The initial response, decoded; may be empty (RFC 4954 §4: `=`).
        initial: Option<Vec<u8>>,
    },
    /// The client's next response, decoded. Answered as `Authenticate`.
    AuthenticateResponse(Vec<u8>),
    /// A whole message. Make it safe, then `answer` or, with LMTP, `answer_each`.
    Message(ReceivedMessage),
    /// 220 is in the output: flush it, drop every octet read so far, make the handshake, `tls_established`.
    StartTls,
    /// Something to note. The machine has answered it already, and closes by itself if it must.
    Violation(Violation),
    /// Flush the output and close the connection.
    Close,
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeedInput => f.write_str("NeedInput"),
            Self::Mail(request) => f.debug_tuple("Mail").field(request).finish(),
            Self::Recipient(recipient) => f.debug_tuple("Recipient").field(recipient).finish(),
            // What a client says to log in is secret.
            Self::Authenticate { mechanism, initial } => f
                .debug_struct("Authenticate")
                .field("mechanism", mechanism)
                .field("initial", &initial.is_some())
                .finish(),
            Self::AuthenticateResponse(_) => f.write_str("AuthenticateResponse"),
            Self::Message(message) => f.debug_tuple("Message").field(message).finish(),
            Self::StartTls => f.write_str("StartTls"),
            Self::Violation(violation) => f.debug_tuple("Violation").field(violation).finish(),
            Self::Close => f.write_str("Close"),
        }
    }
}

/// MAIL, parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRequest {
    /// `None` is `<>`.
    pub sender: ReversePath,
    /// `SIZE=`, not above the limit.
    pub declared_size: Option<u64>,
    /// `BODY=`.
    pub body: BodyType,
    /// `SMTPUTF8`.
    pub smtputf8: bool,
    /// `REQUIRETLS`.
    pub require_tls: bool,
    /// `RET=`.
    pub return_content: Option<ReturnContent>,
    /// `ENVID=`, in xtext.
    pub envelope_id: Option<String>,
    /// `AUTH=` as received (RFC 4954 §5): what the peer claims about the author, to be believed of nobody.
    pub auth_parameter: Option<String>,
}

/// A message with its envelope.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceivedMessage {
    /// Who it is from and for. `body` is 8BITMIME when the content needs it, whatever was declared.
    pub envelope: Envelope,
    /// Lines ended by CRLF, without dot-stuffing, without bare CR, bare LF or NUL. May be empty.
    pub content: Bytes,
    /// Octets of the longest line without CRLF. Above 998 only where the message did not come by submission,
    /// see [`crate::data::LongLines`].
    pub longest_line: usize,
}

impl fmt::Debug for ReceivedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedMessage")
            .field("envelope", &self.envelope)
            .field("octets", &self.content.len())
            .field("longest_line", &self.longest_line)
            .finish()
    }
}

/// What a peer does that no honest, working client does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Violation {
    /// It spoke before our greeting.
    EarlyTalker,
    /// It did not wait where it must (RFC 2920 §3.1): behind EHLO or DATA.
    Pipelining,
    /// It sent something in clear behind STARTTLS (CVE-2011-0411): thrown away.
    PipelinedBeforeTls,
    /// A bare CR or LF in a command (RFC 5321 §2.3.8).
    BareLineEnding,
    /// A bare CR or LF in a message: refused, possibly SMTP smuggling.
    BareLineEndingInData,
    /// NUL in a command or message.
    NulOctet,
    /// A command line that is too long.
    LineTooLong,
    /// Too many commands that were in error, or that led nowhere.
    TooManyErrors,
    /// Too many failed logins on one connection.
    TooManyLogins,
    /// AUTH where it is not offered: on port 25, or in the clear.
    LoginNotOffered,
    /// It speaks HTTP: a browser or a form that was made to talk to us.
    ForeignProtocol,
    /// It began a TLS handshake on a port that begins in clear.
    UnexpectedTls,
    /// A BDAT whose size cannot be read, so that nobody can tell data from commands.
    UnframedChunk,
}

/// What the machine waits for, for the timeouts of RFC 5321 §4.5.3.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The driver's `greet` or `refuse`.
    Greeting,
    /// A command (§4.5.3.2.7: 5 minutes).
    Command,
    /// A response of a login.
    Authentication,
    /// More of a message (§4.5.3.2.5: 3 minutes).
    DataBlock,
    /// The driver's answer.
    Answer,
    /// The driver's TLS handshake.
    Handshake,
    /// Nothing more.
    Closed,
}
