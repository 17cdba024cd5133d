//! Links of a message: their domains are asked at the blocklists of domains, each of which is proved by its test points
//! first. The domain of `From` is asked, too.

use std::collections::BTreeSet;

use mail_parser::PartType;
use postamt_mail::address::Domain;

use super::{Eyes, Letter, MOST_PARTS};
use crate::blocklists::{BlockList, Lists, Meaning};
use crate::checks::blocklists::{State, look, prove};
use crate::checks::{Finding, Kind, Remedy};

/// Domains asked for; a newsletter has a handful.
const MOST_DOMAINS: usize = 30;

static GOOD: Kind = Kind::ok("message.links-good");
static LISTED: Kind = Kind::error("message.link-listed", "RFC 5782 §2.1");
static NOT_ASKED: Kind = Kind::unknown("message.links-not-asked");

/// See the head of this file.
pub(super) static KINDS: &[&Kind] = &[&GOOD, &LISTED, &NOT_ASKED];

pub(super) async fn judge(eyes: &Eyes, letter: &Letter<'_>) -> Vec<Finding> {
    let domains = domains(letter);
    if domains.is_empty() {
        return Vec::new();
    }
    let (mut found, mut answering) = (Vec::new(), 0_u64);
    for list in eyes.blocklists.iter().filter(|list| list.lists == Lists::Domains) {
        let Some(zone) = &list.zone else { continue };
        if prove(&*eyes.resolver, list, zone).await != State::Answers {
            continue;
        }
        answering += 1;
        for domain in &domains {
            found.extend(ask(eyes, list, zone, domain).await);
        }
    }
    let names: Vec<&str> = domains.iter().map(Domain::as_str).collect();
    if answering == 0 {
        return vec![Finding::new(&NOT_ASKED, names.join(", "))];
    }
    if found.is_empty() {
        let finding = Finding::new(&GOOD, names.join(", ")).with_number("domains", domains.len() as u64);
        found.push(finding.with_number("lists", answering));
    }
    found
}

async fn ask(eyes: &Eyes, list: &BlockList, zone: &Domain, domain: &Domain) -> Option<Finding> {
    let answers = look(&*eyes.resolver, domain.as_str(), zone).await.ok()?;
    let (answer, text) = answers.into_iter().find_map(|answer| match list.meaning(answer) {
        Meaning::Listed { text, .. } => Some((answer, text)),
        Meaning::Refused(_) | Meaning::Foreign => None,
    })?;
    let finding = Finding::new(&LISTED, domain)
        .with("list", &list.name)
        .seen(format!("{domain}.{zone}. IN A {answer}"));
    let finding = if text.is_empty() { finding } else { finding.seen(text) };
    Some(match &list.lookup_url {
        Some(url) => finding.remedy(Remedy::Page { url: url.clone() }),
        None => finding,
    })
}

/// The registered domains of all links, and that of the author.
fn domains(letter: &Letter<'_>) -> Vec<Domain> {
    let mut hosts: BTreeSet<String> = BTreeSet::new();
    for part in letter.mime.iter().flat_map(|mime| &mime.parts).take(MOST_PARTS) {
        if let PartType::Text(text) | PartType::Html(text) = &part.body {
            hosts.extend(linked_hosts(text));
        }
    }
    let author = letter.author().and_then(|address| address.domain().cloned());
    let linked = hosts.iter().filter_map(|host| Domain::new(host).ok());
    let registered = |domain: Domain| domain.organisational();
    let mut domains: Vec<Domain> = author.into_iter().chain(linked).map(registered).collect();
    domains.retain(|domain| domain.as_str().contains('.'));
    domains.sort();
    domains.dedup();
    domains.truncate(MOST_DOMAINS);
    domains
}

/// The host of each `http://` and `https://` in a text; addresses in digits are left out.
pub(super) fn linked_hosts(text: &str) -> Vec<String> {
    let lower = text.to_ascii_lowercase();
    let mut hosts = Vec::new();
    for (at, mark) in lower.match_indices("://") {
        let scheme = &lower[..at];
        if !(scheme.ends_with("http") || scheme.ends_with("https")) {
            continue;
        }
        let rest = &lower[at + mark.len()..];
        let end =
            rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | ':' | '%')));
        let authority = &rest[..end.unwrap_or(rest.len())];
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let host = host.split(':').next().unwrap_or_default().trim_matches('.');
        let in_digits = host.bytes().all(|octet| octet.is_ascii_digit() || octet == b'.');
        if !host.is_empty() && !in_digits {
            hosts.push(host.to_owned());
        }
    }
    hosts
}
