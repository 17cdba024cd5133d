//! The values of `Content-Type` and its like: a word and parameters (RFC 2045 §5.1), those in pieces and with a charset
//! (RFC 2231), and encoded words in names, where they are not allowed but usual (RFC 2047 §5).
//!
//! Reading cannot fail. What is broken gives what a tolerant reader would make of it, since a tolerant reader is who
//! opens the attachment.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Base64 as readers take it: padding or none.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Octets of a value that are read.
const VALUE_LIMIT: usize = 16 * 1024;
/// Parameters that are read.
const PARAMETERS: usize = 100;

/// A value and its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Value {
    /// The word in front, in lower case: `text/plain`, `attachment`, `base64`.
    pub(super) word: String,
    parameters: Vec<(String, String)>,
}

impl Value {
    pub(super) fn read(octets: &[u8]) -> Self {
        let octets = &octets[..octets.len().min(VALUE_LIMIT)];
        let mut pieces = pieces(octets).into_iter();
        let word = pieces.next().unwrap_or_default();
        let word = String::from_utf8_lossy(&word).trim().to_ascii_lowercase();
        let mut raw: Vec<(String, Vec<u8>)> = Vec::new();
        for piece in pieces.take(PARAMETERS) {
            let Some(equals) = memchr::memchr(b'=', &piece) else { continue };
            let name = String::from_utf8_lossy(&piece[..equals]).trim().to_ascii_lowercase();
            raw.push((name, piece[equals + 1..].trim_ascii().to_vec()));
        }
        Self { word, parameters: joined(raw) }
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Cuts at semicolons outside of quotes and comments; quotes, comments and folding are gone from the pieces.
fn pieces(octets: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces = vec![Vec::new()];
    let (mut quoted, mut depth) = (false, 0_usize);
    let mut octets = octets.iter().copied();
    while let Some(octet) = octets.next() {
        let Some(piece) = pieces.last_mut() else { break };
        match octet {
            b'\r' | b'\n' => {}
            b'\\' if quoted || depth > 0 => {
                let next = octets.next();
                if depth == 0 {
                    piece.extend(next);
                }
            }
            b'"' if depth == 0 => quoted = !quoted,
            _ if quoted => piece.push(octet),
            b'(' => depth += 1,
            b')' if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            b';' => pieces.push(Vec::new()),
            _ => piece.push(octet),
        }
    }
    pieces
}

/// Puts together what RFC 2231 cut in pieces (`name*0`, `name*1*` …) and decodes it.
fn joined(raw: Vec<(String, Vec<u8>)>) -> Vec<(String, String)> {
    let mut parameters: Vec<(String, String)> = Vec::new();
    let mut sections: Vec<(String, u32, bool, Vec<u8>)> = Vec::new();
    for (name, value) in raw {
        let Some((base, rest)) = name.split_once('*') else {
            parameters.push((name, with_words(&value)));
            continue;
        };
        let is_encoded = rest.is_empty() || rest.ends_with('*');
        let number = rest.trim_end_matches('*').parse().unwrap_or(0);
        sections.push((base.to_owned(), number, is_encoded, value));
    }
    sections.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    for group in sections.chunk_by(|a, b| a.0 == b.0) {
        let mut octets = Vec::new();
        let mut charset = Vec::new();
        for (index, (_, _, is_encoded, value)) in group.iter().enumerate() {
            let mut value = value.as_slice();
            if *is_encoded && index == 0 {
                // charset'language'text
                let mut parts = value.splitn(3, |octet| *octet == b'\'');
                if let (Some(name), Some(_), Some(text)) = (parts.next(), parts.next(), parts.next()) {
                    charset = name.to_vec();
                    value = text;
                }
            }
            octets.extend(if *is_encoded { unescaped(value, b'%') } else { value.to_vec() });
        }
        // It comes before the plain form, which is there for older readers (RFC 6266 §4.3 for the web; mail readers too).
        parameters.insert(0, (group[0].0.clone(), text(&charset, &octets)));
    }
    parameters
}

/// `%41` or `=41`.
pub(super) fn unescaped(value: &[u8], escape: u8) -> Vec<u8> {
    let digit = |octet: Option<&u8>| octet.and_then(|octet| char::from(*octet).to_digit(16));
    let mut octets = Vec::with_capacity(value.len());
    let mut place = 0;
    while place < value.len() {
        let code = (value[place] == escape)
            .then(|| Some(digit(value.get(place + 1))? * 16 + digit(value.get(place + 2))?))
            .flatten();
        match code.and_then(|code| u8::try_from(code).ok()) {
            Some(code) => {
                octets.push(code);
                place += 3;
            }
            None => {
                octets.push(value[place]);
                place += 1;
            }
        }
    }
    octets
}

/// Only the ASCII of a name decides over its ending, so all other charsets are read as UTF-8 or, failing that, as
/// Latin-1; UTF-16 alone hides it.
fn text(charset: &[u8], octets: &[u8]) -> String {
    if charset.len() >= 6 && charset[..6].eq_ignore_ascii_case(b"utf-16") {
        let units = octets.chunks_exact(2).map(|pair| match pair {
            [0, low] => u16::from(*low),
            [low, high] => u16::from_le_bytes([*low, *high]),
            _ => 0,
        });
        return char::decode_utf16(units).map(|unit| unit.unwrap_or('?')).collect();
    }
    match std::str::from_utf8(octets) {
        Ok(text) => text.to_owned(),
        Err(_) => octets.iter().map(|octet| char::from(*octet)).collect(),
    }
}

/// A value with encoded words in it (RFC 2047 §2): `=?charset?B?…?=`.
fn with_words(value: &[u8]) -> String {
    let mut result = String::new();
    let mut rest = value;
    while let Some(start) = memchr::memmem::find(rest, b"=?") {
        let Some((charset, octets, length)) = encoded_word(&rest[start..]) else {
            result.push_str(&text(b"", &rest[..start + 2]));
            rest = &rest[start + 2..];
            continue;
        };
        // White space between two of them does not count (RFC 2047 §6.2).
        let between = &rest[..start];
        if result.is_empty() || !between.trim_ascii().is_empty() {
            result.push_str(&text(b"", between));
        }
        result.push_str(&text(charset, &octets));
        rest = &rest[start + length..];
    }
    result.push_str(&text(b"", rest));
    result
}

/// The charset, the octets and the length of the encoded word at the start.
fn encoded_word(octets: &[u8]) -> Option<(&[u8], Vec<u8>, usize)> {
    let mut parts = octets.get(2..)?.splitn(3, |octet| *octet == b'?');
    let (charset, kind, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let end = memchr::memmem::find(rest, b"?=")?;
    let payload = &rest[..end];
    let decoded = match kind {
        b"B" | b"b" => BASE64.decode(payload).ok()?,
        b"Q" | b"q" => {
            let spaced: Vec<u8> = payload.iter().map(|it| if *it == b'_' { b' ' } else { *it }).collect();
            unescaped(&spaced, b'=')
        }
        _ => return None,
    };
    let length = 2 + charset.len() + 1 + kind.len() + 1 + end + 2;
    Some((charset, decoded, length))
}
