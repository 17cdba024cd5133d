//! Certificates from an authority that speaks ACME (RFC 8555): account, order, proof of control, certificate.
//!
//! ```text
//! AcmeClient::open ─▶ order(wish, responders) ─▶ challenges opened, judged, closed ─▶ chain, checked against the key
//! ```
//!
//! The protocol is that of the library `instant-acme`, which goes out by our resolver, dialer and roots. How a
//! challenge is answered is the caller's matter: a [`Responder`] for each way that is open to it. When to ask for a
//! renewal is in [`renewal`], which is pure. Fails with [`AcmeError`], in the authority's own words where it has any.

mod account;
mod order;
mod proof;
pub mod renewal;
mod wire;

#[cfg(test)]
mod tests;

pub use account::{AcmeClient, Binding, account_directory, account_name};
pub use order::{Issued, OrderFailure, Refusal, Wish, new_key};
pub use proof::proof_configuration;
pub use wire::AcmeWire;

use crate::PortFuture;

/// The ways to prove that a name is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChallengeKind {
    /// A file on port 80 (RFC 8555 §8.3).
    Http,
    /// A TXT record (RFC 8555 §8.4).
    Dns,
    /// A certificate on port 443 (RFC 8737).
    TlsAlpn,
}

impl ChallengeKind {
    /// Its registered name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http => "http-01",
            Self::Dns => "dns-01",
            Self::TlsAlpn => "tls-alpn-01",
        }
    }
}

/// What is to be shown for a name.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// The name.
    pub name: String,
    /// The token, which names the file.
    pub token: String,
    /// Token and account key (RFC 8555 §8.1), the file's content.
    pub authorization: String,
    /// SHA-256 of that, for the certificate.
    pub digest: [u8; 32],
    /// The same in base 64, for the TXT record.
    pub dns_value: String,
}

/// Shows what a challenge asks for.
pub trait Responder: Send + Sync {
    /// The kind of challenge that it answers.
    fn kind(&self) -> ChallengeKind;
    /// Shows it. When this returns, the authority may look. Otherwise why not, in words.
    fn open<'a>(&'a self, challenge: &'a Challenge) -> PortFuture<'a, Result<(), String>>;
    /// Takes it back.
    fn close<'a>(&'a self, challenge: &'a Challenge) -> PortFuture<'a, ()>;
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum AcmeError {
    /// The authority says no, in a problem document (RFC 8555 §6.7).
    #[error("the certificate authority refuses: {detail} ({kind})")]
    Problem {
        /// The last part of its type, such as `rateLimited`.
        kind: String,
        /// Its words.
        detail: String,
    },
    /// The authority does not answer, or not in HTTPS that can be trusted.
    #[error("the certificate authority cannot be reached: {0}")]
    Unreachable(String),
    /// What it answers is not ACME.
    #[error("the certificate authority answers what ACME does not know: {0}")]
    Protocol(String),
    /// None of the ways to prove a name is open.
    #[error("there is no way to prove that {name} is ours: {reasons}")]
    NoWay {
        /// The name.
        name: String,
        /// Each way, and what is in it.
        reasons: String,
    },
    /// It looked, and did not find what was shown, or found it wanting.
    #[error("the certificate authority did not accept the proof: {}", join(.0))]
    NotProven(Vec<Refusal>),
    /// The key cannot be used, or no request can be made with it.
    #[error("the key cannot be used: {0}")]
    Key(String),
    /// The certificate is not the one that was asked for.
    #[error("the certificate that came is not the one that was asked for: {0}")]
    Certificate(String),
}

fn join(refusals: &[Refusal]) -> String {
    let words = refusals.iter().map(|refusal| format!("{}: {}", refusal.name, refusal.words));
    words.collect::<Vec<_>>().join("; ")
}

impl From<instant_acme::Error> for AcmeError {
    fn from(error: instant_acme::Error) -> Self {
        match error {
            instant_acme::Error::Api(problem) => Self::from(&problem),
            instant_acme::Error::Other(cause) => Self::Unreachable(cause.to_string()),
            instant_acme::Error::KeyRejected | instant_acme::Error::Crypto => {
                Self::Key("the account's key".to_owned())
            }
            other => Self::Protocol(other.to_string()),
        }
    }
}

impl From<&instant_acme::Problem> for AcmeError {
    fn from(problem: &instant_acme::Problem) -> Self {
        let kind = problem.r#type.as_deref().unwrap_or("about:blank");
        let kind = kind.strip_prefix("urn:ietf:params:acme:error:").unwrap_or(kind).to_owned();
        let mut detail = problem.detail.clone().unwrap_or_else(|| "it does not say why".to_owned());
        for part in &problem.subproblems {
            let name = part.identifier.as_ref().map(|it| it.authorized(false).to_string());
            let words = part.detail.as_deref().unwrap_or_default();
            detail.push_str(&format!("; {}: {words}", name.unwrap_or_default()));
        }
        Self::Problem { kind, detail }
    }
}

impl AcmeError {
    /// Whether the authority does not know our account (any more).
    #[must_use]
    pub fn is_lost_account(&self) -> bool {
        matches!(self, Self::Problem { kind, .. } if kind == "accountDoesNotExist")
    }
}
