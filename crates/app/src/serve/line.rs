//! One event as one line of text: `accepted id=… channel=submission sender=a@own.test recipients=b@far.test,c@far.test`.
//!
//! The line is written from the event's JSON form in one pass and without allocation, since a busy server writes
//! thousands a second: the same facts in the same order, absent ones left out. A value with blanks, quotes or `=` in
//! it stands in quotes, escaped as in JSON, so that no value can look like another field or another line.

use memchr::{memchr, memchr2};

/// Appends the text form of an event that serde_json has written: a flat object whose values are strings, numbers,
/// truth values, null, or lists of strings. The first field is the event's name.
pub fn write_text(json: &[u8], line: &mut Vec<u8>) {
    let mut rest = json.strip_prefix(b"{").unwrap_or(json);
    let mut first = true;
    while let Some((key, behind)) = string(rest) {
        let Some(value) = behind.strip_prefix(b":") else { return };
        let start = line.len();
        if !first {
            line.push(b' ');
            line.extend_from_slice(key);
            line.push(b'=');
        }
        let (length, is_there) = write_value(value, line);
        if !is_there {
            line.truncate(start);
        }
        first = false;
        let Some(next) = value.get(length..).and_then(|next| next.strip_prefix(b",")) else { return };
        rest = next;
    }
}

/// Writes the value at the start of `json`; returns its length there, and false when it is null.
fn write_value(json: &[u8], line: &mut Vec<u8>) -> (usize, bool) {
    match json.first() {
        Some(b'"') => {
            let (text, behind) = string(json).unwrap_or((b"", b""));
            write_words(text, std::iter::once(text), line);
            (json.len() - behind.len(), true)
        }
        Some(b'[') => {
            let length = list_length(json);
            let list = json.get(1..length.saturating_sub(1)).unwrap_or_default();
            write_words(list, strings(list), line);
            (length, true)
        }
        _ => {
            let length = memchr2(b',', b'}', json).unwrap_or(json.len());
            line.extend_from_slice(&json[..length]);
            (length, !json.starts_with(b"null"))
        }
    }
}

/// Writes strings with commas between them, in quotes unless all octets of `source` are harmless.
fn write_words<'a>(source: &[u8], words: impl Iterator<Item = &'a [u8]>, line: &mut Vec<u8>) {
    let start = line.len();
    for (number, word) in words.enumerate() {
        if number > 0 {
            line.push(b',');
        }
        line.extend_from_slice(word);
    }
    let harmless = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'=' | b'\\');
    if source.is_empty() || !line[start..].iter().all(harmless) {
        line.insert(start, b'"');
        line.push(b'"');
    }
}

/// The string at the start, without its quotes and still escaped, and what follows it.
fn string(json: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = json.strip_prefix(b"\"")?;
    let mut position = 0;
    loop {
        let found = position + memchr2(b'"', b'\\', inner.get(position..)?)?;
        if inner[found] == b'"' {
            return Some((&inner[..found], &inner[found + 1..]));
        }
        position = found + 2;
    }
}

/// The strings of a list, without its brackets.
fn strings(mut list: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (text, behind) = string(list)?;
        list = behind.strip_prefix(b",").unwrap_or(behind);
        Some(text)
    })
}

/// The length of the list at the start, both brackets included.
fn list_length(json: &[u8]) -> usize {
    let mut position = 1;
    while let Some((_, behind)) = json.get(position..).and_then(string) {
        position = json.len() - behind.len();
        if behind.starts_with(b",") {
            position += 1;
        }
    }
    json.get(position..).and_then(|rest| memchr(b']', rest)).map_or(json.len(), |end| position + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> String {
        let mut line = Vec::new();
        write_text(json.as_bytes(), &mut line);
        String::from_utf8(line).expect("text")
    }

    #[test]
    fn fields_keep_their_order_and_absent_ones_are_left_out() {
        let json = r#"{"event":"accepted","id":"0a","peer":null,"recipients":["a@b.test","c@d.test"],"size":12,"ok":true}"#;
        assert_eq!(text(json), "accepted id=0a recipients=a@b.test,c@d.test size=12 ok=true");
        assert_eq!(text(r#"{"event":"finished"}"#), "finished");
        assert_eq!(text(r#"{"event":"x","peer":null,"id":null}"#), "x");
    }

    #[test]
    fn no_value_can_look_like_a_field_or_a_line() {
        let json = r#"{"event":"refused","sender":"","reply":"550 5.7.1 no \"relay\"\n","recipients":["\"a b\"@c.test","]"],"names":[]}"#;
        let expected = "refused sender=\"\" reply=\"550 5.7.1 no \\\"relay\\\"\\n\" \
                        recipients=\"\\\"a b\\\"@c.test,]\" names=\"\"";
        assert_eq!(text(json), expected);
        assert_eq!(text(r#"{"event":"x","to":"a=b@c.test","n":"Grüße"}"#), "x to=\"a=b@c.test\" n=\"Grüße\"");
    }
}
