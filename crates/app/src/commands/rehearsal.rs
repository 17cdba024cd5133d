//! From a rehearsed delivery to findings, one per step: route, port 25, mail hosts, policy, each address that was tried,
//! greeting, offers, TLS, MAIL, RCPT. The sentences are in `doctor-send.ftl`, under the ids of the kinds.

use postamt_doctor::checks::finding::{Datum, RefusalPart};
use postamt_doctor::checks::report::SCHEMA_VERSION;
use postamt_doctor::checks::{Finding, Judgement, Kind, Remedy, Report, Severity};
use postamt_mail::refusals;
use postamt_mta::breaker::detour::Detour;
use postamt_mta::run::rehearse::{Rehearsal, Stopped};
use postamt_mta::send::trail::Tried;

use super::routes;

static ROUTE: Kind = Kind::ok("send.route");
static PORT_CLOSED: Kind = Kind::warning("send.port25-closed", "RFC 5321 §2.1");
static PORT_LIMITED: Kind = Kind::note("send.port25-limited", "RFC 5321 §2.1");
static PROVIDER: Kind = Kind::note("send.provider-by-relay", "RFC 5321 §2.1");
static HOSTS: Kind = Kind::ok("send.hosts");
static NO_HOST: Kind = Kind::error("send.no-host", "RFC 5321 §5.1");
static DNS_FAILED: Kind = Kind::unknown("send.dns-failed");
static DNSSEC: Kind = Kind::ok("send.dnssec");
static NO_DNSSEC: Kind = Kind::ok("send.no-dnssec");
static POLICY: Kind = Kind::ok("send.policy");
static NO_POLICY: Kind = Kind::ok("send.no-policy");
static NOT_PERMITTED: Kind = Kind::warning("send.host-not-permitted", "RFC 8461 §4.1");
static WAY: Kind = Kind::ok("send.way");
static TRIED: Kind = Kind::ok("send.connected");
static NOT_CONNECTED: Kind = Kind::warning("send.not-connected", "RFC 5321 §5.1");
static GREETING: Kind = Kind::ok("send.greeting");
static OFFERS: Kind = Kind::ok("send.offers");
static TLS_GOOD: Kind = Kind::ok("send.tls-verified");
static TLS_UNVERIFIED: Kind = Kind::note("send.tls-not-verified", "RFC 7435 §1.2");
static NO_TLS: Kind = Kind::note("send.no-tls", "RFC 3207 §4");
static DOWNGRADED: Kind = Kind::error("send.tls-downgraded", "RFC 3207 §6");
static MAIL: Kind = Kind::ok("send.mail");
static MAIL_REFUSED: Kind = Kind::error("send.mail-refused", "RFC 5321 §4.2.1");
static RECIPIENT: Kind = Kind::ok("send.recipient");
static RECIPIENT_REFUSED: Kind = Kind::error("send.recipient-refused", "RFC 5321 §4.2.1");
static MEANING: Kind = Kind::note("send.refusal-explained", "RFC 5321 §4.2.1");
static DONE: Kind = Kind::ok("send.done");
static HELD: Kind = Kind::note("send.held", "[[route]]");
static DISCARDED: Kind = Kind::note("send.discarded", "[[route]]");
static MAILBOX: Kind = Kind::ok("send.mailbox");
static UNKNOWN_WAY: Kind = Kind::error("send.unknown-way", "[[route]]");
static WAITS: Kind = Kind::error("send.waits", "RFC 5321 §4.5.4.1");
static NO_CONNECTION: Kind = Kind::error("send.no-connection", "RFC 5321 §4.5.4.1");
static BROKEN: Kind = Kind::error("send.broken", "RFC 5321 §4.5.3.2");

/// Everything that can be said.
#[cfg(test)]
static KINDS: &[&Kind] = &[
    &ROUTE,
    &PORT_CLOSED,
    &PORT_LIMITED,
    &PROVIDER,
    &HOSTS,
    &NO_HOST,
    &DNS_FAILED,
    &DNSSEC,
    &NO_DNSSEC,
    &POLICY,
    &NO_POLICY,
    &NOT_PERMITTED,
    &WAY,
    &TRIED,
    &NOT_CONNECTED,
    &GREETING,
    &OFFERS,
    &TLS_GOOD,
    &TLS_UNVERIFIED,
    &NO_TLS,
    &DOWNGRADED,
    &MAIL,
    &MAIL_REFUSED,
    &RECIPIENT,
    &RECIPIENT_REFUSED,
    &MEANING,
    &DONE,
    &HELD,
    &DISCARDED,
    &MAILBOX,
    &UNKNOWN_WAY,
    &WAITS,
    &NO_CONNECTION,
    &BROKEN,
];

