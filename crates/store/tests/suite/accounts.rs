//! The accounts port.

use std::sync::Arc;

use postamt_store::accounts::{Account, AccountError, Accounts, OwnLimits, ScramKeys, SendAs};

use super::run;

/// A place where accounts are kept.
pub trait House {
    /// Opens the accounts; a second time, as another process would while the first is still at work.
    fn open(&self) -> Arc<dyn Accounts>;
}

/// A check, and its name for a failure's message.
pub type Check = (&'static str, fn(&dyn House));

/// All checks of this suite; each gets a house of its own.
pub const CHECKS: &[Check] = &[
    ("what is added is found", what_is_added_is_found),
    ("a name is taken once", a_name_is_taken_once),
    ("changes and removals", changes_and_removals),
    ("another process is seen at once", another_process_is_seen_at_once),
];

fn account(name: &str) -> Account {
    Account {
        name: name.into(),
        password_hash: "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA".into(),
        scram: ScramKeys {
            salt: (0..16).collect(),
            iterations: 4096,
            stored_key: [0xa5; 32],
            server_key: [0x5a; 32],
        },
        send_as: vec![SendAs::Address("a@a.example".into()), SendAs::Domain("b.example".into()), SendAs::Any],
        limits: OwnLimits {
            messages_per_day: Some(6_000),
            first_time_per_day: Some(0),
            ..OwnLimits::default()
        },
        enabled: true,
        created_at: 1_790_000_000,
    }
}

fn what_is_added_is_found(house: &dyn House) {
    let accounts = house.open();
    assert_eq!(run(accounts.list()).expect("a list"), []);
    run(accounts.add(account("b@a.example"))).expect("added");
    run(accounts.add(account("A@a.example"))).expect("added");
    let expected = account("a@a.example");
    assert_eq!(run(accounts.find("a@A.EXAMPLE")).expect("found"), Some(expected.clone()));
    assert_eq!(run(accounts.find("c@a.example")).expect("no error"), None);
    assert_eq!(run(accounts.list()).expect("a list"), [expected, account("b@a.example")]);
}

fn a_name_is_taken_once(house: &dyn House) {
    let accounts = house.open();
    run(accounts.add(account("a@a.example"))).expect("added");
    let again = run(accounts.add(account("A@A.example")));
    assert!(matches!(again, Err(AccountError::Exists)), "{again:?}");
}

fn changes_and_removals(house: &dyn House) {
    let accounts = house.open();
    run(accounts.add(account("a@a.example"))).expect("added");
    let changed = Account { enabled: false, send_as: vec![], ..account("a@a.example") };
    run(accounts.update(changed.clone())).expect("changed");
    assert_eq!(run(accounts.find("a@a.example")).expect("found"), Some(changed));
    let unknown = run(accounts.update(account("b@a.example")));
    assert!(matches!(unknown, Err(AccountError::Unknown)), "{unknown:?}");
    run(accounts.remove("A@a.example")).expect("removed");
    let unknown = run(accounts.remove("a@a.example"));
    assert!(matches!(unknown, Err(AccountError::Unknown)), "{unknown:?}");
    assert_eq!(run(accounts.find("a@a.example")).expect("no error"), None);
}

fn another_process_is_seen_at_once(house: &dyn House) {
    let server = house.open();
    assert_eq!(run(server.find("a@a.example")).expect("no error"), None);
    let command = house.open();
    run(command.add(account("a@a.example"))).expect("added");
    assert!(run(server.find("a@a.example")).expect("no error").is_some());
    run(command.update(Account { enabled: false, ..account("a@a.example") })).expect("changed");
    let seen = run(server.find("a@a.example")).expect("no error").expect("it is there");
    assert!(!seen.enabled);
    run(command.remove("a@a.example")).expect("removed");
    assert_eq!(run(server.list()).expect("a list"), []);
}
