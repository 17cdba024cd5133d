//! The table of the module's header, line by line, and what holds for all figures.

use postamt_store::conduct::{SeenContent, SeenNetwork};
use proptest::prelude::*;

use super::*;

const NOW: u64 = 1_795_521_600;
const DAY: u64 = 86_400;
const USUAL: Allowed =
    Allowed { figures: [[Some(200), Some(1000)], [Some(500), Some(2000)], [Some(100), Some(200)]] };

fn floor() -> Floor {
    Floor::of(&USUAL, &USUAL)
}

/// An account of half a year that sends from one network and has written one text today.
fn settled() -> Habits {
    let network = "192.0.2.0/24".to_owned();
    Habits {
        since: NOW - 180 * DAY,
        networks: vec![SeenNetwork { network, first: NOW - 100 * DAY, last: NOW }],
        contents: vec![SeenContent { fingerprint: 0, first: NOW, last: NOW, strangers: 30 }],
        ..Habits::default()
    }
}

const HOME: Message<'static> = Message { network: Some("192.0.2.0/24"), fingerprint: u64::MAX, strangers: 1 };
const ABROAD: Message<'static> = Message { network: Some("198.51.100.0/24"), ..HOME };

#[track_caller]
fn check(habits: &Habits, recent: Recent, message: Message<'_>, expected: Brake, signs: usize) {
    let decision = judge(habits, &recent, message, floor(), NOW);
    assert_eq!((decision.brake, decision.signs.len()), (expected, signs), "{decision:?}");
}

#[test]
fn the_table() {
    assert_eq!(floor(), Floor { recipients: 25, strangers: 25 });
    let quiet = Recent { hour_recipients: 5, day_recipients: 20, day_strangers: 3, day_bounced: 1 };
    check(&settled(), quiet, HOME, Brake::Free, 0);
    check(&settled(), quiet, ABROAD, Brake::Free, 1);
    let loud = |hour_recipients| Recent { hour_recipients, day_recipients: 300, ..quiet };
    check(&settled(), loud(100), HOME, Brake::Free, 0);
    check(&settled(), loud(101), HOME, Brake::Free, 1);
    check(&settled(), loud(251), HOME, Brake::Slowed, 1);
    let strange = |day_strangers| Recent { day_strangers, ..quiet };
    check(&settled(), strange(50), HOME, Brake::Free, 0);
    check(&settled(), strange(51), HOME, Brake::Free, 1);
    check(&settled(), strange(51), ABROAD, Brake::Slowed, 2);
    check(&settled(), strange(76), ABROAD, Brake::Held, 2);
    let same = Message { fingerprint: 0b111, ..ABROAD };
    check(&settled(), quiet, same, Brake::Slowed, 2);
    check(&settled(), strange(51), same, Brake::Held, 3);
    check(&settled(), strange(76), same, Brake::Frozen, 3);
    let bounced = |day_bounced| Recent { day_recipients: 60, day_bounced, ..quiet };
    check(&settled(), bounced(9), HOME, Brake::Free, 0);
    check(&settled(), bounced(10), HOME, Brake::Free, 1);
    check(&settled(), bounced(20), HOME, Brake::Slowed, 1);
}

#[test]
fn what_was_learned_is_usual() {
    let mut habits = settled();
    habits.hours = vec![0; 168];
    habits.hours[usize::try_from(NOW / 3600 % 168).expect("small") + 1] = 400;
    habits.strangers = 150;
    let busy = Recent { hour_recipients: 500, day_recipients: 500, day_strangers: 200, day_bounced: 0 };
    check(&habits, busy, HOME, Brake::Free, 0);
    let later = judge(&habits, &busy, HOME, floor(), NOW + 7 * 3600);
    assert_eq!(later.brake, Brake::Slowed, "the hour of the week counts: {later:?}");
}

#[test]
fn a_young_account_has_no_usual_networks_and_twice_the_strangers() {
    let habits = Habits { since: NOW - 3 * DAY, ..settled() };
    let strange = |day_strangers| Recent { hour_recipients: 90, day_strangers, ..Recent::default() };
    check(&habits, strange(100), ABROAD, Brake::Free, 0);
    check(&habits, strange(101), ABROAD, Brake::Free, 1);
    check(&habits, strange(151), ABROAD, Brake::Slowed, 1);
}

#[test]
fn what_the_operator_has_said_for_one_account_is_taken_at_its_word() {
    let own = Allowed { figures: [[Some(6000); 2], [Some(6000); 2], [Some(6000), None]] };
    let floor = Floor::of(&USUAL, &own);
    assert_eq!(floor, Floor { recipients: 6000, strangers: u32::MAX });
    let tuesday =
        Recent { hour_recipients: 5000, day_recipients: 5000, day_strangers: 5000, day_bounced: 90 };
    assert_eq!(judge(&settled(), &tuesday, HOME, floor, NOW), Decision::default());
    let lower = Allowed { figures: [[Some(20); 2], [Some(40); 2], [Some(8); 2]] };
    assert_eq!(Floor::of(&USUAL, &lower), Floor { recipients: 2, strangers: 1 });
}

proptest! {
    /// More of anything never brakes less.
    #[test]
    fn more_never_brakes_less(
        recent in any::<[u16; 4]>(), more in any::<[u16; 3]>(), usual in any::<[u16; 2]>(), abroad in any::<bool>()
    ) {
        let habits = Habits { hours: vec![usual[0].into(); 168], strangers: usual[1].into(), ..settled() };
        let [hour_recipients, day_recipients, day_strangers, day_bounced] = recent.map(u32::from);
        let before = Recent { hour_recipients, day_recipients, day_strangers, day_bounced };
        let [volume, strangers, bounced] = more.map(u32::from);
        let after = Recent {
            hour_recipients: hour_recipients + volume,
            day_strangers: day_strangers + strangers,
            day_bounced: day_bounced + bounced,
            ..before
        };
        let message = if abroad { ABROAD } else { HOME };
        let brake = |recent| judge(&habits, &recent, message, floor(), NOW).brake;
        prop_assert!(brake(before) <= brake(after));
    }

    /// Whatever an account sends, what it is taken to send grows by half a week at the most.
    #[test]
    fn patience_takes_months(days in proptest::collection::vec(0_u32..5_000, 1..90)) {
        let mut habits = Habits::default();
        let monday = NOW - NOW % (7 * DAY);
        let (mut most, mut bound) = (0, 20.0_f64);
        for (day, strangers) in (0_u64..).zip(&days) {
            if day > 0 && day % 7 == 0 {
                bound *= 1.5;
            }
            let message = habits::Learned { network: None, fingerprint: day, recipients: *strangers, strangers: *strangers };
            habits::learn(&mut habits, message, monday + day * DAY + 3600);
            most = most.max(habits.strangers);
            prop_assert!(f64::from(most) <= bound, "{most} after {day} days");
            let hourly = habits.hours.iter().max().copied().unwrap_or_default();
            prop_assert!(f64::from(hourly) <= bound, "{hourly} after {day} days");
            prop_assert!(habits.contents.len() <= 64);
        }
    }
}
