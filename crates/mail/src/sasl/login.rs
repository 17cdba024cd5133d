//! LOGIN (draft-murchison-sasl-login-00): the server asks for a name, then for a password. Old, without a
//! standard, and the only mechanism of many printers, scanners and programs; only ever under TLS.

use std::fmt;

use zeroize::Zeroizing;

use super::{PlainMessage, SaslError};

/// The server's side of LOGIN.
#[derive(Default)]
pub struct Login {
    user: Option<Zeroizing<String>>,
}

/// What comes next.
#[derive(Debug)]
pub enum LoginStep {
    /// Send this challenge.
    Challenge(&'static [u8]),
    /// Both parts are here.
    Done(PlainMessage),
}

impl Login {
    /// The words that clients compare literally.
    pub const USER_PROMPT: &'static [u8] = b"Username:";
    /// As [`Login::USER_PROMPT`].
    pub const PASSWORD_PROMPT: &'static [u8] = b"Password:";

    /// Starts; some clients send the name as initial response.
    ///
    /// # Errors
    /// As [`Login::response`].
    pub fn start(initial: Option<&[u8]>) -> Result<(Self, LoginStep), SaslError> {
        let mut login = Self::default();
        let step = match initial {
            Some(user) => login.response(user)?,
            None => LoginStep::Challenge(Self::USER_PROMPT),
        };
        Ok((login, step))
    }

    /// Takes the client's next response.
    ///
    /// # Errors
    /// [`SaslError::Malformed`] or [`SaslError::Forbidden`].
    pub fn response(&mut self, response: &[u8]) -> Result<LoginStep, SaslError> {
        let text = std::str::from_utf8(response).map_err(|_| SaslError::Malformed)?;
        match self.user.take() {
            Some(user) => PlainMessage::from_parts(&user, text).map(LoginStep::Done),
            None if text.is_empty() || text.len() > PlainMessage::PART_LIMIT => Err(SaslError::Malformed),
            None => {
                self.user = Some(Zeroizing::new(text.to_owned()));
                Ok(LoginStep::Challenge(Self::PASSWORD_PROMPT))
            }
        }
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").finish_non_exhaustive()
    }
}
