//! A site: one receiving provider as we see it, and the pacing towards it. All domains whose MX hosts are the same,
//! in the same order of preference, share a site, and so its connections, its limits and its troubles.
//!
//! A job is handed straight to an idle connection, or waits in `ready` while the connections are busy, or
//! starts a new connection. One lock, held for a few instructions.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use postamt_store::queue_id::QueueId;
use tokio::sync::oneshot;

use super::job::{Job, Numbers};
use crate::flow::{Failure, Plan, PlannedHost};
use crate::handle::SiteState;
use crate::queue::Security;
use crate::settings::DkimOnRoute;

/// The longest pause; the first one is a setting, and it doubles up to this.
const PAUSE_LIMIT_SECONDS: u64 = 1800;

/// Limits of a site.
#[derive(Debug, Clone)]
pub struct SiteLimits {
    /// Connections at the beginning.
    pub initial_connections: usize,
    /// Connections at the most.
    pub connections: usize,
    /// Messages on one connection.
    pub messages_per_connection: usize,
    /// Messages a minute.
    pub messages_per_minute: Option<u32>,
    /// How long an idle connection is kept.
    pub idle: Duration,
    /// The first pause after trouble.
    pub first_pause: Duration,
}

/// A receiving provider.
#[derive(Debug)]
pub struct Site {
    /// `mx1.example.net,mx2.example.net` (see [`name_of`]), `relay NAME`, `local DOMAIN`.
    pub name: String,
    /// How it is reached.
    pub plan: Plan,
    /// Limits.
    pub limits: SiteLimits,
    /// DKIM on this way.
    pub dkim: DkimOnRoute,
    /// True for destinations on this host or network that are not "the Internet".
    pub route: String,
    /// What must be kept in mind of TLS; nothing but on the direct way.
    pub security: Security,
    /// What was learned of a relay.
    pub learned: Learned,
    state: Mutex<State>,
}

/// What was learned of a relay since its site was made.
#[derive(Debug, Default)]
pub struct Learned {
    /// The place of the port that last let us in.
    pub port: AtomicUsize,
    /// It has refused the null sender.
    pub refuses_null_sender: AtomicBool,
}

#[derive(Debug)]
struct State {
    ready: VecDeque<Job>,
    idle: Vec<oneshot::Sender<Job>>,
    in_flight: Vec<(QueueId, Numbers)>,
    connections: usize,
    /// Those of them that have not taken a job yet: each will take one that is ready.
    opening: usize,
    limit: usize,
    troubles: u32,
    paused_until: u64,
    /// The pause was asked for, by a reply: it is owed to the provider.
    asked_for: bool,
    reason: Option<String>,
    next_slot_millis: u64,
}

/// What became of a job that was pushed.
#[derive(Debug)]
pub enum Pushed {
    /// Some connection will take it.
    Taken,
    /// The caller must start a connection (it is counted already).
    StartConnection,
    /// Nothing is sent to this site until this time (seconds since 1970).
    Paused(Box<Job>, u64),
}

/// What is to be done when a connection has ended.
#[derive(Debug)]
pub enum Afterwards {
    /// Nothing: no job is ready, or other connections will take them.
    Nothing,
    /// Jobs are ready: start another connection (it is counted already).
    StartConnection,
    /// The site is paused until this time (seconds since 1970): these jobs wait for it.
    Waits(Vec<Job>, u64),
}

impl Site {
    /// A site without connections.
    #[must_use]
    pub fn new(name: String, route: String, plan: Plan, limits: SiteLimits, dkim: DkimOnRoute) -> Self {
        let limit = limits.initial_connections.clamp(1, limits.connections.max(1));
        let state = State {
            ready: VecDeque::new(),
            idle: Vec::new(),
            in_flight: Vec::new(),
            connections: 0,
            opening: 0,
            limit,
            troubles: 0,
            paused_until: 0,
            asked_for: false,
            reason: None,
            next_slot_millis: 0,
        };
        let (security, learned) = (Security::default(), Learned::default());
        Self { name, plan, limits, dkim, route, security, learned, state: Mutex::new(state) }
    }

