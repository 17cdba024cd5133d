//! Changes to the header section of a message that lies in pieces, as content filters ask for them: the header section is
//! written anew, the body stays the slices that it was.
//!
//! [`edit`] cannot fail: a change that names a field which is not there does nothing. A [`NewField`] is one whole field
//! whatever the filter has said: nobody can end the header section with it.

use bytes::Bytes;

use super::Message;
use crate::dsn::encode;

/// A field to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewField {
    name: String,
    value: String,
}

impl NewField {
    /// A field of this name and value. Line ends in the value are kept as folding; characters beyond ASCII become encoded
    /// words (RFC 2047). `None` when the name is no field name (RFC 5322 §3.6.8).
    #[must_use]
    pub fn new(name: &str, value: &str) -> Option<Self> {
        let is_name =
            !name.is_empty() && name.bytes().all(|octet| (33..=126).contains(&octet) && octet != b':');
        if !is_name {
            return None;
        }
        let lines = value.lines().map(str::trim).filter(|line| !line.is_empty());
        let value: Vec<String> = lines.map(encode::unstructured_line).collect();
        Some(Self { name: name.to_owned(), value: value.join("\r\n\t") })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    fn octets(&self) -> Vec<u8> {
        format!("{}: {}\r\n", self.name, self.value).into_bytes()
    }
}

/// Which of several fields of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// This one, counted from 1 at the top.
    Nth(usize),
    /// This one, counted from 1 at the bottom.
    FromLast(usize),
}

/// A change of the header section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Before the field of this number, counted from 0 at the top; behind all where there are fewer.
    Insert(usize, NewField),
    /// Behind all fields.
    Append(NewField),
    /// In the place of the field of that name, or behind all where there is none.
    Replace(Which, NewField),
    /// Away with the fields of this name.
    Remove(Which, String),
}

/// Makes the changes, one after the other.
#[must_use]
pub fn edit(pieces: Vec<Bytes>, edits: &[Edit]) -> Vec<Bytes> {
    if edits.is_empty() {
        return pieces;
    }
    let (header, body) = part(pieces);
    let section = Message::split(&header);
    let mut fields: Vec<Line> = section
        .fields
        .iter()
        .map(|field| Line { name: field.name.to_owned(), octets: field.octets().to_vec() })
        .collect();
    for edit in edits {
        change(&mut fields, edit);
    }
    let mut octets: Vec<u8> = fields.into_iter().flat_map(|line| line.octets).collect();
    octets.extend_from_slice(&header[section.end..]);
    std::iter::once(Bytes::from(octets)).chain(body).filter(|piece| !piece.is_empty()).collect()
}

struct Line {
    name: String,
    octets: Vec<u8>,
}

impl Line {
    fn new(field: &NewField) -> Self {
        Self { name: field.name.clone(), octets: field.octets() }
    }
}

fn change(fields: &mut Vec<Line>, edit: &Edit) {
    match edit {
        Edit::Insert(place, field) => fields.insert((*place).min(fields.len()), Line::new(field)),
        Edit::Append(field) => fields.push(Line::new(field)),
        Edit::Replace(which, field) => {
            let places = places(fields, &field.name, *which);
            match places.first() {
                Some(place) => fields[*place] = Line::new(field),
                None => fields.push(Line::new(field)),
            }
            // From the bottom, so that the other places hold.
            for place in places.into_iter().skip(1).rev() {
                fields.remove(place);
            }
        }
        Edit::Remove(which, name) => {
            for place in places(fields, name, *which).into_iter().rev() {
                fields.remove(place);
            }
        }
    }
}

/// Where the fields of that name are, from the top.
fn places(fields: &[Line], name: &str, which: Which) -> Vec<usize> {
    let named = |(_, line): &(usize, &Line)| line.name.eq_ignore_ascii_case(name);
    let all: Vec<usize> = fields.iter().enumerate().filter(named).map(|(place, _)| place).collect();
    match which {
        Which::All => all,
        Which::Nth(number) => number.checked_sub(1).and_then(|it| all.get(it)).copied().into_iter().collect(),
        Which::FromLast(number) => {
            all.len().checked_sub(number).and_then(|it| all.get(it)).copied().into_iter().collect()
        }
    }
}

/// The header section in one piece, and the rest from the blank line on, which is not copied.
fn part(pieces: Vec<Bytes>) -> (Vec<u8>, Vec<Bytes>) {
    let mut header = Vec::new();
    let mut pieces = pieces.into_iter();
    for piece in pieces.by_ref() {
        match blank_line(&header, &piece) {
            Some(place) => {
                header.extend_from_slice(&piece[..place]);
                return (header, std::iter::once(piece.slice(place..)).chain(pieces).collect());
            }
            None => header.extend_from_slice(&piece),
        }
    }
    (header, Vec::new())
}

