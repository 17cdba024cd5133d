//! Lines over 998 octets (RFC 5321 §4.5.3.1.6, RFC 5322 §2.1.1). Sent onward they get a message refused or
//! broken at random, and a break behind our signature breaks that too. So they are dealt with on the way in:
//!
//! * long header lines of a submission are folded at white space, which changes nothing (RFC 5322 §2.2.3);
//! * long body lines from the network are refused, with words that tell the program's author what to do: a
//!   break inside HTML or a URL would damage what the reader sees;
//! * long body lines of a local program (`sendmail`, as used by cron) are broken, since there nobody would see
//!   the refusal;
//! * a message that we only hand on to our own people is left as it came.

use memchr::memchr_iter;

/// Octets of a line without its CRLF.
pub const LINE_LIMIT: usize = 998;

/// What becomes of lines over [`LINE_LIMIT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LongLines {
    /// They stay.
    Keep,
    /// Header lines are folded; a body line gets the message refused.
    Refuse,
    /// Header lines are folded, body lines broken.
    Break,
}

/// Returns the content without lines over [`LINE_LIMIT`], or `None` where that may not or cannot be.
#[must_use]
pub fn shorten_lines(content: &[u8], rule: LongLines) -> Option<Vec<u8>> {
    let mut shortened = Vec::with_capacity(content.len() + content.len() / 256 + 16);
    let mut in_header = true;
    let mut start = 0;
    for newline in memchr_iter(b'\n', content) {
        let line = content[start..newline].strip_suffix(b"\r").unwrap_or(&content[start..newline]);
        in_header = in_header && is_header_line(line);
        if line.len() <= LINE_LIMIT {
            shortened.extend_from_slice(&content[start..=newline]);
        } else if in_header {
            fold_field(line, &mut shortened)?;
        } else if rule == LongLines::Break {
            break_line(line, &mut shortened);
        } else {
            return None;
        }
        start = newline + 1;
    }
    Some(shortened)
}

/// True for a field's first line or its continuation (RFC 5322 §2.2); the CR may still be there.
pub(super) fn is_header_line(line: &[u8]) -> bool {
    match line.first() {
        Some(b' ' | b'\t') => true,
        Some(_) => {
            let name = line.iter().position(|byte| !byte.is_ascii_graphic() || *byte == b':');
            // White space between name and colon is obsolete, but is read (RFC 5322 §4.5).
            name.is_some_and(|end| end > 0 && line[end..].trim_ascii_start().first() == Some(&b':'))
        }
        None => false,
    }
}

/// Folds before white space, the last that fits, and never so that a line of white space alone appears
/// (RFC 5322 §3.2.2).
fn fold_field(line: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut rest = line;
    while rest.len() > LINE_LIMIT {
        let first_text = rest.iter().position(|byte| !is_blank(*byte)).unwrap_or(rest.len());
        let fold = (first_text + 1..=LINE_LIMIT).rev().find(|at| is_blank(rest[*at]))?;
        // Nothing but white space behind it belongs to this line.
        if rest[fold..].iter().all(|byte| is_blank(*byte)) {
            rest = &rest[..fold];
            break;
        }
        out.extend_from_slice(&rest[..fold]);
        out.extend_from_slice(b"\r\n");
        rest = &rest[fold..];
    }
    out.extend_from_slice(rest);
    out.extend_from_slice(b"\r\n");
    Some(())
}

/// Breaks behind the last blank that fits, else anywhere but inside a UTF-8 sequence.
fn break_line(line: &[u8], out: &mut Vec<u8>) {
    let mut rest = line;
    while rest.len() > LINE_LIMIT {
        let blank = rest[..LINE_LIMIT].iter().rposition(|byte| is_blank(*byte)).map(|at| at + 1);
        let character = (LINE_LIMIT - 3..=LINE_LIMIT).rev().find(|at| rest[*at] & 0xC0 != 0x80);
        let at = blank.filter(|at| *at > LINE_LIMIT / 2).or(character).unwrap_or(LINE_LIMIT);
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(b"\r\n");
        rest = &rest[at..];
    }
    out.extend_from_slice(rest);
    out.extend_from_slice(b"\r\n");
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}
