//! May mail leave from here: the SPF record of each domain, as receivers evaluate it for every source address, and that
//! of each name said in EHLO, which counts for notices (RFC 7208 §2.3, §2.4); and whether the relays are let send.
//!
//! A record that is broken is not asked for addresses as well: that they fail is a consequence. Of a foreign domain the
//! record alone is judged.

mod problems;
mod remedy;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_mailauth::records::spf::{Allows, Rest, Wanted, read};
use postamt_mailauth::spf::record::Qualifier;
use postamt_mailauth::spf::{Evaluation, LOOKUP_LIMIT, Query, SpfResult, Survey, evaluate, survey};

use super::context::{Context, Host, OwnRelay, Source};
use super::dns;
use super::finding::{Finding, Kind, Severity, quoted};
use super::hostname;
use super::run::{Check, CheckFuture, Scope};
use crate::records::spf::records;
use problems::{
    BEHIND_ALL, CIRCLE, DEAD_INCLUDE, EVERYBODY, IMPOSSIBLE_NAME, LEADS_NOWHERE, NEUTRAL, NOT_ASKED, PTR,
    SEVERAL, SPLIT, SYNTAX, TOO_MANY_EXCHANGES, TOO_MANY_LOOKUPS, TOO_MANY_VOID,
};
use remedy::Mending;

const GOOGLE: &str = "https://support.google.com/a/answer/81126";

static PASSES: Kind = Kind::ok("spf.passes");
static PUBLISHED: Kind = Kind::ok("spf.published");
static MISSING: Kind = Kind::error("spf.missing", GOOGLE);
static MISSING_HELO: Kind = Kind::warning("spf.missing-helo", "RFC 7208 §2.3");
static NOT_RECOGNISED: Kind = Kind::error("spf.not-recognised", "RFC 7208 §4.5");
static OBSOLETE_TYPE: Kind = Kind::error("spf.obsolete-type", "RFC 7208 §3.1");
static SOFT_FAIL: Kind = Kind::note("spf.soft-fail", "RFC 7208 §8.5");
static NOT_COVERED: Kind = Kind::error("spf.not-covered", "RFC 7208 §2.4");
static RELAY_NOT_COVERED: Kind = Kind::error("spf.relay-not-covered", "RFC 7208 §2.4");
static RELAY_NOT_KNOWN: Kind = Kind::unknown("spf.relay-not-known");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "spf",
    scope: Scope::Both,
    // Without a name of one's own there is no telling what the record of that name must say.
    not_after: &[&dns::SILENT, &hostname::NOT_COMPLETE],
    limit: Duration::from_secs(90),
    kinds: &[
        &PASSES,
        &PUBLISHED,
        &MISSING,
        &MISSING_HELO,
        &NOT_RECOGNISED,
        &OBSOLETE_TYPE,
        &SOFT_FAIL,
        &NOT_COVERED,
        &RELAY_NOT_COVERED,
        &RELAY_NOT_KNOWN,
        &SEVERAL,
        &SPLIT,
        &SYNTAX,
        &DEAD_INCLUDE,
        &CIRCLE,
        &TOO_MANY_LOOKUPS,
        &TOO_MANY_VOID,
        &TOO_MANY_EXCHANGES,
        &EVERYBODY,
        &NEUTRAL,
        &PTR,
        &LEADS_NOWHERE,
        &IMPOSSIBLE_NAME,
        &BEHIND_ALL,
        &NOT_ASKED,
    ],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

/// Whose record is judged, and for whom.
struct Case<'a> {
    context: &'a Context,
    name: &'a Domain,
    /// The identity is the name said in EHLO, and no sender.
    is_greeting: bool,
    sources: &'a [Source],
    /// All addresses that mail leaves from.
    addresses: &'a [IpAddr],
}

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let mut found = Vec::new();
    let sources = match context.host() {
        Some(host) if host.direct => context.public_sources().await,
        _ => Vec::new(),
    };
    let addresses: Vec<IpAddr> = sources.iter().map(|source| source.address).collect();
    let (domains, addresses) = (context.domains(), addresses.as_slice());
    for name in domains {
        let case = Case { context: &context, name, is_greeting: false, sources: &sources, addresses };
        found.extend(case.judge().await);
    }
    let mut greetings: Vec<&Domain> = sources.iter().map(|source| &source.ehlo_name).collect();
    greetings.sort();
    greetings.dedup();
    let is_configured = context.host().is_some_and(|host| host.configured);
    for name in greetings.into_iter().filter(|name| is_configured && !domains.contains(name)) {
        let own: Vec<Source> = sources.iter().filter(|source| source.ehlo_name == *name).cloned().collect();
        // In the zone of a provider nobody can enter anything.
        if own.iter().any(|source| hostname::is_generic(name.as_str(), source.address)) {
            continue;
        }
        let case = Case { context: &context, name, is_greeting: true, sources: &own, addresses };
        found.extend(case.judge().await);
    }
    found
}

