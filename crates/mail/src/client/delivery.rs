//! One mail transaction, from MAIL to the reply that ends it, as a machine without a socket.
//!
//! ```text
//! loop { match delivery.next(&mut out) {
//!     Action::Read(stage)      => write `out`, wait for a reply, delivery.handle(code, frame)
//!     Action::Content(framing) => write `out` and then the content
//!     Action::Done             => break } }
//! delivery.finish()
//! ```
//!
//! With PIPELINING, MAIL, the RCPTs and DATA go out together (RFC 2920 §3.1), in groups that a peer's window
//! can hold. A session that breaks is told by [`Delivery::abandon`]; every recipient has an outcome then, too.

use super::Capabilities;
use super::outcome::{Cause, ConnectionState, Outcome, Problem, RecipientOutcome, Stage};
use super::parameters::{Parameters, append};
use super::transaction::Transaction;
use crate::envelope::Recipient;
use crate::reply::{Reply, ReplyCode};
use crate::reply_parser;

/// Commands in one write. Their replies must fit into the peer's send window while we still write
/// (RFC 2920 §3.1), so a thousand recipients are not sent in one go.
const GROUP: usize = 100;

/// How the content is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// After DATA: dots doubled, ended by a lone dot.
    Lines,
    /// After `BDAT … LAST` (RFC 3030): as it is.
    Chunk,
}

/// What the driver does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Write what is in the buffer, then wait for one reply, with the time limit of this step.
    Read(Stage),
    /// Write what is in the buffer, then the content.
    Content(Framing),
    /// Nothing: take the outcome.
    Done,
}

/// What the transaction must know of the session.
#[derive(Debug, Clone, Copy)]
pub struct SessionFacts<'c> {
    /// The offers.
    pub capabilities: &'c Capabilities,
    /// One reply per recipient at the end (RFC 2033 §4.2).
    pub lmtp: bool,
    /// The peer proved its name under TLS.
    pub authenticated_peer: bool,
    /// `Chunk` permits BDAT where it is offered; `Lines` demands DATA.
    pub framing: Framing,
    /// An earlier transaction was left half-way.
    pub needs_reset: bool,
}

#[derive(Debug)]
enum Slot {
    Waiting,
    Accepted,
    Settled(RecipientOutcome),
    /// Never sent to the peer.
    Skipped(Cause),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Envelope,
    Content,
    Final,
    Done,
}

/// Replies that are on their way, in the order in which they come.
#[derive(Debug, Default)]
struct Due {
    reset: bool,
    mail: bool,
    recipients: usize,
    data: bool,
    finals: usize,
}

/// The machine. See the head of this file.
#[derive(Debug)]
pub struct Delivery<'t> {
    transaction: &'t Transaction,
    parameters: Parameters,
    pipelining: bool,
    lmtp: bool,
    framing: Framing,
    slots: Vec<Slot>,
    phase: Phase,
    due: Due,
    reset_wanted: bool,
    mail_written: bool,
    mail_refused: bool,
    data_written: bool,
    data_granted: bool,
    /// The next recipient to be written, to be answered, and to get its final reply (LMTP).
    write_at: usize,
    read_at: usize,
    final_at: usize,
    end_given_away: bool,
    half_way: bool,
    closed: bool,
}

