//! What is in hand when port 25 closes, and who takes the few places of a trial: nothing is lost, nothing is delivered
//! twice, and no single host holds up the way back.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use postamt_lab::world::{World, WorldSettings};
use postamt_mta::events::Event;
use postamt_mta::settings::*;
use postamt_net::smtp::Transaction;
use postamt_store::facts::{Family, PathKey};

use crate::breaker::{path_was, probe, probe_way};
use crate::relay::relay;
use crate::support::peer::{Heard, Peer, polite};
use crate::support::{House, id_of, message, place};

const HOUR: Duration = Duration::from_secs(3600);
const DETOUR: &str = "relay anbieter, since port 25 is blocked";

/// A house whose direct mail takes the detour by this relay, once the way is closed.
async fn scene(change: impl FnOnce(&mut Settings)) -> (House, Peer) {
    let world = World::build(WorldSettings::test()).await.expect("a world");
    let at = place(&world, 100);
    let by = Peer::start(at, polite).await;
    let house = House::build_in(world, |settings, _| {
        settings.fallback = Some(Arc::new(relay("anbieter", at)));
        settings.retry.lifetime = 24 * HOUR;
        settings.limits.message_bytes = 32 << 20;
        change(settings);
    })
    .await;
    (house, by)
}

/// The ways that the message was delivered by, once all of it has ended.
async fn routes(house: &House, id: &str) -> Vec<String> {
    house.finished(id).await;
    let route = |event: Event| match event {
        Event::Delivered { attempt, .. } if attempt.id == id => Some(attempt.route),
        _ => None,
    };
    house.events.all().into_iter().filter_map(route).collect()
}

/// The words of the attempts that were put off.
fn deferrals(house: &House) -> Vec<String> {
    let words = |event: Event| match event {
        Event::Deferred { attempt, .. } => Some(attempt.reply),
        _ => None,
    };
    house.events.all().into_iter().filter_map(words).collect()
}

/// More than the buffers of two hosts take in at once. Near its beginning stands a line that a peer's gate knows.
fn large(recipient: &str) -> Transaction {
    let mut transaction = message(&[recipient], "Gross");
    let mut body = "MITTE\r\n".to_owned();
    body.push_str(&format!("{}\r\n", "x".repeat(70)).repeat(200_000));
    body.push_str("ENDE\r\n");
    transaction.content.push(body.into());
    transaction
}

async fn send(house: &House, transaction: &Transaction) -> String {
    let mut connection = house.login().await;
    let outcome = connection.deliver(transaction).await;
    connection.quit().await;
    id_of(&outcome)
}