/// The steps as a report of the doctor.
#[must_use]
pub fn report(told: &Rehearsal, at: u64) -> Report {
    let mut findings = plan(told);
    findings
        .extend(told.way.as_ref().map(|way| Finding::new(&WAY, &told.recipient).with("way", way).seen(way)));
    findings.extend(told.tries.iter().map(tried));
    findings.extend(session(told));
    findings.extend(answers(told));
    findings.extend(end(told));
    let judged = vec![Judgement { check: "send", findings, because: None }];
    Report { schema_version: SCHEMA_VERSION, at, subject: told.recipient.clone(), judged }
}

fn plan(told: &Rehearsal) -> Vec<Finding> {
    let rule = told.rule.unwrap_or_default() as u64;
    let (kind, name) = routes::parts(&told.route);
    let mut found = vec![
        Finding::new(&ROUTE, &told.recipient)
            .with("route", &told.route)
            .with("kind", kind)
            .with("name", name)
            .with_number("rule", rule)
            .seen(&told.route),
    ];
    if !told.paths.is_empty() {
        let relay = match &told.detour {
            Some(Detour::By(relay)) => relay.as_str(),
            _ => "-",
        };
        let kind = if told.detour.is_some() { &PORT_CLOSED } else { &PORT_LIMITED };
        let finding = Finding::new(kind, "port 25")
            .with("relay", relay)
            .with_number("relays", u64::from(relay != "-"))
            .remedy(Remedy::command("postamt port25 status"));
        let line = |fact: &postamt_store::facts::PathFact| format!("{}: {}", fact.path, fact.state.name());
        found.push(told.paths.iter().map(line).fold(finding, Finding::seen));
    }
    if let Some(fact) = &told.provider {
        found.push(Finding::new(&PROVIDER, &fact.provider).with("relay", &fact.relay));
    }
    if told.exchangers.is_empty() {
        return found;
    }
    let hosts = Finding::new(&HOSTS, &told.recipient).with_number("count", told.exchangers.len() as u64);
    let line = |host: &postamt_mta::run::rehearse::Exchanger| format!("{} {}", host.preference, host.name);
    found.push(told.exchangers.iter().map(line).fold(hosts, Finding::seen));
    found.push(Finding::new(if told.dnssec { &DNSSEC } else { &NO_DNSSEC }, &told.recipient));
    found.push(match &told.policy {
        Some(mode) => Finding::new(&POLICY, &told.recipient).with("mode", mode).seen(format!("mode: {mode}")),
        None => Finding::new(&NO_POLICY, &told.recipient),
    });
    let forbidden = told.exchangers.iter().filter(|host| host.permitted == Some(false));
    found.extend(forbidden.map(|host| Finding::new(&NOT_PERMITTED, &host.name)));
    found
}

fn tried(tried: &Tried) -> Finding {
    let host = tried.host.as_deref().unwrap_or("-");
    let about = match tried.address {
        Some(address) if tried.host.is_some() => format!("{host} [{address}]"),
        Some(address) => address.to_string(),
        None => host.to_owned(),
    };
    let source = tried.source.map_or_else(|| "-".to_owned(), |source| source.to_string());
    let demand = match tried.demand.as_deref() {
        Some("tlsa") => "doctor-send-demand-dane",
        Some("sts") => "doctor-send-demand-sts",
        _ => "doctor-send-demand-none",
    };
    let finding = |kind| {
        Finding::new(kind, &about)
            .with("source", &source)
            .with("name", &tried.ehlo_name)
            .with_datum("demand", Datum::Sentence(demand))
    };
    match &tried.failure {
        None => finding(&TRIED),
        Some(failure) => finding(&NOT_CONNECTED).with("reason", failure).seen(failure),
    }
}

fn session(told: &Rehearsal) -> Vec<Finding> {
    let (Some(greeting), Some(remote)) = (&told.greeting, told.remote) else { return Vec::new() };
    let host = told.host.clone().unwrap_or_else(|| remote.ip().to_string());
    let local = told.local.map(|local| local.ip().to_string()).unwrap_or_default();
    let mut found = vec![
        Finding::new(&GREETING, &host).with("source", local).seen(greeting),
        told.offers.iter().fold(Finding::new(&OFFERS, &host), Finding::seen),
    ];
    found.push(match &told.tls {
        Some(tls) if tls.verified => {
            let by = if tls.by_dane { "DANE" } else { "WebPKI" };
            Finding::new(&TLS_GOOD, &host).with("by", by).seen(&tls.words)
        }
        Some(tls) => {
            let problem = tls.problem.as_deref().unwrap_or("-");
            Finding::new(&TLS_UNVERIFIED, &host).with("problem", problem).seen(&tls.words).seen(problem)
        }
        None if told.downgraded => Finding::new(&DOWNGRADED, &host),
        None => {
            let reason = told.tls_fallback.as_deref().unwrap_or("STARTTLS: -");
            Finding::new(&NO_TLS, &host).seen(reason)
        }
    });
    found
}

