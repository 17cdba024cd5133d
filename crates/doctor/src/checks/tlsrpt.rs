//! Who hears of failing TLS on the way to the domain: the TLSRPT record (RFC 8460 §3).

use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_mail::tls_reports::{self, RecordError};

use super::context::Context;
use super::finding::{Datum, Finding, Kind, Remedy};
use super::run::{Check, CheckFuture, Scope};
use super::{dns, exchangers};

static GOOD: Kind = Kind::ok("tlsrpt.good");
static NONE: Kind = Kind::note("tlsrpt.none", "RFC 8460 §3");
static SEVERAL: Kind = Kind::warning("tlsrpt.several", "RFC 8460 §3");
static BROKEN: Kind = Kind::warning("tlsrpt.broken", "RFC 8460 §3");
static NOT_ASKED: Kind = Kind::unknown("tlsrpt.not-asked");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "tlsrpt",
    scope: Scope::Both,
    not_after: &[&dns::SILENT],
    limit: Duration::from_secs(60),
    kinds: &[&GOOD, &NONE, &SEVERAL, &BROKEN, &NOT_ASKED],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let mut found = Vec::new();
    for domain in context.domains() {
        if exchangers::of(&context, domain).await.is_some() {
            found.push(judge(&context, domain).await);
        }
    }
    found
}

async fn judge(context: &Context, domain: &Domain) -> Finding {
    let name = format!("_smtp._tls.{domain}");
    let answer = match context.resolver.txt(&name).await {
        Ok(answer) => answer,
        Err(error) => return Finding::new(&NOT_ASKED, domain).seen(error),
    };
    let records: Vec<String> = answer.records.into_iter().filter(|text| is_meant(text)).collect();
    let seen = |finding: Finding| finding.seen_texts(&name, &records);
    let good = || {
        let usual = format!("v=TLSRPTv1; rua=mailto:postmaster@{domain}");
        let first = records.iter().find(|text| tls_reports::targets(text).is_ok());
        Remedy::text(&name, first.unwrap_or(&usual), records.iter().map(String::as_str))
    };
    let record = match records.as_slice() {
        [] => return Finding::new(&NONE, domain).remedy(good()),
        [record] => record,
        // RFC 8460 §3: then there is no record for senders.
        several => {
            let count = several.len() as u64;
            return seen(Finding::new(&SEVERAL, domain).with_number("count", count)).remedy(good());
        }
    };
    match tls_reports::targets(record) {
        Ok(targets) => seen(Finding::new(&GOOD, domain).with("targets", targets.join(", "))),
        Err(problem) => {
            let finding =
                Finding::new(&BROKEN, domain).with_datum("problem", Datum::Sentence(word(&problem)));
            seen(finding).remedy(good())
        }
    }
}

/// What was meant as such a record, even where it is none.
fn is_meant(text: &str) -> bool {
    let start: String = text.chars().filter(|letter| !letter.is_whitespace()).take(10).collect();
    start.to_ascii_lowercase().starts_with("v=tlsrpt")
}

const fn word(problem: &RecordError) -> &'static str {
    match problem {
        RecordError::Version => "doctor-tlsrpt-no-version",
        RecordError::NoTarget => "doctor-tlsrpt-no-target",
        RecordError::Target(_) => "doctor-tlsrpt-bad-target",
        RecordError::Field(_) => "doctor-tlsrpt-bad-field",
    }
}
