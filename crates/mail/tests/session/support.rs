//! A driver for tests: it feeds a session, says yes to everything unless told otherwise, and writes down what
//! happened.

use std::sync::Arc;

use bytes::BytesMut;
use postamt_mail::reply::Reply;
use postamt_mail::sasl::PlainMessage;
use postamt_mail::sasl::login::{Login, LoginStep};
use postamt_mail::server::{Mechanism, ReceivedMessage, Security, Server, ServerProfile, Step, Violation};

/// The one account.
pub const USER: &str = "user@testserver";
pub const PASSWORD: &str = "secretpassword";

/// A port that takes everything from everybody.
pub fn profile() -> ServerProfile {
    ServerProfile {
        hostname: "mail.example.test".to_owned(),
        greeting: "ESMTP Postamt".to_owned(),
        size_limit: 1024 * 1024,
        recipient_limit: 100,
        header_limit: 64 * 1024,
        starttls: true,
        mechanisms: vec![Mechanism::Plain, Mechanism::Login],
        auth_required: false,
        starttls_required: false,
        lmtp: false,
        local: false,
    }
}

/// A session with its driver.
pub struct Host {
    pub server: Server,
    pub input: BytesMut,
    pub output: Vec<u8>,
    pub messages: Vec<ReceivedMessage>,
    pub violations: Vec<Violation>,
    /// Every step but the violations, as text.
    pub steps: Vec<String>,
    pub handshakes: usize,
    pub closed: bool,
    login: Option<(Mechanism, Login)>,
}

impl Host {
    pub fn new(profile: ServerProfile, security: Security) -> Self {
        let mut server = Server::new(Arc::new(profile), security);
        server.greet();
        let output = std::mem::take(server.output());
        Self {
            server,
            input: BytesMut::new(),
            output,
            messages: Vec::new(),
            violations: Vec::new(),
            steps: Vec::new(),
            handshakes: 0,
            closed: false,
            login: None,
        }
    }

    /// Feeds octets and drives the machine until it wants more.
    pub fn send(&mut self, octets: &[u8]) {
        self.input.extend_from_slice(octets);
        while !self.closed && self.step() {}
        self.output.append(self.server.output());
    }

    /// What was written since the last call, reply by reply.
    pub fn replies(&mut self) -> Vec<String> {
        let text = String::from_utf8(std::mem::take(&mut self.output)).expect("replies are UTF-8");
        let mut replies = vec![String::new()];
        for line in text.split_inclusive("\r\n") {
            let current = replies.last_mut().expect("there is always one");
            current.push_str(line);
            if line.as_bytes().get(3) == Some(&b' ') {
                replies.push(String::new());
            }
        }
        replies.pop();
        replies
    }

    /// Sends a line and returns the code of the one reply to it.
    pub fn command(&mut self, line: &str) -> String {
        self.output.clear();
        self.send(format!("{line}\r\n").as_bytes());
        let replies = self.replies();
        assert_eq!(replies.len(), 1, "one reply to {line:?}, not {replies:?}");
        replies[0].trim_end().to_owned()
    }

    fn step(&mut self) -> bool {
        let step = self.server.advance(&mut self.input);
        if !matches!(step, Step::NeedInput | Step::Violation(_)) {
            self.steps.push(format!("{step:?}"));
        }
        match step {
            Step::NeedInput => return false,
            Step::Mail(_) => self.server.answer(Reply::new(250, (2, 1, 0), "Ok")),
            Step::Recipient(recipient) if recipient.address.local() == "refused" => {
                self.server.answer(Reply::new(550, (5, 1, 1), "No such user"));
            }
            Step::Recipient(_) => self.server.answer(Reply::new(250, (2, 1, 5), "Ok")),
            Step::Message(message) => {
                self.messages.push(message);
                self.server.answer(Reply::new(250, (2, 6, 0), "Ok"));
            }
            Step::Authenticate { mechanism, initial } => self.start_login(mechanism, initial),
            Step::AuthenticateResponse(response) => self.go_on_with_login(&response),
            Step::StartTls => {
                self.handshakes += 1;
                self.input.clear();
                self.server.tls_established();
            }
            Step::Violation(violation) => self.violations.push(violation),
            Step::Close => self.closed = true,
        }
        true
    }

    fn start_login(&mut self, mechanism: Mechanism, initial: Option<Vec<u8>>) {
        self.login = Some((mechanism, Login::default()));
        match (mechanism, initial) {
            (_, Some(response)) => self.go_on_with_login(&response),
            (Mechanism::Login, None) => self.server.challenge(Login::USER_PROMPT),
            (_, None) => self.server.challenge(b""),
        }
    }

    fn go_on_with_login(&mut self, response: &[u8]) {
        let (mechanism, mut login) = self.login.take().expect("a login has begun");
        let message = match mechanism {
            Mechanism::Login => match login.response(response) {
                Ok(LoginStep::Challenge(prompt)) => {
                    self.login = Some((mechanism, login));
                    return self.server.challenge(prompt);
                }
                Ok(LoginStep::Done(message)) => Ok(message),
                Err(error) => Err(error),
            },
            _ => PlainMessage::parse(response),
        };
        match message {
            Ok(message) if message.user == USER && *message.password == PASSWORD => {
                self.server.authenticated(Reply::new(235, (2, 7, 0), "Ok"));
            }
            Ok(_) => self.server.authentication_failed(Reply::new(535, (5, 7, 8), "No")),
            Err(_) => self.server.authentication_failed(Reply::new(501, (5, 5, 2), "Malformed")),
        }
    }
}
