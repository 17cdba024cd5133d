//! The server's side of an SMTP or LMTP session (RFC 5321, RFC 2033) as a machine: octets in, steps and octets
//! out. It keeps the order of commands, the limits and the line discipline; the driver owns the socket, TLS,
//! the time, and every decision about senders, recipients, logins and messages.
//!
//! ```text
//! loop {
//!     match server.advance(&mut input) {
//!         NeedInput       => write and clear server.output(), then append to input what was read
//!         Mail, Recipient => server.answer(reply)
//!         Message         => make it safe, then server.answer(250 …)
//!         …
//!     }
//! }
//! ```
//!
//! The driver only ever appends to `input`. Replies to pipelined commands gather in the output, so they leave in
//! one write. The machine cannot fail; what a peer does wrong is answered, and noted as a [`Violation`].

mod chunk;
mod commands;
mod lines;
mod login;
mod profile;
mod step;
mod transaction;

use std::sync::Arc;

use bytes::BytesMut;

pub use profile::{Mechanism, Security, ServerProfile};
pub use step::{MailRequest, Phase, ReceivedMessage, Step, Violation};

use crate::command::HelloKind;
use crate::data::DataDecoder;
use crate::envelope::{Envelope, Recipient};
use crate::reply::{Reply, ReplyCode};
use chunk::Chunk;
use lines::LineReader;
use transaction::Transaction;

/// Commands in error after which a session ends: whoever errs so often is no mail client.
const ERROR_LIMIT: u32 = 20;
/// Commands that lead to no message (NOOP, RSET, VRFY, EHLO …) after which a session ends.
const IDLE_LIMIT: u32 = 200;
/// Senders and recipients refused for good since the last message after which a session ends. Large lists have stale
/// addresses in them; who guesses names has little else.
const REFUSAL_LIMIT: u32 = 100;
/// Failed logins after which a session ends; a client that tries each mechanism once gets there by itself.
const LOGIN_LIMIT: u32 = 5;

/// How the client introduced itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// HELO, EHLO or LHLO.
    pub kind: HelloKind,
    /// The name that it gave: a claim, well-formed only in that it is printable ASCII.
    pub name: String,
}

/// One session.
#[derive(Debug)]
pub struct Server {
    profile: Arc<ServerProfile>,
    security: Security,
    output: Vec<u8>,
    state: State,
    lines: LineReader,
    hello: Option<Hello>,
    authenticated: bool,
    transaction: Option<Transaction>,
    errors: u32,
    idle_commands: u32,
    failed_logins: u32,
    refusals: u32,
}

#[derive(Debug)]
enum State {
    /// `greet` is due; true once an early talker was reported.
    Greeting { reported: bool },
    /// A command is due.
    Command,
    /// The driver's answer is due.
    Answer(Question),
    /// The lines of DATA are due.
    Data(DataDecoder),
    /// The octets of BDAT are due.
    Chunk(Chunk),
    /// A response of a login is due.
    Response(Expected),
    /// STARTTLS was answered; `reported` once the driver knows.
    Handshake { reported: bool },
    /// The end, once the output is flushed.
    Closing,
}

/// What the driver was asked.
#[derive(Debug)]
enum Question {
    Mail { envelope: Box<Envelope>, declared_size: Option<u64> },
    Recipient(Box<Recipient>),
    Message { recipients: usize },
    Login,
}

/// What the client's next line in a login is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// A response to a challenge.
    Response,
    /// Nothing: the client has seen the server's last words.
    Nothing,
}

impl Server {
    /// A session that has not been greeted.
    #[must_use]
    pub fn new(profile: Arc<ServerProfile>, security: Security) -> Self {
        Self {
            profile,
            security,
            output: Vec::with_capacity(512),
            state: State::Greeting { reported: false },
            lines: LineReader::default(),
            hello: None,
            authenticated: false,
            transaction: None,
            errors: 0,
            idle_commands: 0,
            failed_logins: 0,
            refusals: 0,
        }
    }

    /// Puts the greeting into the output (RFC 5321 §4.3.1: first the domain).
    pub fn greet(&mut self) {
        let profile = Arc::clone(&self.profile);
        self.say_all(&["220 ", &profile.hostname, " ", &profile.greeting]);
        self.state = State::Command;
    }

    /// Greets with a refusal, 421 or 554, and ends.
    pub fn refuse(&mut self, reply: Reply) {
        self.close(reply);
    }

    /// Ends the session with a reply, as 421 at a timeout or shutdown. [`Step::Close`] is next.
    pub fn close(&mut self, reply: Reply) {
        reply.write(&mut self.output);
        self.transaction = None;
        self.state = State::Closing;
    }

