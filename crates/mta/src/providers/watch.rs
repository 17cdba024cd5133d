//! Writes decisions on providers down, tells them, and has the mail that they concern planned anew.
//!
//! [`watch`] is woken by each change and runs until the server stops. A decision that cannot be written down is in
//! force all the same, until a restart; the log says so.

use std::sync::Arc;

use postamt_store::facts::{PathState, ProviderFact, ProviderReason};

use crate::context::Context;
use crate::events::Event;
use crate::run;

/// Runs until the server stops.
pub async fn watch(context: Arc<Context>) {
    loop {
        for fact in context.providers.take_changed() {
            write_down(&context, fact).await;
        }
        tokio::select! {
            () = context.stop.cancelled() => return,
            () = context.providers.bell.notified() => {}
        }
    }
}

async fn write_down(context: &Arc<Context>, fact: ProviderFact) {
    let ended = fact.state == PathState::Direct;
    let facts = &context.ports.facts;
    let written = if ended {
        facts.forget_provider(fact.provider.clone()).await
    } else {
        facts.save_provider(fact.clone()).await
    };
    if let Err(error) = written {
        context.event(Event::Warning { what: error.to_string() });
    }
    let reply = match &fact.reason {
        ProviderReason::Refused { reply } => Some(reply.clone()),
        _ => None,
    };
    context.event(Event::ProviderChanged {
        provider: fact.provider.clone(),
        state: fact.state.name(),
        relay: fact.relay.clone(),
        reason: fact.reason.name(),
        reply,
        next_trial: (!ended).then_some(fact.next_trial),
    });
    if fact.reason == ProviderReason::Taken {
        let what = format!("{} takes mail from this host again: it goes directly from now on", fact.provider);
        context.event(Event::Warning { what });
    }
    run::replan_provider(context, &fact.provider);
}
