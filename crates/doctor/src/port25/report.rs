//! What a probe found, as one value: printed as JSON, kept as a fact, rendered for people.
//!
//! [`Report::facts`] is what the server keeps, [`Report::to_json`] what programs read. Neither loses anything of it; a
//! field that changes its meaning raises [`SCHEMA_VERSION`].

use serde::{Deserialize, Serialize};

use postamt_mail::words::Words;
use postamt_store::facts::ProbeFact;

use super::host::HostFacts;
use super::outcome::{Observation, PathKey};
use super::route::Route;
use super::text;
use super::verdict::{Confidence, Kind, Verdict};

/// The version of the JSON form; it grows when a field changes its meaning.
pub const SCHEMA_VERSION: u32 = 1;

/// A whole probe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// When it began, seconds since 1970.
    pub at: u64,
    /// How long it took.
    pub took_milliseconds: u64,
    /// What this host does to its packets.
    pub host: HostFacts,
    /// One per source address and family.
    pub paths: Vec<PathReport>,
}

impl Report {
    /// The report of one path.
    #[must_use]
    pub fn path(&self, path: PathKey) -> Option<&PathReport> {
        self.paths.iter().find(|report| report.path == path)
    }

    /// Mail can leave on some path.
    #[must_use]
    pub fn is_open_somewhere(&self) -> bool {
        self.paths.iter().any(|report| report.verdict.kind == Kind::Open)
    }

    /// One fact per path for the store, with the evidence in `words` and this path's part of the report.
    ///
    /// # Errors
    /// As [`Report::to_json`].
    pub fn facts(&self, words: &Words) -> Result<Vec<ProbeFact>, serde_json::Error> {
        let fact = |path: &PathReport| {
            Ok(ProbeFact {
                path: path.path,
                at: self.at,
                verdict: path.verdict.kind.name().to_owned(),
                confidence: match path.verdict.confidence {
                    Confidence::Low => 30,
                    Confidence::Medium => 60,
                    Confidence::High => 90,
                },
                evidence: text::evidence(&path.verdict, words),
                report: serde_json::to_string(path)?,
            })
        };
        self.paths.iter().map(fact).collect()
    }

    /// For a machine.
    ///
    /// # Errors
    /// Never in practice: every value in it has a JSON form.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }
}

/// What was found on one path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathReport {
    /// Source address and family.
    pub path: PathKey,
    /// What it means.
    pub verdict: Verdict,
    /// What was seen, target by target, in the order in which they were asked.
    pub observations: Vec<Observation>,
    /// The hops, where they were searched.
    pub route: Option<Route>,
}
