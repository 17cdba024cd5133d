//! The score card: what providers look at before they open port 25.

use postamt_mail::words::Words;
use serde::Serialize;

use super::claims::Ground;
use super::evidence::{Evidence, State};

/// In the order in which they are told.
const LOOKED_AT: [(Ground, &str); 8] = [
    (Ground::Reverse, "letter-score-reverse"),
    (Ground::Forward, "letter-score-forward"),
    (Ground::Spf, "letter-score-spf"),
    (Ground::Dkim, "letter-score-dkim"),
    (Ground::Dmarc, "letter-score-dmarc"),
    (Ground::Listed, "letter-score-listed"),
    (Ground::Relay, "letter-score-relay"),
    (Ground::Abuse, "letter-score-abuse"),
];

/// One line of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Point {
    /// What is looked at.
    pub ground: Ground,
    /// In words.
    pub label: String,
    /// How it stands.
    pub state: State,
}

/// The score card.
#[must_use]
pub fn card(evidence: &[Evidence], words: &Words) -> Vec<Point> {
    let point = |(ground, label): &(Ground, &str)| Point {
        ground: *ground,
        label: words.get(label, &[]),
        state: ground.state(evidence),
    };
    LOOKED_AT.iter().map(point).collect()
}

/// The score card in words.
#[must_use]
pub fn text(card: &[Point], words: &Words) -> String {
    let state = |state| match state {
        State::Ok => words.get("letter-state-ok", &[]),
        State::Missing => words.get("letter-state-missing", &[]),
        State::Unknown => words.get("letter-state-unknown", &[]),
    };
    let width = card.iter().map(|point| state(point.state).chars().count()).max().unwrap_or_default();
    let mut lines = vec![words.get("letter-score-heading", &[])];
    lines.extend(card.iter().map(|point| format!("  {:width$}  {}", state(point.state), point.label)));
    lines.join("\n")
}

/// What to do first, where a letter is to be sent.
#[must_use]
pub fn hint(card: &[Point], words: &Words) -> String {
    let named = |wanted| {
        let labels = card.iter().filter(|point| point.state == wanted).map(|point| point.label.as_str());
        labels.collect::<Vec<_>>().join("; ")
    };
    let (missing, unknown) = (named(State::Missing), named(State::Unknown));
    match (missing.is_empty(), unknown.is_empty()) {
        (false, _) => words.get("letter-score-mend", &[("what", missing.into())]),
        (true, false) => words.get("letter-score-find-out", &[("what", unknown.into())]),
        (true, true) => words.get("letter-score-ready", &[]),
    }
}
