//! From what was seen to what it means: a pure function, one verdict per source address and family.
//!
//! [`judge`] weighs *operators*, not targets: two servers of one company are one witness, and one witness alone
//! proves nothing. It never fails; what does not add up is [`Kind::Inconclusive`].

mod interception;
mod rules;
mod scene;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::host::HostFacts;
use super::outcome::{DnsProblem, Icmp, Observation};
use scene::Scene;

/// Judges what was seen on one path: from one source address, over one family.
#[must_use]
pub fn judge(observations: &[Observation], host: &HostFacts) -> Verdict {
    let scene = Scene::new(observations, host);
    rules::IN_ORDER.iter().find_map(|rule| rule(&scene)).unwrap_or_else(|| rules::inconclusive(&scene))
}

/// What port 25 is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Mail can leave.
    Open,
    /// Connection attempts vanish.
    Dropped,
    /// Connection attempts are answered with RST by something that is not the targets.
    Refused,
    /// A router says by ICMP that it is not allowed.
    Prohibited,
    /// This host itself forbids it.
    LocalFirewall,
    /// Somebody in between answers in place of the targets, or changes what they say.
    Intercepted,
    /// A few connections pass, more do not.
    Throttled,
    /// Nothing passes, on other ports neither.
    NoNetwork,
    /// Names cannot be resolved, or resolve to somebody else.
    DnsBroken,
    /// Too little was seen, or it contradicts itself.
    Inconclusive,
}

impl Kind {
    /// All of them, in this order.
    pub const ALL: [Self; 10] = [
        Self::Open,
        Self::Dropped,
        Self::Refused,
        Self::Prohibited,
        Self::LocalFirewall,
        Self::Intercepted,
        Self::Throttled,
        Self::NoNetwork,
        Self::DnsBroken,
        Self::Inconclusive,
    ];

    /// The name in JSON and in logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Dropped => "dropped",
            Self::Refused => "refused",
            Self::Prohibited => "prohibited",
            Self::LocalFirewall => "local_firewall",
            Self::Intercepted => "intercepted",
            Self::Throttled => "throttled",
            Self::NoNetwork => "no_network",
            Self::DnsBroken => "dns_broken",
            Self::Inconclusive => "inconclusive",
        }
    }

    /// Port 25 is blocked or not to be trusted on this path, while other ports work: a relay is the way round.
    #[must_use]
    pub const fn is_blocked(self) -> bool {
        matches!(
            self,
            Self::Dropped | Self::Refused | Self::Prohibited | Self::LocalFirewall | Self::Intercepted
        )
    }
}

/// How sure a verdict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// A guess.
    Low,
    /// Likely.
    Medium,
    /// Several unrelated witnesses, no contradiction.
    High,
}

/// What port 25 is like on one path, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The verdict.
    pub kind: Kind,
    /// What led to it, the weightiest first.
    pub evidence: Vec<Evidence>,
    /// How sure it is.
    pub confidence: Confidence,
}

/// One thing that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// Mail servers of these operators greeted.
    Greeted {
        /// Who.
        operators: Vec<String>,
    },
    /// Mail servers of these operators refused this address: a matter of reputation, not of port 25.
    Rejected {
        /// Who.
        operators: Vec<String>,
        /// The words of the first.
        text: String,
    },
    /// Connection attempts to these operators' port 25 were not answered.
    Unanswered {
        /// Who.
        operators: Vec<String>,
    },
    /// Connection attempts to these operators' port 25 were answered with RST.
    Reset {
        /// Who.
        operators: Vec<String>,
    },
    /// An ICMP error came instead of these operators' port 25.
    Icmp {
        /// Who.
        operators: Vec<String>,
        /// The first of the errors.
        icmp: Icmp,
    },
    /// Connected, then silence.
    Silent {
        /// Who.
        operators: Vec<String>,
    },
    /// Connected, then broken off or no SMTP.
    Broken {
        /// Who.
        operators: Vec<String>,
        /// What happened at the first.
        problem: String,
    },
    /// This host's own filter refused the attempts at once.
    LocalRefusal {
        /// The operating system's error number.
        code: i32,
    },
    /// A rule of this host's firewall, or a setting of the service, forbids it.
    LocalRule {
        /// The rule in its own words.
        rule: String,
    },
    /// The kernel counted packets of ours that did not leave this host.
    LocalDrops {
        /// How many.
        count: u64,
    },
    /// Other ports of these operators can be reached.
    ControlReached {
        /// 443 or 587.
        port: u16,
        /// Who.
        operators: Vec<String>,
    },
    /// Other ports of these operators cannot be reached.
    ControlFailed {
        /// 443 or 587.
        port: u16,
        /// Who.
        operators: Vec<String>,
    },
    /// DNS failed for names that must exist.
    DnsFailed {
        /// How, for the first.
        problem: DnsProblem,
        /// The names.
        names: Vec<String>,
    },
    /// Names of unrelated operators resolve to one address.
    SameAddress {
        /// Which.
        address: String,
        /// Whose names.
        operators: Vec<String>,
    },
    /// Unrelated operators' servers greet with one name.
    SameGreeting {
        /// Which.
        name: String,
        /// Whose servers.
        operators: Vec<String>,
    },
    /// These operators' servers greet with a name that is not theirs.
    ForeignName {
        /// The first of the names.
        name: String,
        /// Whose servers.
        operators: Vec<String>,
    },
    /// These operators' servers show a certificate that is not theirs.
    ForeignCertificate {
        /// The names in the first of them.
        names: Vec<String>,
        /// Whose servers.
        operators: Vec<String>,
    },
    /// Certificates for the right names that no known authority has issued, at all of these operators.
    UntrustedCertificates {
        /// Whose servers.
        operators: Vec<String>,
        /// What is wrong with the first.
        problem: String,
    },
    /// TLS fails at operators that are known to offer it.
    TlsBroken {
        /// Whose servers.
        operators: Vec<String>,
        /// What failed at the first.
        problem: String,
    },
    /// STARTTLS is missing at operators that are known to offer it.
    StarttlsMissing {
        /// Who.
        operators: Vec<String>,
    },
    /// The offers, or the greeting, are overwritten, as some firewalls do: `250-XXXXXXXA`, `220 ****`.
    Masked {
        /// What it looks like.
        text: String,
        /// Whose servers.
        operators: Vec<String>,
    },
    /// A mail server answers at an address where none can be.
    CanaryAnswered {
        /// Which address.
        address: String,
    },
    /// Connections came about only after the first attempts were lost.
    Slow {
        /// Whose.
        operators: Vec<String>,
    },
    /// There is no route for this family.
    NoRoute,
    /// The source address is not on this host.
    SourceUnavailable,
    /// Only so many operators could be asked.
    TooFew {
        /// How many.
        operators: usize,
    },
}
