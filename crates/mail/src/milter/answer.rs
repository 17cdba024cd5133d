//! What a milter says (`SMFIR_*`), read from its packet.

use std::borrow::Cow;

use bytes::Bytes;

use super::Fault;
use super::flags::{Actions, Negotiation};
use super::packet::Packet;
use crate::command::{Command, ForwardPath, MailParameters};
use crate::envelope::{Recipient, ReversePath};
use crate::reply::{EnhancedCode, Reply, ReplyCode};

/// Lines of a reply in the milter's own words.
const REPLY_LINES: usize = 32;
/// Characters of the reason of a quarantine.
const REASON_LIMIT: usize = 500;

/// A change of a message, in the order in which the milter made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A header field below all others (`SMFIR_ADDHEADER`).
    AddField {
        /// Its name.
        name: String,
        /// Its value as sent: lines end with LF.
        value: Bytes,
    },
    /// A header field in front of the one with this number; 0 is the topmost place (`SMFIR_INSHEADER`).
    InsertField {
        /// The place.
        place: u32,
        /// Its name.
        name: String,
        /// Its value.
        value: Bytes,
    },
    /// Another value for a field (`SMFIR_CHGHEADER`); an empty one takes the field out.
    ChangeField {
        /// Which one of this name, from 1.
        number: u32,
        /// Its name.
        name: String,
        /// Its value.
        value: Bytes,
    },
    /// A piece of the new body (`SMFIR_REPLBODY`).
    Body(Bytes),
    /// Another envelope sender (`SMFIR_CHGFROM`).
    Sender(ReversePath, Box<MailParameters>),
    /// One more recipient (`SMFIR_ADDRCPT`, `SMFIR_ADDRCPT_PAR`).
    AddRecipient(Recipient),
    /// One recipient less (`SMFIR_DELRCPT`).
    RemoveRecipient(String),
}

/// What a milter says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Go on.
    Continue,
    /// The message is good; nothing more needs to be shown.
    Accept,
    /// The message is to be taken and dropped.
    Discard,
    /// Refused for good.
    Reject,
    /// Refused for now.
    TemporaryFailure,
    /// Refused in the milter's own words.
    Reply(Reply),
    /// Enough of this kind (`SMFIR_SKIP`).
    Skip,
    /// It works on it (`SMFIR_PROGRESS`).
    Progress,
    /// 421 (`SMFIR_SHUTDOWN`).
    Shutdown,
    /// The connection is to fail (`SMFIR_CONN_FAIL`).
    Decline,
    /// The message is to be held, with this reason.
    Quarantine(String),
    /// A change.
    Change(Change),
}

impl Answer {
    /// Reads a packet.
    ///
    /// # Errors
    /// [`Fault::Malformed`]; [`Fault::Unexpected`] for a code that is no answer; [`Fault::NotAnnounced`].
    pub fn read(packet: &Packet, agreed: &Negotiation, stage: &'static str) -> Result<Self, Fault> {
        let content = packet.content.clone();
        let announced = |action: Actions| match agreed.actions.has(action) {
            true => Ok(()),
            false => Err(Fault::NotAnnounced(packet.letter())),
        };
        let mut texts = Texts { packet, rest: content };
        Ok(match packet.code {
            b'c' => Self::Continue,
            b'a' => Self::Accept,
            b'd' => Self::Discard,
            b'r' => Self::Reject,
            b't' => Self::TemporaryFailure,
            b's' => Self::Skip,
            b'p' => Self::Progress,
            b'4' => Self::Shutdown,
            b'f' => Self::Decline,
            b'y' => Self::Reply(reply(&texts.text()?).ok_or_else(|| texts.fault("it is no SMTP reply"))?),
            b'q' => {
                announced(Actions::QUARANTINE)?;
                let reason = texts.text()?;
                Self::Quarantine(reason.chars().filter(|it| !it.is_control()).take(REASON_LIMIT).collect())
            }
            b'h' => {
                announced(Actions::ADD_FIELDS)?;
                Self::Change(Change::AddField { name: texts.name()?, value: texts.octets()? })
            }
            b'i' => {
                announced(Actions::ADD_FIELDS)?;
                let place = texts.number()?;
                Self::Change(Change::InsertField { place, name: texts.name()?, value: texts.octets()? })
            }
            b'm' => {
                announced(Actions::CHANGE_FIELDS)?;
                let number = texts.number()?;
                Self::Change(Change::ChangeField { number, name: texts.name()?, value: texts.octets()? })
            }
            b'b' => {
                announced(Actions::REPLACE_BODY)?;
                Self::Change(Change::Body(packet.content.clone()))
            }
            b'e' => {
                announced(Actions::CHANGE_SENDER)?;
                let (sender, parameters) = texts.sender()?;
                Self::Change(Change::Sender(sender, Box::new(parameters)))
            }
            b'+' => {
                announced(Actions::ADD_RECIPIENTS)?;
                Self::Change(Change::AddRecipient(texts.recipient()?))
            }
            b'2' => {
                announced(Actions::ADD_RECIPIENTS_WITH_PARAMETERS)?;
                Self::Change(Change::AddRecipient(texts.recipient()?))
            }
            b'-' => {
                announced(Actions::REMOVE_RECIPIENTS)?;
                let text = texts.text()?;
                Self::Change(Change::RemoveRecipient(bare(&text).to_owned()))
            }
            _ => return Err(Fault::Unexpected { code: packet.letter(), stage }),
        })
    }
}

