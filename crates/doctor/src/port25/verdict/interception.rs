//! Somebody in between: answers that are not the targets' own.
//!
//! A single operator may change its servers' names, lose its certificate or drop STARTTLS; that is a note. The
//! same at unrelated operators is not theirs: it is evidence.

use std::collections::BTreeMap;

use postamt_mail::address::Domain;

use super::super::outcome::{Observation, Outcome, Tls};
use super::super::probe::are_related;
use super::scene::Scene;
use super::{Confidence, Evidence, Kind, Verdict};

/// Unrelated operators that must show the same oddity.
const ENOUGH: usize = 2;
/// Operators whose certificates must all be untrusted: more than for the rest, for roots can be missing here.
const ENOUGH_UNTRUSTED: usize = 3;

/// The verdict "intercepted", when there is evidence for it.
pub(super) fn judge(scene: &Scene<'_>) -> Option<Verdict> {
    let oddities = oddities(scene);
    let (strong, notes): (Vec<_>, Vec<_>) = oddities.into_iter().partition(|oddity| oddity.is_evidence);
    if strong.is_empty() {
        return None;
    }
    let confidence = if strong.len() > 1 || strong.iter().any(|it| it.is_proof) {
        Confidence::High
    } else {
        Confidence::Medium
    };
    let mut evidence: Vec<Evidence> = strong.into_iter().chain(notes).map(|it| it.evidence).collect();
    evidence.extend(scene.sightings());
    evidence.extend(scene.surroundings());
    Some(Verdict { kind: Kind::Intercepted, evidence, confidence })
}

/// What is odd, but no evidence: told beside another verdict.
pub(super) fn notes(scene: &Scene<'_>) -> Vec<Evidence> {
    oddities(scene).into_iter().filter(|it| !it.is_evidence).map(|it| it.evidence).collect()
}

/// Connections come about everywhere and nobody says a word: not all these operators are broken at one time.
pub(super) fn silence(scene: &Scene<'_>) -> Option<Verdict> {
    let mute = scene.count(|it| matches!(it, Outcome::Silent | Outcome::Broken { .. }));
    if scene.answers() > 0 || mute < ENOUGH || mute * 5 < scene.asked() * 4 || !scene.has_network() {
        return None;
    }
    let evidence = [scene.sightings(), scene.surroundings()].concat();
    Some(Verdict { kind: Kind::Intercepted, evidence, confidence: Confidence::Medium })
}

struct Oddity {
    evidence: Evidence,
    /// Enough unrelated operators show it.
    is_evidence: bool,
    /// It has no innocent explanation.
    is_proof: bool,
}

fn oddities(scene: &Scene<'_>) -> Vec<Oddity> {
    let finders = [
        canary,
        same_greeting,
        foreign_name,
        foreign_certificate,
        untrusted_certificates,
        starttls_missing,
        masked,
        tls_broken,
    ];
    finders.iter().filter_map(|find| find(scene)).collect()
}

/// An oddity of those of `all` that are in `odd`: evidence if they are several and at least half.
fn weigh(odd: &[&Observation], all: usize, evidence: impl FnOnce(Vec<String>) -> Evidence) -> Option<Oddity> {
    let first = odd.first()?;
    let is_evidence = odd.len() >= ENOUGH
        && odd.len() * 2 >= all
        && odd.iter().any(|other| !are_related(host(first), host(other)));
    let operators = odd.iter().map(|it| it.operator.clone()).collect();
    Some(Oddity { evidence: evidence(operators), is_evidence, is_proof: false })
}

/// Whoever takes a connection there cannot be the one that it was meant for.
fn canary(scene: &Scene<'_>) -> Option<Oddity> {
    let answered = scene.canaries.iter().find(|it| it.outcome.is_connected())?;
    let address = answered.address.map_or_else(|| answered.name.clone(), |address| address.ip().to_string());
    Some(Oddity { evidence: Evidence::CanaryAnswered { address }, is_evidence: true, is_proof: true })
}

fn same_greeting(scene: &Scene<'_>) -> Option<Oddity> {
    let mut names: BTreeMap<String, Vec<&Observation>> = BTreeMap::new();
    let mut all = 0;
    for exchange in &scene.exchanges {
        let Some(name) = greeting_name(&exchange.outcome) else { continue };
        all += 1;
        let same = names.entry(name).or_default();
        if !same.iter().any(|other| are_related(host(other), host(exchange))) {
            same.push(exchange);
        }
    }
    let (name, same) = names.into_iter().max_by_key(|(_, same)| same.len())?;
    if same.len() < ENOUGH {
        return None;
    }
    // Two small companies may have one hoster; half of all that greet have not.
    let is_evidence = same.len() * 2 >= all;
    let operators = same.iter().map(|it| it.operator.clone()).collect();
    Some(Oddity { evidence: Evidence::SameGreeting { name, operators }, is_evidence, is_proof: is_evidence })
}

