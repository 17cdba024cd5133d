//! The grammar of SMTP commands (RFC 5321 §4.1): one line without its CRLF becomes a [`Command`] that borrows
//! from it.
//!
//! [`Command::parse`] is given text that has no control characters. What does not parse comes back with the
//! reply that says so; whether a command may come now is not decided here.

mod parameters;
mod path;
mod xtext;

pub use parameters::{MailParameters, RecipientParameters};
pub use path::{ForwardPath, PathError};
pub use xtext::{decode_xtext, encode_xtext, is_xtext};

use crate::envelope::ReversePath;

/// What the client calls itself with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HelloKind {
    /// `HELO`: no extensions.
    Helo,
    /// `EHLO`.
    Ehlo,
    /// `LHLO` (RFC 2033 §4.1).
    Lhlo,
}

/// A command that follows the grammar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command<'a> {
    /// EHLO, HELO or LHLO and the name behind it.
    Hello(HelloKind, &'a str),
    /// MAIL FROM.
    Mail(ReversePath, MailParameters),
    /// RCPT TO.
    Recipient(ForwardPath, RecipientParameters),
    /// DATA.
    Data,
    /// BDAT (RFC 3030 §2).
    Chunk {
        /// Octets that follow the line.
        size: u64,
        /// True for the message's last chunk.
        last: bool,
    },
    /// RSET.
    Reset,
    /// NOOP.
    Noop,
    /// VRFY.
    Verify,
    /// HELP.
    Help,
    /// QUIT.
    Quit,
    /// STARTTLS (RFC 3207).
    StartTls,
    /// AUTH (RFC 4954).
    Authenticate {
        /// The mechanism's name as written.
        mechanism: &'a str,
        /// The initial response in base64.
        initial: Option<&'a str>,
    },
    /// EXPN, TURN, ETRN and others that exist but that we do not do.
    Unimplemented,
    /// The first line of an HTTP request, or one of its fields.
    Foreign,
    /// Anything else.
    Unknown,
}

/// A line that looks like a command and breaks its grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyntaxError {
    /// The session goes on behind this reply.
    Reply(&'static str),
    /// A BDAT that cannot be read: nobody knows how many octets of a message follow, and to read them as commands
    /// would be worse than to end the session.
    UnframedChunk,
}

/// Octets of a greeting name that we believe: a domain or an address literal.
const NAME_LIMIT: usize = 255;

impl<'a> Command<'a> {
    /// Parses a line without CRLF.
    ///
    /// # Errors
    /// The reply to a line that begins like a command and goes on unlike it.
    pub fn parse(line: &'a str) -> Result<Self, SyntaxError> {
        // Trailing white space is tolerated (RFC 5321 §4.1.1).
        let line = line.trim_end_matches([' ', '\t']);
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let mut upper = [0_u8; 8];
        let Some(slot) = upper.get_mut(..verb.len()) else {
            return Ok(Self::unknown(verb));
        };
        slot.copy_from_slice(verb.as_bytes());
        slot.make_ascii_uppercase();
        match &upper[..verb.len()] {
            b"EHLO" => hello(HelloKind::Ehlo, rest),
            b"HELO" => hello(HelloKind::Helo, rest),
            b"LHLO" => hello(HelloKind::Lhlo, rest),
            b"MAIL" => mail(rest),
            b"RCPT" => recipient(rest),
            b"DATA" => bare(rest, Self::Data, "501 5.5.4 DATA takes no parameter"),
            b"BDAT" => chunk(rest),
            b"RSET" => bare(rest, Self::Reset, "501 5.5.4 RSET takes no parameter"),
            // NOOP and HELP may carry text (RFC 5321 §4.1.1.8, §4.1.1.9).
            b"NOOP" => Ok(Self::Noop),
            b"HELP" => Ok(Self::Help),
            b"VRFY" if rest.is_empty() => Err(SyntaxError::Reply("501 5.5.4 Syntax: VRFY address")),
            b"VRFY" => Ok(Self::Verify),
            b"QUIT" => bare(rest, Self::Quit, "501 5.5.4 QUIT takes no parameter"),
            b"STARTTLS" => bare(rest, Self::StartTls, "501 5.5.4 STARTTLS takes no parameter"),
            b"AUTH" => authenticate(rest),
            b"EXPN" | b"TURN" | b"ATRN" | b"ETRN" | b"SEND" | b"SOML" | b"SAML" => Ok(Self::Unimplemented),
            _ => Ok(Self::unknown(verb)),
        }
    }

