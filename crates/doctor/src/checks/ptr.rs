//! Does each address lead back to a name, and the name to the address; per source address and family.
//!
//! Receivers refuse addresses without (Google and Microsoft outright, Telekom by name), IPv6 more strictly still.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_net::dns::record::reverse_name;
use postamt_net::dns::{Answer, DnsError};

use super::context::{Context, Source};
use super::dns;
use super::finding::{Certainty, Finding, Kind, Remedy, Severity};
use super::hostname::{self, is_generic, kind_of};
use super::run::{Check, CheckFuture, Scope};

const GOOGLE: &str = "https://support.google.com/a/answer/81126";

static CONFIRMED: Kind = Kind::ok("ptr.confirmed");
static MISSING: Kind = Kind::error("ptr.missing", GOOGLE);
static MISSING_IPV6: Kind = Kind::error("ptr.missing-ipv6", GOOGLE);
static NOT_CONFIRMED: Kind = Kind::error("ptr.not-confirmed", "RFC 1912 §2.1");
static OTHER_NAME: Kind = Kind::warning("ptr.other-name", "RFC 1912 §2.1");
static SEVERAL: Kind = Kind::note("ptr.several", "RFC 2181 §10.2");
static GENERIC: Kind = Kind::warning("ptr.generic", "https://postmaster.t-online.de/index.en.html");
static NOT_ASKED: Kind = Kind::unknown("ptr.not-asked");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "ptr",
    scope: Scope::Host,
    // Without a name to compare with, every advice about PTR would be wrong.
    not_after: &[&dns::SILENT, &hostname::NOT_COMPLETE],
    limit: Duration::from_secs(60),
    kinds: &[
        &CONFIRMED,
        &MISSING,
        &MISSING_IPV6,
        &NOT_CONFIRMED,
        &OTHER_NAME,
        &SEVERAL,
        &GENERIC,
        &NOT_ASKED,
    ],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let mut found = Vec::new();
    for source in context.public_sources().await {
        found.extend(judge(&context, &source).await);
    }
    found
}

async fn judge(context: &Context, source: &Source) -> Vec<Finding> {
    let answer = match context.resolver.ptr(source.address).await {
        Ok(answer) => answer,
        Err(error) => return vec![not_asked(source, &error)],
    };
    if answer.records.is_empty() {
        return vec![missing(source, &answer)];
    }
    let mut found = Vec::new();
    let own = answer.records.iter().find(|name| name.eq_ignore_ascii_case(source.ehlo_name.as_str()));
    let name = own.unwrap_or(&answer.records[0]);
    found.push(confirm(context, source, name, own.is_some()).await);
    if answer.records.len() > 1 {
        let finding =
            Finding::new(&SEVERAL, source.address).with_number("count", answer.records.len() as u64);
        found.push(seen_names(finding, source.address, &answer.records));
    }
    found
}

fn not_asked(source: &Source, error: &DnsError) -> Finding {
    Finding::new(&NOT_ASKED, source.address).seen(error)
}

fn missing(source: &Source, answer: &Answer<String>) -> Finding {
    let kind = if source.address.is_ipv4() { &MISSING } else { &MISSING_IPV6 };
    let said = if answer.exists { "NODATA" } else { "NXDOMAIN" };
    pointer(
        Finding::new(kind, source.address)
            .with("name", &source.ehlo_name)
            .seen(format!("{}. PTR: {said}", reverse_name(source.address))),
        source,
        &[],
    )
}

/// The name must have the address, be the one that is said in EHLO, and not look like a customer's line.
async fn confirm(context: &Context, source: &Source, name: &str, is_own: bool) -> Finding {
    let about = |kind: &'static Kind| {
        let finding = Finding::new(kind, source.address).with("name", name).with("ehlo", &source.ehlo_name);
        seen_names(finding, source.address, &[name.to_owned()])
    };
    let Ok(domain) = Domain::new(name) else {
        return pointer(about(&NOT_CONFIRMED), source, &[name.to_owned()]);
    };
    let forward = match source.address.is_ipv4() {
        true => context.resolver.a(&domain).await,
        false => context.resolver.aaaa(&domain).await,
    };
    let forward = match forward {
        Ok(answer) => answer.records,
        Err(error) => return not_asked(source, &error),
    };
    let kind = kind_of(source.address);
    if !forward.contains(&source.address) {
        let seen = match forward.is_empty() {
            true => format!("{name}. {kind}: -"),
            false => {
                forward.iter().map(|it| format!("{name}. IN {kind} {it}")).collect::<Vec<_>>().join("\n")
            }
        };
        let finding = about(&NOT_CONFIRMED).seen(seen);
        return match is_own {
            true => finding.remedy(Remedy::record(name, kind, source.address.to_string())),
            false => pointer(finding, source, &[name.to_owned()]),
        };
    }
    if is_generic(name, source.address) {
        return pointer(about(&GENERIC), source, &[name.to_owned()]).surely(Certainty::Likely);
    }
    if !is_own {
        return pointer(about(&OTHER_NAME), source, &[name.to_owned()]).severity(Severity::Warning);
    }
    about(&CONFIRMED)
}

/// The PTR record that should be there. It is set where the address comes from, not in the own zone.
fn pointer(finding: Finding, source: &Source, replaces: &[String]) -> Finding {
    finding.remedy(Remedy::Record {
        name: reverse_name(source.address),
        record_type: "PTR",
        value: format!("{}.", source.ehlo_name),
        replaces: replaces.iter().map(|name| format!("{name}.")).collect(),
    })
}

fn seen_names(finding: Finding, address: IpAddr, names: &[String]) -> Finding {
    let reverse = reverse_name(address);
    names.iter().fold(finding, |finding, name| finding.seen(format!("{reverse}. IN PTR {name}.")))
}
