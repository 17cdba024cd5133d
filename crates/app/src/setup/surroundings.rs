//! What a host tells of itself: addresses, names, and who else has to do with mail on it.
//!
//! Everything here is a hint. What cannot be found out is left empty, and nothing stops the setup.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use postamt_doctor::port25::advise;
use postamt_mail::address::Domain;
use postamt_net::dns::{HickoryResolver, Resolver, ResolverSettings};
use postamt_net::interfaces;
use serde::Serialize;

use crate::cli;
use crate::commands::wait;
use crate::config::Config;
use crate::terminal::Stop;

/// How long all questions to DNS may take together.
const PATIENCE: Duration = Duration::from_secs(15);

/// A public address of this host and its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reverse {
    /// The address.
    pub address: IpAddr,
    /// Its PTR names.
    #[serde(serialize_with = "as_texts")]
    pub names: Vec<Domain>,
    /// Those that lead back to it (FCrDNS).
    #[serde(serialize_with = "as_texts")]
    pub confirmed: Vec<Domain>,
    /// Whether DNS answered at all.
    pub answered: bool,
}

/// Somebody else who takes mail here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Other {
    /// The program; a question mark where it may not be seen.
    pub program: String,
    /// Its ports, in order.
    pub ports: Vec<u16>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Surroundings {
    /// The host's own idea of its name, if it is a full one.
    #[serde(serialize_with = "as_text")]
    pub system_name: Option<Domain>,
    /// Public addresses with their names, IPv4 first.
    pub public: Vec<Reverse>,
    /// Private IPv4 addresses where there is no public one: this host is behind NAT.
    pub behind_nat: Vec<IpAddr>,
    /// Who takes mail here already.
    pub others: Vec<Other>,
    /// Whether somebody has port 80.
    pub http_taken: bool,
}

fn as_texts<'a, S: serde::Serializer>(
    names: impl IntoIterator<Item = &'a Domain>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(names.into_iter().map(Domain::as_str))
}

// serde hands over a reference to the field.
#[allow(clippy::ref_option)]
fn as_text<S: serde::Serializer>(name: &Option<Domain>, serializer: S) -> Result<S::Ok, S::Error> {
    name.as_ref().map(Domain::as_str).serialize(serializer)
}

impl Surroundings {
    /// The best name: a PTR name that leads back, then the system's, then any PTR name.
    #[must_use]
    pub fn best_name(&self) -> Option<&Domain> {
        let confirmed = self.public.iter().flat_map(|reverse| &reverse.confirmed);
        let any = self.public.iter().flat_map(|reverse| &reverse.names);
        confirmed.chain(&self.system_name).chain(any).next()
    }

    /// Whether somebody else has this port.
    #[must_use]
    pub fn is_taken(&self, port: u16) -> bool {
        self.others.iter().any(|other| other.ports.contains(&port))
    }
}

/// Looks around.
///
/// # Errors
/// No runtime can be made for the questions to DNS.
pub fn look(options: &cli::Setup, old: Option<&Config>) -> Result<Surroundings, Stop> {
    let here = interfaces::addresses().unwrap_or_default();
    let named = if options.address.is_empty() {
        old.map(|config| config.outgoing.own_addresses.clone()).unwrap_or_default()
    } else {
        options.address.clone()
    };
    let mut public = if named.is_empty() { here.clone() } else { named };
    public.retain(|address| interfaces::is_public(*address));
    let nat = here.iter().filter(|address| address.is_ipv4() && !address.is_loopback());
    let behind_nat = match here.iter().any(|address| address.is_ipv4() && interfaces::is_public(*address)) {
        true => Vec::new(),
        false => nat.copied().collect(),
    };
    Ok(Surroundings {
        system_name: system_name(Path::new("/")),
        public: wait(reverse(&public, &dns_servers(options, old)))?,
        behind_nat,
        others: others(Path::new("/")),
        http_taken: is_listening(Path::new("/"), 80),
    })
}

/// The name servers to ask; none: those of the system.
pub fn dns_servers(options: &cli::Setup, old: Option<&Config>) -> Vec<SocketAddr> {
    if options.dns_server.is_empty() {
        return old.map(|config| config.dns.servers.clone()).unwrap_or_default();
    }
    options.dns_server.clone()
}

