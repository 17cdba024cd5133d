//! From an admitted message to a durable one. After [`store`] returns `Ok`, and only then, 250 may be said.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use postamt_mail::envelope::Envelope;
use postamt_store::queue_id::QueueId;
use postamt_store::spool::{NewMessage, Origin, SpoolError};

use crate::context::Context;
use crate::events::Event;
use crate::flow::{Loaded, Queued, path_text};

/// A message on its way into the spool.
#[derive(Debug)]
pub struct Arrival {
    /// Its id, from the spool.
    pub id: QueueId,
    /// Envelope.
    pub envelope: Envelope,
    /// Where it came from.
    pub origin: Origin,
    /// The content in pieces.
    pub content: Vec<Bytes>,
    /// `Message-ID`.
    pub message_id: Option<String>,
    /// It must wait for `release`.
    pub held: bool,
    /// The client's address, for the log.
    pub peer: Option<std::net::IpAddr>,
    /// TLS, for the log.
    pub tls: Option<String>,
}

/// Makes a message durable.
///
/// # Errors
/// As [`postamt_store::spool::Spool::accept`]; nothing was accepted then.
pub async fn store(context: &Context, arrival: Arrival) -> Result<Queued, SpoolError> {
    let received_at = context.now();
    let size = arrival.content.iter().map(|piece| piece.len() as u64).sum();
    let message = NewMessage {
        id: arrival.id,
        received_at,
        envelope: arrival.envelope.clone(),
        origin: arrival.origin.clone(),
        content: arrival.content.clone(),
        held: arrival.held,
    };
    context.ports.spool.accept(message).await?;
    context.counters.accepted.fetch_add(1, Ordering::Relaxed);
    context.event(Event::Accepted {
        id: arrival.id.to_string(),
        channel: arrival.origin.channel.clone(),
        peer: arrival.peer,
        account: arrival.origin.account.clone(),
        tls: arrival.tls,
        sender: path_text(arrival.envelope.sender.as_ref()),
        recipients: arrival.envelope.recipients.iter().map(|recipient| recipient.address.to_string()).collect(),
        size,
        message_id: arrival.message_id.clone(),
    });
    let permits = u32::try_from(size).unwrap_or(u32::MAX).max(1);
    let share = context.content_cache.clone().try_acquire_many_owned(permits).ok();
    let loaded = Loaded {
        envelope: arrival.envelope,
        origin: arrival.origin,
        received_at,
        size,
        // Without a share the content is read back when its turn comes.
        content: if share.is_some() { arrival.content } else { Vec::new() },
        message_id: arrival.message_id,
        share,
    };
    Ok(Queued { id: arrival.id, loaded: Arc::new(loaded) })
}
