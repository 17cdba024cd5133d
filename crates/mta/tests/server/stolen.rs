//! A stolen account: a user like any other for weeks, then thousands of messages to strangers. It is slowed down, held and
//! frozen before 200 have left, the operator and the owner hear of it, and the operator's word undoes it. A newsletter
//! that was declared is not stopped.

use std::net::IpAddr;
use std::time::Duration;

use postamt_mail::address::Address;
use postamt_mail::envelope::Recipient;
use postamt_mta::brakes::AccountState;
use postamt_mta::brakes::limits::Allowed;
use postamt_mta::events::Event;
use postamt_mta::settings::*;
use postamt_net::dial::SystemDialer;
use postamt_net::smtp::{
    Connection, Credentials, Hop, RecipientOutcome, Secret, TlsContext, TlsPolicy, Transaction, Verify,
};
use postamt_store::accounts::{Account, Accounts, OwnLimits};
use postamt_store::conduct::{Brake, Sign};
use postamt_store::embedded::SqliteAccounts;

use crate::support::{House, LOGIN, PASSWORD};

const DAY: Duration = Duration::from_secs(86_400);
/// He would send 20,000; once frozen, all that follow are refused alike.
const ATTEMPTS: u32 = 2_000;
const OFFICE: [u8; 4] = [127, 0, 0, 1];
const THIEF: [u8; 4] = [127, 9, 9, 9];
const SPAM: &str = "dear friend we have a parcel for you at our office and only a small fee is left to be paid before \
                    friday please follow the link to https://paket.fremd.test/pay and have your card at hand regards";

/// The limits that an operator has who has set none, and mail to the customers of this test goes nowhere.
async fn house() -> House {
    House::build_with(|settings, _| {
        settings.account_limits =
            Allowed { figures: [[Some(200), Some(1000)], [Some(500), Some(2000)], [Some(100), Some(200)]] };
        settings.routes = vec![RouteRule {
            recipient_domains: vec!["kunde.test".to_owned()],
            sender_domains: Vec::new(),
            accounts: Vec::new(),
            target: RouteTarget::Discard,
        }];
    })
    .await
}

async fn login(house: &House, from: [u8; 4]) -> Connection {
    let mut hop = Hop::new(house.address(Purpose::Submission), "laptop.absender.test");
    hop.source = Some(IpAddr::from(from));
    hop.tls = TlsPolicy::Required(Verify::Encrypt);
    hop.credentials = Some(Credentials::new(LOGIN, Secret::new(PASSWORD)));
    Connection::open(&SystemDialer, &TlsContext::with_roots([]), &hop).await.expect("logged in")
}

fn letter(recipients: &[String], text: &str) -> Transaction {
    let content = format!("From: Anna <{LOGIN}>\r\nTo: x@kunde.test\r\nSubject: x\r\n\r\n{text}\r\n");
    let recipient = |text: &String| Recipient::new(Address::new(text).expect("an address"));
    Transaction {
        sender: Some(Address::new(LOGIN).expect("an address")),
        recipients: recipients.iter().map(recipient).collect(),
        content: vec![content.into()],
        ..Transaction::default()
    }
}

/// What the server says; the code first.
async fn said(connection: &mut Connection, recipients: &[String], text: &str) -> String {
    match connection.deliver(&letter(recipients, text)).await.recipients.into_iter().next() {
        Some(RecipientOutcome::Delivered(reply) | RecipientOutcome::Refused { reply, .. }) => {
            reply.to_string()
        }
        // The server ends a session that has been refused often enough.
        Some(RecipientOutcome::Unsent(_)) => "421 over".to_owned(),
        other => panic!("{other:?}"),
    }
}

async fn state(house: &House) -> AccountState {
    house.running.account_state(LOGIN).await.expect("read").expect("an account")
}

/// Weeks of work: a few letters a day to customers, now and then a new one.
async fn work(house: &House, days: u32) {
    for day in 0..days {
        let mut connection = login(house, OFFICE).await;
        for number in 0..3 {
            let customers = [format!("stammkunde{number}@kunde.test"), format!("neu{day}@kunde.test")];
            let text =
                format!("good day {} as agreed the offer {day} for your roof {number}", "lieber ".repeat(20));
            let reply = said(&mut connection, &customers, &text).await;
            assert!(reply.starts_with("250 "), "day {day}: {reply}");
        }
        connection.quit().await;
        house.clock.pass(DAY);
    }
}

fn braked(wanted: Brake) -> impl Fn(&Event) -> bool {
    move |event| matches!(event, Event::AccountBraked { brake, .. } if *brake == wanted)
}

