//! Addresses and domains: what is taken has one form, and nothing in it could end a command.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postamt_mail::address::{Address, Domain};

fuzz_target!(|text: &str| {
    if let Ok(address) = Address::new(text) {
        let written = address.to_string();
        assert!(!written.bytes().any(|octet| octet.is_ascii_control()), "{written:?}");
        assert_eq!(Address::new(&written).as_ref(), Ok(&address), "{written:?} is read otherwise");
    }
    if let Ok(domain) = Domain::new(text) {
        let written = domain.as_str();
        assert!(written.bytes().all(|octet| octet.is_ascii_graphic()), "{written:?}");
        assert_eq!(Domain::new(written).as_ref(), Ok(&domain), "{written:?} is read otherwise");
        let _ = (domain.to_unicode(), domain.organisational());
    }
});
