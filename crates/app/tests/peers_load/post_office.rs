//! The real `postamt serve` in the host's namespace: configuration with the defaults, but for the lab's names and
//! trust anchors, and the relay of the detour.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use postamt_doctor::port25::targets::{Anchor, Operator, TargetList};
use postamt_doctor::port25::{Eyes, ProbeSettings, check};
use postamt_lab::isp::{CANARY, Isp, RELAY_LOGIN, RELAY_PASSWORD};
use postamt_lab::world::SENDER_DOMAIN;
use postamt_mail::address::Domain;
use postamt_mail::words::Language;
use postamt_mailauth::dkim::{Algorithm, KeyStore, MINIMUM_RSA_BITS, generate};
use postamt_net::clock::SystemClock;
use postamt_net::dns::{HickoryResolver, ResolverSettings};
use postamt_net::tls::TlsContext;
use postamt_store::embedded::SqliteFacts;
use postamt_store::facts::Facts as _;
use tokio::time::Instant;

use super::case::{ENTRANCE, RELAY, WORLD};
use super::journal::Journal;

const START: Duration = Duration::from_secs(60);

/// A server that runs.
pub struct Postamt {
    child: Child,
}

fn place(name: &str) -> PathBuf {
    Path::new(WORLD).join(name)
}

impl Postamt {
    /// Writes its files, starts it and waits until it says that it is ready.
    pub async fn start(isp: &Isp) -> Self {
        fs::create_dir_all(place("state/dkim")).unwrap();
        fs::create_dir_all(place("run")).unwrap();
        fs::write(place("relay.password"), RELAY_PASSWORD).unwrap();
        fs::write(place("lab-root.pem"), isp.world().authority().root_pem()).unwrap();
        for path in ["relay.password", "state"] {
            let mode = if path == "state" { 0o700 } else { 0o600 };
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(place(path), fs::Permissions::from_mode(mode)).unwrap();
        }
        publish_keys(isp);
        fs::write(place("postamt.toml"), configuration(isp)).unwrap();
        let socket = place("notify");
        let notices = UnixDatagram::bind(&socket).unwrap();
        notices.set_read_timeout(Some(START)).unwrap();
        let output = fs::File::create(place("output")).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_postamt"))
            .arg("--config")
            .arg(place("postamt.toml"))
            .args(["--lang", "en", "serve"])
            .env("NOTIFY_SOCKET", &socket)
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap();
        let server = Self { child };
        let ready = tokio::task::spawn_blocking(move || is_ready(&notices)).await.unwrap();
        assert!(ready, "not ready: {}", fs::read_to_string(place("output")).unwrap_or_default());
        server
    }

    /// What it has noted so far.
    fn journal() -> Journal {
        Journal::read(&place("events.log"))
    }

    /// Whether every way out that was closed is open again.
    pub fn is_back(&self) -> bool {
        let states = Self::journal().states();
        !states.is_empty() && states.values().any(|state| state == "direct")
    }

    /// A probe of the lab's operators, kept where the server finds it.
    pub async fn probe(&self, isp: &Isp) {
        let facts = SqliteFacts::open(place("state/facts.sqlite")).unwrap();
        let resolver = ResolverSettings { servers: Some(isp.dns_servers()), ..ResolverSettings::default() };
        let eyes = Eyes {
            resolver: Arc::new(HickoryResolver::new(&resolver).unwrap()),
            tls: TlsContext::with_roots([isp.world().authority().root().clone()]),
            clock: Arc::new(SystemClock),
        };
        let settings = ProbeSettings::new(targets(isp), "mail.absender.test".to_owned());
        let report = check(&eyes, &settings, None).await;
        for fact in report.facts(postamt_mail::words::words(Language::En)).unwrap() {
            facts.save_probe(fact).await.unwrap();
        }
    }

    /// Probes when the server would, until mail goes directly again.
    pub async fn probe_until_back(&self, isp: &Isp, patience: Duration) {
        let end = Instant::now() + patience;
        while !self.is_back() && Instant::now() < end {
            let states = Self::journal().states();
            if states.values().any(|state| state == "relay") {
                self.probe(isp).await;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// SIGTERM, and its whole log.
    pub fn stop(mut self) -> Journal {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
        let ended = self.child.wait().unwrap();
        assert!(ended.success(), "postamt ended with {ended}");
        Self::journal()
    }
}

impl Drop for Postamt {
    fn drop(&mut self) {
        // After `stop` there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_ready(notices: &UnixDatagram) -> bool {
    let mut buffer = [0; 512];
    while let Ok(length) = notices.recv(&mut buffer) {
        if String::from_utf8_lossy(&buffer[..length]).lines().any(|line| line == "READY=1") {
            return true;
        }
    }
    false
}

fn publish_keys(isp: &Isp) {
    let store = KeyStore::open(place("state/dkim")).unwrap();
    let domain = Domain::new(SENDER_DOMAIN).unwrap();
    for algorithm in Algorithm::ALL {
        let pem = generate(algorithm, MINIMUM_RSA_BITS).unwrap();
        store.create(domain.clone(), &format!("lab-{}", algorithm.name()), &pem).unwrap();
    }
    for stored in store.list() {
        isp.world().publish_dkim(stored.key.selector(), &stored.key.public_record());
    }
}

fn configuration(isp: &Isp) -> String {
    let relay = isp.relay(RELAY).unwrap();
    let servers: Vec<String> = isp.dns_servers().iter().map(|server| format!("\"{server}\"")).collect();
    format!(
        "[server]
hostname = \"mail.absender.test\"
domains = [\"{SENDER_DOMAIN}\"]
state_directory = \"{WORLD}/state\"
runtime_directory = \"{WORLD}/run\"

[[listener]]
address = \"{ENTRANCE}\"
purpose = \"exchange\"
relay_networks = [\"127.0.0.0/8\"]

[dns]
servers = [{}]

[port25]
relay = \"{name}\"

[[relay]]
name = \"{name}\"
host = \"{}\"
port = {}
extra_roots = \"{WORLD}/lab-root.pem\"
login = \"{RELAY_LOGIN}\"
password_file = \"{WORLD}/relay.password\"

[log]
format = \"json\"
file = \"{WORLD}/events.log\"
",
        servers.join(", "),
        relay.host,
        relay.starttls_ports[0],
        name = relay.kind.name(),
    )
}

fn targets(isp: &Isp) -> TargetList {
    let operator = |operator: &postamt_lab::isp::Operator| Operator {
        name: operator.name.to_owned(),
        web: Some(operator.host.clone()),
        submission: Some(operator.host.clone()),
        offers_starttls: true,
        ..Operator::new(operator.domains[0].clone())
    };
    let anchor = |operator: &postamt_lab::isp::Operator| Anchor {
        name: operator.name.to_owned(),
        addresses: operator.addresses.to_vec(),
    };
    let operators = || isp.operators().iter().take(6);
    TargetList {
        operators: operators().map(operator).collect(),
        anchors: operators().take(3).map(anchor).collect(),
        canaries: CANARY.to_vec(),
    }
}
