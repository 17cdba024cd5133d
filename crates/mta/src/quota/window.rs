//! How much fell into the last 24 hours. Counted in quarters of an hour, each of which counts until a whole day after
//! its end: never too little.

use std::collections::VecDeque;

const DAY_SECONDS: u64 = 86_400;
const QUARTER_SECONDS: u64 = 900;

/// The quarters of an hour that count, oldest first, each by its beginning (seconds since 1970).
#[derive(Debug, Default)]
pub struct Window {
    quarters: VecDeque<(u64, u32)>,
}

impl Window {
    /// As it was written down.
    #[must_use]
    pub fn new(mut quarters: Vec<(u64, u32)>) -> Self {
        quarters.sort_unstable();
        Self { quarters: quarters.into() }
    }

    /// To be written down.
    #[must_use]
    pub fn quarters(&self) -> Vec<(u64, u32)> {
        self.quarters.iter().copied().collect()
    }

    /// So many more.
    pub fn add(&mut self, count: u32, now: u64) {
        self.forget(now);
        let begins = now - now % QUARTER_SECONDS;
        match self.quarters.back_mut() {
            // A clock that was set back adds to the newest.
            Some((newest, sum)) if *newest >= begins => *sum = sum.saturating_add(count),
            _ => self.quarters.push_back((begins, count)),
        }
    }

    /// How many there were.
    pub fn sum(&mut self, now: u64) -> u32 {
        self.forget(now);
        self.quarters.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }

    /// When the oldest of them count no more.
    #[must_use]
    pub fn moves_at(&self) -> Option<u64> {
        self.quarters.front().map(|(begins, _)| ends(*begins))
    }

    fn forget(&mut self, now: u64) {
        while self.quarters.front().is_some_and(|(begins, _)| ends(*begins) <= now) {
            self.quarters.pop_front();
        }
    }
}

const fn ends(begins: u64) -> u64 {
    begins + QUARTER_SECONDS + DAY_SECONDS
}
