//! The table of the module's header, line by line, and the known tricks.

use std::sync::Arc;

use postamt_store::accounts::{Account, AppPassword, ScramKeys};

use super::device::{OutOfScope, may_log_in};
use super::*;
use crate::settings::tests::sample;

pub(super) fn address(text: &str) -> Address {
    Address::new(text).expect("a valid address")
}

pub(super) fn account(rights: Vec<SendAs>) -> Identity {
    login(rights, None)
}

pub(super) fn login(rights: Vec<SendAs>, device: Option<AppPassword>) -> Identity {
    let account = Account {
        name: "anna".to_owned(),
        password_hash: String::new(),
        scram: no_keys(),
        send_as: rights,
        limits: postamt_store::accounts::OwnLimits::default(),
        enabled: true,
        created_at: 0,
    };
    Identity::Account(Arc::new(LoggedIn { account, device }))
}

fn no_keys() -> ScramKeys {
    ScramKeys { salt: Vec::new(), iterations: 1, stored_key: [0; 32], server_key: [0; 32] }
}

pub(super) fn device(send_as: Vec<SendAs>) -> AppPassword {
    AppPassword {
        account: "anna".to_owned(),
        name: "printer".to_owned(),
        digest: [0; 32],
        scram: no_keys(),
        send_as,
        networks: vec!["192.0.2.0/24".parse().expect("a network"), "2001:db8::/32".parse().expect("one")],
        until: Some(1_000),
        created_at: 0,
        last_use: None,
    }
}

fn code(result: Result<(), Reply>) -> u16 {
    result.err().map_or(250, |reply| reply.code.get())
}

#[test]
fn nobody_relays_for_a_stranger() {
    let settings = sample();
    let cases = [
        ("user@elsewhere.test", 550),
        ("postmaster@own.test", 250),
        ("Abuse@own.test", 250),
        ("user@own.test", 550),
        ("user@local.test", 250),
        ("user%elsewhere.test@local.test", 550),
        ("elsewhere.test!user@local.test", 550),
        ("\"user@elsewhere.test\"@local.test", 550),
        ("postmaster%elsewhere.test@own.test", 550),
        ("postmaster@[127.0.0.1]", 550),
        ("user@sub.local.test", 550),
    ];
    for (recipient_text, expected) in cases {
        let result = recipient(&settings, &Identity::Anonymous, Channel::Exchange, &address(recipient_text));
        assert_eq!(code(result), expected, "{recipient_text}");
    }
}

#[test]
fn a_login_may_send_anywhere_but_only_as_itself() {
    let settings = sample();
    let anna = account(vec![SendAs::Address("anna@own.test".into()), SendAs::Domain("shop.test".into())]);
    assert_eq!(code(recipient(&settings, &anna, Channel::Submission, &address("user@elsewhere.test"))), 250);
    for (sender_text, expected) in [
        ("anna@own.test", 250),
        ("Anna@OWN.test", 250),
        ("bert@own.test", 550),
        ("anything@shop.test", 250),
        ("anything@sub.shop.test", 550),
    ] {
        assert_eq!(code(sender(&settings, &anna, &Some(address(sender_text)))), expected, "{sender_text}");
    }
    assert_eq!(code(sender(&settings, &anna, &None)), 250);
}

#[test]
fn an_app_password_may_less_than_its_account_and_never_more() {
    let settings = sample();
    let own = SendAs::Domain("own.test".into());
    let scan = SendAs::Address("scan@own.test".into());
    let said = |identity: &Identity, text: &str| {
        sender(&settings, identity, &Some(address(text))).map_err(|reply| reply.to_string())
    };
    let printer = login(vec![own.clone()], Some(device(vec![scan.clone()])));
    assert_eq!(said(&printer, "scan@own.test"), Ok(()));
    let refused = said(&printer, "anna@own.test").expect_err("refused");
    assert!(refused.contains("the app password printer of anna may not send as anna@own.test"), "{refused}");
    // What the account has lost meanwhile, the device has lost as well, and its name is no help.
    let lost = login(vec![scan.clone()], Some(device(vec![own.clone()])));
    assert_eq!(said(&lost, "scan@own.test"), Ok(()));
    let refused = said(&lost, "anna@own.test").expect_err("refused");
    assert!(refused.contains("7.1 anna may not send as anna@own.test"), "{refused}");
    assert_eq!(said(&login(vec![own], Some(device(Vec::new()))), "anna@own.test"), Ok(()));

    let gateway = login(vec![SendAs::Any], Some(device(vec![scan])));
    assert_eq!(code(content(&settings, &gateway, &prepared("From: scan@own.test\n\nx\n"))), 250);
    assert_eq!(code(content(&settings, &gateway, &prepared("From: chef@own.test\n\nx\n"))), 550);
    let free = login(vec![SendAs::Any], Some(device(Vec::new())));
    assert_eq!(code(content(&settings, &free, &prepared("From: chef@elsewhere.test\n\nx\n"))), 250);
}

