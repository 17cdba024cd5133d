use postamt_store::facts::Family;

use super::*;

const PATH: PathKey = PathKey { source: None, family: Family::Ipv4 };

fn machine() -> Machine {
    Machine::new(PATH, 0)
}

/// An attempt that began a moment ago.
fn fails(machine: &mut Machine, operator: &str, now: u64) -> bool {
    failed_since(machine, operator, now, now)
}

fn failed_since(machine: &mut Machine, operator: &str, began: u64, now: u64) -> bool {
    let problem = ConnectProblem::TimedOut;
    machine.see(Sighting::Failed { operator: operator.to_owned(), problem, began }, now)
}

/// A probe that was made at `at`, and read at once.
fn probe(machine: &mut Machine, verdict: &str, at: u64) -> bool {
    read(machine, verdict, at, at)
}

fn read(machine: &mut Machine, verdict: &str, at: u64, now: u64) -> bool {
    let probe = ProbeFact {
        path: PATH,
        at,
        verdict: verdict.to_owned(),
        confidence: 90,
        evidence: vec!["as the test says".to_owned()],
        report: "{}".to_owned(),
    };
    machine.see(Sighting::Probed(probe), now)
}

fn closed_at(now: u64) -> Machine {
    let mut machine = machine();
    close(&mut machine, now);
    machine
}

fn close(machine: &mut Machine, now: u64) {
    for (place, name) in ["a", "b", "c"].into_iter().enumerate() {
        assert_eq!(fails(machine, name, now), place == 2);
    }
}

fn trial_at(now: u64) -> Machine {
    let mut machine = closed_at(now - 5);
    assert!(probe(&mut machine, "open", now));
    assert_eq!(machine.fact().state, PathState::Trial);
    machine
}

fn pass(machine: &mut Machine, now: u64) {
    for place in 0..3 {
        assert_eq!(machine.see(Sighting::Delivered, now), place == 2);
    }
}

/// State, wait until the next probe, setbacks.
fn stand(machine: &Machine, now: u64) -> (PathState, Option<u64>, u32) {
    let fact = machine.fact();
    (fact.state, fact.next_probe.map(|at| at - now), fact.setbacks)
}

/// As a restart does.
fn restarted(machine: &Machine) -> Machine {
    let text = serde_json::to_string(machine.fact()).expect("written");
    Machine::from_fact(serde_json::from_str(&text).expect("read"))
}

#[test]
fn one_dead_destination_never_closes_the_way() {
    let mut machine = machine();
    assert!((0..10_000).all(|now| !fails(&mut machine, "dead.test", now)));
    assert_eq!(machine.fact().state, PathState::Direct);
}

#[test]
fn three_unrelated_ones_do_and_an_answer_in_between_prevents_it() {
    assert!(closed_at(10).is_closed());
    let mut machine = machine();
    fails(&mut machine, "a", 1);
    fails(&mut machine, "b", 2);
    machine.see(Sighting::Answered, 3);
    assert!(!fails(&mut machine, "c", 4));
    assert!(!fails(&mut machine, "a", 5));
}

#[test]
fn dead_destinations_that_others_answered_beside_are_none_of_the_way() {
    let mut machine = machine();
    machine.see(Sighting::Answered, 1);
    for name in ["a", "b", "c", "d"] {
        assert!(!failed_since(&mut machine, name, 1, 7), "{name}: tried at once with one that answered");
    }
    for (place, name) in ["a", "b", "c"].into_iter().enumerate() {
        assert_eq!(failed_since(&mut machine, name, 2, 8), place == 2, "{name}: tried after it");
    }
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
    let mut machine = closed_at(10);
    assert!(machine.admit(100).is_none());
    assert!(probe(&mut machine, "open", 100));
    assert_eq!(machine.fact().state, PathState::Trial);
    let admitted: Vec<_> = (0..5).filter_map(|_| machine.admit(100)).collect();
    assert_eq!(admitted.len(), 3);
    pass(&mut machine, 101);
    assert_eq!(stand(&machine, 101), (PathState::Direct, None, 0));
}

