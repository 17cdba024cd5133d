//! A delivery rehearsed: the same plan and the same way as mail has, and nothing is handed over.

use std::sync::Arc;

use postamt_lab::certificates::CertificateKind;
use postamt_lab::receiver::Character;
use postamt_mail::address::{Address, Domain};
use postamt_mta::breaker::detour::{Detour, Hindrance};
use postamt_mta::events::Event;
use postamt_mta::run::rehearse::{Question, Rehearsal, Stopped};
use postamt_mta::settings::*;
use postamt_net::clock::Clock as _;
use postamt_store::facts::PathState;
use postamt_store::transport::{TlsMemory, TransportMemory as _};

use crate::relay::relay;
use crate::support::House;
use crate::support::peer::polite;
use crate::transport::{shown, signed, tlsa};

async fn rehearse(house: &House, recipient: &str) -> Rehearsal {
    let address = |text: &str| Address::new(text).expect("an address");
    let question = Question {
        sender: Some(address("anna@absender.test")),
        recipient: address(recipient),
        account: None,
    };
    let told = house.running.rehearse(&question).await;
    assert!(house.running.list().await.is_empty(), "nothing is queued");
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_is_seen_and_nothing_is_sent() {
    let house = House::build().await;
    let told = rehearse(&house, "empfang@streng.test").await;
    assert_eq!((told.route.as_str(), told.rule), ("direct to streng.test", None));
    assert_eq!(told.exchangers.len(), 1);
    assert_eq!(told.exchangers[0].name, "mx.streng.test");
    assert_eq!(told.host.as_deref(), Some("mx.streng.test"));
    assert!(told.tries.iter().all(|tried| tried.failure.is_none() && tried.address.is_some()), "{told:?}");
    assert!(told.greeting.as_deref().is_some_and(|greeting| greeting.starts_with("220 ")), "{told:?}");
    assert!(told.offers.iter().any(|offer| offer.starts_with("SIZE")), "{told:?}");
    assert!(told.tls.is_some(), "{told:?}");
    assert!(told.mail.as_deref().is_some_and(|reply| reply.starts_with("250")), "{told:?}");
    assert!(told.recipient_reply.as_deref().is_some_and(|reply| reply.starts_with("250")), "{told:?}");
    assert_eq!(told.stopped, None);
    let clear = rehearse(&house, "empfang@klartext.test").await;
    assert_eq!((clear.tls.is_none(), clear.downgraded, clear.stopped), (true, false, None));
    // The next message finds everything as it was, and is the first that anybody hears of.
    house.submit(&["empfang@streng.test"]).await;
    assert!(house.receipt(|receipt| receipt.server.as_str() == "mx.streng.test").await.accepted);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_that_had_tls_is_not_trusted_without() {
    let house = House::build().await;
    let now = house.clock.unix_seconds();
    let memory =
        TlsMemory { domain: "treu.test".to_owned(), since: now, confirmed: now, authenticated: true };
    house.transport.remember(memory).await.expect("noted");
    let peer = house.peer("treu.test", 100, polite).await;
    let told = rehearse(&house, "da@treu.test").await;
    assert_eq!((told.tls, told.downgraded), (None, true));
    assert_eq!(peer.messages().len(), 0);
    let none = house.events.all().into_iter().find(|event| matches!(event, Event::TlsDowngrade { .. }));
    assert!(none.is_none(), "no mail waits, so no operator is told: {none:?}");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dane_is_judged_as_for_mail() {
    let mut house = signed().await;
    let (used, other) =
        ["mx.dane.test"; 2].map(|host| shown(&house.world, host, CertificateKind::Expired)).into();
    house.receiver_with("dane.test", 100, Character::Sink, Some(used.config)).await;
    tlsa(&house, "dane.test", used.record);
    let told = rehearse(&house, "da@dane.test").await;
    let tls = told.tls.as_ref().expect("encrypted");
    assert!(told.dnssec && tls.verified && tls.by_dane, "{told:?}");
    assert_eq!(told.tries[0].demand.as_deref(), Some("tlsa"));
    let wrong = shown(&house.world, "mx.falsch.test", CertificateKind::Good);
    house.receiver_with("falsch.test", 101, Character::Sink, Some(wrong.config)).await;
    tlsa(&house, "falsch.test", other.record);
    let told = rehearse(&house, "da@falsch.test").await;
    let failure = told.tries[0].failure.as_deref().unwrap_or_default();
    assert!(failure.contains("matches none of the TLSA records"), "{told:?}");
    assert!(matches!(told.stopped, Some(Stopped::NoConnection { .. })), "{told:?}");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_and_domains_that_lead_nowhere() {
    let house = House::build_with(|settings, directory| {
        let rule = |domain: &str, target| RouteRule {
            recipient_domains: vec![domain.to_owned()],
            sender_domains: Vec::new(),
            accounts: Vec::new(),
            target,
        };
        settings.routes.push(rule("kept.test", RouteTarget::Hold));
        settings.routes.push(rule("dropped.test", RouteTarget::Discard));
        for domain in ["hier.test", "woanders.test"] {
            settings.routes.push(rule(domain, RouteTarget::Hold));
        }
        settings.local_domains.push(LocalDomain {
            domain: Domain::new("hier.test").expect("a domain"),
            target: LocalTarget::Maildir(directory.join("{local}").to_string_lossy().into_owned()),
        });
    })
    .await;
    let held = rehearse(&house, "bob@kept.test").await;
    let place = held.rule.expect("by a rule");
    assert_eq!((held.route.as_str(), held.stopped), ("hold", Some(Stopped::Held)));
    let dropped = rehearse(&house, "bob@dropped.test").await;
    assert_eq!((dropped.rule, dropped.stopped), (Some(place + 1), Some(Stopped::Discarded)));
    // The rule that fits says nothing of mail that stays here.
    let own = rehearse(&house, "bob@hier.test").await;
    assert_eq!((own.rule, own.stopped), (None, Some(Stopped::Mailbox)));
    let other = rehearse(&house, "bob@woanders.test").await;
    assert_eq!((other.rule, other.stopped), (Some(place + 3), Some(Stopped::Held)));
    let nowhere = rehearse(&house, "bob@nirgends.test").await;
    assert!(matches!(nowhere.stopped, Some(Stopped::NoHost { permanent: true, .. })), "{nowhere:?}");
    house.running.shutdown().await;
}

/// A house whose port 25 is known to be closed.
async fn closed(house: &House) {
    house.path.block(true);
    house.submit(&["a@klartext.test", "b@altzert.test", "c@ohnemx.test", "d@langsam.test"]).await;
    let closed = |event: &Event| matches!(event, Event::PathChanged { state, .. } if *state == "relay");
    house.events.wait_for(1, closed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_port_25_is_closed_the_detour_is_rehearsed() {
    let provider = House::build_with(|settings, _| {
        for listener in &mut settings.listeners {
            listener.relay_networks =
                vec![Network { address: "127.0.0.0".parse().expect("an address"), prefix: 8 }];
        }
    })
    .await;
    let relay = relay("anbieter", provider.address(Purpose::Exchange));
    let house = House::build_with(|settings, _| settings.fallback = Some(Arc::new(relay))).await;
    closed(&house).await;
    let question = Question {
        sender: Some(Address::new("anna@absender.test").expect("an address")),
        recipient: Address::new("empfang@streng.test").expect("an address"),
        account: None,
    };
    let told = house.running.rehearse(&question).await;
    assert_eq!(told.detour, Some(Detour::By("anbieter".to_owned())));
    assert!(told.paths.iter().any(|fact| fact.state == PathState::Relay), "{told:?}");
    assert!(told.way.as_deref().is_some_and(|way| way.contains("anbieter")), "{told:?}");
    assert_eq!(told.remote, Some(provider.address(Purpose::Exchange)));
    assert!(told.recipient_reply.as_deref().is_some_and(|reply| reply.starts_with("250")), "{told:?}");
    house.running.shutdown().await;
    provider.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_relay_it_is_said_that_mail_waits() {
    let house = House::build().await;
    closed(&house).await;
    let question = Question {
        sender: None,
        recipient: Address::new("empfang@streng.test").expect("an address"),
        account: None,
    };
    let told = house.running.rehearse(&question).await;
    assert_eq!(told.detour, Some(Detour::Hindered(Hindrance::NoRelay)));
    assert_eq!((told.stopped, told.tries.len()), (Some(Stopped::Waits), 0));
    house.running.shutdown().await;
}
