//! Who speaks for the domain of From, and what becomes of a message for which nobody does (RFC 9989 §5).

use postamt_mail::address::Domain;
use postamt_net::dns::{DnsError, Resolver};
use serde::{Deserialize, Serialize};

use super::Method;
use super::discover::{Discovery, discover, exists};
use super::record::Policy;

/// What a receiver makes of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The record and the organisational domain.
    pub discovery: Discovery,
    /// The policy for what fails; `None` without a record.
    pub policy: Option<Policy>,
    /// A domain with a valid DKIM signature that is aligned.
    pub dkim: Option<String>,
    /// The domain for which SPF passes, where it is aligned.
    pub spf: Option<String>,
}

impl Evaluation {
    /// Whether DMARC passes; `None` without a record.
    #[must_use]
    pub fn passes(&self) -> Option<bool> {
        self.discovery.found.as_ref().map(|_| self.dkim.is_some() || self.spf.is_some())
    }
}

/// Evaluates DMARC for a message whose valid signatures and SPF results are known.
///
/// # Errors
/// When DNS does not answer.
pub async fn evaluate(
    resolver: &dyn Resolver,
    method: Method,
    author: &Domain,
    dkim: &[Domain],
    spf: &[Domain],
) -> Result<Evaluation, DnsError> {
    let discovery = discover(resolver, method, author).await?;
    let (strict_dkim, strict_spf) =
        discovery.found.as_ref().map_or((false, false), |it| (it.record.strict_dkim, it.record.strict_spf));
    let dkim = aligned(resolver, method, &discovery, dkim, strict_dkim).await?;
    let spf = aligned(resolver, method, &discovery, spf, strict_spf).await?;
    // Only then does it matter.
    let has_missing = discovery.found.as_ref().is_some_and(|found| found.record.missing.is_some());
    let is_there = !(discovery.is_inherited() && has_missing) || exists(resolver, author).await?;
    let policy = discovery.policy(is_there);
    Ok(Evaluation { discovery, policy, dkim, spf })
}

/// The first that is aligned: the same domain, or, where that is not demanded, the same organisation's.
async fn aligned(
    resolver: &dyn Resolver,
    method: Method,
    author: &Discovery,
    domains: &[Domain],
    strict: bool,
) -> Result<Option<String>, DnsError> {
    for domain in domains {
        if domain.as_str() == author.domain {
            return Ok(Some(domain.to_string()));
        }
        if !strict && discover(resolver, method, domain).await?.organisational == author.organisational {
            return Ok(Some(domain.to_string()));
        }
    }
    Ok(None)
}
