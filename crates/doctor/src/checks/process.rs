//! What the server's process is kept from, as the running server has written it down: Landlock, seccomp, rights of root,
//! core dumps. What this kernel does not have is a note; the server works without.

use std::sync::Arc;
use std::time::Duration;

use super::context::Context;
use super::finding::{Finding, Kind};
use super::run::{Check, CheckFuture, Scope};

static PROTECTED: Kind = Kind::ok("process.protected");
static FILES: Kind = Kind::note("process.files-open", "https://docs.kernel.org/userspace-api/landlock.html");
static CALLS: Kind =
    Kind::note("process.calls-open", "https://docs.kernel.org/userspace-api/seccomp_filter.html");
static DUMPS: Kind = Kind::note("process.dumps", "https://man7.org/linux/man-pages/man5/core.5.html");
static ROOT: Kind = Kind::note("process.root", "https://man7.org/linux/man-pages/man7/capabilities.7.html");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "process",
    scope: Scope::Host,
    not_after: &[],
    limit: Duration::from_secs(10),
    kinds: &[&PROTECTED, &FILES, &CALLS, &DUMPS, &ROOT],
    run: |context| -> CheckFuture { Box::pin(std::future::ready(check(&context))) },
};

fn check(context: &Arc<Context>) -> Vec<Finding> {
    // Without a server that has run there is nothing to judge.
    let Some(holds) = &context.machine.protections else { return Vec::new() };
    let rights = holds.capabilities.join(", ");
    let lacks = [
        (holds.landlock.is_none(), &FILES),
        (holds.refused_calls == 0, &CALLS),
        (!holds.no_core_dumps, &DUMPS),
        (holds.capabilities.iter().any(|name| name != "CAP_NET_BIND_SERVICE"), &ROOT),
    ];
    let missing = lacks.into_iter().filter(|(is_missing, _)| *is_missing);
    let found: Vec<Finding> =
        missing.map(|(_, kind)| Finding::new(kind, "postamt serve").with("rights", &rights)).collect();
    if !found.is_empty() {
        return found;
    }
    let version = holds.landlock.as_deref().unwrap_or_default();
    let finding = Finding::new(&PROTECTED, "postamt serve").with("version", version);
    vec![finding.with_number("count", holds.refused_calls as u64)]
}
