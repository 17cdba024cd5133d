//! Port 25 is blocked: each way of it, and in time.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use postamt_doctor::port25::outcome::{Outcome, Role};
use postamt_doctor::port25::probe::Budget;
use postamt_doctor::port25::targets::Anchor;
use postamt_doctor::port25::verdict::Evidence;
use postamt_doctor::port25::{Confidence, Eyes, Kind, check};
use postamt_mail::address::Domain;
use postamt_net::PortFuture;
use postamt_net::dns::{Answer, DnsError, Mx, Resolver, Tlsa};
use tokio::time::Instant;

use crate::support::{Server, Street, exchanges, good};

#[tokio::test]
async fn closed_ports_are_refused() {
    let street = Street::build(|_, _, _| Server::Closed).await;
    let path = street.verdict(Kind::Refused).await;
    assert_eq!(path.verdict.confidence, Confidence::High);
    assert!(exchanges(&path).iter().all(|it| it.outcome == Outcome::Reset));
}

#[tokio::test]
async fn swallowed_attempts_are_dropped() {
    let street = Street::build(|_, _, _| Server::Hole).await;
    let path = street.verdict(Kind::Dropped).await;
    assert!(exchanges(&path).iter().all(|it| it.outcome == Outcome::Unanswered));
    assert!(path.verdict.evidence.iter().any(|it| matches!(it, Evidence::ControlReached { port: 443, .. })));
}

#[tokio::test]
async fn everything_that_times_out_ends_in_time() {
    let mut street = Street::build(|_, place, _| if place == 0 { Server::Mute } else { Server::Hole }).await;
    street.settings.budget = Budget::default();
    let began = Instant::now();
    street.check().await;
    let took = began.elapsed();
    assert!(took < Duration::from_secs(15), "{took:?}");
}

/// The slowest that there is: name servers that never answer, anchors that are silent, a mute server behind one.
#[tokio::test]
async fn silent_name_servers_end_in_time() {
    let mut street = Street::build(|_, _, _| Server::Hole).await;
    street.settings.budget = Budget::default();
    street.settings.ports.web = street.settings.ports.exchange;
    street.settings.anchors =
        vec![Anchor { name: "anchor".to_owned(), addresses: vec![street.address(0), street.address(1)] }];
    let eyes = Eyes { resolver: Arc::new(Hanging), ..street.eyes() };
    let began = Instant::now();
    let report = check(&eyes, &street.settings, None).await;
    let took = began.elapsed();
    assert!(took < Duration::from_secs(15), "{took:?}");
    assert_eq!(report.paths[0].verdict.kind, Kind::NoNetwork);
}

/// Name servers that never answer.
struct Hanging;

impl Resolver for Hanging {
    fn mx<'a>(&'a self, _: &'a Domain) -> PortFuture<'a, Result<Answer<Mx>, DnsError>> {
        Box::pin(std::future::pending())
    }
    fn a<'a>(&'a self, _: &'a Domain) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>> {
        Box::pin(std::future::pending())
    }
    fn aaaa<'a>(&'a self, _: &'a Domain) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>> {
        Box::pin(std::future::pending())
    }
    fn txt<'a>(&'a self, _: &'a str) -> PortFuture<'a, Result<Answer<String>, DnsError>> {
        Box::pin(std::future::pending())
    }
    fn ptr(&self, _: IpAddr) -> PortFuture<'_, Result<Answer<String>, DnsError>> {
        Box::pin(std::future::pending())
    }
    fn tlsa<'a>(&'a self, _: &'a Domain, _: u16) -> PortFuture<'a, Result<Answer<Tlsa>, DnsError>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn the_first_few_and_no_more_is_throttled() {
    let street = Street::build(|authority, place, name| match place {
        0 | 1 => good(authority, name),
        _ => Server::Hole,
    })
    .await;
    street.verdict(Kind::Throttled).await;
}

#[tokio::test]
async fn mute_servers_everywhere_are_somebody_in_between() {
    let street = Street::build(|_, _, _| Server::Mute).await;
    let path = street.verdict(Kind::Intercepted).await;
    assert!(exchanges(&path).iter().all(|it| it.outcome == Outcome::Silent));
}

#[tokio::test]
async fn a_family_without_addresses_has_no_verdict_to_give() {
    let mut street = Street::build(|authority, _, name| good(authority, name)).await;
    street.settings.families = vec![postamt_doctor::port25::outcome::Family::Ipv6];
    let report = street.check().await;
    assert_eq!(report.paths[0].verdict.kind, Kind::Inconclusive);
    assert_eq!(report.paths[0].verdict.evidence, [Evidence::TooFew { operators: 0 }]);
    assert!(!report.paths[0].observations.iter().any(|it| it.role == Role::Exchange));
}
