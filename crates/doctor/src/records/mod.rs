//! What DNS must say for this server and its domains.
//!
//! ```text
//! Identity ─▶ questions ─▶ gather (authoritative servers) ─▶ Present
//! Identity, Present ─▶ wanted ─▶ judge ─▶ Judged ─▶ changes (for a Publisher), text (for people)
//! ```
//!
//! [`wanted()`] and [`judge`] are pure. They keep what others have put there: one SPF record is made of several, an MX
//! or a client's name that leads elsewhere stays, and nothing is removed but what is wrong.

pub(crate) mod dmarc;
pub mod gather;
pub mod identity;
pub mod present;
pub(crate) mod spf;
pub mod text;
mod wanted;

#[cfg(test)]
mod tests;

pub use identity::{Identity, KeyRecord, OwnDomain, questions};
pub use present::{Present, Seen};
pub use wanted::{Purpose, Wanted, Weight, wanted};

use postamt_net::dns::publish::Change;
use postamt_net::dns::record::{RecordData, RecordKind};
use serde::Serialize;

/// Time to live of what is published, in seconds.
pub const TTL: u32 = 3600;

/// Whether DNS says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It does.
    Good,
    /// There is nothing.
    Missing,
    /// Something else is there.
    Different,
    /// Some authoritative servers have it, others not yet.
    Spreading,
    /// DNS did not answer.
    Unknown,
}

/// A record that is wanted, and what became of it.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The record.
    pub wanted: Wanted,
    /// Whether DNS says it.
    pub state: State,
    /// Why not known.
    pub failure: Option<String>,
}

/// Compares what is wanted with what is there.
#[must_use]
pub fn judge(identity: &Identity, present: &Present) -> Vec<Judged> {
    wanted(identity, present).into_iter().map(|wanted| judge_one(wanted, present)).collect()
}

/// Compares what is wanted for these keys alone.
#[must_use]
pub fn judge_keys(keys: &[KeyRecord], present: &Present) -> Vec<Judged> {
    keys.iter().filter_map(|key| wanted::signing_key(key, present)).map(|it| judge_one(it, present)).collect()
}

fn judge_one(wanted: Wanted, present: &Present) -> Judged {
    let seen = present.at(&wanted.name, wanted.data.kind());
    let failure = seen.and_then(|seen| seen.failure.clone());
    let state = match seen {
        None => State::Unknown,
        Some(_) if failure.is_some() => State::Unknown,
        Some(seen) if !wanted.replaces.is_empty() || !seen.somewhere(&wanted.data) => {
            if wanted.replaces.is_empty() { State::Missing } else { State::Different }
        }
        Some(seen) if seen.everywhere(&wanted.data) => State::Good,
        Some(_) => State::Spreading,
    };
    Judged { wanted, state, failure }
}

/// Whether everything is right that can be demanded: hints are not, and neither is what nobody could be asked for.
#[must_use]
pub fn all_good(judged: &[Judged]) -> bool {
    judged.iter().filter(|judged| judged.wanted.weight != Weight::Hint).all(|it| it.state == State::Good)
}

/// What to change in DNS, one entry for each name and kind. PTR records are the provider's, hints the operator's.
#[must_use]
pub fn changes(judged: &[Judged], present: &Present) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let open = judged.iter().filter(|it| {
        matches!(it.state, State::Missing | State::Different)
            && it.wanted.weight != Weight::Hint
            && it.wanted.data.kind() != RecordKind::Ptr
    });
    for Judged { wanted, .. } in open {
        for gone in &wanted.replaces {
            let change = change_at(&mut changes, &wanted.name, gone, present);
            if !change.remove.contains(gone) {
                change.remove.push(gone.clone());
            }
        }
        let change = change_at(&mut changes, &wanted.name, &wanted.data, present);
        if !change.seen.contains(&wanted.data) {
            change.add.push(wanted.data.clone());
        }
    }
    changes
}

fn change_at<'a>(
    changes: &'a mut Vec<Change>,
    name: &str,
    data: &RecordData,
    present: &Present,
) -> &'a mut Change {
    let kind = data.kind();
    let place = changes.iter().position(|change| change.name == name && change.kind == kind);
    let place = place.unwrap_or_else(|| {
        let seen = present.records(name, kind).to_vec();
        changes.push(Change { name: name.to_owned(), kind, ttl: TTL, seen, remove: vec![], add: vec![] });
        changes.len() - 1
    });
    &mut changes[place]
}
