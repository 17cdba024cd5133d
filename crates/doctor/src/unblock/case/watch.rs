//! What the server makes of a case when it looks: what was asked for is there, the time for an answer is over, or it
//! was lost again. Pure, what is looked up is looked up by [`super::seen`]; each is due once, since the step that follows
//! ends it.

use std::net::IpAddr;

use postamt_store::cases::{Case, CaseAbout, CaseStage, CaseSubject};
use postamt_store::facts::{PathFact, PathKey, PathReason, PathState, ProbeFact};

use super::seen::Sight;
use crate::port25;

/// What is known of the ways out.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Those that the server uses.
    pub ways: &'a [PathKey],
    /// Their states.
    pub paths: &'a [PathFact],
    /// Their last probes.
    pub probes: &'a [ProbeFact],
}

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// What was asked for was seen: the ways open, the PTR record, no entry any more.
    Opened,
    /// The provider has not answered in time.
    FollowUp,
    /// It was there, and is no more.
    Lost,
}

/// What is due for this case about port 25 now.
#[must_use]
pub fn due(case: &Case, seen: &Seen<'_>, now: u64) -> Option<Due> {
    match case.stage() {
        CaseStage::Closed => None,
        CaseStage::Confirmed => seen.is_lost(case, now).then_some(Due::Lost),
        _ if seen.is_open(case) => Some(Due::Opened),
        _ => case.follow_up_at().filter(|at| *at <= now).map(|_| Due::FollowUp),
    }
}

/// The provider says that the ways of the case are open, and nobody has looked since: worth a probe at once.
#[must_use]
pub fn wants_a_look(case: &Case, seen: &Seen<'_>) -> bool {
    let is_about_port25 = case.subject.about == CaseAbout::Port25;
    let Some(granted) = entered(case, CaseStage::Granted).filter(|_| is_about_port25) else { return false };
    let is_meant = |way: &&PathKey| case.subject.paths.is_empty() || seen.is_of_case(case, way);
    let was_seen = |way: &PathKey| seen.probes.iter().any(|probe| probe.path == *way && probe.at >= granted);
    seen.ways.iter().filter(is_meant).any(|way| !was_seen(way))
}

/// When the case came into the stage in which it stands, if it is this one: notes may lie on top.
fn entered(case: &Case, stage: CaseStage) -> Option<u64> {
    case.steps.iter().rev().take_while(|step| step.stage == stage).last().map(|step| step.at)
}

/// What is due for a case about PTR records or an entry, by how what was asked for is seen now.
#[must_use]
pub fn due_when_seen(case: &Case, sight: &Sight, now: u64) -> Option<Due> {
    match (case.stage(), sight) {
        (CaseStage::Confirmed, Sight::Lacking(_)) => Some(Due::Lost),
        (CaseStage::Closed | CaseStage::Confirmed, _) => None,
        (_, Sight::There) => Some(Due::Opened),
        _ => case.follow_up_at().filter(|at| *at <= now).map(|_| Due::FollowUp),
    }
}

/// What a case is about that follows this one: the ways that are closed now, which may be others than before.
#[must_use]
pub fn successor(case: &Case, seen: &Seen<'_>) -> CaseSubject {
    let mut subject = case.subject.clone();
    subject.paths = seen.closed().collect();
    let addresses: Vec<_> = subject.paths.iter().filter_map(|path| path.source).collect();
    if !addresses.is_empty() {
        subject.addresses = addresses;
    }
    subject.follows = Some(case.id);
    subject
}

/// The same for PTR records and entries: what of it was seen to be lost.
#[must_use]
pub fn successor_about(case: &Case, lost: CaseAbout) -> CaseSubject {
    let addresses = match &lost {
        CaseAbout::Ptr { wanted } => wanted.iter().map(|it| it.address).collect(),
        CaseAbout::Port25 | CaseAbout::Delisting { .. } => case.subject.addresses.clone(),
    };
    CaseSubject { about: lost, addresses, follows: Some(case.id), ..case.subject.clone() }
}

/// What is this server's own now. A name or an address that was given up may be lost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ours {
    /// Names that it calls itself.
    pub names: Vec<String>,
    /// Its public addresses; none: it does not know them.
    pub addresses: Vec<IpAddr>,
    /// Domains that it sends for.
    pub domains: Vec<String>,
}

