//! The real `postamt serve` in the host's namespace: configuration with the defaults, but for the lab's names and
//! trust anchors, and the relay of the detour.

use std::fs;
use std::net::IpAddr;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use postamt_lab::isp::{CANARY, Isp, RELAY_LOGIN, RELAY_PASSWORD};
use postamt_lab::world::SENDER_DOMAIN;
use postamt_mail::address::Domain;
use postamt_mail::words::{Language, words};
use postamt_mailauth::dkim::{Algorithm, KeyStore, MINIMUM_RSA_BITS, generate};

use super::case::{ENTRANCE, RELAY, WORLD};
use super::journal::{Journal, Log};

const START: Duration = Duration::from_secs(60);

/// A server that runs.
pub struct Postamt {
    child: Child,
    log: Option<Log>,
}

fn place(name: &str) -> PathBuf {
    Path::new(WORLD).join(name)
}

/// The binary of this workspace, with the lab's authority as the machine's.
fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_postamt"));
    program.arg("--config").arg(place("postamt.toml")).args(["--lang", "en"]);
    program.env("SSL_CERT_FILE", place("lab-root.pem")).env_remove("SSL_CERT_DIR");
    program
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
        fs::write(place("targets.toml"), targets(isp)).unwrap();
        fs::write(place("postamt.toml"), configuration(isp)).unwrap();
        let socket = place("notify");
        let notices = UnixDatagram::bind(&socket).unwrap();
        notices.set_read_timeout(Some(START)).unwrap();
        let mut serve = program();
        serve.arg("serve").env("NOTIFY_SOCKET", &socket).stdin(Stdio::null()).stderr(Stdio::piped());
        let mut child = serve.spawn().unwrap();
        let log = Log::follow(child.stderr.take().unwrap());
        let server = Self { child, log: Some(log) };
        let ready = tokio::task::spawn_blocking(move || is_ready(&notices)).await.unwrap();
        assert!(ready, "not ready: {}", server.log());
        server
    }

    fn log(&self) -> &Log {
        self.log.as_ref().expect("taken away by `stop` alone")
    }

    /// `postamt port25 check`, as a person would run it: it tells the server what it found.
    pub async fn check_port25() {
        let output = tokio::task::spawn_blocking(|| program().args(["port25", "check"]).output().unwrap());
        let output = output.await.unwrap();
        let noted = String::from_utf8_lossy(&output.stderr);
        let told = words(Language::En).get("path-told-server", &[]);
        assert!(noted.contains(told.trim()), "{noted}{}", String::from_utf8_lossy(&output.stdout));
    }

    /// Waits until the server has found by itself that all mail can go directly again.
    pub async fn wait_until_back(&self, patience: Duration) {
        self.log().wait_until_direct(patience).await;
    }

    /// SIGTERM, and its whole log.
    pub fn stop(mut self) -> Journal {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
        let ended = self.child.wait().unwrap();
        assert!(ended.success(), "postamt ended with {ended}: {}", self.log());
        self.log.take().map(Log::into_journal).expect("taken away here alone")
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
targets = \"{WORLD}/targets.toml\"

[[relay]]
name = \"{name}\"
host = \"{}\"
port = {}
extra_roots = \"{WORLD}/lab-root.pem\"
login = \"{RELAY_LOGIN}\"
password_file = \"{WORLD}/relay.password\"

[log]
format = \"json\"
",
        servers.join(", "),
        relay.host,
        relay.starttls_ports[0],
        name = relay.kind.name(),
    )
}

/// Whom the server probes, in the form of the list that comes with Postamt.
fn targets(isp: &Isp) -> String {
    let known = "sources = []\nseen = \"2026-11-24\"\nconfidence = \"high\"\n";
    let addresses = |addresses: &[IpAddr]| {
        let quoted: Vec<String> = addresses.iter().map(|address| format!("\"{address}\"")).collect();
        quoted.join(", ")
    };
    let mut list = "schema_version = 1\ncompiled = \"2026-11-24\"\n".to_owned();
    for (place, operator) in isp.operators().iter().take(6).enumerate() {
        let (name, host, domain) = (&operator.name, &operator.host, &operator.domains[0]);
        list += &format!(
            "\n[[operator]]\nid = \"{domain}\"\nname = \"{name}\"\ndomains = [\"{domain}\"]\nweb = \"{host}\"\n\
             submission = \"{host}\"\nstarttls = true\n{known}"
        );
        if place < 3 {
            let addresses = addresses(&operator.addresses);
            list += &format!("\n[[anchor]]\nname = \"{name}\"\naddresses = [{addresses}]\n{known}");
        }
    }
    list + &format!("\n[[canary]]\naddresses = [{}]\n{known}", addresses(&CANARY))
}
