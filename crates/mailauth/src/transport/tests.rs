//! Every answer and every policy against every other.

use std::time::Duration;

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
