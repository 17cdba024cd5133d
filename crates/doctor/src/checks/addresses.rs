//! The addresses that mail leaves from: public, or translated, or none at all.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use postamt_net::interfaces::is_public;

use super::context::Context;
use super::dns;
use super::finding::{Certainty, Finding, Kind, Remedy};
use super::run::{Check, CheckFuture, Scope};

static PUBLIC: Kind = Kind::ok("addresses.public");
static TRANSLATED: Kind = Kind::note("addresses.translated", "RFC 3022");
static SHARED: Kind = Kind::error("addresses.shared", "RFC 6598 §4");
static UNKNOWN: Kind = Kind::unknown("addresses.not-known");
static MISSING: Kind = Kind::error("addresses.source-missing", "RFC 5321 §4.1.4");
static ELSEWHERE: Kind = Kind::error("addresses.name-elsewhere", "RFC 5321 §4.1.4");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "addresses",
    scope: Scope::Host,
    not_after: &[&dns::SILENT],
    limit: Duration::from_secs(40),
    kinds: &[&PUBLIC, &TRANSLATED, &SHARED, &UNKNOWN, &MISSING, &ELSEWHERE],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let Some(host) = context.host() else { return Vec::new() };
    let here = &context.machine.addresses;
    let mut found: Vec<Finding> = host
        .sources
        .iter()
        .filter(|source| !here.is_empty() && !here.contains(&source.address))
        .map(|source| missing(source.address, here))
        .collect();
    let sources = context.public_sources().await;
    if sources.is_empty() {
        found.push(Finding::new(&UNKNOWN, &host.hostname).seen(list(here)));
        return found;
    }
    for source in &sources {
        found.push(match here.contains(&source.address) {
            true => Finding::new(&PUBLIC, source.address),
            false => translated(&context, source.address),
        });
    }
    found.extend(elsewhere(&context, &sources).await);
    found
}

fn missing(address: IpAddr, here: &[IpAddr]) -> Finding {
    Finding::new(&MISSING, address).seen(list(here)).remedy(Remedy::command("ip -brief address"))
}

/// Carrier-grade translation gives one address to many customers: no PTR, no port 25, a shared reputation.
fn translated(context: &Context, outside: IpAddr) -> Finding {
    let here = &context.machine.addresses;
    let is_shared = |address: &&IpAddr| match address {
        IpAddr::V4(v4) => v4.octets()[0] == 100 && (64..128).contains(&v4.octets()[1]),
        IpAddr::V6(_) => false,
    };
    if let Some(inner) = here.iter().find(is_shared) {
        return Finding::new(&SHARED, inner).seen(list(here)).surely(Certainty::Likely);
    }
    let setting = format!("[outgoing]\nown_addresses = [\"{outside}\"]");
    let known = context.host().is_some_and(|host| host.own_addresses.contains(&outside));
    let finding = Finding::new(&TRANSLATED, outside).with("inner", list(here)).seen(list(here));
    if known { finding } else { finding.surely(Certainty::Likely).remedy(Remedy::Setting { lines: setting }) }
}

/// The hostname has addresses of a family that is used, and none of them is ours.
async fn elsewhere(context: &Context, sources: &[super::context::Source]) -> Option<Finding> {
    let host = context.host()?;
    let answer = context.addresses(&host.hostname).await.ok()?;
    let named = answer.all.iter().copied().filter(|address| is_public(*address)).collect::<Vec<_>>();
    if named.is_empty() || named.iter().any(|address| sources.iter().any(|it| it.address == *address)) {
        return None;
    }
    let (name, right) = (&host.hostname, sources.iter().find(|it| it.ehlo_name == host.hostname)?);
    let kind = super::hostname::kind_of(right.address);
    let old = named.iter().filter(|address| super::hostname::kind_of(**address) == kind);
    Some(
        Finding::new(&ELSEWHERE, name)
            .with("addresses", list(&named))
            .with("own", right.address)
            .seen(format!("{name}. {}", list(&named)))
            .remedy(Remedy::Record {
                name: name.to_string(),
                record_type: kind,
                value: right.address.to_string(),
                replaces: old.map(ToString::to_string).collect(),
            }),
    )
}

fn list(addresses: &[IpAddr]) -> String {
    addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
