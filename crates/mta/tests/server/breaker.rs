//! Port 25 falls silent, mail takes the detour by the relay, and comes back by itself.

use std::sync::Arc;
use std::time::Duration;

use postamt_mta::breaker::detour::{Detour, Hindrance};
use postamt_mta::events::Event;
use postamt_mta::handle::QueueAction;
use postamt_mta::settings::*;
use postamt_net::clock::Clock as _;
use postamt_net::smtp::RecipientOutcome;
use postamt_store::facts::{Facts as _, PathKey, PathReason, PathState, ProbeFact};

use crate::relay::relay;
use crate::support::peer::{Heard, polite};
use crate::support::{House, mails_in, message};

/// Unrelated operators that take everything.
const RECIPIENTS: [&str; 4] = ["a@klartext.test", "b@altzert.test", "c@ohnemx.test", "d@langsam.test"];

/// A server that relays for this host, in a world of its own.
pub async fn provider() -> House {
    House::build_with(|settings, _| {
        for listener in &mut settings.listeners {
            listener.relay_networks =
                vec![Network { address: "127.0.0.0".parse().expect("an address"), prefix: 8 }];
        }
    })
    .await
}

async fn house_beside(provider: &House) -> House {
    let relay = relay("anbieter", provider.address(Purpose::Exchange));
    House::build_with(|settings, _| settings.fallback = Some(Arc::new(relay))).await
}

async fn path_is(house: &House, wanted: &str) {
    path_was(house, 1, wanted).await;
}

/// Waits until some way has come into this state so many times; gives the last reason.
pub async fn path_was(house: &House, count: usize, wanted: &str) -> PathReason {
    let is_it = |event: &Event| matches!(event, Event::PathChanged { state, .. } if *state == wanted);
    match house.events.wait_for(count, is_it).await.pop() {
        Some(Event::PathChanged { reason, .. }) => reason,
        other => panic!("no change: {other:?}"),
    }
}

/// A probe of the first way, a moment later.
pub async fn probe(house: &House, verdict: &str) {
    probe_way(house, house.running.ways()[0], verdict).await;
}

