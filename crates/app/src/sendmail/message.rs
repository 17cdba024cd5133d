//! From what came on stdin to what is submitted: line ends, header, envelope.
//!
//! Only what must be there for the message to be one is added: a blank line behind the header, and `From`. Date
//! and Message-ID are the server's business, and so is the removal of Bcc.

use postamt_mail::address::Address;
use postamt_mail::header::{HeaderSection, Message};

use super::arguments::Arguments;
use super::sysexits::Sysexit;
use crate::users;

/// A message and its envelope, ready for the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// `None` is the null path.
    pub sender: Option<Address>,
    /// At least one.
    pub recipients: Vec<Address>,
    /// NOTIFY of every recipient.
    pub notify: Option<String>,
    /// RET.
    pub return_content: Option<&'static str>,
    /// ENVID, in xtext.
    pub envelope_id: Option<String>,
    /// The message; CRLF line ends.
    pub content: Vec<u8>,
}

/// Why no submission can be made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// Neither on the command line nor, with `-t`, in the header.
    NoRecipients,
    /// A recipient is no address.
    Recipient(String),
    /// The sender is no address.
    Sender(String),
    /// To, Cc or Bcc has entries that are no addresses.
    Header(String),
}

impl Unusable {
    /// How to end, and the sentence to say.
    #[must_use]
    pub fn sentence(&self) -> (Sysexit, &'static str) {
        match self {
            Self::NoRecipients => (Sysexit::Usage, "sendmail-no-recipients"),
            Self::Recipient(_) => (Sysexit::NoUser, "sendmail-bad-recipient"),
            Self::Sender(_) => (Sysexit::DataError, "sendmail-bad-sender"),
            Self::Header(_) => (Sysexit::DataError, "sendmail-bad-header"),
        }
    }

    /// What was seen.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::NoRecipients => "",
            Self::Recipient(text) | Self::Sender(text) | Self::Header(text) => text,
        }
    }
}

/// What was read, with CRLF line ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    content: Vec<u8>,
}

impl Draft {
    /// Takes the input: LF, CRLF and a lone CR all end a line, since programs on this machine write text and not
    /// SMTP. With `dot_ends`, a line with a single dot is the end. An mbox `From ` line at the top is left out.
    #[must_use]
    pub fn read(input: &[u8], dot_ends: bool) -> Self {
        let mut content = Vec::with_capacity(input.len() + input.len() / 32);
        let mut rest = input;
        let mut first = true;
        while !rest.is_empty() {
            let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            let line = &rest[..end];
            let ending = if rest[end..].starts_with(b"\r\n") { 2 } else { 1 };
            rest = rest.get(end + ending..).unwrap_or_default();
            if dot_ends && line == b"." {
                break;
            }
            if !(first && line.starts_with(b"From ")) {
                content.extend_from_slice(line);
                content.extend_from_slice(b"\r\n");
            }
            first = false;
        }
        Self { content }
    }

    /// Adds what is missing and makes the envelope.
    ///
    /// # Errors
    /// [`Unusable`].
    pub fn submission(self, arguments: &Arguments, hostname: &str) -> Result<Submission, Unusable> {
        let header = Message::split(&self.content);
        let mut recipients = Vec::new();
        for text in &arguments.recipients {
            recipients.push(recipient(text, hostname)?);
        }
        if arguments.recipients_in_header {
            header_recipients(&header, hostname, &mut recipients)?;
        }
        let mut seen = std::collections::HashSet::new();
        recipients.retain(|address| seen.insert(address.clone()));
        if recipients.is_empty() {
            return Err(Unusable::NoRecipients);
        }
        let user = users::myself();
        let login = user
            .as_ref()
            .map_or_else(|| format!("uid{}", rustix::process::getuid().as_raw()), |user| user.name.clone());
        let sender = match arguments.sender.as_deref().map(str::trim) {
            Some("" | "<>") => None,
            Some(text) => Some(sender(text, hostname)?),
            None => Some(sender(&login, hostname)?),
        };
        let from =
            sender.clone().map_or_else(|| format!("MAILER-DAEMON@{hostname}"), |sender| sender.to_string());
        let full_name = arguments.full_name.clone().or(user.map(|user| user.full_name)).unwrap_or_default();
        let content = completed(&header, &from, &full_name, &self.content);
        Ok(Submission {
            sender,
            recipients,
            notify: arguments.notify.clone(),
            return_content: arguments.return_content,
            envelope_id: arguments.envelope_id.as_deref().map(xtext),
            content,
        })
    }
}