/// Messages to customers that went on, and those that are held.
fn left(house: &House) -> usize {
    let all = house.events.all();
    let held = all.iter().filter(|event| matches!(event, Event::Held { .. })).count();
    all.iter().filter(|event| matches!(event, Event::Accepted { account: Some(_), .. })).count() - held
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_account_is_stopped_and_the_operator_and_the_owner_are_told() {
    let house = house().await;
    work(&house, 21).await;
    let before = left(&house);
    assert_eq!(state(&house).await.standing.brake, Brake::Free);

    let mut thief = login(&house, THIEF).await;
    let mut taken = 0;
    for number in 0..ATTEMPTS {
        if number < 300 {
            // He has learned that he is slowed down.
            house.clock.pass(Duration::from_secs(11));
        }
        let reply = said(&mut thief, &[format!("opfer{number}@kunde.test")], SPAM).await;
        taken += u32::from(reply.starts_with("250 "));
        if reply.starts_with("421 ") {
            thief = login(&house, THIEF).await;
        }
    }
    let gone = left(&house) - before;
    assert!(taken < 100 && gone < 60, "{taken} taken, {gone} gone");
    for brake in [Brake::Slowed, Brake::Held, Brake::Frozen] {
        house.events.wait_for(1, braked(brake)).await;
    }
    let told =
        |event: &Event| matches!(event, Event::Told { about, .. } if about == "account anna@absender.test");
    let told = house.events.wait_for(2, told).await;
    let recipient = |event: &Event| match event {
        Event::Told { recipient, .. } => recipient.clone(),
        other => panic!("{other:?}"),
    };
    let recipients: Vec<_> = told.iter().map(recipient).collect();
    assert!(recipients.iter().any(|to| to == LOGIN), "the owner: {recipients:?}");
    assert!(recipients.iter().any(|to| to.starts_with("postmaster@")), "the operator: {recipients:?}");

    // A restart forgets nothing.
    let house = house.restart().await;
    let standing = state(&house).await.standing;
    assert_eq!(standing.brake, Brake::Frozen);
    assert!(standing.signs.iter().any(|sign| matches!(sign, Sign::Network { .. })), "{standing:?}");
    let mut connection = login(&house, OFFICE).await;
    let reply = said(&mut connection, &["stammkunde1@kunde.test".to_owned()], "hello").await;
    assert!(reply.starts_with("450 4.7.1 ") && reply.contains("postmaster"), "{reply}");

    // With a new password it sends again; what is held stays for the operator to drop.
    let held = house.running.list().await.iter().filter(|entry| entry.state == "held").count();
    assert!(held > 0);
    let (stood, released) = house.running.let_go(LOGIN, false).await.expect("let go");
    assert_eq!((stood.brake, released), (Brake::Frozen, 0));
    let reply = said(&mut connection, &["stammkunde1@kunde.test".to_owned()], "hello").await;
    assert!(reply.starts_with("250 "), "{reply}");
    assert_eq!(house.running.list().await.iter().filter(|entry| entry.state == "held").count(), held);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_held_by_mistake_goes_on_and_the_server_learns_from_it() {
    let house = house().await;
    work(&house, 15).await;
    let mut connection = login(&house, [127, 8, 8, 8]).await;
    let mut held = None;
    for number in 0..90_u32 {
        house.clock.pass(Duration::from_secs(11));
        let reply = said(&mut connection, &[format!("gast{number}@kunde.test")], SPAM).await;
        if state(&house).await.standing.brake == Brake::Held {
            held = Some(reply.strip_prefix("250 2.0.0 queued as ").expect("taken all the same").to_owned());
            break;
        }
    }
    let id = held.expect("held");
    let why = house.running.why(id.parse().expect("an id")).await.expect("read");
    let history = why.history.expect("known");
    assert!(history.attempts[0].reply.contains("one and the same new text"), "{history:?}");
    assert_eq!(house.running.let_go(LOGIN, true).await.expect("let go").1, 1);
    house.finished(&id).await;
    let mut more = 0;
    for number in 90..120_u32 {
        let reply = said(&mut connection, &[format!("gast{number}@kunde.test")], SPAM).await;
        more += u32::from(reply.starts_with("250 "));
    }
    assert_eq!((more, state(&house).await.standing.brake), (30, Brake::Free));
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newsletter_that_was_declared_is_not_stopped() {
    let house = house().await;
    let accounts = SqliteAccounts::open(house.directory.path().join("accounts.db")).expect("accounts");
    let account = accounts.find(LOGIN).await.expect("read").expect("there");
    let limits = OwnLimits { messages_per_day: Some(6_000), ..OwnLimits::default() };
    accounts.update(Account { limits, ..account }).await.expect("written");
    for week in 0..4_u32 {
        let mut connection = login(&house, OFFICE).await;
        for part in 0..10 {
            let recipients: Vec<_> =
                (0..500).map(|n| format!("leser{}@kunde.test", part * 500 + n)).collect();
            let reply = said(&mut connection, &recipients, &format!("news of week {week} {SPAM}")).await;
            assert!(reply.starts_with("250 "), "week {week}: {reply}");
        }
        connection.quit().await;
        house.clock.pass(DAY * 7);
    }
    let state = state(&house).await;
    assert_eq!((state.standing.brake, state.known_recipients), (Brake::Free, 5_000));
    assert!(!house.events.all().iter().any(|event| matches!(event, Event::AccountBraked { .. })));
    house.running.shutdown().await;
}
