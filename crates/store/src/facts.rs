//! The facts port: what is known of our ways out on port 25, one per source address and family, kept over restarts.
//!
//! The probe writes [`ProbeFact`]s, the pipeline's circuit breaker writes [`PathFact`]s and reads both: neither
//! calls the other.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::PortFuture;

/// An IP family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
}

impl Family {
    /// The family of an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        if address.to_canonical().is_ipv4() { Self::Ipv4 } else { Self::Ipv6 }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ipv4 => "IPv4",
            Self::Ipv6 => "IPv6",
        })
    }
}

/// A way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PathKey {
    /// The source address; `None` where the system chooses it.
    pub source: Option<IpAddr>,
    /// The family.
    pub family: Family,
}

impl fmt::Display for PathKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source {
            Some(source) => write!(f, "{} from {source}", self.family),
            None => self.family.fmt(f),
        }
    }
}

/// What the breaker does with a way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PathState {
    /// Mail goes directly.
    Direct,
    /// Port 25 is taken to be blocked: mail avoids this way.
    Relay,
    /// A few messages try the direct way again.
    Trial,
}

impl PathState {
    /// The word in the database, in JSON and in events.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Relay => "relay",
            Self::Trial => "trial",
        }
    }
}

/// Why a way out is in its state. The sentences for people are made where they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PathReason {
    /// Nothing speaks against it.
    NothingAgainst,
    /// Unrelated operators could not be reached, and none answered.
    SilentOperators {
        /// How many.
        operators: usize,
    },
    /// A probe found the port closed.
    ProbedClosed {
        /// The verdict's stable name.
        verdict: String,
    },
    /// The first messages of a trial found no answer.
    TrialFailed,
    /// A probe found the port open: a few messages try it.
    ProbedOpen,
    /// Nobody probed, and it is time to look again: a few messages try it.
    TimeToLook,
    /// The first deliveries of a trial succeeded.
    TrialPassed,
    /// A second probe, in the trial, found the port open as well.
    ProbedOpenAgain,
    /// Nothing failed in the trial for a day.
    TrialQuiet,
    /// A sentence: what versions before this one wrote down.
    #[serde(untagged)]
    Sentence(String),
}

impl PathReason {
    /// The word in events; it is also the one in the database.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::NothingAgainst => "nothing_against",
            Self::SilentOperators { .. } => "silent_operators",
            Self::ProbedClosed { .. } => "probed_closed",
            Self::TrialFailed => "trial_failed",
            Self::ProbedOpen => "probed_open",
            Self::TimeToLook => "time_to_look",
            Self::TrialPassed => "trial_passed",
            Self::ProbedOpenAgain => "probed_open_again",
            Self::TrialQuiet => "trial_quiet",
            Self::Sentence(text) => text,
        }
    }
}

/// Why there was no connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectProblem {
    /// No answer so far, and the attempt was still under way.
    Unanswered {
        /// For so long.
        seconds: u64,
    },
    /// No answer in time.
    TimedOut,
    /// RST, or what looks like it.
    Refused,
    /// A router said that the host cannot be reached.
    Unreachable {
        /// The operating system's error number.
        code: i32,
    },
    /// A filter on this host.
    Prohibited {
        /// The operating system's error number.
        code: i32,
    },
    /// No route to the network.
    NoRoute,
}

/// Something that was seen on a way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// An operator could not be reached.
    Connect {
        /// Whose server.
        operator: String,
        /// Why not.
        problem: ConnectProblem,
    },
    /// Words: what a probe saw.
    #[serde(untagged)]
    Words(String),
}

