//! Who is kept out: each offence is counted against the host that made it, its answer is delayed, and in the end the
//! host is banned for a time, with a reason that `postamt ban why` tells.
//!
//! [`Guard`] is shared by all listeners and never blocks; [`note()`] also tells the log, and [`write_down`] keeps bans. The
//! operator's own networks and this host are never kept out: that is told instead. Mail that is refused slows a host
//! down and does not ban it, since honest servers bring it, too. An account that many strange hosts try is not locked,
//! which would be what they want: their guesses weigh more.

mod book;
mod countries;
mod duty;
mod letters;
mod score;

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use ipnet::IpNet;
use postamt_net::interfaces;
use postamt_store::bans::{Ban, BanReason, Offence, Visit};
use tokio::sync::{mpsc, watch};

use book::Book;
use countries::Countries;
use letters::{Arrival, Matters};
use score::Score;

pub use book::{MEMORY, around, host_of};
pub use duty::{
    NotBanned, ban, is_kept_out, is_spared, knocks, lift, load_countries, note, welcome, write_down,
};
pub use letters::{mail_address, reason_text, watch as write_letters};

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
/// The same wrong password from the same host weighs so much: a telephone with an old password gives it for days …
const AGAIN: f64 = 0.1;
/// … and waits at least so long for its answer.
const AGAIN_DELAY: Duration = Duration::from_secs(1);
/// What waits to be written down at the most; beyond that, it holds until the restart only.
const UNWRITTEN: usize = 1_024;
/// How long the addresses of this host's interfaces are taken to stay, in seconds.
const ADDRESSES_HOLD: u64 = 60;
/// A visit is written down again when the last one is older than this.
const VISIT_AGAIN: u64 = 86_400;

/// An offence as it was seen.
#[derive(Debug, Clone, Copy)]
pub struct Sighting<'a> {
    /// What it was.
    pub offence: Offence,
    /// The account that a login was for.
    pub name: Option<&'a str>,
    /// Stands for name and password, so that the same guess is known again; only where the password was said.
    pub guess: Option<u64>,
}

impl From<Offence> for Sighting<'_> {
    fn from(offence: Offence) -> Self {
        Self { offence, name: None, guess: None }
    }
}

/// What an offence leads to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judgement {
    /// Let the answer wait so long; not at all with the last one, nor for the operator's own.
    pub delay: Duration,
    /// Bans that begin with it: of the host, and of the network around it.
    pub bans: Vec<Ban>,
    /// For this it would have been banned, were it not the operator's own.
    pub spared: Option<BanReason>,
    /// The account is under siege since just now: by so many hosts.
    pub siege: Option<usize>,
}

/// See the head of this file.
#[derive(Debug)]
pub struct Guard {
    state: Mutex<State>,
    hasher: RandomState,
    /// This host's addresses, and when they were looked up.
    addresses: Mutex<(u64, Vec<IpAddr>)>,
    unwritten: mpsc::Sender<Written>,
    writer: Mutex<Option<mpsc::Receiver<Written>>>,
    /// Counts changes of the bans.
    changes: watch::Sender<u64>,
    countries: ArcSwapOption<Countries>,
    /// What the operator and owners are to hear.
    matters: Matters,
}

/// What is to be written down.
#[derive(Debug)]
enum Written {
    Ban(Ban),
    Visit(Visit),
}

impl Default for Guard {
    fn default() -> Self {
        let (unwritten, writer) = mpsc::channel(UNWRITTEN);
        Self {
            state: Mutex::default(),
            hasher: RandomState::default(),
            addresses: Mutex::default(),
            unwritten,
            writer: Mutex::new(Some(writer)),
            changes: watch::Sender::default(),
            countries: ArcSwapOption::empty(),
            matters: Matters::default(),
        }
    }
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

    /// Never waits: what finds no room holds until the restart.
    fn hand_on(&self, written: Written) {
        let _ = self.unwritten.try_send(written);
    }

    fn is_this_host(&self, peer: IpAddr, now: u64) -> bool {
        let mut known = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        if known.1.is_empty() || now >= known.0.saturating_add(ADDRESSES_HOLD) {
            *known = (now, interfaces::addresses().unwrap_or_default());
        }
        known.1.contains(&peer)
    }

