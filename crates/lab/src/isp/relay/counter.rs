//! What a relay service does with a message: looks whether it wants it, writes over what it always writes over,
//! notes a receipt, and passes it on.
//!
//! The refusals use the words of the services that they are taken from.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use postamt_mail::address::{Address, Domain};
use postamt_mail::date;
use postamt_mail::envelope::{Envelope, ReversePath};
use postamt_mail::header::{HeaderSection, Message};
use postamt_mail::reply::Reply;
use postamt_mail::server::ReceivedMessage;
use postamt_mailauth::verify::Delivery;
use postamt_net::clock::{Clock as _, SystemClock};

use super::RelayKind;
use super::forward::{Consignment, Forwarder};
use crate::receiver::{Judge, Judgement, Receipt, Receipts, TlsVersion};

/// One service's own.
#[derive(Debug)]
pub(super) struct Counter {
    pub(super) kind: RelayKind,
    pub(super) host: Domain,
    pub(super) domain: Domain,
    /// From which it sends, for SPF.
    pub(super) address: IpAddr,
    /// Recipients left; `None` is no limit.
    pub(super) quota: Mutex<Option<u64>>,
    /// Whose mail it takes, where it looks at that.
    pub(super) verified: Mutex<Vec<Domain>>,
    /// Whether recipients must be verified as well, as with a new account of SES.
    pub(super) sandbox: AtomicBool,
    pub(super) judge: Arc<Judge>,
    pub(super) receipts: Receipts,
    pub(super) forwarder: Option<Forwarder>,
}

/// Who brings a message.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) peer: SocketAddr,
    pub(super) hello: String,
    pub(super) tls: Option<TlsVersion>,
}

impl Counter {
    /// Whose name bounces of what it sends come back to, where it puts its own name into the envelope.
    pub(super) fn bounce_domain(&self) -> String {
        format!("bounce.{}", self.domain)
    }

    /// What is said to MAIL, if not yes.
    pub(super) fn objection_to(&self, sender: &ReversePath) -> Option<Reply> {
        (self.kind == RelayKind::Ses && sender.is_none())
            .then(|| Reply::new(501, (5, 1, 7), "Invalid MAIL FROM address provided"))
    }

    /// Takes a message or refuses it; either becomes a receipt.
    pub(super) async fn take(&self, visitor: Visitor, message: ReceivedMessage) -> Reply {
        let ReceivedMessage { envelope, content, .. } = message;
        let number: u64 = rand::random();
        let refusal = self.objection_to_message(&envelope, &Message::split(&content));
        if let Some(reply) = refusal {
            self.note(visitor, envelope, content, None, &reply);
            return reply;
        }
        let outgoing = Bytes::from(self.rewritten(&content, number));
        let sender = self.outgoing_sender(&envelope.sender, number);
        let judgement = self.judged(&outgoing, &sender).await;
        let reply = Reply::new(250, (2, 0, 0), format!("Ok {number:016x}"));
        self.note(visitor, envelope.clone(), outgoing.clone(), Some(judgement), &reply);
        if let Some(forwarder) = &self.forwarder {
            forwarder.take(Consignment { sender, envelope, content: outgoing, number });
        }
        reply
    }

    fn objection_to_message(&self, envelope: &Envelope, header: &HeaderSection<'_>) -> Option<Reply> {
        if self.kind == RelayKind::Ses {
            if header.count("DKIM-Signature") > 1 {
                let text = "Transaction failed: Duplicate header 'DKIM-Signature'.";
                return Some(Reply::new(554, (5, 6, 0), text));
            }
            if let Some(stranger) = self.unverified(envelope, header) {
                let text = format!(
                    "Message rejected: Email address is not verified. The following identities failed the check \
                     in region LAB-1: {stranger}"
                );
                return Some(Reply::new(554, (5, 7, 1), text));
            }
        }
        self.take_from_quota(envelope.recipients.len() as u64)
    }

    /// The first sender, of the envelope or the header, that is not verified; in the sandbox the first recipient.
    fn unverified(&self, envelope: &Envelope, header: &HeaderSection<'_>) -> Option<Address> {
        let verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        let authors = header.addresses("From").addresses;
        let is_stranger = |address: &Address| !address.domain().is_some_and(|own| verified.contains(own));
        let recipients = envelope.recipients.iter().map(|recipient| recipient.address.clone());
        let looked_at = if self.sandbox.load(Ordering::Relaxed) { usize::MAX } else { 0 };
        envelope.sender.iter().cloned().chain(authors).chain(recipients.take(looked_at)).find(is_stranger)
    }

    fn take_from_quota(&self, recipients: u64) -> Option<Reply> {
        let mut quota = self.quota.lock().unwrap_or_else(PoisonError::into_inner);
        let left = quota.as_mut()?;
        match left.checked_sub(recipients) {
            Some(rest) => {
                *left = rest;
                None
            }
            None => Some(Reply::new(454, (4, 7, 0), "Throttling failure: Daily message quota exceeded.")),
        }
    }

    /// SES writes its own Message-ID and Date; everybody adds a Received field.
    fn rewritten(&self, content: &[u8], number: u64) -> Vec<u8> {
        let now = date::rfc5322(SystemClock.unix_seconds());
        let mut outgoing =
            format!("Received: by {} with ESMTPSA id {number:016x};\r\n {now}\r\n", self.host).into_bytes();
        if self.kind != RelayKind::Ses {
            outgoing.extend_from_slice(content);
            return outgoing;
        }
        let header = Message::split(content);
        for field in &header.fields {
            if !field.is("Message-ID") && !field.is("Date") {
                outgoing.extend_from_slice(field.octets());
            }
        }
        let own = format!("Message-ID: <{number:016x}@eu-lab-1.{}>\r\nDate: {now}\r\n", self.domain);
        outgoing.extend_from_slice(own.as_bytes());
        outgoing.extend_from_slice(&content[header.end..]);
        outgoing
    }

    /// SES puts a name of its own into the envelope, so that bounces come back to it.
    fn outgoing_sender(&self, sender: &ReversePath, number: u64) -> ReversePath {
        if self.kind != RelayKind::Ses {
            return sender.clone();
        }
        // A number and our own domain make an address; if they did not, the sender's own would be as good.
        Address::new(&format!("{number:016x}@{}", self.bounce_domain())).ok().or_else(|| sender.clone())
    }

    async fn judged(&self, content: &[u8], sender: &ReversePath) -> Judgement {
        let sender = sender.as_ref().map(Address::to_string).unwrap_or_default();
        let host = self.host.as_str();
        let delivery = Delivery { client: self.address, greeting: host, host, sender: &sender };
        self.judge.judge(content, delivery).await
    }

    fn note(
        &self,
        visitor: Visitor,
        envelope: Envelope,
        content: Bytes,
        judgement: Option<Judgement>,
        reply: &Reply,
    ) {
        self.receipts.note(Receipt {
            server: self.host.clone(),
            peer: visitor.peer,
            hello: visitor.hello,
            tls: visitor.tls,
            envelope,
            content,
            judgement,
            accepted: reply.code.is_success(),
            reply: reply.clone(),
        });
    }
}