/// The state of a way out, and how it came to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathFact {
    /// Which way.
    pub path: PathKey,
    /// Its state.
    pub state: PathState,
    /// Since when, seconds since 1970.
    pub since: u64,
    /// Why.
    pub reason: PathReason,
    /// What was seen, oldest first.
    pub evidence: Vec<Evidence>,
    /// When it is probed next; `None` while mail goes directly.
    pub next_probe: Option<u64>,
    /// Probes and trials in a row that failed: the wait grows with them.
    pub setbacks: u32,
    /// Since when mail has not gone this way as usual, seconds since 1970: trials that fail do not count. `None` while it
    /// does.
    #[serde(default)]
    pub down_since: Option<u64>,
    /// When the last probe was made that this takes into account, seconds since 1970.
    #[serde(default)]
    pub probed_at: u64,
}

impl PathFact {
    /// Whether the way is to be probed now.
    #[must_use]
    pub fn is_probe_due(&self, now: u64) -> bool {
        self.state != PathState::Direct && self.next_probe.is_some_and(|at| at <= now)
    }
}

/// The last probe of a way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeFact {
    /// Which way.
    pub path: PathKey,
    /// When, seconds since 1970.
    pub at: u64,
    /// `open`, `dropped`, `refused`, …: the verdict's stable name.
    pub verdict: String,
    /// 0 to 100.
    pub confidence: u8,
    /// What was seen, for people.
    pub evidence: Vec<String>,
    /// The whole report as JSON.
    pub report: String,
}

/// What the operator was told of something that lasts: a way that is closed, a relay that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldFact {
    /// Of what.
    pub about: String,
    /// When it was last told that it began, seconds since 1970.
    pub told_at: u64,
    /// Since when it lasts by that letter, seconds since 1970; `None` once its end was told, too.
    pub since: Option<u64>,
}

/// The last preflight of a relay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreflightFact {
    /// Name of the relay.
    pub relay: String,
    /// Stands for what was asked: another question needs another answer.
    pub question: String,
    /// The verdict as JSON.
    pub verdict: String,
}

/// What a relay was handed lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedFact {
    /// Name of the relay.
    pub relay: String,
    /// Recipients that it has taken within a day, by the quarter of an hour, each by its beginning (seconds since
    /// 1970).
    pub quarters: Vec<(u64, u32)>,
    /// Those within a month, likewise by the quarter of a day.
    #[serde(default)]
    pub quarter_days: Vec<(u64, u32)>,
}

/// What is known of newer releases.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeFact {
    /// Where the file was asked for.
    pub address: String,
    /// When it was last asked for, seconds since 1970.
    pub asked_at: Option<u64>,
    /// Why it did not come, or not as it should be.
    pub failure: Option<String>,
    /// When the last good one came, seconds since 1970.
    pub fetched_at: Option<u64>,
    /// That one, as it came, signature included.
    pub file: Option<String>,
    /// What the operator was told of.
    pub told: Vec<String>,
}

/// Why the mail of a provider goes as it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum ProviderReason {
    /// The operator asked for the relay.
    Asked,
    /// The direct way is tried again, as every week.
    TimeToTry,
    /// The provider refused the trial.
    Refused {
        /// In its words.
        reply: String,
    },
    /// The provider took the trial.
    Taken,
    /// The operator ended it.
    Ended,
}

impl ProviderReason {
    /// The word in events and in the database.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::TimeToTry => "time_to_try",
            Self::Refused { .. } => "refused",
            Self::Taken => "taken",
            Self::Ended => "ended",
        }
    }
}

/// An operator's decision that the mail of one receiving provider goes by a relay, because the provider refuses our
/// address. It ends by itself when a trial is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderFact {
    /// A provider that is known (`microsoft`), or a domain: MX hosts at or below it, and mail to it.
    pub provider: String,
    /// The relay.
    pub relay: String,
    /// [`PathState::Relay`], or [`PathState::Trial`] while a few messages go directly.
    pub state: PathState,
    /// Since when, seconds since 1970.
    pub since: u64,
    /// Why.
    pub reason: ProviderReason,
    /// When the direct way is tried again, seconds since 1970.
    pub next_trial: u64,
    /// Trials in a row that the provider refused.
    pub refused_trials: u32,
}