/// Dies where the test lets it go on.
fn dies_at_the_gate(heard: &Heard) -> String {
    if heard.line == "MITTE" { String::new() } else { polite(heard) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_cut_off_in_its_middle_while_the_way_closes_goes_by_the_relay_once() {
    // The way is known to be closed while the connection hangs; or the connection dies first, and the next one gets no
    // answer.
    for dies_first in [false, true] {
        let (house, by) =
            scene(|settings| settings.outgoing.connect_timeout = Duration::from_secs(600)).await;
        house.exchanger("mitte.test", "mx.mitte.test", 101);
        let peer = Peer::start_with_gate(house.place(101), "MITTE", dies_at_the_gate).await;
        let id = send(&house, &large("da@mitte.test")).await;
        peer.wait_for(1, "MITTE").await;
        house.path.silence(house.place(101).ip());
        if dies_first {
            peer.let_pass(1);
            house.path.tried_in_vain(1).await;
        }
        probe(&house, "dropped").await;
        path_was(&house, 1, "relay").await;
        assert_eq!(routes(&house, &id).await, [DETOUR], "dies first: {dies_first}");
        peer.let_pass(1);
        let arrived = by.messages();
        assert_eq!(arrived.len(), 1);
        assert!(arrived[0].contains("\r\nMITTE\r\n") && arrived[0].ends_with("\r\nENDE\r\n"));
        assert!(peer.messages().is_empty());
        assert_eq!(deferrals(&house), [""; 0], "it cost no attempt");
        assert!(house.running.list().await.is_empty());
        house.running.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_end_is_sent_is_waited_for_though_the_way_closes() {
    let (house, by) = scene(|_| {}).await;
    house.exchanger("ende.test", "mx.ende.test", 101);
    let peer = Peer::start_with_gate(house.place(101), ".", polite).await;
    let id = house.submit(&["da@ende.test"]).await;
    peer.wait_for(1, ".").await;
    probe(&house, "dropped").await;
    path_was(&house, 1, "relay").await;
    // Who comes now takes the detour; who waits for its reply is not sent twice.
    let next = house.submit(&["dort@ende.test"]).await;
    assert_eq!(routes(&house, &next).await, [DETOUR]);
    assert_eq!(house.entry(&id).await.map(|entry| entry.state).as_deref(), Some("active"));
    peer.let_pass(1);
    assert_eq!(routes(&house, &id).await, ["direct"]);
    assert_eq!((peer.messages().len(), by.messages().len()), (1, 1));
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_reply_is_lost_is_sent_again_by_the_relay_and_that_is_said() {
    let (house, by) = scene(|_| {}).await;
    house.exchanger("ende.test", "mx.ende.test", 101);
    let dies = |heard: &Heard| if heard.line == "." { String::new() } else { polite(heard) };
    let peer = Peer::start_with_gate(house.place(101), ".", dies).await;
    let id = house.submit(&["da@ende.test"]).await;
    peer.wait_for(1, ".").await;
    probe(&house, "dropped").await;
    path_was(&house, 1, "relay").await;
    peer.let_pass(1);
    assert_eq!(routes(&house, &id).await, [DETOUR]);
    let deferred = deferrals(&house);
    assert!(
        deferred.len() == 1 && deferred[0].contains("may have been delivered"),
        "the one window in which there may be a second copy: {deferred:?}"
    );
    assert_eq!(by.messages().len(), 1);
    house.running.shutdown().await;
}

/// The way is closed, and a probe finds it open again.
async fn trial(house: &House) {
    probe(house, "dropped").await;
    path_was(house, 1, "relay").await;
    probe(house, "open").await;
    path_was(house, 1, "trial").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_host_takes_no_place_in_a_trial_from_others() {
    let (house, _by) = scene(|settings| {
        settings.outgoing.connect_timeout = Duration::from_secs(600);
        settings.pacing.initial_connections = 1;
    })
    .await;
    house.exchanger("stumm.test", "mx.stumm.test", 101);
    house.path.silence(house.place(101).ip());
    let good = house.peer("gut.test", 102, polite).await;
    trial(&house).await;
    // All places are taken by mail for the host that says nothing.
    for number in 0..3 {
        house.submit(&[&format!("da{number}@stumm.test")]).await;
    }
    house.path.tried_in_vain(1).await;
    let without = house.submit(&["vierter@gut.test"]).await;
    assert_eq!(routes(&house, &without).await, [DETOUR]);

    // A moment later it has them no more, and more of its mail does not get any.
    house.clock.pass(Duration::from_secs(7));
    let silent = async {
        loop {
            let id = house.submit(&["da@gut.test"]).await;
            if routes(&house, &id).await == ["direct"] {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), silent).await.expect("a place is free");
    let more = house.submit(&["noch@stumm.test"]).await;
    assert_eq!(routes(&house, &more).await, [DETOUR]);
    assert_eq!(house.path.attempts_in_vain(), 1, "no further connection pays for it");
    for recipient in ["b@gut.test", "c@gut.test"] {
        let id = house.submit(&[recipient]).await;
        assert_eq!(routes(&house, &id).await, ["direct"]);
    }
    path_was(&house, 1, "direct").await;
    assert_eq!(good.messages().len(), 3);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_whose_hosts_lie_on_a_closed_way_does_not_hold_up_the_trial_of_another() {
    let sixth_source: IpAddr = "::1".parse().expect("an address");
    let (house, by) = scene(|settings| {
        let ehlo_name = settings.hostname.clone();
        settings.outgoing.ipv6 = true;
        settings.outgoing.sources.push(Source { address: sixth_source, ehlo_name });
    })
    .await;
    let fourth_only = house.peer("vier.test", 101, polite).await;
    house.exchanger("sechs.test", "mx.sechs.test", 0);
    house.world.zones().add_host("mx.sechs.test", sixth_source);
    let port = house.place(101).port();
    let sixth_only = Peer::start(SocketAddr::new(sixth_source, port), polite).await;
    let way = |family| -> PathKey {
        house.running.ways().into_iter().find(|way| way.family == family).expect("both families")
    };
    probe_way(&house, way(Family::Ipv4), "dropped").await;
    path_was(&house, 1, "relay").await;
    probe_way(&house, way(Family::Ipv6), "dropped").await;
    path_was(&house, 2, "relay").await;
    probe_way(&house, way(Family::Ipv6), "open").await;
    path_was(&house, 1, "trial").await;

    for number in 0..6 {
        let id = house.submit(&[&format!("da{number}@vier.test")]).await;
        assert_eq!(routes(&house, &id).await, [DETOUR]);
    }
    for number in 0..3 {
        let id = house.submit(&[&format!("da{number}@sechs.test")]).await;
        assert_eq!(routes(&house, &id).await, ["direct"], "number {number} has found a place");
    }
    path_was(&house, 1, "direct").await;
    assert_eq!((fourth_only.connections(), by.messages().len(), sixth_only.messages().len()), (0, 6, 3));
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_whose_look_up_fails_does_not_hold_up_a_trial() {
    let (house, _by) = scene(|_| {}).await;
    let good = house.peer("gut.test", 102, polite).await;
    trial(&house).await;
    for number in 0..6 {
        let id = house.submit(&[&format!("da{number}@gibtesnicht{number}.test")]).await;
        house.finished(&id).await;
    }
    for recipient in ["a@gut.test", "b@gut.test", "c@gut.test"] {
        let id = house.submit(&[recipient]).await;
        assert_eq!(routes(&house, &id).await, ["direct"]);
    }
    path_was(&house, 1, "direct").await;
    assert_eq!(good.messages().len(), 3);
    house.running.shutdown().await;
}
