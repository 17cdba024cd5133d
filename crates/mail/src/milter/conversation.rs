//! One conversation about one message, as a machine: [`Conversation::step`] writes what is to be sent and says when an
//! answer is due; the driver puts what comes into [`Conversation::input`].
//!
//! The order is that of an SMTP session: what both sides can, the client, its greeting, the sender, each recipient, the
//! beginning and the end of the header section and its fields, the body in chunks, the end. Steps that the milter does
//! not want are left out, and where it answers nothing, nothing is waited for. Once it has said its last word it is
//! told good-bye.

mod say;

use std::collections::{BTreeMap, VecDeque};

use bytes::{Bytes, BytesMut};

use super::flags::{Negotiation, Steps};
use super::mail::LeadingSpace;
use super::packet::{Packet, put};
use super::{Answer, Change, Fault, Mail, Session};
use crate::address::Address;
use crate::reply::Reply;

/// Octets that are gathered before they are handed to the driver.
const GATHERED: usize = 256 * 1024;
/// Changes that a milter may make of one message.
const CHANGES: usize = 10_000;
/// Times that a milter may ask for more time in one conversation.
const PROGRESS: usize = 10_000;
/// Octets that the changes may have beside a new body.
const CHANGED_OCTETS: usize = 512 * 1024;

/// What an answer is waited for; each kind has its own patience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// What both sides can.
    Negotiation,
    /// A command of the session, or a header field.
    Command,
    /// A chunk of the body.
    Body,
    /// The end of the message: now the milter thinks.
    EndOfMessage,
}

/// What the driver has to do; it writes what is in the output first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Go on.
    Send,
    /// Read until there is more, then go on.
    Receive(Stage),
    /// The conversation is over: [`Conversation::outcome`].
    Done,
}

/// What a milter thinks of the message as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may pass.
    Accept,
    /// It is to be taken and dropped.
    Discard,
    /// It is refused; for good or for now, as the reply says. `None` where the milter has no words of its own.
    Refuse {
        /// For good.
        permanent: bool,
        /// The milter's own words.
        reply: Option<Reply>,
    },
}

/// What a conversation has led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The message as a whole.
    pub verdict: Verdict,
    /// Recipients that it refused, by their number in the envelope.
    pub refused: BTreeMap<usize, Verdict>,
    /// Changes, to be made when the message is accepted.
    pub changes: Vec<Change>,
    /// How the changes write a header field.
    pub leading_space: LeadingSpace,
    /// The message is to be held, and why.
    pub quarantine: Option<String>,
}

/// Where the conversation is: what was sent last, or is sent next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Negotiation,
    Connect,
    Greeting,
    Sender,
    Recipient(usize),
    Data,
    Field(usize),
    EndOfHeader,
    Body,
    EndOfMessage,
    Over,
}

impl At {
    fn name(self) -> &'static str {
        match self {
            Self::Negotiation => "the negotiation",
            Self::Connect => "the client's address",
            Self::Greeting => "the client's greeting",
            Self::Sender => "the sender",
            Self::Recipient(_) => "a recipient",
            Self::Data => "the beginning of the data",
            Self::Field(_) => "a header field",
            Self::EndOfHeader => "the end of the header section",
            Self::Body => "a piece of the body",
            Self::EndOfMessage | Self::Over => "the end of the message",
        }
    }

    fn stage(self) -> Stage {
        match self {
            Self::Negotiation => Stage::Negotiation,
            Self::Body => Stage::Body,
            Self::EndOfMessage | Self::Over => Stage::EndOfMessage,
            _ => Stage::Command,
        }
    }
}

/// The machine.
#[derive(Debug)]
pub struct Conversation<'m> {
    session: &'m Session,
    mail: &'m Mail,
    /// Recipients that another filter has refused, which some milters want to see.
    refused_before: &'m [(Address, Reply)],
    agreed: Negotiation,
    at: At,
    /// An answer to `at` is due.
    is_waiting: bool,
    body: VecDeque<Bytes>,
    body_limit: usize,
    input: BytesMut,
    outcome: Outcome,
    progress: usize,
    changed_octets: usize,
    body_octets: usize,
}

impl<'m> Conversation<'m> {
    /// A conversation that has not begun. `body_limit`: octets of a new body.
    #[must_use]
    pub fn new(
        session: &'m Session,
        mail: &'m Mail,
        refused_before: &'m [(Address, Reply)],
        body_limit: usize,
    ) -> Self {
        let nothing =
            Negotiation { version: 0, actions: super::Actions(0), steps: Steps(0), macros: Vec::new() };
        Self {
            session,
            mail,
            refused_before,
            agreed: nothing,
            at: At::Negotiation,
            is_waiting: false,
            body: mail.body().iter().cloned().collect(),
            body_limit,
            input: BytesMut::new(),
            outcome: Outcome {
                verdict: Verdict::Accept,
                refused: BTreeMap::new(),
                changes: Vec::new(),
                leading_space: LeadingSpace::Ours,
                quarantine: None,
            },
            progress: 0,
            changed_octets: 0,
            body_octets: 0,
        }
    }

