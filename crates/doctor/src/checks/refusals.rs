//! What receivers have refused in the last days, by the server's own history: who refuses us for which reason, how often,
//! and what helps. What the replies mean is read by `postamt_mail::refusals`.
//!
//! One finding per receiver and reason where the reason lies here; mailboxes that do not exist are counted together,
//! since only their share says something. Where a provider does not take this address, a relay for it alone is offered,
//! if there is one. What is usual (greylisting) or the receiver's own trouble is not told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::refusals::{self, Fault, Kind as Reason, Recognised, Remedy as Help};
use postamt_store::history::{AttemptRecord, History, HistoryError, MessageRecord, Query};

use super::context::{Context, Subject};
use super::finding::{Datum, Finding, Kind, RefusalPart, Remedy, Severity};
use super::run::{Check, CheckFuture, Scope};

/// How far back.
const DAYS: u64 = 7;
/// Messages looked at, the newest first.
const MESSAGES: usize = 5_000;
/// Replies shown of those that nobody understands.
const SHOWN: usize = 5;
/// From this share of unknown recipients on, in a hundred, receivers lose patience …
const UNKNOWN_SHARE: u64 = 5;
/// … if there are as many at all.
const UNKNOWN_COUNT: u64 = 20;

static NONE: Kind = Kind::ok("refusals.none");
static NONE_LATELY: Kind = Kind::ok("refusals.none-lately");
static OURS: Kind = Kind::warning("refusals.ours", "RFC 5321 §4.2.1");
static RELAY: Kind = Kind::note("refusals.relay-possible", "RFC 5321 §4.2.1");
static MESSAGE: Kind = Kind::note("refusals.messages", "RFC 5321 §4.2.1");
static RECIPIENTS: Kind = Kind::note("refusals.recipients", "RFC 3463 §3.2");
static MANY: Kind =
    Kind::warning("refusals.many-recipients", "https://postmaster.freenet.de/en/recommendations/index.html");
static NOT_UNDERSTOOD: Kind = Kind::note("refusals.not-understood", "RFC 5321 §4.2.1");
static NOT_KNOWN: Kind = Kind::unknown("refusals.not-known");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "refusals",
    scope: Scope::Host,
    not_after: &[],
    limit: Duration::from_secs(20),
    kinds: &[&NONE, &NONE_LATELY, &OURS, &RELAY, &MESSAGE, &RECIPIENTS, &MANY, &NOT_UNDERSTOOD, &NOT_KNOWN],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let Some(history) = &context.history else { return Vec::new() };
    let now = context.clock.unix_seconds();
    let tally = match tally(&**history, now.saturating_sub(DAYS * 86_400)).await {
        Ok(tally) => tally,
        Err(error) => return vec![Finding::new(&NOT_KNOWN, context.subject.name()).seen(error)],
    };
    let mut found: Vec<Finding> = tally.by_reason.values().map(told).collect();
    found.extend(offers(&tally, &context).await);
    found.extend(unknown_recipients(&tally, context.subject.name()));
    found.extend(not_understood(&tally, context.subject.name()));
    let ours = found.iter().any(|finding| finding.severity.is_bad());
    if tally.deliveries > 0 && !ours {
        let name = context.subject.name();
        found.push(match tally.cut {
            None => Finding::new(&NONE, name).with_number("days", DAYS),
            Some(oldest) => Finding::new(&NONE_LATELY, name)
                .with_number("count", MESSAGES as u64)
                .with_datum("since", Datum::Time(oldest)),
        });
    }
    found
}

/// All refusals of one receiver for one reason.
struct Group {
    who: String,
    refusal: Recognised,
    /// What `relay only` takes for the receiver, where it has refused us directly.
    word: Option<String>,
    /// The server that said it last.
    host: String,
    count: u64,
    lost: bool,
    last: u64,
    reply: String,
}

