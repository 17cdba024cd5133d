//! AUTH (RFC 4954): the frame around a SASL exchange. What the exchange says is the driver's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Expected, LOGIN_LIMIT, Mechanism, Question, Server, State, Step, Violation};
use crate::reply::Reply;
use crate::server::Security;

const NOT_IN_CLEAR: &str = "538 5.7.11 Encryption required: use STARTTLS first";
const NOT_OFFERED: &str = "502 5.5.1 AUTH is not offered";
const BAD_BASE64: &str = "501 5.5.2 The response is not base64";

impl Server {
    /// Sends a challenge, to [`Step::Authenticate`] or [`Step::AuthenticateResponse`].
    pub fn challenge(&mut self, data: &[u8]) {
        self.say_challenge(data, Expected::Response);
    }

    /// Sends the server's last words as a challenge, as SCRAM needs since 235 has no room for them (RFC 4954
    /// §4). The client answers with an empty line, which comes as an empty [`Step::AuthenticateResponse`]; then
    /// [`Server::authenticated`].
    pub fn authentication_final(&mut self, data: &[u8]) {
        self.say_challenge(data, Expected::Nothing);
    }

    /// The login is good: says the reply, 235.
    pub fn authenticated(&mut self, reply: Reply) {
        if self.login_is_open() {
            self.authenticated = reply.code.is_success();
            reply.write(&mut self.output);
            self.state = State::Command;
        }
    }

    /// The login failed: says the reply, 535, 454 or another. After too many on one connection it ends.
    pub fn authentication_failed(&mut self, reply: Reply) {
        if !self.login_is_open() {
            return;
        }
        self.failed_logins += 1;
        reply.write(&mut self.output);
        self.state = State::Command;
        if reply.code.get() == 421 {
            self.state = State::Closing;
        } else if self.failed_logins >= LOGIN_LIMIT {
            self.say("421 4.7.0 Too many failed logins; closing");
            self.state = State::Closing;
        }
    }

    fn login_is_open(&self) -> bool {
        let is_open = matches!(self.state, State::Answer(Question::Login));
        debug_assert!(is_open, "a login was answered that nobody asked for");
        is_open
    }

    fn say_challenge(&mut self, data: &[u8], expected: Expected) {
        if self.login_is_open() {
            self.say_all(&["334 ", &STANDARD.encode(data)]);
            self.state = State::Response(expected);
        }
    }

    pub(super) fn authenticate(&mut self, name: &str, initial: Option<&str>) -> Option<Step> {
        let mechanism = match self.objection_to_login(name) {
            Ok(mechanism) => mechanism,
            Err(refusal) => {
                let is_offered = refusal != NOT_OFFERED && refusal != NOT_IN_CLEAR;
                let unexpected = (!is_offered).then_some(Step::Violation(Violation::LoginNotOffered));
                return self.object(refusal).or(unexpected);
            }
        };
        // RFC 4954 §4: `=` is an initial response of no octets.
        let initial = match initial {
            None => None,
            Some("=") => Some(Vec::new()),
            Some(text) => match STANDARD.decode(text) {
                Ok(octets) => Some(octets),
                Err(_) => return self.broken_login(BAD_BASE64),
            },
        };
        self.state = State::Answer(Question::Login);
        Some(Step::Authenticate { mechanism, initial })
    }

    fn objection_to_login(&self, name: &str) -> Result<Mechanism, &'static str> {
        if self.profile.local {
            return Err("503 5.5.1 This session needs no login");
        }
        if self.security == Security::Clear {
            return Err(NOT_IN_CLEAR);
        }
        if !self.offers_authentication() {
            return Err(NOT_OFFERED);
        }
        if self.hello.is_none() {
            return Err("503 5.5.1 Say EHLO first");
        }
        if self.authenticated {
            return Err("503 5.5.1 Already authenticated");
        }
        if self.transaction.is_some() {
            return Err("503 5.5.1 AUTH is not permitted during a transaction");
        }
        Mechanism::from_name(name)
            .filter(|mechanism| self.profile.mechanisms.contains(mechanism))
            .ok_or("504 5.5.4 This mechanism is not offered")
    }

    /// A line in answer to a challenge.
    pub(super) fn response(&mut self, line: &[u8], expected: Expected) -> Option<Step> {
        self.state = State::Command;
        if line == b"*" {
            return self.object("501 5.7.0 Authentication cancelled");
        }
        let Ok(octets) = STANDARD.decode(line) else {
            return self.broken_login(BAD_BASE64);
        };
        if expected == Expected::Nothing && !octets.is_empty() {
            return self.broken_login("501 5.5.2 Nothing was expected");
        }
        self.state = State::Answer(Question::Login);
        Some(Step::AuthenticateResponse(octets))
    }

    /// A login that never reached a decision counts like one that failed, so that guessing stays expensive.
    fn broken_login(&mut self, line: &str) -> Option<Step> {
        self.failed_logins += 1;
        if self.failed_logins >= LOGIN_LIMIT {
            return self.end("421 4.7.0 Too many failed logins; closing", Violation::TooManyLogins);
        }
        self.object(line)
    }
}
