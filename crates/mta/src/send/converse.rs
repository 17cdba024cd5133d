//! Handing a message to a connection, and what the replies mean for each recipient.

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use postamt_mail::client::{Cause, Problem, RecipientOutcome, Stage, Transaction, TransportError};
use postamt_mail::reply::{EnhancedCode, Reply};
use postamt_net::smtp::Connection;

use super::null_sender::{self, ReturnPath};
use crate::flow::{Attempt, Failure, Fate, Fault, Loaded, RecipientResult, Via};
use crate::queue::job::Job;

/// Delivers the recipients of a job. `signatures` (complete fields) go in front of the content. When `given_up` ends,
/// the job shall go another way, if it still can.
pub async fn converse(
    connection: &mut Connection,
    via: &Arc<Via>,
    job: &Job,
    loaded: &Loaded,
    return_path: ReturnPath<'_>,
    signatures: Bytes,
    given_up: Pin<&mut (dyn Future<Output = ()> + Send)>,
) -> Attempt {
    let mut transaction = transaction(job, loaded, signatures);
    transaction.sender = return_path.sender;
    let mut outcome = connection.deliver_unless(&transaction, given_up).await;
    if let Some(instead) = return_path.instead
        && transaction.sender.is_none()
        && null_sender::is_refused(&outcome)
        && connection.is_usable()
    {
        transaction.sender = Some(instead.learned());
        outcome = connection.deliver(&transaction).await;
    }
    let without_tls = connection.facts().tls_fallback.is_some();
    let mut outcomes = outcome.recipients.into_iter();
    let mut result = |number: &u16| {
        let is_known = usize::from(*number) < loaded.envelope.recipients.len();
        let outcome = is_known.then(|| outcomes.next()).flatten();
        RecipientResult {
            number: *number,
            fate: outcome.map_or_else(without_outcome, |outcome| fate(outcome, without_tls)),
        }
    };
    let results = job.recipients.as_slice().iter().map(&mut result).collect();
    Attempt { via: via.clone(), results }
}

/// No recipient is without a fate, or its message would never end.
fn without_outcome() -> Fate {
    Fate::Temporary(Failure::ours(Fault::Ours, (4, 3, 0), "the recipient was not tried"))
}

fn transaction(job: &Job, loaded: &Loaded, signatures: Bytes) -> Transaction {
    let envelope = &loaded.envelope;
    let recipients = job
        .recipients
        .as_slice()
        .iter()
        .filter_map(|number| envelope.recipients.get(usize::from(*number)))
        .cloned()
        .collect();
    let mut content = Vec::with_capacity(loaded.content.len() + 1);
    if !signatures.is_empty() {
        content.push(signatures);
    }
    content.extend(loaded.content.iter().cloned());
    Transaction {
        sender: envelope.sender.clone(),
        recipients,
        body: envelope.body,
        smtputf8: envelope.smtputf8,
        require_tls: envelope.require_tls,
        return_content: envelope.return_content,
        envelope_id: envelope.envelope_id.clone(),
        content,
    }
}

/// `without_tls`: TLS was offered and has failed.
fn fate(outcome: RecipientOutcome, without_tls: bool) -> Fate {
    match outcome {
        RecipientOutcome::Delivered(reply) => Fate::Delivered(reply),
        RecipientOutcome::Refused { stage, reply } => refused(stage, reply),
        RecipientOutcome::Unsent(error) => Fate::Temporary(unsent(&error)),
        // The end of data was sent and no reply came: it may have been delivered. RFC 5321 §4.5.3.2.6 and §6.1:
        // the client must try again, and a second copy is better than none.
        RecipientOutcome::Uncertain(error) => {
            let words = format!("{error}; the message may have been delivered");
            Fate::Temporary(Failure::ours(Fault::RemoteHost, (4, 4, 2), words))
        }
        // What the peer can do under TLS is not known, and its TLS may be mended: not for now, but not for ever.
        RecipientOutcome::Impossible(Cause::NeedsRequireTls) if without_tls => {
            let words = "the message must not travel without TLS, and TLS with this server has failed";
            Fate::Temporary(Failure::ours(Fault::RemoteHost, (4, 7, 30), words))
        }
        RecipientOutcome::Impossible(cause) => Fate::Permanent(impossible(cause)),
    }
}

