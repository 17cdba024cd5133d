//! Finds and reads replies in what a server sent (RFC 5321 §4.2).
//!
//! [`ReplyParser::frame`] is called with everything received so far and says where the first complete reply
//! ends; it remembers how far it looked, so that a server that sends octet by octet costs nothing extra.
//! [`read`] then makes a [`Reply`] of such a frame; callers that need the code only skip it.
//!
//! Tolerant where servers are sloppy (no text, no space, bare LF, octets above 127), strict where a mistake
//! could shift replies to the wrong command: codes that differ within one reply, and anything too long, fail.

use memchr::memchr;

use crate::reply::{EnhancedCode, Reply, ReplyCode};

/// Octets of one line; RFC 5321 §4.5.3.1.5 grants 512, servers with long URLs exceed it.
pub const LINE_LIMIT: usize = 2048;
/// Octets of one reply.
pub const REPLY_LIMIT: usize = 64 * 1024;

/// Why what the server sent is no reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// A line that does not begin with a reply code and a separator.
    #[error("a line of the reply has no reply code: {0:?}")]
    Malformed(String),
    /// Two codes in one reply (RFC 5321 §4.2.1: they must be the same).
    #[error("the lines of one reply have different codes, {first} and {second}")]
    MixedCodes {
        /// The code of the first line.
        first: ReplyCode,
        /// The one that differs.
        second: ReplyCode,
    },
    /// Longer than [`LINE_LIMIT`].
    #[error("a line of the reply is longer than {LINE_LIMIT} octets")]
    LineTooLong,
    /// Longer than [`REPLY_LIMIT`].
    #[error("the reply is longer than {REPLY_LIMIT} octets")]
    ReplyTooLong,
}

/// A complete reply at the start of the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Its code.
    pub code: ReplyCode,
    /// Its octets, with the last line end.
    pub length: usize,
}

/// Looks for the end of a reply; keeps its place between calls.
#[derive(Debug, Default)]
pub struct ReplyParser {
    line_start: usize,
    scanned: usize,
    code: Option<ReplyCode>,
}

impl ReplyParser {
    /// The first reply in `buffer`, or `None` when more octets are needed. Between calls the buffer may only
    /// grow at its end; after a frame the caller takes `length` octets from its front.
    ///
    /// # Errors
    /// [`ReplyError`]; the connection is of no use afterwards.
    pub fn frame(&mut self, buffer: &[u8]) -> Result<Option<Frame>, ReplyError> {
        while let Some(offset) = memchr(b'\n', &buffer[self.scanned..]) {
            let end = self.scanned + offset + 1;
            let line = &buffer[self.line_start..end];
            if line.len() > LINE_LIMIT {
                return Err(ReplyError::LineTooLong);
            }
            let (code, is_last) = read_code(trim_line_end(line))?;
            match self.code {
                Some(first) if first != code => return Err(ReplyError::MixedCodes { first, second: code }),
                _ => self.code = Some(code),
            }
            if is_last {
                *self = Self::default();
                return Ok(Some(Frame { code, length: end }));
            }
            if end > REPLY_LIMIT {
                return Err(ReplyError::ReplyTooLong);
            }
            self.line_start = end;
            self.scanned = end;
        }
        self.scanned = buffer.len();
        if buffer.len() - self.line_start > LINE_LIMIT {
            return Err(ReplyError::LineTooLong);
        }
        Ok(None)
    }
}

/// Reads a frame as a reply with an enhanced code, if it has one whose class fits (RFC 2034 §4).
#[must_use]
pub fn read(code: ReplyCode, frame: &[u8]) -> Reply {
    let mut reply = read_plain(code, frame);
    let class = u64::from(code.get() / 100);
    let fits = |found: &EnhancedCode| u64::from(found.class) == class;
    let Some((enhanced, _)) = EnhancedCode::split(&reply.lines[0]).filter(|(found, _)| fits(found)) else {
        return reply;
    };
    reply.enhanced = Some(enhanced);
    for line in &mut reply.lines {
        if let Some((found, rest)) = EnhancedCode::split(line)
            && found == enhanced
        {
            *line = rest.to_owned();
        }
    }
    reply
}

