//! The client's side of a login: credentials, and one exchange over any mechanism that we speak.
//!
//! Call [`ClientMechanism::initial`] for the initial response, then [`ClientMechanism::respond`] for each 334,
//! and [`ClientMechanism::finish`] when 235 comes: with SCRAM the login counts only once the server has proven
//! that it knows the password too.

use std::fmt;

use zeroize::Zeroizing;

use super::scram::{self, ClientBinding};
use super::{Mechanism, PlainMessage, SaslError};

/// A login at somebody else's server.
#[derive(Clone)]
pub struct Credentials {
    user: String,
    password: Zeroizing<String>,
}

impl Credentials {
    /// From a name and a password as the operator wrote them.
    #[must_use]
    pub fn new(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self { user: user.into(), password: Zeroizing::new(password.into()) }
    }

    /// Who logs in.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    pub(crate) fn password(&self) -> &str {
        &self.password
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// One exchange, from the first response to the server's proof.
#[derive(Debug)]
pub struct ClientMechanism {
    mechanism: Mechanism,
    state: State,
}

enum State {
    Plain(Credentials),
    LoginUser(Credentials),
    LoginPassword(Credentials),
    ScramFirst(scram::Client),
    ScramFinal(scram::ClientFinal),
    /// Everything was said, and the server has proven what it must.
    Done,
    /// An error came; nothing more is said.
    Failed,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain(_) => "Plain",
            Self::LoginUser(_) => "LoginUser",
            Self::LoginPassword(_) => "LoginPassword",
            Self::ScramFirst(_) => "ScramFirst",
            Self::ScramFinal(_) => "ScramFinal",
            Self::Done => "Done",
            Self::Failed => "Failed",
        })
    }
}

impl ClientMechanism {
    /// Prepares an exchange. `binding` matters to SCRAM only: [`ClientBinding::Bound`] with
    /// [`Mechanism::ScramSha256Plus`], one of the others with [`Mechanism::ScramSha256`]. `nonce` is fresh
    /// random text, see [`scram::is_nonce`].
    ///
    /// # Errors
    /// [`SaslError::Nonce`], [`SaslError::Forbidden`] for a name that SASLprep refuses, or
    /// [`SaslError::ChannelBinding`] when `binding` does not fit the mechanism.
    pub fn new(
        mechanism: Mechanism,
        credentials: &Credentials,
        binding: ClientBinding,
        nonce: &str,
    ) -> Result<Self, SaslError> {
        let state = match mechanism {
            Mechanism::Plain => State::Plain(credentials.clone()),
            Mechanism::Login => State::LoginUser(credentials.clone()),
            Mechanism::ScramSha256 | Mechanism::ScramSha256Plus => {
                let wants_binding = mechanism == Mechanism::ScramSha256Plus;
                if wants_binding != matches!(binding, ClientBinding::Bound(_)) {
                    return Err(SaslError::ChannelBinding);
                }
                State::ScramFirst(scram::Client::new(credentials, binding, nonce)?)
            }
        };
        Ok(Self { mechanism, state })
    }

    /// The mechanism of this exchange.
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// The initial response, to go with the AUTH command; `None` for LOGIN, where the server asks first.
    /// With PLAIN it is the whole login, so it is only to be used where the server can be trusted with it.
    #[must_use]
    pub fn initial(&mut self) -> Option<Zeroizing<Vec<u8>>> {
        match &self.state {
            State::Plain(credentials) => {
                let message = PlainMessage::encode(&credentials.user, &credentials.password);
                self.state = State::Done;
                Some(Zeroizing::new(message))
            }
            State::ScramFirst(client) => Some(Zeroizing::new(client.first())),
            _ => None,
        }
    }

    /// Answers a 334 that came with this decoded text.
    ///
    /// # Errors
    /// Whatever the mechanism refuses; the exchange is then over and the client sends `*`.
    pub fn respond(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, SaslError> {
        let (state, response) = match std::mem::replace(&mut self.state, State::Failed) {
            State::Plain(credentials) => {
                (State::Done, PlainMessage::encode(&credentials.user, &credentials.password))
            }
            State::LoginUser(credentials) => {
                let user = credentials.user.clone().into_bytes();
                (State::LoginPassword(credentials), user)
            }
            State::LoginPassword(credentials) => (State::Done, credentials.password.as_bytes().to_vec()),
            State::ScramFirst(client) => {
                let (next, response) = client.respond(challenge)?;
                (State::ScramFinal(next), response)
            }
            State::ScramFinal(last) => {
                last.verify(challenge)?;
                (State::Done, Vec::new())
            }
            State::Done | State::Failed => return Err(SaslError::Refused),
        };
        self.state = state;
        Ok(Zeroizing::new(response))
    }

    /// To be called when 235 came. RFC 4954 has no room for the server's last words there, so a SCRAM server has
    /// sent them as a 334 before.
    ///
    /// # Errors
    /// [`SaslError::Proof`] when the server says yes before it has proven itself (RFC 5802 §5: the client must
    /// then treat the login as failed).
    pub fn finish(&self) -> Result<(), SaslError> {
        match self.state {
            State::Done => Ok(()),
            _ => Err(SaslError::Proof),
        }
    }
}
