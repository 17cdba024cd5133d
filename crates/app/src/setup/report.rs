//! What the setup says: what it has found at the beginning, and at the end what was done, what must be entered
//! elsewhere, and the next three steps.

use std::path::Path;

use postamt_doctor::checks;
use postamt_doctor::checks::report::ToldReport;
use postamt_doctor::records::text::{Shown, Texts};
use postamt_doctor::records::{Judged, State};
use postamt_net::dns::record::RecordKind;
use serde::Serialize;

use super::answers::Answers;
use super::files::Done;
use super::network::Network;
use super::provider::Landlord;
use super::surroundings::{Reverse, Surroundings};
use super::{steps, verdict};
use crate::cli::Neighbour;
use crate::commands::dns::{self, Wanted};
use crate::config::Config;
use crate::terminal::{Stop, Terminal, warn};

/// Everything that the end tells of.
pub struct Report<'a> {
    /// What was found.
    pub seen: &'a Surroundings,
    /// What the network lets through.
    pub network: &'a Network,
    /// Who rents the host out.
    pub landlord: &'a Landlord,
    /// What was answered.
    pub answers: &'a Answers,
    /// What is in force now.
    pub config: &'a Config,
    /// What was done.
    pub done: &'a Done,
    /// The configuration's file.
    pub path: &'a Path,
    /// What DNS must say.
    pub told: Wanted,
    /// What the doctor says.
    pub doctor: Option<checks::Report>,
}

impl Report<'_> {
    /// Addresses whose name is not ours yet. Whether ours leads back to them is a matter of the records.
    pub fn unnamed(&self) -> impl Iterator<Item = &Reverse> {
        let hostname = &self.config.server.hostname;
        self.seen.public.iter().filter(move |reverse| !reverse.names.contains(hostname))
    }
}

/// What was found, for a person who is going to be asked.
pub fn surroundings(seen: &Surroundings, network: &Network, terminal: Terminal) {
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
    outlook(network, terminal);
}

/// What the network lets through.
fn outlook(network: &Network, terminal: Terminal) {
    let ways = network.port25.as_deref().unwrap_or_default();
    for way in ways.iter().filter(|way| way.is_open || way.is_blocked) {
        let values = [("path", (&way.path).into()), ("evidence", way.evidence.join(" ").into())];
        let id = if way.is_open { "setup-seen-port25-open" } else { "setup-seen-port25-blocked" };
        terminal.note(id, &values);
    }
    if !ways.iter().any(|way| way.is_open || way.is_blocked) {
        terminal.note("setup-seen-port25-unknown", &[]);
    }
    match network.validates {
        Some(true) => terminal.note("setup-seen-dnssec", &[]),
        Some(false) => {
            let reason = network.not_validated.clone().unwrap_or_default();
            terminal.note("setup-seen-no-dnssec", &[("reason", reason.into())]);
        }
        None => {}
    }
}

/// As `--json` shows it.
#[derive(Serialize)]
struct Outcome<'a> {
    hostname: String,
    domains: Vec<String>,
    seen: &'a Surroundings,
    network: &'a Network,
    provider: &'a Landlord,
    written: &'a [std::path::PathBuf],
    kept: &'a [std::path::PathBuf],
    failures: &'a [String],
    records: Vec<Shown>,
    account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    doctor: Option<ToldReport<'a>>,
    next: Vec<String>,
}

/// The end.
///
/// # Errors
/// A value that JSON cannot hold, which is a mistake in the source.
pub fn end(report: &Report<'_>, terminal: Terminal) -> Result<(), Stop> {
    let steps = steps::steps(report, terminal);
    if terminal.json {
        return terminal.data(&shown(report, steps, terminal));
    }
    files(report.done, terminal);
    records(&report.told, terminal);
    reverse_names(report, terminal);
    firewall(report, terminal);
    neighbour(report, terminal);
    password(report, terminal);
    if let Some(doctor) = &report.doctor {
        heading(&terminal.sentence("setup-doctor", &[]), terminal);
        verdict::say(doctor, terminal);
    }
    heading(&terminal.sentence("setup-next", &[]), terminal);
    for (number, step) in steps.iter().enumerate() {
        terminal.print(&format!("  {}. {step}", number + 1));
    }
    Ok(())
}

fn shown<'a>(report: &'a Report<'_>, next: Vec<String>, terminal: Terminal) -> Outcome<'a> {
    let told = &report.told;
    Outcome {
        hostname: report.config.server.hostname.to_string(),
        domains: report.config.server.domains.iter().map(ToString::to_string).collect(),
        seen: report.seen,
        network: report.network,
        provider: report.landlord,
        written: &report.done.written,
        kept: &report.done.kept,
        failures: &report.done.failures,
        records: told.judged.iter().map(|judged| Shown::new(judged, told.asked)).collect(),
        account: report.answers.account.as_ref().map(ToString::to_string),
        password: report.done.password.as_ref().map(|password| password.as_str()),
        doctor: report.doctor.as_ref().map(|doctor| doctor.told(terminal.words)),
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
///
/// # Errors
/// Never: without an answer nothing is asked.
pub fn wanted(seen: &Surroundings, config: &Config, terminal: Terminal) -> Result<Wanted, Stop> {
    let addresses: Vec<_> = seen.public.iter().map(|reverse| reverse.address).collect();
    let records = |asked| dns::wanted_records(config, &addresses, asked, terminal);
    records(seen.public.iter().any(|reverse| reverse.answered)).or_else(|_| records(false))
}

/// As lines of a zone with what each is for, then as the fields of a form.
fn records(told: &Wanted, terminal: Terminal) {
    let is_open = |judged: &Judged| judged.state != State::Good;
    if !told.judged.iter().any(is_open) {
        return heading(&terminal.sentence("setup-records-good", &[]), terminal);
    }
    heading(&terminal.sentence("setup-records", &[]), terminal);
    told.judged.iter().filter(|judged| is_open(judged)).for_each(|it| dns::say(it, told.asked, terminal));
    heading(&terminal.sentence("setup-forms", &[]), terminal);
    let in_a_form = |judged: &Judged| is_open(judged) && judged.wanted.data.kind() != RecordKind::Ptr;
    dns::forms(told, in_a_form, Texts::Whole, terminal);
}

fn reverse_names(report: &Report<'_>, terminal: Terminal) {
    for reverse in report.unnamed() {
        let values = [
            ("address", reverse.address.to_string().into()),
            ("hostname", report.config.server.hostname.to_string().into()),
        ];
        heading(&terminal.sentence("setup-ptr", &values), terminal);
    }
    if report.unnamed().next().is_some() {
        report.landlord.place(terminal).iter().for_each(|line| terminal.print(line));
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
    let web = report.config.web.https.iter().chain(&report.config.web.http);
    ports.extend(web.filter(|address| !address.ip().is_loopback()).map(|address| address.port()));
    let config = report.config;
    if !ports.is_empty()
        && config.tls.acme.is_some()
        && config.dns.update_key.is_none()
        && config.dns.provider.is_none()
    {
        // There the authority looks.
        ports.push(80);
    }
    ports.sort_unstable();
    ports.dedup();
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
