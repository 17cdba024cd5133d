//! The circuit breaker of one way out (a source address and family): a pure machine that takes what is seen and the
//! time, and says when the way is to be avoided and when it may be tried again.
//!
//! ```text
//!            several unrelated operators silent or refusing, none answering
//!  direct ────────────────────────────────────────────────────────────────▶ relay
//!    ▲                                                                        │ a probe says: open
//!    └── the first deliveries succeed ── trial ◀──────────────────────────────┘
//!                                          └── they fail: relay, and a longer wait ──▶
//! ```

use std::collections::HashMap;

use postamt_store::facts::{ConnectProblem, Evidence, PathFact, PathKey, PathReason, PathState};

/// So many unrelated operators must fail …
const OPERATORS: usize = 3;
/// … within so many seconds, while none answers.
const WINDOW_SECONDS: u64 = 180;
/// A connection attempt without an answer counts as a failure after so many seconds: two retransmissions of SYN
/// have gone unanswered by then (RFC 6298 §2.1: 1 s, then doubled).
pub const SILENCE_SECONDS: u64 = 6;
/// Mail that has no way at all looks again after so many seconds at the earliest.
pub const LOOK_AGAIN_SECONDS: u64 = 30;
/// … and at the latest: a relay may have been mended meanwhile.
pub const LONGEST_LOOK_SECONDS: u64 = 300;
/// A place in a trial that nothing was heard of for so long is free again.
const TRIAL_PATIENCE_SECONDS: u64 = 60;
/// Deliveries that a trial lets through at a time, and that must succeed to end it.
const TRIAL_DELIVERIES: u32 = 3;
/// A way that was closed again so soon after it was opened is flapping: the wait goes on growing.
const STABLE_SECONDS: u64 = 3600;
/// The first wait for a probe, doubled by each setback …
const FIRST_WAIT_SECONDS: u64 = 60;
/// … up to this.
const LONGEST_WAIT_SECONDS: u64 = 6 * 3600;
/// A probe that is overdue for so long will not come: mail itself tries the way.
const OVERDUE_SECONDS: u64 = 60;
/// Pieces of evidence that are kept.
const EVIDENCE_LIMIT: usize = 12;

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sighting {
    /// An operator answered on port 25: TCP stood, whatever was said then.
    Answered {
        /// Whose server: a registrable domain.
        operator: String,
    },
    /// An operator could not be reached.
    Failed {
        /// Whose server.
        operator: String,
        /// Why not.
        problem: ConnectProblem,
    },
    /// A message was delivered on this way.
    Delivered,
    /// A probe found the port open (true) or not.
    Probed {
        /// Mail can use the port.
        open: bool,
        /// The verdict's stable name.
        verdict: String,
        /// What was seen, in words.
        evidence: Vec<String>,
    },
}

/// One way out.
#[derive(Debug, Clone)]
pub struct Machine {
    fact: PathFact,
    /// Operators that failed since the last answer, with the time and what was seen.
    failures: HashMap<String, (u64, ConnectProblem)>,
    /// Deliveries that a trial has let through and that have not ended.
    trial_open: u32,
    trial_good: u32,
    trial_admitted_at: u64,
    /// When the way was last opened for mail again.
    recovered_at: Option<u64>,
}

impl Machine {
    /// A way that nothing is known of: mail goes directly.
    #[must_use]
    pub fn new(path: PathKey, now: u64) -> Self {
        Self::from_fact(PathFact {
            path,
            state: PathState::Direct,
            since: now,
            reason: PathReason::NothingAgainst,
            evidence: Vec::new(),
            next_probe: None,
            setbacks: 0,
        })
    }

    /// A way whose state was kept. A trial that a restart has cut off begins anew.
    #[must_use]
    pub fn from_fact(fact: PathFact) -> Self {
        Self {
            fact,
            failures: HashMap::new(),
            trial_open: 0,
            trial_good: 0,
            trial_admitted_at: 0,
            recovered_at: None,
        }
    }

    /// What is known.
    #[must_use]
    pub fn fact(&self) -> &PathFact {
        &self.fact
    }

