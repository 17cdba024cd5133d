//! Whom the probe asks: well-known mail domains by operator, compiled in and replaceable.
//!
//! The compiled list is `data/mail_targets.toml`; each entry names its sources and how sure it is. Names are
//! resolved at run time.

use std::net::IpAddr;

use postamt_mail::address::Domain;
use serde::Deserialize;

/// Operators that a list needs: fewer are too few witnesses.
pub const FEWEST: usize = 5;

const EMBEDDED: &str = include_str!("../../data/mail_targets.toml");

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetList {
    /// Operators of mail servers.
    pub operators: Vec<Operator>,
    /// Hosts that are found without DNS.
    pub anchors: Vec<Anchor>,
    /// Addresses at which no mail server can be.
    pub canaries: Vec<IpAddr>,
}

/// A host whose addresses are known; its port 443 tells "DNS is broken" from "there is no network".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Its name for people.
    pub name: String,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
}

/// Somebody who runs mail servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// A short name, for data.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// Mail domains; the first that DNS answers for is used.
    pub domains: Vec<Domain>,
    /// A host with port 443.
    pub web: Option<Domain>,
    /// A host with port 587.
    pub submission: Option<Domain>,
    /// Domains below which the exchangers name themselves.
    pub greets_as: Vec<Domain>,
    /// The exchangers are known to offer STARTTLS.
    pub offers_starttls: bool,
    /// Where the entry comes from.
    pub provenance: Provenance,
}

impl Operator {
    /// An operator of one domain, for lists that an operator of Postamt makes, and for tests.
    #[must_use]
    pub fn new(domain: Domain) -> Self {
        Self {
            id: domain.to_string(),
            name: domain.to_string(),
            domains: vec![domain],
            web: None,
            submission: None,
            greets_as: Vec::new(),
            offers_starttls: false,
            provenance: Provenance::default(),
        }
    }
}

/// What an entry rests on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provenance {
    /// Pages.
    pub sources: Vec<String>,
    /// Fields that no page says.
    pub unverified: Vec<String>,
    /// When the pages were looked at, as `2026-11-24`.
    pub seen: String,
    /// `high`, `medium` or `low`.
    pub confidence: String,
}

