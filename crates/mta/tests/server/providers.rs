//! A provider refuses our address: the operator lets its mail go by a relay, and every week the direct way is tried.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use postamt_mail::address::Address;
use postamt_mta::RelayOnlyError;
use postamt_mta::breaker::detour::{Detour, Hindrance};
use postamt_mta::events::Event;
use postamt_mta::handle::QueueAction;
use postamt_mta::run::rehearse::{Question, Rehearsal, Stopped};
use postamt_mta::settings::{Relay, RouteRule, RouteTarget, Settings};
use postamt_net::smtp::RecipientOutcome;
use postamt_store::facts::{Facts as _, PathState, ProviderReason};

use crate::breaker::{path_was, probe};
use crate::relay::relay;
use crate::support::peer::{Heard, Peer, polite};
use crate::support::{House, message};

/// The domain of the provider that refuses, and its server.
const DOMAIN: &str = "eigen.test";
const REFUSAL: &str =
    "554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using zen.spamhaus.org";
const WEEK: Duration = Duration::from_secs(8 * 86_400);

/// Where a refusal is said.
#[derive(Clone, Copy)]
enum Place {
    Greeting,
    Recipient,
}

/// A house with a relay that no rule leads to, the relay, and a provider that refuses while the switch says so.
struct Scene {
    house: House,
    relay: Peer,
    provider: Peer,
    refuses: Arc<AtomicBool>,
}

async fn scene(place: Place) -> Scene {
    let world =
        postamt_lab::world::World::build(postamt_lab::world::WorldSettings::test()).await.expect("a world");
    let at = crate::support::place(&world, 100);
    let by = Peer::start(at, polite).await;
    let house = House::build_in(world, |settings, _| {
        settings.relays = vec![Arc::new(relay("anbieter", at))];
        settings.retry.lifetime = Duration::from_secs(90 * 86_400);
        settings.retry.waits = vec![Duration::from_secs(3600)];
    })
    .await;
    let refuses = Arc::new(AtomicBool::new(true));
    let switch = refuses.clone();
    let answer = move |heard: &Heard| {
        let is_place = match place {
            Place::Greeting => heard.line.is_empty(),
            Place::Recipient => heard.line.starts_with("RCPT"),
        };
        if is_place && switch.load(Ordering::SeqCst) { REFUSAL.to_owned() } else { polite(heard) }
    };
    let provider = house.peer(DOMAIN, 101, answer).await;
    Scene { house, relay: by, provider, refuses }
}

/// Waits for a change of the decision; gives the reason.
async fn changed(house: &House, count: usize, wanted: &str) -> &'static str {
    let found = house
        .events
        .wait_for(count, |event| matches!(event, Event::ProviderChanged { state, .. } if *state == wanted));
    match found.await.pop() {
        Some(Event::ProviderChanged { reason, .. }) => reason,
        other => panic!("no change: {other:?}"),
    }
}

/// The ways that a message was delivered by.
async fn routes(house: &House, id: &str) -> Vec<String> {
    house.finished(id).await;
    let route = |event: Event| match event {
        Event::Delivered { attempt, .. } if attempt.id == id => Some(attempt.route),
        _ => None,
    };
    house.events.all().into_iter().filter_map(route).collect()
}

