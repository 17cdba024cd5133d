//! The next steps: at most three, in the order in which they keep mail from arriving.

use postamt_doctor::checks::report::tell;
use postamt_doctor::checks::{Finding, Severity};
use postamt_doctor::records::{State, Weight};
use postamt_net::dns::record::RecordKind;

use super::report::Report;
use crate::control::client;
use crate::terminal::Terminal;

/// Steps that are named; more at a time nobody reads.
const STEPS: usize = 3;
/// Checks whose remedies are steps already, or are judged better once the server runs.
const SAID: [&str; 6] = ["ptr", "port25", "dns", "programs", "mx", "run"];

/// The steps.
pub fn steps(report: &Report<'_>, terminal: Terminal) -> Vec<String> {
    let candidates = [
        port25(report, terminal),
        start(report, terminal),
        reverse_name(report, terminal),
        records(report, terminal),
        worst_finding(report, terminal),
        Some(terminal.sentence("setup-step-check", &[])),
    ];
    candidates.into_iter().flatten().take(STEPS).collect()
}

/// Nothing leaves, and nobody else carries it.
fn port25(report: &Report<'_>, terminal: Terminal) -> Option<String> {
    let blocked = report.network.is_blocked() && report.config.port25.relay.is_none();
    blocked.then(|| terminal.sentence("setup-step-port25", &[]))
}

/// Nothing is taken.
fn start(report: &Report<'_>, terminal: Terminal) -> Option<String> {
    if client::is_running(&report.config.control_socket()) {
        return None;
    }
    let command = if report.done.unit {
        "systemctl daemon-reload && systemctl enable --now postamt".to_owned()
    } else {
        format!("postamt serve --config {}", report.path.display())
    };
    Some(terminal.sentence("setup-step-start", &[("command", command.into())]))
}

/// Large providers refuse it.
fn reverse_name(report: &Report<'_>, terminal: Terminal) -> Option<String> {
    let hostname = report.config.server.hostname.to_string();
    report.unnamed().next()?;
    Some(terminal.sentence("setup-step-ptr", &[("hostname", hostname.into())]))
}

/// It looks forged.
fn records(report: &Report<'_>, terminal: Terminal) -> Option<String> {
    let is_open = |it: &&postamt_doctor::records::Judged| {
        it.state != State::Good
            && it.wanted.weight != Weight::Hint
            && it.wanted.data.kind() != RecordKind::Ptr
    };
    report.told.judged.iter().find(is_open)?;
    let dns = &report.config.dns;
    let publishes = dns.provider.is_some() || dns.update_key.is_some();
    Some(terminal.sentence(if publishes { "setup-step-publish" } else { "setup-step-records" }, &[]))
}

/// What the doctor holds for the worst, if nothing above says it.
fn worst_finding(report: &Report<'_>, terminal: Terminal) -> Option<String> {
    let doctor = report.doctor.as_ref()?;
    let new = |finding: &&Finding| finding.severity == Severity::Error && !SAID.contains(&finding.check());
    let told = tell(doctor.findings().into_iter().find(new)?, doctor.at, terminal.words);
    let now = if told.now.is_empty() { told.text } else { told.now };
    Some(now)
}
