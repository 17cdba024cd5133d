//! The blocklists that are asked: compiled in from `data/dnsbl.toml`, replaceable.
//!
//! Each entry names its test points, what its answers mean, and the class of advice for whoever is listed. A list that
//! is closed, or that needs a key, is known but never asked.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use postamt_mail::address::Domain;
use serde::{Deserialize, Serialize};

use crate::unblock::base::{Bilingual, Certainty};

const EMBEDDED: &str = include_str!("../data/dnsbl.toml");

/// A list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockList {
    /// A short name, for data.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// The zone to ask in; `None`: closed, or only with a key.
    pub zone: Option<Domain>,
    /// What it lists.
    pub lists: Lists,
    /// What a listing costs.
    pub importance: Importance,
    /// The label or address that must be listed.
    pub test_listed: Option<String>,
    /// The one that must not.
    pub test_unlisted: Option<String>,
    /// Where a listing can be looked up and often be ended.
    pub lookup_url: Option<String>,
    /// What somebody who is listed can do.
    pub advice: Advice,
    /// Where codes differ.
    pub advice_by_code: BTreeMap<Ipv4Addr, Advice>,
    /// Listings, with their meaning in the list's own words.
    pub codes: BTreeMap<Ipv4Addr, String>,
    /// Refusals.
    pub error_codes: BTreeMap<Ipv4Addr, String>,
    /// The last octet is a set of bits.
    pub bitmask: bool,
    /// Pages that the entry rests on.
    pub sources: Vec<String>,
    /// How sure it is.
    pub confidence: Certainty,
    /// How a listing ends.
    pub removal: Removal,
}

/// How a listing ends, beyond the class of advice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Removal {
    /// Where removal is asked for, where that is not the page to look it up.
    pub url: Option<String>,
    /// What the form wants.
    pub fields: Option<Bilingual>,
    /// When it expires by itself.
    pub ends: Option<Bilingual>,
    /// A removal for money is offered.
    pub paid: bool,
    /// More about the cause.
    pub mend: Option<Bilingual>,
    /// More about the list.
    pub note: Option<Bilingual>,
    /// What differs by code.
    pub by_code: BTreeMap<Ipv4Addr, Bilingual>,
    /// After how many days to look again.
    pub days: Option<u8>,
}

/// What a list lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lists {
    /// Addresses of these families.
    Addresses {
        /// IPv4.
        ipv4: bool,
        /// IPv6.
        ipv6: bool,
    },
    /// Domains.
    Domains,
}

/// What a listing costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Importance {
    /// Hardly anything.
    Informational,
    /// Small receivers.
    Low,
    /// Some receivers.
    Medium,
    /// Many receivers.
    High,
    /// Most receivers.
    Critical,
}

/// What somebody who is listed can do; one sentence each in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Take it off oneself once the cause is gone.
    SelfService,
    /// It ends by itself.
    Expires,
    /// Fill in a form.
    Form,
    /// An account with the list is needed.
    Account,
    /// Only the provider of the address can do it.
    Provider,
    /// A range that is not supposed to deliver: take the address out, or use a relay.
    Policy,
    /// Something on the machine is taken over.
    Exploited,
    /// Failure notices go to forged senders.
    Backscatter,
    /// The whole network is meant, and only another one helps.
    Move,
    /// Nothing can be done, or need be.
    Nothing,
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// Listed, with the list's words and the advice.
    Listed {
        /// In the list's own words.
        text: String,
        /// What to do.
        advice: Advice,
    },
    /// The list did not want to answer: it says nothing about the address.
    Refused(String),
    /// No answer of a blocklist at all, as a parked domain gives.
    Foreign,
}

