//! Who is kept out: each offence is counted against the host that made it, its answer is delayed, and in the end the
//! host is banned for a time, with a reason that `postamt ban why` tells.
//!
//! [`Guard`] is shared by all listeners and never blocks; [`note`] also tells the log and writes bans down. The
//! operator's own networks are never banned: that is told instead. An account that many strange hosts try is not
//! locked, which would be what they want: their guesses weigh more.

mod book;
mod score;

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use postamt_net::interfaces;
use postamt_store::bans::{Ban, BanError, BanReason, Offence, Visit};

use crate::context::Context;
use crate::events::Event;
use crate::settings::Settings;
use book::Book;
use score::Score;

pub use book::{MEMORY, around, host_of};

/// Hosts whose offences are counted at a time; beyond that, those with the least against them are forgotten.
const HOSTS: usize = 50_000;
/// Accounts that are watched for many hosts at a time.
const ACCOUNTS: usize = 10_000;
/// An account that so many strange hosts fail to log in to …
const SIEGE: usize = 10;
/// … within so many seconds is under siege: a guess at it weighs …
const SIEGE_TIME: u64 = 3_600;
/// … so many times as much.
const SIEGE_FACTOR: f64 = 3.0;
/// A network from which an account has logged in within this many seconds is its own: a slip weighs half there.
const FAMILIAR: u64 = 30 * 86_400;
/// A visit is written down again when the last one is older than this.
const VISIT_AGAIN: u64 = 86_400;

/// What an offence leads to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judgement {
    /// Let the answer wait so long; not at all with the last one, nor for the operator's own.
    pub delay: Duration,
    /// Bans that begin with it: of the host, and of the network around it.
    pub bans: Vec<Ban>,
    /// It would have been banned, were it not the operator's own.
    pub is_spared: bool,
    /// The account is under siege since just now: by so many hosts.
    pub siege: Option<usize>,
}

/// See the head of this file.
#[derive(Debug, Default)]
pub struct Guard {
    state: Mutex<State>,
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct State {
    scores: HashMap<IpNet, Score>,
    book: Book,
    /// By account and network: first and last login.
    visits: HashMap<(String, IpNet), (u64, u64)>,
    /// By account: strange hosts that failed to log in, and when.
    failures: HashMap<String, VecDeque<(IpNet, u64)>>,
}

impl Guard {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic in between leaves counts that are good enough.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes up what was written down before the restart.
    pub fn recall(&self, bans: Vec<Ban>, visits: Vec<Visit>) {
        let mut state = self.lock();
        bans.into_iter().for_each(|ban| state.book.insert(ban));
        state.visits.extend(
            visits.into_iter().map(|visit| ((visit.account, visit.network), (visit.first, visit.last))),
        );
    }

    /// The ban that keeps a peer out now.
    #[must_use]
    pub fn ban_of(&self, peer: IpAddr, now: u64) -> Option<Ban> {
        self.lock().book.of(peer, now).cloned()
    }

    /// All bans that are in force or still count, the youngest first.
    #[must_use]
    pub fn bans(&self) -> Vec<Ban> {
        self.lock().book.all()
    }

    /// Counts an offence. `name` is the account that a login was for.
    pub fn judge(
        &self,
        peer: IpAddr,
        offence: Offence,
        name: Option<&str>,
        is_own: bool,
        now: u64,
    ) -> Judgement {
        let host = host_of(peer);
        let mut state = self.lock();
        let is_familiar = name.is_some_and(|name| state.is_familiar(name, peer, now));
        let siege = match (offence, name) {
            (Offence::WrongPassword, Some(name)) if !is_familiar => state.besieged(name, host, now),
            _ => Siege::default(),
        };
        let factor = match (is_familiar, siege.is_on) {
            (true, _) => 0.5,
            (false, true) => SIEGE_FACTOR,
            (false, false) => 1.0,
        };
        state.make_room(now);
        let score = state.scores.entry(host).or_default();
        score.add(offence, name.map(|name| self.hasher.hash_one(name)), factor, now);
        let mut judgement = Judgement { delay: score.delay(now), siege: siege.began, ..Judgement::default() };
        if is_own {
            // A server of one's own speaks for many people: one of them must not slow down all.
            judgement.delay = Duration::ZERO;
        }
        if score.points(now) < score::BAN_AT {
            return judgement;
        }
        judgement.delay = Duration::ZERO;
        let reason = score.reason();
        state.scores.remove(&host);
        if is_own {
            judgement.is_spared = true;
        } else if state.book.of(peer, now).is_none() {
            judgement.bans.push(state.book.ban(host, reason, now));
            judgement.bans.extend(state.ban_around(host, now));
        }
        judgement
    }

