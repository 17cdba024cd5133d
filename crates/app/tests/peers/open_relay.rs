//! nmap's `smtp-open-relay` against every listener: none relays. A listener that is told to relay for nmap's own address
//! shows that it would have noticed.

use std::process::{Command, Stdio};

use crate::support::server::{Server, add_account, configure};
use crate::support::{SERVER, finish, in_world, place};

/// In the verbose form the script says so where all its forms were refused.
const CLOSED: &str = "Server doesn't seem to be an open relay, all tests failed";
const OPEN: &str = "Server is an open relay";

fn configuration() -> String {
    let listener = |port: u16, purpose: &str, more: &str| {
        format!("[[listener]]\naddress = \"{SERVER}:{port}\"\npurpose = \"{purpose}\"\n{more}\n")
    };
    configure(
        &place("state"),
        &[
            listener(25, "exchange", ""),
            listener(587, "submission", ""),
            listener(465, "submissions", ""),
            listener(2525, "exchange", &format!("relay_networks = [\"{SERVER}/32\"]")),
            // Strangers are slowed down, and nmap does not wait.
            "[guard]\nown_networks = [\"192.0.2.0/24\"]\n".to_owned(),
            format!("[dns]\nservers = [\"{SERVER}:53\"]\n"),
        ]
        .concat(),
    )
}

/// What nmap says of a port.
fn nmap(port: u16) -> String {
    let victim = "smtp-open-relay.domain=elsewhere.test,smtp.domain=elsewhere.test";
    let port = port.to_string();
    let arguments = [
        "-v",
        "-n",
        "-Pn",
        "-sT",
        "-p",
        &port,
        "--script",
        "+smtp-open-relay",
        "--script-args",
        victim,
        SERVER,
    ];
    finish(Command::new("nmap").args(arguments).stdin(Stdio::null()))
}

#[test]
fn nmap_finds_no_open_relay() {
    in_world("open_relay::nmap_finds_no_open_relay", || {
        let configuration = configuration();
        add_account(&configuration);
        let server = Server::start(&configuration);
        for port in [25, 587, 465] {
            let said = nmap(port);
            assert!(said.contains(&format!("{port}/tcp open")), "{said}");
            assert!(!said.contains(OPEN), "port {port}: {said}");
            // Where a login is wanted first, the script says that, or nothing at all.
            assert!(port != 25 || said.contains(CLOSED), "port {port}: {said}");
        }
        let said = nmap(2525);
        assert!(said.contains(OPEN), "nmap would notice: {said}");
        server.stop();
    });
}