/// Why the data cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BlockListError {
    /// No TOML of this form.
    #[error("the blocklists cannot be read")]
    Form(#[from] toml::de::Error),
    /// An entry contradicts itself.
    #[error("the blocklist {id}: {fault}")]
    Entry {
        /// Which.
        id: String,
        /// What is wrong.
        fault: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(rename = "schema_version")]
    _schema_version: u32,
    #[serde(rename = "compiled")]
    _compiled: String,
    dnsbl: Vec<RawList>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawList {
    id: String,
    name: String,
    zone: String,
    #[serde(rename = "type")]
    kind: String,
    ipv4: bool,
    ipv6: bool,
    severity: Importance,
    test_listed: Option<String>,
    test_unlisted: Option<String>,
    lookup_url: Option<String>,
    status: Option<String>,
    advice: Advice,
    #[serde(default)]
    advice_by_code: BTreeMap<Ipv4Addr, Advice>,
    #[serde(default)]
    codes: BTreeMap<Ipv4Addr, String>,
    #[serde(default)]
    error_codes: BTreeMap<Ipv4Addr, String>,
    #[serde(default)]
    bitmask: bool,
    sources: Vec<String>,
    confidence: Certainty,
    #[serde(default)]
    removal: Removal,
    #[serde(rename = "delist")]
    _delist: String,
    #[serde(default, rename = "usage")]
    _usage: String,
    #[serde(default, rename = "note")]
    _note: String,
    #[serde(default, rename = "unverified")]
    _unverified: Vec<String>,
    #[serde(default, rename = "used_by")]
    _used_by: Vec<String>,
    #[serde(default, rename = "typical_causes")]
    _typical_causes: Vec<String>,
    #[serde(default, rename = "related_zones")]
    _related_zones: BTreeMap<String, String>,
}

/// The compiled lists.
///
/// # Errors
/// [`BlockListError`]; a test proves that there is none.
pub fn embedded() -> Result<Vec<BlockList>, BlockListError> {
    parse(EMBEDDED)
}

/// Reads lists.
///
/// # Errors
/// [`BlockListError`]: the first fault.
pub fn parse(text: &str) -> Result<Vec<BlockList>, BlockListError> {
    let raw: RawFile = toml::from_str(text)?;
    let mut lists: Vec<BlockList> = Vec::new();
    for entry in raw.dnsbl {
        let fault = fault(&entry, &lists);
        if let Some(fault) = fault {
            return Err(BlockListError::Entry { id: entry.id, fault });
        }
        lists.push(list(entry));
    }
    Ok(lists)
}

fn fault(entry: &RawList, before: &[BlockList]) -> Option<&'static str> {
    let is_loopback = |code: &Ipv4Addr| code.octets()[0] == 127;
    if before.iter().any(|list| list.id == entry.id) {
        return Some("its id stands twice");
    }
    if !matches!((entry.kind.as_str(), entry.ipv4 || entry.ipv6), ("ip", true) | ("domain", false)) {
        return Some("its type and its families do not fit");
    }
    if !entry.codes.keys().chain(entry.error_codes.keys()).all(is_loopback) {
        return Some("a code is outside 127.0.0.0/8");
    }
    if entry.codes.keys().any(|code| entry.error_codes.contains_key(code) || is_refusal(*code)) {
        return Some("a code is a listing and a refusal");
    }
    if !entry.advice_by_code.keys().all(|code| entry.codes.contains_key(code)) {
        return Some("advice for a code that it does not have");
    }
    if !entry.removal.by_code.keys().all(|code| entry.codes.contains_key(code)) {
        return Some("a removal for a code that it does not have");
    }
    let removal = &entry.removal;
    let texts = [&removal.fields, &removal.ends, &removal.mend, &removal.note].into_iter().flatten();
    if texts.chain(removal.by_code.values()).any(|text| text.de.is_empty() || text.en.is_empty()) {
        return Some("a text lacks a language");
    }
    entry.sources.is_empty().then_some("no source")
}

fn list(raw: RawList) -> BlockList {
    let is_name = raw.zone.bytes().all(|octet| octet.is_ascii_alphanumeric() || b".-".contains(&octet));
    let zone = (raw.status.is_none() && is_name).then(|| Domain::new(&raw.zone).ok()).flatten();
    BlockList {
        zone,
        lists: match raw.kind.as_str() {
            "domain" => Lists::Domains,
            _ => Lists::Addresses { ipv4: raw.ipv4, ipv6: raw.ipv6 },
        },
        importance: raw.severity,
        test_listed: raw.test_listed,
        test_unlisted: raw.test_unlisted,
        lookup_url: raw.lookup_url,
        advice: raw.advice,
        advice_by_code: raw.advice_by_code,
        codes: raw.codes,
        error_codes: raw.error_codes,
        bitmask: raw.bitmask,
        sources: raw.sources,
        confidence: raw.confidence,
        removal: raw.removal,
        id: raw.id,
        name: raw.name,
    }
}

