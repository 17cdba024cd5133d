//! SASL for SMTP (RFC 4954): PLAIN, LOGIN, SCRAM-SHA-256 and SCRAM-SHA-256-PLUS, both sides, as machines that
//! take bytes and give bytes. Base64 belongs to the SMTP layer above.
//!
//! ```text
//! server: PlainMessage::parse · login::Login · scram::ServerStart ─▶ scram::ServerFinal
//! client: client::ClientMechanism (over PLAIN, LOGIN and scram::Client)
//! ```
//!
//! Nothing here looks up an account, hashes with Argon2 or makes randomness: the caller passes passwords, keys
//! and nonces in. A failure never says which half of a login was wrong.

pub mod client;
pub mod login;
pub mod plain;
pub mod prepare;
pub mod scram;

use std::fmt;

pub use plain::PlainMessage;

/// A SASL mechanism that both of our sides speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mechanism {
    /// RFC 4616.
    Plain,
    /// draft-murchison-sasl-login: obsolete, and the only one that many devices know.
    Login,
    /// RFC 7677.
    ScramSha256,
    /// RFC 7677 with channel binding (RFC 5802 §6).
    ScramSha256Plus,
}

impl Mechanism {
    /// The registered name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha256Plus => "SCRAM-SHA-256-PLUS",
        }
    }

    /// Finds a mechanism by its name; the case does not matter (RFC 4954 §3).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Plain, Self::Login, Self::ScramSha256, Self::ScramSha256Plus]
            .into_iter()
            .find(|mechanism| mechanism.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why an exchange ends without a login. The caller decides what the peer hears of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SaslError {
    /// The message does not follow the mechanism's grammar.
    #[error("the SASL message is malformed")]
    Malformed,
    /// A name or password with characters that SASLprep forbids (RFC 4013 §2.3).
    #[error("the name or password has characters that are not allowed")]
    Forbidden,
    /// An authorization identity that differs from the authentication identity.
    #[error("acting for another identity is not supported")]
    Authorization,
    /// A nonce that is not the one agreed, or one with characters that a nonce cannot have.
    #[error("the nonce does not match")]
    Nonce,
    /// The channel bindings differ: somebody stands between the two ends, or one of them errs.
    #[error("the channel binding does not match")]
    ChannelBinding,
    /// The client believes that we do not offer -PLUS, although we do: a downgrade (RFC 5802 §6).
    #[error("the offer of channel binding was tampered with")]
    Downgrade,
    /// A mandatory extension (`m=`), which we must refuse (RFC 5802 §5.1), or a binding that we do not know.
    #[error("the exchange demands an unknown extension")]
    Unsupported,
    /// The proof or signature is wrong: a wrong password or, on the client's side, a server that does not
    /// know it.
    #[error("the proof is wrong")]
    Proof,
    /// The server said no in its own words (`e=`, RFC 5802 §7), or spoke out of turn.
    #[error("the server refused")]
    Refused,
    /// Fewer rounds than RFC 7677 §4 asks for, or so many that they would only burn our time.
    #[error("the iteration count is out of bounds")]
    Iterations,
}

#[cfg(test)]
mod tests;
