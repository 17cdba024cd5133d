//! One command line at a time: read, parsed, allowed or not, handed to its handler.

use bytes::{Buf, BytesMut};

use super::lines::Found;
use super::{Expected, Hello, Security, Server, State, Step, Violation};
use crate::command::{Command, HelloKind, SyntaxError};

const NEEDS_TLS: &str = "530 5.7.0 Must issue a STARTTLS command first";

impl Server {
    /// Reads one line. `None`: there is none yet. `Some(None)`: done, go on.
    pub(super) fn read_line(&mut self, input: &mut BytesMut) -> Option<Option<Step>> {
        let in_login = matches!(self.state, State::Response(_));
        let fresh = (self.hello.is_none() && !in_login).then_some(self.security);
        let step = match self.lines.find(input, in_login, fresh) {
            Found::Partial { drop } => {
                input.advance(drop);
                return None;
            }
            Found::Line { length } => {
                let waiting = input.len() > length + 2;
                let step = match self.state {
                    State::Response(expected) => self.login_line(&mut input[..length], expected),
                    _ => self.command_line(&mut input[..length], waiting),
                };
                input.advance(length + 2);
                step
            }
            Found::TooLong { length, is_authentication } => {
                input.advance(length);
                self.too_long(is_authentication)
            }
            // The rest of such a line may be anything; we neither guess where it ends nor read it as commands.
            Found::BareNewline => {
                self.end("500 5.5.2 Every line must end with CRLF; closing", Violation::BareLineEnding)
            }
            Found::Endless => self.end("500 5.5.2 Line too long; closing", Violation::LineTooLong),
            Found::Tls => {
                let line = "554 5.5.1 This port begins in clear; use STARTTLS, or the port with implicit TLS";
                self.end(line, Violation::UnexpectedTls)
            }
        };
        Some(step)
    }

    fn too_long(&mut self, is_authentication: bool) -> Option<Step> {
        self.state = State::Command;
        // RFC 4954 §4: 500 5.5.6.
        let line = if is_authentication { "500 5.5.6 Line too long" } else { "500 5.5.2 Line too long" };
        self.object(line).or(Some(Step::Violation(Violation::LineTooLong)))
    }

    fn command_line(&mut self, line: &mut [u8], waiting: bool) -> Option<Step> {
        if let Some(octet) = line.iter().find(|octet| octet.is_ascii_control() && **octet != b'\t') {
            return self.control_character(*octet);
        }
        let Ok(text) = std::str::from_utf8(line) else {
            return self.object("500 5.5.2 The line is not UTF-8");
        };
        let command = match Command::parse(text) {
            Ok(command) => command,
            Err(SyntaxError::UnframedChunk) => {
                let line = "501 5.5.4 Syntax: BDAT size [LAST]; closing, since data may follow";
                return self.end(line, Violation::UnframedChunk);
            }
            Err(SyntaxError::Reply(line)) => return self.object(line),
        };
        let is_ascii = text.is_ascii();
        let is_authentication = matches!(command, Command::Authenticate { .. });
        let step = self.dispatch(command, is_ascii, waiting);
        if is_authentication {
            line.fill(0); // The initial response may be a password.
        }
        step
    }

    fn control_character(&mut self, octet: u8) -> Option<Step> {
        let (line, violation) = match octet {
            b'\r' => ("500 5.5.2 A bare CR in a command", Some(Violation::BareLineEnding)),
            0 => ("500 5.5.2 A NUL in a command", Some(Violation::NulOctet)),
            _ => ("500 5.5.2 A control character in a command", None),
        };
        self.object(line).or(violation.map(Step::Violation))
    }

    fn dispatch(&mut self, command: Command<'_>, is_ascii: bool, waiting: bool) -> Option<Step> {
        if self.must_wait_for_tls(&command) {
            return self.object(NEEDS_TLS);
        }
        match command {
            Command::Hello(kind, name) => self.hello_command(kind, name, waiting),
            Command::Mail(sender, parameters) => self.mail(sender, parameters, is_ascii),
            Command::Recipient(path, parameters) => self.recipient(path, parameters, is_ascii),
            Command::Data => self.data(waiting),
            Command::Chunk { size, last } => self.chunk(size, last),
            Command::Reset => {
                self.transaction = None;
                self.idle("250 2.0.0 Ok")
            }
            Command::Noop => self.idle("250 2.0.0 Ok"),
            // RFC 5321 §7.3: neither confirmed nor denied.
            Command::Verify => self.idle("252 2.1.5 Cannot verify; send the message and see"),
            Command::Help => self.idle("214 2.0.0 See RFC 5321"),
            Command::Quit => self.quit(),
            Command::StartTls => self.start_tls(),
            Command::Authenticate { mechanism, initial } => self.authenticate(mechanism, initial),
            Command::Unimplemented => self.object("502 5.5.1 Command not implemented"),
            Command::Foreign => {
                self.end("554 5.7.0 This is a mail server; closing", Violation::ForeignProtocol)
            }
            Command::Unknown => self.object("500 5.5.1 Unknown command"),
        }
    }