/// Reads a frame as it is: the greeting and the answers to EHLO and HELO have no enhanced codes (RFC 2034 §3).
#[must_use]
pub fn read_plain(code: ReplyCode, frame: &[u8]) -> Reply {
    let mut lines: Vec<String> = frame
        .split_inclusive(|octet| *octet == b'\n')
        .map(|line| clean(trim_line_end(line).get(4..).unwrap_or_default()))
        .collect();
    if lines.is_empty() {
        lines.push(String::new());
    }
    Reply { code, enhanced: None, lines }
}

fn trim_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The code of a line, and whether it is the last of its reply. `250` alone is one (RFC 5321 §4.2).
fn read_code(line: &[u8]) -> Result<(ReplyCode, bool), ReplyError> {
    let malformed = || ReplyError::Malformed(clean(&line[..line.len().min(80)]));
    let digits =
        line.get(..3).filter(|digits| digits.iter().all(u8::is_ascii_digit)).ok_or_else(malformed)?;
    let number = digits.iter().fold(0, |number, digit| number * 10 + u16::from(digit - b'0'));
    let code = ReplyCode::new(number).ok_or_else(malformed)?;
    match line.get(3) {
        None | Some(b' ') => Ok((code, true)),
        Some(b'-') => Ok((code, false)),
        Some(_) => Err(malformed()),
    }
}

/// Text that may be shown and logged: no control characters, and U+FFFD where it is not UTF-8.
fn clean(text: &[u8]) -> String {
    if text.iter().all(|octet| (b' '..=b'~').contains(octet)) {
        return String::from_utf8_lossy(text).into_owned();
    }
    String::from_utf8_lossy(text).chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(input: &[u8]) -> Result<Vec<Reply>, ReplyError> {
        let (mut parser, mut rest, mut replies) = (ReplyParser::default(), input, Vec::new());
        while let Some(frame) = parser.frame(rest)? {
            replies.push(read(frame.code, &rest[..frame.length]));
            rest = &rest[frame.length..];
        }
        Ok(replies)
    }

    #[test]
    fn reads_pipelined_replies_with_and_without_text() {
        let replies = all(b"250\r\n250 \r\n550-5.1.1 no\r\n550 5.1.1 such user\r\n354 go\n").unwrap();
        let texts: Vec<String> = replies.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["250 ", "250 ", "550 5.1.1 no such user", "354 go"]);
        assert_eq!(replies[2].enhanced, Some(EnhancedCode::new(5, 1, 1)));
    }

    #[test]
    fn an_enhanced_code_of_another_class_is_text() {
        let replies = all(b"550 4.2.2 full\r\n").unwrap();
        assert_eq!((replies[0].enhanced, replies[0].lines[0].as_str()), (None, "4.2.2 full"));
    }

    #[test]
    fn octets_may_come_one_by_one() {
        let wire = b"250-one\r\n250-two\r\n250 three\r\n";
        let mut parser = ReplyParser::default();
        for length in 0..wire.len() {
            assert_eq!(parser.frame(&wire[..length]), Ok(None), "at {length}");
        }
        let frame = parser.frame(wire).unwrap().unwrap();
        assert_eq!(frame.length, wire.len());
    }

    #[test]
    fn refuses_what_could_shift_replies() {
        assert!(matches!(all(b"550-no\r\n551 elsewhere\r\n"), Err(ReplyError::MixedCodes { .. })));
        assert!(matches!(all(b"hello\r\n"), Err(ReplyError::Malformed(_))));
        assert!(matches!(all(b"2500 x\r\n"), Err(ReplyError::Malformed(_))));
        assert!(matches!(all(b"999 x\r\n"), Err(ReplyError::Malformed(_))));
        assert!(matches!(all(b"\r\n"), Err(ReplyError::Malformed(_))));
    }

    #[test]
    fn bombs_are_capped() {
        let long = [b"250 ".as_slice(), &[b'a'; LINE_LIMIT + 1]].concat();
        assert_eq!(all(&long), Err(ReplyError::LineTooLong));
        let endless = b"250-more\r\n".repeat(REPLY_LIMIT / 10 + 2);
        assert_eq!(all(&endless), Err(ReplyError::ReplyTooLong));
    }

    #[test]
    fn text_is_safe_to_show() {
        let replies = all(b"250 a\x1b[2J \xff \xc3\xa4\r\n").unwrap();
        assert_eq!(replies[0].lines[0], "a?[2J \u{fffd} ä");
    }
}
