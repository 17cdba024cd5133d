//! The real `postamt` binary with its configuration, and a client that sends by it.

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use postamt_lab::isp::{HOST, Isp, RELAY_LOGIN, RELAY_PASSWORD, Relay};
use postamt_mail::address::Address;
use postamt_mail::envelope::Recipient;
use postamt_net::dial::SystemDialer;
use postamt_net::smtp::{Connection, Credentials, Hop, Secret, TlsContext, TlsPolicy, Transaction, Verify};

use super::PATIENCE;
use super::refused::DOMAIN;

const LOGIN: &str = "anna@absender.test";
const PASSWORD: &str = "vT9-kestrel-Ohrwurm-31";

/// A server that runs; killed when it is dropped.
pub struct Server {
    child: Child,
    configuration: PathBuf,
    log: PathBuf,
}

impl Server {
    /// Writes the configuration, makes the account, starts the server and waits until it is ready.
    pub async fn start(directory: &Path, isp: &Isp, relay: &Relay) -> Self {
        let configuration = configure(directory, isp, relay);
        add_account(&configuration);
        let directory = directory.to_owned();
        let started = tokio::task::spawn_blocking(move || Self::run(&directory, &configuration));
        started.await.unwrap()
    }

    fn run(directory: &Path, configuration: &Path) -> Self {
        let socket = directory.join("notify");
        let notices = UnixDatagram::bind(&socket).unwrap();
        notices.set_read_timeout(Some(PATIENCE)).unwrap();
        let log = directory.join("postamt.log");
        let output = fs::File::create(&log).unwrap();
        let mut serve = command(configuration);
        serve.arg("serve").env("NOTIFY_SOCKET", &socket).stdin(Stdio::null());
        let child = serve.stdout(output.try_clone().unwrap()).stderr(output).spawn().unwrap();
        let server = Self { child, configuration: configuration.to_owned(), log };
        let mut buffer = [0; 512];
        loop {
            let length = notices.recv(&mut buffer).expect("it says that it is ready");
            if String::from_utf8_lossy(&buffer[..length]).lines().any(|line| line == "READY=1") {
                return server;
            }
        }
    }

    /// Logs in and sends a message; it must be taken.
    pub async fn send(&self, sender: &str, recipient: &str, subject: &str) {
        let mut hop = Hop::new(SocketAddr::new(HOST[0], 587), "laptop.absender.test");
        hop.tls = TlsPolicy::Required(Verify::Encrypt);
        hop.credentials = Some(Credentials::new(LOGIN, Secret::new(PASSWORD)));
        let tls = TlsContext::with_roots([]);
        let mut connection = Connection::open(&SystemDialer, &tls, &hop).await.expect("logged in");
        let content =
            format!("From: <{sender}>\r\nTo: <{recipient}>\r\nSubject: {subject}\r\n\r\nGuten Tag\r\n");
        let transaction = Transaction {
            sender: Some(Address::new(sender).unwrap()),
            recipients: vec![Recipient::new(Address::new(recipient).unwrap())],
            content: vec![content.into()],
            ..Transaction::default()
        };
        let outcome = connection.deliver(&transaction).await;
        assert!(outcome.recipients[0].is_delivered(), "{outcome:?}");
        connection.quit().await;
    }

    /// What a command of `postamt` says beside it; it must end well.
    pub async fn told(&self, arguments: &[&str]) -> String {
        let mut command = command(&self.configuration);
        command.args(arguments);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Ends it; it must end well.
    pub fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(id).status().unwrap().success());
        assert!(self.child.wait().unwrap().success(), "it did not end well");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After `stop` there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            println!("--- log of postamt\n{}", fs::read_to_string(&self.log).unwrap_or_default());
        }
    }
}

fn configure(directory: &Path, isp: &Isp, relay: &Relay) -> PathBuf {
    let file = |name: &str| directory.join(name).display().to_string();
    fs::write(directory.join("lab-root.pem"), isp.world().authority().root_pem()).unwrap();
    let password = directory.join("relay.password");
    fs::write(&password, RELAY_PASSWORD).unwrap();
    fs::set_permissions(&password, fs::Permissions::from_mode(0o600)).unwrap();
    let servers: Vec<_> = isp.dns_servers().iter().map(|server| format!("\"{server}\"")).collect();
    let listeners = [(25, "exchange"), (587, "submission")].map(|(port, purpose)| {
        format!("[[listener]]\naddress = \"{}:{port}\"\npurpose = \"{purpose}\"\n", HOST[0])
    });
    let text = format!(
        "[server]\nhostname = \"mail.absender.test\"\ndomains = [\"absender.test\", \"haus.test\"]\n\
         state_directory = \"{}\"\nruntime_directory = \"{}\"\n\
         [port25]\nprobe = false\n[dns]\nservers = [{}]\n{}\
         [[local_domain]]\ndomain = \"haus.test\"\nmaildir = \"{}/{{domain}}/{{local}}\"\n\
         [[relay]]\nname = \"ses\"\nprofile = \"ses\"\nhost = \"{}\"\nlogin = \"{RELAY_LOGIN}\"\n\
         password_file = \"{}\"\nextra_roots = \"{}\"\n\
         [[route]]\nrecipient_domains = [\"{DOMAIN}\"]\nto = \"direct\"\n\
         [[route]]\nto = \"relay:ses\"\n",
        file("state"),
        file("run"),
        servers.join(", "),
        listeners.concat(),
        file("post"),
        relay.host,
        file("relay.password"),
        file("lab-root.pem"),
    );
    let path = directory.join("postamt.toml");
    fs::write(&path, text).unwrap();
    path
}

fn command(configuration: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postamt"));
    command.arg("--config").arg(configuration).env("LC_ALL", "C.UTF-8");
    command
}

fn add_account(configuration: &Path) {
    let mut add = command(configuration);
    add.args(["account", "add", LOGIN, "--send-as", "absender.test", "--send-as", "haus.test"]);
    let mut child = add.arg("--password-stdin").stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "postamt account add failed");
}
