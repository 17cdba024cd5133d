//! One connection of a site: opened, fed with jobs until there are none, closed.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;

use postamt_mailauth::transport::Source;

use super::content::{fail, load, lost, settle, sign, waives_tls};
use super::guard::{self, Hands};
use super::mailbox::deliver_to_maildir;
use super::replan_provider;
use super::submit::{detour, push_without_demands, wait_until};
use crate::breaker;
use crate::context::Context;
use crate::events::Event;
use crate::flow::{Attempt, Fate, Loaded, Plan, RecipientResult};
use crate::providers;
use crate::queue::Intent;
use crate::queue::job::{Job, Numbers};
use crate::queue::place::Place;
use crate::queue::site::{Afterwards, Site};
use crate::quota::{self, Grant};
use crate::send::{converse, null_sender, open};
use crate::settings::LocalTarget;
use crate::transport;

/// New connections tried within one attempt after the one before broke.
const FRESH_CONNECTIONS: u8 = 2;

/// Starts a connection that the site has counted.
pub(super) fn start_connection(context: &Arc<Context>, site: Arc<Site>) {
    context.tasks.clone().spawn(connection(context.clone(), site));
}

/// One connection of a site, from its opening to its end. Boxed, because a settled message may be a notice that
/// starts another connection.
fn connection(context: Arc<Context>, site: Arc<Site>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        let hands = Hands::default();
        let finished = guard::caught(work(&context, &site, &hands)).await;
        if !finished {
            hands.salvage(&context, &site);
        }
        match site.connection_ended(context.now()) {
            Afterwards::Nothing => {}
            Afterwards::StartConnection if context.stop.is_cancelled() => {}
            Afterwards::StartConnection => start_connection(&context, site.clone()),
            Afterwards::Waits(jobs, until) => wait_until(&context, jobs, until),
        }
        if !finished {
            guard::warn(&context, &format!("a connection to {}", site.name));
        }
    })
}

async fn work(context: &Arc<Context>, site: &Arc<Site>, hands: &Hands) {
    let Ok(_permit) = context.connections.clone().acquire_owned().await else { return };
    if context.stop.is_cancelled() {
        return;
    }
    match &site.plan {
        Plan::Local(LocalTarget::Maildir(template)) => {
            deliver_to_maildir(context, site, hands, template.clone()).await;
        }
        _ => deliver_by_smtp(context, site, hands).await,
    }
}

async fn deliver_by_smtp(context: &Arc<Context>, site: &Arc<Site>, hands: &Hands) {
    let opened = tokio::select! {
        opened = open::open(context, site) => opened,
        () = context.stop.cancelled() => return,
    };
    hands.opened(site);
    let mut opened = match opened {
        Ok(opened) => opened,
        Err(unreached) if unreached.blocked => return detour(context, site.extract(&|_| true)),
        Err(unreached) => return unreachable(context, site, hands, &unreached).await,
    };
    let (mut sent, mut met) = (0, HashSet::new());
    while opened.connection.is_usable() && sent < site.limits.messages_per_connection.max(1) {
        let job = tokio::select! {
            biased;
            () = context.stop.cancelled() => None,
            job = site.next(site.limits.idle, context.now()) => job,
        };
        let Some(job) = job else { break };
        sent += 1;
        hands.take(&job);
        wait_for_slot(context, site).await;
        if matches!(site.plan, Plan::Direct(_))
            && let Some(domain) = job.destination.direct()
            && !met.contains(domain)
        {
            transport::met(context, domain, &opened.session).await;
            met.insert(domain.clone());
        }
        one_message(context, site, hands, &mut opened, job).await;
        while site.wants_connection(context.now()) {
            start_connection(context, site.clone());
        }
    }
    opened.connection.quit().await;
}

async fn wait_for_slot(context: &Context, site: &Site) {
    let wait = site.reserve_slot(context.ports.clock.since_epoch());
    if !wait.is_zero() {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = context.stop.cancelled() => {}
        }
    }
}