    /// A login succeeded. The visit is to be written down when it is the first from there in a day; with `true` when it
    /// is the first from there at all, while the account has logged in from elsewhere before.
    pub fn welcome(&self, peer: IpAddr, name: &str, now: u64) -> Option<(Visit, bool)> {
        let mut state = self.lock();
        if let Some(score) = state.scores.get_mut(&host_of(peer)) {
            score.forgive(self.hasher.hash_one(name), now);
        }
        let network = around(peer);
        let key = (name.to_owned(), network);
        if let Some((first, last)) = state.visits.get_mut(&key) {
            let is_due = now >= last.saturating_add(VISIT_AGAIN);
            if is_due {
                *last = now;
            }
            let visit = Visit { account: key.0, network, first: *first, last: now };
            return is_due.then_some((visit, false));
        }
        let is_new = state.visits.keys().any(|(account, _)| account == name);
        state.visits.insert(key, (now, now));
        Some((Visit { account: name.to_owned(), network, first: now, last: now }, is_new))
    }

    /// Bans a network by the operator's wish, for so many seconds or until it is lifted.
    pub fn ban(&self, network: IpNet, seconds: Option<u64>, note: String, now: u64) -> Ban {
        let until = seconds.map(|seconds| now.saturating_add(seconds));
        let reason = BanReason::Operator { note };
        let ban = Ban { network: network.trunc(), since: now, until, reason, times: 1 };
        self.lock().book.insert(ban.clone());
        ban
    }

    /// Lifts every ban that concerns this network or lies within it, and forgets what its hosts have against them.
    pub fn lift(&self, network: IpNet) -> Vec<Ban> {
        let mut state = self.lock();
        state.scores.retain(|host, _| !network.contains(host));
        let concerned: Vec<IpNet> = state
            .book
            .all()
            .into_iter()
            .map(|ban| ban.network)
            .filter(|banned| banned.contains(&network) || network.contains(banned))
            .collect();
        concerned.iter().filter_map(|banned| state.book.remove(banned)).collect()
    }

    /// Forgets what does not count any more.
    pub fn sweep(&self, now: u64) {
        let mut state = self.lock();
        state.book.forget_old(now);
        state.scores.retain(|_, score| score.points(now) >= 1.0);
        state.visits.retain(|_, (_, last)| now < last.saturating_add(MEMORY));
        state.failures.retain(|_, hosts| hosts.back().is_some_and(|(_, at)| now < at + SIEGE_TIME));
    }
}

/// Whether an account is under siege.
#[derive(Debug, Default)]
struct Siege {
    is_on: bool,
    began: Option<usize>,
}

impl State {
    fn is_familiar(&self, name: &str, peer: IpAddr, now: u64) -> bool {
        let visit = self.visits.get(&(name.to_owned(), around(peer)));
        visit.is_some_and(|(_, last)| now < last.saturating_add(FAMILIAR))
    }

    /// Notes that a strange host failed to log in to an account that exists.
    fn besieged(&mut self, name: &str, host: IpNet, now: u64) -> Siege {
        if self.failures.len() >= ACCOUNTS && !self.failures.contains_key(name) {
            return Siege::default();
        }
        let hosts = self.failures.entry(name.to_owned()).or_default();
        while hosts.front().is_some_and(|(_, at)| now >= at + SIEGE_TIME) {
            hosts.pop_front();
        }
        let before = hosts.len();
        if hosts.iter().all(|(known, _)| *known != host) && before <= SIEGE {
            hosts.push_back((host, now));
        }
        let began = (before < SIEGE && hosts.len() >= SIEGE).then_some(hosts.len());
        Siege { is_on: hosts.len() >= SIEGE, began }
    }

    /// Bans the network around a host when enough of it is banned, unless an account lives there.
    fn ban_around(&mut self, host: IpNet, now: u64) -> Option<Ban> {
        let (network, hosts) = self.book.bad_neighbours(&host, now)?;
        let is_home = self
            .visits
            .iter()
            .any(|((_, from), (_, last))| *from == network && now < last.saturating_add(FAMILIAR));
        (!is_home).then(|| self.book.ban(network, BanReason::Neighbours { hosts }, now))
    }

