//! A small network of namespaces, in which the real `postamt` binary meets other people's software.
//!
//! ```text
//!                      bridge 192.0.2.0/24, in a network namespace of the test's own
//!   192.0.2.1 postamt, DNS    192.0.2.9 recorder    192.0.2.10 client    192.0.2.3 postfix    192.0.2.4 exim
//! ```
//!
//! [`in_world`] starts the test again inside fresh mount, network and process namespaces: when it ends, however
//! it ends, the kernel takes everything away. The other programs run from the file tree that `cargo xtask peers`
//! makes; each host has a private writable copy of it. A test that cannot get this fails and says what to do.

pub mod host;
pub mod peers;
pub mod powerdns;
pub mod recorder;
pub mod server;
pub mod session;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Everything a test writes goes below this, on a tmpfs.
pub const WORLD: &str = "/run/world";

/// Where postamt and the name server are.
pub const SERVER: &str = "192.0.2.1";

/// Where the recorder is, as far as DNS is concerned.
pub const RECORDER: &str = "192.0.2.9";

/// No other program needs longer for anything.
pub const PATIENCE: Duration = Duration::from_secs(60);

const INSIDE: &str = "POSTAMT_TEST_WORLD";

/// Runs `body` in namespaces of its own; `test` is the test's full name.
pub fn in_world(test: &str, body: fn()) {
    if std::env::var_os(INSIDE).is_some() {
        build();
        body();
        return;
    }
    require_root_and_tree();
    let itself = std::env::current_exe().expect("the test's own path");
    let output = Command::new("unshare")
        .args(["--mount", "--propagation", "private", "--net", "--ipc", "--pid", "--fork", "--kill-child"])
        .arg("--mount-proc")
        .arg(itself)
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(INSIDE, "1")
        .stdin(Stdio::null())
        .output()
        .expect("unshare runs");
    let text = text_of(&output);
    println!("{text}");
    assert!(output.status.success(), "{test} failed inside its namespaces");
    assert!(text.contains("1 passed"), "no test is called {test}");
}

fn require_root_and_tree() {
    let root = fs::metadata("/proc/self").expect("/proc").uid() == 0;
    assert!(
        root && tree().join("usr/sbin/postfix").exists(),
        "needs root and the other mail programs: run `cargo xtask test` as root"
    );
}

/// The file tree of the other programs.
pub fn tree() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/peers/root")
}

/// The network of the picture above, without its hosts.
fn build() {
    run("mount", &["-t", "tmpfs", "tmpfs", "/run"]);
    fs::create_dir_all(WORLD).expect("the world's folder");
    run("ip", &["link", "set", "lo", "up"]);
    run("ip", &["link", "add", "name", "br0", "type", "bridge"]);
    run("ip", &["link", "set", "br0", "up"]);
    for address in [SERVER, RECORDER] {
        run("ip", &["address", "add", &format!("{address}/24"), "dev", "br0"]);
    }
}

/// A path below the world's folder, as text.
pub fn place(name: &str) -> String {
    format!("{WORLD}/{name}")
}

/// Runs a program that must succeed, and returns what it printed.
pub fn run(program: &str, arguments: &[&str]) -> String {
    finish(Command::new(program).args(arguments).stdin(Stdio::null()))
}

/// Runs a command that must succeed, and returns what it printed.
pub fn finish(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = text_of(&output);
    assert!(output.status.success(), "{command:?} ended with {}:\n{text}", output.status);
    text
}

fn text_of(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Waits for something of another program that gives no event to wait for.
#[track_caller]
pub fn until(what: &str, mut reached: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !reached() {
        assert!(Instant::now() < end, "waited in vain for {what}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}
