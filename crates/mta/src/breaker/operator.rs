//! Letters to the operator: the direct way is closed, a relay that mail is moved to cannot carry it, and the end of
//! either.
//!
//! A reconciler: it looks at what is so and at what was told, and tells the difference. Something that begins is told
//! once in six hours at the most, and its end only if its beginning was: flapping floods nobody. What was told is
//! kept over restarts.

mod carrier;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Address;
use postamt_mail::dsn::{Letter, OperatorNotice};
use postamt_mail::envelope::{Envelope, Notify, Recipient};
use postamt_mail::message_id;
use postamt_mail::words::Words;
use postamt_store::facts::{PathFact, PathState, ToldFact};
use postamt_store::spool::Origin;

use self::carrier::Carrier;
use super::detour::{self, Detour};
use super::text;
use crate::context::Context;
use crate::enqueue;
use crate::events::Event;
use crate::flow::{Admitted, Channel};
use crate::run;
use crate::settle::notice;

/// The least time between two letters that the same thing has begun.
const QUIET_SECONDS: u64 = 6 * 3600;
/// How often it looks when nothing rings.
const LOOK: Duration = Duration::from_secs(60);
const DIRECT: &str = "direct";

/// What the operator should know of one thing.
enum Matter {
    /// The direct way is closed (since when) or open.
    Direct(Option<u64>),
    /// A relay that mail is moved to, and what is known of it.
    Relay(Carrier),
}

impl Matter {
    fn about(&self) -> String {
        match self {
            Self::Direct(_) => DIRECT.to_owned(),
            Self::Relay(carrier) => carrier.about(),
        }
    }

    /// Since when something is wrong.
    fn wrong_since(&self) -> Option<u64> {
        match self {
            Self::Direct(since) => *since,
            Self::Relay(carrier) => carrier.wrong_since(),
        }
    }
}

