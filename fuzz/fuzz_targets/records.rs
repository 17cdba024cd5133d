//! What a domain publishes about its mail: SPF (RFC 7208), DMARC (RFC 7489, RFC 9989) and DKIM keys (RFC 6376).
#![no_main]

use libfuzzer_sys::fuzz_target;
use postamt_mailauth::{dmarc, records, spf};

fuzz_target!(|text: &str| {
    let _ = spf::record::parse(text);
    let _ = records::dkim::parse(text);
    if let Some(published) = dmarc::parse(text) {
        assert!(dmarc::is_record(text), "{published:?}");
    }
    // What our own advice makes of it is an SPF record that holds the mechanism.
    let merged = records::spf::with_mechanism(Some(text), "include:relay.test");
    assert!(merged.contains("include:relay.test"), "{merged:?}");
});
