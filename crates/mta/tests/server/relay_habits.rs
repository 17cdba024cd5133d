//! What relays are like: few signatures, no null sender, ports that do not answer; and the preflight that finds out.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use postamt_lab::world::{World, WorldSettings};
use postamt_mail::address::Address;
use postamt_mail::relays;
use postamt_mailauth::dkim::{Algorithm, KeyStore, generate};
use postamt_mailauth::verify::{Delivery, Outcome, Report, Verifier};
use postamt_mta::events::Event;
use postamt_mta::send::preflight::PreflightVerdict;
use postamt_mta::settings::*;

use crate::relay::relay;
use crate::support::peer::{Heard, Peer, polite};
use crate::support::{House, LOGIN, message, place};

const DIRECT: &str = "b@direkt.test";

async fn world() -> World {
    World::build(WorldSettings::test()).await.expect("a world")
}

fn everything_by(relay: Relay) -> Vec<RouteRule> {
    let target = RouteTarget::Relay(Arc::new(relay));
    vec![RouteRule {
        recipient_domains: Vec::new(),
        sender_domains: Vec::new(),
        accounts: Vec::new(),
        target,
    }]
}

/// A relay with the habits of Amazon SES, as `profile = "ses"` makes it.
fn ses(at: SocketAddr) -> Relay {
    let profile = relays::find("ses").expect("known");
    let dkim = DkimOnRoute::of_provider(profile);
    Relay { profile: Some(profile), dkim, null_sender: NullSender::Replaced(None), ..relay("ses", at) }
}

/// What its receivers would make of a message that a relay sends on with `Message-ID` and `Date` of its own.
async fn judged_behind_ses(house: &House, message: &str) -> Report {
    let lines = message.split_inclusive("\r\n").map(|line| {
        if line.starts_with("Message-ID:") {
            "Message-ID: <0102@eu-central-1.amazonses.test>\r\n"
        } else if line.starts_with("Date:") {
            "Date: Tue, 24 Nov 2026 12:00:00 +0000\r\n"
        } else {
            line
        }
    });
    let message: String = lines.collect();
    assert!(message.contains("amazonses.test>") && message.contains("24 Nov 2026"), "{message}");
    let delivery = Delivery {
        client: [127, 0, 0, 99].into(),
        greeting: "smtp.ses.test",
        host: "mx.fern.test",
        sender: "0102@eu-central-1.amazonses.test",
    };
    let verifier = Verifier::new(&[house.world.dns_server()]).expect("a verifier");
    verifier.verify(message.as_bytes(), delivery).await
}

