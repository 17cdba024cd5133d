//! Rules of this host that keep its own mail from leaving. Others' firewalls are the matter of port 25.

use std::sync::Arc;
use std::time::Duration;

use super::context::Context;
use super::finding::{Finding, Kind, Remedy};
use super::run::{Check, CheckFuture, Scope};

static BLOCKS: Kind = Kind::error("firewall.blocks", "RFC 5321 §2.1");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "firewall",
    scope: Scope::Host,
    not_after: &[],
    limit: Duration::from_secs(10),
    kinds: &[&BLOCKS],
    run: |context| -> CheckFuture { Box::pin(std::future::ready(check(&context))) },
};

/// Nothing is said where nothing was found: an ordinary user may not read the rules. A host that sends by relays alone is
/// not kept from anything: whether it reaches them is seen by `relay test`.
fn check(context: &Arc<Context>) -> Vec<Finding> {
    if context.host().is_some_and(|host| !host.direct) {
        return Vec::new();
    }
    let rules = context.machine.rules.iter();
    rules
        .map(|rule| {
            let family = rule.family.map_or_else(|| "IPv4, IPv6".to_owned(), |family| family.to_string());
            Finding::new(&BLOCKS, family).seen(&rule.text).remedy(Remedy::command("nft -a list ruleset"))
        })
        .collect()
}
