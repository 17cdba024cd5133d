//! The ports of this host, as a client meets them: can they be reached, is there TLS, and is a login asked for only
//! where nobody can read it.
//!
//! Looked at twice: at the addresses where the server listens, and by the name that clients are given.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use postamt_net::smtp::{Capabilities, Survey};

use super::context::{Context, Host, Listening, Service};
use super::finding::{Certainty, Finding, Kind, Remedy, Severity};
use super::look::{Door, Look, is_passing};
use super::run::{Check, CheckFuture, Scope};
use super::{hostname, programs};

static GOOD: Kind = Kind::ok("submission.good");
static NOT_REACHED: Kind = Kind::error("submission.not-reached", "RFC 6409 §3.1");
static OUTSIDE: Kind = Kind::warning("submission.outside", "RFC 6409 §3.1");
static NO_STARTTLS: Kind = Kind::error("submission.no-starttls", "RFC 8314 §3.3");
static NO_TLS: Kind = Kind::error("submission.no-tls", "RFC 8314 §3.3");
static AUTH_IN_CLEAR: Kind = Kind::error("submission.auth-in-clear", "RFC 4954 §4");
static AUTH_ON_25: Kind = Kind::warning("submission.auth-on-25", "RFC 6409 §3.1");
static NO_AUTH: Kind = Kind::error("submission.no-auth", "RFC 6409 §4.3");
static NOT_KNOWN: Kind = Kind::unknown("submission.not-known");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "submission",
    scope: Scope::Host,
    not_after: &[&hostname::NOT_COMPLETE, &programs::NOT_RUNNING, &programs::IN_THE_WAY],
    limit: Duration::from_secs(120),
    kinds: &[
        &GOOD,
        &NOT_REACHED,
        &OUTSIDE,
        &NO_STARTTLS,
        &NO_TLS,
        &AUTH_IN_CLEAR,
        &AUTH_ON_25,
        &NO_AUTH,
        &NOT_KNOWN,
    ],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let Some(host) = context.host() else { return Vec::new() };
    let (mut found, mut judged) = (Vec::new(), Vec::new());
    for listener in mail_listeners(host) {
        let port = listener.address.port();
        // One finding for a port that is open on several addresses.
        if !judged.contains(&port) {
            judged.push(port);
            found.extend(judge(&context, host, listener).await);
        }
    }
    found
}

/// Those of mail. Port 0 is any port; only a test listens there.
pub(super) fn mail_listeners(host: &Host) -> impl Iterator<Item = &Listening> {
    host.listeners.iter().filter(|it| it.service != Service::Web && it.address.port() != 0)
}

/// How a listener's port begins.
pub(super) const fn door(service: Service) -> Door {
    match service {
        Service::Exchange | Service::Submission => Door::Clear,
        Service::Submissions | Service::Web => Door::Tls,
    }
}

/// Where to meet a listener from this host.
pub(super) fn near(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    };
    SocketAddr::new(ip, address.port())
}

async fn judge(context: &Context, host: &Host, listener: &Listening) -> Vec<Finding> {
    let (port, service) = (listener.address.port(), listener.service);
    let about = |kind| Finding::new(kind, port);
    let look = context.looks.at(context, near(listener.address), door(service), &host.hostname).await;
    let survey = match look {
        Look::Met(survey) => survey,
        Look::NotMet { why, refused } => {
            let kind = if refused { &NOT_REACHED } else { &NOT_KNOWN };
            let finding = why.iter().fold(about(kind), Finding::seen);
            return vec![finding.remedy(Remedy::command(format!("ss -ltnp sport = :{port}")))];
        }
    };
    let mut found = offers(&survey, service, port);
    if found.is_empty() && service != Service::Exchange && !listener.address.ip().is_loopback() {
        found.extend(from_outside(context, host, listener).await);
    }
    if found.is_empty() { vec![about(&GOOD)] } else { found }
}

/// What the server offers, and what it must and must not.
fn offers(survey: &Survey, service: Service, port: u16) -> Vec<Finding> {
    let about = |kind| Finding::new(kind, port);
    if let Some(refusal) = &survey.refusal {
        return vec![about(&NOT_KNOWN).seen(refusal)];
    }
    let with = |kind, offers: &Capabilities| offers.answer.lines.iter().fold(about(kind), Finding::seen);
    let mut found = Vec::new();
    if let Some(offers) = survey.offers.as_ref().filter(|offers| has_auth(offers)) {
        found.push(with(&AUTH_IN_CLEAR, offers));
    }
    match (&survey.tls, &survey.offers_under_tls, service) {
        (_, Some(offers), Service::Exchange) if has_auth(offers) => found.push(with(&AUTH_ON_25, offers)),
        (_, _, Service::Web) => {}
        (Some(Err(failure)), ..) if is_passing(failure) => found.push(about(&NOT_KNOWN).seen(failure)),
        // Other servers try again in clear (RFC 7435 §3).
        (Some(Err(failure)), _, Service::Exchange) => {
            found.push(about(&NO_TLS).severity(Severity::Warning).seen(failure));
        }
        (Some(Err(failure)), ..) => found.push(about(&NO_TLS).seen(failure)),
        (Some(Ok(_)), Some(_), Service::Exchange) => {}
        (None, _, Service::Exchange) if survey.offers.is_some() && survey.broken.is_none() => {}
        (Some(Ok(_)), Some(offers), _) if !has_auth(offers) => found.push(with(&NO_AUTH, offers)),
        (Some(Ok(_)), Some(_), _) => {}
        (None, ..) if survey.offers.is_some() && survey.broken.is_none() => {
            found.extend(survey.offers.iter().map(|offers| with(&NO_STARTTLS, offers)));
        }
        _ => {
            let broken = survey.broken.as_ref().map(ToString::to_string).unwrap_or_default();
            found.push(about(&NOT_KNOWN).seen(broken));
        }
    }
    found
}

/// Mechanisms that we do not know are offers as well.
fn has_auth(offers: &Capabilities) -> bool {
    let is_auth =
        |line: &String| line.split([' ', '=']).next().is_some_and(|word| word.eq_ignore_ascii_case("AUTH"));
    offers.answer.lines.iter().skip(1).any(is_auth)
}

/// By the name that clients are given. A router may not lead back inside: silence says nothing then.
async fn from_outside(context: &Context, host: &Host, listener: &Listening) -> Option<Finding> {
    let (port, door) = (listener.address.port(), door(listener.service));
    match context.looks.host(context, &host.hostname, port, door).await {
        Look::NotMet { why, refused: true } => {
            let finding = Finding::new(&OUTSIDE, port).with("host", &host.hostname).surely(Certainty::Likely);
            let finding = why.iter().fold(finding, Finding::seen);
            Some(finding.remedy(Remedy::command("nft list ruleset")))
        }
        Look::NotMet { .. } | Look::Met(_) => None,
    }
}