/// The host name that a server greets with; a refusal may have one, too.
fn greeting_name(outcome: &Outcome) -> Option<String> {
    let text = match outcome {
        Outcome::Greeted(session) | Outcome::TlsFailed { session, .. } => &session.name,
        Outcome::Rejected { text, .. } => text,
        Outcome::Broken { greeting: Some(greeting), .. } => greeting,
        _ => return None,
    };
    let word = text.split_ascii_whitespace().next()?;
    let name = Domain::new(word).ok().filter(|name| name.as_str().contains('.'))?;
    Some(name.to_string())
}

fn foreign_name(scene: &Scene<'_>) -> Option<Oddity> {
    let (all, odd) = sessions(scene, |exchange| {
        let session = exchange.outcome.session();
        session.is_some_and(|it| !it.matches && !it.tls.as_ref().is_some_and(|tls| tls.matches))
    });
    let name = odd.first()?.outcome.session()?.name.clone();
    weigh(&odd, all, |operators| Evidence::ForeignName { name, operators })
}

fn foreign_certificate(scene: &Scene<'_>) -> Option<Oddity> {
    let (all, odd) = sessions(scene, |exchange| {
        let session = exchange.outcome.session();
        session.is_some_and(|it| it.tls.as_ref().is_some_and(|tls| !tls.matches && !tls.verified))
    });
    let names = odd.first()?.outcome.session()?.tls.as_ref()?.certificate_names.clone();
    weigh(&odd, all, |operators| Evidence::ForeignCertificate { names, operators })
}

/// Inspection that copies the names into certificates of its own.
fn untrusted_certificates(scene: &Scene<'_>) -> Option<Oddity> {
    let known: Vec<(&Observation, &Tls)> = scene
        .exchanges
        .iter()
        .filter(|it| it.offers_starttls)
        .filter_map(|it| Some((*it, it.outcome.session()?.tls.as_ref()?)))
        .collect();
    if known.len() < ENOUGH_UNTRUSTED || known.iter().any(|(_, tls)| tls.verified || !tls.matches) {
        return None;
    }
    let problem = known.first()?.1.problem.clone().unwrap_or_default();
    let operators = known.iter().map(|(it, _)| it.operator.clone()).collect();
    let evidence = Evidence::UntrustedCertificates { operators, problem };
    Some(Oddity { evidence, is_evidence: true, is_proof: false })
}

fn starttls_missing(scene: &Scene<'_>) -> Option<Oddity> {
    let known = |it: &&&Observation| it.offers_starttls && it.outcome.session().is_some();
    let all = scene.exchanges.iter().filter(known).count();
    let odd: Vec<&Observation> = scene
        .exchanges
        .iter()
        .filter(known)
        .filter(|it| it.outcome.session().is_some_and(|session| !session.offers_starttls()))
        .copied()
        .collect();
    weigh(&odd, all, |operators| Evidence::StarttlsMissing { operators })
}

/// Firewalls that "inspect" SMTP write X over the offers that they do not like, and stars over the greeting.
fn masked(scene: &Scene<'_>) -> Option<Oddity> {
    let mask = |exchange: &Observation| -> Option<String> {
        let session = exchange.outcome.session()?;
        let offer = session.offers.iter().find(|line| line.starts_with("XXXX") || line.contains("XXXXA"));
        offer.cloned().or_else(|| session.greeting.contains("****").then(|| session.greeting.clone()))
    };
    let (all, odd) = sessions(scene, |exchange| mask(exchange).is_some());
    let text = mask(odd.first()?)?;
    weigh(&odd, all, |operators| Evidence::Masked { text, operators })
}

fn tls_broken(scene: &Scene<'_>) -> Option<Oddity> {
    let (all, odd) = sessions(scene, |exchange| {
        exchange.offers_starttls && matches!(exchange.outcome, Outcome::TlsFailed { .. })
    });
    let Outcome::TlsFailed { problem, .. } = &odd.first()?.outcome else { return None };
    weigh(&odd, all, |operators| Evidence::TlsBroken { operators, problem: problem.clone() })
}

/// How many exchangers had a session, and those of them that are odd.
fn sessions<'a>(scene: &Scene<'a>, is_odd: impl Fn(&Observation) -> bool) -> (usize, Vec<&'a Observation>) {
    let all = scene.exchanges.iter().filter(|it| it.outcome.session().is_some());
    let odd = all.clone().filter(|it| is_odd(it)).copied().collect();
    (all.count(), odd)
}

fn host(observation: &Observation) -> &str {
    observation.host.as_deref().unwrap_or(&observation.name)
}
