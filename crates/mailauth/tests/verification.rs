//! The verifier against a name server on loopback: RFC 8463's message, our own signatures, what must fail, and
//! random messages.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use hickory_proto::rr::rdata::{A, PTR};
use hickory_proto::rr::{Name, RData};
use postamt_mailauth::dkim::SigningKey;
use postamt_mailauth::verify::{Delivery, DmarcPolicy, Outcome, Verifier};
use proptest::prelude::*;
use support::{DOMAIN, txt};

const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 25));

fn keys() -> Vec<Arc<SigningKey>> {
    support::keys().into_iter().map(|(key, _)| key).collect()
}

fn delivery(client: IpAddr, sender: &str) -> Delivery<'_> {
    Delivery { client, greeting: "mail.sender.test", host: "mx.receiver.test", sender }
}

/// The zone of [`DOMAIN`]: its client at [`CLIENT`], SPF for that, the keys, DMARC `p=reject`.
fn zone(keys: &[Arc<SigningKey>]) -> HashMap<String, Vec<RData>> {
    let mut zone = HashMap::new();
    for key in keys {
        zone.insert(key.record_name(), vec![txt(&key.public_record())]);
    }
    let IpAddr::V4(ip) = CLIENT else { panic!("IPv4 in this zone") };
    zone.insert(DOMAIN.into(), vec![txt(&format!("v=spf1 ip4:{ip} -all"))]);
    zone.insert(format!("_dmarc.{DOMAIN}"), vec![txt("v=DMARC1; p=reject")]);
    zone.insert(format!("mail.{DOMAIN}"), vec![RData::A(A(ip)), txt("v=spf1 a -all")]);
    let reverse = Name::from(CLIENT).to_ascii();
    let pointer = PTR(Name::from_ascii(format!("mail.{DOMAIN}.")).unwrap());
    zone.insert(reverse.trim_end_matches('.').to_owned(), vec![RData::PTR(pointer)]);
    zone
}

#[tokio::test]
async fn the_message_of_rfc8463() {
    let records = HashMap::from([
        (
            "brisbane._domainkey.football.example.com".to_owned(),
            vec![txt("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")],
        ),
        (
            "test._domainkey.football.example.com".to_owned(),
            vec![txt(
                "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQ\
                 iY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2\
                 kryOTIKT+l/K4w3QIDAQAB",
            )],
        ),
    ]);
    let verifier = Verifier::new(&[support::name_server(records)]).unwrap();
    let signatures = verifier.verify_dkim(include_bytes!("data/rfc8463.eml")).await;
    let outcomes: Vec<_> = signatures.iter().map(|found| (found.algorithm.as_str(), found.outcome)).collect();
    assert_eq!(
        outcomes,
        [("ed25519-sha256", Outcome::Pass), ("rsa-sha256", Outcome::Pass)],
        "{signatures:?}"
    );
}

#[tokio::test]
async fn our_signatures_pass() {
    let keys = keys();
    let verifier = Verifier::new(&[support::name_server(zone(&keys))]).unwrap();
    for (name, message) in support::messages() {
        let content = support::signed(&message, &keys);
        let report = verifier.verify(&content, delivery(CLIENT, "juergen@sender.test")).await;
        assert_eq!(report.to_string(), "spf=pass dkim=pass dmarc=pass", "{name}: {report:?}");
        assert_eq!(report.reverse, Outcome::Pass, "{name}");
        assert_eq!(report.policy, DmarcPolicy::Reject);
        assert!(report.signatures.iter().all(|found| found.outcome == Outcome::Pass), "{name}: {report:?}");
        assert_eq!(report.signatures.len(), 2);
    }
}

#[tokio::test]
async fn what_is_not_proven_fails() {
    let keys = keys();
    let verifier = Verifier::new(&[support::name_server(zone(&keys))]).unwrap();
    let (_, message) = support::messages().swap_remove(0);
    let good = support::signed(&message, &keys);
    let foreign = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));

    // Another address, but the signature saves it.
    let report = verifier.verify(&good, delivery(foreign, "juergen@sender.test")).await;
    assert_eq!(report.to_string(), "spf=fail dkim=pass dmarc=pass");
    assert_ne!(report.reverse, Outcome::Pass);
    // Neither.
    let report = verifier.verify(&message, delivery(foreign, "juergen@sender.test")).await;
    assert_eq!(report.to_string(), "spf=fail dkim=none dmarc=fail");
    // A changed body.
    let changed = [&good[..], b"more\r\n"].concat();
    let report = verifier.verify(&changed, delivery(foreign, "juergen@sender.test")).await;
    assert_eq!(report.to_string(), "spf=fail dkim=fail dmarc=fail");
    // A second Subject, which oversigning forbids; above and below.
    for forged in [[b"Subject: forged\r\n", &good[..]].concat(), below(&good)] {
        let report = verifier.verify(&forged, delivery(CLIENT, "juergen@sender.test")).await;
        assert_eq!(report.dkim, Outcome::Fail);
    }
    // White space that mail servers change on the way does no harm.
    let respaced = String::from_utf8(good.clone()).unwrap().replace("Joe.\r\n", "Joe. \t\r\n \r\n\r\n");
    assert_ne!(respaced.as_bytes(), good);
    let report = verifier.verify(respaced.as_bytes(), delivery(CLIENT, "")).await;
    assert_eq!(report.dkim, Outcome::Pass, "{report:?}");
    assert_eq!(report.spf, Outcome::Pass, "the HELO name stands in for the null path");
}

fn below(message: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(message).unwrap();
    text.replacen("\r\n\r\n", "\r\nSubject: forged\r\n\r\n", 1).into_bytes()
}

/// Header names and values, and bodies, of the octets on which canonical forms turn.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let value = "[ \ta-z]{0,12}(\r\n[ \t][ \ta-z]{0,8}){0,2}";
    let name = prop::sample::select(vec!["Subject", "To", "subject", "X-A", "Cc", "Reply-To", "References"]);
    let fields = prop::collection::vec((name, value), 0..8);
    let body = prop::collection::vec(
        prop::sample::select(vec![" ", "\t", "a", "bc", "\r\n", "=", "é", ".", "  "]),
        0..60,
    );
    (fields, body).prop_map(|(fields, body)| {
        let mut text = String::from("From: a@sender.test\r\n");
        for (name, value) in fields {
            text.push_str(&format!("{name}:{value}x\r\n"));
        }
        format!("{text}\r\n{}", body.concat()).into_bytes()
    })
}

#[test]
fn random_messages_signed_verify() {
    let keys = keys();
    let verifier = Verifier::new(&[support::name_server(zone(&keys))]).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut config = ProptestConfig::with_cases(200);
    config.failure_persistence = None;
    proptest!(config, |(message in message())| {
        let content = support::signed(&message, &keys);
        let found = runtime.block_on(verifier.verify_dkim(&content));
        prop_assert_eq!(found.len(), 2);
        for signature in found {
            prop_assert_eq!(signature.outcome, Outcome::Pass, "{:?}\n{}", signature, content.escape_ascii());
        }
    });
}