async fn one_message(
    context: &Arc<Context>,
    site: &Arc<Site>,
    hands: &Hands,
    opened: &mut open::Opened,
    mut job: Job,
) {
    let landed = || hands.landed(site);
    let grant = match room(context, site, &mut job) {
        Ok((grant, rest)) => {
            hands.keep(&job);
            // Each part has its own attempt from here on.
            rest.into_iter().for_each(|(rest, until)| wait_until(context, vec![rest], until));
            grant
        }
        Err(until) => {
            wait_until(context, vec![job], until);
            landed();
            return wait_until(context, site.extract(&|_| true), until);
        }
    };
    match load(context, &job, true).await {
        Err(error) => {
            lost(context, job, &error);
            landed();
        }
        Ok(loaded) => {
            if let Some(attempt) = kept_from_clear(context, site, opened, &job, &loaded).await {
                return settle(context, job, &loaded, &site.route, attempt, landed).await;
            }
            let signatures = sign(context, &site.dkim, &loaded).await;
            let return_path = null_sender::return_path(site, &context.settings(), &loaded);
            let given_up = pin!(way_closed(context, site, opened.via.remote));
            let connection = &mut opened.connection;
            let mut attempt =
                converse::converse(connection, &opened.via, &job, &loaded, return_path, signatures, given_up)
                    .await;
            observe(context, site, &attempt);
            if let Some(grant) = grant {
                grant.used(delivered(&attempt));
            }
            note_way(context, site, &attempt, &mut job);
            let refused_by = providers::weigh(context, site, &job.destination, &mut attempt);
            if attempt.results.iter().any(deserves_retry)
                && context.queue.intent(job.id) == Intent::None
                && let Some(again) = split_retries(&mut job, &mut attempt)
            {
                hands.keep(&job);
                site.put_back(Job { loaded: Some(loaded.clone()), ..again });
            }
            if attempt.results.is_empty() {
                landed();
            } else {
                job.provider_place.spend();
                settle(context, job, &loaded, &site.route, attempt, landed).await;
            }
            if let Some(provider) = refused_by {
                replan_provider(context, &provider);
            }
        }
    }
}

/// Without TLS, mail for a domain that has always had it waits, unless its sender does not mind. A relay's security is
/// the operator's choice.
async fn kept_from_clear(
    context: &Context,
    site: &Site,
    opened: &open::Opened,
    job: &Job,
    loaded: &Loaded,
) -> Option<Attempt> {
    let domain = job.destination.direct().filter(|_| matches!(site.plan, Plan::Direct(_)))?;
    if opened.connection.facts().tls.is_some() || waives_tls(loaded) {
        return None;
    }
    let host = opened.via.remote_name.as_deref().unwrap_or("the server");
    let failure = transport::refuses_clear(context, domain, host).await?;
    let result = |number: &u16| RecipientResult { number: *number, fate: Fate::Temporary(failure.clone()) };
    let results = job.recipients.as_slice().iter().map(result).collect();
    Some(Attempt { via: opened.via.clone(), results })
}

/// Recipients that a relay can be handed today: all of the job, or as many as its quota has room for; the others are
/// split off, with the time when they are looked at again.
type Room<'a> = (Option<Grant<'a>>, Option<(Job, u64)>);

fn room<'a>(context: &'a Context, site: &'a Site, job: &mut Job) -> Result<Room<'a>, u64> {
    let Plan::Relay(relay) = &site.plan else { return Ok((None, None)) };
    let wanted = job.recipients.as_slice().len();
    let grant = quota::take(context, relay, wanted)?;
    if grant.count == wanted {
        return Ok((Some(grant), None));
    }
    let (today, later) = job.recipients.as_slice().split_at(grant.count);
    let (today, later) = (Numbers::from(today.to_vec()), Numbers::from(later.to_vec()));
    let rest = Job { recipients: later, ..job.clone() };
    job.recipients = today;
    let until = quota::no_room_until(context, relay).unwrap_or_else(|| context.now());
    Ok((Some(grant), Some((rest, until))))
}

fn delivered(attempt: &Attempt) -> usize {
    attempt.results.iter().filter(|result| matches!(result.fate, Fate::Delivered(_))).count()
}

fn deserves_retry(result: &RecipientResult) -> bool {
    matches!(&result.fate, Fate::Temporary(failure) if failure.retry_now)
}

