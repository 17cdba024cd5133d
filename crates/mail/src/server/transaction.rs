//! MAIL, RCPT, DATA and the end of a message.

use bytes::{Buf, BytesMut};

use super::{MailRequest, Question, ReceivedMessage, Security, Server, State, Step, Violation};
use crate::address::{Address, Domain};
use crate::command::{ForwardPath, MailParameters, RecipientParameters};
use crate::data::{Content, ContentFault, ContentRules, DataDecoder, FinishedContent, LongLines};
use crate::envelope::{BodyType, Envelope, Recipient, ReversePath};

/// An open transaction.
#[derive(Debug)]
pub(super) struct Transaction {
    pub(super) envelope: Envelope,
    pub(super) declared_size: Option<u64>,
    /// What BDAT brought so far.
    pub(super) chunks: Option<Content>,
}

impl Transaction {
    pub(super) fn new(envelope: Envelope, declared_size: Option<u64>) -> Self {
        Self { envelope, declared_size, chunks: None }
    }
}

const NEEDS_UTF8: &str = "553 5.6.7 An address that is not ASCII needs the SMTPUTF8 parameter";
pub(super) const IN_CHUNKS: &str = "503 5.5.1 A message is being sent with BDAT; finish it or say RSET";

impl Server {
    pub(super) fn mail(
        &mut self,
        sender: ReversePath,
        parameters: MailParameters,
        is_ascii: bool,
    ) -> Option<Step> {
        if let Some(refusal) = self.objection_to_mail(&parameters, is_ascii) {
            return self.object(refusal);
        }
        let envelope = Envelope {
            sender: sender.clone(),
            recipients: Vec::new(),
            body: parameters.body,
            smtputf8: parameters.smtputf8,
            require_tls: parameters.require_tls,
            return_content: parameters.return_content,
            envelope_id: parameters.envelope_id.clone(),
        };
        let question = Question::Mail { envelope: Box::new(envelope), declared_size: parameters.size };
        self.state = State::Answer(question);
        Some(Step::Mail(MailRequest {
            sender,
            declared_size: parameters.size,
            body: parameters.body,
            smtputf8: parameters.smtputf8,
            require_tls: parameters.require_tls,
            return_content: parameters.return_content,
            envelope_id: parameters.envelope_id,
            auth_parameter: parameters.auth,
        }))
    }

