//! A walk over the parts of a message where they lie (RFC 2046 §5), to a bounded depth and number.

use memchr::memmem;

use super::attachment;
use super::decode::Encoding;
use super::names::harmless;
use super::parameters::Value;
use super::{Finding, Rule};
use crate::header::{HeaderSection, Message};

/// Parts within parts; what people send has four levels, forwarded a few times ten.
const DEPTH: usize = 24;
/// Parts of a message.
const PARTS: usize = 2_000;
/// Octets of a boundary (RFC 2046 §5.1.1: 70).
const BOUNDARY: usize = 200;

/// What the parts of a message have to be told of: at most one finding for a rule.
pub(super) fn walk(section: &HeaderSection<'_>, body: &[u8]) -> Vec<Finding> {
    let mut walk = Walk { parts: 0, findings: Vec::new() };
    walk.entity(section, body, 0);
    walk.findings
}

struct Walk {
    parts: usize,
    findings: Vec<Finding>,
}

impl Walk {
    fn note(&mut self, rule: Rule, what: &str) {
        if !self.findings.iter().any(|finding| finding.rule == rule) {
            self.findings.push(Finding { rule, what: harmless(what) });
        }
    }

    fn part(&mut self, octets: &[u8], depth: usize) {
        let section = Message::split(octets);
        self.entity(&section, section.body(), depth);
    }

    fn entity(&mut self, section: &HeaderSection<'_>, body: &[u8], depth: usize) {
        self.parts += 1;
        if depth > DEPTH || self.parts > PARTS {
            return self.note(Rule::Entangled, "");
        }
        let kind = section.find("Content-Type").map(|field| Value::read(field.value_octets()));
        let word = kind.as_ref().map(|kind| kind.word.as_str()).unwrap_or_default();
        if word.starts_with("multipart/") {
            let boundary = kind.as_ref().and_then(|kind| kind.parameter("boundary"));
            // Without a boundary no reader can tell its parts apart either.
            if let Some(boundary) = boundary.filter(|it| !it.is_empty() && it.len() <= BOUNDARY) {
                self.multipart(body, boundary.as_bytes(), depth);
            }
        } else if matches!(word, "message/rfc822" | "message/global") && encoding(section) == Encoding::None {
            self.part(body, depth + 1);
        } else {
            self.leaf(section, body, kind.as_ref());
        }
    }

    fn multipart(&mut self, body: &[u8], boundary: &[u8], depth: usize) {
        let mut open = None;
        for (start, end, is_last) in delimiters(body, boundary) {
            if let Some(from) = open {
                self.part(&body[from..start], depth + 1);
            }
            if is_last || self.parts > PARTS {
                return;
            }
            open = Some(end);
        }
        // Readers show the last part of a message that was cut off.
        if let Some(from) = open {
            self.part(&body[from..], depth + 1);
        }
    }

    fn leaf(&mut self, section: &HeaderSection<'_>, body: &[u8], kind: Option<&Value>) {
        let disposition = section.find("Content-Disposition").map(|field| Value::read(field.value_octets()));
        let of =
            |value: Option<&Value>, name| value.and_then(|value| value.parameter(name)).map(str::to_owned);
        // Some readers believe the one, some the other.
        let names = [of(disposition.as_ref(), "filename"), of(kind, "name")];
        let names: Vec<String> = names.into_iter().flatten().collect();
        for (rule, what) in attachment::judge(&names, encoding(section), body) {
            self.note(rule, &what);
        }
    }
}

fn encoding(section: &HeaderSection<'_>) -> Encoding {
    let field = section.find("Content-Transfer-Encoding");
    field.map_or(Encoding::None, |field| Encoding::read(&Value::read(field.value_octets()).word))
}

/// The lines that part a multipart body: where each begins and ends, and whether it is the last one.
fn delimiters<'b>(body: &'b [u8], boundary: &[u8]) -> impl Iterator<Item = (usize, usize, bool)> + 'b {
    let needle = [b"--", boundary].concat();
    let places: Vec<usize> = memmem::find_iter(body, &needle).take(PARTS + 1).collect();
    let length = needle.len();
    places.into_iter().filter_map(move |place| {
        let at_line = place == 0 || body[place - 1] == b'\n';
        let rest = &body[place + length..];
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let behind = rest[..end].trim_ascii();
        // White space may stand behind it (RFC 2046 §5.1.1); anything else makes it another boundary.
        let is_last = behind == b"--";
        (at_line && (behind.is_empty() || is_last)).then_some((place, place + length + end, is_last))
    })
}
