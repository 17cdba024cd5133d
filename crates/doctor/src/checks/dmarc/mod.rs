//! What becomes of forged mail, and of ours: the DMARC record that holds for each domain, found as RFC 9989 and as
//! RFC 7489 find it; where its reports go, and what those that came here say; and whether what this server signs is
//! aligned with the sender.
//!
//! Whether SPF and DKIM themselves pass is for the checks of theirs: here only names are compared.

mod record;
mod reports;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_mail::relays::ReturnPath;
use postamt_mailauth::dkim::KeyState;
use postamt_mailauth::dmarc::{Discovery, Found, Method, Policy, discover, evaluate, is_record};
use postamt_net::dns::DnsError;

use super::context::{Context, Host};
use super::dns;
use super::finding::{Finding, Kind, Remedy, Severity};
use super::run::{Check, CheckFuture, Scope};
use crate::records::dmarc::{mended, word};
use record::{
    BAD_POLICY, HISTORIC, NO_POLICY, NO_REPORTS, REPORTS_NOWHERE, SYNTAX, TESTING, UNAUTHORISED, UNKNOWN_TAG,
    WEAKER_BELOW, WEAKER_MISSING, WRONG_ORDER,
};
use reports::{
    ALL_ALIGNED, FEW_REPORTERS, FEW_REPORTS, NONE_OF_OURS, OWN_MAIL_FAILS, REPORTS_NOT_KNOWN, STEP_UP,
};

const GOOGLE: &str = "https://support.google.com/a/answer/81126";

static PUBLISHED: Kind = Kind::ok("dmarc.published");
static INHERITED: Kind = Kind::ok("dmarc.inherited");
static MISSING: Kind = Kind::warning("dmarc.missing", GOOGLE);
static NOT_RECOGNISED: Kind = Kind::error("dmarc.not-recognised", "RFC 9989 §4.7");
static IGNORED: Kind = Kind::error("dmarc.ignored", "RFC 9989 §4.7");
static SEVERAL: Kind = Kind::error("dmarc.several", "RFC 9989 §4.10");
static METHODS_DIFFER: Kind = Kind::note("dmarc.methods-differ", "RFC 9989 §4.10");
static ONLY_WATCHES: Kind = Kind::note("dmarc.only-watches", "RFC 9989 §5.1");
static DKIM_NOT_ALIGNED: Kind = Kind::error("dmarc.dkim-not-aligned", "RFC 9989 §4.4");
static SPF_NOT_ALIGNED: Kind = Kind::warning("dmarc.spf-not-aligned", "RFC 9989 §4.4");
pub(super) static NOT_ASKED: Kind = Kind::unknown("dmarc.not-asked");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "dmarc",
    scope: Scope::Both,
    not_after: &[&dns::SILENT],
    limit: Duration::from_secs(60),
    kinds: &[
        &PUBLISHED,
        &INHERITED,
        &MISSING,
        &NOT_RECOGNISED,
        &IGNORED,
        &SEVERAL,
        &METHODS_DIFFER,
        &ONLY_WATCHES,
        &DKIM_NOT_ALIGNED,
        &SPF_NOT_ALIGNED,
        &BAD_POLICY,
        &NO_POLICY,
        &SYNTAX,
        &UNKNOWN_TAG,
        &HISTORIC,
        &WRONG_ORDER,
        &NO_REPORTS,
        &UNAUTHORISED,
        &REPORTS_NOWHERE,
        &WEAKER_BELOW,
        &WEAKER_MISSING,
        &TESTING,
        &FEW_REPORTS,
        &FEW_REPORTERS,
        &NONE_OF_OURS,
        &ALL_ALIGNED,
        &STEP_UP,
        &OWN_MAIL_FAILS,
        &REPORTS_NOT_KNOWN,
        &NOT_ASKED,
    ],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut owners = BTreeSet::new();
    for domain in context.domains() {
        let judged = judge(&context, domain, &mut owners).await;
        found.extend(judged.unwrap_or_else(|error| vec![Finding::new(&NOT_ASKED, domain).seen(error)]));
    }
    found
}

/// `owners` are the names whose records have been judged: several domains may share one.
async fn judge(
    context: &Context,
    domain: &Domain,
    owners: &mut BTreeSet<String>,
) -> Result<Vec<Finding>, DnsError> {
    let resolver = context.resolver.as_ref();
    let tree = discover(resolver, Method::TreeWalk, domain).await?;
    let list = discover(resolver, Method::PublicSuffix, domain).await?;
    let mut found = Vec::new();
    for (owner, count) in tree.several.iter().filter(|(owner, _)| owners.insert(owner.clone())) {
        let texts = texts(context, owner, is_record).await?;
        let finding = Finding::new(&SEVERAL, owner).with_number("count", *count as u64);
        found.push(with_record(context, shown(finding, owner, &texts), owner, &texts, &[]));
    }
    for owner in tree.ignored.iter().filter(|owner| owners.insert((*owner).clone())) {
        let texts = texts(context, owner, is_record).await?;
        let finding = shown(Finding::new(&IGNORED, owner), owner, &texts);
        found.push(with_record(context, finding, owner, &texts, &[]));
    }
    let Some(record) = &tree.found else {
        if found.is_empty() {
            found.push(nothing(context, domain).await?);
        }
        return Ok(found);
    };
    if owners.insert(record.at.clone()) {
        found.extend(record::judge(context, record).await);
    }
    if list.found.as_ref().map(|found| &found.at) != Some(&record.at) {
        let other = list.found.as_ref().map_or("-", |found| found.at.as_str());
        found.push(Finding::new(&METHODS_DIFFER, domain).with("at", &record.at).with("other", other));
    }
    if let Some(host) = context.host() {
        found.extend(alignment(context, host, domain, &tree).await?);
        found.extend(reports::judge(context, host, domain, record).await);
    }
    let is_step = |finding: &Finding| *finding.kind == STEP_UP;
    let is_said = tree.policy(true) == Some(Policy::None) && found.iter().any(is_step);
    if !is_said && !found.iter().any(|finding| finding.severity.is_bad()) {
        found.push(good(domain, &tree, record));
    }
    Ok(found)
}

