//! What receivers report of our mail, and whether the policy can be stepped up by it.
//!
//! Whose mail a message was that failed, a report does not say. Ours is what comes from an address of this host, or from
//! one that the SPF record of the domain lets send; and whatever is aligned, since nobody else could make that. The rest is
//! forged, or sent by a service that somebody has forgotten: it is shown, and no reason to wait.
//! Where nobody can say whose a source is, no further step is advised: it may be a service of ours.
//!
//! What a report says is hearsay: whoever has a domain can send one. So nothing here is certain, and a step is advised only
//! where [`REPORTERS_NEEDED`] reporters that have nothing to do with each other have told of half of its days each.
//!
//! A step needs reports of [`DAYS_NEEDED`] days under the policy of today: Google asks for one week of daily reports
//! without a fault before each step, and what leaves here only now and then is to be in them, too. An own source fails
//! where more than one message in a hundred does, until a week without a failure follows.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use postamt_mail::address::Domain;
use postamt_mail::date::civil;
use postamt_mailauth::dmarc::{Found, Policy};
use postamt_mailauth::spf::{Query, SpfResult, evaluate};
use postamt_net::dns::record::RecordData;
use postamt_store::reports::{ReportError, ReportFact, ReportSum, Reports};

use crate::checks::context::{Context, Host};
use crate::checks::finding::{Certainty, Finding, Kind, Remedy};
use crate::records::dmarc::word;

/// Days with reports that a step rests on.
const DAYS_NEEDED: u64 = 14;
/// Reporters that a step rests on.
const REPORTERS_NEEDED: u64 = 2;
/// Days that each of them must have told of.
const DAYS_OF_EACH: u64 = DAYS_NEEDED / 2;
/// Reporters named.
const NAMED: usize = 5;
/// How far back.
const SPAN: u64 = 90;
/// Days without a failure, while good mail goes on, after which a source counts as mended.
const MENDED_AFTER: u64 = 7;
/// Sources for which SPF is asked, those with the most failures first.
const ASKED: usize = 60;
/// Sources shown.
const SHOWN: usize = 10;
const DAY: u64 = 86_400;

const GOOGLE_ROLLOUT: &str = "https://support.google.com/a/answer/10032473";

pub static FEW_REPORTS: Kind = Kind::ok("dmarc.few-reports");
pub static FEW_REPORTERS: Kind = Kind::ok("dmarc.few-reporters");
pub static NONE_OF_OURS: Kind = Kind::ok("dmarc.none-of-ours");
pub static ALL_ALIGNED: Kind = Kind::ok("dmarc.all-aligned");
pub static STEP_UP: Kind = Kind::note("dmarc.step-up", GOOGLE_ROLLOUT);
pub static OWN_MAIL_FAILS: Kind = Kind::warning("dmarc.own-mail-fails", "RFC 9989 §4.4");
pub static REPORTS_NOT_KNOWN: Kind = Kind::unknown("dmarc.reports-not-known");

/// What the reports about one domain say; nothing where none can come.
pub async fn judge(context: &Context, host: &Host, domain: &Domain, found: &Found) -> Option<Finding> {
    let store = context.reports.as_deref()?;
    let today = context.clock.unix_seconds() / DAY;
    let (facts, sums) = match read(store, today.saturating_sub(SPAN)).await {
        Ok(read) => read,
        Err(error) => return Some(Finding::new(&REPORTS_NOT_KNOWN, domain).seen(error)),
    };
    if facts.iter().all(|fact| fact.domain != found.at) && !comes_here(host, found) {
        return None;
    }
    let policy = found.record.own_policy();
    let covered = Covered::under(&facts, &found.at, policy);
    let days = covered.days;
    let tally = Tally::of(context, host, domain, &sums).await;
    Some(if tally.failing().next().is_some() {
        own_mail_fails(domain, &tally)
    } else if tally.ours() == 0 && days > 0 {
        Finding::new(&NONE_OF_OURS, domain).with_number("days", days)
    } else if policy == Policy::Reject && !covered.is_enough() {
        // There is no further step that they are wanted for.
        return None;
    } else if days < DAYS_NEEDED {
        Finding::new(&FEW_REPORTS, domain).with_number("days", days).with_number("needed", DAYS_NEEDED)
    } else if !covered.is_enough() {
        Finding::new(&FEW_REPORTERS, domain)
            .with_number("days", days)
            .with_number("reporters", covered.reporters.len() as u64)
            .with_number("needed", REPORTERS_NEEDED)
            .with_number("each", DAYS_OF_EACH)
    } else if tally.0.values().any(|source| source.is_unknown) {
        // Any of them may be a service of ours whose mail the next policy would lose.
        return None;
    } else {
        fine(domain, found, policy, &covered, &tally)
    })
}