    /// The same with demands on TLS.
    #[must_use]
    pub fn secured(self, security: Security) -> Self {
        Self { security, ..self }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic while the lock is held leaves counters that are still usable.
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Hands a job over.
    pub fn push(&self, mut job: Job, now: u64) -> Pushed {
        let mut state = self.lock();
        if state.paused_until > now {
            let until = state.paused_until;
            return Pushed::Paused(Box::new(job), until);
        }
        while let Some(idle) = state.idle.pop() {
            let noted = (job.id, job.recipients.clone());
            match idle.send(job) {
                Ok(()) => {
                    state.in_flight.push(noted);
                    return Pushed::Taken;
                }
                Err(returned) => job = returned,
            }
        }
        state.ready.push_back(job);
        if state.start_connection() { Pushed::StartConnection } else { Pushed::Taken }
    }

    /// A connection that was started is open, or could not be opened: it does not count as opening any more.
    pub fn opened(&self) {
        let mut state = self.lock();
        state.opening = state.opening.saturating_sub(1);
    }

    /// The next job for a connection, or `None` when the connection should be closed: nothing came within `idle`,
    /// or the site is paused.
    pub async fn next(&self, idle: Duration, now: u64) -> Option<Job> {
        let receiver = {
            let mut state = self.lock();
            if state.paused_until > now {
                return None;
            }
            if let Some(job) = state.take_ready() {
                return Some(job);
            }
            if idle.is_zero() {
                return None;
            }
            let (sender, receiver) = oneshot::channel();
            state.idle.push(sender);
            receiver
        };
        let mut receiver = receiver;
        if let Ok(job) = tokio::time::timeout(idle, &mut receiver).await {
            return job.ok();
        }
        // Between the time-out and this line a job may have been handed over: it must not be lost.
        receiver.close();
        let handed = receiver.try_recv().ok();
        let mut state = self.lock();
        state.idle.retain(|sender| !sender.is_closed());
        handed.or_else(|| state.take_ready())
    }

    /// Ready job, without waiting.
    pub fn take(&self) -> Option<Job> {
        self.lock().take_ready()
    }

    /// A job that is not in flight any more.
    pub fn landed(&self, id: QueueId, recipients: &Numbers) {
        let mut state = self.lock();
        if let Some(place) = state.in_flight.iter().position(|(i, r)| *i == id && r == recipients) {
            state.in_flight.swap_remove(place);
        }
    }

    /// Puts a job back in front, for another connection of this attempt.
    pub fn put_back(&self, job: Job) {
        self.lock().ready.push_front(job);
    }

    /// A connection ends.
    pub fn connection_ended(&self, now: u64) -> Afterwards {
        let mut state = self.lock();
        state.connections = state.connections.saturating_sub(1);
        if state.ready.is_empty() {
            return Afterwards::Nothing;
        }
        if state.paused_until > now {
            // Nobody would look at them when the pause is over.
            let until = state.paused_until;
            return Afterwards::Waits(state.ready.drain(..).collect(), until);
        }
        if state.start_connection() {
            return Afterwards::StartConnection;
        }
        state.hand_to_idle();
        Afterwards::Nothing
    }

    /// True when jobs wait and one more connection may be opened; it is then counted.
    pub fn wants_connection(&self, now: u64) -> bool {
        let mut state = self.lock();
        state.paused_until <= now && state.start_connection()
    }

    /// A message was taken: trust grows by one connection.
    pub fn succeeded(&self) {
        let mut state = self.lock();
        state.troubles = 0;
        state.reason = None;
        if state.limit < self.limits.connections {
            state.limit += 1;
        }
    }

    /// The remote asked us to slow down: half the connections, and a pause that grows.
    pub fn slow_down(&self, now: u64, reason: &str) -> u64 {
        let mut state = self.lock();
        state.limit = (state.limit / 2).max(1);
        state.pause(now, reason, self.limits.first_pause, true)
    }

    /// No connection could be opened. While others work, only the limit shrinks; otherwise the site pauses and
    /// all that was ready is handed back.
    pub fn unreachable(&self, now: u64, failure: &Failure) -> Vec<Job> {
        let mut state = self.lock();
        if state.connections > 1 && state.troubles == 0 {
            state.limit = (state.connections - 1).max(1);
            return Vec::new();
        }
        state.limit = self.limits.initial_connections.max(1);
        state.pause(now, &failure.text(), self.limits.first_pause, failure.reply.is_some());
        state.ready.drain(..).collect()
    }

    /// Ends a pause (`queue retry`).
    pub fn resume(&self) {
        let mut state = self.lock();
        state.paused_until = 0;
    }

    /// Another way out is open: ends a pause that is owed to the old one, and none that the provider has asked for.
    pub fn resume_on_another_way(&self) {
        let mut state = self.lock();
        if !state.asked_for {
            state.paused_until = 0;
        }
    }

    /// How long the caller must wait before it may send the next message; the slot is then taken.
    pub fn reserve_slot(&self, now: Duration) -> Duration {
        let Some(rate) = self.limits.messages_per_minute else {
            return Duration::ZERO;
        };
        let now = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let mut state = self.lock();
        let slot = state.next_slot_millis.max(now);
        state.next_slot_millis = slot.saturating_add(60_000 / u64::from(rate.max(1)));
        Duration::from_millis(slot - now)
    }

    /// Takes out the ready jobs that match, without their places in trials: they go another way, or are planned again.
    pub fn extract(&self, matches: &dyn Fn(&Job) -> bool) -> Vec<Job> {
        let mut state = self.lock();
        let (mut taken, kept): (Vec<_>, Vec<_>) = state.ready.drain(..).partition(|job| matches(job));
        state.ready = kept.into();
        taken.iter_mut().for_each(Job::leave_trials);
        taken
    }

    /// An attempt to connect has had no answer for long: what is ready takes no places in a trial from others.
    pub fn fell_silent(&self) {
        self.lock().ready.iter().for_each(|job| job.place.fell_silent());
    }

    /// That attempt was answered after all.
    pub fn answered(&self) {
        self.lock().ready.iter().for_each(|job| job.place.speaks());
    }

    /// Whether messages of a trial wait for a host that has been silent for long.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.lock().ready.iter().any(|job| job.place.is_silent())
    }

