//! The run loop: *take due → plan → send → settle*. A job is submitted to its site; connections of the site take
//! jobs as long as there are any; what is deferred waits in the queue until the timer submits it again.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use postamt_mail::address::{Address, Domain};
use postamt_mail::envelope::Envelope;
use postamt_mail::header::{self, Message};
use postamt_mail::reply::Reply;
use postamt_mailauth::dkim::{SignOptions, SigningJob, SigningKey};
use postamt_store::spool::{Change, Origin, SpoolError, Stored, Waiting};

use crate::context::Context;
use crate::events::Event;
use crate::flow::{Attempt, Destination, Failure, Fate, Fault, Loaded, Plan, Queued, RecipientResult, Via};
use crate::plan::{exchangers, routes};
use crate::queue::job::{Job, Numbers};
use crate::queue::site::{Afterwards, Pushed, Site, SiteLimits};
use crate::queue::{Direction, Intent, limits_of};
use crate::send::{converse, maildir, open};
use crate::settings::{DkimOnRoute, LocalTarget, Relay};
use crate::settle::{apply, records};

/// Recipients of one job, and so of one transaction (RFC 5321 §4.5.3.1.8: every server takes 100).
const RECIPIENTS_PER_JOB: usize = 100;
/// Due jobs taken in one go, so that other tasks get their turn.
const BATCH: usize = 500;
/// The timer looks at the clock at least this often, since wall clocks jump.
const LONGEST_NAP: Duration = Duration::from_secs(30);
/// New connections tried within one attempt after the one before broke.
const FRESH_CONNECTIONS: u8 = 2;
/// A message that could not be read is tried again after this long.
const UNREADABLE_SECONDS: u64 = 60;
/// A site's hosts hold at least and at most this long, whatever their TTL.
const RESOLUTION_SECONDS: std::ops::RangeInclusive<u64> = 5..=3600;

/// A message that has just become durable: into the queue, and on its way.
pub fn begin(context: &Arc<Context>, queued: Queued, held: bool) {
    let loaded = &queued.loaded;
    let open = u16::try_from(loaded.envelope.recipients.len()).unwrap_or(u16::MAX);
    context.queue.enter(queued.id, open, false);
    let all: Vec<u16> = (0..open).collect();
    let keep = loaded.share.is_some().then(|| loaded.clone());
    let mut new = jobs(context, &queued, &all, held);
    let mut held = held;
    if new.iter().any(|job| job.destination == Destination::Hold) {
        // A message of our own that a rule holds: nobody asked the rules before it was stored.
        held = true;
        context.ports.spool.note(Change::Held { id: queued.id, held });
        new = jobs(context, &queued, &all, held);
    }
    if held {
        context.event(Event::Held { id: queued.id.to_string() });
    }
    for mut job in new {
        job.loaded = keep.clone();
        if held { context.queue.hold(job) } else { submit(context, job) }
    }
}

/// A message found in the spool at start: it waits for its time.
pub fn recover(context: &Arc<Context>, waiting: Waiting) {
    let open = u16::try_from(waiting.recipients.len()).unwrap_or(u16::MAX);
    // Whether the history knows it is not asked for each of many messages: an attempt before means that it does.
    let recorded = waiting.recipients.len() < waiting.envelope.recipients.len()
        || waiting.recipients.iter().any(|recipient| recipient.attempts > 0);
    context.queue.enter(waiting.id, open, recorded);
    let loaded = Arc::new(Loaded {
        envelope: waiting.envelope,
        origin: waiting.origin,
        received_at: waiting.received_at,
        size: waiting.size,
        content: Vec::new(),
        message_id: None,
        author: None,
        share: None,
    });
    let queued = Queued { id: waiting.id, loaded };
    for (next, attempts, told, numbers) in alike(&waiting.recipients) {
        for mut job in jobs(context, &queued, &numbers, !waiting.held) {
            job.next = next;
            job.attempts = attempts;
            job.delay_notified = told;
            if waiting.held { context.queue.hold(job) } else { context.queue.wait(job) }
        }
    }
}

