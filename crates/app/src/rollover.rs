//! The change of the certificate's key while others rely on it by DANE (RFC 7671 §8.1, RFC 7672 §8): the next key's TLSA
//! record first, its certificate when no cache can lack that record any more, the old record away at last.
//!
//! ```text
//! announcing ─▶ spreading ─▶ ordering ─▶ retiring ─▶ done
//! (until all     (one TTL)   (until the  (one TTL, then
//!  servers show                certificate  until the old
//!  the record)                 is there)    record is gone)
//! ```
//!
//! Where DNS has no TLSA record of ours nobody relies on one, and nothing waits. [`Rollover::step`] is pure; the file
//! keeps it over restarts. What cannot be read counts as no change under way: the key in use is never touched.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use postamt_net::dns::Tlsa;
use postamt_net::dns::record::RecordData;
use serde::{Deserialize, Serialize};

use crate::certificates::{Files, replace};
use crate::config::Config;

/// Longer than this no cache keeps anything (RFC 8767 §4), in seconds.
const LONGEST_TTL: u64 = 7 * 86_400;

/// SHA-256 of a public key, as TLSA records have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyDigest(pub Vec<u8>);

impl KeyDigest {
    /// The record 3 1 1 of the key (RFC 7672 §3.1.1).
    #[must_use]
    pub fn record(&self) -> RecordData {
        RecordData::Tlsa(Tlsa { usage: 3, selector: 1, matching: 1, data: self.0.clone() })
    }
}

impl From<KeyDigest> for String {
    fn from(digest: KeyDigest) -> Self {
        digest.0.iter().fold(Self::new(), |mut text, octet| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{octet:02x}");
            text
        })
    }
}

impl TryFrom<String> for KeyDigest {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let octets: Option<Vec<u8>> = text.as_bytes().chunks(2).map(octet).collect();
        octets.filter(|octets| octets.len() == 32).map(Self).ok_or_else(|| "no SHA-256".to_owned())
    }
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The next key's record is not shown by all servers of the zone yet.
    Announcing,
    /// They show it; caches may still lack it.
    Spreading,
    /// A certificate for the next key is being got.
    Ordering,
    /// It is in use; the old key's record goes after a while.
    Retiring,
}

impl Stage {
    /// Its word in events and files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Announcing => "announcing",
            Self::Spreading => "spreading",
            Self::Ordering => "ordering",
            Self::Retiring => "retiring",
        }
    }
}

/// A change of keys that is under way. Times are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollover {
    /// The key that is left.
    pub old: KeyDigest,
    /// The key that comes.
    pub next: KeyDigest,
    /// How far it is.
    pub stage: Stage,
    /// Since when.
    pub since: u64,
    /// The longest time to live that TLSA records were seen with, in seconds.
    pub ttl: u64,
}

/// Where a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// No server has it.
    Nowhere,
    /// Some have it.
    Somewhere,
    /// All that answer.
    Everywhere,
}

/// What the servers of the zone say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// Nothing: none answers.
    Unknown,
    /// There is no TLSA record for a key of ours: nobody relies on one.
    NoDane,
    /// There are some.
    Dane {
        /// Where the next key's record is.
        next: Spread,
        /// Where the old one's is.
        old: Spread,
    },
}

/// What is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Here {
    /// The file of the next key.
    pub has_key: bool,
    /// The certificate in use has the next key already.
    pub shows_next: bool,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing yet.
    Wait,
    /// Make the servers show the next key's record.
    Publish,
    /// Make them show the old one's no more.
    Retract,
    /// The next stage.
    Move(Stage),
    /// Get the certificate.
    Order,
    /// It is done.
    Done,
    /// The next key is lost: it stays as it was.
    Abandon,
}

