//! The octets of a message and what is to be said about them.

use bytes::{Bytes, BytesMut};
use memchr::{memchr, memchr_iter};

use super::long_lines::{LINE_LIMIT, LongLines, is_header_line, shorten_lines};

/// What a message may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentRules {
    /// Octets in all.
    pub size_limit: u64,
    /// Octets of the header section.
    pub header_limit: usize,
    /// What becomes of lines over 998 octets.
    pub long_lines: LongLines,
}

/// Why a message is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContentFault {
    /// A CR or LF that is not half of a CRLF (RFC 5321 §2.3.8).
    #[error("a bare CR or LF")]
    BareLineEnding,
    /// NUL, which neither 7bit nor 8bit content may have (RFC 2045 §2.7, §2.8), and behind which some servers
    /// would see an end of data.
    #[error("a NUL octet")]
    Nul,
    /// More octets than the limit.
    #[error("more octets than the limit")]
    TooLarge,
    /// A header section above the limit.
    #[error("a header section above the limit")]
    HeaderTooLarge,
    /// A line over 998 octets that may not or cannot be broken.
    #[error("a line over 998 octets")]
    LineTooLong,
}

impl ContentFault {
    /// The whole reply.
    #[must_use]
    pub const fn reply(self) -> &'static str {
        match self {
            Self::BareLineEnding => {
                "550 5.6.0 The message has a bare CR or LF; every line must end with CRLF"
            }
            Self::Nul => "550 5.6.0 The message has a NUL octet; send it encoded",
            Self::TooLarge => "552 5.3.4 The message is larger than we accept",
            Self::HeaderTooLarge => "552 5.3.4 The message's header section is larger than we accept",
            Self::LineTooLong => {
                "550 5.6.0 The message has a line over 998 octets (RFC 5321 4.5.3.1.6); \
                 encode the text as quoted-printable or base64"
            }
        }
    }
}

/// Room that is made at first when nothing was declared: a usual message fits.
const FIRST_ROOM: usize = 8 * 1024;
/// Room that a declared size makes at most at once; whoever only claims a size should not cost memory.
const DECLARED_ROOM: u64 = 1024 * 1024;

/// A message that is coming in.
#[derive(Debug)]
pub struct Content {
    rules: ContentRules,
    body: BytesMut,
    /// Octets seen; with `total > size_limit`, nothing is kept any more.
    total: u64,
    /// Octets of the line that is not ended yet.
    line: usize,
    longest_line: usize,
    line_ends: u64,
    carriage_returns: u64,
    ends_with_return: bool,
    bare_newline: bool,
    nul: bool,
    eight_bit: bool,
}

/// A message that is whole and good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedContent {
    /// CRLF-ended lines.
    pub octets: Bytes,
    /// Octets of the longest line, without its CRLF.
    pub longest_line: usize,
    /// True when there are octets above 127.
    pub eight_bit: bool,
}

impl Content {
    /// Prepares for a message, with room for its declared size.
    #[must_use]
    pub fn new(rules: ContentRules, declared_size: Option<u64>) -> Self {
        let room = match declared_size {
            // A little more than declared: some clients do not count as RFC 1870 §5 says.
            Some(size) => usize::try_from(size.min(DECLARED_ROOM)).unwrap_or(FIRST_ROOM) + 256,
            None => FIRST_ROOM,
        };
        Self {
            rules,
            body: BytesMut::with_capacity(room),
            total: 0,
            line: 0,
            longest_line: 0,
            line_ends: 0,
            carriage_returns: 0,
            ends_with_return: false,
            bare_newline: false,
            nul: false,
            eight_bit: false,
        }
    }

    /// Takes the next octets, as they are in the message. The passes over them are few and vectorised; this is
    /// the hot path of the whole server.
    pub fn push(&mut self, span: &[u8]) {
        let Some(last) = span.last() else { return };
        self.total = self.total.saturating_add(span.len() as u64);
        if self.is_too_large() {
            self.body = BytesMut::new();
        } else {
            self.body.extend_from_slice(span);
        }
        self.eight_bit |= !span.is_ascii();
        self.nul |= memchr(0, span).is_some();
        self.carriage_returns += memchr_iter(b'\r', span).count() as u64;
        self.count_lines(span);
        self.ends_with_return = *last == b'\r';
    }

    fn count_lines(&mut self, span: &[u8]) {
        let mut start = 0;
        for newline in memchr_iter(b'\n', span) {
            let after_return = match newline.checked_sub(1) {
                Some(before) => span[before] == b'\r',
                None => self.ends_with_return,
            };
            if after_return {
                // The CR is counted with the line, so one less.
                self.longest_line = self.longest_line.max(self.line + (newline - start) - 1);
                self.line = 0;
                start = newline + 1;
                self.line_ends += 1;
            } else {
                self.bare_newline = true;
            }
        }
        self.line += span.len() - start;
    }

    /// Octets so far.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.total
    }

    /// True before the first octet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    fn is_too_large(&self) -> bool {
        self.total > self.rules.size_limit
    }

    /// The worst that is known so far; a CR at the very end may still become a CRLF.
    #[must_use]
    pub fn fault(&self) -> Option<ContentFault> {
        let pending = u64::from(self.ends_with_return);
        if self.bare_newline || self.carriage_returns != self.line_ends + pending {
            Some(ContentFault::BareLineEnding)
        } else if self.nul {
            Some(ContentFault::Nul)
        } else if self.is_too_large() {
            Some(ContentFault::TooLarge)
        } else {
            None
        }
    }

    /// Ends the message. With BDAT the last line may lack its CRLF; it gets one.
    ///
    /// # Errors
    /// The worst fault.
    pub fn finish(mut self) -> Result<FinishedContent, ContentFault> {
        if self.ends_with_return {
            return Err(ContentFault::BareLineEnding);
        }
        if self.line > 0 {
            self.push(b"\r\n");
        }
        if let Some(fault) = self.fault() {
            return Err(fault);
        }
        if self.body.len() > self.rules.header_limit && !header_fits(&self.body, self.rules.header_limit) {
            return Err(ContentFault::HeaderTooLarge);
        }
        let mut octets = self.body.freeze();
        if self.longest_line > LINE_LIMIT && self.rules.long_lines != LongLines::Keep {
            octets = shorten_lines(&octets, self.rules.long_lines).ok_or(ContentFault::LineTooLong)?.into();
            self.longest_line = LINE_LIMIT;
        }
        Ok(FinishedContent { octets, longest_line: self.longest_line, eight_bit: self.eight_bit })
    }
}

/// True when the header section ends within `limit` octets: at an empty line, or at the first line that is no
/// field, as with text that was sent without any header.
fn header_fits(content: &[u8], limit: usize) -> bool {
    let mut start = 0;
    for newline in memchr_iter(b'\n', content) {
        let line = &content[start..newline];
        if line == b"\r" || !is_header_line(line) {
            return start <= limit;
        }
        start = newline + 1;
        if start > limit {
            return false;
        }
    }
    true
}
