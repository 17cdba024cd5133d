//! Can receivers verify what this server signs: the record of each key, held against the private half.
//!
//! Keys are published at selectors, and DNS tells no selectors: of a foreign domain only those are judged that the
//! asker knows, and without any it is only said whether there is something at all.

use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_mailauth::dkim::{KeyState, StoredKey};
use postamt_mailauth::records::dkim::{KeyCheck, KeyProblem, Published, check as held_against, parse};
use postamt_mailauth::spf::is_record;
use postamt_net::dns::record::{RecordData, RecordKind};

use super::context::{Context, Host, KeysFailure};
use super::dns;
use super::finding::{Certainty, Datum, Finding, Kind, Remedy, Severity};
use super::run::{Check, CheckFuture, Scope};
use crate::records::{KeyRecord, Present, Seen, judge_keys};

const GOOGLE: &str = "https://support.google.com/a/answer/81126";

static PUBLISHED: Kind = Kind::ok("dkim.published");
static SOME_KEYS: Kind = Kind::ok("dkim.some-keys");
static NO_KEYS_AT_ALL: Kind = Kind::note("dkim.no-keys-at-all", "RFC 8020 §2");
static NO_KEY: Kind = Kind::warning("dkim.no-key", GOOGLE);
static KEYS_NOT_READ: Kind = Kind::unknown("dkim.keys-not-read");
static KEYS_UNUSABLE: Kind = Kind::error("dkim.keys-unusable", "RFC 6376 §3.3");
static WAITING: Kind = Kind::note("dkim.waiting", "RFC 6376 §3.6.1");
static MISSING: Kind = Kind::error("dkim.missing", "RFC 6376 §3.6.2");
static MISMATCHED: Kind = Kind::error("dkim.mismatched", "RFC 6376 §3.6.1");
static REVOKED: Kind = Kind::error("dkim.revoked", "RFC 6376 §3.6.1");
static NOT_REVOKED: Kind = Kind::note("dkim.not-revoked", "RFC 6376 §3.6.1");
static SEVERAL: Kind = Kind::error("dkim.several", "RFC 6376 §3.6.2.2");
static SPLIT: Kind = Kind::error("dkim.split", "RFC 6376 §3.6.2.2");
static UNUSABLE: Kind = Kind::error("dkim.unusable", "RFC 6376 §3.6.1");
static TOO_SHORT: Kind = Kind::error("dkim.too-short", "RFC 8301 §3.2");
static SHORT: Kind = Kind::warning("dkim.short", "RFC 8301 §3.2");
static LONG: Kind = Kind::note("dkim.long", "RFC 6376 §3.3.3");
static TESTING: Kind = Kind::warning("dkim.testing", "RFC 6376 §3.6.1");
static ONLY_SAME_DOMAIN: Kind = Kind::note("dkim.only-same-domain", "RFC 6376 §3.6.1");
static UNKNOWN_TAG: Kind = Kind::note("dkim.unknown-tag", "RFC 6376 §3.6.1");
static NOT_ASKED: Kind = Kind::unknown("dkim.not-asked");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "dkim",
    scope: Scope::Both,
    not_after: &[&dns::SILENT],
    limit: Duration::from_secs(60),
    kinds: &[
        &PUBLISHED,
        &SOME_KEYS,
        &NO_KEYS_AT_ALL,
        &NO_KEY,
        &KEYS_NOT_READ,
        &KEYS_UNUSABLE,
        &WAITING,
        &MISSING,
        &MISMATCHED,
        &REVOKED,
        &NOT_REVOKED,
        &SEVERAL,
        &SPLIT,
        &UNUSABLE,
        &TOO_SHORT,
        &SHORT,
        &LONG,
        &TESTING,
        &ONLY_SAME_DOMAIN,
        &UNKNOWN_TAG,
        &NOT_ASKED,
    ],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let mut found = Vec::new();
    match context.host() {
        Some(host) if !host.configured => {}
        Some(host) => {
            found.extend(host.keys_failure.as_ref().map(|failure| not_read(host, failure)));
            for key in &host.keys {
                found.extend(judge(&context, key).await);
            }
            let lacking = host.domains.iter().filter(|domain| !has_key(host, domain));
            found.extend(lacking.map(|domain| {
                Finding::new(&NO_KEY, domain).remedy(Remedy::command(format!("postamt dkim new {domain}")))
            }));
        }
        None => {
            for domain in context.domains() {
                found.extend(stranger(&context, domain).await);
            }
        }
    }
    found
}

