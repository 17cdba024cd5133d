//! Chains made here against every kind of record.

#![allow(clippy::unwrap_used, reason = "a test")]

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};

use super::*;

struct Chain {
    chain: Vec<CertificateDer<'static>>,
    key: KeyPair,
}

/// A chain of two: the server's certificate, for `name`, and the authority's.
fn chain(name: &str, expired: bool) -> Chain {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let mut server = CertificateParams::new(vec![name.to_owned()]).unwrap();
    if expired {
        server.not_after = date_time_ymd(2020, 1, 1);
    }
    let key = KeyPair::generate().unwrap();
    let certificate = server.signed_by(&key, &authority).unwrap();
    Chain { chain: vec![certificate.der().clone(), authority.der().clone()], key }
}

fn record(usage: u8, selector: u8, matching: u8, certificate: &CertificateDer<'_>) -> Tlsa {
    Tlsa { usage, selector, matching, data: association(certificate, selector, matching).unwrap() }
}

fn verdict(chain: &Chain, records: &[Tlsa]) -> Result<(), CertificateProblem> {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    judge(&provider, &chain.chain, records, &["mx.x.test".to_owned()])
}

#[test]
fn the_servers_own_certificate_needs_neither_name_nor_date() {
    let odd = chain("falsch.test", true);
    for (selector, matching) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)] {
        let record = record(3, selector, matching, &odd.chain[0]);
        assert!(is_usable(&record), "{record:?}");
        assert_eq!(verdict(&odd, &[record]), Ok(()), "3 {selector} {matching}");
    }
}

#[test]
fn an_authority_vouches_for_the_name_and_within_the_dates() {
    let good = chain("mx.x.test", false);
    for (selector, matching) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)] {
        let record = record(2, selector, matching, &good.chain[1]);
        assert_eq!(verdict(&good, &[record]), Ok(()), "2 {selector} {matching}");
    }
    let wrong_name = chain("falsch.test", false);
    let records = [record(2, 0, 1, &wrong_name.chain[1])];
    assert!(matches!(verdict(&wrong_name, &records), Err(CertificateProblem::HostMismatch { .. })));
    let expired = chain("mx.x.test", true);
    let records = [record(2, 0, 1, &expired.chain[1])];
    assert!(matches!(verdict(&expired, &records), Err(CertificateProblem::Expired(_))));
}

#[test]
fn an_authority_that_the_server_does_not_send_may_stand_in_the_record() {
    let mut good = chain("mx.x.test", false);
    let authority = good.chain.pop().unwrap();
    assert_eq!(verdict(&good, &[record(2, 0, 0, &authority)]), Ok(()));
    assert_eq!(verdict(&good, &[record(2, 0, 1, &authority)]), Err(CertificateProblem::NoTlsaMatch));
}

#[test]
fn another_key_is_refused_and_one_match_of_many_is_enough() {
    let (ours, theirs) = (chain("mx.x.test", false), chain("mx.x.test", false));
    let wrong = [record(3, 1, 1, &theirs.chain[0]), record(2, 0, 1, &theirs.chain[1])];
    assert_eq!(verdict(&ours, &wrong), Err(CertificateProblem::NoTlsaMatch));
    let mut records = wrong.to_vec();
    records.push(record(3, 1, 1, &ours.chain[0]));
    assert_eq!(verdict(&ours, &records), Ok(()));
    // A record for the authority that claims to be the server's own certificate matches nothing.
    assert_eq!(verdict(&ours, &[record(3, 0, 1, &ours.chain[1])]), Err(CertificateProblem::NoTlsaMatch));
}

#[test]
fn what_smtp_cannot_use_is_unusable() {
    let good = chain("mx.x.test", false);
    for usage in [0, 1, 4, 255] {
        assert!(!is_usable(&record(usage, 1, 1, &good.chain[0])), "{usage}");
    }
    let of = |selector, matching, data| Tlsa { usage: 3, selector, matching, data };
    assert!(!is_usable(&of(2, 1, vec![0; 32])));
    assert!(!is_usable(&of(1, 3, vec![0; 32])));
    assert!(!is_usable(&of(1, 1, vec![0; 31])));
    assert!(!is_usable(&of(0, 0, Vec::new())));
}

#[test]
fn our_record_is_the_same_from_the_certificate_and_from_the_key() {
    let ours = chain("mx.x.test", false);
    let record = own_record(&ours.chain[0]).unwrap();
    assert_eq!((record.usage, record.selector, record.matching), (3, 1, 1));
    assert_eq!(verdict(&ours, std::slice::from_ref(&record)), Ok(()));
    let key = PrivateKeyDer::try_from(ours.key.serialize_der()).unwrap();
    assert_eq!(own_record_of_key(key).unwrap(), record);
    assert!(record.to_string().starts_with("3 1 1 "), "{record}");
}
