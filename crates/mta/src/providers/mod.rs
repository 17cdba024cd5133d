//! Receiving providers that refuse our address, and whose mail the operator lets go by a relay.
//!
//! [`Providers`] holds the operator's decisions: made by hand, never by the server. Every week a few messages try the
//! direct way; when they are taken, that ends the decision; a refusal renews it. [`course`] says where mail for a
//! provider goes, [`weigh`] learns from an attempt; [`watch`] writes changes down, tells them, and has waiting mail
//! planned anew.

mod watch;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use postamt_mail::address::Domain;
use postamt_mail::refusals::{self, Fault};
use postamt_store::facts::{PathState, ProviderFact, ProviderReason};
use tokio::sync::Notify;

use crate::context::Context;
use crate::flow::{Attempt, Destination, Failure, Fate, Plan, PlannedHost, Via};
use crate::queue::place::{Place, Places};
use crate::queue::site::Site;
use crate::settings::Relay;

pub use watch::watch;

/// The direct way is tried again after a week …
const WEEK_SECONDS: u64 = 7 * 86_400;
/// … give or take half a day, so that not all providers are tried at the same hour.
const JITTER_SECONDS: u64 = 43_200;
/// Messages that try it, and that must be taken to end it.
const TRIAL_PLACES: usize = 3;
/// A trial of which nothing was heard lets as many more go directly.
const TRIAL_PATIENCE_SECONDS: u64 = 3600;

/// The decisions in force.
#[derive(Debug, Default)]
pub struct Providers {
    standing: Mutex<BTreeMap<String, Standing>>,
    /// Decisions that were made, renewed or ended ([`PathState::Direct`]), and are not written down yet.
    changed: Mutex<Vec<ProviderFact>>,
    bell: Notify,
}

#[derive(Debug)]
struct Standing {
    fact: ProviderFact,
    /// Messages that go directly in this trial, or went, since when.
    trial: Places,
    placed_at: u64,
    /// Messages of this trial that the provider has taken.
    taken: usize,
}

/// Where mail for a provider goes.
#[derive(Debug)]
pub enum Course {
    /// Directly, as all mail does; perhaps as a trial, with this place.
    Direct(Place),
    /// By this relay.
    By {
        /// Which.
        relay: Arc<Relay>,
        /// For whose mail.
        provider: String,
    },
    /// The relay cannot carry it now, and the provider would refuse it: it waits.
    Wait,
}

