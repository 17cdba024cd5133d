//! Why a connection did not become ready for mail. Nothing was sent to any recipient then.

use postamt_mail::client::{LoginError, OpeningError, Problem, Stage, TransportError};
use postamt_mail::reply::Reply;

use crate::dial::DialError;
use crate::tls::TlsFailure;

/// See the head of this file.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OpenFailure {
    /// No TCP connection.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// The server refused us with its greeting, or at EHLO: 4yz or 5yz.
    #[error("the server refused the session: {0}")]
    Greeting(Reply),
    /// TLS failed, and the policy demands it.
    #[error(transparent)]
    Tls(#[from] TlsFailure),
    /// The policy demands STARTTLS and the server does not offer it.
    #[error("the server does not offer STARTTLS")]
    TlsUnavailable,
    /// The server refused the login.
    #[error("the server refused the login: {0}")]
    Authentication(Reply),
    /// No login was possible: no common mechanism, or the server could not prove itself.
    #[error("login is not possible: {0}")]
    Login(#[source] LoginError),
    /// The login would have gone over an unprotected connection.
    #[error("the server offers no TLS to protect the login")]
    LoginNeedsTls,
    /// The session broke.
    #[error(transparent)]
    Transport(TransportError),
    /// The server does not speak the protocol.
    #[error(transparent)]
    Protocol(TransportError),
}

impl From<TransportError> for OpenFailure {
    fn from(error: TransportError) -> Self {
        match error.problem {
            Problem::Reply(_) | Problem::UnexpectedReply(_) | Problem::Unsolicited => Self::Protocol(error),
            Problem::TimedOut
            | Problem::Closed
            | Problem::IdleClosed
            | Problem::GivenUp
            | Problem::Io { .. } => Self::Transport(error),
        }
    }
}

impl From<OpeningError> for OpenFailure {
    fn from(error: OpeningError) -> Self {
        match error {
            OpeningError::Refused { reply, .. } => Self::Greeting(reply),
            OpeningError::TlsUnavailable => Self::TlsUnavailable,
            OpeningError::TlsRefused(reply) => Self::Tls(TlsFailure::Refused(reply)),
            OpeningError::Unexpected { stage, reply } => {
                Self::Protocol(Problem::UnexpectedReply(reply).at(stage))
            }
        }
    }
}

impl From<LoginError> for OpenFailure {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Refused(reply) => Self::Authentication(reply),
            LoginError::Unexpected(reply) => Self::Protocol(Problem::UnexpectedReply(reply).at(Stage::Auth)),
            LoginError::NoMechanism | LoginError::Sasl(_) => Self::Login(error),
        }
    }
}
