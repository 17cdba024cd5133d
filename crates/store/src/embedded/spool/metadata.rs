//! The metadata of frames in octets: envelopes, changes, states. Compact and without any general serializer,
//! since one is written and checked for every message.
//!
//! Numbers are variable-length (7 bits an octet, low first); texts are a length and UTF-8; an optional text is
//! its length plus one, or 0. Reading never panics: whatever does not fit is `None`.

use postamt_mail::address::Address;
use postamt_mail::envelope::{BodyType, Envelope, Notify, Recipient, ReturnContent};

use super::state::{Delay, State};
use crate::spool::{Change, Origin, UnixSeconds};

/// Version of the envelope's form; the first octet of it.
const ENVELOPE_VERSION: u8 = 1;

/// An accepted message without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Letter {
    pub received_at: UnixSeconds,
    pub envelope: Envelope,
    pub origin: Origin,
}

/// What the index needs of an accepted message; found without reading addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outline {
    pub recipients: u16,
    pub held: bool,
}

/// Writes an accepted message's metadata. The caller has made sure that the recipients fit into a `u16`.
pub(super) fn write_letter(
    envelope: &Envelope,
    origin: &Origin,
    received_at: UnixSeconds,
    held: bool,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(96 + 48 * envelope.recipients.len());
    let body = match envelope.body {
        BodyType::SevenBit => 0,
        BodyType::EightBitMime => 1,
        BodyType::BinaryMime => 2,
    };
    let returned = match envelope.return_content {
        None => 0,
        Some(ReturnContent::Headers) => 1,
        Some(ReturnContent::Full) => 2,
    };
    let flags = u8::from(held)
        | body << 1
        | u8::from(envelope.smtputf8) << 3
        | u8::from(envelope.require_tls) << 4
        | returned << 5
        | u8::from(envelope.sender.is_some()) << 7;
    out.extend_from_slice(&[ENVELOPE_VERSION, flags]);
    write_number(envelope.recipients.len() as u64, &mut out);
    write_number(received_at, &mut out);
    if let Some(sender) = &envelope.sender {
        write_address(sender, &mut out);
    }
    write_optional(origin.account.as_deref(), &mut out);
    write_text(&origin.channel, &mut out);
    write_optional(envelope.envelope_id.as_deref(), &mut out);
    for recipient in &envelope.recipients {
        write_recipient(recipient, &mut out);
    }
    out
}

fn write_recipient(recipient: &Recipient, out: &mut Vec<u8>) {
    let flags = u8::from(recipient.notify.success)
        | u8::from(recipient.notify.failure) << 1
        | u8::from(recipient.notify.delay) << 2
        | u8::from(recipient.explicit_notify) << 3;
    out.push(flags);
    write_address(&recipient.address, out);
    write_optional(recipient.original.as_deref(), out);
}

/// Reads the first fields of an accepted message's metadata.
pub(super) fn read_outline(metadata: &[u8]) -> Option<Outline> {
    let mut reader = Reader(metadata);
    let (flags, recipients) = read_outset(&mut reader)?;
    Some(Outline { recipients, held: flags & 1 != 0 })
}

fn read_outset(reader: &mut Reader<'_>) -> Option<(u8, u16)> {
    if reader.octet()? != ENVELOPE_VERSION {
        return None;
    }
    let flags = reader.octet()?;
    Some((flags, u16::try_from(reader.number()?).ok()?))
}

/// Reads an accepted message's metadata.
pub(super) fn read_letter(metadata: &[u8]) -> Option<Letter> {
    let mut reader = Reader(metadata);
    let (flags, count) = read_outset(&mut reader)?;
    let received_at = reader.number()?;
    let sender = if flags & 0x80 != 0 { Some(reader.address()?) } else { None };
    let account = reader.optional()?;
    let channel = reader.text()?.to_owned();
    let envelope_id = reader.optional()?;
    let mut recipients = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        recipients.push(reader.recipient()?);
    }
    let envelope = Envelope {
        sender,
        recipients,
        body: match flags >> 1 & 3 {
            0 => BodyType::SevenBit,
            1 => BodyType::EightBitMime,
            _ => BodyType::BinaryMime,
        },
        smtputf8: flags & 8 != 0,
        require_tls: flags & 16 != 0,
        return_content: match flags >> 5 & 3 {
            0 => None,
            1 => Some(ReturnContent::Headers),
            _ => Some(ReturnContent::Full),
        },
        envelope_id,
    };
    Some(Letter { received_at, envelope, origin: Origin { account, channel } })
}

/// Writes a moved message's metadata: its state, then what its first frame said.
pub(super) fn write_moved(state: &State, held: bool, letter: &[u8]) -> Vec<u8> {
    let mut snapshot = Vec::with_capacity(16);
    state.write(held, &mut snapshot);
    let mut out = Vec::with_capacity(snapshot.len() + letter.len() + 3);
    write_number(snapshot.len() as u64, &mut out);
    out.extend_from_slice(&snapshot);
    out.extend_from_slice(letter);
    out
}

