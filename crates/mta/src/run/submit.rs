//! From a job to its site: by rule, by DNS, or by what the settings say of our own domains.

use std::sync::Arc;

use postamt_mail::address::Domain;
use postamt_mail::reply::Reply;

use super::connection::start_connection;
use super::content::fail;
use super::guard::{self, Hands, spawn_guarded, submit_guarded};
use crate::breaker::machine::LOOK_AGAIN_SECONDS;
use crate::breaker::{Course, detour};
use crate::context::Context;
use crate::flow::{Destination, Failure, Fate, Fault, Plan, PlannedHost};
use crate::plan::{exchangers, policies};
use crate::providers;
use crate::queue::job::Job;
use crate::queue::site::{self, Pushed, Site, SiteLimits};
use crate::queue::{Direction, Intent, Security, limits_of};
use crate::quota;
use crate::settings::{DkimOnRoute, LocalTarget, Pacing, PostmasterTarget, Relay, RouteTarget};
use crate::settle::decide;

/// A site's hosts hold at least and at most this long, whatever their TTL.
const RESOLUTION_SECONDS: std::ops::RangeInclusive<u64> = 5..=3600;

/// Why direct mail waits while all ways out are closed.
const NO_WAY: &str = "port 25 is blocked, and no relay carries this mail";
/// Why mail waits that the operator has given to a relay, since its provider refuses our address.
const NO_PROVIDER_RELAY: &str = "the relay that carries mail to this provider cannot take it now";

/// Sends a job on its way, unless an operator has decided otherwise while nobody could find it.
pub fn submit(context: &Arc<Context>, job: Job) {
    match context.queue.intent(job.id) {
        Intent::None => send_on(context, job),
        Intent::Hold => context.queue.hold(Job { loaded: None, ..job }),
        Intent::Cancel => super::cancel_soon(context, job),
    }
}

/// As [`submit`], for a message of which no operator has heard.
pub(super) fn send_on(context: &Arc<Context>, job: Job) {
    let now = context.now();
    match job.destination.clone() {
        Destination::Direct(domain) | Destination::DirectOnly(domain) | Destination::DirectOr(domain, _) => {
            direct(context, job, &domain, now)
        }
        Destination::Relay(name) => match relay_site(context, &name) {
            Some(site) => push(context, &site, job),
            None => refuse(context, job, format!("the relay {name} is not configured any more")),
        },
        Destination::Local(domain) => match local_site(context, &domain) {
            Some(site) => push(context, &site, job),
            // The domain is not ours any more: by the rules of today.
            None => send_on(context, Job { destination: Destination::Direct(domain), ..job }),
        },
        Destination::Postmaster => match postmaster_site(context) {
            Some(site) => push(context, &site, job),
            None => refuse(context, job, "the postmaster's Maildir is not configured any more".to_owned()),
        },
        Destination::Discard => {
            let (own, kept) = (context.clone(), job.clone());
            spawn_guarded(context, "the discarding of a message", &kept, async move {
                discard(&own, job).await;
            });
        }
        Destination::Hold => context.queue.hold(job),
    }
}

/// Straight to the recipient's servers, or, while port 25 is blocked, by the detour or not at all.
fn direct(context: &Arc<Context>, mut job: Job, domain: &Domain, now: u64) {
    // Noted first: what changes while its way is chosen must not be missed.
    job.planned = context.queue.plannings();
    // Given back first: they may be the last ones.
    job.leave_trials();
    job.without_way = false;
    match context.breaker.course(&context.settings(), now, || detour::of(context, &job.destination)) {
        Course::Detour(relay) => return push(context, &detour_site(context, &relay), job),
        Course::Wait { .. } if job.destination.may_take_relay() && context.providers.has_any() => {
            // Its provider may have a relay of its own, which its hosts tell.
            job.without_way = true;
        }
        Course::Wait { until } => return wait_for_way(context, job, until, NO_WAY),
        Course::Direct(place) => job.place = place,
    }
    match context.queue.direct(domain, job, now) {
        Direction::Site(site, job) => towards(context, &site, domain, job),
        Direction::Waits => {}
        Direction::LookUp(domain) => {
            let context = context.clone();
            context.tasks.clone().spawn(async move { look_up(&context, domain).await });
        }
    }
}

/// To its provider, or by the relay that the operator has named for that one.
fn towards(context: &Arc<Context>, site: &Arc<Site>, domain: &Domain, mut job: Job) {
    let Plan::Direct(hosts) = &site.plan else { return push(context, site, job) };
    if job.without_way {
        return match providers::relay_of(context, domain, hosts) {
            Some((relay, provider)) => push(context, &provider_site(context, &relay, &provider), job),
            None => wait_for_way(context, job, context.now() + LOOK_AGAIN_SECONDS, NO_WAY),
        };
    }
    if job.place.is_taken() && site.is_silent() {
        // The trial learns nothing more from a host that others of it wait for in vain.
        return detour(context, vec![job]);
    }
    if !job.destination.may_take_relay() {
        return push(context, site, job);
    }
    match providers::course(context, domain, hosts) {
        providers::Course::Direct(place) => {
            job.provider_place = place;
            push(context, site, job);
        }
        providers::Course::By { relay, provider } => {
            push(context, &provider_site(context, &relay, &provider), job);
        }
        providers::Course::Wait => {
            wait_for_way(context, job, context.now() + LOOK_AGAIN_SECONDS, NO_PROVIDER_RELAY);
        }
    }
}

