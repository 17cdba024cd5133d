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
//!
//! A trial that no mail uses ends as well: by a second probe that finds the port open, or after a day without trouble.

use std::collections::HashMap;

use postamt_store::facts::{ConnectProblem, Evidence, PathFact, PathKey, PathReason, PathState, ProbeFact};

use crate::queue::place::{Place, Places};

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
const LONGEST_LOOK_SECONDS: u64 = 300;
/// A place in a trial that nothing was heard of for so long is free again.
const TRIAL_PATIENCE_SECONDS: u64 = 60;
/// Messages that a trial lets through at a time.
const TRIAL_PLACES: usize = 3;
/// Deliveries that must succeed to end it.
const TRIAL_DELIVERIES: u32 = 3;
/// A way that was closed again so soon after it was opened is flapping: the wait goes on growing.
const STABLE_SECONDS: u64 = 3600;
/// What mail alone has seen is confirmed by a probe so soon, unless the way is flapping.
const CONFIRM_SECONDS: u64 = 2;
/// A trial is probed after so long …
const TRIAL_PROBE_SECONDS: u64 = 600;
/// … and over when nothing has failed for so long.
const QUIET_TRIAL_SECONDS: u64 = 86_400;
/// A probe of so long ago, from before a restart, says nothing of now.
const PROBE_HOLDS_SECONDS: u64 = 3600;
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
    Answered,
    /// An operator could not be reached.
    Failed {
        /// Whose server: a registrable domain.
        operator: String,
        /// Why not.
        problem: ConnectProblem,
        /// When the attempt began.
        began: u64,
    },
    /// A message was delivered on this way.
    Delivered,
    /// A probe was made.
    Probed(ProbeFact),
}

