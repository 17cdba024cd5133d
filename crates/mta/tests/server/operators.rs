//! What an operator does to the queue: hold, release, retry, cancel, list, why, search.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use postamt_lab::receiver::{Character, Refusal};
use postamt_mta::events::Event;
use postamt_mta::handle::QueueAction::{Cancel, Hold, Release, Retry};
use postamt_mta::settings::{RouteRule, RouteTarget, Settings};
use postamt_mta::{Running, Selection};
use postamt_store::history::{History, MessageRecord, Query};

use crate::support::peer::{Heard, Peer, polite};
use crate::support::{House, LOGIN, place};

/// Deferred mail stays deferred for the length of a test.
fn patient(settings: &mut Settings) {
    settings.retry.waits = vec![Duration::from_secs(3600)];
    settings.retry.lifetime = Duration::from_secs(86_400);
}

fn rule(recipient_domain: &str, target: RouteTarget) -> RouteRule {
    RouteRule {
        recipient_domains: vec![recipient_domain.to_owned()],
        sender_domains: Vec::new(),
        accounts: Vec::new(),
        target,
    }
}

/// A server that puts the first so many recipients off.
async fn later(house: &House, domain: &str, number: u8, times: usize) -> Peer {
    let refused = AtomicUsize::new(0);
    let answer = move |heard: &Heard| match heard.line.starts_with("RCPT")
        && refused.fetch_add(1, Ordering::SeqCst) < times
    {
        true => "450 4.2.0 not now".to_owned(),
        false => polite(heard),
    };
    house.peer(domain, number, answer).await
}

async fn record(house: &House, id: &str) -> MessageRecord {
    house.history.flush().await;
    let why = house.running.why(id.parse().expect("an id")).await.expect("read");
    why.history.expect("a record")
}

