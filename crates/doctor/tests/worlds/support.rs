//! The healthy world, the ways to break it, and the judgement over both.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use postamt_doctor::blocklists::{self, BlockList};
use postamt_doctor::checks::context::Source;
use postamt_doctor::checks::machine::{Machine, Room};
use postamt_doctor::checks::{self, Context, Finding, Host, Report, Severity, Subject, report};
use postamt_doctor::unblock::rdap::Registries;
use postamt_lab::zones::{StaticResolver, Zones};
use postamt_mail::address::Domain;
use postamt_mail::sts_policy::PolicyMode;
use postamt_mail::words::{Language, words};
use postamt_mailauth::dkim::{KeyState, SigningKey, Stage, StoredKey};
use postamt_net::dns::DnssecStatus;
use postamt_net::tls::TlsContext;

use super::outside::{Neighbour, Noticed, Reported, Still, Torn, TornReports, Web, happened, kept, reported};
use super::servers::{self, Authority, Servers, Serving};
use super::zone::Zone;

/// How a host differs from the healthy one.
pub type Change = fn(&mut State);

/// A row: a world with something wrong in it.
pub struct World {
    /// What is wrong, for messages.
    pub name: &'static str,
    /// Lines that change the healthy zone: `NAME TYPE DATA` adds, `- NAME [TYPE]` takes away, `! NAME FAULT` lets a
    /// name fail (servfail, refused, silence).
    pub zone: &'static str,
    /// Changes the host.
    pub state: Change,
    /// The findings that are not fine, sorted.
    pub finds: &'static [&'static str],
    /// What heals it.
    pub cure: Cure,
}

/// How a fault is mended.
pub enum Cure {
    /// By entering the records that the doctor prints.
    Printed,
    /// In the same way; whoever has done it is told by these findings how to go on some weeks later.
    PrintedThen(&'static [&'static str]),
    /// By doing to the host what the doctor says.
    Done(Change),
    /// In the same way, with these findings afterwards.
    DoneThen(Change, &'static [&'static str]),
    /// By changing the zone as the doctor says in words: lines as in `zone`.
    Entered(&'static str),
    /// It is no fault of ours: nothing to mend.
    None,
}

/// A fault of the zone that the printed records mend.
pub const fn world(name: &'static str, zone: &'static str, finds: &'static [&'static str]) -> World {
    World { name, zone, state: |_| {}, finds, cure: Cure::Printed }
}

/// One after whose mending there is a next step.
pub const fn world_then(
    name: &'static str,
    zone: &'static str,
    finds: &'static [&'static str],
    then: &'static [&'static str],
) -> World {
    World { name, zone, state: |_| {}, finds, cure: Cure::PrintedThen(then) }
}

/// One that nobody here can mend.
pub const fn uncured(name: &'static str, zone: &'static str, finds: &'static [&'static str]) -> World {
    World { name, zone, state: |_| {}, finds, cure: Cure::None }
}

/// Everything that is not in DNS.
pub struct State {
    pub host: Host,
    pub machine: Machine,
    pub dnssec: DnssecStatus,
    pub blocklists: Vec<BlockList>,
    /// How far our clock is ahead; `None`: no time server answers.
    pub clock_milliseconds: Option<i64>,
    /// What the running server has kept of port 25: the verdict of each family.
    pub port25: [&'static str; 2],
    /// What became of the mail: host, recipient, outcome, reply; all of yesterday.
    pub history: Vec<[&'static str; 4]>,
    /// The history cannot be read.
    pub history_is_torn: bool,
    /// What receivers report of the mail.
    pub reports: Vec<Reported>,
    /// That cannot be read.
    pub reports_are_torn: bool,
    /// What is known of Postamt's releases; `None`: nobody is asked.
    pub noticed: Option<Noticed>,
    /// What listens on the ports of mail and of the web.
    pub serving: Serving,
    /// When domains were registered and end, in days before and after now; `None`: no registry answers.
    pub registered: Option<(u64, u64)>,
    /// The page at every name; `None`: none can be reached.
    pub page: Option<&'static str>,
    /// Judge this domain instead of the host.
    pub stranger: Option<&'static str>,
    /// DKIM selectors of it.
    pub selectors: Vec<String>,
    /// Only these checks: for a further domain, whose mail no server of these worlds takes.
    pub only: Vec<String>,
}

pub const NOW: u64 = 1_790_000_000;
const HEALTHY: &str = include_str!("healthy.zone");

/// What a row writes as text.
pub fn parsed<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text} is no such value"))
}

