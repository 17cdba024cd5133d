//! The parts of a mail that may hold a report: gzip, zip, or XML as it is (RFC 9990 §3.5.1, RFC 7489 §7.2.1.1).
//!
//! A reader of MIME (RFC 2045, RFC 2046) that copies nothing but what it decodes, and that has limits: levels of
//! `multipart`, parts, octets of a part's header section, candidates. What goes beyond one is not looked at. Types and
//! names of parts are often wrong, so the first octets say what a part is.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::memmem;

use crate::header::Message;

/// `multipart` within `multipart`.
const LEVELS: usize = 4;
/// Parts of all levels together.
const PARTS: usize = 64;
/// Parts that may be unpacked: a report mail has one.
const CANDIDATES: usize = 3;
/// Octets of the header section of a part.
const HEADERS: usize = 16 << 10;
/// Octets of the header section of the mail.
const MAIL_HEADERS: usize = 256 << 10;

/// Mail that came padded in unusual ways is read all the same.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Octets of a part that tell what it is.
const BEGINNING: usize = 1024;

/// The contents of parts that look like a report, decoded one by one, in order.
pub fn candidates(mail: &[u8]) -> impl Iterator<Item = Cow<'_, [u8]>> {
    parts(mail).into_iter().map(|part| decode(part.body, &part.encoding))
}

/// Whether there is one.
#[must_use]
pub fn is_candidate(mail: &[u8]) -> bool {
    !parts(mail).is_empty()
}

fn parts(mail: &[u8]) -> Vec<Entity<'_>> {
    let mut found = Vec::new();
    let mut left = PARTS;
    walk(mail, 0, &mut left, &mut found);
    found
}

fn walk<'a>(part: &'a [u8], level: usize, left: &mut usize, found: &mut Vec<Entity<'a>>) {
    if *left == 0 || found.len() == CANDIDATES {
        return;
    }
    *left -= 1;
    let limit = if level == 0 { MAIL_HEADERS } else { HEADERS };
    let Some(entity) = entity(part, limit) else { return };
    let Entity { content_type, encoding, body } = &entity;
    if is_type(content_type, "multipart/") {
        let boundary = parameter(content_type, "boundary").filter(|_| level < LEVELS);
        // RFC 2046 §5.1.1: 1 to 70 octets.
        if let Some(boundary) = boundary.filter(|it| (1..=70).contains(&it.len())) {
            for part in Sections::new(body, &boundary) {
                walk(part, level + 1, left, found);
            }
        }
        return;
    }
    // Reports about single messages, bounces and forwarded mail hold mail, and are none (RFC 5965, RFC 3464).
    if is_type(content_type, "message/") || is_type(content_type, "image/") {
        return;
    }
    let beginning = &body[..body.len().min(BEGINNING)];
    if looks_like_a_report(&decode(beginning, encoding)) {
        found.push(entity);
    }
}

/// What counts of a part.
struct Entity<'a> {
    content_type: String,
    encoding: String,
    body: &'a [u8],
}

/// `None` where the header section is larger than it may be.
fn entity(part: &[u8], limit: usize) -> Option<Entity<'_>> {
    if part.starts_with(b"\r\n") || part.starts_with(b"\n") {
        let body = &part[if part[0] == b'\r' { 2 } else { 1 }..];
        return Some(Entity { content_type: String::new(), encoding: String::new(), body });
    }
    let blank = [memmem::find(part, b"\n\r\n"), memmem::find(part, b"\n\n")].into_iter().flatten().min();
    let headers = blank.map_or(part, |at| &part[..=at]);
    if headers.len() > limit {
        return None;
    }
    let section = Message::split(headers);
    let value = |name: &str| section.find(name).map(|field| field.text().into_owned()).unwrap_or_default();
    let body = blank.map_or(&part[part.len()..], |at| {
        let rest = &part[at + 1..];
        &rest[if rest.starts_with(b"\r") { 2 } else { 1 }..]
    });
    Some(Entity { content_type: value("Content-Type"), encoding: value("Content-Transfer-Encoding"), body })
}

