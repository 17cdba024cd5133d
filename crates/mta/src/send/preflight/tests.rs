//! The judgement by table: what was seen with a relay and in DNS, and what it comes to.

use postamt_mail::address::Domain;
use postamt_mail::relays;
use postamt_mailauth::records::dkim::Published;
use postamt_mailauth::records::dmarc::{Policy, Record};
use postamt_mailauth::records::spf::{Allows, Fault, Reading, Rest};

use super::*;
use crate::send::relay_test::{Answer, EnvelopeAnswer, RelayTestReport, Step};
use crate::settings::{NullSender, RelayTls};

fn domain(name: &str) -> Domain {
    Domain::new(name).expect("a domain")
}

fn relay(profile: Option<&str>) -> Relay {
    let mut relay = Relay::new("next", "smtp.provider.test", 587, RelayTls::StartTls);
    relay.profile = profile.map(|name| relays::find(name).expect("known"));
    relay
}

fn said(sender: &str, recipient: &str, answer: Answer) -> EnvelopeAnswer {
    let reply = match answer {
        Answer::Accepted => "250 2.1.0 ok",
        Answer::Later => "451 4.7.1 later",
        Answer::Refused => "550 5.7.1 not from you",
    };
    let (sender, recipient, mail) = (sender.to_owned(), recipient.to_owned(), reply.to_owned());
    EnvelopeAnswer { sender, recipient, mail, recipient_reply: None, answer }
}

fn spf(allows: Allows, rest: Rest) -> Reading {
    Reading { record: Some("v=spf1 mx -all".into()), allows, rest, lookups: 2 }
}

fn included() -> Reading {
    spf(Allows::Yes("include:provider.test".into()), Rest::Fail)
}

fn dmarc(policy: Policy) -> Record {
    Record { at: "own.test".into(), policy, strict_dkim: false, strict_spf: false }
}

fn key(state: Published) -> KeyFact {
    KeyFact {
        domain: domain("own.test"),
        name: "s1._domainkey.own.test".into(),
        record: "v=DKIM1; p=AAAA".into(),
        state: Ok(state),
    }
}

/// A relay that takes everything, for a domain that has everything.
fn facts() -> Facts {
    let own = "postmaster@own.test";
    Facts {
        report: RelayTestReport {
            relay: "next".into(),
            address: Some("192.0.2.1:587".into()),
            port: Some(587),
            login: Some("PLAIN".into()),
            envelopes: vec![said(own, own, Answer::Accepted), said("", own, Answer::Accepted)],
            ..RelayTestReport::default()
        },
        domains: vec![DomainFacts {
            domain: domain("own.test"),
            is_hostname: false,
            spf: Ok(included()),
            dmarc: Ok(Some(dmarc(Policy::Reject))),
            keys: vec![key(Published::Yes)],
        }],
        message_bytes: 50_000_000,
    }
}

fn judged(profile: Option<&str>, change: impl FnOnce(&mut Facts)) -> PreflightVerdict {
    let mut facts = facts();
    change(&mut facts);
    judge(&relay(profile), &facts, 7)
}

fn severity(verdict: &PreflightVerdict, wanted: impl Fn(&Finding) -> bool) -> Severity {
    let found = verdict.findings.iter().find(|judged| wanted(&judged.finding));
    found.unwrap_or_else(|| panic!("not found: {verdict:#?}")).severity
}

fn proof(verdict: &PreflightVerdict) -> Proof {
    verdict.findings.iter().find_map(|judged| judged.finding.best_proof()).expect("a judgement of DMARC")
}

#[test]
fn everything_as_it_should_be() {
    let verdict = judged(None, |_| {});
    assert!(verdict.usable && verdict.reason().is_none() && verdict.carries(&domain("own.test")));
    assert_eq!((verdict.relay.as_str(), verdict.checked_at), ("next", 7));
    assert!(verdict.findings.iter().all(|judged| judged.severity <= Severity::Note), "{verdict:#?}");
    assert_eq!(proof(&verdict), Proof::Aligned);
}

#[test]
fn a_relay_that_does_not_let_us_in_is_not_usable() {
    for step in [Step::Resolve, Step::Connect, Step::Greeting, Step::Secure, Step::LogIn] {
        let verdict = judged(None, |facts| {
            facts.report = RelayTestReport {
                step: Some(step),
                failure: Some("535 5.7.8 no".into()),
                ..RelayTestReport::default()
            };
        });
        assert!(!verdict.usable && !verdict.carries(&domain("own.test")), "{step:?}");
        assert_eq!(verdict.reason().as_deref(), Some("it does not let us in: 535 5.7.8 no"));
    }
}