pub(super) fn provider_site(context: &Context, relay: &Arc<Relay>, provider: &str) -> Arc<Site> {
    let key = format!("relay {}, only for {provider}", relay.name);
    let make = || make_relay_site(&context.settings().pacing, relay, key.clone(), key.clone());
    context.queue.site(&key, make)
}

/// Direct mail that has found only ways that are closed: by the detour, or it waits.
pub(super) fn detour(context: &Arc<Context>, jobs: Vec<Job>) {
    for job in jobs {
        match detour::of(context, &job.destination) {
            Ok(relay) => push(context, &detour_site(context, &relay), job),
            Err(_) => wait_for_way(context, job, context.now() + LOOK_AGAIN_SECONDS, NO_WAY),
        }
    }
}

/// No way is open to it now, as `words` say. That costs it no attempt, but not its time either: when its life is over, or
/// its sender is to hear of the delay, it fares as after an attempt.
fn wait_for_way(context: &Arc<Context>, job: Job, until: u64, words: &'static str) {
    let settings = context.settings();
    let now = context.now();
    let accepted_at = job.id.accepted_at();
    let is_over = now >= accepted_at.saturating_add(settings.retry.lifetime.as_secs());
    if !is_over && !decide::delay_is_due(&settings.retry, accepted_at, now, job.delay_notified) {
        return wait_until(context, vec![job], until);
    }
    let fate = Fate::Temporary(Failure::ours(Fault::Network, (4, 4, 1), words));
    let (own, kept) = (context.clone(), job.clone());
    spawn_guarded(context, "the waiting of a message", &kept, async move {
        fail(&own, job, "direct", Arc::default(), &fate).await;
    });
}

/// Sends jobs on their way again, by what is known now.
pub(super) fn submit_all(context: &Arc<Context>, jobs: Vec<Job>) {
    for job in jobs {
        submit_guarded(context, job);
    }
}

pub(super) fn detour_site(context: &Context, relay: &Arc<Relay>) -> Arc<Site> {
    let key = format!("detour by relay {}", relay.name);
    let make = || {
        let route = format!("relay {}, since port 25 is blocked", relay.name);
        make_relay_site(&context.settings().pacing, relay, key.clone(), route)
    };
    context.queue.site(&key, make)
}

/// A destination that the settings do not have any more: they may have it again.
fn refuse(context: &Arc<Context>, job: Job, words: String) {
    let fate = Fate::Temporary(Failure::ours(Fault::Ours, (4, 3, 5), words));
    let (own, kept) = (context.clone(), job.clone());
    spawn_guarded(context, "the planning of a message", &kept, async move {
        let route = job.destination.to_string();
        fail(&own, job, &route, Arc::default(), &fate).await;
    });
}

async fn discard(context: &Arc<Context>, job: Job) {
    let reply = Reply::new(250, (2, 0, 0), "discarded by rule");
    fail(context, job, "discard", Arc::default(), &Fate::Delivered(reply)).await;
}

fn push(context: &Arc<Context>, site: &Arc<Site>, mut job: Job) {
    if !matches!(site.plan, Plan::Direct(_)) {
        job.leave_trials();
    }
    if let Plan::Relay(relay) = &site.plan
        && let Some(until) = quota::no_room_until(context, relay)
    {
        return wait_until(context, vec![job], until);
    }
    match site.push(job, context.now()) {
        Pushed::Taken => {}
        Pushed::StartConnection => start_connection(context, site.clone()),
        Pushed::Paused(job, until) => wait_until(context, vec![*job], until),
    }
}

pub(super) fn relay_site(context: &Context, name: &str) -> Option<Arc<Site>> {
    let key = Destination::Relay(name.into()).to_string();
    let settings = context.settings();
    let relay = settings.routes.iter().find_map(|rule| match &rule.target {
        RouteTarget::Relay(relay) if relay.name == name => Some(relay.clone()),
        _ => None,
    })?;
    Some(context.queue.site(&key, || make_relay_site(&settings.pacing, &relay, key.clone(), key.clone())))
}

fn make_relay_site(pacing: &Pacing, relay: &Arc<Relay>, key: String, route: String) -> Site {
    let limits = SiteLimits {
        // A relay is ours by contract: no slow start.
        initial_connections: relay.connections,
        connections: relay.connections,
        messages_per_connection: relay.messages_per_connection,
        messages_per_minute: None,
        ..limits_of(pacing)
    };
    Site::new(key, route, Plan::Relay(relay.clone()), limits, relay.dkim.clone())
}