pub fn domain(name: &str) -> Domain {
    Domain::new(name).expect("a name")
}

/// The host of the healthy world.
pub fn healthy() -> State {
    let addresses: Vec<IpAddr> = vec![parsed("192.0.2.25"), parsed("2001:db8::25")];
    let host = Host {
        configured: true,
        hostname: domain("mail.example.test"),
        domains: vec![domain("example.test")],
        receives_for: Vec::new(),
        sources: Vec::new(),
        own_addresses: Vec::new(),
        ipv4: true,
        ipv6: true,
        listeners: Vec::new(),
        sts: PolicyMode::Enforce,
        may_relay: Vec::new(),
        certificate: None,
        state_directory: PathBuf::from("/var/lib/postamt"),
        secrets: Vec::new(),
        name_servers: Vec::new(),
        probe: None,
        has_relay: false,
        direct: true,
        relays: Vec::new(),
        filters: Vec::new(),
        keys: vec![key("example.test", "s1", RSA, KeyState::Active)],
        keys_failure: None,
        key_beside: None,
    };
    let room =
        Room { free: 50 << 30, total: 100 << 30, free_files: Some(9_000_000), total_files: 10_000_000 };
    State {
        host,
        machine: Machine { addresses, room: Some(room), ..Machine::default() },
        dnssec: DnssecStatus::Insecure,
        blocklists: blocklists::parse(include_str!("blocklists.toml")).expect("well-formed"),
        clock_milliseconds: Some(12),
        port25: ["open", "open"],
        history: Vec::new(),
        history_is_torn: false,
        reports: Vec::new(),
        reports_are_torn: false,
        noticed: None,
        serving: Serving::default(),
        registered: Some((3000, 200)),
        page: Some("<a href=\"/impressum\">Impressum</a>"),
        stranger: None,
        selectors: Vec::new(),
        only: Vec::new(),
    }
}

/// The source addresses with the host's name.
pub fn source(address: &str, name: &str) -> Source {
    Source { address: parsed(address), ehlo_name: domain(name) }
}

pub const RSA: &str = include_str!("keys/rsa.pem");
pub const EDWARDS: &str = include_str!("keys/ed25519.pem");

/// A DKIM key of the server.
pub fn key(name: &str, selector: &str, pem: &str, state: KeyState) -> StoredKey {
    let key = SigningKey::from_pem(domain(name), selector, pem.as_bytes()).expect("a key");
    let path = PathBuf::from(format!("/var/lib/postamt/dkim/{name}/{selector}.pem"));
    StoredKey { key: Arc::new(key), stage: Stage { state, since: NOW - 86_400, rotation: false }, path }
}

async fn examine(authority: &Authority, zones: &Zones, state: State) -> Report {
    let subject = match state.stranger {
        Some(name) => Subject::Domain(domain(name)),
        None => Subject::Host(Box::new(state.host)),
    };
    let folder = tempfile::tempdir().expect("a folder");
    let servers = Arc::new(Servers::start(authority, &state.serving).await);
    let context = Context {
        resolver: Arc::new(StaticResolver::new(zones.clone()).with_status(state.dnssec)),
        documents: Arc::new(Web { registered: state.registered, page: state.page }),
        registries: Some(Registries::new(parsed("https://registries.example/"))),
        dialer: servers.clone(),
        tls: TlsContext::with_roots(authority.root(&state.serving)),
        looks: checks::Looks::default(),
        clock: Arc::new(Still),
        time_source: Some(Arc::new(Neighbour(state.clock_milliseconds))),
        notices: state.noticed.as_ref().map(Noticed::source),
        facts: Some(kept(folder.path(), state.port25, state.noticed.and_then(|it| it.kept())).await),
        history: Some(match state.history_is_torn {
            true => Arc::new(Torn),
            false => happened(folder.path(), &state.history).await,
        }),
        reports: Some(match state.reports_are_torn {
            true => Arc::new(TornReports),
            false => reported(folder.path(), &state.reports).await,
        }),
        machine: servers::with_file(state.machine, authority, &state.serving),
        blocklists: Arc::new(state.blocklists),
        selectors: state.selectors,
        subject,
    };
    let report = checks::run(Arc::new(context), checks::ALL, &state.only).await;
    assert!(!servers.data.load(Ordering::Relaxed), "a check went further than RCPT");
    report
}

