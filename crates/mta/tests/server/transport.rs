//! What protects mail on its way: DANE, MTA-STS, REQUIRETLS, the memory of who has TLS; and what lets it go on.

use std::sync::Arc;
use std::time::Duration;

use postamt_lab::certificates::CertificateKind;
use postamt_lab::receiver::Character;
use postamt_lab::world::{World, WorldSettings};
use postamt_lab::zones::{Misbehaviour, Record};
use postamt_mta::events::Event;
use postamt_net::clock::Clock;
use postamt_net::dns::Tlsa;
use postamt_net::tls::dane::own_record;
use postamt_store::transport::{TlsMemory, TransportMemory};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::support::peer::polite;
use crate::support::web::{Answer, Web};
use crate::support::{Dns, House, Outside, message, place};

/// A certificate in use, and the record that vouches for it.
pub struct Shown {
    pub config: Arc<rustls::ServerConfig>,
    pub record: Tlsa,
}

pub fn shown(world: &World, host: &str, kind: CertificateKind) -> Shown {
    let (chain, key) = world.authority().issue_pem(host, kind).expect("a certificate");
    let certificate = CertificateDer::from_pem_slice(chain.as_bytes()).expect("PEM");
    let record = own_record(&certificate).expect("readable");
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("PEM");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().expect("versions").with_no_client_auth();
    Shown { config: Arc::new(builder.with_single_cert(vec![certificate], key).expect("a pair")), record }
}

async fn house(outside: Outside) -> House {
    let world = World::build(WorldSettings::test()).await.expect("a world");
    House::build_around(world, outside, |settings, _| {
        settings.retry.lifetime = Duration::from_secs(3600);
        // What is put off stays so until it is asked for.
        settings.retry.waits = vec![Duration::from_secs(900)];
    })
    .await
}

pub async fn signed() -> House {
    house(Outside { dns: Dns::Signed, ..Outside::default() }).await
}

pub fn tlsa(house: &House, domain: &str, record: Tlsa) {
    let port = house.settings.outgoing.port;
    house.world.zones().add(&format!("_{port}._tcp.mx.{domain}"), Record::Tlsa(record));
}

/// (policy, result, count) of a domain, after a shutdown.
async fn results(house: &House, domain: &str) -> Vec<(String, String, u64)> {
    house.running.shutdown().await;
    let counts = house.transport.counts(0).await.expect("read");
    let of_domain = counts.into_iter().filter(|count| count.domain == domain);
    of_domain.map(|count| (count.policy, count.result, count.count)).collect()
}

fn one(policy: &str, result: &str) -> Vec<(String, String, u64)> {
    vec![(policy.to_owned(), result.to_owned(), 1)]
}

/// The words of the last attempt of a message.
async fn reason(house: &House, id: &str) -> String {
    house.deferred(id, 1).await;
    let found = house.events.all().into_iter().rev().find_map(|event| match event {
        Event::Deferred { attempt, .. } if attempt.id == id => Some(attempt.reply),
        _ => None,
    });
    found.expect("put off")
}

