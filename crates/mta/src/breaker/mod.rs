//! Port 25 as the pipeline sees it: which ways out may be used now, and what that means for mail that waits.
//!
//! [`machine`] decides for one way, purely. [`Breaker`] holds the ways, watches connection attempts that find no
//! answer, and rings when something changed; [`watch`] writes changes down and has the queue planned anew.

pub mod detour;
pub mod machine;
pub mod operator;
pub mod text;
mod watch;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use postamt_store::facts::{ConnectProblem, Family, PathFact, PathKey, PathState};
use tokio::sync::{Notify, watch as channel};

use crate::settings::{Outgoing, Relay, Settings};
use detour::Hindrance;
use machine::{Machine, SILENCE_SECONDS, Sighting};

pub use watch::watch;

/// The ways out of a server.
#[derive(Debug)]
pub struct Breaker {
    ways: Mutex<HashMap<PathKey, Way>>,
    /// Attempts under way get numbers.
    tokens: AtomicU64,
    /// Changes whenever a way was closed or opened.
    generation: channel::Sender<u64>,
    /// Rung when there is something to watch or to write down.
    bell: Notify,
}

#[derive(Debug)]
struct Way {
    machine: Machine,
    /// Attempts under way: whose server, and since when.
    connecting: HashMap<u64, (String, u64)>,
    /// The fact has changed since it was last written down.
    dirty: bool,
}

/// Where mail that should go directly goes now.
#[derive(Debug, Clone)]
pub enum Course {
    /// Directly.
    Direct,
    /// By this relay, since the port is blocked.
    Detour(Arc<Relay>),
    /// Nowhere: it waits until this time (seconds since 1970).
    Wait {
        /// When to look again.
        until: u64,
    },
}

/// An attempt to connect; dropped without a result it leaves no trace.
#[derive(Debug)]
pub struct Attempt<'a> {
    breaker: &'a Breaker,
    path: PathKey,
    token: u64,
    operator: String,
}

/// The ways that the settings allow: one per family, from the source address that is named for it.
#[must_use]
pub fn ways_of(outgoing: &Outgoing) -> Vec<PathKey> {
    let families = [(outgoing.ipv4, Family::Ipv4), (outgoing.ipv6, Family::Ipv6)];
    let way = |family| PathKey { source: source_of(outgoing, family), family };
    families
        .into_iter()
        .filter(|(used, family)| {
            *used && (outgoing.sources.is_empty() || source_of(outgoing, *family).is_some())
        })
        .map(|(_, family)| way(family))
        .collect()
}

/// The way to an address.
#[must_use]
pub fn way_to(outgoing: &Outgoing, address: IpAddr) -> PathKey {
    let family = Family::of(address);
    PathKey { source: source_of(outgoing, family), family }
}

fn source_of(outgoing: &Outgoing, family: Family) -> Option<IpAddr> {
    outgoing.sources.iter().map(|source| source.address).find(|address| Family::of(*address) == family)
}

