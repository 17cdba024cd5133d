//! Can mail leave on port 25: the verdict that the server has kept, or a fresh one where it has none of this day.
//! A host that sends by relays alone does not need it, and nothing is said.

use std::sync::Arc;
use std::time::Duration;

use postamt_store::facts::{Family, ProbeFact};

use super::context::Context;
use super::dns;
use super::finding::{Finding, Kind, Remedy, Severity};
use super::run::{Check, CheckFuture, Scope};
use crate::port25;

/// A verdict holds for a day.
const FRESH: u64 = 86_400;

static OPEN: Kind = Kind::ok("port25.open");
static BLOCKED: Kind = Kind::error("port25.blocked", "RFC 5321 §2.1");
static THROTTLED: Kind = Kind::warning("port25.throttled", "RFC 5321 §2.1");
static NO_NETWORK: Kind = Kind::error("port25.no-network", "RFC 5321 §2.1");
static NO_IPV6: Kind = Kind::note("port25.no-ipv6", "RFC 5321 §5.2");
static NOT_KNOWN: Kind = Kind::unknown("port25.not-known");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "port25",
    scope: Scope::Host,
    not_after: &[&dns::SILENT],
    limit: Duration::from_secs(60),
    kinds: &[&OPEN, &BLOCKED, &THROTTLED, &NO_NETWORK, &NO_IPV6, &NOT_KNOWN],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

/// A verdict on one way out.
struct Verdict {
    path: String,
    family: Family,
    name: String,
}

async fn check(context: Arc<Context>) -> Vec<Finding> {
    if context.host().is_some_and(|host| !host.direct) {
        return Vec::new();
    }
    let verdicts = match kept(&context).await {
        kept if !kept.is_empty() => kept,
        _ => fresh(&context).await,
    };
    if verdicts.is_empty() {
        return vec![Finding::new(&NOT_KNOWN, context.subject.name())];
    }
    let is_open = verdicts.iter().any(|verdict| verdict.name == port25::Kind::Open.name());
    verdicts.iter().map(|verdict| judge(&context, verdict, is_open)).collect()
}

async fn kept(context: &Context) -> Vec<Verdict> {
    let Some(facts) = &context.facts else { return Vec::new() };
    let oldest = context.clock.unix_seconds().saturating_sub(FRESH);
    let probes = facts.probes().await.unwrap_or_default();
    let verdict = |probe: ProbeFact| Verdict {
        path: probe.path.to_string(),
        family: probe.path.family,
        name: probe.verdict,
    };
    probes.into_iter().filter(|probe| probe.at >= oldest).map(verdict).collect()
}

async fn fresh(context: &Context) -> Vec<Verdict> {
    let Some(settings) = context.host().and_then(|host| host.probe.as_ref()) else { return Vec::new() };
    let eyes = port25::Eyes {
        resolver: Arc::clone(&context.resolver),
        tls: context.tls.clone(),
        clock: Arc::clone(&context.clock),
    };
    let report = port25::check(&eyes, settings, None).await;
    let verdict = |path: port25::PathReport| Verdict {
        path: path.path.to_string(),
        family: path.path.family,
        name: path.verdict.kind.name().to_owned(),
    };
    report.paths.into_iter().map(verdict).collect()
}

fn judge(context: &Context, verdict: &Verdict, is_open: bool) -> Finding {
    let kind = port25::Kind::ALL.into_iter().find(|kind| kind.name() == verdict.name);
    let has_relay = context.host().is_some_and(|host| host.has_relay);
    let about = |kind: &'static Kind| {
        Finding::new(kind, &verdict.path).seen(format!("{}: {}", verdict.path, verdict.name))
    };
    let look = || Remedy::command("postamt port25 check");
    match kind {
        Some(port25::Kind::Open) => about(&OPEN),
        Some(port25::Kind::Throttled) => about(&THROTTLED).remedy(look()),
        Some(port25::Kind::NoNetwork) if verdict.family == Family::Ipv6 && is_open => about(&NO_IPV6),
        Some(port25::Kind::NoNetwork) => about(&NO_NETWORK).remedy(look()),
        // Mail arrives by the detour, so it is no emergency.
        Some(kind) if kind.is_blocked() && has_relay => {
            about(&BLOCKED).severity(Severity::Warning).remedy(look())
        }
        Some(kind) if kind.is_blocked() => about(&BLOCKED).remedy(look()),
        _ => about(&NOT_KNOWN).remedy(look()),
    }
}
