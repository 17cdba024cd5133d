//! Blocklists as replies name them, with the page where one looks an address or a domain up (`data/lists.toml`).

use super::{Pattern, says, table};

/// A blocklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Short name, the same as in the doctor's blocklists where those have it.
    pub id: String,
    /// For people.
    pub name: String,
    /// A reply that has one of these names it.
    pub named: Vec<String>,
    /// Where to look up, and often to end a listing.
    pub page: String,
    /// What a refusal because of it means.
    pub pattern: Pattern,
}

/// All that are known.
#[must_use]
pub fn lists() -> &'static [List] {
    &table().lists
}

impl List {
    /// Whether a reply in small letters names it.
    pub(super) fn named_by(&self, reply: &str) -> bool {
        self.named.iter().any(|words| says(reply, words))
    }
}
