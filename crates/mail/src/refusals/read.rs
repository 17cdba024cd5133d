//! Reading `data/refusals.toml`. [`read`] refuses what it does not know, so that a misspelt field cannot pass.

use serde::Deserialize;

use super::{Fault, Kind, Pattern, Provider, Remedy, Table};
use crate::relays::Confidence;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTable {
    schema_version: u32,
    /// For readers of the file; the tests look at it.
    #[serde(rename = "compiled")]
    _compiled: String,
    general: RawGeneral,
    provider: Vec<RawProvider>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGeneral {
    refusals: Vec<RawPattern>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProvider {
    id: String,
    aliases: Vec<String>,
    name: String,
    exchangers: Vec<String>,
    contact: String,
    refusals: Vec<RawPattern>,
    sources: Vec<String>,
    seen: String,
    confidence: Confidence,
    unverified: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPattern {
    codes: Vec<u16>,
    says: Vec<String>,
    kind: Kind,
    fault: Fault,
    remedy: Remedy,
    verified: bool,
}

/// The table cannot be read: not of the form, or a pattern that fits everything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct ReadError(String);

/// Reads the table.
pub(super) fn read(text: &str) -> Result<Table, ReadError> {
    let raw: RawTable = toml::from_str(text).map_err(|error| ReadError(error.to_string()))?;
    if raw.schema_version != 1 {
        return Err(ReadError(format!("schema_version {} is not 1", raw.schema_version)));
    }
    let general = patterns("general", raw.general.refusals)?;
    let providers = raw.provider.into_iter().map(provider).collect::<Result<_, _>>()?;
    Ok(Table { general, providers })
}

fn provider(raw: RawProvider) -> Result<Provider, ReadError> {
    Ok(Provider {
        refusals: patterns(&raw.id, raw.refusals)?,
        id: raw.id,
        aliases: raw.aliases,
        name: raw.name,
        exchangers: raw.exchangers,
        contact: raw.contact,
        sources: raw.sources,
        seen: (raw.seen != "undated").then_some(raw.seen),
        confidence: raw.confidence,
        unverified: raw.unverified,
    })
}

fn patterns(of: &str, raw: Vec<RawPattern>) -> Result<Vec<Pattern>, ReadError> {
    let pattern = |raw: RawPattern| {
        if raw.says.is_empty() || raw.says.iter().any(|words| words.trim().is_empty()) {
            return Err(ReadError(format!("{of}: a refusal that says nothing fits every reply")));
        }
        Ok(Pattern {
            codes: raw.codes,
            says: raw.says,
            kind: raw.kind,
            fault: raw.fault,
            remedy: raw.remedy,
            verified: raw.verified,
        })
    };
    raw.into_iter().map(pattern).collect()
}
