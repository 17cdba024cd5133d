//! The rules for outgoing mail: MIME parts, names in archives and streams in documents of whoever wrote the message.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use postamt_mail::rules::{HeaderCharacters, Rule, inspect};

fuzz_target!(|data: &[u8]| {
    let Some((&cut, message)) = data.split_first() else { return };
    let (first, second) = message.split_at(usize::from(cut).min(message.len()));
    let whole = inspect(&[Bytes::copy_from_slice(message)], HeaderCharacters::Ascii, &Rule::ALL);
    let pieces = [Bytes::copy_from_slice(first), Bytes::copy_from_slice(second)];
    assert_eq!(inspect(&pieces, HeaderCharacters::Ascii, &Rule::ALL), whole);
    for finding in whole {
        // It goes into replies and logs.
        assert!(!finding.what.chars().any(char::is_control), "{:?}", finding.what);
        assert!(finding.what.len() < 1_000);
    }
});
