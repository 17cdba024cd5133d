//! How much fell into the last hour, 24 hours or 30 days. Counted in parts of the span, each of which counts until a
//! whole span after its end: never too little.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// How far back a window looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// 60 minutes.
    Hour,
    /// 24 hours.
    Day,
    /// 30 days.
    Month,
}

impl Span {
    /// Its length.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        match self {
            Self::Hour => 3_600,
            Self::Day => 86_400,
            Self::Month => 30 * 86_400,
        }
    }

    /// About a hundred parts each: few enough to be written down each second.
    const fn part_seconds(self) -> u64 {
        match self {
            Self::Hour => 60,
            Self::Day => 900,
            Self::Month => 6 * 3600,
        }
    }

    const fn ends(self, begins: u64) -> u64 {
        begins + self.part_seconds() + self.seconds()
    }
}

/// The parts of the span that count, oldest first, each by its beginning (seconds since 1970).
#[derive(Debug)]
pub struct Window {
    span: Span,
    parts: VecDeque<(u64, u32)>,
}

impl Window {
    /// As it was written down.
    #[must_use]
    pub fn new(span: Span, mut parts: Vec<(u64, u32)>) -> Self {
        parts.sort_unstable();
        Self { span, parts: parts.into() }
    }

    /// To be written down.
    #[must_use]
    pub fn parts(&self) -> Vec<(u64, u32)> {
        self.parts.iter().copied().collect()
    }

    /// So many more.
    pub fn add(&mut self, count: u32, now: u64) {
        self.forget(now);
        let begins = now - now % self.span.part_seconds();
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
        self.parts.front().map(|(begins, _)| self.span.ends(*begins))
    }

    /// So many fewer of those that were added last.
    pub fn take_back(&mut self, mut count: u32) {
        while let Some((begins, newest)) = self.parts.pop_back() {
            if newest > count {
                self.parts.push_back((begins, newest - count));
                return;
            }
            count -= newest;
        }
    }

    /// When so many more fit below a limit: now at the earliest. `None` if they never do.
    pub fn room_at(&mut self, wanted: u32, limit: u32, now: u64) -> Option<u64> {
        let mut sum = self.sum(now);
        let fits = limit.checked_sub(wanted)?;
        let mut at = now;
        for (begins, count) in &self.parts {
            if sum <= fits {
                break;
            }
            sum = sum.saturating_sub(*count);
            at = self.span.ends(*begins);
        }
        Some(at)
    }

    fn forget(&mut self, now: u64) {
        while self.parts.front().is_some_and(|(begins, _)| self.span.ends(*begins) <= now) {
            self.parts.pop_front();
        }
    }
}
