//! The desk's correspondence: a request out of what the mail server took, and the answer as a message. Pure.

use std::net::IpAddr;

use bytes::Bytes;
use mail_parser::MessageParser;
use postamt_mail::address::Address;
use postamt_mail::date;
use postamt_mail::words::{Words, words};

use super::policy::{Decision, Point, Reading};
use super::{SUPPORT_ADDRESS, SUPPORT_HOST};
use crate::receiver::Receipt;

/// How the numbers of tickets begin; in subjects they stand in square brackets.
const TICKET: &str = "SD-";

/// A letter to the desk.
#[derive(Debug)]
pub(super) struct Incoming {
    /// Whom to answer.
    pub(super) from: Address,
    pub(super) text: String,
    /// The number in its subject.
    pub(super) ticket: Option<String>,
    message_id: Option<String>,
}

impl Incoming {
    /// `None` for what nobody has written: answering it could go on for ever (RFC 3834 §2).
    pub(super) fn read(receipt: &Receipt) -> Option<Self> {
        let sender = receipt.envelope.sender.clone()?;
        if receipt.header("Auto-Submitted").is_some_and(|value| !value.trim().eq_ignore_ascii_case("no")) {
            return None;
        }
        let message = MessageParser::default().parse(&receipt.content[..])?;
        let author = message.from().and_then(|from| from.first()).and_then(|author| author.address());
        Some(Self {
            from: author.and_then(|author| Address::new(author).ok()).unwrap_or(sender),
            text: message.body_text(0)?.into_owned(),
            ticket: message.subject().and_then(ticket_in),
            message_id: message.message_id().map(str::to_owned),
        })
    }
}

/// `[SD-1001]` in a subject.
fn ticket_in(subject: &str) -> Option<String> {
    let brackets = subject.split('[').skip(1).filter_map(|rest| rest.split_once(']'));
    brackets.map(|(word, _)| word).find(|word| word.starts_with(TICKET)).map(str::to_owned)
}

/// The number of a new ticket.
pub(super) fn ticket(number: usize) -> String {
    format!("{TICKET}{number}")
}

/// What the desk writes.
#[derive(Debug)]
pub(super) struct Answer<'a> {
    pub(super) to: &'a Incoming,
    pub(super) ticket: &'a str,
    pub(super) decision: &'a Decision,
    pub(super) reading: &'a Reading,
    /// Addresses whose name leads back.
    pub(super) named: &'a [(IpAddr, String)],
    /// Seconds since 1970.
    pub(super) now: u64,
    /// Makes its identifier one of a kind.
    pub(super) number: u64,
}

impl Answer<'_> {
    /// The message. It is from a person, so it says nothing of being automatic.
    pub(super) fn message(&self) -> Bytes {
        let reply_to =
            self.to.message_id.as_ref().map(|id| format!("In-Reply-To: <{id}>\r\nReferences: <{id}>\r\n"));
        let header = format!(
            "From: Support <{SUPPORT_ADDRESS}>\r\nTo: <{}>\r\nSubject: [{}] Port 25\r\nDate: {}\r\n\
             Message-ID: <{:016x}@{SUPPORT_HOST}>\r\n{}MIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
            self.to.from,
            self.ticket,
            date::rfc5322(self.now),
            self.number,
            reply_to.unwrap_or_default(),
        );
        format!("{header}{}\r\n", self.text().replace('\n', "\r\n")).into()
    }

    /// In the customer's language.
    pub(super) fn text(&self) -> String {
        let words = words(self.reading.language());
        let mut paragraphs = vec![
            words.get("desk-greeting", &[]),
            words.get("desk-received", &[("ticket", self.ticket.into())]),
        ];
        match self.decision {
            Decision::Granted(addresses) => {
                paragraphs.push(words.get("desk-granted", &[("addresses", list(addresses).into())]));
            }
            Decision::Refused => paragraphs.push(words.get("desk-refused", &[])),
            Decision::Asked(points) => {
                let mut lines = vec![words.get("desk-missing", &[])];
                lines.extend(points.iter().map(|point| format!("* {}", self.wanted(*point, words))));
                paragraphs.push(lines.join("\n"));
            }
        }
        paragraphs.push(words.get("desk-regards", &[]));
        paragraphs.join("\n\n")
    }

    fn wanted(&self, point: Point, words: &Words) -> String {
        let id = match point {
            Point::Addresses => "desk-missing-addresses",
            Point::Name => {
                let nameless = self.reading.nameless(self.named);
                if !nameless.is_empty() {
                    return words.get("desk-missing-name-of", &[("addresses", list(&nameless).into())]);
                }
                "desk-missing-name"
            }
            Point::Kind => "desk-missing-kind",
            Point::Volume => "desk-missing-volume",
            Point::Evidence => "desk-missing-evidence",
            Point::Abuse => "desk-missing-abuse",
            Point::Promise => "desk-missing-promise",
        };
        words.get(id, &[])
    }
}

fn list(addresses: &[IpAddr]) -> String {
    addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
