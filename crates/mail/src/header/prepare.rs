//! From what a client sent to what goes into the queue: our trace field in front, `Bcc` and `Return-Path` taken
//! out, `Message-ID` and `Date` added where they are missing.
//!
//! [`prepare`] cannot fail. The result is a list of slices of the client's octets with our own between them; the
//! body is one slice, never copied. Whether what it found is acceptable (a loop, a foreign `From`, octets above
//! 127 in a 7-bit transaction) is for the caller to decide; [`Prepared`] has the facts.

use bytes::Bytes;

use super::{Message, mailboxes, message_id};
use crate::address::Address;
use crate::milter::mail::part;
use crate::{date, message_id as identifier};

/// The longest line that mail may have, without its CRLF (RFC 5322 §2.1.1).
pub const LINE_LIMIT: usize = 998;

/// A message that has gone through more hands than this runs in a circle (RFC 5321 §6.3 asks for at least 100 as
/// the hard limit, counting every relay; the operator's own chain never comes near 50).
pub const RECEIVED_LIMIT: usize = 50;

/// What [`prepare`] needs to know.
#[derive(Debug, Clone)]
pub struct Prepare<'a> {
    /// Our name, for identifiers.
    pub hostname: &'a str,
    /// The message's name in the queue.
    pub queue_id: &'a str,
    /// Seconds since 1970.
    pub now: u64,
    /// True for submission (RFC 6409 §8.1, §8.2); a relay leaves these fields alone.
    pub add_message_id_and_date: bool,
    /// Our trace field with its CRLF (see [`super::received::Received::field`]); may be empty.
    pub received: String,
}

/// The message for the queue, and what was seen in it.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The message; concatenated, it has a blank line between header section and body, and its
    /// last line is ended by CRLF.
    pub pieces: Vec<Bytes>,
    /// Octets in all pieces.
    pub size: usize,
    /// The identifier, with angle brackets: the client's, or the one that was added.
    pub message_id: Option<String>,
    /// The addresses of `From`, those that pose as a display name last.
    pub from: Vec<Address>,
    /// How many `From` fields there are: one, in a good message (RFC 5322 §3.6).
    pub from_fields: usize,
    /// Entries of `From` that are no addresses.
    pub from_malformed: usize,
    /// The address of `Sender`, if there is such a field.
    pub sender: Option<Address>,
    /// How many servers have had it: `Received` fields, ours not counted.
    pub received_count: usize,
    /// The header section has octets above 127: the message needs SMTPUTF8 (RFC 6532).
    pub has_eight_bit_header: bool,
    /// The body has octets above 127: it needs 8BITMIME.
    pub has_eight_bit_body: bool,
    /// Octets of the longest line, without its line end; compare with [`LINE_LIMIT`].
    pub longest_line: usize,
}

impl Prepared {
    /// Takes the content as filters have made it, behind our trace field: what is known of it is read again.
    pub fn rewrite(&mut self, trace: Option<Bytes>, content: Vec<Bytes>) {
        let (header, body) = part(&content);
        let mut facts = Facts::default();
        for field in &Message::split(&header).fields {
            // What the client was not to write has been taken out, and what filters write stays.
            facts.note(field);
        }
        self.message_id = facts.message_id;
        self.from = facts.from.addresses.into_iter().chain(facts.from.posing).collect();
        self.from_fields = facts.from_fields;
        self.from_malformed = facts.from.malformed;
        self.sender = facts.sender;
        self.has_eight_bit_header = !header.is_ascii();
        self.has_eight_bit_body = !body.iter().all(|piece| piece.is_ascii());
        self.pieces = trace.into_iter().chain(content).collect();
        self.size = self.pieces.iter().map(Bytes::len).sum();
    }
}

