//! Writes the counts down: a crash forgets what was handed over in the last second.
//!
//! [`watch`] is woken by each count and runs until the server stops, [`write_down`] is its last act then. What cannot
//! be written down is counted all the same, until a restart; the log says so.

use std::sync::Arc;
use std::time::Duration;

use crate::context::Context;
use crate::events::Event;

/// The least time between two writes.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs until the server stops.
pub async fn watch(context: Arc<Context>) {
    loop {
        tokio::select! {
            () = context.stop.cancelled() => return,
            () = context.quotas.bell.notified() => {}
        }
        write_down(&context).await;
        tokio::select! {
            () = context.stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Writes down what has changed.
pub async fn write_down(context: &Context) {
    for fact in context.quotas.take_dirty() {
        if let Err(error) = context.ports.facts.save_handed(fact).await {
            context.event(Event::Warning { what: error.to_string() });
        }
    }
}