    /// Takes up what was written down before the restart.
    pub fn recall(&self, bans: Vec<Ban>, visits: Vec<Visit>) {
        let mut state = self.lock();
        bans.into_iter().for_each(|ban| state.book.insert(ban));
        state.visits.extend(
            visits.into_iter().map(|visit| ((visit.account, visit.network), (visit.first, visit.last))),
        );
        self.ring();
    }

    fn ring(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Rings when a ban begins or is lifted; not when one ends.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Networks that are kept out now, and until when.
    #[must_use]
    pub fn in_force(&self, now: u64) -> Vec<(IpNet, Option<u64>)> {
        self.lock().book.in_force(now)
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

    /// Counts an offence.
    pub fn judge(&self, peer: IpAddr, sighting: Sighting<'_>, is_own: bool, now: u64) -> Judgement {
        let Sighting { offence, name, guess } = sighting;
        let host = host_of(peer);
        let mut state = self.lock();
        let is_familiar = name.is_some_and(|name| state.is_familiar(name, peer, now));
        let siege = match (offence, name) {
            (Offence::WrongPassword | Offence::UnknownAccount, Some(name)) if !is_familiar => {
                state.besieged(name, host, now)
            }
            _ => Siege::default(),
        };
        let factor = match (is_familiar, siege.is_on) {
            (true, _) => 0.5,
            (false, true) => SIEGE_FACTOR,
            (false, false) => 1.0,
        };
        state.make_room(now);
        let score = state.scores.entry(host).or_default();
        let is_again = guess.is_some_and(|guess| score.has_tried(guess));
        let factor = if is_again { factor.min(1.0) * AGAIN } else { factor };
        score.add(offence, name.map(|name| self.hasher.hash_one(name)), factor, now);
        let mut judgement = Judgement { delay: score.delay(now), siege: siege.began, ..Judgement::default() };
        if is_again {
            judgement.delay = judgement.delay.max(AGAIN_DELAY);
        }
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
            judgement.spared = Some(reason);
        } else if state.book.of(peer, now).is_none() {
            judgement.bans.push(state.book.ban(host, reason, now));
            judgement.bans.extend(state.ban_around(host, now));
            self.ring();
        }
        judgement
    }

    /// What its owner is to hear of a login from a network that is new for an account.
    fn arrival(&self, peer: IpAddr, visit: &Visit) -> Arrival {
        let countries = self.countries.load();
        let country_of = |address| countries.as_ref().and_then(|countries| countries.of(address));
        let country = country_of(peer);
        let is_known = |(account, network): &(String, IpNet)| {
            *account == visit.account && *network != visit.network && country_of(network.addr()) == country
        };
        let is_new_country = country.is_some() && !self.lock().visits.keys().any(is_known);
        Arrival { peer, network: visit.network, country, is_new_country, at: visit.first }
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

    /// A peer came again: true, and counted at its ban, while it is kept out.
    pub fn knocks(&self, peer: IpAddr, now: u64) -> bool {
        self.lock().book.knocks(peer, now)
    }

    /// The bans at which somebody has knocked since the last call.
    fn knocked(&self) -> Vec<Ban> {
        self.lock().book.take_knocked()
    }

    /// Takes up a ban that is written down.
    pub fn take_up(&self, ban: Ban) {
        self.lock().book.insert(ban);
        self.ring();
    }

    /// Lifts every ban that concerns this network or lies within it, and forgets what its hosts have against them.
    pub fn lift(&self, network: IpNet) -> Vec<Ban> {
        let mut state = self.lock();
        state.scores.retain(|host, _| !network.contains(host));
        let lifted =
            state.book.take_out(|ban| ban.network.contains(&network) || network.contains(&ban.network));
        self.ring();
        lifted
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

    /// Notes that a strange host failed to log in by a name, be it an account's or not.
    fn besieged(&mut self, name: &str, host: IpNet, now: u64) -> Siege {
        if self.failures.len() >= ACCOUNTS && !self.failures.contains_key(name) {
            // Names that only one host has thought of make room.
            self.failures.retain(|_, hosts| hosts.len() > 1);
            if self.failures.len() >= ACCOUNTS {
                return Siege::default();
            }
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

#[cfg(test)]
mod tests;