/// Recipients in the same state, as (next, attempts, told, numbers).
fn alike(recipients: &[postamt_store::spool::WaitingRecipient]) -> Vec<(u64, u16, bool, Vec<u16>)> {
    let mut groups: Vec<(u64, u16, bool, Vec<u16>)> = Vec::new();
    for recipient in recipients {
        let state = (recipient.next, recipient.attempts, recipient.delay_notified);
        match groups.iter_mut().find(|(next, attempts, told, _)| (*next, *attempts, *told) == state) {
            Some((.., numbers)) => numbers.push(recipient.number),
            None => groups.push((state.0, state.1, state.2, vec![recipient.number])),
        }
    }
    groups
}

/// The jobs of a message: its recipients by destination. `past_hold`: rules that hold do not count.
fn jobs(context: &Context, queued: &Queued, numbers: &[u16], past_hold: bool) -> Vec<Job> {
    let loaded = &queued.loaded;
    let job = |(destination, numbers): (Destination, Vec<u16>)| Job {
        id: queued.id,
        next: 0,
        destination,
        recipients: numbers.into(),
        attempts: 0,
        fresh_connections: 0,
        delay_notified: false,
        loaded: None,
    };
    by_destination(context, &loaded.envelope, &loaded.origin, numbers, past_hold)
        .into_iter()
        .map(job)
        .collect()
}

/// Where released recipients go: by today's rules, past those that hold.
#[must_use]
pub fn destinations(context: &Context, stored: &Stored, numbers: &[u16]) -> Vec<(Destination, Vec<u16>)> {
    by_destination(context, &stored.envelope, &stored.origin, numbers, true)
}

fn by_destination(
    context: &Context,
    envelope: &Envelope,
    origin: &Origin,
    numbers: &[u16],
    past_hold: bool,
) -> Vec<(Destination, Vec<u16>)> {
    let settings = context.settings();
    let mut groups: Vec<(Destination, Vec<u16>)> = Vec::with_capacity(1);
    for number in numbers {
        let Some(recipient) = envelope.recipients.get(usize::from(*number)) else { continue };
        let question = routes::Question {
            account: origin.account.as_deref(),
            channel: &origin.channel,
            sender: envelope.sender.as_ref(),
            recipient: &recipient.address,
            past_hold,
        };
        let destination = routes::choose(&settings, question);
        match groups.iter_mut().find(|(d, n)| *d == destination && n.len() < RECIPIENTS_PER_JOB) {
            Some((_, numbers)) => numbers.push(*number),
            None => groups.push((destination, vec![*number])),
        }
    }
    groups
}

/// Sends a job on its way.
pub fn submit(context: &Arc<Context>, job: Job) {
    let now = context.now();
    match job.destination.clone() {
        Destination::Direct(domain) => match context.queue.direct(&domain, job, now) {
            Direction::Site(site, job) => push(context, &site, job),
            Direction::Waits => {}
            Direction::LookUp(domain) => {
                let context = context.clone();
                context.tasks.clone().spawn(async move { look_up(&context, domain).await });
            }
        },
        Destination::Relay(name) => match relay_site(context, &name) {
            Some(site) => push(context, &site, job),
            None => refuse(context, job, format!("the relay {name} is not configured any more")),
        },
        Destination::Local(domain) => match local_site(context, &domain) {
            Some(site) => push(context, &site, job),
            // The domain is not ours any more: by the rules of today.
            None => submit(context, Job { destination: Destination::Direct(domain), ..job }),
        },
        Destination::Postmaster => match postmaster_site(context) {
            Some(site) => push(context, &site, job),
            None => refuse(context, job, "the postmaster's Maildir is not configured any more".to_owned()),
        },
        Destination::Discard => {
            let context = context.clone();
            context.tasks.clone().spawn(async move { discard(&context, job).await });
        }
        Destination::Hold => context.queue.hold(job),
    }
}

/// A destination that the settings do not have any more: they may have it again.
fn refuse(context: &Arc<Context>, job: Job, words: String) {
    let fate = Fate::Temporary(Failure::ours(Fault::Ours, (4, 3, 5), words));
    let context = context.clone();
    context.tasks.clone().spawn(async move {
        let route = job.destination.to_string();
        fail(&context, job, &route, Arc::default(), &fate).await;
    });
}

async fn discard(context: &Arc<Context>, job: Job) {
    let reply = Reply::new(250, (2, 0, 0), "discarded by rule");
    fail(context, job, "discard", Arc::default(), &Fate::Delivered(reply)).await;
}

