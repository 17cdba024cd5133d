//! What one account may send: more is refused with a reply that says until when, whoever asks at the same time, and a
//! restart forgets nothing.

use std::time::Duration;

use postamt_mta::brakes::limits::{Allowed, Kind};
use postamt_mta::events::Event;
use postamt_mta::quota::window::Span;
use postamt_net::smtp::{Outcome, RecipientOutcome};
use postamt_store::accounts::{Account, Accounts, OwnLimits};
use postamt_store::embedded::SqliteAccounts;
use rustix::io::Errno;

use crate::support::{House, LOGIN, message};

/// A house whose accounts may send this, by kind within an hour and a day.
async fn house(figures: [[u32; 2]; 3]) -> House {
    let figures = figures.map(|kind| kind.map(|figure| (figure > 0).then_some(figure)));
    House::build_with(|settings, _| settings.account_limits = Allowed { figures }).await
}

/// Submits; what the server said in the end.
async fn attempt(house: &House, recipients: &[&str]) -> String {
    let mut connection = house.login().await;
    let outcome = connection.deliver(&message(recipients, "Hallo")).await;
    connection.quit().await;
    said(&outcome)
}

fn said(outcome: &Outcome) -> String {
    match &outcome.recipients[0] {
        RecipientOutcome::Delivered(reply) | RecipientOutcome::Refused { reply, .. } => reply.to_string(),
        other => panic!("{other:?}"),
    }
}

async fn used(house: &House, kind: Kind, span: Span) -> u32 {
    let state = house.running.account_state(LOGIN).await.expect("read").expect("an account");
    state.limits.iter().find(|state| state.kind == kind && state.span == span).expect("a limit").used
}

fn limit_told(event: &Event) -> bool {
    matches!(event, Event::AccountLimit { .. })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_a_limit_is_refused_until_there_is_room_even_over_a_restart() {
    let house = house([[3, 0], [0, 0], [0, 0]]).await;
    for _ in 0..3 {
        assert!(attempt(&house, &["bernd@freundlich.test"]).await.starts_with("250 "));
    }
    for _ in 0..2 {
        let reply = attempt(&house, &["bernd@freundlich.test"]).await;
        assert!(reply.contains("452") && reply.contains("may send 3 messages within an hour"), "{reply}");
    }
    assert_eq!(house.events.all().iter().filter(|event| limit_told(event)).count(), 1, "told once");

    let house = house.restart().await;
    assert_eq!(used(&house, Kind::Messages, Span::Hour).await, 3);
    assert!(attempt(&house, &["bernd@freundlich.test"]).await.contains("452"));
    house.clock.pass(Duration::from_secs(3661));
    assert!(attempt(&house, &["bernd@freundlich.test"]).await.starts_with("250 "));
    assert_eq!(used(&house, Kind::Messages, Span::Day).await, 4);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_at_the_same_time_do_not_slip_past_a_limit() {
    let house = house([[0, 7], [0, 0], [0, 0]]).await;
    let mut connections = Vec::new();
    for _ in 0..20 {
        connections.push(house.login().await);
    }
    let together = std::sync::Arc::new(tokio::sync::Barrier::new(connections.len()));
    let sessions = connections.into_iter().map(|mut connection| {
        let together = together.clone();
        tokio::spawn(async move {
            together.wait().await;
            said(&connection.deliver(&message(&["bernd@freundlich.test"], "Hallo")).await)
        })
    });
    let sessions: Vec<_> = sessions.collect();
    let mut taken = 0;
    for session in sessions {
        let reply = session.await.expect("no panic");
        assert!(reply.starts_with("250 ") || reply.contains("452"), "{reply}");
        taken += u32::from(reply.starts_with("250 "));
    }
    assert_eq!((taken, used(&house, Kind::Messages, Span::Day).await), (7, 7));
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recipients_that_were_written_to_before_are_no_strangers() {
    let house = house([[0, 0], [0, 0], [0, 3]]).await;
    let friends = ["a@freundlich.test", "b@freundlich.test", "kollege@absender.test"];
    assert!(attempt(&house, &friends).await.starts_with("250 "));
    assert_eq!(used(&house, Kind::FirstTime, Span::Day).await, 2, "colleagues do not count");
    let house = house.restart().await;
    for _ in 0..3 {
        assert!(attempt(&house, &friends).await.starts_with("250 "));
    }
    let reply = attempt(&house, &["a@freundlich.test", "c@freundlich.test", "d@freundlich.test"]).await;
    assert!(reply.contains("452") && reply.contains("never written to before"), "{reply}");
    assert!(
        attempt(&house, &["c@freundlich.test"]).await.starts_with("250 "),
        "what was refused was not counted"
    );
    let reply = attempt(
        &house,
        &["e@freundlich.test", "f@freundlich.test", "g@freundlich.test", "h@freundlich.test"],
    );
    let reply = reply.await;
    assert!(reply.contains("550") && reply.contains("fewer at a time"), "waiting would not help: {reply}");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_operator_says_for_one_account_counts_for_it() {
    let house = house([[1, 1], [1, 1], [1, 1]]).await;
    let accounts = SqliteAccounts::open(house.directory.path().join("accounts.db")).expect("accounts");
    let account = accounts.find(LOGIN).await.expect("read").expect("there");
    let limits = OwnLimits { messages_per_day: Some(5), ..OwnLimits::default() };
    accounts.update(Account { limits, ..account }).await.expect("written");
    for number in 0..5 {
        let reply = attempt(&house, &[&format!("r{number}@freundlich.test")]).await;
        assert!(reply.starts_with("250 "), "{reply}");
    }
    assert!(attempt(&house, &["r0@freundlich.test"]).await.contains("may send 5 messages"));
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_stored_does_not_count() {
    let house = house([[2, 0], [0, 0], [0, 1]]).await;
    house.disk.fail(Errno::NOSPC);
    let reply = attempt(&house, &["a@freundlich.test"]).await;
    assert!(!reply.starts_with("250 "), "{reply}");
    assert_eq!(used(&house, Kind::FirstTime, Span::Hour).await, 0);
    house.running.shutdown().await;
}