/// The report of a world, for tests of the forms in which it is told.
pub async fn report_of(world: &World) -> Report {
    asked_of(world, |_| {}).await.0
}

/// The report, and the zones, which know what was asked for. `more` changes the host further.
pub async fn asked_of(world: &World, more: Change) -> (Report, Zones) {
    let (authority, zone) = begin(world);
    let (mut state, zones) = (healthy(), zone.zones());
    (world.state)(&mut state);
    more(&mut state);
    (examine(&authority, &zones, state).await, zones)
}

/// The authority and the zone of a world.
pub fn begin(world: &World) -> (Authority, Zone) {
    let (authority, mut zone) = (Authority::new(), Zone::default());
    zone.change(&authority.fill(HEALTHY));
    zone.change(&authority.fill(world.zone));
    (authority, zone)
}

/// Judges every world of a table; tells all that go wrong at once.
pub async fn judge(worlds: &[World]) {
    let mut wrong = Vec::new();
    for world in worlds {
        if let Err(text) = judge_one(world).await {
            wrong.push(format!("{}: {text}", world.name));
        }
    }
    assert!(wrong.is_empty(), "{} of {} worlds:\n{}", wrong.len(), worlds.len(), wrong.join("\n"));
}

async fn judge_one(world: &World) -> Result<(), String> {
    let (authority, mut zone) = begin(world);
    let mut state = healthy();
    (world.state)(&mut state);
    let broken = examine(&authority, &zone.zones(), state).await;
    let cries = cries(&broken);
    if cries != world.finds {
        return Err(format!("found {cries:?}, expected {:?}\n{}", world.finds, told(&broken)));
    }
    for finding in broken.findings() {
        speaks_both(finding)?;
    }
    let mut state = healthy();
    (world.state)(&mut state);
    let mut then: &[&str] = &[];
    match world.cure {
        Cure::None => return Ok(()),
        Cure::Printed => print(&mut zone, &broken),
        Cure::PrintedThen(steps) => {
            print(&mut zone, &broken);
            then = steps;
        }
        Cure::Done(cure) => cure(&mut state),
        Cure::DoneThen(cure, steps) => {
            cure(&mut state);
            then = steps;
        }
        Cure::Entered(lines) => zone.change(lines),
    }
    let cured = examine(&authority, &zone.zones(), state).await;
    let left = self::cries(&cured);
    if left == then { Ok(()) } else { Err(format!("after the cure: {left:?}\n{}", told(&cured))) }
}

fn print(zone: &mut Zone, broken: &Report) {
    for remedy in broken.findings().iter().flat_map(|finding| &finding.remedies) {
        zone.obey(remedy);
    }
}

/// The ids of all that is not fine, sorted.
pub fn cries(report: &Report) -> Vec<&'static str> {
    let bad = |finding: &&&Finding| finding.severity != Severity::Ok;
    let mut ids: Vec<&str> = report.findings().iter().filter(bad).map(|finding| finding.kind.id).collect();
    ids.sort_unstable();
    ids
}

fn told(report: &Report) -> String {
    checks::text::report(report, words(Language::En))
}

fn speaks_both(finding: &Finding) -> Result<(), String> {
    let [german, english] = Language::ALL.map(|language| report::tell(finding, NOW, words(language)));
    for (left, right) in
        [(&german.text, &english.text), (&german.expected, &english.expected), (&german.now, &english.now)]
    {
        let same = left == right && !left.is_empty();
        if same || left.is_empty() != right.is_empty() {
            return Err(format!("{}: the same in both languages: {left}", finding.kind.id));
        }
    }
    let acts = finding.severity.is_bad() && finding.remedies.is_empty() && english.now.is_empty();
    if acts { Err(format!("{}: nothing to do about it", finding.kind.id)) } else { Ok(()) }
}

#[tokio::test]
async fn the_healthy_world_is_healthy() {
    let world = World { name: "healthy", zone: "", state: |_| {}, finds: &[], cure: Cure::None };
    judge(&[world]).await;
}