    fn objection_to_mail(&self, parameters: &MailParameters, is_ascii: bool) -> Option<&'static str> {
        if self.hello.is_none() {
            return Some(if self.profile.lmtp {
                "503 5.5.1 Say LHLO first"
            } else {
                "503 5.5.1 Say EHLO first"
            });
        }
        if self.profile.auth_required && !self.authenticated && !self.profile.local {
            return Some("530 5.7.0 Authentication required");
        }
        match &self.transaction {
            Some(transaction) if transaction.chunks.is_some() => return Some(IN_CHUNKS),
            Some(_) => return Some("503 5.5.1 A sender was already given"),
            None => {}
        }
        if !is_ascii && !parameters.smtputf8 {
            return Some(NEEDS_UTF8); // RFC 6531 §3.5
        }
        if parameters.require_tls && self.security == Security::Clear {
            return Some("555 5.5.4 REQUIRETLS is only offered under TLS"); // RFC 8689 §2
        }
        if parameters.size.is_some_and(|size| size > self.profile.size_limit) {
            return Some(ContentFault::TooLarge.reply()); // RFC 1870 §6.1
        }
        None
    }

    pub(super) fn recipient(
        &mut self,
        path: ForwardPath,
        parameters: RecipientParameters,
        is_ascii: bool,
    ) -> Option<Step> {
        let Some(transaction) = &self.transaction else {
            return self.object("503 5.5.1 Say MAIL first");
        };
        if transaction.chunks.is_some() {
            return self.object(IN_CHUNKS);
        }
        if !is_ascii && !transaction.envelope.smtputf8 {
            return self.object(NEEDS_UTF8);
        }
        if transaction.envelope.recipients.len() >= self.profile.recipient_limit {
            // RFC 5321 §4.5.3.1.10: 452, so that the client sends the rest in another transaction.
            self.say("452 4.5.3 Too many recipients");
            return None;
        }
        let Some(address) = self.address_of(path) else {
            return self.object("550 5.1.1 This host's name is no mail domain");
        };
        let mut recipient = Recipient::new(address);
        if let Some(notify) = parameters.notify {
            recipient.notify = notify;
            recipient.explicit_notify = true;
        }
        recipient.original = parameters.original;
        self.state = State::Answer(Question::Recipient(Box::new(recipient.clone())));
        Some(Step::Recipient(recipient))
    }

    fn address_of(&self, path: ForwardPath) -> Option<Address> {
        match path {
            ForwardPath::Address(address) => Some(address),
            // RFC 5321 §4.5.1: `<Postmaster>` is ours.
            ForwardPath::Postmaster => {
                let domain = Domain::new(&self.profile.hostname).ok()?;
                Address::from_parts("postmaster", &domain).ok()
            }
        }
    }

    pub(super) fn data(&mut self, waiting: bool) -> Option<Step> {
        match &self.transaction {
            None => self.object("503 5.5.1 Say MAIL and RCPT first"),
            Some(transaction) if transaction.chunks.is_some() => self.object(IN_CHUNKS),
            Some(transaction) if transaction.envelope.recipients.is_empty() => {
                self.object(self.no_recipients())
            }
            Some(transaction) => {
                let decoder = DataDecoder::new(self.content_rules(), transaction.declared_size);
                self.say("354 End data with <CRLF>.<CRLF>");
                self.state = State::Data(decoder);
                // RFC 2920 §3.1: the client waits for 354.
                waiting.then_some(Step::Violation(Violation::Pipelining))
            }
        }
    }

    /// RFC 5321 §3.3: 554 or 503; RFC 2033 §4.2 demands 503 of LMTP.
    pub(super) fn no_recipients(&self) -> &'static str {
        if self.profile.lmtp { "503 5.5.1 No valid recipients" } else { "554 5.5.1 No valid recipients" }
    }

    pub(super) fn content_rules(&self) -> ContentRules {
        let long_lines = if self.profile.local {
            LongLines::Break
        } else if self.profile.auth_required {
            LongLines::Refuse
        } else {
            LongLines::Keep
        };
        ContentRules {
            size_limit: self.profile.size_limit,
            header_limit: self.profile.header_limit,
            long_lines,
        }
    }

    pub(super) fn read_data(&mut self, input: &mut BytesMut) -> Option<Step> {
        let State::Data(decoder) = &mut self.state else { return None };
        let used = decoder.feed(input);
        input.advance(used);
        if !decoder.is_complete() {
            return None;
        }
        let State::Data(decoder) = std::mem::replace(&mut self.state, State::Command) else { return None };
        self.message(decoder.finish())
    }

    /// The message has ended; a good one goes to the driver, any other is refused here. In both cases the
    /// transaction is over (RFC 5321 §4.1.1.4).
    pub(super) fn message(&mut self, content: Result<FinishedContent, ContentFault>) -> Option<Step> {
        let transaction = self.transaction.take()?;
        let recipients = transaction.envelope.recipients.len();
        let content = match content {
            Ok(content) => content,
            Err(fault) => {
                let count = if self.profile.lmtp { recipients } else { 1 };
                return self.refuse_content(fault, count);
            }
        };
        let mut envelope = transaction.envelope;
        // Many clients send 8-bit text without saying so; whoever carries it on has to know.
        if content.eight_bit && envelope.body == BodyType::SevenBit {
            envelope.body = BodyType::EightBitMime;
        }
        self.state = State::Answer(Question::Message { recipients });
        Some(Step::Message(ReceivedMessage {
            envelope,
            content: content.octets,
            longest_line: content.longest_line,
        }))
    }

    pub(super) fn refuse_content(&mut self, fault: ContentFault, count: usize) -> Option<Step> {
        for _ in 0..count {
            self.say(fault.reply());
        }
        match fault {
            ContentFault::BareLineEnding => Some(Step::Violation(Violation::BareLineEndingInData)),
            ContentFault::Nul => Some(Step::Violation(Violation::NulOctet)),
            ContentFault::TooLarge | ContentFault::HeaderTooLarge | ContentFault::LineTooLong => None,
        }
    }
}