/// Takes out the recipients that deserve another connection at once, as a job of their own.
fn split_retries(job: &mut Job, attempt: &mut Attempt) -> Option<Job> {
    // A server that takes ten at a time takes a hundred in ten transactions: as long as some are taken, it goes on.
    let progress = attempt.results.iter().any(|result| matches!(result.fate, Fate::Delivered(_)));
    if job.fresh_connections >= FRESH_CONNECTIONS && !progress {
        return None;
    }
    let (again, rest): (Vec<_>, Vec<_>) =
        std::mem::take(&mut attempt.results).into_iter().partition(deserves_retry);
    attempt.results = rest;
    if again.is_empty() {
        return None;
    }
    let numbers: Vec<u16> = again.iter().map(|result| result.number).collect();
    let retry = Job {
        recipients: Numbers::from(numbers),
        fresh_connections: if progress { 0 } else { job.fresh_connections + 1 },
        // What is settled needs it no more.
        place: std::mem::take(&mut job.place),
        provider_place: std::mem::take(&mut job.provider_place),
        ..job.clone()
    };
    let kept: Vec<u16> = attempt.results.iter().map(|result| result.number).collect();
    job.recipients = kept.into();
    Some(retry)
}

/// Ends when the way of a direct connection is closed: what is said on it then leads nowhere.
async fn way_closed(context: &Context, site: &Site, remote: Option<SocketAddr>) {
    match (&site.plan, remote) {
        (Plan::Direct(_), Some(remote)) => {
            context.breaker.closed(breaker::way_to(&context.settings().outgoing, remote.ip())).await;
        }
        _ => std::future::pending().await,
    }
}

/// Learns from an attempt how much the provider wants of us.
fn observe(context: &Context, site: &Site, attempt: &Attempt) {
    let slow_down = attempt.results.iter().find_map(|result| match &result.fate {
        Fate::Temporary(failure) if converse::asks_to_slow_down(failure) => Some(failure),
        _ => None,
    });
    if let Some(failure) = slow_down {
        let reason = failure.text();
        let until = site.slow_down(context.now(), &reason);
        context.event(Event::SitePaused { site: site.name.clone(), until, reason });
    } else if attempt.results.iter().any(|result| matches!(result.fate, Fate::Delivered(_))) {
        site.succeeded();
    }
}

/// Tells the breaker of a delivery on the direct way; its place in a trial is free for the next one.
fn note_way(context: &Context, site: &Site, attempt: &Attempt, job: &mut Job) {
    if let (Plan::Direct(_), Some(remote)) = (&site.plan, attempt.via.remote)
        && delivered(attempt) > 0
    {
        job.place = Place::default();
        let way = breaker::way_to(&context.settings().outgoing, remote.ip());
        context.breaker.delivered(way, context.now());
    }
}

/// No host took us: all that was ready shares the failure, without paying the time-outs again.
async fn unreachable(context: &Arc<Context>, site: &Arc<Site>, hands: &Hands, unreached: &open::Unreached) {
    let now = context.now();
    let jobs = site.unreachable(now, &unreached.failure);
    if jobs.is_empty() {
        return;
    }
    hands.take_all(&jobs);
    note_troubles(context, &jobs, unreached);
    let reason = unreached.failure.text();
    let until = site.state(now).paused_until.unwrap_or(now);
    context.event(Event::SitePaused { site: site.name.clone(), until, reason });
    let failure = unreached.failure.clone();
    let fate = if unreached.permanent { Fate::Permanent(failure) } else { Fate::Temporary(failure) };
    let demanded = unreached.troubles.iter().any(|trouble| trouble.source != Source::None);
    let mut refused_by = None;
    for mut job in jobs {
        job.provider_place.spend();
        if demanded && load(context, &job, true).await.is_ok_and(|loaded| waives_tls(&loaded)) {
            push_without_demands(context, site, job);
            hands.next();
            continue;
        }
        let (failure, via) = (&unreached.failure, &unreached.via);
        let provider = providers::weigh_refused_session(context, site, &job.destination, failure, via);
        refused_by = refused_by.or(provider);
        fail(context, job, &site.route, unreached.via.clone(), &fate).await;
        hands.next();
    }
    if let Some(provider) = refused_by {
        replan_provider(context, &provider);
    }
}

/// Counts what failed about TLS, and notes for whom mail waits for that reason.
fn note_troubles(context: &Context, jobs: &[Job], unreached: &open::Unreached) {
    let now = context.now();
    let domains: HashSet<_> = jobs.iter().filter_map(|job| job.destination.direct()).collect();
    for domain in domains {
        context.transport.failed(domain, &unreached.troubles, now);
        let demanded = unreached.troubles.iter().find(|trouble| trouble.source != Source::None);
        if let Some(trouble) = demanded {
            let kind = trouble.source.name();
            context.transport.refuse(domain, kind, &trouble.host, &trouble.words, now);
        }
    }
}
