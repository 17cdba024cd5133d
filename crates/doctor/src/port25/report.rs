//! What a probe found, as one value: printed as JSON, kept as a fact, rendered for people.

use serde::{Deserialize, Serialize};

use super::host::HostFacts;
use super::outcome::{Observation, PathKey};
use super::route::Route;
use super::verdict::{Kind, Verdict};

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
