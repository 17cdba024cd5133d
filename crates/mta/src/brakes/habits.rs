//! What is usual for an account, and how it is learned: only from mail that was let through, and slowly. What was
//! learned of an hour of the week, or of strangers within a day, grows by half within a week at the most, so that a
//! thief with patience needs months; it shrinks by an eighth each time that there was less.

use postamt_store::conduct::{Habits, SeenContent, SeenNetwork};

/// An account is young for so many seconds …
pub const YOUNG_ACCOUNT: u64 = 14 * 86_400;
/// … a network for so many …
pub const YOUNG_NETWORK: u64 = 3 * 86_400;
/// … and a text for so many.
pub const YOUNG_CONTENT: u64 = 86_400;
/// So many strangers get one text before that is unusual.
pub const ALIKE_STRANGERS: u32 = 20;
/// The least that growth begins with.
const FIRST_STEP: u32 = 20;
/// Networks that are remembered.
const NETWORKS: usize = 32;
/// Texts that are remembered.
const CONTENTS: usize = 64;
/// Texts are similar when their fingerprints differ in so many bits at the most.
const SIMILAR_BITS: u32 = 6;
const HOURS: usize = 168;
const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;
const WEEK: u64 = 7 * DAY;

/// A message that was let through.
#[derive(Debug, Clone, Copy)]
pub struct Learned<'a> {
    /// From where.
    pub network: Option<&'a str>,
    /// Of its text.
    pub fingerprint: u64,
    /// Its recipients.
    pub recipients: u32,
    /// Those that were strangers.
    pub strangers: u32,
}

fn hour_of_week(hour: u64) -> usize {
    usize::try_from(hour % HOURS as u64).unwrap_or_default()
}

/// Recipients that are usual within the hour at hand: people are early or late by one.
#[must_use]
pub fn usual_recipients(habits: &Habits, now: u64) -> u32 {
    let hour = now / HOUR;
    let around = [hour + HOURS as u64 - 1, hour, hour + 1].map(hour_of_week);
    around.iter().filter_map(|hour| habits.hours.get(*hour)).copied().max().unwrap_or_default()
}

/// What is remembered of a text like this.
#[must_use]
pub fn similar(habits: &Habits, fingerprint: u64) -> Option<&SeenContent> {
    let distance = |seen: &&SeenContent| (seen.fingerprint ^ fingerprint).count_ones();
    habits.contents.iter().filter(|seen| distance(seen) <= SIMILAR_BITS).min_by_key(distance)
}

/// Learns from a message that was let through.
pub fn learn(habits: &mut Habits, message: Learned<'_>, now: u64) {
    if habits.since == 0 {
        habits.since = now;
    }
    let (hour, day) = (now / HOUR, now / DAY);
    if habits.hour.0 != hour {
        close_hour(habits);
        habits.hour = (hour, 0);
    }
    if habits.day.0 != day {
        close_day(habits);
        habits.day = (day, 0);
    }
    habits.hour.1 = habits.hour.1.saturating_add(message.recipients);
    habits.day.1 = habits.day.1.saturating_add(message.strangers);
    note(habits, message, now);
}

/// Notes from where an account sends and what, be it let through or not: the age of both counts.
pub fn note(habits: &mut Habits, message: Learned<'_>, now: u64) {
    if let Some(network) = message.network {
        match habits.networks.iter_mut().find(|seen| seen.network == network) {
            Some(seen) => seen.last = now,
            None => {
                let seen = SeenNetwork { network: network.to_owned(), first: now, last: now };
                push_out(&mut habits.networks, NETWORKS, seen, |seen| seen.last);
            }
        }
    }
    let known = similar(habits, message.fingerprint).map(|seen| seen.fingerprint);
    match habits.contents.iter_mut().find(|seen| Some(seen.fingerprint) == known) {
        Some(seen) => {
            seen.last = now;
            seen.strangers = seen.strangers.saturating_add(message.strangers);
        }
        None => {
            let fingerprint = message.fingerprint;
            let seen = SeenContent { fingerprint, first: now, last: now, strangers: message.strangers };
            push_out(&mut habits.contents, CONTENTS, seen, |seen| seen.last);
        }
    }
}

/// The one that was seen longest ago makes room.
fn push_out<T>(list: &mut Vec<T>, most: usize, new: T, last: impl Fn(&T) -> u64) {
    if list.len() >= most
        && let Some((oldest, _)) = list.iter().enumerate().min_by_key(|(_, seen)| last(seen))
    {
        list.swap_remove(oldest);
    }
    list.push(new);
}

fn close_hour(habits: &mut Habits) {
    let (hour, recipients) = habits.hour;
    if recipients == 0 {
        return;
    }
    habits.hours.resize(HOURS, 0);
    if let Some(usual) = habits.hours.get_mut(hour_of_week(hour)) {
        // Each hour of the week comes once in it.
        *usual = learned(*usual, recipients, grown(*usual));
    }
}

fn close_day(habits: &mut Habits) {
    let (day, strangers) = habits.day;
    let week = day * DAY / WEEK;
    if habits.week.0 != week {
        habits.week = (week, habits.strangers);
    }
    if day > 0 {
        habits.strangers = learned(habits.strangers, strangers, grown(habits.week.1));
    }
}

/// The most that something may grow to within a week.
fn grown(usual: u32) -> u32 {
    usual.saturating_add(usual / 2).max(FIRST_STEP)
}

fn learned(usual: u32, seen: u32, most: u32) -> u32 {
    if seen > usual { seen.min(most).max(usual) } else { usual - (usual - seen) / 8 }
}

/// The operator says that what was seen is usual: `recipients` within an hour, `strangers` within a day, and the
/// networks and texts of the last days.
pub fn approve(habits: &mut Habits, recipients: u32, strangers: u32, now: u64) {
    habits.hours.resize(HOURS, 0);
    if let Some(usual) = habits.hours.get_mut(hour_of_week(now / HOUR)) {
        *usual = (*usual).max(recipients);
    }
    habits.strangers = habits.strangers.max(strangers);
    for seen in &mut habits.networks {
        seen.first = seen.first.min(now.saturating_sub(YOUNG_NETWORK));
    }
    for seen in &mut habits.contents {
        seen.first = seen.first.min(now.saturating_sub(YOUNG_CONTENT));
    }
}

/// The account was stolen and is safe again: what the thief sent and from where he came was not usual.
pub fn disown(habits: &mut Habits, since: u64) {
    habits.networks.retain(|seen| seen.first.saturating_add(YOUNG_NETWORK) < since);
    habits.contents.retain(|seen| seen.first.saturating_add(YOUNG_CONTENT) < since);
    habits.hour.1 = 0;
    habits.day.1 = 0;
}
