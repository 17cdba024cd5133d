//! The real `postamt` binary: its configuration, its start and its end.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};

use super::{PATIENCE, finish, place};

/// The sender's domain in all tests.
pub const DOMAIN: &str = "sender.test";
/// The account of all tests.
pub const LOGIN: &str = "anna@sender.test";
/// Its password.
pub const PASSWORD: &str = "vT9-kestrel-Ohrwurm-31";

/// A server that runs.
pub struct Server {
    child: Child,
    configuration: String,
}

/// Writes the configuration: the sections that every test needs, then `more`.
pub fn configure(state: &str, more: &str) -> String {
    let path = place("postamt.toml");
    let text = format!(
        "[server]
hostname = \"mail.{DOMAIN}\"
domains = [\"{DOMAIN}\"]
state_directory = \"{state}\"
runtime_directory = \"{run}\"

[port25]
probe = false

{more}",
        run = place("postamt-run"),
    );
    fs::create_dir_all(place("postamt-run")).expect("runtime folder");
    fs::write(&path, text).expect("configuration");
    path
}

/// Runs a `postamt` command that must succeed.
pub fn postamt(configuration: &str, arguments: &[&str]) -> String {
    finish(command(configuration).args(arguments).stdin(Stdio::null()))
}

/// Adds the account of all tests.
pub fn add_account(configuration: &str) {
    let mut add = command(configuration);
    add.args(["account", "add", LOGIN, "--send-as", DOMAIN, "--password-stdin"]);
    let mut child = add.stdin(Stdio::piped()).spawn().expect("postamt runs");
    child.stdin.take().expect("its input").write_all(PASSWORD.as_bytes()).expect("the password");
    assert!(child.wait().expect("postamt").success(), "postamt account add failed");
}

fn command(configuration: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postamt"));
    command.args(["--config", configuration, "--lang", "en"]);
    command
}

impl Server {
    /// Starts the server and waits until it says that it is ready.
    pub fn start(configuration: &str) -> Self {
        Self::start_as(configuration, command(configuration))
    }

    /// Starts it by this command, to which `serve` is added.
    pub fn start_as(configuration: &str, mut command: Command) -> Self {
        let socket = place("notify");
        // Left by a server before this one.
        let _ = fs::remove_file(&socket);
        let notices = UnixDatagram::bind(&socket).expect("the notify socket");
        // The server may have become another user.
        fs::set_permissions(&socket, fs::Permissions::from_mode(0o666)).expect("a mode");
        notices.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let log = fs::OpenOptions::new().create(true).append(true).open(place("postamt.log")).expect("log");
        command.arg("serve").env("NOTIFY_SOCKET", &socket).stdin(Stdio::null());
        let child =
            command.stdout(log.try_clone().expect("log")).stderr(log).spawn().expect("postamt starts");
        let server = Self { child, configuration: configuration.to_string() };
        let mut buffer = [0; 512];
        loop {
            let length = notices
                .recv(&mut buffer)
                .unwrap_or_else(|error| panic!("not ready: {error}\n{}", log_text()));
            if String::from_utf8_lossy(&buffer[..length]).lines().any(|line| line == "READY=1") {
                return server;
            }
        }
    }

    /// A `postamt` command against this server.
    pub fn command(&self, arguments: &[&str]) -> String {
        postamt(&self.configuration, arguments)
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// SIGTERM, and its end.
    pub fn stop(mut self) {
        super::run("kill", &[&self.child.id().to_string()]);
        assert!(self.child.wait().expect("it ends").success(), "postamt did not end well:\n{}", log_text());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After `kill` and `stop` there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            println!("--- log of postamt\n{}", log_text());
            println!(
                "--- log of the name server\n{}",
                fs::read_to_string(place("dnsmasq.log")).unwrap_or_default()
            );
        }
    }
}

/// What the servers of this test have said so far.
pub fn log_text() -> String {
    fs::read_to_string(place("postamt.log")).unwrap_or_default()
}
