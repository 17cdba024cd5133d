//! AUTH as a client (RFC 4954 §4): frames a SASL exchange in commands and replies.
//!
//! [`Login::start`] appends the AUTH command, [`Login::handle`] takes each reply. The login counts only when the
//! server said 235 and, with SCRAM, has proven that it knows the password too.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroize;

use super::Capabilities;
use crate::reply::{Reply, ReplyCode};
use crate::reply_parser;
use crate::sasl::client::{ClientMechanism, Credentials};
use crate::sasl::scram::{ChannelBinding, ClientBinding};
use crate::sasl::{Mechanism, SaslError};

/// Why there is no login.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// The server offers no mechanism that we speak.
    #[error("the server offers no login mechanism that we can use")]
    NoMechanism,
    /// The server said no.
    #[error("the server refused the login: {0}")]
    Refused(Reply),
    /// A reply that AUTH cannot have.
    #[error("the reply does not fit AUTH: {0}")]
    Unexpected(Reply),
    /// The exchange itself failed, as when the server could not prove itself.
    #[error(transparent)]
    Sasl(#[from] SaslError),
}

/// What the driver does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginStep {
    /// Write the buffer and wait for a reply.
    Read,
    /// Logged in.
    Done,
}

/// One login.
#[derive(Debug)]
pub struct Login {
    exchange: ClientMechanism,
}

impl Login {
    /// Chooses the strongest mechanism offered and appends its AUTH command. `binding` is that of the TLS
    /// connection, if it has one; `nonce` is fresh random text.
    ///
    /// # Errors
    /// [`LoginError::NoMechanism`] or [`LoginError::Sasl`].
    pub fn start(
        offers: &Capabilities,
        credentials: &Credentials,
        binding: Option<ChannelBinding>,
        nonce: &str,
        out: &mut Vec<u8>,
    ) -> Result<Self, LoginError> {
        let usable = |mechanism: &&Mechanism| **mechanism != Mechanism::ScramSha256Plus || binding.is_some();
        // `mechanisms` is in the order of their strength.
        let mechanism = *offers.mechanisms.iter().rev().find(usable).ok_or(LoginError::NoMechanism)?;
        let binding = match (mechanism, binding) {
            (Mechanism::ScramSha256Plus, Some(binding)) => ClientBinding::Bound(binding),
            (_, Some(_)) => ClientBinding::NotOffered,
            (_, None) => ClientBinding::Unsupported,
        };
        let mut exchange = ClientMechanism::new(mechanism, credentials, binding, nonce)?;
        out.extend_from_slice(b"AUTH ");
        out.extend_from_slice(mechanism.name().as_bytes());
        if let Some(initial) = exchange.initial() {
            out.push(b' ');
            append_base64(&initial, out);
        }
        out.extend_from_slice(b"\r\n");
        Ok(Self { exchange })
    }

    /// The mechanism in use.
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.exchange.mechanism()
    }

    /// Takes a reply; appends the answer to a challenge.
    ///
    /// # Errors
    /// [`LoginError`]. The connection is then of no use; where the exchange was given up by us, the buffer holds
    /// the `*` that says so.
    pub fn handle(
        &mut self,
        code: ReplyCode,
        frame: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<LoginStep, LoginError> {
        match code.get() {
            235 => {
                self.exchange.finish()?;
                Ok(LoginStep::Done)
            }
            334 => match self.answer(code, frame) {
                Ok(answer) => {
                    append_base64(&answer, out);
                    out.extend_from_slice(b"\r\n");
                    Ok(LoginStep::Read)
                }
                Err(error) => {
                    // RFC 4954 §4: a lone `*` gives up.
                    out.extend_from_slice(b"*\r\n");
                    Err(error)
                }
            },
            400.. => Err(LoginError::Refused(reply_parser::read(code, frame))),
            _ => Err(LoginError::Unexpected(reply_parser::read(code, frame))),
        }
    }

    fn answer(&mut self, code: ReplyCode, frame: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>, LoginError> {
        let text = reply_parser::read_plain(code, frame).text();
        let challenge = match (STANDARD.decode(text.trim()), self.exchange.mechanism()) {
            (Ok(challenge), _) => challenge,
            // Servers that prompt for PLAIN and LOGIN in clear words exist; the words do not matter there.
            (Err(_), Mechanism::Plain | Mechanism::Login) => Vec::new(),
            (Err(_), _) => return Err(SaslError::Malformed.into()),
        };
        Ok(self.exchange.respond(&challenge)?)
    }
}

fn append_base64(text: &[u8], out: &mut Vec<u8>) {
    let mut encoded = STANDARD.encode(text);
    out.extend_from_slice(encoded.as_bytes());
    encoded.zeroize();
}