fn push(context: &Arc<Context>, site: &Arc<Site>, job: Job) {
    match site.push(job, context.now()) {
        Pushed::Taken => {}
        Pushed::StartConnection => start_connection(context, site.clone()),
        Pushed::Paused(job, until) => wait_until(context, vec![*job], until),
    }
}

fn start_connection(context: &Arc<Context>, site: Arc<Site>) {
    context.tasks.clone().spawn(connection(context.clone(), site));
}

fn relay_site(context: &Context, name: &str) -> Option<Arc<Site>> {
    let key = Destination::Relay(name.into()).to_string();
    let settings = context.settings();
    let relay = settings.routes.iter().find_map(|rule| match &rule.target {
        crate::settings::RouteTarget::Relay(relay) if relay.name == name => Some(relay.clone()),
        _ => None,
    })?;
    Some(context.queue.site(&key, || make_relay_site(&settings.pacing, &relay, key.clone())))
}

fn make_relay_site(pacing: &crate::settings::Pacing, relay: &Arc<Relay>, key: String) -> Site {
    let limits = SiteLimits {
        // A relay is ours by contract: no slow start.
        initial_connections: relay.connections,
        connections: relay.connections,
        messages_per_connection: relay.messages_per_connection,
        messages_per_minute: None,
        ..limits_of(pacing)
    };
    Site::new(key.clone(), key, Plan::Relay(relay.clone()), limits, relay.dkim.clone())
}

