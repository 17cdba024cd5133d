//! xtext (RFC 3461 §4): printable ASCII in which `+`, `=` and everything else is written `+HH`.

/// True for well-formed xtext that is not empty.
#[must_use]
pub fn is_xtext(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let is_good = match byte {
            b'+' => is_upper_hex(bytes.next()) && is_upper_hex(bytes.next()),
            b'=' => false,
            other => other.is_ascii_graphic(),
        };
        if !is_good {
            return false;
        }
    }
    !text.is_empty()
}

/// Writes `text` as xtext. Octets beyond ASCII are written as hexadecimal like all others.
#[must_use]
pub fn encode_xtext(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && byte != b'+' && byte != b'=' {
            encoded.push(char::from(byte));
        } else {
            encoded.push('+');
            encoded.push(char::from(DIGITS[usize::from(byte >> 4)]));
            encoded.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
    encoded
}

/// Reads xtext; `None` when it is none, or is no UTF-8 when decoded.
#[must_use]
pub fn decode_xtext(text: &str) -> Option<String> {
    if !is_xtext(text) {
        return None;
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut position = 0;
    while position < bytes.len() {
        if bytes[position] == b'+' {
            let digits = text.get(position + 1..position + 3)?;
            decoded.push(u8::from_str_radix(digits, 16).ok()?);
            position += 3;
        } else {
            decoded.push(bytes[position]);
            position += 1;
        }
    }
    String::from_utf8(decoded).ok()
}

fn is_upper_hex(byte: Option<u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte))
}
