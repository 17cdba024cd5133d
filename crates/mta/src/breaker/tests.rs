use super::*;
use crate::flow::{Destination, Failure, Fault, Plan};
use crate::queue::job::Job;
use crate::queue::limits_of;
use crate::queue::site::SiteLimits;
use crate::queue::tests::job;
use crate::settings::DkimOnRoute;
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

/// Places of the fourth way that are free; asking takes none.
fn free_places(breaker: &Breaker, now: u64) -> usize {
    let admitted = admitted(breaker, now);
    admitted.len()
}

fn admitted(breaker: &Breaker, now: u64) -> Vec<Place> {
    let mut ways = breaker.lock();
    let machine = &mut ways.get_mut(&FOURTH).expect("known").machine;
    (0..10).filter_map(|_| machine.admit(now)).collect()
}

/// Both ways are on trial.
fn on_trial() -> Breaker {
    let breaker = both("dropped", 10);
    probed(&breaker, FOURTH, "open", 100);
    probed(&breaker, SIXTH, "open", 100);
    assert_eq!(free_places(&breaker, 101), 3);
    breaker
}

/// A site where these places wait for a connection.
fn waiting(places: impl IntoIterator<Item = Place>) -> Arc<Site> {
    let limits = SiteLimits { initial_connections: 1, ..limits_of(&sample().pacing) };
    let site = Site::new(
        "mx.dead.test".to_owned(),
        "direct".to_owned(),
        Plan::Direct(Vec::new()),
        limits,
        DkimOnRoute::default(),
    );
    for (id, place) in (1..).zip(places) {
        site.push(Job { place, ..job(id, Destination::Discard) }, 101);
    }
    Arc::new(site)
}

#[test]
fn what_a_message_does_with_its_place_it_takes_one_and_gives_one_back() {
    let breaker = on_trial();
    let mut places = admitted(&breaker, 101);
    assert_eq!((places.len(), free_places(&breaker, 101)), (3, 0));
    let site = waiting(places.drain(..2));
    // It was let through on this way, but all its hosts lie on another one: it goes elsewhere.
    drop(places.pop());
    assert_eq!(free_places(&breaker, 102), 1);
    // Planned again, cancelled or held: what leaves its site has none, even where it is kept.
    let planned = site.extract(&|job| job.id.0 == 1);
    assert_eq!((planned.len(), free_places(&breaker, 103)), (1, 2));
    // No host took it.
    let failure = Failure::ours(Fault::Network, (4, 4, 1), "no answer");
    drop(site.unreachable(104, &failure));
    assert_eq!(free_places(&breaker, 104), 3);
}

#[test]
fn a_silent_host_keeps_no_place_however_many_addresses_it_has() {
    let breaker = on_trial();
    let mut places = admitted(&breaker, 101);
    let (site, others) = (waiting(places.pop()), places);
    for address in 0..4 {
        let now = 101 + 30 * address;
        let silent = breaker.connecting(FOURTH, "dead.test".to_owned(), Some(site.clone()), now);
        assert!(breaker.look_at_silence(now + 5), "too soon");
        for now in now + 6..now + 9 {
            assert!(!breaker.look_at_silence(now), "nothing else to watch");
        }
        silent.failed(ConnectProblem::TimedOut, now + 29);
        assert!(site.is_silent());
        // One message waits for it, and so one place is free, not one for each address.
        let mut ways = breaker.lock();
        let machine = &mut ways.get_mut(&FOURTH).expect("known").machine;
        assert_eq!((machine.admit(now + 29).is_some(), others.len()), (true, 2));
    }
}

#[test]
fn what_came_while_the_attempt_was_under_way_waits_for_a_silent_host_like_the_rest() {
    let breaker = on_trial();
    let mut places = admitted(&breaker, 101);
    let site = waiting(places.pop());
    let _silent = breaker.connecting(FOURTH, "dead.test".to_owned(), Some(site.clone()), 101);
    for (id, place) in (2..).zip(places) {
        site.push(Job { place, ..job(id, Destination::Discard) }, 104);
    }
    assert_eq!(free_places(&breaker, 106), 0);
    breaker.look_at_silence(107);
    assert_eq!(free_places(&breaker, 107), 3);
}

#[test]
fn an_attempt_that_is_answered_late_takes_its_place_again() {
    let breaker = on_trial();
    let places = admitted(&breaker, 101);
    let site = waiting(places);
    let slow = breaker.connecting(FOURTH, "slow.test".to_owned(), Some(site.clone()), 101);
    breaker.look_at_silence(107);
    assert_eq!((free_places(&breaker, 107), site.is_silent()), (3, true));
    slow.answered(108);
    assert_eq!((free_places(&breaker, 108), site.is_silent()), (0, false));
    drop(site.take());
    assert_eq!(free_places(&breaker, 109), 1);
}

#[test]
fn what_another_connection_has_taken_counts_again() {
    let breaker = on_trial();
    let places = admitted(&breaker, 101);
    let site = waiting(places);
    let _silent = breaker.connecting(FOURTH, "half.test".to_owned(), Some(site.clone()), 101);
    breaker.look_at_silence(107);
    let taken = site.take().expect("ready");
    assert_eq!(free_places(&breaker, 108), 2);
    drop(taken);
    assert_eq!(free_places(&breaker, 108), 3);
}

#[test]
fn a_rehearsal_frees_no_place_of_real_mail() {
    let breaker = on_trial();
    let site = waiting(admitted(&breaker, 101));
    breaker.connecting(FOURTH, "dead.test".to_owned(), None, 101).failed(ConnectProblem::Refused, 101);
    assert_eq!(free_places(&breaker, 101), 0, "it failed at once");
    let silent = breaker.connecting(FOURTH, "dead.test".to_owned(), None, 102);
    breaker.look_at_silence(108);
    assert_eq!(free_places(&breaker, 108), 0, "it was silent");
    silent.answered(109);
    assert_eq!((free_places(&breaker, 110), site.is_silent()), (0, false));
}

#[test]
fn a_new_attempt_is_watched_while_old_ones_are_silent() {
    let breaker = Breaker::new(Vec::new());
    let _old = breaker.connecting(FOURTH, "dead.test".to_owned(), None, 100);
    assert!(!breaker.look_at_silence(106));
    let (_new, _newer) = (
        breaker.connecting(FOURTH, "b.test".to_owned(), None, 110),
        breaker.connecting(FOURTH, "c.test".to_owned(), None, 110),
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
    let mut places = Vec::new();
    let mut wait = |now| match breaker.course(&settings, now, none) {
        Course::Wait { until } => Some(until - now),
        Course::Direct(place) => {
            places.push(place);
            None
        }
        Course::Detour(_) => None,
    };
    assert_eq!(wait(11), Some(59), "until the next probe");
    probed(&breaker, SIXTH, "dropped", 70);
    probed(&breaker, FOURTH, "open", 70);
    assert_eq!([wait(71), wait(71), wait(71)], [None; 3]);
    assert_eq!(wait(71), Some(machine::LOOK_AGAIN_SECONDS), "a place may be free soon");
    places.pop();
    assert!(matches!(breaker.course(&settings, 71, none), Course::Direct(place) if place.is_taken()));
}