/// A reply decides by its first digit alone (RFC 5321 §4.2.1); what it is about, by stage and code.
fn refused(stage: Stage, reply: Reply) -> Fate {
    let permanent = reply.code.is_permanent();
    let class = if permanent { 5 } else { 4 };
    let status = match reply.enhanced {
        // RFC 3463 §2: the class must agree with the reply; some servers disagree with themselves.
        Some(code) => EnhancedCode { class, ..code },
        None => EnhancedCode::new(class, 0, 0),
    };
    let fault = fault_of(stage, &reply, status);
    // Too many recipients for one transaction (RFC 5321 §4.5.3.1.10): the rest goes at once in another one.
    let retry_now = stage == Stage::Recipient
        && reply.code.get() == 452
        && (reply.enhanced.is_none() || (status.subject, status.detail) == (5, 3));
    let failure = Failure { fault, status, reply: Some(reply), words: String::new(), retry_now };
    if permanent { Fate::Permanent(failure) } else { Fate::Temporary(failure) }
}

/// Whose matter a refusal is; only this function reads a remote's codes for it.
fn fault_of(stage: Stage, reply: &Reply, status: EnhancedCode) -> Fault {
    match (stage, status.subject) {
        (_, 7) => Fault::Policy,
        (Stage::Recipient, 0..=2) => Fault::Recipient,
        (_, 1 | 2) => Fault::Recipient,
        (_, 6) => Fault::Message,
        _ if reply.code.get() == 421 => Fault::RemoteHost,
        (Stage::EndOfData | Stage::Data, _) => Fault::Message,
        (Stage::Mail, _) => Fault::Policy,
        _ => Fault::RemoteHost,
    }
}

fn unsent(error: &TransportError) -> Failure {
    let mut failure = Failure::ours(Fault::RemoteHost, (4, 4, 2), error.to_string());
    // A kept connection that the peer, or something on the way, has ended meanwhile says nothing about the peer; nor
    // does an attempt that was given up because the way to it was closed.
    failure.retry_now = match &error.problem {
        Problem::IdleClosed | Problem::Closed | Problem::GivenUp => true,
        Problem::Io { kind, .. } => {
            use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
            matches!(kind, ConnectionReset | ConnectionAborted | BrokenPipe)
        }
        _ => false,
    };
    failure
}

fn impossible(cause: Cause) -> Failure {
    let status = match cause {
        Cause::NeedsSmtpUtf8 => (5, 6, 7),
        Cause::NeedsBody { .. } => (5, 6, 3),
        Cause::NeedsRequireTls => (5, 7, 30),
        Cause::TooLarge { .. } => (5, 3, 4),
    };
    Failure::ours(Fault::Message, status, cause.to_string())
}

/// Whether a temporary failure asks us to send less: 421 at any stage, a refusal of MAIL as such, or words that
/// say so. Greylisting does not: it concerns one recipient. Only this function reads a remote's prose.
#[must_use]
pub fn asks_to_slow_down(failure: &Failure) -> bool {
    let Some(reply) = &failure.reply else { return false };
    if reply.code.get() == 421 {
        return true;
    }
    let words = reply.text().to_ascii_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(phrase));
    if says(&["greylist", "graylist", "try again in a few minutes"]) {
        return false;
    }
    says(&[
        "rate limit",
        "too many connections",
        "too many messages",
        "too fast",
        "throttl",
        "slow down",
        "ratelimit",
    ])
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use postamt_mail::client::{Problem, Stage};

    use super::unsent;

    #[test]
    fn a_connection_that_is_ended_or_given_up_is_no_reason_to_wait() {
        let io = |kind| Problem::Io { kind, text: "as the system says".to_owned() };
        for (problem, again) in [
            (Problem::IdleClosed, true),
            (Problem::Closed, true),
            (Problem::GivenUp, true),
            (io(ErrorKind::ConnectionReset), true),
            (io(ErrorKind::BrokenPipe), true),
            (io(ErrorKind::InvalidData), false),
            (Problem::TimedOut, false),
            (Problem::Unsolicited, false),
        ] {
            assert_eq!(unsent(&problem.clone().at(Stage::Mail)).retry_now, again, "{problem:?}");
        }
    }
}