impl<'t> Delivery<'t> {
    /// Starts a transaction. Where the peer lacks what the message needs, the machine is done at once.
    #[must_use]
    pub fn new(transaction: &'t Transaction, session: &SessionFacts<'_>) -> Self {
        let framing = match session.framing {
            Framing::Chunk if session.capabilities.chunking => Framing::Chunk,
            _ => Framing::Lines,
        };
        let parameters = Parameters::choose(transaction, session, framing);
        let skip_unicode = parameters.is_ok_and(|chosen| !chosen.smtputf8);
        let slot = |recipient: &Recipient| match parameters {
            Err(cause) => Slot::Skipped(cause),
            Ok(_) if skip_unicode && recipient.address.needs_smtputf8() => {
                Slot::Skipped(Cause::NeedsSmtpUtf8)
            }
            Ok(_) => Slot::Waiting,
        };
        let slots: Vec<Slot> = transaction.recipients.iter().map(slot).collect();
        let has_work = slots.iter().any(|slot| matches!(slot, Slot::Waiting));
        Self {
            transaction,
            parameters: parameters.unwrap_or(Parameters::NONE),
            pipelining: session.capabilities.pipelining,
            lmtp: session.lmtp,
            framing,
            slots,
            phase: if has_work { Phase::Envelope } else { Phase::Done },
            due: Due::default(),
            reset_wanted: session.needs_reset,
            mail_written: false,
            mail_refused: false,
            data_written: false,
            data_granted: false,
            write_at: 0,
            read_at: 0,
            final_at: 0,
            end_given_away: false,
            half_way: session.needs_reset,
            closed: false,
        }
    }

    /// What to do now; commands are appended to `out`.
    pub fn next(&mut self, out: &mut Vec<u8>) -> Action {
        loop {
            if self.phase == Phase::Done {
                return Action::Done;
            }
            if let Some(stage) = self.due_stage() {
                return Action::Read(stage);
            }
            match self.phase {
                Phase::Envelope => {
                    if let Some(action) = self.next_in_envelope(out) {
                        return action;
                    }
                }
                // The driver asks again once the content is written.
                Phase::Content => {
                    self.end_given_away = true;
                    self.due.finals = if self.lmtp { self.accepted() } else { 1 };
                    self.phase = Phase::Final;
                }
                Phase::Final | Phase::Done => self.phase = Phase::Done,
            }
        }
    }

    /// Takes the next reply.
    pub fn handle(&mut self, code: ReplyCode, frame: &[u8]) {
        let Some(stage) = self.due_stage() else { return self.abandon(Problem::Unsolicited) };
        // RFC 5321 §3.8: 421 may answer any command and ends the session.
        if code.get() == 421 {
            return self.close_with(stage, &reply_parser::read(code, frame));
        }
        if self.due.reset {
            self.due.reset = false;
            self.expect(Stage::Mail, code.is_success(), code, frame);
        } else if self.due.mail {
            self.due.mail = false;
            self.handle_mail(code, frame);
        } else if self.due.recipients > 0 {
            self.due.recipients -= 1;
            self.handle_recipient(code, frame);
        } else if self.due.data {
            self.due.data = false;
            self.handle_data(code, frame);
        } else {
            self.due.finals -= 1;
            self.handle_final(code, frame);
        }
    }

    /// The last octets of the content may be on their way from now on: a session that breaks is
    /// [`RecipientOutcome::Uncertain`].
    pub fn end_given_away(&mut self) {
        self.end_given_away = true;
    }

    /// The peer refused the content while it was still being written, and closed.
    pub fn refuse_content(&mut self, reply: &Reply) {
        self.close_with(Stage::EndOfData, reply);
    }

    /// The session broke. Settles every recipient that has no outcome yet.
    pub fn abandon(&mut self, problem: Problem) {
        let stage = self.due_stage().unwrap_or(match self.phase {
            Phase::Content => Stage::Data,
            Phase::Final => Stage::EndOfData,
            _ => Stage::Mail,
        });
        self.abandon_at(stage, &problem);
    }

    fn abandon_at(&mut self, stage: Stage, problem: &Problem) {
        let given_away = self.end_given_away;
        for slot in &mut self.slots {
            let error = || problem.clone().at(stage);
            match slot {
                Slot::Accepted if given_away => {
                    *slot = Slot::Settled(RecipientOutcome::Uncertain(error()));
                }
                Slot::Waiting | Slot::Accepted => {
                    *slot = Slot::Settled(RecipientOutcome::Unsent(error()));
                }
                _ => {}
            }
        }
        self.phase = Phase::Done;
        self.closed = true;
    }

