//! The brakes of stolen accounts: what one account may send within an hour and a day.
//!
//! [`may_begin`] is asked at MAIL, [`take`] when a message is there: it counts message and recipients at once, so that two
//! sessions cannot both have the last place, and [`Taken`] gives back what was not kept. What is over a limit is
//! refused with a reply that says which, how much and until when; nothing is ever parked. All of it is in memory;
//! [`watch`] writes it down behind.

mod known;
pub mod limits;
mod refusal;
#[cfg(test)]
mod tests;
mod watch;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use aws_lc_rs::hmac;
use postamt_mail::address::Address;
use postamt_store::accounts::Account;
use postamt_store::conduct::{Changes, Conduct, HourAndDay, Known};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::context::Context;
use crate::events::Event;
use crate::plan::routes;
use crate::quota::window::{Span, Window};
use known::KnownRecipients;
use limits::{Allowed, Kind};

pub use refusal::Refusal;
pub use watch::{recall, watch, write_down};

/// How long a recipient is known and the conduct of an account remembered after the last mail, in seconds: a yearly
/// greeting finds its recipients known.
pub const MEMORY: u64 = 400 * 86_400;

/// How the accounts behave.
#[derive(Default)]
pub struct Brakes {
    accounts: Mutex<HashMap<String, Behaviour>>,
    /// What tags of recipients are made with.
    key: OnceLock<hmac::Key>,
    bell: Notify,
}

/// How one account behaves.
#[derive(Debug)]
struct Behaviour {
    /// By kind.
    counts: [Counts; 3],
    known: KnownRecipients,
    last: u64,
    /// Which limits were reached when that was told last, by kind and span.
    told: [[bool; 2]; 3],
    /// Not written down yet.
    is_dirty: bool,
}

#[derive(Debug)]
struct Counts {
    hour: Window,
    day: Window,
}

/// How an account stands with one of its limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitState {
    /// What is counted.
    pub kind: Kind,
    /// Within an hour or a day.
    pub span: Span,
    /// How many there were.
    pub used: u32,
    /// How many it may be; `None` is no limit.
    pub limit: Option<u32>,
    /// Nothing more is taken until then (seconds since 1970).
    pub full_until: Option<u64>,
}

/// How an account stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountState {
    /// Its name.
    pub account: String,
    /// With each of its limits.
    pub limits: Vec<LimitState>,
    /// How many recipients are remembered that it has written to.
    pub known_recipients: usize,
}

/// A message that an account may send: counted already, and given back unless it is [kept](Taken::keep).
pub struct Taken<'a> {
    context: &'a Context,
    account: &'a str,
    amounts: [u32; 3],
    /// Tags of recipients that were noted with it.
    noted: Vec<u64>,
    is_kept: bool,
}

impl Counts {
    fn new(parts: HourAndDay) -> Self {
        Self { hour: Window::new(Span::Hour, parts.hour), day: Window::new(Span::Day, parts.day) }
    }

    fn parts(&self) -> HourAndDay {
        HourAndDay { hour: self.hour.parts(), day: self.day.parts() }
    }

    fn windows(&mut self) -> [(Span, &mut Window); 2] {
        [(Span::Hour, &mut self.hour), (Span::Day, &mut self.day)]
    }
}

impl Default for Behaviour {
    fn default() -> Self {
        Self::new(Conduct::default())
    }
}

impl Behaviour {
    fn new(conduct: Conduct) -> Self {
        Self {
            counts: [conduct.messages, conduct.recipients, conduct.first_time].map(Counts::new),
            known: KnownRecipients::default(),
            last: conduct.last,
            told: Default::default(),
            is_dirty: false,
        }
    }

    fn conduct(&self, account: &str) -> Conduct {
        let [messages, recipients, first_time] = self.counts.each_ref().map(Counts::parts);
        Conduct { account: account.to_owned(), last: self.last, messages, recipients, first_time }
    }

