//! What the DMARC record of a domain (RFC 9989, before it RFC 7489) demands of mail that claims to be from it.

use postamt_mail::address::Domain;
use postamt_net::dns::{DnsError, Resolver};
use serde::{Deserialize, Serialize};

/// Names that are asked for at the most (RFC 9989 §4.10).
const TREE_LIMIT: usize = 8;

/// What is to become of mail that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Nothing.
    None,
    /// It is suspect.
    Quarantine,
    /// It is refused.
    Reject,
}

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

/// The record that holds for a domain: its own, else that of the nearest domain above it.
///
/// # Errors
/// When DNS does not answer.
pub async fn find(resolver: &dyn Resolver, domain: &Domain) -> Result<Option<Record>, DnsError> {
    for (step, name) in tree(domain.as_str()).into_iter().enumerate() {
        let answer = resolver.txt(&format!("_dmarc.{name}")).await?;
        let mut records = answer.records.iter().filter_map(|text| read(text, name, step > 0));
        match (records.next(), records.next()) {
            (Some(record), None) => return Ok(Some(record)),
            // Several records are none (RFC 9989 §4.10).
            _ => continue,
        }
    }
    Ok(None)
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

fn read(text: &str, at: &str, from_below: bool) -> Option<Record> {
    let mut tags = text.split(';').map(str::trim);
    // RFC 9989 §4.7: the version comes first, and is case-sensitive.
    let (name, version) = tags.next()?.split_once('=')?;
    if name.trim() != "v" || version.trim() != "DMARC1" {
        return None;
    }
    let (mut policy, mut below) = (Policy::None, None);
    let (mut strict_dkim, mut strict_spf) = (false, false);
    for (name, value) in tags.filter_map(|tag| tag.split_once('=')) {
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "p" => policy = policy_of(value),
            "sp" => below = Some(policy_of(value)),
            "adkim" => strict_dkim = value.eq_ignore_ascii_case("s"),
            "aspf" => strict_spf = value.eq_ignore_ascii_case("s"),
            _ => {}
        }
    }
    let policy = if from_below { below.unwrap_or(policy) } else { policy };
    Some(Record { at: at.to_owned(), policy, strict_dkim, strict_spf })
}

fn policy_of(value: &str) -> Policy {
    match value.to_ascii_lowercase().as_str() {
        "reject" => Policy::Reject,
        "quarantine" => Policy::Quarantine,
        _ => Policy::None,
    }
}