    /// True when the next transaction on this connection must begin with RSET.
    #[must_use]
    pub fn needs_reset(&self) -> bool {
        self.half_way
    }

    /// The outcome. A machine that is asked before it is done was abandoned.
    #[must_use]
    pub fn finish(mut self) -> Outcome {
        if self.phase != Phase::Done {
            self.abandon(Problem::Closed);
        }
        let settle = |slot| match slot {
            Slot::Settled(outcome) => outcome,
            Slot::Skipped(cause) => RecipientOutcome::Impossible(cause),
            // Only after a peer that granted DATA to nobody; nothing was sent for these.
            Slot::Waiting | Slot::Accepted => RecipientOutcome::Unsent(Problem::Closed.at(Stage::Data)),
        };
        Outcome {
            recipients: self.slots.into_iter().map(settle).collect(),
            connection: if self.closed { ConnectionState::Closed } else { ConnectionState::Usable },
        }
    }

    fn due_stage(&self) -> Option<Stage> {
        let due = &self.due;
        if due.reset || due.mail {
            Some(Stage::Mail)
        } else if due.recipients > 0 {
            Some(Stage::Recipient)
        } else if due.data {
            Some(Stage::Data)
        } else if due.finals > 0 {
            Some(Stage::EndOfData)
        } else {
            None
        }
    }

    fn accepted(&self) -> usize {
        self.slots.iter().filter(|slot| matches!(slot, Slot::Accepted)).count()
    }

    /// Every reply so far is in.
    fn next_in_envelope(&mut self, out: &mut Vec<u8>) -> Option<Action> {
        let more_to_write = !self.mail_written || (!self.mail_refused && self.skip_to_waiting());
        if more_to_write {
            self.write_group(out);
            return None;
        }
        if self.data_granted && self.accepted() == 0 {
            self.end_empty_data(out);
            return None;
        }
        if self.accepted() == 0 {
            self.phase = Phase::Done;
            return None;
        }
        match self.framing {
            Framing::Lines if !self.data_written => {
                self.write_data(out);
                None
            }
            Framing::Lines => {
                self.phase = Phase::Content;
                Some(Action::Content(Framing::Lines))
            }
            Framing::Chunk => {
                append(out, format_args!("BDAT {} LAST\r\n", self.transaction.size()));
                self.phase = Phase::Content;
                Some(Action::Content(Framing::Chunk))
            }
        }
    }

    /// One command, or with PIPELINING as many as a group holds.
    fn write_group(&mut self, out: &mut Vec<u8>) {
        let mut room = if self.pipelining { GROUP } else { 1 };
        if self.reset_wanted {
            out.extend_from_slice(b"RSET\r\n");
            self.reset_wanted = false;
            self.due.reset = true;
            room -= 1;
        }
        if room > 0 && !self.mail_written {
            self.parameters.write_mail(self.transaction, out);
            self.mail_written = true;
            self.half_way = true;
            self.due.mail = true;
            room -= 1;
        }
        while room > 0 && self.skip_to_waiting() {
            self.parameters.write_recipient(&self.transaction.recipients[self.write_at], out);
            self.write_at += 1;
            self.due.recipients += 1;
            room -= 1;
        }
        if room > 0 && self.pipelining && self.framing == Framing::Lines && !self.skip_to_waiting() {
            self.write_data(out);
        }
    }

