//! Links of a message: their domains are asked at the blocklists of domains, each of which is proved by its test points
//! first. The domain of `From` is asked, too.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use mail_parser::PartType;
use postamt_mail::address::Domain;
use tokio::task::JoinSet;

use super::{Eyes, Letter, MOST_PARTS};
use crate::blocklists::{BlockList, Lists, Meaning};
use crate::checks::blocklists::{State, look, prove};
use crate::checks::{Finding, Kind, Remedy};

/// Domains asked for; a newsletter has a handful.
const MOST_DOMAINS: usize = 30;
/// For one list; all are asked at the same time.
const TIME_LIMIT: Duration = Duration::from_secs(30);

static GOOD: Kind = Kind::ok("message.links-good");
static LISTED: Kind = Kind::error("message.link-listed", "RFC 5782 §3");
static NOT_ASKED: Kind = Kind::unknown("message.links-not-asked");

/// See the head of this file.
pub(super) static KINDS: &[&Kind] = &[&GOOD, &LISTED, &NOT_ASKED];

pub(super) async fn judge(eyes: &Eyes, letter: &Letter<'_>) -> Vec<Finding> {
    let domains = Arc::new(domains(letter));
    if domains.is_empty() {
        return Vec::new();
    }
    let mut asking = JoinSet::new();
    for place in 0..eyes.blocklists.len() {
        let (eyes, domains) = (eyes.clone(), Arc::clone(&domains));
        asking.spawn(async move { (place, of_list(&eyes, &eyes.blocklists[place], &domains).await) });
    }
    let mut outcomes = asking.join_all().await;
    outcomes.sort_by_key(|(place, _)| *place);
    let outcomes = outcomes.into_iter().map(|(_, outcome)| outcome);
    let (mut found, mut answering) = (Vec::new(), 0_u64);
    for outcome in outcomes {
        answering += u64::from(outcome.answers);
        found.extend(outcome.listings);
    }
    let names: Vec<&str> = domains.iter().map(Domain::as_str).collect();
    match (found.is_empty(), answering) {
        (false, _) => found,
        (true, 0) => vec![Finding::new(&NOT_ASKED, names.join(", "))],
        (true, lists) => {
            let finding = Finding::new(&GOOD, names.join(", ")).with_number("domains", domains.len() as u64);
            vec![finding.with_number("lists", lists)]
        }
    }
}

/// What one list says.
#[derive(Default)]
struct Outcome {
    /// It has answered about every domain, in time.
    answers: bool,
    listings: Vec<Finding>,
}

async fn of_list(eyes: &Eyes, list: &BlockList, domains: &[Domain]) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(zone) = list.zone.as_ref().filter(|_| list.lists == Lists::Domains) else { return outcome };
    let all = async {
        if prove(&*eyes.resolver, list, zone).await != State::Answers {
            return false;
        }
        let mut answers = true;
        for domain in domains {
            match ask(eyes, list, zone, domain).await {
                Some(listing) => outcome.listings.extend(listing),
                None => answers = false,
            }
        }
        answers
    };
    let answers = tokio::time::timeout(TIME_LIMIT, all).await.unwrap_or(false);
    Outcome { answers, ..outcome }
}

/// `None`: the list has not answered, or only that it does not answer us.
async fn ask(eyes: &Eyes, list: &BlockList, zone: &Domain, domain: &Domain) -> Option<Option<Finding>> {
    let answers = look(&*eyes.resolver, domain.as_str(), zone).await.ok()?;
    let mut listed = None;
    for answer in answers {
        match list.meaning(answer) {
            Meaning::Listed { text, .. } => listed = listed.or(Some((answer, text))),
            Meaning::Refused(_) | Meaning::Foreign => return None,
        }
    }
    let Some((answer, text)) = listed else { return Some(None) };
    let finding = Finding::new(&LISTED, domain)
        .with("list", &list.name)
        .seen(format!("{domain}.{zone}. IN A {answer}"));
    let finding = if text.is_empty() { finding } else { finding.seen(text) };
    Some(Some(match &list.lookup_url {
        Some(url) => finding.remedy(Remedy::Page { url: url.clone() }),
        None => finding,
    }))
}

/// The registered domains: that of the author first, then those of all links.
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
    let mut domains: Vec<Domain> = Vec::new();
    for domain in author.into_iter().chain(linked).map(registered) {
        if domain.as_str().contains('.') && !domains.contains(&domain) && domains.len() < MOST_DOMAINS {
            domains.push(domain);
        }
    }
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
