//! The record itself: its tags, and whether its reports arrive.

use std::collections::BTreeSet;

use postamt_mail::address::Domain;
use postamt_mailauth::dmarc::{
    Authorisation, Found, Method, Policy, Problem, ProblemKind, ReportTarget, authorisation,
};

use super::{NOT_ASKED, shown, with_record, word};
use crate::checks::context::Context;
use crate::checks::finding::{Datum, Finding, Kind, Remedy, Severity};

pub static BAD_POLICY: Kind = Kind::error("dmarc.bad-policy", "RFC 9989 §4.7");
pub static NO_POLICY: Kind = Kind::warning("dmarc.no-policy", "RFC 7489 §6.3");
pub static SYNTAX: Kind = Kind::warning("dmarc.syntax", "RFC 9989 §4.7");
pub static UNKNOWN_TAG: Kind = Kind::note("dmarc.unknown-tag", "RFC 9989 §4.7");
pub static HISTORIC: Kind = Kind::note("dmarc.historic", "RFC 9989 §4.7");
pub static WRONG_ORDER: Kind = Kind::note("dmarc.wrong-order", "RFC 7489 §6.4");
pub static NO_REPORTS: Kind = Kind::note("dmarc.no-reports", "RFC 9989 §5.1");
pub static UNAUTHORISED: Kind = Kind::warning("dmarc.reports-unauthorised", "RFC 9990 §4");
pub static REPORTS_NOWHERE: Kind = Kind::warning("dmarc.reports-nowhere", "RFC 5321 §5.1");
pub static WEAKER_BELOW: Kind = Kind::warning("dmarc.weaker-below", "RFC 9989 §4.7");
pub static WEAKER_MISSING: Kind = Kind::warning("dmarc.weaker-missing", "RFC 9989 §4.7");
pub static TESTING: Kind = Kind::note("dmarc.testing", "RFC 9989 §4.7");

/// Everything about the record of one owner.
pub async fn judge(context: &Context, found: &Found) -> Vec<Finding> {
    let record = &found.record;
    let gone = gone(found);
    let finish = |finding: Finding| {
        let there = [record.text.clone()];
        with_record(context, shown(finding, &found.at, &there), &found.at, &there, &gone)
    };
    let about = |kind: &'static Kind| Finding::new(kind, &found.at);
    let mut all: Vec<Finding> = record
        .problems
        .iter()
        .filter_map(|problem| of_problem(context, found, problem))
        .map(finish)
        .collect();
    let own = record.own_policy();
    let below = record.below.unwrap_or(own);
    if below < own {
        let finding = about(&WEAKER_BELOW).with("policy", word(own)).with("below", word(below));
        all.push(finish(finding));
    }
    if let Some(missing) = record.missing.filter(|missing| *missing < below) {
        let finding = about(&WEAKER_MISSING).with("policy", word(below)).with("missing", word(missing));
        all.push(finish(finding));
    }
    if record.testing {
        let finding = about(&TESTING).with("policy", word(own)).with("while", word(own.while_testing()));
        all.push(shown(finding, &found.at, std::slice::from_ref(&record.text)));
    }
    all.extend(reports(context, found).await);
    all
}

/// Tags that the record is better off without.
fn gone(found: &Found) -> Vec<String> {
    let record = &found.record;
    let is_useless = |problem: &&Problem| {
        matches!(problem.kind, ProblemKind::UnknownTag | ProblemKind::Historic | ProblemKind::BadValue(_))
    };
    let mut gone: Vec<String> = record.problems.iter().filter(is_useless).map(|it| it.tag.clone()).collect();
    let own = record.own_policy();
    let below = record.below.unwrap_or(own);
    if below < own {
        gone.push("sp".to_owned());
    }
    if record.missing.is_some_and(|missing| missing < below) {
        gone.push("np".to_owned());
    }
    gone
}

