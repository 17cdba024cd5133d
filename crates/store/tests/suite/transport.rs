//! The transport port.

use std::sync::Arc;

use postamt_store::transport::{CachedPolicy, TlsCount, TlsMemory, TransportMemory};

use super::run;

/// A place where it is kept.
pub trait House {
    /// Opens it; a second time as after a restart.
    fn open(&self) -> Arc<dyn TransportMemory>;
}

/// A check, and its name for a failure's message.
pub type Check = (&'static str, fn(&dyn House));

/// All checks of this suite; each gets a house of its own.
pub const CHECKS: &[Check] = &[
    ("the first time stays, the last one counts", the_first_time_stays),
    ("what was forgotten is gone", what_was_forgotten_is_gone),
    ("a policy is replaced", a_policy_is_replaced),
    ("counts add up", counts_add_up),
    ("what is old goes", what_is_old_goes),
];

fn memory(domain: &str, since: u64, confirmed: u64) -> TlsMemory {
    TlsMemory { domain: domain.into(), since, confirmed, authenticated: confirmed > 5 }
}

fn policy(id: &str, expires: u64) -> CachedPolicy {
    let text = "version: STSv1\r\nmode: none\r\nmax_age: 1\r\n".into();
    CachedPolicy { domain: "x.test".into(), id: id.into(), text, fetched: 1, expires }
}

fn count(day: u64, result: &str, count: u64) -> TlsCount {
    let (domain, policy, host) = ("x.test".into(), "tlsa".into(), "mx.x.test".into());
    TlsCount { day, domain, policy, result: result.into(), host, count }
}

fn the_first_time_stays(house: &dyn House) {
    let store = house.open();
    assert_eq!(run(store.memory("x.test")).expect("read"), None);
    run(store.remember(memory("x.test", 1, 1))).expect("saved");
    run(store.remember(memory("a.test", 4, 4))).expect("saved");
    run(store.remember(memory("x.test", 9, 9))).expect("saved");
    drop(store);
    let store = house.open();
    assert_eq!(run(store.memory("x.test")).expect("read"), Some(memory("x.test", 1, 9)));
    assert_eq!(run(store.memories()).expect("read"), [memory("a.test", 4, 4), memory("x.test", 1, 9)]);
}

fn what_was_forgotten_is_gone(house: &dyn House) {
    let store = house.open();
    run(store.remember(memory("x.test", 1, 1))).expect("saved");
    assert!(run(store.forget("x.test")).expect("forgotten"));
    assert!(!run(store.forget("x.test")).expect("nothing there"));
    assert_eq!(run(store.memory("x.test")).expect("read"), None);
}

fn a_policy_is_replaced(house: &dyn House) {
    let store = house.open();
    assert_eq!(run(store.policy("x.test")).expect("read"), None);
    run(store.save_policy(policy("1", 10))).expect("saved");
    run(store.save_policy(policy("2", 20))).expect("saved");
    drop(store);
    assert_eq!(run(house.open().policy("x.test")).expect("read"), Some(policy("2", 20)));
}

fn counts_add_up(house: &dyn House) {
    let store = house.open();
    run(store.add(vec![count(2, "success", 3), count(1, "success", 1)])).expect("added");
    run(store.add(vec![count(2, "success", 4), count(2, "certificate-expired", 1)])).expect("added");
    let all = [count(1, "success", 1), count(2, "certificate-expired", 1), count(2, "success", 7)];
    assert_eq!(run(store.counts(0)).expect("read"), all);
    assert_eq!(run(store.counts(2)).expect("read"), all[1..]);
}

fn what_is_old_goes(house: &dyn House) {
    let store = house.open();
    run(store.remember(memory("x.test", 1, 10))).expect("saved");
    run(store.save_policy(policy("1", 10))).expect("saved");
    run(store.add(vec![count(10, "success", 1)])).expect("added");
    run(store.expire(10, 10, 10)).expect("nothing is older");
    assert!(run(store.memory("x.test")).expect("read").is_some());
    assert!(run(store.policy("x.test")).expect("read").is_some());
    assert_eq!(run(store.counts(0)).expect("read").len(), 1);
    run(store.expire(11, 11, 11)).expect("all is older");
    assert!(run(store.memory("x.test")).expect("read").is_none());
    assert!(run(store.policy("x.test")).expect("read").is_none());
    assert_eq!(run(store.counts(0)).expect("read"), []);
}
