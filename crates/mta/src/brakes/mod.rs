//! The brakes of stolen accounts: what one account may send within an hour and a day.
//!
//! [`may_begin`] is asked at MAIL, [`take`] when a message is there: it counts message and recipients at once, so that two
//! sessions cannot both have the last place, and [`Taken`] gives back what was not kept. What is over a limit is
//! refused with a reply that says which, how much and until when; nothing is ever parked. All of it is in memory;
//! [`watch`] writes it down behind.

mod behaviour;
pub mod fingerprint;
pub mod habits;
pub mod judge;
mod known;
pub mod limits;
mod react;
mod refusal;
mod sending;
pub mod text;
#[cfg(test)]
mod tests;
mod watch;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use aws_lc_rs::hmac;
use postamt_mail::address::Address;
use postamt_store::accounts::Account;
use postamt_store::conduct::{Brake, Changes, Conduct, Known};
use tokio::sync::Notify;

use crate::context::Context;
use crate::events::Event;
use crate::flow::Hold;
use crate::plan::routes;
use behaviour::Behaviour;
use habits::Learned;
use judge::{Floor, Message};
use limits::Allowed;

pub use behaviour::{AccountState, LimitState};
pub use react::{ROUTE, let_go};
pub use refusal::{NotTaken, Refusal};
pub use sending::Sending;
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

/// A message that an account may send: counted already, and given back unless it is [kept](Taken::keep).
pub struct Taken<'a> {
    context: &'a Context,
    account: &'a str,
    amounts: [u32; 3],
    /// Tags of recipients that were noted with it.
    noted: Vec<u64>,
    /// Why it is held, if it is.
    pub hold: Option<Hold>,
    is_kept: bool,
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

/// The least time between two messages of an account that is slowed down, in seconds.
pub const PAUSE: u64 = 10;

/// MAIL: whether an account may send anything at all now.
///
/// # Errors
/// The limit that is reached, or it is frozen.
pub fn may_begin(context: &Context, account: &Account) -> Result<(), NotTaken> {
    let (allowed, now) = (allowed(context, account), context.now());
    let mut accounts = context.brakes.lock();
    let Some(behaviour) = accounts.get_mut(&account.name) else { return Ok(()) };
    if behaviour.standing.brake == Brake::Frozen {
        return Err(NotTaken::Frozen { since: behaviour.standing.since });
    }
    match behaviour.over([1, 1, 0], &allowed, now) {
        Some(refusal) => {
            let is_news = behaviour.is_news(&refusal);
            drop(accounts);
            tell(context, account, &refusal, is_news);
            Err(refusal.into())
        }
        None => {
            behaviour.note_room(&allowed, now);
            Ok(())
        }
    }
}

/// What an account wants to send.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// To whom.
    pub recipients: &'a [Address],
    /// From which network; `None` is this host.
    pub network: Option<&'a str>,
    /// Of its text.
    pub fingerprint: u64,
}

/// Counts a message and its recipients, if they are below all limits, and brakes an account that behaves unusually.
///
/// # Errors
/// Why it is refused; nothing is counted then.
pub fn take<'a>(
    context: &'a Context,
    account: &'a Account,
    outgoing: Outgoing<'_>,
) -> Result<Taken<'a>, NotTaken> {
    let (settings, now) = (context.settings(), context.now());
    let allowed = settings.account_limits.with(&account.limits);
    let floor = Floor::of(&settings.account_limits, &allowed);
    // Mail within the house harms no reputation, however many colleagues there are.
    let is_foreign =
        |address: &&Address| !address.domain().is_some_and(|domain| routes::is_own(&settings, domain));
    let foreign = outgoing.recipients.iter().filter(is_foreign);
    let tags: Vec<u64> = foreign.map(|recipient| context.brakes.tag(&account.name, recipient)).collect();
    let mut accounts = context.brakes.lock();
    let behaviour = accounts.entry(account.name.clone()).or_default();
    let before = behaviour.standing.brake;
    let decided = behaviour.decide(outgoing, &tags, &allowed, floor, now);
    let standing = behaviour.standing.clone();
    let is_news = match &decided {
        Err(NotTaken::Limit(refusal)) => refusal.until.is_some() && behaviour.is_news(refusal),
        _ => false,
    };
    drop(accounts);
    react::note(context, &account.name, before, &standing);
    match decided {
        Ok((amounts, noted)) => {
            let hold = (standing.brake == Brake::Held)
                .then(|| Hold::Account { reason: text::plain(&standing.signs) });
            Ok(Taken { context, account: &account.name, amounts, noted, hold, is_kept: false })
        }
        Err(not_taken) => {
            if let NotTaken::Limit(refusal) = &not_taken {
                tell(context, account, refusal, is_news);
            }
            Err(not_taken)
        }
    }
}

impl Behaviour {
    /// Whether a message is taken: its amounts, counted, and the tags of its strangers.
    fn decide(
        &mut self,
        outgoing: Outgoing<'_>,
        tags: &[u64],
        allowed: &Allowed,
        floor: Floor,
        now: u64,
    ) -> Result<([u32; 3], Vec<u64>), NotTaken> {
        let fresh = self.known.fresh(tags);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let amounts = [1, count(outgoing.recipients.len()), count(fresh.len())];
        if self.standing.brake == Brake::Frozen {
            return Err(NotTaken::Frozen { since: self.standing.since });
        }
        if let Some(refusal) = self.over(amounts, allowed, now) {
            return Err(refusal.into());
        }
        let [_, recipients, strangers] = amounts;
        let Outgoing { network, fingerprint, .. } = outgoing;
        let recent = self.recent(amounts, now);
        let message = Message { network, fingerprint, strangers };
        let decision = judge::judge(&self.habits, &recent, message, floor, now);
        let learned = Learned { network, fingerprint, recipients, strangers };
        match self.brake(decision, now) {
            Brake::Frozen => return Err(NotTaken::Frozen { since: self.standing.since }),
            Brake::Slowed if now < self.last.saturating_add(PAUSE) => {
                return Err(NotTaken::Slowed { again: self.last.saturating_add(PAUSE) });
            }
            Brake::Free => habits::learn(&mut self.habits, learned, now),
            Brake::Slowed | Brake::Held => habits::note(&mut self.habits, learned, now),
        }
        self.add(amounts, now);
        self.known.note(tags, day_of(now));
        Ok((amounts, fresh))
    }
}

/// So many recipients of an account's mail could not be delivered to: what a thief writes to is often made up.
pub fn bounced(context: &Context, account: &str, count: usize) {
    let now = context.now();
    if count > 0
        && let Some(behaviour) = context.brakes.lock().get_mut(account)
    {
        behaviour.bounced(u32::try_from(count).unwrap_or(u32::MAX), now);
        context.brakes.bell.notify_one();
    }
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
        standing: behaviour.standing_at(now),
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