    fn write_data(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"DATA\r\n");
        self.data_written = true;
        self.due.data = true;
    }

    /// RFC 2920 §3.1: DATA was granted although no recipient stands; an empty message ends it. An LMTP server
    /// would owe no reply to that (RFC 2033 §4.2), so there the connection ends instead.
    fn end_empty_data(&mut self, out: &mut Vec<u8>) {
        if self.lmtp {
            self.closed = true;
            self.phase = Phase::Done;
        } else {
            out.extend_from_slice(b".\r\n");
            self.due.finals = 1;
            self.phase = Phase::Final;
        }
    }

    /// Moves to the next recipient that is to be written.
    fn skip_to_waiting(&mut self) -> bool {
        let is_skipped = |slot: &Slot| matches!(slot, Slot::Skipped(_));
        while self.slots.get(self.write_at).is_some_and(is_skipped) {
            self.write_at += 1;
        }
        self.write_at < self.slots.len()
    }

    fn handle_mail(&mut self, code: ReplyCode, frame: &[u8]) {
        if code.is_temporary() || code.is_permanent() {
            self.mail_refused = true;
            self.refuse_all(Stage::Mail, &reply_parser::read(code, frame));
        } else {
            self.expect(Stage::Mail, code.is_success(), code, frame);
        }
    }

    fn handle_recipient(&mut self, code: ReplyCode, frame: &[u8]) {
        while matches!(self.slots[self.read_at], Slot::Skipped(_)) {
            self.read_at += 1;
        }
        let slot = &mut self.slots[self.read_at];
        self.read_at += 1;
        // Once MAIL was refused, the replies to the RCPTs behind it say nothing new.
        if !matches!(slot, Slot::Waiting) {
            return;
        }
        if code.is_success() {
            *slot = Slot::Accepted;
        } else if code.is_intermediate() {
            self.expect(Stage::Recipient, false, code, frame);
        } else {
            let reply = reply_parser::read(code, frame);
            *slot = Slot::Settled(RecipientOutcome::Refused { stage: Stage::Recipient, reply });
        }
    }

    fn handle_data(&mut self, code: ReplyCode, frame: &[u8]) {
        if code.is_temporary() || code.is_permanent() {
            self.refuse_all(Stage::Data, &reply_parser::read(code, frame));
        } else {
            self.data_granted = true;
            self.expect(Stage::Data, code.is_intermediate(), code, frame);
        }
    }

    fn handle_final(&mut self, code: ReplyCode, frame: &[u8]) {
        if code.is_intermediate() {
            return self.expect(Stage::EndOfData, false, code, frame);
        }
        // A server that offers CHUNKING and does not know BDAT read the content as commands: nothing was taken, and
        // its further replies belong to nobody.
        if self.framing == Framing::Chunk && matches!(code.get(), 500 | 502 | 503 | 504) {
            self.end_given_away = false;
            return self.expect(Stage::EndOfData, false, code, frame);
        }
        self.half_way = self.due.finals > 0;
        let reply = reply_parser::read(code, frame);
        let outcome = |reply: Reply| match code.is_success() {
            true => RecipientOutcome::Delivered(reply),
            false => RecipientOutcome::Refused { stage: Stage::EndOfData, reply },
        };
        let mut reply = Some(reply);
        let mut left = if self.lmtp { 1 } else { self.accepted() };
        while left > 0 && self.final_at < self.slots.len() {
            let slot = &mut self.slots[self.final_at];
            self.final_at += 1;
            if matches!(slot, Slot::Accepted) {
                left -= 1;
                let words = if left == 0 { reply.take() } else { reply.clone() };
                *slot = words.map_or(Slot::Accepted, |words| Slot::Settled(outcome(words)));
            }
        }
    }

    fn refuse_all(&mut self, stage: Stage, reply: &Reply) {
        for slot in &mut self.slots {
            if matches!(slot, Slot::Waiting | Slot::Accepted) {
                *slot = Slot::Settled(RecipientOutcome::Refused { stage, reply: reply.clone() });
            }
        }
    }

    fn close_with(&mut self, stage: Stage, reply: &Reply) {
        self.refuse_all(stage, reply);
        self.phase = Phase::Done;
        self.closed = true;
    }

    /// Breaks the session unless the reply fits.
    fn expect(&mut self, stage: Stage, fits: bool, code: ReplyCode, frame: &[u8]) {
        if !fits {
            self.abandon_at(stage, &Problem::UnexpectedReply(reply_parser::read(code, frame)));
        }
    }
}
