//! What a sentence of the letter rests on: findings of the doctor, the probe of port 25, and what the
//! configuration makes the server do. All in one form, told in the letter's language.

use postamt_mail::words::Words;
use serde::Serialize;

use crate::checks::report::tell;
use crate::checks::{self, Certainty, Finding, Kind, Severity};
use crate::port25;
use crate::port25::verdict::Evidence as Sign;

/// A note that says: it is there, and could be stricter.
const GOOD_NOTE: &str = "dmarc.only-watches";
/// Good, but nobody knows from which address mail leaves: it does not say that this server may send.
const WITHOUT_SOURCE: &str = "spf.published";

/// Whether something is as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It was seen and is good.
    Ok,
    /// It could not be found out.
    Unknown,
    /// It was seen and is not good.
    Missing,
}

/// One thing that was found out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The finding's id.
    pub id: String,
    /// The check that it belongs to.
    pub check: String,
    /// Good or not.
    pub state: State,
    /// The address, name or port that it is about.
    pub about: String,
    /// When it was seen, seconds since 1970.
    pub at: u64,
    /// In words.
    pub told: String,
    /// What was seen, verbatim.
    pub seen: Vec<String>,
    /// What to do, with lines to copy; empty where it is good.
    pub remedy: Vec<String>,
    /// The name that belongs to an address, or the page of an imprint, where that is the matter.
    pub name: Option<String>,
    /// A number that the sentence tells: attempts, connections, messages.
    pub count: Option<u64>,
}

impl Evidence {
    /// Something good that is not a finding of the doctor.
    #[must_use]
    pub fn good(check: &str, id: &str, about: impl ToString, at: u64) -> Self {
        Self {
            id: id.to_owned(),
            check: check.to_owned(),
            state: State::Ok,
            about: about.to_string(),
            at,
            told: String::new(),
            seen: Vec::new(),
            remedy: Vec::new(),
            name: None,
            count: None,
        }
    }
}

/// What the doctor found. Other notes prove nothing and are left aside; a check that was not run is not known.
#[must_use]
pub fn of_findings(report: &checks::Report, words: &Words) -> Vec<Evidence> {
    let mut found = Vec::new();
    for judgement in &report.judged {
        let told = judgement
            .findings
            .iter()
            .filter(|finding| finding.severity != Severity::Note || is_good_note(finding));
        found.extend(told.map(|finding| of_finding(judgement.check, finding, report.at, words)));
        if let Some(because) = judgement.because {
            found.push(not_judged(judgement.check, because, report, words));
        }
    }
    found
}

/// What was not looked at, told by what is in its way, with the remedy of that.
fn not_judged(check: &str, because: &Kind, report: &checks::Report, words: &Words) -> Evidence {
    let id = format!("{check}.not-judged");
    let cause = report.findings().into_iter().find(|finding| finding.kind.id == because.id);
    if let Some(cause) = cause {
        let cause = of_finding(check, cause, report.at, words);
        return Evidence { id, state: State::Unknown, ..cause };
    }
    let values = [("check", check.into()), ("because", because.id.into())];
    Evidence {
        state: State::Unknown,
        told: words.get("doctor-not-judged", &values),
        remedy: vec![words.get("letter-remedy-ground", &[("finding", because.id.into())])],
        ..Evidence::good(check, &id, &report.subject, report.at)
    }
}

fn is_good_note(finding: &Finding) -> bool {
    finding.kind.id == GOOD_NOTE
}

fn of_finding(check: &str, finding: &Finding, at: u64, words: &Words) -> Evidence {
    let told = tell(finding, at, words);
    let state = match (finding.severity, finding.certainty) {
        _ if finding.kind.id == WITHOUT_SOURCE => State::Unknown,
        (Severity::Ok, Certainty::Certain) => State::Ok,
        (Severity::Note, _) if is_good_note(finding) => State::Ok,
        (Severity::Warning | Severity::Error, _) => State::Missing,
        _ => State::Unknown,
    };
    let text = |name: &str| match finding.values.get(name) {
        Some(checks::finding::Datum::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let count = match finding.values.get("count") {
        Some(checks::finding::Datum::Number(number)) => Some(*number),
        _ => None,
    };
    let lines = told.remedies.iter().map(checks::Remedy::lines);
    let now =
        if finding.kind.id == WITHOUT_SOURCE { words.get("letter-remedy-source", &[]) } else { told.now };
    let remedy = [now].into_iter().chain(lines).filter(|line| !line.is_empty()).collect();
    Evidence {
        state,
        told: told.text,
        seen: finding.seen.clone(),
        remedy: if state == State::Ok { Vec::new() } else { remedy },
        name: text("name").or_else(|| text("page")),
        count,
        ..Evidence::good(check, finding.kind.id, &finding.about, at)
    }
}

/// That port 25 is blocked, and that other ports are not. Only what the provider can be asked about is good evidence:
/// not this host's own filter, and not a guess. While one way is blocked, the others are no matter of the letter.
#[must_use]
pub fn of_probe(report: &port25::Report, words: &Words) -> Vec<Evidence> {
    let blocked: Vec<&port25::PathReport> = report.paths.iter().filter(|path| is_blocked(path)).collect();
    let path = |path: &port25::PathReport, state| Evidence {
        state,
        told: format!(
            "{}: {}",
            port25::text::heading(&path.path, words),
            port25::text::verdict(path.verdict.kind, words)
        ),
        remedy: match state {
            State::Ok => Vec::new(),
            _ => vec![next(path.verdict.kind, words)],
        },
        ..Evidence::good("block", "port25.blocked", path.path, report.at)
    };
    if blocked.is_empty() {
        return report.paths.iter().map(|it| path(it, not_blocked(it))).collect();
    }
    let mut found: Vec<Evidence> = blocked.iter().map(|it| path(it, State::Ok)).collect();
    found.extend(blocked.iter().map(|it| control(it, report.at, words)));
    found
}

/// The provider, or somebody behind it, blocks this way.
#[must_use]
pub fn is_blocked(path: &port25::PathReport) -> bool {
    let kind = path.verdict.kind;
    let is_sure = path.verdict.confidence != port25::Confidence::Low;
    kind.is_blocked() && kind != port25::Kind::LocalFirewall && is_sure
}

const fn not_blocked(path: &port25::PathReport) -> State {
    match path.verdict.kind {
        port25::Kind::Open | port25::Kind::LocalFirewall => State::Missing,
        _ => State::Unknown,
    }
}

fn next(kind: port25::Kind, words: &Words) -> String {
    words.get(&format!("port25-next-{}", kind.name().replace('_', "-")), &[])
}

/// Other ports that were reached on a way where port 25 is blocked.
fn control(path: &port25::PathReport, at: u64, words: &Words) -> Evidence {
    let mut ports: Vec<u16> = path
        .verdict
        .evidence
        .iter()
        .filter_map(|sign| match sign {
            Sign::ControlReached { port, .. } => Some(*port),
            _ => None,
        })
        .collect();
    ports.sort_unstable();
    ports.dedup();
    let names: Vec<String> = ports.iter().map(ToString::to_string).collect();
    let reached = Evidence::good("control", "port25.control", names.join(", "), at);
    if !ports.is_empty() {
        return reached;
    }
    Evidence {
        state: State::Unknown,
        about: path.path.to_string(),
        told: words.get("letter-control-unknown", &[]),
        remedy: vec!["postamt port25 check".to_owned()],
        ..reached
    }
}
