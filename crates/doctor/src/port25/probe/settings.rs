//! What a probe does and how long it may take.
//!
//! [`ProbeSettings::new`] gives the usual values; callers change fields. Ports and times are values like all others, so
//! that a test probes servers of its own.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use postamt_net::interfaces::Network;

use super::super::outcome::{Family, PathKey};
use super::super::targets::{Anchor, Operator, TargetList};

/// The whole of it. [`ProbeSettings::new`] gives the usual values.
#[derive(Debug, Clone)]
pub struct ProbeSettings {
    /// Whom to ask.
    pub operators: Vec<Operator>,
    /// Hosts that are found without DNS.
    pub anchors: Vec<Anchor>,
    /// Source addresses; none: the system chooses.
    pub sources: Vec<ProbeSource>,
    /// Families.
    pub families: Vec<Family>,
    /// What we call ourselves.
    pub ehlo_name: String,
    /// The ports.
    pub ports: ProbePorts,
    /// Addresses at which no mail server can be.
    pub canaries: Vec<IpAddr>,
    /// How long the steps may take.
    pub budget: Budget,
    /// Whether the hops are searched when something blocks.
    pub hops: HopSearch,
    /// Where firewall and service settings are read: `/`, or a folder that stands for it.
    pub root: PathBuf,
}

impl ProbeSettings {
    /// The usual probe: both families, the system's source address, real ports.
    #[must_use]
    pub fn new(targets: TargetList, ehlo_name: impl Into<String>) -> Self {
        Self {
            operators: targets.operators,
            anchors: targets.anchors,
            sources: Vec::new(),
            families: vec![Family::Ipv4, Family::Ipv6],
            ehlo_name: ehlo_name.into(),
            ports: ProbePorts::default(),
            canaries: targets.canaries,
            budget: Budget::default(),
            hops: HopSearch::WhereBlocked,
            root: PathBuf::from("/"),
        }
    }

    /// What we call ourselves on a path.
    #[must_use]
    pub fn ehlo_name(&self, path: PathKey) -> &str {
        let source = self.sources.iter().find(|source| Some(source.address) == path.source);
        source.and_then(|source| source.ehlo_name.as_deref()).unwrap_or(&self.ehlo_name)
    }

    /// The canaries at which nobody is to be expected: somebody may well answer at an address of our own, or in a network
    /// that we lie in.
    #[must_use]
    pub fn foreign_canaries(&self, near: &[Network]) -> Vec<IpAddr> {
        let is_ours = |address: &IpAddr| {
            near.iter().any(|network| network.contains(*address))
                || self.sources.iter().any(|source| source.address == *address)
        };
        self.canaries.iter().filter(|address| !is_ours(address)).copied().collect()
    }

    /// The ways out that are probed, each on its own.
    #[must_use]
    pub fn paths(&self) -> Vec<PathKey> {
        let mut paths = Vec::new();
        for family in &self.families {
            if self.sources.is_empty() {
                paths.push(PathKey { source: None, family: *family });
            }
            let own = self.sources.iter().map(|source| source.address);
            let own = own.filter(|source| Family::of(*source) == *family);
            paths.extend(own.map(|source| PathKey { source: Some(source), family: *family }));
        }
        paths
    }
}

/// An address that connections come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeSource {
    /// The address.
    pub address: IpAddr,
    /// What we call ourselves from there; `None`: as everywhere.
    pub ehlo_name: Option<String>,
}

impl From<IpAddr> for ProbeSource {
    fn from(address: IpAddr) -> Self {
        Self { address, ehlo_name: None }
    }
}

/// The ports that are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProbePorts {
    /// Mail exchangers.
    pub exchange: u16,
    /// Web servers.
    pub web: u16,
    /// Submission servers.
    pub submission: u16,
}

impl Default for ProbePorts {
    fn default() -> Self {
        Self { exchange: 25, web: 443, submission: 587 }
    }
}

/// Whether the hops are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HopSearch {
    /// Not at all.
    Never,
    /// On each path on which something blocks port 25.
    WhereBlocked,
}

/// How long the steps may take. With the usual values a whole probe takes less than fifteen seconds even when
/// everything times out: `dns`, `connect` and `conversation` follow each other, `whole` ends the hop search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// All names.
    pub dns: Duration,
    /// TCP: room for a SYN and two repetitions.
    pub connect: Duration,
    /// The greeting.
    pub greeting: Duration,
    /// The reply to a command, and the handshake.
    pub command: Duration,
    /// From TCP to QUIT.
    pub conversation: Duration,
    /// The answer of a hop.
    pub hop: Duration,
    /// The reverse names of the hops.
    pub names: Duration,
    /// Everything but the reverse names.
    pub whole: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        let milliseconds = Duration::from_millis;
        Self {
            dns: milliseconds(2_500),
            connect: milliseconds(4_000),
            greeting: milliseconds(5_000),
            command: milliseconds(2_000),
            conversation: milliseconds(7_000),
            hop: milliseconds(1_300),
            names: milliseconds(700),
            whole: milliseconds(14_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_canary_is_at_home() {
        let list = TargetList { operators: Vec::new(), anchors: Vec::new(), canaries: Vec::new() };
        let mut settings = ProbeSettings::new(list, "probe.test");
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        settings.canaries = ["192.0.2.25", "198.51.100.250", "2001:db8::25"].map(address).to_vec();
        assert_eq!(settings.foreign_canaries(&[]), settings.canaries);
        settings.sources = vec![address("2001:db8::25").into()];
        let near = [
            Network::new(address("192.0.2.30"), address("255.255.255.0")),
            Network::new(address("10.0.0.1"), address("255.0.0.0")),
        ];
        assert_eq!(settings.foreign_canaries(&near), [address("198.51.100.250")]);
    }
}
