//! Mail by way of a smarthost, and the rules that lead it there.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::{Address, Domain};
use postamt_mailauth::dkim::SignProfile;
use postamt_mta::events::Event;
use postamt_mta::send::relay_test;
use postamt_mta::settings::*;
use postamt_net::dial::SystemDialer;
use postamt_net::dns::{HickoryResolver, ResolverSettings};
use postamt_net::smtp::{ClearLogin, Credentials, Secret, TlsContext};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::support::peer::{Heard, Peer, polite};
use crate::support::{House, LOGIN, PASSWORD, message, place};

pub fn relay(name: &str, address: std::net::SocketAddr) -> Relay {
    let host = address.ip().to_string();
    Relay { connections: 4, ..Relay::new(name, host, address.port(), RelayTls::None) }
}

fn rule(target: RouteTarget) -> RouteRule {
    RouteRule { recipient_domains: Vec::new(), sender_domains: Vec::new(), accounts: Vec::new(), target }
}

fn by(relay: &Relay) -> RouteTarget {
    RouteTarget::Relay(Arc::new(relay.clone()))
}

fn login(password: &str) -> Option<Credentials> {
    Some(Credentials::new(LOGIN, Secret::new(password)))
}

/// A second server that takes our users' mail on 587, as a provider does.
async fn provider() -> (House, Relay) {
    let provider = House::build().await;
    let mut relay = relay("anbieter", provider.address(Purpose::Submission));
    relay.tls = RelayTls::StartTlsUnverified;
    (provider, relay)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_is_logged_in_at_and_delivers() {
    let (provider, mut relay) = provider().await;
    relay.credentials = login(PASSWORD);
    let house = House::build_with(|settings, _| settings.routes = vec![rule(by(&relay))]).await;
    let id = house.submit(&["da@streng.test"]).await;
    house.finished(&id).await;
    let delivered = house.events.wait_for(1, |event| matches!(event, Event::Delivered { .. })).await;
    let Event::Delivered { attempt, .. } = &delivered[0] else { panic!("{delivered:?}") };
    assert_eq!(attempt.route, "relay anbieter");
    assert!(attempt.reply.starts_with("250 2.0.0 queued as "), "{}", attempt.reply);
    let logins = provider.events.wait_for(1, |event| matches!(event, Event::Login { .. })).await;
    assert!(matches!(&logins[0], Event::Login { mechanism, .. } if mechanism == "SCRAM-SHA-256-PLUS"));
    let receipt = provider.receipt(|receipt| receipt.server.as_str() == "mx.streng.test").await;
    assert!(receipt.accepted, "{}", receipt.reply);
    assert!(house.world.receipts().all().is_empty(), "nothing went directly");
    house.running.shutdown().await;
    provider.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_under_implicit_tls_is_verified_by_its_own_certificate() {
    let provider = House::build().await;
    let mut good = relay("anbieter", provider.address(Purpose::Submissions));
    good.tls = RelayTls::Implicit;
    good.credentials = login(PASSWORD);
    // The name in the certificate, found by DNS.
    good.host = "mail.absender.test".to_owned();
    let root = CertificateDer::from_pem_file(provider.certificate()).expect("a certificate");
    good.extra_roots = Some(Arc::new(vec![root]));
    let world =
        postamt_lab::world::World::build(postamt_lab::world::WorldSettings::test()).await.expect("a world");
    let host = provider.address(Purpose::Submissions).ip();
    world.zones().remove("mail.absender.test");
    world.zones().add_host("mail.absender.test", host);
    let house = House::build_in(world, |settings, _| settings.routes = vec![rule(by(&good))]).await;
    let id = house.submit(&["da@klartext.test"]).await;
    house.finished(&id).await;
    let delivered = house.events.wait_for(1, |event| matches!(event, Event::Delivered { .. })).await;
    let Event::Delivered { attempt, .. } = &delivered[0] else { panic!("{delivered:?}") };
    let tls = attempt.tls.as_deref().expect("TLS");
    assert!(tls.ends_with("certificate verified"), "{tls}");
    house.running.shutdown().await;

    // Without that anchor nothing is said to it, the password least of all.
    good.extra_roots = None;
    let world =
        postamt_lab::world::World::build(postamt_lab::world::WorldSettings::test()).await.expect("a world");
    world.zones().remove("mail.absender.test");
    world.zones().add_host("mail.absender.test", host);
    let house = House::build_in(world, |settings, _| {
        settings.routes = vec![rule(by(&good))];
        settings.retry.lifetime = Duration::from_secs(3600);
    })
    .await;
    let id = house.submit(&["da@klartext.test"]).await;
    house.deferred(&id, 1).await;
    assert_eq!(provider.events.all().iter().filter(|event| matches!(event, Event::Login { .. })).count(), 1);
    house.running.shutdown().await;
    provider.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_the_operators_matter_and_bounces_nothing() {
    let (provider, mut relay) = provider().await;
    relay.credentials = login("falsch-falsch-falsch");
    let house = House::build_with(|settings, _| {
        settings.routes = vec![rule(by(&relay))];
        settings.retry.lifetime = Duration::from_secs(3600);
    })
    .await;
    let id = house.submit(&["da@streng.test"]).await;
    house.deferred(&id, 1).await;
    let events = house.events.all();
    let paused = events.iter().find_map(|event| match event {
        Event::SitePaused { site, reason, .. } => Some((site.as_str(), reason.as_str())),
        _ => None,
    });
    assert_eq!(paused, Some(("relay anbieter", "535 5.7.8 wrong login or password")));
    assert!(!events.iter().any(|event| matches!(event, Event::Notice { .. } | Event::Failed { .. })));
    assert!(!format!("{events:?}").contains("falsch-falsch"), "no password in an event");
    house.running.shutdown().await;
    provider.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_relays_get_the_login_that_they_know() {
    let mut expected = 0;
    for mechanism in ["PLAIN", "LOGIN"] {
        let world = postamt_lab::world::World::build(postamt_lab::world::WorldSettings::test())
            .await
            .expect("a world");
        let at = place(&world, 100);
        let answer = move |heard: &Heard| match heard.line.split(' ').next().unwrap_or_default() {
            "EHLO" => format!("250-alt.test\r\n250 AUTH {mechanism}"),
            "AUTH" if mechanism == "LOGIN" => "334 VXNlcm5hbWU6".to_owned(),
            "AUTH" => "235 2.7.0 welcome".to_owned(),
            "YW5uYUBhYnNlbmRlci50ZXN0" => "334 UGFzc3dvcmQ6".to_owned(),
            "a29ycmVrdC1wZmVyZC1iYXR0ZXJpZQ==" => "235 2.7.0 welcome".to_owned(),
            _ => polite(heard),
        };
        let peer = Peer::start(at, answer).await;
        let mut relay = relay("alt", at);
        let mut credentials = login(PASSWORD).expect("a login");
        credentials.without_tls = ClearLogin::Allow;
        relay.credentials = Some(credentials);
        let house = House::build_in(world, |settings, _| settings.routes = vec![rule(by(&relay))]).await;
        let id = house.submit(&["da@streng.test"]).await;
        house.finished(&id).await;
        expected += 1;
        assert_eq!(peer.messages().len(), 1, "{mechanism}, {expected}");
        peer.wait_for(1, &format!("AUTH {mechanism}")).await;
        house.running.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_look_at_recipient_sender_and_account() {
    let world =
        postamt_lab::world::World::build(postamt_lab::world::WorldSettings::test()).await.expect("a world");
    let places = [place(&world, 100), place(&world, 101), place(&world, 102)];
    let [by_recipient, by_sender, by_account] = [
        Peer::start(places[0], polite).await,
        Peer::start(places[1], polite).await,
        Peer::start(places[2], polite).await,
    ];
    let house = House::build_in(world, |settings, _| {
        let relays = places.map(|at| relay(&format!("nr{}", at.ip()), at));
        settings.routes = vec![
            RouteRule { recipient_domains: vec!["*.fern.test".to_owned()], ..rule(by(&relays[0])) },
            RouteRule { recipient_domains: vec!["nah.test".to_owned()], ..rule(RouteTarget::Direct) },
            RouteRule { sender_domains: vec!["andere.test".to_owned()], ..rule(by(&relays[1])) },
            RouteRule { accounts: vec![LOGIN.to_owned()], ..rule(by(&relays[2])) },
        ];
        settings.own_domains.push(Domain::new("andere.test").expect("a domain"));
        settings.local_submission.trusted_users =
            vec![std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").expect("proc"))];
    })
    .await;
    let near = house.peer("nah.test", 103, polite).await;
    let id = house.submit(&["a@x.fern.test", "b@nah.test", "c@streng.test"]).await;
    house.finished(&id).await;
    let mut local = crate::support::talk::Talk::open_local(&house.settings.local_submission.socket).await;
    local
        .say_all(&[
            "EHLO x",
            "MAIL FROM:<x@andere.test>",
            "RCPT TO:<d@streng.test>",
            "RCPT TO:<e@fern.test>",
            "DATA",
        ])
        .await;
    assert!(local.say("From: x@andere.test\r\n\r\nx\r\n.").await.starts_with("250 "));
    for (peer, recipients) in [
        (&by_recipient, vec!["a@x.fern.test"]),
        (&near, vec!["b@nah.test"]),
        (&by_account, vec!["c@streng.test"]),
        (&by_sender, vec!["d@streng.test", "e@fern.test"]),
    ] {
        let heard = peer.wait_for(recipients.len(), "RCPT").await;
        let expected = recipients.iter().map(|recipient| format!("RCPT TO:<{recipient}>"));
        assert_eq!(
            heard.iter().map(|heard| heard.line.clone()).collect::<Vec<_>>(),
            expected.collect::<Vec<_>>()
        );
    }
    house.running.shutdown().await;
}

/// The fields that the signatures of a message cover, and how many there are.
fn signatures(message: &str) -> Vec<String> {
    let unfolded = message.replace("\r\n\t", " ").replace("\r\n ", " ");
    let fields = unfolded.split("\r\n").filter(|line| line.starts_with("DKIM-Signature:"));
    fields.map(|line| line.to_ascii_lowercase().replace(' ', "")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn dkim_is_what_each_way_stands() {
    let world =
        postamt_lab::world::World::build(postamt_lab::world::WorldSettings::test()).await.expect("a world");
    let at = place(&world, 100);
    let quirky = Peer::start(at, polite).await;
    let house = House::build_in(world, |settings, directory| {
        let store = postamt_mailauth::dkim::KeyStore::open(directory.join("dkim")).expect("a key store");
        let pem =
            postamt_mailauth::dkim::generate(postamt_mailauth::dkim::Algorithm::Ed25519, 0).expect("a key");
        store.create(settings.own_domains[0].clone(), "zweiter", &pem).expect("stored");
        let mut relay = relay("eigen", at);
        relay.dkim.profile = Arc::new(SignProfile {
            max_signatures: 1,
            skip_headers: vec!["Message-ID".to_owned(), "Date".to_owned()],
            ..SignProfile::default()
        });
        let by_rule = RouteRule { recipient_domains: vec!["eigen.test".to_owned()], ..rule(by(&relay)) };
        settings.routes = vec![by_rule];
    })
    .await;
    let plain = house.peer("direkt.test", 101, polite).await;
    let id = house.submit(&["a@eigen.test", "b@direkt.test"]).await;
    house.finished(&id).await;
    let direct = signatures(&plain.messages()[0]);
    assert_eq!(direct.len(), 2, "{direct:?}");
    assert!(direct.iter().all(|field| field.contains("message-id") && field.contains("date")), "{direct:?}");
    let relayed = signatures(&quirky.messages()[0]);
    assert_eq!(relayed.len(), 1, "{relayed:?}");
    assert!(!relayed[0].contains("message-id") && !relayed[0].contains("date:"), "{relayed:?}");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_is_taken_out_of_the_settings_is_missed_but_loses_nothing() {
    let (provider, mut relay) = provider().await;
    relay.credentials = login("falsch-falsch-falsch");
    let house = House::build_with(|settings, _| {
        settings.routes = vec![rule(by(&relay))];
        settings.retry.lifetime = Duration::from_secs(3600);
    })
    .await;
    let id = house.submit(&["da@streng.test"]).await;
    house.deferred(&id, 1).await;
    let mut settings = house.settings.clone();
    settings.routes = Vec::new();
    house.running.reload(settings.clone()).await;
    let is_missed = |event: &Event| {
        matches!(event, Event::Deferred { attempt, .. }
            if attempt.reply == "the relay anbieter is not configured any more")
    };
    house.events.wait_for(1, is_missed).await;
    relay.credentials = login(PASSWORD);
    settings.routes = vec![rule(by(&relay))];
    house.running.reload(settings).await;
    house.finished(&id).await;
    provider.receipt(|receipt| receipt.server.as_str() == "mx.streng.test").await;
    house.running.shutdown().await;
    provider.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_message_is_sent_when_it_is_asked_for() {
    let (provider, mut relay) = provider().await;
    relay.credentials = login(PASSWORD);
    let house = House::build().await;
    let servers = Some(vec![house.world.dns_server()]);
    let resolver = HickoryResolver::new(&ResolverSettings { servers, ..ResolverSettings::default() });
    let caller = relay_test::Caller {
        resolver: &resolver.expect("a resolver"),
        dialer: &SystemDialer,
        tls: &TlsContext::with_roots([]),
        outgoing: &house.settings.outgoing,
        hostname: &house.settings.hostname,
    };
    let reply = relay_test::send(&relay, caller, &message(&["da@streng.test"], "Probe")).await;
    assert!(reply.as_ref().is_ok_and(|reply| reply.starts_with("250 2.0.0 queued as ")), "{reply:?}");
    provider.receipt(|receipt| receipt.accepted && receipt.server.as_str() == "mx.streng.test").await;
    relay.credentials = login("falsch");
    let refused = relay_test::send(&relay, caller, &message(&["da@streng.test"], "Probe")).await;
    assert!(refused.is_err_and(|reply| reply.contains("535")));
    house.running.shutdown().await;
    provider.running.shutdown().await;
}

async fn test_relay(
    house: &House,
    relay: &Relay,
    sender: &str,
    recipient: &str,
) -> relay_test::RelayTestReport {
    let servers = Some(vec![house.world.dns_server()]);
    let resolver = HickoryResolver::new(&ResolverSettings { servers, ..ResolverSettings::default() });
    let envelope = (Some(Address::new(sender).expect("valid")), Address::new(recipient).expect("valid"));
    let caller = relay_test::Caller {
        resolver: &resolver.expect("a resolver"),
        dialer: &SystemDialer,
        tls: &TlsContext::with_roots([]),
        outgoing: &house.settings.outgoing,
        hostname: &house.settings.hostname,
    };
    relay_test::test(relay, caller, &[envelope]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_test_says_what_it_found_and_sends_nothing() {
    let (provider, mut relay) = provider().await;
    // It is no host of ours: the source addresses of the settings are for direct delivery in this world.
    relay.credentials = login(PASSWORD);
    let report = test_relay(&provider, &relay, LOGIN, "da@streng.test").await;
    assert_eq!(report.failure, None, "{report:?}");
    assert_eq!(report.login.as_deref(), Some("SCRAM-SHA-256-PLUS"));
    assert!(report.greeting.as_deref().is_some_and(|text| text.contains("mail.absender.test")), "{report:?}");
    assert!(report.capabilities.iter().any(|line| line.starts_with("AUTH ")), "{report:?}");
    assert!(report.tls.is_some() && report.certificate_verified == Some(false));
    for reply in [&report.mail, &report.recipient] {
        assert!(reply.as_deref().is_some_and(|reply| reply.starts_with("250 ")), "{report:?}");
    }
    let refused = test_relay(&provider, &relay, "wer@streng.test", "da@streng.test").await;
    assert!(refused.failure.as_deref().is_some_and(|text| text.starts_with("550 5.7.1 ")), "{refused:?}");
    relay.credentials = login("falsch-falsch-falsch");
    let failed = test_relay(&provider, &relay, LOGIN, "da@streng.test").await;
    assert!(failed.failure.as_deref().is_some_and(|text| text.starts_with("535 ")), "{failed:?}");
    assert_eq!(provider.running.figures().accepted, 0);
    provider.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_take_the_way_of_the_rules_too() {
    let world =
        postamt_lab::world::World::build(postamt_lab::world::WorldSettings::test()).await.expect("a world");
    let at = place(&world, 100);
    let peer = Peer::start(at, polite).await;
    let house = House::build_in(world, |settings, _: &Path| {
        let relay = relay("alles", at);
        settings.routes = vec![
            RouteRule { recipient_domains: vec!["nein.test".to_owned()], ..rule(RouteTarget::Direct) },
            rule(by(&relay)),
        ];
    })
    .await;
    house.send(&message(&["wer@nein.test"], "Hallo")).await;
    peer.wait_for(1, "MAIL FROM:<>").await;
    peer.wait_for(1, &format!("RCPT TO:<{LOGIN}>")).await;
    house.running.shutdown().await;
}