    /// RFC 3207 §4. AUTH has a reply of its own, and a foreign protocol is shown the door in any case.
    fn must_wait_for_tls(&self, command: &Command<'_>) -> bool {
        self.profile.starttls_required
            && self.security == Security::Clear
            && matches!(command, Command::Mail(..) | Command::Recipient(..) | Command::Data | Command::Verify)
    }

    fn hello_command(&mut self, kind: HelloKind, name: &str, waiting: bool) -> Option<Step> {
        // RFC 2033 §4.1: LMTP has LHLO instead of the others.
        if self.profile.lmtp != (kind == HelloKind::Lhlo) {
            let expected = if self.profile.lmtp {
                "500 5.5.1 This is LMTP: say LHLO"
            } else {
                "500 5.5.1 This is SMTP: say EHLO"
            };
            return self.object(expected);
        }
        self.transaction = None; // RFC 5321 §4.1.4: as RSET.
        self.hello = Some(Hello { kind, name: name.to_owned() });
        self.idle_commands += 1;
        if kind == HelloKind::Helo {
            let profile = std::sync::Arc::clone(&self.profile);
            self.say_all(&["250 ", &profile.hostname]);
        } else {
            self.say_extensions();
        }
        // RFC 2920 §3.1: EHLO is the last of a group, since its reply decides about pipelining.
        waiting.then_some(Step::Violation(Violation::Pipelining))
    }

    fn say_extensions(&mut self) {
        let profile = std::sync::Arc::clone(&self.profile);
        let tls = self.security == Security::Tls;
        self.say_all(&["250-", &profile.hostname]);
        self.say("250-PIPELINING"); // RFC 2920
        self.say_all(&["250-SIZE ", &profile.size_limit.to_string()]); // RFC 1870
        self.say("250-8BITMIME"); // RFC 6152
        self.say("250-SMTPUTF8"); // RFC 6531
        self.say("250-DSN"); // RFC 3461
        self.say("250-CHUNKING"); // RFC 3030
        if !tls && profile.starttls {
            self.say("250-STARTTLS"); // RFC 3207
        }
        if tls {
            self.say("250-REQUIRETLS"); // RFC 8689 §2: only under TLS
        }
        if self.offers_authentication() {
            self.output.extend_from_slice(b"250-AUTH"); // RFC 4954
            for mechanism in &profile.mechanisms {
                self.output.push(b' ');
                self.output.extend_from_slice(mechanism.name().as_bytes());
            }
            self.output.extend_from_slice(b"\r\n");
        }
        self.say_all(&["250-LIMITS RCPTMAX=", &profile.recipient_limit.to_string()]); // RFC 9422
        self.say("250 ENHANCEDSTATUSCODES"); // RFC 2034
    }

    pub(super) fn offers_authentication(&self) -> bool {
        self.security == Security::Tls && !self.profile.local && !self.profile.mechanisms.is_empty()
    }

    fn start_tls(&mut self) -> Option<Step> {
        if self.security == Security::Tls {
            return self.object("503 5.5.1 TLS is already active");
        }
        if !self.profile.starttls {
            return self.object("502 5.5.1 STARTTLS is not offered");
        }
        self.say("220 2.0.0 Ready to start TLS");
        self.transaction = None;
        self.state = State::Handshake { reported: false };
        None
    }

    fn quit(&mut self) -> Option<Step> {
        let profile = std::sync::Arc::clone(&self.profile);
        self.say_all(&["221 2.0.0 ", &profile.hostname, " closing"]);
        self.transaction = None;
        self.state = State::Closing;
        None
    }

    fn login_line(&mut self, line: &mut [u8], expected: Expected) -> Option<Step> {
        let step = self.response(line, expected);
        line.fill(0);
        step
    }
}
