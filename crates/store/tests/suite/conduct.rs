//! The conduct port.

use std::sync::Arc;

use postamt_store::conduct::{Brake, Changes, Conduct, Conducts, Habits, HourAndDay, Known, Sign, Standing};

use super::run;

/// A place where it is kept.
pub trait House {
    /// Opens it; a second time as after a restart.
    fn open(&self) -> Arc<dyn Conducts>;
}

/// A check, and its name for a failure's message.
pub type Check = (&'static str, fn(&dyn House));

/// All checks of this suite; each gets a house of its own.
pub const CHECKS: &[Check] = &[
    ("the secret stays", the_secret_stays),
    ("conduct is read as it was written", conduct_is_read_as_it_was_written),
    ("recipients are known by account and tag", recipients_are_known_by_account_and_tag),
    ("what made no room is forgotten before the new ones are noted", what_makes_room_goes_first),
    ("what is old goes", what_is_old_goes),
];

fn conduct(account: &str, last: u64) -> Conduct {
    let messages = HourAndDay { hour: vec![(60, 1), (120, 2)], day: vec![(0, 3)] };
    let habits = Habits { since: 7, hours: vec![3; 168], week: (2, 9), ..Habits::default() };
    let signs = vec![Sign::Alike { recipients: 20 }, Sign::Network { network: "192.0.2.0/24".to_owned() }];
    let standing = Standing { brake: Brake::Slowed, since: 8, until: Some(9), signs, told: true };
    Conduct { account: account.to_owned(), last, messages, habits, standing, ..Conduct::default() }
}

fn known(account: &str, tag: u64, day: u32) -> Known {
    Known { account: account.to_owned(), tag, day }
}

fn save(store: &Arc<dyn Conducts>, conducts: Vec<Conduct>, known: Vec<Known>) {
    run(store.save(Changes { conducts, known, ..Changes::default() })).expect("saved");
}

fn the_secret_stays(house: &dyn House) {
    let store = house.open();
    let secret = run(store.secret()).expect("a secret");
    assert_ne!(secret, [0; 32]);
    drop(store);
    assert_eq!(run(house.open().secret()).expect("a secret"), secret);
}

fn conduct_is_read_as_it_was_written(house: &dyn House) {
    let store = house.open();
    save(&store, vec![conduct("b", 5), conduct("a", 7)], Vec::new());
    save(&store, vec![conduct("b", 9)], Vec::new());
    drop(store);
    assert_eq!(run(house.open().conducts()).expect("read"), [conduct("a", 7), conduct("b", 9)]);
}

fn recipients_are_known_by_account_and_tag(house: &dyn House) {
    let store = house.open();
    // Tags use all their bits.
    let all = vec![known("a", 0, 3), known("a", u64::MAX, 4), known("b", 1 << 63, 5)];
    save(&store, Vec::new(), all.clone());
    save(&store, Vec::new(), vec![known("a", 0, 8)]);
    drop(store);
    let mut found = run(house.open().known()).expect("read");
    found.sort_unstable();
    assert_eq!(found, [known("a", 0, 8), all[1].clone(), all[2].clone()]);
}

fn what_makes_room_goes_first(house: &dyn House) {
    let store = house.open();
    save(&store, Vec::new(), vec![known("a", 1, 3), known("a", 2, 4), known("a", 3, 5), known("b", 1, 3)]);
    let changes =
        Changes { forgotten: vec![("a".to_owned(), 4)], known: vec![known("a", 4, 4)], ..Changes::default() };
    run(store.save(changes)).expect("saved");
    let mut found = run(store.known()).expect("read");
    found.sort_unstable();
    assert_eq!(found, [known("a", 3, 5), known("a", 4, 4), known("b", 1, 3)]);
}

fn what_is_old_goes(house: &dyn House) {
    let store = house.open();
    let recipients = vec![known("a", 1, 3), known("a", 2, 9), known("b", 3, 9)];
    save(&store, vec![conduct("a", 50), conduct("b", 5)], recipients);
    run(store.forget_before(10, 4)).expect("forgotten");
    assert_eq!(run(store.conducts()).expect("read"), [conduct("a", 50)]);
    assert_eq!(run(store.known()).expect("read"), [known("a", 2, 9)]);
}
