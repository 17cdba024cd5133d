//! Somebody in between: one server for all, stripped STARTTLS, masked offers, foreign certificates, a canary.

use postamt_doctor::port25::Kind;
use postamt_doctor::port25::verdict::Evidence;
use postamt_lab::certificates::{CertificateKind, TlsVersions};

use crate::support::{Server, Street, good, plain};

#[tokio::test]
async fn one_server_that_answers_for_all() {
    let street = Street::build(|_, _, _| plain("proxy.isp.test")).await;
    let path = street.verdict(Kind::Intercepted).await;
    assert!(matches!(&path.verdict.evidence[0], Evidence::SameGreeting { name, operators }
        if name == "proxy.isp.test" && operators.len() == 5));
}

#[tokio::test]
async fn stripped_starttls() {
    let street = Street::build(|_, _, name| plain(&format!("mx.{name}.test"))).await;
    let path = street.verdict(Kind::Intercepted).await;
    assert!(
        matches!(&path.verdict.evidence[0], Evidence::StarttlsMissing { operators } if operators.len() == 5)
    );
}

#[tokio::test]
async fn masked_offers() {
    let street = Street::build(|_, _, name| Server::Speaks {
        greeting: "220 ********************".to_owned(),
        offers: vec![format!("mx.{name}.test"), "XXXXXXXA".to_owned()],
        tls: None,
    })
    .await;
    let path = street.verdict(Kind::Intercepted).await;
    assert!(
        path.verdict
            .evidence
            .iter()
            .any(|it| matches!(it, Evidence::Masked { text, .. } if text == "XXXXXXXA"))
    );
}

#[tokio::test]
async fn a_strangers_certificate() {
    let street = Street::build(|authority, _, name| {
        let host = format!("mx.{name}.test");
        let tls = authority.server_config(&host, CertificateKind::WrongName, TlsVersions::Current);
        Server::Speaks {
            greeting: format!("220 {host} ESMTP"),
            offers: vec![host, "PIPELINING".to_owned(), "STARTTLS".to_owned()],
            tls: Some(tls.unwrap()),
        }
    })
    .await;
    let path = street.verdict(Kind::Intercepted).await;
    assert!(matches!(&path.verdict.evidence[0], Evidence::ForeignCertificate { names, .. }
        if names == &["falsch.test"]));
}

#[tokio::test]
async fn a_server_at_an_address_that_has_none() {
    let mut street = Street::build(|authority, _, name| good(authority, name)).await;
    let canary = street.address(99);
    street.settings.canaries = vec![canary];
    street.verdict(Kind::Open).await;
    street.open_at(canary, plain("proxy.isp.test")).await;
    let path = street.verdict(Kind::Intercepted).await;
    assert_eq!(path.verdict.evidence[0], Evidence::CanaryAnswered { address: canary.to_string() });
}

#[tokio::test]
async fn a_greeter_that_says_no_more() {
    // It greets and never answers EHLO: `Mute` behind a greeting.
    let street = Street::build(|_, _, _| Server::Says("220 hole.isp.test ESMTP".to_owned())).await;
    street.verdict(Kind::Intercepted).await;
}