impl Group {
    fn new(who: &str, refusal: Recognised) -> Self {
        let (host, reply) = (String::new(), String::new());
        Self { who: who.to_owned(), refusal, word: None, host, count: 0, lost: false, last: 0, reply }
    }
}

#[derive(Default)]
struct Tally {
    /// By receiver, reason and list.
    by_reason: BTreeMap<(String, Reason, Option<&'static str>), Group>,
    /// Recipients that were delivered to or refused.
    deliveries: u64,
    unknown_mailboxes: u64,
    not_understood: u64,
    words: Vec<String>,
    /// When the oldest message came that was looked at, where it is younger than what was asked for.
    cut: Option<u64>,
}

async fn tally(history: &dyn History, since: u64) -> Result<Tally, HistoryError> {
    let mut tally = Tally::default();
    let records = history.search(Query { limit: MESSAGES, ..Query::default() }).await?;
    let oldest = records.iter().map(|record| record.received_at).min();
    tally.cut = oldest.filter(|oldest| records.len() >= MESSAGES && *oldest > since);
    for record in &records {
        for attempt in record.attempts.iter().filter(|attempt| attempt.at >= since) {
            tally.add(record, attempt);
        }
    }
    Ok(tally)
}

impl Tally {
    fn add(&mut self, record: &MessageRecord, attempt: &AttemptRecord) {
        // Without a server nobody refused anything.
        let Some(remote) = &attempt.remote else { return };
        let count = attempt.recipients.len() as u64;
        let (taken, lost) = (attempt.outcome == "delivered", attempt.outcome == "failed");
        if taken || lost {
            self.deliveries += count;
        }
        if taken {
            return;
        }
        let host = remote.split([' ', '[']).next().unwrap_or_default();
        match refusals::recognise(Some(host), &attempt.reply) {
            Some(found) => self.sort_in(found, record, attempt, host, lost),
            None if lost => {
                self.not_understood += count;
                let words = format!("{host}: {}", without_mailboxes(&attempt.reply));
                if self.words.len() < SHOWN && !self.words.contains(&words) {
                    self.words.push(words);
                }
            }
            None => {}
        }
    }

    fn sort_in(
        &mut self,
        refusal: Recognised,
        record: &MessageRecord,
        attempt: &AttemptRecord,
        host: &str,
        lost: bool,
    ) {
        let count = attempt.recipients.len() as u64;
        match refusal.pattern.fault {
            Fault::Recipient if refusal.pattern.kind == Reason::Recipient && lost => {
                self.unknown_mailboxes += count;
            }
            Fault::Recipient | Fault::Receiver | Fault::Nobody => {}
            Fault::Address | Fault::Setup | Fault::Volume | Fault::Message => {
                let who = receiver(&refusal, record, attempt);
                let list = refusal.list.map(|list| list.id.as_str());
                let key = (who, refusal.pattern.kind, list);
                let group =
                    self.by_reason.entry(key).or_insert_with_key(|(who, ..)| Group::new(who, refusal));
                group.count += count;
                group.lost |= lost;
                if attempt.route == "direct" {
                    group.word = word(&refusal, record, attempt);
                }
                if attempt.at >= group.last {
                    (group.last, group.refusal, group.host) = (attempt.at, refusal, host.to_owned());
                    group.reply = format!("{host}: {}", without_mailboxes(&attempt.reply));
                }
            }
        }
    }
}

/// The provider, the relay, or the recipient's domain.
fn receiver(refusal: &Recognised, record: &MessageRecord, attempt: &AttemptRecord) -> String {
    if let Some(provider) = refusal.provider {
        return provider.name.clone();
    }
    if attempt.route != "direct" {
        return attempt.route.clone();
    }
    domain(record, attempt).unwrap_or(&attempt.route).to_owned()
}

fn domain<'a>(record: &'a MessageRecord, attempt: &AttemptRecord) -> Option<&'a str> {
    let number = attempt.recipients.first()?;
    Some(record.recipients.get(usize::from(*number))?.rsplit_once('@')?.1)
}

