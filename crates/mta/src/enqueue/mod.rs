//! From an admitted message to a durable one. After [`store`] returns `Ok`, and only then, 250 may be said.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use postamt_store::spool::{NewMessage, SpoolError};

use crate::context::Context;
use crate::events::Event;
use crate::flow::{Admitted, Loaded, Queued, path_text};

/// Makes a message durable.
///
/// # Errors
/// As [`postamt_store::spool::Spool::accept`]; nothing was accepted then.
pub async fn store(context: &Context, message: Admitted) -> Result<Queued, SpoolError> {
    let received_at = context.now();
    let size = message.content.iter().map(|piece| piece.len() as u64).sum();
    let new = NewMessage {
        id: message.id,
        received_at,
        envelope: message.envelope.clone(),
        origin: message.origin.clone(),
        content: message.content.clone(),
        held: message.held.is_some(),
    };
    context.ports.spool.accept(new).await?;
    context.counters.accepted.fetch_add(1, Ordering::Relaxed);
    context.event(Event::Accepted {
        id: message.id.to_string(),
        channel: message.origin.channel.clone(),
        peer: message.peer,
        account: message.origin.account.clone(),
        tls: message.tls,
        sender: path_text(message.envelope.sender.as_ref()),
        recipients: message
            .envelope
            .recipients
            .iter()
            .map(|recipient| recipient.address.to_string())
            .collect(),
        size,
        message_id: message.message_id.clone(),
    });
    let permits = u32::try_from(size).unwrap_or(u32::MAX).max(1);
    let share = context.content_cache.clone().try_acquire_many_owned(permits).ok();
    let loaded = Loaded {
        envelope: message.envelope,
        origin: message.origin,
        received_at,
        size,
        // Without a share the content is read back when its turn comes.
        content: if share.is_some() { message.content } else { Vec::new() },
        message_id: message.message_id,
        author: message.author,
        share,
    };
    Ok(Queued { id: message.id, loaded: Arc::new(loaded) })
}