/// The facts cannot be read or written.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the facts database failed: {0}")]
pub struct FactError(pub String);

/// The facts.
pub trait Facts: Send + Sync {
    /// All ways out that are known.
    fn paths(&self) -> PortFuture<'_, Result<Vec<PathFact>, FactError>>;
    /// Replaces what is known of one.
    fn save_path(&self, fact: PathFact) -> PortFuture<'_, Result<(), FactError>>;
    /// The last probe of each way.
    fn probes(&self) -> PortFuture<'_, Result<Vec<ProbeFact>, FactError>>;
    /// Keeps a probe's result.
    fn save_probe(&self, fact: ProbeFact) -> PortFuture<'_, Result<(), FactError>>;
    /// What the operator was told.
    fn told(&self) -> PortFuture<'_, Result<Vec<ToldFact>, FactError>>;
    /// Keeps that the operator was told.
    fn save_told(&self, fact: ToldFact) -> PortFuture<'_, Result<(), FactError>>;
    /// The last preflight of each relay.
    fn preflights(&self) -> PortFuture<'_, Result<Vec<PreflightFact>, FactError>>;
    /// Keeps a preflight.
    fn save_preflight(&self, fact: PreflightFact) -> PortFuture<'_, Result<(), FactError>>;
    /// What each relay was handed lately.
    fn handed(&self) -> PortFuture<'_, Result<Vec<HandedFact>, FactError>>;
    /// Replaces what one was handed.
    fn save_handed(&self, fact: HandedFact) -> PortFuture<'_, Result<(), FactError>>;
    /// All providers whose mail goes by a relay.
    fn providers(&self) -> PortFuture<'_, Result<Vec<ProviderFact>, FactError>>;
    /// Replaces the decision on one.
    fn save_provider(&self, fact: ProviderFact) -> PortFuture<'_, Result<(), FactError>>;
    /// The decision on one is over.
    fn forget_provider(&self, provider: String) -> PortFuture<'_, Result<(), FactError>>;
    /// What is known of newer releases; `None` when nobody has asked.
    fn notice(&self) -> PortFuture<'_, Result<Option<NoticeFact>, FactError>>;
    /// Replaces it.
    fn save_notice(&self, fact: NoticeFact) -> PortFuture<'_, Result<(), FactError>>;
    /// Changes with every save of a way or a probe in this process, so that readers need not poll.
    fn changes(&self) -> watch::Receiver<u64>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentences_of_older_versions_are_read() {
        let old = r#"{"path":{"source":null,"family":"ipv4"},"state":"relay","since":1,
            "reason":"3 unrelated operators did not answer on port 25, and none did",
            "evidence":["a.test: no answer"],"next_probe":61,"setbacks":0}"#;
        let fact: PathFact = serde_json::from_str(old).expect("read");
        let sentence = "3 unrelated operators did not answer on port 25, and none did".to_owned();
        assert_eq!(fact.reason, PathReason::Sentence(sentence));
        assert_eq!(fact.evidence, [Evidence::Words("a.test: no answer".to_owned())]);
    }

    #[test]
    fn what_is_closed_or_on_trial_is_probed_when_its_time_has_come() {
        let fact = |state, next_probe| PathFact {
            path: PathKey { source: None, family: Family::Ipv4 },
            state,
            since: 1,
            reason: PathReason::NothingAgainst,
            evidence: Vec::new(),
            next_probe,
            setbacks: 0,
            down_since: None,
            probed_at: 0,
        };
        for (state, next_probe, now, due) in [
            (PathState::Relay, Some(10), 9, false),
            (PathState::Relay, Some(10), 10, true),
            (PathState::Trial, Some(10), 9, false),
            (PathState::Trial, Some(10), 11, true),
            (PathState::Trial, None, 11, false),
            (PathState::Direct, Some(10), 11, false),
        ] {
            assert_eq!(fact(state, next_probe).is_probe_due(now), due, "{state:?} {next_probe:?} {now}");
        }
    }
}
