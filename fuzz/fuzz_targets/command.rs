//! Command lines of SMTP and LMTP: an address that is taken is one, and xtext is a code (RFC 3461 §4).
#![no_main]

use libfuzzer_sys::fuzz_target;
use postamt_mail::address::Address;
use postamt_mail::command::{Command, decode_xtext, encode_xtext, is_xtext};

fuzz_target!(|line: &str| {
    if let Ok(Command::Mail(Some(sender), parameters)) = Command::parse(line) {
        assert_eq!(Address::new(&sender.to_string()), Ok(sender));
        assert!(parameters.envelope_id.is_none_or(|id| is_xtext(&id)));
    }
    if let Some(decoded) = decode_xtext(line) {
        assert_eq!(decode_xtext(&encode_xtext(&decoded)), Some(decoded));
    }
});
