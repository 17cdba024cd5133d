//! What a preflight can find: plain values, kept as JSON with the verdict.
//!
//! [`text`](super::text) makes sentences for people of them; [`Display`](fmt::Display) is for logs.

use std::fmt;

use postamt_mailauth::records::dkim::Published;
use postamt_mailauth::records::dmarc::Policy;
use postamt_mailauth::records::spf::Fault;
use serde::{Deserialize, Serialize};

use crate::send::relay_test::{Answer, Step};

/// How sure it is that one of the proofs that DMARC counts holds on this way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// It does not.
    Fails,
    /// Nobody can say from here.
    Unknown,
    /// It holds once the provider's own records are set up.
    AfterSetup,
    /// It holds unless the relay changes signed fields, which nobody has looked at.
    Likely,
    /// It holds.
    Aligned,
}

/// What the SPF record of a domain says of a relay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpfState {
    /// The relay may send, by this term.
    Included(String),
    /// It is not asked: the relay puts its own return path on.
    NotNeeded,
    /// The relay is not in it.
    Missing,
    /// There is no record.
    NoRecord,
    /// The record cannot be used.
    Broken(Fault),
    /// Nobody knows what this relay needs, and nothing in the record looks like it.
    Unclear,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// It let us in.
    Reached {
        /// Address and port.
        address: String,
    },
    /// The port that was set up first did not.
    OtherPort {
        /// The one that did.
        port: u16,
        /// The one that is set up first.
        instead_of: u16,
    },
    /// It did not.
    Unreached {
        /// How far we got.
        step: Step,
        /// What failed.
        problem: String,
    },
    /// The connection is in clear text.
    ClearText,
    /// Its certificate is not checked, and would not pass.
    Certificate {
        /// What is wrong with it.
        problem: String,
    },
    /// We are logged in.
    LoggedIn {
        /// By this mechanism.
        mechanism: String,
    },
    /// What it says to mail of a domain.
    Sender {
        /// The domain.
        domain: String,
        /// Whether it takes it.
        answer: Answer,
        /// Its words.
        reply: String,
    },
    /// What it says to the null sender of failure notices.
    NullSender {
        /// Whether it takes it.
        taken: bool,
        /// Notices go with another sender, since the settings know.
        replaced: bool,
        /// Its words.
        reply: String,
    },
    /// SPF of a domain.
    Spf {
        /// The domain.
        domain: String,
        /// What its record says.
        state: SpfState,
        /// The record as published.
        record: Option<String>,
        /// The record as it should be, when something is to be added.
        wanted: Option<String>,
    },
    /// No key signs for the domain on this way.
    NoKey {
        /// The domain.
        domain: String,
    },
    /// A key that signs, and whether receivers find it.
    Key {
        /// The domain.
        domain: String,
        /// Where its record belongs.
        name: String,
        /// What is there.
        state: Published,
        /// What should be.
        record: String,
    },
    /// Whether mail passes DMARC on this way, and by what.
    Dmarc {
        /// The domain.
        domain: String,
        /// The published policy, if any.
        policy: Option<Policy>,
        /// Our signature.
        ours: Proof,
        /// The relay's signature with our domain.
        relay: Proof,
        /// SPF with an aligned return path.
        spf: Proof,
    },
    /// DNS did not answer for something of this domain.
    Dns {
        /// The domain.
        domain: String,
        /// What did not.
        problem: String,
    },
    /// It takes mail of senders only that are verified there.
    VerifiedSenders,
    /// It takes smaller messages than we do.
    Size {
        /// Octets that it takes.
        relay_bytes: u64,
        /// Octets that we take.
        our_bytes: u64,
    },
    /// What it takes in a day or a month.
    Quota {
        /// Messages a day.
        per_day: Option<u32>,
        /// Messages a month.
        per_month: Option<u32>,
        /// Of which plan.
        plan: Option<String>,
    },
    /// What it takes in a day or a month, by the settings.
    QuotaSet {
        /// Messages a day.
        per_day: Option<u32>,
        /// Messages a month.
        #[serde(default)]
        per_month: Option<u32>,
    },
    /// Nobody knows what it takes.
    QuotaUnknown,
}

impl Finding {
    /// The domain that it is about; `None` when it is about the relay.
    #[must_use]
    pub fn domain(&self) -> Option<&str> {
        match self {
            Self::Sender { domain, .. }
            | Self::Spf { domain, .. }
            | Self::NoKey { domain }
            | Self::Key { domain, .. }
            | Self::Dmarc { domain, .. }
            | Self::Dns { domain, .. } => Some(domain),
            _ => None,
        }
    }

    /// The best of the proofs that DMARC counts; `None` for other findings.
    #[must_use]
    pub fn best_proof(&self) -> Option<Proof> {
        match self {
            Self::Dmarc { ours, relay, spf, .. } => Some(*ours.max(relay).max(spf)),
            _ => None,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reached { address } => write!(f, "reached at {address}"),
            Self::OtherPort { port, instead_of } => {
                write!(f, "port {port} answers, port {instead_of} does not")
            }
            Self::Unreached { problem, .. } => write!(f, "it does not let us in: {problem}"),
            Self::ClearText => f.write_str("the connection is in clear text"),
            Self::Certificate { problem } => write!(f, "its certificate is not good: {problem}"),
            Self::LoggedIn { mechanism } => write!(f, "logged in by {mechanism}"),
            Self::Sender { domain, reply, .. } => write!(f, "to mail of {domain} it says: {reply}"),
            Self::NullSender { reply, .. } => write!(f, "to the null sender it says: {reply}"),
            Self::Spf { domain, state, .. } => write!(f, "SPF of {domain}: {}", spf_words(state)),
            Self::NoKey { domain } => write!(f, "no DKIM key signs for {domain} on this way"),
            Self::Key { name, state, .. } => write!(f, "DKIM record {name}: {}", key_words(*state)),
            Self::Dmarc { domain, .. } => {
                let verdict = match self.best_proof() {
                    Some(Proof::Aligned) => "passes",
                    Some(Proof::Likely) => "probably passes",
                    Some(Proof::AfterSetup) => "passes once the relay's own records are set up",
                    Some(Proof::Unknown) | None => "may fail",
                    Some(Proof::Fails) => "fails",
                };
                write!(f, "mail of {domain} {verdict} DMARC on this way")
            }
            Self::Dns { domain, problem } => write!(f, "{domain}: {problem}"),
            Self::VerifiedSenders => f.write_str("senders must be verified there"),
            Self::Size { relay_bytes, our_bytes } => {
                write!(f, "it takes {relay_bytes} octets, we take {our_bytes}")
            }
            Self::Quota { .. } => f.write_str("its quota is known"),
            Self::QuotaSet { .. } => f.write_str("its quota is set"),
            Self::QuotaUnknown => f.write_str("its quota is not known"),
        }
    }
}

fn spf_words(state: &SpfState) -> String {
    match state {
        SpfState::Included(term) => format!("the relay may send by {term}"),
        SpfState::NotNeeded => "not asked on this way".to_owned(),
        SpfState::Missing => "the relay is not in it".to_owned(),
        SpfState::NoRecord => "there is no record".to_owned(),
        SpfState::Broken(fault) => format!("receivers cannot use it ({fault:?})"),
        SpfState::Unclear => "nobody knows what this relay needs".to_owned(),
    }
}

const fn key_words(state: Published) -> &'static str {
    match state {
        Published::Yes => "published",
        Published::Missing => "missing",
        Published::Different => "another key",
    }
}