#[test]
fn a_refused_sender_makes_it_useless_for_that_domain_only() {
    let other = |answer: Answer, is_hostname: bool| {
        judged(None, |facts| {
            let address = "postmaster@mail.own.test";
            facts.report.envelopes.push(said(address, address, answer));
            (facts.report.step, facts.report.failure) = (Some(Step::Envelope), Some("550".into()));
            let second =
                DomainFacts { domain: domain("mail.own.test"), is_hostname, ..facts.domains[0].clone() };
            facts.domains.push(second);
        })
    };
    let verdict = other(Answer::Refused, false);
    assert!(!verdict.usable && !verdict.carries(&domain("mail.own.test")));
    assert!(verdict.carries(&domain("own.test")));
    assert!(other(Answer::Later, false).usable);
    // Only the machine itself sends as its own name.
    assert!(other(Answer::Refused, true).usable);
}

#[test]
fn spf_counts_where_the_return_path_stays_ours() {
    let with = |profile, allows: &Allows, rest| {
        judged(profile, |facts| facts.domains[0].spf = Ok(spf(allows.clone(), rest)))
    };
    let weight = |verdict: &PreflightVerdict| severity(verdict, |it| matches!(it, Finding::Spf { .. }));
    for (profile, allows, rest, expected) in [
        // Mailgun keeps our domain in the return path, and its include is known.
        (Some("mailgun"), Allows::No, Rest::Fail, Severity::Fatal),
        (Some("mailgun"), Allows::No, Rest::SoftFail, Severity::Warning),
        (Some("mailgun"), Allows::NoRecord, Rest::Neutral, Severity::Warning),
        (Some("mailgun"), Allows::Broken(Fault::SeveralRecords), Rest::Fail, Severity::Warning),
        (Some("mailgun"), Allows::No, Rest::Pass, Severity::Good),
        // SES and Brevo put their own on.
        (Some("ses"), Allows::No, Rest::Fail, Severity::Note),
        (Some("brevo"), Allows::NoRecord, Rest::Neutral, Severity::Note),
        // Nobody knows what this one needs.
        (None, Allows::No, Rest::Fail, Severity::Warning),
    ] {
        let verdict = with(profile, &allows, rest);
        assert_eq!(weight(&verdict), expected, "{profile:?} {allows:?} {rest:?}");
        assert_eq!(verdict.usable, expected != Severity::Fatal, "{verdict:#?}");
    }
    let verdict = with(Some("mailgun"), &Allows::No, Rest::Fail);
    let wanted = verdict.findings.iter().find_map(|judged| match &judged.finding {
        Finding::Spf { wanted, .. } => wanted.clone(),
        _ => None,
    });
    assert_eq!(wanted.as_deref(), Some("v=spf1 mx include:mailgun.org -all"));
}

#[test]
fn dmarc_by_the_best_proof() {
    type Change = fn(&mut Facts);
    let no_spf: Change = |facts| facts.domains[0].spf = Ok(spf(Allows::No, Rest::SoftFail));
    let no_key: Change = |facts| facts.domains[0].keys.clear();
    let missing_key: Change = |facts| facts.domains[0].keys = vec![key(Published::Missing)];
    let strict: Change = |facts| {
        let record = Record { strict_dkim: true, strict_spf: true, ..dmarc(Policy::Reject) };
        facts.domains[0].dmarc = Ok(Some(record));
        facts.domains[0].domain = domain("sub.own.test");
    };
    let unreadable_key: Change = |facts| facts.domains[0].keys[0].state = Err("no answer".into());
    for (name, profile, changes, expected) in [
        ("SES: only our signature", Some("ses"), &[no_spf][..], Proof::Aligned),
        ("SES without a key", Some("ses"), &[no_spf, no_key], Proof::AfterSetup),
        ("SES, strict, key of the domain above", Some("ses"), &[strict], Proof::AfterSetup),
        ("rewriting unknown", Some("brevo"), &[], Proof::Likely),
        ("unknown smarthost: SPF alone", None, &[no_key], Proof::Aligned),
        ("unknown smarthost: our key alone", None, &[no_spf], Proof::Aligned),
        ("unknown smarthost: key not published, SPF unclear", None, &[no_spf, missing_key], Proof::Unknown),
        ("key unreadable, SPF unclear", None, &[no_spf, unreadable_key], Proof::Unknown),
    ] {
        let verdict = judged(profile, |facts| changes.iter().for_each(|change| change(facts)));
        assert_eq!(proof(&verdict), expected, "{name}: {verdict:#?}");
        assert!(verdict.usable, "{name}");
    }
}

