//! A restart changes nothing: what waits waits on with its attempts and times, what is held stays held, what is
//! done is not done again.

use std::time::Duration;

use postamt_lab::receiver::{Character, Refusal};
use postamt_mta::events::Event;
use postamt_mta::handle::QueueAction::{Cancel, Hold, Release};
use postamt_mta::settings::{RouteRule, RouteTarget, Settings};
use postamt_store::history::History;

use crate::support::peer::{Heard, polite};
use crate::support::{House, message};

fn patient(settings: &mut Settings) {
    settings.retry.waits = vec![Duration::from_secs(3600)];
    settings.retry.lifetime = Duration::from_secs(86_400);
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_mail_keeps_its_attempts_and_its_time() {
    let mut house = House::build_with(|settings, _| patient(settings)).await;
    house.receiver("voll.test", 100, Character::Refuser(Refusal::MailboxFull)).await;
    let id = house.submit(&["da@voll.test", "da@streng.test"]).await;
    let next = house.deferred(&id, 1).await;
    house.events.wait_for(1, |event| matches!(event, Event::Delivered { .. })).await;
    let house = house.restart().await;
    let entry = house.entry(&id).await.expect("it is there");
    assert_eq!((entry.state.as_str(), entry.recipients.len()), ("waiting", 1), "one of two has arrived");
    let waiting = &entry.recipients[0];
    assert_eq!((waiting.address.as_str(), waiting.attempts, waiting.next), ("da@voll.test", 1, next));
    let why = house.running.why(id.parse().expect("an id")).await.expect("read");
    assert_eq!(why.history.expect("a record").attempts.len(), 2, "the history goes on");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_of_what_was_done_before_is_kept() {
    let house = House::build_with(|settings, _| {
        patient(settings);
        settings.outgoing.connect_timeout = Duration::from_secs(600);
    })
    .await;
    // One arrives, the other has not had its first attempt yet.
    let id = house.submit(&["da@streng.test", "da@schwarzesloch.test"]).await;
    house.events.wait_for(1, |event| matches!(event, Event::Delivered { .. })).await;
    let house = house.restart().await;
    house.act(Cancel, &id).await;
    house.finished(&id).await;
    house.history.flush().await;
    let why = house.running.why(id.parse().expect("an id")).await.expect("read");
    let record = why.history.expect("a record");
    let outcomes: Vec<_> = record.attempts.iter().map(|attempt| attempt.outcome.as_str()).collect();
    assert_eq!(outcomes, ["delivered", "cancelled"]);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_is_due_after_the_restart_goes_on_by_itself() {
    let house = House::build_with(|settings, _| {
        settings.retry.waits = vec![Duration::from_secs(2)];
        settings.retry.lifetime = Duration::from_secs(3600);
    })
    .await;
    let answer = |heard: &Heard| match heard.connection == 1 && heard.line.starts_with("RCPT") {
        true => "450 4.2.0 not now".to_owned(),
        false => polite(heard),
    };
    let peer = house.peer("spaeter.test", 100, answer).await;
    let id = house.submit(&["da@spaeter.test"]).await;
    house.deferred(&id, 1).await;
    let house = house.restart().await;
    house.finished(&id).await;
    assert_eq!(peer.messages().len(), 1);
    house.history.flush().await;
    let why = house.running.why(id.parse().expect("an id")).await.expect("read");
    let record = why.history.expect("a record");
    let outcomes: Vec<_> = record.attempts.iter().map(|attempt| attempt.outcome.as_str()).collect();
    assert_eq!(outcomes, ["deferred", "delivered"]);
    assert!(record.finished_at.is_some());
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_never_got_its_turn_is_sent_after_the_restart() {
    let house = House::build_with(|settings, _| {
        settings.outgoing.connect_timeout = Duration::from_secs(600);
        settings.retry.lifetime = Duration::from_secs(3600);
    })
    .await;
    house.exchanger("stumm.test", "mx.schwarzesloch.test", 0);
    let id = house.submit(&["da@stumm.test"]).await;
    house.world.zones().remove("stumm.test");
    house.exchanger("stumm.test", "mx.streng.test", 0);
    let house = house.restart().await;
    let receipt = house.receipt(|receipt| receipt.server.as_str() == "mx.streng.test").await;
    assert!(receipt.accepted);
    house.finished(&id).await;
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn held_mail_stays_held_and_released_mail_stays_released() {
    let mut house = House::build_with(|settings, _| {
        patient(settings);
        settings.routes = vec![RouteRule {
            recipient_domains: vec!["voll.test".to_owned()],
            sender_domains: Vec::new(),
            accounts: Vec::new(),
            target: RouteTarget::Hold,
        }];
    })
    .await;
    house.receiver("voll.test", 100, Character::Refuser(Refusal::MailboxFull)).await;
    house.exchanger("auch.test", "mx.voll.test", 0);
    let by_rule = house.submit(&["a@voll.test"]).await;
    let released = house.submit(&["b@voll.test"]).await;
    let by_hand = house.submit(&["c@auch.test"]).await;
    house.events.wait_for(2, |event| matches!(event, Event::Held { .. })).await;
    house.act(Release, &released).await;
    house.deferred(&released, 1).await;
    house.deferred(&by_hand, 1).await;
    house.act(Hold, &by_hand).await;
    let mut house = house.restart().await;
    for round in ["first", "second"] {
        for (id, state) in [(&by_rule, "held"), (&by_hand, "held"), (&released, "waiting")] {
            let entry = house.entry(id).await.expect("it is there");
            assert_eq!(entry.state, state, "{id} after the {round} restart");
        }
        house = house.restart().await;
    }
    // Released now, it goes where the rules would not let it go before.
    house.act(Release, &by_rule).await;
    house.deferred(&by_rule, 1).await;
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_message_of_a_full_queue_is_there_again() {
    const COUNT: usize = 300;
    let house = House::build_with(|settings, _| {
        settings.outgoing.connect_timeout = Duration::from_secs(600);
        settings.retry.lifetime = Duration::from_secs(3600);
    })
    .await;
    let mut connection = house.login().await;
    for _ in 0..COUNT {
        connection.deliver(&message(&["da@schwarzesloch.test"], "Hallo")).await;
    }
    let before: Vec<_> = house.running.list().await.into_iter().map(|entry| entry.id).collect();
    assert_eq!(before.len(), COUNT);
    let house = house.restart().await;
    let after: Vec<_> = house.running.list().await.into_iter().map(|entry| entry.id).collect();
    assert_eq!(before, after);
    house.running.shutdown().await;
}
