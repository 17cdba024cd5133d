//! A message as a milter sees and changes it: its envelope, its header fields one by one, its body in pieces.
//!
//! [`Mail::new`] reads a message that lies in pieces; the body is not copied. [`Mail::apply`] makes the changes that a
//! milter asked for, or says why one of them would break the message: then none of them counts. What a milter adds is
//! mail of ours afterwards, so its lines are made to end with CRLF here, where their true ends are still known.

use std::collections::BTreeSet;

use bytes::{Bytes, BytesMut};
use memchr::{memchr, memchr_iter, memmem};

use super::{Change, Fault};
use crate::envelope::{BodyType, Envelope, Recipient};
use crate::header::Message;
use crate::header::prepare::LINE_LIMIT;

/// Octets of a header section that a milter may make.
const HEADER_LIMIT: usize = 256 * 1024;

/// A header field with its line end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderField {
    octets: Bytes,
    /// Octets of its name.
    name: usize,
    /// Where its value begins: behind the colon.
    value: usize,
}

impl HeaderField {
    /// Its name as written.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        &self.octets[..self.name]
    }

    /// Everything between the colon and the last line end.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        let value = &self.octets[self.value..];
        value.strip_suffix(b"\r\n").or_else(|| value.strip_suffix(b"\n")).unwrap_or(value)
    }

    fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name.as_bytes())
    }

    /// A field as a milter gives it. Its lines end with LF or CRLF, and those behind the first begin with white space,
    /// or else they would be fields of their own.
    fn written(name: &str, value: &[u8], leading_space: LeadingSpace) -> Result<Self, Fault> {
        let mut octets = BytesMut::with_capacity(name.len() + value.len() + 8);
        octets.extend_from_slice(name.as_bytes());
        octets.extend_from_slice(b":");
        if leading_space == LeadingSpace::Ours {
            octets.extend_from_slice(b" ");
        }
        let value = value.strip_suffix(b"\n").unwrap_or(value);
        for (number, line) in value.split(|octet| *octet == b'\n').enumerate() {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.contains(&b'\r') {
                return Err(Fault::BadChange("a header field has a bare CR"));
            }
            // A line of nothing but white space would be taken for the end of the header section by some.
            if number > 0 && line.trim_ascii().is_empty() {
                continue;
            }
            if number > 0 {
                octets.extend_from_slice(b"\r\n");
                if !matches!(line[0], b' ' | b'\t') {
                    octets.extend_from_slice(b"\t");
                }
            }
            // The name stands before the first line, a tab perhaps before the others.
            if line.len() + name.len() + 2 > LINE_LIMIT {
                return Err(Fault::BadChange("a header field has a line over 998 octets"));
            }
            octets.extend_from_slice(line);
        }
        octets.extend_from_slice(b"\r\n");
        Ok(Self { octets: octets.freeze(), name: name.len(), value: name.len() + 1 })
    }
}

/// Who puts the space behind the colon of a new field (`SMFIP_HDR_LEADSPC`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadingSpace {
    /// We do.
    Ours,
    /// The milter does.
    Theirs,
}

/// A message and its envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The envelope.
    pub envelope: Envelope,
    fields: Vec<HeaderField>,
    body: Vec<Bytes>,
}

/// What became of a message by changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// Anything is other than before.
    pub has_changed: bool,
}

impl Mail {
    /// Reads a message without our own trace field, which milters do not see.
    #[must_use]
    pub fn new(envelope: Envelope, pieces: &[Bytes]) -> Self {
        let (header, body) = part(pieces);
        let fields = Message::split(&header).fields.into_iter().map(|field| HeaderField {
            octets: header.slice(field.raw.clone()),
            name: field.name.len(),
            value: field.value.start - field.raw.start,
        });
        Self { envelope, fields: fields.collect(), body }
    }

    /// Its header fields.
    #[must_use]
    pub fn fields(&self) -> &[HeaderField] {
        &self.fields
    }

    /// Its body in pieces.
    #[must_use]
    pub fn body(&self) -> &[Bytes] {
        &self.body
    }

    /// Octets in all.
    #[must_use]
    pub fn size(&self) -> usize {
        let header: usize = self.fields.iter().map(|field| field.octets.len()).sum();
        header + 2 + self.body.iter().map(Bytes::len).sum::<usize>()
    }

    /// The message in pieces.
    #[must_use]
    pub fn pieces(&self) -> Vec<Bytes> {
        let mut header = BytesMut::with_capacity(4_096);
        for field in &self.fields {
            header.extend_from_slice(&field.octets);
        }
        header.extend_from_slice(b"\r\n");
        let header = std::iter::once(header.freeze());
        header.chain(self.body.iter().cloned()).filter(|piece| !piece.is_empty()).collect()
    }

    /// The identifier with its angle brackets.
    #[must_use]
    pub fn message_id(&self) -> Option<String> {
        let field = self.fields.iter().find(|field| field.is("Message-ID"))?;
        crate::header::message_id(field.value()).map(str::to_owned)
    }

