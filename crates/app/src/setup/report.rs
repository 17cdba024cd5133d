//! What the setup says: what it has found at the beginning, and at the end what was done, what must be entered
//! elsewhere, and the next three steps.

use std::path::Path;

use postamt_doctor::records::text::Shown;
use postamt_doctor::records::{Judged, State};
use serde::Serialize;

use super::answers::Answers;
use super::files::Done;
use super::surroundings::{Reverse, Surroundings};
use crate::cli::Neighbour;
use crate::commands::dns;
use crate::config::Config;
use crate::terminal::{Stop, Terminal, warn};

/// Steps that are named; more at a time nobody reads.
const STEPS: usize = 3;

/// Everything that the end tells of.
pub struct Report<'a> {
    /// What was found.
    pub seen: &'a Surroundings,
    /// What was answered.
    pub answers: &'a Answers,
    /// What is in force now.
    pub config: &'a Config,
    /// What was done.
    pub done: &'a Done,
    /// The configuration's file.
    pub path: &'a Path,
}

/// What was found, for a person who is going to be asked.
pub fn surroundings(seen: &Surroundings, terminal: Terminal) {
    let note = |id: &str, values: &[_]| terminal.note(id, values);
    for reverse in &seen.public {
        let names: Vec<String> = reverse.names.iter().map(ToString::to_string).collect();
        let values = [("address", reverse.address.to_string().into()), ("names", names.join(", ").into())];
        let id = match (reverse.answered, reverse.names.is_empty()) {
            (false, _) => "setup-seen-address-unknown",
            (true, true) => "setup-seen-address-nameless",
            (true, false) if reverse.confirmed.is_empty() => "setup-seen-address-unconfirmed",
            (true, false) => "setup-seen-address",
        };
        note(id, &values);
    }
    if !seen.behind_nat.is_empty() {
        let list: Vec<String> = seen.behind_nat.iter().map(ToString::to_string).collect();
        note("setup-seen-nat", &[("addresses", list.join(", ").into())]);
    }
    for other in &seen.others {
        let ports: Vec<String> = other.ports.iter().map(ToString::to_string).collect();
        let values = [("program", (&other.program).into()), ("ports", ports.join(", ").into())];
        note("setup-seen-other", &values);
    }
}

/// As `--json` shows it.
#[derive(Serialize)]
struct Outcome<'a> {
    hostname: String,
    domains: Vec<String>,
    seen: &'a Surroundings,
    written: &'a [std::path::PathBuf],
    kept: &'a [std::path::PathBuf],
    failures: &'a [String],
    records: Vec<Shown>,
    account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
    next: Vec<String>,
}

/// The end.
///
/// # Errors
/// A value that JSON cannot hold, which is a mistake in the source.
pub fn end(report: &Report<'_>, terminal: Terminal) -> Result<(), Stop> {
    let (steps, wanted) = (steps(report, terminal), wanted(report, terminal));
    if terminal.json {
        return terminal.data(&shown(report, &wanted, steps));
    }
    files(report.done, terminal);
    records(report, &wanted, terminal);
    reverse_names(report, terminal);
    firewall(report, terminal);
    neighbour(report, terminal);
    password(report, terminal);
    heading(&terminal.sentence("setup-next", &[]), terminal);
    for (number, step) in steps.iter().enumerate() {
        terminal.print(&format!("  {}. {step}", number + 1));
    }
    Ok(())
}

fn shown<'a>(report: &'a Report<'_>, wanted: &[Judged], next: Vec<String>) -> Outcome<'a> {
    let asked = answers(report);
    Outcome {
        hostname: report.config.server.hostname.to_string(),
        domains: report.config.server.domains.iter().map(ToString::to_string).collect(),
        seen: report.seen,
        written: &report.done.written,
        kept: &report.done.kept,
        failures: &report.done.failures,
        records: wanted.iter().map(|judged| Shown::new(judged, asked)).collect(),
        account: report.answers.account.as_ref().map(ToString::to_string),
        password: report.done.password.as_ref().map(|password| password.as_str()),
        next,
    }
}

/// A sentence that begins a part.
fn heading(text: &str, terminal: Terminal) {
    terminal.print("");
    terminal.print(text);
}

fn files(done: &Done, terminal: Terminal) {
    for path in &done.written {
        terminal.say("setup-written", &[("file", path.display().to_string().into())]);
    }
    for path in &done.kept {
        terminal.say("setup-kept", &[("file", path.display().to_string().into())]);
    }
    for failure in &done.failures {
        warn(&terminal.sentence("setup-not-done", &[("what", failure.into())]));
    }
}