    /// Where what the milter sends belongs.
    pub fn input(&mut self) -> &mut BytesMut {
        &mut self.input
    }

    /// What it has led to, after [`Step::Done`].
    #[must_use]
    pub fn outcome(self) -> Outcome {
        self.outcome
    }

    /// Goes on as far as it can.
    ///
    /// # Errors
    /// A [`Fault`]; the connection is of no use any more.
    pub fn step(&mut self, output: &mut Vec<Bytes>) -> Result<Step, Fault> {
        let mut own = Vec::new();
        loop {
            if self.at == At::Over {
                gather(output, &mut own);
                return Ok(Step::Done);
            }
            if self.is_waiting {
                let Some(packet) = Packet::take(&mut self.input)? else {
                    gather(output, &mut own);
                    return Ok(Step::Receive(self.at.stage()));
                };
                self.hear(&packet, &mut own)?;
                continue;
            }
            // What nobody has asked for would later be taken for the answer to something else.
            if !self.input.is_empty() {
                let code = self.input.get(4).map_or('?', |code| char::from(*code));
                return Err(Fault::Unexpected { code, stage: "nothing" });
            }
            self.say(output, &mut own);
            if output.iter().map(Bytes::len).sum::<usize>() + own.len() > GATHERED {
                gather(output, &mut own);
                return Ok(Step::Send);
            }
        }
    }

    fn has(&self, step: Steps) -> bool {
        self.agreed.steps.has(step)
    }

    /// Sends what belongs to `at`, and goes on to the next unless an answer is due.
    fn say(&mut self, output: &mut Vec<Bytes>, own: &mut Vec<u8>) {
        let (left_out, unanswered) = match self.at {
            At::Negotiation => {
                put(own, b'O', &[&Negotiation::offer()]);
                (false, false)
            }
            At::Connect => (self.has(Steps::NO_CONNECT), self.has(Steps::UNANSWERED_CONNECT)),
            At::Greeting => (self.has(Steps::NO_GREETING), self.has(Steps::UNANSWERED_GREETING)),
            At::Sender => (self.has(Steps::NO_SENDER), self.has(Steps::UNANSWERED_SENDER)),
            At::Recipient(number) => (
                self.has(Steps::NO_RECIPIENTS) || number >= self.recipients(),
                self.has(Steps::UNANSWERED_RECIPIENTS),
            ),
            // Version 4 brought DATA.
            At::Data => {
                (self.has(Steps::NO_DATA) || self.agreed.version < 4, self.has(Steps::UNANSWERED_DATA))
            }
            At::Field(number) => (
                self.has(Steps::NO_FIELDS) || number >= self.mail.fields().len(),
                self.has(Steps::UNANSWERED_FIELDS),
            ),
            At::EndOfHeader => (self.has(Steps::NO_END_OF_HEADER), self.has(Steps::UNANSWERED_END_OF_HEADER)),
            At::Body => (self.has(Steps::NO_BODY) || self.body.is_empty(), self.has(Steps::UNANSWERED_BODY)),
            At::EndOfMessage | At::Over => (false, false),
        };
        if left_out {
            // Its macros are not, as with Postfix: the milter may ask for them at a later step.
            self.say_macros(self.at, own);
            self.at = self.after();
            return;
        }
        match self.at {
            At::Body => self.say_chunk(output, own),
            at => self.say_command(at, own),
        }
        if unanswered { self.at = self.next() } else { self.is_waiting = true }
    }

    fn leading_space(&self) -> LeadingSpace {
        if self.has(Steps::LEADING_SPACE) { LeadingSpace::Theirs } else { LeadingSpace::Ours }
    }

    /// How many recipients the milter sees.
    fn recipients(&self) -> usize {
        let refused = if self.has(Steps::REFUSED_RECIPIENTS) { self.refused_before.len() } else { 0 };
        self.mail.envelope.recipients.len() + refused
    }

    /// The next of the same kind, or the next kind.
    fn next(&self) -> At {
        match self.at {
            At::Recipient(number) if number + 1 < self.recipients() => At::Recipient(number + 1),
            At::Field(number) if number + 1 < self.mail.fields().len() => At::Field(number + 1),
            At::Body if !self.body.is_empty() => At::Body,
            _ => self.after(),
        }
    }

