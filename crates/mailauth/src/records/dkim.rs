//! Whether the public half of a signing key is where receivers look for it (RFC 6376 §3.6), and whether they can use
//! it there.

mod public;
mod record;

use postamt_net::dns::{DnsError, Resolver};
use serde::{Deserialize, Serialize};

pub use public::{PublicKey, PublicKeyError};
pub use record::{KeyProblem, KeyRecord, parse};

use crate::dkim::SigningKey;

/// What DNS has for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Published {
    /// This key.
    Yes,
    /// Nothing.
    Missing,
    /// Another key, or a revoked one.
    Different,
}

/// What DNS has for a key, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyCheck {
    /// Where it was looked for.
    pub name: String,
    /// What stands there.
    pub records: Vec<String>,
    /// Whether the key is there.
    pub published: Published,
    /// What keeps receivers from using it, and what they may dislike.
    pub problems: Vec<KeyProblem>,
}

impl KeyCheck {
    /// Whether receivers can verify what the key signs.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.published == Published::Yes && !self.problems.iter().any(KeyProblem::is_fatal)
    }
}

/// Looks the record of a key up.
///
/// # Errors
/// When DNS does not answer.
pub async fn published(resolver: &dyn Resolver, key: &SigningKey) -> Result<Published, DnsError> {
    Ok(check(resolver, key).await?.published)
}

/// Looks the record of a key up and judges it.
///
/// # Errors
/// When DNS does not answer.
pub async fn check(resolver: &dyn Resolver, key: &SigningKey) -> Result<KeyCheck, DnsError> {
    let name = key.record_name();
    let records = resolver.txt(&name).await?.records;
    let read: Vec<KeyRecord> = records.iter().map(|text| parse(text)).collect();
    let ours = parse(&key.public_record()).key;
    let is_ours = |record: &&KeyRecord| record.key.is_some() && record.key == ours;
    let right = read.iter().find(is_ours);
    let published = match (&right, read.is_empty()) {
        (Some(_), _) => Published::Yes,
        (None, true) => Published::Missing,
        (None, false) => Published::Different,
    };
    let mut problems = Vec::new();
    if read.len() > 1 {
        problems.push(KeyProblem::SeveralRecords(read.len()));
    }
    if let Some(shown) = right.or_else(|| read.first()) {
        problems.extend(shown.problems.iter().cloned());
        if shown.algorithm.is_some_and(|algorithm| algorithm != key.algorithm()) {
            problems.push(KeyProblem::OtherAlgorithm);
        }
    }
    Ok(KeyCheck { name, records, published, problems })
}