/// Runs until the server stops.
pub async fn watch(context: Arc<Context>) {
    let mut told: HashMap<String, ToldFact> = match context.ports.facts.told().await {
        Ok(told) => told.into_iter().map(|fact| (fact.about.clone(), fact)).collect(),
        Err(error) => {
            context.event(Event::Warning { what: error.to_string() });
            HashMap::new()
        }
    };
    let mut ways = context.breaker.changes();
    let mut relays = context.preflights.changes();
    loop {
        let carriers = carrier::wanted(&context);
        forget_others(&context, &carriers, &mut told).await;
        for matter in matters(&context, carriers) {
            look(&context, &matter, &mut told).await;
        }
        tokio::select! {
            () = context.stop.cancelled() => return,
            Ok(()) = ways.changed() => {}
            Ok(()) = relays.changed() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

fn matters(context: &Context, carriers: Vec<Carrier>) -> Vec<Matter> {
    let mut matters = Vec::with_capacity(1 + carriers.len());
    let closed = context.breaker.closed_since(&context.settings());
    let trying = context.breaker.facts().iter().any(|fact| fact.state == PathState::Trial);
    // A trial is neither: it may end either way.
    if closed.is_some() || !trying {
        matters.push(Matter::Direct(closed));
    }
    matters.extend(carriers.into_iter().filter(Carrier::is_known).map(Matter::Relay));
    matters
}

/// A relay that the operator has no mail moved to any more is no matter: what was told of it ends without a letter.
async fn forget_others(context: &Context, carriers: &[Carrier], told: &mut HashMap<String, ToldFact>) {
    for fact in told.values_mut().filter(|fact| fact.since.is_some() && fact.about != DIRECT) {
        if !carriers.iter().any(|carrier| carrier.about() == fact.about) {
            fact.since = None;
            keep(context, fact).await;
        }
    }
}

async fn keep(context: &Context, fact: &ToldFact) {
    if let Err(error) = context.ports.facts.save_told(fact.clone()).await {
        context.event(Event::Warning { what: error.to_string() });
    }
}

/// What is to be told now: the beginning (true) or the end.
fn due(wrong: bool, told: Option<&ToldFact>, now: u64) -> Option<bool> {
    match (wrong, told) {
        (true, None) => Some(true),
        (true, Some(fact)) => (fact.since.is_none() && fact.told_at + QUIET_SECONDS <= now).then_some(true),
        (false, Some(fact)) if fact.since.is_some() => Some(false),
        (false, _) => None,
    }
}

async fn look(context: &Arc<Context>, matter: &Matter, told: &mut HashMap<String, ToldFact>) {
    let (about, now) = (matter.about(), context.now());
    let before = told.get(&about);
    let Some(begins) = due(matter.wrong_since().is_some(), before, now) else { return };
    let since = before.and_then(|fact| fact.since);
    if !write(context, &about, |words| letter(context, matter, since, words)).await {
        // Looked at again with the next ring: a spool that is full now need not stay so.
        return;
    }
    let fact = ToldFact {
        about: about.clone(),
        told_at: if begins { now } else { before.map_or(now, |fact| fact.told_at) },
        since: matter.wrong_since(),
    };
    keep(context, &fact).await;
    told.insert(about, fact);
}

/// True when the letter is in the queue, or there is nobody to write to.
pub async fn write(context: &Arc<Context>, about: &str, letter: impl Fn(&Words) -> Letter) -> bool {
    match notice::postmaster(&context.settings()) {
        Some(to) => write_to(context, to, about, letter).await,
        None => true,
    }
}

/// The same to somebody else.
pub async fn write_to(
    context: &Arc<Context>,
    to: Address,
    about: &str,
    letter: impl Fn(&Words) -> Letter,
) -> bool {
    let settings = context.settings();
    let Ok(from) = Address::from_parts("postmaster", &settings.hostname) else { return true };
    let (id, now) = (context.ports.spool.next_id(), context.now());
    let notice = OperatorNotice {
        language: settings.notices.language,
        from,
        to: to.clone(),
        now,
        message_id: message_id::generate(now, &id.to_string(), settings.hostname.as_str()),
    };
    let content = notice.build(letter);
    let quiet = Recipient { notify: Notify::NEVER, ..Recipient::new(to.clone()) };
    let message = Admitted {
        id,
        envelope: Envelope { sender: None, recipients: vec![quiet], ..Envelope::default() },
        origin: Origin { account: None, channel: Channel::Notice.name().to_owned() },
        content: vec![content],
        message_id: Some(notice.message_id),
        author: Some(settings.hostname.clone()),
        held: None,
        peer: None,
        tls: None,
    };
    match enqueue::store(context, message).await {
        Ok(queued) => {
            let recipient = to.to_string();
            context.event(Event::Told { id: id.to_string(), about: about.to_owned(), recipient });
            run::begin(context, queued, None);
            true
        }
        Err(error) => {
            context.event(Event::Spool { problem: format!("a notice could not be stored: {error}") });
            false
        }
    }
}

fn letter(context: &Context, matter: &Matter, since: Option<u64>, words: &Words) -> Letter {
    let host = context.settings().hostname.to_string();
    let facts = context.breaker.facts();
    match matter {
        Matter::Direct(Some(since)) => {
            let lifetime = context.settings().retry.lifetime;
            closed(
                &Closed { host: &host, since: *since, way: &detour::usual(context), lifetime },
                &facts,
                words,
            )
        }
        Matter::Direct(None) => opened(&host, since, &facts, words),
        Matter::Relay(carrier) => carrier.letter(&host, words),
    }
}

/// The direct way is closed.
struct Closed<'a> {
    host: &'a str,
    since: u64,
    /// What becomes of direct mail meanwhile.
    way: &'a Detour,
    /// How long a message may wait.
    lifetime: Duration,
}

fn closed(closed: &Closed<'_>, facts: &[PathFact], words: &Words) -> Letter {
    let of = ("host", closed.host.into());
    let mut paragraphs =
        vec![words.get("notice-closed-intro", &[of.clone(), ("since", words.time(closed.since).into())])];
    for fact in facts.iter().filter(|fact| fact.state == PathState::Relay) {
        let reason = text::reason(&fact.reason, words);
        let values = [("path", fact.path.to_string().into()), ("reason", reason.into())];
        let mut lines = vec![words.get("notice-closed-way", &values)];
        lines.extend(
            fact.evidence.iter().map(|one| {
                words.get("notice-closed-seen", &[("evidence", text::evidence(one, words).into())])
            }),
        );
        paragraphs.push(lines.join("\n"));
    }
    paragraphs.push(detour::sentence(closed.way, words));
    let subject = match closed.way {
        Detour::By(relay) => {
            paragraphs.push(words.get("notice-closed-intake", &[]));
            words.get("notice-closed-subject-relay", &[of, ("relay", relay.into())])
        }
        Detour::Hindered(_) => {
            let days = closed.lifetime.as_secs().div_ceil(86_400);
            paragraphs.push(words.get("notice-closed-intake-waits", &[("days", days.into())]));
            words.get("notice-closed-subject-waits", &[of])
        }
    };
    paragraphs.push(words.get("notice-closed-next", &[]));
    paragraphs.push(words.get("notice-closed-end", &[]));
    Letter { subject, paragraphs }
}

fn opened(host: &str, since: Option<u64>, facts: &[PathFact], words: &Words) -> Letter {
    let of = ("host", host.into());
    let newest = facts.iter().filter(|fact| fact.state == PathState::Direct).max_by_key(|fact| fact.since);
    let (path, reason) = newest
        .map_or_else(Default::default, |fact| (fact.path.to_string(), text::reason(&fact.reason, words)));
    let values = [of.clone(), ("path", path.into()), ("reason", reason.into())];
    let mut paragraphs = vec![words.get("notice-opened-intro", &values)];
    if let Some(since) = since {
        paragraphs.push(words.get("notice-opened-since", &[("since", words.time(since).into())]));
    }
    Letter { subject: words.get("notice-opened-subject", &[of]), paragraphs }
}

#[cfg(test)]
mod tests;