/// The provider, or else the recipient's domain.
fn word(refusal: &Recognised, record: &MessageRecord, attempt: &AttemptRecord) -> Option<String> {
    match refusal.provider {
        Some(provider) => Some(provider.id.clone()),
        None => domain(record, attempt).map(str::to_owned),
    }
}

/// A relay for the mail of each provider that does not take our address, unless it has one already.
async fn offers(tally: &Tally, context: &Context) -> Vec<Finding> {
    let Subject::Host(host) = &context.subject else { return Vec::new() };
    let Some(relay) = host.relays.first() else { return Vec::new() };
    let decided = match &context.facts {
        Some(facts) => facts.providers().await.unwrap_or_default(),
        None => Vec::new(),
    };
    let refused = tally.by_reason.values().filter(|group| group.refusal.pattern.fault == Fault::Address);
    let by_word: BTreeMap<&str, &Group> =
        refused.filter_map(|group| Some((group.word.as_deref()?, group))).collect();
    let open = by_word.into_iter().filter(|(word, _)| !decided.iter().any(|fact| fact.provider == *word));
    open.map(|(word, group)| {
        let command = format!("postamt relay only {word} --relay {}", relay.name);
        Finding::new(&RELAY, &group.who).with("relay", &relay.name).remedy(Remedy::command(command))
    })
    .collect()
}

/// A report may be shown to others: whose mail it was is nobody's business.
fn without_mailboxes(reply: &str) -> String {
    let masked = |word: &str| match word.rsplit_once('@') {
        Some((before, domain)) if before.starts_with('<') => format!("<…@{domain}"),
        Some((_, domain)) => format!("…@{domain}"),
        None => word.to_owned(),
    };
    reply.split(' ').map(masked).collect::<Vec<_>>().join(" ")
}

fn told(group: &Group) -> Finding {
    let kind = if group.refusal.pattern.fault == Fault::Message { &MESSAGE } else { &OURS };
    let part = |part| Datum::Refusal { part, refusal: group.refusal, host: group.host.clone() };
    let severity = if kind == &OURS && group.lost { Severity::Error } else { kind.severity };
    let finding = Finding::new(kind, &group.who)
        .severity(severity)
        .with_datum("reason", part(RefusalPart::Kind))
        .with_datum("fault", part(RefusalPart::Fault))
        .with_datum("remedy", part(RefusalPart::Remedy))
        .with_number("count", group.count)
        .with_number("days", DAYS)
        .with_datum("last", Datum::Time(group.last))
        .seen(&group.reply);
    let finding = match group.refusal.provider {
        Some(provider) => finding.source(&provider.contact),
        None => finding,
    };
    match (group.refusal.pattern.remedy, group.refusal.list, group.refusal.provider) {
        (Help::Delist, Some(list), _) => finding.remedy(Remedy::Page { url: list.page.clone() }),
        (Help::Contact, _, Some(provider)) => finding.remedy(Remedy::Page { url: provider.contact.clone() }),
        _ => finding,
    }
}

fn unknown_recipients(tally: &Tally, about: &str) -> Option<Finding> {
    let (count, all) = (tally.unknown_mailboxes, tally.deliveries);
    if count == 0 {
        return None;
    }
    let many = count >= UNKNOWN_COUNT && count * 100 > all * UNKNOWN_SHARE;
    let finding = Finding::new(if many { &MANY } else { &RECIPIENTS }, about);
    Some(finding.with_number("count", count).with_number("all", all).with_number("days", DAYS))
}

fn not_understood(tally: &Tally, about: &str) -> Option<Finding> {
    let finding = Finding::new(&NOT_UNDERSTOOD, about)
        .with_number("count", tally.not_understood)
        .with_number("days", DAYS);
    let finding = tally.words.iter().fold(finding, |finding, words| finding.seen(words));
    (tally.not_understood > 0).then_some(finding)
}