/// Puts `From` at the top when it is missing, and a blank line where the header ends without one.
fn completed(header: &HeaderSection<'_>, from: &str, full_name: &str, content: &[u8]) -> Vec<u8> {
    let mut result = Vec::with_capacity(content.len() + 128);
    if header.find("From").is_none() {
        let line = match full_name {
            "" => format!("From: {from}\r\n"),
            name => format!("From: {} <{from}>\r\n", display_name(name)),
        };
        result.extend_from_slice(line.as_bytes());
    }
    result.extend_from_slice(header.octets());
    if header.has_blank_line() {
        result.extend_from_slice(&content[header.end..]);
    } else {
        result.extend_from_slice(b"\r\n");
        result.extend_from_slice(&content[header.end..]);
    }
    result
}

/// A display name (RFC 5322 §3.4): quoted, or as an encoded word when it is not ASCII (RFC 2047 §2).
#[must_use]
pub fn display_name(name: &str) -> String {
    if name.is_ascii() {
        let clean: String = name.chars().filter(|c| !c.is_control()).collect();
        format!("\"{}\"", clean.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        encoded_words(name)
    }
}

/// Text as encoded words of at most 75 characters each (RFC 2047 §2), parted by folding white space.
#[must_use]
pub fn encoded_words(text: &str) -> String {
    use base64::Engine as _;
    // 45 octets become 60 characters; with `=?UTF-8?B?` and `?=` that is 72.
    const OCTETS: usize = 45;
    let mut words = Vec::new();
    let mut part = String::new();
    for character in text.chars().filter(|c| !c.is_control()) {
        if part.len() + character.len_utf8() > OCTETS {
            words.push(std::mem::take(&mut part));
        }
        part.push(character);
    }
    words.push(part);
    let encoded =
        |part: &String| format!("=?UTF-8?B?{}?=", base64::engine::general_purpose::STANDARD.encode(part));
    words.iter().map(encoded).collect::<Vec<_>>().join("\r\n ")
}

/// An address on the command line, perhaps in angle brackets; a bare name is one of this host. Mail for root, as
/// cron sends it, is for the postmaster: there are no aliases that could say so.
pub fn recipient(text: &str, hostname: &str) -> Result<Address, Unusable> {
    let bare = text.trim();
    let bare = bare.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(bare);
    let qualified = match bare {
        "root" => format!("postmaster@{hostname}"),
        name if !name.contains('@') => format!("{name}@{hostname}"),
        address => address.to_owned(),
    };
    Address::new(&qualified).map_err(|_| Unusable::Recipient(text.to_owned()))
}

fn sender(text: &str, hostname: &str) -> Result<Address, Unusable> {
    let bare = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(text);
    let qualified = if bare.contains('@') { bare.to_owned() } else { format!("{bare}@{hostname}") };
    Address::new(&qualified).map_err(|_| Unusable::Sender(text.to_owned()))
}

/// `-t`: To, Cc and Bcc, or their Resent- forms when the message is sent on (RFC 5322 §3.6.6).
fn header_recipients(
    header: &HeaderSection<'_>,
    hostname: &str,
    recipients: &mut Vec<Address>,
) -> Result<(), Unusable> {
    let resent = ["Resent-To", "Resent-Cc", "Resent-Bcc"];
    let names =
        if resent.iter().any(|name| header.find(name).is_some()) { resent } else { ["To", "Cc", "Bcc"] };
    for name in names {
        for field in header.all(name) {
            let list = postamt_mail::header::mailboxes(field.value_octets());
            recipients.extend(list.addresses);
            if list.malformed > 0 {
                // `To: root` is what cron writes: bare names are good here.
                let text = field.text();
                let names =
                    text.split(',').map(str::trim).filter(|one| !one.is_empty() && !one.contains('@'));
                let bare: Vec<Address> =
                    names.map(|one| recipient(one, hostname)).collect::<Result<_, _>>()?;
                if bare.len() != list.malformed {
                    return Err(Unusable::Header(format!("{}: {text}", field.name)));
                }
                recipients.extend(bare);
            }
        }
    }
    Ok(())
}

/// RFC 3461 §4: printable ASCII but `+` and `=` as it is, the rest as `+` and two hexadecimal digits.
fn xtext(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            33..=126 if !matches!(byte, b'+' | b'=') => char::from(byte).to_string(),
            _ => format!("+{byte:02X}"),
        })
        .collect()
}
