//! Rules as nftables scripts, one per namespace, and the program that loads them.
//!
//! Each script replaces the whole table in one transaction, so that there is no moment with half of the rules.
//! [`Scripts::of`] is a pure function; [`load`] runs `nft -f -` in a space. It fails where the program is missing,
//! or when the kernel has no nftables.

use std::fmt::Write as _;
use std::io;
use std::net::IpAddr;
use std::process::{Output, Stdio};

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::IspError;
use super::interception::{DNS_HIJACK, DNS_NO_SUCH_NAME, DNS_SERVER_FAILURE, GREETER, PROXY};
use super::rules::{DnsFault, FilterPoint, Mode, Rules};
use super::space::Space;
use super::topology::{INNER, ROUTERS, Router};

/// Where the program is when it is not on the search path, as for ordinary users of Debian.
const PROGRAMS: [&str; 3] = ["nft", "/usr/sbin/nft", "/sbin/nft"];
const TABLE: &str = "inet postamt_isp";
/// The counter of connection attempts has a table of its own, which no change of rules sets back.
const COUNTERS: &str = "inet postamt_counters";

/// What is loaded where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scripts {
    pub(super) host: String,
    pub(super) first: String,
    pub(super) second: String,
}

impl Scripts {
    pub(super) fn of(rules: &Rules) -> Self {
        let router = |router: &Router| {
            let chain = if router.hop == rules.hop { router_chain(rules, router) } else { String::new() };
            script(&chain)
        };
        Self { host: script(&host_chain(rules)), first: router(&ROUTERS[0]), second: router(&ROUTERS[1]) }
    }
}

/// A whole table. Naming it first makes sure that there is one to delete.
fn script(chain: &str) -> String {
    format!("table {TABLE} {{\n}}\ndelete table {TABLE}\ntable {TABLE} {{\n{chain}}}\n")
}

fn host_chain(rules: &Rules) -> String {
    let verdict = match rules.mode {
        Mode::LocalDrop => Verdict::Drop,
        Mode::LocalReset => Verdict::Reset,
        Mode::LocalProhibited => Verdict::Prohibited,
        _ => return String::new(),
    };
    chain("output", "filter hook output priority filter", &filtered(rules, "", &ports(rules), verdict))
}

fn router_chain(rules: &Rules, router: &Router) -> String {
    let from_host = format!("iifname \"{INNER}\" ");
    let filter = |matched: &str, verdict| {
        let place = match rules.point {
            // After connection tracking, which `rate-limit` needs, and before anything else.
            FilterPoint::Ingress => "filter hook prerouting priority mangle",
            FilterPoint::Forward => "filter hook forward priority filter",
        };
        chain("filtering", place, &filtered(rules, &from_host, matched, verdict))
    };
    let divert = |matched: &str, port| {
        let lines = diverted(rules, &from_host, matched, router, port);
        chain("diversion", "nat hook prerouting priority dstnat", &lines)
    };
    let dns = "meta l4proto { tcp, udp } th dport 53 ";
    match rules.mode {
        Mode::Open | Mode::NoRoute | Mode::LocalDrop | Mode::LocalReset | Mode::LocalProhibited => {
            String::new()
        }
        Mode::Drop => filter(&ports(rules), Verdict::Drop),
        Mode::RejectReset => filter(&ports(rules), Verdict::Reset),
        Mode::RejectProhibited => filter(&ports(rules), Verdict::Prohibited),
        Mode::RateLimit { per_minute } => {
            let limit = format!("limit rate over {per_minute}/minute burst {per_minute} packets ");
            filter(&format!("{}ct state new {limit}", ports(rules)), Verdict::Drop)
        }
        Mode::NoNetwork => filter("", Verdict::Drop),
        Mode::Proxy => divert(&ports(rules), PROXY),
        Mode::Greeter => divert(&ports(rules), GREETER),
        Mode::DnsHijack => divert(dns, DNS_HIJACK),
        Mode::DnsBroken(DnsFault::Silence) => filter(dns, Verdict::Drop),
        Mode::DnsBroken(DnsFault::ServerFailure) => divert(dns, DNS_SERVER_FAILURE),
        Mode::DnsBroken(DnsFault::NoSuchName) => divert(dns, DNS_NO_SUCH_NAME),
    }
}

fn chain(name: &str, place: &str, lines: &str) -> String {
    format!("\tchain {name} {{\n\t\ttype {place}; policy accept;\n{lines}\t}}\n")
}