#[test]
fn without_a_probe_mail_itself_looks_again() {
    let mut machine = closed_at(10);
    let due = machine.fact().next_probe.expect("set");
    assert!(!machine.tick(due));
    assert!(machine.tick(due + OVERDUE_SECONDS));
    assert_eq!(machine.fact().state, PathState::Trial);
}

#[test]
fn a_failed_trial_waits_longer() {
    let mut machine = trial_at(100);
    fails(&mut machine, "a", 101);
    assert!(fails(&mut machine, "b", 102));
    assert_eq!(stand(&machine, 102), (PathState::Relay, Some(120), 1));
}

#[test]
fn a_flapping_way_does_not_flap_the_route() {
    let mut machine = closed_at(10);
    let mut now = 100;
    let mut waits = Vec::new();
    for _ in 0..4 {
        probe(&mut machine, "open", now);
        pass(&mut machine, now);
        // A restart does not make it forget.
        machine = restarted(&machine);
        close(&mut machine, now + 1);
        waits.push(machine.fact().next_probe.expect("closed") - now - 1);
        now += 60;
    }
    assert_eq!(waits, [120, 240, 480, 960], "and none of these closings is confirmed in a hurry");
    now += STABLE_SECONDS;
    probe(&mut machine, "open", now);
    pass(&mut machine, now);
    now += STABLE_SECONDS;
    close(&mut machine, now);
    assert_eq!(stand(&machine, now), (PathState::Relay, Some(CONFIRM_SECONDS), 0), "it was stable");
}

#[test]
fn what_mail_has_seen_is_confirmed_soon_and_the_confirmation_is_no_setback() {
    let mut machine = closed_at(100);
    assert_eq!(stand(&machine, 100), (PathState::Relay, Some(CONFIRM_SECONDS), 0));
    let mut now = 102;
    for (wait, setbacks) in [(60, 0), (120, 1), (240, 2)] {
        assert!(probe(&mut machine, "dropped", now));
        assert_eq!(stand(&machine, now), (PathState::Relay, Some(wait), setbacks));
        machine = restarted(&machine);
        now += wait;
    }
    let mut machine = closed_at(100);
    assert!(probe(&mut machine, "open", 102));
    assert_eq!(machine.fact().state, PathState::Trial);
    let mut machine = Machine::new(PATH, 0);
    assert!(probe(&mut machine, "dropped", 100));
    assert_eq!(stand(&machine, 100), (PathState::Relay, Some(60), 0), "a probe needs no other to confirm it");
}

#[test]
fn a_probe_before_its_time_opens_the_way_but_does_not_lengthen_the_wait() {
    let mut machine = closed_at(100);
    probe(&mut machine, "dropped", 102);
    for at in 110..120 {
        assert!(probe(&mut machine, "dropped", at));
        assert_eq!(machine.fact().next_probe, Some(162), "an operator looks again and again");
    }
    assert!(probe(&mut machine, "open", 121));
}

#[test]
fn a_trial_that_no_mail_uses_ends_by_a_second_probe() {
    let mut machine = trial_at(1000);
    let due = 1000 + TRIAL_PROBE_SECONDS;
    assert_eq!(machine.fact().next_probe, Some(due));
    assert!(!machine.fact().is_probe_due(due - 1) && machine.fact().is_probe_due(due));
    assert!(!probe(&mut machine, "open", due - 1), "too soon to be another");
    assert!(probe(&mut machine, "inconclusive", due));
    assert_eq!(stand(&machine, due), (PathState::Trial, Some(TRIAL_PROBE_SECONDS), 0), "asked again");
    let due = due + TRIAL_PROBE_SECONDS;
    assert!(read(&mut machine, "open", due, due + 12));
    assert_eq!(stand(&machine, due), (PathState::Direct, None, 0));
    assert_eq!(machine.fact().reason, PathReason::ProbedOpenAgain);
    let mut machine = trial_at(1000);
    assert!(probe(&mut machine, "dropped", 1100));
    assert_eq!(stand(&machine, 1100), (PathState::Relay, Some(120), 1));
}