/// Spamhaus's codes for refusals, which others have taken over.
fn is_refusal(code: Ipv4Addr) -> bool {
    code.octets()[..3] == [127, 255, 255]
}

impl BlockList {
    /// The label to ask for, before the zone; `None` where the list does not list such addresses.
    #[must_use]
    pub fn address_label(&self, address: IpAddr) -> Option<String> {
        let Lists::Addresses { ipv4, ipv6 } = self.lists else { return None };
        match address.to_canonical() {
            IpAddr::V4(v4) if ipv4 => {
                let [a, b, c, d] = v4.octets();
                Some(format!("{d}.{c}.{b}.{a}"))
            }
            IpAddr::V6(v6) if ipv6 => {
                let nibbles = v6.octets().into_iter().rev().flat_map(|octet| [octet & 15, octet >> 4]);
                Some(nibbles.map(|nibble| format!("{nibble:x}")).collect::<Vec<_>>().join("."))
            }
            _ => None,
        }
    }

    /// The label of a test point: that of an address, or what stands before the zone as it is.
    #[must_use]
    pub fn test_label(&self, point: &str) -> String {
        let address = point.parse().ok().and_then(|address| self.address_label(address));
        address.unwrap_or_else(|| point.to_owned())
    }

    /// What an answer means.
    #[must_use]
    pub fn meaning(&self, answer: IpAddr) -> Meaning {
        let IpAddr::V4(code) = answer else { return Meaning::Foreign };
        if let Some(text) = self.error_codes.get(&code) {
            return Meaning::Refused(text.clone());
        }
        if is_refusal(code) {
            return Meaning::Refused(code.to_string());
        }
        // RFC 5782 §2.1: answers are in 127.0.0.0/8.
        if code.octets()[0] != 127 {
            return Meaning::Foreign;
        }
        let advice = self.advice_by_code.get(&code).copied().unwrap_or(self.advice);
        let text = match self.codes.get(&code) {
            Some(text) => text.clone(),
            None if self.bitmask => self.bits(code),
            None => String::new(),
        };
        Meaning::Listed { text, advice }
    }