fn not_read(host: &Host, failure: &KeysFailure) -> Finding {
    match failure {
        KeysFailure::NotAllowed(text) => {
            let finding = Finding::new(&KEYS_NOT_READ, &host.hostname).seen(text);
            finding.remedy(Remedy::command("sudo postamt doctor --only dkim"))
        }
        KeysFailure::Unusable(text) => Finding::new(&KEYS_UNUSABLE, &host.hostname).seen(text),
    }
}

/// Whether mail of the domain is signed, or soon will be: by a key of its own or of a domain above it.
fn has_key(host: &Host, domain: &Domain) -> bool {
    // What is there could not be seen.
    host.keys_failure.is_some()
        || host.keys.iter().any(|key| is_in_use(key) && domain.is_within(key.key.domain()))
}

fn is_in_use(key: &StoredKey) -> bool {
    matches!(key.stage.state, KeyState::Active | KeyState::Waiting)
}

async fn judge(context: &Context, key: &StoredKey) -> Vec<Finding> {
    let name = key.key.record_name();
    let seen = match held_against(context.resolver.as_ref(), &key.key).await {
        Ok(seen) => seen,
        Err(error) => return vec![Finding::new(&NOT_ASKED, name).seen(error)],
    };
    let finish = |finding: Finding| with_record(shown(finding, &seen.name, &seen.records), key, &seen);
    let about = |kind: &'static Kind| {
        Finding::new(kind, &name).with("domain", key.key.domain()).with_number("bits", key.key.bits() as u64)
    };
    match key.stage.state {
        // What it signed has arrived; whoever gets hold of the key could still sign with it.
        KeyState::Revoked if seen.published == Published::Yes => return vec![finish(about(&NOT_REVOKED))],
        KeyState::Revoked => return Vec::new(),
        KeyState::Waiting if seen.published != Published::Yes => return vec![finish(about(&WAITING))],
        KeyState::Waiting | KeyState::Active | KeyState::Retired => {}
    }
    let mut found = match seen.published {
        Published::Missing => vec![about(&MISSING)],
        Published::Different => vec![different(&name, &seen)],
        Published::Yes => problems(&name, &seen.problems),
    };
    if found.is_empty() {
        return vec![about(&PUBLISHED)];
    }
    // Nothing new is signed with a retired key; only what is under way fails.
    if key.stage.state == KeyState::Retired {
        found.iter_mut().for_each(|finding| finding.severity = finding.severity.min(Severity::Warning));
    }
    found.into_iter().map(finish).collect()
}

/// Why the key there is not ours: the plainest fault of the record, or just another key.
fn different(name: &str, seen: &KeyCheck) -> Finding {
    let worst = seen.problems.iter().find(|problem| {
        matches!(problem, KeyProblem::QuotesInRecord | KeyProblem::CutOff | KeyProblem::Revoked)
            || (reason(problem).is_some() && **problem != KeyProblem::OtherAlgorithm)
    });
    if let Some(finding) = worst.and_then(|problem| of_problem(name, problem)) {
        return finding;
    }
    let key = seen.records.iter().find_map(|text| parse(text).key);
    let bits = key.map_or(0, |key| key.bits());
    Finding::new(&MISMATCHED, name).with_number("bits", bits as u64)
}

/// What is wrong with a record; what only follows from another fault is left out.
fn problems(name: &str, problems: &[KeyProblem]) -> Vec<Finding> {
    if let Some(split) =
        problems.iter().find(|it| matches!(it, KeyProblem::QuotesInRecord | KeyProblem::CutOff))
    {
        return of_problem(name, split).into_iter().collect();
    }
    problems.iter().filter_map(|problem| of_problem(name, problem)).collect()
}

fn of_problem(name: &str, problem: &KeyProblem) -> Option<Finding> {
    let about = |kind: &'static Kind| Finding::new(kind, name);
    let bits = |kind: &'static Kind, bits: usize| about(kind).with_number("bits", bits as u64);
    Some(match problem {
        KeyProblem::SeveralRecords(count) => about(&SEVERAL).with_number("count", *count as u64),
        KeyProblem::Revoked => about(&REVOKED),
        KeyProblem::QuotesInRecord | KeyProblem::CutOff => about(&SPLIT),
        KeyProblem::TooShort(length) => bits(&TOO_SHORT, *length),
        KeyProblem::Short(length) => bits(&SHORT, *length),
        KeyProblem::Long(length) => bits(&LONG, *length),
        KeyProblem::Testing => about(&TESTING),
        KeyProblem::OnlySameDomain => about(&ONLY_SAME_DOMAIN),
        KeyProblem::NotATag(tag) | KeyProblem::UnknownTag(tag) => about(&UNKNOWN_TAG).with("tag", tag),
        other => about(&UNUSABLE).with_datum("reason", Datum::Sentence(reason(other)?)),
    })
}

