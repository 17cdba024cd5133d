//! Second tries: when, on which connection, and what the first one teaches about the provider.

use std::time::Duration;

use postamt_mta::events::Event;

use crate::support::peer::{Heard, polite};
use crate::support::{House, message};

fn one_hour(settings: &mut postamt_mta::settings::Settings) {
    settings.retry.lifetime = Duration::from_secs(3600);
}

fn deferrals(house: &House) -> usize {
    house.events.all().iter().filter(|event| matches!(event, Event::Deferred { .. })).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_greylister_is_asked_again_and_takes_the_mail() {
    let house = House::build_with(|settings, _| one_hour(settings)).await;
    let before = now();
    let id = house.submit(&["da@grau.test"]).await;
    let next = house.deferred(&id, 1).await;
    assert!((before + 1..=now() + 2).contains(&next), "the first wait is short: {next}");
    house.finished(&id).await;
    let receipts = house.world.receipts().all();
    let (last, refusals) = receipts.split_last().expect("receipts");
    assert!(last.accepted && !refusals.is_empty() && refusals.iter().all(|receipt| !receipt.accepted));
    // Greylisting concerns one recipient: it is no reason to slow down.
    assert!(!house.events.all().iter().any(|event| matches!(event, Event::SitePaused { .. })));
    house.running.shutdown().await;
}

fn now() -> u64 {
    postamt_net::clock::Clock::unix_seconds(&postamt_net::clock::SystemClock)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_421_gets_a_pause_and_then_everything() {
    let house = House::build_with(|settings, _| {
        one_hour(settings);
        settings.pacing.initial_connections = 1;
    })
    .await;
    let answer = |heard: &Heard| match heard.connection == 1 && heard.line.starts_with("RCPT") {
        true => "421 4.7.0 slow down".to_owned(),
        false => polite(heard),
    };
    let peer = house.peer("ruhe.test", 100, answer).await;
    let ids = [
        house.submit(&["a@ruhe.test"]).await,
        house.submit(&["b@ruhe.test"]).await,
        house.submit(&["c@ruhe.test"]).await,
    ];
    let paused = house.events.wait_for(1, |event| matches!(event, Event::SitePaused { .. })).await;
    let Event::SitePaused { site, reason, .. } = &paused[0] else { panic!("{paused:?}") };
    assert_eq!((site.as_str(), reason.as_str()), ("mx.ruhe.test", "421 4.7.0 slow down"));
    for id in &ids {
        house.finished(id).await;
    }
    assert_eq!(peer.messages().len(), 3);
    assert_eq!(deferrals(&house), 1, "only the message that heard the 421 has an attempt behind it");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_is_used_again() {
    let house = House::build_with(|settings, _| settings.pacing.idle = Duration::from_secs(60)).await;
    let peer = house.peer("treu.test", 100, polite).await;
    for _ in 0..5 {
        let id = house.submit(&["da@treu.test"]).await;
        house.finished(&id).await;
    }
    assert_eq!((peer.connections(), peer.messages().len()), (1, 5));
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_connection_that_the_peer_has_closed_costs_no_attempt() {
    let house = House::build_with(|settings, _| settings.pacing.idle = Duration::from_secs(60)).await;
    // Every connection ends with its first message, although nobody asked for that.
    let answer = |heard: &Heard| match heard.line.starts_with("QUIT") || heard.line.starts_with("RSET") {
        true => String::new(),
        false => polite(heard),
    };
    let peer = house.peer("kurz.test", 100, move |heard| match heard.line.as_str() {
        "." => "250 2.0.0 taken\r\n421 4.4.2 and that was it".to_owned(),
        _ => answer(heard),
    });
    let peer = peer.await;
    for _ in 0..3 {
        let id = house.submit(&["da@kurz.test"]).await;
        house.finished(&id).await;
    }
    assert_eq!(peer.messages().len(), 3);
    assert_eq!(deferrals(&house), 0);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_before_the_message_is_replaced_at_once() {
    let house = House::build_with(|settings, _| one_hour(settings)).await;
    let answer = |heard: &Heard| match heard.connection == 1 && heard.line.starts_with("DATA") {
        true => String::new(),
        false => polite(heard),
    };
    let peer = house.peer("wackel.test", 100, answer).await;
    let id = house.submit(&["da@wackel.test"]).await;
    house.finished(&id).await;
    assert_eq!((peer.connections(), peer.messages().len(), deferrals(&house)), (2, 1, 0));
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_recipients_for_one_transaction_go_in_several_at_once() {
    let house = House::build_with(|settings, _| one_hour(settings)).await;
    let taken = std::sync::atomic::AtomicUsize::new(0);
    let answer = move |heard: &Heard| {
        use std::sync::atomic::Ordering::SeqCst;
        if heard.line.starts_with("MAIL") {
            taken.store(0, SeqCst);
        }
        match heard.line.starts_with("RCPT") && taken.fetch_add(1, SeqCst) >= 2 {
            true => "452 4.5.3 too many recipients".to_owned(),
            false => polite(heard),
        }
    };
    let peer = house.peer("eng.test", 100, answer).await;
    let recipients: Vec<String> = (0..11).map(|number| format!("nr{number}@eng.test")).collect();
    let recipients: Vec<&str> = recipients.iter().map(String::as_str).collect();
    let id = house.send(&message(&recipients, "Hallo")).await;
    house.finished(&id).await;
    assert_eq!(peer.messages().len(), 6, "two at a time");
    assert_eq!(deferrals(&house), 0);
    let delivered = house.events.all().into_iter().filter_map(|event| match event {
        Event::Delivered { attempt, .. } => Some(attempt.recipients.len()),
        _ => None,
    });
    assert_eq!(delivered.sum::<usize>(), 11);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn domains_with_the_same_exchangers_share_one_site() {
    let house = House::build_with(|settings, _| {
        settings.pacing.connections = 1;
        settings.pacing.idle = Duration::from_secs(60);
    })
    .await;
    let peer = house.peer("eins.test", 100, polite).await;
    for domain in ["zwei.test", "drei.test"] {
        house.exchanger(domain, "mx.eins.test", 0);
    }
    for recipient in ["a@eins.test", "b@zwei.test", "c@drei.test"] {
        let id = house.submit(&[recipient]).await;
        house.finished(&id).await;
    }
    assert_eq!((peer.connections(), peer.messages().len()), (1, 3));
    let sites: Vec<_> = house.running.sites().into_iter().map(|site| site.name).collect();
    assert_eq!(sites, ["mx.eins.test"]);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_exchanger_takes_what_the_first_cannot_and_a_domain_may_have_none() {
    let house = House::build().await;
    for (recipient, host) in [("da@umweg.test", "mx.umweg.test"), ("da@ohnemx.test", "ohnemx.test")] {
        let id = house.submit(&[recipient]).await;
        let receipt = house.receipt(|receipt| receipt.server.as_str() == host).await;
        assert!(receipt.accepted && receipt.tls.is_some());
        house.finished(&id).await;
    }
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_gets_no_more_than_its_rate() {
    // 600 a minute is one every tenth of a second.
    let house = House::build_with(|settings, _| settings.pacing.messages_per_minute = Some(600)).await;
    let _peer = house.peer("takt.test", 100, polite).await;
    let start = tokio::time::Instant::now();
    let mut connection = house.login().await;
    for _ in 0..6 {
        connection.deliver(&message(&["da@takt.test"], "Hallo")).await;
    }
    house.events.wait_for(6, |event| matches!(event, Event::Finished { .. })).await;
    assert!(start.elapsed() >= Duration::from_millis(500), "{:?}", start.elapsed());
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn trust_grows_with_every_message_taken() {
    let house = House::build_with(|settings, _| {
        settings.pacing.initial_connections = 1;
        settings.pacing.connections = 3;
    })
    .await;
    let _peer = house.peer("neu.test", 100, polite).await;
    let limit = || house.running.sites().first().map(|site| site.limit);
    for expected in [2, 3, 3] {
        let id = house.submit(&["da@neu.test"]).await;
        house.finished(&id).await;
        assert_eq!(limit(), Some(expected));
    }
    house.running.shutdown().await;
}