#[test]
fn a_trial_in_which_nothing_fails_for_a_day_is_over() {
    let mut machine = trial_at(1000);
    fails(&mut machine, "dead.test", 5000);
    assert!(!machine.tick(1000 + QUIET_TRIAL_SECONDS), "something failed");
    assert!(machine.tick(5000 + QUIET_TRIAL_SECONDS));
    assert_eq!((machine.fact().state, &machine.fact().reason), (PathState::Direct, &PathReason::TrialQuiet));

    // What failed before a restart is not known after it.
    let mut machine = restarted(&trial_at(1000));
    let start = 2 * QUIET_TRIAL_SECONDS;
    assert!(!machine.tick(start));
    assert!(machine.tick(start + QUIET_TRIAL_SECONDS));
}

#[test]
fn a_trial_of_an_older_version_gets_its_time() {
    let mut fact = trial_at(1000).fact().clone();
    (fact.next_probe, fact.down_since) = (None, None);
    let mut machine = Machine::from_fact(fact);
    assert!(machine.tick(2000));
    assert_eq!(machine.fact().next_probe, Some(2000 + TRIAL_PROBE_SECONDS));
    assert_eq!(machine.fact().down_since, Some(1000));
    assert!(!machine.tick(2001));
}

#[test]
fn a_probe_counts_only_if_it_is_newer_than_what_is_known() {
    // It began before mail found the way closed, and ended after it.
    let mut machine = closed_at(100);
    for at in [95, 100] {
        assert!(!read(&mut machine, "open", at, 108), "{at}");
    }
    assert!(read(&mut machine, "open", 101, 108));

    // Read again and again, also after a restart.
    let mut machine = closed_at(100);
    assert!(probe(&mut machine, "dropped", 102));
    assert!(probe(&mut machine, "dropped", 162));
    for _ in 0..3 {
        assert!(!read(&mut machine, "dropped", 162, 170));
        assert!(!read(&mut machine, "open", 150, 170), "older than the last");
        assert_eq!(stand(&machine, 162), (PathState::Relay, Some(120), 1));
        machine = restarted(&machine);
    }

    // Nothing is known of a way that was just taken up: whatever was found is news, unless it is old.
    let mut machine = Machine::new(PATH, 100_000);
    assert!(!read(&mut machine, "dropped", 100_000 - PROBE_HOLDS_SECONDS, 100_000));
    assert!(read(&mut machine, "dropped", 99_990, 100_003));
}

#[test]
fn a_clock_that_was_set_back_does_not_make_it_deaf() {
    let mut machine = closed_at(1_000_000);
    probe(&mut machine, "dropped", 1_000_002);
    assert!(probe(&mut machine, "open", 5000));
    assert!(probe(&mut machine, "dropped", 5060));
}

#[test]
fn failed_trials_do_not_begin_the_time_anew_for_which_it_is_closed() {
    let mut machine = closed_at(100);
    let mut now = 100;
    for _ in 0..3 {
        assert_eq!(machine.fact().down_since, Some(100));
        now += 1000;
        probe(&mut machine, "open", now);
        assert_eq!(machine.fact().down_since, Some(100));
        fails(&mut machine, "a", now + 1);
        assert!(fails(&mut machine, "b", now + 1));
        machine = restarted(&machine);
    }
    probe(&mut machine, "open", now + 1000);
    pass(&mut machine, now + 1001);
    assert_eq!(machine.fact().down_since, None);
}

#[test]
fn a_probe_that_knows_nothing_closes_nothing() {
    let mut machine = machine();
    for (at, verdict) in ["inconclusive", "no_network", "dns_broken", "throttled"].into_iter().enumerate() {
        assert!(!probe(&mut machine, verdict, 1 + at as u64), "{verdict}");
    }
    assert!(probe(&mut machine, "dropped", 10));
}
