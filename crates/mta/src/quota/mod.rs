//! What each relay was handed within a day and within a month, beside what the operator says that it takes
//! (`messages_per_day`, `messages_per_month`).
//!
//! Each recipient that a relay has taken counts as one message, as providers count. [`take`] is asked before a message
//! is handed over, [`Grant::used`] counts it; what finds no room waits, without an attempt: the relay would refuse it.
//! [`watch`] writes the counts down.

mod watch;
pub mod window;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use postamt_store::facts::HandedFact;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::context::Context;
use crate::events::Event;
use crate::settings::Relay;
use window::{Span, Window};

pub use watch::{watch, write_down};

/// The operator is told when this many of a hundred are used up.
const NEARLY_PERCENT: u64 = 80;
/// What waits for room that others may give back is looked at again after this long …
const LOOK_AGAIN_SECONDS: u64 = 30;
/// … and what waits for the period to pass after this long at the most: the quota may have been raised.
const LONGEST_LOOK_SECONDS: u64 = 1800;

/// What the relays were handed.
#[derive(Debug, Default)]
pub struct Quotas {
    relays: Mutex<BTreeMap<String, Counted>>,
    bell: Notify,
}

#[derive(Debug)]
struct Counted {
    counts: [Count; 2],
    /// Given to messages that are being handed over.
    promised: u32,
    /// Not written down yet.
    dirty: bool,
}

/// What fell into a period.
#[derive(Debug)]
struct Count {
    period: Period,
    window: Window,
    level: Level,
}

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

    const fn span(self) -> Span {
        match self {
            Self::Day => Span::Day,
            Self::Month => Span::Month,
        }
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

/// How much of a quota is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Enough is left.
    #[default]
    Low,
    /// Four fifths are used up.
    Nearly,
    /// All of it: nothing is handed over until the window moves.
    Full,
}

/// What a relay was handed within a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaState {
    /// Name of the relay.
    pub relay: String,
    /// The period.
    pub period: Period,
    /// Recipients that it has taken.
    pub used: u32,
    /// What it takes, where the operator has said so.
    pub limit: Option<u32>,
    /// Nothing is handed over until then (seconds since 1970).
    pub full_until: Option<u64>,
}

/// Room for some recipients; what is not [`used`](Grant::used) is given back.
pub struct Grant<'a> {
    context: &'a Context,
    relay: &'a Relay,
    /// For so many.
    pub count: usize,
}

impl Quotas {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Counted>> {
        // Counts that a panic leaves are those of before it.
        self.relays.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes up what was counted before the restart.
    pub fn recall(&self, facts: Vec<HandedFact>) {
        let counted = |fact: HandedFact| (fact.relay, Counted::new(fact.quarters, fact.quarter_days));
        self.lock().extend(facts.into_iter().map(counted));
    }

    /// How a relay stands, for each period.
    #[must_use]
    pub fn states(&self, relay: &Relay, now: u64) -> [QuotaState; 2] {
        let mut relays = self.lock();
        let counted = relays.entry(relay.name.clone()).or_default();
        counted.counts.each_mut().map(|count| {
            let (used, limit) = (count.window.sum(now), count.limit(relay));
            let full_until = count.full_until(relay, now);
            QuotaState { relay: relay.name.clone(), period: count.period, used, limit, full_until }
        })
    }

    fn take_dirty(&self) -> Vec<HandedFact> {
        let mut relays = self.lock();
        let dirty = relays.iter_mut().filter(|(_, counted)| counted.dirty);
        dirty
            .map(|(relay, counted)| {
                counted.dirty = false;
                let [quarters, quarter_days] = counted.counts.each_ref().map(|count| count.window.parts());
                HandedFact { relay: relay.clone(), quarters, quarter_days }
            })
            .collect()
    }
}

impl Default for Counted {
    fn default() -> Self {
        Self::new(Vec::new(), Vec::new())
    }
}

impl Counted {
    fn new(day: Vec<(u64, u32)>, month: Vec<(u64, u32)>) -> Self {
        let count =
            |period, parts| Count { period, window: Window::new(period.span(), parts), level: Level::Low };
        Self { counts: [count(Period::Day, day), count(Period::Month, month)], promised: 0, dirty: false }
    }

    fn add(&mut self, count: u32, now: u64) {
        self.counts.iter_mut().for_each(|it| it.window.add(count, now));
        self.dirty = true;
    }

    /// A promise to a relay with a quota is kept, or not needed.
    fn give_back(&mut self, count: usize, relay: &Relay) {
        if has_quota(relay) {
            self.promised = self.promised.saturating_sub(u32::try_from(count).unwrap_or(u32::MAX));
        }
    }

