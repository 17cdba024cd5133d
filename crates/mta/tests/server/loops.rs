//! Mail that would come back to us is recognised before it circles.

use postamt_lab::zones::Record;
use postamt_mail::reply::EnhancedCode;
use postamt_mta::settings::Purpose;

use crate::support::peer::{Heard, polite};
use crate::support::talk::Talk;
use crate::support::{House, LOGIN, PASSWORD, place};

const LOOP: EnhancedCode = EnhancedCode::new(5, 4, 6);

async fn bounces(house: &House, recipient: &str) {
    house.submit(&[recipient]).await;
    let (_, bounce) = house.notice(recipient).await;
    assert_eq!(bounce.status, LOOP, "{recipient}: {:?}", bounce.diagnostic);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchanger_that_is_ourselves_is_recognised_by_name() {
    let house = House::build().await;
    house.exchanger("schleife.test", "mail.absender.test", 0);
    bounces(&house, "wer@schleife.test").await;
    // No MX record at all, and the address is ours.
    bounces(&house, "wer@mail.absender.test").await;
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_exchangers_that_are_better_than_ourselves_are_tried() {
    let house = House::build().await;
    let better = house.peer("reserve.test", 100, polite).await;
    let zones = house.world.zones();
    for (preference, exchange) in [(20, "mail.absender.test"), (30, "mx.schwarzesloch.test")] {
        zones.add("reserve.test", Record::Mx { preference, exchange: exchange.to_owned() });
    }
    let id = house.submit(&["wer@reserve.test"]).await;
    house.finished(&id).await;
    assert_eq!(better.messages().len(), 1);
    let site = house.running.sites().into_iter().map(|site| site.name).collect::<Vec<_>>();
    assert_eq!(site, ["mx.reserve.test"]);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_greets_with_our_name_is_ourselves() {
    let house = House::build().await;
    let answer = |heard: &Heard| match heard.line.is_empty() {
        true => "220 Mail.Absender.test ESMTP".to_owned(),
        false => polite(heard),
    };
    let peer = house.peer("spiegel.test", 100, answer).await;
    bounces(&house, "wer@spiegel.test").await;
    assert!(peer.messages().is_empty());
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_ours_is_not_called() {
    let world =
        postamt_lab::world::World::build(postamt_lab::world::WorldSettings::test()).await.expect("a world");
    let own = place(&world, 100);
    let house = House::build_in(world, |settings, _| settings.outgoing.own_addresses = vec![own.ip()]).await;
    let peer = house.peer("selbst.test", 100, polite).await;
    bounces(&house, "wer@selbst.test").await;
    assert_eq!(peer.connections(), 0);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_has_been_everywhere_is_refused() {
    let house = House::build().await;
    let mut talk = Talk::open_tls(house.address(Purpose::Submissions), house.certificate()).await;
    talk.say("EHLO client.test").await;
    talk.log_in(LOGIN, PASSWORD).await;
    for (hops, expected) in [(20, "250 "), (120, "554 5.4.6 ")] {
        talk.say_all(&["MAIL FROM:<anna@absender.test>", "RCPT TO:<da@klartext.test>", "DATA"]).await;
        let trace = "Received: from a.test by b.test; Tue, 24 Nov 2026 08:00:00 +0000\r\n".repeat(hops);
        let reply = talk.say(&format!("{trace}From: {LOGIN}\r\n\r\nx\r\n.")).await;
        assert!(reply.starts_with(expected), "{hops}: {reply}");
    }
    house.running.shutdown().await;
}