impl Rollover {
    /// What comes next.
    #[must_use]
    pub fn step(&self, here: Here, sight: Sight, now: u64) -> Step {
        if self.stage != Stage::Retiring {
            // It stopped between the two files.
            if here.shows_next {
                return Step::Move(Stage::Retiring);
            }
            if !here.has_key {
                return Step::Abandon;
            }
        }
        match (self.stage, sight) {
            (_, Sight::Unknown) => Step::Wait,
            (Stage::Announcing | Stage::Spreading, Sight::NoDane) => Step::Move(Stage::Ordering),
            (Stage::Announcing, Sight::Dane { next: Spread::Everywhere, .. }) => Step::Move(Stage::Spreading),
            (Stage::Announcing, Sight::Dane { .. }) => Step::Publish,
            (Stage::Ordering, Sight::NoDane) => Step::Order,
            (Stage::Ordering, Sight::Dane { next: Spread::Everywhere, .. }) => Step::Order,
            (Stage::Spreading, Sight::Dane { next: Spread::Everywhere, .. }) => {
                if self.is_over(now) {
                    Step::Move(Stage::Ordering)
                } else {
                    Step::Wait
                }
            }
            // Somebody has taken the record away again.
            (Stage::Spreading | Stage::Ordering, Sight::Dane { .. }) => Step::Move(Stage::Announcing),
            (Stage::Retiring, Sight::NoDane) => Step::Done,
            (Stage::Retiring, Sight::Dane { next, old }) => self.retire(next, old, now),
        }
    }

    /// The record in use comes before everything else.
    fn retire(&self, next: Spread, old: Spread, now: u64) -> Step {
        match (next, old) {
            (Spread::Nowhere | Spread::Somewhere, _) => Step::Publish,
            _ if !self.is_over(now) => Step::Wait,
            (Spread::Everywhere, Spread::Nowhere) => Step::Done,
            (Spread::Everywhere, _) => Step::Retract,
        }
    }

    /// Until when the stage lasts at least, where it is the time that counts.
    #[must_use]
    pub fn until(&self) -> Option<u64> {
        let counts = matches!(self.stage, Stage::Spreading | Stage::Retiring);
        counts.then(|| self.since.saturating_add(self.ttl))
    }

    fn is_over(&self, now: u64) -> bool {
        // A clock that was put back must not stop it for ever.
        self.until().is_none_or(|until| now >= until || now < self.since)
    }

    /// The keys beside the one in use whose records are right.
    #[must_use]
    pub fn beside(&self, now: u64) -> Option<&KeyDigest> {
        match self.stage {
            Stage::Announcing | Stage::Spreading | Stage::Ordering => Some(&self.next),
            Stage::Retiring if !self.is_over(now) => Some(&self.old),
            Stage::Retiring => None,
        }
    }

    /// The records of this time to live were seen.
    pub fn saw_ttl(&mut self, ttl: u64) {
        self.ttl = self.ttl.max(ttl.min(LONGEST_TTL));
    }

    /// What is under way, if anything is.
    #[must_use]
    pub fn read(path: &Path) -> Option<Self> {
        serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
    }

    /// The same, where certificates come from an authority.
    #[must_use]
    pub fn of(config: &Config) -> Option<Self> {
        config.tls.acme.as_ref()?;
        Self::read(&Files::of(config).rollover)
    }

    /// Keeps it.
    ///
    /// # Errors
    /// Of the system.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        replace(path, &serde_json::to_vec_pretty(self)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Here = Here { has_key: true, shows_next: false };
    const SHOWN: Here = Here { has_key: true, shows_next: true };
    const LOST: Here = Here { has_key: false, shows_next: false };

    fn at(stage: Stage) -> Rollover {
        Rollover { old: KeyDigest(vec![1; 32]), next: KeyDigest(vec![2; 32]), stage, since: 1_000, ttl: 300 }
    }

    fn dane(next: Spread, old: Spread) -> Sight {
        Sight::Dane { next, old }
    }

