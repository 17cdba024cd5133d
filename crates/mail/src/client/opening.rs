//! The start of a session: greeting, EHLO with HELO behind it, STARTTLS, EHLO again.
//!
//! [`Opening::handle`] takes each reply and says what comes next. At [`OpeningStep::Secure`] the driver makes
//! sure that nothing is left in its buffer (what stood there came unprotected, RFC 3207 §6), performs the TLS
//! handshake and calls [`Opening::secured`]; all that the server said before is forgotten then.

use super::Capabilities;
use super::outcome::Stage;
use crate::reply::{Reply, ReplyCode};
use crate::reply_parser;

/// What to do about STARTTLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartTls {
    /// Leave it alone: TLS is already there, or not wanted.
    Never,
    /// Use it where it is offered.
    IfOffered,
    /// Use it or fail.
    Required,
}

/// What the driver does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpeningStep {
    /// Write the buffer and wait for a reply, with the time limit of this step.
    Read(Stage),
    /// Perform the handshake, then call [`Opening::secured`].
    Secure,
    /// Take the result.
    Ready,
}

/// Why the session does not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpeningError {
    /// 4yz or 5yz to the connection or to EHLO and HELO.
    #[error("the server refused at {stage}: {reply}")]
    Refused {
        /// At which step.
        stage: Stage,
        /// Its words.
        reply: Reply,
    },
    /// STARTTLS is demanded and not offered.
    #[error("the server does not offer STARTTLS")]
    TlsUnavailable,
    /// STARTTLS is demanded, offered, and refused when asked for.
    #[error("the server refused STARTTLS: {0}")]
    TlsRefused(Reply),
    /// A reply that the step cannot have.
    #[error("the reply does not fit {stage}: {reply}")]
    Unexpected {
        /// At which step.
        stage: Stage,
        /// Its words.
        reply: Reply,
    },
}

/// What the opening found out.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The greeting.
    pub greeting: Reply,
    /// The offers that hold now.
    pub capabilities: Capabilities,
    /// The refusal of a STARTTLS that was offered and not demanded.
    pub starttls_refused: Option<Reply>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Greeting,
    Ehlo,
    Helo,
    StartTls,
    Handshake,
    Ready,
}

/// The machine. See the head of this file.
#[derive(Debug)]
pub struct Opening {
    ehlo_name: String,
    lmtp: bool,
    starttls: StartTls,
    state: State,
    greeting: Option<Reply>,
    capabilities: Option<Capabilities>,
    starttls_refused: Option<Reply>,
}

impl Opening {
    /// Starts with waiting for the greeting. `ehlo_name` is our host name or address literal.
    #[must_use]
    pub fn new(ehlo_name: &str, lmtp: bool, starttls: StartTls) -> Self {
        Self {
            ehlo_name: ehlo_name.to_owned(),
            lmtp,
            starttls,
            state: State::Greeting,
            greeting: None,
            capabilities: None,
            starttls_refused: None,
        }
    }

    /// The reply that is due at first.
    #[must_use]
    pub const fn first(&self) -> OpeningStep {
        OpeningStep::Read(Stage::Greeting)
    }

    /// Takes a reply; appends the next command.
    ///
    /// # Errors
    /// [`OpeningError`]; the session is over.
    pub fn handle(
        &mut self,
        code: ReplyCode,
        frame: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<OpeningStep, OpeningError> {
        match self.state {
            State::Greeting => {
                self.require(Stage::Greeting, code, frame)?;
                self.greeting = Some(reply_parser::read_plain(code, frame));
                Ok(self.say_ehlo(out))
            }
            // RFC 5321 §3.2: a server that does not know EHLO gets HELO. LMTP has no such past (RFC 2033 §4.1).
            State::Ehlo if code.is_permanent() && !self.lmtp => {
                self.hello("HELO", out);
                self.state = State::Helo;
                Ok(OpeningStep::Read(Stage::Ehlo))
            }
            State::Ehlo => {
                self.require(Stage::Ehlo, code, frame)?;
                let offers = Capabilities::from_ehlo(reply_parser::read_plain(code, frame));
                self.after_hello(offers, out)
            }
            State::Helo => {
                self.require(Stage::Ehlo, code, frame)?;
                self.after_hello(Capabilities::none(reply_parser::read_plain(code, frame)), out)
            }
            State::StartTls => self.handle_starttls(code, frame),
            State::Handshake | State::Ready => {
                let reply = reply_parser::read(code, frame);
                Err(OpeningError::Unexpected { stage: Stage::StartTls, reply })
            }
        }
    }

    /// TLS is there: everything heard so far is void (RFC 3207 §4.2), and EHLO is said again.
    pub fn secured(&mut self, out: &mut Vec<u8>) -> OpeningStep {
        self.capabilities = None;
        self.starttls = StartTls::Never;
        self.say_ehlo(out)
    }

    /// The result, once [`OpeningStep::Ready`] was returned.
    #[must_use]
    pub fn finish(self) -> Option<Opened> {
        Some(Opened {
            greeting: self.greeting?,
            capabilities: self.capabilities?,
            starttls_refused: self.starttls_refused,
        })
    }

    fn after_hello(&mut self, offers: Capabilities, out: &mut Vec<u8>) -> Result<OpeningStep, OpeningError> {
        let wants_tls = match (self.starttls, offers.starttls) {
            (StartTls::Required, false) => return Err(OpeningError::TlsUnavailable),
            (StartTls::Never, _) | (_, false) => false,
            (StartTls::IfOffered | StartTls::Required, true) => true,
        };
        self.capabilities = Some(offers);
        if wants_tls {
            out.extend_from_slice(b"STARTTLS\r\n");
            self.state = State::StartTls;
            return Ok(OpeningStep::Read(Stage::StartTls));
        }
        self.state = State::Ready;
        Ok(OpeningStep::Ready)
    }

    fn handle_starttls(&mut self, code: ReplyCode, frame: &[u8]) -> Result<OpeningStep, OpeningError> {
        if code.is_success() {
            self.state = State::Handshake;
            return Ok(OpeningStep::Secure);
        }
        let reply = reply_parser::read(code, frame);
        if code.is_intermediate() {
            return Err(OpeningError::Unexpected { stage: Stage::StartTls, reply });
        }
        if code.get() == 421 {
            return Err(OpeningError::Refused { stage: Stage::StartTls, reply });
        }
        if self.starttls == StartTls::Required {
            return Err(OpeningError::TlsRefused(reply));
        }
        self.starttls_refused = Some(reply);
        self.state = State::Ready;
        Ok(OpeningStep::Ready)
    }

    fn say_ehlo(&mut self, out: &mut Vec<u8>) -> OpeningStep {
        self.hello(if self.lmtp { "LHLO" } else { "EHLO" }, out);
        self.state = State::Ehlo;
        OpeningStep::Read(Stage::Ehlo)
    }

    fn hello(&self, verb: &str, out: &mut Vec<u8>) {
        for part in [verb, " ", &self.ehlo_name, "\r\n"] {
            out.extend_from_slice(part.as_bytes());
        }
    }

    fn require(&self, stage: Stage, code: ReplyCode, frame: &[u8]) -> Result<(), OpeningError> {
        if code.is_success() {
            return Ok(());
        }
        let reply = reply_parser::read(code, frame);
        Err(if code.is_intermediate() {
            OpeningError::Unexpected { stage, reply }
        } else {
            OpeningError::Refused { stage, reply }
        })
    }
}
