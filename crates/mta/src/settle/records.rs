//! What the operator can look up afterwards: history records and events.

use postamt_store::history::{AttemptRecord, MessageRecord, Note};
use postamt_store::queue_id::QueueId;

use crate::brakes;
use crate::context::Context;
use crate::flow::{Hold, Loaded, Queued, Via, path_text};
use crate::queue::job::Job;

/// A group of recipients of a job that share an outcome.
#[derive(Debug)]
pub struct Group<'a> {
    /// Recipient numbers.
    pub numbers: &'a [u16],
    /// `delivered`, `deferred`, `failed`, …
    pub outcome: &'static str,
    /// The literal reply or our words.
    pub reply: &'a str,
    /// The next attempt.
    pub next: Option<u64>,
}

/// The recipients' addresses, for events.
#[must_use]
pub fn addresses(loaded: &Loaded, numbers: &[u16]) -> Vec<String> {
    let recipients = &loaded.envelope.recipients;
    numbers.iter().filter_map(|n| recipients.get(usize::from(*n))).map(|r| r.address.to_string()).collect()
}

/// An attempt as the history keeps it.
#[must_use]
pub fn attempt(now: u64, route: &str, via: &Via, group: &Group<'_>) -> AttemptRecord {
    let remote = match (&via.remote_name, via.remote) {
        (Some(name), Some(address)) => Some(format!("{name} [{}]:{}", address.ip(), address.port())),
        (Some(name), None) => Some(name.clone()),
        (None, Some(address)) => Some(address.to_string()),
        (None, None) => None,
    };
    AttemptRecord {
        at: now,
        recipients: group.numbers.to_vec(),
        route: route.to_owned(),
        remote,
        source: via.source.map(|source| source.to_string()),
        tls: via.tls.clone(),
        outcome: group.outcome.to_owned(),
        reply: group.reply.to_owned(),
        next: group.next,
    }
}

/// Writes attempts of a message down: the whole message at the first time, later ones added.
pub fn note(
    context: &Context,
    job: &Job,
    loaded: &Loaded,
    attempts: Vec<AttemptRecord>,
    recorded: bool,
    finished: bool,
) {
    let finished_at = finished.then(|| context.now());
    if recorded {
        let last = attempts.len().saturating_sub(1);
        for (place, attempt) in attempts.into_iter().enumerate() {
            let finished_at = finished_at.filter(|_| place == last);
            context.ports.history.note(Note::Attempt { id: job.id, attempt, finished_at });
        }
    } else {
        let record = message_record(job.id, loaded, attempts, finished_at);
        context.ports.history.note(Note::Whole(Box::new(record)));
    }
}

/// Writes down that a content filter or the brakes of an account hold a message that was just taken; gives the reason. A rule stands in the settings.
pub fn held(context: &Context, queued: &Queued, numbers: &[u16], hold: &Hold) -> Option<String> {
    let (route, reason, told) = match hold {
        Hold::Rule => return None,
        Hold::Filter { name, reason } => (format!("filter {name}"), reason, format!("{name}: {reason}")),
        Hold::Account { reason } => (brakes::ROUTE.to_owned(), reason, format!("account: {reason}")),
    };
    let group = Group { numbers, outcome: "held", reply: reason, next: None };
    let attempt = attempt(context.now(), &route, &Via::default(), &group);
    let record = message_record(queued.id, &queued.loaded, vec![attempt], None);
    context.ports.history.note(Note::Whole(Box::new(record)));
    Some(told)
}

/// A message as the history keeps it.
#[must_use]
pub fn message_record(
    id: QueueId,
    loaded: &Loaded,
    attempts: Vec<AttemptRecord>,
    finished_at: Option<u64>,
) -> MessageRecord {
    MessageRecord {
        id: id.0,
        received_at: loaded.received_at,
        sender: path_text(loaded.envelope.sender.as_ref()),
        recipients: loaded.envelope.recipients.iter().map(|r| r.address.to_string()).collect(),
        account: loaded.origin.account.clone(),
        channel: loaded.origin.channel.clone(),
        size: loaded.size,
        message_id: loaded.message_id.clone(),
        attempts,
        finished_at,
    }
}
