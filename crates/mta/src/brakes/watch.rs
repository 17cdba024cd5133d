//! Writes down behind: a crash forgets what was counted in the last second.
//!
//! [`recall`] is called at the start, [`watch`] is woken by each message and runs until the server stops, [`write_down`]
//! is its last act then. What cannot be written down counts all the same, until a restart; the log says so.

use std::sync::Arc;
use std::time::Duration;

use super::react;
use crate::context::Context;
use crate::events::Event;

/// The least time between two writes.
const PAUSE: Duration = Duration::from_secs(1);

/// Takes up what was written down before the restart. Mail goes on without it.
pub async fn recall(context: &Context) {
    let conducts = &context.ports.conducts;
    match (conducts.secret().await, conducts.conducts().await, conducts.known().await) {
        (Ok(secret), Ok(conducts), Ok(known)) => context.brakes.recall(secret, conducts, known),
        (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => {
            context.event(Event::Warning { what: error.to_string() });
        }
    }
}

/// Runs until the server stops.
pub async fn watch(context: Arc<Context>) {
    // A brake that was drawn right before the end may be untold.
    context.brakes.bell.notify_one();
    loop {
        tokio::select! {
            () = context.stop.cancelled() => return,
            () = context.brakes.bell.notified() => {}
        }
        react::tell(&context).await;
        write_down(&context).await;
        tokio::select! {
            () = context.stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Writes down what has changed.
pub async fn write_down(context: &Context) {
    let changes = context.brakes.take_changes();
    if changes.is_empty() {
        return;
    }
    if let Err(error) = context.ports.conducts.save(changes).await {
        context.event(Event::Warning { what: error.to_string() });
    }
}
