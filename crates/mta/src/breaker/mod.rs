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

use postamt_store::facts::{ConnectProblem, Family, PathFact, PathKey, PathState, ProbeFact};
use tokio::sync::{Notify, watch as channel};

use crate::queue::place::Place;
use crate::queue::site::Site;
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
    /// Attempts under way.
    connecting: HashMap<u64, Connecting>,
    /// The fact has changed since it was last written down.
    dirty: bool,
}

/// An attempt under way.
#[derive(Debug)]
struct Connecting {
    /// Whose server.
    operator: String,
    /// When it began.
    since: u64,
    /// It has been silent for so long that it counts as a failure, once; the places in a trial of what waits for it are
    /// free for others.
    counted: bool,
    /// Where mail waits for it; `None` for a rehearsal.
    site: Option<Arc<Site>>,
}

/// What mail can use now. When it changes, mail that waits is planned again; when only one of several ways changes, it is
/// not: mail goes by the others meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Courses {
    /// Some way, as usual.
    Direct,
    /// These, a few messages at a time: each with the time when its trial began.
    Trial(Vec<(PathKey, u64)>),
    /// None, since the last of them was closed.
    Closed(u64),
}

/// Where mail that should go directly goes now.
#[derive(Debug)]
pub enum Course {
    /// Directly, with this place while a way is on trial.
    Direct(Place),
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

    /// Where mail goes now. `detour` is asked for another way once all of these are closed.
    #[must_use]
    pub fn course(
        &self,
        settings: &Settings,
        now: u64,
        detour: impl FnOnce() -> Result<Arc<Relay>, Hindrance>,
    ) -> Course {
        let wanted = ways_of(&settings.outgoing);
        let mut ways = self.lock();
        let mut next = None;
        for path in &wanted {
            let Some(way) = ways.get_mut(path) else { return Course::Direct(Place::default()) };
            if let Some(place) = way.machine.admit(now) {
                return Course::Direct(place);
            }
            let look = way.machine.look_again(now);
            next = Some(next.map_or(look, |other: u64| other.min(look)));
        }
        drop(ways);
        let Some(until) = next else { return Course::Direct(Place::default()) };
        detour().map_or(Course::Wait { until }, Course::Detour)
    }

    /// What mail can use now, without taking a place in a trial.
    #[must_use]
    pub fn courses(&self, settings: &Settings) -> Courses {
        let ways = self.lock();
        let mut closed = None;
        let mut trials = Vec::new();
        for path in ways_of(&settings.outgoing) {
            let Some(way) = ways.get(&path) else { return Courses::Direct };
            let fact = way.machine.fact();
            match fact.state {
                PathState::Direct => return Courses::Direct,
                PathState::Trial => trials.push((path, fact.since)),
                PathState::Relay => closed = closed.max(Some(fact.since)),
            }
        }
        match closed {
            _ if !trials.is_empty() => Courses::Trial(trials),
            Some(since) => Courses::Closed(since),
            None => Courses::Direct,
        }
    }

    /// Whether all ways are closed, without taking a place in a trial: since when nothing has gone directly but trials.
    #[must_use]
    pub fn closed_since(&self, settings: &Settings) -> Option<u64> {
        let ways = self.lock();
        let since = |path: &PathKey| {
            let fact = ways.get(path).filter(|way| way.machine.is_closed())?.machine.fact();
            Some(fact.down_since.unwrap_or(fact.since))
        };
        let all: Option<Vec<u64>> = ways_of(&settings.outgoing).iter().map(since).collect();
        all.and_then(|times| times.into_iter().max())
    }

    /// An attempt to connect begins, for the mail of a site, or for none.
    pub fn connecting(
        &self,
        path: PathKey,
        operator: String,
        site: Option<Arc<Site>>,
        now: u64,
    ) -> Attempt<'_> {
        let token = self.tokens.fetch_add(1, Ordering::Relaxed);
        let mut ways = self.lock();
        let way = ways.entry(path).or_insert_with(|| Way::new(path, now));
        way.connecting.insert(token, Connecting { operator, since: now, counted: false, site });
        let first = way.connecting.values().filter(|other| !other.counted).count() == 1;
        drop(ways);
        if first {
            self.bell.notify_one();
        }
        Attempt { breaker: self, path, token }
    }

    /// A message was delivered on this way.
    pub fn delivered(&self, path: PathKey, now: u64) {
        let mut ways = self.lock();
        let Some(way) = ways.get_mut(&path) else { return };
        if way.machine.fact().state != PathState::Trial {
            return;
        }
        let changed = way.machine.see(Sighting::Delivered, now);
        drop(ways);
        self.changed(path, changed);
    }

    /// A probe was made. It may be told again and again: it counts once.
    pub fn probed(&self, probe: ProbeFact, now: u64) {
        let path = probe.path;
        let mut ways = self.lock();
        let way = ways.entry(path).or_insert_with(|| Way::new(path, now));
        let changed = way.machine.see(Sighting::Probed(probe), now);
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

    /// Counts attempts that have had no answer for too long as failures, each once. True while there are attempts to watch.
    fn look_at_silence(&self, now: u64) -> bool {
        let mut changed = Vec::new();
        let mut watching = false;
        for (path, way) in self.lock().iter_mut() {
            for attempt in way.connecting.values_mut().filter(|attempt| !attempt.counted) {
                if attempt.since + SILENCE_SECONDS > now {
                    watching = true;
                    continue;
                }
                attempt.counted = true;
                // A dead destination must not keep a place in a trial.
                if let Some(site) = &attempt.site {
                    site.fell_silent();
                }
                let problem = ConnectProblem::Unanswered { seconds: now - attempt.since };
                let (operator, began) = (attempt.operator.clone(), attempt.since);
                if way.machine.see(Sighting::Failed { operator, problem, began }, now) {
                    changed.push(*path);
                }
            }
        }
        for path in changed {
            self.changed(path, true);
        }
        watching
    }

    /// An attempt has ended, with a connection or with this problem.
    fn attempt_ended(&self, (path, token): (PathKey, u64), problem: Option<ConnectProblem>, now: u64) {
        let mut ways = self.lock();
        let Some(way) = ways.get_mut(&path) else { return };
        let Some(attempt) = way.connecting.remove(&token) else { return };
        let Connecting { operator, since: began, site, .. } = attempt;
        let sighting = match problem {
            None => Sighting::Answered,
            Some(problem) => Sighting::Failed { operator, problem, began },
        };
        if let Some(site) = site.filter(|_| sighting == Sighting::Answered) {
            site.answered();
        }
        let changed = way.machine.see(sighting, now);
        drop(ways);
        self.changed(path, changed);
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
        self.breaker.attempt_ended((self.path, self.token), None, now);
    }

    /// No connection.
    pub fn failed(self, problem: ConnectProblem, now: u64) {
        self.breaker.attempt_ended((self.path, self.token), Some(problem), now);
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if let Some(way) = self.breaker.lock().get_mut(&self.path) {
            way.connecting.remove(&self.token);
        }
    }
}

#[cfg(test)]
mod tests;