/// All that DNS must say. A server that cannot be asked takes nothing away: then all is told as missing.
fn wanted(report: &Report<'_>, terminal: Terminal) -> Vec<Judged> {
    let addresses: Vec<_> = report.seen.public.iter().map(|reverse| reverse.address).collect();
    let records = |answers| dns::wanted_records(report.config, &addresses, answers, terminal);
    records(answers(report)).or_else(|_| records(false)).unwrap_or_default()
}

fn answers(report: &Report<'_>) -> bool {
    report.seen.public.iter().any(|reverse| reverse.answered)
}

fn records(report: &Report<'_>, records: &[Judged], terminal: Terminal) {
    heading(&terminal.sentence("setup-records", &[]), terminal);
    let open = records.iter().filter(|judged| judged.state != State::Good);
    open.for_each(|judged| dns::say(judged, answers(report), terminal));
}

/// Addresses whose name is not ours yet.
fn unnamed<'a>(report: &'a Report<'_>) -> impl Iterator<Item = &'a Reverse> {
    let hostname = &report.config.server.hostname;
    report.seen.public.iter().filter(move |reverse| !reverse.confirmed.contains(hostname))
}

fn reverse_names(report: &Report<'_>, terminal: Terminal) {
    for reverse in unnamed(report) {
        let values = [
            ("address", reverse.address.to_string().into()),
            ("hostname", report.config.server.hostname.to_string().into()),
        ];
        heading(&terminal.sentence("setup-ptr", &values), terminal);
    }
}

fn firewall(report: &Report<'_>, terminal: Terminal) {
    let mut ports: Vec<u16> = match report.config.listeners.is_empty() {
        true => vec![25, 465, 587],
        false => {
            let outside = report.config.listeners.iter().filter(|it| !it.address.ip().is_loopback());
            outside.map(|listener| listener.address.port()).filter(|port| *port != 0).collect()
        }
    };
    ports.sort_unstable();
    if ports.is_empty() {
        return;
    }
    let list = |separator: &str| ports.iter().map(ToString::to_string).collect::<Vec<_>>().join(separator);
    let lines = [
        format!("nft add rule inet filter input tcp dport '{{ {} }}' accept", list(", ")),
        format!("ufw allow {}/tcp", list(",")),
    ];
    heading(&terminal.sentence("setup-firewall", &[]), terminal);
    lines.iter().for_each(|line| terminal.print(&format!("  {line}")));
}

fn neighbour(report: &Report<'_>, terminal: Terminal) {
    let Some(neighbour) = report.answers.neighbour else { return };
    for other in &report.seen.others {
        let program = &other.program;
        let id = match (neighbour, program.as_str()) {
            (Neighbour::Beside, _) => "setup-beside",
            (Neighbour::Replace, _) => "setup-replace",
            (Neighbour::Behind, "master" | "postfix") => "setup-behind-postfix",
            (Neighbour::Behind, "exim" | "exim4") => "setup-behind-exim",
            (Neighbour::Behind, name) if name.starts_with("sendmail") => "setup-behind-sendmail",
            (Neighbour::Behind, _) => "setup-behind-unknown",
        };
        heading(&terminal.sentence(id, &[("program", program.into())]), terminal);
    }
}

/// The only line on stdout that is a secret; the sentence before it goes to stderr, as with `account add`.
fn password(report: &Report<'_>, terminal: Terminal) {
    let (Some(account), Some(password)) = (&report.answers.account, &report.done.password) else { return };
    terminal.note("setup-password", &[("account", account.to_string().into())]);
    terminal.print(password);
}

fn steps(report: &Report<'_>, terminal: Terminal) -> Vec<String> {
    let hostname = report.config.server.hostname.to_string();
    let mut steps = Vec::new();
    if unnamed(report).next().is_some() {
        steps.push(terminal.sentence("setup-step-ptr", &[("hostname", (&hostname).into())]));
    }
    steps.push(terminal.sentence("setup-step-records", &[]));
    let start = if report.done.unit {
        "systemctl daemon-reload && systemctl enable --now postamt".to_owned()
    } else {
        format!("postamt serve --config {}", report.path.display())
    };
    steps.push(terminal.sentence("setup-step-start", &[("command", start.into())]));
    steps.push(terminal.sentence("setup-step-check", &[]));
    steps.truncate(STEPS);
    steps
}