    fn unknown(verb: &str) -> Self {
        const METHODS: [&str; 9] =
            ["GET", "POST", "PUT", "HEAD", "CONNECT", "OPTIONS", "DELETE", "PATCH", "TRACE"];
        // `Host:` and the like: the fields of a request whose first line we did not know.
        let is_field = verb.len() > 1 && verb.ends_with(':') && verb.as_bytes()[0].is_ascii_alphabetic();
        if is_field || METHODS.iter().any(|method| method.eq_ignore_ascii_case(verb)) {
            Self::Foreign
        } else {
            Self::Unknown
        }
    }
}

fn bare<'a>(rest: &str, command: Command<'a>, refusal: &'static str) -> Result<Command<'a>, SyntaxError> {
    if rest.trim_matches(' ').is_empty() { Ok(command) } else { Err(SyntaxError::Reply(refusal)) }
}

/// A name is demanded, but not that it be true or even well-formed: too many clients call themselves
/// `localhost` or by a Windows name (RFC 5321 §4.1.4: mail is not refused for that reason).
fn hello(kind: HelloKind, rest: &str) -> Result<Command<'_>, SyntaxError> {
    let name = rest.split_ascii_whitespace().next().unwrap_or("");
    if name.is_empty() {
        return Err(SyntaxError::Reply("501 5.5.4 Say your name: a domain or an address literal"));
    }
    if name.len() > NAME_LIMIT || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(SyntaxError::Reply("501 5.5.4 That is no domain and no address literal"));
    }
    Ok(Command::Hello(kind, name))
}

fn after_keyword<'a>(rest: &'a str, keyword: &str) -> Option<&'a str> {
    let head = rest.get(..keyword.len())?;
    head.eq_ignore_ascii_case(keyword).then(|| &rest[keyword.len()..])
}

fn mail(rest: &str) -> Result<Command<'_>, SyntaxError> {
    let Some(text) = after_keyword(rest, "FROM:") else {
        return Err(SyntaxError::Reply("501 5.5.4 Syntax: MAIL FROM:<address>"));
    };
    let (inner, parameters) =
        path::split(text).ok_or(SyntaxError::Reply("501 5.1.7 Syntax: MAIL FROM:<address>"))?;
    let sender = path::reverse(inner).map_err(|error| SyntaxError::Reply(error.sender_reply()))?;
    Ok(Command::Mail(sender, MailParameters::parse(parameters)?))
}

fn recipient(rest: &str) -> Result<Command<'_>, SyntaxError> {
    let Some(text) = after_keyword(rest, "TO:") else {
        return Err(SyntaxError::Reply("501 5.5.4 Syntax: RCPT TO:<address>"));
    };
    let (inner, parameters) =
        path::split(text).ok_or(SyntaxError::Reply("501 5.1.3 Syntax: RCPT TO:<address>"))?;
    let path = path::forward(inner).map_err(|error| SyntaxError::Reply(error.recipient_reply()))?;
    Ok(Command::Recipient(path, RecipientParameters::parse(parameters)?))
}

/// `BDAT SP chunk-size [SP LAST]` (RFC 3030 §2).
fn chunk(rest: &str) -> Result<Command<'_>, SyntaxError> {
    const REFUSAL: SyntaxError = SyntaxError::UnframedChunk;
    let mut words = rest.split_ascii_whitespace();
    let size = words.next().ok_or(REFUSAL)?;
    if size.len() > 20 || !size.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(REFUSAL);
    }
    let size = size.parse().map_err(|_| REFUSAL)?;
    let last = match words.next() {
        None => false,
        Some(word) if word.eq_ignore_ascii_case("LAST") => true,
        Some(_) => return Err(REFUSAL),
    };
    if words.next().is_some() { Err(REFUSAL) } else { Ok(Command::Chunk { size, last }) }
}

fn authenticate(rest: &str) -> Result<Command<'_>, SyntaxError> {
    const REFUSAL: SyntaxError = SyntaxError::Reply("501 5.5.4 Syntax: AUTH mechanism [initial-response]");
    let mut words = rest.split_ascii_whitespace();
    let mechanism = words.next().ok_or(REFUSAL)?;
    let initial = words.next();
    if words.next().is_some() { Err(REFUSAL) } else { Ok(Command::Authenticate { mechanism, initial }) }
}

#[cfg(test)]
mod tests;