async fn read(store: &dyn Reports, from_day: u64) -> Result<(Vec<ReportFact>, Vec<ReportSum>), ReportError> {
    Ok((store.reports(from_day).await?, store.sums(from_day).await?))
}

/// What reports cover of the time in which a record had one policy.
struct Covered<'a> {
    /// Days with reports.
    days: u64,
    /// Who has told of enough of them: organisational domains, as reports are kept by.
    reporters: Vec<&'a str>,
}

impl<'a> Covered<'a> {
    fn under(facts: &'a [ReportFact], at: &str, policy: Policy) -> Self {
        let same = |fact: &&ReportFact| {
            fact.domain == at && fact.policy.is_some_and(|action| action.name() == word(policy))
        };
        let mut days = BTreeSet::new();
        let mut told: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
        for fact in facts.iter().filter(same) {
            days.insert(fact.day());
            told.entry(&fact.reporter).or_default().insert(fact.day());
        }
        let has_told = |(_, days): &(&str, BTreeSet<u64>)| days.len() as u64 >= DAYS_OF_EACH;
        let reporters = told.into_iter().filter(has_told).map(|(reporter, _)| reporter).collect();
        Self { days: days.len() as u64, reporters }
    }

    fn is_enough(&self) -> bool {
        self.days >= DAYS_NEEDED && self.reporters.len() as u64 >= REPORTERS_NEEDED
    }

    fn names(&self) -> String {
        let mut names: Vec<&str> = self.reporters.iter().copied().take(NAMED).collect();
        if self.reporters.len() > NAMED {
            names.push("…");
        }
        names.join(", ")
    }
}

/// Whether the reports are sent to this server, so that it can read them.
fn comes_here(host: &Host, found: &Found) -> bool {
    let ours = host.domains.iter().chain(&host.receives_for).chain([&host.hostname]);
    let ours: Vec<&str> = ours.map(Domain::as_str).collect();
    found.record.aggregate.iter().any(|target| {
        let is_mail = target.uri.to_ascii_lowercase().starts_with("mailto:");
        is_mail && target.domain.as_deref().is_some_and(|domain| ours.contains(&domain))
    })
}

/// What one address sent for the domain.
#[derive(Debug, Clone, Default)]
struct Source {
    all: u64,
    dkim: u64,
    spf: u64,
    failed: u64,
    /// The last day on which a message failed, and on which one was aligned.
    last_failed: u64,
    last_aligned: u64,
    /// It is ours.
    is_own: bool,
    /// Nobody could say whose it is.
    is_unknown: bool,
}

/// All of them; `None` is those that are not told apart.
struct Tally(BTreeMap<Option<IpAddr>, Source>);

impl Tally {
    async fn of(context: &Context, host: &Host, domain: &Domain, sums: &[ReportSum]) -> Self {
        let mut sources: BTreeMap<Option<IpAddr>, Source> = BTreeMap::new();
        for sum in sums.iter().filter(|sum| sum.domain == domain.as_str()) {
            let source = sources.entry(sum.source).or_default();
            source.all += sum.messages;
            source.dkim += if sum.dkim_aligned { sum.messages } else { 0 };
            source.spf += if sum.spf_aligned { sum.messages } else { 0 };
            if sum.is_aligned() {
                source.last_aligned = source.last_aligned.max(sum.day);
            } else {
                source.failed += sum.messages;
                source.last_failed = source.last_failed.max(sum.day);
            }
        }
        let mut tally = Self(sources);
        tally.find_own(context, host, domain).await;
        tally
    }

    async fn find_own(&mut self, context: &Context, host: &Host, domain: &Domain) {
        let mut own: Vec<IpAddr> =
            context.public_sources().await.into_iter().map(|source| source.address).collect();
        own.extend(&host.own_addresses);
        let mut failed: Vec<(&Option<IpAddr>, &mut Source)> =
            self.0.iter_mut().filter(|(_, source)| source.failed > 0).collect();
        failed.sort_by_key(|(_, source)| std::cmp::Reverse(source.failed));
        let mut asked = 0;
        for (address, source) in failed {
            let Some(address) = *address else {
                source.is_unknown = true;
                continue;
            };
            if own.contains(&address) {
                source.is_own = true;
            } else if asked < ASKED {
                asked += 1;
                match may_send(context, host, domain, address).await {
                    Some(may_send) => source.is_own = may_send,
                    None => source.is_unknown = true,
                }
            } else {
                source.is_unknown = true;
            }
        }
    }

    /// Own sources whose mail fails.
    fn failing(&self) -> impl Iterator<Item = (&Option<IpAddr>, &Source)> {
        self.0.iter().filter(|(_, source)| {
            let is_mended = source.last_aligned >= source.last_failed + MENDED_AFTER;
            source.is_own && source.failed * 100 > source.all && !is_mended
        })
    }

