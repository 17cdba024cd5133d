//! The watch over DKIM keys: a new one is published and used once the authoritative servers hold its record, one that
//! has had its time gets an heir, and the old one is revoked when no mail that it signed can be under way any more.
//!
//! A reconciler: it takes no input but the files beside the keys and what DNS says, so that a restart goes on where it
//! was. Where nobody may change the zones it reminds the operator instead.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use postamt_doctor::records::gather::gather;
use postamt_doctor::records::{KeyRecord, State, judge_keys};
use postamt_mailauth::dkim::{KeyError, KeyState, KeyStore, Schedule, Stage, Step, StoredKey, steps};
use postamt_mta::events::{Event, EventSink};
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_net::dns::authority::Authority;
use postamt_net::dns::publish::Publisher;
use postamt_net::dns::record::RecordKind;

use crate::config::Config;
use crate::key_records;
use crate::publishing::{PUBLISH_AGAIN, SHOWN_AFTER};

/// How often it looks.
const LOOK: Duration = Duration::from_secs(60);
/// When it looks again after something has changed.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How often it reminds.
const REMIND_AGAIN: Duration = Duration::from_secs(7 * 86_400);
const DAY: Duration = Duration::from_secs(86_400);

/// The watch.
pub struct KeyWatch {
    keys: Arc<KeyStore>,
    authority: Authority,
    publisher: Option<Arc<dyn Publisher>>,
    schedule: Schedule,
    events: Arc<dyn EventSink>,
    /// Revoked keys whose records are known to be gone.
    settled: HashSet<String>,
    publish_after: u64,
    remind_after: u64,
}

/// How long a key is used, and how long its mail may be under way: as long as it is tried, and a day for others.
pub fn schedule(config: &Config) -> Schedule {
    let days = u64::from(config.dkim.rotate_days);
    Schedule {
        rotate_after: (days > 0).then(|| DAY * u32::try_from(days).unwrap_or(u32::MAX)),
        flight: config.retry.lifetime_secs.0 + DAY,
    }
}

impl KeyWatch {
    /// Over these keys.
    pub fn new(
        keys: Arc<KeyStore>,
        authority: Authority,
        publisher: Option<Arc<dyn Publisher>>,
        schedule: Schedule,
        events: Arc<dyn EventSink>,
    ) -> Self {
        let settled = HashSet::new();
        Self { keys, authority, publisher, schedule, events, settled, publish_after: 0, remind_after: 0 }
    }

    /// Looks for ever.
    pub async fn run(mut self) {
        loop {
            let changed = self.look().await.unwrap_or_else(|error| {
                self.warn(&error);
                false
            });
            tokio::time::sleep(if changed { LOOK_AGAIN } else { LOOK }).await;
        }
    }

    /// Whether there was something to do.
    async fn look(&mut self) -> Result<bool, KeyError> {
        let now = SystemClock.unix_seconds();
        let keys = self.reloaded().await?;
        let seen = self.seen(&keys).await;
        let next = steps(&keys, now, &self.schedule, |key| seen.contains(&key.key.record_name()));
        let mut changed = false;
        for step in next {
            changed |= self.take(step, now).await?;
        }
        let keys = self.keys.list();
        Ok(self.publish(&keys, now).await || changed)
    }

    async fn take(&mut self, step: Step, now: u64) -> Result<bool, KeyError> {
        match step {
            Step::Move { domain, algorithm, selector, stage } => {
                let (store, of, name) = (self.keys.clone(), domain.clone(), selector.clone());
                blocking(move || store.set_stage(&of, &name, algorithm, stage)).await?;
                let state = stage.state.name();
                self.events.event(Event::DkimKey { domain: domain.to_string(), selector, state });
                Ok(true)
            }
            Step::Renew { domain, algorithm, .. } if self.publisher.is_some() => {
                let store = self.keys.clone();
                let stage = Stage { state: KeyState::Waiting, since: now, rotation: true };
                let made = blocking(move || key_records::make(&store, &domain, algorithm, stage)).await?;
                let (domain, selector) = (made.key.domain().to_string(), made.key.selector().to_owned());
                let state = made.stage.state.name();
                self.events.event(Event::DkimKey { domain, selector, state });
                Ok(true)
            }
            Step::Renew { domain, selector, .. } => {
                self.remind(domain.as_str(), &selector, now);
                Ok(false)
            }
        }
    }

    async fn reloaded(&self) -> Result<Vec<StoredKey>, KeyError> {
        let store = self.keys.clone();
        blocking(move || store.reload().map(|()| store.list())).await
    }

    /// The names of waiting keys that every authoritative server which answers holds.
    async fn seen(&self, keys: &[StoredKey]) -> HashSet<String> {
        let waiting = keys.iter().filter(|key| key.stage.state == KeyState::Waiting);
        let records: Vec<KeyRecord> = waiting.map(key_records::record).collect();
        let names: Vec<_> = records.iter().map(|record| (record.name.clone(), RecordKind::Txt)).collect();
        let gathered = gather(&self.authority, &names).await;
        let judged = judge_keys(&records, &gathered.present);
        judged.into_iter().filter(|it| it.state == State::Good).map(|it| it.wanted.name).collect()
    }

    /// Publishes what waits and takes back what is revoked. Whether a zone was changed.
    async fn publish(&mut self, keys: &[StoredKey], now: u64) -> bool {
        let Some(publisher) = &self.publisher else { return false };
        let open = keys.iter().filter(|key| match key.stage.state {
            KeyState::Waiting => true,
            KeyState::Revoked => !self.settled.contains(&key.key.record_name()),
            KeyState::Active | KeyState::Retired => false,
        });
        let records: Vec<KeyRecord> = open.map(key_records::record).collect();
        if records.is_empty() || now < self.publish_after {
            return false;
        }
        match key_records::publish(&self.authority, publisher.as_ref(), &records).await {
            Ok(changed) => {
                let revoked = records.into_iter().filter(|record| record.revoked);
                self.settled.extend(revoked.map(|record| record.name));
                if changed && !publisher.shows_at_once() {
                    self.publish_after = now + SHOWN_AFTER.as_secs();
                }
                changed
            }
            Err(error) => {
                self.publish_after = now + PUBLISH_AGAIN.as_secs();
                self.warn(&error);
                false
            }
        }
    }

    fn remind(&mut self, domain: &str, selector: &str, now: u64) {
        if now >= self.remind_after {
            self.remind_after = now + REMIND_AGAIN.as_secs();
            let what = format!(
                "the DKIM key {selector} of {domain} has had its time: run `postamt dkim rotate {domain}`"
            );
            self.events.event(Event::Warning { what });
        }
    }

    fn warn(&self, error: &(dyn std::error::Error + 'static)) {
        let chain = std::iter::successors(Some(error), |error| error.source());
        let what = chain.map(ToString::to_string).collect::<Vec<_>>().join(": ");
        self.events.event(Event::Warning { what: format!("DKIM keys: {what}") });
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KeyError> + Send + 'static,
) -> Result<T, KeyError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        // It panicked, which its thread has said on stderr.
        Err(_) => Err(KeyError::Generate),
    }
}
