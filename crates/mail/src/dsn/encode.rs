//! The encodings that a notice needs: quoted-printable, encoded words, xtext, and line wrapping for people.

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Quoted-printable of a text with LF line ends (RFC 2045 §6.7).
pub(super) fn quoted_printable(text: &str, out: &mut Vec<u8>) {
    for line in text.split('\n') {
        quoted_line(line.as_bytes(), out);
        out.extend_from_slice(b"\r\n");
    }
}

fn quoted_line(line: &[u8], out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut column = 0;
    for (position, &octet) in line.iter().enumerate() {
        let last = position + 1 == line.len();
        let plain = match octet {
            b' ' | b'\t' => !last,
            // A dot at the start of a line survives everywhere, but costs some servers a stuffing error.
            b'.' => column > 0,
            33..=126 => octet != b'=',
            _ => false,
        };
        let width = if plain { 1 } else { 3 };
        // 76 characters with the soft line break's own (RFC 2045 §6.7 rule 5).
        if column + width > if last { 76 } else { 75 } {
            out.extend_from_slice(b"=\r\n");
            column = 0;
        }
        if plain {
            out.push(octet);
        } else {
            out.extend_from_slice(&[b'=', HEX[usize::from(octet >> 4)], HEX[usize::from(octet & 15)]]);
        }
        column += width;
    }
}

/// Base64 in lines of 76 characters (RFC 2045 §6.8).
pub(super) fn base64_lines(octets: &[u8], out: &mut Vec<u8>) {
    for chunk in octets.chunks(57) {
        out.extend_from_slice(STANDARD.encode(chunk).as_bytes());
        out.extend_from_slice(b"\r\n");
    }
}

/// An unstructured field's value: as it is when that is ASCII, else in encoded words (RFC 2047), folded.
pub(super) fn unstructured(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.is_ascii() {
        return fold(&text, 60);
    }
    let mut words = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        // 45 octets become 60 characters, 72 with the frame; 75 is the limit (RFC 2047 §2).
        let end = rest.floor_char_boundary(45);
        words.push(format!("=?utf-8?B?{}?=", STANDARD.encode(&rest[..end])));
        rest = &rest[end..];
    }
    words.join("\r\n ")
}

/// One line of a field's value, which is folded where it is: as [`unstructured`], but an ASCII one is left as it is.
pub(crate) fn unstructured_line(line: &str) -> String {
    let is_plain = line.bytes().all(|octet| octet == b'\t' || (32..127).contains(&octet));
    if is_plain { line.to_owned() } else { unstructured(line) }
}

/// Folds at spaces so that lines pass `width` only where there is no space (RFC 5322 §2.2.3).
pub(super) fn fold(text: &str, width: usize) -> String {
    wrap(text, width).join("\r\n ")
}

/// The lines of a text, broken at spaces.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut length = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let word_length = word.chars().count();
        if length > 0 && length + 1 + word_length > width {
            lines.push(std::mem::take(&mut line));
            length = 0;
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        line.push_str(word);
        length += word_length;
    }
    lines.push(line);
    lines
}

/// Undoes xtext (RFC 3461 §4): `+2B` is `+`. What is malformed stays; control characters become `?`, so that the
/// result fits on one line of a field.
pub(super) fn from_xtext(text: &str) -> String {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let pair = tail.get(..2).filter(|_| first == b'+').and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(octet) => {
                octets.push(octet);
                rest = &tail[2..];
            }
            None => {
                octets.push(first);
                rest = tail;
            }
        }
    }
    one_line(&String::from_utf8_lossy(&octets))
}

/// Without characters that end lines.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// `utf-8-addr-xtext` (RFC 6533 §3): everything beyond printable ASCII, and the characters that would be mistaken,
/// as `\x{HEX}`.
pub(super) fn utf8_address(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if matches!(character, '!'..='~') && !matches!(character, '+' | '=' | '\\') {
            encoded.push(character);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "\\x{{{:X}}}", u32::from(character));
        }
    }
    encoded
}
