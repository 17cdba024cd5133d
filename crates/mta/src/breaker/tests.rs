use super::*;
use crate::settings::tests::sample;

const FOURTH: PathKey = PathKey { source: None, family: Family::Ipv4 };
const SIXTH: PathKey = PathKey { source: None, family: Family::Ipv6 };

fn probed(breaker: &Breaker, path: PathKey, verdict: &str, at: u64) {
    let probe = ProbeFact {
        path,
        at,
        verdict: verdict.to_owned(),
        confidence: 90,
        evidence: Vec::new(),
        report: "{}".to_owned(),
    };
    breaker.probed(probe, at);
}

fn both(verdict: &str, at: u64) -> Breaker {
    let breaker = Breaker::new(Vec::new());
    probed(&breaker, FOURTH, verdict, at);
    probed(&breaker, SIXTH, verdict, at);
    breaker
}

fn free_places(breaker: &Breaker, now: u64) -> usize {
    let mut ways = breaker.lock();
    let machine = &mut ways.get_mut(&FOURTH).expect("known").machine;
    (0..10).filter(|_| machine.admit(now)).count()
}

/// Both ways are on trial; all places of the fourth are taken.
fn on_trial() -> Breaker {
    let breaker = both("dropped", 10);
    probed(&breaker, FOURTH, "open", 100);
    probed(&breaker, SIXTH, "open", 100);
    assert_eq!(free_places(&breaker, 101), 3);
    breaker
}

#[test]
fn a_silent_attempt_gives_its_place_back_once() {
    let breaker = on_trial();
    let silent = breaker.connecting(FOURTH, "dead.test".to_owned(), 101);
    assert!(breaker.look_at_silence(106), "too soon");
    assert_eq!(free_places(&breaker, 106), 0);
    for now in 107..120 {
        assert!(!breaker.look_at_silence(now), "nothing else to watch");
        assert_eq!(free_places(&breaker, now), usize::from(now == 107));
    }
    silent.failed(ConnectProblem::TimedOut, 131);
    assert_eq!(free_places(&breaker, 131), 0, "it had given its place back");
    breaker.connecting(FOURTH, "dead.test".to_owned(), 140).failed(ConnectProblem::Refused, 140);
    assert_eq!(free_places(&breaker, 140), 1, "another attempt");
}

#[test]
fn an_attempt_that_is_answered_late_takes_its_place_again() {
    let breaker = on_trial();
    let slow = breaker.connecting(FOURTH, "slow.test".to_owned(), 101);
    breaker.look_at_silence(107);
    slow.answered(108);
    assert_eq!(free_places(&breaker, 108), 0);
    breaker.attempted(FOURTH, false, 109);
    assert_eq!(free_places(&breaker, 109), 1);
}

#[test]
fn a_rehearsal_gives_no_place_of_real_mail_back() {
    let breaker = on_trial();
    breaker.rehearsing(FOURTH, "dead.test".to_owned(), 101).failed(ConnectProblem::Refused, 101);
    assert_eq!(free_places(&breaker, 101), 0, "it failed at once");
    let silent = breaker.rehearsing(FOURTH, "dead.test".to_owned(), 102);
    breaker.look_at_silence(108);
    assert_eq!(free_places(&breaker, 108), 0, "it was silent");
    silent.answered(109);
    breaker.attempted(FOURTH, false, 110);
    assert_eq!(
        free_places(&breaker, 110),
        1,
        "and took none when it was answered: this one is of mail that ended"
    );
}

#[test]
fn a_new_attempt_is_watched_while_old_ones_are_silent() {
    let breaker = Breaker::new(Vec::new());
    let _old = breaker.connecting(FOURTH, "dead.test".to_owned(), 100);
    assert!(!breaker.look_at_silence(106));
    let (_new, _newer) = (
        breaker.connecting(FOURTH, "b.test".to_owned(), 110),
        breaker.connecting(FOURTH, "c.test".to_owned(), 110),
    );
    assert!(breaker.look_at_silence(111));
    breaker.look_at_silence(116);
    assert!(breaker.is_closed(FOURTH));
}

#[test]
fn mail_is_planned_again_only_when_what_it_can_use_has_changed() {
    let settings = sample();
    let breaker = Breaker::new(Vec::new());
    assert_eq!(breaker.courses(&settings), Courses::Direct, "nothing is known");
    probed(&breaker, FOURTH, "open", 5);
    for at in [10, 100] {
        probed(&breaker, SIXTH, "dropped", at);
        assert_eq!(breaker.courses(&settings), Courses::Direct, "the other way is open");
        probed(&breaker, SIXTH, "open", at + 10);
        assert_eq!(breaker.courses(&settings), Courses::Direct);
    }
    let breaker = both("dropped", 10);
    assert_eq!(breaker.courses(&settings), Courses::Closed(10));
    probed(&breaker, SIXTH, "dropped", 500);
    assert_eq!(breaker.courses(&settings), Courses::Closed(10), "only its next probe is another");
    probed(&breaker, FOURTH, "open", 600);
    assert_eq!(breaker.courses(&settings), Courses::Trial(vec![(FOURTH, 600)]));
    probed(&breaker, SIXTH, "open", 700);
    assert_eq!(breaker.courses(&settings), Courses::Trial(vec![(FOURTH, 600), (SIXTH, 700)]));
    probed(&breaker, SIXTH, "dropped", 800);
    probed(&breaker, FOURTH, "dropped", 900);
    assert_eq!(breaker.courses(&settings), Courses::Closed(900));
    assert_eq!(breaker.closed_since(&settings), Some(10), "trials that fail do not count");
}

#[test]
fn mail_that_finds_no_place_in_a_trial_looks_again_soon() {
    let settings = sample();
    let breaker = both("dropped", 10);
    let none = || Err(Hindrance::NoRelay);
    let wait = |now| match breaker.course(&settings, now, none) {
        Course::Wait { until } => Some(until - now),
        Course::Direct | Course::Detour(_) => None,
    };
    assert_eq!(wait(11), Some(59), "until the next probe");
    probed(&breaker, SIXTH, "dropped", 70);
    probed(&breaker, FOURTH, "open", 70);
    assert_eq!([wait(71), wait(71), wait(71)], [None; 3]);
    assert_eq!(wait(71), Some(machine::LOOK_AGAIN_SECONDS), "a place may be free soon");
}
