//! A whole message, whichever way it came: admitted, made durable, put on its way, and answered.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use postamt_mail::address::{Address, Domain};
use postamt_mail::envelope::{BodyType, Envelope, Notify, Recipient};
use postamt_mail::header::prepare::{Prepare, Prepared, prepare};
use postamt_mail::header::received::{Peer, Protocol, Received};
use postamt_mail::reply::Reply;
use postamt_store::queue_id::QueueId;
use postamt_store::spool::{Origin, SpoolError};

use super::left_out::LeftOut;
use crate::admit;
use crate::admit::filters;
use crate::admit::filters::answer::Candidate;
use crate::brakes;
use crate::context::Context;
use crate::enqueue;
use crate::events::Event;
use crate::flow::{Admitted, Channel, Destination, Hold, Identity, Loaded, Submission};
use crate::plan::routes;
use crate::run;
use crate::settings::{PostmasterTarget, Settings};
use crate::settle::reports::{self, ReportMail};

/// Takes a submission and says what the client hears: 250 only after the message is durable.
pub async fn take(context: &Arc<Context>, submission: Submission) -> Reply {
    let report = ReportMail::of(&submission);
    let sending = brakes::Sending::of(&submission);
    let reply = match admit(context, submission).await {
        Ok((mut messages, left_out)) => {
            match sending.as_ref().map(|sending| sending.count(context)).transpose() {
                Ok(taken) => {
                    if let Some(hold) = taken.as_ref().and_then(|taken| taken.hold.clone()) {
                        messages.iter_mut().for_each(|message| message.hold_for_account(&hold));
                    }
                    let reply = store(context, messages, left_out).await;
                    if reply.code.is_success() {
                        taken.into_iter().for_each(brakes::Taken::keep);
                    }
                    reply
                }
                Err(reply) => reply,
            }
        }
        Err(reply) => reply,
    };
    if let Some(report) = report.filter(|_| reply.code.is_success()) {
        reports::take(context, report).await;
    }
    reply
}

/// The messages that a submission becomes: one, and a second when the postmaster's mail is forwarded.
async fn admit(
    context: &Arc<Context>,
    mut submission: Submission,
) -> Result<(Vec<Admitted>, Option<Box<LeftOut>>), Reply> {
    let settings = context.settings();
    let id = context.ports.spool.next_id();
    let mut prepared = prepare_content(context, &settings, &submission, id);
    let mut passed = admit::content(&settings, &submission.identity, &prepared);
    let (mut held, mut left_out) = (None, None);
    if passed.is_ok() && filters::are_asked(&settings, &submission) {
        match filtered(context, &settings, &mut submission, &mut prepared, id).await {
            Ok(Filtered::Dropped) => return Ok((Vec::new(), None)),
            Ok(Filtered::Passed(hold, refused)) => (held, left_out) = (hold, refused),
            Err(reply) => passed = Err(reply),
        }
    }
    if let Err(reply) = passed {
        context.event(submission.refused(None, reply.to_string()));
        return Err(reply);
    }
    let message = admitted(&settings, submission, prepared, id, held);
    Ok((split_off_postmaster(context, &settings, message), left_out))
}

/// What the content filters want to become of a message.
enum Filtered {
    /// It goes on, held or not, perhaps without some of its recipients.
    Passed(Option<Hold>, Option<Box<LeftOut>>),
    /// It is taken and dropped.
    Dropped,
}

/// Shows the message to the content filters: what they change is changed, whom they refuse is left out, and what they
/// hold is held.
async fn filtered(
    context: &Arc<Context>,
    settings: &Settings,
    submission: &mut Submission,
    prepared: &mut Prepared,
    id: QueueId,
) -> Result<Filtered, Reply> {
    // Our trace field is the first piece, and not theirs to judge.
    let mut pieces = std::mem::take(&mut prepared.pieces).into_iter();
    let trace = pieces.next();
    let message = Candidate {
        id,
        hostname: settings.hostname.as_str(),
        identity: &submission.identity,
        channel: submission.channel,
        envelope: Cow::Borrowed(&submission.envelope),
        refused: Vec::new(),
        peer: submission.peer,
        helo: submission.helo.as_deref(),
        mechanism: submission.mechanism,
        tls: submission.tls.as_ref(),
        content: pieces.collect(),
    };
    let passed = filters::examine(context, message).await?;
    if passed.discarded {
        return Ok(Filtered::Dropped);
    }
    prepared.rewrite(trace, passed.content);
    let left_out = (!passed.refused.is_empty()).then(|| {
        Box::new(LeftOut::new(submission, id, loaded(context, submission, prepared), passed.refused))
    });
    if let Some(envelope) = passed.envelope {
        submission.envelope = envelope;
    }
    Ok(Filtered::Passed(passed.held, left_out))
}

/// The message as a notice about it needs it.
fn loaded(context: &Context, submission: &Submission, prepared: &Prepared) -> Loaded {
    Loaded {
        envelope: Envelope::default(),
        origin: origin(submission),
        received_at: context.now(),
        size: prepared.size as u64,
        content: prepared.pieces.clone(),
        message_id: prepared.message_id.clone(),
        author: author(submission, prepared),
        share: None,
    }
}

fn origin(submission: &Submission) -> Origin {
    Origin { account: submission.identity.account(), channel: submission.channel.name().to_owned() }
}

fn author(submission: &Submission, prepared: &Prepared) -> Option<Domain> {
    prepared.from.first().or(submission.envelope.sender.as_ref()).and_then(Address::domain).cloned()
}

