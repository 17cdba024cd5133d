//! DANE for mail (RFC 7672): whether the TLSA records of the domain's mail hosts vouch for what these show.
//!
//! Records that match nothing stop mail from everybody who looks at them; records without DNSSEC do nothing.

use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_mailauth::transport::look_up;
use postamt_net::dns::{Answer, DnsError, DnssecStatus, Tlsa};
use postamt_net::smtp::Survey;
use postamt_net::tls::dane::{is_usable, own_record};

use super::context::Context;
use super::finding::{Finding, Kind, Remedy, Severity};
use super::look::{Door, Look, is_passing};
use super::run::{Check, CheckFuture, Scope};
use super::{dns, exchangers, programs};

static MATCHES: Kind = Kind::ok("dane.matches");
static UNSIGNED: Kind = Kind::ok("dane.unsigned");
static NONE: Kind = Kind::note("dane.none", "RFC 7672 §2.2.3");
static LEFT_OVER: Kind = Kind::note("dane.left-over", "RFC 7671 §8.1");
static MISMATCH: Kind = Kind::error("dane.mismatch", "RFC 7672 §3.1");
static NO_TLS: Kind = Kind::error("dane.no-tls", "RFC 7672 §2.2");
static UNUSABLE: Kind = Kind::warning("dane.unusable", "RFC 7672 §3.1.3");
static INSECURE: Kind = Kind::warning("dane.insecure", "RFC 7672 §2.2");
static BOGUS: Kind = Kind::error("dane.bogus", "RFC 7672 §2.1.1");
static NOT_VALIDATED: Kind = Kind::unknown("dane.not-validated");
static NOT_MET: Kind = Kind::unknown("dane.not-met");
static NOT_ASKED: Kind = Kind::unknown("dane.not-asked");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "dane",
    scope: Scope::Both,
    not_after: &[&dns::SILENT, &programs::NOT_RUNNING, &programs::IN_THE_WAY],
    limit: Duration::from_secs(120),
    kinds: &[
        &MATCHES,
        &UNSIGNED,
        &NONE,
        &LEFT_OVER,
        &MISMATCH,
        &NO_TLS,
        &UNUSABLE,
        &INSECURE,
        &BOGUS,
        &NOT_VALIDATED,
        &NOT_MET,
        &NOT_ASKED,
    ],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let (mut found, mut judged) = (Vec::new(), Vec::new());
    for domain in context.domains() {
        let Some(exchangers) = exchangers::of(&context, domain).await else { continue };
        for host in exchangers.hosts {
            let question = (host, exchangers.dnssec);
            if !judged.contains(&question) {
                found.extend(judge(&context, &question.0, question.1).await);
                judged.push(question);
            }
        }
    }
    found
}

/// A host whose name comes from an MX answer of that status.
async fn judge(context: &Context, host: &Domain, of_exchange: DnssecStatus) -> Vec<Finding> {
    // What is wrong with the addresses is told by `mx`.
    let Ok(addresses) = context.addresses(host).await else { return Vec::new() };
    if addresses.all.is_empty() {
        return Vec::new();
    }
    let resolver = &*context.resolver;
    let (base, answer, of_host) =
        match look_up(resolver, host, 25, addresses.dnssec == DnssecStatus::Secure).await {
            Some(found) => (found.base, found.answer, DnssecStatus::Secure),
            // Senders do not even ask; here it is told what stands there for nothing.
            None => (host.clone(), resolver.tlsa(host, 25).await, addresses.dnssec),
        };
    let place = Place { context, host, name: format!("_25._tcp.{base}") };
    match answer {
        Err(error @ DnsError::Bogus { .. }) => vec![place.about(&BOGUS).seen(error)],
        // Nobody asks where it is known to be insecure, so that nothing is lost (RFC 7672 §2.2.2). Of a zone of which
        // nobody knows, others may know that it is signed, and then they ask.
        Err(error) if of_host != DnssecStatus::Insecure => vec![place.about(&NOT_ASKED).seen(error)],
        Err(_) => vec![place.about(&UNSIGNED)],
        Ok(answer) => {
            let status = weakest([of_exchange, of_host, answer.dnssec]);
            place.records(answer, status, &base).await
        }
    }
}

fn weakest(all: [DnssecStatus; 3]) -> DnssecStatus {
    let has = |status| all.contains(&status);
    match () {
        () if has(DnssecStatus::Unknown) => DnssecStatus::Unknown,
        () if has(DnssecStatus::Insecure) => DnssecStatus::Insecure,
        () => DnssecStatus::Secure,
    }
}

struct Place<'a> {
    context: &'a Context,
    host: &'a Domain,
    /// Where the records stand.
    name: String,
}