#[derive(Debug, Clone, Copy)]
enum Verdict {
    Drop,
    Reset,
    Prohibited,
}

fn ports(rules: &Rules) -> String {
    let ports: Vec<String> = rules.ports.iter().map(u16::to_string).collect();
    format!("tcp dport {{ {} }} ", ports.join(", "))
}

/// One line per family that is meant.
fn filtered(rules: &Rules, from: &str, matched: &str, verdict: Verdict) -> String {
    let mut lines = String::new();
    for family in families(rules) {
        let source = source(rules, family);
        let verdict = match (verdict, family) {
            (Verdict::Drop, _) => "drop",
            (Verdict::Reset, _) => "reject with tcp reset",
            (Verdict::Prohibited, Family::V4) => "reject with icmp admin-prohibited",
            (Verdict::Prohibited, Family::V6) => "reject with icmpv6 admin-prohibited",
        };
        let _ = writeln!(lines, "\t\t{from}meta nfproto {} {source}{matched}{verdict}", family.name());
    }
    lines
}

fn diverted(rules: &Rules, from: &str, matched: &str, router: &Router, port: u16) -> String {
    let mut lines = String::new();
    for family in families(rules) {
        let source = source(rules, family);
        let target = match family {
            Family::V4 => format!("dnat ip to {}:{port}", router.addresses[0]),
            Family::V6 => format!("dnat ip6 to [{}]:{port}", router.addresses[1]),
        };
        let _ = writeln!(lines, "\t\t{from}meta nfproto {} {source}{matched}{target}", family.name());
    }
    lines
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    V4,
    V6,
}

impl Family {
    const fn name(self) -> &'static str {
        match self {
            Self::V4 => "ipv4",
            Self::V6 => "ipv6",
        }
    }
}

/// The families that are meant: a source address means its own only.
fn families(rules: &Rules) -> impl Iterator<Item = Family> {
    let v4 = rules.families.has_v4() && rules.source.is_none_or(|source| source.is_ipv4());
    let v6 = rules.families.has_v6() && rules.source.is_none_or(|source| source.is_ipv6());
    v4.then_some(Family::V4).into_iter().chain(v6.then_some(Family::V6))
}

fn source(rules: &Rules, family: Family) -> String {
    match (rules.source, family) {
        (Some(IpAddr::V4(source)), Family::V4) => format!("ip saddr {source} "),
        (Some(IpAddr::V6(source)), Family::V6) => format!("ip6 saddr {source} "),
        _ => String::new(),
    }
}

/// Loads a script in a space.
pub(super) async fn load(space: &Space, script: String) -> Result<(), IspError> {
    nft(space, &["-f", "-"], script).await.map(drop)
}

/// Counts the connection attempts on port 25 that come from the host.
pub(super) async fn count_attempts(space: &Space) -> Result<(), IspError> {
    let lines = format!(
        "\t\tiifname \"{INNER}\" tcp dport 25 tcp flags & (syn | ack) == syn counter name \"attempts\"\n"
    );
    let chain = chain("attempts", "filter hook prerouting priority raw", &lines);
    load(space, format!("table {COUNTERS} {{\n\tcounter attempts {{\n\t}}\n{chain}}}\n")).await
}

/// How many SYNs to port 25 there were so far.
pub(super) async fn attempts(space: &Space) -> Result<u64, IspError> {
    let listed =
        nft(space, &["list", "counter", "inet", "postamt_counters", "attempts"], String::new()).await?;
    let mut words = listed.split_whitespace().skip_while(|word| *word != "packets").skip(1);
    words
        .next()
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| IspError::Firewall { space: space.name(), detail: format!("no number in {listed:?}") })
}

/// Runs the program in a space and returns what it printed.
async fn nft(space: &Space, arguments: &'static [&'static str], input: String) -> Result<String, IspError> {
    let output = space.run(run(arguments, input)).await?.map_err(|source| IspError::NoFirewall { source })?;
    if !output.status.success() {
        let detail = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(IspError::Firewall { space: space.name(), detail });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

async fn run(arguments: &[&str], input: String) -> io::Result<Output> {
    let mut missing = io::Error::from(io::ErrorKind::NotFound);
    for program in PROGRAMS {
        let mut command = Command::new(program);
        command.args(arguments).env("LC_ALL", "C").kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                missing = error;
                continue;
            }
            Err(error) => return Err(error),
        };
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes()).await?;
        }
        return child.wait_with_output().await;
    }
    Err(missing)
}