/// The record, and what comes after it once it has shown who sends.
fn good(domain: &Domain, tree: &Discovery, found: &Found) -> Finding {
    let policy = tree.policy(true).unwrap_or(Policy::None);
    let kind = match policy {
        Policy::None if !found.record.testing => &ONLY_WATCHES,
        _ if tree.is_inherited() => &INHERITED,
        _ => &PUBLISHED,
    };
    let next = reports::with_policy(&found.record.text, Policy::Quarantine);
    Finding::new(kind, domain).with("at", &found.at).with("policy", word(policy)).with("next", next)
}

/// No record: perhaps one that receivers do not take for one.
async fn nothing(context: &Context, domain: &Domain) -> Result<Finding, DnsError> {
    let owner = domain.as_str();
    let misspelt = texts(context, owner, |text| text.to_ascii_lowercase().contains("dmarc1")).await?;
    let kind = if misspelt.is_empty() { &MISSING } else { &NOT_RECOGNISED };
    let finding = Finding::new(kind, domain);
    if misspelt.is_empty() {
        let finding = finding.seen(format!("_dmarc.{domain}. TXT: -"));
        return Ok(with_record(context, finding, owner, &misspelt, &[]));
    }
    Ok(with_record(context, shown(finding, owner, &misspelt), owner, &misspelt, &[]))
}

async fn texts(context: &Context, owner: &str, wanted: fn(&str) -> bool) -> Result<Vec<String>, DnsError> {
    let answer = context.resolver.txt(&format!("_dmarc.{owner}")).await?;
    let mut texts: Vec<String> = answer.records.into_iter().filter(|text| wanted(text)).collect();
    texts.sort_unstable();
    Ok(texts)
}

fn shown(finding: Finding, owner: &str, texts: &[String]) -> Finding {
    finding.seen_texts(&format!("_dmarc.{owner}"), texts)
}

/// With the record to copy, where it is about a domain of ours.
fn with_record(
    context: &Context,
    finding: Finding,
    owner: &str,
    there: &[String],
    gone: &[String],
) -> Finding {
    if context.host().is_none() {
        return finding;
    }
    let known: Vec<&str> = there.iter().map(String::as_str).collect();
    let value = mended(&known, gone, &format!("mailto:postmaster@{owner}"));
    if there == [value.clone()] {
        return finding;
    }
    finding.remedy(Remedy::text(format!("_dmarc.{owner}"), &value, known))
}

/// Whether what leaves here counts for the domain of From (RFC 9989 §4.4): the keys that sign, and the return path,
/// which is the sender's own address unless a relay puts its own in its place.
async fn alignment(
    context: &Context,
    host: &Host,
    domain: &Domain,
    tree: &Discovery,
) -> Result<Vec<Finding>, DnsError> {
    let mut found = Vec::new();
    let Some(record) = &tree.found else { return Ok(found) };
    let active = host
        .keys
        .iter()
        .filter(|key| key.stage.state == KeyState::Active && domain.is_within(key.key.domain()));
    // As the signer chooses: the keys of the nearest domain that has any.
    let nearest = active.clone().map(|key| key.key.domain().as_str().len()).max();
    let mut signers: Vec<Domain> =
        active.map(|key| key.key.domain().clone()).filter(|it| Some(it.as_str().len()) == nearest).collect();
    signers.dedup();
    let resolver = context.resolver.as_ref();
    let seen = |finding| shown(finding, &record.at, std::slice::from_ref(&record.record.text));
    if let Some(signer) = signers.first()
        && evaluate(resolver, Method::TreeWalk, domain, &signers, &[]).await?.dkim.is_none()
    {
        let finding = seen(Finding::new(&DKIM_NOT_ALIGNED, domain).with("signer", signer));
        let finding = finding.remedy(Remedy::command(format!("postamt dkim new {domain}")));
        let demands = tree.policy(true).is_some_and(|policy| policy != Policy::None);
        found.push(if demands { finding } else { finding.severity(Severity::Warning) });
    }
    let own_subdomain = |path: Option<&ReturnPath>| path == Some(&ReturnPath::CustomSubdomain);
    let relays = host.relays.iter().filter(|relay| {
        record.record.strict_spf && relay.profile.is_some_and(|it| own_subdomain(it.return_path.known()))
    });
    found.extend(relays.map(|relay| {
        let gone = ["aspf".to_owned()];
        let finding = seen(Finding::new(&SPF_NOT_ALIGNED, domain).with("relay", &relay.name));
        with_record(context, finding, &record.at, std::slice::from_ref(&record.record.text), &gone)
    }));
    Ok(found)
}