#[test]
fn an_app_password_is_good_in_its_networks_and_until_its_day() {
    let printer = device(Vec::new());
    let may = |peer: &str, now| may_log_in(&printer, Some(peer.parse().expect("an address")), now);
    assert_eq!(may("192.0.2.9", 999), Ok(()));
    assert_eq!(may("::ffff:192.0.2.9", 999), Ok(()));
    assert_eq!(may("2001:db8::9", 999), Ok(()));
    assert_eq!(may_log_in(&printer, None, 999), Ok(()));
    assert_eq!(may("192.0.2.9", 1_000), Err(OutOfScope::Expired { device: "printer".into() }));
    let foreign = may("198.51.100.9", 999).expect_err("refused");
    assert_eq!(foreign.to_string(), "the app password printer may not be used from 198.51.100.9");
    let anywhere = AppPassword { networks: Vec::new(), until: None, ..printer.clone() };
    assert_eq!(may_log_in(&anywhere, Some("198.51.100.9".parse().expect("one")), u64::MAX), Ok(()));
}

#[test]
fn strangers_do_not_send_as_us() {
    let settings = sample();
    assert_eq!(code(sender(&settings, &Identity::Anonymous, &Some(address("anna@own.test")))), 550);
    assert_eq!(code(sender(&settings, &Identity::Anonymous, &Some(address("x@elsewhere.test")))), 250);
    // A notice for it would wait for ever.
    assert_eq!(code(sender(&settings, &Identity::Anonymous, &Some(address("x@[192.0.2.1]")))), 550);
}

#[test]
fn long_lines_are_left_to_strangers_only() {
    let settings = sample();
    let message = prepared(&format!("From: anna@own.test\n\n{}\n", "x".repeat(1_000)));
    let anna = account(vec![SendAs::Any]);
    assert_eq!(code(content(&settings, &Identity::Anonymous, &message)), 250);
    assert_eq!(code(content(&settings, &anna, &message)), 550);
}

#[test]
fn users_of_this_host_send_as_own_domains_and_trusted_ones_as_anything() {
    let settings = sample();
    let user = Identity::LocalUser { uid: 33, trusted: false };
    let root = Identity::LocalUser { uid: 0, trusted: true };
    assert_eq!(code(sender(&settings, &user, &Some(address("shop@own.test")))), 250);
    assert_eq!(code(sender(&settings, &user, &Some(address("x@elsewhere.test")))), 550);
    assert_eq!(code(sender(&settings, &root, &Some(address("x@elsewhere.test")))), 250);
}

fn prepared(message: &str) -> Prepared {
    let content = bytes::Bytes::from(message.replace('\n', "\r\n"));
    let options = postamt_mail::header::prepare::Prepare {
        hostname: "mx.own.test",
        queue_id: "0000000000001",
        now: 0,
        add_message_id_and_date: true,
        received: String::new(),
    };
    postamt_mail::header::prepare::prepare(&content, options)
}

#[test]
fn the_from_field_belongs_to_the_login() {
    let settings = sample();
    let anna = account(vec![SendAs::Address("anna@own.test".into())]);
    let cases = [
        ("From: Anna <anna@own.test>\n\nx\n", 250),
        ("From: bert@own.test\n\nx\n", 550),
        ("From: anna@own.test, bert@own.test\n\nx\n", 550),
        ("From: anna@own.test\nFrom: bert@own.test\n\nx\n", 550),
        ("Subject: none\n\nx\n", 550),
        ("From: \"anna@own.test\" <bert@own.test>\n\nx\n", 550),
        // What readers may take for a second author.
        ("From: anna@own.test <anna@own.test>\n\nx\n", 250),
        ("From: bert@own.test <anna@own.test>\n\nx\n", 550),
        ("From: bert@own.test: anna@own.test;\n\nx\n", 550),
        ("From: anna@own.test (, bert@own.test\n\nx\n", 550),
    ];
    for (message, expected) in cases {
        assert_eq!(code(content(&settings, &anna, &prepared(message))), expected, "{message}");
    }
}

#[test]
fn loops_end() {
    let settings = sample();
    let message = "Received: by a.test\n".repeat(RECEIVED_LIMIT + 1) + "\nx\n";
    assert_eq!(code(content(&settings, &Identity::Anonymous, &prepared(&message))), 554);
}
