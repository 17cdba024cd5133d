use super::*;
use crate::settings::RelayTls;

const NOON: u64 = 1_795_521_600;
const DAY: u64 = 86_400;
const MONTH: u64 = 30 * DAY;

fn relay(per_day: Option<u32>, per_month: Option<u32>) -> Relay {
    let relay = Relay::new("anbieter", "relay.test", 587, RelayTls::None);
    Relay { messages_per_day: per_day, messages_per_month: per_month, ..relay }
}

#[test]
fn the_window_moves_a_day_after_the_end_of_each_quarter() {
    let mut window = Window::new(Span::Day, Vec::new());
    window.add(3, NOON + 10);
    window.add(2, NOON + 899);
    window.add(5, NOON + 900);
    assert_eq!(window.parts(), [(NOON, 5), (NOON + 900, 5)]);
    assert_eq!(window.sum(NOON + 899 + DAY), 10, "not yet a day after the last of them");
    assert_eq!(window.moves_at(), Some(NOON + 900 + DAY));
    assert_eq!(window.sum(NOON + 900 + DAY), 5);
    assert_eq!(window.sum(NOON + 1800 + DAY), 0);
    assert_eq!(window.moves_at(), None);
}

#[test]
fn a_month_moves_by_quarters_of_a_day() {
    let mut window = Window::new(Span::Month, Vec::new());
    let quarter = DAY / 4;
    for part in 0..200 {
        window.add(1, NOON + part * quarter);
    }
    // The one at hand, those of 30 days before it, and the one that has not ended a whole month ago.
    assert_eq!(window.parts().len(), 121);
    assert_eq!(window.moves_at(), Some(NOON + 200 * quarter));
}

#[test]
fn a_clock_that_is_set_back_forgets_nothing() {
    let mut window = Window::new(Span::Day, vec![(NOON + 900, 1), (NOON, 1)]);
    window.add(1, NOON - 3600);
    assert_eq!(window.parts(), [(NOON, 1), (NOON + 900, 2)]);
}

#[test]
fn what_was_added_last_is_taken_back() {
    let mut window = Window::new(Span::Hour, Vec::new());
    window.add(3, NOON);
    window.add(4, NOON + 60);
    window.take_back(2);
    assert_eq!(window.parts(), [(NOON, 3), (NOON + 60, 2)]);
    window.take_back(4);
    assert_eq!(window.parts(), [(NOON, 1)]);
    window.take_back(9);
    assert_eq!(window.sum(NOON), 0);
}

#[test]
fn there_is_room_when_enough_of_the_oldest_count_no_more() {
    let mut window = Window::new(Span::Hour, Vec::new());
    window.add(3, NOON);
    window.add(4, NOON + 60);
    let now = NOON + 70;
    assert_eq!(window.room_at(3, 10, now), Some(now));
    assert_eq!(window.room_at(4, 10, now), Some(NOON + 60 + 3600));
    assert_eq!(window.room_at(10, 10, now), Some(NOON + 120 + 3600));
    assert_eq!(window.room_at(11, 10, now), None);
}

#[test]
fn levels() {
    let of_ten = |used| level(used, 10);
    assert_eq!((of_ten(7), of_ten(8), of_ten(9)), (Level::Low, Level::Nearly, Level::Nearly));
    assert_eq!((of_ten(10), of_ten(11)), (Level::Full, Level::Full));
}

/// The levels that are told, each with its period.
fn told(counted: &mut Counted, relay: &Relay, now: u64) -> Vec<(Period, Level, u32)> {
    let events = counted.risen(relay, now).into_iter();
    events
        .map(|event| match event {
            Event::RelayQuota { period, level, used, .. } => (period, level, used),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn a_level_is_told_when_it_rises_and_again_after_it_has_fallen() {
    let (mut counted, relay) = (Counted::default(), relay(Some(10), None));
    counted.add(8, NOON);
    assert_eq!(told(&mut counted, &relay, NOON), [(Period::Day, Level::Nearly, 8)]);
    assert_eq!(told(&mut counted, &relay, NOON), []);
    counted.add(2, NOON);
    assert_eq!(told(&mut counted, &relay, NOON), [(Period::Day, Level::Full, 10)]);
    let later = NOON + 900 + DAY;
    assert_eq!(told(&mut counted, &relay, later), []);
    counted.add(9, later);
    assert_eq!(told(&mut counted, &relay, later), [(Period::Day, Level::Nearly, 9)]);
}

#[test]
fn promises_take_room_and_a_look_comes_when_there_may_be_some() {
    let (mut counted, ten, six) = (Counted::default(), relay(Some(10), None), relay(Some(6), None));
    counted.promised = 3;
    counted.add(6, NOON);
    assert_eq!(counted.room(&ten, NOON), 1);
    counted.promised = 4;
    assert_eq!(counted.room(&ten, NOON), 0);
    assert_eq!(counted.look_again(&ten, NOON), NOON + LOOK_AGAIN_SECONDS);
    assert_eq!(counted.look_again(&six, NOON), NOON + LONGEST_LOOK_SECONDS);
    let nearly = NOON + 900 + DAY - 5;
    assert_eq!(counted.look_again(&six, nearly), NOON + 900 + DAY);
}

#[test]
fn of_two_quotas_the_smaller_room_counts_and_the_later_end() {
    let (mut counted, both) = (Counted::default(), relay(Some(10), Some(25)));
    counted.add(10, NOON);
    assert_eq!(counted.room(&both, NOON), 0);
    let second = NOON + 900 + DAY;
    assert_eq!(counted.room(&both, second), 10, "fifteen are left of the month");
    counted.add(10, second);
    let third = second + 900 + DAY;
    assert_eq!(counted.room(&both, third), 5);
    counted.add(5, third);
    assert_eq!(counted.room(&both, third + 900 + DAY), 0);
    let opens = NOON + DAY / 4 + MONTH;
    assert_eq!(counted.counts[1].full_until(&both, third), Some(opens));
    assert_eq!(counted.look_again(&both, opens - 5), opens);
    assert_eq!(counted.room(&both, opens), 10, "as many as went on the first day");
}