    fn bits(&self, code: Ipv4Addr) -> String {
        let set = code.octets()[3];
        let held = self.codes.iter().filter(|(bit, _)| bit.octets()[3] & set != 0);
        held.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiled_lists_are_sound() {
        let lists = embedded().unwrap();
        let asked: Vec<&BlockList> = lists.iter().filter(|list| list.zone.is_some()).collect();
        assert!(asked.len() >= 10, "{}", asked.len());
        assert!(asked.iter().any(|list| list.lists == Lists::Domains));
        assert!(asked.iter().any(|list| list.importance == Importance::Critical));
        let zone = |id: &str| lists.iter().find(|list| list.id == id).unwrap().zone.clone();
        assert_eq!(zone("sorbs"), None, "closed");
        assert_eq!(zone("abusix"), None, "needs a key");
        for list in asked {
            assert!(!list.codes.is_empty(), "{}", list.id);
            assert!(list.lookup_url.iter().all(|url| url.starts_with("https://")), "{}", list.id);
        }
    }

    #[test]
    fn answers_have_a_meaning() {
        let lists = embedded().unwrap();
        let of = |id: &str, answer: &str| {
            lists.iter().find(|list| list.id == id).unwrap().meaning(answer.parse().unwrap())
        };
        let listed = |meaning: &Meaning, wanted: Advice| matches!(meaning, Meaning::Listed { advice, .. } if *advice == wanted);
        assert!(listed(&of("spamhaus-zen", "127.0.0.3"), Advice::SelfService));
        assert!(listed(&of("spamhaus-zen", "127.0.0.10"), Advice::Policy));
        assert!(listed(&of("spamhaus-zen", "127.0.0.4"), Advice::Exploited));
        assert!(listed(&of("spamhaus-zen", "127.0.0.9"), Advice::Move));
        for (id, code) in [
            ("spamhaus-zen", "127.255.255.254"),
            ("psbl", "127.255.255.252"),
            ("uribl", "127.0.0.1"),
            ("spamhaus-dbl", "127.0.1.255"),
        ] {
            assert!(matches!(of(id, code), Meaning::Refused(_)), "{id} {code}");
        }
        assert_eq!(of("spamcop", "192.0.2.1"), Meaning::Foreign);
        assert_eq!(of("spamcop", "2001:db8::1"), Meaning::Foreign);
        let Meaning::Listed { text, .. } = of("surbl", "127.0.0.80") else { panic!("bits 16 and 64") };
        assert!(text.contains("malware") && text.contains("abuse"), "{text}");
    }

    /// Whoever is refused because of a list is sent to the page that we would name ourselves.
    #[test]
    fn refusals_know_the_same_lists() {
        for list in embedded().unwrap() {
            let (Some(zone), Some(page)) = (&list.zone, &list.lookup_url) else { continue };
            let reply = format!("554 5.7.1 Client host [192.0.2.25] blocked using {zone}");
            let found = postamt_mail::refusals::recognise(None, &reply).and_then(|found| found.list);
            assert_eq!(found.map(|found| &found.page), Some(page), "{zone}");
        }
    }

    #[test]
    fn labels() {
        let lists = embedded().unwrap();
        let of = |id: &str| lists.iter().find(|list| list.id == id).unwrap();
        let (v4, v6) = ("192.0.2.25".parse().unwrap(), "2001:db8::25".parse().unwrap());
        assert_eq!(of("spamhaus-zen").address_label(v4).unwrap(), "25.2.0.192");
        assert_eq!(of("spamcop").address_label(v6), None);
        assert_eq!(of("surbl").address_label(v4), None);
        let label = of("spamhaus-zen").address_label(v6).unwrap();
        assert!(label.starts_with("5.2.0.0.") && label.ends_with("8.b.d.0.1.0.0.2"), "{label}");
    }

    #[test]
    fn faults_are_named() {
        let entry = |id: &str, more: &str| {
            format!(
                "[[dnsbl]]\nid = \"{id}\"\nname = \"n\"\nzone = \"b.test\"\ntype = \"ip\"\nipv4 = true\nipv6 = false\n\
                 severity = \"low\"\nadvice = \"form\"\ndelist = \"\"\nsources = [\"s\"]\nconfidence = \"low\"\n{more}\n"
            )
        };
        let file = |entries: &[String]| format!("schema_version = 1\ncompiled = \"x\"\n{}", entries.concat());
        assert_eq!(parse(&file(&[entry("a", "")])).unwrap().len(), 1);
        for entries in [
            vec![entry("a", ""), entry("a", "")],
            vec![entry("a", "[dnsbl.codes]\n\"192.0.2.1\" = \"x\"")],
            vec![entry("a", "[dnsbl.codes]\n\"127.255.255.254\" = \"x\"")],
            vec![entry("a", "[dnsbl.advice_by_code]\n\"127.0.0.2\" = \"form\"")],
            vec![entry("a", "").replace("type = \"ip\"", "type = \"domain\"")],
            vec![entry("a", "").replace("[\"s\"]", "[]")],
            vec![entry("a", "[dnsbl.removal]\nends = { en = \"x\", de = \"\" }")],
            vec![entry("a", "[dnsbl.removal.by_code]\n\"127.0.0.2\" = { en = \"x\", de = \"y\" }")],
        ] {
            assert!(matches!(parse(&file(&entries)), Err(BlockListError::Entry { .. })), "{entries:?}");
        }
        assert!(matches!(parse(&file(&[entry("a", "nonsense = 1")])), Err(BlockListError::Form(_))));
    }
}
