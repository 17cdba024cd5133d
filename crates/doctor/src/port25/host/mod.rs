//! What this host itself does to its packets: firewall rules about port 25, settings of the service, and the
//! kernel's count of packets that it could not send.
//!
//! Everything is optional evidence: an ordinary user may not read the firewall, and then nothing is claimed.
//! Programs are run by their path and without a shell, and nothing from outside reaches their arguments.

mod iptables;
mod nftables;
mod service;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::process::Command;

use super::outcome::Family;

/// How long a firewall's listing may take.
const LISTING: Duration = Duration::from_secs(2);
/// Where the programs are; the search path of a service often lacks `sbin`.
const FOLDERS: [&str; 4] = ["usr/sbin", "sbin", "usr/bin", "bin"];

/// What is known of this host.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HostFacts {
    /// Rules that stop what leaves for port 25.
    pub rules: Vec<LocalRule>,
    /// Packets sent again that could not leave this host while the probe ran (`TCPRetransFail`).
    pub local_drops: u64,
}

/// A rule of this host that stops connections to port 25.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalRule {
    /// The rule in its own words, with its place.
    pub text: String,
    /// The family that it is about; `None` for both.
    pub family: Option<Family>,
}

impl LocalRule {
    /// Whether it is about this family, perhaps among others.
    #[must_use]
    pub fn covers(&self, family: Family) -> bool {
        self.family.is_none_or(|own| own == family)
    }
}

/// Reads rules and settings. `root` is `/`, or a folder that stands for it.
pub async fn rules(root: &Path, port: u16) -> Vec<LocalRule> {
    let mut found = Vec::new();
    if let Some(listing) = output(root, "nft", &["-j", "list", "ruleset"]).await {
        found.extend(nftables::rules(&listing, port));
    }
    for (program, family) in [("iptables-save", Family::Ipv4), ("ip6tables-save", Family::Ipv6)] {
        if let Some(listing) = output(root, program, &[]).await {
            found.extend(iptables::rules(&listing, family, port));
        }
    }
    found.extend(service::rules(root));
    found
}

/// The kernel's count of retransmissions that did not leave this network namespace. The kernel says nothing to
/// a program whose SYN a local rule drops; this counter is all that shows it without privileges.
#[must_use]
pub fn failed_retransmissions(root: &Path) -> Option<u64> {
    let text = std::fs::read_to_string(root.join("proc/thread-self/net/netstat")).ok()?;
    let mut lines = text.lines().filter_map(|line| line.strip_prefix("TcpExt:"));
    let (names, values) = (lines.next()?, lines.next()?);
    let place = names.split_ascii_whitespace().position(|name| name == "TCPRetransFail")?;
    values.split_ascii_whitespace().nth(place)?.parse().ok()
}

async fn output(root: &Path, program: &str, arguments: &[&str]) -> Option<String> {
    let path = find(root, program)?;
    let mut command = Command::new(path);
    command.args(arguments).kill_on_drop(true).stdin(std::process::Stdio::null());
    let output = tokio::time::timeout(LISTING, command.output()).await.ok()?.ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn find(root: &Path, program: &str) -> Option<PathBuf> {
    FOLDERS.iter().map(|folder| root.join(folder).join(program)).find(|path| path.is_file())
}