    /// The first limit that so much more would be over, if any.
    fn over(&mut self, amounts: [u32; 3], allowed: &Allowed, now: u64) -> Option<Refusal> {
        for (kind, (counts, wanted)) in Kind::ALL.into_iter().zip(self.counts.iter_mut().zip(amounts)) {
            for (span, window) in counts.windows() {
                let Some(limit) = allowed.of(kind, span) else { continue };
                let used = window.sum(now);
                if wanted > 0 && used.saturating_add(wanted) > limit {
                    let until = window.room_at(wanted, limit, now);
                    return Some(Refusal { kind, span, limit, used, wanted, until });
                }
            }
        }
        None
    }

    fn add(&mut self, amounts: [u32; 3], now: u64) {
        for (counts, amount) in self.counts.iter_mut().zip(amounts) {
            // An empty part would stand for nothing.
            for (_, window) in counts.windows().into_iter().filter(|_| amount > 0) {
                window.add(amount, now);
            }
        }
        self.last = now;
        self.is_dirty = true;
    }

    fn take_back(&mut self, amounts: [u32; 3]) {
        for (counts, amount) in self.counts.iter_mut().zip(amounts) {
            for (_, window) in counts.windows() {
                window.take_back(amount);
            }
        }
        self.is_dirty = true;
    }

    fn states(&mut self, allowed: &Allowed, now: u64) -> Vec<LimitState> {
        let mut states = Vec::with_capacity(6);
        for (kind, counts) in Kind::ALL.into_iter().zip(&mut self.counts) {
            for (span, window) in counts.windows() {
                let (used, limit) = (window.sum(now), allowed.of(kind, span));
                let is_full = limit.is_some_and(|limit| used >= limit);
                let full_until = limit.filter(|_| is_full).and_then(|limit| window.room_at(1, limit, now));
                states.push(LimitState { kind, span, used, limit, full_until });
            }
        }
        states
    }

    /// Whether a refusal is news: told once, and again after there was room.
    fn is_news(&mut self, refusal: &Refusal) -> bool {
        let told = &mut self.told[refusal.kind as usize][usize::from(refusal.span != Span::Hour)];
        !std::mem::replace(told, true)
    }

    /// Notes that there is room again where nothing of an amount is over.
    fn note_room(&mut self, allowed: &Allowed, now: u64) {
        for (number, kind) in Kind::ALL.into_iter().enumerate() {
            for (place, (span, window)) in self.counts[number].windows().into_iter().enumerate() {
                let has_room = allowed.of(kind, span).is_none_or(|limit| window.sum(now) < limit);
                self.told[number][place] &= !has_room;
            }
        }
    }
}

impl Brakes {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Behaviour>> {
        // Counts that a panic leaves are those of before it.
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What of a recipient is kept: nothing that anybody could write to, or compare without the secret.
    fn tag(&self, account: &str, recipient: &Address) -> u64 {
        let key = self.key.get_or_init(|| hmac::Key::new(hmac::HMAC_SHA256, &rand::random::<[u8; 32]>()));
        let mut signing = hmac::Context::with_key(key);
        for part in [account, "\0", &recipient.to_string().to_lowercase()] {
            signing.update(part.as_bytes());
        }
        let tag = signing.sign();
        tag.as_ref().iter().take(8).fold(0, |number, octet| number << 8 | u64::from(*octet))
    }

    /// Takes up what was written down.
    fn recall(&self, secret: [u8; 32], conducts: Vec<Conduct>, known: Vec<Known>) {
        // A server that starts has made no tag yet.
        let _ = self.key.set(hmac::Key::new(hmac::HMAC_SHA256, &secret));
        let mut accounts = self.lock();
        for conduct in conducts {
            accounts.insert(conduct.account.clone(), Behaviour::new(conduct));
        }
        for Known { account, tag, day } in known {
            accounts.entry(account).or_default().known.recall(tag, day);
        }
    }

    fn take_changes(&self) -> Changes {
        let mut changes = Changes::default();
        for (account, behaviour) in self.lock().iter_mut() {
            if std::mem::take(&mut behaviour.is_dirty) {
                changes.conducts.push(behaviour.conduct(account));
            }
            let (forgotten, noted) = behaviour.known.take_changes();
            changes.forgotten.extend(forgotten.map(|day| (account.clone(), day)));
            let known = |(tag, day)| Known { account: account.clone(), tag, day };
            changes.known.extend(noted.into_iter().map(known));
        }
        changes
    }

