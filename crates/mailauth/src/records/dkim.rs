//! Whether the public half of a signing key is where receivers look for it (RFC 6376 §3.6).

use postamt_net::dns::{DnsError, Resolver};
use serde::{Deserialize, Serialize};

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

/// Looks the record of a key up.
///
/// # Errors
/// When DNS does not answer.
pub async fn published(resolver: &dyn Resolver, key: &SigningKey) -> Result<Published, DnsError> {
    let answer = resolver.txt(&key.record_name()).await?;
    let ours = public_part(&key.public_record());
    let theirs: Vec<_> = answer.records.iter().map(|record| public_part(record)).collect();
    Ok(if theirs.is_empty() {
        Published::Missing
    } else if theirs.contains(&ours) {
        Published::Yes
    } else {
        Published::Different
    })
}

/// The value of `p=`, without the white space that may stand in it.
fn public_part(record: &str) -> Option<String> {
    let tags = record.split(';').filter_map(|tag| tag.split_once('='));
    let mut values = tags.filter(|(name, _)| name.trim() == "p").map(|(_, value)| value);
    values.next().map(|value| value.chars().filter(|letter| !letter.is_ascii_whitespace()).collect())
}
