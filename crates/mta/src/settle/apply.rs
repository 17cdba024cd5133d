//! Consequences of an attempt, in an order that loses nothing when the power goes: the notice to the sender is
//! durable before the recipient is done; what is done is noted before it is told.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use postamt_mail::reply::Reply;
use postamt_store::history::AttemptRecord;
use postamt_store::queue_id::QueueId;
use postamt_store::spool::Change;

use super::decide::{self, Circumstances};
use super::notice::{self, Told};
use super::records::{self, Group};
use crate::brakes;
use crate::context::Context;
use crate::events::{Event, Tried};
use crate::flow::{Attempt, Failure, Fault, Loaded, Verdict, Via};
use crate::queue::Intent;
use crate::queue::job::Job;

/// When the notice itself could not be stored, the recipient is tried again after this long.
const NOTICE_RETRY_SECONDS: u64 = 300;

/// The verdicts of an attempt, sorted.
#[derive(Debug, Default)]
struct Sorted {
    delivered: Vec<(u16, Reply)>,
    failed: Vec<(u16, Failure, bool)>,
    deferred: Vec<(u16, Failure)>,
    next: u64,
}

/// Applies an attempt to its job. Notices that arose are given back: they are messages to be planned. `landed` is
/// called when the job is where it belongs, before anybody is told.
pub async fn apply(
    context: &Context,
    mut job: Job,
    loaded: &Arc<Loaded>,
    route: &str,
    attempt: Attempt,
    landed: impl FnOnce(),
) -> Vec<crate::flow::Queued> {
    let now = context.now();
    let via = attempt.via.clone();
    let mut sorted = sort(context, &job, loaded, attempt, now);
    let mut notices = Vec::new();
    tell_failures(context, &job, loaded, &via, &mut sorted, &mut notices, now).await;
    tell_successes(context, job.id, loaded, &via, &sorted, &mut notices).await;
    if intent_of(context, &job, &sorted) != Intent::Cancel {
        tell_delay(context, &mut job, loaded, &via, &sorted, &mut notices, now).await;
    }
    // Asked again, since a notice takes its time.
    let intent = intent_of(context, &job, &sorted);
    note_in_spool(context, &job, &sorted, intent);
    let events = report(context, &job, loaded, route, &via, &sorted, intent);
    requeue(context, job, sorted, intent);
    landed();
    // Told last: who hears of it finds it done.
    events.into_iter().for_each(|event| context.event(event));
    notices
}

/// What an operator asked meanwhile counts only for what would wait.
fn intent_of(context: &Context, job: &Job, sorted: &Sorted) -> Intent {
    if sorted.deferred.is_empty() { Intent::None } else { context.queue.intent(job.id) }
}

fn sort(context: &Context, job: &Job, loaded: &Loaded, attempt: Attempt, now: u64) -> Sorted {
    let settings = context.settings();
    let circumstances = Circumstances {
        received_at: loaded.received_at,
        now,
        attempts: job.attempts,
        random: context.ports.clock.random(),
    };
    let mut sorted = Sorted::default();
    for result in attempt.results {
        match decide::verdict(&settings.retry, circumstances, result.fate) {
            Verdict::Delivered(reply) => sorted.delivered.push((result.number, reply)),
            Verdict::Failed { failure, expired } => sorted.failed.push((result.number, failure, expired)),
            Verdict::Deferred { next, failure } => {
                sorted.next = next;
                sorted.deferred.push((result.number, failure));
            }
        }
    }
    sorted
}

