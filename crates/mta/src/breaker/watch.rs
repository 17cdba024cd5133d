//! The breaker's reconciler: counts silence, reads probes, writes changes down, tells the operator, and has waiting
//! mail planned again. It takes no input but what it finds.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use postamt_store::facts::PathKey;

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
    let mut seen: HashMap<PathKey, u64> = HashMap::new();
    loop {
        read_probes(&context, &mut seen).await;
        context.breaker.tick(context.now());
        let watching = context.breaker.look_at_silence(context.now());
        write_down(&context).await;
        tokio::select! {
            () = context.stop.cancelled() => return,
            () = context.breaker.bell.notified() => {}
            Ok(()) = facts.changed() => {}
            () = tokio::time::sleep(if watching { LOOK } else { REST }) => {}
        }
    }
}

/// Takes in probes that are newer than what was seen.
async fn read_probes(context: &Context, seen: &mut HashMap<PathKey, u64>) {
    let probes = match context.ports.facts.probes().await {
        Ok(probes) => probes,
        Err(error) => {
            context.event(Event::Warning { what: error.to_string() });
            return;
        }
    };
    let known: HashMap<PathKey, u64> =
        context.breaker.facts().into_iter().map(|fact| (fact.path, fact.since)).collect();
    for probe in probes {
        let newest =
            seen.get(&probe.path).copied().unwrap_or_else(|| known.get(&probe.path).copied().unwrap_or(0));
        if probe.at <= newest {
            continue;
        }
        seen.insert(probe.path, probe.at);
        let open = probe.verdict == "open";
        context.breaker.probed(probe.path, open, probe.verdict, probe.evidence, context.now());
    }
}

async fn write_down(context: &Arc<Context>) {
    let changed = context.breaker.take_dirty();
    if changed.is_empty() {
        return;
    }
    for fact in changed {
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
    run::replan(context);
}