impl Case<'_> {
    fn host(&self) -> Option<&Host> {
        self.context.host()
    }

    fn finding(&self, kind: &'static Kind) -> Finding {
        Finding::new(kind, self.name)
    }

    async fn judge(&self) -> Vec<Finding> {
        let answer = match self.context.resolver.txt(self.name.as_str()).await {
            Ok(answer) => answer,
            Err(error) => return vec![self.finding(&NOT_ASKED).with("name", self.name).seen(error)],
        };
        let there = records(answer.records.iter().map(String::as_str));
        let mending = Mending::new(self, &there, &answer.records).await;
        match there.as_slice() {
            [] => self.without(&answer.records, answer.exists, &mending).await.into_iter().collect(),
            [_] => self.with_record(&mending).await,
            several => {
                let finding = self.finding(&SEVERAL).with_number("count", several.len() as u64);
                vec![mending.finish(finding.seen_texts(self.name.as_str(), several))]
            }
        }
    }

    /// No record: perhaps one that is none, or one that lies where nobody looks.
    async fn without(&self, texts: &[String], exists: bool, mending: &Mending<'_>) -> Option<Finding> {
        if let Some(text) = texts.iter().find(|text| text.to_ascii_lowercase().contains("v=spf1")) {
            return Some(
                mending.whole().finish(self.finding(&NOT_RECOGNISED).seen_text(self.name.as_str(), text)),
            );
        }
        if let Ok(answer) = self.context.resolver.obsolete_spf(self.name.as_str()).await
            && let Some(text) = answer.records.first()
        {
            let seen = format!("{}. IN TYPE99 {}", self.name, quoted(text));
            return Some(mending.instead_of(text).finish(self.finding(&OBSOLETE_TYPE).seen(seen)));
        }
        // That there is no such name is said by the check of the name.
        if self.is_greeting && !exists {
            return None;
        }
        let said = if exists { "NODATA" } else { "NXDOMAIN" };
        let kind = if self.is_greeting { &MISSING_HELO } else { &MISSING };
        let said = if texts.is_empty() { said } else { "v=spf1: -" };
        let finding = self.finding(kind).seen(format!("{}. TXT: {said}", self.name));
        Some(match self.host() {
            Some(_) => mending.finish(finding),
            None => finding.severity(Severity::Warning),
        })
    }

    async fn with_record(&self, mending: &Mending<'_>) -> Vec<Finding> {
        let survey = survey(self.context.resolver.as_ref(), self.name.as_str()).await;
        let survey = problems::placed(survey);
        let mut found = problems::findings(self, &survey, mending).await;
        let is_sick = found.iter().any(|finding| {
            finding.severity == Severity::Unknown || problems::IS_BROKEN.contains(&finding.kind)
        });
        if !is_sick {
            let mut evaluations = Vec::new();
            for source in self.sources {
                evaluations.push((source, self.evaluate(source.address, &source.ehlo_name).await));
            }
            found.extend(self.coverage(&evaluations, mending, &survey).await);
            for relay in self.host().iter().filter(|_| !self.is_greeting).flat_map(|host| &host.relays) {
                found.extend(self.relay(relay, mending).await);
            }
        }
        if survey.rest == Some(Qualifier::SoftFail) && !found.iter().any(|finding| finding.severity.is_bad())
        {
            found.push(self.soft_fail(&survey));
        }
        if !found.iter().any(|finding| finding.severity.is_bad() || finding.severity == Severity::Unknown) {
            found.push(self.good(&survey));
        }
        found
    }

    async fn evaluate(&self, client: IpAddr, greeting: &Domain) -> Evaluation {
        let sender = if self.is_greeting { String::new() } else { format!("postmaster@{}", self.name) };
        let query = Query {
            client,
            sender: &sender,
            greeting: greeting.as_str(),
            receiver: greeting.as_str(),
            now: self.context.clock.unix_seconds(),
        };
        evaluate(self.context.resolver.as_ref(), query).await
    }

    async fn coverage(
        &self,
        evaluations: &[(&Source, Evaluation)],
        mending: &Mending<'_>,
        survey: &Survey,
    ) -> Vec<Finding> {
        let mut found: Vec<Finding> = Vec::new();
        for (source, evaluation) in evaluations {
            let finding = match evaluation.result {
                SpfResult::Pass => continue,
                // What only this client runs into: a name without an address of its family.
                SpfResult::PermError | SpfResult::TempError => {
                    let new = problems::of_evaluation(self, evaluation, &mending.flat(survey).await);
                    new.filter(|new| !found.iter().any(|old| old.kind == new.kind))
                }
                result => Some(mending.finish(self.not_covered(source, result, evaluation))),
            };
            found.extend(finding);
        }
        found
    }

    fn not_covered(&self, source: &Source, result: SpfResult, evaluation: &Evaluation) -> Finding {
        let result = serde_json::to_value(result).ok().and_then(|word| word.as_str().map(str::to_owned));
        let term = evaluation.matched.as_ref().and_then(|matched| matched.place.term.clone());
        let finding = Finding::new(&NOT_COVERED, source.address)
            .with("name", self.name)
            .with("result", result.clone().unwrap_or_default())
            .seen(format!(
                "{} {}: spf={}{}",
                self.name,
                source.address,
                result.unwrap_or_default(),
                term.map(|term| format!(" ({term})")).unwrap_or_default()
            ));
        if self.is_greeting { finding.source("RFC 7208 §2.3").severity(Severity::Warning) } else { finding }
    }

    async fn relay(&self, relay: &OwnRelay, mending: &Mending<'_>) -> Option<Finding> {
        let wanted = self.wanted(relay).await?;
        for address in &wanted.addresses {
            let greeting = Domain::new(&relay.host).unwrap_or_else(|_| self.name.clone());
            if self.evaluate(*address, &greeting).await.result == SpfResult::Pass {
                return None;
            }
        }
        let reading = match read(self.context.resolver.as_ref(), self.name.as_str(), &wanted).await {
            Ok(reading) => reading,
            Err(error) => return Some(self.finding(&NOT_ASKED).with("name", self.name).seen(error)),
        };
        if reading.allows != Allows::No || reading.rest == Rest::Pass {
            return None;
        }
        let about = |kind: &'static Kind| {
            let finding = self.finding(kind).with("relay", &relay.name).with("host", &relay.host);
            reading.record.iter().fold(finding, |finding, text| finding.seen_text(self.name.as_str(), text))
        };
        let Some(include) = wanted.includes.first() else { return Some(about(&RELAY_NOT_KNOWN)) };
        let finding = mending.finish(about(&RELAY_NOT_COVERED).with("include", include));
        // Only `-all` is a refusal.
        let is_refused = reading.rest == Rest::Fail;
        Some(if is_refused { finding } else { finding.severity(Severity::Warning) })
    }

    /// What the record must hold for a relay; `None` where it need not name it: the return path is the relay's, or a
    /// name of its own.
    async fn wanted(&self, relay: &OwnRelay) -> Option<Wanted> {
        if let Some(profile) = relay.profile {
            let name = profile.include_at_from()?;
            return Some(Wanted { includes: vec![name.to_owned()], ..Wanted::default() });
        }
        let host = Domain::new(&relay.host).ok();
        let addresses = match (&host, relay.host.parse()) {
            (_, Ok(address)) => vec![address],
            (Some(host), _) => self.context.addresses(host).await.map(|found| found.all).unwrap_or_default(),
            _ => Vec::new(),
        };
        let above = host.map(|host| host.organisational().to_string());
        let include_within = above.into_iter().filter(|above| !self.is_own(above)).collect();
        Some(Wanted { hosts: vec![relay.host.clone()], addresses, include_within, includes: Vec::new() })
    }

    fn is_own(&self, above: &str) -> bool {
        self.name.organisational().as_str() == above
    }

    fn soft_fail(&self, survey: &Survey) -> Finding {
        let text = survey.records.first().map(|record| record.text.as_str()).unwrap_or_default();
        let strict =
            text.split(' ').map(|term| if term.eq_ignore_ascii_case("~all") { "-all" } else { term });
        let strict = strict.collect::<Vec<_>>().join(" ");
        self.finding(&SOFT_FAIL).with("strict", strict).seen_text(self.name.as_str(), text)
    }

    fn good(&self, survey: &Survey) -> Finding {
        let kind = if self.sources.is_empty() { &PUBLISHED } else { &PASSES };
        let addresses: Vec<String> = self.sources.iter().map(|source| source.address.to_string()).collect();
        self.finding(kind)
            .with("addresses", addresses.join(", "))
            .with_number("lookups", survey.lookups.len() as u64)
            .with_number("limit", LOOKUP_LIMIT as u64)
    }
}