    /// Forgets what is too old.
    pub fn sweep(&self, now: u64) {
        let before = now.saturating_sub(MEMORY);
        let mut accounts = self.lock();
        accounts.retain(|_, behaviour| behaviour.last >= before);
        accounts.values_mut().for_each(|behaviour| behaviour.known.forget_before(day_of(before)));
    }
}

/// Days since 1970.
#[must_use]
pub fn day_of(seconds: u64) -> u32 {
    u32::try_from(seconds / 86_400).unwrap_or(u32::MAX)
}

fn allowed(context: &Context, account: &Account) -> Allowed {
    context.settings().account_limits.with(&account.limits)
}

/// MAIL: whether an account may send anything at all now.
///
/// # Errors
/// The limit that is reached.
pub fn may_begin(context: &Context, account: &Account) -> Result<(), Refusal> {
    let (allowed, now) = (allowed(context, account), context.now());
    let mut accounts = context.brakes.lock();
    let Some(behaviour) = accounts.get_mut(&account.name) else { return Ok(()) };
    match behaviour.over([1, 1, 0], &allowed, now) {
        Some(refusal) => {
            let is_news = behaviour.is_news(&refusal);
            drop(accounts);
            tell(context, account, &refusal, is_news);
            Err(refusal)
        }
        None => {
            behaviour.note_room(&allowed, now);
            Ok(())
        }
    }
}

/// Counts a message and its recipients, if they are below all limits.
///
/// # Errors
/// The limit that they would be over; nothing is counted then.
pub fn take<'a>(
    context: &'a Context,
    account: &'a Account,
    recipients: &[Address],
) -> Result<Taken<'a>, Refusal> {
    let (settings, now) = (context.settings(), context.now());
    let allowed = settings.account_limits.with(&account.limits);
    // Mail within the house harms no reputation, however many colleagues there are.
    let is_foreign =
        |address: &&Address| !address.domain().is_some_and(|domain| routes::is_own(&settings, domain));
    let tags: Vec<u64> = recipients
        .iter()
        .filter(is_foreign)
        .map(|recipient| context.brakes.tag(&account.name, recipient))
        .collect();
    let mut accounts = context.brakes.lock();
    let behaviour = accounts.entry(account.name.clone()).or_default();
    let fresh = behaviour.known.fresh(&tags);
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let amounts = [1, count(recipients.len()), count(fresh.len())];
    if let Some(refusal) = behaviour.over(amounts, &allowed, now) {
        let is_news = refusal.until.is_some() && behaviour.is_news(&refusal);
        drop(accounts);
        tell(context, account, &refusal, is_news);
        return Err(refusal);
    }
    behaviour.add(amounts, now);
    behaviour.known.note(&tags, day_of(now));
    drop(accounts);
    Ok(Taken { context, account: &account.name, amounts, noted: fresh, is_kept: false })
}

fn tell(context: &Context, account: &Account, refusal: &Refusal, is_news: bool) {
    if is_news {
        context.event(Event::AccountLimit {
            account: account.name.clone(),
            kind: refusal.kind,
            span: refusal.span,
            used: refusal.used,
            limit: refusal.limit,
            until: refusal.until,
        });
    }
}

/// How an account stands.
#[must_use]
pub fn state(context: &Context, account: &Account) -> AccountState {
    let (allowed, now) = (allowed(context, account), context.now());
    let mut accounts = context.brakes.lock();
    let mut none = Behaviour::default();
    let behaviour = accounts.get_mut(&account.name).unwrap_or(&mut none);
    AccountState {
        account: account.name.clone(),
        limits: behaviour.states(&allowed, now),
        known_recipients: behaviour.known.len(),
    }
}

impl Taken<'_> {
    /// The message is safe: it counts.
    pub fn keep(mut self) {
        self.is_kept = true;
        self.context.brakes.bell.notify_one();
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if self.is_kept {
            return;
        }
        if let Some(behaviour) = self.context.brakes.lock().get_mut(self.account) {
            behaviour.take_back(self.amounts);
            behaviour.known.take_back(&self.noted);
        }
    }
}