fn local_site(context: &Context, domain: &Domain) -> Option<Arc<Site>> {
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
fn postmaster_site(context: &Context) -> Option<Arc<Site>> {
    let settings = context.settings();
    let key = Destination::Postmaster.to_string();
    let unsigned = DkimOnRoute::unsigned();
    let crate::settings::PostmasterTarget::Maildir(path) = &settings.postmaster else { return None };
    let plan = Plan::Local(LocalTarget::Maildir(path.to_string_lossy().into_owned()));
    let make = || Site::new(key.clone(), key.clone(), plan, limits_of(&settings.pacing), unsigned);
    Some(context.queue.site(&key, make))
}

/// Looks a domain up and sends on what waited for it.
async fn look_up(context: &Arc<Context>, domain: Domain) {
    let settings = context.settings();
    let Ok(_permit) = context.lookups.acquire().await else { return };
    let own_names = std::slice::from_ref(&settings.hostname);
    let found = exchangers::find(&*context.ports.resolver, &*context.ports.clock, &domain, own_names).await;
    match found {
        Ok(found) => {
            let mut names: Vec<_> =
                found.hosts.iter().filter_map(|host| host.name.as_ref()).map(|n| n.as_str()).collect();
            names.sort_unstable();
            let key = names.join(",");
            let make = || {
                let plan = Plan::Direct(found.hosts.clone());
                let limits = limits_of(&settings.pacing);
                Site::new(key.clone(), "direct".to_owned(), plan, limits, settings.dkim_direct.clone())
            };
            let site = context.queue.site(&key, make);
            let holds = found.ttl.as_secs().clamp(*RESOLUTION_SECONDS.start(), *RESOLUTION_SECONDS.end());
            for job in context.queue.resolved(&domain, &site, context.now() + holds) {
                push(context, &site, job);
            }
        }
        Err(error) => {
            let fate =
                if error.temporary { Fate::Temporary(error.failure) } else { Fate::Permanent(error.failure) };
            for job in context.queue.unresolved(&domain) {
                fail(context, job, "direct", Arc::default(), &fate).await;
            }
        }
    }
}

/// Gives all recipients of a job the same fate.
async fn fail(context: &Arc<Context>, job: Job, route: &str, via: Arc<Via>, fate: &Fate) {
    let results = job
        .recipients
        .as_slice()
        .iter()
        .map(|number| RecipientResult { number: *number, fate: fate.clone() })
        .collect();
    match load(context, &job, false).await {
        Ok(loaded) => settle(context, job, &loaded, route, Attempt { via, results }).await,
        Err(error) => lost(context, job, &error),
    }
}

async fn settle(context: &Arc<Context>, job: Job, loaded: &Arc<Loaded>, route: &str, attempt: Attempt) {
    for notice in apply::apply(context, job, loaded, route, attempt).await {
        begin(context, notice, false);
    }
}

/// The message of a job: from memory, or read back. Without `content` only the envelope is read.
async fn load(context: &Context, job: &Job, content: bool) -> Result<Arc<Loaded>, SpoolError> {
    if let Some(loaded) = &job.loaded {
        return Ok(loaded.clone());
    }
    let spool = &context.ports.spool;
    let stored = if content { spool.load(job.id).await? } else { spool.load_envelope(job.id).await? };
    let (message_id, author) = facts_of(&stored.content);
    Ok(Arc::new(Loaded {
        size: stored.size,
        envelope: stored.envelope,
        origin: stored.origin,
        received_at: stored.received_at,
        message_id,
        author,
        content: vec![stored.content],
        share: None,
    }))
}

/// `Message-ID` and the domain of `From`.
fn facts_of(content: &Bytes) -> (Option<String>, Option<Domain>) {
    if content.is_empty() {
        return (None, None);
    }
    let section = Message::split(content);
    let message_id = section
        .find("Message-ID")
        .and_then(|field| header::message_id(field.value_octets()))
        .map(str::to_owned);
    let author = section.addresses("From").addresses.first().and_then(Address::domain).cloned();
    (message_id, author)
}

/// A message that cannot be read is never dropped silently: it is tried again, or held for the operator, and said.
fn lost(context: &Context, job: Job, error: &SpoolError) {
    let id = job.id;
    match error {
        // The server stops; the spool knows of the message at the next start.
        SpoolError::Closed => {}
        SpoolError::Unknown => {
            context.event(Event::Warning { what: format!("message {id} is not in the spool any more") });
            let count = u16::try_from(job.recipients.as_slice().len()).unwrap_or(u16::MAX);
            if context.queue.settled(id, count, |_| {}).finished {
                context.event(Event::Finished { id: id.to_string() });
            }
        }
        SpoolError::Full | SpoolError::Io(_) => {
            context.event(Event::Warning { what: format!("message {id} cannot be read now: {error}") });
            wait_until(context, vec![job], context.now() + UNREADABLE_SECONDS);
        }
        SpoolError::Damaged { .. } => {
            context.event(Event::Warning { what: format!("message {id} is damaged and is held: {error}") });
            context.queue.hold(job);
        }
    }
}

/// One connection of a site, from its opening to its end. Boxed, because a settled message may be a notice that
/// starts another connection.
fn connection(context: Arc<Context>, site: Arc<Site>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        let permit = context.connections.clone().acquire_owned().await;
        if permit.is_ok() && !context.stop.is_cancelled() {
            match &site.plan {
                Plan::Local(LocalTarget::Maildir(template)) => {
                    deliver_to_maildir(&context, &site, template.clone()).await;
                }
                _ => deliver_by_smtp(&context, &site).await,
            }
        }
        drop(permit);
        match site.connection_ended(context.now()) {
            Afterwards::Nothing => {}
            Afterwards::StartConnection if context.stop.is_cancelled() => {}
            Afterwards::StartConnection => start_connection(&context, site.clone()),
            Afterwards::Waits(jobs, until) => wait_until(&context, jobs, until),
        }
    })
}

/// Jobs of a paused site wait in the queue, without their content and without an attempt counted.
fn wait_until(context: &Context, jobs: Vec<Job>, until: u64) {
    for job in jobs {
        context.queue.wait(Job { next: until, loaded: None, ..job });
    }
}

