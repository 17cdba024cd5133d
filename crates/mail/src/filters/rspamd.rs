//! Rspamd's answer to `POST /checkv2`: the action it advises, the points and what they are for, and the changes of the
//! header section that it wants.
//!
//! [`Answer::read`] fails where the JSON has no action and no score; everything else may be missing. The changes are what a
//! milter would do with them: a field that no message can do without is never taken away.

use serde::Deserialize;
use serde_json::Value;

use crate::header::edit::{Edit, NewField, Which};

/// Fields that are never taken away: every message has them (RFC 5322 §3.6), or is threaded by them.
const KEPT: [&str; 3] = ["From", "Date", "Message-ID"];
/// Changes that are obeyed.
const EDIT_LIMIT: usize = 100;
/// Symbols that a summary names.
const SHOWN: usize = 10;

/// What Rspamd advises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Let it go on.
    NoAction,
    /// Let it wait, if it comes from a stranger.
    Greylist,
    /// Let it go on with a mark.
    AddHeader,
    /// Let it go on with another subject.
    RewriteSubject,
    /// Refuse it for now.
    SoftReject,
    /// Refuse it.
    Reject,
    /// Keep it for a person to look at.
    Quarantine,
    /// An action of the operator's own.
    Other(String),
}

impl Action {
    /// Its name, as Rspamd writes it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::NoAction => "no action",
            Self::Greylist => "greylist",
            Self::AddHeader => "add header",
            Self::RewriteSubject => "rewrite subject",
            Self::SoftReject => "soft reject",
            Self::Reject => "reject",
            Self::Quarantine => "quarantine",
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for Action {
    fn from(name: &str) -> Self {
        let known = [
            Self::NoAction,
            Self::Greylist,
            Self::AddHeader,
            Self::RewriteSubject,
            Self::SoftReject,
            Self::Reject,
            Self::Quarantine,
        ];
        let found = known.into_iter().find(|action| action.name() == name);
        found.unwrap_or_else(|| Self::Other(name.chars().filter(|c| !c.is_control()).take(60).collect()))
    }
}

/// Something that Rspamd has seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// Its points.
    pub score: f64,
    /// What it means.
    pub description: Option<String>,
}

/// Rspamd's answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What it advises.
    pub action: Action,
    /// The points.
    pub score: f64,
    /// From so many on it advises to refuse.
    pub required_score: f64,
    /// What it has seen, that which counts most first.
    pub symbols: Vec<Symbol>,
    /// The subject that it wants, for [`Action::RewriteSubject`].
    pub subject: Option<String>,
    /// The changes that its `milter` block wants.
    pub edits: Vec<Edit>,
}

/// The answer is none.
#[derive(Debug, Clone, thiserror::Error)]
#[error("Rspamd's answer cannot be read: {0}")]
pub struct Unreadable(String);

#[derive(Deserialize)]
struct Raw {
    score: f64,
    #[serde(default)]
    required_score: f64,
    action: String,
    #[serde(default)]
    symbols: serde_json::Map<String, Value>,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    milter: Value,
}

impl Answer {
    /// Reads it.
    ///
    /// # Errors
    /// It is no JSON, or has no action and score.
    pub fn read(octets: &[u8]) -> Result<Self, Unreadable> {
        let raw: Raw = serde_json::from_slice(octets).map_err(|error| Unreadable(error.to_string()))?;
        let mut symbols: Vec<Symbol> = raw.symbols.iter().map(|(name, value)| symbol(name, value)).collect();
        symbols.sort_by(|left, right| right.score.abs().total_cmp(&left.score.abs()));
        Ok(Self {
            action: Action::from(raw.action.as_str()),
            score: raw.score,
            required_score: raw.required_score,
            symbols,
            subject: raw.subject,
            edits: edits(&raw.milter),
        })
    }

    /// `reject 15.2/15.0: GTUBE(0.0), …` in one line, for a log.
    #[must_use]
    pub fn summary(&self) -> String {
        let named = |symbol: &Symbol| format!("{}({:.1})", symbol.name, symbol.score);
        let symbols: Vec<String> = self.symbols.iter().take(SHOWN).map(named).collect();
        let (action, score, limit) = (self.action.name(), self.score, self.required_score);
        format!("{action} {score:.1}/{limit:.1}: {}", symbols.join(", "))
    }
}