#[tokio::test(flavor = "multi_thread")]
async fn ses_gets_one_aligned_signature_and_a_later_direct_delivery_both() {
    let world = world().await;
    let at = place(&world, 100);
    let sespeer = Peer::start(at, |heard: &Heard| match heard.line.as_str() {
        "." => "454 4.7.0 sending quota exceeded".to_owned(),
        _ => polite(heard),
    })
    .await;
    let mut house = House::build_in(world, |settings, directory| {
        settings.routes = everything_by(ses(at));
        settings.retry.lifetime = Duration::from_secs(3600);
        let store = KeyStore::open(directory.join("dkim")).expect("a key store");
        let pem = generate(Algorithm::Ed25519, 0).expect("a key");
        store.create(settings.own_domains[0].clone(), "s2", &pem).expect("stored");
    })
    .await;
    let keys = KeyStore::open(house.directory.path().join("dkim")).expect("keys");
    let second =
        keys.list().into_iter().find(|stored| stored.key.selector() == "s2").expect("the second key");
    house.world.publish_dkim("s2", &second.key.public_record());

    let id = house.submit(&[DIRECT]).await;
    house.deferred(&id, 1).await;
    let handed_over = sespeer.messages().remove(0);
    let report = judged_behind_ses(&house, &handed_over).await;
    assert_eq!(report.signatures.len(), 1, "{report:?}");
    assert_eq!((report.dkim, report.dmarc), (Outcome::Pass, Outcome::Pass), "{report:?}");
    assert_eq!(report.signatures[0].domain, "absender.test");

    // The same message goes directly now, and has what every receiver stands.
    let direct = house.peer("direkt.test", 101, polite).await;
    house.settings.routes.clear();
    let house = house.restart().await;
    direct.wait_for(1, ".").await;
    house.finished(&id).await;
    let verifier = Verifier::new(&[house.world.dns_server()]).expect("a verifier");
    let signatures = verifier.verify_dkim(direct.messages()[0].as_bytes()).await;
    assert_eq!(signatures.len(), 2, "{signatures:?}");
    assert!(signatures.iter().all(|signature| signature.outcome == Outcome::Pass), "{signatures:?}");
    let text = direct.messages()[0].replace("\r\n\t", "").replace("\r\n ", "").to_ascii_lowercase();
    let covers = |field: &str| field.starts_with("dkim-signature:") && field.contains("message-id");
    assert_eq!(text.lines().filter(|line| covers(line)).count(), 2, "{text}");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_that_a_message_came_with_counts() {
    let world = world().await;
    let at = place(&world, 100);
    let peer = Peer::start(at, polite).await;
    let house = House::build_in(world, |settings, _| settings.routes = everything_by(ses(at))).await;
    let mut signed = message(&[DIRECT], "Hallo");
    signed.content.insert(0, "DKIM-Signature: v=1; d=absender.test; s=app; b=AAAA\r\n".into());
    let id = house.send(&signed).await;
    house.finished(&id).await;
    assert_eq!(peer.messages()[0].matches("DKIM-Signature:").count(), 1, "{}", peer.messages()[0]);
    house.running.shutdown().await;
}

/// Takes no null sender, and no mail for `weg@`.
fn without_null_sender(heard: &Heard) -> String {
    if heard.line.starts_with("MAIL FROM:<>") {
        "501 Invalid MAIL FROM address provided".to_owned()
    } else if heard.line.starts_with("RCPT TO:<weg@") {
        "550 5.1.1 no such user".to_owned()
    } else {
        polite(heard)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_pass_a_relay_that_refuses_the_null_sender() {
    let world = world().await;
    let at = place(&world, 100);
    let peer = Peer::start(at, without_null_sender).await;
    let house = House::build_in(world, |settings, _| {
        // Nobody knows its habits.
        settings.routes = everything_by(relay("neu", at));
    })
    .await;
    for round in 1..=2 {
        house.submit(&["weg@fern.test"]).await;
        let notices = peer.wait_for(round, "MAIL FROM:<postmaster@absender.test>").await;
        assert_eq!(notices.len(), round);
        peer.wait_for(round, &format!("RCPT TO:<{LOGIN}>")).await;
        house.events.wait_for(round, |event| matches!(event, Event::Delivered { .. })).await;
    }
    // It was tried once; then it was known.
    assert_eq!(peer.wait_for(1, "MAIL FROM:<>").await.len(), 1);
    let notice = peer.messages().into_iter().next_back().expect("a notice");
    assert!(notice.contains("Auto-Submitted: auto-replied\r\n"), "{notice}");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_fails_by_its_stand_in_ends_there() {
    let world = world().await;
    let at = place(&world, 100);
    // Refuses the user's recipient, and then the user as well.
    let peer = Peer::start(at, |heard: &Heard| match heard.line.starts_with("RCPT") {
        true => "550 5.1.1 nobody here".to_owned(),
        false => without_null_sender(heard),
    })
    .await;
    let bounces = Address::new("bounces@absender.test").expect("an address");
    let house = House::build_in(world, |settings, _| {
        let null_sender = NullSender::Replaced(Some(bounces.clone()));
        settings.routes = everything_by(Relay { null_sender, ..relay("eigen", at) });
    })
    .await;
    house.submit(&["weg@fern.test"]).await;
    house.events.wait_for(1, |event| matches!(event, Event::NoNotice { .. })).await;
    house.events.wait_for(2, |event| matches!(event, Event::Finished { .. })).await;
    let heard = peer.wait_for(1, "MAIL FROM:<bounces@absender.test>").await;
    assert_eq!(heard.len(), 1);
    assert_eq!(house.events.all().iter().filter(|event| matches!(event, Event::Notice { .. })).count(), 1);
    assert!(house.running.list().await.is_empty(), "nothing goes round");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_port_that_let_us_in_is_the_first_from_then_on() {
    let world = world().await;
    let (closed, open) = (free_port(), place(&world, 100));
    let peer = Peer::start(open, polite).await;
    let house = House::build_in(world, |settings, _| {
        let mut relay = relay("anbieter", SocketAddr::new(open.ip(), closed));
        relay.further_ports = vec![RelayPort { port: open.port(), tls: RelayTls::None }];
        relay.messages_per_connection = 1;
        relay.connections = 1;
        settings.routes = everything_by(relay);
    })
    .await;
    let id = house.submit(&[DIRECT]).await;
    house.finished(&id).await;
    assert_eq!(peer.connections(), 1);
    // The first port answers now, but nobody asks it any more.
    let late = Peer::start(SocketAddr::new(open.ip(), closed), polite).await;
    let id = house.submit(&[DIRECT]).await;
    house.finished(&id).await;
    assert_eq!((peer.connections(), late.connections()), (2, 0));
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_refuses_us_on_one_port_is_not_asked_on_the_next() {
    let world = world().await;
    let (first, second) = (place(&world, 100), free_port());
    let refusing = Peer::start(first, |_: &Heard| "554 5.7.1 not you".to_owned()).await;
    let other = Peer::start(SocketAddr::new(first.ip(), second), polite).await;
    let house = House::build_in(world, |settings, _| {
        let mut relay = relay("anbieter", first);
        relay.further_ports = vec![RelayPort { port: second, tls: RelayTls::None }];
        settings.routes = everything_by(relay);
        settings.retry.lifetime = Duration::from_secs(3600);
    })
    .await;
    let id = house.submit(&[DIRECT]).await;
    house.deferred(&id, 1).await;
    assert!(refusing.connections() > 0);
    assert_eq!(other.connections(), 0);
    house.running.shutdown().await;
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fallback_relay_is_looked_at_before_it_is_needed() {
    let world = world().await;
    let at = place(&world, 100);
    let verified = Arc::new(AtomicBool::new(false));
    let is_verified = verified.clone();
    let peer = Peer::start(at, move |heard: &Heard| {
        match heard.line.starts_with("MAIL") && !is_verified.load(Ordering::SeqCst) {
            true => "554 Message rejected: Email address is not verified".to_owned(),
            false => polite(heard),
        }
    })
    .await;
    let house = House::build_in(world, |settings, _| {
        settings.fallback = Some(Arc::new(relay("anbieter", at)));
    })
    .await;
    let tells = |start: &'static str| move |event: &Event| matches!(event, Event::Warning { what } if what.starts_with(start));
    let failed =
        "the relay anbieter failed its preflight and carries no mail: to mail of absender.test it says: 554";
    house.events.wait_for(1, tells(failed)).await;
    let verdict = house.running.preflight("anbieter").expect("a verdict");
    assert!(!verdict.usable && !verdict.carries(&house.settings.own_domains[0]));

    verified.store(true, Ordering::SeqCst);
    let verdict = house.running.check_relay("anbieter").await.expect("a relay");
    assert!(verdict.usable, "{verdict:#?}");
    house.events.wait_for(1, tells("the relay anbieter passes its preflight again")).await;
    assert!(house.running.check_relay("nobody").await.is_none());
    assert!(peer.messages().is_empty(), "nothing was sent");
    assert!(!peer.heard().iter().any(|heard| heard.line.starts_with("DATA")));
    let told = |event: &Event| matches!(event, Event::Told { about, .. } if about == "relay anbieter");
    house.events.wait_for(2, told).await;

    // A verdict outlives a restart; a bad one counts until there is a new one, which is made at once.
    let before = peer.connections();
    let mut house = house.restart().await;
    assert!(kept(&house).await.usable);
    assert_eq!(peer.connections(), before, "nobody asked the relay again");
    verified.store(false, Ordering::SeqCst);
    assert!(!house.running.check_relay("anbieter").await.expect("a relay").usable);
    verified.store(true, Ordering::SeqCst);
    house = house.restart().await;
    house.events.wait_for(1, tells("the relay anbieter passes its preflight again")).await;

    // Another question: what was kept is no answer to it.
    let before = peer.connections();
    house.settings.own_domains.truncate(1);
    house.settings.limits.message_bytes += 1;
    house = house.restart().await;
    assert!(kept(&house).await.usable);
    assert!(peer.connections() > before);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_only_a_rule_names_for_the_detour_is_looked_at_too() {
    let world = world().await;
    let at = place(&world, 100);
    let peer = Peer::start(at, |heard: &Heard| match heard.line.starts_with("MAIL") {
        true => "554 Message rejected: Email address is not verified".to_owned(),
        false => polite(heard),
    })
    .await;
    let house = House::build_in(world, |settings, _| {
        settings.routes = everything_by(relay("anderer", at));
        settings.routes[0].target = RouteTarget::DirectOr(Arc::new(relay("anderer", at)));
    })
    .await;
    let told = |event: &Event| matches!(event, Event::Told { about, .. } if about == "relay anderer");
    house.events.wait_for(1, told).await;
    assert!(!house.running.preflight("anderer").expect("a verdict").usable);
    assert!(peer.messages().is_empty(), "nothing was sent");
    house.running.shutdown().await;
}

/// The verdict as soon as there is one.
async fn kept(house: &House) -> Arc<PreflightVerdict> {
    loop {
        match house.running.preflight("anbieter") {
            Some(verdict) => return verdict,
            None => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}
