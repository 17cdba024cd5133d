//! All findings of one run, and the form in which they are told: the same for text, JSON and HTML.

use std::collections::BTreeMap;

use postamt_mail::refusals;
use postamt_mail::words::{Language, Value, Words};
use serde::Serialize;

use super::finding::{Certainty, Datum, Finding, Kind, RefusalPart, Remedy, Severity};

/// The version of the JSON form; it grows when a field changes its meaning.
pub const SCHEMA_VERSION: u32 = 1;

/// What one check made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The check.
    pub check: &'static str,
    /// What it found.
    pub findings: Vec<Finding>,
    /// It was not run because of this finding of another check.
    pub because: Option<&'static Kind>,
}

impl Judgement {
    /// Not run.
    #[must_use]
    pub const fn not_judged(check: &'static str, because: &'static Kind) -> Self {
        Self { check, findings: Vec::new(), because: Some(because) }
    }
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// When it began, seconds since 1970.
    pub at: u64,
    /// The hostname or the domain.
    pub subject: String,
    /// One per check, in the order of the list of checks.
    pub judged: Vec<Judgement>,
}

impl Report {
    /// Every finding, the worst first and otherwise in the order of the checks.
    #[must_use]
    pub fn findings(&self) -> Vec<&Finding> {
        let mut all: Vec<&Finding> = self.judged.iter().flat_map(|judgement| &judgement.findings).collect();
        all.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        all
    }

    /// How many findings of that severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings().iter().filter(|finding| finding.severity == severity).count()
    }

    /// Something is to be mended.
    #[must_use]
    pub fn has_bad(&self) -> bool {
        self.findings().iter().any(|finding| finding.severity.is_bad())
    }

    /// In a language, for JSON.
    #[must_use]
    pub fn told<'a>(&'a self, words: &Words) -> ToldReport<'a> {
        let not_judged = self.judged.iter().filter_map(|judgement| {
            Some(NotJudged { check: judgement.check, because: judgement.because?.id })
        });
        ToldReport {
            schema_version: self.schema_version,
            at: self.at,
            subject: &self.subject,
            language: words.language().tag(),
            findings: self.findings().into_iter().map(|finding| tell(finding, self.at, words)).collect(),
            not_judged: not_judged.collect(),
        }
    }
}

/// A report in one language.
#[derive(Debug, Clone, Serialize)]
pub struct ToldReport<'a> {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// When, seconds since 1970.
    pub at: u64,
    /// The hostname or the domain.
    pub subject: &'a str,
    /// `de` or `en`.
    pub language: &'static str,
    /// The worst first.
    pub findings: Vec<Told<'a>>,
    /// Checks that were not run.
    pub not_judged: Vec<NotJudged>,
}

/// A check that was not run, and the finding that took its ground away.
#[derive(Debug, Clone, Serialize)]
pub struct NotJudged {
    /// Which.
    pub check: &'static str,
    /// Because of what.
    pub because: &'static str,
}

/// A finding in one language.
#[derive(Debug, Clone, Serialize)]
pub struct Told<'a> {
    /// The stable id.
    pub id: &'static str,
    /// The check that says it.
    pub check: &'static str,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub certainty: Certainty,
    /// The address, name or file that it is about.
    pub about: &'a str,
    /// In words.
    pub text: String,
    /// What was seen, verbatim.
    pub seen: &'a [String],
    /// What is expected; empty where nothing is amiss.
    pub expected: String,
    /// Where the expectation comes from.
    pub source: &'a str,
    /// What to do now; empty where nothing is to be done.
    pub now: String,
    /// Ready to be copied.
    pub remedies: &'a [Remedy],
    /// The variables of the sentences.
    pub values: &'a BTreeMap<&'static str, Datum>,
    /// When it was seen, seconds since 1970.
    pub at: u64,
}

/// Puts a finding into words.
#[must_use]
pub fn tell<'a>(finding: &'a Finding, at: u64, words: &Words) -> Told<'a> {
    let values: Vec<(&str, Value<'_>)> =
        finding.values.iter().map(|(name, datum)| (*name, value(datum, words))).collect();
    let say = |part: &str| {
        let id = finding.kind.sentence(part);
        if part.is_empty() || words.has(&id) { words.get(&id, &values) } else { String::new() }
    };
    Told {
        id: finding.kind.id,
        check: finding.check(),
        severity: finding.severity,
        certainty: finding.certainty,
        about: &finding.about,
        text: say(""),
        seen: &finding.seen,
        expected: say("expected"),
        source: &finding.source,
        now: say("now"),
        remedies: &finding.remedies,
        values: &finding.values,
        at,
    }
}

fn value<'a>(datum: &'a Datum, words: &Words) -> Value<'a> {
    match datum {
        Datum::Text(text) => text.as_str().into(),
        Datum::Number(number) => (*number).into(),
        Datum::Sentence(id) => words.get(id, &[]).into(),
        Datum::Time(at) => words.time(*at).into(),
        Datum::Both { en, de } => match words.language() {
            Language::En => en.as_str().into(),
            Language::De => de.as_str().into(),
        },
        Datum::Refusal { part, refusal, host } => match part {
            RefusalPart::Kind => refusals::kind_in_words(refusal, host, words),
            RefusalPart::Fault => refusals::fault_in_words(refusal.pattern.fault, words),
            RefusalPart::Remedy => refusals::remedy_in_words(refusal, words),
        }
        .into(),
    }
}
