//! Where mail for the domain goes: bounces and answers need a way back, and receivers ask for it.

use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_net::dns::Mx;

use super::context::Context;
use super::dns;
use super::finding::{Finding, Kind, Remedy, Severity};
use super::run::{Check, CheckFuture, Scope};

static GOOD: Kind = Kind::ok("mx.good");
static IMPLICIT: Kind = Kind::warning("mx.implicit", "RFC 5321 §5.1");
static NOTHING: Kind = Kind::error("mx.nothing", "RFC 5321 §5.1");
static NULL: Kind = Kind::error("mx.null", "RFC 7505 §4.2");
static NO_ADDRESS: Kind = Kind::error("mx.no-address", "RFC 5321 §5.1");
static NOT_ASKED: Kind = Kind::unknown("mx.not-asked");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "mx",
    scope: Scope::Both,
    not_after: &[&dns::SILENT],
    limit: Duration::from_secs(60),
    kinds: &[&GOOD, &IMPLICIT, &NOTHING, &NULL, &NO_ADDRESS, &NOT_ASKED],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let mut found = Vec::new();
    for domain in context.domains() {
        found.extend(judge(&context, domain).await);
    }
    found
}

async fn judge(context: &Context, domain: &Domain) -> Vec<Finding> {
    let answer = match context.resolver.mx(domain).await {
        Ok(answer) => answer,
        Err(error) => return vec![Finding::new(&NOT_ASKED, domain).seen(error)],
    };
    if answer.records.is_empty() {
        return vec![without_mx(context, domain, answer.exists).await];
    }
    if answer.records.iter().all(|mx| mx.exchange.is_none()) {
        let finding = Finding::new(&NULL, domain).seen(format!("{domain}. IN MX 0 ."));
        // A stranger's domain that takes no mail says so on purpose.
        return vec![match context.host() {
            None => finding.severity(Severity::Note),
            Some(_) => own_exchange(context, finding, domain, vec!["0 .".to_owned()]),
        }];
    }
    let mut found = Vec::new();
    for mx in &answer.records {
        found.extend(exchange(context, domain, mx).await);
    }
    if found.is_empty() { vec![Finding::new(&GOOD, domain)] } else { found }
}

async fn without_mx(context: &Context, domain: &Domain, exists: bool) -> Finding {
    let said = if exists { "NODATA" } else { "NXDOMAIN" };
    let kind = match context.addresses(domain).await {
        Ok(addresses) if addresses.all.is_empty() => &NOTHING,
        Ok(_) => &IMPLICIT,
        Err(error) => return Finding::new(&NOT_ASKED, domain).seen(error),
    };
    own_exchange(
        context,
        Finding::new(kind, domain).seen(format!("{domain}. MX: {said}")),
        domain,
        Vec::new(),
    )
}

/// The record that leads to this host, where it is about this host.
fn own_exchange(context: &Context, finding: Finding, domain: &Domain, replaces: Vec<String>) -> Finding {
    let Some(host) = context.host() else { return finding };
    finding.remedy(Remedy::Record {
        name: domain.to_string(),
        record_type: "MX",
        value: format!("10 {}.", host.hostname),
        replaces,
    })
}

async fn exchange(context: &Context, domain: &Domain, mx: &Mx) -> Option<Finding> {
    let host = mx.exchange.as_ref()?;
    let seen = format!("{domain}. IN MX {} {host}.", mx.preference);
    match context.addresses(host).await {
        Ok(addresses) if addresses.all.is_empty() => {
            let old = format!("{} {host}.", mx.preference);
            let finding = Finding::new(&NO_ADDRESS, domain).with("host", host).seen(seen);
            Some(own_exchange(context, finding, domain, vec![old]))
        }
        Ok(_) => None,
        Err(error) => Some(Finding::new(&NOT_ASKED, domain).seen(seen).seen(error)),
    }
}