fn symbol(name: &str, value: &Value) -> Symbol {
    Symbol {
        name: name.chars().filter(|c| !c.is_control()).collect(),
        score: value.get("score").and_then(Value::as_f64).unwrap_or(0.0),
        description: value.get("description").and_then(Value::as_str).map(str::to_owned),
    }
}

/// `remove_headers` first, as a milter does it, so that what is added stays.
fn edits(milter: &Value) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (name, which) in milter.get("remove_headers").and_then(Value::as_object).into_iter().flatten() {
        let which = match which.as_i64() {
            Some(0) => Which::All,
            Some(number) if number > 0 => Which::Nth(usize::try_from(number).unwrap_or(usize::MAX)),
            Some(number) => Which::FromLast(usize::try_from(number.unsigned_abs()).unwrap_or(usize::MAX)),
            None => continue,
        };
        if !KEPT.iter().any(|kept| kept.eq_ignore_ascii_case(name)) {
            edits.push(Edit::Remove(which, name.clone()));
        }
    }
    for (name, value) in milter.get("add_headers").and_then(Value::as_object).into_iter().flatten() {
        let values = match value {
            Value::Array(values) => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        edits.extend(values.iter().filter_map(|value| addition(name, value)));
    }
    edits.truncate(EDIT_LIMIT);
    edits
}

/// A text, or an object with the text and the place.
fn addition(name: &str, value: &Value) -> Option<Edit> {
    let text = value.as_str().or_else(|| value.get("value").and_then(Value::as_str))?;
    let field = NewField::new(name, text)?;
    let place = value.get("order").and_then(Value::as_u64).and_then(|order| usize::try_from(order).ok());
    Some(place.map_or_else(|| Edit::Append(field.clone()), |place| Edit::Insert(place, field.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read() {
        let answer = Answer::read(
            br#"{"is_skipped":false,"score":15.25,"required_score":15.0,"action":"reject","thresholds":{},
            "symbols":{"MISSING_MID":{"name":"MISSING_MID","score":2.5,"description":"No id"},
                       "R_SPF_ALLOW":{"score":-0.2},"GTUBE":{"score":0.0}},
            "messages":{"smtp_message":"Gtube pattern"},"time_real":0.1}"#,
        )
        .expect("an answer");
        assert_eq!(answer.action, Action::Reject);
        assert_eq!(answer.summary(), "reject 15.2/15.0: MISSING_MID(2.5), R_SPF_ALLOW(-0.2), GTUBE(0.0)");
        assert!(answer.edits.is_empty());
        for broken in ["", "{}", "pong", r#"{"action":"reject"}"#, r#"{"score":1,"action":7}"#] {
            assert!(Answer::read(broken.as_bytes()).is_err(), "{broken}");
        }
    }

    #[test]
    fn every_action_has_its_name() {
        for name in
            ["no action", "greylist", "add header", "rewrite subject", "soft reject", "reject", "quarantine"]
        {
            assert!(!matches!(Action::from(name), Action::Other(_)), "{name}");
            assert_eq!(Action::from(name).name(), name);
        }
        assert_eq!(Action::from("my own"), Action::Other("my own".to_owned()));
    }

    #[test]
    fn the_changes_that_a_milter_would_make_are_read() {
        let answer = Answer::read(
            br#"{"score":7,"action":"add header","subject":"[SPAM] x","milter":{
            "add_headers":{"X-A":"one","X-B":{"value":"two","order":0},"X-C":["three","four"],"no name":"x","X-D":5},
            "remove_headers":{"X-Spam":0,"X-One":2,"X-Last":-1,"From":0,"X-E":"all"}}}"#,
        )
        .expect("an answer");
        let field = |name, value| NewField::new(name, value).expect("a field");
        let has = |edit: Edit| assert!(answer.edits.contains(&edit), "{edit:?} in {:?}", answer.edits);
        has(Edit::Append(field("X-A", "one")));
        has(Edit::Insert(0, field("X-B", "two")));
        has(Edit::Append(field("X-C", "three")));
        has(Edit::Append(field("X-C", "four")));
        has(Edit::Remove(Which::All, "X-Spam".to_owned()));
        has(Edit::Remove(Which::Nth(2), "X-One".to_owned()));
        has(Edit::Remove(Which::FromLast(1), "X-Last".to_owned()));
        assert_eq!(answer.edits.len(), 7);
        assert_eq!(answer.subject.as_deref(), Some("[SPAM] x"));
    }
}