impl Place<'_> {
    fn about(&self, kind: &'static Kind) -> Finding {
        Finding::new(kind, self.host).with("name", &self.name)
    }

    fn seen(&self, finding: Finding, records: &[Tlsa]) -> Finding {
        records
            .iter()
            .fold(finding, |finding, record| finding.seen(format!("{}. IN TLSA {record}", self.name)))
    }

    async fn records(&self, answer: Answer<Tlsa>, status: DnssecStatus, base: &Domain) -> Vec<Finding> {
        if answer.records.is_empty() {
            return self.nothing(status).await.into_iter().collect();
        }
        let (usable, useless): (Vec<Tlsa>, Vec<Tlsa>) = answer.records.into_iter().partition(is_usable);
        let mut found = Vec::new();
        if !useless.is_empty() {
            found.push(self.without(self.seen(self.about(&UNUSABLE), &useless), &useless));
        }
        let survey = match self.context.looks.host(self.context, self.host, 25, Door::Clear).await {
            Look::Met(survey) => survey,
            Look::NotMet { why, .. } => {
                found.push(why.iter().fold(self.about(&NOT_MET), Finding::seen));
                return found;
            }
        };
        found.extend(self.against(&survey, &usable, status, base).map(|finding| match status {
            // Nobody heeds records that are not signed: whatever they say, no mail is lost (RFC 7672 §2.2).
            DnssecStatus::Insecure if finding.severity.is_bad() => self.seen(self.about(&INSECURE), &usable),
            DnssecStatus::Unknown if finding.severity.is_bad() => finding.severity(Severity::Unknown),
            _ => finding,
        }));
        found.extend(self.left_over(&survey, &usable, base));
        found
    }

    /// A zone that is signed, and no record in it: an opportunity, where it is ours.
    async fn nothing(&self, status: DnssecStatus) -> Option<Finding> {
        match status {
            DnssecStatus::Unknown => None,
            DnssecStatus::Insecure => Some(self.about(&UNSIGNED)),
            DnssecStatus::Secure => {
                let look = self.context.looks.host(self.context, self.host, 25, Door::Clear).await;
                let record = match &look {
                    Look::Met(survey) => survey.chain.first().and_then(own_record),
                    Look::NotMet { .. } => None,
                };
                let finding = self.about(&NONE);
                Some(match record {
                    Some(record) => finding.remedy(Remedy::record(&self.name, "TLSA", record.to_string())),
                    None => finding,
                })
            }
        }
    }

    /// What can be used against what the host shows.
    fn against(
        &self,
        survey: &Survey,
        usable: &[Tlsa],
        status: DnssecStatus,
        base: &Domain,
    ) -> Option<Finding> {
        let with_records = |kind| self.seen(self.about(kind), usable);
        match &survey.tls {
            Some(Ok(_)) => {}
            Some(Err(failure)) if is_passing(failure) => return Some(with_records(&NOT_MET).seen(failure)),
            Some(Err(failure)) => return Some(with_records(&NO_TLS).seen(failure)),
            None => {
                return Some(match (&survey.offers, &survey.refusal, &survey.broken) {
                    (Some(offers), None, None) => {
                        offers.answer.lines.iter().fold(with_records(&NO_TLS), Finding::seen)
                    }
                    (_, Some(refusal), _) => with_records(&NOT_MET).seen(refusal),
                    (_, _, Some(broken)) => with_records(&NOT_MET).seen(broken),
                    (None, None, None) => with_records(&NOT_MET),
                });
            }
        }
        if usable.is_empty() {
            return None; // They are told already.
        }
        let names = [self.host.to_string(), base.to_string()];
        let shown = survey.chain.first().and_then(own_record);
        if let Err(problem) = self.context.tls.judge_by_dane(&survey.chain, usable, &names) {
            let finding = with_records(&MISMATCH).seen(problem);
            let Some(shown) = shown else { return Some(finding) };
            // The record of the key that is shown takes the place of those that fit nothing (RFC 7671 §8.1).
            let replaces = usable.iter().filter(|it| !self.is_beside(it)).map(ToString::to_string).collect();
            let value = shown.to_string();
            let (name, record_type) = (self.name.clone(), "TLSA");
            return Some(finding.remedy(Remedy::Record { name, record_type, value, replaces }));
        }
        match status {
            DnssecStatus::Secure => Some(with_records(&MATCHES)),
            DnssecStatus::Insecure => Some(with_records(&INSECURE)),
            // For this host, `dns` says that nothing is validated.
            DnssecStatus::Unknown if self.context.host().is_some() => None,
            DnssecStatus::Unknown => Some(with_records(&NOT_VALIDATED)),
        }
    }

    /// Whether it is the record of the key that comes or goes, while the change is under way.
    fn is_beside(&self, record: &Tlsa) -> bool {
        let host = self.context.host().filter(|host| host.hostname == *self.host);
        host.and_then(|host| host.key_beside.as_ref()).is_some_and(|key| {
            (record.usage, record.selector, record.matching) == (3, 1, 1) && record.data == *key
        })
    }

    /// Records beside those that match: right while a key takes the place of another, of no use afterwards. Which of
    /// the two it is, only the host itself knows.
    fn left_over(&self, survey: &Survey, usable: &[Tlsa], base: &Domain) -> Option<Finding> {
        self.context.host().filter(|host| host.hostname == *self.host)?;
        let names = [self.host.to_string(), base.to_string()];
        let matches = |record: &Tlsa| {
            self.context.tls.judge_by_dane(&survey.chain, std::slice::from_ref(record), &names).is_ok()
        };
        let (good, others): (Vec<&Tlsa>, Vec<&Tlsa>) = usable.iter().partition(|record| matches(record));
        let useless: Vec<Tlsa> = others.into_iter().filter(|it| !self.is_beside(it)).cloned().collect();
        if good.is_empty() || useless.is_empty() {
            return None;
        }
        Some(self.without(self.seen(self.about(&LEFT_OVER), &useless), &useless))
    }

    /// Records that nobody can use are to go.
    fn without(&self, finding: Finding, useless: &[Tlsa]) -> Finding {
        useless.iter().fold(finding, |finding, record| {
            let name = self.name.clone();
            finding.remedy(Remedy::NoRecord { name, record_type: "TLSA", value: record.to_string() })
        })
    }
}
