//! The queue in memory: which jobs wait until when, which are held, and which sites there are. The spool is the
//! truth on disk; this is its index, rebuilt from it at start.
//!
//! ```text
//! new, due, released ─▶ submit ─▶ resolving ─▶ site (ready ─▶ in flight) ─▶ settle ─▶ waiting ─▶ due …
//! ```
//!
//! Everything here is short work under one lock; the waiting and the talking are in `run`.

pub mod job;
pub mod place;
pub mod security;
pub mod site;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};

use postamt_mail::address::Domain;
use postamt_store::queue_id::QueueId;
use tokio::sync::Notify;

use self::job::Job;
pub use self::security::Security;
use self::site::{Site, SiteLimits};
use crate::flow::{Destination, Failure, Plan};

/// What is known of a message whose recipients are not all settled.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Recipients that are not settled.
    open: u16,
    /// The history has a record of it.
    recorded: bool,
    /// `queue hold` came while it was in flight.
    hold: bool,
    /// `queue cancel` came while it was in flight.
    cancelled: bool,
}

/// Where a domain's mail goes, as long as DNS says so.
#[derive(Debug)]
enum Resolution {
    /// Being looked up; these wait for it.
    Pending(Vec<Job>),
    /// Known until then (seconds since 1970).
    Known(Arc<Site>, u64),
}

#[derive(Debug, Default)]
struct Inner {
    entries: HashMap<QueueId, Entry>,
    /// By due time; the second number keeps keys apart.
    waiting: BTreeMap<(u64, u64), Job>,
    tie: u64,
    held: HashMap<QueueId, Vec<Job>>,
    domains: HashMap<Domain, Resolution>,
    sites: HashMap<String, Arc<Site>>,
    /// How often all direct mail was taken out to be planned again.
    plannings: u32,
}

/// The queue.
#[derive(Debug, Default)]
pub struct Queue {
    inner: Mutex<Inner>,
    /// Rung when something is due earlier than before.
    pub bell: Notify,
}

/// What to do with a job whose destination is a domain.
#[derive(Debug)]
pub enum Direction {
    /// Its site is known.
    Site(Arc<Site>, Job),
    /// The caller must look the domain up; the job waits for the answer.
    LookUp(Domain),
    /// The look-up is under way.
    Waits,
}

/// What the queue says of a message after some of its recipients were settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// Nothing of it waits any more.
    pub finished: bool,
    /// The history has a record of it already.
    pub recorded: bool,
}

