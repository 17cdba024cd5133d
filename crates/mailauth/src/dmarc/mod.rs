//! DMARC as a receiver reads it: by the tree walk of RFC 9989, and by the public suffix list of RFC 7489 before it.
//!
//! ```text
//! parse(text)                        ─▶ Published: the tags, and what is wrong with them
//! discover(resolver, method, domain) ─▶ Discovery: which record holds, the organisational domain
//! evaluate(…, From, DKIM, SPF)       ─▶ Evaluation: who is aligned, and the policy for what fails
//! authorisation(resolver, …)         ─▶ whether a stranger wants the reports that a record sends there
//! ```

mod align;
mod discover;
mod record;
mod reports;

pub use align::{Evaluation, evaluate};
pub use discover::{Discovery, Found, discover};
pub use record::{Policy, Problem, ProblemKind, Published, ReportTarget, SuffixFlag, is_record, parse};
pub use reports::{Authorisation, authorisation};

use serde::{Deserialize, Serialize};

/// How the organisational domain is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By the records on the way up (RFC 9989 §4.10).
    TreeWalk,
    /// By the public suffix list (RFC 7489 §3.2).
    PublicSuffix,
}

impl Method {
    /// Both, the newer first.
    pub const ALL: [Self; 2] = [Self::TreeWalk, Self::PublicSuffix];
}
