//! Canonical forms (RFC 6376 §3.4): what is hashed instead of the message, so that small changes on the way do no
//! harm.
//!
//! [`RelaxedBody`] is a small machine that takes the body in slices of any size and passes on slices as large as it
//! can: lines without anything to change go through untouched and together. The functions for whole messages serve
//! the tests and the comparison with other software. Only CRLF is a line end here; a CR or LF alone, which never
//! gets into our queue, is an octet like any other. Nothing here can fail.

use memchr::memchr;
use postamt_mail::header::Message;

/// `relaxed` for bodies (RFC 6376 §3.4.4), in slices.
#[derive(Debug, Clone, Default)]
pub struct RelaxedBody {
    /// Line ends seen and not yet passed on: at the end of the body they do not count.
    breaks: usize,
    /// White space seen and not yet passed on: at the end of a line it does not count.
    space: bool,
    /// A CR seen whose LF may follow in the next slice.
    carriage_return: bool,
    /// Something of the current line has been passed on.
    in_line: bool,
    /// Something at all has been passed on.
    started: bool,
}

/// Many line ends, to pass on as many at once.
const LINE_ENDS: [u8; 64] = {
    let mut text = [b'\r'; 64];
    let mut position = 1;
    while position < text.len() {
        text[position] = b'\n';
        position += 2;
    }
    text
};

impl RelaxedBody {
    /// Takes the next octets of the body; `sink` gets those of the canonical form.
    pub fn update(&mut self, mut octets: &[u8], sink: &mut impl FnMut(&[u8])) {
        while !octets.is_empty() {
            if !self.in_line && !self.space && !self.carriage_return {
                let clean = CleanLines::measure(octets);
                if clean.text > 0 {
                    self.pass(&octets[..clean.text], sink);
                    self.in_line = false;
                }
                self.breaks += clean.breaks;
                octets = &octets[clean.total..];
            }
            let line = memchr(b'\n', octets).map_or(octets.len(), |end| end + 1);
            self.careful(&octets[..line], sink);
            octets = &octets[line..];
        }
    }

    /// The end of the body: one that has any text ends with exactly one line end, any other is empty.
    pub fn finish(mut self, sink: &mut impl FnMut(&[u8])) {
        if self.carriage_return {
            self.pass(b"\r", sink);
        }
        // White space behind the last line end is no end of a line: it becomes one space (so read all
        // implementations compared with; our own messages always end with CRLF).
        if self.space {
            self.pass(b"", sink);
        }
        if self.started {
            sink(b"\r\n");
        }
    }

    /// A part of one line, word by word.
    fn careful(&mut self, octets: &[u8], sink: &mut impl FnMut(&[u8])) {
        let mut position = 0;
        while position < octets.len() {
            let octet = octets[position];
            if std::mem::take(&mut self.carriage_return) {
                if octet == b'\n' {
                    self.end_line();
                    position += 1;
                    continue;
                }
                self.pass(b"\r", sink);
            }
            match octet {
                b'\r' => self.carriage_return = true,
                b' ' | b'\t' => self.space = true,
                _ => {
                    let rest = &octets[position..];
                    let word = rest.iter().position(|b| matches!(b, b' ' | b'\t' | b'\r'));
                    let word = word.unwrap_or(rest.len());
                    self.pass(&rest[..word], sink);
                    position += word;
                    continue;
                }
            }
            position += 1;
        }
    }

    fn end_line(&mut self) {
        self.space = false;
        self.in_line = false;
        self.breaks += 1;
    }

    fn pass(&mut self, text: &[u8], sink: &mut impl FnMut(&[u8])) {
        let mut left = self.breaks * 2;
        while left > 0 {
            let length = left.min(LINE_ENDS.len());
            sink(&LINE_ENDS[..length]);
            left -= length;
        }
        self.breaks = 0;
        if std::mem::take(&mut self.space) {
            sink(b" ");
        }
        self.in_line = true;
        self.started = true;
        sink(text);
    }
}

/// How far whole lines go in which nothing is to be changed.
struct CleanLines {
    /// Up to the last octet of text.
    text: usize,
    /// The line ends behind it.
    breaks: usize,
    /// Text and line ends.
    total: usize,
}

impl CleanLines {
    fn measure(octets: &[u8]) -> Self {
        let mut clean = Self { text: 0, breaks: 0, total: 0 };
        while let Some(length) = memchr(b'\n', &octets[clean.total..]) {
            let end = clean.total + length;
            let Some(line) = octets[clean.total..end].strip_suffix(b"\r") else { break };
            if line.is_empty() {
                clean.breaks += 1;
            } else if is_clean(line) {
                clean.text = end - 1;
                clean.breaks = 1;
            } else {
                break;
            }
            clean.total = end + 1;
        }
        clean
    }
}

/// No tab, no two spaces together, no space at the end. Without early exit, so that it becomes vector code.
fn is_clean(line: &[u8]) -> bool {
    let tabs = line.iter().fold(false, |found, b| found | (*b == b'\t'));
    let pairs = line.iter().zip(&line[1..]);
    let doubles = pairs.fold(false, |found, (a, b)| found | ((*a == b' ') & (*b == b' ')));
    !tabs && !doubles && line.last() != Some(&b' ')
}

/// `relaxed` for one field (RFC 6376 §3.4.2), its line end included.
pub fn relaxed_field(name: &str, value: &[u8], out: &mut Vec<u8>) {
    out.extend(name.bytes().map(|b| b.to_ascii_lowercase()));
    out.push(b':');
    let start = out.len();
    let mut space = false;
    for &octet in value {
        match octet {
            b'\r' | b'\n' => {}
            b' ' | b'\t' => space = true,
            _ => {
                if std::mem::take(&mut space) && out.len() > start {
                    out.push(b' ');
                }
                out.push(octet);
            }
        }
    }
    out.extend_from_slice(b"\r\n");
}

/// `relaxed` for a whole header section, in the order of the message.
#[must_use]
pub fn relaxed_headers(content: &[u8]) -> Vec<u8> {
    let section = Message::split(content);
    let mut out = Vec::with_capacity(section.end);
    for field in &section.fields {
        relaxed_field(field.name, field.value_octets(), &mut out);
    }
    out
}

/// `relaxed` for a whole body.
#[must_use]
pub fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 2);
    let mut machine = RelaxedBody::default();
    machine.update(body, &mut |octets| out.extend_from_slice(octets));
    machine.finish(&mut |octets| out.extend_from_slice(octets));
    out
}

/// `simple` for a whole body (RFC 6376 §3.4.3): one line end at the end, also of an empty body. (`simple` for
/// header fields changes nothing.)
#[must_use]
pub fn simple_body(body: &[u8]) -> Vec<u8> {
    let mut text = body;
    while let Some(rest) = text.strip_suffix(b"\r\n") {
        text = rest;
    }
    [text, b"\r\n"].concat()
}
