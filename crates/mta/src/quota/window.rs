//! How much fell into the last 24 hours or 30 days. Counted in parts of the period, each of which counts until a whole
//! period after its end: never too little.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::settings::Relay;

/// Over which a relay counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// 24 hours.
    Day,
    /// 30 days.
    Month,
}

impl Period {
    /// The shorter one first.
    pub const ALL: [Self; 2] = [Self::Day, Self::Month];

    const fn seconds(self) -> u64 {
        match self {
            Self::Day => 86_400,
            Self::Month => 30 * 86_400,
        }
    }

    /// About a hundred parts either way: few enough to be written down each second.
    const fn part_seconds(self) -> u64 {
        match self {
            Self::Day => 900,
            Self::Month => 6 * 3600,
        }
    }

    const fn ends(self, begins: u64) -> u64 {
        begins + self.part_seconds() + self.seconds()
    }

    /// What a relay takes in it, where the operator has said so.
    #[must_use]
    pub const fn limit(self, relay: &Relay) -> Option<u32> {
        match self {
            Self::Day => relay.messages_per_day,
            Self::Month => relay.messages_per_month,
        }
    }
}

/// The parts of the period that count, oldest first, each by its beginning (seconds since 1970).
#[derive(Debug)]
pub struct Window {
    period: Period,
    parts: VecDeque<(u64, u32)>,
}

impl Window {
    /// As it was written down.
    #[must_use]
    pub fn new(period: Period, mut parts: Vec<(u64, u32)>) -> Self {
        parts.sort_unstable();
        Self { period, parts: parts.into() }
    }

    /// Its period.
    #[must_use]
    pub const fn period(&self) -> Period {
        self.period
    }

    /// To be written down.
    #[must_use]
    pub fn parts(&self) -> Vec<(u64, u32)> {
        self.parts.iter().copied().collect()
    }

    /// So many more.
    pub fn add(&mut self, count: u32, now: u64) {
        self.forget(now);
        let begins = now - now % self.period.part_seconds();
        match self.parts.back_mut() {
            // A clock that was set back adds to the newest.
            Some((newest, sum)) if *newest >= begins => *sum = sum.saturating_add(count),
            _ => self.parts.push_back((begins, count)),
        }
    }

    /// How many there were.
    pub fn sum(&mut self, now: u64) -> u32 {
        self.forget(now);
        self.parts.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }

    /// When the oldest of them count no more.
    #[must_use]
    pub fn moves_at(&self) -> Option<u64> {
        self.parts.front().map(|(begins, _)| self.period.ends(*begins))
    }

    fn forget(&mut self, now: u64) {
        while self.parts.front().is_some_and(|(begins, _)| self.period.ends(*begins) <= now) {
            self.parts.pop_front();
        }
    }
}
