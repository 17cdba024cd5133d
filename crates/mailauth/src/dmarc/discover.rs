//! Which record holds for a domain, and which domain is the organisational one.

use postamt_mail::address::Domain;
use postamt_net::dns::{DnsError, Resolver};
use serde::{Deserialize, Serialize};

use super::Method;
use super::record::{Policy, Published, SuffixFlag, is_record, parse};

/// Names that are asked for at the most (RFC 9989 §4.10).
const TREE_LIMIT: usize = 8;

/// A record and where it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The domain that publishes it, without `_dmarc`.
    pub at: String,
    /// What it says.
    pub record: Published,
}

/// What was found for a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    /// For which.
    pub domain: String,
    /// The organisational domain.
    pub organisational: String,
    /// The record that holds.
    pub found: Option<Found>,
    /// Domains with several records, which count as none (RFC 9989 §4.10), and how many.
    pub several: Vec<(String, usize)>,
    /// Domains with a record that receivers must ignore.
    pub ignored: Vec<String>,
}

/// Looks for the record of a domain.
///
/// # Errors
/// When DNS does not answer: a temporary error for a receiver.
pub async fn discover(
    resolver: &dyn Resolver,
    method: Method,
    domain: &Domain,
) -> Result<Discovery, DnsError> {
    let mut search = Search { resolver, several: Vec::new(), ignored: Vec::new() };
    let own = search.record(domain.as_str()).await?;
    let (organisational, found) = match method {
        Method::TreeWalk => search.walk(domain, own).await?,
        Method::PublicSuffix => search.by_list(domain, own).await?,
    };
    let Search { several, ignored, .. } = search;
    Ok(Discovery { domain: domain.to_string(), organisational, found, several, ignored })
}

struct Search<'a> {
    resolver: &'a dyn Resolver,
    several: Vec<(String, usize)>,
    ignored: Vec<String>,
}

impl Search<'_> {
    async fn record(&mut self, name: &str) -> Result<Option<Found>, DnsError> {
        let answer = self.resolver.txt(&format!("_dmarc.{name}")).await?;
        let mut texts: Vec<String> = answer.records.into_iter().filter(|text| is_record(text)).collect();
        if texts.len() > 1 {
            self.several.push((name.to_owned(), texts.len()));
            return Ok(None);
        }
        let Some(text) = texts.pop() else { return Ok(None) };
        match parse(&text) {
            Some(record) => Ok(Some(Found { at: name.to_owned(), record })),
            None => {
                self.ignored.push(name.to_owned());
                Ok(None)
            }
        }
    }

    /// RFC 9989 §4.10.1 and §4.10.2.
    async fn walk(
        &mut self,
        domain: &Domain,
        own: Option<Found>,
    ) -> Result<(String, Option<Found>), DnsError> {
        let mut records: Vec<Found> = Vec::new();
        let mut organisational = None;
        let mut below = domain.as_str();
        for (step, name) in tree(domain.as_str()).into_iter().enumerate() {
            let found = if step == 0 { own.clone() } else { self.record(name).await? };
            let suffix = found.as_ref().map_or(SuffixFlag::Unknown, |found| found.record.suffix);
            records.extend(found);
            match suffix {
                SuffixFlag::No => organisational = Some(name),
                // A public suffix has no organisation; the one is just below it, unless we began there.
                SuffixFlag::Yes => {
                    organisational = Some(if step == 0 { name } else { below_of(domain, name, below) })
                }
                SuffixFlag::Unknown => {}
            }
            if organisational.is_some() {
                break;
            }
            below = name;
        }
        // Otherwise the one with the fewest labels that has a record.
        let highest = records.last().map(|found| found.at.clone());
        let organisational =
            organisational.map(str::to_owned).or(highest).unwrap_or_else(|| domain.to_string());
        let at = |name: &str| records.iter().find(|found| found.at == name).cloned();
        let found = own.or_else(|| at(&organisational)).or_else(|| records.last().cloned());
        Ok((organisational, found))
    }

    /// RFC 7489 §6.6.3.
    async fn by_list(
        &mut self,
        domain: &Domain,
        own: Option<Found>,
    ) -> Result<(String, Option<Found>), DnsError> {
        let organisational = domain.organisational().to_string();
        let found = match own {
            None if organisational != domain.as_str() => self.record(&organisational).await?,
            own => own,
        };
        Ok((organisational, found))
    }
}

/// The domain and those above it. A long name is asked for itself and then from seven labels on.
fn tree(domain: &str) -> Vec<&str> {
    let mut names = vec![domain];
    let mut rest = domain;
    while let Some((_, above)) = rest.split_once('.') {
        rest = above;
        if rest.split('.').count() < TREE_LIMIT {
            names.push(rest);
        }
    }
    names
}

/// The name one label below `suffix` on the way to `domain`; the walk may have left it out.
fn below_of<'a>(domain: &'a Domain, suffix: &str, asked_before: &'a str) -> &'a str {
    let labels = suffix.split('.').count() + 1;
    let mut name = domain.as_str();
    while name.split('.').count() > labels
        && let Some((_, above)) = name.split_once('.')
    {
        name = above;
    }
    if name.is_empty() { asked_before } else { name }
}

impl Discovery {
    /// The policy for the domain, with `t` looked at; `None` without a record. `exists` says whether the domain has
    /// any address or mail server; it matters for `np`.
    #[must_use]
    pub fn policy(&self, exists: bool) -> Option<Policy> {
        let Found { at, record } = self.found.as_ref()?;
        let own = record.own_policy();
        let policy = if *at == self.domain {
            own
        } else if exists {
            record.below.unwrap_or(own)
        } else {
            record.missing.or(record.below).unwrap_or(own)
        };
        Some(if record.testing { policy.while_testing() } else { policy })
    }

    /// Whether the record is not the domain's own.
    #[must_use]
    pub fn is_inherited(&self) -> bool {
        self.found.as_ref().is_some_and(|found| found.at != self.domain)
    }
}

/// Whether a domain has an address or a mail server (RFC 9989 §3.2: otherwise it does not exist for `np`).
pub(super) async fn exists(resolver: &dyn Resolver, domain: &Domain) -> Result<bool, DnsError> {
    let name = domain.as_str();
    Ok(!resolver.addresses_of(name, false).await?.records.is_empty()
        || !resolver.addresses_of(name, true).await?.records.is_empty()
        || !resolver.mx(domain).await?.records.is_empty())
}