fn is_type(content_type: &str, start: &str) -> bool {
    let octets = content_type.as_bytes();
    octets.get(..start.len()).is_some_and(|it| it.eq_ignore_ascii_case(start.as_bytes()))
}

/// A parameter of `Content-Type` (RFC 2045 §5.1). Continuations (RFC 2231) do not occur in a boundary.
fn parameter(content_type: &str, name: &str) -> Option<String> {
    let mut rest = content_type;
    loop {
        rest = rest[rest.find(';')? + 1..].trim_start();
        let (key, value) = rest.split_once('=')?;
        let value = value.trim_start();
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => unquoted(quoted)?,
            None => {
                let end = value.find([';', ' ', '\t']).unwrap_or(value.len());
                (value[..end].to_owned(), &value[end..])
            }
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = after;
    }
}

/// The quoted string whose first quotation mark is gone, and what follows it.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

/// The parts of a `multipart` body: what lies between the lines that are its delimiters.
struct Sections<'a> {
    rest: Option<&'a [u8]>,
    delimiter: Vec<u8>,
}

impl<'a> Sections<'a> {
    fn new(body: &'a [u8], boundary: &str) -> Self {
        let delimiter = [b"--", boundary.as_bytes()].concat();
        let mut sections = Self { rest: Some(body), delimiter };
        // The preamble is no part.
        sections.next();
        sections
    }
}

impl<'a> Iterator for Sections<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest.take()?;
        let mut from = 0;
        while let Some(found) = memmem::find(&rest[from..], &self.delimiter) {
            let at = from + found;
            let behind = &rest[at + self.delimiter.len()..];
            from = at + self.delimiter.len();
            if at > 0 && rest[at - 1] != b'\n' {
                continue;
            }
            // Another boundary may begin with this one.
            if !behind.is_empty()
                && !behind.starts_with(b"--")
                && !behind.starts_with(b"\r")
                && behind[0] != b'\n'
                && !behind.starts_with(b" ")
                && !behind.starts_with(b"\t")
            {
                continue;
            }
            if !behind.starts_with(b"--") {
                let line = memchr::memchr(b'\n', behind).map_or(behind.len(), |end| end + 1);
                self.rest = Some(&behind[line..]);
            }
            return Some(&rest[..at]);
        }
        // A mail that was cut off: its last part is what there is.
        Some(rest)
    }
}

fn decode<'a>(body: &'a [u8], encoding: &str) -> Cow<'a, [u8]> {
    let encoding = encoding.split([' ', ';', '(']).next().unwrap_or_default();
    if encoding.eq_ignore_ascii_case("base64") {
        let kept: Vec<u8> = body
            .iter()
            .copied()
            .filter(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/'))
            .collect();
        // An odd letter at the end is what a cut has left.
        let whole = if kept.len() % 4 == 1 { kept.len() - 1 } else { kept.len() };
        return Cow::Owned(BASE64.decode(&kept[..whole]).unwrap_or_default());
    }
    if encoding.eq_ignore_ascii_case("quoted-printable") {
        return Cow::Owned(quoted_printable(body));
    }
    Cow::Borrowed(body)
}

/// RFC 2045 §6.7; what is no escape stays as it is.
fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let digit = |octet: Option<&u8>| octet.and_then(|octet| char::from(*octet).to_digit(16));
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while let Some(octet) = body.get(at) {
        let rest = &body[at + 1..];
        match (octet, digit(rest.first()), digit(rest.get(1))) {
            (b'=', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or_default());
                at += 3;
            }
            (b'=', ..) if rest.starts_with(b"\r\n") => at += 3,
            (b'=', ..) if rest.starts_with(b"\n") => at += 2,
            _ => {
                out.push(*octet);
                at += 1;
            }
        }
    }
    out
}

fn looks_like_a_report(content: &[u8]) -> bool {
    let text = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content).trim_ascii_start();
    super::unpack::may_hold_one(content) || text.starts_with(b"<?xml") || text.starts_with(b"<feedback")
}
