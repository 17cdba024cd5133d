//! A milter, asked at the end of the data with all that was noted of the session.
//!
//! Recipients have heard 250 by then, so one that the milter refuses for good is left out and its sender gets a notice,
//! as when the next host had refused it; all of them refused are the message refused. A recipient refused for now defers
//! the whole message: the client still has it and comes again with all of them, and nobody gets it twice.
//!
//! What the milter changes is changed before the message is made durable and signed. It may name recipients and senders
//! as it likes, since it is the operator's; but only ones that mail can be sent to.

use std::collections::BTreeSet;

use postamt_mail::address::Address;
use postamt_mail::envelope::{Envelope, Recipient};
use postamt_mail::milter::{Client, Conversation, Login, Mail, Outcome, Session, Verdict as MilterVerdict};
use postamt_mail::reply::Reply;
use postamt_net::PortFuture;
use postamt_net::milter::{self, MilterError};
use postamt_net::service::{ServiceAddress, Way};

use super::answer::{Answer, Candidate, Down, Filter, Rewritten, Verdict};
use crate::flow::RECIPIENT_LIMIT;

/// See the head of this file.
pub struct Milter {
    /// Where it listens.
    pub address: ServiceAddress,
    /// Octets that a message may have after it.
    pub body_limit: usize,
}

impl Filter for Milter {
    fn judge<'a>(&'a self, way: &'a Way, message: &'a Candidate<'a>) -> PortFuture<'a, Result<Answer, Down>> {
        Box::pin(async move {
            let session = session(message);
            let mail = Mail::new(message.envelope.clone().into_owned(), &message.content);
            let refused: Vec<(Address, Reply)> =
                message.refused.iter().map(|(it, reply)| (it.address.clone(), reply.clone())).collect();
            let conversation = Conversation::new(&session, &mail, &refused, self.body_limit);
            let outcome =
                milter::judge(way, &self.address, conversation).await.map_err(|error| match error {
                    MilterError::Unreachable(error) => Down::Unreachable(error.to_string()),
                    error => Down::Broken(error.to_string()),
                })?;
            answer(mail, outcome)
        })
    }

    fn is_there<'a>(&'a self, way: &'a Way) -> PortFuture<'a, bool> {
        Box::pin(async { milter::ping(way, &self.address).await.is_ok() })
    }
}

fn session(message: &Candidate<'_>) -> Session {
    let login = message.identity.account().zip(message.mechanism);
    Session {
        hostname: message.hostname.to_owned(),
        channel: message.channel.name().to_owned(),
        queue_id: message.id.to_string(),
        client: message.peer.map_or(Client::Local, Client::Host),
        greeting: message.helo.map(str::to_owned),
        tls: message.tls.cloned(),
        login: login.map(|(name, mechanism)| Login { name, mechanism: mechanism.to_string() }),
    }
}

fn answer(mut mail: Mail, outcome: Outcome) -> Result<Answer, Down> {
    match outcome.verdict {
        MilterVerdict::Discard => return Ok(Verdict::Discard.into()),
        MilterVerdict::Refuse { permanent: true, reply } => {
            return Ok(Verdict::Reject(reply.unwrap_or_else(rejection)).into());
        }
        MilterVerdict::Refuse { permanent: false, reply } => {
            return Ok(Verdict::Defer(reply.unwrap_or_else(deferral)).into());
        }
        MilterVerdict::Accept => {}
    }
    let mut refused = Vec::new();
    let mut numbers = BTreeSet::new();
    for (number, verdict) in outcome.refused {
        match verdict {
            MilterVerdict::Refuse { permanent: true, reply } => {
                let recipient = mail.envelope.recipients[number].clone();
                refused.push((recipient, reply.unwrap_or_else(rejection)));
                numbers.insert(number);
            }
            MilterVerdict::Refuse { permanent: false, reply } => {
                return Ok(Verdict::Defer(reply.unwrap_or_else(deferral)).into());
            }
            MilterVerdict::Accept | MilterVerdict::Discard => {}
        }
    }
    mail.leave_out(&numbers);
    let broken = |words: String| Down::Broken(words);
    let has_changed = mail
        .apply(&outcome.changes, outcome.leading_space)
        .map_err(|fault| broken(fault.to_string()))?
        .has_changed;
    if let Some(words) = unusable(&mail.envelope) {
        return Err(broken(words));
    }
    if mail.envelope.recipients.is_empty() {
        // It took away the last recipient: that is how milters drop a message.
        return Ok(Verdict::Discard.into());
    }
    let verdict = match outcome.quarantine {
        Some(reason) => Verdict::Hold(reason),
        None => Verdict::Accept,
    };
    let rewritten = (has_changed || !refused.is_empty()).then(|| Rewritten {
        content: mail.pieces(),
        envelope: mail.envelope,
        refused,
    });
    Ok(Answer { rewritten: rewritten.map(Box::new), ..verdict.into() })
}

/// Addresses of a milter that no mail can be sent to.
fn unusable(envelope: &Envelope) -> Option<String> {
    let literal = |address: &Address| address.domain().is_none();
    let recipients = envelope.recipients.iter().map(|recipient: &Recipient| &recipient.address);
    if let Some(address) = recipients.chain(&envelope.sender).find(|address| literal(address)) {
        return Some(format!("it names {address}, and no mail goes to address literals"));
    }
    (envelope.recipients.len() > RECIPIENT_LIMIT).then(|| "it names too many recipients".to_owned())
}

fn rejection() -> Reply {
    Reply::new(550, (5, 7, 1), "the message was refused by a content filter")
}

fn deferral() -> Reply {
    Reply::new(451, (4, 7, 1), "a content filter cannot take the message now, try again later")
}
