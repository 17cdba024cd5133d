//! The accounts port.

use std::sync::Arc;

use postamt_store::accounts::{
    Account, AccountError, Accounts, AppPassword, LastUse, OwnLimits, ScramKeys, SendAs,
};

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
    ("a hash is replaced only where it is still there", a_hash_is_replaced_only_where_it_is_still_there),
    ("app passwords belong to their account", app_passwords_belong_to_their_account),
    ("the last use of an app password is kept", the_last_use_of_an_app_password_is_kept),
    ("the secret stays", the_secret_stays),
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

fn a_hash_is_replaced_only_where_it_is_still_there(house: &dyn House) {
    let accounts = house.open();
    let before = account("a@a.example");
    run(accounts.add(before.clone())).expect("added");
    let replace = |old: &str, new: &str| {
        run(accounts.rehash("A@a.example".into(), old.into(), new.into())).expect("an answer")
    };
    assert!(!replace("$argon2id$another", "$argon2id$new"));
    assert_eq!(run(accounts.find("a@a.example")).expect("found"), Some(before.clone()));
    assert!(replace(&before.password_hash, "$argon2id$new"));
    let expected = Account { password_hash: "$argon2id$new".into(), ..before.clone() };
    assert_eq!(run(accounts.find("a@a.example")).expect("found"), Some(expected));
    assert!(!replace(&before.password_hash, "$argon2id$newer"));
}

fn app_password(account_name: &str, name: &str) -> AppPassword {
    AppPassword {
        account: account_name.into(),
        name: name.into(),
        digest: [7; 32],
        scram: account("a@a.example").scram,
        send_as: vec![SendAs::Address("a@a.example".into())],
        networks: vec!["192.0.2.0/24".parse().expect("a network"), "2001:db8::/32".parse().expect("one")],
        until: Some(1_800_000_000),
        created_at: 1_790_000_000,
        last_use: None,
    }
}

fn app_passwords_belong_to_their_account(house: &dyn House) {
    let accounts = house.open();
    let homeless = run(accounts.add_app_password(app_password("a@a.example", "phone")));
    assert!(matches!(homeless, Err(AccountError::Unknown)), "{homeless:?}");
    run(accounts.add(account("a@a.example"))).expect("added");
    run(accounts.add(account("b@a.example"))).expect("added");
    run(accounts.add_app_password(app_password("A@a.example", "Phone"))).expect("added");
    let bare = AppPassword {
        send_as: vec![],
        networks: vec![],
        until: None,
        ..app_password("a@a.example", "laptop")
    };
    run(accounts.add_app_password(bare.clone())).expect("added");
    run(accounts.add_app_password(app_password("b@a.example", "phone"))).expect("the same name elsewhere");
    let again = run(accounts.add_app_password(app_password("a@a.example", "phone")));
    assert!(matches!(again, Err(AccountError::DeviceExists)), "{again:?}");
    let mine = || run(accounts.app_passwords("a@A.example")).expect("a list");
    assert_eq!(mine(), [bare, app_password("a@a.example", "phone")]);

    run(accounts.remove_app_password("a@a.example", "Laptop")).expect("removed");
    let again = run(accounts.remove_app_password("a@a.example", "laptop"));
    assert!(matches!(again, Err(AccountError::DeviceUnknown)), "{again:?}");
    // They do not come back with a new account of the same name.
    run(accounts.remove("a@a.example")).expect("removed");
    run(accounts.add(account("a@a.example"))).expect("added");
    assert_eq!(mine(), []);
    assert_eq!(run(accounts.app_passwords("b@a.example")).expect("a list").len(), 1);
}

fn the_last_use_of_an_app_password_is_kept(house: &dyn House) {
    let accounts = house.open();
    run(accounts.add(account("a@a.example"))).expect("added");
    run(accounts.add_app_password(app_password("a@a.example", "phone"))).expect("added");
    for last_use in [
        LastUse { at: 1_790_000_100, from: Some("2001:db8::7".parse().expect("an address")) },
        LastUse { at: 1_790_000_200, from: None },
    ] {
        run(accounts.note_use("A@a.example".into(), "phone".into(), last_use)).expect("kept");
        let seen = run(house.open().app_passwords("a@a.example")).expect("a list");
        assert_eq!(seen[0].last_use, Some(last_use));
    }
    let gone = LastUse { at: 1, from: None };
    run(accounts.note_use("a@a.example".into(), "gone".into(), gone)).expect("no failure");
    assert_eq!(run(accounts.app_passwords("a@a.example")).expect("a list").len(), 1);
}

fn the_secret_stays(house: &dyn House) {
    let first = run(house.open().secret()).expect("a secret");
    assert_ne!(first, [0; 32]);
    assert_eq!(run(house.open().secret()).expect("a secret"), first);
}