fn prepare_content(context: &Context, settings: &Settings, submission: &Submission, id: QueueId) -> Prepared {
    let id = id.to_string();
    let now = context.now();
    let from_outside = matches!(submission.identity, Identity::Anonymous | Identity::RelayNetwork);
    let peer = submission.peer.filter(|_| from_outside);
    let protocol = Protocol {
        extended: submission.extended,
        utf8: submission.envelope.smtputf8,
        tls: submission.tls.is_some(),
        authenticated: matches!(submission.identity, Identity::Account(_)),
        lmtp: false,
    };
    let recipient = match submission.envelope.recipients.as_slice() {
        [only] => Some(&only.address),
        _ => None,
    };
    let received = Received {
        from: peer.map(|address: IpAddr| Peer {
            greeting: submission.helo.as_deref().unwrap_or("unknown"),
            address,
            name: None,
        }),
        by: settings.hostname.as_str(),
        protocol: (submission.channel != Channel::Sendmail).then_some(protocol),
        tls: submission.tls.as_ref().map(|(version, cipher)| (version.as_str(), cipher.as_str())),
        id: &id,
        recipient,
        now,
    };
    let options = Prepare {
        hostname: settings.hostname.as_str(),
        queue_id: &id,
        now,
        // RFC 6409 §8: a submission server may; a receiving server must not.
        add_message_id_and_date: submission.channel != Channel::Exchange,
        received: received.field(),
    };
    prepare(&submission.content, options)
}

fn admitted(
    settings: &Settings,
    submission: Submission,
    prepared: Prepared,
    id: QueueId,
    by_filter: Option<Hold>,
) -> Admitted {
    let (origin, author) = (origin(&submission), author(&submission, &prepared));
    let mut envelope = submission.envelope;
    if prepared.has_eight_bit_body && envelope.body == BodyType::SevenBit {
        envelope.body = BodyType::EightBitMime;
    }
    let by_rule = envelope.recipients.iter().any(|recipient| {
        let question = routes::Question {
            account: origin.account.as_deref(),
            channel: &origin.channel,
            sender: envelope.sender.as_ref(),
            recipient: &recipient.address,
            past_hold: false,
        };
        routes::choose(settings, question) == Destination::Hold
    });
    Admitted {
        id,
        author,
        envelope,
        origin,
        content: prepared.pieces,
        message_id: prepared.message_id,
        held: by_filter.or_else(|| by_rule.then_some(Hold::Rule)),
        peer: submission.peer,
        tls: submission.tls.map(|(version, cipher)| format!("{version} {cipher}")),
    }
}

/// Mail to postmaster@ and abuse@ goes on to the operator's address as a message of its own, with a null return
/// path: a failure must not come back to postmaster@ (RFC 5321 §6.1).
fn split_off_postmaster(context: &Context, settings: &Settings, mut message: Admitted) -> Vec<Admitted> {
    let PostmasterTarget::Forward(target) = &settings.postmaster else { return vec![message] };
    let is_role = |recipient: &Recipient| {
        routes::goes_to_postmaster(settings, &message.origin.channel, &recipient.address)
            && !settings.local_domains.iter().any(|local| Some(&local.domain) == recipient.address.domain())
    };
    let (roles, others): (Vec<_>, Vec<_>) = message.envelope.recipients.into_iter().partition(is_role);
    message.envelope.recipients = others;
    let mut messages = Vec::with_capacity(2);
    if !roles.is_empty() {
        messages.push(forwarded(context, target, &message));
    }
    if !message.envelope.recipients.is_empty() {
        messages.push(message);
    }
    messages
}

fn forwarded(context: &Context, target: &Address, message: &Admitted) -> Admitted {
    let recipient = Recipient { notify: Notify::NEVER, ..Recipient::new(target.clone()) };
    let envelope = Envelope {
        sender: None,
        recipients: vec![recipient],
        body: message.envelope.body,
        smtputf8: message.envelope.smtputf8,
        ..Envelope::default()
    };
    Admitted {
        id: context.ports.spool.next_id(),
        envelope,
        origin: Origin { account: None, channel: Channel::Forward.name().to_owned() },
        content: message.content.iter().map(Bytes::clone).collect(),
        message_id: message.message_id.clone(),
        author: message.author.clone(),
        // What a filter wants to be seen is seen before it goes anywhere.
        held: message.held.clone().filter(|hold| *hold != Hold::Rule),
        peer: message.peer,
        tls: message.tls.clone(),
    }
}

/// Makes the messages durable. When the second one fails after the first was stored, the client sends again: a
/// copy for one recipient is better than a loss for the other.
async fn store(context: &Arc<Context>, messages: Vec<Admitted>, left_out: Option<Box<LeftOut>>) -> Reply {
    if let Some(left_out) = left_out
        && let Err(reply) = left_out.tell(context).await
    {
        return reply;
    }
    let mut first = None;
    for message in messages {
        let held = message.held.clone();
        match enqueue::store(context, message).await {
            Ok(queued) => {
                first = first.or(Some(queued.id));
                run::begin(context, queued, held);
            }
            Err(error) => {
                context.event(Event::Spool { problem: error.to_string() });
                return refusal(&error);
            }
        }
    }
    // None is left of what a filter wants to be dropped without a word.
    let words = first.map_or_else(|| "taken".to_owned(), |id| format!("queued as {id}"));
    Reply::new(250, (2, 0, 0), words)
}

/// Why not now (DESIGN §7): the client keeps its copy.
fn refusal(error: &SpoolError) -> Reply {
    match error {
        SpoolError::Full => Reply::new(452, (4, 3, 1), "no room for mail now, try again later"),
        SpoolError::Closed => Reply::new(421, (4, 3, 2), "shutting down, try again later"),
        _ => Reply::new(451, (4, 3, 0), "the message could not be stored, try again later"),
    }
}
