//! What commands write: data to stdout, everything else to stderr, in the caller's language; and how they end.
//!
//! A reader that goes away (`postamt queue list | head`) is no failure.

use std::fmt;
use std::io::Write as _;

use postamt_mail::words::{Language, Value, Words, words};
use serde::Serialize;

/// How a command ends when it does not end well. 2, wrong usage, is clap's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Not done.
    Failed = 1,
    /// The configuration has faults.
    Configuration = 3,
    /// The server is not running.
    NotRunning = 4,
}

/// Why a command did not do its work: a sentence in the caller's language, and the exit code.
#[derive(Debug)]
pub struct Stop {
    /// The exit code.
    pub exit: Exit,
    /// The sentence; empty when everything has been said.
    pub text: String,
}

impl Stop {
    /// Not done, and why.
    pub fn failed(text: impl Into<String>) -> Self {
        Self { exit: Exit::Failed, text: text.into() }
    }

    /// Not done; all is said.
    #[must_use]
    pub fn silent(exit: Exit) -> Self {
        Self { exit, text: String::new() }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Faults that have no sentence of their own: told with their whole chain.
impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::failed(format!("{error:#}"))
    }
}

/// Where a command writes, and how.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// The catalogue.
    pub words: &'static Words,
    /// Whether programs read.
    pub json: bool,
}

impl Terminal {
    /// For a language and a form.
    #[must_use]
    pub fn new(language: Language, json: bool) -> Self {
        Self { words: words(language), json }
    }

    /// A sentence of the catalogue.
    #[must_use]
    pub fn sentence(&self, id: &str, values: &[(&str, Value<'_>)]) -> String {
        self.words.get(id, values)
    }

    /// A sentence of the catalogue as the reason to stop.
    #[must_use]
    pub fn stop(&self, id: &str, values: &[(&str, Value<'_>)]) -> Stop {
        Stop::failed(self.words.get(id, values))
    }

    /// Writes a sentence to stdout.
    pub fn say(&self, id: &str, values: &[(&str, Value<'_>)]) {
        self.print(&self.words.get(id, values));
    }

    /// Writes a sentence to stderr.
    pub fn note(&self, id: &str, values: &[(&str, Value<'_>)]) {
        warn(&self.words.get(id, values));
    }

    /// Writes text and a line end to stdout.
    pub fn print(&self, text: &str) {
        raw(format!("{text}\n").as_bytes());
    }

    /// Writes a value as JSON to stdout.
    ///
    /// # Errors
    /// A value that JSON cannot hold, which is a mistake in the source.
    pub fn data(&self, value: &impl Serialize) -> Result<(), Stop> {
        let text = serde_json::to_string_pretty(value).map_err(anyhow::Error::from)?;
        self.print(&text);
        Ok(())
    }
}

/// Writes octets to stdout. Nobody is left to be told of a failure.
pub fn raw(octets: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(octets).and_then(|()| stdout.flush());
}

/// Writes a line to stderr.
pub fn warn(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// The language of the environment (POSIX.1-2024 §8.2: the first that is set and not empty).
#[must_use]
pub fn language_of_environment() -> Language {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .map_or(Language::En, |locale| Language::from_locale(&locale))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    const FILES: [&str; 13] = [
        "ban", "queue", "account", "dkim", "relay", "lab", "serve", "config", "sendmail", "setup", "dns",
        "case", "letter",
    ];

    /// Strings in the sources that look like ids of the catalogue.
    fn named(directory: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(directory).expect("a directory").flatten() {
            let path = entry.path();
            if path.is_dir() {
                named(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source");
                let ids = text.split('"').filter(|part| {
                    let known = part.split_once('-').is_some_and(|(file, _)| FILES.contains(&file));
                    known && part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
                });
                found.extend(ids.map(str::to_owned));
            }
        }
    }

    #[test]
    fn every_sentence_that_is_named_is_there_and_every_one_there_is_named() {
        let mut ids = BTreeSet::new();
        named(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut ids);
        // What a preflight finds is said by the pipeline, in the words of `relay test`.
        named(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../mta/src"), &mut ids);
        // Letters to providers, and what becomes of them, are written by the doctor.
        named(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../doctor/src/unblock"), &mut ids);
        // Prefixes to which a word is added at run time. Those of the doctor are counted there, one by one.
        let prefixes = [
            "queue-state",
            "queue-outcome",
            "lab-resident-",
            "dns-purpose-",
            "dns-state-",
            "dkim-state-",
            "case-stage-",
            "case-brief-",
            "case-next-",
            "case-event-",
            "case-channel-",
            "case-impossible-",
            "letter-topic-",
            "letter-claim-",
            "letter-field-",
        ];
        let words = words(Language::En);
        for id in ids.iter().filter(|id| !prefixes.contains(&id.as_str())) {
            assert!(words.has(id), "no sentence `{id}`");
        }
        for file in FILES {
            let path = format!("{}/../mail/src/words/en/{file}.ftl", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(path).expect("a catalogue");
            let there = text.lines().filter_map(|line| line.split_once(" = ")).map(|(id, _)| id);
            for id in there.filter(|id| id.starts_with(file)) {
                // What a case is about may have a sentence of its own, in place of the usual one.
                let usual =
                    ["-ptr", "-delisting"].iter().find_map(|kind| id.strip_suffix(kind)).unwrap_or(id);
                let used = ids.contains(id)
                    || ids.contains(usual)
                    || prefixes.iter().any(|prefix| id.starts_with(prefix));
                assert!(used, "nobody says `{id}`");
            }
        }
    }
}
