//! Notices to the sender: built from what is known, made durable before the recipient is done. No notice is ever
//! sent to others about a message with a null return path (RFC 5321 §6.1), so there is no bounce of a bounce; only our
//! own postmaster hears of one that users of this host could not be told.

use bytes::Bytes;
use postamt_mail::address::{Address, Domain};
use postamt_mail::dsn::{Action, Cause, DeliveryReport, Kind, RecipientReport, ReturnedContent};
use postamt_mail::envelope::{Envelope, Notify, Recipient, ReturnContent};
use postamt_mail::header::Message;
use postamt_mail::message_id;
use postamt_mail::reply::{EnhancedCode, Reply};
use postamt_store::queue_id::QueueId;
use postamt_store::spool::{Origin, SpoolError};

use crate::context::Context;
use crate::enqueue;
use crate::events::Event;
use crate::flow::{Admitted, Channel, Failure, Loaded, Queued, Via};
use crate::settings::{PostmasterTarget, Settings};

/// A message larger than this is given back by its headers only, whatever was asked.
const FULL_RETURN_LIMIT: u64 = 1 << 20;

/// What became of a notice.
#[derive(Debug)]
pub enum Told {
    /// These messages are durable and are to be planned.
    Queued(Vec<Queued>),
    /// The sender wants none, or there is nobody to tell.
    NotWanted(&'static str),
    /// The spool did not take it.
    NotStored,
}

/// Tells of recipients that were given up.
pub async fn failed(
    context: &Context,
    id: QueueId,
    loaded: &Loaded,
    via: &Via,
    failures: &[(u16, Failure, bool)],
) -> Told {
    let settings = context.settings();
    let all_expired = failures.iter().all(|(.., expired)| *expired);
    let reports = failures
        .iter()
        .filter(|(number, ..)| {
            wants(loaded, *number, |notify| notify.failure) || is_stray(&settings, loaded, *number)
        })
        .filter_map(|(number, failure, expired)| {
            let mut report = report_of(context, loaded, via, *number, Action::Failed, failure)?;
            if *expired {
                // RFC 3463 §3.5: delivery time expired. The diagnostic keeps what went wrong last.
                report.status = EnhancedCode::new(5, 4, 7);
                report.cause = Some(Cause::Expired);
            }
            report.status.class = 5;
            Some(report)
        })
        .collect();
    let kind = if all_expired { Kind::Expired } else { Kind::Failed };
    send(context, id, loaded, kind, reports).await
}

/// Tells of recipients that still wait.
pub async fn delayed(
    context: &Context,
    id: QueueId,
    loaded: &Loaded,
    via: &Via,
    failures: &[(u16, Failure)],
) -> Told {
    let until = loaded.received_at + context.settings().retry.lifetime.as_secs();
    let reports = failures
        .iter()
        .filter(|(number, _)| wants(loaded, *number, |notify| notify.delay))
        .filter_map(|(number, failure)| {
            let mut report = report_of(context, loaded, via, *number, Action::Delayed, failure)?;
            report.status.class = 4;
            report.will_retry_until = Some(until);
            Some(report)
        })
        .collect();
    send(context, id, loaded, Kind::Delayed, reports).await
}

/// Tells of recipients that the next host has, where that host makes no notices itself.
pub async fn delivered(
    context: &Context,
    id: QueueId,
    loaded: &Loaded,
    via: &Via,
    taken: &[(u16, Reply)],
) -> Told {
    let local = via.remote.is_none();
    let (kind, action) =
        if local { (Kind::Delivered, Action::Delivered) } else { (Kind::Relayed, Action::Relayed) };
    let reports = taken
        .iter()
        .filter_map(|(number, reply)| {
            let recipient = loaded.envelope.recipients.get(usize::from(*number))?;
            let mut report =
                RecipientReport::new(recipient.address.clone(), action, EnhancedCode::new(2, 0, 0));
            report.original_recipient.clone_from(&recipient.original);
            report.remote.clone_from(&via.remote_name);
            report.diagnostic = Some(reply.clone());
            report.diagnostic_is_ours = local;
            Some(report)
        })
        .collect();
    send(context, id, loaded, kind, reports).await
}

fn wants(loaded: &Loaded, number: u16, which: impl Fn(&Notify) -> bool) -> bool {
    loaded.envelope.recipients.get(usize::from(number)).is_some_and(|recipient| which(&recipient.notify))
}

fn report_of(
    context: &Context,
    loaded: &Loaded,
    via: &Via,
    number: u16,
    action: Action,
    failure: &Failure,
) -> Option<RecipientReport> {
    let recipient = loaded.envelope.recipients.get(usize::from(number))?;
    let mut report = RecipientReport::new(recipient.address.clone(), action, failure.status);
    report.original_recipient.clone_from(&recipient.original);
    report.remote = via.remote_name.clone().or_else(|| via.remote.map(|address| address.ip().to_string()));
    report.diagnostic_is_ours = failure.reply.is_none();
    report.diagnostic = Some(failure.reply.clone().unwrap_or_else(|| in_our_words(failure)));
    report.last_attempt = Some(context.now());
    Some(report)
}

fn in_our_words(failure: &Failure) -> Reply {
    let code = if failure.status.class == 5 { 550 } else { 451 };
    let status = (failure.status.class, failure.status.subject, failure.status.detail);
    Reply::new(code, status, failure.words.clone())
}

async fn send(
    context: &Context,
    about: QueueId,
    loaded: &Loaded,
    kind: Kind,
    recipients: Vec<RecipientReport>,
) -> Told {
    let settings = context.settings();
    // Nobody waits for a notice about a notice; what is told all the same is a stray.
    let of_strays = || postmaster(&settings).filter(|_| is_notice(loaded) && !recipients.is_empty());
    let Some(sender) = loaded.envelope.sender.clone().or_else(of_strays) else {
        return Told::NotWanted("null return path");
    };
    if recipients.is_empty() {
        return Told::NotWanted("the sender asked for no such notice");
    }
    let original = match returned(context, about, loaded, kind).await {
        Some(original) => original,
        None => return Told::NotStored,
    };
    let id = context.ports.spool.next_id();
    let report = report(context, id, about, loaded, kind, sender.clone(), recipients, original);
    let copy_to = (settings.notices.postmaster_copy && kind.action() == Action::Failed)
        .then(|| postmaster(&settings))
        .flatten()
        .filter(|postmaster| *postmaster != sender);
    let message = message(id, report, sender, copy_to);
    let recipients = message.envelope.recipients.iter().map(|recipient| recipient.address.to_string());
    let event = Event::Notice {
        id: about.to_string(),
        notice: id.to_string(),
        kind: kind_name(kind),
        recipient: recipients.collect::<Vec<_>>().join(","),
    };
    match enqueue::store(context, message).await {
        Ok(queued) => {
            context.event(event);
            Told::Queued(vec![queued])
        }
        Err(error) => {
            context.event(Event::Spool { problem: format!("a notice could not be stored: {error}") });
            Told::NotStored
        }
    }
}

/// A notice for a user of our host name (`root@`, whose jobs write mail by themselves) that nobody takes: the postmaster
/// is told instead.
fn is_stray(settings: &Settings, loaded: &Loaded, number: u16) -> bool {
    let recipient = loaded.envelope.recipients.get(usize::from(number));
    is_notice(loaded)
        && recipient.is_some_and(|recipient| {
            recipient.address.domain() == Some(&settings.hostname)
                && postmaster(settings).is_some_and(|postmaster| postmaster != recipient.address)
        })
}

fn is_notice(loaded: &Loaded) -> bool {
    loaded.origin.channel == Channel::Notice.name()
}

/// Where mail to the postmaster ends: the notice does not come in by a port, so it is addressed there at once.
#[must_use]
pub fn postmaster(settings: &Settings) -> Option<Address> {
    match &settings.postmaster {
        PostmasterTarget::Forward(address) => Some(address.clone()),
        PostmasterTarget::Maildir(_) => Address::from_parts("postmaster", &settings.hostname).ok(),
    }
}

const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Failed => "failed",
        Kind::Expired => "expired",
        Kind::Delayed => "delayed",
        Kind::Delivered => "delivered",
        Kind::Relayed => "relayed",
    }
}

