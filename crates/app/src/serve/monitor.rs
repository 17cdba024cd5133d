//! The watch over the ways out: probes them soon after the start, from time to time, when the network has changed, when
//! one that is closed or on trial is due, and when it is rung; and writes down what was found. The pipeline reads it there
//! and decides by itself.
//!
//! A reconciler: it takes no input but the facts and the configuration, and a probe that is made twice does no harm. What
//! is read anew on SIGHUP holds from the next probe on, which comes at once for a way that was never probed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use postamt_doctor::port25::{self, Eyes};
use postamt_mail::words::words;
use postamt_mta::Running;
use postamt_mta::events::{Event, EventSink};
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_net::network_watch::NetworkWatch;
use postamt_store::facts::{Facts, PathFact, PathKey};
use tokio::sync::{Notify, watch};

use super::probed::{Current, probe_settings};
use super::schedule::Schedule;

/// How often it looks when nothing is due.
const LOOK: Duration = Duration::from_secs(60);

/// Everything that the watch holds.
pub struct Monitor {
    running: Running,
    facts: Arc<dyn Facts>,
    eyes: Eyes,
    current: watch::Receiver<Arc<Current>>,
    events: Arc<dyn EventSink>,
    ring: Arc<Notify>,
}

impl Monitor {
    /// A watch over the ways of `running`; results go to `facts`, troubles to `events`.
    #[must_use]
    pub fn new(
        running: Running,
        facts: Arc<dyn Facts>,
        events: Arc<dyn EventSink>,
        eyes: Eyes,
        current: watch::Receiver<Arc<Current>>,
    ) -> Self {
        Self { running, facts, eyes, current, events, ring: Arc::default() }
    }

    /// Looks at once when this rings.
    #[must_use]
    pub fn rung_by(self, ring: Arc<Notify>) -> Self {
        Self { ring, ..self }
    }

    /// Watches for ever; dropped at shutdown.
    pub async fn run(self) {
        let clock = SystemClock;
        let mut changes = self.facts.changes();
        let mut current = self.current.clone();
        let mut network = self.network().await;
        let mut asked = HashMap::new();
        let mut schedule = Schedule::new(self.last_probe().await, &clock);
        loop {
            if !current.borrow_and_update().config.port25.probe {
                is_read_again(&mut current).await;
                continue;
            }
            let now = clock.unix_seconds();
            let mut due = self.open_questions(&asked);
            due.retain(|fact| fact.is_probe_due(now));
            asked.extend(due.iter().map(|fact| (fact.path, fact.next_probe)));
            let due: Vec<_> = due.into_iter().map(|fact| fact.path).collect();
            if schedule.next() <= now {
                let all_open = self.probe(None).await;
                schedule.probed(all_open, &clock);
            } else if !due.is_empty() {
                self.probe(Some(&due)).await;
            }
            let open = self.open_questions(&asked);
            let next = open.iter().filter_map(|fact| fact.next_probe).min().unwrap_or(u64::MAX);
            let nap = next.min(schedule.next()).saturating_sub(clock.unix_seconds()).max(1);
            tokio::select! {
                // The sender lives as long as the facts do.
                _ = changes.changed() => {}
                () = change_of(&mut network) => schedule.network_changed(&clock),
                () = self.ring.notified() => schedule.wanted_now(&clock),
                () = is_read_again(&mut current) => {
                    if self.last_probe().await.is_none() {
                        schedule.wanted_now(&clock);
                    }
                }
                () = tokio::time::sleep(Duration::from_secs(nap).min(LOOK)) => {}
            }
        }
    }

    /// The ways that the settings use, without those whose time to be probed has been answered already: the breaker
    /// takes a moment to set another.
    fn open_questions(&self, asked: &HashMap<PathKey, Option<u64>>) -> Vec<PathFact> {
        let ways = self.running.ways();
        let open =
            |fact: &PathFact| ways.contains(&fact.path) && asked.get(&fact.path) != Some(&fact.next_probe);
        self.running.paths().into_iter().filter(open).collect()
    }

    /// Without it there is still the timer.
    async fn network(&self) -> Option<NetworkWatch> {
        match NetworkWatch::open().await {
            Ok(network) => Some(network),
            Err(error) => {
                self.events
                    .event(Event::Warning { what: format!("changes of the network go unseen: {error}") });
                None
            }
        }
    }

    /// When the way that was not probed for the longest time was probed; `None` when one never was.
    async fn last_probe(&self) -> Option<u64> {
        let probes = self.facts.probes().await.unwrap_or_default();
        let wanted = self.running.ways();
        let at = |path: &PathKey| probes.iter().find(|probe| probe.path == *path).map(|probe| probe.at);
        wanted.iter().map(at).collect::<Option<Vec<_>>>()?.into_iter().min()
    }

    /// Probes, and keeps what was found of these ways, or of all. True when all are open.
    async fn probe(&self, wanted: Option<&[PathKey]>) -> bool {
        let current = Arc::clone(&self.current.borrow());
        let settings = probe_settings(current.targets.clone(), &current.config);
        let report = port25::check(&self.eyes, &settings, None).await;
        let facts = report.facts(words(current.config.server.language)).unwrap_or_else(|error| {
            self.events.event(Event::Warning { what: error.to_string() });
            Vec::new()
        });
        let all_open = !facts.is_empty() && facts.iter().all(|fact| fact.verdict == "open");
        let kept = facts.into_iter().filter(|fact| wanted.is_none_or(|wanted| wanted.contains(&fact.path)));
        if let Err(error) = self.running.keep_probes(kept.collect()).await {
            self.events.event(Event::Warning { what: error.to_string() });
        }
        all_open
    }
}

/// Waits until the configuration was read again; for ever while the server goes down.
async fn is_read_again(current: &mut watch::Receiver<Arc<Current>>) {
    if current.changed().await.is_err() {
        std::future::pending().await
    }
}

/// Waits for a change; for ever where nobody tells of any.
async fn change_of(network: &mut Option<NetworkWatch>) {
    if let Some(watch) = network {
        if watch.changed().await.is_ok() {
            return;
        }
        *network = None;
    }
    std::future::pending().await
}
