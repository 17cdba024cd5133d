//! Runs checks at one time, each with a time limit, and the ones that rest on others after those.
//!
//! A check that takes too long or breaks is a finding `run.…` of severity `unknown` with its reason. A check whose
//! ground is missing, as every question of DNS where no name server answers, is not judged, and says because of what.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::context::{Context, Subject};
use super::finding::{Datum, Finding, Kind};
use super::report::{Judgement, Report, SCHEMA_VERSION};

/// A check did not end in time.
pub static TIMEOUT: Kind = Kind::unknown("run.timeout");
/// A check broke.
pub static BROKEN: Kind = Kind::unknown("run.broken");

/// Whom a check can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Only this host.
    Host,
    /// Only a foreign domain.
    Domain,
    /// Both.
    Both,
}

/// What a check gives back.
pub type CheckFuture = std::pin::Pin<Box<dyn Future<Output = Vec<Finding>> + Send>>;

/// A check: one file beside this one each.
#[derive(Debug)]
pub struct Check {
    /// Its name; the first part of the ids of its findings.
    pub id: &'static str,
    /// Whom it can be about.
    pub scope: Scope,
    /// Findings of other checks after which this one cannot judge.
    pub not_after: &'static [&'static Kind],
    /// How long it may take.
    pub limit: Duration,
    /// Everything that it can say.
    pub kinds: &'static [&'static Kind],
    /// Looks and judges.
    pub run: fn(Arc<Context>) -> CheckFuture,
}

impl Check {
    fn fits(&self, subject: &Subject) -> bool {
        match subject {
            Subject::Host(_) => self.scope != Scope::Domain,
            Subject::Domain(_) => self.scope != Scope::Host,
        }
    }

    /// The checks that must have run before.
    fn grounds(&self) -> impl Iterator<Item = &'static str> {
        self.not_after.iter().map(|kind| kind.id.split('.').next().unwrap_or(kind.id))
    }
}

/// Runs those of `checks` that fit the subject; those named in `only` and their grounds, where any are named.
pub async fn run(context: Arc<Context>, checks: &[&'static Check], only: &[String]) -> Report {
    let at = context.clock.unix_seconds();
    let fitting: Vec<&'static Check> =
        checks.iter().copied().filter(|check| check.fits(&context.subject)).collect();
    let is_asked = |check: &Check| only.is_empty() || only.iter().any(|name| name == check.id);
    let mut wanted: Vec<&'static Check> = fitting.iter().copied().filter(|check| is_asked(check)).collect();
    let mut place = 0;
    while place < wanted.len() {
        for ground in wanted[place].grounds() {
            if !wanted.iter().any(|check| check.id == ground) {
                wanted.extend(fitting.iter().copied().filter(|check| check.id == ground));
            }
        }
        place += 1;
    }
    let mut judged = run_in_order(&context, wanted).await;
    judged.retain(|judgement| only.is_empty() || only.iter().any(|name| *name == judgement.check));
    judged.sort_by_key(|judgement| fitting.iter().position(|check| check.id == judgement.check));
    Report { schema_version: SCHEMA_VERSION, at, subject: context.subject.name().to_owned(), judged }
}

/// Each round runs all checks whose grounds are judged.
async fn run_in_order(context: &Arc<Context>, mut waiting: Vec<&'static Check>) -> Vec<Judgement> {
    let mut judged: Vec<Judgement> = Vec::new();
    while !waiting.is_empty() {
        let names: Vec<&str> = waiting.iter().map(|check| check.id).collect();
        let (ready, later): (Vec<_>, Vec<_>) =
            waiting.iter().partition(|check| !check.grounds().any(|ground| names.contains(&ground)));
        // Checks that rest on each other in a circle would wait for ever; a test proves that there are none.
        let (ready, later) = if ready.is_empty() { (later, Vec::new()) } else { (ready, later) };
        let mut running = JoinSet::new();
        let mut round = Vec::new();
        for check in ready {
            match missing_ground(check, &judged) {
                Some(kind) => round.push(Judgement::not_judged(check.id, kind)),
                None => {
                    let future = (check.run)(Arc::clone(context));
                    running.spawn(async move { within(check, future).await });
                }
            }
        }
        round.extend(running.join_all().await);
        judged.extend(round);
        waiting = later;
    }
    judged
}

fn missing_ground(check: &Check, judged: &[Judgement]) -> Option<&'static Kind> {
    let said = |kind: &&&'static Kind| {
        judged.iter().flat_map(|judgement| &judgement.findings).any(|finding| finding.kind.id == kind.id)
    };
    check.not_after.iter().find(said).copied()
}

/// A task of its own, so that a check that panics takes nothing else down.
async fn within(check: &'static Check, future: CheckFuture) -> Judgement {
    let mut task = JoinSet::new();
    task.spawn(future);
    let findings = match tokio::time::timeout(check.limit, task.join_next()).await {
        Ok(Some(Ok(findings))) => findings,
        Ok(Some(Err(error))) => vec![about(&BROKEN, check).with("reason", error)],
        Ok(None) => Vec::new(),
        Err(_) => vec![about(&TIMEOUT, check).with_number("seconds", check.limit.as_secs())],
    };
    Judgement { check: check.id, findings, because: None }
}

fn about(kind: &'static Kind, check: &'static Check) -> Finding {
    Finding::new(kind, check.id).with_datum("check", Datum::Text(check.id.to_owned()))
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
