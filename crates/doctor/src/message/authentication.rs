//! Proofs of a message: each DKIM signature, SPF for the address that it would come from, and whether one of both
//! stands for the domain of `From` (DMARC).
//!
//! The address is the one that the caller names, else that of the uppermost `Received` field, else this host's own.

use std::net::IpAddr;

use postamt_mail::address::Domain;
use postamt_mailauth::verify::{Delivery, DkimSignature, DmarcPolicy, Outcome, Report};
use postamt_net::interfaces::is_public;

use super::{Eyes, Letter, Origin, Travel};
use crate::checks::finding::Datum;
use crate::checks::{Certainty, Finding, Kind, Severity};

static DKIM_GOOD: Kind = Kind::ok("message.dkim-good");
static DKIM_BAD: Kind = Kind::error("message.dkim-bad", "RFC 6376 §6.1");
static DKIM_NOT_KNOWN: Kind = Kind::unknown("message.dkim-not-known");
static UNSIGNED: Kind = Kind::warning("message.unsigned", "RFC 6376 §6.1");
static SPF_GOOD: Kind = Kind::ok("message.spf-good");
static SPF_BAD: Kind = Kind::error("message.spf-bad", "RFC 7208 §8.4");
static SPF_WEAK: Kind = Kind::warning("message.spf-weak", "RFC 7208 §8");
static SPF_NOT_KNOWN: Kind = Kind::unknown("message.spf-not-known");
static NO_ADDRESS: Kind = Kind::unknown("message.no-address");
static DMARC_GOOD: Kind = Kind::ok("message.dmarc-good");
static DMARC_BAD: Kind = Kind::error("message.dmarc-bad", "RFC 9989 §4.4");
static DMARC_NONE: Kind = Kind::warning("message.dmarc-none", "RFC 9989 §4.4");
static DMARC_NOT_KNOWN: Kind = Kind::unknown("message.dmarc-not-known");

/// See the head of this file.
pub(super) static KINDS: &[&Kind] = &[
    &DKIM_GOOD,
    &DKIM_BAD,
    &DKIM_NOT_KNOWN,
    &UNSIGNED,
    &SPF_GOOD,
    &SPF_BAD,
    &SPF_WEAK,
    &SPF_NOT_KNOWN,
    &NO_ADDRESS,
    &DMARC_GOOD,
    &DMARC_BAD,
    &DMARC_NONE,
    &DMARC_NOT_KNOWN,
];

pub(super) async fn judge(eyes: &Eyes, letter: &Letter<'_>, travel: &Travel) -> Vec<Finding> {
    let Some((client, origin)) = client(letter, travel) else {
        let signatures = eyes.verifier.verify_dkim(letter.octets).await;
        let mut found = signed(&signatures);
        found.push(Finding::new(&NO_ADDRESS, "SPF"));
        found.push(aligned(letter, &signatures));
        return found;
    };
    let sender = sender(letter, travel).unwrap_or_default();
    let delivery = Delivery { client, greeting: &travel.greeting, host: "receiver.invalid", sender: &sender };
    let report = eyes.verifier.verify(letter.octets, delivery).await;
    let mut found = signed(&report.signatures);
    found.push(spf(&report, client, origin, &sender, &travel.greeting));
    found.push(dmarc(&report, letter));
    found
}

/// Where the message would come from.
pub(super) fn client(letter: &Letter<'_>, travel: &Travel) -> Option<(IpAddr, Origin)> {
    let received = || letter.mime.as_ref()?.received()?.from_ip().filter(|address| is_public(*address));
    let named = travel.client.map(|address| (address, Origin::Named));
    named
        .or_else(|| received().map(|address| (address, Origin::Received)))
        .or_else(|| travel.own.map(|address| (address, Origin::Own)))
}

/// Whom `MAIL FROM` would name.
pub(super) fn sender(letter: &Letter<'_>, travel: &Travel) -> Option<String> {
    let returned = || {
        let field = letter.section.find("Return-Path")?;
        Some(field.text().trim_matches(['<', '>', ' ']).to_owned())
    };
    let author = || letter.author().map(|address| address.to_string());
    travel.sender.clone().or_else(returned).or_else(author)
}