async fn tell_failures(
    context: &Context,
    job: &Job,
    loaded: &Loaded,
    via: &Via,
    sorted: &mut Sorted,
    notices: &mut Vec<crate::flow::Queued>,
    now: u64,
) {
    if sorted.failed.is_empty() {
        return;
    }
    match notice::failed(context, job.id, loaded, via, &sorted.failed).await {
        Told::Queued(queued) => notices.extend(queued),
        Told::NotWanted(reason) => context.event(Event::NoNotice { id: job.id.to_string(), reason }),
        Told::NotStored => {
            // The sender must hear of it: the recipients stay until the notice can be stored.
            sorted.next = now + NOTICE_RETRY_SECONDS;
            let failed = std::mem::take(&mut sorted.failed);
            sorted.deferred.extend(failed.into_iter().map(|(number, failure, _)| (number, failure)));
        }
    }
}

async fn tell_successes(
    context: &Context,
    id: QueueId,
    loaded: &Loaded,
    via: &Via,
    sorted: &Sorted,
    notices: &mut Vec<crate::flow::Queued>,
) {
    let wanted: Vec<_> = sorted
        .delivered
        .iter()
        .filter(|(number, _)| {
            !via.dsn && loaded.envelope.recipients.get(usize::from(*number)).is_some_and(|r| r.notify.success)
        })
        .cloned()
        .collect();
    if wanted.is_empty() {
        return;
    }
    // A success that cannot be told for want of room is no loss of mail.
    if let Told::Queued(queued) = notice::delivered(context, id, loaded, via, &wanted).await {
        notices.extend(queued);
    }
}

async fn tell_delay(
    context: &Context,
    job: &mut Job,
    loaded: &Loaded,
    via: &Via,
    sorted: &Sorted,
    notices: &mut Vec<crate::flow::Queued>,
    now: u64,
) {
    let due = decide::delay_is_due(&context.settings().retry, loaded.received_at, now, job.delay_notified);
    if sorted.deferred.is_empty() || !due {
        return;
    }
    match notice::delayed(context, job.id, loaded, via, &sorted.deferred).await {
        Told::Queued(queued) => {
            notices.extend(queued);
            job.delay_notified = true;
        }
        Told::NotWanted(_) => job.delay_notified = true,
        Told::NotStored => {}
    }
}

fn note_in_spool(context: &Context, job: &Job, sorted: &Sorted, intent: Intent) {
    let mut done: Vec<u16> = sorted.delivered.iter().map(|(number, _)| *number).collect();
    done.extend(sorted.failed.iter().map(|(number, ..)| *number));
    let waiting: Vec<u16> = sorted.deferred.iter().map(|(number, _)| *number).collect();
    if intent == Intent::Cancel {
        done.extend(&waiting);
    }
    if !done.is_empty() {
        context.ports.spool.note(Change::Done { id: job.id, recipients: done });
    }
    if !waiting.is_empty() && intent != Intent::Cancel {
        context.ports.spool.note(Change::Deferred {
            id: job.id,
            recipients: waiting,
            attempts: job.attempts.saturating_add(1),
            next: sorted.next,
            delay_notified: job.delay_notified,
        });
    }
}

