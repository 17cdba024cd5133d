//! From what is wrong with a tree of records to findings: the worst first, and none that only follows from another.

use postamt_mailauth::spf::{
    Evaluation, FaultKind, LOOKUP_LIMIT, Place, Problem, ProblemKind, Survey, VOID_LIMIT,
};

use super::Case;
use super::remedy::{self, Mending};
use crate::checks::finding::{Datum, Finding, Kind, Severity};

pub static SEVERAL: Kind = Kind::error("spf.several", "RFC 7208 §4.5");
pub static SPLIT: Kind = Kind::error("spf.split", "RFC 7208 §3.3");
pub static SYNTAX: Kind = Kind::error("spf.syntax", "RFC 7208 §4.6");
pub static DEAD_INCLUDE: Kind = Kind::error("spf.dead-include", "RFC 7208 §5.2");
pub static CIRCLE: Kind = Kind::error("spf.circle", "RFC 7208 §4.6.4");
pub static TOO_MANY_LOOKUPS: Kind = Kind::error("spf.too-many-lookups", "RFC 7208 §4.6.4");
pub static TOO_MANY_VOID: Kind = Kind::error("spf.too-many-void", "RFC 7208 §4.6.4");
pub static TOO_MANY_EXCHANGES: Kind = Kind::error("spf.too-many-exchanges", "RFC 7208 §4.6.4");
pub static EVERYBODY: Kind = Kind::warning("spf.everybody", "RFC 7208 §5.1");
pub static NEUTRAL: Kind = Kind::warning("spf.neutral", "RFC 7208 §8.2");
pub static PTR: Kind = Kind::warning("spf.ptr", "RFC 7208 §5.5");
pub static LEADS_NOWHERE: Kind = Kind::warning("spf.leads-nowhere", "RFC 7208 §4.6.4");
pub static IMPOSSIBLE_NAME: Kind = Kind::warning("spf.impossible-name", "RFC 7208 §4.8");
pub static BEHIND_ALL: Kind = Kind::note("spf.behind-all", "RFC 7208 §5.1");
pub static NOT_ASKED: Kind = Kind::unknown("spf.not-asked");

/// Findings after which it is no news that nobody passes.
pub static IS_BROKEN: [&Kind; 8] = [
    &SEVERAL,
    &SPLIT,
    &SYNTAX,
    &DEAD_INCLUDE,
    &CIRCLE,
    &TOO_MANY_LOOKUPS,
    &TOO_MANY_VOID,
    &TOO_MANY_EXCHANGES,
];

/// The survey with each place where it is to be mended: what leads to a name without a record stands in the record
/// before it.
pub fn placed(mut survey: Survey) -> Survey {
    for problem in &mut survey.problems {
        let ProblemKind::NothingAt(name) = &problem.kind else { continue };
        let Some((_, before)) = problem.place.chain.split_last().filter(|_| problem.place.term.is_none())
        else {
            continue;
        };
        let record = survey.records.iter().find(|record| record.chain == before);
        let term = record.and_then(|record| record.text.split(' ').find(|term| remedy::leads_to(term, name)));
        if let Some(term) = term {
            problem.place = Place { chain: before.to_vec(), term: Some(term.to_owned()) };
        }
    }
    survey
}

/// What is wrong with the tree.
pub async fn findings(case: &Case<'_>, survey: &Survey, mending: &Mending<'_>) -> Vec<Finding> {
    let own = survey.records.first().map(|record| record.text.as_str()).unwrap_or_default();
    let name = case.name.as_str();
    if let Some(seam) = mending.seam(&survey.problems) {
        // The rest follows from it.
        let finding = case.finding(&SPLIT).with("term", seam).seen_text(name, own);
        let finding = mending.others().fold(finding, |finding, other| finding.seen_text(name, other));
        return vec![mending.whole().finish(finding)];
    }
    let mending = &mending.of(survey).await;
    let is_there = |wanted: fn(&ProblemKind) -> bool| survey.problems.iter().any(|it| wanted(&it.kind));
    let is_void = is_there(|kind| matches!(kind, ProblemKind::TooManyVoidLookups(_)));
    let is_broken = survey.problems.iter().any(|problem| problem.kind.is_permanent_error());
    let mut found: Vec<Finding> = Vec::new();
    for problem in &survey.problems {
        // Many void look-ups are one finding, and an end that nobody comes to is none.
        let follows = match problem.kind {
            ProblemKind::NobodyAt(_) => is_void,
            ProblemKind::NoEnd => is_broken,
            _ => false,
        };
        if !follows {
            let finding = mending.finish(finding(case, problem, survey, own));
            if !found.iter().any(|before| is_same(before, &finding)) {
                found.push(finding);
            }
        }
    }
    // `?all` is no problem to a receiver, only of no use.
    let ends_neutral = survey.rest == Some(postamt_mailauth::spf::record::Qualifier::Neutral);
    if ends_neutral && !is_broken {
        let end = own.split(' ').find(|term| term.eq_ignore_ascii_case("?all")).unwrap_or_default();
        found.push(mending.finish(case.finding(&NEUTRAL).with("end", end).seen_text(name, own)));
    }
    found
}

