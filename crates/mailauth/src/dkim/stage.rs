//! The life of a key: made, published and seen, used, kept while mail that it signed may be under way, revoked.
//!
//! ```text
//! waiting ─▶ active ─▶ retired ─▶ revoked
//! ```
//!
//! The stage stands in a file beside the key, `<selector>.<algorithm>.state`: the word, since when in seconds since
//! 1970, and `rotation` where the key takes the place of others. A key without such a file is active. [`steps`] is the
//! next thing to do for each key; it is asked again and again, and a step that was taken twice does no harm.

use std::fmt;
use std::time::Duration;

use postamt_mail::address::Domain;

use super::key::Algorithm;
use super::store::StoredKey;

/// Where a key is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Its record is to be published; nothing is signed with it.
    Waiting,
    /// Mail is signed with it.
    Active,
    /// Nothing more is signed with it, but mail that it signed is still under way: its record stays.
    Retired,
    /// Its record is gone, or says that it is revoked (RFC 6376 §3.6.1).
    Revoked,
}

impl KeyState {
    const ALL: [Self; 4] = [Self::Waiting, Self::Active, Self::Retired, Self::Revoked];

    /// As the file has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Revoked => "revoked",
        }
    }
}

/// A state with its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// The state.
    pub state: KeyState,
    /// Since when, in seconds since 1970.
    pub since: u64,
    /// Whether the key takes the place of the others of its domain and algorithm once it is active.
    pub rotation: bool,
}

impl Stage {
    /// Another state from now on.
    #[must_use]
    pub const fn then(self, state: KeyState, now: u64) -> Self {
        Self { state, since: now, ..self }
    }

    /// Reads the file.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        let word = words.next()?;
        let state = KeyState::ALL.into_iter().find(|state| state.name() == word)?;
        let since = words.next()?.parse().ok()?;
        match words.next() {
            None => Some(Self { state, since, rotation: false }),
            Some("rotation") => Some(Self { state, since, rotation: true }),
            Some(_) => None,
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.state.name(), self.since)?;
        if self.rotation { f.write_str(" rotation") } else { Ok(()) }
    }
}

/// How long things take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// When an active key has had its time; `None` is never.
    pub rotate_after: Option<Duration>,
    /// How long mail that was signed may still be under way.
    pub flight: Duration,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A new key for this domain: the active one has had its time.
    Renew {
        /// The domain.
        domain: Domain,
        /// Of which kind.
        algorithm: Algorithm,
        /// The selector that has had its time.
        selector: String,
    },
    /// The key goes on to this state.
    Move {
        /// The domain.
        domain: Domain,
        /// Of which kind.
        algorithm: Algorithm,
        /// The selector.
        selector: String,
        /// Its stage from now on.
        stage: Stage,
    },
}

/// The next step of each key. `is_seen` says whether the authoritative servers hold the record of a waiting key.
pub fn steps(
    keys: &[StoredKey],
    now: u64,
    schedule: &Schedule,
    is_seen: impl Fn(&StoredKey) -> bool,
) -> Vec<Step> {
    let mut steps = Vec::new();
    for key in keys {
        let others = || keys.iter().filter(|other| is_sibling(key, other));
        let age = Duration::from_secs(now.saturating_sub(key.stage.since));
        let next = match key.stage.state {
            KeyState::Waiting => is_seen(key).then_some(KeyState::Active),
            KeyState::Active if others().any(|other| takes_place_of(other, key)) => Some(KeyState::Retired),
            KeyState::Active => {
                let has_heir = others().any(|other| other.stage.state == KeyState::Waiting);
                if schedule.rotate_after.is_some_and(|most| age >= most) && !has_heir {
                    steps.push(Step::Renew {
                        domain: key.key.domain().clone(),
                        algorithm: key.key.algorithm(),
                        selector: key.key.selector().to_owned(),
                    });
                }
                None
            }
            KeyState::Retired => (age >= schedule.flight).then_some(KeyState::Revoked),
            KeyState::Revoked => None,
        };
        if let Some(state) = next {
            steps.push(Step::Move {
                domain: key.key.domain().clone(),
                algorithm: key.key.algorithm(),
                selector: key.key.selector().to_owned(),
                stage: key.stage.then(state, now),
            });
        }
    }
    steps
}

fn is_sibling(key: &StoredKey, other: &StoredKey) -> bool {
    key.key.domain() == other.key.domain()
        && key.key.algorithm() == other.key.algorithm()
        && key.key.selector() != other.key.selector()
}

/// Whether a rotation has put `new` in use after `old`. It is read from the files alone, so that a crash between the
/// two moves changes nothing.
fn takes_place_of(new: &StoredKey, old: &StoredKey) -> bool {
    new.stage.state == KeyState::Active
        && new.stage.rotation
        && (new.stage.since, new.key.selector()) > (old.stage.since, old.key.selector())
}