    /// Whether mail may use this way at all.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.fact.state == PathState::Relay
    }

    /// Takes a place in a trial; always granted while the way is direct, never while it is closed.
    pub fn admit(&mut self, now: u64) -> bool {
        if self.trial_admitted_at + TRIAL_PATIENCE_SECONDS <= now {
            self.trial_open = 0;
        }
        match self.fact.state {
            PathState::Direct => true,
            PathState::Relay => false,
            PathState::Trial if self.trial_open < TRIAL_DELIVERIES => {
                self.trial_open += 1;
                self.trial_admitted_at = now;
                true
            }
            PathState::Trial => false,
        }
    }

    /// Takes in what was seen; true when the state changed.
    pub fn see(&mut self, sighting: Sighting, now: u64) -> bool {
        match sighting {
            Sighting::Answered { .. } => {
                self.failures.clear();
                false
            }
            Sighting::Failed { operator, problem } => self.failed(operator, problem, now),
            Sighting::Delivered => self.delivered(now),
            Sighting::Probed { open, verdict, evidence } => self.probed(open, verdict, evidence, now),
        }
    }

    fn failed(&mut self, operator: String, problem: ConnectProblem, now: u64) -> bool {
        self.failures.retain(|_, (at, _)| *at + WINDOW_SECONDS > now);
        self.failures.insert(operator, (now, problem));
        // One dead destination must not keep a place in a trial.
        self.trial_ended();
        match self.fact.state {
            PathState::Relay => false,
            // In a trial two are enough: the way was closed a moment ago.
            PathState::Trial if self.failures.len() >= OPERATORS - 1 => {
                self.close(PathReason::TrialFailed, self.failing(), now);
                true
            }
            PathState::Direct if self.failures.len() >= OPERATORS => {
                let reason = PathReason::SilentOperators { operators: self.failures.len() };
                self.close(reason, self.failing(), now);
                true
            }
            PathState::Trial | PathState::Direct => false,
        }
    }

    fn close(&mut self, reason: PathReason, mut evidence: Vec<Evidence>, now: u64) {
        let flapping = self.recovered_at.is_some_and(|at| at + STABLE_SECONDS > now);
        let setbacks = match self.fact.state {
            PathState::Trial => self.fact.setbacks + 1,
            _ if flapping => self.fact.setbacks + 1,
            _ => 0,
        };
        evidence.truncate(EVIDENCE_LIMIT);
        self.fact.evidence = evidence;
        self.enter(PathState::Relay, reason, now);
        self.fact.setbacks = setbacks;
        self.fact.next_probe = Some(now + wait(setbacks));
    }

    /// Operators that failed since the last answer, in the order in which they did.
    fn failing(&self) -> Vec<Evidence> {
        let mut failures: Vec<_> =
            self.failures.iter().map(|(name, (at, problem))| (*at, name, *problem)).collect();
        failures.sort_by_key(|(at, name, _)| (*at, *name));
        let connect =
            |(_, name, problem): (_, &String, _)| Evidence::Connect { operator: name.clone(), problem };
        failures.into_iter().map(connect).collect()
    }

    fn delivered(&mut self, now: u64) -> bool {
        self.failures.clear();
        if self.fact.state != PathState::Trial {
            return false;
        }
        self.trial_open = self.trial_open.saturating_sub(1);
        self.trial_good += 1;
        if self.trial_good < TRIAL_DELIVERIES {
            return false;
        }
        self.enter(PathState::Direct, PathReason::TrialPassed, now);
        self.fact.next_probe = None;
        self.recovered_at = Some(now);
        true
    }

    fn probed(&mut self, open: bool, verdict: String, evidence: Vec<String>, now: u64) -> bool {
        let evidence = evidence.into_iter().map(Evidence::Words).collect();
        match (self.fact.state, open) {
            (PathState::Relay, true) => {
                self.fact.evidence = evidence;
                self.enter(PathState::Trial, PathReason::ProbedOpen, now);
                self.fact.next_probe = None;
                true
            }
            (PathState::Relay, false) => {
                self.fact.setbacks = self.fact.setbacks.saturating_add(1);
                self.fact.next_probe = Some(now + wait(self.fact.setbacks));
                self.fact.evidence = evidence;
                // The state is the same, but its next probe is not: it is to be kept.
                true
            }
            // A probe that finds a block before mail has paid for it.
            (PathState::Direct | PathState::Trial, false) if is_block(&verdict) => {
                self.close(PathReason::ProbedClosed { verdict }, evidence, now);
                true
            }
            (PathState::Direct | PathState::Trial, _) => false,
        }
    }

    fn enter(&mut self, state: PathState, reason: PathReason, now: u64) {
        self.fact.state = state;
        self.fact.since = now;
        self.fact.reason = reason;
        self.failures.clear();
        self.trial_open = 0;
        self.trial_good = 0;
    }

    /// Lets time pass: where nobody probes, a few messages do. True when the state changed.
    pub fn tick(&mut self, now: u64) -> bool {
        let due = self.fact.next_probe.is_some_and(|at| at + OVERDUE_SECONDS <= now);
        if self.fact.state != PathState::Relay || !due {
            return false;
        }
        self.enter(PathState::Trial, PathReason::TimeToLook, now);
        self.fact.next_probe = None;
        true
    }

    /// Gives places back that a trial had granted to connections that ended without a delivery.
    pub fn trial_ended(&mut self) {
        self.trial_open = self.trial_open.saturating_sub(1);
    }
}