/// One way out.
#[derive(Debug, Clone)]
pub struct Machine {
    fact: PathFact,
    /// Operators that failed since the last answer, with the time and what was seen.
    failures: HashMap<String, (u64, ConnectProblem)>,
    /// Messages that a trial has let through.
    trial: Places,
    trial_good: u32,
    trial_admitted_at: u64,
    /// When an operator last answered.
    answered_at: Option<u64>,
    /// Since when nothing has failed, as far as it was watched.
    quiet_since: Option<u64>,
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
            down_since: None,
            probed_at: 0,
        })
    }

    /// A way whose state was kept. A trial that a restart has cut off begins anew.
    #[must_use]
    pub fn from_fact(mut fact: PathFact) -> Self {
        if fact.state != PathState::Direct {
            // Versions before this one did not write it down.
            fact.down_since.get_or_insert(fact.since);
        }
        Self {
            fact,
            failures: HashMap::new(),
            trial: Places::default(),
            trial_good: 0,
            trial_admitted_at: 0,
            answered_at: None,
            quiet_since: None,
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

    /// When mail that has no way but this one looks again: a place in a trial may be free soon.
    #[must_use]
    pub fn look_again(&self, now: u64) -> u64 {
        let next = match self.fact.state {
            PathState::Relay => self.fact.next_probe.unwrap_or(now),
            PathState::Trial | PathState::Direct => now,
        };
        next.clamp(now + LOOK_AGAIN_SECONDS, now + LONGEST_LOOK_SECONDS)
    }

    /// A place in a trial; an empty one while the way is direct, and none while it is closed.
    pub fn admit(&mut self, now: u64) -> Option<Place> {
        if self.trial_admitted_at + TRIAL_PATIENCE_SECONDS <= now {
            self.trial.forget();
        }
        match self.fact.state {
            PathState::Direct => Some(Place::default()),
            PathState::Trial if self.trial.taken() < TRIAL_PLACES => {
                self.trial_admitted_at = now;
                Some(self.trial.give())
            }
            PathState::Relay | PathState::Trial => None,
        }
    }

    /// Takes in what was seen; true when the fact has changed and is to be kept.
    pub fn see(&mut self, sighting: Sighting, now: u64) -> bool {
        match sighting {
            Sighting::Answered => {
                self.failures.clear();
                self.answered_at = Some(now);
                false
            }
            Sighting::Failed { operator, problem, began } => self.failed(operator, problem, began, now),
            Sighting::Delivered => self.delivered(now),
            Sighting::Probed(probe) => self.probed(probe, now),
        }
    }

    fn failed(&mut self, operator: String, problem: ConnectProblem, began: u64, now: u64) -> bool {
        self.quiet_since = Some(now);
        self.failures.retain(|_, (at, _)| *at + WINDOW_SECONDS > now);
        if self.answered_at.is_some_and(|at| at >= began) {
            // Others answered while it was under way: a dead destination, however many of them are tried at once.
            return false;
        }
        self.failures.insert(operator, (now, problem));
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
        let setbacks = match self.fact.state {
            PathState::Trial => self.fact.setbacks.saturating_add(1),
            _ if self.is_flapping(now) => self.fact.setbacks.saturating_add(1),
            _ => 0,
        };
        evidence.truncate(EVIDENCE_LIMIT);
        self.fact.evidence = evidence;
        let unconfirmed = setbacks == 0 && matches!(reason, PathReason::SilentOperators { .. });
        self.enter(PathState::Relay, reason, now);
        self.fact.setbacks = setbacks;
        self.fact.next_probe = Some(now + if unconfirmed { CONFIRM_SECONDS } else { wait(setbacks) });
    }

    /// Whether it was opened for mail again a short time ago.
    fn is_flapping(&self, now: u64) -> bool {
        self.fact.reason != PathReason::NothingAgainst && self.fact.since + STABLE_SECONDS > now
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
        self.trial_good += 1;
        if self.trial_good < TRIAL_DELIVERIES {
            return false;
        }
        self.enter(PathState::Direct, PathReason::TrialPassed, now);
        true
    }

    fn probed(&mut self, probe: ProbeFact, now: u64) -> bool {
        if !self.is_news(&probe, now) {
            return false;
        }
        self.fact.probed_at = probe.at;
        let open = probe.verdict == "open";
        let due = self.fact.next_probe.is_none_or(|at| probe.at >= at);
        let evidence = probe.evidence.into_iter().map(Evidence::Words).collect();
        match self.fact.state {
            PathState::Relay if open => {
                self.fact.evidence = evidence;
                self.enter(PathState::Trial, PathReason::ProbedOpen, now);
            }
            PathState::Relay => {
                self.fact.evidence = evidence;
                if due {
                    self.still_closed(now);
                }
            }
            // A probe that finds a block before mail has paid for it.
            PathState::Direct | PathState::Trial if is_block(&probe.verdict) => {
                self.close(PathReason::ProbedClosed { verdict: probe.verdict }, evidence, now);
            }
            PathState::Trial if due && open => {
                self.enter(PathState::Direct, PathReason::ProbedOpenAgain, now);
            }
            PathState::Trial if due => self.fact.next_probe = Some(now + TRIAL_PROBE_SECONDS),
            PathState::Direct | PathState::Trial => return false,
        }
        // Where the state is the same, its next probe or what was taken in is not: it is to be kept.
        true
    }

    /// Whether a probe says something that was not taken in: made after the one before and after the state began, since
    /// what was seen meanwhile is newer. Times that lie ahead are those of a clock that was set back.
    fn is_news(&self, probe: &ProbeFact, now: u64) -> bool {
        let is_after = |time: u64| probe.at > time || time > now;
        let began = self.fact.reason != PathReason::NothingAgainst;
        probe.at != self.fact.probed_at
            && is_after(self.fact.probed_at)
            && (!began || is_after(self.fact.since))
            && probe.at + PROBE_HOLDS_SECONDS > now
    }

    /// The probe that was due has found it closed: the next wait is longer, except after the one that only confirmed
    /// what mail had seen.
    fn still_closed(&mut self, now: u64) {
        let confirms = matches!(self.fact.reason, PathReason::SilentOperators { .. })
            && self.fact.next_probe == Some(self.fact.since + CONFIRM_SECONDS);
        if !confirms {
            self.fact.setbacks = self.fact.setbacks.saturating_add(1);
        }
        self.fact.next_probe = Some(now + wait(self.fact.setbacks));
    }

    fn enter(&mut self, state: PathState, reason: PathReason, now: u64) {
        self.fact.state = state;
        self.fact.since = now;
        self.fact.reason = reason;
        self.fact.next_probe = (state == PathState::Trial).then_some(now + TRIAL_PROBE_SECONDS);
        if state == PathState::Direct {
            self.fact.down_since = None;
        } else {
            self.fact.down_since.get_or_insert(now);
        }
        self.failures.clear();
        self.trial.forget();
        self.trial_good = 0;
        self.quiet_since = Some(now);
    }

    /// Lets time pass: where nobody probes, a few messages do, and a trial that nobody uses ends. True when the fact has
    /// changed and is to be kept.
    pub fn tick(&mut self, now: u64) -> bool {
        match self.fact.state {
            PathState::Relay if self.fact.next_probe.is_some_and(|at| at + OVERDUE_SECONDS <= now) => {
                self.enter(PathState::Trial, PathReason::TimeToLook, now);
                true
            }
            PathState::Trial if *self.quiet_since.get_or_insert(now) + QUIET_TRIAL_SECONDS <= now => {
                self.enter(PathState::Direct, PathReason::TrialQuiet, now);
                true
            }
            // Versions before this one set no time.
            PathState::Trial if self.fact.next_probe.is_none() => {
                self.fact.next_probe = Some(now + TRIAL_PROBE_SECONDS);
                true
            }
            _ => false,
        }
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
mod tests;
