//! Every answer and every policy against every other.

use std::net::IpAddr;
use std::time::Duration;

use postamt_net::PortFuture;
use postamt_net::dns::Mx;

use super::*;

fn record(usage: u8) -> Tlsa {
    Tlsa { usage, selector: 1, matching: 1, data: vec![7; 32] }
}

fn answer(dnssec: DnssecStatus, records: Vec<Tlsa>) -> Result<Answer<Tlsa>, DnsError> {
    Ok(Answer { records, ttl: Duration::from_secs(60), dnssec, exists: true })
}

fn failure() -> DnsError {
    DnsError::Timeout { name: "_25._tcp.mx.x.test".to_owned(), record: "TLSA" }
}

fn policy(mode: &str) -> Policy {
    let text = format!("version: STSv1\nmode: {mode}\nmx: mx.x.test\nmax_age: 86400\n");
    Policy::parse(text.as_bytes()).expect("valid")
}

fn host(name: &str) -> Domain {
    Domain::new(name).expect("a name")
}

#[test]
fn only_secure_records_count_and_only_those_that_smtp_can_use() {
    assert_eq!(dane(answer(DnssecStatus::Insecure, vec![record(3)])), Dane::None);
    assert_eq!(dane(answer(DnssecStatus::Unknown, vec![record(3)])), Dane::None);
    assert_eq!(dane(answer(DnssecStatus::Secure, Vec::new())), Dane::None);
    assert_eq!(dane(answer(DnssecStatus::Secure, vec![record(0), record(1)])), Dane::Unusable);
    let usable: Arc<[Tlsa]> = vec![record(2), record(3)].into();
    let mixed = vec![record(1), record(2), record(3)];
    assert_eq!(dane(answer(DnssecStatus::Secure, mixed)), Dane::Records(usable));
}

#[test]
fn no_answer_is_never_no_record() {
    let servfail =
        DnsError::ServerFailure { name: "x".to_owned(), record: "TLSA", detail: "SERVFAIL".to_owned() };
    let bogus = DnsError::Bogus { name: "x".to_owned(), record: "TLSA" };
    for error in [failure(), servfail, bogus] {
        assert_eq!(dane(Err(error.clone())), Dane::Unknown(error));
    }
}

#[test]
fn dane_wins() {
    let records: Arc<[Tlsa]> = vec![record(3)].into();
    let enforce = policy("enforce");
    for policy in [None, Some(&enforce)] {
        // Even for a host that the policy does not name.
        let of = |dane| demand(dane, policy, &host("mx2.x.test"));
        assert_eq!(of(Dane::Records(records.clone())), (Source::Dane, Demand::Dane(records.clone())));
        assert_eq!(of(Dane::Unusable), (Source::Dane, Demand::Encrypt));
        assert_eq!(of(Dane::Unknown(failure())), (Source::Dane, Demand::Later(failure())));
    }
}

#[test]
fn a_policy_rules_where_there_is_no_dane() {
    let of = |mode, name| demand(Dane::None, Some(&policy(mode)), &host(name));
    assert_eq!(of("enforce", "mx.x.test"), (Source::MtaSts, Demand::WebPki));
    assert_eq!(of("enforce", "mx2.x.test"), (Source::MtaSts, Demand::Forbidden));
    assert_eq!(of("testing", "mx2.x.test"), (Source::MtaSts, Demand::Opportunistic));
    assert_eq!(of("none", "mx.x.test"), (Source::None, Demand::Opportunistic));
    assert_eq!(demand(Dane::None, None, &host("mx.x.test")), (Source::None, Demand::Opportunistic));
}

/// A host that is an alias, and the records at both names.
struct Aliased {
    alias: Option<DnssecStatus>,
    target: Result<Answer<Tlsa>, DnsError>,
    own: Result<Answer<Tlsa>, DnsError>,
}

impl Resolver for Aliased {
    fn mx<'a>(&'a self, _: &'a Domain) -> PortFuture<'a, Result<Answer<Mx>, DnsError>> {
        Box::pin(std::future::ready(Ok(Answer::impossible())))
    }

    fn a<'a>(&'a self, _: &'a Domain) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>> {
        Box::pin(std::future::ready(Ok(Answer::impossible())))
    }

    fn aaaa<'a>(&'a self, _: &'a Domain) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>> {
        Box::pin(std::future::ready(Ok(Answer::impossible())))
    }

    fn txt<'a>(&'a self, _: &'a str) -> PortFuture<'a, Result<Answer<String>, DnsError>> {
        Box::pin(std::future::ready(Ok(Answer::impossible())))
    }

    fn ptr(&self, _: IpAddr) -> PortFuture<'_, Result<Answer<String>, DnsError>> {
        Box::pin(std::future::ready(Ok(Answer::impossible())))
    }

    fn tlsa<'a>(&'a self, host: &'a Domain, _: u16) -> PortFuture<'a, Result<Answer<Tlsa>, DnsError>> {
        let is_own = host.as_str() == "mx.x.test";
        Box::pin(std::future::ready(if is_own { self.own.clone() } else { self.target.clone() }))
    }

    fn alias<'a>(&'a self, _: &'a Domain) -> PortFuture<'a, Result<Answer<Domain>, DnsError>> {
        let records = self.alias.iter().map(|_| host("real.y.test")).collect();
        let dnssec = self.alias.unwrap_or(DnssecStatus::Unknown);
        let answer = Answer { records, ttl: Duration::from_secs(60), dnssec, exists: true };
        Box::pin(std::future::ready(Ok(answer)))
    }
}

#[tokio::test]
async fn an_alias_has_the_records_of_its_target_or_else_its_own() {
    use DnssecStatus::{Insecure, Secure};
    let (at_target, at_own) = (Some("real.y.test"), Some("mx.x.test"));
    let some = |dnssec| answer(dnssec, vec![record(3)]);
    let none = || answer(Secure, Vec::new());
    for (alias, secure, target, expected) in [
        // No alias.
        (None, true, some(Secure), at_own),
        (None, false, some(Secure), None),
        // All of the chain is secure: the target, and behind it the name itself (RFC 7672 §2.2.3).
        (Some(Secure), true, some(Secure), at_target),
        (Some(Secure), true, none(), at_own),
        (Some(Secure), true, some(Insecure), at_own),
        (Some(Secure), true, Err(failure()), at_target),
        // A secure alias into a zone that is not signed: its own records; an alias that is not secure: none.
        (Some(Secure), false, some(Secure), at_own),
        (Some(Insecure), false, some(Secure), None),
    ] {
        let resolver = Aliased { alias, target: target.clone(), own: some(Secure) };
        let found = look_up(&resolver, &host("mx.x.test"), 25, secure).await;
        let base = found.as_ref().map(|found| found.base.as_str());
        assert_eq!(base, expected, "{alias:?} {secure} {target:?}");
        if base == at_target {
            assert_eq!(found.map(|found| found.answer), Some(target));
        }
    }
}