/// The verdicts that say for sure that mail cannot use the port; `inconclusive`, `no_network` and `dns_broken` are
/// other matters, which a relay does not help.
fn is_block(verdict: &str) -> bool {
    matches!(verdict, "dropped" | "refused" | "prohibited" | "local_firewall" | "intercepted")
}

fn wait(setbacks: u32) -> u64 {
    FIRST_WAIT_SECONDS.saturating_mul(1 << setbacks.min(16)).min(LONGEST_WAIT_SECONDS)
}

#[cfg(test)]
mod tests {
    use postamt_store::facts::Family;

    use super::*;

    fn machine() -> Machine {
        Machine::new(PathKey { source: None, family: Family::Ipv4 }, 0)
    }

    fn fails(machine: &mut Machine, operator: &str, now: u64) -> bool {
        let sighting = Sighting::Failed { operator: operator.to_owned(), problem: ConnectProblem::TimedOut };
        machine.see(sighting, now)
    }

    fn probe(machine: &mut Machine, open: bool, now: u64) -> bool {
        let verdict = if open { "open" } else { "dropped" }.to_owned();
        machine.see(Sighting::Probed { open, verdict, evidence: Vec::new() }, now)
    }

    fn closed() -> Machine {
        let mut machine = machine();
        for (place, name) in ["a", "b", "c"].into_iter().enumerate() {
            assert_eq!(fails(&mut machine, name, 10), place == 2);
        }
        machine
    }

    #[test]
    fn one_dead_destination_never_closes_the_way() {
        let mut machine = machine();
        assert!((0..10_000).all(|now| !fails(&mut machine, "dead.test", now)));
        assert_eq!(machine.fact().state, PathState::Direct);
    }

    #[test]
    fn three_unrelated_ones_do_and_an_answer_in_between_prevents_it() {
        assert!(closed().is_closed());
        let mut machine = machine();
        fails(&mut machine, "a", 1);
        fails(&mut machine, "b", 2);
        machine.see(Sighting::Answered { operator: "d".to_owned() }, 3);
        assert!(!fails(&mut machine, "c", 4));
        assert!(!fails(&mut machine, "a", 5));
    }

    #[test]
    fn failures_far_apart_do_not_add_up() {
        let mut machine = machine();
        fails(&mut machine, "a", 0);
        fails(&mut machine, "b", 100);
        assert!(!fails(&mut machine, "c", 200));
    }

    #[test]
    fn it_comes_back_by_probe_and_trial() {
        let mut machine = closed();
        assert!(!machine.admit(100));
        assert!(probe(&mut machine, true, 100));
        assert_eq!(machine.fact().state, PathState::Trial);
        assert_eq!((0..5).filter(|_| machine.admit(100)).count(), 3);
        assert!(!machine.see(Sighting::Delivered, 101));
        assert!(!machine.see(Sighting::Delivered, 101));
        assert!(machine.see(Sighting::Delivered, 101));
        assert_eq!(machine.fact().state, PathState::Direct);
        assert_eq!(machine.fact().next_probe, None);
    }

    #[test]
    fn without_a_probe_mail_itself_looks_again() {
        let mut machine = closed();
        let due = machine.fact().next_probe.expect("set");
        assert!(!machine.tick(due));
        assert!(machine.tick(due + OVERDUE_SECONDS));
        assert_eq!(machine.fact().state, PathState::Trial);
    }

    #[test]
    fn a_failed_trial_waits_longer() {
        let mut machine = closed();
        let first = machine.fact().next_probe.expect("set") - 10;
        probe(&mut machine, true, 100);
        fails(&mut machine, "a", 101);
        assert!(fails(&mut machine, "b", 102));
        assert!(machine.is_closed());
        assert_eq!(machine.fact().next_probe, Some(102 + 2 * first));
    }

    #[test]
    fn a_flapping_way_does_not_flap_the_route() {
        let mut machine = closed();
        let mut now = 100;
        let mut waits = Vec::new();
        for _ in 0..4 {
            probe(&mut machine, true, now);
            for _ in 0..3 {
                machine.see(Sighting::Delivered, now);
            }
            assert_eq!(machine.fact().state, PathState::Direct);
            for name in ["a", "b", "c"] {
                fails(&mut machine, name, now + 1);
            }
            waits.push(machine.fact().next_probe.expect("closed") - now - 1);
            now += 60;
        }
        assert_eq!(waits, [120, 240, 480, 960]);
    }

    #[test]
    fn a_probe_that_knows_nothing_closes_nothing() {
        let mut machine = machine();
        for verdict in ["inconclusive", "no_network", "dns_broken", "throttled"] {
            let sighting =
                Sighting::Probed { open: false, verdict: verdict.to_owned(), evidence: Vec::new() };
            assert!(!machine.see(sighting, 1), "{verdict}");
        }
        assert!(probe(&mut machine, false, 2));
    }
}