/// Splits a moved message's metadata into state and letter.
pub(super) fn split_moved(metadata: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut reader = Reader(metadata);
    let length = usize::try_from(reader.number()?).ok()?;
    let state = reader.take(length)?;
    Some((state, reader.0))
}

/// Writes a change's metadata; the id is in the frame's header.
pub(super) fn write_change(change: &Change, out: &mut Vec<u8>) {
    match change {
        Change::Done { recipients, .. } => write_recipients(recipients, out),
        Change::Deferred { recipients, attempts, next, delay_notified, .. } => {
            write_number(u64::from(*attempts), out);
            write_number(*next, out);
            out.push(u8::from(*delay_notified));
            write_recipients(recipients, out);
        }
        Change::Held { held, .. } => out.push(u8::from(*held)),
    }
}

fn write_recipients(recipients: &[u16], out: &mut Vec<u8>) {
    write_number(recipients.len() as u64, out);
    for number in recipients {
        write_number(u64::from(*number), out);
    }
}

/// Reads a *done* frame's recipients.
pub(super) fn read_done(metadata: &[u8]) -> Option<Vec<u16>> {
    Reader(metadata).numbers()
}

/// Reads a *deferred* frame.
pub(super) fn read_deferred(metadata: &[u8]) -> Option<(Vec<u16>, Delay)> {
    let mut reader = Reader(metadata);
    let attempts = u16::try_from(reader.number()?).ok()?;
    let next = reader.number()?;
    let delay_notified = reader.octet()? != 0;
    Some((reader.numbers()?, (attempts, next, delay_notified)))
}

/// What an *opened* frame says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opening {
    /// The segment before this one, 0 if there was none.
    pub previous: u32,
    /// Where that one ended; what stands behind it there counts for nothing.
    pub previous_end: u32,
    /// The last id given away before this segment.
    pub last_id: u64,
}

/// Writes an *opened* frame's metadata.
pub(super) fn write_opening(opening: &Opening) -> Vec<u8> {
    let mut out = Vec::with_capacity(20);
    write_number(u64::from(opening.previous), &mut out);
    write_number(u64::from(opening.previous_end), &mut out);
    write_number(opening.last_id, &mut out);
    out
}

/// Reads an *opened* frame.
pub(super) fn read_opening(metadata: &[u8]) -> Option<Opening> {
    let mut reader = Reader(metadata);
    Some(Opening {
        previous: u32::try_from(reader.number()?).ok()?,
        previous_end: u32::try_from(reader.number()?).ok()?,
        last_id: reader.number()?,
    })
}

/// Appends a number.
pub(super) fn write_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    write_number(text.len() as u64, out);
    out.extend_from_slice(text.as_bytes());
}

fn write_optional(text: Option<&str>, out: &mut Vec<u8>) {
    match text {
        None => out.push(0),
        Some(text) => {
            write_number(text.len() as u64 + 1, out);
            out.extend_from_slice(text.as_bytes());
        }
    }
}

fn write_address(address: &Address, out: &mut Vec<u8>) {
    use std::io::Write as _;
    // Addresses are shorter than 16,384 octets by far (RFC 5321 §4.5.3.1.3), so two octets hold the length.
    let start = out.len();
    out.extend_from_slice(&[0, 0]);
    write!(out, "{address}").expect("writing to a vector does not fail");
    let length = out.len() - start - 2;
    out[start] = length as u8 | 0x80;
    out[start + 1] = (length >> 7) as u8;
}

/// Reads from the front of a slice.
pub(super) struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn octet(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let octet = self.octet()?;
            number |= u64::from(octet & 0x7f) << shift;
            if octet & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    pub fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = usize::try_from(self.number()?).ok()?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    fn optional(&mut self) -> Option<Option<String>> {
        let length = usize::try_from(self.number()?).ok()?;
        let Some(length) = length.checked_sub(1) else { return Some(None) };
        let text = std::str::from_utf8(self.take(length)?).ok()?;
        Some(Some(text.to_owned()))
    }

    fn address(&mut self) -> Option<Address> {
        Address::new(self.text()?).ok()
    }

    fn recipient(&mut self) -> Option<Recipient> {
        let flags = self.octet()?;
        Some(Recipient {
            notify: Notify { success: flags & 1 != 0, failure: flags & 2 != 0, delay: flags & 4 != 0 },
            explicit_notify: flags & 8 != 0,
            address: self.address()?,
            original: self.optional()?,
        })
    }

    fn numbers(&mut self) -> Option<Vec<u16>> {
        let count = usize::try_from(self.number()?).ok()?;
        // A number takes an octet at least: a length that lies cannot make us reserve much.
        let mut numbers = Vec::with_capacity(count.min(self.0.len()));
        for _ in 0..count {
            numbers.push(u16::try_from(self.number()?).ok()?);
        }
        Some(numbers)
    }
}

#[cfg(test)]
mod tests;