/// What an operator asked while the job was in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Nothing.
    None,
    /// Keep it.
    Hold,
    /// Drop it.
    Cancel,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A message enters with this many open recipients. `recorded`: the history knows it.
    pub fn enter(&self, id: QueueId, open: u16, recorded: bool) {
        self.lock().entries.insert(id, Entry { open, recorded, hold: false, cancelled: false });
    }

    /// Whether the history has no record of a message, as far as is known.
    pub fn is_unrecorded(&self, id: QueueId) -> bool {
        self.lock().entries.get(&id).is_some_and(|entry| !entry.recorded)
    }

    /// Recipients are settled for good; `note` writes that down. Where other recipients of the message may be
    /// settled at the same time, `note` is called under the lock, so that the first record is noted first.
    pub fn settled(&self, id: QueueId, count: u16, note: impl FnOnce(After)) -> After {
        let mut inner = self.lock();
        let Some(entry) = inner.entries.get_mut(&id) else {
            drop(inner);
            let after = After { finished: true, recorded: true };
            note(after);
            return after;
        };
        let recorded = std::mem::replace(&mut entry.recorded, true);
        entry.open = entry.open.saturating_sub(count);
        let after = After { finished: entry.open == 0, recorded };
        if after.finished {
            inner.entries.remove(&id);
        }
        if after.finished && !recorded {
            // The only job of its message, as nearly all are.
            drop(inner);
            note(after);
        } else {
            note(after);
        }
        after
    }

    /// Marks that the history has a record; says whether it had one.
    pub fn mark_recorded(&self, id: QueueId) -> bool {
        self.lock().entries.get_mut(&id).is_none_or(|entry| std::mem::replace(&mut entry.recorded, true))
    }

    /// What an operator wants of a message that was in flight.
    #[must_use]
    pub fn intent(&self, id: QueueId) -> Intent {
        match self.lock().entries.get(&id) {
            Some(entry) if entry.cancelled => Intent::Cancel,
            Some(entry) if entry.hold => Intent::Hold,
            _ => Intent::None,
        }
    }

    /// How often all direct mail was planned again. A job that is to be planned notes it *before* it asks for its way.
    #[must_use]
    pub fn plannings(&self) -> u32 {
        self.lock().plannings
    }

    /// A job waits until its `next`; one whose message an operator holds meanwhile is held. A direct one that was in
    /// hand while the others were planned again is due at once, as they were.
    pub fn wait(&self, mut job: Job) {
        job.leave_trials();
        let mut inner = self.lock();
        if job.destination.direct().is_some() && job.planned != inner.plannings {
            job.next = 0;
        }
        if inner.entries.get(&job.id).is_some_and(|entry| entry.hold) {
            return inner.held.entry(job.id).or_default().push(job);
        }
        inner.tie += 1;
        let key = (job.next, inner.tie);
        let earliest = inner.waiting.first_key_value().is_none_or(|(first, _)| key < *first);
        inner.waiting.insert(key, job);
        if earliest {
            self.bell.notify_one();
        }
    }

    /// Jobs that are due, at most `limit`; and when the next one is.
    pub fn due(&self, now: u64, limit: usize) -> (Vec<Job>, Option<u64>) {
        let mut inner = self.lock();
        let mut due = Vec::new();
        while due.len() < limit {
            match inner.waiting.first_entry() {
                Some(first) if first.key().0 <= now => due.push(first.remove()),
                _ => break,
            }
        }
        let next = inner.waiting.first_key_value().map(|((next, _), _)| *next);
        (due, next)
    }

    /// Takes out all direct jobs that are ready or wait for their time: they are to be planned again. The pauses of
    /// direct sites end where they were owed to the way, not to the provider.
    pub fn take_direct(&self) -> Vec<Job> {
        let is_direct = |job: &Job| job.destination.direct().is_some();
        let mut inner = self.lock();
        inner.plannings = inner.plannings.wrapping_add(1);
        let keys: Vec<_> =
            inner.waiting.iter().filter(|(_, job)| is_direct(job)).map(|(key, _)| *key).collect();
        let mut taken: Vec<Job> = keys.iter().filter_map(|key| inner.waiting.remove(key)).collect();
        for site in inner.sites.values() {
            if matches!(site.plan, Plan::Direct(_)) {
                site.resume_on_another_way();
            }
            taken.extend(site.extract(&is_direct));
        }
        taken
    }

    /// Takes out the direct jobs that are ready or wait for their time and whose domain, with its site as far as it is
    /// known, is `wanted`.
    pub fn take_towards(&self, wanted: &dyn Fn(&Domain, Option<&Site>) -> bool) -> Vec<Job> {
        let mut inner = self.lock();
        let is_wanted = |inner: &Inner, job: &Job| match job.destination.direct() {
            Some(domain) => match inner.domains.get(domain) {
                Some(Resolution::Known(site, _)) => wanted(domain, Some(site)),
                _ => wanted(domain, None),
            },
            None => false,
        };
        let keys: Vec<_> =
            inner.waiting.iter().filter(|(_, job)| is_wanted(&inner, job)).map(|(key, _)| *key).collect();
        let mut taken: Vec<Job> = keys.iter().filter_map(|key| inner.waiting.remove(key)).collect();
        for site in inner.sites.values().filter(|site| matches!(site.plan, Plan::Direct(_))) {
            taken.extend(site.extract(&|job| is_wanted(&inner, job)));
        }
        taken
    }

    /// A job is held.
    pub fn hold(&self, mut job: Job) {
        job.leave_trials();
        self.lock().held.entry(job.id).or_default().push(job);
    }

    /// The site of a domain, or the duty to look it up.
    pub fn direct(&self, domain: &Domain, job: Job, now: u64) -> Direction {
        let mut inner = self.lock();
        match inner.domains.get_mut(domain) {
            Some(Resolution::Known(site, until)) if *until > now => Direction::Site(site.clone(), job),
            Some(Resolution::Pending(jobs)) => {
                jobs.push(job);
                Direction::Waits
            }
            _ => {
                inner.domains.insert(domain.clone(), Resolution::Pending(vec![job]));
                Direction::LookUp(domain.clone())
            }
        }
    }

    /// A domain was looked up: gives back the jobs that waited for it.
    pub fn resolved(&self, domain: &Domain, site: &Arc<Site>, until: u64) -> Vec<Job> {
        let known = Resolution::Known(site.clone(), until);
        match self.lock().domains.insert(domain.clone(), known) {
            Some(Resolution::Pending(jobs)) => jobs,
            _ => Vec::new(),
        }
    }

    /// A domain could not be looked up: gives back the jobs that waited for it.
    pub fn unresolved(&self, domain: &Domain) -> Vec<Job> {
        match self.lock().domains.remove(domain) {
            Some(Resolution::Pending(jobs)) => jobs,
            _ => Vec::new(),
        }
    }

    /// The site of this name; made when it is new.
    pub fn site(&self, name: &str, make: impl FnOnce() -> Site) -> Arc<Site> {
        let mut inner = self.lock();
        if let Some(site) = inner.sites.get(name) {
            return site.clone();
        }
        let site = Arc::new(make());
        inner.sites.insert(name.to_owned(), site.clone());
        site
    }

    /// Forgets all sites and look-ups, because the settings changed; what was ready is given back.
    #[must_use]
    pub fn forget_sites(&self) -> Vec<Job> {
        let mut inner = self.lock();
        inner.domains.retain(|_, resolution| matches!(resolution, Resolution::Pending(_)));
        inner.sites.drain().flat_map(|(_, site)| site.extract(&|_| true)).collect()
    }

    /// Forgets sites that are idle and look-ups that have expired.
    pub fn sweep(&self, now: u64) {
        let mut inner = self.lock();
        inner.domains.retain(|_, resolution| match resolution {
            Resolution::Pending(_) => true,
            Resolution::Known(_, until) => *until > now,
        });
        let used: HashSet<String> = inner
            .domains
            .values()
            .filter_map(|resolution| match resolution {
                Resolution::Known(site, _) => Some(site.name.clone()),
                Resolution::Pending(_) => None,
            })
            .collect();
        inner.sites.retain(|name, site| !site.is_idle(now) || used.contains(name));
    }

    /// All sites.
    #[must_use]
    pub fn sites(&self) -> Vec<Arc<Site>> {
        self.lock().sites.values().cloned().collect()
    }

    /// The site that a destination uses now, if it is known.
    #[must_use]
    pub fn site_of(&self, destination: &Destination) -> Option<Arc<Site>> {
        let inner = self.lock();
        match destination.direct() {
            Some(domain) => match inner.domains.get(domain) {
                Some(Resolution::Known(site, _)) => Some(site.clone()),
                _ => None,
            },
            None => inner.sites.get(&destination.to_string()).cloned(),
        }
    }

    /// Numbers: messages, waiting jobs, held messages.
    #[must_use]
    pub fn sizes(&self) -> (usize, usize, usize) {
        let inner = self.lock();
        (inner.entries.len(), inner.waiting.len(), inner.held.len())
    }

    /// The ids of all messages.
    #[must_use]
    pub fn ids(&self) -> Vec<QueueId> {
        let mut ids: Vec<_> = self.lock().entries.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// Whether a message is still in the queue.
    #[must_use]
    pub fn contains(&self, id: QueueId) -> bool {
        self.lock().entries.contains_key(&id)
    }

    /// Copies of the jobs of the messages in `ids`, with a word for their state. Content is left out.
    #[must_use]
    pub fn jobs_of(&self, ids: &HashSet<QueueId>) -> Vec<(Job, &'static str)> {
        let mut found = Vec::new();
        let mut see = |job: &Job, state| {
            if ids.contains(&job.id) {
                found.push((Job { loaded: None, ..job.clone() }, state));
            }
        };
        let inner = self.lock();
        inner.waiting.values().for_each(|job| see(job, "waiting"));
        inner.held.values().flatten().for_each(|job| see(job, "held"));
        for resolution in inner.domains.values() {
            if let Resolution::Pending(jobs) = resolution {
                jobs.iter().for_each(|job| see(job, "active"));
            }
        }
        found
    }

    /// Takes out jobs that are not in flight: waiting, held, ready, or waiting for DNS. Messages that are in
    /// flight get the intent noted, to be obeyed when they land.
    pub fn extract(&self, ids: &HashSet<QueueId>, intent: Intent) -> Vec<Job> {
        let mut inner = self.lock();
        let mut taken = inner.take_unheld(ids);
        taken.extend(ids.iter().filter_map(|id| inner.held.remove(id)).flatten());
        for id in ids {
            if let Some(entry) = inner.entries.get_mut(id) {
                entry.hold = intent == Intent::Hold;
                entry.cancelled = intent == Intent::Cancel;
            }
        }
        taken
    }

    /// Takes out jobs that are neither in flight nor held, for `queue retry`.
    pub fn extract_unheld(&self, ids: &HashSet<QueueId>) -> Vec<Job> {
        self.lock().take_unheld(ids)
    }
}