/// What is given back of the message; `None` when it cannot be read now. The body of a message that must not travel
/// without TLS is not given to a notice that may (RFC 8689 §5).
async fn returned(context: &Context, about: QueueId, loaded: &Loaded, kind: Kind) -> Option<ReturnedContent> {
    // A stray notice is worth nothing without what it tells.
    let full = (loaded.envelope.return_content == Some(ReturnContent::Full) || is_notice(loaded))
        && kind.action() == Action::Failed
        && !loaded.envelope.require_tls
        && loaded.size <= FULL_RETURN_LIMIT;
    let content = if loaded.content.is_empty() || loaded.content.iter().all(Bytes::is_empty) {
        match context.ports.spool.load(about).await {
            Ok(stored) => vec![stored.content],
            // The sender is told even so.
            Err(SpoolError::Damaged { .. } | SpoolError::Unknown) => Vec::new(),
            Err(_) => return None,
        }
    } else {
        loaded.content.clone()
    };
    Some(if full {
        ReturnedContent::Full(content)
    } else {
        ReturnedContent::Headers(header_section(&content))
    })
}

/// The header section of a message in pieces; the pieces are cut between fields.
fn header_section(content: &[Bytes]) -> Bytes {
    let mut section = Vec::with_capacity(1024);
    for piece in content {
        let split = Message::split(piece);
        section.extend_from_slice(split.octets());
        if split.has_blank_line() || split.end < piece.len() {
            break;
        }
    }
    section.into()
}

