//! The bans port.

use std::collections::BTreeMap;
use std::sync::Arc;

use postamt_store::bans::{Ban, BanReason, Bans, Offence, Visit};

use super::run;

/// A place where they are kept.
pub trait House {
    /// Opens it; a second time as after a restart.
    fn open(&self) -> Arc<dyn Bans>;
}

/// A check, and its name for a failure's message.
pub type Check = (&'static str, fn(&dyn House));

/// All checks of this suite; each gets a house of its own.
pub const CHECKS: &[Check] = &[
    ("a ban is read as it was written", a_ban_is_read_as_it_was_written),
    ("a ban replaces the one of the same network", a_ban_replaces_the_one_of_the_same_network),
    ("the first visit stays, the last one counts", the_first_visit_stays),
    ("what is old goes", what_is_old_goes),
];

fn ban(network: &str, until: Option<u64>, reason: BanReason) -> Ban {
    let knocks = (3, Some(7));
    let ban = Ban::new(network.parse().expect("a network"), 1, until, reason, 2);
    Ban { knocks: knocks.0, last_knock: knocks.1, ..ban }
}

fn asked(network: &str, until: Option<u64>) -> Ban {
    ban(network, until, BanReason::Operator { note: "spam".to_owned() })
}

fn visit(account: &str, network: &str, first: u64, last: u64) -> Visit {
    Visit { account: account.to_owned(), network: network.parse().expect("a network"), first, last }
}

fn a_ban_is_read_as_it_was_written(house: &dyn House) {
    let counts = BTreeMap::from([(Offence::WrongPassword, 7), (Offence::RelayAttempt, 1)]);
    let hosts = vec!["192.0.2.1/32".parse().expect("a network")];
    let bans = [
        ban("192.0.2.0/24", Some(9), BanReason::Neighbours { hosts }),
        ban("198.51.100.7/32", Some(8), BanReason::Offences { counts, names: 3 }),
        asked("2001:db8:1::/64", None),
    ];
    let store = house.open();
    run(store.save(bans.iter().rev().cloned().collect(), Vec::new())).expect("saved");
    drop(store);
    assert_eq!(run(house.open().bans()).expect("read"), bans);
}

fn a_ban_replaces_the_one_of_the_same_network(house: &dyn House) {
    let store = house.open();
    run(store.save(vec![asked("192.0.2.1/32", Some(5))], Vec::new())).expect("saved");
    run(store.save(vec![asked("192.0.2.1/32", Some(50))], Vec::new())).expect("saved");
    assert_eq!(run(store.bans()).expect("read"), [asked("192.0.2.1/32", Some(50))]);
    let network = "192.0.2.1/32".parse().expect("a network");
    run(store.forget_bans(vec![network])).expect("forgotten");
    run(store.forget_bans(vec![network])).expect("nothing to forget is no failure");
    assert_eq!(run(store.bans()).expect("read"), []);
}

fn the_first_visit_stays(house: &dyn House) {
    let store = house.open();
    for visit in [visit("a", "192.0.2.0/24", 3, 3), visit("a", "192.0.2.0/24", 9, 9)] {
        run(store.save(Vec::new(), vec![visit])).expect("saved");
    }
    run(store.save(Vec::new(), vec![visit("a", "2001:db8::/48", 4, 4)])).expect("saved");
    drop(store);
    let visits = [visit("a", "192.0.2.0/24", 3, 9), visit("a", "2001:db8::/48", 4, 4)];
    assert_eq!(run(house.open().visits()).expect("read"), visits);
}

fn what_is_old_goes(house: &dyn House) {
    let store = house.open();
    let bans =
        vec![asked("192.0.2.1/32", Some(5)), asked("192.0.2.2/32", Some(50)), asked("192.0.2.3/32", None)];
    let visits = vec![visit("a", "192.0.2.0/24", 3, 9), visit("b", "192.0.2.0/24", 3, 10)];
    run(store.save(bans, visits)).expect("saved");
    run(store.forget_before(10)).expect("forgotten");
    let bans = [asked("192.0.2.2/32", Some(50)), asked("192.0.2.3/32", None)];
    assert_eq!(run(store.bans()).expect("read"), bans);
    assert_eq!(run(store.visits()).expect("read"), [visit("b", "192.0.2.0/24", 3, 10)]);
}
