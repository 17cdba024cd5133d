//! The host behind the lab's ISP, as one of a known provider: its files, what DNS says of its address, the real server,
//! and commands beside it.

use std::fs;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use postamt_lab::isp::{CANARY, HOST, Isp};
use postamt_lab::world::SENDER_DOMAIN;
use postamt_lab::zones::Record;
use postamt_mail::words::Language;
use postamt_net::dns::record::reverse_name;

/// Everything that is written goes below this, on a tmpfs of its own.
const WORLD: &str = "/run/host";
const PATIENCE: Duration = Duration::from_secs(60);

/// A host of the provider, in mount namespaces of our own: what cloud-init leaves there, and no firmware, since that of
/// the machine that runs the test would speak as well.
pub fn furnish() {
    mount_empty("/run");
    if Path::new("/sys/class/dmi").exists() {
        mount_empty("/sys/class/dmi");
    }
    fs::create_dir_all("/run/cloud-init").unwrap();
    fs::write("/run/cloud-init/cloud-id", "hetzner\n").unwrap();
    fs::create_dir_all(WORLD).unwrap();
}

/// From now on the machine itself does not show whose it is.
pub fn forget_cloud_init() {
    fs::remove_file("/run/cloud-init/cloud-id").unwrap();
}

fn mount_empty(place: &str) {
    let mounted = Command::new("mount").args(["-t", "tmpfs", "tmpfs", place]).status().unwrap();
    assert!(mounted.success(), "needs root");
}

/// DNS says whose network announces the host's addresses, as Team Cymru's zones do.
pub fn announce(isp: &Isp) {
    let zones = isp.world().zones();
    for address in HOST {
        let reversed = reverse_name(address);
        let label = reversed.trim_end_matches(".in-addr.arpa").trim_end_matches(".ip6.arpa");
        let (zone, prefix) = match address {
            IpAddr::V4(_) => ("origin.asn.cymru.com", "192.0.2.0/24"),
            IpAddr::V6(_) => ("origin6.asn.cymru.com", "2001:db8::/32"),
        };
        let text = format!("24940 | {prefix} | DE | ripencc | 2011-01-01");
        zones.add(&format!("{label}.{zone}"), Record::Text(text));
    }
    let name = "24940 | DE | ripencc | 2002-06-03 | HETZNER-AS, DE";
    zones.add("AS24940.asn.cymru.com", Record::Text(name.to_owned()));
}

/// What a command has said.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    // Shown when a test fails.
    #[expect(dead_code, reason = "for Debug")]
    pub err: String,
}

impl Ran {
    /// What it printed, as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// The host with its server; that is killed when it is dropped.
pub struct Host {
    child: Child,
}

fn place(name: &str) -> PathBuf {
    Path::new(WORLD).join(name)
}

fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_postamt"));
    program.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("LANG", "C.UTF-8");
    program.env("SSL_CERT_FILE", place("lab-root.pem"));
    program.arg("--config").arg(place("postamt.toml")).stdin(Stdio::null());
    program
}

impl Host {
    /// Writes its files, starts the server and waits until it is ready.
    pub async fn start(isp: &Isp) -> Self {
        for folder in ["state", "run"] {
            fs::create_dir_all(place(folder)).unwrap();
            fs::set_permissions(place(folder), fs::Permissions::from_mode(0o700)).unwrap();
        }
        fs::write(place("lab-root.pem"), isp.world().authority().root_pem()).unwrap();
        fs::write(place("targets.toml"), targets(isp)).unwrap();
        fs::write(place("postamt.toml"), configuration(isp)).unwrap();
        let socket = place("notify");
        let notices = UnixDatagram::bind(&socket).unwrap();
        notices.set_read_timeout(Some(PATIENCE)).unwrap();
        let log = fs::File::create(place("log")).unwrap();
        let mut serve = program();
        serve.arg("serve").env("NOTIFY_SOCKET", &socket).stdout(log.try_clone().unwrap()).stderr(log);
        let host = Self { child: serve.spawn().unwrap() };
        tokio::task::spawn_blocking(move || is_ready(&notices)).await.unwrap();
        host
    }

    /// What a command says in this language.
    pub async fn run(&self, language: Language, arguments: &[&str]) -> Ran {
        let mut command = program();
        command.args(["--lang", &language.to_string()]).args(arguments);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let text = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Waits until the server has taken in that both ways are closed; of that it tells nobody outside.
    pub async fn wait_until_closed(&self) {
        let closed = async {
            loop {
                let status = self.run(Language::En, &["port25", "status", "--json"]).await.json();
                let ways = status.as_array().unwrap();
                if ways.len() == 2 && ways.iter().all(|way| way["state"] == "relay") {
                    return;
                }
            }
        };
        tokio::time::timeout(PATIENCE, closed).await.expect("closed");
    }

    /// Ends the server; it must end well.
    pub fn stop(mut self) {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success(), "it did not end well");
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // After `stop` there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            println!("--- log of postamt\n{}", fs::read_to_string(place("log")).unwrap_or_default());
        }
    }
}

fn is_ready(notices: &UnixDatagram) {
    let mut buffer = [0; 512];
    loop {
        let length = notices.recv(&mut buffer).expect("it says that it is ready");
        if String::from_utf8_lossy(&buffer[..length]).lines().any(|line| line == "READY=1") {
            return;
        }
    }
}

fn quoted(all: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    all.into_iter().map(|one| format!("\"{one}\"")).collect::<Vec<_>>().join(", ")
}

/// It probes only when it is asked to.
fn configuration(isp: &Isp) -> String {
    format!(
        "[server]\nhostname = \"mail.absender.test\"\ndomains = [\"{SENDER_DOMAIN}\"]\n\
         state_directory = \"{WORLD}/state\"\nruntime_directory = \"{WORLD}/run\"\n\
         [[listener]]\naddress = \"127.0.0.1:2525\"\npurpose = \"exchange\"\n\
         [dns]\nservers = [{}]\n[port25]\nprobe = false\ntargets = \"{WORLD}/targets.toml\"\n",
        quoted(isp.dns_servers()),
    )
}

/// The lab's operators, in the form of the list that comes with Postamt.
fn targets(isp: &Isp) -> String {
    let known = "sources = []\nseen = \"2026-11-24\"\nconfidence = \"high\"\n";
    let mut list = "schema_version = 1\ncompiled = \"2026-11-24\"\n".to_owned();
    for operator in isp.operators() {
        let (name, host, domain) = (&operator.name, &operator.host, &operator.domains[0]);
        list += &format!(
            "[[operator]]\nid = \"{domain}\"\nname = \"{name}\"\ndomains = [\"{domain}\"]\nweb = \"{host}\"\n\
             submission = \"{host}\"\nstarttls = true\n{known}\
             [[anchor]]\nname = \"{name}\"\naddresses = [{}]\n{known}",
            quoted(operator.addresses),
        );
    }
    list + &format!("[[canary]]\naddresses = [{}]\n{known}", quoted(CANARY))
}
