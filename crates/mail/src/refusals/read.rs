//! Reading the tables in `data/`. Each reader refuses what it does not know, so that a misspelt field cannot pass.

use serde::Deserialize;

use super::{Fault, Kind, List, Pattern, Provider, Remedy, Table};
use crate::relays::Confidence;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTable {
    schema_version: u32,
    /// For readers of the file; the tests look at it.
    #[serde(rename = "compiled")]
    _compiled: String,
    provider: Vec<RawProvider>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGeneral {
    schema_version: u32,
    refusals: Vec<RawPattern>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLists {
    schema_version: u32,
    list: Vec<RawList>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawList {
    id: String,
    name: String,
    named: Vec<String>,
    page: String,
    kind: Kind,
    fault: Fault,
    remedy: Remedy,
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
    #[serde(default)]
    codes: Vec<u16>,
    #[serde(default)]
    status: Vec<String>,
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    any: Vec<String>,
    kind: Kind,
    fault: Fault,
    remedy: Remedy,
    verified: bool,
}

/// The table cannot be read: not of the form, or a pattern that fits everything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct ReadError(String);

/// All tables that are compiled in.
pub(super) fn all() -> Result<Table, ReadError> {
    Ok(Table {
        general: general(include_str!("data/general.toml"))?,
        lists: lists(include_str!("data/lists.toml"))?,
        providers: providers(include_str!("data/refusals.toml"))?,
    })
}

/// Reads the providers.
pub(super) fn providers(text: &str) -> Result<Vec<Provider>, ReadError> {
    let raw: RawTable = parse(text)?;
    version(raw.schema_version)?;
    raw.provider.into_iter().map(provider).collect()
}

/// Reads what every server says.
pub(super) fn general(text: &str) -> Result<Vec<Pattern>, ReadError> {
    let raw: RawGeneral = parse(text)?;
    version(raw.schema_version)?;
    patterns("general", raw.refusals)
}

/// Reads the blocklists.
pub(super) fn lists(text: &str) -> Result<Vec<List>, ReadError> {
    let raw: RawLists = parse(text)?;
    version(raw.schema_version)?;
    raw.list.into_iter().map(list).collect()
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, ReadError> {
    toml::from_str(text).map_err(|error| ReadError(error.to_string()))
}

fn version(found: u32) -> Result<(), ReadError> {
    if found == 1 { Ok(()) } else { Err(ReadError(format!("schema_version {found} is not 1"))) }
}

fn list(raw: RawList) -> Result<List, ReadError> {
    if raw.named.is_empty() || raw.named.iter().any(|words| words.trim().is_empty()) {
        return Err(ReadError(format!("{}: a list that no reply can name", raw.id)));
    }
    let pattern = Pattern {
        codes: Vec::new(),
        status: Vec::new(),
        says: Vec::new(),
        any: Vec::new(),
        kind: raw.kind,
        fault: raw.fault,
        remedy: raw.remedy,
        verified: true,
    };
    Ok(List { id: raw.id, name: raw.name, named: in_small_letters(&raw.named), page: raw.page, pattern })
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
        let mut words = raw.says.iter().chain(&raw.any);
        let says_nothing = raw.says.is_empty() && raw.any.is_empty() && raw.status.is_empty();
        if says_nothing || words.any(|words| words.trim().is_empty()) {
            return Err(ReadError(format!("{of}: a refusal that says nothing fits every reply")));
        }
        Ok(Pattern {
            status: raw.status.iter().map(|text| status(of, text)).collect::<Result<_, _>>()?,
            codes: raw.codes,
            says: in_small_letters(&raw.says),
            any: in_small_letters(&raw.any),
            kind: raw.kind,
            fault: raw.fault,
            remedy: raw.remedy,
            verified: raw.verified,
        })
    };
    raw.into_iter().map(pattern).collect()
}

/// As replies are compared.
fn in_small_letters(words: &[String]) -> Vec<String> {
    words.iter().map(|words| words.to_ascii_lowercase()).collect()
}

/// `7.25`: subject and detail of an enhanced code.
fn status(of: &str, text: &str) -> Result<(u16, u16), ReadError> {
    let numbers = text.split_once('.').and_then(|(one, two)| Some((one.parse().ok()?, two.parse().ok()?)));
    numbers.ok_or_else(|| ReadError(format!("{of}: {text} is no end of an enhanced code")))
}