    /// Room that is left.
    fn room(&mut self, relay: &Relay, now: u64) -> u32 {
        let left = |count: &mut Count| Some(count.limit(relay)?.saturating_sub(count.window.sum(now)));
        let left = self.counts.iter_mut().filter_map(left).min().unwrap_or(u32::MAX);
        left.saturating_sub(self.promised)
    }

    /// When there may be room.
    fn look_again(&mut self, relay: &Relay, now: u64) -> u64 {
        let moves_at = self.counts.iter_mut().filter_map(|count| count.full_until(relay, now)).max();
        moves_at.map_or(now + LOOK_AGAIN_SECONDS, |at| at.clamp(now + 1, now + LONGEST_LOOK_SECONDS))
    }

    /// What is to be told: the levels that have risen since they were last told.
    fn risen(&mut self, relay: &Relay, now: u64) -> Vec<Event> {
        self.counts.iter_mut().filter_map(|count| count.risen(relay, now)).collect()
    }
}

impl Count {
    fn limit(&self, relay: &Relay) -> Option<u32> {
        self.period.limit(relay)
    }

    /// While nothing more fits in: when some of it counts no more.
    fn full_until(&mut self, relay: &Relay, now: u64) -> Option<u64> {
        let is_full = self.window.sum(now) >= self.limit(relay)?;
        self.window.moves_at().filter(|_| is_full)
    }

    fn risen(&mut self, relay: &Relay, now: u64) -> Option<Event> {
        let (used, limit) = (self.window.sum(now), self.limit(relay)?);
        let level = level(used, limit);
        let before = std::mem::replace(&mut self.level, level);
        let (relay, period) = (relay.name.clone(), self.period);
        (level > before).then_some(Event::RelayQuota { relay, period, level, used, limit })
    }
}

/// Whether the operator has said what the relay takes.
fn has_quota(relay: &Relay) -> bool {
    Period::ALL.into_iter().any(|period| period.limit(relay).is_some())
}

fn level(used: u32, limit: u32) -> Level {
    if used >= limit {
        Level::Full
    } else if u64::from(used) * 100 >= u64::from(limit) * NEARLY_PERCENT {
        Level::Nearly
    } else {
        Level::Low
    }
}

/// Room for up to `wanted` recipients, for one at least.
///
/// # Errors
/// There is none; when to look again, in seconds since 1970.
pub fn take<'a>(context: &'a Context, relay: &'a Relay, wanted: usize) -> Result<Grant<'a>, u64> {
    if !has_quota(relay) {
        return Ok(Grant { context, relay, count: wanted });
    }
    let now = context.now();
    let mut relays = context.quotas.lock();
    let counted = relays.entry(relay.name.clone()).or_default();
    let granted = u32::try_from(wanted).unwrap_or(u32::MAX).min(counted.room(relay, now));
    if granted == 0 {
        return Err(full(context, relays, relay, now));
    }
    counted.promised += granted;
    Ok(Grant { context, relay, count: granted as usize })
}

/// When to look again, in seconds since 1970, while a relay has no room.
#[must_use]
pub fn no_room_until(context: &Context, relay: &Relay) -> Option<u64> {
    if !has_quota(relay) {
        return None;
    }
    let now = context.now();
    let mut relays = context.quotas.lock();
    let left = relays.entry(relay.name.clone()).or_default().room(relay, now);
    (left == 0).then(|| full(context, relays, relay, now))
}

/// Tells that nothing is left, if that is news; when to look again.
fn full(
    context: &Context,
    mut relays: MutexGuard<'_, BTreeMap<String, Counted>>,
    relay: &Relay,
    now: u64,
) -> u64 {
    let counted = relays.entry(relay.name.clone()).or_default();
    let (until, risen) = (counted.look_again(relay, now), counted.risen(relay, now));
    drop(relays);
    risen.into_iter().for_each(|event| context.event(event));
    until
}

impl Grant<'_> {
    /// The relay has taken so many.
    pub fn used(mut self, count: usize) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        if count == 0 {
            return;
        }
        let (context, now) = (self.context, self.context.now());
        let mut relays = context.quotas.lock();
        let counted = relays.entry(self.relay.name.clone()).or_default();
        counted.add(count, now);
        counted.give_back(std::mem::take(&mut self.count), self.relay);
        let risen = counted.risen(self.relay, now);
        drop(relays);
        context.quotas.bell.notify_one();
        risen.into_iter().for_each(|event| context.event(event));
    }
}

impl Drop for Grant<'_> {
    fn drop(&mut self) {
        if self.count > 0
            && let Some(counted) = self.context.quotas.lock().get_mut(&self.relay.name)
        {
            counted.give_back(self.count, self.relay);
        }
    }
}
