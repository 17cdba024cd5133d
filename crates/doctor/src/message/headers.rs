//! The header section and the lines of a message as RFC 5322 wants them.

use super::Letter;
use crate::checks::{Finding, Kind};

/// A line's octets without its end (RFC 5322 §2.1.1).
const LINE_LIMIT: usize = 998;
const DAY: u64 = 86_400;
/// Older than this a message counts as out of date.
const OLD: u64 = 7 * DAY;
/// Fields of which there is one at most (RFC 5322 §3.6).
const ONCE: [&str; 13] = [
    "Date",
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Subject",
    "MIME-Version",
    "Content-Type",
];

static GOOD: Kind = Kind::ok("message.headers-good");
static NO_HEADER_END: Kind = Kind::error("message.header-broken", "RFC 5322 §2.1");
static DATE_MISSING: Kind = Kind::error("message.date-missing", "RFC 5322 §3.6.1");
static DATE_WRONG: Kind = Kind::warning("message.date-wrong", "RFC 5322 §3.3");
static FROM_MISSING: Kind = Kind::error("message.from-missing", "RFC 5322 §3.6.2");
static FROM_BROKEN: Kind = Kind::error("message.from-broken", "RFC 5322 §3.4");
static FROM_SEVERAL: Kind = Kind::warning("message.from-several", "RFC 5322 §3.6.2");
static SENDER_MISSING: Kind = Kind::error("message.sender-missing", "RFC 5322 §3.6.2");
static DUPLICATE: Kind = Kind::error("message.duplicate", "RFC 5322 §3.6");
static ID_MISSING: Kind = Kind::warning("message.id-missing", "RFC 5322 §3.6.4");
static ID_BROKEN: Kind = Kind::warning("message.id-broken", "RFC 5322 §3.6.4");
static LONG_LINE: Kind = Kind::error("message.line-too-long", "RFC 5322 §2.1.1");
static BARE: Kind = Kind::error("message.bare-line-end", "RFC 5321 §2.3.8");
static EIGHT_BIT_HEADER: Kind = Kind::warning("message.eight-bit-header", "RFC 5322 §2.2");
static EIGHT_BIT_BODY: Kind = Kind::warning("message.eight-bit-body", "RFC 2045 §6.2");

/// See the head of this file.
pub(super) static KINDS: &[&Kind] = &[
    &GOOD,
    &NO_HEADER_END,
    &DATE_MISSING,
    &DATE_WRONG,
    &FROM_MISSING,
    &FROM_BROKEN,
    &FROM_SEVERAL,
    &SENDER_MISSING,
    &DUPLICATE,
    &ID_MISSING,
    &ID_BROKEN,
    &LONG_LINE,
    &BARE,
    &EIGHT_BIT_HEADER,
    &EIGHT_BIT_BODY,
];

pub(super) fn judge(letter: &Letter<'_>, now: u64) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    if !letter.section.has_blank_line() && letter.section.end < letter.octets.len() {
        let line = first_line(&letter.octets[letter.section.end..]);
        found.push(Finding::new(&NO_HEADER_END, "header").seen(line));
    }
    found.extend(date(letter, now));
    found.extend(author(letter));
    found.extend(ONCE.iter().filter_map(|name| {
        let count = letter.section.count(name);
        let fields = letter.section.all(name).map(|field| format!("{}: {}", field.name, field.text()));
        let finding = Finding::new(&DUPLICATE, name).with_number("count", count as u64);
        (count > 1).then(|| fields.fold(finding, Finding::seen))
    }));
    found.extend(identifier(letter));
    found.extend(lines(letter));
    found.extend(eight_bit(letter));
    if found.is_empty() {
        found.push(Finding::new(&GOOD, "header"));
    }
    found
}

fn first_line(octets: &[u8]) -> String {
    let end = octets.iter().position(|octet| *octet == b'\n').unwrap_or(octets.len());
    String::from_utf8_lossy(&octets[..end.min(200)]).trim_end().to_owned()
}

fn date(letter: &Letter<'_>, now: u64) -> Option<Finding> {
    let Some(field) = letter.section.find("Date") else { return Some(Finding::new(&DATE_MISSING, "Date")) };
    let text = field.text();
    let read = letter.mime.as_ref().and_then(|mime| mime.date()).filter(|date| date.is_valid());
    let time = read.and_then(|date| u64::try_from(date.to_timestamp()).ok());
    let fits = time.is_some_and(|time| time <= now + DAY && time + OLD >= now);
    (!fits).then(|| Finding::new(&DATE_WRONG, &text).seen(format!("Date: {text}")))
}

