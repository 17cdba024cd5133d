//! The latest verdict on each relay, and the reconciler that keeps that of the fallback relay fresh.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::{Finding, PreflightVerdict, Question, check};
use crate::context::Context;
use crate::events::Event;
use crate::send::relay_test::Caller;
use crate::settings::Relay;

/// A good verdict is checked again after this long …
const FRESH_SECONDS: u64 = 6 * 3600;
/// … and a bad one after this.
const RETRY_SECONDS: u64 = 15 * 60;

/// The latest verdicts, by relay.
#[derive(Debug, Default)]
pub struct Preflights {
    verdicts: Mutex<HashMap<String, Arc<PreflightVerdict>>>,
    bell: Notify,
}

impl Preflights {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<PreflightVerdict>>> {
        // A verdict is put in whole, so a panic elsewhere leaves nothing half done.
        self.verdicts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The latest verdict on a relay; `None` when none was made yet.
    #[must_use]
    pub fn verdict(&self, relay: &str) -> Option<Arc<PreflightVerdict>> {
        self.lock().get(relay).cloned()
    }

    /// Why mail may not be moved to this relay; `None` when its latest preflight was good, or none was made: a relay
    /// that nobody has looked at is not known to be bad.
    #[must_use]
    pub fn obstacle(&self, relay: &str) -> Option<Finding> {
        self.verdict(relay)?.obstacle().cloned()
    }

    /// Keeps a verdict; gives the one before it.
    pub fn note(&self, verdict: Arc<PreflightVerdict>) -> Option<Arc<PreflightVerdict>> {
        self.lock().insert(verdict.relay.clone(), verdict)
    }

    /// Verdicts are wanted anew, since the settings or the world have changed.
    pub fn forget(&self) {
        self.lock().clear();
        self.bell.notify_one();
    }
}

/// Looks at a relay and keeps the verdict. A relay that failed, or works again, is told of.
pub async fn look(context: &Context, relay: &Relay) -> Arc<PreflightVerdict> {
    let settings = context.settings();
    let question = Question {
        relay,
        domains: &settings.own_domains,
        keys: &context.ports.keys,
        message_bytes: settings.limits.message_bytes,
        further_envelope: None,
        caller: Caller {
            resolver: &*context.ports.resolver,
            dialer: &*context.ports.dialer,
            tls: &context.ports.tls,
            outgoing: &settings.outgoing,
            hostname: &settings.hostname,
        },
        now: context.now(),
    };
    let verdict = Arc::new(check(question).await);
    let before = context.preflights.note(verdict.clone());
    if before.as_ref().and_then(|before| before.reason()) != verdict.reason() {
        let what = match verdict.reason() {
            Some(reason) => {
                format!("the relay {} failed its preflight and carries no mail: {reason}", relay.name)
            }
            None => format!("the relay {} passes its preflight again", relay.name),
        };
        context.event(Event::Warning { what });
    }
    verdict
}

/// Keeps the verdict on the fallback relay fresh, until the server stops.
pub async fn watch(context: Arc<Context>) {
    loop {
        let due = match &context.settings().fallback {
            Some(relay) => next_look(&context, relay),
            None => None,
        };
        match due {
            Some(0) => {
                if let Some(relay) = context.settings().fallback.clone() {
                    tokio::select! {
                        _ = look(&context, &relay) => {}
                        () = context.stop.cancelled() => return,
                    }
                }
            }
            due => {
                tokio::select! {
                    () = context.stop.cancelled() => return,
                    () = context.preflights.bell.notified() => {}
                    () = tokio::time::sleep(Duration::from_secs(due.unwrap_or(FRESH_SECONDS))) => {}
                }
            }
        }
    }
}

/// Seconds until the relay is to be looked at; 0 is now.
fn next_look(context: &Context, relay: &Relay) -> Option<u64> {
    let Some(verdict) = context.preflights.verdict(&relay.name) else { return Some(0) };
    let holds = if verdict.usable { FRESH_SECONDS } else { RETRY_SECONDS };
    Some((verdict.checked_at + holds).saturating_sub(context.now()))
}