fn signed(signatures: &[DkimSignature]) -> Vec<Finding> {
    if signatures.is_empty() {
        return vec![Finding::new(&UNSIGNED, "DKIM-Signature")];
    }
    signatures.iter().map(signature).collect()
}

fn signature(signature: &DkimSignature) -> Finding {
    let kind = match signature.outcome {
        Outcome::Pass => &DKIM_GOOD,
        Outcome::TempError => &DKIM_NOT_KNOWN,
        _ => &DKIM_BAD,
    };
    let DkimSignature { domain, selector, algorithm, .. } = signature;
    let reason = signature.reason.as_deref().unwrap_or_default();
    let finding = Finding::new(kind, if domain.is_empty() { "DKIM-Signature" } else { domain })
        .with("record", format!("{selector}._domainkey.{domain}"))
        .with("reason", reason)
        .seen(format!("d={domain} s={selector} a={algorithm}: dkim={}", signature.outcome));
    if reason.is_empty() { finding } else { finding.seen(reason) }
}

fn spf(report: &Report, client: IpAddr, origin: Origin, sender: &str, greeting: &str) -> Finding {
    let kind = match report.spf {
        Outcome::Pass => &SPF_GOOD,
        Outcome::Fail | Outcome::PermError => &SPF_BAD,
        Outcome::TempError => &SPF_NOT_KNOWN,
        Outcome::None | Outcome::SoftFail | Outcome::Neutral => &SPF_WEAK,
    };
    // RFC 7208 §2.4: with the null path the EHLO name stands in.
    let domain = sender.rsplit_once('@').map_or(greeting, |(_, domain)| domain);
    let origin = match origin {
        Origin::Named => "doctor-message-address-named",
        Origin::Received => "doctor-message-address-received",
        Origin::Own => "doctor-message-address-own",
    };
    Finding::new(kind, domain)
        .with("address", client)
        .with("result", report.spf)
        .with_datum("origin", Datum::Sentence(origin))
        .seen(format!("{client}, MAIL FROM:<{sender}>: spf={}", report.spf))
}

fn dmarc(report: &Report, letter: &Letter<'_>) -> Finding {
    let policy = match report.policy {
        DmarcPolicy::Unspecified => "-",
        DmarcPolicy::None => "none",
        DmarcPolicy::Quarantine => "quarantine",
        DmarcPolicy::Reject => "reject",
    };
    // Of several author domains, or none, no record is asked.
    let mut authors: Vec<String> = letter
        .section
        .addresses("From")
        .addresses
        .iter()
        .filter_map(|address| address.domain().map(ToString::to_string))
        .collect();
    authors.sort();
    authors.dedup();
    let [domain] = authors.as_slice() else {
        return Finding::new(&DMARC_NOT_KNOWN, "From").seen(authors.join(", "));
    };
    let (kind, severity) = match (report.dmarc, report.policy) {
        (Outcome::Pass, _) => (&DMARC_GOOD, Severity::Ok),
        (Outcome::TempError, _) => (&DMARC_NOT_KNOWN, Severity::Unknown),
        (Outcome::None, _) | (_, DmarcPolicy::Unspecified) => (&DMARC_NONE, Severity::Warning),
        (_, DmarcPolicy::Quarantine | DmarcPolicy::Reject) => (&DMARC_BAD, Severity::Error),
        _ => (&DMARC_BAD, Severity::Warning),
    };
    Finding::new(kind, domain).severity(severity).with("policy", policy).seen(format!("{report}, p={policy}"))
}

/// Without an address only signatures can stand for the author; how strict the domain is, is not asked then.
fn aligned(letter: &Letter<'_>, signatures: &[DkimSignature]) -> Finding {
    let author = letter.author().and_then(|address| address.domain().cloned());
    let Some(author) = author else { return Finding::new(&DMARC_NOT_KNOWN, "From") };
    let stands_for = |signature: &&DkimSignature| {
        signature.outcome == Outcome::Pass
            && Domain::new(&signature.domain)
                .is_ok_and(|domain| domain.organisational() == author.organisational())
    };
    match signatures.iter().find(stands_for) {
        Some(signature) => Finding::new(&DMARC_GOOD, &author)
            .with("policy", "-")
            .surely(Certainty::Likely)
            .seen(format!("d={}: dkim=pass", signature.domain)),
        None => Finding::new(&DMARC_NOT_KNOWN, &author),
    }
}