/// Reads the content of a packet from its front.
struct Texts<'p> {
    packet: &'p Packet,
    rest: Bytes,
}

impl Texts<'_> {
    fn fault(&self, reason: &'static str) -> Fault {
        Fault::Malformed { code: self.packet.letter(), reason }
    }

    fn number(&mut self) -> Result<u32, Fault> {
        let octets = *self.rest.first_chunk::<4>().ok_or_else(|| self.fault("it has no number"))?;
        drop(self.rest.split_to(4));
        Ok(u32::from_be_bytes(octets))
    }

    /// Up to the next NUL, which must be there.
    fn octets(&mut self) -> Result<Bytes, Fault> {
        let end = memchr::memchr(0, &self.rest).ok_or_else(|| self.fault("a text has no end"))?;
        let text = self.rest.split_to(end);
        drop(self.rest.split_to(1));
        Ok(text)
    }

    fn text(&mut self) -> Result<String, Fault> {
        Ok(String::from_utf8_lossy(&self.octets()?).into_owned())
    }

    /// field-name: printable ASCII without the colon (RFC 5322 §3.6.8).
    fn name(&mut self) -> Result<String, Fault> {
        let name = self.octets()?;
        let is_name = !name.is_empty()
            && name.len() <= 255
            && name.iter().all(|octet| (33..=126).contains(octet) && *octet != b':');
        let text = std::str::from_utf8(&name).ok().filter(|_| is_name).map(str::to_owned);
        text.ok_or_else(|| self.fault("it names no header field"))
    }

    /// An address and the parameters behind it, as a command of SMTP.
    fn command(&mut self, verb: &str) -> Result<String, Fault> {
        let address = self.text()?;
        let parameters = if self.rest.is_empty() { String::new() } else { self.text()? };
        let line = format!("{verb}:<{}> {parameters}", bare(&address));
        if line.contains(char::is_control) { Err(self.fault("it has control characters")) } else { Ok(line) }
    }

    fn sender(&mut self) -> Result<(ReversePath, MailParameters), Fault> {
        match Command::parse(&self.command("MAIL FROM")?) {
            Ok(Command::Mail(sender, parameters)) => Ok((sender, parameters)),
            _ => Err(self.fault("it is no sender")),
        }
    }

    fn recipient(&mut self) -> Result<Recipient, Fault> {
        let line = self.command("RCPT TO")?;
        let Ok(Command::Recipient(ForwardPath::Address(address), parameters)) = Command::parse(&line) else {
            return Err(self.fault("it is no recipient"));
        };
        let mut recipient = Recipient::new(address);
        recipient.explicit_notify = parameters.notify.is_some();
        recipient.notify = parameters.notify.unwrap_or_default();
        recipient.original = parameters.original;
        Ok(recipient)
    }
}

/// An address without its angle brackets.
fn bare(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text)
}

/// `550 5.7.1 No`, or some lines of it. Only refusals can be said so, and 421 would end a session that is ours to end.
fn reply(text: &str) -> Option<Reply> {
    let lines: Vec<&str> = text.trim_end().split('\n').map(|line| line.trim_end_matches('\r')).collect();
    if lines.len() > REPLY_LINES {
        return None;
    }
    let mut reply: Option<Reply> = None;
    for line in lines {
        let number: u16 = line.get(..3)?.parse().ok()?;
        let number = if number == 421 { 451 } else { number };
        let code = ReplyCode::new(number).filter(|code| code.is_temporary() || code.is_permanent())?;
        let words = line.get(4..).unwrap_or_default();
        let (enhanced, words): (_, Cow<'_, str>) = match EnhancedCode::split(words) {
            Some((status, words)) if u16::from(status.class) == number / 100 => (Some(status), words.into()),
            _ => (None, words.into()),
        };
        match &mut reply {
            None => reply = Some(Reply { code, enhanced, lines: vec![words.into_owned()] }),
            Some(reply) if reply.code == code => reply.lines.push(words.into_owned()),
            Some(_) => return None,
        }
    }
    reply
}
