//! Security packages that wait to be installed, and whether they are installed by themselves. Debian and what is made of
//! it; elsewhere nothing is judged. Only files are read, see `machine/debian.rs`: nobody is asked, nothing is run. And
//! newer releases of Postamt itself (`postamt.rs`).

mod postamt;

use std::sync::Arc;
use std::time::Duration;

use super::context::Context;
use super::finding::{Finding, Kind, Remedy};
use super::machine::debian::Updates;
use super::run::{Check, CheckFuture, Scope};

/// Lists that are older say nothing about today.
const LISTS_DAYS: u64 = 7;
/// Packages that are named.
const NAMED: usize = 10;

static CURRENT: Kind = Kind::ok("updates.current");
static WAITING: Kind = Kind::warning("updates.waiting", "https://www.debian.org/security/");
static NOT_AUTOMATIC: Kind =
    Kind::note("updates.not-automatic", "https://wiki.debian.org/UnattendedUpgrades");
static NOT_KNOWN: Kind = Kind::unknown("updates.not-known");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "updates",
    scope: Scope::Host,
    not_after: &[],
    limit: Duration::from_secs(10),
    kinds: &[
        &CURRENT,
        &WAITING,
        &NOT_AUTOMATIC,
        &NOT_KNOWN,
        &postamt::CURRENT,
        &postamt::NEWER,
        &postamt::WEAK,
        &postamt::NOT_KNOWN,
    ],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let mut found = packages(&context);
    found.extend(postamt::check(&context).await);
    found
}

fn packages(context: &Context) -> Vec<Finding> {
    let Some(updates) = &context.machine.updates else { return Vec::new() };
    let mut found = vec![waiting(updates, context.clock.unix_seconds())];
    if !updates.are_automatic {
        let install = "apt-get install unattended-upgrades && dpkg-reconfigure -plow unattended-upgrades";
        let finding = Finding::new(&NOT_AUTOMATIC, "unattended-upgrades");
        found.push(finding.remedy(Remedy::command(install)));
    }
    found
}

fn waiting(updates: &Updates, now: u64) -> Finding {
    let fetched = updates.fetched.filter(|at| now.saturating_sub(*at) < LISTS_DAYS * 86_400);
    let (Some(packages), Some(_)) = (&updates.waiting, fetched) else {
        let finding = Finding::new(&NOT_KNOWN, "/var/lib/apt/lists");
        return finding.remedy(Remedy::command("apt-get update"));
    };
    if packages.is_empty() {
        return Finding::new(&CURRENT, "/var/lib/apt/lists");
    }
    let names: Vec<&str> = packages.iter().take(NAMED).map(|package| package.name.as_str()).collect();
    let finding = Finding::new(&WAITING, names.join(", ")).with_number("count", packages.len() as u64);
    let told = packages.iter().take(NAMED);
    told.fold(finding, |finding, it| finding.seen(format!("{} {} -> {}", it.name, it.installed, it.offered)))
        .remedy(Remedy::command("apt-get update && apt-get upgrade"))
}