impl Providers {
    /// With what was decided before the restart.
    #[must_use]
    pub fn new(facts: Vec<ProviderFact>) -> Self {
        let standing = |fact: ProviderFact| (fact.provider.clone(), Standing::new(fact));
        Self { standing: Mutex::new(facts.into_iter().map(standing).collect()), ..Self::default() }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Standing>> {
        // A decision is put in whole, so a panic elsewhere leaves nothing half done.
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The decisions in force.
    #[must_use]
    pub fn facts(&self) -> Vec<ProviderFact> {
        self.lock().values().map(|standing| standing.fact.clone()).collect()
    }

    /// Whether any decision is in force.
    #[must_use]
    pub fn has_any(&self) -> bool {
        !self.lock().is_empty()
    }

    /// The decision that holds for mail to a domain with these exchangers.
    #[must_use]
    pub fn covering(&self, domain: &Domain, hosts: &[PlannedHost]) -> Option<ProviderFact> {
        let standing = self.lock();
        let found = standing.values().find(|standing| covers(&standing.fact.provider, domain, hosts));
        found.map(|standing| standing.fact.clone())
    }

    /// A decision, made by [`decision`], is in force from now on, in place of an older one.
    pub fn decide(&self, fact: ProviderFact) {
        self.lock().insert(fact.provider.clone(), Standing::new(fact.clone()));
        self.tell(&fact);
    }

    /// The operator ends a decision.
    pub fn end(&self, provider: &str, now: u64) -> Option<ProviderFact> {
        let mut fact = self.lock().remove(provider)?.fact;
        enter(&mut fact, PathState::Direct, ProviderReason::Ended, now);
        self.tell(&fact);
        Some(fact)
    }

    /// Whether mail for a provider goes directly, with a place where that is a trial.
    ///
    /// # Errors
    /// It goes by the relay of this decision.
    fn admit(&self, domain: &Domain, hosts: &[PlannedHost], now: u64) -> Result<Place, ProviderFact> {
        let mut all = self.lock();
        let found = all.values_mut().find(|standing| covers(&standing.fact.provider, domain, hosts));
        let Some(standing) = found else { return Ok(Place::default()) };
        let begins = standing.fact.state == PathState::Relay && now >= standing.fact.next_trial;
        if begins {
            standing.taken = 0;
            enter(&mut standing.fact, PathState::Trial, ProviderReason::TimeToTry, now);
        }
        let renewed =
            standing.fact.state == PathState::Trial && now >= standing.placed_at + TRIAL_PATIENCE_SECONDS;
        if begins || renewed {
            standing.trial.forget();
            standing.placed_at = now;
        }
        let has_room = standing.fact.state == PathState::Trial && standing.trial.taken() < TRIAL_PLACES;
        let place = has_room.then(|| standing.trial.give());
        let fact = standing.fact.clone();
        drop(all);
        if begins {
            self.tell(&fact);
        }
        place.ok_or(fact)
    }

    /// The provider has refused our address again: a trial is over.
    fn refused(&self, provider: &str, reply: String, now: u64, random: u64) {
        let mut all = self.lock();
        let Some(standing) = all.get_mut(provider) else { return };
        if standing.fact.state != PathState::Trial {
            return;
        }
        enter(&mut standing.fact, PathState::Relay, ProviderReason::Refused { reply }, now);
        standing.fact.next_trial = next_trial(now, random);
        standing.fact.refused_trials += 1;
        let fact = standing.fact.clone();
        drop(all);
        self.tell(&fact);
    }

    /// The provider has taken a message. When it has taken as many as a trial has places, the trial is over, and the
    /// decision with it; not before, since what it refuses then has to go by the relay.
    fn taken(&self, provider: &str, now: u64) {
        let mut all = self.lock();
        let Some(standing) = all.get_mut(provider) else { return };
        standing.taken += 1;
        if standing.fact.state != PathState::Trial || standing.taken < TRIAL_PLACES {
            return;
        }
        let Some(mut standing) = all.remove(provider) else { return };
        drop(all);
        enter(&mut standing.fact, PathState::Direct, ProviderReason::Taken, now);
        self.tell(&standing.fact);
    }

    fn tell(&self, fact: &ProviderFact) {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        changed.push(fact.clone());
        self.bell.notify_one();
    }

    fn take_changed(&self) -> Vec<ProviderFact> {
        std::mem::take(&mut *self.changed.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// That this provider's mail goes by this relay from now on.
#[must_use]
pub fn decision(provider: &str, relay: &str, now: u64, random: u64) -> ProviderFact {
    ProviderFact {
        provider: provider.to_owned(),
        relay: relay.to_owned(),
        state: PathState::Relay,
        since: now,
        reason: ProviderReason::Asked,
        next_trial: next_trial(now, random),
        refused_trials: 0,
    }
}

impl Standing {
    fn new(fact: ProviderFact) -> Self {
        Self { placed_at: fact.since, fact, trial: Places::default(), taken: 0 }
    }
}

fn enter(fact: &mut ProviderFact, state: PathState, reason: ProviderReason, now: u64) {
    (fact.state, fact.reason, fact.since) = (state, reason, now);
}

fn next_trial(now: u64, random: u64) -> u64 {
    now + WEEK_SECONDS - JITTER_SECONDS + random % (2 * JITTER_SECONDS)
}

/// Whether a name means the provider behind these exchangers, or this domain.
fn covers(name: &str, domain: &Domain, hosts: &[PlannedHost]) -> bool {
    let hosts = || hosts.iter().filter_map(|host| host.name.as_ref().map(Domain::as_str));
    match refusals::find(name) {
        Some(provider) => hosts()
            .any(|host| refusals::provider_of_host(host).is_some_and(|running| running.id == provider.id)),
        None => domain.as_str() == name || hosts().any(|host| refusals::is_below(host, name)),
    }
}

/// Where mail for a domain with these exchangers goes.
#[must_use]
pub fn course(context: &Context, domain: &Domain, hosts: &[PlannedHost]) -> Course {
    let fact = match context.providers.admit(domain, hosts, context.now()) {
        Ok(place) => return Course::Direct(place),
        Err(fact) => fact,
    };
    let settings = context.settings();
    match settings.relay(&fact.relay) {
        Some(relay) if context.preflights.obstacle(&relay.name).is_none() => {
            Course::By { relay: relay.clone(), provider: fact.provider }
        }
        _ => Course::Wait,
    }
}

/// The relay that the operator has named for this provider, if it can carry mail now: for mail that has no other way,
/// which takes no place in a trial.
#[must_use]
pub fn relay_of(context: &Context, domain: &Domain, hosts: &[PlannedHost]) -> Option<(Arc<Relay>, String)> {
    let fact = context.providers.covering(domain, hosts)?;
    let relay = context.settings().relay(&fact.relay)?.clone();
    context.preflights.obstacle(&relay.name).is_none().then_some((relay, fact.provider))
}

/// Whether such a relay may carry mail for this destination. Only the hosts tell: while they are not known, it may.
#[must_use]
pub fn may_carry(context: &Context, destination: &Destination) -> bool {
    let Some(domain) = destination.direct().filter(|_| destination.may_take_relay()) else { return false };
    if !context.providers.has_any() {
        return false;
    }
    match context.queue.site_of(destination).as_ref().map(|site| &site.plan) {
        Some(Plan::Direct(hosts)) => relay_of(context, domain, hosts).is_some(),
        _ => true,
    }
}

/// Learns from a direct attempt. Where an operator has given the provider a relay, a refusal of our address is none of
/// the message: it becomes temporary, and the caller has it planned again, for which its provider is given back.
pub fn weigh(
    context: &Context,
    site: &Site,
    destination: &Destination,
    attempt: &mut Attempt,
) -> Option<String> {
    let provider = provider_of(context, site, destination)?;
    let via = attempt.via.clone();
    let mut refusal = None;
    let mut taken = false;
    for result in &mut attempt.results {
        match &result.fate {
            Fate::Delivered(_) => taken = true,
            Fate::Temporary(failure) | Fate::Permanent(failure) if is_of_address(failure, &via) => {
                refusal = Some(failure.text());
                result.fate = Fate::Temporary(failure.clone());
            }
            Fate::Temporary(_) | Fate::Permanent(_) => {}
        }
    }
    if taken {
        context.providers.taken(&provider, context.now());
    }
    let reply = refusal?;
    context.providers.refused(&provider, reply, context.now(), context.ports.clock.random());
    Some(provider)
}

/// As [`weigh`], for a session that the provider has refused before any message was named.
pub fn weigh_refused_session(
    context: &Context,
    site: &Site,
    destination: &Destination,
    failure: &Failure,
    via: &Via,
) -> Option<String> {
    let provider = provider_of(context, site, destination)?;
    if !is_of_address(failure, via) {
        return None;
    }
    context.providers.refused(&provider, failure.text(), context.now(), context.ports.clock.random());
    Some(provider)
}

fn provider_of(context: &Context, site: &Site, destination: &Destination) -> Option<String> {
    let Plan::Direct(hosts) = &site.plan else { return None };
    let domain = destination.may_take_relay().then(|| destination.direct())??;
    context.providers.covering(domain, hosts).map(|fact| fact.provider)
}

/// Whether the remote's words say that it does not want our address.
fn is_of_address(failure: &Failure, via: &Via) -> bool {
    failure.reply.as_ref().is_some_and(|reply| {
        refusals::recognise(via.remote_name.as_deref(), &reply.to_string())
            .is_some_and(|found| found.pattern.fault == Fault::Address)
    })
}

/// Whether a decision on this provider concerns mail to a domain, whose site may not be known now.
#[must_use]
pub fn concerns(provider: &str, domain: &Domain, site: Option<&Site>) -> bool {
    let hosts = match site.map(|site| &site.plan) {
        Some(Plan::Direct(hosts)) => hosts.as_slice(),
        _ => &[],
    };
    covers(provider, domain, hosts)
}

#[cfg(test)]
mod tests;
