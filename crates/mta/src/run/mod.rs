//! The run loop: *take due → plan → send → settle*. A job is submitted to its site ([`submit`]); connections of the
//! site take jobs as long as there are any ([`connection`], [`mailbox`]); what is deferred waits in the queue until
//! the timer submits it again.

mod connection;
mod content;
mod guard;
mod mailbox;
pub mod rehearse;
mod submit;

use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_mail::envelope::Envelope;
use postamt_store::spool::{Change, Origin, Stored, Waiting};

use crate::context::Context;
use crate::events::Event;
use crate::flow::{Destination, Hold, Loaded, Queued, Via};
use crate::plan::routes;
use crate::providers;
use crate::queue::job::Job;
use crate::queue::place::Place;
use crate::queue::site::Site;
use crate::settle::records;

use content::load;
use guard::{spawn_guarded, submit_guarded};
pub use submit::submit;

/// Recipients of one job, and so of one transaction (RFC 5321 §4.5.3.1.8: every server takes 100).
const RECIPIENTS_PER_JOB: usize = 100;
/// Due jobs taken in one go, so that other tasks get their turn.
const BATCH: usize = 500;
/// The timer looks at the clock at least this often, since wall clocks jump.
const LONGEST_NAP: Duration = Duration::from_secs(30);

/// A message that has just become durable: into the queue, and on its way.
pub fn begin(context: &Arc<Context>, queued: Queued, hold: Option<Hold>) {
    let loaded = &queued.loaded;
    let open = u16::try_from(loaded.envelope.recipients.len()).unwrap_or(u16::MAX);
    let all: Vec<u16> = (0..open).collect();
    let by_filter = hold.as_ref().and_then(|hold| records::held(context, &queued, &all, hold));
    context.queue.enter(queued.id, open, by_filter.is_some());
    let held = hold.is_some();
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
        context.event(Event::Held { id: queued.id.to_string(), reason: by_filter });
    }
    for mut job in new {
        // What is held may be so for long, and is read again then.
        job.loaded = keep.clone().filter(|_| !held);
        if held { context.queue.hold(job) } else { submit::send_on(context, job) }
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
        planned: context.queue.plannings(),
        without_way: false,
        place: Place::default(),
        provider_place: Place::default(),
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

/// After a way out was closed or opened: direct mail that is ready or waits is planned again at once.
pub fn replan(context: &Arc<Context>) {
    submit::submit_all(context, context.queue.take_direct());
}

/// After a decision on one provider: its mail that is ready or waits is planned again at once.
pub fn replan_provider(context: &Arc<Context>, provider: &str) {
    let wanted = |domain: &Domain, site: Option<&Site>| providers::concerns(provider, domain, site);
    submit::submit_all(context, context.queue.take_towards(&wanted));
}

/// Submits what is due, for ever.
pub async fn timer(context: Arc<Context>) {
    let mut last_sweep = context.now();
    loop {
        let now = context.now();
        let (due, next) = context.queue.due(now, BATCH);
        let busy = !due.is_empty();
        for job in due {
            submit_guarded(&context, job);
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

/// Drops a job whose message was cancelled while the job was on its way.
fn cancel_soon(context: &Arc<Context>, job: Job) {
    let (own, kept) = (context.clone(), job.clone());
    spawn_guarded(context, "the cancelling of a message", &kept, async move { cancel(&own, job).await });
}

/// What `queue hold` does with jobs that were taken out of the queue.
pub fn hold(context: &Context, jobs: Vec<Job>) {
    for job in jobs {
        context.queue.hold(Job { loaded: None, ..job });
    }
}
