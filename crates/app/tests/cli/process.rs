//! What the server's process may still do: seen from outside, in a real child process, as root and as another user.

use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use rustix::process::geteuid;

use super::support::{Server, Site};

const UNIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../contrib/postamt.service");

fn status(server: &Server, name: &str) -> String {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process())).expect("its status");
    let line =
        status.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}: {status}"));
    line.split_whitespace().nth(1).expect("a value").to_owned()
}

/// Whether this kernel has what the server uses.
fn has_landlock(line: &str) -> bool {
    line.contains("Landlock")
}

#[test]
fn a_server_gives_up_what_it_does_not_need() {
    let site = Site::new("");
    let server = site.start();
    let protected = server.wait_for("Protected:");
    assert_eq!(status(&server, "NoNewPrivs:"), "1");
    assert_eq!(status(&server, "Seccomp:"), "2", "{protected}");
    assert!(protected.contains("no core dumps") && protected.contains("seccomp"), "{protected}");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.process())).expect("its limits");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a line");
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
    if geteuid().is_root() {
        // Without `server.user` it keeps the rights to files of others and to low ports: bits 0 to 4 and 10.
        for set in ["CapBnd:", "CapPrm:", "CapEff:"] {
            let left = u64::from_str_radix(&status(&server, set), 16).expect("a number");
            assert_eq!(left & !0x41f, 0, "{set} {left:x}");
        }
    } else {
        assert_eq!(u64::from_str_radix(&status(&server, "CapEff:"), 16), Ok(0));
    }
    assert_eq!(server.stop(), 0);
}

#[test]
fn as_another_user_only_the_right_to_low_ports_is_left() {
    if !geteuid().is_root() {
        return;
    }
    let site = Site::new("");
    let text = std::fs::read_to_string(site.config()).expect("the configuration");
    let text = text.replace("[server]\n", "[server]\nuser = \"nobody\"\n");
    std::fs::write(site.config(), text).expect("written");
    std::fs::set_permissions(site.directory.path(), std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let server = site.start();
    for set in ["CapBnd:", "CapPrm:", "CapEff:"] {
        // CAP_NET_BIND_SERVICE is bit 10.
        assert_eq!(status(&server, set), "0000000000000400", "{set}");
    }
    assert_eq!(status(&server, "CapAmb:"), "0000000000000000");
    server.wait_for("Protected: + CAP_NET_BIND_SERVICE");
    // What is kept private stays so.
    for (path, mode) in [("state/spool", 0o700), ("state/dkim", 0o700), ("state/tls", 0o700)] {
        let found = std::fs::metadata(site.path(path)).expect("there").permissions().mode() & 0o777;
        assert_eq!(found, mode, "{path}");
    }
    assert_eq!(server.stop(), 0);
}

/// A Maildir that comes with a reload lies outside of what was opened at the start: the server says so, and mail for it
/// waits instead of being lost. After a restart it arrives.
#[test]
fn it_writes_nowhere_but_where_the_configuration_had_it_write() {
    let outside = tempfile::Builder::new().tempdir_in("/srv").or_else(|_| tempfile::tempdir_in("/opt"));
    let Ok(outside) = outside else { return };
    let site = Site::new("");
    let server = site.start();
    if !has_landlock(&server.wait_for("Protected:")) {
        return;
    }
    site.configure(&format!("[postmaster]\nmaildir = \"{}/postmaster\"\n", outside.path().display()));
    server.signal(rustix::process::Signal::HUP);
    server.wait_for(&format!("may not write + {}", outside.path().display()));
    let letter = ["send", "--from", "anna@own.test", "--body", "x", "--to", "postmaster@mail.own.test"];
    site.good(&letter);
    server.wait_for("deferred");
    assert!(!outside.path().join("postmaster/new").exists(), "it is not written");
    assert_eq!(server.stop(), 0);
    let server = site.start();
    site.good(&letter);
    server.wait_for("delivered");
    assert!(std::fs::read_dir(outside.path().join("postmaster/new")).expect("a Maildir").count() > 0);
    assert_eq!(server.stop(), 0);
}

/// As systemd does it: the socket is opened before, and the server gets it as descriptor 3.
#[test]
fn a_socket_that_is_passed_takes_mail() {
    let site = Site::new("");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = site.start_by(&passing(&listener, "submission"));
    server.wait_for(&format!("listening + {address} + submission"));
    // The shell's own copy is closed: it is the server that answers.
    drop(listener);
    let mut stream = TcpStream::connect(address).expect("connected");
    let greeting = heard(&mut stream);
    assert!(greeting.starts_with("220 mail.own.test "), "{greeting}");
    drop(stream);
    assert_eq!(server.stop(), 0);
}

#[test]
fn a_socket_that_nobody_knows_stops_the_start() {
    let site = Site::new("");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let server = site.launch_by(&passing(&listener, "other"));
    server.wait_for("no listener for it");
}

/// A shell that makes `listener` descriptor 3 and becomes the server.
fn passing(listener: &TcpListener, name: &str) -> Vec<String> {
    let descriptor = rustix::io::fcntl_dupfd_cloexec(listener, 200).expect("a copy");
    rustix::io::fcntl_setfd(&descriptor, rustix::io::FdFlags::empty()).expect("inherited");
    let number = descriptor.as_raw_fd();
    // It must outlive the start of the child.
    std::mem::forget(descriptor);
    let script = format!(
        "exec 3<&{number}; export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES={name}; exec \"$0\" serve"
    );
    vec!["/bin/bash".to_owned(), "-c".to_owned(), script, env!("CARGO_BIN_EXE_postamt").to_owned()]
}

fn heard(stream: &mut TcpStream) -> String {
    use std::io::BufRead as _;
    let mut line = String::new();
    std::io::BufReader::new(stream).read_line(&mut line).expect("a greeting");
    line
}

/// `systemd-analyze security` rates the unit at 2.0 or better.
#[test]
fn the_unit_is_rated_well() {
    if !Path::new("/usr/bin/systemd-analyze").exists() {
        eprintln!("NOT RUN: there is no systemd-analyze (Debian: systemd)");
        return;
    }
    let rated = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--no-pager", "--threshold=20", UNIT])
        .output()
        .expect("run");
    assert!(rated.status.success(), "{}", String::from_utf8_lossy(&rated.stdout));
}