    /// Shows each job that is ready or in flight: its message, its recipients, attempts (`None` while in flight).
    pub fn visit(&self, see: &mut dyn FnMut(QueueId, &Numbers, Option<u16>)) {
        let state = self.lock();
        for job in &state.ready {
            see(job.id, &job.recipients, Some(job.attempts));
        }
        for (id, recipients) in &state.in_flight {
            see(*id, recipients, None);
        }
    }

    /// True when nothing holds the site in memory but its map.
    pub fn is_idle(&self, now: u64) -> bool {
        let state = self.lock();
        state.connections == 0 && state.ready.is_empty() && state.paused_until <= now
    }

    /// For people.
    #[must_use]
    pub fn state(&self, now: u64) -> SiteState {
        let state = self.lock();
        SiteState {
            name: self.name.clone(),
            connections: state.connections,
            limit: state.limit,
            ready: state.ready.len(),
            paused_until: (state.paused_until > now).then_some(state.paused_until),
            reason: state.reason.clone(),
        }
    }
}

impl State {
    /// True when there are jobs for another connection and it is permitted; it is then counted.
    fn start_connection(&mut self) -> bool {
        let starts = self.ready.len() > self.opening && self.connections < self.limit;
        if starts {
            self.connections += 1;
            self.opening += 1;
        }
        starts
    }

    /// Jobs that were put back while others idled: no connection may be opened for them, but one is there.
    fn hand_to_idle(&mut self) {
        while !self.ready.is_empty()
            && let Some(idle) = self.idle.pop()
            && let Some(job) = self.ready.pop_front()
        {
            let noted = (job.id, job.recipients.clone());
            job.place.speaks();
            match idle.send(job) {
                Ok(()) => self.in_flight.push(noted),
                Err(job) => self.ready.push_front(job),
            }
        }
    }

    fn take_ready(&mut self) -> Option<Job> {
        let job = self.ready.pop_front()?;
        job.place.speaks();
        self.in_flight.push((job.id, job.recipients.clone()));
        Some(job)
    }

    fn pause(&mut self, now: u64, reason: &str, first: Duration, asked_for: bool) -> u64 {
        let length =
            first.as_secs().max(1).saturating_mul(1 << self.troubles.min(10)).min(PAUSE_LIMIT_SECONDS);
        // Many connections may report the same trouble: it counts once a pause.
        if self.paused_until <= now {
            self.troubles += 1;
            self.paused_until = now + length;
            self.asked_for = false;
        }
        self.asked_for |= asked_for;
        self.reason = Some(reason.to_owned());
        self.paused_until
    }
}

/// The name of the site that has these hosts: those of the same preference by name, the preferred ones first. What
/// counts is the order of the preferences, not their numbers: `10 a, 20 b` and `1 a, 5 b` are one site, `10 b, 20 a`
/// is another, whose mail must not go to `a` first.
#[must_use]
pub fn name_of(hosts: &[PlannedHost]) -> String {
    let mut order: Vec<_> =
        hosts.iter().filter_map(|host| Some((host.preference, host.name.as_ref()?.as_str()))).collect();
    order.sort_unstable();
    order.dedup();
    let ranks: Vec<String> = order
        .chunk_by(|(one, _), (other, _)| one == other)
        .map(|rank| rank.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(","))
        .collect();
    ranks.join(" > ")
}

/// A reference that many tasks share.
pub type SharedSite = Arc<Site>;

#[cfg(test)]
mod tests;
