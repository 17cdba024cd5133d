//! The finer rules of the circuit breaker at a whole server: how a trial ends that no mail uses, what a client is told when
//! nothing can be sent, what the operator is told of a relay, and whom a flapping way must not disturb.

use std::sync::Arc;
use std::time::Duration;

use postamt_mta::events::Event;
use postamt_mta::settings::*;
use postamt_net::smtp::RecipientOutcome;
use postamt_store::facts::{Facts as _, Family, PathKey, PathReason, PathState};

use crate::breaker::{path_was, probe, probe_way, provider};
use crate::relay::relay;
use crate::support::peer::{Heard, Peer, polite};
use crate::support::{House, mails_in, message};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_that_no_mail_uses_ends_by_a_second_probe_and_no_probe_counts_twice() {
    let house = House::build().await;
    probe(&house, "dropped").await;
    path_was(&house, 1, "relay").await;
    house.clock.pass(Duration::from_secs(60));
    probe(&house, "dropped").await;
    path_was(&house, 2, "relay").await;
    let before = house.running.paths();
    assert_eq!((before[0].state, before[0].setbacks), (PathState::Relay, 1));

    // The last probe is read again by the next server, which knows that it has been taken in.
    let house = house.restart().await;
    probe(&house, "open").await;
    path_was(&house, 1, "trial").await;
    let trial = house.running.paths().remove(0);
    let told: Vec<_> = house.events.all().into_iter().filter(is_of_a_path).collect();
    assert_eq!((told.len(), trial.setbacks, trial.down_since), (1, 1, Some(before[0].since)), "{told:?}");
    let due = trial.next_probe.expect("a trial is probed");
    assert!(!trial.is_probe_due(due - 1) && trial.is_probe_due(due));

    house.clock.pass(Duration::from_secs(due - trial.since));
    probe(&house, "open").await;
    assert_eq!(path_was(&house, 1, "direct").await, PathReason::ProbedOpenAgain);
    let fact = house.running.paths().remove(0);
    assert_eq!((fact.state, fact.next_probe, fact.down_since), (PathState::Direct, None, None));
    house.running.shutdown().await;
}

fn is_of_a_path(event: &Event) -> bool {
    matches!(event, Event::PathChanged { .. })
}

