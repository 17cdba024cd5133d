//! The content of a message on its way in (DATA): any split gives the same, and what is taken is clean.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postamt_mail::data::{ContentRules, DataDecoder, LINE_LIMIT, LongLines};

const SIZE_LIMIT: u64 = 4_096;

/// The octets taken, whether the end was found, and the content as it would be kept.
fn decode(pieces: &[&[u8]], long_lines: LongLines) -> (usize, bool, Option<Vec<u8>>) {
    let rules = ContentRules { size_limit: SIZE_LIMIT, header_limit: 2_048, long_lines };
    let mut decoder = DataDecoder::new(rules, None);
    let mut taken = 0;
    for piece in pieces {
        taken += decoder.feed(piece);
        if decoder.is_complete() {
            break;
        }
    }
    let complete = decoder.is_complete();
    (taken, complete, decoder.finish().ok().map(|content| content.octets.to_vec()))
}

fuzz_target!(|data: &[u8]| {
    let Some((&head, stream)) = data.split_first() else { return };
    let long_lines = [LongLines::Keep, LongLines::Refuse, LongLines::Break][usize::from(head % 3)];
    let cut = usize::from(head / 3).min(stream.len());
    let (first, second) = stream.split_at(cut);
    let whole = decode(&[stream], long_lines);
    assert_eq!(whole, decode(&[first, second], long_lines));
    let octets: Vec<&[u8]> = stream.chunks(1).collect();
    assert_eq!(whole, decode(&octets, long_lines));
    let (taken, complete, content) = whole;
    // RFC 5321 §4.1.1.4: the end is CRLF.CRLF and nothing else; the CRLF of the command counts.
    assert!(!complete || taken == 3 || stream[..taken].ends_with(b"\r\n.\r\n"));
    if let (true, Some(content)) = (complete, content) {
        let ends = content.windows(2).filter(|pair| pair == b"\r\n").count();
        assert_eq!(content.iter().filter(|octet| **octet == b'\r').count(), ends, "a bare CR was taken");
        assert_eq!(content.iter().filter(|octet| **octet == b'\n').count(), ends, "a bare LF was taken");
        assert!(!content.contains(&0));
        let longest = content.split(|octet| *octet == b'\n').map(<[u8]>::len).max().unwrap_or(0);
        // The CR is still there.
        assert!(long_lines == LongLines::Keep || longest <= LINE_LIMIT + 1);
    }
});
