//! Who holds the ports of mail on this host: this server, nobody, or another mail server that is in the way.

use std::sync::Arc;
use std::time::Duration;

use super::context::Context;
use super::finding::{Finding, Kind, Remedy};
use super::run::{Check, CheckFuture, Scope};

/// Our own name, as the kernel shows it.
const OURSELVES: &str = "postamt";
/// A program whose name may not be seen.
const UNSEEN: &str = "?";
/// What the kernel calls a program, and the service that is to be stopped.
const SERVICES: [(&str, &str); 7] = [
    ("master", "postfix"),
    ("smtpd", "postfix"),
    ("exim4", "exim4"),
    ("exim", "exim"),
    ("sendmail-mta", "sendmail"),
    ("sendmail", "sendmail"),
    ("opensmtpd", "opensmtpd"),
];

static OURS: Kind = Kind::ok("programs.ours");
/// Another program holds a port of this server.
pub static IN_THE_WAY: Kind = Kind::error("programs.in-the-way", "RFC 6335 §6");
/// Nobody listens on a port of this server.
pub static NOT_RUNNING: Kind = Kind::warning("programs.not-running", "RFC 5321 §4.5.1");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "programs",
    scope: Scope::Host,
    not_after: &[],
    limit: Duration::from_secs(10),
    kinds: &[&OURS, &IN_THE_WAY, &NOT_RUNNING],
    run: |context| -> CheckFuture { Box::pin(std::future::ready(check(&context))) },
};

fn check(context: &Arc<Context>) -> Vec<Finding> {
    let Some(host) = context.host() else { return Vec::new() };
    // Port 0 is any port; only a test listens there.
    let mut wanted: Vec<u16> =
        host.listeners.iter().map(|it| it.address.port()).filter(|port| *port != 0).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut found = Vec::new();
    let mut silent = Vec::new();
    let mut is_unseen = false;
    for port in wanted {
        let holders: Vec<&str> = context
            .machine
            .listeners
            .iter()
            .filter(|listener| listener.port == port)
            .map(|listener| listener.program.as_str())
            .collect();
        is_unseen |= holders.contains(&UNSEEN);
        match holders.iter().find(|program| **program != OURSELVES && **program != UNSEEN) {
            Some(program) => found.push(in_the_way(program, port)),
            None if holders.is_empty() && [25, 465, 587].contains(&port) => silent.push(port.to_string()),
            None => {}
        }
    }
    if !silent.is_empty() {
        let ports = silent.join(", ");
        found.push(
            Finding::new(&NOT_RUNNING, &ports).remedy(Remedy::command("systemctl enable --now postamt")),
        );
    }
    // A program whose name may not be seen may be anybody's.
    if found.is_empty() && !host.listeners.is_empty() && !is_unseen {
        found.push(Finding::new(&OURS, OURSELVES));
    }
    found
}

fn in_the_way(program: &str, port: u16) -> Finding {
    let service = SERVICES.iter().find(|(name, _)| *name == program).map_or(program, |(_, service)| service);
    Finding::new(&IN_THE_WAY, port)
        .with("program", service)
        .seen(format!("{program}: port {port}"))
        .remedy(Remedy::command(format!("systemctl disable --now {service}")))
}