#[test]
fn certain_failure_of_a_demanding_policy_is_fatal() {
    let fails = |policy: Option<Policy>| {
        judged(None, |facts| {
            facts.domains[0].keys.clear();
            facts.domains[0].spf = Ok(spf(Allows::Broken(Fault::TooManyLookups), Rest::SoftFail));
            facts.domains[0].dmarc = Ok(policy.map(dmarc));
        })
    };
    for (policy, usable) in [
        (Some(Policy::Reject), false),
        (Some(Policy::Quarantine), false),
        (Some(Policy::None), true),
        (None, true),
    ] {
        let verdict = fails(policy);
        assert_eq!(verdict.usable, usable, "{policy:?}");
        assert_eq!(proof(&verdict), Proof::Fails);
    }
    assert_eq!(
        fails(Some(Policy::Reject)).reason().as_deref(),
        Some("mail of own.test fails DMARC on this way")
    );
}

#[test]
fn dns_that_is_silent_is_a_warning() {
    let verdict = judged(None, |facts| {
        facts.domains[0].spf = Err("no answer".into());
        facts.domains[0].dmarc = Err("no answer".into());
        facts.domains[0].keys.clear();
    });
    assert!(verdict.usable);
    assert_eq!(severity(&verdict, |it| matches!(it, Finding::Dns { .. })), Severity::Warning);
    assert_eq!(proof(&verdict), Proof::Unknown);
}

#[test]
fn the_null_sender_is_never_a_reason_not_to_use_it() {
    let weight = |null_sender: NullSender, answer: Answer| {
        let mut facts = facts();
        facts.report.envelopes[1].answer = answer;
        let relay = Relay { null_sender, ..relay(None) };
        let verdict = judge(&relay, &facts, 0);
        assert!(verdict.usable);
        severity(&verdict, |it| matches!(it, Finding::NullSender { .. }))
    };
    assert_eq!(weight(NullSender::Kept, Answer::Accepted), Severity::Good);
    assert_eq!(weight(NullSender::Kept, Answer::Refused), Severity::Warning);
    assert_eq!(weight(NullSender::Unknown, Answer::Refused), Severity::Note);
    assert_eq!(weight(NullSender::Replaced(None), Answer::Refused), Severity::Note);
}

#[test]
fn terms_of_the_provider_are_told() {
    let verdict = judged(Some("ses"), |facts| facts.report.port = Some(2587));
    let has = |wanted: fn(&Finding) -> bool| severity(&verdict, wanted);
    assert_eq!(has(|it| matches!(it, Finding::VerifiedSenders)), Severity::Note);
    assert_eq!(has(|it| matches!(it, Finding::Quota { per_day: Some(200), .. })), Severity::Note);
    assert_eq!(has(|it| matches!(it, Finding::Size { relay_bytes: 41_943_040, .. })), Severity::Note);
    assert_eq!(has(|it| matches!(it, Finding::OtherPort { port: 2587, instead_of: 587 })), Severity::Note);
    assert_eq!(severity(&judged(None, |_| {}), |it| matches!(it, Finding::QuotaUnknown)), Severity::Note);
}

#[test]
fn a_verdict_survives_being_written_down() {
    let verdict = judged(Some("mailgun"), |facts| facts.domains[0].keys = vec![key(Published::Different)]);
    let text = serde_json::to_string(&verdict).expect("JSON");
    assert_eq!(serde_json::from_str::<PreflightVerdict>(&text).expect("read"), verdict);
}

#[test]
fn the_latest_verdict_counts() {
    let preflights = Preflights::default();
    assert_eq!(preflights.obstacle("next"), None, "nobody has looked: not known to be bad");
    let bad = judged(None, |facts| facts.report.envelopes[0].answer = Answer::Refused);
    preflights.note(bad.into());
    assert_eq!(
        preflights.obstacle("next").map(|it| it.to_string()).as_deref(),
        Some("to mail of own.test it says: 250 2.1.0 ok"),
        "the words are the relay's"
    );
    preflights.note(judged(None, |_| {}).into());
    assert_eq!(preflights.obstacle("next"), None);
    preflights.forget();
    assert!(preflights.verdict("next").is_none());
}
