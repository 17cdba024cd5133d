//! The facts port.

use std::sync::Arc;

use postamt_store::facts::{
    ConnectProblem, Evidence, Facts, Family, HandedFact, NoticeFact, PathFact, PathKey, PathReason,
    PathState, PreflightFact, ProbeFact, ProviderFact, ProviderReason, ToldFact,
};

use super::run;

/// A place where facts are kept.
pub trait House {
    /// Opens the facts; a second time as after a restart.
    fn open(&self) -> Arc<dyn Facts>;
}

/// A check, and its name for a failure's message.
pub type Check = (&'static str, fn(&dyn House));

/// All checks of this suite; each gets a house of its own.
pub const CHECKS: &[Check] = &[
    ("a way out has one state, kept over a restart", a_way_out_has_one_state),
    ("the last probe counts", the_last_probe_counts),
    ("letters, preflights and uses are kept over a restart", the_rest_is_kept),
    ("a provider goes by a relay until that is over", a_provider_goes_by_a_relay),
    ("what a relay was handed outlives a restart", what_a_relay_was_handed_outlives_a_restart),
    ("a notice of releases is kept as it came", a_notice_is_kept),
    ("a change is told, a repetition is not", a_change_is_told),
];

const FOURTH: PathKey = PathKey { source: None, family: Family::Ipv4 };

fn path(state: PathState, since: u64) -> PathFact {
    PathFact {
        path: FOURTH,
        state,
        since,
        reason: PathReason::SilentOperators { operators: 3 },
        evidence: vec![Evidence::Connect {
            operator: "example.org".into(),
            problem: ConnectProblem::Unanswered { seconds: 6 },
        }],
        next_probe: Some(since + 60),
        setbacks: 1,
        down_since: Some(since),
        probed_at: since + 9,
    }
}

fn probe(at: u64) -> ProbeFact {
    ProbeFact {
        path: PathKey { source: Some("192.0.2.25".parse().expect("an address")), family: Family::Ipv4 },
        at,
        verdict: "dropped".into(),
        confidence: 90,
        evidence: vec!["five of five are silent".into()],
        report: "{}".into(),
    }
}

fn a_way_out_has_one_state(house: &dyn House) {
    let facts = house.open();
    assert_eq!(run(facts.paths()).expect("read"), []);
    run(facts.save_path(path(PathState::Relay, 1))).expect("saved");
    run(facts.save_path(path(PathState::Trial, 2))).expect("saved");
    drop(facts);
    assert_eq!(run(house.open().paths()).expect("read"), [path(PathState::Trial, 2)]);
}

fn the_last_probe_counts(house: &dyn House) {
    let facts = house.open();
    run(facts.save_probe(probe(1))).expect("saved");
    run(facts.save_probe(probe(2))).expect("saved");
    assert_eq!(run(facts.probes()).expect("read"), [probe(2)]);
}

fn the_rest_is_kept(house: &dyn House) {
    let told = |told_at| ToldFact { about: "direct".into(), told_at, since: Some(1) };
    let preflight = PreflightFact { relay: "one".into(), question: "q".into(), verdict: "{}".into() };
    let facts = house.open();
    let changes = facts.changes();
    run(facts.save_told(told(1))).expect("saved");
    run(facts.save_told(told(2))).expect("saved");
    run(facts.save_preflight(preflight.clone())).expect("saved");
    assert!(!changes.has_changed().expect("open"), "nobody waits for these");
    drop(facts);
    let facts = house.open();
    assert_eq!(run(facts.told()).expect("read"), [told(2)]);
    assert_eq!(run(facts.preflights()).expect("read"), [preflight]);
}

fn what_a_relay_was_handed_outlives_a_restart(house: &dyn House) {
    let handed = |quarters: &[(u64, u32)]| HandedFact {
        relay: "ses".into(),
        quarters: quarters.to_vec(),
        quarter_days: vec![(21_600, 9)],
    };
    let facts = house.open();
    assert_eq!(run(facts.handed()).expect("read"), []);
    run(facts.save_handed(handed(&[(900, 1)]))).expect("saved");
    run(facts.save_handed(handed(&[(900, 2), (1800, 7)]))).expect("saved");
    drop(facts);
    assert_eq!(run(house.open().handed()).expect("read"), [handed(&[(900, 2), (1800, 7)])]);
}

fn provider(name: &str, state: PathState) -> ProviderFact {
    ProviderFact {
        provider: name.into(),
        relay: "anbieter".into(),
        state,
        since: 1,
        reason: ProviderReason::Asked,
        next_trial: 604_801,
        refused_trials: 0,
    }
}

fn a_provider_goes_by_a_relay(house: &dyn House) {
    let facts = house.open();
    run(facts.save_provider(provider("microsoft", PathState::Relay))).expect("saved");
    run(facts.save_provider(provider("mx.example", PathState::Relay))).expect("saved");
    run(facts.save_provider(provider("microsoft", PathState::Trial))).expect("saved");
    run(facts.save_path(path(PathState::Relay, 1))).expect("saved");
    drop(facts);
    let facts = house.open();
    let kept = [provider("microsoft", PathState::Trial), provider("mx.example", PathState::Relay)];
    assert_eq!(run(facts.providers()).expect("read"), kept);
    let mut changes = facts.changes();
    run(facts.forget_provider("microsoft".into())).expect("forgotten");
    assert!(changes.has_changed().expect("open"));
    changes.mark_unchanged();
    run(facts.forget_provider("microsoft".into())).expect("forgotten already");
    assert!(!changes.has_changed().expect("open"));
    drop(facts);
    let facts = house.open();
    assert_eq!(run(facts.providers()).expect("read"), [provider("mx.example", PathState::Relay)]);
    assert_eq!(run(facts.paths()).expect("read").len(), 1, "the others stay");
}

fn a_notice_is_kept(house: &dyn House) {
    let facts = house.open();
    assert_eq!(run(facts.notice()).expect("read"), None);
    let first = NoticeFact { address: "https://a.test/".into(), asked_at: Some(1), ..NoticeFact::default() };
    run(facts.save_notice(first.clone())).expect("saved");
    let second = NoticeFact {
        fetched_at: Some(2),
        file: Some("line\nline".into()),
        failure: Some("none".into()),
        told: vec!["release 1.0.0".into()],
        ..first
    };
    run(facts.save_notice(second.clone())).expect("saved");
    drop(facts);
    assert_eq!(run(house.open().notice()).expect("read"), Some(second));
}

fn a_change_is_told(house: &dyn House) {
    let facts = house.open();
    let mut changes = facts.changes();
    run(facts.save_path(path(PathState::Relay, 1))).expect("saved");
    assert!(changes.has_changed().expect("open"));
    changes.mark_unchanged();
    run(facts.save_path(path(PathState::Relay, 1))).expect("saved");
    assert!(!changes.has_changed().expect("open"));
}
