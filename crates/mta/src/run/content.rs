//! The message of a job: read back when it is not in memory, signed for its route, settled.

use std::sync::Arc;

use bytes::Bytes;
use postamt_mail::address::{Address, Domain};
use postamt_mail::header::{self, Message};
use postamt_mailauth::dkim::{SignOptions, SignProfile, SigningJob};
use postamt_store::spool::SpoolError;

use super::begin;
use super::submit::wait_until;
use crate::context::Context;
use crate::events::Event;
use crate::flow::{Attempt, Channel, Fate, Loaded, RecipientResult, Via};
use crate::queue::job::Job;
use crate::settings::DkimOnRoute;
use crate::settle::apply;

/// A message that could not be read is tried again after this long.
const UNREADABLE_SECONDS: u64 = 60;

/// Gives all recipients of a job the same fate.
pub(super) async fn fail(context: &Arc<Context>, job: Job, route: &str, via: Arc<Via>, fate: &Fate) {
    let results = job
        .recipients
        .as_slice()
        .iter()
        .map(|number| RecipientResult { number: *number, fate: fate.clone() })
        .collect();
    match load(context, &job, false).await {
        Ok(loaded) => settle(context, job, &loaded, route, Attempt { via, results }, || {}).await,
        Err(error) => lost(context, job, &error),
    }
}

pub(super) async fn settle(
    context: &Arc<Context>,
    job: Job,
    loaded: &Arc<Loaded>,
    route: &str,
    attempt: Attempt,
    landed: impl FnOnce() + Send,
) {
    for notice in apply::apply(context, job, loaded, route, attempt, landed).await {
        begin(context, notice, None);
    }
}

/// The message of a job: from memory, or read back. Without `content` only the envelope is read.
pub(super) async fn load(context: &Context, job: &Job, content: bool) -> Result<Arc<Loaded>, SpoolError> {
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

/// Whether the sender wants the message to arrive rather than to be protected: `TLS-Required: No` (RFC 8689 §5), which
/// counts for nothing beside REQUIRETLS (§3).
pub(super) fn waives_tls(loaded: &Loaded) -> bool {
    if loaded.envelope.require_tls {
        return false;
    }
    for piece in &loaded.content {
        let section = Message::split(piece);
        let field = section.find("TLS-Required").map(|field| field.value_octets());
        if field.is_some_and(|value| value.trim_ascii().eq_ignore_ascii_case(b"No")) {
            return true;
        }
        if section.has_blank_line() || section.end < piece.len() {
            break;
        }
    }
    false
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
pub(super) fn lost(context: &Arc<Context>, job: Job, error: &SpoolError) {
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

/// The DKIM fields for a message on a route; empty when nothing is to be signed or no key fits. What came from a
/// stranger and is only handed on is not signed: our name would vouch for whatever its `From` claims.
pub(super) async fn sign(context: &Context, dkim: &DkimOnRoute, loaded: &Arc<Loaded>) -> Bytes {
    if dkim.profile.max_signatures == 0 || context.ports.keys.is_empty() {
        return Bytes::new();
    }
    if loaded.origin.channel == Channel::Forward.name() {
        return Bytes::new();
    }
    let envelope_domain = || loaded.envelope.sender.as_ref().and_then(Address::domain).cloned();
    let Some(domain) = loaded.author.clone().or_else(envelope_domain) else { return Bytes::new() };
    let keys = context.ports.keys.keys_covering(&domain);
    let profile = room_for(dkim, loaded);
    if keys.is_empty() || profile.max_signatures == 0 {
        return Bytes::new();
    }
    let options = SignOptions { timestamp: context.now(), expire_after: None, profile };
    match context.ports.signing.sign(SigningJob { keys, content: loaded.content.clone(), options }).await {
        Ok(fields) => fields,
        Err(error) => {
            // Unsigned mail is refused by many, but a key that fails must not stop all mail: it is said loudly.
            context.event(Event::Warning { what: format!("DKIM signing for {domain} failed: {error}") });
            Bytes::new()
        }
    }
}

/// What may still be signed where a relay counts the signatures that the message came with.
fn room_for(dkim: &DkimOnRoute, loaded: &Loaded) -> Arc<SignProfile> {
    let Some(total) = dkim.total else { return dkim.profile.clone() };
    let mut there = 0;
    for piece in &loaded.content {
        let section = Message::split(piece);
        there += section.count("DKIM-Signature");
        if section.has_blank_line() || section.end < piece.len() {
            break;
        }
    }
    if there == 0 {
        return dkim.profile.clone();
    }
    let max_signatures = dkim.profile.max_signatures.min(total.saturating_sub(there));
    Arc::new(SignProfile { max_signatures, ..(*dkim.profile).clone() })
}
