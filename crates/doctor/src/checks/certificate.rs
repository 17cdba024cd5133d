//! The certificate that each port really shows: is it in time, for this host's name, from somebody whom clients trust,
//! and is it the one in the file.
//!
//! A certificate of one's own making is enough for other servers on port 25, where hardly anybody looks at it; mail
//! clients refuse it, and so do senders whom a policy of this host tells to.

use std::sync::Arc;
use std::time::Duration;

use postamt_mail::sts_policy::PolicyMode;
use postamt_net::tls::{CertificateFacts, CertificateProblem, KeyKind, describe};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::context::{Context, Host, Listening, Service};
use super::finding::{Datum, Finding, Kind, Remedy, Severity};
use super::look::{CONNECT, Look, REPLY};
use super::run::{Check, CheckFuture, Scope};
use super::submission::{door, near};
use super::{hostname, programs};

const DAY: i64 = 86_400;
/// Whoever renews has done so by then.
const SOON_DAYS: i64 = 14;
/// RSA keys below are weak (RFC 9325 §4.5).
const RSA_BITS: usize = 2048;

static GOOD: Kind = Kind::ok("certificate.good");
static EXPIRED: Kind = Kind::error("certificate.expired", "RFC 5280 §4.1.2.5");
static NOT_YET: Kind = Kind::error("certificate.not-yet", "RFC 5280 §4.1.2.5");
static SOON: Kind = Kind::warning("certificate.soon", "RFC 5280 §4.1.2.5");
static OLD: Kind = Kind::warning("certificate.old", "RFC 5280 §4.1.2.5");
static WRONG_NAME: Kind = Kind::error("certificate.wrong-name", "RFC 9525 §6");
static SELF_MADE: Kind = Kind::error("certificate.self-made", "RFC 8314 §5.3");
static NOT_TRUSTED: Kind = Kind::error("certificate.not-trusted", "RFC 5280 §6");
static WEAK: Kind = Kind::warning("certificate.weak", "RFC 9325 §4.5");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "certificate",
    scope: Scope::Host,
    not_after: &[&hostname::NOT_COMPLETE, &programs::NOT_RUNNING, &programs::IN_THE_WAY],
    limit: Duration::from_secs(120),
    kinds: &[&GOOD, &EXPIRED, &NOT_YET, &SOON, &OLD, &WRONG_NAME, &SELF_MADE, &NOT_TRUSTED, &WEAK],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

type Chain = Vec<CertificateDer<'static>>;

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let Some(host) = context.host() else { return Vec::new() };
    let mut shown: Vec<(Chain, Vec<u16>)> = Vec::new();
    for listener in host.listeners.iter().filter(|listener| listener.address.port() != 0) {
        // A port that shows none is a matter of `submission`.
        let Some(chain) = chain(&context, host, listener).await else { continue };
        let port = listener.address.port();
        match shown.iter_mut().find(|(known, _)| *known == chain) {
            Some((_, ports)) if ports.contains(&port) => {}
            Some((_, ports)) => ports.push(port),
            None => shown.push((chain, vec![port])),
        }
    }
    shown.iter().filter_map(|(chain, ports)| judge(&context, host, chain, ports)).collect()
}

/// What a listener shows; `None` where nobody gets that far.
async fn chain(context: &Context, host: &Host, listener: &Listening) -> Option<Chain> {
    let target = near(listener.address);
    let chain = match listener.service {
        Service::Web => {
            let stream = context.dialer.connect(target, None, CONNECT).await.ok()?;
            context.tls.look(stream, &host.hostname, REPLY).await.ok()?
        }
        service => match context.looks.at(context, target, door(service), &host.hostname).await {
            Look::Met(survey) => survey.chain,
            Look::NotMet { .. } => return None,
        },
    };
    (!chain.is_empty()).then_some(chain)
}

/// One certificate, and the ports that show it.
fn judge(context: &Context, host: &Host, chain: &Chain, ports: &[u16]) -> Option<Finding> {
    let facts = describe(chain.first()?)?;
    let now = i64::try_from(context.clock.unix_seconds()).unwrap_or(i64::MAX);
    let ports = ports.iter().map(ToString::to_string).collect::<Vec<_>>();
    let strict = is_looked_at(host, &ports);
    let about = |kind: &'static Kind| {
        let finding = Finding::new(kind, ports.join(", ")).with("host", &host.hostname);
        let finding = finding.with("issuer", &facts.issuer).with("names", facts.names.join(", "));
        let end = Datum::Time(u64::try_from(facts.not_after).unwrap_or_default());
        seen(finding.with_datum("end", end), &facts)
    };
    let is_over = facts.not_after < now;
    if is_older_than_the_file(context, chain, &facts) {
        let severity = if is_over { Severity::Error } else { Severity::Warning };
        return Some(about(&OLD).severity(severity).remedy(Remedy::command("systemctl reload postamt")));
    }
    if is_over {
        return Some(about(&EXPIRED));
    }
    if facts.not_before > now {
        return Some(about(&NOT_YET));
    }
    let weaker = |finding: Finding, otherwise| if strict { finding } else { finding.severity(otherwise) };
    Some(match context.tls.judge_at(chain, &[host.hostname.to_string()], context.clock.unix_seconds()) {
        Err(CertificateProblem::HostMismatch { .. }) => weaker(about(&WRONG_NAME), Severity::Warning),
        Err(_) if facts.is_self_made => weaker(about(&SELF_MADE), Severity::Note),
        Err(problem) => weaker(about(&NOT_TRUSTED).seen(problem), Severity::Warning),
        Ok(()) if facts.not_after - now < SOON_DAYS * DAY => {
            let days = u64::try_from((facts.not_after - now) / DAY).unwrap_or_default();
            about(&SOON).with_number("days", days)
        }
        Ok(()) if matches!(facts.key, KeyKind::Rsa(bits) if bits < RSA_BITS) => about(&WEAK),
        Ok(()) => about(&GOOD),
    })
}

/// Whether anybody refuses a bad one: clients do, and senders to whom this host's policy says so (RFC 8461 §5).
fn is_looked_at(host: &Host, ports: &[String]) -> bool {
    ports.iter().any(|port| port != "25") || (host.serves_web() && host.sts == PolicyMode::Enforce)
}

fn seen(finding: Finding, facts: &CertificateFacts) -> Finding {
    let key = match facts.key {
        KeyKind::Rsa(bits) => format!("RSA {bits}"),
        KeyKind::Elliptic(bits) => format!("EC {bits}"),
        KeyKind::Other => "-".to_owned(),
    };
    let names = facts.names.iter().map(|name| format!("DNS:{name}")).collect::<Vec<_>>().join(", ");
    finding.seen(names).seen(format!("Issuer: {}", facts.issuer)).seen(format!("Key: {key}"))
}

/// The file has been renewed, and the server does not know it yet.
fn is_older_than_the_file(context: &Context, chain: &Chain, facts: &CertificateFacts) -> bool {
    let Some(Ok(text)) = &context.machine.certificate else { return false };
    let Ok(file) = CertificateDer::from_pem_slice(text.as_bytes()) else { return false };
    if chain.first() == Some(&file) {
        return false;
    }
    describe(&file).is_some_and(|file| file.not_before > facts.not_before)
}