impl Inner {
    fn take_unheld(&mut self, ids: &HashSet<QueueId>) -> Vec<Job> {
        let keys: Vec<_> =
            self.waiting.iter().filter(|(_, job)| ids.contains(&job.id)).map(|(key, _)| *key).collect();
        let mut taken: Vec<Job> = keys.iter().filter_map(|key| self.waiting.remove(key)).collect();
        for resolution in self.domains.values_mut() {
            if let Resolution::Pending(jobs) = resolution {
                let (matching, rest) =
                    std::mem::take(jobs).into_iter().partition(|job| ids.contains(&job.id));
                *jobs = rest;
                taken.extend::<Vec<Job>>(matching);
            }
        }
        for site in self.sites.values() {
            taken.extend(site.extract(&|job| ids.contains(&job.id)));
        }
        taken
    }
}

/// Limits for a destination from the general pacing.
#[must_use]
pub fn limits_of(pacing: &crate::settings::Pacing) -> SiteLimits {
    SiteLimits {
        initial_connections: pacing.initial_connections,
        connections: pacing.connections,
        messages_per_connection: pacing.messages_per_connection,
        messages_per_minute: pacing.messages_per_minute,
        idle: pacing.idle,
        first_pause: pacing.first_pause,
    }
}

/// A failure that concerns a whole site, shared by all jobs that it hits.
pub type SharedFailure = Arc<Failure>;

#[cfg(test)]
pub(crate) mod tests;
