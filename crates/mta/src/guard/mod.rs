//! Who is kept out: each offence is counted against the host that made it, its answer is delayed, and in the end the
//! host is banned for a time, with a reason that `postamt ban why` tells.
//!
//! [`Guard`] is shared by all listeners and never blocks; [`note`] also tells the log, and [`write_down`] keeps bans. The
//! operator's own networks and this host are never kept out: that is told instead. Mail that is refused slows a host
//! down and does not ban it, since honest servers bring it, too. An account that many strange hosts try is not locked,
//! which would be what they want: their guesses weigh more.

mod book;
mod score;

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use postamt_net::interfaces;
use postamt_store::bans::{Ban, BanError, BanReason, Offence, Visit};
use tokio::sync::mpsc;

use crate::context::Context;
use crate::events::Event;
use crate::settings::Settings;
use book::{Book, around};
use score::Score;

pub use book::{MEMORY, host_of};

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
/// What waits to be written down at the most; beyond that, it holds until the restart only.
const UNWRITTEN: usize = 1_024;
/// How long the addresses of this host's interfaces are taken to stay, in seconds.
const ADDRESSES_HOLD: u64 = 60;
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
#[derive(Debug)]
pub struct Guard {
    state: Mutex<State>,
    hasher: RandomState,
    /// This host's addresses, and when they were looked up.
    addresses: Mutex<(u64, Vec<IpAddr>)>,
    unwritten: mpsc::Sender<Written>,
    writer: Mutex<Option<mpsc::Receiver<Written>>>,
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

    /// Takes up a ban that is written down.
    pub fn take_up(&self, ban: Ban) {
        self.lock().book.insert(ban);
    }

    /// Lifts every ban that concerns this network or lies within it, and forgets what its hosts have against them.
    pub fn lift(&self, network: IpNet) -> Vec<Ban> {
        let mut state = self.lock();
        state.scores.retain(|host, _| !network.contains(host));
        state.book.take_out(|ban| ban.network.contains(&network) || network.contains(&ban.network))
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

/// Whether a peer is the operator's own.
fn is_own(settings: &Settings, peer: IpAddr) -> bool {
    settings.own_networks.iter().any(|network| network.contains(peer))
}

/// Whether a peer is kept out now. The operator's own never are, whatever network is banned around them.
#[must_use]
pub fn is_kept_out(context: &Context, peer: IpAddr) -> bool {
    context.guard.ban_of(peer, context.now()).is_some() && !is_spared(context, peer)
}

/// Own networks, and other addresses of this host: `postamt doctor` looks from them for an open relay.
fn is_spared(context: &Context, peer: IpAddr) -> bool {
    is_own(&context.settings(), peer)
        || (!peer.is_loopback() && context.guard.is_this_host(peer, context.now()))
}

/// Counts an offence, tells what comes of it, and has bans written down.
pub fn note(context: &Context, peer: IpAddr, offence: Offence, name: Option<&str>) -> Judgement {
    let is_own = is_spared(context, peer);
    let judgement = context.guard.judge(peer, offence, name, is_own, context.now());
    if judgement.is_spared {
        context.event(Event::BanSpared { peer, offence: offence.name() });
    }
    if let (Some(hosts), Some(name)) = (judgement.siege, name) {
        context.event(Event::AccountAttacked { account: name.to_owned(), hosts });
    }
    for ban in &judgement.bans {
        tell(context, ban);
        context.guard.hand_on(Written::Ban(ban.clone()));
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
    context.guard.hand_on(Written::Visit(visit));
}

/// Writes bans and visits down as they come, all that wait at a time, until the server stops.
pub async fn write_down(context: Arc<Context>) {
    let Some(mut writer) = context.guard.writer.lock().unwrap_or_else(PoisonError::into_inner).take() else {
        return;
    };
    let mut waiting = Vec::new();
    loop {
        tokio::select! {
            _ = writer.recv_many(&mut waiting, UNWRITTEN) => {}
            // What came in before is written; sessions that still end bring nothing of weight.
            () = context.stop.cancelled() => writer.close(),
        }
        while let Ok(written) = writer.try_recv() {
            waiting.push(written);
        }
        let (mut bans, mut visits) = (Vec::new(), Vec::new());
        for written in waiting.drain(..) {
            match written {
                Written::Ban(ban) => bans.push(ban),
                Written::Visit(visit) => visits.push(visit),
            }
        }
        if let Err(error) = context.ports.bans.save(bans, visits).await {
            context.event(Event::Warning { what: error.to_string() });
        }
        if context.stop.is_cancelled() {
            return;
        }
    }
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

/// Writes an operator's ban down; it holds from then on.
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
    let now = context.now();
    let until = seconds.map(|seconds| now.saturating_add(seconds));
    let reason = BanReason::Operator { note };
    let ban = Ban { network: network.trunc(), since: now, until, reason, times: 1 };
    context.ports.bans.save(vec![ban.clone()], Vec::new()).await?;
    context.guard.take_up(ban.clone());
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
        context.event(Event::BanLifted { network: ban.network.to_string() });
    }
    context.ports.bans.forget_bans(lifted.iter().map(|ban| ban.network).collect()).await?;
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