const BY_RELAY: &str = "relay anbieter, only for mx.eigen.test";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_by_the_relay_until_the_operator_asks_for_it() {
    let scene = scene(Place::Recipient).await;
    let house = &scene.house;
    let id = house.submit(&["a@eigen.test"]).await;
    house
        .events
        .wait_for(1, |event| matches!(event, Event::Failed { attempt, .. } if attempt.id == id))
        .await;
    assert!(house.running.providers().is_empty() && scene.relay.messages().is_empty());
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_goes_by_the_relay_at_once_and_only_for_this_provider() {
    let scene = scene(Place::Greeting).await;
    let house = &scene.house;
    let other = house.peer("andere.test", 102, polite).await;
    let waiting = house.submit(&["a@eigen.test"]).await;
    house.deferred(&waiting, 1).await;
    house.running.relay_only("MX.eigen.test", "anbieter").await.expect("decided");
    assert_eq!(changed(house, 1, "relay").await, "asked");
    assert_eq!(routes(house, &waiting).await, [BY_RELAY]);
    let connections = scene.provider.connections();
    let next = house.submit(&["b@eigen.test", "c@andere.test"]).await;
    let mut ways = routes(house, &next).await;
    ways.sort();
    assert_eq!(ways, ["direct", BY_RELAY]);
    assert_eq!((scene.provider.connections(), other.messages().len()), (connections, 1));
    house.running.end_relay_only("mx.eigen.test").await.expect("ended");
    assert_eq!(changed(house, 1, "direct").await, "ended");
    let again = house.submit(&["d@eigen.test"]).await;
    house.deferred(&again, 1).await;
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_week_the_direct_way_is_tried_and_a_refusal_bounces_nothing() {
    for place in [Place::Greeting, Place::Recipient] {
        let scene = scene(place).await;
        let house = &scene.house;
        house.running.relay_only("eigen.test", "anbieter").await.expect("decided");
        house.clock.pass(WEEK);
        let tried = house.submit(&["a@eigen.test"]).await;
        assert_eq!(changed(house, 1, "trial").await, "time_to_try");
        assert_eq!(changed(house, 2, "relay").await, "refused");
        let route = "relay anbieter, only for eigen.test";
        assert_eq!(routes(house, &tried).await, [route]);
        let events = house.events.all();
        assert!(!events.iter().any(|event| matches!(event, Event::Failed { .. } | Event::Notice { .. })));
        let fact = house.running.providers().pop().expect("still decided");
        assert_eq!((fact.state, fact.refused_trials), (PathState::Relay, 1));
        assert!(
            matches!(&fact.reason, ProviderReason::Refused { reply } if reply.contains("zen.spamhaus.org"))
        );
        let connections = scene.provider.connections();
        let later = house.submit(&["b@eigen.test"]).await;
        assert_eq!(routes(house, &later).await, [route]);
        assert_eq!(scene.provider.connections(), connections, "a week without another try");

        scene.refuses.store(false, Ordering::SeqCst);
        house.clock.pass(WEEK);
        for recipient in ["c@eigen.test", "d@eigen.test", "e@eigen.test"] {
            let taken = house.submit(&[recipient]).await;
            assert_eq!(routes(house, &taken).await, ["direct"]);
        }
        assert_eq!(changed(house, 1, "direct").await, "taken");
        house
            .events
            .wait_for(1, |event| matches!(event, Event::Warning { what } if what.contains("takes mail")))
            .await;
        assert!(house.running.providers().is_empty());
        assert_eq!(house.facts.providers().await.expect("read"), []);
        house.running.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_outlives_a_restart() {
    let scene = scene(Place::Greeting).await;
    let decided = scene.house.running.relay_only("mx.eigen.test", "anbieter").await.expect("decided");
    let house = scene.house.restart().await;
    assert_eq!(house.running.providers(), [decided]);
    let id = house.submit(&["a@eigen.test"]).await;
    assert_eq!(routes(&house, &id).await, [BY_RELAY]);
    assert_eq!(scene.provider.connections(), 0);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_is_not_fit_or_not_there_does_not_take_it() {
    let world =
        postamt_lab::world::World::build(postamt_lab::world::WorldSettings::test()).await.expect("a world");
    let at = crate::support::place(&world, 100);
    let unwilling = |heard: &Heard| match heard.line.get(..4) {
        Some("MAIL") => "550 5.7.1 unknown sender".to_owned(),
        _ => polite(heard),
    };
    let _relay = Peer::start(at, unwilling).await;
    let house = House::build_in(world, |settings, _| {
        settings.relays = vec![Arc::new(relay("anbieter", at))];
    })
    .await;
    let unfit = house.running.relay_only("microsoft", "anbieter").await;
    assert!(matches!(unfit, Err(RelayOnlyError::Unfit { .. })), "{unfit:?}");
    let missing = house.running.relay_only("microsoft", "niemand").await;
    assert!(matches!(missing, Err(RelayOnlyError::NoRelay(_))), "{missing:?}");
    let nobody = house.running.relay_only("niemand", "anbieter").await;
    assert!(matches!(nobody, Err(RelayOnlyError::NoProvider(_))), "{nobody:?}");
    let none = house.running.end_relay_only("outlook").await;
    assert!(matches!(none, Err(RelayOnlyError::NotDecided(name)) if name == "microsoft"));
    assert!(house.running.providers().is_empty());
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_a_rule_keeps_from_relays_goes_directly_all_the_same() {
    let Scene { mut house, relay: by, provider: _provider, .. } = scene(Place::Recipient).await;
    house.settings.routes = vec![RouteRule {
        recipient_domains: vec![DOMAIN.to_owned()],
        sender_domains: Vec::new(),
        accounts: Vec::new(),
        target: RouteTarget::DirectOnly,
    }];
    let house = house.restart().await;
    house.running.relay_only(DOMAIN, "anbieter").await.expect("decided");
    let id = house.submit(&["a@eigen.test"]).await;
    let failed = |event: &Event| matches!(event, Event::Failed { attempt, .. } if attempt.id == id);
    house.events.wait_for(1, failed).await;
    assert!(by.messages().is_empty());
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_port_25_is_closed_the_relay_of_a_provider_takes_its_mail_and_no_other() {
    let scene = scene(Place::Recipient).await;
    let house = &scene.house;
    let other = house.peer("andere.test", 102, polite).await;
    house.running.relay_only("mx.eigen.test", "anbieter").await.expect("decided");
    probe(house, "dropped").await;
    path_was(house, 1, "relay").await;
    let id = house.submit(&["a@eigen.test"]).await;
    assert_eq!(routes(house, &id).await, [BY_RELAY]);
    let blocked = house.submit(&["b@andere.test"]).await;
    // Its week is over: no trial begins on a way that is closed.
    house.clock.pass(WEEK);
    let next = house.submit(&["c@eigen.test"]).await;
    assert_eq!(routes(house, &next).await, [BY_RELAY]);
    assert_eq!((scene.provider.connections(), other.connections(), scene.relay.messages().len()), (0, 0, 2));
    assert_eq!(house.running.providers()[0].state, PathState::Relay);
    probe(house, "open").await;
    house.finished(&blocked).await;
    assert_eq!((scene.relay.messages().len(), other.messages().len()), (2, 1));
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_cannot_be_written_down_leaves_the_older_one() {
    let scene = scene(Place::Greeting).await;
    let house = scene.house;
    let decided = house.running.relay_only("mx.eigen.test", "anbieter").await.expect("decided");
    house.facts.fail(true);
    house.clock.pass(Duration::from_secs(3600));
    let again = house.running.relay_only("mx.eigen.test", "anbieter").await;
    assert!(matches!(again, Err(RelayOnlyError::Facts(_))), "{again:?}");
    let other = house.running.relay_only("andere.test", "anbieter").await;
    assert!(matches!(other, Err(RelayOnlyError::Facts(_))), "{other:?}");
    assert_eq!(house.running.providers(), std::slice::from_ref(&decided));
    house.facts.fail(false);
    let house = house.restart().await;
    assert_eq!(house.running.providers(), [decided]);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_waits_for_the_relay_of_its_provider_and_says_so_though_port_25_is_open() {
    let scene = scene(Place::Greeting).await;
    let house = &scene.house;
    house.running.relay_only("mx.eigen.test", "anbieter").await.expect("decided");
    let mut without = Settings { relays: Vec::new(), ..house.settings.clone() };
    without.retry.lifetime = Duration::from_secs(3600);
    house.running.reload(without).await;
    let id = house.submit(&["a@eigen.test"]).await;
    let rehearsed = rehearse(house, "a@eigen.test").await;
    assert_eq!((rehearsed.stopped, rehearsed.tries.len()), (Some(Stopped::Waits), 0));
    assert!(rehearsed.provider.is_some() && !rehearsed.exchangers.is_empty());
    house.clock.pass(Duration::from_secs(7200));
    house.act(QueueAction::Retry, &id).await;
    let failed = |event: &Event| matches!(event, Event::Failed { attempt, .. } if attempt.id == id);
    let failed = house.events.wait_for(1, failed).await;
    let Event::Failed { attempt, expired, .. } = &failed[0] else { panic!("{failed:?}") };
    assert!(*expired);
    assert_eq!(attempt.reply, "the relay that carries mail to this provider cannot take it now");
    assert_eq!(scene.provider.connections(), 0);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_port_25_is_closed_a_client_hears_no_no_for_mail_that_the_relay_of_its_provider_takes() {
    let scene = scene(Place::Recipient).await;
    let house = &scene.house;
    let mut settings = house.settings.clone();
    settings.retry.lifetime = Duration::from_secs(3600);
    house.running.reload(settings).await;
    let _other = house.peer("andere.test", 102, polite).await;
    house.running.relay_only("mx.eigen.test", "anbieter").await.expect("decided");
    probe(house, "dropped").await;
    path_was(house, 1, "relay").await;
    house.clock.pass(Duration::from_secs(7200));
    // Only a trial fails meanwhile: that is no new beginning.
    for (verdict, state, count) in [("open", "trial", 1), ("dropped", "relay", 2)] {
        probe(house, verdict).await;
        path_was(house, count, state).await;
    }
    // Whose mail it is, its hosts tell: as long as nobody has looked for them, it is taken.
    let refused = async {
        let mut connection = house.login().await;
        loop {
            let outcome = connection.deliver(&message(&["a@andere.test"], "Hallo")).await;
            if let RecipientOutcome::Refused { reply, .. } = &outcome.recipients[0] {
                return reply.clone();
            }
            tokio::task::yield_now().await;
        }
    };
    let refused = tokio::time::timeout(Duration::from_secs(60), refused).await.expect("refused");
    assert_eq!(refused.code.get(), 451, "{refused}");
    let id = house.submit(&["b@eigen.test"]).await;
    assert_eq!(routes(house, &id).await, [BY_RELAY]);
    let again = house.submit(&["b@eigen.test"]).await;
    assert_eq!(routes(house, &again).await, [BY_RELAY], "now that its hosts are known");

    // The rehearsal goes the same way.
    let rehearsed = rehearse(house, "b@eigen.test").await;
    assert_eq!((rehearsed.way.as_deref(), rehearsed.stopped), (Some(BY_RELAY), None));
    assert_eq!(rehearsed.detour, Some(Detour::By("anbieter".to_owned())));
    let other = rehearse(house, "c@andere.test").await;
    assert_eq!((other.stopped, other.tries.len()), (Some(Stopped::Waits), 0));
    assert_eq!(other.detour, Some(Detour::Hindered(Hindrance::NoRelay)));
    house.running.shutdown().await;
}

async fn rehearse(house: &House, recipient: &str) -> Rehearsal {
    let address = |text: &str| Address::new(text).expect("an address");
    let (sender, recipient) = (Some(address("anna@absender.test")), address(recipient));
    house.running.rehearse(&Question { sender, recipient, account: None }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn while_port_25_is_closed_the_full_quota_of_a_provider_s_relay_is_seen() {
    let world =
        postamt_lab::world::World::build(postamt_lab::world::WorldSettings::test()).await.expect("a world");
    let at = crate::support::place(&world, 100);
    let _relay = Peer::start(at, polite).await;
    let house = House::build_in(world, |settings, _| {
        let quota = Relay { messages_per_day: Some(1), ..relay("anbieter", at) };
        settings.relays = vec![Arc::new(quota)];
        settings.retry.lifetime = Duration::from_secs(90 * 86_400);
    })
    .await;
    let _provider = house.peer(DOMAIN, 101, polite).await;
    house.running.relay_only("mx.eigen.test", "anbieter").await.expect("decided");
    probe(&house, "dropped").await;
    path_was(&house, 1, "relay").await;
    let first = house.submit(&["a@eigen.test"]).await;
    assert_eq!(routes(&house, &first).await, [BY_RELAY]);
    let second = house.submit(&["b@eigen.test"]).await;
    let why = house.running.why(second.parse().expect("an id")).await.expect("known");
    let quota = why.quota.expect("used up");
    assert_eq!((quota.relay.as_str(), quota.used, quota.limit), ("anbieter", 1, Some(1)));
    house.running.shutdown().await;
}