/// Why a list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TargetListError {
    /// No TOML of this form.
    #[error("the list of targets cannot be read")]
    Form(#[from] toml::de::Error),
    /// A name that is none.
    #[error("{name:?} of {operator} is no domain name")]
    Name {
        /// In which entry.
        operator: String,
        /// What stands there.
        name: String,
    },
    /// An entry without a mail domain, or two with the same id.
    #[error("the entry {0} has no domains, or its id stands twice in the list")]
    Entry(String),
    /// Too few operators.
    #[error("the list has {0} operators; at least {FEWEST} are needed")]
    TooFew(usize),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawList {
    #[serde(rename = "schema_version")]
    _schema_version: u32,
    #[serde(rename = "compiled")]
    _compiled: String,
    operator: Vec<RawOperator>,
    #[serde(default)]
    anchor: Vec<RawAnchor>,
    #[serde(default)]
    canary: Vec<RawCanary>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCanary {
    addresses: Vec<IpAddr>,
    #[serde(rename = "sources")]
    _sources: Vec<String>,
    #[serde(rename = "seen")]
    _seen: String,
    #[serde(rename = "confidence")]
    _confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAnchor {
    name: String,
    addresses: Vec<IpAddr>,
    #[serde(rename = "sources")]
    _sources: Vec<String>,
    #[serde(rename = "seen")]
    _seen: String,
    #[serde(rename = "confidence")]
    _confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOperator {
    id: String,
    name: String,
    domains: Vec<String>,
    web: Option<String>,
    submission: Option<String>,
    #[serde(default)]
    greets_as: Vec<String>,
    starttls: bool,
    sources: Vec<String>,
    #[serde(default)]
    unverified: Vec<String>,
    seen: String,
    confidence: String,
}

/// The compiled list.
///
/// # Errors
/// [`TargetListError`]; a test proves that it has none.
pub fn embedded() -> Result<TargetList, TargetListError> {
    parse(EMBEDDED)
}

/// Reads a list.
///
/// # Errors
/// [`TargetListError`]: the first fault.
pub fn parse(text: &str) -> Result<TargetList, TargetListError> {
    let raw: RawList = toml::from_str(text)?;
    let operators: Vec<Operator> = raw.operator.into_iter().map(operator).collect::<Result<_, _>>()?;
    for (place, entry) in operators.iter().enumerate() {
        if entry.domains.is_empty() || operators[..place].iter().any(|other| other.id == entry.id) {
            return Err(TargetListError::Entry(entry.id.clone()));
        }
    }
    if operators.len() < FEWEST {
        return Err(TargetListError::TooFew(operators.len()));
    }
    let anchor = |raw: RawAnchor| Anchor { name: raw.name, addresses: raw.addresses };
    Ok(TargetList {
        operators,
        anchors: raw.anchor.into_iter().map(anchor).collect(),
        canaries: raw.canary.into_iter().flat_map(|raw| raw.addresses).collect(),
    })
}

fn operator(raw: RawOperator) -> Result<Operator, TargetListError> {
    let domain = |name: &String| {
        let fault = |_| TargetListError::Name { operator: raw.id.clone(), name: name.clone() };
        Domain::new(name).map_err(fault)
    };
    Ok(Operator {
        domains: raw.domains.iter().map(domain).collect::<Result<_, _>>()?,
        web: raw.web.as_ref().map(domain).transpose()?,
        submission: raw.submission.as_ref().map(domain).transpose()?,
        greets_as: raw.greets_as.iter().map(domain).collect::<Result<_, _>>()?,
        offers_starttls: raw.starttls,
        provenance: Provenance {
            sources: raw.sources,
            unverified: raw.unverified,
            seen: raw.seen,
            confidence: raw.confidence,
        },
        id: raw.id,
        name: raw.name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiled_list_is_sound() {
        let list = embedded().unwrap();
        for ipv4 in [true, false] {
            let has = |anchor: &&Anchor| anchor.addresses.iter().any(|it| it.is_ipv4() == ipv4);
            assert!(list.anchors.iter().filter(has).count() >= 3);
            assert!(list.canaries.iter().any(|it| it.is_ipv4() == ipv4));
        }
        let list = list.operators;
        assert!(list.len() >= FEWEST);
        assert!(list.iter().filter(|operator| operator.offers_starttls).count() >= FEWEST);
        let mut domains: Vec<_> = list.iter().flat_map(|operator| &operator.domains).collect();
        let count = domains.len();
        domains.sort();
        domains.dedup();
        assert_eq!(domains.len(), count, "a domain has one operator");
        for operator in &list {
            let provenance = &operator.provenance;
            assert!(operator.web.is_some(), "{}", operator.id);
            assert!(provenance.sources.iter().all(|it| it.starts_with("https://")), "{}", operator.id);
            assert!(!provenance.sources.is_empty(), "{}", operator.id);
            assert!(["high", "medium", "low"].contains(&provenance.confidence.as_str()), "{}", operator.id);
            assert_eq!(provenance.seen.len(), "2026-11-24".len(), "{}", operator.id);
        }
    }

    #[test]
    fn faults_are_named() {
        let list = |entries: &str| format!("schema_version = 1\ncompiled = \"2026-11-24\"\n{entries}");
        let entry = |id: &str, domain: &str| {
            format!(
                "[[operator]]\nid = \"{id}\"\nname = \"{id}\"\ndomains = [\"{domain}\"]\nstarttls = true\n\
                 sources = []\nseen = \"2026-11-24\"\nconfidence = \"low\"\n"
            )
        };
        let few = list(&entry("a", "a.test"));
        assert!(matches!(parse(&few), Err(TargetListError::TooFew(1))));
        let twice = list(&(entry("a", "a.test") + &entry("a", "b.test")));
        assert!(matches!(parse(&twice), Err(TargetListError::Entry(id)) if id == "a"));
        let bad = list(&entry("a", "a b"));
        assert!(matches!(parse(&bad), Err(TargetListError::Name { name, .. }) if name == "a b"));
        assert!(matches!(parse("operator = 1"), Err(TargetListError::Form(_))));
    }
}
