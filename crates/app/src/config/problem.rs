//! What can be wrong with a configuration, one value per fault, told in the catalogue's words: where it stands,
//! what was seen, what is expected, and what to do next.

use postamt_mail::words::{Value, Words};
use serde::Serialize;

use super::source::Spot;

/// One fault and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub spot: Spot,
    /// What.
    pub fault: Fault,
}

/// The faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// There is no such file.
    Missing,
    /// The file cannot be read.
    Unreadable { error: String },
    /// Not TOML.
    Syntax { error: String },
    /// The key stands in two files.
    SetTwice { key: String, first: Spot },
    /// No setting has this name.
    UnknownKey { key: String, nearest: Option<String> },
    /// A key that must be there is not.
    MissingKey { key: String, example: String },
    /// The value is of the wrong kind or form.
    WrongValue { key: String, seen: String, expected: Expected },
    /// A rule between settings is broken; the name of its sentence in the catalogue and its arguments.
    Rule { sentence: &'static str, arguments: Vec<(&'static str, String)> },
}

/// What a value should have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// The name of a phrase in the catalogue.
    Phrase(&'static str),
    /// One of these words.
    OneOf(Vec<&'static str>),
}

impl Problem {
    /// The fault in one or two sentences, without its place.
    #[must_use]
    pub fn sentence(&self, words: &Words) -> String {
        match &self.fault {
            Fault::Missing => words.get("config-file-missing", &[]),
            Fault::Unreadable { error } => words.get("config-file-unreadable", &[("error", error.into())]),
            Fault::Syntax { error } => words.get("config-syntax", &[("error", error.into())]),
            Fault::SetTwice { key, first } => {
                words.get("config-set-twice", &[("key", key.into()), ("first", first.to_string().into())])
            }
            Fault::UnknownKey { key, nearest: Some(nearest) } => {
                words.get("config-unknown-key-nearest", &[("key", key.into()), ("nearest", nearest.into())])
            }
            Fault::UnknownKey { key, nearest: None } => {
                words.get("config-unknown-key", &[("key", key.into())])
            }
            Fault::MissingKey { key, example } => {
                words.get("config-missing-key", &[("key", key.into()), ("example", example.into())])
            }
            Fault::WrongValue { key, seen, expected } => {
                let expected = expected.phrase(words);
                let values = [("key", key.into()), ("seen", seen.into()), ("expected", expected.into())];
                words.get("config-wrong-value", &values)
            }
            Fault::Rule { sentence, arguments } => {
                let values: Vec<(&str, Value<'_>)> =
                    arguments.iter().map(|(name, value)| (*name, value.into())).collect();
                words.get(sentence, &values)
            }
        }
    }
}

impl Expected {
    fn phrase(&self, words: &Words) -> String {
        match self {
            Expected::Phrase(name) => words.get(name, &[]),
            Expected::OneOf(choices) => {
                let choices: Vec<String> = choices.iter().map(|choice| format!("\"{choice}\"")).collect();
                words.get("config-expected-one-of", &[("choices", choices.join(", ").into())])
            }
        }
    }
}

/// All faults of a configuration, in the order of their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

/// A fault as `config check --json` shows it.
#[derive(Debug, Serialize)]
pub struct ProblemLine {
    /// The file.
    pub file: String,
    /// The line, 0 for the file as a whole.
    pub line: usize,
    /// The sentence.
    pub text: String,
}

impl Problems {
    /// One line per fault, `file:line: sentence`, and a closing line that says how many and what to do.
    #[must_use]
    pub fn text(&self, words: &Words) -> String {
        let mut text = String::new();
        for problem in &self.0 {
            text.push_str(&format!("{}: {}\n", problem.spot, problem.sentence(words)));
        }
        text.push_str(&words.get("config-problems", &[("count", self.0.len().into())]));
        text
    }

    /// The same as values.
    #[must_use]
    pub fn lines(&self, words: &Words) -> Vec<ProblemLine> {
        let line = |problem: &Problem| ProblemLine {
            file: problem.spot.file.display().to_string(),
            line: problem.spot.line,
            text: problem.sentence(words),
        };
        self.0.iter().map(line).collect()
    }
}