    #[test]
    fn each_stage_with_each_sight() {
        use Spread::{Everywhere, Nowhere, Somewhere};
        use Stage::{Announcing, Ordering, Retiring, Spreading};
        let both = dane(Everywhere, Everywhere);
        let table = [
            (Announcing, HERE, Sight::Unknown, 1_000, Step::Wait),
            (Announcing, HERE, Sight::NoDane, 1_000, Step::Move(Ordering)),
            (Announcing, HERE, dane(Nowhere, Everywhere), 1_000, Step::Publish),
            (Announcing, HERE, dane(Somewhere, Everywhere), 9_000, Step::Publish),
            (Announcing, HERE, both, 1_000, Step::Move(Spreading)),
            (Announcing, LOST, both, 1_000, Step::Abandon),
            (Announcing, SHOWN, Sight::Unknown, 1_000, Step::Move(Retiring)),
            (Spreading, HERE, both, 1_299, Step::Wait),
            (Spreading, HERE, both, 1_300, Step::Move(Ordering)),
            (Spreading, HERE, both, 10, Step::Move(Ordering)),
            (Spreading, HERE, Sight::Unknown, 9_000, Step::Wait),
            (Spreading, HERE, Sight::NoDane, 1_001, Step::Move(Ordering)),
            (Spreading, HERE, dane(Somewhere, Everywhere), 9_000, Step::Move(Announcing)),
            (Spreading, LOST, both, 9_000, Step::Abandon),
            (Ordering, HERE, both, 1_000, Step::Order),
            (Ordering, HERE, Sight::NoDane, 1_000, Step::Order),
            (Ordering, HERE, Sight::Unknown, 1_000, Step::Wait),
            (Ordering, HERE, dane(Nowhere, Everywhere), 1_000, Step::Move(Announcing)),
            (Ordering, SHOWN, Sight::Unknown, 1_000, Step::Move(Retiring)),
            (Ordering, Here { has_key: false, shows_next: true }, both, 1_000, Step::Move(Retiring)),
            (Retiring, SHOWN, both, 1_299, Step::Wait),
            (Retiring, SHOWN, dane(Somewhere, Everywhere), 1_001, Step::Publish),
            (Retiring, SHOWN, both, 1_300, Step::Retract),
            (Retiring, LOST, dane(Everywhere, Somewhere), 1_300, Step::Retract),
            (Retiring, LOST, dane(Everywhere, Nowhere), 1_200, Step::Wait),
            (Retiring, LOST, dane(Everywhere, Nowhere), 1_300, Step::Done),
            (Retiring, LOST, Sight::NoDane, 1_001, Step::Done),
            (Retiring, LOST, Sight::Unknown, 9_000, Step::Wait),
        ];
        for (stage, here, sight, now, step) in table {
            assert_eq!(at(stage).step(here, sight, now), step, "{stage:?} {here:?} {sight:?} at {now}");
        }
    }

    #[test]
    fn the_right_records_are_those_of_both_keys_for_as_long_as_a_cache_may_count() {
        for stage in [Stage::Announcing, Stage::Spreading, Stage::Ordering] {
            assert_eq!(at(stage).beside(99_999), Some(&KeyDigest(vec![2; 32])), "{stage:?}");
        }
        assert_eq!(at(Stage::Retiring).beside(1_299), Some(&KeyDigest(vec![1; 32])));
        assert_eq!(at(Stage::Retiring).beside(1_300), None);
    }

    #[test]
    fn it_outlives_a_restart_and_nonsense_is_none() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("acme-rollover.json");
        assert_eq!(Rollover::read(&path), None);
        let mut rollover = at(Stage::Spreading);
        rollover.saw_ttl(7);
        assert_eq!(rollover.ttl, 300, "the longest counts");
        rollover.saw_ttl(u64::MAX);
        assert_eq!(rollover.ttl, LONGEST_TTL);
        rollover.write(&path).expect("written");
        assert_eq!(Rollover::read(&path), Some(rollover));
        let text = std::fs::read_to_string(&path).expect("read");
        std::fs::write(&path, text.replace("0101", "01")).expect("written");
        assert_eq!(Rollover::read(&path), None, "half a digest");
    }
}