    /// Makes the changes in their order.
    ///
    /// # Errors
    /// [`Fault::BadChange`]; the message is as before.
    pub fn apply(&mut self, changes: &[Change], leading_space: LeadingSpace) -> Result<Applied, Fault> {
        let mut changed = self.clone();
        let mut body: Option<BytesMut> = None;
        for change in changes {
            match change {
                Change::Body(piece) => body.get_or_insert_default().extend_from_slice(piece),
                Change::Sender(..) | Change::AddRecipient(_) | Change::RemoveRecipient(_) => {
                    changed.change_envelope(change);
                }
                _ => changed.change_header(change, leading_space)?,
            }
        }
        if let Some(body) = body {
            changed.body = vec![lines_of(&body)?];
        }
        if changed.fields.iter().map(|field| field.octets.len()).sum::<usize>() > HEADER_LIMIT {
            return Err(Fault::BadChange("the header section has become too large"));
        }
        if changed.body.iter().any(|piece| !piece.is_ascii()) && changed.envelope.body == BodyType::SevenBit {
            changed.envelope.body = BodyType::EightBitMime;
        }
        let has_changed = changed != *self;
        *self = changed;
        Ok(Applied { has_changed })
    }

    fn change_header(&mut self, change: &Change, leading_space: LeadingSpace) -> Result<(), Fault> {
        let written = |name: &str, value: &[u8]| HeaderField::written(name, value, leading_space);
        match change {
            Change::AddField { name, value } => self.fields.push(written(name, value)?),
            Change::InsertField { place, name, value } => {
                // Our trace field is number 0 for those that count, and nothing goes above it (RFC 5321 §4.4).
                let place = (*place as usize).saturating_sub(1).min(self.fields.len());
                self.fields.insert(place, written(name, value)?);
            }
            Change::ChangeField { number, name, value } => {
                let number = (*number as usize).max(1);
                let mut places = self.fields.iter().enumerate().filter(|(_, field)| field.is(name));
                let place = places.nth(number - 1).map(|(place, _)| place);
                match place {
                    Some(place) if value.is_empty() => drop(self.fields.remove(place)),
                    Some(place) => self.fields[place] = written(name, value)?,
                    // As Sendmail does: what is not there is added.
                    None if !value.is_empty() => self.fields.push(written(name, value)?),
                    None => {}
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn change_envelope(&mut self, change: &Change) {
        match change {
            Change::Sender(sender, parameters) => {
                self.envelope.sender.clone_from(sender);
                if parameters.return_content.is_some() {
                    self.envelope.return_content = parameters.return_content;
                }
                if parameters.envelope_id.is_some() {
                    self.envelope.envelope_id.clone_from(&parameters.envelope_id);
                }
            }
            Change::AddRecipient(recipient) => {
                let known = |other: &Recipient| other.address == recipient.address;
                if !self.envelope.recipients.iter().any(known) {
                    self.envelope.recipients.push(recipient.clone());
                }
            }
            Change::RemoveRecipient(address) => self
                .envelope
                .recipients
                .retain(|recipient| !recipient.address.to_string().eq_ignore_ascii_case(address)),
            _ => {}
        }
    }

    /// Leaves out the recipients with these numbers.
    pub fn leave_out(&mut self, numbers: &BTreeSet<usize>) {
        let mut number = 0;
        self.envelope.recipients.retain(|_| {
            number += 1;
            !numbers.contains(&(number - 1))
        });
    }
}

/// A new body: every line ends with CRLF.
fn lines_of(body: &[u8]) -> Result<Bytes, Fault> {
    if memchr(0, body).is_some() {
        return Err(Fault::BadChange("the new body has a NUL octet"));
    }
    let mut lines = BytesMut::with_capacity(body.len() + body.len() / 64 + 2);
    let mut start = 0;
    let ends =
        memchr_iter(b'\n', body).chain((!body.ends_with(b"\n") && !body.is_empty()).then_some(body.len()));
    for end in ends {
        let line = &body[start..end];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if memchr(b'\r', line).is_some() {
            return Err(Fault::BadChange("the new body has a bare CR"));
        }
        if line.len() > LINE_LIMIT {
            return Err(Fault::BadChange("the new body has a line over 998 octets"));
        }
        lines.extend_from_slice(line);
        lines.extend_from_slice(b"\r\n");
        start = end + 1;
    }
    Ok(lines.freeze())
}

/// The header section in one piece, and the body behind the blank line, which is not copied.
pub(crate) fn part(pieces: &[Bytes]) -> (Bytes, Vec<Bytes>) {
    let mut header = BytesMut::new();
    for (number, piece) in pieces.iter().enumerate() {
        let before = header.len();
        // The blank line may be cut by the end of a piece.
        let from = before.saturating_sub(3);
        let place = memmem::find(piece, b"\r\n\r\n").map(|place| before + place);
        let across = {
            let mut joint = header[from..].to_vec();
            joint.extend_from_slice(&piece[..piece.len().min(3)]);
            memmem::find(&joint, b"\r\n\r\n").map(|place| from + place)
        };
        let opening = (before == 0 && piece.starts_with(b"\r\n")).then_some(0);
        let (end, blank) = match (opening, across, place) {
            (Some(_), ..) => (0, 2),
            (None, Some(place), _) | (None, None, Some(place)) => (place + 2, 2),
            (None, None, None) => {
                header.extend_from_slice(piece);
                continue;
            }
        };
        let body_start = end + blank - before;
        header.extend_from_slice(&piece[..end.saturating_sub(before)]);
        header.truncate(end);
        let rest = std::iter::once(piece.slice(body_start..)).chain(pieces[number + 1..].iter().cloned());
        return (header.freeze(), rest.filter(|piece| !piece.is_empty()).collect());
    }
    (header.freeze(), Vec::new())
}
