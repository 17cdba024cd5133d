//! `queue why` in sentences: what the message is, what was tried, what stands in the way, what happens next.
//!
//! The server gives facts ([`Why`]); every sentence comes from the catalogue. Replies of other servers stand as
//! they were said. [`told`] is the same for programs: the facts, and what a refusal means.

use postamt_mail::words::Words;
use postamt_mta::breaker::{detour, text};
use postamt_mta::handle::{QueueEntry, SiteState, Why};
use postamt_mta::quota::{Period, QuotaState};
use postamt_mta::transport::Refusal;
use postamt_store::facts::{PathFact, PathState};
use postamt_store::history::{AttemptRecord, MessageRecord};
use postamt_store::queue_id::QueueId;
use serde::Serialize;

use super::case_desk::Brief;
use super::{refusal, routes};
use crate::times;

/// The whole text, lines parted by line ends.
#[must_use]
pub fn text(why: &Why, now: u64, words: &Words) -> String {
    let mut lines = Vec::new();
    lines.push(headline(why, words));
    if let Some(history) = &why.history {
        lines.extend(history.attempts.iter().map(|attempt| attempt_line(attempt, history, words)));
        lines.extend(refusal::lines(why, words));
    }
    match &why.waiting {
        Some(entry) => lines.extend(waiting_lines(entry, now, words)),
        None => lines.push(finished_line(why.history.as_ref(), words)),
    }
    if let (Some(site), Some(_)) = (&why.site, &why.waiting) {
        lines.push(site_line(site, now, words));
    }
    lines.extend(why.paths.iter().filter_map(|fact| path_line(fact, words)));
    lines.extend(why.refusals.iter().map(|refusal| refusal_line(refusal, words)));
    lines.extend(why.detour.as_ref().map(|detour| detour::sentence(detour, words)));
    lines.extend(why.quota.as_ref().and_then(|quota| quota_line(quota, now, words)));
    lines.join("\n")
}

/// All of it, and what the last refusal means.
#[derive(Debug, Serialize)]
pub struct Told<'a> {
    #[serde(flatten)]
    why: &'a Why,
    meaning: Option<refusal::Meaning>,
    /// The request to open the ways that it waits for.
    case: Option<Brief>,
}

/// For `--json`.
#[must_use]
pub fn told<'a>(why: &'a Why, case: Option<Brief>, words: &Words) -> Told<'a> {
    Told { why, meaning: refusal::meaning(why, words), case }
}

/// Why mail for a domain waits for better TLS.
fn refusal_line(refusal: &Refusal, words: &Words) -> String {
    let id = match refusal.kind.as_str() {
        "tlsa" => "tls-why-dane",
        "sts" => "tls-why-sts",
        _ => "tls-why-downgrade",
    };
    let values = [
        ("domain", (&refusal.domain).into()),
        ("host", (&refusal.host).into()),
        ("at", times::date_and_time(refusal.at).into()),
        ("reason", (&refusal.reason).into()),
    ];
    words.get(id, &values)
}

/// A way out that is closed or on trial.
fn path_line(fact: &PathFact, words: &Words) -> Option<String> {
    let id = match fact.state {
        PathState::Direct => return None,
        PathState::Relay => "path-why-relay",
        PathState::Trial => "path-why-trial",
    };
    let values = [
        ("path", fact.path.to_string().into()),
        ("since", times::date_and_time(fact.since).into()),
        ("reason", text::reason(&fact.reason, words).into()),
    ];
    Some(words.get(id, &values))
}

/// A quota that is used up.
fn quota_line(quota: &QuotaState, now: u64, words: &Words) -> Option<String> {
    let values = [
        ("relay", (&quota.relay).into()),
        ("limit", quota.limit?.into()),
        ("used", quota.used.into()),
        ("until", when(quota.full_until?, now, words).into()),
    ];
    let id = match quota.period {
        Period::Day => "queue-why-quota",
        Period::Month => "queue-why-quota-month",
    };
    Some(words.get(id, &values))
}

fn headline(why: &Why, words: &Words) -> String {
    let (id, sender, account, received_at, size) = match (&why.waiting, &why.history) {
        (Some(entry), _) => {
            (entry.id.clone(), &entry.sender, entry.account.as_deref(), entry.received_at, entry.size)
        }
        (None, Some(record)) => (
            QueueId(record.id).to_string(),
            &record.sender,
            record.account.as_deref(),
            record.received_at,
            record.size,
        ),
        (None, None) => return words.get("queue-why-nothing", &[]),
    };
    let sender = if sender.is_empty() { "<>" } else { sender };
    let values = [
        ("id", id.into()),
        ("sender", sender.into()),
        ("received", times::date_and_time(received_at).into()),
        ("size", times::size(size).into()),
    ];
    let line = words.get("queue-why-message", &values);
    match account {
        Some(account) => format!("{line} {}", words.get("queue-why-account", &[("account", account.into())])),
        None => line,
    }
}