    /// The next kind.
    fn after(&self) -> At {
        match self.at {
            At::Negotiation => At::Connect,
            At::Connect => At::Greeting,
            At::Greeting => At::Sender,
            At::Sender => At::Recipient(0),
            At::Recipient(_) => At::Data,
            At::Data => At::Field(0),
            At::Field(_) => At::EndOfHeader,
            At::EndOfHeader => At::Body,
            At::Body => At::EndOfMessage,
            At::EndOfMessage | At::Over => At::Over,
        }
    }

    fn hear(&mut self, packet: &Packet, own: &mut Vec<u8>) -> Result<(), Fault> {
        if self.at == At::Negotiation {
            if packet.code != b'O' {
                return Err(Fault::Unexpected { code: packet.letter(), stage: self.at.name() });
            }
            self.agreed = Negotiation::read(packet)?;
            self.outcome.leading_space = self.leading_space();
            self.is_waiting = false;
            self.at = self.after();
            return Ok(());
        }
        let unexpected = Fault::Unexpected { code: packet.letter(), stage: self.at.name() };
        let at_end = self.at == At::EndOfMessage;
        match Answer::read(packet, &self.agreed, self.at.name())? {
            Answer::Progress => {
                self.progress += 1;
                if self.progress > PROGRESS { Err(Fault::TooMany("requests for time")) } else { Ok(()) }
            }
            Answer::Change(change) if at_end => self.note(change),
            Answer::Quarantine(reason) if at_end => {
                self.outcome.quarantine = Some(reason);
                Ok(())
            }
            Answer::Change(_) | Answer::Quarantine(_) => Err(unexpected),
            Answer::Decline => Err(Fault::Declined),
            Answer::Skip if !matches!(self.at, At::Body | At::Field(_)) => Err(unexpected),
            Answer::Skip => {
                self.is_waiting = false;
                self.at = self.after();
                Ok(())
            }
            Answer::Continue => {
                self.is_waiting = false;
                self.at = self.next();
                if self.at == At::Over {
                    put(own, b'Q', &[]);
                }
                Ok(())
            }
            Answer::Accept => {
                self.end(Verdict::Accept, own);
                Ok(())
            }
            Answer::Discard => {
                self.end(Verdict::Discard, own);
                Ok(())
            }
            Answer::Reject => {
                self.refuse(Verdict::Refuse { permanent: true, reply: None }, own);
                Ok(())
            }
            Answer::TemporaryFailure | Answer::Shutdown => {
                self.refuse(Verdict::Refuse { permanent: false, reply: None }, own);
                Ok(())
            }
            Answer::Reply(reply) => {
                let permanent = reply.code.is_permanent();
                self.refuse(Verdict::Refuse { permanent, reply: Some(reply) }, own);
                Ok(())
            }
        }
    }

    fn note(&mut self, change: Change) -> Result<(), Fault> {
        match &change {
            Change::Body(piece) => {
                self.body_octets += piece.len();
                if self.body_octets > self.body_limit {
                    return Err(Fault::TooMany("octets of a new body"));
                }
            }
            Change::AddField { name, value }
            | Change::InsertField { name, value, .. }
            | Change::ChangeField { name, value, .. } => self.changed_octets += name.len() + value.len(),
            _ => {}
        }
        if self.outcome.changes.len() >= CHANGES || self.changed_octets > CHANGED_OCTETS {
            return Err(Fault::TooMany("changes"));
        }
        self.outcome.changes.push(change);
        Ok(())
    }

    /// A refusal: of this recipient, or of everything.
    fn refuse(&mut self, verdict: Verdict, own: &mut Vec<u8>) {
        let At::Recipient(number) = self.at else { return self.end(verdict, own) };
        let all = self.mail.envelope.recipients.len();
        if number < all {
            self.outcome.refused.insert(number, verdict);
        }
        if self.outcome.refused.len() == all {
            let verdict = of_all(&self.outcome.refused);
            return self.end(verdict, own);
        }
        self.is_waiting = false;
        self.at = self.next();
    }

    fn end(&mut self, verdict: Verdict, own: &mut Vec<u8>) {
        if self.at != At::EndOfMessage {
            put(own, b'A', &[]);
        }
        put(own, b'Q', &[]);
        self.outcome.verdict = verdict;
        self.is_waiting = false;
        self.at = At::Over;
    }
}

/// When all recipients are refused: for now when one of them is, so that none is lost; in the words of the first such.
fn of_all(refused: &BTreeMap<usize, Verdict>) -> Verdict {
    let is_temporary = |verdict: &&Verdict| matches!(verdict, Verdict::Refuse { permanent: false, .. });
    let chosen = refused.values().find(is_temporary).or_else(|| refused.values().next());
    chosen.cloned().unwrap_or(Verdict::Refuse { permanent: true, reply: None })
}

fn gather(output: &mut Vec<Bytes>, own: &mut Vec<u8>) {
    if !own.is_empty() {
        output.push(Bytes::from(std::mem::take(own)));
    }
}
