//! What the server's own log tells: when its ways out changed, and which attempts failed how.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;

/// One event, as the log has it.
#[derive(Debug)]
pub struct Entry {
    /// When it was noted.
    pub at: Timestamp,
    /// All of it.
    pub event: Value,
}

/// The log.
#[derive(Debug, Default)]
pub struct Journal(pub Vec<Entry>);

impl Journal {
    /// Reads what is there; a line that is being written is left for later.
    pub fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_default();
        let entry = |line: &str| {
            let event: Value = serde_json::from_str(line).ok()?;
            let at = event["time"].as_str()?.parse().ok()?;
            Some(Entry { at, event })
        };
        Self(text.lines().filter_map(entry).collect())
    }

    /// Events of a name.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Entry> + 'a {
        self.0.iter().filter(move |entry| entry.event["event"] == name)
    }

    /// Changes of ways out to a state.
    pub fn changes_to<'a>(&'a self, state: &'a str) -> impl Iterator<Item = &'a Entry> + 'a {
        self.named("path_changed").filter(move |entry| entry.event["state"] == state)
    }

    /// The state of each way out now; ways that never changed are not among them.
    pub fn states(&self) -> std::collections::BTreeMap<String, String> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        self.named("path_changed")
            .map(|entry| (text(&entry.event["path"]), text(&entry.event["state"])))
            .collect()
    }
}
