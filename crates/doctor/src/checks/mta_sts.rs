//! MTA-STS (RFC 8461): the record, the policy behind it, and whether the domain's mail hosts are as it promises.
//!
//! A policy that is not as it should be costs nothing while senders have none; one in force that promises what the
//! hosts do not keep costs mail, for as long as senders remember it.

use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_mail::mta_sts::{self, Mode, Policy, PolicyError};
use postamt_mail::sts_policy;
use postamt_net::dial::DialError;
use postamt_net::fetch::{FetchError, Fetcher as _, HttpsFetcher};
use postamt_net::tls::TlsFailure;
use rustls_pki_types::CertificateDer;

use super::context::{Context, Host};
use super::exchangers::Exchangers;
use super::finding::{Finding, Kind, Remedy, Severity};
use super::look::{Door, Look, is_passing};
use super::run::{Check, CheckFuture, Scope};
use super::submission::near;
use super::{dns, exchangers, programs};

/// A policy that lives shorter than this protects hardly anybody (RFC 8461 §3.2 asks for weeks).
const SHORT_AGE: u64 = 86_400;
const PATH: &str = "/.well-known/mta-sts.txt";

static GOOD: Kind = Kind::ok("mta_sts.good");
static NONE: Kind = Kind::note("mta_sts.none", "RFC 8461 §3.1");
static RECORD_BROKEN: Kind = Kind::error("mta_sts.record-broken", "RFC 8461 §3.1");
static NOT_SERVED: Kind = Kind::error("mta_sts.not-served", "RFC 8461 §3.3");
static POLICY_CERTIFICATE: Kind = Kind::error("mta_sts.policy-certificate", "RFC 8461 §3.3");
static POLICY_TYPE: Kind = Kind::warning("mta_sts.policy-type", "RFC 8461 §3.2");
static POLICY_BROKEN: Kind = Kind::error("mta_sts.policy-broken", "RFC 8461 §3.2");
static OTHER_ID: Kind = Kind::warning("mta_sts.other-id", "RFC 8461 §3.1");
static NOT_PERMITTED: Kind = Kind::error("mta_sts.not-permitted", "RFC 8461 §4.1");
static HOST_CERTIFICATE: Kind = Kind::error("mta_sts.host-certificate", "RFC 8461 §4.2");
static MODE_NONE: Kind = Kind::note("mta_sts.mode-none", "RFC 8461 §8.3");
static SHORT: Kind = Kind::note("mta_sts.short", "RFC 8461 §3.2");
static NOT_ASKED: Kind = Kind::unknown("mta_sts.not-asked");
static NOT_MET: Kind = Kind::unknown("mta_sts.not-met");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "mta_sts",
    scope: Scope::Both,
    not_after: &[&dns::SILENT, &programs::NOT_RUNNING, &programs::IN_THE_WAY],
    limit: Duration::from_secs(120),
    kinds: &[
        &GOOD,
        &NONE,
        &RECORD_BROKEN,
        &NOT_SERVED,
        &POLICY_CERTIFICATE,
        &POLICY_TYPE,
        &POLICY_BROKEN,
        &OTHER_ID,
        &NOT_PERMITTED,
        &HOST_CERTIFICATE,
        &MODE_NONE,
        &SHORT,
        &NOT_ASKED,
        &NOT_MET,
    ],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let mut found = Vec::new();
    for domain in context.domains() {
        if let Some(exchangers) = exchangers::of(&context, domain).await {
            let subject = Subject { context: &context, domain, exchangers: &exchangers };
            found.extend(subject.judge().await);
        }
    }
    found
}

struct Subject<'a> {
    context: &'a Context,
    domain: &'a Domain,
    exchangers: &'a Exchangers,
}