    fn aligned(&self) -> u64 {
        self.0.values().map(|source| source.all - source.failed).sum()
    }

    /// Messages that are ours.
    fn ours(&self) -> u64 {
        let failed: u64 = self.0.values().filter(|source| source.is_own).map(|source| source.failed).sum();
        self.aligned() + failed
    }

    /// Messages that failed and are of nobody we know, most first.
    fn strangers(&self) -> Vec<(&Option<IpAddr>, &Source)> {
        let mut strangers: Vec<_> =
            self.0.iter().filter(|(_, source)| !source.is_own && source.failed > 0).collect();
        strangers.sort_by_key(|(_, source)| std::cmp::Reverse(source.failed));
        strangers
    }
}

/// Whether the SPF record of the domain lets this address send; `None` when DNS does not tell.
async fn may_send(context: &Context, host: &Host, domain: &Domain, client: IpAddr) -> Option<bool> {
    let sender = format!("postmaster@{domain}");
    let query = Query {
        client,
        sender: &sender,
        greeting: host.hostname.as_str(),
        receiver: host.hostname.as_str(),
        now: context.clock.unix_seconds(),
    };
    match evaluate(context.resolver.as_ref(), query).await.result {
        SpfResult::TempError => None,
        result => Some(result == SpfResult::Pass),
    }
}

fn own_mail_fails(domain: &Domain, tally: &Tally) -> Finding {
    let failing: Vec<_> = tally.failing().collect();
    let sum = |of: fn(&Source) -> u64| failing.iter().map(|(_, source)| of(source)).sum::<u64>();
    let finding = Finding::new(&OWN_MAIL_FAILS, domain)
        .with_number("sources", failing.len() as u64)
        .with_number("failed", sum(|source| source.failed))
        .with_number("all", sum(|source| source.all))
        .with_number("span", SPAN)
        .surely(Certainty::Likely);
    let finding = failing.iter().take(SHOWN).fold(finding, |finding, one| finding.seen(line(one)));
    finding.remedy(Remedy::command(format!("postamt dmarc reports {domain}")))
}

/// All is aligned: the next policy, where there is one and the record is the domain's own.
fn fine(domain: &Domain, found: &Found, policy: Policy, covered: &Covered<'_>, tally: &Tally) -> Finding {
    let next = match policy {
        Policy::None => Some(Policy::Quarantine),
        Policy::Quarantine => Some(Policy::Reject),
        Policy::Reject => None,
    };
    let next = next.filter(|_| found.at == domain.as_str() && !found.record.testing);
    let strangers = tally.strangers();
    let finding = Finding::new(if next.is_some() { &STEP_UP } else { &ALL_ALIGNED }, domain)
        .with_number("days", covered.days)
        .with_number("aligned", tally.aligned())
        .with_number("all", tally.ours())
        .with_number("share", tally.aligned() * 100 / tally.ours().max(1))
        .with_number("strangers", strangers.iter().map(|(_, source)| source.failed).sum());
    let Some(next) = next else { return finding };
    let owner = &found.at;
    let quoted = |text: &str| RecordData::Txt(text.to_owned()).to_string();
    let (there, stepped) = (&found.record.text, with_policy(&found.record.text, next));
    let finding = finding
        .with("policy", word(policy))
        .with("next", word(next))
        .with("reporters", covered.names())
        .surely(Certainty::Likely)
        .seen(format!("_dmarc.{owner}. IN TXT {}", quoted(there)));
    let finding = strangers.into_iter().take(SHOWN).fold(finding, |finding, one| finding.seen(line(&one)));
    finding.remedy(Remedy::Record {
        name: format!("_dmarc.{owner}"),
        record_type: "TXT",
        value: quoted(&stepped),
        replaces: vec![quoted(there)],
    })
}

/// The record with another policy and everything else as it is.
pub fn with_policy(text: &str, policy: Policy) -> String {
    let is_policy =
        |tag: &str| tag.split('=').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("p"));
    let stepped = format!(" p={}", word(policy));
    let tags: Vec<&str> =
        text.split(';').map(|tag| if is_policy(tag) { stepped.as_str() } else { tag }).collect();
    tags.join(";")
}

/// In words of programs: it stands in reports of both languages.
fn line((address, source): &(&Option<IpAddr>, &Source)) -> String {
    let address = address.map_or_else(|| "…".to_owned(), |address| address.to_string());
    let Source { all, dkim, spf, failed, last_failed, .. } = source;
    let (year, month, day) = civil(*last_failed);
    format!(
        "{address}: {all}, dkim=pass {dkim}, spf=pass {spf}, dmarc=fail {failed} ({year}-{month:02}-{day:02})"
    )
}
