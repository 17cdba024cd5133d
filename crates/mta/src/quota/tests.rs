use super::*;

const NOON: u64 = 1_795_521_600;
const DAY: u64 = 86_400;

#[test]
fn the_window_moves_a_day_after_the_end_of_each_quarter() {
    let mut window = Window::default();
    window.add(3, NOON + 10);
    window.add(2, NOON + 899);
    window.add(5, NOON + 900);
    assert_eq!(window.quarters(), [(NOON, 5), (NOON + 900, 5)]);
    assert_eq!(window.sum(NOON + 899 + DAY), 10, "not yet a day after the last of them");
    assert_eq!(window.moves_at(), Some(NOON + 900 + DAY));
    assert_eq!(window.sum(NOON + 900 + DAY), 5);
    assert_eq!(window.sum(NOON + 1800 + DAY), 0);
    assert_eq!(window.moves_at(), None);
}

#[test]
fn a_clock_that_is_set_back_forgets_nothing() {
    let mut window = Window::new(vec![(NOON + 900, 1), (NOON, 1)]);
    window.add(1, NOON - 3600);
    assert_eq!(window.quarters(), [(NOON, 1), (NOON + 900, 2)]);
}

#[test]
fn levels() {
    let of_ten = |used| level(used, 10);
    assert_eq!((of_ten(7), of_ten(8), of_ten(9)), (Level::Low, Level::Nearly, Level::Nearly));
    assert_eq!((of_ten(10), of_ten(11)), (Level::Full, Level::Full));
}

#[test]
fn a_level_is_told_when_it_rises_and_again_after_it_has_fallen() {
    let mut counted = Counted::default();
    counted.window.add(8, NOON);
    assert_eq!(counted.risen(10, NOON), Some((Level::Nearly, 8)));
    assert_eq!(counted.risen(10, NOON), None);
    counted.window.add(2, NOON);
    assert_eq!(counted.risen(10, NOON), Some((Level::Full, 10)));
    let later = NOON + 900 + DAY;
    assert_eq!(counted.risen(10, later), None);
    counted.window.add(9, later);
    assert_eq!(counted.risen(10, later), Some((Level::Nearly, 9)));
}

#[test]
fn promises_take_room_and_a_look_comes_when_there_may_be_some() {
    let mut counted = Counted { promised: 3, ..Counted::default() };
    counted.window.add(6, NOON);
    assert_eq!(counted.room(10, NOON), 1);
    counted.promised = 4;
    assert_eq!(counted.room(10, NOON), 0);
    assert_eq!(counted.look_again(10, NOON), NOON + LOOK_AGAIN_SECONDS);
    assert_eq!(counted.look_again(6, NOON), NOON + LONGEST_LOOK_SECONDS);
    let nearly = NOON + 900 + DAY - 5;
    assert_eq!(counted.look_again(6, nearly), NOON + 900 + DAY);
}