/// `Message-ID` of a message that was not looked into before.
fn message_id_of(original: &ReturnedContent) -> Option<String> {
    let section = match original {
        ReturnedContent::Full(pieces) => header_section(pieces),
        ReturnedContent::Headers(section) => section.clone(),
    };
    let split = Message::split(&section);
    let field = split.find("Message-ID")?;
    postamt_mail::header::message_id(field.value_octets()).map(str::to_owned)
}

#[expect(clippy::too_many_arguments, reason = "the parts of a report, each used once")]
fn report(
    context: &Context,
    id: QueueId,
    about: QueueId,
    loaded: &Loaded,
    kind: Kind,
    to: Address,
    recipients: Vec<RecipientReport>,
    original: ReturnedContent,
) -> DeliveryReport {
    let settings = context.settings();
    let now = context.now();
    let hostname = settings.hostname.clone();
    DeliveryReport {
        kind,
        language: settings.notices.language,
        reporting_host: hostname.to_string(),
        from: daemon_address(&hostname, loaded, &settings.own_domains),
        to,
        now,
        message_id: message_id::generate(now, &id.to_string(), hostname.as_str()),
        boundary: format!("{:016x}.{id}", context.ports.clock.random()),
        queue_id: about.to_string(),
        original_message_id: loaded.message_id.clone().or_else(|| message_id_of(&original)),
        arrival: loaded.received_at,
        envelope_id: loaded.envelope.envelope_id.clone(),
        recipients,
        original,
    }
}

/// `postmaster@` the sender's own domain where it is ours, so that the notice can be signed by a key that we
/// have; else of our host name.
fn daemon_address(hostname: &Domain, loaded: &Loaded, own_domains: &[Domain]) -> Address {
    let domain = loaded
        .envelope
        .sender
        .as_ref()
        .and_then(Address::domain)
        .filter(|domain| own_domains.contains(domain))
        .unwrap_or(hostname);
    Address::from_parts("postmaster", domain)
        .or_else(|_| Address::from_parts("postmaster", hostname))
        .expect("postmaster@ a valid domain is a valid address")
}

fn message(id: QueueId, report: DeliveryReport, to: Address, copy_to: Option<Address>) -> Admitted {
    let author = report.from.domain().cloned();
    let message_id = Some(report.message_id.clone());
    let notice = report.build();
    let quiet = |address| Recipient { notify: Notify::NEVER, ..Recipient::new(address) };
    let envelope = Envelope {
        sender: None,
        recipients: std::iter::once(to).chain(copy_to).map(quiet).collect(),
        body: notice.body,
        smtputf8: notice.smtputf8,
        ..Envelope::default()
    };
    Admitted {
        id,
        envelope,
        origin: Origin { account: None, channel: Channel::Notice.name().to_owned() },
        content: notice.pieces,
        message_id,
        author,
        held: None,
        peer: None,
        tls: None,
    }
}