async fn refusals(house: &House, id: &str) -> Vec<(String, String)> {
    let why = house.running.why(id.parse().expect("an id")).await.expect("read");
    why.refusals.into_iter().map(|refusal| (refusal.domain, refusal.kind)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn dane_needs_neither_an_authority_nor_a_date() {
    let mut house = signed().await;
    let shown = shown(&house.world, "mx.dane.test", CertificateKind::Expired);
    house.receiver_with("dane.test", 100, Character::Sink, Some(shown.config)).await;
    tlsa(&house, "dane.test", shown.record);
    let id = house.submit(&["da@dane.test"]).await;
    house.finished(&id).await;
    let delivered = house.events.wait_for(1, |event| matches!(event, Event::Delivered { .. })).await;
    let Event::Delivered { attempt, .. } = &delivered[0] else { panic!("{delivered:?}") };
    assert!(attempt.tls.as_deref().is_some_and(|tls| tls.ends_with("certificate verified by DANE")));
    assert_eq!(results(&house, "dane.test").await, one("tlsa", "success"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_dane_does_not_know_puts_mail_off_and_is_counted() {
    let mut house = house(Outside { dns: Dns::Signed, trusts_lab: true, ..Outside::default() }).await;
    // Good by every other measure.
    let (used, other) =
        ["mx.dane.test"; 2].map(|host| shown(&house.world, host, CertificateKind::Good)).into();
    house.receiver_with("dane.test", 100, Character::Sink, Some(used.config)).await;
    tlsa(&house, "dane.test", other.record);
    let id = house.submit(&["da@dane.test"]).await;
    let words = reason(&house, &id).await;
    assert!(words.contains("matches none of the TLSA records"), "{words}");
    assert_eq!(refusals(&house, &id).await, [("dane.test".to_owned(), "tlsa".to_owned())]);
    let told = house.events.wait_for(1, |event| matches!(event, Event::TlsRefused { .. })).await;
    let Event::TlsRefused { host, policy, result, .. } = &told[0] else { panic!("{told:?}") };
    assert_eq!((host.as_str(), *policy, *result), ("mx.dane.test", "tlsa", "validation-failure"));
    assert_eq!(results(&house, "dane.test").await, one("tlsa", "validation-failure"));
    assert!(house.world.receipts().all().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_answer_for_tlsa_mail_waits() {
    for fault in [Misbehaviour::ServerFailure, Misbehaviour::Silence] {
        let mut house = signed().await;
        let shown = shown(&house.world, "mx.dane.test", CertificateKind::Good);
        house.receiver_with("dane.test", 100, Character::Sink, Some(shown.config)).await;
        house.world.zones().misbehave("_tcp.mx.dane.test", Some(fault));
        let id = house.submit(&["da@dane.test"]).await;
        let words = reason(&house, &id).await;
        assert!(words.contains("whether mx.dane.test has TLSA records cannot be found out"), "{words}");
        assert!(house.world.receipts().all().is_empty());
        assert_eq!(results(&house, "dane.test").await, one("tlsa", "dnssec-invalid"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_nobody_can_use_demand_encryption_alone() {
    let mut house = signed().await;
    let shown = shown(&house.world, "mx.dane.test", CertificateKind::SelfSigned);
    house.receiver_with("dane.test", 100, Character::Sink, Some(shown.config)).await;
    tlsa(&house, "dane.test", Tlsa { usage: 1, ..shown.record.clone() });
    let id = house.submit(&["da@dane.test"]).await;
    house.finished(&id).await;
    // The same without TLS.
    let peer = house.peer("klar.test", 101, polite).await;
    tlsa(&house, "klar.test", Tlsa { usage: 1, ..shown.record });
    let id = house.submit(&["da@klar.test"]).await;
    let words = reason(&house, &id).await;
    assert!(words.contains("does not offer TLS"), "{words}");
    assert_eq!(peer.messages().len(), 0);
    assert_eq!(results(&house, "klar.test").await, one("tlsa", "starttls-not-supported"));
}

#[tokio::test(flavor = "multi_thread")]
async fn name_servers_without_signatures_do_not_stop_mail() {
    let mut house = house(Outside { dns: Dns::Stripped, ..Outside::default() }).await;
    let (used, other) =
        ["mx.dane.test"; 2].map(|host| shown(&house.world, host, CertificateKind::SelfSigned)).into();
    house.receiver_with("dane.test", 100, Character::Sink, Some(used.config)).await;
    // Not validated, so not believed.
    tlsa(&house, "dane.test", other.record);
    let id = house.submit(&["da@dane.test"]).await;
    house.finished(&id).await;
    house.events.wait_for(1, |event| matches!(event, Event::NoDnssec { .. })).await;
    assert_eq!(results(&house, "dane.test").await, one("no-policy-found", "success"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_that_had_tls_is_not_spoken_to_without() {
    let mut house = house(Outside::default()).await;
    let shown = shown(&house.world, "mx.treu.test", CertificateKind::SelfSigned);
    house.receiver_with("treu.test", 100, Character::Sink, Some(shown.config)).await;
    let id = house.submit(&["da@treu.test"]).await;
    house.finished(&id).await;
    // The same domain, and somebody on the way takes STARTTLS out.
    house.world.zones().remove("treu.test");
    let peer = house.peer("treu.test", 101, polite).await;
    house.world.zones().remove("mx.treu.test");
    house.world.zones().add_host("mx.treu.test", house.place(101).ip());
    let house = house.restart().await;
    let id = house.submit(&["da@treu.test"]).await;
    let words = reason(&house, &id).await;
    assert!(words.contains("mail servers of treu.test have had until now"), "{words}");
    house.events.wait_for(1, |event| matches!(event, Event::TlsDowngrade { .. })).await;
    assert_eq!(refusals(&house, &id).await, [("treu.test".to_owned(), "downgrade".to_owned())]);
    assert_eq!(peer.messages().len(), 0);
    // The sender does not mind.
    let mut careless = message(&["da@treu.test"], "Hallo");
    let text = String::from_utf8(careless.content[0].to_vec()).expect("text");
    careless.content = vec![format!("TLS-Required: No\r\n{text}").into()];
    let passes = house.send(&careless).await;
    house.finished(&passes).await;
    assert_eq!(peer.messages().len(), 1);
    // The operator lets it go.
    assert!(house.transport.forget("treu.test").await.expect("forgotten"));
    house.act(postamt_mta::handle::QueueAction::Retry, &id).await;
    house.finished(&id).await;
    assert_eq!(peer.messages().len(), 2);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_long_ago_is_no_reason_to_wait() {
    let house = house(Outside::default()).await;
    let long_ago = house.clock.unix_seconds() - 31 * 86_400;
    let memory = TlsMemory {
        domain: "alt.test".to_owned(),
        since: long_ago,
        confirmed: long_ago,
        authenticated: true,
    };
    house.transport.remember(memory).await.expect("noted");
    let peer = house.peer("alt.test", 100, polite).await;
    let id = house.submit(&["da@alt.test"]).await;
    house.finished(&id).await;
    assert_eq!(peer.messages().len(), 1);
    house.running.shutdown().await;
}

const POLICY: &str = "version: STSv1\r\nmode: enforce\r\nmx: mx.sts.test\r\nmax_age: 86400\r\n";

/// A house whose domain `sts.test` has a policy, and the server of that policy.
async fn with_policy(dns: Dns, policy: &str) -> (House, Web) {
    with_answer(dns, CertificateKind::Good, Answer::policy(policy)).await
}

async fn with_answer(dns: Dns, kind: CertificateKind, answer: Answer) -> (House, Web) {
    let world = World::build(WorldSettings::test()).await.expect("a world");
    let certificate = shown(&world, "mta-sts.sts.test", kind);
    let web = Web::start(place(&world, 150), certificate.config, answer).await;
    world.zones().add_host("mta-sts.sts.test", web.address.ip());
    world.zones().add("_mta-sts.sts.test", Record::Text("v=STSv1; id=1;".to_owned()));
    let outside = Outside { dns, trusts_lab: true, web_port: web.address.port() };
    let house = House::build_around(world, outside, |settings, _| {
        settings.retry.lifetime = Duration::from_secs(3600);
        settings.retry.waits = vec![Duration::from_secs(900)];
    })
    .await;
    (house, web)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_in_force_demands_a_good_certificate() {
    for (kind, result) in [
        (CertificateKind::Good, "success"),
        (CertificateKind::SelfSigned, "certificate-not-trusted"),
        (CertificateKind::Expired, "certificate-expired"),
        (CertificateKind::WrongName, "certificate-host-mismatch"),
    ] {
        let (mut house, web) = with_policy(Dns::Plain, POLICY).await;
        let shown = shown(&house.world, "mx.sts.test", kind);
        house.receiver_with("sts.test", 100, Character::Sink, Some(shown.config)).await;
        let id = house.submit(&["da@sts.test"]).await;
        if kind == CertificateKind::Good {
            house.finished(&id).await;
        } else {
            reason(&house, &id).await;
            assert_eq!(refusals(&house, &id).await, [("sts.test".to_owned(), "sts".to_owned())]);
        }
        assert_eq!(house.world.receipts().all().len(), usize::from(kind == CertificateKind::Good));
        assert_eq!(web.asked(), 1);
        assert_eq!(results(&house, "sts.test").await, one("sts", result));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_in_force_names_the_hosts() {
    let (mut house, _web) = with_policy(Dns::Plain, &POLICY.replace("mx.sts.test", "mx.other.test")).await;
    let shown = shown(&house.world, "mx.sts.test", CertificateKind::Good);
    house.receiver_with("sts.test", 100, Character::Sink, Some(shown.config)).await;
    let id = house.submit(&["da@sts.test"]).await;
    let words = reason(&house, &id).await;
    assert!(words.contains("does not name the mail host mx.sts.test"), "{words}");
    assert!(house.world.receipts().all().is_empty());
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_on_trial_only_counts() {
    let (mut house, _web) = with_policy(Dns::Plain, &POLICY.replace("enforce", "testing")).await;
    let shown = shown(&house.world, "mx.sts.test", CertificateKind::Expired);
    house.receiver_with("sts.test", 100, Character::Sink, Some(shown.config)).await;
    let id = house.submit(&["da@sts.test"]).await;
    house.finished(&id).await;
    assert_eq!(results(&house, "sts.test").await, one("sts", "certificate-expired"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_policy_outlives_its_server() {
    let (mut house, web) = with_policy(Dns::Plain, POLICY).await;
    let good = shown(&house.world, "mx.sts.test", CertificateKind::Good);
    house.receiver_with("sts.test", 100, Character::Sink, Some(good.config)).await;
    let id = house.submit(&["da@sts.test"]).await;
    house.finished(&id).await;
    // A new id announces a new policy, which is not one; the server is then exchanged behind the back of both.
    web.publish("<html>gone</html>");
    house.world.zones().remove("_mta-sts.sts.test");
    house.world.zones().add("_mta-sts.sts.test", Record::Text("v=STSv1; id=2;".to_owned()));
    house.world.zones().remove("mx.sts.test");
    let mut house = house.restart().await;
    let bad = shown(&house.world, "mx.sts.test", CertificateKind::SelfSigned);
    house.world.zones().remove("sts.test");
    house.receiver_with("sts.test", 101, Character::Sink, Some(bad.config)).await;
    let id = house.submit(&["da@sts.test"]).await;
    reason(&house, &id).await;
    assert_eq!(web.asked(), 2);
    assert_eq!(house.world.receipts().all().len(), 1, "only the first message");
    let results = results(&house, "sts.test").await;
    let all = ["certificate-not-trusted", "sts-policy-invalid", "success"];
    assert_eq!(results, all.map(|result| ("sts".to_owned(), result.to_owned(), 1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_counts_only_as_it_must_come() {
    let policy = Answer::policy(POLICY);
    let long = Answer { body: POLICY.to_owned() + &"#".repeat(65 << 10), ..policy.clone() };
    for (kind, answer, result) in [
        (CertificateKind::Expired, policy.clone(), "sts-webpki-invalid"),
        (CertificateKind::WrongName, policy.clone(), "sts-webpki-invalid"),
        (CertificateKind::Good, Answer { status: "301 Moved", ..policy.clone() }, "sts-policy-fetch-error"),
        (CertificateKind::Good, Answer { kind: "text/html", ..policy.clone() }, "sts-policy-fetch-error"),
        (CertificateKind::Good, long, "sts-policy-fetch-error"),
        (CertificateKind::Good, Answer::policy("version: STSv1\n"), "sts-policy-invalid"),
    ] {
        let (mut house, web) = with_answer(Dns::Plain, kind, answer).await;
        let shown = shown(&house.world, "mx.sts.test", CertificateKind::SelfSigned);
        house.receiver_with("sts.test", 100, Character::Sink, Some(shown.config)).await;
        let id = house.submit(&["da@sts.test"]).await;
        house.finished(&id).await;
        assert!(web.asked() <= 1, "no redirect is followed");
        let results = results(&house, "sts.test").await;
        assert!(results.contains(&one("sts", result)[0]), "{results:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dane_wins_over_a_policy() {
    let (mut house, _web) = with_policy(Dns::Signed, POLICY).await;
    let shown = shown(&house.world, "mx.sts.test", CertificateKind::SelfSigned);
    house.receiver_with("sts.test", 100, Character::Sink, Some(shown.config)).await;
    tlsa(&house, "sts.test", shown.record);
    let id = house.submit(&["da@sts.test"]).await;
    house.finished(&id).await;
    assert_eq!(results(&house, "sts.test").await, one("tlsa", "success"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_who_gives_up_tls_gets_through() {
    let (mut house, _web) = with_policy(Dns::Plain, POLICY).await;
    let shown = shown(&house.world, "mx.sts.test", CertificateKind::SelfSigned);
    house.receiver_with("sts.test", 100, Character::Sink, Some(shown.config)).await;
    let mut careless = message(&["da@sts.test"], "Hallo");
    let text = String::from_utf8(careless.content[0].to_vec()).expect("text");
    careless.content = vec![format!("TLS-Required: No\r\n{text}").into()];
    let id = house.send(&careless).await;
    house.finished(&id).await;
    assert_eq!(house.world.receipts().all().len(), 1);
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_must_have_tls_needs_a_proven_host() {
    let mut house = house(Outside { dns: Dns::Plain, trusts_lab: true, ..Outside::default() }).await;
    // A good certificate, but nobody vouches that the domain's mail goes to this host.
    let good = shown(&house.world, "mx.streng-tls.test", CertificateKind::Good);
    house.receiver_with("streng-tls.test", 100, Character::Sink, Some(good.config)).await;
    let mut strict = message(&["da@streng-tls.test"], "Hallo");
    strict.require_tls = true;
    let id = house.send_protected(&strict).await;
    house.finished(&id).await;
    let failed = house.events.wait_for(1, |event| matches!(event, Event::Failed { .. })).await;
    let Event::Failed { status, .. } = &failed[0] else { panic!("{failed:?}") };
    assert_eq!(status, "5.7.30");
    house.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_must_have_tls_goes_where_dane_vouches() {
    let mut house = signed().await;
    let shown = shown(&house.world, "mx.dane.test", CertificateKind::SelfSigned);
    house.receiver_with("dane.test", 100, Character::Mailbox, Some(shown.config)).await;
    tlsa(&house, "dane.test", shown.record);
    let mut strict = message(&["da@dane.test"], "Hallo");
    strict.require_tls = true;
    let id = house.send_protected(&strict).await;
    house.finished(&id).await;
    let receipt = house.receipt(|receipt| receipt.accepted).await;
    assert!(receipt.envelope.require_tls, "the demand goes on with the message");
    house.running.shutdown().await;
}
