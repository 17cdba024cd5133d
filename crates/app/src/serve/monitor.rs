//! The watch over closed ways out: probes them when they are due and writes down what was found. The pipeline reads it
//! there and decides by itself.
//!
//! A reconciler: it takes no input but the facts, and a probe that is made twice does no harm. While every way is open
//! it does nothing and sends nothing.

use std::sync::Arc;
use std::time::Duration;

use postamt_doctor::port25::{self, Eyes, ProbeSettings};
use postamt_mail::words::Words;
use postamt_mta::Running;
use postamt_mta::events::{Event, EventSink};
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_store::facts::{Facts, PathFact, PathState};

/// How often it looks when nothing is due.
const LOOK: Duration = Duration::from_secs(60);

/// Everything that the watch holds.
pub struct Monitor {
    running: Running,
    facts: Arc<dyn Facts>,
    eyes: Eyes,
    settings: ProbeSettings,
    events: Arc<dyn EventSink>,
    words: &'static Words,
}

impl Monitor {
    /// A watch over the ways of `running`; results go to `facts`, troubles to `events`.
    #[must_use]
    pub fn new(
        running: Running,
        facts: Arc<dyn Facts>,
        events: Arc<dyn EventSink>,
        (eyes, settings): (Eyes, ProbeSettings),
        words: &'static Words,
    ) -> Self {
        Self { running, facts, eyes, settings, events, words }
    }

    /// Watches for ever; dropped at shutdown.
    pub async fn run(self) {
        let mut changes = self.facts.changes();
        loop {
            let now = SystemClock.unix_seconds();
            let paths = self.running.paths();
            if paths.iter().any(|fact| is_due(fact, now)) {
                self.probe(&paths, now).await;
            }
            let next = self.running.paths().iter().filter_map(|fact| fact.next_probe).min();
            let nap = next.map_or(LOOK, |at| Duration::from_secs(at.saturating_sub(now).max(1)).min(LOOK));
            tokio::select! {
                // The sender lives as long as the facts do.
                _ = changes.changed() => {}
                () = tokio::time::sleep(nap) => {}
            }
        }
    }

    async fn probe(&self, paths: &[PathFact], now: u64) {
        let due: Vec<_> = paths.iter().filter(|fact| is_due(fact, now)).map(|fact| fact.path).collect();
        let report = port25::check(&self.eyes, &self.settings, None).await;
        let facts = report.facts(self.words).unwrap_or_else(|error| {
            self.events.event(Event::Warning { what: error.to_string() });
            Vec::new()
        });
        for fact in facts.into_iter().filter(|fact| due.contains(&fact.path)) {
            if let Err(error) = self.facts.save_probe(fact).await {
                self.events.event(Event::Warning { what: error.to_string() });
            }
        }
    }
}

fn is_due(fact: &PathFact, now: u64) -> bool {
    fact.state == PathState::Relay && fact.next_probe.is_some_and(|at| at <= now)
}
