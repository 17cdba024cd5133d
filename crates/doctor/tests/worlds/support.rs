//! The healthy world, the ways to break it, and the judgement over both.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use postamt_doctor::blocklists::{self, BlockList};
use postamt_doctor::checks::context::Source;
use postamt_doctor::checks::machine::{Machine, Room};
use postamt_doctor::checks::{self, Context, Finding, Host, Remedy, Report, Severity, Subject, report};
use postamt_lab::zones::{Misbehaviour, Record, StaticResolver, Zones};
use postamt_mail::address::Domain;
use postamt_mail::sts_policy::PolicyMode;
use postamt_mail::words::{Language, words};
use postamt_mailauth::dkim::{KeyState, SigningKey, Stage, StoredKey};
use postamt_net::PortFuture;
use postamt_net::clock::{Clock, ClockOffset, TimeError, TimeSource};
use postamt_net::dns::{Caa, DnssecStatus, Tlsa};
use postamt_net::documents::{Bounds, Document, DocumentError, Documents, WebAddress};
use postamt_net::fetch::FetchError;
use postamt_net::tls::TlsContext;
use postamt_store::embedded::{SqliteFacts, SqliteHistory};
use postamt_store::facts::{Facts, Family, PathKey, ProbeFact};
use postamt_store::history::{AttemptRecord, History, MessageRecord, Note};

use super::servers::{self, Authority, Servers, Serving};

/// A row: a world with something wrong in it.
pub struct World {
    /// What is wrong, for messages.
    pub name: &'static str,
    /// Lines that change the healthy zone: `NAME TYPE DATA` adds, `- NAME [TYPE]` takes away, `! NAME FAULT` lets a
    /// name fail (servfail, refused, silence).
    pub zone: &'static str,
    /// Changes the host.
    pub state: fn(&mut State),
    /// The findings that are not fine, sorted.
    pub finds: &'static [&'static str],
    /// What heals it.
    pub cure: Cure,
}

/// How a fault is mended.
pub enum Cure {
    /// By entering the records that the doctor prints.
    Printed,
    /// By doing to the host what the doctor says.
    Done(fn(&mut State)),
    /// By changing the zone as the doctor says in words: lines as in `zone`.
    Entered(&'static str),
    /// It is no fault of ours: nothing to mend.
    None,
}

/// A fault of the zone that the printed records mend.
pub const fn world(name: &'static str, zone: &'static str, finds: &'static [&'static str]) -> World {
    World { name, zone, state: |_| {}, finds, cure: Cure::Printed }
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

/// What whoever has just entered the recommended records is told to do some weeks later: no fault that is left.
const NEXT_STEPS: [&str; 2] = ["dmarc.only-watches", "spf.soft-fail"];

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

/// A zone as text, changeable.
#[derive(Clone, Default)]
pub struct Zone {
    records: Vec<(String, String, String)>,
    faults: BTreeMap<String, Misbehaviour>,
}

impl Zone {
    fn change(&mut self, text: &str) {
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(';')) {
            let (first, rest) = line.split_once(char::is_whitespace).expect("well-formed");
            let (second, rest) = rest.trim().split_once(char::is_whitespace).unwrap_or((rest.trim(), ""));
            let rest = rest.trim();
            match first {
                "-" => self
                    .records
                    .retain(|(name, kind, _)| name != second || (!rest.is_empty() && kind != rest)),
                "!" => {
                    let fault = match rest {
                        "servfail" => Misbehaviour::ServerFailure,
                        "refused" => Misbehaviour::Refused,
                        "silence" => Misbehaviour::Silence,
                        other => panic!("no fault {other}"),
                    };
                    self.faults.insert(second.to_owned(), fault);
                }
                name => self.records.push((name.to_owned(), second.to_owned(), rest.to_owned())),
            }
        }
    }

    /// Does with the zone what a person would do with the printed records.
    fn obey(&mut self, remedy: &Remedy) {
        match remedy {
            Remedy::Record { name, record_type, value, replaces } => {
                replaces.iter().for_each(|old| self.remove(name, record_type, old));
                self.remove(name, record_type, value);
                self.records.push((name.clone(), (*record_type).to_owned(), value.clone()));
            }
            Remedy::NoRecord { name, record_type, value } => self.remove(name, record_type, value),
            _ => {}
        }
    }

    /// However a text is cut into strings, it is the same.
    fn remove(&mut self, name: &str, kind: &str, data: &str) {
        let is_it = |one: &str| if kind == "TXT" { text(one) == text(data) } else { one == data };
        self.records.retain(|(owner, of, one)| owner != name || of != kind || !is_it(one));
    }

    /// As the resolver and the server of the lab take it.
    pub fn zones(&self) -> Zones {
        let zones = Zones::new(Duration::from_secs(60));
        for (name, kind, data) in &self.records {
            zones.add(name, record(kind, data));
        }
        for (name, fault) in &self.faults {
            zones.misbehave(name, Some(*fault));
        }
        zones
    }
}