/// Where in this piece the blank line begins, when `before` stands in front of it. A CRLF that is cut in two by the end of
/// a piece does not occur: pieces are fields and slices of whole lines.
fn blank_line(before: &[u8], piece: &[u8]) -> Option<usize> {
    if (before.is_empty() || before.ends_with(b"\r\n")) && piece.starts_with(b"\r\n") {
        return Some(0);
    }
    memchr::memmem::find(piece, b"\r\n\r\n").map(|place| place + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, value: &str) -> NewField {
        NewField::new(name, value).expect("a field")
    }

    fn edited(pieces: &[&'static str], edits: &[Edit]) -> String {
        let pieces = pieces.iter().map(|piece| Bytes::from_static(piece.as_bytes())).collect();
        let octets: Vec<u8> = edit(pieces, edits).concat();
        String::from_utf8(octets).expect("text")
    }

    #[test]
    fn fields_are_added_changed_and_taken_away() {
        let message = ["A: 1\r\nB: 2\r\n", "a: 3\r\n\r\nA: body\r\n"];
        assert_eq!(
            edited(&message, &[Edit::Append(field("X-Spam", "Yes"))]),
            "A: 1\r\nB: 2\r\na: 3\r\nX-Spam: Yes\r\n\r\nA: body\r\n"
        );
        assert_eq!(
            edited(&message, &[Edit::Insert(1, field("C", "4")), Edit::Insert(99, field("D", "5"))]),
            "A: 1\r\nC: 4\r\nB: 2\r\na: 3\r\nD: 5\r\n\r\nA: body\r\n"
        );
        assert_eq!(
            edited(&message, &[Edit::Replace(Which::Nth(2), field("A", "new"))]),
            "A: 1\r\nB: 2\r\nA: new\r\n\r\nA: body\r\n"
        );
        assert_eq!(
            edited(&message, &[Edit::Replace(Which::All, field("A", "new"))]),
            "A: new\r\nB: 2\r\n\r\nA: body\r\n"
        );
        assert_eq!(edited(&message, &[Edit::Remove(Which::All, "A".to_owned())]), "B: 2\r\n\r\nA: body\r\n");
        assert_eq!(
            edited(&message, &[Edit::Remove(Which::FromLast(1), "A".to_owned())]),
            "A: 1\r\nB: 2\r\n\r\nA: body\r\n"
        );
        assert_eq!(edited(&message, &[Edit::Remove(Which::Nth(3), "A".to_owned())]), message.concat());
        assert_eq!(edited(&message, &[Edit::Remove(Which::Nth(0), "A".to_owned())]), message.concat());
    }

    #[test]
    fn a_message_without_fields_or_body_gets_them_too() {
        let edits = [Edit::Append(field("A", "1"))];
        assert_eq!(edited(&["\r\nbody\r\n"], &edits), "A: 1\r\n\r\nbody\r\n");
        assert_eq!(edited(&["B: 2\r\n", "\r\n", "body\r\n"], &edits), "B: 2\r\nA: 1\r\n\r\nbody\r\n");
        assert_eq!(edited(&["B: 2\r\n", "\r\n"], &edits), "B: 2\r\nA: 1\r\n\r\n");
    }

    #[test]
    fn no_value_ends_the_header_section() {
        let value = "one\r\n\r\nBcc: x@elsewhere.test\n two";
        let text = edited(&["B: 2\r\n\r\nbody\r\n"], &[Edit::Append(field("A", value))]);
        assert_eq!(text, "B: 2\r\nA: one\r\n\tBcc: x@elsewhere.test\r\n\ttwo\r\n\r\nbody\r\n");
        let text = edited(&["\r\nbody\r\n"], &[Edit::Append(field("Subject", "Grüße\u{0}\rBcc: x"))]);
        assert_eq!(text, "Subject: =?utf-8?B?R3LDvMOfZSAgQmNjOiB4?=\r\n\r\nbody\r\n");
        for name in ["", "A:", "A B", "Ä", "A\r\n"] {
            assert_eq!(NewField::new(name, "x"), None, "{name:?}");
        }
    }

    #[test]
    fn the_body_is_not_copied() {
        let body = Bytes::from_static(b"B: 2\r\n\r\nbody\r\n");
        let pieces = edit(vec![body.clone()], &[Edit::Append(field("A", "1"))]);
        assert_eq!(pieces.len(), 2);
        assert_eq!(pieces[1].as_ptr(), body[6..].as_ptr());
    }
}