fn answers(told: &Rehearsal) -> Vec<Finding> {
    let Some(mail) = &told.mail else { return Vec::new() };
    let sender = if told.sender.is_empty() { "<>" } else { &told.sender };
    let mut found = vec![answer(&MAIL, &MAIL_REFUSED, sender, mail)];
    let mut last = mail;
    if let Some(reply) = &told.recipient_reply {
        found.push(answer(&RECIPIENT, &RECIPIENT_REFUSED, &told.recipient, reply));
        last = reply;
    }
    if let Some(meaning) = refusals::recognise(told.host.as_deref(), last) {
        let host = told.host.clone().unwrap_or_default();
        let part = |part| Datum::Refusal { part, refusal: meaning, host: host.clone() };
        let finding = Finding::new(&MEANING, &host)
            .with_datum("reason", part(RefusalPart::Kind))
            .with_datum("fault", part(RefusalPart::Fault))
            .with_datum("remedy", part(RefusalPart::Remedy));
        found.push(match meaning.list {
            Some(list) => finding.remedy(Remedy::Page { url: list.page.clone() }),
            None => finding,
        });
    }
    found
}

/// 2yz is yes, 4yz not now, 5yz no.
fn answer(taken: &'static Kind, refused: &'static Kind, about: &str, reply: &str) -> Finding {
    match reply.as_bytes().first() {
        Some(b'2') => Finding::new(taken, about).seen(reply),
        Some(b'4') => Finding::new(refused, about).severity(Severity::Warning).seen(reply),
        _ => Finding::new(refused, about).seen(reply),
    }
}

fn end(told: &Rehearsal) -> Option<Finding> {
    let about = &told.recipient;
    Some(match &told.stopped {
        None if told.recipient_reply.is_none() => return None,
        None => Finding::new(&DONE, about),
        Some(Stopped::Held) => Finding::new(&HELD, about),
        Some(Stopped::Discarded) => Finding::new(&DISCARDED, about),
        Some(Stopped::Mailbox) => Finding::new(&MAILBOX, about),
        Some(Stopped::Unknown) => Finding::new(&UNKNOWN_WAY, about).with("route", &told.route),
        Some(Stopped::Waits) => Finding::new(&WAITS, about).remedy(Remedy::command("postamt port25 status")),
        Some(Stopped::NoHost { words, permanent: true }) => Finding::new(&NO_HOST, about).seen(words),
        Some(Stopped::NoHost { words, permanent: false }) => Finding::new(&DNS_FAILED, about).seen(words),
        Some(Stopped::NoConnection { words }) => Finding::new(&NO_CONNECTION, about).seen(words),
        Some(Stopped::Broken { words }) => Finding::new(&BROKEN, about).seen(words),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use postamt_mail::words::{Language, words};

    use super::*;

    #[test]
    fn every_step_has_its_sentences_and_every_sentence_its_step() {
        let mut said: BTreeSet<String> =
            ["dane", "sts", "none"].map(|demand| format!("doctor-send-demand-{demand}")).into();
        for kind in KINDS {
            assert!(kind.id.starts_with("send."), "{}", kind.id);
            let needs_source = !matches!(kind.severity, Severity::Ok | Severity::Unknown);
            assert_eq!(kind.source.is_empty(), !needs_source, "{}", kind.id);
            for language in Language::ALL {
                let words = words(language);
                assert!(words.has(&kind.sentence("")), "{language}: {}", kind.id);
                assert!(
                    !kind.severity.is_bad() || words.has(&kind.sentence("expected")),
                    "{language}: {}",
                    kind.id
                );
                assert!(
                    kind.severity == Severity::Ok || words.has(&kind.sentence("now")),
                    "{language}: {}",
                    kind.id
                );
            }
            said.extend(["", "expected", "now"].map(|part| kind.sentence(part)));
        }
        let catalogue = include_str!("../../../mail/src/words/en/doctor-send.ftl");
        for (id, _) in catalogue.lines().filter_map(|line| line.split_once(" =")) {
            assert!(!id.starts_with("doctor") || said.contains(id), "nobody says `{id}`");
        }
    }
}