impl Breaker {
    /// With what was known before the restart.
    #[must_use]
    pub fn new(facts: Vec<PathFact>) -> Self {
        let way = |fact: PathFact| {
            (fact.path, Way { machine: Machine::from_fact(fact), connecting: HashMap::new(), dirty: false })
        };
        Self {
            ways: Mutex::new(facts.into_iter().map(way).collect()),
            tokens: AtomicU64::new(0),
            generation: channel::Sender::new(0),
            bell: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PathKey, Way>> {
        // What a panic leaves is a state that the next sighting corrects.
        self.ways.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Follows changes: for tasks that wait for a connection that may never come.
    #[must_use]
    pub fn changes(&self) -> channel::Receiver<u64> {
        self.generation.subscribe()
    }

    /// Whether mail may not use this way.
    #[must_use]
    pub fn is_closed(&self, path: PathKey) -> bool {
        self.lock().get(&path).is_some_and(|way| way.machine.is_closed())
    }

    /// Ends when this way is closed: attempts under way are then given up.
    pub async fn closed(&self, path: PathKey) {
        let mut changes = self.changes();
        while !self.is_closed(path) {
            if changes.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }

    /// What is known of the ways.
    #[must_use]
    pub fn facts(&self) -> Vec<PathFact> {
        let mut facts: Vec<_> = self.lock().values().map(|way| way.machine.fact().clone()).collect();
        facts.sort_by_key(|fact| fact.path);
        facts
    }

    /// Where mail goes now; takes a place in a trial when it says [`Course::Direct`] during one. `detour` is asked for
    /// another way once all of these are closed.
    #[must_use]
    pub fn course(
        &self,
        settings: &Settings,
        now: u64,
        detour: impl FnOnce() -> Result<Arc<Relay>, Hindrance>,
    ) -> Course {
        let wanted = ways_of(&settings.outgoing);
        let mut ways = self.lock();
        let mut closed: Option<PathFact> = None;
        for path in &wanted {
            let Some(way) = ways.get_mut(path) else { return Course::Direct };
            if way.machine.admit(now) {
                return Course::Direct;
            }
            let fact = way.machine.fact();
            if closed.as_ref().is_none_or(|other| other.since <= fact.since) {
                closed = Some(fact.clone());
            }
        }
        let Some(fact) = closed else { return Course::Direct };
        match detour() {
            Ok(relay) => Course::Detour(relay),
            Err(_) => Course::Wait {
                until: fact
                    .next_probe
                    .unwrap_or(now)
                    .clamp(now + machine::LOOK_AGAIN_SECONDS, now + machine::LONGEST_LOOK_SECONDS),
            },
        }
    }

    /// Whether all ways are closed, without taking a place in a trial: since when.
    #[must_use]
    pub fn closed_since(&self, settings: &Settings) -> Option<u64> {
        let ways = self.lock();
        let since = |path: &PathKey| {
            ways.get(path).filter(|way| way.machine.is_closed()).map(|way| way.machine.fact().since)
        };
        let all: Option<Vec<u64>> = ways_of(&settings.outgoing).iter().map(since).collect();
        all.and_then(|times| times.into_iter().max())
    }

    /// An attempt to connect begins.
    pub fn connecting(&self, path: PathKey, operator: String, now: u64) -> Attempt<'_> {
        let token = self.tokens.fetch_add(1, Ordering::Relaxed);
        let mut ways = self.lock();
        let way = ways.entry(path).or_insert_with(|| Way::new(path, now));
        way.connecting.insert(token, (operator.clone(), now));
        let first = way.connecting.len() == 1;
        drop(ways);
        if first {
            self.bell.notify_one();
        }
        Attempt { breaker: self, path, token, operator }
    }

    /// A message was delivered on this way (true), or an attempt ended in talk without a delivery.
    pub fn attempted(&self, path: PathKey, delivered: bool, now: u64) {
        let mut ways = self.lock();
        let Some(way) = ways.get_mut(&path) else { return };
        if way.machine.fact().state != PathState::Trial {
            return;
        }
        if delivered {
            let changed = way.machine.see(Sighting::Delivered, now);
            drop(ways);
            self.changed(path, changed);
        } else {
            way.machine.trial_ended();
        }
    }

    /// A job that was let through will not use its place in a trial now: its provider is paused.
    pub fn give_back(&self) {
        for way in self.lock().values_mut() {
            way.machine.trial_ended();
        }
    }

    /// A probe was made.
    pub fn probed(&self, path: PathKey, open: bool, verdict: String, evidence: Vec<String>, now: u64) {
        self.see(path, Sighting::Probed { open, verdict, evidence }, now);
    }

    fn see(&self, path: PathKey, sighting: Sighting, now: u64) {
        let mut ways = self.lock();
        let way = ways.entry(path).or_insert_with(|| Way::new(path, now));
        let changed = way.machine.see(sighting, now);
        drop(ways);
        self.changed(path, changed);
    }

    fn changed(&self, path: PathKey, changed: bool) {
        if !changed {
            return;
        }
        if let Some(way) = self.lock().get_mut(&path) {
            way.dirty = true;
        }
        self.generation.send_modify(|generation| *generation += 1);
        self.bell.notify_one();
    }

    /// Lets time pass.
    fn tick(&self, now: u64) {
        let due: Vec<PathKey> =
            self.lock().iter_mut().filter_map(|(path, way)| way.machine.tick(now).then_some(*path)).collect();
        for path in due {
            self.changed(path, true);
        }
    }

    /// Counts attempts that have had no answer for too long as failures. True while there are attempts to watch.
    fn look_at_silence(&self, now: u64) -> bool {
        let mut silent = Vec::new();
        let mut watching = false;
        for (path, way) in self.lock().iter() {
            watching |= !way.connecting.is_empty();
            let old = way.connecting.values().filter(|(_, since)| since + SILENCE_SECONDS <= now);
            silent.extend(old.map(|(operator, since)| (*path, operator.clone(), now - since)));
        }
        for (path, operator, seconds) in silent {
            let problem = ConnectProblem::Unanswered { seconds };
            self.see(path, Sighting::Failed { operator, problem }, now);
        }
        watching
    }

    /// Facts that are to be written down.
    fn take_dirty(&self) -> Vec<PathFact> {
        let mut ways = self.lock();
        let mut facts = Vec::new();
        for way in ways.values_mut() {
            if std::mem::take(&mut way.dirty) {
                facts.push(way.machine.fact().clone());
            }
        }
        facts
    }
}

impl Way {
    fn new(path: PathKey, now: u64) -> Self {
        Self { machine: Machine::new(path, now), connecting: HashMap::new(), dirty: false }
    }
}

impl Attempt<'_> {
    /// TCP stood: port 25 is open, whatever is said then.
    pub fn answered(self, now: u64) {
        self.breaker.see(self.path, Sighting::Answered { operator: self.operator.clone() }, now);
    }

    /// No connection.
    pub fn failed(self, problem: ConnectProblem, now: u64) {
        self.breaker.see(self.path, Sighting::Failed { operator: self.operator.clone(), problem }, now);
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if let Some(way) = self.breaker.lock().get_mut(&self.path) {
            way.connecting.remove(&self.token);
        }
    }
}
