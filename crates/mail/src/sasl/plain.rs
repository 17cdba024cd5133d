//! PLAIN (RFC 4616): one message, `[authzid] NUL authcid NUL passwd`.

use std::fmt;

use zeroize::Zeroizing;

use super::{SaslError, prepare};

/// What a client says with PLAIN, prepared for comparison.
#[derive(Clone, PartialEq, Eq)]
pub struct PlainMessage {
    /// Who logs in.
    pub user: String,
    /// With what.
    pub password: Zeroizing<String>,
}

impl PlainMessage {
    /// Octets of a name or password (RFC 4616 §2: 255 characters of each).
    pub const PART_LIMIT: usize = 1_020;

    /// Parses the decoded message.
    ///
    /// # Errors
    /// [`SaslError::Malformed`], [`SaslError::Forbidden`], or [`SaslError::Authorization`] when the client wants
    /// to act for somebody else.
    pub fn parse(message: &[u8]) -> Result<Self, SaslError> {
        let text = std::str::from_utf8(message).map_err(|_| SaslError::Malformed)?;
        let mut parts = text.split('\0');
        let (Some(authorization), Some(user), Some(password), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(SaslError::Malformed);
        };
        if !authorization.is_empty() && authorization != user {
            return Err(SaslError::Authorization);
        }
        Self::from_parts(user, password)
    }

    /// The same from two parts that came separately, as with LOGIN.
    ///
    /// # Errors
    /// As [`PlainMessage::parse`].
    pub fn from_parts(user: &str, password: &str) -> Result<Self, SaslError> {
        let too_long = user.len() > Self::PART_LIMIT || password.len() > Self::PART_LIMIT;
        if user.is_empty() || password.is_empty() || too_long {
            return Err(SaslError::Malformed);
        }
        Ok(Self { user: prepare::prepare(user)?, password: Zeroizing::new(prepare::prepare(password)?) })
    }

    /// The message that a client sends. The authorization identity stays empty, so the server derives it
    /// (RFC 4616 §2).
    #[must_use]
    pub fn encode(user: &str, password: &str) -> Vec<u8> {
        let mut message = Vec::with_capacity(user.len() + password.len() + 2);
        message.push(0);
        message.extend_from_slice(user.as_bytes());
        message.push(0);
        message.extend_from_slice(password.as_bytes());
        message
    }
}

impl fmt::Debug for PlainMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlainMessage").field("user", &self.user).finish_non_exhaustive()
    }
}