pub async fn probe_way(house: &House, path: PathKey, verdict: &str) {
    // Later than whatever was seen in this second.
    house.clock.pass(Duration::from_secs(2));
    let fact = ProbeFact {
        path,
        at: house.clock.unix_seconds(),
        verdict: verdict.to_owned(),
        confidence: 90,
        evidence: vec!["as the test says".to_owned()],
        report: "{}".to_owned(),
    };
    house.facts.save_probe(fact).await.expect("saved");
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_takes_the_detour_while_port_25_is_silent_and_comes_back() {
    let provider = provider().await;
    let house = house_beside(&provider).await;
    house.path.block(true);
    house.submit(&RECIPIENTS).await;
    path_is(&house, "relay").await;
    for recipient in RECIPIENTS {
        let receipt = provider.receipt(|receipt| receipt.accepted && is_for(receipt, recipient)).await;
        assert!(receipt.judgement.is_some() || receipt.accepted);
    }
    let delivered = house.events.wait_for(RECIPIENTS.len(), is_detour).await;
    assert_eq!(delivered.len(), RECIPIENTS.len(), "each went by the relay, once");
    assert!(house.world.receipts().all().is_empty(), "nothing went directly");

    // From now on no message pays for what is known.
    let before = house.path.attempts_in_vain();
    house.submit(&["e@klartext.test", "f@altzert.test"]).await;
    house.events.wait_for(RECIPIENTS.len() + 2, is_detour).await;
    assert_eq!(house.path.attempts_in_vain(), before);

    house.path.block(false);
    probe(&house, "open").await;
    path_is(&house, "trial").await;
    house.submit(&RECIPIENTS).await;
    path_is(&house, "direct").await;
    house.world.receipts().wait_for(|receipt| receipt.accepted).await;
    house.running.shutdown().await;
    provider.running.shutdown().await;
}

fn is_for(receipt: &postamt_lab::receiver::Receipt, recipient: &str) -> bool {
    receipt.envelope.recipients.iter().any(|one| one.address.to_string() == recipient)
}

fn is_detour(event: &Event) -> bool {
    matches!(event, Event::Delivered { attempt, .. } if attempt.route == "relay anbieter, since port 25 is blocked")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_silent_destination_is_no_reason_for_a_detour() {
    let provider = provider().await;
    let house = house_beside(&provider).await;
    house.submit(&["x@schwarzesloch.test", "y@klartext.test"]).await;
    house.events.wait_for(1, |event| matches!(event, Event::Deferred { .. })).await;
    assert!(house.running.paths().iter().all(|fact| fact.state == PathState::Direct));
    assert!(!house.events.all().iter().any(is_detour));
    house.running.shutdown().await;
    provider.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_relay_mail_waits_with_a_reason_and_the_state_outlives_a_restart() {
    let house = House::build_with(|settings, _| settings.retry.lifetime = Duration::from_secs(3600)).await;
    house.path.block(true);
    house.submit(&RECIPIENTS).await;
    path_is(&house, "relay").await;
    let outcome = house.submit(&["e@klartext.test"]).await;
    let mut house = house.restart().await;
    let fact = &house.running.paths()[0];
    assert_eq!(fact.state, PathState::Relay);
    assert!(fact.next_probe.is_some() && !fact.evidence.is_empty(), "{fact:?}");
    let why = house.running.why(outcome.parse().expect("an id")).await.expect("known");
    assert!(why.waiting.is_some());
    assert_eq!(why.paths.len(), 1);
    assert_eq!(why.detour, Some(Detour::Hindered(Hindrance::NoRelay)));

    house.path.block(false);
    probe(&house, "open").await;
    path_is(&house, "trial").await;
    house.world.receipts().wait_for(|receipt| receipt.accepted && is_for(receipt, "e@klartext.test")).await;
    path_is(&house, "direct").await;
    house.settings.fallback = None;
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_keeps_mail_from_the_detour_or_names_another() {
    let (usual, other) = (provider().await, provider().await);
    let by = |domain: &str, target| RouteRule {
        recipient_domains: vec![domain.to_owned()],
        sender_domains: Vec::new(),
        accounts: Vec::new(),
        target,
    };
    let house = House::build_with(|settings, _| {
        let at = |name: &str, house: &House| Arc::new(relay(name, house.address(Purpose::Exchange)));
        settings.fallback = Some(at("anbieter", &usual));
        settings.routes = vec![
            by("ohnemx.test", RouteTarget::DirectOnly),
            by("altzert.test", RouteTarget::DirectOr(at("anderer", &other))),
        ];
    })
    .await;
    house.path.block(true);
    house.submit(&RECIPIENTS).await;
    path_is(&house, "relay").await;
    other.receipt(|receipt| receipt.accepted && is_for(receipt, "b@altzert.test")).await;
    usual.receipt(|receipt| receipt.accepted && is_for(receipt, "a@klartext.test")).await;
    let id = house.submit(&["e@ohnemx.test"]).await;
    let why = house.running.why(id.parse().expect("an id")).await.expect("known");
    assert_eq!(why.detour, Some(Detour::Hindered(Hindrance::Forbidden)));
    assert!(house.world.receipts().all().is_empty(), "nothing went directly");

    house.path.block(false);
    probe(&house, "open").await;
    path_is(&house, "trial").await;
    house.receipt(|receipt| receipt.accepted && is_for(receipt, "e@ohnemx.test")).await;
    for relay in [usual, other] {
        assert!(!relay.world.receipts().all().iter().any(|receipt| is_for(receipt, "e@ohnemx.test")));
        relay.running.shutdown().await;
    }
    house.running.shutdown().await;
}

/// Subject and text of the letter of this number, once it lies in the postmaster's Maildir.
async fn letter(house: &House, number: usize) -> String {
    let told = |event: &Event| matches!(event, Event::Told { about, .. } if about == "direct");
    let told = house.events.wait_for(number, told).await;
    let Event::Told { id: wanted, .. } = &told[number - 1] else { panic!("{told:?}") };
    house.finished(wanted).await;
    let is_it = |text: &String| text.contains(&format!("{wanted}@"));
    let mails = mails_in(&house.directory.path().join("postmaster"));
    let mut texts = mails.into_iter().map(|path| std::fs::read_to_string(path).expect("a letter"));
    texts.find(is_it).expect("the letter")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_is_told_when_the_way_is_closed_and_when_it_is_open_again() {
    let house = House::build_with(|settings, _| settings.retry.lifetime = Duration::from_secs(3600)).await;
    house.path.block(true);
    house.submit(&RECIPIENTS).await;
    let closed = letter(&house, 1).await;
    for part in ["Return-Path: <>", "Auto-Submitted: auto-generated", "postamt port25 check"] {
        assert!(closed.contains(part), "{part}: {closed}");
    }
    // Three of the four are enough to close the way, whichever were the first.
    let domain = |recipient: &&&str| recipient.split_once('@').is_some_and(|(_, it)| closed.contains(it));
    assert!(RECIPIENTS.iter().filter(domain).count() >= 3, "{closed}");
    house.path.block(false);
    probe(&house, "open").await;
    let open = letter(&house, 2).await;
    assert!(open.contains("delivers directly again"), "{open}");

    // It was told and has ended: closed again so soon it is told to nobody but the log, not even after a restart.
    let house = house.restart().await;
    house.path.block(true);
    house.submit(&RECIPIENTS).await;
    path_is(&house, "relay").await;
    let told = house.facts.told().await.expect("read");
    assert!(matches!(&told[..], [fact] if fact.about == "direct" && fact.since.is_none()), "{told:?}");
    assert!(!house.events.all().iter().any(|event| matches!(event, Event::Told { .. })));
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_finds_no_way_for_its_whole_life_goes_back_to_its_sender() {
    let lifetime = Duration::from_secs(3600);
    let house = House::build_with(|settings, _| settings.retry.lifetime = lifetime).await;
    house.path.block(true);
    house.submit(&RECIPIENTS).await;
    path_is(&house, "relay").await;
    let id = house.submit(&["e@klartext.test"]).await;
    house.clock.pass(2 * lifetime);
    house.act(QueueAction::Retry, &id).await;
    let is_over = |event: &Event| {
        let Event::Failed { attempt, expired, .. } = event else { return false };
        *expired && attempt.id == id
    };
    house.events.wait_for(1, is_over).await;
    house.finished(&id).await;
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_told_when_its_mail_would_die_of_age() {
    let house = House::build_with(|settings, _| settings.retry.lifetime = Duration::from_secs(1)).await;
    house.path.block(true);
    house.submit(&RECIPIENTS).await;
    path_is(&house, "relay").await;
    let mut connection = house.login().await;
    // The clock counts in seconds: the way has been closed for longer than mail may live after the second one.
    let refused = loop {
        let outcome = connection.deliver(&message(&["x@klartext.test"], "Hallo")).await;
        if let RecipientOutcome::Refused { reply, .. } = &outcome.recipients[0] {
            break reply.clone();
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(
        (refused.code.get(), refused.enhanced.map(|code| code.to_string())),
        (451, Some("4.4.1".to_owned()))
    );
    connection.quit().await;
    house.running.shutdown().await;
}

/// Its server takes nothing now, for a reason of its own.
fn busy(heard: &Heard) -> String {
    if heard.line.starts_with("RCPT") { "450 4.2.1 not now".to_owned() } else { polite(heard) }
}

#[expect(clippy::disallowed_methods, reason = "the test stops the server between two of its steps")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn mail_in_hand_while_the_way_is_closed_is_planned_again_like_the_rest() {
    let provider = provider().await;
    let relay = relay("anbieter", provider.address(Purpose::Exchange));
    let house = House::build_with(|settings, _| {
        settings.fallback = Some(Arc::new(relay));
        settings.retry.waits = vec![Duration::from_secs(3600)];
        settings.pacing.first_pause = Duration::from_secs(3600);
    })
    .await;
    let _busy = house.peer("spaeter.test", 110, busy).await;
    let waiting = house.submit(&["a@spaeter.test"]).await;
    house.deferred(&waiting, 1).await;

    // Nobody listens at its exchanger. Between the failure and its consequences the way is closed, and all that waits is
    // planned again.
    house.exchanger("zu.test", "mx.zu.test", 111);
    let (failed, has_failed) = tokio::sync::oneshot::channel();
    let (planned, was_planned) = std::sync::mpsc::channel::<()>();
    house.events.react(
        |event| matches!(event, Event::SitePaused { site, .. } if site == "mx.zu.test"),
        move || {
            failed.send(()).expect("the test listens");
            // What this thread was to do next goes to another one meanwhile.
            let was_planned = || was_planned.recv_timeout(Duration::from_secs(60));
            tokio::task::block_in_place(was_planned).expect("the others were planned again");
        },
    );
    let in_hand = house.submit(&["b@zu.test"]).await;
    has_failed.await.expect("tried");
    probe(&house, "dropped").await;
    path_is(&house, "relay").await;
    house.finished(&waiting).await;
    planned.send(()).expect("the server listens");
    house.finished(&in_hand).await;
    let by_relay = |event: &Event| matches!(event, Event::Delivered { attempt, .. } if attempt.id == in_hand);
    let delivered = house.events.wait_for(1, by_relay).await;
    assert!(delivered.len() == 1 && is_detour(&delivered[0]), "{delivered:?}");
    house.running.shutdown().await;
    provider.running.shutdown().await;
}