/// Makes the message ready for the queue.
#[must_use]
pub fn prepare(content: &Bytes, options: Prepare<'_>) -> Prepared {
    let section = Message::split(content);
    let mut pieces = Vec::with_capacity(6);
    if !options.received.is_empty() {
        pieces.push(Bytes::from(options.received.into_bytes()));
    }
    let mut facts = Facts::default();
    let mut kept_from = 0;
    for field in &section.fields {
        if facts.note(field) == Keep::No {
            push_slice(&mut pieces, content, kept_from, field.raw.start);
            kept_from = field.raw.end;
        }
    }
    let mut addition = String::new();
    if kept_from < section.end && !section.octets().ends_with(b"\n") {
        addition.push_str("\r\n");
    }
    if options.add_message_id_and_date {
        facts.add_missing(&mut addition, options.hostname, options.queue_id, options.now);
    }
    if !section.has_blank_line() {
        addition.push_str("\r\n");
    }
    if addition.is_empty() {
        push_slice(&mut pieces, content, kept_from, content.len());
    } else {
        push_slice(&mut pieces, content, kept_from, section.end);
        pieces.push(Bytes::from(addition.into_bytes()));
        push_slice(&mut pieces, content, section.end, content.len());
    }
    // The SMTP client ends the last line when it sends; the message that is signed must be the one that is sent.
    if !section.body().is_empty() && !content.ends_with(b"\r\n") {
        pieces.push(Bytes::from_static(b"\r\n"));
    }
    Prepared {
        size: pieces.iter().map(Bytes::len).sum(),
        pieces,
        message_id: facts.message_id,
        from: facts.from.addresses.into_iter().chain(facts.from.posing).collect(),
        from_fields: facts.from_fields,
        from_malformed: facts.from.malformed,
        sender: facts.sender,
        received_count: facts.received_count,
        has_eight_bit_header: !section.octets().is_ascii(),
        has_eight_bit_body: !section.body().is_ascii(),
        longest_line: longest_line(content),
    }
}

#[derive(PartialEq, Eq)]
enum Keep {
    Yes,
    No,
}

#[derive(Default)]
struct Facts {
    message_id: Option<String>,
    has_message_id: bool,
    has_date: bool,
    from: super::AddressList,
    from_fields: usize,
    sender: Option<Address>,
    received_count: usize,
}

impl Facts {
    fn note(&mut self, field: &super::Field<'_>) -> Keep {
        // One look at the length spares most comparisons.
        match field.name.len() {
            3 if field.is("Bcc") => return Keep::No,
            4 if field.is("From") => {
                self.from_fields += 1;
                self.from.append(mailboxes(field.value_octets()));
            }
            4 if field.is("Date") => self.has_date = true,
            6 if field.is("Sender") => {
                self.sender = mailboxes(field.value_octets()).addresses.into_iter().next();
            }
            8 if field.is("Received") => self.received_count += 1,
            10 if field.is("Message-ID") => {
                self.has_message_id = true;
                if self.message_id.is_none() {
                    self.message_id = message_id(field.value_octets()).map(str::to_owned);
                }
            }
            10 if field.is("Resent-Bcc") => return Keep::No,
            // Only the final delivery writes it (RFC 5321 §4.4); what a client puts there is a lie.
            11 if field.is("Return-Path") => return Keep::No,
            _ => {}
        }
        Keep::Yes
    }

    fn add_missing(&mut self, addition: &mut String, hostname: &str, queue_id: &str, now: u64) {
        if !self.has_date {
            addition.push_str("Date: ");
            date::write_rfc5322(addition, now);
            addition.push_str("\r\n");
        }
        if !self.has_message_id {
            let id = identifier::generate(now, queue_id, hostname);
            addition.push_str("Message-ID: ");
            addition.push_str(&id);
            addition.push_str("\r\n");
            self.message_id = Some(id);
        }
    }
}

fn push_slice(pieces: &mut Vec<Bytes>, content: &Bytes, start: usize, end: usize) {
    if end > start {
        pieces.push(content.slice(start..end));
    }
}

fn longest_line(content: &[u8]) -> usize {
    let mut longest = 0;
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', content) {
        longest = longest.max(end - start);
        start = end + 1;
    }
    // The line feed is not counted above; the carriage return before it is, once a line ended so.
    let with_return = longest - usize::from(longest > 0 && start > 0);
    with_return.max(content.len() - start)
}