/// Counters and history; gives the events back.
fn report(
    context: &Context,
    job: &Job,
    loaded: &Loaded,
    route: &str,
    via: &Via,
    sorted: &Sorted,
    intent: Intent,
) -> Vec<Event> {
    let mut events = Vec::with_capacity(2);
    let teller = Teller { job, loaded, route, via, now: context.now() };
    let mut attempts = Vec::with_capacity(1);
    for (numbers, reply) in
        by_text(sorted.delivered.iter().map(|(number, reply)| (*number, reply.to_string())))
    {
        context.counters.delivered.fetch_add(numbers.len() as u64, Ordering::Relaxed);
        let record = teller.record(&numbers, "delivered", &reply, None);
        let attempt = teller.tried(&numbers, reply, &record);
        attempts.push(record);
        events.push(Event::Delivered { attempt, seconds: teller.now.saturating_sub(loaded.received_at) });
    }
    if let Some(account) = &loaded.origin.account {
        let unknown = sorted.failed.iter().filter(|(_, failure, _)| failure.fault == Fault::Recipient);
        brakes::bounced(context, account, unknown.count());
    }
    for (number, failure, expired) in &sorted.failed {
        context.counters.failed.fetch_add(1, Ordering::Relaxed);
        let (numbers, reply) = ([*number], failure.text());
        let record = teller.record(&numbers, if *expired { "expired" } else { "failed" }, &reply, None);
        let attempt = teller.tried(&numbers, reply, &record);
        attempts.push(record);
        events.push(Event::Failed { attempt, status: failure.status.to_string(), expired: *expired });
    }
    let (outcome, next) = match intent {
        Intent::None => ("deferred", Some(sorted.next)),
        Intent::Hold => ("held", None),
        Intent::Cancel => ("cancelled", None),
    };
    for (numbers, reply) in by_text(sorted.deferred.iter().map(|(number, failure)| (*number, failure.text())))
    {
        context.counters.deferred.fetch_add(numbers.len() as u64, Ordering::Relaxed);
        let record = teller.record(&numbers, outcome, &reply, next);
        let attempt = teller.tried(&numbers, reply, &record);
        attempts.push(record);
        let attempts = job.attempts.saturating_add(1);
        events.push(Event::Deferred { attempt, attempts, next: sorted.next });
    }
    events.extend(finish(context, job, loaded, attempts, sorted, intent));
    events
}

/// What all reports of one attempt share.
struct Teller<'a> {
    job: &'a Job,
    loaded: &'a Loaded,
    route: &'a str,
    via: &'a Via,
    now: u64,
}

impl Teller<'_> {
    fn record(
        &self,
        numbers: &[u16],
        outcome: &'static str,
        reply: &str,
        next: Option<u64>,
    ) -> AttemptRecord {
        records::attempt(self.now, self.route, self.via, &Group { numbers, outcome, reply, next })
    }

    fn tried(&self, numbers: &[u16], reply: String, record: &AttemptRecord) -> Tried {
        Tried {
            id: self.job.id.to_string(),
            recipients: records::addresses(self.loaded, numbers),
            route: self.route.to_owned(),
            remote: record.remote.clone(),
            source: self.via.source,
            tls: self.via.tls.clone(),
            reply,
        }
    }
}

fn finish(
    context: &Context,
    job: &Job,
    loaded: &Loaded,
    attempts: Vec<AttemptRecord>,
    sorted: &Sorted,
    intent: Intent,
) -> Option<Event> {
    let mut settled = sorted.delivered.len() + sorted.failed.len();
    if intent == Intent::Cancel {
        settled += sorted.deferred.len();
    }
    let settled = u16::try_from(settled).unwrap_or(u16::MAX);
    let after = context.queue.settled(job.id, settled, |after| {
        records::note(context, job, loaded, attempts, after.recorded, after.finished);
    });
    after.finished.then(|| Event::Finished { id: job.id.to_string() })
}

/// Groups numbers by text, in order of first appearance; most attempts have one group.
fn by_text(items: impl Iterator<Item = (u16, String)>) -> Vec<(Vec<u16>, String)> {
    let mut groups: Vec<(Vec<u16>, String)> = Vec::new();
    for (number, text) in items {
        match groups.iter_mut().find(|(_, known)| *known == text) {
            Some((numbers, _)) => numbers.push(number),
            None => groups.push((vec![number], text)),
        }
    }
    groups
}

/// What is deferred waits for its time, without its content.
fn requeue(context: &Context, mut job: Job, sorted: Sorted, intent: Intent) {
    if sorted.deferred.is_empty() || intent == Intent::Cancel {
        return;
    }
    job.recipients = sorted.deferred.into_iter().map(|(number, _)| number).collect::<Vec<_>>().into();
    job.attempts = job.attempts.saturating_add(1);
    job.fresh_connections = 0;
    job.next = sorted.next;
    job.loaded = None;
    match intent {
        Intent::Hold => context.queue.hold(job),
        _ => context.queue.wait(job),
    }
}
