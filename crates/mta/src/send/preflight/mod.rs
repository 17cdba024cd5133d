//! Preflight: may this relay carry our mail? Asked before it has to, and again from time to time.
//!
//! ```text
//! relay, own domains ─▶ gather (one session with the relay, DNS) ─▶ Facts ─▶ judge (pure) ─▶ PreflightVerdict
//! ```
//!
//! [`check`] does both; it cannot fail, since a relay that cannot be reached is a verdict. [`Preflights`] remembers the
//! latest verdict of each relay, [`watch`] keeps that of the fallback relay fresh. Whoever is about to move mail to a
//! relay asks [`Preflights::obstacle`].

mod finding;
mod gather;
mod judge;
mod memory;
pub mod text;
#[cfg(test)]
mod tests;

use postamt_mail::address::Domain;
use postamt_mailauth::dkim::KeyStore;
use serde::{Deserialize, Serialize};

use super::relay_test::{Caller, Envelope};
use crate::settings::Relay;

pub use finding::{Finding, Proof, SpfState};
pub use gather::{DomainFacts, Facts, KeyFact, facts};
pub use judge::judge;
pub use memory::{Preflights, look, watch};

/// What is asked.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The relay.
    pub relay: &'a Relay,
    /// Domains that mail is sent as.
    pub domains: &'a [Domain],
    /// Keys that sign.
    pub keys: &'a KeyStore,
    /// The largest message that we take in.
    pub message_bytes: u64,
    /// Asked for as well, before the others.
    pub further_envelope: Option<&'a Envelope>,
    /// Eyes and face of a delivery. Its `hostname` is the one domain whose faults do not count for all: only this
    /// machine itself sends as it.
    pub caller: Caller<'a>,
    /// Seconds since 1970.
    pub now: u64,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// As it should be.
    Good,
    /// Worth knowing.
    Note,
    /// Mail goes, but less well than it could.
    Warning,
    /// Mail by this way would be refused or lost.
    Fatal,
}

/// A finding with its weight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// How much it matters.
    pub severity: Severity,
    /// What was found.
    #[serde(flatten)]
    pub finding: Finding,
}

/// What it comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreflightVerdict {
    /// Name of the relay.
    pub relay: String,
    /// When, in seconds since 1970.
    pub checked_at: u64,
    /// Whether it may carry the mail of all our domains.
    pub usable: bool,
    /// What was found, in the order of a delivery.
    pub findings: Vec<Judged>,
}

impl PreflightVerdict {
    /// Whether it may carry the mail of this domain, even where it may not carry that of all.
    #[must_use]
    pub fn carries(&self, domain: &Domain) -> bool {
        !self.fatal().any(|finding| finding.domain().is_none_or(|of| of == domain.as_str()))
    }

    /// Why it may not be used; `None` when it may.
    #[must_use]
    pub fn obstacle(&self) -> Option<&Finding> {
        self.fatal().next()
    }

    /// The same in one English sentence for logs.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        self.obstacle().map(ToString::to_string)
    }

    fn fatal(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|judged| judged.severity == Severity::Fatal).map(|judged| &judged.finding)
    }
}

/// Looks at a relay.
pub async fn check(question: Question<'_>) -> PreflightVerdict {
    let facts = facts(question).await;
    judge(question.relay, &facts, question.now)
}
