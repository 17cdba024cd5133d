//! The header section of a message, read where it lies: nothing is copied, nothing is decoded.
//!
//! [`Message::split`] takes the octets of a message and gives its fields and the place where the body starts. It
//! cannot fail: a line that is no field ends the header section (RFC 5322 §2.1 knows no such line, but mail has
//! them), and so does the end of the message. Both CRLF and a bare LF end a line here; whether a bare LF is let in
//! at all is the SMTP session's business.
//!
//! [`prepare`] makes of a client's message what goes into the queue; [`addresses`] reads address fields;
//! [`received`] writes our trace field.

pub mod addresses;
pub mod edit;
pub mod prepare;
pub mod received;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr;

pub use addresses::{AddressList, address_list, mailboxes};

/// The entry point of the scanner.
#[derive(Debug, Clone, Copy)]
pub struct Message;

impl Message {
    /// Finds all fields and the start of the body. A `&Bytes` fits, too.
    #[must_use]
    pub fn split(content: &[u8]) -> HeaderSection<'_> {
        let mut fields = Vec::with_capacity(16);
        let mut position = 0;
        while let Some(field) = Field::read(content, position) {
            position = field.raw.end;
            fields.push(field);
        }
        let rest = &content[position..];
        let blank = if rest.starts_with(b"\r\n") { 2 } else { usize::from(rest.starts_with(b"\n")) };
        HeaderSection { content, fields, end: position, body_start: position + blank }
    }
}

/// The fields of a message and where its body starts.
#[derive(Debug, Clone)]
pub struct HeaderSection<'a> {
    content: &'a [u8],
    /// The fields, from the top.
    pub fields: Vec<Field<'a>>,
    /// Where the last field ends: the place of the blank line.
    pub end: usize,
    /// Where the body starts: behind the blank line, or at `end` when there is none.
    pub body_start: usize,
}

impl<'a> HeaderSection<'a> {
    /// False when the header section ends with the message or at a line that is no field.
    #[must_use]
    pub fn has_blank_line(&self) -> bool {
        self.body_start > self.end
    }

    /// The first field of that name; case does not matter (RFC 5322 §1.2.2).
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Field<'a>> {
        self.fields.iter().find(|field| field.is(name))
    }

    /// All fields of that name, from the top.
    pub fn all<'s>(&'s self, name: &'s str) -> impl DoubleEndedIterator<Item = &'s Field<'a>> {
        self.fields.iter().filter(move |field| field.is(name))
    }

    /// How many fields have that name.
    #[must_use]
    pub fn count(&self, name: &str) -> usize {
        self.all(name).count()
    }

    /// The octets of the header section, without the blank line.
    #[must_use]
    pub fn octets(&self) -> &'a [u8] {
        &self.content[..self.end]
    }

    /// The octets of the body.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        &self.content[self.body_start..]
    }

    /// The addresses of all fields of that name together.
    #[must_use]
    pub fn addresses(&self, name: &str) -> AddressList {
        let mut list = AddressList::default();
        for field in self.all(name) {
            list.append(mailboxes(field.value_octets()));
        }
        list
    }
}

/// One field. The ranges count from the start of the message.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    content: &'a [u8],
    /// The name as written, without the colon.
    pub name: &'a str,
    /// The whole field with its line end.
    pub raw: Range<usize>,
    /// Everything between the colon and the last line end, folding included.
    pub value: Range<usize>,
}

impl<'a> Field<'a> {
    /// Reads the field at `start`, or says that there is none.
    fn read(content: &'a [u8], start: usize) -> Option<Self> {
        let rest = &content[start..];
        // field-name: printable ASCII without the colon (RFC 5322 §3.6.8).
        let length = rest.iter().position(|b| !(33..=126).contains(b) || *b == b':')?;
        // White space before the colon is obsolete syntax that must be read (RFC 5322 §4.5).
        let gap = rest[length..].iter().position(|b| !matches!(b, b' ' | b'\t'))?;
        let colon = length + gap;
        if length == 0 || rest[colon] != b':' {
            return None;
        }
        let name = std::str::from_utf8(&rest[..length]).ok()?;
        let end = start + field_length(rest);
        let value_end = end - line_end_length(&content[..end]);
        let value = (start + colon + 1)..value_end;
        Some(Self { content, name, raw: start..end, value })
    }

    /// Whether the field has this name, in whatever case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The whole field with its line end.
    #[must_use]
    pub fn octets(&self) -> &'a [u8] {
        &self.content[self.raw.clone()]
    }

    /// The value, folding and leading space included.
    #[must_use]
    pub fn value_octets(&self) -> &'a [u8] {
        &self.content[self.value.clone()]
    }

    /// The value for people and comparisons: unfolded (RFC 5322 §2.2.3), trimmed, what is not UTF-8 replaced.
    #[must_use]
    pub fn text(&self) -> Cow<'a, str> {
        let value = self.value_octets();
        let text = if memchr(b'\n', value).is_none() {
            String::from_utf8_lossy(value)
        } else {
            let kept: Vec<u8> = value.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
            Cow::Owned(String::from_utf8_lossy(&kept).into_owned())
        };
        match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        }
    }
}

/// The length of the field at the start of `rest`, its continuation lines and last line end included.
fn field_length(rest: &[u8]) -> usize {
    let mut end = 0;
    loop {
        let Some(line) = memchr(b'\n', &rest[end..]) else { return rest.len() };
        end += line + 1;
        if !matches!(rest.get(end), Some(b' ' | b'\t')) {
            return end;
        }
    }
}

fn line_end_length(octets: &[u8]) -> usize {
    if octets.ends_with(b"\r\n") { 2 } else { usize::from(octets.ends_with(b"\n")) }
}

/// The identifier in a `Message-ID` value, with its angle brackets (RFC 5322 §3.6.4).
#[must_use]
pub fn message_id(value: &[u8]) -> Option<&str> {
    let start = memchr(b'<', value)?;
    let end = start + memchr(b'>', &value[start..])?;
    let id = std::str::from_utf8(&value[start..=end]).ok()?;
    let is_plain = id.len() > 2 && !id.contains(|c: char| c.is_whitespace() || c.is_control());
    is_plain.then_some(id)
}