fn of_problem(context: &Context, found: &Found, problem: &Problem) -> Option<Finding> {
    let about = |kind: &'static Kind| Finding::new(kind, &found.at).with("tag", &problem.tag);
    let syntax = |reason: &'static str| about(&SYNTAX).with_datum("reason", Datum::Sentence(reason));
    // Somebody who watches without being told anything sees nothing.
    let is_blind = found.record.own_policy() == Policy::None;
    Some(match &problem.kind {
        ProblemKind::BadValue(value) if problem.tag == "p" => about(&BAD_POLICY).with("value", value),
        ProblemKind::BadValue(_) if is_historic(found, &problem.tag) => return None,
        ProblemKind::BadValue(_) => syntax("doctor-dmarc-fault-value"),
        ProblemKind::NotATag => syntax("doctor-dmarc-fault-no-tag"),
        ProblemKind::Repeated => syntax("doctor-dmarc-fault-repeated"),
        ProblemKind::BadUri(_) => syntax("doctor-dmarc-fault-uri"),
        ProblemKind::UnknownTag => about(&UNKNOWN_TAG),
        ProblemKind::Historic => about(&HISTORIC),
        ProblemKind::SizeLimit(text) => about(&HISTORIC).with("tag", text),
        ProblemKind::NoPolicy => about(&NO_POLICY),
        ProblemKind::PolicyNotSecond => about(&WRONG_ORDER),
        ProblemKind::NoReports if is_blind => about(&NO_REPORTS).severity(Severity::Warning),
        // Whom a stranger lets know is the stranger's matter.
        ProblemKind::NoReports if context.host().is_none() => return None,
        ProblemKind::NoReports => about(&NO_REPORTS),
    })
}

fn is_historic(found: &Found, tag: &str) -> bool {
    found.record.problems.iter().any(|problem| problem.tag == tag && problem.kind == ProblemKind::Historic)
}

/// Whether reports reach those whom the record names: others must say that they want them (RFC 9990 §4, RFC 7489
/// §7.1), and whoever gets mail must have a mail server.
async fn reports(context: &Context, found: &Found) -> Vec<Finding> {
    let Ok(owner) = Domain::new(&found.at) else { return Vec::new() };
    let mut asked = BTreeSet::new();
    let mut all = Vec::new();
    for target in found.record.aggregate.iter().chain(&found.record.failure) {
        if target.domain.as_ref().is_some_and(|domain| asked.insert(domain.clone())) {
            let told = report(context, &owner, target).await;
            all.extend(told.map(|finding| finding.seen_text(&format!("_dmarc.{owner}"), &found.record.text)));
        }
    }
    all
}

async fn report(context: &Context, owner: &Domain, target: &ReportTarget) -> Option<Finding> {
    let receiver = target.domain.as_deref().and_then(|name| Domain::new(name).ok())?;
    let about =
        |kind: &'static Kind| Finding::new(kind, owner).with("uri", &target.uri).with("receiver", &receiver);
    match authorisation(context.resolver.as_ref(), Method::TreeWalk, owner, target).await {
        Authorisation::Own | Authorisation::Granted(_) => {}
        Authorisation::NoDomain => return None,
        Authorisation::NoAnswer(name) => return Some(Finding::new(&NOT_ASKED, owner).seen(name)),
        Authorisation::Missing(name) => {
            let finding = about(&UNAUTHORISED).with("name", &name).seen(format!("{name}. TXT: -"));
            return Some(match context.host() {
                Some(_) => finding.remedy(Remedy::text(name, "v=DMARC1", [])),
                None => finding,
            });
        }
    }
    // Of our own domains the check of the MX says it.
    let is_mail = target.uri.to_ascii_lowercase().starts_with("mailto:");
    if !is_mail || context.domains().contains(&receiver) {
        return None;
    }
    let exchanges = match context.resolver.mx(&receiver).await {
        Ok(answer) => answer.records,
        Err(error) => return Some(Finding::new(&NOT_ASKED, owner).seen(error)),
    };
    let takes_none = if exchanges.is_empty() {
        context.addresses(&receiver).await.is_ok_and(|found| found.all.is_empty())
    } else {
        exchanges.iter().all(|mx| mx.exchange.is_none())
    };
    takes_none.then(|| about(&REPORTS_NOWHERE).seen(format!("{receiver}. MX: -")))
}