/// What is answered for each of these recipients: the code, and 250 for those that are taken.
async fn answers(house: &House, recipients: &[&str]) -> Vec<u16> {
    let mut connection = house.login().await;
    let outcome = connection.deliver(&message(recipients, "Hallo")).await;
    connection.quit().await;
    let code = |outcome: &RecipientOutcome| match outcome {
        RecipientOutcome::Delivered(_) => 250,
        RecipientOutcome::Refused { reply, .. } => {
            let enhanced = reply.enhanced.map(|code| code.to_string());
            assert_eq!(enhanced.as_deref(), Some("4.4.1"), "{reply}");
            reply.code.get()
        }
        other => panic!("{other:?}"),
    };
    outcome.recipients.iter().map(code).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_told_for_each_recipient_whether_its_mail_has_a_way_while_it_lives() {
    let good = provider().await;
    let house = House::build_with(|settings, _| {
        let by = |domain: &str, target| RouteRule {
            recipient_domains: vec![domain.to_owned()],
            sender_domains: Vec::new(),
            accounts: Vec::new(),
            target,
        };
        let good = Arc::new(relay("anbieter", good.address(Purpose::Exchange)));
        // Nobody listens there: it fails its preflight.
        let dead = Arc::new(relay("kaputt", "127.0.0.1:9".parse().expect("an address")));
        settings.retry.lifetime = HOUR;
        settings.routes = vec![
            by("altzert.test", RouteTarget::DirectOr(good.clone())),
            by("langsam.test", RouteTarget::DirectOr(dead.clone())),
            by("streng.test", RouteTarget::Relay(good.clone())),
            by("ohnemx.test", RouteTarget::DirectOnly),
        ];
    })
    .await;
    let failed =
        |event: &Event| matches!(event, Event::Warning { what } if what.contains("relay kaputt failed"));
    house.events.wait_for(1, failed).await;
    let all = ["a@klartext.test", "b@altzert.test", "c@langsam.test", "d@streng.test", "e@ohnemx.test"];
    probe(&house, "dropped").await;
    path_was(&house, 1, "relay").await;
    assert_eq!(answers(&house, &all).await, [250; 5], "it has not been closed for so long yet");

    // Only a trial fails meanwhile: that is no new beginning.
    house.clock.pass(HOUR);
    probe(&house, "open").await;
    path_was(&house, 1, "trial").await;
    let closings = |event: &Event| matches!(event, Event::PathChanged { state: "relay", .. });
    let count = house.events.all().iter().filter(|event| closings(event)).count();
    probe(&house, "dropped").await;
    path_was(&house, count + 1, "relay").await;
    assert_eq!(answers(&house, &all).await, [451, 250, 451, 250, 451]);
    house.running.shutdown().await;
    good.running.shutdown().await;
}

/// The letters about a relay so far, once there are so many, each on one line.
async fn letters_about(house: &House, relay: &str, count: usize) -> Vec<String> {
    let key = format!("relay {relay}");
    let told = |event: &Event| matches!(event, Event::Told { about, .. } if *about == key);
    let mut letters = Vec::new();
    for event in house.events.wait_for(count, told).await {
        let Event::Told { id, .. } = event else { continue };
        house.finished(&id).await;
        let mails = mails_in(&house.directory.path().join("postmaster"));
        let mut texts = mails.into_iter().map(|path| std::fs::read_to_string(path).expect("a letter"));
        let text = texts.find(|text| text.contains(&format!("{id}@"))).expect("the letter");
        // Its lines are broken, and encoded as quoted-printable.
        let words: Vec<_> = text.split_whitespace().collect();
        letters.push(words.join(" ").replace("= ", ""));
    }
    letters
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_hears_of_the_relay_of_one_provider_that_is_missing_or_unfit() {
    let world =
        postamt_lab::world::World::build(postamt_lab::world::WorldSettings::test()).await.expect("a world");
    let at = crate::support::place(&world, 100);
    let _relay = Peer::start(at, polite).await;
    let house =
        House::build_in(world, |settings, _| settings.relays = vec![Arc::new(relay("anbieter", at))]).await;
    house.running.relay_only("eigen.test", "anbieter").await.expect("decided");
    let fit = house.settings.clone();

    house.running.reload(Settings { relays: Vec::new(), ..fit.clone() }).await;
    let letters = letters_about(&house, "anbieter", 1).await;
    assert!(letters[0].contains("the configuration has no relay of this name"), "{}", letters[0]);
    house.running.reload(fit.clone()).await;
    let letters = letters_about(&house, "anbieter", 2).await;
    assert!(letters[1].contains("eigen.test goes by it again"), "{}", letters[1]);

    // The next trouble so soon is told to the log alone; after six hours the postmaster hears of it.
    house.clock.pass(7 * HOUR);
    let dead = relay("anbieter", "127.0.0.1:9".parse().expect("an address"));
    house.running.reload(Settings { relays: vec![Arc::new(dead)], ..fit }).await;
    let letters = letters_about(&house, "anbieter", 3).await;
    assert!(letters[2].contains("mail to eigen.test waits"), "{}", letters[2]);

    // With the decision the matter ends, and no letter says so.
    house.running.end_relay_only("eigen.test").await.expect("ended");
    assert!(house.running.check_relay("anbieter").await.is_some_and(|verdict| !verdict.usable));
    let settled = async {
        while house.facts.told().await.expect("read").iter().any(|fact| fact.since.is_some()) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), settled).await.expect("settled");
    assert_eq!(letters_about(&house, "anbieter", 3).await.len(), 3);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flapping_family_lifts_no_pause_that_a_provider_has_asked_for_while_the_other_is_open() {
    let house = House::build_with(|settings, _| {
        let ehlo_name = settings.hostname.clone();
        settings.outgoing.ipv6 = true;
        settings.outgoing.sources.push(Source { address: "::1".parse().expect("an address"), ehlo_name });
        settings.pacing.first_pause = HOUR;
        settings.retry.waits = vec![HOUR];
        settings.retry.lifetime = 24 * HOUR;
    })
    .await;
    let busy = |_: &Heard| "421 4.7.0 too many connections from your address".to_owned();
    let (busy, idle) = (house.peer("voll.test", 100, busy).await, house.peer("leer.test", 101, polite).await);
    let waiting = house.submit(&["a@voll.test"]).await;
    house.deferred(&waiting, 1).await;
    let paused = || {
        let sites = house.running.sites().into_iter();
        sites.filter(|site| site.name == "mx.voll.test").find_map(|site| site.paused_until)
    };
    let (until, connections) = (paused().expect("paused"), busy.connections());

    let sixth: PathKey =
        house.running.ways().into_iter().find(|way| way.family == Family::Ipv6).expect("both families");
    for (verdict, state, count) in
        [("dropped", "relay", 1), ("open", "trial", 1), ("dropped", "relay", 2), ("open", "trial", 2)]
    {
        probe_way(&house, sixth, verdict).await;
        path_was(&house, count, state).await;
        let passed = house.submit(&["b@leer.test"]).await;
        house.finished(&passed).await;
        assert_eq!((paused(), busy.connections()), (Some(until), connections), "{verdict}");
    }
    assert_eq!(idle.messages().len(), 4);
    assert_eq!(house.entry(&waiting).await.map(|entry| entry.recipients[0].attempts), Some(1));

    // When mail can use another way than before, what waits is planned again, but the provider is left alone.
    let fourth = house.running.ways().into_iter().find(|way| way.family == Family::Ipv4).expect("both");
    probe_way(&house, sixth, "dropped").await;
    path_was(&house, 3, "relay").await;
    probe_way(&house, fourth, "dropped").await;
    path_was(&house, 4, "relay").await;
    let blocked = house.submit(&["c@leer.test"]).await;
    probe_way(&house, fourth, "open").await;
    house.finished(&blocked).await;
    assert_eq!((paused(), busy.connections()), (Some(until), connections));
    house.running.shutdown().await;
}
