//! How old each domain is, and when it ends, by RDAP: receivers distrust domains of a few days, and a domain that nobody
//! renews takes all its mail along.
//!
//! Where the registry has no RDAP, as that of `.de`, or does not answer, nothing is known, and that is not bad.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use tokio::task::JoinSet;

use super::context::Context;
use super::dns;
use super::finding::{Datum, Finding, Kind};
use super::run::{Check, CheckFuture, Scope};
use crate::unblock::rdap::{self, RdapError, Registration};

const DAY: u64 = 86_400;
/// Younger domains are distrusted.
const YOUNG_DAYS: u64 = 30;
/// Time enough to renew.
const RENEWAL_DAYS: u64 = 30;

static SETTLED: Kind = Kind::ok("domain_age.settled");
static YOUNG: Kind = Kind::warning(
    "domain_age.young",
    "https://www.spamhaus.org/resource-hub/domain-reputation/xyzs-best-practice-on-new-domains-and-email-deliverability/",
);
static EXPIRES: Kind = Kind::warning("domain_age.expires", "RFC 9083 §4.5");
static NOT_KNOWN: Kind = Kind::unknown("domain_age.not-known");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "domain_age",
    scope: Scope::Both,
    not_after: &[&dns::SILENT],
    limit: Duration::from_secs(60),
    kinds: &[&SETTLED, &YOUNG, &EXPIRES, &NOT_KNOWN],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

async fn check(context: Arc<Context>) -> Vec<Finding> {
    // The registry knows what was registered, not what is below it.
    let domains: BTreeSet<Domain> = context.domains().iter().map(Domain::organisational).collect();
    let mut asking = JoinSet::new();
    for (place, domain) in domains.into_iter().enumerate() {
        let context = Arc::clone(&context);
        asking.spawn(async move { (place, judge(&context, &domain).await) });
    }
    let mut found = asking.join_all().await;
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().flat_map(|(_, findings)| findings).collect()
}

async fn judge(context: &Context, domain: &Domain) -> Vec<Finding> {
    let Some(registries) = &context.registries else { return Vec::new() };
    match rdap::registration(&*context.documents, registries, domain).await {
        Ok(dates) => weigh(domain, dates, context.clock.unix_seconds()),
        Err(error) => vec![unknown(domain, &error)],
    }
}

fn unknown(domain: &Domain, error: &RdapError) -> Finding {
    Finding::new(&NOT_KNOWN, domain).seen(error)
}

fn weigh(domain: &Domain, dates: Registration, now: u64) -> Vec<Finding> {
    let Some(registered) = dates.registered else {
        let silent = Finding::new(&NOT_KNOWN, domain).seen("RDAP: no event \"registration\"");
        return vec![silent].into_iter().chain(ending(domain, dates, now)).collect();
    };
    let age = now.saturating_sub(registered) / DAY;
    let mut found = Vec::new();
    if age < YOUNG_DAYS {
        let days = YOUNG_DAYS - age;
        let finding = Finding::new(&YOUNG, domain).with_number("days", age).with_number("left", days);
        found.push(finding.with_datum("registered", Datum::Time(registered)));
    }
    found.extend(ending(domain, dates, now));
    if found.is_empty() {
        found.push(Finding::new(&SETTLED, domain).with_datum("registered", Datum::Time(registered)));
    }
    found
}

fn ending(domain: &Domain, dates: Registration, now: u64) -> Option<Finding> {
    let expires = dates.expires?;
    let days = expires.saturating_sub(now) / DAY;
    (days < RENEWAL_DAYS).then(|| {
        Finding::new(&EXPIRES, domain).with_number("days", days).with_datum("expires", Datum::Time(expires))
    })
}