impl Subject<'_> {
    fn about(&self, kind: &'static Kind) -> Finding {
        Finding::new(kind, self.domain)
    }

    /// This host, where it serves the domain's policy and takes its mail.
    fn own(&self) -> Option<&Host> {
        let host = self.context.host()?;
        (host.serves_web() && self.exchangers.is_ours(self.context)).then_some(host)
    }

    async fn judge(&self) -> Vec<Finding> {
        let texts = match self.context.resolver.txt(&self.name()).await {
            Ok(answer) => answer.records,
            Err(error) => return vec![self.about(&NOT_ASKED).seen(error)],
        };
        let records: Vec<String> = texts.into_iter().filter(|text| is_meant(text)).collect();
        match mta_sts::record_id(&records) {
            Ok(Some(id)) => self.policy(&id, &records).await,
            Ok(None) if records.is_empty() => vec![self.record(self.about(&NONE), &records)],
            Ok(None) => vec![self.record(self.broken(&PolicyError::BadId, &records), &records)],
            Err(problem) => vec![self.record(self.broken(&problem, &records), &records)],
        }
    }

    fn broken(&self, problem: &PolicyError, records: &[String]) -> Finding {
        self.about(&RECORD_BROKEN).seen_texts(&self.name(), records).seen(problem)
    }

    /// Where the record lies (RFC 8461 §3.1).
    fn name(&self) -> String {
        format!("_mta-sts.{}", self.domain)
    }

    /// The record that belongs to the policy which this host serves.
    fn record(&self, finding: Finding, records: &[String]) -> Finding {
        let Some(host) = self.own() else { return finding };
        let text = sts_policy::record(&sts_policy::policy(host.sts, &[host.hostname.as_str()]));
        finding.remedy(Remedy::text(self.name(), &text, records.iter().map(String::as_str)))
    }

    async fn policy(&self, id: &str, records: &[String]) -> Vec<Finding> {
        let context = self.context;
        let Ok(host) = Domain::new(&format!("mta-sts.{}", self.domain)) else { return Vec::new() };
        let (resolver, dialer) = (context.resolver.clone(), context.dialer.clone());
        let fetcher = HttpsFetcher::new(resolver, dialer, Arc::new(context.tls.clone()));
        let document = match fetcher.fetch(&host, PATH).await {
            Ok(document) => document,
            Err(error) => return vec![self.not_fetched(&host, &error)],
        };
        let text = String::from_utf8_lossy(&document).into_owned();
        let shown = |finding: Finding| shown(finding, &text);
        let policy = match Policy::parse(&document) {
            Ok(policy) => policy,
            Err(problem) => return vec![shown(self.about(&POLICY_BROKEN)).seen(problem)],
        };
        if policy.mode == Mode::None {
            return vec![shown(self.about(&MODE_NONE))];
        }
        let mut found = Vec::new();
        let promised = sts_policy::record(&text);
        if self.own().is_some() && mta_sts::record_id(&[promised]).ok().flatten().as_deref() != Some(id) {
            let finding = self.about(&OTHER_ID).seen_texts(&self.name(), records);
            found.push(self.record(shown(finding), records));
        }
        if policy.max_age < SHORT_AGE {
            found.push(shown(self.about(&SHORT).with_number("seconds", policy.max_age)));
        }
        // Without an MX record the fault is that.
        for exchanger in self.exchangers.hosts.iter().filter(|_| self.exchangers.is_named) {
            found.extend(self.exchanger(exchanger, &policy, &text).await);
        }
        match found.is_empty() {
            true => vec![self.about(&GOOD).with("mode", policy.mode.name())],
            false => found,
        }
    }

    /// Nobody at home is a fault; nobody knows is none.
    fn not_fetched(&self, host: &Domain, error: &FetchError) -> Finding {
        let kind = match error {
            FetchError::NoAddress(_)
            | FetchError::Dial(DialError::Refused)
            | FetchError::Http(_)
            | FetchError::Status(_)
            | FetchError::Tls(TlsFailure::Handshake(_)) => &NOT_SERVED,
            FetchError::Certificate(_)
            | FetchError::Tls(TlsFailure::Unusable(_) | TlsFailure::Certificate(_)) => &POLICY_CERTIFICATE,
            FetchError::ContentType(_) => &POLICY_TYPE,
            FetchError::TooLarge(_) => &POLICY_BROKEN,
            FetchError::Dns(_) | FetchError::Dial(_) | FetchError::Tls(_) | FetchError::TimedOut => {
                &NOT_ASKED
            }
        };
        let finding = self.about(kind).with("host", host).seen(format!("https://{host}{PATH}")).seen(error);
        let Some(own) = self.own() else { return finding };
        match error {
            FetchError::NoAddress(_) => {
                finding.remedy(Remedy::record(host.to_string(), "CNAME", format!("{}.", own.hostname)))
            }
            FetchError::Dial(DialError::Refused) => {
                finding.remedy(Remedy::command("systemctl status postamt"))
            }
            _ => finding,
        }
    }

    /// The certificate of this host's own port 25 is judged by `certificate`, as the policy demands it.
    async fn is_shown_here(&self, name: &Domain, chain: &[CertificateDer<'_>]) -> bool {
        let Some(host) = self.own().filter(|host| host.hostname == *name) else { return false };
        let listener = host.listeners.iter().find(|listener| listener.address.port() == 25);
        let Some(listener) = listener else { return false };
        let look = self.context.looks.at(self.context, near(listener.address), Door::Clear, name).await;
        matches!(look, Look::Met(survey) if survey.chain.first() == chain.first())
    }

    /// One mail host against the policy. Of one that cannot be met, or has trouble that passes, nothing is known.
    async fn exchanger(&self, host: &Domain, policy: &Policy, text: &str) -> Option<Finding> {
        let severity = if policy.mode == Mode::Enforce { Severity::Error } else { Severity::Warning };
        let about = |kind| {
            let finding = Finding::new(kind, self.domain).severity(severity);
            finding.with("host", host).with("mode", policy.mode.name())
        };
        if !policy.permits(host) {
            return Some(shown(about(&NOT_PERMITTED), text));
        }
        let not_met = || Finding::new(&NOT_MET, self.domain).with("host", host);
        let problem = match self.context.looks.host(self.context, host, 25, Door::Clear).await {
            Look::NotMet { why, .. } => return Some(why.iter().fold(not_met(), Finding::seen)),
            Look::Met(survey) => match &survey.tls {
                Some(Err(failure)) if is_passing(failure) => return Some(not_met().seen(failure)),
                Some(Err(failure)) => failure.to_string(),
                Some(Ok(_)) => {
                    let now = self.context.clock.unix_seconds();
                    if self.is_shown_here(host, &survey.chain).await {
                        return None;
                    }
                    match self.context.tls.judge_at(&survey.chain, &[host.to_string()], now) {
                        Ok(()) => return None,
                        Err(problem) => problem.to_string(),
                    }
                }
                None => match (&survey.offers, &survey.refusal, &survey.broken) {
                    (Some(offers), None, None) => format!("{}: STARTTLS -", offers.server_name()),
                    (_, Some(refusal), _) => return Some(not_met().seen(refusal)),
                    (_, None, Some(broken)) => return Some(not_met().seen(broken)),
                    (None, None, None) => return Some(not_met()),
                },
            },
        };
        Some(about(&HOST_CERTIFICATE).seen(format!("{host}: {problem}")))
    }
}

/// With the policy as it was served.
fn shown(finding: Finding, policy: &str) -> Finding {
    policy.lines().fold(finding, Finding::seen)
}

/// What was meant as such a record, even where it is none.
fn is_meant(text: &str) -> bool {
    let start: String = text.chars().filter(|letter| !letter.is_whitespace()).take(7).collect();
    start.eq_ignore_ascii_case("v=STSv1")
}