fn record(kind: &str, data: &str) -> Record {
    match kind {
        "A" | "AAAA" => Record::Address(parsed(data)),
        "PTR" => Record::Pointer(data.trim_end_matches('.').to_owned()),
        "CNAME" => Record::Alias(data.to_owned()),
        "MX" => {
            let (preference, exchange) = data.split_once(' ').expect("well-formed");
            Record::Mx { preference: parsed(preference), exchange: exchange.trim().to_owned() }
        }
        "TLSA" => Record::Tlsa(tlsa(data)),
        "CAA" => Record::Caa(caa(data)),
        "TXT" => Record::Text(text(data)),
        "SPF" => Record::ObsoleteSpf(text(data)),
        other => panic!("no type {other}"),
    }
}

fn tlsa(data: &str) -> Tlsa {
    let words: Vec<&str> = data.split(' ').collect();
    let [usage, selector, matching, hex] = words[..] else { panic!("no TLSA record: {data}") };
    let octet = |place| u8::from_str_radix(&hex[place..place + 2], 16).expect("hexadecimal digits");
    let data = (0..hex.len()).step_by(2).map(octet).collect();
    Tlsa { usage: parsed(usage), selector: parsed(selector), matching: parsed(matching), data }
}

fn caa(data: &str) -> Caa {
    let words: Vec<&str> = data.splitn(3, ' ').collect();
    let [flags, tag, value] = words[..] else { panic!("no CAA record: {data}") };
    Caa { critical: flags == "128", tag: tag.to_owned(), value: value.trim_matches('"').to_owned() }
}

/// Strings in quotes are joined, as DNS joins them; `\\"` is a quotation mark within.
fn text(data: &str) -> String {
    let masked = data.replace("\\\"", "\u{1}");
    masked.split('"').skip(1).step_by(2).collect::<String>().replace('\u{1}', "\"")
}

struct Still;

impl Clock for Still {
    fn since_epoch(&self) -> Duration {
        Duration::from_secs(NOW)
    }

    fn random(&self) -> u64 {
        4
    }
}

struct Neighbour(Option<i64>);

impl TimeSource for Neighbour {
    fn offset(&self) -> PortFuture<'_, Result<ClockOffset, TimeError>> {
        let server = "time.test".to_owned();
        let answer = self.0.map(|milliseconds| ClockOffset { server: server.clone(), milliseconds });
        let silent = TimeError { server, reason: "no answer in time".to_owned() };
        Box::pin(std::future::ready(answer.ok_or(silent)))
    }
}

