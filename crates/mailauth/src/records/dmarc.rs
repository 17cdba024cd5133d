//! What the DMARC record of a domain demands of mail that claims to be from it, for whoever is about to change the way
//! mail takes. See [`crate::dmarc`] for the whole of it.

use postamt_mail::address::Domain;
use postamt_net::dns::{DnsError, Resolver};
use serde::{Deserialize, Serialize};

pub use crate::dmarc::Policy;
use crate::dmarc::{Method, discover};

/// A record, as far as senders care.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Where it was found: the domain itself or one above it.
    pub at: String,
    /// The policy that holds for the domain that was asked for.
    pub policy: Policy,
    /// A DKIM signature must be of exactly the domain of From.
    pub strict_dkim: bool,
    /// The return path must be of exactly the domain of From.
    pub strict_spf: bool,
}

/// The record that holds for a domain: its own, else that of its organisation.
///
/// # Errors
/// When DNS does not answer.
pub async fn find(resolver: &dyn Resolver, domain: &Domain) -> Result<Option<Record>, DnsError> {
    let discovery = discover(resolver, Method::TreeWalk, domain).await?;
    // Whoever sends from it exists.
    let Some(policy) = discovery.policy(true) else { return Ok(None) };
    Ok(discovery.found.map(|found| Record {
        at: found.at,
        policy,
        strict_dkim: found.record.strict_dkim,
        strict_spf: found.record.strict_spf,
    }))
}
