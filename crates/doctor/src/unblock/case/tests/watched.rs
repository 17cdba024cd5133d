//! What is due for a case about port 25, by what mail and probes have seen of its ways.

use super::*;

fn path(path: PathKey, state: PathState, since: u64, reason: PathReason) -> PathFact {
    PathFact {
        path,
        state,
        since,
        reason,
        evidence: Vec::new(),
        next_probe: None,
        setbacks: 0,
        down_since: None,
        probed_at: 0,
    }
}

fn probe(verdict: &str, at: u64) -> ProbeFact {
    let verdict = verdict.to_owned();
    ProbeFact { path: WAY, at, verdict, confidence: 90, evidence: Vec::new(), report: String::new() }
}

#[test]
fn what_is_due() {
    use PathState::{Direct, Relay, Trial};
    let silent = || PathReason::SilentOperators { operators: 3 };
    let opened = |at| vec![path(WAY, Direct, at, PathReason::ProbedOpenAgain)];
    let closed = |at| vec![path(WAY, Relay, at, silent())];
    let nothing_known = vec![path(WAY, Direct, NOON + 5, PathReason::NothingAgainst)];
    let on_trial = vec![path(WAY, Trial, NOON + 5, PathReason::ProbedOpen)];
    let other_closed = vec![path(OTHER, Relay, NOON + 5, silent())];
    let (open, dropped) = (|| vec![probe("open", NOON + 6)], || vec![probe("dropped", NOON + 6)]);
    let (early, late) = (NOON + 9, NOON + DAY);
    for (name, stage, paths, probes, now, expected) in [
        ("opened after it was sent", CaseStage::Sent, opened(NOON + 5), vec![], early, Some(Due::Opened)),
        ("opened after a grant", CaseStage::Granted, opened(NOON + 5), vec![], early, Some(Due::Opened)),
        ("opened before it was sent", CaseStage::Sent, opened(NOON - 5), vec![], early, None),
        ("direct for want of knowledge", CaseStage::Granted, nothing_known.clone(), vec![], early, None),
        ("and a probe finds it open", CaseStage::Granted, nothing_known, open(), early, Some(Due::Opened)),
        ("a probe alone while on trial", CaseStage::Granted, on_trial, open(), early, None),
        ("still closed", CaseStage::Sent, closed(NOON - 5), vec![], early, None),
        ("still closed in time", CaseStage::Sent, closed(NOON - 5), vec![], late, Some(Due::FollowUp)),
        ("told already", CaseStage::FollowUpDue, closed(NOON - 5), vec![], late, None),
        (
            "a probe finds it closed",
            CaseStage::Confirmed,
            closed(NOON + 5),
            dropped(),
            early,
            Some(Due::Lost),
        ),
        ("silence that a probe denies", CaseStage::Confirmed, closed(NOON + 5), open(), early, None),
        ("silence for a moment", CaseStage::Confirmed, closed(NOON + 5), vec![], early, None),
        ("silence that lasts", CaseStage::Confirmed, closed(NOON + 5), vec![], late, Some(Due::Lost)),
        ("closed before it was open", CaseStage::Confirmed, closed(NOON - 5), vec![], early, None),
        ("another family is closed", CaseStage::Confirmed, other_closed, vec![], early, None),
        ("over", CaseStage::Closed, closed(NOON + 5), vec![], late, None),
    ] {
        let seen = Seen { ways: &[WAY, OTHER], paths: &paths, probes: &probes };
        assert_eq!(due(&case(stage, NOON), &seen, now), expected, "{name}");
    }
}

#[test]
fn a_way_that_is_not_used_any_more_stands_for_those_of_its_family() {
    let new = PathKey { source: Some("192.0.2.77".parse().unwrap()), family: Family::Ipv4 };
    let sent = case(CaseStage::Sent, NOON);
    for (name, reason, state, expected) in [
        ("the new one is closed", PathReason::SilentOperators { operators: 3 }, PathState::Relay, None),
        ("the new one was opened", PathReason::ProbedOpenAgain, PathState::Direct, Some(Due::Opened)),
    ] {
        let paths = [path(new, state, NOON + 5, reason)];
        let seen = Seen { ways: &[new, OTHER], paths: &paths, probes: &[] };
        assert_eq!(due(&sent, &seen, NOON + 9), expected, "{name}");
    }
}

#[test]
fn a_new_address_is_lost_too_and_the_next_case_names_it() {
    let new = PathKey { source: Some("192.0.2.77".parse().unwrap()), family: Family::Ipv4 };
    let paths = [path(new, PathState::Relay, NOON + 5, PathReason::SilentOperators { operators: 3 })];
    let seen = Seen { ways: &[new], paths: &paths, probes: &[] };
    let old = case(CaseStage::Confirmed, NOON);
    assert_eq!(due(&old, &seen, NOON + DAY), Some(Due::Lost));
    let subject = successor(&old, &seen);
    assert_eq!((subject.paths, subject.follows), (vec![new], Some(CaseId(1))));
    assert_eq!(subject.addresses, [new.source.unwrap()]);
    // A way that the settings do not use any more counts neither way.
    let seen = Seen { ways: &[OTHER], paths: &paths, probes: &[] };
    assert_eq!(due(&old, &seen, NOON + DAY), None);
}