    fn make_room(&mut self, now: u64) {
        if self.scores.len() < HOSTS {
            return;
        }
        self.scores.retain(|_, score| score.points(now) >= 1.0);
        if self.scores.len() >= HOSTS {
            let mut points: Vec<_> = self.scores.values().map(|score| score.points(now)).collect();
            let (_, median, _) = points.select_nth_unstable_by(HOSTS / 2, f64::total_cmp);
            let median = *median;
            self.scores.retain(|_, score| score.points(now) > median);
        }
    }
}

/// Whether a peer is the operator's own.
#[must_use]
pub fn is_own(settings: &Settings, peer: IpAddr) -> bool {
    settings.own_networks.iter().any(|network| network.contains(peer))
}

/// Whether a peer comes from another address of this host, as `postamt doctor` does when it looks for an open relay.
fn is_this_host(peer: IpAddr) -> bool {
    !peer.is_loopback() && interfaces::addresses().is_ok_and(|addresses| addresses.contains(&peer))
}

/// Counts an offence, tells what comes of it, and writes bans down.
pub fn note(context: &Context, peer: IpAddr, offence: Offence, name: Option<&str>) -> Judgement {
    let is_own = is_own(&context.settings(), peer) || is_this_host(peer);
    let judgement = context.guard.judge(peer, offence, name, is_own, context.now());
    if judgement.is_spared {
        context.event(Event::BanSpared { peer, offence: offence.name() });
    }
    if let (Some(hosts), Some(name)) = (judgement.siege, name) {
        context.event(Event::AccountAttacked { account: name.to_owned(), hosts });
    }
    for ban in &judgement.bans {
        tell(context, ban);
        let (bans, events, ban) = (context.ports.bans.clone(), context.ports.events.clone(), ban.clone());
        context.tasks.spawn(async move {
            if let Err(error) = bans.save_ban(ban).await {
                events.event(Event::Warning { what: error.to_string() });
            }
        });
    }
    judgement
}

/// A login succeeded: forgives slips, and notes from where it came.
pub fn welcome(context: &Context, peer: IpAddr, account: &str) {
    let Some((visit, is_new)) = context.guard.welcome(peer, account, context.now()) else { return };
    if is_new {
        let network = visit.network.to_string();
        context.event(Event::NewNetwork { account: account.to_owned(), peer, network });
    }
    let (bans, events) = (context.ports.bans.clone(), context.ports.events.clone());
    context.tasks.spawn(async move {
        if let Err(error) = bans.save_visit(visit).await {
            events.event(Event::Warning { what: error.to_string() });
        }
    });
}

/// Why an operator's ban does not hold.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NotBanned {
    /// The network has hosts of the operator's own in it.
    #[error("{0} is one of the own networks")]
    Own(IpNet),
    /// It could not be written down.
    #[error(transparent)]
    Bans(#[from] BanError),
}

/// Writes an operator's ban down; it holds from now on.
///
/// # Errors
/// [`NotBanned`].
pub async fn ban(
    context: &Context,
    network: IpNet,
    seconds: Option<u64>,
    note: String,
) -> Result<Ban, NotBanned> {
    let own = &context.settings().own_networks;
    if own.iter().any(|own| own.contains(network.addr()) || network.contains(&own.address)) {
        return Err(NotBanned::Own(network));
    }
    let ban = context.guard.ban(network, seconds, note, context.now());
    if let Err(error) = context.ports.bans.save_ban(ban.clone()).await {
        context.guard.lift(ban.network);
        return Err(error.into());
    }
    tell(context, &ban);
    Ok(ban)
}

/// Lifts all bans that concern a network.
///
/// # Errors
/// They are lifted, and come back with the next start.
pub async fn lift(context: &Context, network: IpNet) -> Result<Vec<Ban>, BanError> {
    let lifted = context.guard.lift(network);
    for ban in &lifted {
        context.ports.bans.forget_ban(ban.network).await?;
        context.event(Event::BanLifted { network: ban.network.to_string() });
    }
    Ok(lifted)
}

fn tell(context: &Context, ban: &Ban) {
    let reason = match &ban.reason {
        BanReason::Offences { counts, .. } => {
            let counts = counts.iter().map(|(offence, count)| format!("{}:{count}", offence.name()));
            counts.collect::<Vec<_>>().join(",")
        }
        BanReason::Neighbours { hosts } => format!("neighbours:{}", hosts.len()),
        BanReason::Operator { .. } => "operator".to_owned(),
    };
    let network = ban.network.to_string();
    context.event(Event::Banned { network, until: ban.until, times: ban.times, reason });
}

#[cfg(test)]
mod tests;
