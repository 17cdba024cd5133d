//! What was seen, sorted by witness: one operator, one witness, however many of its servers were asked.
//!
//! [`Scene::new`] sorts the observations of one path; the rules ask it who saw what. Of an operator's servers the one
//! counts that speaks best for port 25: what reaches one of them is not blocked.

use std::time::Duration;

use super::super::host::{HostFacts, LocalRule};
use super::super::outcome::{Family, Observation, Outcome, Role};
use super::Evidence;

/// A lost SYN is sent again after a second (RFC 6298 §2.1): a connection that took this long lost its first.
const SLOW: Duration = Duration::from_millis(900);

/// See the head of this file.
pub(super) struct Scene<'a> {
    /// Mail exchangers, one per operator: the observation that speaks best for port 25.
    pub(super) exchanges: Vec<&'a Observation>,
    pub(super) controls: Vec<&'a Observation>,
    pub(super) canaries: Vec<&'a Observation>,
    pub(super) host: &'a HostFacts,
}

impl<'a> Scene<'a> {
    pub(super) fn new(observations: &'a [Observation], host: &'a HostFacts) -> Self {
        let of = |roles: &[Role]| observations.iter().filter(|it| roles.contains(&it.role)).collect();
        let mut exchanges: Vec<&Observation> = Vec::new();
        for observation in observations.iter().filter(|it| it.role == Role::Exchange) {
            match exchanges.iter_mut().find(|it| it.operator == observation.operator) {
                Some(best) if rank(&observation.outcome) > rank(&best.outcome) => *best = observation,
                Some(_) => {}
                None => exchanges.push(observation),
            }
        }
        Self { exchanges, controls: of(&[Role::Web, Role::Submission]), canaries: of(&[Role::Canary]), host }
    }

    /// Operators whose exchanger was seen so.
    pub(super) fn who(&self, seen: impl Fn(&Outcome) -> bool) -> Vec<String> {
        self.exchanges.iter().filter(|it| seen(&it.outcome)).map(|it| it.operator.clone()).collect()
    }

    pub(super) fn count(&self, seen: impl Fn(&Outcome) -> bool) -> usize {
        self.exchanges.iter().filter(|it| seen(&it.outcome)).count()
    }

    /// Operators whose exchanger has answered.
    pub(super) fn answers(&self) -> usize {
        self.count(Outcome::is_answer)
    }

    /// Operators whose exchanger's address was found.
    pub(super) fn asked(&self) -> usize {
        self.count(|outcome| !matches!(outcome, Outcome::Dns { .. }))
    }

    /// Some other port of somebody can be reached; a RST from there is an answer, too.
    pub(super) fn has_network(&self) -> bool {
        self.controls.iter().any(|it| it.outcome.is_connected() || it.outcome == Outcome::Reset)
    }

    /// Some other port was tried at an address.
    pub(super) fn has_controls(&self) -> bool {
        self.controls.iter().any(|it| !matches!(it.outcome, Outcome::Dns { .. }))
    }

    /// The connection came about, but not at the first attempt.
    pub(super) fn is_slow(observation: &Observation) -> bool {
        observation.outcome.is_connected() && u128::from(observation.connect_milliseconds) >= SLOW.as_millis()
    }

    /// Rules of this host that are about this family.
    pub(super) fn rules(&self) -> impl Iterator<Item = &LocalRule> {
        let family = self.exchanges.iter().find_map(|it| it.address).map(|address| Family::of(address.ip()));
        self.host.rules.iter().filter(move |rule| family.is_none_or(|family| rule.covers(family)))
    }

    /// What may be said beside any verdict: other ports, DNS.
    pub(super) fn surroundings(&self) -> Vec<Evidence> {
        let mut evidence = Vec::new();
        for (role, port) in [(Role::Web, 443), (Role::Submission, 587)] {
            let of = |reached: bool| -> Vec<String> {
                let is_so = |it: &&&Observation| {
                    it.role == role
                        && !matches!(it.outcome, Outcome::Dns { .. })
                        && it.outcome.is_connected() == reached
                };
                self.controls.iter().filter(is_so).map(|it| it.operator.clone()).collect()
            };
            let (reached, failed) = (of(true), of(false));
            if !reached.is_empty() {
                evidence.push(Evidence::ControlReached { port, operators: reached });
            }
            if !failed.is_empty() {
                evidence.push(Evidence::ControlFailed { port, operators: failed });
            }
        }
        evidence.extend(self.dns_failures());
        evidence
    }

    pub(super) fn dns_failures(&self) -> Option<Evidence> {
        let all = self.exchanges.iter().chain(&self.controls);
        let failures: Vec<_> = all
            .filter_map(|it| match &it.outcome {
                Outcome::Dns { problem, name } => Some((*problem, name.clone())),
                _ => None,
            })
            .collect();
        let problem = failures.first()?.0;
        let mut names: Vec<String> = failures.into_iter().map(|(_, name)| name).collect();
        names.dedup();
        Some(Evidence::DnsFailed { problem, names })
    }

    /// What was seen at the exchangers, kind by kind, the largest group first.
    pub(super) fn sightings(&self) -> Vec<Evidence> {
        let mut groups: Vec<(usize, Evidence)> = Vec::new();
        let mut push = |operators: Vec<String>, make: &dyn Fn(Vec<String>) -> Evidence| {
            if !operators.is_empty() {
                groups.push((operators.len(), make(operators)));
            }
        };
        let first_text = |read: &dyn Fn(&Outcome) -> Option<String>| {
            self.exchanges.iter().find_map(|it| read(&it.outcome)).unwrap_or_default()
        };
        push(self.who(|it| it.session().is_some()), &|operators| Evidence::Greeted { operators });
        push(self.who(|it| matches!(it, Outcome::Rejected { .. })), &|operators| {
            let text = first_text(&|it| match it {
                Outcome::Rejected { code, text } => Some(format!("{code} {text}")),
                _ => None,
            });
            Evidence::Rejected { operators, text }
        });
        push(self.who(|it| *it == Outcome::Unanswered), &|operators| Evidence::Unanswered { operators });
        push(self.who(|it| *it == Outcome::Reset), &|operators| Evidence::Reset { operators });
        push(self.who(|it| *it == Outcome::Silent), &|operators| Evidence::Silent { operators });
        push(self.who(|it| matches!(it, Outcome::Broken { .. })), &|operators| {
            let problem = first_text(&|it| match it {
                Outcome::Broken { problem, .. } => Some(problem.clone()),
                _ => None,
            });
            Evidence::Broken { operators, problem }
        });
        let first_icmp = self.exchanges.iter().find_map(|it| match it.outcome {
            Outcome::Icmp(icmp) => Some(icmp),
            _ => None,
        });
        if let Some(icmp) = first_icmp {
            let operators = self.who(|it| matches!(it, Outcome::Icmp(_)));
            groups.push((operators.len(), Evidence::Icmp { operators, icmp }));
        }
        groups.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
        groups.into_iter().map(|(_, evidence)| evidence).collect()
    }
}

/// How much an outcome speaks for port 25 being open.
fn rank(outcome: &Outcome) -> u8 {
    match outcome {
        outcome if outcome.is_answer() => 3,
        outcome if outcome.is_connected() => 2,
        Outcome::Dns { .. } => 0,
        _ => 1,
    }
}