/// Why receivers cannot use the record.
fn reason(problem: &KeyProblem) -> Option<&'static str> {
    Some(match problem {
        KeyProblem::Version => "doctor-dkim-fault-version",
        KeyProblem::Repeated(_) => "doctor-dkim-fault-repeated",
        KeyProblem::UnknownAlgorithm(_) => "doctor-dkim-fault-algorithm",
        KeyProblem::OtherAlgorithm => "doctor-dkim-fault-other-algorithm",
        KeyProblem::NoKey => "doctor-dkim-fault-no-key",
        KeyProblem::BrokenKey => "doctor-dkim-fault-broken-key",
        KeyProblem::HashNotAllowed(_) => "doctor-dkim-fault-hash",
        KeyProblem::ServiceNotAllowed(_) => "doctor-dkim-fault-service",
        _ => return None,
    })
}

fn shown(finding: Finding, name: &str, records: &[String]) -> Finding {
    if records.is_empty() {
        return finding.seen(format!("{name}. TXT: -"));
    }
    finding.seen_texts(name, records)
}

/// With the record that `postamt dns records` wants, where another one is there.
fn with_record(finding: Finding, key: &StoredKey, seen: &KeyCheck) -> Finding {
    let mut present = Present::new();
    let records = seen.records.iter().map(|text| RecordData::Txt(text.clone()));
    present.insert(&seen.name, RecordKind::Txt, Seen::of(records.collect()));
    let wanted = judge_keys(&[KeyRecord::from(key)], &present).into_iter().map(|judged| judged.wanted).next();
    let Some(wanted) = wanted.filter(|it| !it.replaces.is_empty() || seen.records.is_empty()) else {
        return finding;
    };
    finding.remedy(Remedy::Record {
        name: wanted.name,
        record_type: "TXT",
        value: wanted.data.to_string(),
        replaces: wanted.replaces.iter().map(ToString::to_string).collect(),
    })
}

async fn stranger(context: &Context, domain: &Domain) -> Vec<Finding> {
    let mut found = Vec::new();
    for selector in &context.selectors {
        found.extend(at_selector(context, domain, selector).await);
    }
    if context.selectors.is_empty() {
        found.extend(anything(context, domain).await);
    }
    found
}

async fn at_selector(context: &Context, domain: &Domain, selector: &str) -> Vec<Finding> {
    let name = format!("{selector}._domainkey.{domain}");
    let records = match context.resolver.txt(&name).await {
        Ok(answer) => answer.records,
        Err(error) => return vec![Finding::new(&NOT_ASKED, name).seen(error)],
    };
    let Some(first) = records.first() else {
        return vec![shown(Finding::new(&MISSING, &name).with("domain", domain), &name, &records)];
    };
    let read = parse(first);
    let mut all = read.problems;
    if records.len() > 1 {
        all.insert(0, KeyProblem::SeveralRecords(records.len()));
    }
    let found = problems(&name, &all);
    if found.is_empty() {
        let bits = read.key.map_or(0, |key| key.bits());
        return vec![Finding::new(&PUBLISHED, &name).with("domain", domain).with_number("bits", bits as u64)];
    }
    found.into_iter().map(|finding| shown(finding, &name, &records)).collect()
}

/// Where nothing exists below `_domainkey`, there is no key either (RFC 8020 §2); some old servers say so wrongly.
async fn anything(context: &Context, domain: &Domain) -> Option<Finding> {
    let name = format!("_domainkey.{domain}");
    match context.resolver.txt(&name).await {
        Ok(answer) if answer.exists => Some(Finding::new(&SOME_KEYS, domain)),
        Ok(_) if sends_nothing(context, domain).await => None,
        Ok(_) => {
            let finding = Finding::new(&NO_KEYS_AT_ALL, domain).seen(format!("{name}. TXT: NXDOMAIN"));
            Some(finding.surely(Certainty::Likely))
        }
        Err(error) => Some(Finding::new(&NOT_ASKED, name).seen(error)),
    }
}

/// `v=spf1 -all`: nobody sends for the domain.
async fn sends_nothing(context: &Context, domain: &Domain) -> bool {
    let texts = context.resolver.txt(domain.as_str()).await.map(|answer| answer.records).unwrap_or_default();
    let mut records = texts.iter().filter(|text| is_record(text));
    records.next().is_some_and(|record| record.split_ascii_whitespace().skip(1).eq(["-all"]))
}
