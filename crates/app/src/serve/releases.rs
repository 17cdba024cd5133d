//! The watch over newer releases: has the signed notice fetched once a day, and tells the operator what it says of the
//! version that runs, each release and each weakness once.
//!
//! A reconciler: what was asked and told is in the store. A letter that the spool does not take is written with the next
//! look.

use std::sync::Arc;
use std::time::Duration;

use postamt_doctor::releases::{self, LookError, News, NoticeSource, Releases};
use postamt_mta::Running;
use postamt_mta::events::{Event, EventSink};
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_store::facts::FactError;

use crate::config::Config;

/// How often it looks at the clock: one that is set forward, or a host that slept, is noticed in time.
const LOOK: Duration = Duration::from_secs(3600);

/// The watch.
pub struct ReleaseWatch {
    /// The server.
    pub running: Running,
    /// The file.
    pub releases: Releases,
    /// What the letter calls this server.
    pub hostname: String,
    /// Where troubles and news go.
    pub events: Arc<dyn EventSink>,
}

/// Where the configuration has notices come from, if from anywhere.
///
/// # Errors
/// The version of this program is none, which tests rule out.
pub fn source(config: &Config) -> anyhow::Result<Option<NoticeSource>> {
    let (Some(address), Some(key)) = (&config.updates.url, config.updates.key) else { return Ok(None) };
    let running = env!("CARGO_PKG_VERSION").parse().map_err(anyhow::Error::msg)?;
    Ok(Some(NoticeSource { address: address.0.clone(), key, running }))
}

impl ReleaseWatch {
    /// Watches for ever; dropped at shutdown.
    pub async fn run(self) {
        loop {
            let next = self.look().await.unwrap_or_else(|error| {
                self.events.event(Event::Warning { what: error.to_string() });
                u64::MAX
            });
            let nap = Duration::from_secs(next.saturating_sub(SystemClock.unix_seconds()).max(1));
            tokio::time::sleep(nap.min(LOOK)).await;
        }
    }

    /// When the file is to be asked for again.
    async fn look(&self) -> Result<u64, FactError> {
        let looked = self.releases.look().await?;
        if let Some(failure) = &looked.failure {
            self.failed(failure);
        }
        if !looked.news.is_empty() {
            self.tell(&looked.news).await?;
        }
        Ok(looked.next)
    }

    fn failed(&self, failure: &LookError) {
        let address = self.releases.source().address.to_string();
        self.events.event(Event::ReleaseNotice { address, problem: failure.to_string() });
    }

    async fn tell(&self, news: &[News]) -> Result<(), FactError> {
        let running = &self.releases.source().running;
        let letter = |words: &_| releases::letter(news, &self.hostname, running, words);
        if !self.running.tell_operator("updates", letter).await {
            return Ok(());
        }
        for news in news {
            let running = running.to_string();
            self.events.event(match news {
                News::Advisory(it) => {
                    Event::Advisory { id: it.id.clone(), severity: it.gravity.name(), running }
                }
                News::Release { version, .. } => Event::Release { version: version.to_string(), running },
            });
        }
        self.releases.told(news).await
    }
}
