//! What each relay was handed within a day, beside what the operator says that it takes (`messages_per_day`).
//!
//! Each recipient that a relay has taken counts as one message, as providers count. [`take`] is asked before a message
//! is handed over, [`Grant::used`] counts it; what finds no room waits, without an attempt: the relay would refuse it.
//! [`watch`] writes the counts down.

mod watch;
mod window;
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
use window::Window;

pub use watch::{watch, write_down};

/// The operator is told when this many of a hundred are used up.
const NEARLY_PERCENT: u64 = 80;
/// What waits for room that others may give back is looked at again after this long …
const LOOK_AGAIN_SECONDS: u64 = 30;
/// … and what waits for the day to pass after this long at the most: the quota may have been raised.
const LONGEST_LOOK_SECONDS: u64 = 1800;

/// What the relays were handed.
#[derive(Debug, Default)]
pub struct Quotas {
    relays: Mutex<BTreeMap<String, Counted>>,
    bell: Notify,
}

#[derive(Debug, Default)]
struct Counted {
    window: Window,
    /// Given to messages that are being handed over.
    promised: u32,
    level: Level,
    /// Not written down yet.
    dirty: bool,
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

/// What a relay was handed within a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaState {
    /// Name of the relay.
    pub relay: String,
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
        let counted = |fact: HandedFact| {
            (fact.relay, Counted { window: Window::new(fact.quarters), ..Counted::default() })
        };
        self.lock().extend(facts.into_iter().map(counted));
    }

    /// How a relay stands.
    #[must_use]
    pub fn state(&self, relay: &Relay, now: u64) -> QuotaState {
        let mut relays = self.lock();
        let counted = relays.entry(relay.name.clone()).or_default();
        let used = counted.window.sum(now);
        let is_full = relay.messages_per_day.is_some_and(|limit| used >= limit);
        let full_until = counted.window.moves_at().filter(|_| is_full);
        QuotaState { relay: relay.name.clone(), used, limit: relay.messages_per_day, full_until }
    }

    fn take_dirty(&self) -> Vec<HandedFact> {
        let mut relays = self.lock();
        let dirty = relays.iter_mut().filter(|(_, counted)| counted.dirty);
        dirty
            .map(|(relay, counted)| {
                counted.dirty = false;
                HandedFact { relay: relay.clone(), quarters: counted.window.quarters() }
            })
            .collect()
    }
}

impl Counted {
    /// A promise to a relay with a quota is kept, or not needed.
    fn give_back(&mut self, count: usize, relay: &Relay) {
        if relay.messages_per_day.is_some() {
            self.promised = self.promised.saturating_sub(u32::try_from(count).unwrap_or(u32::MAX));
        }
    }

    /// Room that is left.
    fn room(&mut self, limit: u32, now: u64) -> u32 {
        limit.saturating_sub(self.window.sum(now)).saturating_sub(self.promised)
    }

    /// When there may be room.
    fn look_again(&mut self, limit: u32, now: u64) -> u64 {
        let is_full = self.window.sum(now) >= limit;
        let moves_at = self.window.moves_at().filter(|_| is_full);
        moves_at.map_or(now + LOOK_AGAIN_SECONDS, |at| at.clamp(now + 1, now + LONGEST_LOOK_SECONDS))
    }

    /// The level, when it has risen since it was last told.
    fn risen(&mut self, limit: u32, now: u64) -> Option<(Level, u32)> {
        let used = self.window.sum(now);
        let level = level(used, limit);
        let before = std::mem::replace(&mut self.level, level);
        (level > before).then_some((level, used))
    }
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
    let (now, Some(limit)) = (context.now(), relay.messages_per_day) else {
        return Ok(Grant { context, relay, count: wanted });
    };
    let mut relays = context.quotas.lock();
    let counted = relays.entry(relay.name.clone()).or_default();
    let granted = u32::try_from(wanted).unwrap_or(u32::MAX).min(counted.room(limit, now));
    if granted == 0 {
        let (until, risen) = (counted.look_again(limit, now), counted.risen(limit, now));
        drop(relays);
        tell(context, relay, limit, risen);
        return Err(until);
    }
    counted.promised += granted;
    Ok(Grant { context, relay, count: granted as usize })
}

/// When to look again, in seconds since 1970, while a relay has no room.
#[must_use]
pub fn no_room_until(context: &Context, relay: &Relay) -> Option<u64> {
    take(context, relay, 1).err()
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
        counted.window.add(count, now);
        counted.dirty = true;
        counted.give_back(std::mem::take(&mut self.count), self.relay);
        let limit = self.relay.messages_per_day;
        let risen = limit.and_then(|limit| counted.risen(limit, now));
        drop(relays);
        context.quotas.bell.notify_one();
        tell(context, self.relay, limit.unwrap_or_default(), risen);
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

fn tell(context: &Context, relay: &Relay, limit: u32, risen: Option<(Level, u32)>) {
    if let Some((level, used)) = risen {
        context.event(Event::RelayQuota { relay: relay.name.clone(), level, used, limit });
    }
}