/// Names of the addresses, and which of them lead back. Without DNS there are none.
async fn reverse(addresses: &[IpAddr], servers: &[SocketAddr]) -> Vec<Reverse> {
    let servers = (!servers.is_empty()).then(|| servers.to_vec());
    let unknown = |address: &IpAddr| Reverse {
        address: *address,
        names: Vec::new(),
        confirmed: Vec::new(),
        answered: false,
    };
    let all_unknown = || addresses.iter().map(unknown).collect::<Vec<_>>();
    let Ok(resolver) = HickoryResolver::new(&ResolverSettings { servers, ..ResolverSettings::default() })
    else {
        return all_unknown();
    };
    let mut found = all_unknown();
    // What was found when the time is up counts.
    let _ = tokio::time::timeout(PATIENCE, async {
        for reverse in &mut found {
            names_of(reverse, &resolver).await;
        }
    })
    .await;
    found
}

async fn names_of(reverse: &mut Reverse, resolver: &dyn Resolver) {
    let Ok(answer) = resolver.ptr(reverse.address).await else { return };
    reverse.answered = true;
    for name in answer.records.iter().filter_map(|name| Domain::new(name).ok()) {
        let forward = match reverse.address {
            IpAddr::V4(_) => resolver.a(&name).await,
            IpAddr::V6(_) => resolver.aaaa(&name).await,
        };
        if forward.is_ok_and(|answer| answer.records.contains(&reverse.address)) {
            reverse.confirmed.push(name.clone());
        }
        reverse.names.push(name);
    }
}

/// The system's name, where it has a dot. `root` is `/`, or a folder that stands for it.
fn system_name(root: &Path) -> Option<Domain> {
    ["proc/sys/kernel/hostname", "etc/mailname", "etc/hostname"]
        .iter()
        .filter_map(|file| std::fs::read_to_string(root.join(file)).ok())
        .map(|text| text.trim().trim_end_matches('.').to_owned())
        .find(|name| name.contains('.') && !name.starts_with("localhost"))
        .and_then(|name| Domain::new(&name).ok())
}

/// Listeners on the ports of mail that are not ours.
fn others(root: &Path) -> Vec<Other> {
    let mut found: BTreeMap<String, Vec<u16>> = BTreeMap::new();
    for finding in advise::findings(root) {
        if let advise::Finding::Listener { program, port } = finding
            && program != "postamt"
        {
            found.entry(program).or_default().push(port);
        }
    }
    let other = |(program, mut ports): (String, Vec<u16>)| {
        ports.sort_unstable();
        Other { program, ports }
    };
    found.into_iter().map(other).collect()
}

/// Whether anybody listens on a TCP port. `root` is `/`, or a folder that stands for it.
fn is_listening(root: &Path, port: u16) -> bool {
    let local = format!(":{port:04X}");
    // proc_net_tcp(5): number, local address, remote address, and state 0A: listening.
    let is_it = |line: &str| {
        let mut fields = line.split_ascii_whitespace().skip(1);
        fields.next().is_some_and(|address| address.ends_with(&local)) && fields.nth(1) == Some("0A")
    };
    let tables = ["proc/net/tcp", "proc/net/tcp6"].map(|file| std::fs::read_to_string(root.join(file)));
    tables.into_iter().flatten().any(|table| table.lines().any(is_it))
}

/// Whether systemd runs this host (sd_booted(3)).
#[must_use]
pub fn has_systemd() -> bool {
    Path::new("/run/systemd/system").is_dir()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_is_seen_and_a_connection_is_none() {
        let root = tempfile::tempdir().expect("a directory");
        std::fs::create_dir_all(root.path().join("proc/net")).expect("made");
        let line =
            |local: &str, state: &str| format!("   0: {local} 00000000:0000 {state} 00000000:00000000\n");
        let table = format!(
            "  sl  local_address rem_address   st\n{}{}",
            line("0100007F:0019", "0A"),
            line("0100007F:0050", "01")
        );
        std::fs::write(root.path().join("proc/net/tcp"), table).expect("written");
        assert!(is_listening(root.path(), 25) && !is_listening(root.path(), 80));
        let table = line("00000000000000000000000000000000:0050", "0A");
        std::fs::write(root.path().join("proc/net/tcp6"), table).expect("written");
        assert!(is_listening(root.path(), 80));
    }
}
