//! Replies of servers, and what is made of them: cut anywhere they are the same, and none is too strange to explain.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postamt_mail::dsn::Cause;
use postamt_mail::refusals;
use postamt_mail::reply::Reply;
use postamt_mail::reply_parser::{self, REPLY_LIMIT, ReplyError, ReplyParser};

/// The first reply, or why there is none, when the octets come in these steps.
fn first(stream: &[u8], step: usize) -> Result<Option<(u16, usize)>, ReplyError> {
    let mut parser = ReplyParser::default();
    let mut end = 0;
    while end < stream.len() {
        end = (end + step).min(stream.len());
        if let Some(frame) = parser.frame(&stream[..end])? {
            return Ok(Some((frame.code.get(), frame.length)));
        }
    }
    Ok(None)
}

fuzz_target!(|data: &[u8]| {
    let Some((&step, stream)) = data.split_first() else { return };
    let whole = first(stream, stream.len().max(1));
    let pieces = first(stream, usize::from(step).max(1));
    // Of two faults, one that is nearer to the start may be seen only where the octets come in pieces.
    assert!(
        whole == pieces || (whole.is_err() && pieces.is_err()) || stream.len() > 2_048,
        "{whole:?} {pieces:?}"
    );
    if let Ok(Some(frame)) = ReplyParser::default().frame(stream) {
        assert!(frame.length <= stream.len() && frame.length <= REPLY_LIMIT + 4_096);
        let reply: Reply = reply_parser::read(frame.code, &stream[..frame.length]);
        let text = reply.to_string();
        assert!(!text.contains('\0'));
        let _ = (Cause::of(None, Some(&reply)), refusals::recognise(Some("mx.mail.test"), &text));
        let mut written = Vec::new();
        reply.write(&mut written);
        let mut parser = ReplyParser::default();
        let again = parser.frame(&written);
        assert!(matches!(again, Ok(Some(frame)) if frame.length == written.len()), "{written:?}");
    }
});
