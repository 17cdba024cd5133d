//! Peers that mean no good: an account that was taken away, a client that never ends its line, names that are tried one
//! after the other, an exchanger list that leads back to us.

use std::time::Duration;

use postamt_lab::zones::Record;
use postamt_mail::reply::EnhancedCode;
use postamt_mta::events::Event;
use postamt_mta::settings::Purpose;
use postamt_store::accounts::{Account, Accounts};
use postamt_store::embedded::SqliteAccounts;
use tokio::io::AsyncWriteExt;

use crate::support::talk::{Talk, last_line};
use crate::support::{House, LOGIN, PASSWORD};

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_loses_its_open_sessions() {
    let house = House::build().await;
    let mut talk = Talk::open_tls(house.address(Purpose::Submissions), house.certificate()).await;
    talk.say("EHLO client.test").await;
    assert!(talk.log_in(LOGIN, PASSWORD).await.starts_with("235 "));
    let mail = format!("MAIL FROM:<{LOGIN}>");
    assert!(talk.say(&mail).await.starts_with("250 "));
    let accounts = SqliteAccounts::open(house.directory.path().join("accounts.db")).expect("accounts");
    let account = accounts.find(LOGIN).await.expect("read").expect("there");
    accounts.update(Account { enabled: false, ..account }).await.expect("disabled");
    let refused = async {
        loop {
            talk.say("RSET").await;
            let reply = talk.say(&mail).await;
            if !reply.starts_with("250 ") {
                return reply;
            }
            // Only time brings the next look at the account.
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let reply = tokio::time::timeout(Duration::from_secs(20), refused).await.expect("noticed in time");
    assert!(reply.starts_with("421 4.7.0 "), "{reply}");
    assert!(talk.is_over().await);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_has_its_time_as_a_whole() {
    let limit = Duration::from_secs(2);
    let house = House::build_with(|settings, _| settings.limits.command_timeout = limit).await;
    let mut talk = Talk::open(house.address(Purpose::Exchange)).await;
    let trickle = async {
        for octet in b"EHLO a.client.that.never.comes.to.an.end.test".iter().cycle() {
            talk.send(&[*octet]).await;
            if let Ok(reply) = tokio::time::timeout(Duration::from_millis(300), talk.hear()).await {
                return reply;
            }
        }
        unreachable!("the cycle never ends")
    };
    let reply = tokio::time::timeout(limit * 5, trickle).await.expect("cut off in time");
    assert!(reply.starts_with("421 4.4.2 "), "{reply}");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_names_is_sent_away() {
    let house = House::build().await;
    let mut talk = Talk::open(house.address(Purpose::Exchange)).await;
    talk.say("EHLO draussen.test").await;
    talk.say_all(&["MAIL FROM:<wer@draussen.test>"]).await;
    let mut replies = Vec::new();
    for number in 0..100 {
        replies.push(talk.say(&format!("RCPT TO:<name{number}@absender.test>")).await);
    }
    assert!(replies[98].starts_with("550 "), "{}", replies[98]);
    assert!(last_line(&replies[99]).starts_with("421 4.7.0 "), "{}", replies[99]);
    assert!(talk.is_over().await);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_waits_for_the_better_exchanger_where_we_are_the_next_one_under_another_name() {
    let world =
        postamt_lab::world::World::build(postamt_lab::world::WorldSettings::test()).await.expect("a world");
    let own = crate::support::place(&world, 100);
    let house = House::build_in(world, |settings, _| settings.outgoing.own_addresses = vec![own.ip()]).await;
    let zones = house.world.zones();
    for (preference, exchange) in [(10, "mx.vorn.test"), (20, "mx.hinten.test")] {
        zones.add("vertretung.test", Record::Mx { preference, exchange: exchange.to_owned() });
    }
    // Nobody listens there.
    house.exchanger("vorn.test", "mx.vorn.test", 101);
    house.exchanger("hinten.test", "mx.hinten.test", 100);
    let id = house.submit(&["wer@vertretung.test"]).await;
    house.deferred(&id, 1).await;
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_without_any_address_is_told_at_once() {
    let house = House::build().await;
    house.world.zones().add("leer.test", Record::Text("v=spf1 -all".to_owned()));
    house.submit(&["wer@leer.test"]).await;
    let (_, bounce) = house.notice("wer@leer.test").await;
    assert_eq!(bounce.status, EnhancedCode::new(5, 4, 4), "{:?}", bounce.diagnostic);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_cannot_fill_the_memory_with_large_messages() {
    let house = House::build_with(|settings, _| {
        settings.limits.message_bytes = 1 << 20;
        settings.limits.content_cache_bytes = 0;
    })
    .await;
    let address = house.address(Purpose::Exchange);
    let commands = "EHLO a.test\r\nMAIL FROM:<wer@a.test>\r\nRCPT TO:<postmaster@absender.test>\r\nDATA\r\n";
    let body = format!("{}\r\n", "x".repeat(98)).repeat(10_000);
    let mut open = Vec::new();
    for _ in 0..20 {
        let mut stream = Talk::dial(address).await;
        // One that is sent away does not take it all.
        let _ = stream.write_all(format!("{commands}{body}").as_bytes()).await;
        open.push(stream);
    }
    let is_sent_away =
        |event: &Event| matches!(event, Event::Session { what, .. } if what.starts_with("sent away"));
    house.events.wait_for(1, is_sent_away).await;
    let mut talk = Talk::open(address).await;
    talk.say("EHLO draussen.test").await;
    talk.say_all(&["MAIL FROM:<wer@draussen.test>", "RCPT TO:<postmaster@absender.test>", "DATA"]).await;
    talk.send(&body.as_bytes()[..250_000]).await;
    assert!(talk.say(".").await.starts_with("250 "), "small mail needs no room");
    drop(open);
    house.running.shutdown().await;
}
