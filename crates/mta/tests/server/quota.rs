//! A relay that takes so many messages a day or a month: what is too much waits, and goes when the time has passed.

use std::sync::Arc;
use std::time::Duration;

use postamt_mta::events::Event;
use postamt_mta::handle::QueueAction;
use postamt_mta::quota::{Level, Period, QuotaState};
use postamt_mta::settings::*;

use crate::relay::relay;
use crate::support::peer::{Peer, polite};
use crate::support::{House, place};

const LIMIT: u32 = 5;

/// A house all of whose mail goes by a relay with a quota.
async fn scene(limit_to: fn(&mut Relay)) -> (House, Peer) {
    let world =
        postamt_lab::world::World::build(postamt_lab::world::WorldSettings::test()).await.expect("a world");
    let at = place(&world, 100);
    let peer = Peer::start(at, polite).await;
    let house = House::build_in(world, |settings, _| {
        let mut relay = relay("anbieter", at);
        limit_to(&mut relay);
        let relay = Arc::new(relay);
        settings.relays = vec![relay.clone()];
        settings.routes = vec![RouteRule {
            recipient_domains: Vec::new(),
            sender_domains: Vec::new(),
            accounts: Vec::new(),
            target: RouteTarget::Relay(relay),
        }];
        settings.retry.lifetime = Duration::from_secs(90 * 86_400);
    })
    .await;
    (house, peer)
}

fn by_day(relay: &mut Relay) {
    relay.messages_per_day = Some(LIMIT);
}

fn by_month(relay: &mut Relay) {
    relay.messages_per_month = Some(LIMIT);
}

fn told(wanted: Level) -> impl Fn(&Event) -> bool {
    move |event| matches!(event, Event::RelayQuota { level, .. } if *level == wanted)
}

/// What `queue why` says of the quota.
async fn quota_of(house: &House, id: &str) -> Option<QuotaState> {
    house.running.why(id.parse().expect("an id")).await.expect("known").quota
}

async fn recipients_heard(peer: &Peer, count: usize) -> usize {
    peer.wait_for(count, "RCPT").await.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_more_than_a_day_s_quota_waits_and_goes_when_the_day_has_passed() {
    let (house, peer) = scene(by_day).await;
    let first = house.submit(&["a@fern.test", "b@fern.test", "c@fern.test"]).await;
    house.finished(&first).await;
    assert!(!house.events.all().iter().any(told(Level::Nearly)), "three of five are not four fifths");
    let second = house.submit(&["d@fern.test"]).await;
    house.finished(&second).await;
    house.events.wait_for(1, told(Level::Nearly)).await;

    // One of the two finds room, the other waits.
    let third = house.submit(&["e@fern.test", "f@fern.test"]).await;
    house.events.wait_for(1, told(Level::Full)).await;
    let is_third = |event: &Event| matches!(event, Event::Delivered { attempt, .. } if attempt.id == third);
    house.events.wait_for(1, is_third).await;
    let state = quota_of(&house, &third).await.expect("used up");
    assert_eq!((state.relay.as_str(), state.used, state.limit), ("anbieter", LIMIT, Some(LIMIT)));
    assert!(state.full_until.is_some());

    // No connection is opened for what can only wait, whoever asks, and a restart forgets nothing.
    let connections = peer.connections();
    let fourth = house.submit(&["g@fern.test"]).await;
    assert_eq!(house.entry(&fourth).await.expect("it waits").state, "waiting");
    house.act(QueueAction::Retry, &third).await;
    let house = house.restart().await;
    assert_eq!(house.running.quotas()[0].used, LIMIT);
    assert!(quota_of(&house, &third).await.is_some() && quota_of(&house, &fourth).await.is_some());
    assert_eq!(peer.connections(), connections);
    assert_eq!(recipients_heard(&peer, LIMIT as usize).await, LIMIT as usize);

    house.clock.pass(Duration::from_secs(25 * 3600));
    for id in [&third, &fourth] {
        house.act(QueueAction::Retry, id).await;
        house.finished(id).await;
    }
    assert_eq!(recipients_heard(&peer, 7).await, 7);
    assert_eq!(house.running.quotas()[0].used, 2, "yesterday's count no more");
    let refused = |event: &Event| matches!(event, Event::Deferred { .. } | Event::Failed { .. });
    assert!(!house.events.all().iter().any(refused), "no attempt was made in vain");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_connections_at_a_time_hand_over_no_more_than_the_quota() {
    let (house, peer) = scene(by_day).await;
    let mut ids = Vec::new();
    for number in 0..12 {
        ids.push(house.submit(&[&format!("r{number}@fern.test")]).await);
    }
    house.events.wait_for(1, told(Level::Full)).await;
    house.events.wait_for(LIMIT as usize, |event| matches!(event, Event::Finished { .. })).await;
    assert_eq!(recipients_heard(&peer, LIMIT as usize).await, LIMIT as usize);
    assert_eq!(house.running.list().await.len(), ids.len() - LIMIT as usize);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_s_quota_lasts_thirty_days_and_over_a_restart() {
    let (house, peer) = scene(by_month).await;
    let all: Vec<String> = (0..=LIMIT).map(|number| format!("r{number}@fern.test")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let id = house.submit(&all).await;
    house.events.wait_for(1, told(Level::Full)).await;
    assert_eq!(recipients_heard(&peer, LIMIT as usize).await, LIMIT as usize);

    house.clock.pass(Duration::from_secs(29 * 86_400));
    let house = house.restart().await;
    let state = quota_of(&house, &id).await.expect("used up");
    assert_eq!((state.period, state.used, state.limit), (Period::Month, LIMIT, Some(LIMIT)));
    assert_eq!(house.running.quotas()[0].used, 0, "nothing today");
    house.clock.pass(Duration::from_secs(2 * 86_400));
    house.act(QueueAction::Retry, &id).await;
    house.finished(&id).await;
    assert_eq!(recipients_heard(&peer, all.len()).await, all.len());
    house.running.shutdown().await;
}