    /// Consumes input until something is to be done.
    pub fn advance(&mut self, input: &mut BytesMut) -> Step {
        loop {
            let starved = input.is_empty() && !self.chunk_is_complete();
            let step = match &mut self.state {
                State::Closing => {
                    input.clear();
                    return Step::Close;
                }
                State::Greeting { reported } => {
                    if *reported || input.is_empty() {
                        return Step::NeedInput;
                    }
                    *reported = true;
                    return Step::Violation(Violation::EarlyTalker);
                }
                State::Handshake { reported } => {
                    // Nothing that came in clear is ever read as if it had come under TLS (RFC 3207 §6).
                    let pipelined = !input.is_empty();
                    input.clear();
                    if pipelined && !*reported {
                        return Step::Violation(Violation::PipelinedBeforeTls);
                    }
                    let first = !std::mem::replace(reported, true);
                    return if first { Step::StartTls } else { Step::NeedInput };
                }
                State::Answer(_) => return Step::NeedInput,
                _ if starved => return Step::NeedInput,
                State::Data(_) => self.read_data(input),
                State::Chunk(_) => self.read_chunk(input),
                State::Command | State::Response(_) => match self.read_line(input) {
                    Some(step) => step,
                    None => return Step::NeedInput,
                },
            };
            if let Some(step) = step {
                return step;
            }
        }
    }

    /// What is to be written. The driver writes and clears it before it waits for more input.
    pub fn output(&mut self) -> &mut Vec<u8> {
        &mut self.output
    }