/// A store with a verdict for each family.
async fn kept(folder: &std::path::Path, verdicts: [&'static str; 2]) -> Arc<dyn Facts> {
    let facts = SqliteFacts::open(folder.join("facts.sqlite")).expect("a store");
    for (verdict, family) in verdicts.into_iter().zip([Family::Ipv4, Family::Ipv6]) {
        let fact = ProbeFact {
            path: PathKey { source: None, family },
            at: NOW - 3600,
            verdict: verdict.to_owned(),
            confidence: 90,
            evidence: Vec::new(),
            report: String::new(),
        };
        facts.save_probe(fact).await.expect("saved");
    }
    Arc::new(facts)
}

/// A history with an attempt for each of these.
async fn happened(folder: &std::path::Path, attempts: &[[&'static str; 4]]) -> Arc<dyn History> {
    let history = SqliteHistory::open(folder.join("history.sqlite")).expect("a store");
    for (number, [host, recipient, outcome, reply]) in attempts.iter().enumerate() {
        let attempt = AttemptRecord {
            at: NOW - 86_400,
            recipients: vec![0],
            route: "direct".to_owned(),
            remote: Some(format!("{host} [192.0.2.99]:25")),
            source: None,
            tls: None,
            outcome: (*outcome).to_owned(),
            reply: (*reply).to_owned(),
            next: None,
        };
        let record = MessageRecord {
            id: number as u64 + 1,
            received_at: NOW - 86_500,
            sender: "alice@example.test".to_owned(),
            recipients: vec![(*recipient).to_owned()],
            account: None,
            channel: "submission".to_owned(),
            size: 1000,
            message_id: None,
            attempts: vec![attempt],
            finished_at: Some(NOW - 86_400),
        };
        history.note(Note::Whole(Box::new(record)));
    }
    history.flush().await;
    Arc::new(history)
}

/// The web of this world: registries that know every domain, and one page everywhere else.
struct Web {
    registered: Option<(u64, u64)>,
    page: Option<&'static str>,
}

impl Web {
    fn text(&self, address: &WebAddress) -> Option<String> {
        let event = |action: &str, at: u64| {
            let (year, month, day) = postamt_mail::date::civil(at / 86_400);
            format!("{{\"eventAction\":\"{action}\",\"eventDate\":\"{year}-{month:02}-{day:02}T00:00:00Z\"}}")
        };
        match (address.host.as_str(), address.path.as_str()) {
            ("registries.example", "/dns.json") => {
                Some(r#"{"services":[[["test","example"],["https://rdap.example/"]]]}"#.to_owned())
            }
            ("rdap.example", _) => {
                let (before, after) = self.registered?;
                let began = event("registration", NOW - before * 86_400);
                let ends = event("expiration", NOW + after * 86_400 + 86_399);
                Some(format!("{{\"events\":[{began},{ends}]}}"))
            }
            _ => self.page.map(str::to_owned),
        }
    }
}

impl Documents for Web {
    fn get<'a>(
        &'a self,
        address: &'a WebAddress,
        _: Bounds,
    ) -> PortFuture<'a, Result<Document, DocumentError>> {
        let answer = self.text(address).map(|text| Document {
            address: address.clone(),
            status: 200,
            media: "text/html".to_owned(),
            body: text.into(),
        });
        Box::pin(std::future::ready(answer.ok_or_else(|| FetchError::TimedOut.into())))
    }
}

async fn examine(authority: &Authority, zone: &Zone, state: State) -> Report {
    let subject = match state.stranger {
        Some(name) => Subject::Domain(domain(name)),
        None => Subject::Host(Box::new(state.host)),
    };
    let folder = tempfile::tempdir().expect("a folder");
    let servers = Arc::new(Servers::start(authority, &state.serving).await);
    let context = Context {
        resolver: Arc::new(StaticResolver::new(zone.zones()).with_status(state.dnssec)),
        documents: Arc::new(Web { registered: state.registered, page: state.page }),
        registries: Some(parsed("https://registries.example/")),
        dialer: servers.clone(),
        tls: TlsContext::with_roots(authority.root(&state.serving)),
        looks: checks::Looks::default(),
        clock: Arc::new(Still),
        time_source: Some(Arc::new(Neighbour(state.clock_milliseconds))),
        facts: Some(kept(folder.path(), state.port25).await),
        history: Some(match state.history_is_torn {
            true => Arc::new(super::refusals::Torn),
            false => happened(folder.path(), &state.history).await,
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
    let (authority, zone) = begin(world);
    let mut state = healthy();
    (world.state)(&mut state);
    examine(&authority, &zone, state).await
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
    let broken = examine(&authority, &zone, state).await;
    let cries = cries(&broken);
    if cries != world.finds {
        return Err(format!("found {cries:?}, expected {:?}\n{}", world.finds, told(&broken)));
    }
    for finding in broken.findings() {
        speaks_both(finding)?;
    }
    let mut state = healthy();
    (world.state)(&mut state);
    match world.cure {
        Cure::None => return Ok(()),
        Cure::Printed => print(&mut zone, &broken),
        Cure::Done(cure) => cure(&mut state),
        Cure::Entered(lines) => zone.change(lines),
    }
    let cured = examine(&authority, &zone, state).await;
    let mut left = self::cries(&cured);
    left.retain(|id| !NEXT_STEPS.contains(id));
    if left.is_empty() { Ok(()) } else { Err(format!("after the cure: {left:?}\n{}", told(&cured))) }
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
