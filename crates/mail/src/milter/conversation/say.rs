//! What is said at each step of a conversation: the macros of the step, and its command.

use bytes::Bytes;

use super::super::facts::{self, put_macros, recipient_macros};
use super::super::mail::LeadingSpace;
use super::super::packet::{CHUNK_LIMIT, put, put_head};
use super::{At, Conversation, gather};
use crate::envelope::BodyType;

impl Conversation<'_> {
    /// The macros of a step that is said once for a message.
    pub(super) fn say_macros(&self, at: At, own: &mut Vec<u8>) {
        let step = match at {
            At::Connect => (facts::CONNECT, b'C'),
            At::Greeting => (facts::HELO, b'H'),
            At::Sender => (facts::SENDER, b'M'),
            At::Data => (facts::DATA, b'T'),
            At::EndOfHeader => (facts::END_OF_HEADER, b'N'),
            At::EndOfMessage => (facts::END_OF_MESSAGE, b'E'),
            At::Negotiation | At::Recipient(_) | At::Field(_) | At::Body | At::Over => return,
        };
        self.macros(own, step, Vec::new());
    }

    pub(super) fn say_command(&self, at: At, own: &mut Vec<u8>) {
        self.say_macros(at, own);
        let envelope = &self.mail.envelope;
        match at {
            At::Connect => {
                put(own, b'C', &[&self.session.connect()]);
            }
            At::Greeting => {
                put(own, b'H', &[self.session.greeting().as_bytes(), b"\0"]);
            }
            At::Sender => {
                let sender = envelope.sender.as_ref().map(ToString::to_string).unwrap_or_default();
                let size = format!("SIZE={}", self.mail.size());
                let mut parts: Vec<&[u8]> = vec![b"<", sender.as_bytes(), b">\0", size.as_bytes(), b"\0"];
                if envelope.body != BodyType::SevenBit {
                    parts.push(b"BODY=8BITMIME\0");
                }
                if envelope.smtputf8 {
                    parts.push(b"SMTPUTF8\0");
                }
                put(own, b'M', &parts);
            }
            At::Recipient(number) => self.say_recipient(number, own),
            At::Data => {
                put(own, b'T', &[]);
            }
            At::Field(number) => {
                let field = &self.mail.fields()[number];
                put(
                    own,
                    b'L',
                    &[field.name(), b"\0", &value_for_milter(field.value(), self.leading_space()), b"\0"],
                );
            }
            At::EndOfHeader => {
                put(own, b'N', &[]);
            }
            At::EndOfMessage => {
                put(own, b'E', &[]);
            }
            At::Negotiation | At::Body | At::Over => {}
        }
    }

    fn say_recipient(&self, number: usize, own: &mut Vec<u8>) {
        let recipients = &self.mail.envelope.recipients;
        let (address, refusal) = match number.checked_sub(recipients.len()) {
            None => (&recipients[number].address, None),
            Some(number) => {
                let (address, reply) = &self.refused_before[number];
                (address, Some(reply))
            }
        };
        self.macros(own, (facts::RECIPIENT, b'R'), recipient_macros(address, refusal));
        put(own, b'R', &[b"<", address.to_string().as_bytes(), b">\0"]);
    }

    pub(super) fn say_chunk(&mut self, output: &mut Vec<Bytes>, own: &mut Vec<u8>) {
        let Some(mut piece) = self.body.pop_front() else { return };
        let chunk = piece.split_to(piece.len().min(CHUNK_LIMIT));
        if !piece.is_empty() {
            self.body.push_front(piece);
        }
        put_head(own, b'B', chunk.len());
        gather(output, own);
        output.push(chunk);
    }

    fn macros(&self, own: &mut Vec<u8>, step: (u32, u8), more: Vec<(&'static str, String)>) {
        let id = self.mail.message_id();
        let envelope = (&self.mail.envelope.sender, id.as_deref());
        put_macros(own, step, &self.agreed, self.session, envelope, more);
    }
}

/// A value as milters expect it: lines end with LF, and the space behind the colon stays only if they want it.
fn value_for_milter(value: &[u8], leading_space: LeadingSpace) -> Vec<u8> {
    let value = match leading_space {
        LeadingSpace::Theirs => value,
        LeadingSpace::Ours => value.trim_ascii_start(),
    };
    let mut lines = Vec::with_capacity(value.len());
    for (place, octet) in value.iter().enumerate() {
        if *octet != b'\r' || value.get(place + 1) != Some(&b'\n') {
            lines.push(*octet);
        }
    }
    lines
}