    /// What the machine waits for.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self.state {
            State::Greeting { .. } => Phase::Greeting,
            State::Command => Phase::Command,
            State::Answer(_) => Phase::Answer,
            State::Data(_) | State::Chunk(_) => Phase::DataBlock,
            State::Response(_) => Phase::Authentication,
            State::Handshake { .. } => Phase::Handshake,
            State::Closing => Phase::Closed,
        }
    }

    /// True from MAIL to the answer to the message: a shutdown lets it end.
    #[must_use]
    pub fn is_in_transaction(&self) -> bool {
        self.transaction.is_some()
            || matches!(
                self.state,
                State::Data(_)
                    | State::Chunk(_)
                    | State::Answer(Question::Mail { .. } | Question::Message { .. })
            )
    }

    /// How the client introduced itself, for the Received field.
    #[must_use]
    pub fn hello(&self) -> Option<&Hello> {
        self.hello.as_ref()
    }

    /// How the octets travel.
    #[must_use]
    pub fn security(&self) -> Security {
        self.security
    }

    /// True once a login was accepted.
    #[must_use]
    pub fn is_authenticated(&self) -> bool {
        self.authenticated
    }

    /// The protocol's name for the `with` clause of Received (RFC 3848, RFC 6531 §4.3).
    #[must_use]
    pub fn protocol(&self, smtputf8: bool) -> &'static str {
        let tls = self.security == Security::Tls;
        let kind = self.hello.as_ref().map_or(HelloKind::Helo, |hello| hello.kind);
        match (kind, smtputf8, tls, self.authenticated) {
            (HelloKind::Helo, ..) => "SMTP",
            (HelloKind::Ehlo, false, false, false) => "ESMTP",
            (HelloKind::Ehlo, false, false, true) => "ESMTPA",
            (HelloKind::Ehlo, false, true, false) => "ESMTPS",
            (HelloKind::Ehlo, false, true, true) => "ESMTPSA",
            (HelloKind::Ehlo, true, false, false) => "UTF8SMTP",
            (HelloKind::Ehlo, true, false, true) => "UTF8SMTPA",
            (HelloKind::Ehlo, true, true, false) => "UTF8SMTPS",
            (HelloKind::Ehlo, true, true, true) => "UTF8SMTPSA",
            (HelloKind::Lhlo, false, false, false) => "LMTP",
            (HelloKind::Lhlo, false, false, true) => "LMTPA",
            (HelloKind::Lhlo, false, true, false) => "LMTPS",
            (HelloKind::Lhlo, false, true, true) => "LMTPSA",
            (HelloKind::Lhlo, true, false, false) => "UTF8LMTP",
            (HelloKind::Lhlo, true, false, true) => "UTF8LMTPA",
            (HelloKind::Lhlo, true, true, false) => "UTF8LMTPS",
            (HelloKind::Lhlo, true, true, true) => "UTF8LMTPSA",
        }
    }

    /// The rules of this session.
    #[must_use]
    pub fn profile(&self) -> &ServerProfile {
        &self.profile
    }

    /// The handshake is done: the state is that after the greeting, and nothing said before counts (RFC 3207
    /// §4.2). Failed logins and errors stay counted.
    pub fn tls_established(&mut self) {
        self.security = Security::Tls;
        self.hello = None;
        self.authenticated = false;
        self.transaction = None;
        self.lines = LineReader::default();
        self.state = State::Command;
    }

    /// Answers [`Step::Mail`], [`Step::Recipient`] or [`Step::Message`]: yes if the code is 2yz, and the end of the
    /// session if it is 421. With LMTP a reply to a message is said once per recipient.
    pub fn answer(&mut self, reply: Reply) {
        let count = match std::mem::replace(&mut self.state, State::Command) {
            State::Answer(question) => self.settle(question, reply.code),
            other => {
                self.state = other;
                debug_assert!(false, "an answer without a question");
                return;
            }
        };
        let reply = match self.refusals {
            0..REFUSAL_LIMIT => reply,
            _ => Reply::new(421, (4, 7, 0), "Too many refused addresses; closing"),
        };
        for _ in 0..count {
            reply.write(&mut self.output);
        }
        if reply.code.get() == 421 {
            self.transaction = None;
            self.state = State::Closing;
        }
    }

    /// Answers [`Step::Message`] of an LMTP session: one reply per recipient in the order of RCPT (RFC 2033 §4.2).
    /// The last is repeated where replies are missing.
    ///
    /// # Panics
    /// Never; without any reply the recipients get 451.
    pub fn answer_each(&mut self, replies: Vec<Reply>) {
        let State::Answer(Question::Message { recipients }) = self.state else {
            debug_assert!(false, "answers without a message");
            return;
        };
        let wanted = if self.profile.lmtp { recipients } else { 1 };
        let fallback = Reply::new(451, (4, 3, 0), "Local error");
        let last = replies.last().unwrap_or(&fallback);
        for reply in replies.iter().chain(std::iter::repeat(last)).take(wanted) {
            reply.write(&mut self.output);
        }
        self.idle_commands = 0;
        self.refusals = 0;
        self.state = State::Command;
    }

    /// Does what an answer means and returns how many times the reply is to be said.
    fn settle(&mut self, question: Question, code: ReplyCode) -> usize {
        self.refusals += u32::from(code.is_permanent());
        match question {
            Question::Mail { envelope, declared_size } => {
                if code.is_success() {
                    self.transaction = Some(Transaction::new(*envelope, declared_size));
                }
                1
            }
            Question::Recipient(recipient) => {
                if let Some(transaction) = self.transaction.as_mut().filter(|_| code.is_success()) {
                    transaction.envelope.recipients.push(*recipient);
                }
                1
            }
            Question::Message { recipients } => {
                self.idle_commands = 0;
                self.refusals = 0;
                if self.profile.lmtp { recipients } else { 1 }
            }
            Question::Login => 1,
        }
    }

    fn chunk_is_complete(&self) -> bool {
        matches!(&self.state, State::Chunk(chunk) if chunk.is_complete())
    }

    /// Says one whole line.
    fn say(&mut self, line: &str) {
        self.output.extend_from_slice(line.as_bytes());
        self.output.extend_from_slice(b"\r\n");
    }

    /// Says one line from parts.
    fn say_all(&mut self, parts: &[&str]) {
        for part in parts {
            self.output.extend(part.bytes().map(|byte| if byte.is_ascii_control() { b'?' } else { byte }));
        }
        self.output.extend_from_slice(b"\r\n");
    }

    /// Answers a command that is in error. After too many of them the session ends.
    fn object(&mut self, line: &str) -> Option<Step> {
        self.errors += 1;
        if self.errors >= ERROR_LIMIT {
            return self.end("421 4.7.0 Too many errors; closing", Violation::TooManyErrors);
        }
        self.say(line);
        None
    }

    /// Counts a command that leads to no message by itself.
    fn idle(&mut self, line: &str) -> Option<Step> {
        self.idle_commands += 1;
        if self.idle_commands > IDLE_LIMIT {
            return self
                .end("421 4.7.0 Too many commands without a message; closing", Violation::TooManyErrors);
        }
        self.say(line);
        None
    }

    /// Says a last line, notes why and ends.
    fn end(&mut self, line: &str, violation: Violation) -> Option<Step> {
        self.say(line);
        self.transaction = None;
        self.state = State::Closing;
        Some(Step::Violation(violation))
    }
}