fn author(letter: &Letter<'_>) -> Vec<Finding> {
    let Some(field) = letter.section.find("From") else { return vec![Finding::new(&FROM_MISSING, "From")] };
    let from = letter.section.addresses("From");
    let seen = format!("From: {}", field.text());
    if from.addresses.is_empty() || from.malformed > 0 || !from.posing.is_empty() {
        return vec![Finding::new(&FROM_BROKEN, "From").seen(seen)];
    }
    let mut found = Vec::new();
    if from.addresses.len() > 1 {
        let count = from.addresses.len() as u64;
        found.push(Finding::new(&FROM_SEVERAL, "From").with_number("count", count).seen(&seen));
        if letter.section.find("Sender").is_none() {
            found.push(Finding::new(&SENDER_MISSING, "Sender").seen(seen));
        }
    }
    found
}

fn identifier(letter: &Letter<'_>) -> Option<Finding> {
    let Some(field) = letter.section.find("Message-ID") else {
        return Some(Finding::new(&ID_MISSING, "Message-ID"));
    };
    let known = postamt_mail::header::message_id(field.value_octets());
    let is_whole = known.is_some_and(|id| {
        let inside = id.trim_matches(['<', '>']);
        inside.split_once('@').is_some_and(|(left, right)| !left.is_empty() && !right.is_empty())
    });
    let seen = format!("Message-ID: {}", field.text());
    (!is_whole).then(|| Finding::new(&ID_BROKEN, "Message-ID").seen(seen))
}

fn lines(letter: &Letter<'_>) -> Vec<Finding> {
    let (mut longest, mut long, mut bare, mut number, mut first_bare) = (0, 0_u64, 0_u64, 0_u64, 0);
    for line in letter.octets.split_inclusive(|octet| *octet == b'\n') {
        number += 1;
        let text = line.strip_suffix(b"\n").map_or(line, |text| text.strip_suffix(b"\r").unwrap_or(text));
        if text.len() > LINE_LIMIT {
            long += 1;
            longest = longest.max(text.len());
        }
        let lone_feed = line.ends_with(b"\n") && !line.ends_with(b"\r\n");
        if lone_feed || text.contains(&b'\r') {
            bare += 1;
            first_bare = if first_bare == 0 { number } else { first_bare };
        }
    }
    let mut found = Vec::new();
    if long > 0 {
        let finding = Finding::new(&LONG_LINE, "lines").with_number("count", long);
        found.push(finding.with_number("longest", longest as u64));
    }
    if bare > 0 {
        found.push(Finding::new(&BARE, "lines").with_number("count", bare).with_number("line", first_bare));
    }
    found
}

/// Octets above 127: in the header they need SMTPUTF8, in the body a declaration.
fn eight_bit(letter: &Letter<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let fields = || letter.section.fields.iter().filter(|field| !field.octets().is_ascii());
    let names: Vec<&str> = fields().map(|field| field.name).collect();
    if !names.is_empty() {
        let finding = Finding::new(&EIGHT_BIT_HEADER, names.join(", "));
        let lines = fields().map(|field| format!("{}: {}", field.name, field.text()));
        found.push(lines.fold(finding, Finding::seen));
    }
    let declared = letter.section.find("MIME-Version").is_some()
        && letter.mime.as_ref().is_none_or(|mime| mime.parts.iter().all(|part| is_declared(letter, part)));
    if !letter.section.body().is_ascii() && !declared {
        found.push(Finding::new(&EIGHT_BIT_BODY, "body"));
    }
    found
}

/// Whether a part with octets above 127 says so (`8bit` or `binary`); a part that holds others leaves it to them.
fn is_declared(letter: &Letter<'_>, part: &mail_parser::MessagePart<'_>) -> bool {
    let range = part.raw_body_offset() as usize..part.raw_end_offset() as usize;
    let is_plain = letter.octets.get(range).is_none_or(<[u8]>::is_ascii);
    let holds_others = part.is_multipart() || part.is_message();
    let encoding =
        part.headers.iter().find(|header| header.name().eq_ignore_ascii_case("Content-Transfer-Encoding"));
    let encoding = encoding.and_then(|header| header.value().as_text()).unwrap_or_default();
    is_plain
        || holds_others
        || encoding.eq_ignore_ascii_case("8bit")
        || encoding.eq_ignore_ascii_case("binary")
}
