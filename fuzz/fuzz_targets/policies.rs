//! What a domain publishes for the transport: MTA-STS records and policies (RFC 8461), TLSRPT records (RFC 8460).
#![no_main]

use libfuzzer_sys::fuzz_target;
use postamt_mail::address::Domain;
use postamt_mail::mta_sts::{Policy, record_id};
use postamt_mail::tls_reports;

fuzz_target!(|data: &[u8]| {
    if let Ok(policy) = Policy::parse(data) {
        let host: Domain = "mx.mail.test".parse().expect("a name");
        let _ = policy.permits(&host);
    }
    if let Ok(text) = std::str::from_utf8(data) {
        if let Ok(Some(id)) = record_id(&[text.to_owned()]) {
            assert!((1..=32).contains(&id.len()) && id.bytes().all(|octet| octet.is_ascii_alphanumeric()));
        }
        let _ = tls_reports::targets(text);
    }
});
