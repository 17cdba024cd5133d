//! Content filters: each that is configured answers, and ClamAV's signatures are of these days. While one is down, mail is
//! refused or goes on unseen, as the configuration says.

use std::sync::Arc;
use std::time::Duration;

use postamt_mail::filters::clamd::Version;
use postamt_net::clamd;
use postamt_net::rspamd::Rspamd;
use postamt_net::service::{ServiceAddress, Way};

use super::context::{Context, FilterService, OwnFilter};
use super::finding::{Finding, Kind, Remedy};
use super::run::{Check, CheckFuture, Scope};

/// How long a filter may take to say that it is there.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);
/// ClamAV makes new signatures every day; freshclam asks for them several times a day.
const OLD_DAYS: u64 = 7;

static REACHED: Kind = Kind::ok("filters.reached");
static NOT_REACHED: Kind = Kind::error("filters.not-reached", "RFC 5321 §7.9");
static OLD: Kind =
    Kind::warning("filters.signatures-old", "https://docs.clamav.net/manual/Usage/SignatureManagement.html");
static NONE: Kind =
    Kind::warning("filters.signatures-none", "https://docs.clamav.net/manual/Usage/SignatureManagement.html");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "filters",
    scope: Scope::Host,
    not_after: &[],
    limit: Duration::from_secs(60),
    kinds: &[&REACHED, &NOT_REACHED, &OLD, &NONE],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let Some(host) = context.host() else { return Vec::new() };
    let way = Way { resolver: context.resolver.clone(), dialer: context.dialer.clone() };
    let mut findings = Vec::new();
    for filter in &host.filters {
        let asked = tokio::time::timeout(ANSWER_LIMIT, ask(&way, filter)).await;
        let answer =
            asked.unwrap_or_else(|_| Err(format!("no answer within {} seconds", ANSWER_LIMIT.as_secs())));
        findings.push(match answer {
            Ok(version) => judged(filter, version.as_ref(), context.clock.unix_seconds()),
            Err(reason) => not_reached(filter, &reason),
        });
    }
    findings
}

/// ClamAV tells its version.
async fn ask(way: &Way, filter: &OwnFilter) -> Result<Option<Version>, String> {
    match filter.service {
        FilterService::ClamAv => {
            let version = clamd::version(way, &filter.address).await.map_err(|error| error.to_string())?;
            if version.program.starts_with("ClamAV") { Ok(Some(version)) } else { Err(version.program) }
        }
        FilterService::Rspamd => {
            let rspamd = Rspamd::new(filter.address.clone(), None);
            rspamd.ping(way).await.map(|()| None).map_err(|error| error.to_string())
        }
    }
}

fn not_reached(filter: &OwnFilter, reason: &str) -> Finding {
    let unit = match filter.service {
        FilterService::ClamAv => "clamav-daemon",
        FilterService::Rspamd => "rspamd",
    };
    let finding = Finding::new(&NOT_REACHED, &filter.name).with("address", &filter.address).seen(reason);
    match &filter.address {
        // Of another machine this one can restart nothing.
        ServiceAddress::Tcp { host, .. } if host != "127.0.0.1" && host != "::1" && host != "localhost" => {
            finding
        }
        _ => finding.remedy(Remedy::command(format!("systemctl restart {unit}"))),
    }
}

fn judged(filter: &OwnFilter, version: Option<&Version>, now: u64) -> Finding {
    let found = |kind| Finding::new(kind, &filter.name).with("address", &filter.address);
    let Some(version) = version else { return found(&REACHED) };
    let updating = Remedy::command("systemctl enable --now clamav-freshclam");
    let Some(made) = version.made else { return found(&NONE).seen(&version.program).remedy(updating) };
    let days = now.saturating_sub(made) / 86_400;
    if days <= OLD_DAYS {
        return found(&REACHED).seen(&version.program);
    }
    let number = version.signatures.unwrap_or_default();
    found(&OLD)
        .with_number("days", days)
        .seen(format!("{}, daily {number}", version.program))
        .remedy(updating)
}
