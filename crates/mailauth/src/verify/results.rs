//! The results of a verification in our own words (RFC 8601 §2.7 has the names).

use std::fmt;

use mail_auth::common::crypto::Algorithm;
use mail_auth::dmarc::Policy;
use mail_auth::{DkimResult, DmarcResult, IprevResult, SpfResult};

/// What one method says of a message. Written as in an `Authentication-Results` field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Outcome {
    /// Nothing to check: no record, no signature.
    #[default]
    None,
    /// Proven.
    Pass,
    /// Disproven.
    Fail,
    /// SPF `~all`.
    SoftFail,
    /// The domain makes no statement, or the signature is not usable.
    Neutral,
    /// Not now: DNS did not answer.
    TempError,
    /// The record or signature is broken.
    PermError,
}

impl Outcome {
    /// The word of RFC 8601 §2.7.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::SoftFail => "softfail",
            Self::Neutral => "neutral",
            Self::TempError => "temperror",
            Self::PermError => "permerror",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the domain of `From` asks for when DMARC fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DmarcPolicy {
    /// There is no record.
    #[default]
    Unspecified,
    /// `p=none`.
    None,
    /// `p=quarantine`.
    Quarantine,
    /// `p=reject`.
    Reject,
}

/// One DKIM signature of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DkimSignature {
    /// Whether it holds.
    pub outcome: Outcome,
    /// `d=`; empty when the field cannot be read.
    pub domain: String,
    /// `s=`.
    pub selector: String,
    /// `a=`.
    pub algorithm: String,
    /// Why it does not hold.
    pub reason: Option<String>,
}

/// Everything that was found out about one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// SPF of `MAIL FROM`, or of HELO for the null path.
    pub spf: Outcome,
    /// The best of all signatures.
    pub dkim: Outcome,
    /// Whether one of both passes in alignment with `From`.
    pub dmarc: Outcome,
    /// Whether the client's address has a name that has that address.
    pub reverse: Outcome,
    /// What the domain of `From` asks for.
    pub policy: DmarcPolicy,
    /// Each signature.
    pub signatures: Vec<DkimSignature>,
}

impl fmt::Display for Report {
    /// `spf=pass dkim=pass dmarc=pass`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "spf={} dkim={} dmarc={}", self.spf, self.dkim, self.dmarc)
    }
}

impl From<SpfResult> for Outcome {
    fn from(result: SpfResult) -> Self {
        match result {
            SpfResult::Pass => Self::Pass,
            SpfResult::Fail => Self::Fail,
            SpfResult::SoftFail => Self::SoftFail,
            SpfResult::Neutral => Self::Neutral,
            SpfResult::TempError => Self::TempError,
            SpfResult::PermError => Self::PermError,
            SpfResult::None => Self::None,
        }
    }
}

impl From<&IprevResult> for Outcome {
    fn from(result: &IprevResult) -> Self {
        match result {
            IprevResult::Pass => Self::Pass,
            IprevResult::Fail(_) => Self::Fail,
            IprevResult::TempError(_) => Self::TempError,
            IprevResult::PermError(_) => Self::PermError,
            IprevResult::None => Self::None,
        }
    }
}

impl From<Policy> for DmarcPolicy {
    fn from(policy: Policy) -> Self {
        match policy {
            Policy::None => Self::None,
            Policy::Quarantine => Self::Quarantine,
            Policy::Reject => Self::Reject,
            Policy::Unspecified => Self::Unspecified,
        }
    }
}

pub(super) fn dkim(result: &DkimResult) -> (Outcome, Option<String>) {
    match result {
        DkimResult::Pass => (Outcome::Pass, None),
        DkimResult::None => (Outcome::None, None),
        // That crate calls a wrong body hash or an expired signature neutral; RFC 8601 §2.7.1 keeps that word for
        // signatures that cannot be processed. These were, and they do not hold.
        DkimResult::Neutral(error) | DkimResult::Fail(error) => (Outcome::Fail, Some(error.to_string())),
        DkimResult::PermError(error) => (Outcome::PermError, Some(error.to_string())),
        DkimResult::TempError(error) => (Outcome::TempError, Some(error.to_string())),
    }
}

pub(super) fn dmarc(result: &DmarcResult) -> Outcome {
    match result {
        DmarcResult::Pass => Outcome::Pass,
        DmarcResult::Fail(_) => Outcome::Fail,
        DmarcResult::TempError(_) => Outcome::TempError,
        DmarcResult::PermError(_) => Outcome::PermError,
        DmarcResult::None => Outcome::None,
    }
}

pub(super) fn algorithm(algorithm: Algorithm) -> String {
    match algorithm {
        Algorithm::RsaSha1 => "rsa-sha1",
        Algorithm::RsaSha256 => "rsa-sha256",
        Algorithm::Ed25519Sha256 => "ed25519-sha256",
    }
    .to_owned()
}
