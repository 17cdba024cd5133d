//! A blocking SMTP client for the server's UNIX socket (RFC 5321). The server knows us by our user id, so there is
//! no TLS and no login; it is our own server, so nothing must be tried twice.
//!
//! A message goes to all its recipients or to none: the first refusal ends the session before DATA.

use std::fmt;
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use memchr::memchr_iter;

use super::message::Submission;

/// The server syncs the message to disk before it answers; a full disk or a busy one takes its time.
const PATIENCE: Duration = Duration::from_secs(300);
/// Octets of a reply line that are believed (RFC 5321 §4.5.3.1.5: 512).
const LINE_LIMIT: usize = 4096;

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerReply {
    /// The three digits.
    pub code: u16,
    /// Subject and detail of the enhanced code, if there is one.
    pub enhanced: Option<(u16, u16)>,
    /// All lines, without the digits.
    pub text: String,
}

impl fmt::Display for ServerReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.text)
    }
}

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The message is the server's; these are its words.
    Accepted(String),
    /// Refused, as a whole or for the sake of this recipient.
    Refused {
        /// What it said.
        reply: ServerReply,
        /// Whom it refused.
        recipient: Option<String>,
    },
    /// 421: it is going down or is full (RFC 5321 §3.8).
    Closing,
}

/// A session on the socket.
pub struct Session {
    reader: BufReader<UnixStream>,
    writer: UnixStream,
}

impl Session {
    /// For a connected socket.
    ///
    /// # Errors
    /// Of the system.
    pub fn new(stream: UnixStream) -> io::Result<Self> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { reader: BufReader::new(stream.try_clone()?), writer: stream })
    }

    /// Hands a message over.
    ///
    /// # Errors
    /// The connection broke or the server does not speak SMTP; the message may or may not have been taken when
    /// that happened behind the last octet of it.
    pub fn send(mut self, submission: &Submission) -> io::Result<Outcome> {
        let greeting = self.reply()?;
        if greeting.code != 220 {
            return Ok(refused(greeting, None));
        }
        let hello = self.command("EHLO localhost")?;
        if hello.code != 250 {
            return Ok(refused(hello, None));
        }
        let reply = self.command(&mail_command(submission))?;
        if reply.code != 250 {
            return Ok(self.leave(reply, None));
        }
        let notify = submission.notify.as_ref().map(|notify| format!(" NOTIFY={notify}")).unwrap_or_default();
        for recipient in &submission.recipients {
            let reply = self.command(&format!("RCPT TO:<{recipient}>{notify}"))?;
            if reply.code / 100 != 2 {
                return Ok(self.leave(reply, Some(recipient.to_string())));
            }
        }
        let reply = self.command("DATA")?;
        if reply.code != 354 {
            return Ok(self.leave(reply, None));
        }
        write_stuffed(&mut self.writer, &submission.content)?;
        let reply = self.reply()?;
        if reply.code != 250 {
            return Ok(self.leave(reply, None));
        }
        // It has the message; whether it hears our farewell does not matter.
        let _ = self.writer.write_all(b"QUIT\r\n");
        Ok(Outcome::Accepted(reply.to_string()))
    }

    fn leave(&mut self, reply: ServerReply, recipient: Option<String>) -> Outcome {
        let _ = self.writer.write_all(b"QUIT\r\n");
        refused(reply, recipient)
    }

    fn command(&mut self, line: &str) -> io::Result<ServerReply> {
        self.writer.write_all(format!("{line}\r\n").as_bytes())?;
        self.reply()
    }

    /// Reads a reply, all its lines (RFC 5321 §4.2.1).
    fn reply(&mut self) -> io::Result<ServerReply> {
        let mut texts = Vec::new();
        loop {
            let mut line = Vec::new();
            let mut limited = io::Read::take(&mut self.reader, LINE_LIMIT as u64);
            limited.read_until(b'\n', &mut line)?;
            if line.is_empty() {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\r', '\n']);
            let code = line.get(..3).and_then(|digits| digits.parse().ok()).ok_or(ErrorKind::InvalidData)?;
            texts.push(line.get(4..).unwrap_or_default().to_owned());
            if line.as_bytes().get(3) != Some(&b'-') {
                let text = texts.join(" ");
                let enhanced = postamt_mail::reply::EnhancedCode::split(&text)
                    .map(|(code, _)| (code.subject, code.detail));
                return Ok(ServerReply { code, enhanced, text });
            }
        }
    }
}

fn refused(reply: ServerReply, recipient: Option<String>) -> Outcome {
    if reply.code == 421 { Outcome::Closing } else { Outcome::Refused { reply, recipient } }
}

fn mail_command(submission: &Submission) -> String {
    let sender = submission.sender.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut line = format!("MAIL FROM:<{sender}> SIZE={}", submission.content.len());
    if !submission.content.is_ascii() {
        line.push_str(" BODY=8BITMIME");
    }
    // Only for addresses: a header with raw UTF-8 passes as 8-bit at nearly every server, while SMTPUTF8 would
    // make each one without it refuse the message.
    let mut addresses = submission.sender.iter().chain(&submission.recipients);
    if addresses.any(Address::needs_smtputf8) {
        line.push_str(" SMTPUTF8");
    }
    if let Some(value) = submission.return_content {
        line.push_str(&format!(" RET={value}"));
    }
    if let Some(value) = &submission.envelope_id {
        line.push_str(&format!(" ENVID={value}"));
    }
    line
}

use postamt_mail::address::Address;

/// Writes the content with its dots doubled at line starts, and the end of data (RFC 5321 §4.5.2). The content
/// ends with CRLF.
fn write_stuffed(to: &mut impl Write, content: &[u8]) -> io::Result<()> {
    let mut stuffed = Vec::with_capacity(content.len() + 64);
    let mut start = 0;
    for end in memchr_iter(b'\n', content).map(|at| at + 1).chain([content.len()]) {
        let line = &content[start..end];
        if line.starts_with(b".") {
            stuffed.push(b'.');
        }
        stuffed.extend_from_slice(line);
        start = end;
    }
    if !content.ends_with(b"\r\n") {
        stuffed.extend_from_slice(b"\r\n");
    }
    stuffed.extend_from_slice(b".\r\n");
    to.write_all(&stuffed)
}
