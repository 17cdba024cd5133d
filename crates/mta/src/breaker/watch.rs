//! The breaker's reconciler: counts silence, reads probes, writes changes down, tells the operator, and has waiting
//! mail planned again when what it can use has changed. It takes no input but what it finds.

use std::sync::Arc;
use std::time::Duration;

use crate::context::Context;
use crate::events::Event;
use crate::run;

/// How often attempts under way are looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How often it looks when there is nothing to watch.
const REST: Duration = Duration::from_secs(60);

/// Runs until the server stops.
pub async fn watch(context: Arc<Context>) {
    let mut facts = context.ports.facts.changes();
    let mut courses = context.breaker.courses(&context.settings());
    loop {
        read_probes(&context).await;
        context.breaker.tick(context.now());
        let watching = context.breaker.look_at_silence(context.now());
        // Before it is told: writing takes its time, and what is planned meanwhile would lose its place in a trial.
        let usable = context.breaker.courses(&context.settings());
        if usable != courses {
            courses = usable;
            run::replan(&context);
        }
        write_down(&context).await;
        tokio::select! {
            () = context.stop.cancelled() => return,
            () = context.breaker.bell.notified() => {}
            Ok(()) = facts.changed() => {}
            () = tokio::time::sleep(if watching { LOOK } else { REST }) => {}
        }
    }
}

/// Shows the last probes to the breaker, which knows those that it has taken in.
async fn read_probes(context: &Context) {
    match context.ports.facts.probes().await {
        Ok(probes) => probes.into_iter().for_each(|probe| context.breaker.probed(probe, context.now())),
        Err(error) => context.event(Event::Warning { what: error.to_string() }),
    }
}

async fn write_down(context: &Context) {
    for fact in context.breaker.take_dirty() {
        context.event(Event::PathChanged {
            path: fact.path.to_string(),
            state: fact.state.name(),
            reason: fact.reason.clone(),
            next_probe: fact.next_probe,
        });
        if let Err(error) = context.ports.facts.save_path(fact).await {
            context.event(Event::Warning { what: error.to_string() });
        }
    }
}