pub(super) fn local_site(context: &Context, domain: &Domain) -> Option<Arc<Site>> {
    let settings = context.settings();
    let local = settings.local_domains.iter().find(|local| local.domain == *domain)?;
    let key = Destination::Local(domain.clone()).to_string();
    let unsigned = DkimOnRoute::unsigned();
    let make = || {
        Site::new(
            key.clone(),
            key.clone(),
            Plan::Local(local.target.clone()),
            limits_of(&settings.pacing),
            unsigned,
        )
    };
    Some(context.queue.site(&key, make))
}

/// `None` when mail to the postmaster is forwarded: then it is re-addressed when it is admitted.
pub(super) fn postmaster_site(context: &Context) -> Option<Arc<Site>> {
    let settings = context.settings();
    let key = Destination::Postmaster.to_string();
    let unsigned = DkimOnRoute::unsigned();
    let PostmasterTarget::Maildir(path) = &settings.postmaster else { return None };
    let plan = Plan::Local(LocalTarget::Maildir(path.to_string_lossy().into_owned()));
    let make = || Site::new(key.clone(), key.clone(), plan, limits_of(&settings.pacing), unsigned);
    Some(context.queue.site(&key, make))
}

/// Looks a domain up and sends on what waited for it.
async fn look_up(context: &Arc<Context>, domain: Domain) {
    let hands = Hands::default();
    if guard::caught(find_exchangers(context, &domain, &hands)).await {
        return;
    }
    let mut jobs = hands.drain();
    jobs.extend(context.queue.unresolved(&domain));
    guard::put_off(context, jobs);
    guard::warn(context, &format!("the look-up of {domain}"));
}

async fn find_exchangers(context: &Arc<Context>, domain: &Domain, hands: &Hands) {
    match plan_direct(context, domain).await {
        Ok((site, holds)) => {
            let jobs = context.queue.resolved(domain, &site, context.now() + holds);
            hands.take_all(&jobs);
            let plannings = context.queue.plannings();
            for job in jobs {
                // A look-up takes its time: the ways may be others by now. Who was let through keeps that while any is open.
                let outdated = job.planned != plannings
                    && (job.without_way || context.breaker.closed_since(&context.settings()).is_some());
                if outdated {
                    submit(context, job);
                } else {
                    towards(context, &site, domain, job);
                }
                hands.next();
            }
        }
        Err(error) => {
            let fate =
                if error.temporary { Fate::Temporary(error.failure) } else { Fate::Permanent(error.failure) };
            let jobs = context.queue.unresolved(domain);
            hands.take_all(&jobs);
            for job in jobs {
                fail(context, job, "direct", Arc::default(), &fate).await;
                hands.next();
            }
        }
    }
}

/// The site of a domain by DNS and by its policy, and for how many seconds that holds.
///
/// # Errors
/// Why the domain has no mail hosts for us.
pub(super) async fn plan_direct(
    context: &Arc<Context>,
    domain: &Domain,
) -> Result<(Arc<Site>, u64), exchangers::Fate> {
    let settings = context.settings();
    let own_names = std::slice::from_ref(&settings.hostname);
    let exchangers = async {
        // Nobody closes it.
        let _permit = context.lookups.acquire().await;
        exchangers::find(&*context.ports.resolver, &*context.ports.clock, domain, own_names).await
    };
    // A policy may have to be fetched, which can take its time: it holds up nobody else.
    let (found, policy) = tokio::join!(exchangers, policies::of(context, domain));
    let found = found?;
    let security = Security { dnssec: found.secure, policy, waived: false };
    let site = direct_site(context, &found.hosts, security);
    let holds = found.ttl.as_secs().clamp(*RESOLUTION_SECONDS.start(), *RESOLUTION_SECONDS.end());
    Ok((site, holds))
}

/// The site of these hosts, apart from that of the same hosts under other demands on TLS.
fn direct_site(context: &Context, hosts: &[PlannedHost], security: Security) -> Arc<Site> {
    let settings = context.settings();
    let key = site::name_of(hosts) + &security.mark(hosts);
    let make = || {
        let limits = limits_of(&settings.pacing);
        let (plan, dkim) = (Plan::Direct(hosts.to_vec()), settings.dkim_direct.clone());
        Site::new(key.clone(), "direct".to_owned(), plan, limits, dkim).secured(security)
    };
    context.queue.site(&key, make)
}

/// A message whose sender gave up all demands on TLS, to the same hosts.
pub(super) fn push_without_demands(context: &Arc<Context>, site: &Site, job: Job) {
    let Plan::Direct(hosts) = &site.plan else { return send_on(context, job) };
    let site = direct_site(context, hosts, Security { waived: true, ..Security::default() });
    push(context, &site, job);
}

/// Jobs of a paused site wait in the queue, without their content and without an attempt counted; those of a message
/// that was cancelled while they were in flight end.
pub(super) fn wait_until(context: &Arc<Context>, jobs: Vec<Job>, until: u64) {
    for job in jobs {
        match context.queue.intent(job.id) {
            Intent::Cancel => super::cancel_soon(context, job),
            // The queue itself sees to what is held.
            Intent::None | Intent::Hold => context.queue.wait(Job { next: until, loaded: None, ..job }),
        }
    }
}