async fn deliver_by_smtp(context: &Arc<Context>, site: &Arc<Site>) {
    let opened = tokio::select! {
        opened = open::open(context, site) => opened,
        () = context.stop.cancelled() => return,
    };
    let mut opened = match opened {
        Ok(opened) => opened,
        Err(unreached) => return unreachable(context, site, &unreached).await,
    };
    let mut sent = 0;
    while opened.connection.is_usable() && sent < site.limits.messages_per_connection.max(1) {
        let job = tokio::select! {
            biased;
            () = context.stop.cancelled() => None,
            job = site.next(site.limits.idle, context.now()) => job,
        };
        let Some(job) = job else { break };
        sent += 1;
        wait_for_slot(context, site).await;
        one_message(context, site, &mut opened, job).await;
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

async fn one_message(context: &Arc<Context>, site: &Arc<Site>, opened: &mut open::Opened, mut job: Job) {
    let (id, recipients) = (job.id, job.recipients.clone());
    match load(context, &job, true).await {
        Err(error) => lost(context, job, &error),
        Ok(loaded) => {
            let signatures = sign(context, &site.dkim, &loaded).await;
            let mut attempt =
                converse::converse(&mut opened.connection, &opened.via, &job, &loaded, signatures).await;
            observe(context, site, &attempt);
            if attempt.results.iter().any(deserves_retry)
                && context.queue.intent(id) == Intent::None
                && let Some(again) = split_retries(&mut job, &mut attempt)
            {
                site.put_back(Job { loaded: Some(loaded.clone()), ..again });
            }
            if !attempt.results.is_empty() {
                settle(context, job, &loaded, &site.route, attempt).await;
            }
        }
    }
    site.landed(id, &recipients);
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
        ..job.clone()
    };
    let kept: Vec<u16> = attempt.results.iter().map(|result| result.number).collect();
    job.recipients = kept.into();
    Some(retry)
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

/// No host took us: all that was ready shares the failure, without paying the time-outs again.
async fn unreachable(context: &Arc<Context>, site: &Arc<Site>, unreached: &open::Unreached) {
    let now = context.now();
    let jobs = site.unreachable(now, &unreached.failure);
    if jobs.is_empty() {
        return;
    }
    let reason = unreached.failure.text();
    let until = site.state(now).paused_until.unwrap_or(now);
    context.event(Event::SitePaused { site: site.name.clone(), until, reason });
    let failure = unreached.failure.clone();
    let fate = if unreached.permanent { Fate::Permanent(failure) } else { Fate::Temporary(failure) };
    for job in jobs {
        fail(context, job, &site.route, unreached.via.clone(), &fate).await;
    }
}

/// The DKIM fields for a message on a route; empty when nothing is to be signed or no key fits.
async fn sign(context: &Context, dkim: &DkimOnRoute, loaded: &Arc<Loaded>) -> Bytes {
    if dkim.profile.max_signatures == 0 || context.ports.keys.is_empty() {
        return Bytes::new();
    }
    let envelope_domain = || loaded.envelope.sender.as_ref().and_then(Address::domain).cloned();
    let Some(domain) = loaded.author.clone().or_else(envelope_domain) else { return Bytes::new() };
    let keys = keys_for(context, &domain);
    if keys.is_empty() {
        return Bytes::new();
    }
    let options = SignOptions { timestamp: context.now(), expire_after: None, profile: dkim.profile.clone() };
    match context.ports.signing.sign(SigningJob { keys, content: loaded.content.clone(), options }).await {
        Ok(fields) => fields,
        Err(error) => {
            // Unsigned mail is refused by many, but a key that fails must not stop all mail: it is said loudly.
            context.event(Event::Warning { what: format!("DKIM signing for {domain} failed: {error}") });
            Bytes::new()
        }
    }
}

/// The keys of the author's domain, else of the nearest domain above it: DMARC's relaxed alignment accepts those
/// (RFC 9989 §4.4.1; RFC 7489 §3.1.1).
fn keys_for(context: &Context, domain: &Domain) -> Vec<Arc<SigningKey>> {
    let mut name = domain.as_str();
    loop {
        if let Ok(candidate) = Domain::new(name) {
            let keys = context.ports.keys.keys_for(&candidate);
            if !keys.is_empty() {
                return keys;
            }
        }
        match name.split_once('.') {
            Some((_, parent)) if parent.contains('.') => name = parent,
            _ => return Vec::new(),
        }
    }
}

async fn deliver_to_maildir(context: &Arc<Context>, site: &Arc<Site>, template: String) {
    while let Some(job) = site.take() {
        let (id, recipients) = (job.id, job.recipients.clone());
        match load(context, &job, true).await {
            Err(error) => lost(context, job, &error),
            Ok(loaded) => {
                let mut results = Vec::with_capacity(1);
                for number in job.recipients.as_slice().to_vec() {
                    let fate = into_maildir(template.clone(), loaded.clone(), id, number).await;
                    results.push(RecipientResult { number, fate });
                }
                settle(context, job, &loaded, &site.route, Attempt { via: Arc::default(), results }).await;
            }
        }
        site.landed(id, &recipients);
    }
}

async fn into_maildir(
    template: String,
    loaded: Arc<Loaded>,
    id: postamt_store::queue_id::QueueId,
    number: u16,
) -> Fate {
    let Some(recipient) = loaded.envelope.recipients.get(usize::from(number)) else {
        return Fate::Permanent(Failure::ours(Fault::Ours, (5, 3, 0), "no such recipient number"));
    };
    let (Ok(path), Ok(user)) = (
        maildir::path(&template, &recipient.address),
        maildir::user_directory(&template, &recipient.address),
    ) else {
        return no_mailbox();
    };
    let user = user.filter(|_| !routes::is_role(&recipient.address));
    let sender = loaded.envelope.sender.as_ref().map(ToString::to_string).unwrap_or_default();
    let trace = format!("Return-Path: <{sender}>\r\nDelivered-To: {}\r\n", recipient.address);
    let written = tokio::task::spawn_blocking(move || {
        if let Some(user) = user
            && !maildir::is_user(&user)?
        {
            return Ok(false);
        }
        maildir::deliver(&path, id, number, &trace, &loaded.content).map(|()| true)
    });
    match written.await {
        Ok(Ok(false)) => no_mailbox(),
        Ok(Ok(true)) => Fate::Delivered(Reply::new(250, (2, 0, 0), "written to the Maildir")),
        Ok(Err(error)) => Fate::Temporary(Failure::ours(
            Fault::Ours,
            (4, 2, 0),
            format!("the Maildir cannot be written: {error}"),
        )),
        Err(_) => {
            Fate::Temporary(Failure::ours(Fault::Ours, (4, 3, 0), "the Maildir writer was interrupted"))
        }
    }
}

fn no_mailbox() -> Fate {
    Fate::Permanent(Failure::ours(Fault::Recipient, (5, 1, 1), "no such mailbox"))
}

/// Submits what is due, for ever.
pub async fn timer(context: Arc<Context>) {
    let mut last_sweep = context.now();
    loop {
        let now = context.now();
        let (due, next) = context.queue.due(now, BATCH);
        let busy = !due.is_empty();
        for job in due {
            submit(&context, job);
        }
        if now >= last_sweep + 60 {
            context.queue.sweep(now);
            last_sweep = now;
        }
        if busy {
            tokio::task::yield_now().await;
            continue;
        }
        let nap =
            next.map_or(LONGEST_NAP, |next| Duration::from_secs(next.saturating_sub(now)).min(LONGEST_NAP));
        tokio::select! {
            () = context.stop.cancelled() => return,
            () = context.queue.bell.notified() => {}
            () = tokio::time::sleep(nap.max(Duration::from_millis(50))) => {}
        }
    }
}

/// Drops jobs of a message without a notice (`queue cancel`).
pub async fn cancel(context: &Arc<Context>, job: Job) {
    let numbers = job.recipients.as_slice().to_vec();
    let count = u16::try_from(numbers.len()).unwrap_or(u16::MAX);
    let loaded = load(context, &job, false).await;
    context.ports.spool.note(Change::Done { id: job.id, recipients: numbers.clone() });
    let after = context.queue.settled(job.id, count, |after| {
        let Ok(loaded) = loaded else { return };
        let group = records::Group {
            numbers: &numbers,
            outcome: "cancelled",
            reply: "cancelled by the operator",
            next: None,
        };
        let attempt = records::attempt(context.now(), "", &Via::default(), &group);
        records::note(context, &job, &loaded, vec![attempt], after.recorded, after.finished);
    });
    if after.finished {
        context.event(Event::Finished { id: job.id.to_string() });
    }
}

/// What `queue hold` does with jobs that were taken out of the queue.
pub fn hold(context: &Context, jobs: Vec<Job>) {
    for job in jobs {
        context.queue.hold(Job { loaded: None, ..job });
    }
}

/// Words for the intents, for events.
#[must_use]
pub const fn intent_name(intent: Intent) -> &'static str {
    match intent {
        Intent::None => "retry",
        Intent::Hold => "hold",
        Intent::Cancel => "cancel",
    }
}
