//! A report for the terminal, readable without colour.

use postamt_mail::words::Words;

use super::finding::{Certainty, Severity};
use super::report::{Report, Told, tell};

/// The whole report; ends with a line end.
#[must_use]
pub fn report(report: &Report, words: &Words) -> String {
    let mut out = heading(report, words);
    let told: Vec<Told<'_>> =
        report.findings().into_iter().map(|finding| tell(finding, report.at, words)).collect();
    for finding in told.iter().filter(|finding| finding.severity != Severity::Ok) {
        out.push('\n');
        out.push_str(&one(finding, words));
    }
    let good: Vec<&Told<'_>> = told.iter().filter(|finding| finding.severity == Severity::Ok).collect();
    if !good.is_empty() {
        out.push_str(&format!("\n{}\n", words.get("doctor-good-heading", &[])));
        out.extend(good.iter().map(|finding| format!("  {}\n", finding.text)));
    }
    let skipped = not_judged(report, words);
    if !skipped.is_empty() {
        out.push_str(&format!("\n{}\n", words.get("doctor-not-judged-heading", &[])));
        out.extend(skipped.iter().map(|line| format!("  {line}\n")));
    }
    out
}

/// Findings in the order in which they were made, good ones among them: the steps of a rehearsal.
#[must_use]
pub fn steps(report: &Report, words: &Words) -> String {
    let mut out = heading(report, words);
    for finding in report.judged.iter().flat_map(|judgement| &judgement.findings) {
        out.push('\n');
        out.push_str(&one(&tell(finding, report.at, words), words));
    }
    out
}

/// Subject, time and the counts.
#[must_use]
pub fn heading(report: &Report, words: &Words) -> String {
    let values = [("subject", (&report.subject).into()), ("time", words.time(report.at).into())];
    format!("{}\n{}\n", words.get("doctor-heading", &values), summary(report, words))
}

/// The counts in one sentence.
#[must_use]
pub fn summary(report: &Report, words: &Words) -> String {
    let count = |severity| report.count(severity).into();
    let values = [
        ("errors", count(Severity::Error)),
        ("warnings", count(Severity::Warning)),
        ("unknown", count(Severity::Unknown)),
    ];
    words.get("doctor-summary", &values)
}

/// A line for each check that was not run.
#[must_use]
pub fn not_judged(report: &Report, words: &Words) -> Vec<String> {
    let line = |check: &str, because: &str| {
        words.get("doctor-not-judged", &[("check", check.into()), ("because", because.into())])
    };
    let skipped = report.judged.iter().filter_map(|it| Some((it.check, it.because?)));
    skipped.map(|(check, because)| line(check, because.id)).collect()
}

/// A severity in a word.
#[must_use]
pub fn severity(severity: Severity, words: &Words) -> String {
    let id = match severity {
        Severity::Ok => "doctor-severity-ok",
        Severity::Note => "doctor-severity-note",
        Severity::Unknown => "doctor-severity-unknown",
        Severity::Warning => "doctor-severity-warning",
        Severity::Error => "doctor-severity-error",
    };
    words.get(id, &[])
}

/// How sure, in a sentence; empty where it is certain.
#[must_use]
pub fn certainty(certainty: Certainty, words: &Words) -> String {
    match certainty {
        Certainty::Certain => String::new(),
        Certainty::Likely => words.get("doctor-certainty-likely", &[]),
        Certainty::Guess => words.get("doctor-certainty-guess", &[]),
    }
}

fn one(finding: &Told<'_>, words: &Words) -> String {
    let mut out = format!("{}  {}\n", severity(finding.severity, words), finding.id);
    let mut lines = |label: &str, text: &str| {
        for (number, line) in text.lines().enumerate() {
            let label = if number == 0 { label } else { "" };
            out.push_str(format!("  {label:<11}{line}").trim_end());
            out.push('\n');
        }
    };
    lines("", &finding.text);
    lines(&words.get("doctor-label-seen", &[]), &finding.seen.join("\n"));
    let expected = if finding.expected.is_empty() || finding.source.is_empty() {
        finding.expected.clone()
    } else {
        format!("{} ({})", finding.expected, finding.source)
    };
    lines(&words.get("doctor-label-expected", &[]), &expected);
    lines(&words.get("doctor-label-now", &[]), &finding.now);
    for remedy in finding.remedies {
        lines("", &remedy.lines());
    }
    lines("", &certainty(finding.certainty, words));
    out
}
