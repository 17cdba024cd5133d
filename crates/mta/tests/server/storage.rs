//! A disk that is full or broken: new mail is refused for now, nothing that was taken is lost, and the service goes
//! on by itself when the disk does.

use std::time::Duration;

use postamt_mail::reply::Reply;
use postamt_mta::events::Event;
use postamt_net::smtp::{Connection, RecipientOutcome};
use rustix::io::Errno;

use crate::support::peer::{Heard, Peer, polite};
use crate::support::{House, message};

async fn reply_to(connection: &mut Connection) -> Reply {
    let outcome = connection.deliver(&message(&["da@tor.test"], "Hallo")).await;
    match outcome.recipients.into_iter().next() {
        Some(RecipientOutcome::Delivered(reply) | RecipientOutcome::Refused { reply, .. }) => reply,
        other => panic!("{other:?}"),
    }
}

/// A server whose only destination lets a message through when it is told to.
async fn house_with_gate() -> (House, Peer) {
    let house = House::build_with(|settings, _| settings.retry.lifetime = Duration::from_secs(3600)).await;
    house.exchanger("tor.test", "mx.tor.test", 100);
    let peer = Peer::start_with_gate(house.place(100), "RCPT", polite).await;
    (house, peer)
}

async fn trouble(error: Errno, code: u16, status: &str) {
    let (house, peer) = house_with_gate().await;
    let mut connection = house.login().await;
    let before = reply_to(&mut connection).await;
    assert!(before.code.is_success(), "{before}");
    peer.wait_for(1, "RCPT").await;

    house.disk.fail(error);
    let reply = reply_to(&mut connection).await;
    assert_eq!(
        (reply.code.get(), reply.to_string().starts_with(&format!("{code} {status}"))),
        (code, true),
        "{reply}"
    );
    house.events.wait_for(1, |event| matches!(event, Event::Spool { .. })).await;
    // What was taken before is delivered all the same.
    peer.let_pass(1);
    house.events.wait_for(1, |event| matches!(event, Event::Finished { .. })).await;

    house.disk.recover();
    peer.let_pass(1000);
    let mut taken = 0;
    let until = tokio::time::Instant::now() + Duration::from_secs(20);
    while taken < 3 {
        assert!(tokio::time::Instant::now() < until, "the service does not resume");
        if reply_to(&mut connection).await.code.is_success() {
            taken += 1;
        }
    }
    house.events.wait_for(4, |event| matches!(event, Event::Finished { .. })).await;
    connection.quit().await;
    // What the spool holds agrees with what was said.
    let house = house.restart().await;
    assert!(house.running.list().await.is_empty());
    assert_eq!(peer.messages().len(), 4);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_new_mail_for_now_and_loses_none() {
    trouble(Errno::NOSPC, 452, "4.3.1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_disk_refuses_new_mail_for_now_and_loses_none() {
    trouble(Errno::IO, 451, "4.3.0").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_finds_no_room_keeps_its_message() {
    let house = House::build_with(|settings, _| settings.retry.lifetime = Duration::from_secs(3600)).await;
    house.exchanger("tor.test", "mx.tor.test", 100);
    let answer = |heard: &Heard| match heard.line.starts_with("RCPT") {
        true => "550 5.1.1 nobody".to_owned(),
        false => polite(heard),
    };
    let peer = Peer::start_with_gate(house.place(100), "RCPT", answer).await;
    let id = house.submit(&["da@tor.test"]).await;
    peer.wait_for(1, "RCPT").await;
    house.disk.fail(Errno::NOSPC);
    peer.let_pass(1000);
    house.deferred(&id, 1).await;
    house.disk.recover();
    house.act(postamt_mta::handle::QueueAction::Retry, &id).await;
    let finished = async {
        // The disk may need a moment, and the notice with it.
        loop {
            let is_over = |event: &Event| matches!(event, Event::Finished { id: other } if *other == id);
            if house.events.all().iter().any(is_over) {
                return;
            }
            house.running.act(postamt_mta::handle::QueueAction::Retry, &postamt_mta::Selection::All).await;
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), finished).await.expect("the message ends");
    house.notice("da@tor.test").await;
    house.running.shutdown().await;
}
