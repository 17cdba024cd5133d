//! The latest verdict on each relay, and the reconciler that keeps them fresh.
//!
//! [`look`] makes a verdict now, [`watch`] when one is old. Verdicts outlive a restart while the question is the same; one
//! that cannot be kept is made anew then.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use postamt_store::facts::PreflightFact;
use tokio::sync::{Notify, watch as watch_channel};

use super::{Finding, PreflightVerdict, Question, check};
use crate::context::Context;
use crate::events::Event;
use crate::send::relay_test::Caller;
use crate::settings::{Relay, Settings};

/// A good verdict is checked again after this long …
const FRESH_SECONDS: u64 = 6 * 3600;
/// … and a bad one after this.
const RETRY_SECONDS: u64 = 15 * 60;

/// The latest verdicts, by relay.
#[derive(Debug, Default)]
pub struct Preflights {
    verdicts: Mutex<HashMap<String, Arc<PreflightVerdict>>>,
    bell: Notify,
    /// Changes with every verdict.
    changed: watch_channel::Sender<u64>,
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

    /// Follows changes.
    #[must_use]
    pub fn changes(&self) -> watch_channel::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Keeps a verdict; gives the one before it.
    pub fn note(&self, verdict: Arc<PreflightVerdict>) -> Option<Arc<PreflightVerdict>> {
        self.lock().insert(verdict.relay.clone(), verdict)
    }

    /// Takes in a verdict of before the restart, unless there is a newer one.
    fn recall(&self, verdict: PreflightVerdict) {
        self.lock().entry(verdict.relay.clone()).or_insert_with(|| Arc::new(verdict));
    }

    /// Verdicts are wanted anew, since the settings or the world have changed.
    pub fn forget(&self) {
        self.lock().clear();
        self.changed.send_modify(|generation| *generation += 1);
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
    context.preflights.changed.send_modify(|generation| *generation += 1);
    keep(context, &settings, relay, &verdict).await;
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

/// What a verdict hangs on in the settings: with another question it does not count any more. Never the password.
fn question(settings: &Settings, relay: &Relay) -> String {
    let login = relay.credentials.as_ref().map(|credentials| &credentials.login);
    format!(
        "{}|{}|{:?}|{:?}|{login:?}|{:?}|{}",
        settings.hostname,
        relay.host,
        relay.ports().collect::<Vec<_>>(),
        relay.profile.map(|profile| &profile.id),
        settings.own_domains,
        settings.limits.message_bytes
    )
}

async fn keep(context: &Context, settings: &Settings, relay: &Relay, verdict: &PreflightVerdict) {
    let Ok(text) = serde_json::to_string(verdict) else { return };
    let fact =
        PreflightFact { relay: relay.name.clone(), question: question(settings, relay), verdict: text };
    if let Err(error) = context.ports.facts.save_preflight(fact).await {
        context.event(Event::Warning { what: error.to_string() });
    }
}

/// Takes up the verdicts of before a restart that answer today's question; their age counts on.
async fn recall(context: &Context) {
    let kept = match context.ports.facts.preflights().await {
        Ok(kept) => kept,
        Err(error) => {
            context.event(Event::Warning { what: error.to_string() });
            return;
        }
    };
    let settings = context.settings();
    for fact in kept {
        let Some(relay) = settings.relay(&fact.relay) else { continue };
        // What another version wrote in another form is found out anew.
        let Ok(verdict) = serde_json::from_str::<PreflightVerdict>(&fact.verdict) else { continue };
        if fact.question == question(&settings, relay) && verdict.checked_at <= context.now() {
            context.preflights.recall(verdict);
        }
    }
}

/// Keeps the verdicts on the relays that mail is moved to fresh, until the server stops.
pub async fn watch(context: Arc<Context>) {
    recall(&context).await;
    // After a restart something may have been mended, or broken, outside the settings.
    let mut anew = watched(&context);
    anew.retain(|relay| is_to_be_made_anew(&context, relay));
    loop {
        let watched = watched(&context).into_iter().map(|relay| (next_look(&context, &relay), relay));
        let due = anew.pop().map(|relay| (0, relay));
        match due.or_else(|| watched.min_by_key(|(seconds, _)| *seconds)) {
            Some((0, relay)) => {
                tokio::select! {
                    _ = look(&context, &relay) => {}
                    () = context.stop.cancelled() => return,
                }
            }
            next => {
                let seconds = next.map_or(FRESH_SECONDS, |(seconds, _)| seconds);
                tokio::select! {
                    () = context.stop.cancelled() => return,
                    () = context.preflights.bell.notified() => {}
                    () = tokio::time::sleep(Duration::from_secs(seconds)) => {}
                }
            }
        }
    }
}

/// A verdict of before a restart counts until there is a new one; whether that is wanted now.
fn is_to_be_made_anew(context: &Context, relay: &Relay) -> bool {
    let verdict = context.preflights.verdict(&relay.name);
    verdict.is_some_and(|verdict| !verdict.usable || verdict.checked_at + RETRY_SECONDS <= context.now())
}

/// The relays that mail may be moved to: by the breaker, and by decisions on single providers.
fn watched(context: &Context) -> Vec<Arc<Relay>> {
    let settings = context.settings();
    let of_providers = context.providers.facts().into_iter();
    let of_providers = of_providers.filter_map(|fact| settings.relay(&fact.relay).cloned());
    let mut watched: Vec<Arc<Relay>> = settings.detours().chain(of_providers).collect();
    watched.sort_by(|one, other| one.name.cmp(&other.name));
    watched.dedup_by(|one, other| one.name == other.name);
    watched
}

/// Seconds until the relay is to be looked at; 0 is now.
fn next_look(context: &Context, relay: &Relay) -> u64 {
    let Some(verdict) = context.preflights.verdict(&relay.name) else { return 0 };
    let holds = if verdict.usable { FRESH_SECONDS } else { RETRY_SECONDS };
    (verdict.checked_at + holds).saturating_sub(context.now())
}
