//! The rules, in the order in which they are asked; the first one that has something to say is the verdict.
//!
//! DNS comes first, since everything behind it would speak of the wrong addresses; then what this host does
//! itself; then interception, because an impostor's answers look like success.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::super::outcome::{DnsProblem, Icmp, Outcome};
use super::super::probe::are_related;
use super::interception;
use super::scene::Scene;
use super::{Confidence, Evidence, Kind, Verdict};

type Rule = fn(&Scene<'_>) -> Option<Verdict>;

/// See the head of this file.
pub(super) const IN_ORDER: [Rule; 10] = [
    source_unavailable,
    forged_dns,
    local_firewall,
    interception::judge,
    throttled,
    open,
    dns_broken,
    no_network,
    interception::silence,
    blocked,
];

/// Witnesses that a verdict of "blocked" needs: one silent server is a silent server.
const ENOUGH: usize = 2;
/// Names of unrelated operators at one address that cannot be chance.
const FORGED: usize = 3;

fn verdict(kind: Kind, confidence: Confidence, first: Vec<Evidence>, scene: &Scene<'_>) -> Option<Verdict> {
    let mut evidence = first;
    evidence.extend(scene.sightings());
    evidence.extend(scene.surroundings());
    Some(Verdict { kind, evidence, confidence })
}

/// When no rule speaks.
pub(super) fn inconclusive(scene: &Scene<'_>) -> Verdict {
    let mut evidence = Vec::new();
    if scene.asked() < ENOUGH {
        evidence.push(Evidence::TooFew { operators: scene.asked() });
    }
    evidence.extend(scene.sightings());
    evidence.extend(scene.surroundings());
    Verdict { kind: Kind::Inconclusive, evidence, confidence: Confidence::Low }
}

fn source_unavailable(scene: &Scene<'_>) -> Option<Verdict> {
    let all = scene.exchanges.iter().chain(&scene.controls);
    let unavailable = all.clone().filter(|it| it.outcome == Outcome::SourceUnavailable).count();
    if unavailable == 0 || all.clone().any(|it| it.outcome.is_connected()) {
        return None;
    }
    let evidence = vec![Evidence::SourceUnavailable];
    Some(Verdict { kind: Kind::NoNetwork, evidence, confidence: Confidence::High })
}

/// Names that have nothing to do with each other lead to one address.
fn forged_dns(scene: &Scene<'_>) -> Option<Verdict> {
    let mut places: BTreeMap<IpAddr, Vec<String>> = BTreeMap::new();
    for exchange in &scene.exchanges {
        let Some(address) = exchange.address else { continue };
        let names = places.entry(address.ip()).or_default();
        let host = exchange.host.as_deref().unwrap_or(&exchange.name);
        let is_related = scene.exchanges.iter().any(|other| {
            names.contains(&other.operator) && are_related(other.host.as_deref().unwrap_or(&other.name), host)
        });
        if !is_related {
            names.push(exchange.operator.clone());
        }
    }
    let (address, operators) = places.into_iter().max_by_key(|(_, operators)| operators.len())?;
    if operators.len() < FORGED || operators.len() * 2 < scene.asked() {
        return None;
    }
    let evidence = vec![Evidence::SameAddress { address: address.to_string(), operators }];
    verdict(Kind::DnsBroken, Confidence::High, evidence, scene)
}

fn local_firewall(scene: &Scene<'_>) -> Option<Verdict> {
    if scene.answers() > 0 || scene.asked() == 0 {
        return None;
    }
    let rules: Vec<_> = scene.rules().map(|rule| Evidence::LocalRule { rule: rule.text.clone() }).collect();
    let half = |count: usize| count > 0 && count * 2 >= scene.asked();
    let refusal = scene.exchanges.iter().find_map(|it| match it.outcome {
        Outcome::LocalRefusal { code } => Some(code),
        _ => None,
    });
    let own_icmp = |it: &Outcome| matches!(it, Outcome::Icmp(Icmp { from_this_host: true, .. }));
    if let Some(code) = refusal
        && half(scene.count(|it| matches!(it, Outcome::LocalRefusal { .. })))
    {
        let evidence = [vec![Evidence::LocalRefusal { code }], rules].concat();
        return verdict(Kind::LocalFirewall, Confidence::High, evidence, scene);
    }
    if half(scene.count(own_icmp)) {
        return verdict(Kind::LocalFirewall, Confidence::High, rules, scene);
    }
    let failed = scene.count(|it| matches!(it, Outcome::Unanswered | Outcome::Reset | Outcome::Icmp(_)));
    if !rules.is_empty() && half(failed) {
        return verdict(Kind::LocalFirewall, Confidence::High, rules, scene);
    }
    // Each lost SYN is repeated at least once while we wait, and the kernel counts what it could not send.
    let unanswered = scene.count(|it| *it == Outcome::Unanswered);
    let drops = scene.host.local_drops;
    if unanswered >= ENOUGH && half(unanswered) && drops >= unanswered as u64 {
        let evidence = vec![Evidence::LocalDrops { count: drops }];
        return verdict(Kind::LocalFirewall, Confidence::Medium, evidence, scene);
    }
    None
}

/// Some pass, and as many or more do not, or only at a later attempt, while other ports have no such trouble.
fn throttled(scene: &Scene<'_>) -> Option<Verdict> {
    let failed = |it: &Outcome| matches!(it, Outcome::Unanswered | Outcome::Reset | Outcome::Icmp(_));
    let fast: Vec<_> =
        scene.exchanges.iter().filter(|it| it.outcome.is_answer() && !Scene::is_slow(it)).collect();
    let slow: Vec<_> =
        scene.exchanges.iter().filter(|it| it.outcome.is_answer() && Scene::is_slow(it)).collect();
    let failures: Vec<_> = scene.exchanges.iter().filter(|it| failed(&it.outcome)).collect();
    let troubled = slow.len() + failures.len();
    let control_trouble = scene.controls.iter().any(|it| Scene::is_slow(it));
    if fast.is_empty() || troubled < ENOUGH || control_trouble {
        return None;
    }
    let kinds = |outcome: &Outcome| std::mem::discriminant(outcome);
    let is_uniform = failures.windows(2).all(|pair| kinds(&pair[0].outcome) == kinds(&pair[1].outcome));
    if !is_uniform {
        return None;
    }
    let last_fast = fast.iter().map(|it| it.order).max();
    let is_ordered = failures.iter().chain(&slow).map(|it| it.order).min() > last_fast;
    // As many troubled as fast ones, or all of them behind the fast ones.
    let confidence = match (troubled >= fast.len(), is_ordered) {
        (true, true) => Confidence::Medium,
        (true, false) if !slow.is_empty() => Confidence::Medium,
        (false, false) => return None,
        _ => Confidence::Low,
    };
    let mut evidence = Vec::new();
    if !slow.is_empty() {
        evidence.push(Evidence::Slow { operators: slow.iter().map(|it| it.operator.clone()).collect() });
    }
    verdict(Kind::Throttled, confidence, evidence, scene)
}

fn open(scene: &Scene<'_>) -> Option<Verdict> {
    let answers = scene.answers();
    let failures = scene.asked() - answers;
    let confidence = match (answers, failures) {
        (0, _) => return None,
        (answers, failures) if answers < failures => return None,
        (3.., failures) if answers >= failures * 3 => Confidence::High,
        (2.., failures) if answers > failures => Confidence::Medium,
        _ => Confidence::Low,
    };
    verdict(Kind::Open, confidence, interception::notes(scene), scene)
}

/// Without DNS there are only anchors to tell whether there is a network.
fn dns_broken(scene: &Scene<'_>) -> Option<Verdict> {
    let failures = scene.count(|it| matches!(it, Outcome::Dns { .. }));
    let timeout = |it: &Outcome| matches!(it, Outcome::Dns { problem: DnsProblem::Timeout, .. });
    if scene.asked() == 0 && scene.has_controls() && !scene.has_network() {
        let no_route = scene.controls.iter().any(|it| it.outcome == Outcome::NoRoute);
        if no_route {
            return verdict(Kind::NoNetwork, Confidence::High, vec![Evidence::NoRoute], scene);
        }
        if failures > 0 && scene.count(timeout) == failures {
            return verdict(Kind::NoNetwork, Confidence::Medium, Vec::new(), scene);
        }
    }
    if failures < ENOUGH || failures * 2 <= scene.exchanges.len() || scene.asked() >= ENOUGH {
        return None;
    }
    // Silent name servers may as well be an absent network, unless something else can be reached.
    let is_certain = scene.has_network() || scene.count(timeout) == 0;
    let confidence = match scene.asked() {
        0 if failures > ENOUGH && is_certain => Confidence::High,
        _ => Confidence::Medium,
    };
    verdict(Kind::DnsBroken, confidence, Vec::new(), scene)
}

/// Nothing passes anywhere. ICMP from a router counts as "nothing passes" only if other ports fail, too.
fn no_network(scene: &Scene<'_>) -> Option<Verdict> {
    if scene.asked() == 0 || scene.answers() > 0 {
        return None;
    }
    let no_route = scene.count(|it| *it == Outcome::NoRoute);
    if no_route == scene.asked() && !scene.has_network() {
        return verdict(Kind::NoNetwork, Confidence::High, vec![Evidence::NoRoute], scene);
    }
    let lost = |it: &Outcome| matches!(it, Outcome::Unanswered | Outcome::NoRoute | Outcome::Icmp(_));
    let controls_lost = scene.has_controls()
        && scene.controls.iter().all(|it| lost(&it.outcome) || matches!(it.outcome, Outcome::Dns { .. }));
    if scene.count(lost) == scene.asked() && controls_lost {
        let enough = scene.asked() > ENOUGH && scene.controls.len() > 1;
        let confidence = if enough { Confidence::High } else { Confidence::Medium };
        return verdict(Kind::NoNetwork, confidence, Vec::new(), scene);
    }
    None
}

/// Nobody answers on 25: how they do not is the verdict, if most agree on it.
fn blocked(scene: &Scene<'_>) -> Option<Verdict> {
    if scene.answers() > 0 {
        return None;
    }
    let by_router = |it: &Outcome| matches!(it, Outcome::Icmp(Icmp { from_this_host: false, .. }));
    let groups = [
        (Kind::Dropped, scene.count(|it| *it == Outcome::Unanswered)),
        (Kind::Refused, scene.count(|it| *it == Outcome::Reset)),
        (Kind::Prohibited, scene.count(by_router)),
    ];
    let (kind, size) = groups.into_iter().max_by_key(|(_, size)| *size)?;
    if size < ENOUGH || size * 5 < scene.asked() * 3 {
        return None;
    }
    let confidence = match (kind, scene.has_network()) {
        // Silence everywhere and nothing to compare it with may as well be a cut cable.
        (Kind::Dropped, false) => return None,
        (_, true) if size > ENOUGH && size == scene.asked() => Confidence::High,
        (_, true) => Confidence::Medium,
        (_, false) => Confidence::Low,
    };
    verdict(kind, confidence, Vec::new(), scene)
}