impl Ours {
    /// That part of what a case asked for that is still ours; `None` where nothing is.
    #[must_use]
    pub fn part_of(&self, about: &CaseAbout) -> Option<CaseAbout> {
        let has_name = |names: &[String], name: &str| names.iter().any(|own| own.eq_ignore_ascii_case(name));
        let has_address = |address: &IpAddr| self.addresses.is_empty() || self.addresses.contains(address);
        let part = match about.clone() {
            CaseAbout::Port25 => CaseAbout::Port25,
            CaseAbout::Ptr { mut wanted } => {
                wanted.retain(|wish| has_address(&wish.address) && has_name(&self.names, &wish.name));
                (!wanted.is_empty()).then_some(CaseAbout::Ptr { wanted })?
            }
            CaseAbout::Delisting { by, name, mut listed } => {
                listed.retain(|it| {
                    it.parse().map_or_else(|_| has_name(&self.domains, it), |address| has_address(&address))
                });
                (!listed.is_empty()).then_some(CaseAbout::Delisting { by, name, listed })?
            }
        };
        Some(part)
    }
}

impl Seen<'_> {
    /// The ways that mail avoids.
    pub fn closed(&self) -> impl Iterator<Item = PathKey> {
        let ways = self.ways;
        let closed = |fact: &&PathFact| fact.state != PathState::Direct && ways.contains(&fact.path);
        self.paths.iter().filter(closed).map(|fact| fact.path)
    }

    /// Every way of the case carries mail, and was seen open since the case began. Where the case names none, no way may
    /// be closed, and one of them was opened.
    fn is_open(&self, case: &Case) -> bool {
        let since = case.sent_at().or_else(|| case.steps.first().map(|step| step.at)).unwrap_or_default();
        if case.subject.paths.is_empty() {
            return self.closed().next().is_none() && self.ways.iter().any(|way| self.was_opened(way, since));
        }
        let mut of_case = self.ways.iter().filter(|way| self.is_of_case(case, way)).peekable();
        of_case.peek().is_some() && of_case.all(|way| self.was_opened(way, since))
    }

    /// A way that the settings have given up stands for those of its family.
    fn is_of_case(&self, case: &Case, way: &PathKey) -> bool {
        let stands_for =
            |path: &PathKey| path == way || (path.family == way.family && !self.ways.contains(path));
        case.subject.paths.iter().any(stands_for)
    }

    fn was_opened(&self, way: &PathKey, since: u64) -> bool {
        let fact = self.paths.iter().find(|fact| fact.path == *way);
        if fact.is_some_and(|fact| fact.state != PathState::Direct) {
            return false;
        }
        // A way is direct at first because nobody knows better: that proves nothing.
        let by_trial = fact.is_some_and(|fact| {
            fact.since >= since && fact.state == PathState::Direct && is_opening(&fact.reason)
        });
        let is_open = |probe: &ProbeFact| {
            probe.path == *way && probe.verdict == port25::Kind::Open.name() && probe.at >= since
        };
        by_trial || self.probes.iter().any(is_open)
    }

    /// A way of the family that the case was about is closed since it was seen open, and a probe has seen that as well, or
    /// it has lasted: silence alone may be that of the hosts that somebody wrote to. Its address may be another one.
    fn is_lost(&self, case: &Case, now: u64) -> bool {
        let Some(at) = entered(case, CaseStage::Confirmed) else { return false };
        let families: Vec<_> = case.subject.paths.iter().map(|path| path.family).collect();
        let is_lost = |fact: &PathFact| {
            fact.state == PathState::Relay
                && fact.since >= at
                && self.ways.contains(&fact.path)
                && (families.is_empty() || families.contains(&fact.path.family))
                && (self.is_proven(fact) || now >= fact.since.saturating_add(LASTING))
        };
        self.paths.iter().any(is_lost)
    }

    fn is_proven(&self, fact: &PathFact) -> bool {
        let blocked = |probe: &ProbeFact| {
            port25::Kind::ALL.iter().any(|kind| kind.is_blocked() && kind.name() == probe.verdict)
        };
        self.probes.iter().any(|probe| probe.path == fact.path && probe.at >= fact.since && blocked(probe))
    }
}

/// How long a way is closed, in seconds, until that needs no probe to be believed.
const LASTING: u64 = 6 * 3_600;

const fn is_opening(reason: &PathReason) -> bool {
    matches!(reason, PathReason::TrialPassed | PathReason::ProbedOpenAgain | PathReason::TrialQuiet)
}
