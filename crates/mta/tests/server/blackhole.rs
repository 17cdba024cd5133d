//! A destination that takes no connection never delays another one, and its own mail shares one failure instead of
//! paying the same time-out message by message.

use std::collections::HashSet;
use std::time::Duration;

use postamt_lab::receiver::Character;
use postamt_lab::scenario::Bounce;
use postamt_mta::events::Event;

use crate::support::{House, id_of, message};

const HOLE: &str = "jemand@schwarzesloch.test";

/// Submits so many messages for one address over a few sessions at a time.
async fn submit_many(house: &House, count: usize, recipient: &str) {
    let one_session = |count: usize| async move {
        let mut connection = house.login().await;
        for _ in 0..count {
            id_of(&connection.deliver(&message(&[recipient], "Hallo")).await);
        }
        connection.quit().await;
    };
    let share = count / 4;
    tokio::join!(one_session(share), one_session(share), one_session(share), one_session(count - 3 * share));
}

fn is_about(event: &Event, domain: &str) -> bool {
    let attempt = match event {
        Event::Delivered { attempt, .. }
        | Event::Deferred { attempt, .. }
        | Event::Failed { attempt, .. } => attempt,
        _ => return false,
    };
    attempt.recipients.iter().all(|recipient| recipient.ends_with(domain))
}

#[tokio::test(flavor = "multi_thread")]
async fn healthy_mail_arrives_while_two_thousand_messages_wait_for_silence() {
    let mut house = House::build_with(|settings, _| {
        // Longer than the test: the black hole's connections are still being tried when it ends.
        settings.outgoing.connect_timeout = Duration::from_secs(600);
        settings.retry.lifetime = Duration::from_secs(3600);
    })
    .await;
    house.receiver("gesund.test", 100, Character::Sink).await;
    submit_many(&house, 2000, HOLE).await;
    submit_many(&house, 100, "jemand@gesund.test").await;
    house.events.wait_for(100, |event| matches!(event, Event::Delivered { .. })).await;
    let events = house.events.all();
    assert!(!events.iter().any(|event| is_about(event, "@schwarzesloch.test")), "the hole is still silent");
    assert!(!events.iter().any(|event| matches!(event, Event::SitePaused { .. })));
    let site = house.running.sites().into_iter().find(|site| site.name == "mx.schwarzesloch.test");
    let site = site.expect("a site");
    assert_eq!(site.ready, 2000, "none of them is lost or in flight");
    assert!(site.connections <= house.settings.pacing.initial_connections, "{site:?}");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn black_holed_mail_shares_one_failure_and_expires_with_one_notice_each() {
    const COUNT: usize = 200;
    let house = House::build_with(|settings, _| settings.retry.lifetime = Duration::from_secs(2)).await;
    submit_many(&house, COUNT, HOLE).await;
    house.events.wait_for(COUNT, |event| matches!(event, Event::Failed { expired: true, .. })).await;
    let is_notice = |receipt: &postamt_lab::receiver::Receipt| !Bounce::read(receipt).is_empty();
    // The messages and their notices.
    house.events.wait_for(2 * COUNT, |event| matches!(event, Event::Finished { .. })).await;
    let notices: Vec<_> =
        house.world.receipts().all().into_iter().filter(|receipt| is_notice(receipt)).collect();
    assert_eq!(notices.len(), COUNT, "one notice for each message");
    let about: HashSet<_> = notices.iter().map(|notice| notice.header("Message-ID")).collect();
    assert_eq!(about.len(), COUNT);
    // Each pause stands for at most as many connection attempts as the site may begin with.
    let pauses = house.events.all().iter().filter(|event| matches!(event, Event::SitePaused { .. })).count();
    assert!((1..=8).contains(&pauses), "{pauses} pauses for {COUNT} messages");
    house.running.shutdown().await;
}