/// One finding for all syntax errors of a record, and for all that nobody reads.
fn is_same(one: &Finding, other: &Finding) -> bool {
    one.kind == other.kind && one.values == other.values
}

/// What only one client runs into.
pub fn of_evaluation(case: &Case<'_>, evaluation: &Evaluation, mending: &Mending<'_>) -> Option<Finding> {
    let problem = evaluation.problems.iter().rev().find(|problem| {
        problem.kind.is_permanent_error() || matches!(problem.kind, ProblemKind::NoAnswer(_))
    })?;
    let survey = Survey::default();
    let mut finding = finding(case, problem, &survey, "");
    for question in &evaluation.questions {
        use postamt_mailauth::spf::QuestionOutcome;
        if question.outcome == QuestionOutcome::Void {
            finding = finding.seen(format!("{}. {}: -", question.name, question.record));
        }
    }
    Some(mending.finish(finding))
}

fn finding(case: &Case<'_>, problem: &Problem, survey: &Survey, own: &str) -> Finding {
    let place = &problem.place;
    let about = |kind: &'static Kind| seen(case.finding(kind), place, survey);
    let whole = |kind: &'static Kind| case.finding(kind).seen_text(case.name.as_str(), own);
    match &problem.kind {
        ProblemKind::SeveralRecords(count) => about(&SEVERAL).with_number("count", *count as u64),
        ProblemKind::Syntax(fault) => {
            about(&SYNTAX).with_datum("reason", Datum::Sentence(reason(fault.kind)))
        }
        ProblemKind::NothingAt(name) => {
            let is_redirect = place.term.as_deref().is_some_and(is_redirect);
            let finding = about(&DEAD_INCLUDE).with("name", name);
            if is_redirect { finding.source("RFC 7208 §6.1") } else { finding }
        }
        ProblemKind::Circle(name) => about(&CIRCLE).with("name", name),
        ProblemKind::TooManyLookups(count) => {
            let finding = case.finding(&TOO_MANY_LOOKUPS).with_number("count", *count as u64);
            let finding = finding.with_number("limit", LOOKUP_LIMIT as u64);
            survey.lookups.iter().fold(finding, |finding, place| finding.seen(told(place)))
        }
        ProblemKind::TooManyVoidLookups(count) => {
            let finding = case.finding(&TOO_MANY_VOID).with_number("count", *count as u64);
            let finding = finding.with_number("limit", VOID_LIMIT as u64);
            let voids = survey.problems.iter().filter(|it| matches!(it.kind, ProblemKind::NobodyAt(_)));
            voids.fold(finding, |finding, problem| finding.seen(told(&problem.place)))
        }
        ProblemKind::TooManyExchanges(count) => {
            about(&TOO_MANY_EXCHANGES).with_number("count", *count as u64)
        }
        ProblemKind::NoAnswer(name) => about(&NOT_ASKED).with("name", name),
        ProblemKind::ImpossibleName(name) => about(&IMPOSSIBLE_NAME).with("name", name),
        ProblemKind::EverybodyPasses => about(&EVERYBODY),
        ProblemKind::UsesPtr => about(&PTR),
        ProblemKind::NobodyAt(name) => about(&LEADS_NOWHERE).with("name", name),
        ProblemKind::BehindAll | ProblemKind::UselessRedirect => about(&BEHIND_ALL),
        ProblemKind::NoEnd => {
            let end = own.split_ascii_whitespace().last().unwrap_or_default();
            whole(&NEUTRAL).with("end", end)
        }
    }
}

/// With the place: the term, whose record it is in, and that record.
fn seen(finding: Finding, place: &Place, survey: &Survey) -> Finding {
    let is_grave = finding.severity == Severity::Error || finding.kind.id == EVERYBODY.id;
    let is_grave = is_grave || finding.severity == Severity::Unknown;
    let record = survey.records.iter().rev().find(|record| record.chain == place.chain);
    let finding = finding.with("term", place.term.as_deref().unwrap_or("-")).with("place", place.domain());
    // What others have in their records is theirs to mend.
    let finding = if place.chain.len() > 1 && !is_grave { finding.severity(Severity::Note) } else { finding };
    match record {
        Some(record) => finding.seen_text(place.domain(), &record.text),
        None => finding.seen(told(place)),
    }
}

/// `include:a.test (example.test > b.test)`
fn told(place: &Place) -> String {
    let chain = place.chain.join(" > ");
    place.term.as_ref().map_or(chain.clone(), |term| format!("{term} ({chain})"))
}

fn is_redirect(term: &str) -> bool {
    term.to_ascii_lowercase().starts_with("redirect=")
}

fn reason(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Version => "doctor-spf-fault-version",
        FaultKind::UnknownMechanism => "doctor-spf-fault-mechanism",
        FaultKind::MissingValue => "doctor-spf-fault-missing-value",
        FaultKind::UnexpectedValue => "doctor-spf-fault-unexpected-value",
        FaultKind::Domain => "doctor-spf-fault-domain",
        FaultKind::Macro => "doctor-spf-fault-macro",
        FaultKind::Address => "doctor-spf-fault-address",
        FaultKind::Prefix => "doctor-spf-fault-prefix",
        FaultKind::Repeated => "doctor-spf-fault-repeated",
        FaultKind::Character => "doctor-spf-fault-character",
    }
}