fn figures(running: &Running) -> (usize, usize, usize) {
    let figures = running.figures();
    (figures.messages, figures.waiting, figures.held)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_holds_mail_until_it_is_released() {
    let house = House::build_with(|settings, _| {
        settings.routes = vec![rule("streng.test", RouteTarget::Hold)];
    })
    .await;
    let id = house.submit(&["da@streng.test"]).await;
    house.events.wait_for(1, |event| *event == Event::Held { id: id.clone(), reason: None }).await;
    let entry = house.entry(&id).await.expect("in the queue");
    assert_eq!((entry.state.as_str(), entry.recipients[0].route.as_str()), ("held", "hold"));
    assert_eq!(figures(&house.running), (1, 0, 1));
    house.act(Retry, &id).await;
    assert_eq!(figures(&house.running), (1, 0, 1), "retry is not release");
    house.act(Release, &id).await;
    house.finished(&id).await;
    assert!(house.receipt(|receipt| receipt.server.as_str() == "mx.streng.test").await.accepted);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_mail_is_held_and_goes_on_when_it_is_released() {
    let house = House::build_with(|settings, _| patient(settings)).await;
    let _peer = later(&house, "spaeter.test", 100, 1).await;
    let id = house.submit(&["da@spaeter.test"]).await;
    house.deferred(&id, 1).await;
    house.act(Hold, &id).await;
    let entry = house.entry(&id).await.expect("in the queue");
    assert_eq!((entry.state.as_str(), entry.recipients[0].attempts), ("held", 1));
    house.act(Retry, &id).await;
    assert_eq!(figures(&house.running), (1, 0, 1), "what is held stays held at a retry");
    house.act(Release, &id).await;
    house.finished(&id).await;
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_does_not_wait_for_the_time_that_was_set() {
    let house = House::build_with(|settings, _| patient(settings)).await;
    let _peer = later(&house, "spaeter.test", 100, 1).await;
    let id = house.submit(&["da@spaeter.test"]).await;
    let next = house.deferred(&id, 1).await;
    assert_eq!(house.entry(&id).await.expect("waits").recipients[0].next, next);
    house.act(Retry, &id).await;
    house.finished(&id).await;
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_ends_the_pause_of_a_provider() {
    let house = House::build_with(|settings, _| {
        patient(settings);
        settings.pacing.first_pause = Duration::from_secs(1800);
    })
    .await;
    // Nobody is there yet.
    house.exchanger("kommt.test", "mx.kommt.test", 100);
    let id = house.submit(&["da@kommt.test"]).await;
    house.deferred(&id, 1).await;
    assert!(house.running.sites().iter().any(|site| site.paused_until.is_some()));
    let peer = Peer::start(house.place(100), polite).await;
    house.act(Retry, &id).await;
    house.finished(&id).await;
    assert_eq!(peer.messages().len(), 1);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_mail_is_gone_without_a_notice() {
    let house = House::build_with(|settings, _| patient(settings)).await;
    let _peer = later(&house, "spaeter.test", 100, 9).await;
    let id = house.submit(&["da@spaeter.test"]).await;
    house.deferred(&id, 1).await;
    house.act(Cancel, &id).await;
    house.finished(&id).await;
    assert_eq!(figures(&house.running), (0, 0, 0));
    let record = record(&house, &id).await;
    let outcomes: Vec<_> = record.attempts.iter().map(|attempt| attempt.outcome.as_str()).collect();
    assert_eq!(outcomes, ["deferred", "cancelled"]);
    assert!(record.finished_at.is_some());
    assert!(!house.events.all().iter().any(|event| matches!(event, Event::Notice { .. })));
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_of_a_message_in_flight_is_done_when_it_lands() {
    let house = House::build_with(|settings, _| patient(settings)).await;
    house.exchanger("tor.test", "mx.tor.test", 100);
    let answer = |heard: &Heard| match heard.line.starts_with("RCPT") {
        true => "450 4.2.0 not now".to_owned(),
        false => polite(heard),
    };
    let peer = Peer::start_with_gate(house.place(100), "RCPT", answer).await;
    let cancelled = house.submit(&["da@tor.test"]).await;
    peer.wait_for(1, "RCPT").await;
    let entry = house.entry(&cancelled).await.expect("in the queue");
    assert_eq!((entry.state.as_str(), entry.recipients.len()), ("active", 1));
    let why = house.running.why(cancelled.parse().expect("an id")).await.expect("read");
    assert_eq!(why.site.expect("its site").name, "mx.tor.test");
    house.act(Cancel, &cancelled).await;
    peer.let_pass(1);
    house.finished(&cancelled).await;

    let held = house.submit(&["da@tor.test"]).await;
    peer.wait_for(2, "RCPT").await;
    house.act(Hold, &held).await;
    peer.let_pass(1);
    house.events.wait_for(2, |event| matches!(event, Event::Deferred { .. })).await;
    assert_eq!(record(&house, &held).await.attempts[0].outcome, "held");
    assert_eq!(house.entry(&held).await.expect("in the queue").state, "held");
    assert_eq!(figures(&house.running), (1, 0, 1));
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_ready_can_be_held_and_cancelled() {
    let house = House::build_with(|settings, _| {
        patient(settings);
        settings.outgoing.connect_timeout = Duration::from_secs(600);
    })
    .await;
    let [held, cancelled] =
        [house.submit(&["a@schwarzesloch.test"]).await, house.submit(&["b@schwarzesloch.test"]).await];
    let all = Selection::Domain("schwarzesloch.test".to_owned());
    assert_eq!(house.running.act(Hold, &all).await, 2);
    assert_eq!(figures(&house.running), (2, 0, 2));
    house.act(Cancel, &cancelled).await;
    house.finished(&cancelled).await;
    assert_eq!(figures(&house.running), (1, 0, 1));
    assert_eq!(house.entry(&held).await.expect("in the queue").state, "held");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn why_tells_route_remote_reply_and_the_next_attempt() {
    let mut house = House::build_with(|settings, _| patient(settings)).await;
    house.receiver("voll.test", 100, Character::Refuser(Refusal::MailboxFull)).await;
    let id = house.submit(&["da@voll.test", "da@streng.test"]).await;
    let next = house.deferred(&id, 1).await;
    house.events.wait_for(1, |event| matches!(event, Event::Delivered { .. })).await;
    house.history.flush().await;
    let why = house.running.why(id.parse().expect("an id")).await.expect("read");
    let entry = why.waiting.expect("it waits");
    assert_eq!((entry.sender.as_str(), entry.account.as_deref()), (LOGIN, Some(LOGIN)));
    assert_eq!(entry.recipients.len(), 1, "the other one has arrived");
    let waiting = &entry.recipients[0];
    assert_eq!((waiting.address.as_str(), waiting.attempts, waiting.next), ("da@voll.test", 1, next));
    assert_eq!(waiting.route, "direct to voll.test");
    let record = why.history.expect("a record");
    assert_eq!((record.attempts.len(), record.finished_at), (2, None));
    let attempt = record.attempts.iter().find(|attempt| attempt.outcome == "deferred").expect("deferred");
    let place = place(&house.world, 100);
    assert_eq!(
        attempt.remote.as_deref(),
        Some(format!("mx.voll.test [{}]:{}", place.ip(), place.port()).as_str())
    );
    assert_eq!((attempt.recipients.as_slice(), attempt.next), ([0].as_slice(), Some(next)));
    assert_eq!(attempt.reply, "452 4.2.2 <da@voll.test>: the mailbox is full");
    assert!(attempt.source.is_some() && attempt.tls.is_none());
    let delivered = record.attempts.iter().find(|attempt| attempt.outcome == "delivered").expect("delivered");
    let tls = delivered.tls.as_deref().expect("under TLS");
    assert!(tls.starts_with("TLSv1.3 ") && tls.contains("certificate not verified"), "{tls}");
    assert_eq!(why.site.expect("its site").name, "mx.voll.test");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn finished_mail_stays_findable() {
    let house = House::build().await;
    let id = house.submit(&["finde-mich@streng.test"]).await;
    house.submit(&["andere@streng.test"]).await;
    house.events.wait_for(2, |event| matches!(event, Event::Finished { .. })).await;
    house.history.flush().await;
    let message_id = record(&house, &id).await.message_id.expect("a Message-ID");
    let queries = [
        Query { recipient: Some("finde-mich".to_owned()), limit: 9, ..Query::default() },
        Query { message_id: Some(message_id), limit: 9, ..Query::default() },
    ];
    for query in queries {
        let found = house.running.search(query).await.expect("searched");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].recipients, ["finde-mich@streng.test"]);
        assert!(found[0].finished_at.is_some());
    }
    let all = Query { sender: Some(LOGIN.to_owned()), limit: 9, ..Query::default() };
    assert_eq!(house.running.search(all).await.expect("searched").len(), 2);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_selected_by_sender_and_domain() {
    let house = House::build_with(|settings, _| {
        settings.routes = vec![rule("*", RouteTarget::Hold)];
    })
    .await;
    house.submit(&["a@eins.test"]).await;
    house.submit(&["a@zwei.test", "b@eins.test"]).await;
    house.submit(&["a@drei.test"]).await;
    house.events.wait_for(3, |event| matches!(event, Event::Held { .. })).await;
    for (selection, expected) in [
        (Selection::Domain("eins.test".to_owned()), 2),
        (Selection::Sender(LOGIN.to_owned()), 3),
        (Selection::Sender("wer@anders.test".to_owned()), 0),
        (Selection::Sender(String::new()), 0),
        (Selection::All, 3),
        (Selection::Ids(vec!["kein-id".to_owned()]), 0),
    ] {
        assert_eq!(house.running.act(Hold, &selection).await, expected, "{selection:?}");
    }
    assert_eq!(house.running.act(Cancel, &Selection::Domain("eins.test".to_owned())).await, 2);
    assert_eq!(house.running.list().await.len(), 1);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn discarded_mail_is_done_and_told_so() {
    let house = House::build_with(|settings, _| {
        settings.routes = vec![rule("*.muell.test", RouteTarget::Discard)];
    })
    .await;
    let id = house.submit(&["a@weg.muell.test"]).await;
    house.finished(&id).await;
    let delivered = house.events.wait_for(1, |event| matches!(event, Event::Delivered { .. })).await;
    let Event::Delivered { attempt, .. } = &delivered[0] else { panic!("{delivered:?}") };
    assert_eq!((attempt.route.as_str(), attempt.remote.as_deref()), ("discard", None));
    assert!(house.world.receipts().all().is_empty());
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_settings_move_what_is_ready() {
    let house = House::build_with(|settings, _| {
        settings.outgoing.connect_timeout = Duration::from_secs(600);
    })
    .await;
    // The exchanger is a black hole until DNS and settings change.
    house.exchanger("umzug.test", "mx.schwarzesloch.test", 0);
    let id = house.submit(&["a@umzug.test"]).await;
    let is_ready = |house: &House| house.running.sites().iter().any(|site| site.ready == 1);
    while !is_ready(&house) {
        tokio::task::yield_now().await;
    }
    house.world.zones().remove("umzug.test");
    house.exchanger("umzug.test", "mx.streng.test", 0);
    let mut settings = house.settings.clone();
    settings.outgoing.connect_timeout = Duration::from_secs(5);
    // Answers of DNS are cached for five seconds; the new settings forget the site, not those.
    house.running.reload(settings).await;
    assert_eq!(house.entry(&id).await.expect("in the queue").recipients.len(), 1);
    house.running.shutdown().await;
}