fn attempt_line(attempt: &AttemptRecord, history: &MessageRecord, words: &Words) -> String {
    let recipients: Vec<&str> = attempt
        .recipients
        .iter()
        .filter_map(|number| history.recipients.get(usize::from(*number)))
        .map(String::as_str)
        .collect();
    // What an operator drops from the queue was on no way, and nobody answered.
    let was_tried = !attempt.route.is_empty();
    let id = if was_tried { "queue-why-attempt" } else { "queue-why-step" };
    let mut parts = vec![words.get(
        id,
        &[
            ("at", times::date_and_time(attempt.at).into()),
            ("recipients", recipients.join(", ").into()),
            ("route", routes::in_words(&attempt.route, words).into()),
            ("outcome", outcome_word(&attempt.outcome, words).into()),
        ],
    )];
    if let Some(remote) = &attempt.remote {
        parts.push(words.get("queue-why-remote", &[("remote", remote.into())]));
    }
    if let Some(source) = &attempt.source {
        parts.push(words.get("queue-why-source", &[("source", source.into())]));
    }
    if let Some(tls) = attempt.tls.as_deref() {
        parts.push(words.get("queue-why-tls", &[("tls", tls.into())]));
    }
    if was_tried && !attempt.reply.is_empty() {
        parts.push(words.get("queue-why-reply", &[("reply", (&attempt.reply).into())]));
    }
    parts.join("\n    ")
}

fn waiting_lines(entry: &QueueEntry, now: u64, words: &Words) -> Vec<String> {
    let held = entry.state == "held";
    let line = |recipient: &postamt_mta::handle::QueueRecipient| {
        let values = [
            ("address", (&recipient.address).into()),
            ("route", routes::in_words(&recipient.route, words).into()),
            ("attempts", u32::from(recipient.attempts).into()),
            ("next", when(recipient.next, now, words).into()),
        ];
        words.get(if held { "queue-why-held-recipient" } else { "queue-why-recipient" }, &values)
    };
    let mut lines: Vec<String> = entry.recipients.iter().map(line).collect();
    lines.push(match entry.state.as_str() {
        "held" => words.get("queue-why-held", &[("id", (&entry.id).into())]),
        "active" => words.get("queue-why-active", &[]),
        _ => words.get("queue-why-waiting", &[("id", (&entry.id).into())]),
    });
    lines
}

fn finished_line(history: Option<&MessageRecord>, words: &Words) -> String {
    match history.and_then(|record| record.finished_at) {
        Some(at) => words.get("queue-why-finished", &[("at", times::date_and_time(at).into())]),
        None => words.get("queue-why-gone", &[]),
    }
}

/// How a receiving side stands.
#[must_use]
pub fn site_line(site: &SiteState, now: u64, words: &Words) -> String {
    let name = ("name", (&site.name).into());
    match site.paused_until.filter(|until| *until > now) {
        Some(until) => {
            let reason = site.reason.as_deref().unwrap_or("-");
            words.get(
                "queue-why-site-paused",
                &[name, ("until", when(until, now, words).into()), ("reason", reason.into())],
            )
        }
        None => words.get(
            "queue-why-site",
            &[
                name,
                ("connections", site.connections.into()),
                ("limit", site.limit.into()),
                ("ready", site.ready.into()),
            ],
        ),
    }
}

/// A coming time: `now`, or the hour and how long until then.
#[must_use]
pub fn when(at: u64, now: u64, words: &Words) -> String {
    if at <= now {
        return words.get("queue-when-now", &[]);
    }
    let values = [("time", times::date_and_time(at).into()), ("span", times::span(words, at - now).into())];
    words.get("queue-when", &values)
}

/// A state of [`QueueEntry`] in the reader's language.
#[must_use]
pub fn state_word(state: &str, words: &Words) -> String {
    word("queue-state", state, words)
}

/// An outcome of [`AttemptRecord`] in the reader's language.
#[must_use]
pub fn outcome_word(outcome: &str, words: &Words) -> String {
    word("queue-outcome", outcome, words)
}

fn word(prefix: &str, word: &str, words: &Words) -> String {
    let id = format!("{prefix}-{word}");
    if words.has(&id) { words.get(&id, &[]) } else { word.to_owned() }
}
