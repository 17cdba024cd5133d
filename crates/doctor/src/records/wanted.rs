//! The records that are wanted, one function for each kind. What is there is looked at in order to keep it: a record
//! that says the same in other words is wanted as it is.

use postamt_mail::sts_policy;
use postamt_mailauth::dmarc::parse;
use postamt_mailauth::records::dkim;
use postamt_net::dns::record::{RecordData, RecordKind, reverse_name};
use postamt_net::dns::{Caa, Tlsa};
use serde::Serialize;

use super::dmarc::mended;
use super::identity::{Identity, KeyRecord, OwnDomain, authorities};
use super::present::Present;
use super::spf;

/// What a record is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The server's name has its addresses.
    Address,
    /// Mail for the domain finds the server.
    Exchange,
    /// The address has the server's name.
    Reverse,
    /// The server and the relays may send for the domain.
    Spf,
    /// Signatures can be verified.
    Dkim,
    /// What becomes of forged mail, and who hears of it.
    Dmarc,
    /// There is a policy for TLS.
    Sts,
    /// Where that policy is.
    StsHost,
    /// Who hears of failing TLS.
    TlsReports,
    /// The server's key, for DANE.
    Dane,
    /// Clients find the ports.
    Submission,
    /// Thunderbird and others find the settings.
    Autoconfig,
    /// Outlook finds the settings.
    Autodiscover,
    /// Who may issue certificates.
    Authority,
}

/// How much depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Mail gets lost or refused without it.
    Required,
    /// It makes things better.
    Recommended,
    /// An idea; never published and never missed.
    Hint,
}

/// A record that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What for.
    pub purpose: Purpose,
    /// How much depends on it.
    pub weight: Weight,
    /// Its name, without the final dot.
    pub name: String,
    /// What it says.
    pub data: RecordData,
    /// Records at the same name that must go.
    pub replaces: Vec<RecordData>,
}

/// All records that the server needs.
#[must_use]
pub fn wanted(identity: &Identity, present: &Present) -> Vec<Wanted> {
    let mut all = addresses(identity);
    for domain in &identity.domains {
        all.extend(exchange(identity, domain, present));
    }
    for sender in identity.senders() {
        all.push(sender_policy(identity, sender.as_str(), present));
    }
    all.extend(identity.keys.iter().filter_map(|key| signing_key(key, present)));
    for domain in &identity.domains {
        all.extend(dmarc(identity, domain, present));
        all.extend(transport(identity, domain, present));
        all.extend(clients(identity, domain, present));
    }
    all.extend(dane(identity, present));
    all.extend(authority(identity, present));
    all.extend(reverse(identity, present));
    all
}

fn record(purpose: Purpose, weight: Weight, name: impl Into<String>, data: RecordData) -> Wanted {
    Wanted { purpose, weight, name: name.into(), data, replaces: Vec::new() }
}

fn addresses(identity: &Identity) -> Vec<Wanted> {
    let one = |address: &std::net::IpAddr| {
        let data = RecordData::address(*address);
        record(Purpose::Address, Weight::Required, identity.hostname.as_str(), data)
    };
    identity.addresses.iter().map(one).collect()
}

fn exchanges<'a>(domain: &str, present: &'a Present) -> Vec<&'a str> {
    let name = |record: &'a RecordData| match record {
        RecordData::Mx { exchange, .. } => Some(exchange.as_str()),
        _ => None,
    };
    present.records(domain, RecordKind::Mx).iter().filter_map(name).collect()
}

/// An MX that leads elsewhere is right where this server does not receive for the domain.
fn exchange(identity: &Identity, domain: &OwnDomain, present: &Present) -> Option<Wanted> {
    let name = domain.name.as_str();
    let there = present.records(name, RecordKind::Mx);
    let ours = |record: &&RecordData| matches!(record, RecordData::Mx { exchange, .. } if exchange == identity.hostname.as_str());
    if let Some(ours) = there.iter().find(ours) {
        return Some(record(Purpose::Exchange, Weight::Required, name, ours.clone()));
    }
    if !domain.receives && !there.is_empty() {
        return None;
    }
    let data = RecordData::Mx { preference: 10, exchange: identity.hostname.to_string() };
    // A null MX stands alone (RFC 7505 §3).
    let null =
        |record: &&RecordData| matches!(record, RecordData::Mx { exchange, .. } if exchange.is_empty());
    let replaces = there.iter().filter(null).cloned().collect();
    Some(Wanted { replaces, ..record(Purpose::Exchange, Weight::Required, name, data) })
}

/// Whether mail for the domain comes here and nowhere else, once what is wanted is published.
fn is_exchange(identity: &Identity, domain: &str, present: &Present) -> bool {
    let own = identity.domains.iter().any(|own| own.name.as_str() == domain);
    let there = exchanges(domain, present);
    let elsewhere = there.iter().any(|name| !name.is_empty() && *name != identity.hostname.as_str());
    own && !elsewhere
}

fn sender_policy(identity: &Identity, domain: &str, present: &Present) -> Wanted {
    let there = spf::records(present.texts(domain));
    let senders = spf::Senders {
        domain,
        hostname: identity.hostname.as_str(),
        addresses: &identity.addresses,
        includes: &identity.includes,
        is_exchange: exchanges(domain, present).contains(&identity.hostname.as_str()),
    };
    let value = spf::merged(&there, &senders);
    let gone = there.iter().filter(|text| **text != value);
    let replaces = gone.map(|text| RecordData::Txt((*text).to_owned())).collect();
    Wanted { replaces, ..record(Purpose::Spf, Weight::Required, domain, RecordData::Txt(value)) }
}

pub(super) fn signing_key(key: &KeyRecord, present: &Present) -> Option<Wanted> {
    let there: Vec<&str> = present.texts(&key.name).collect();
    // What is gone is revoked as well as what says so.
    if key.revoked && there.is_empty() {
        return None;
    }
    // One with the same key stays as it is, unless receivers cannot use it.
    let is_same = |text: &&&str| {
        public_part(text) == public_part(&key.value) && (key.revoked || is_usable(text, &key.value))
    };
    let same = there.iter().find(is_same);
    let value = same.map_or(key.value.as_str(), |text| *text);
    // There may be one record only (RFC 6376 §3.6.2.2).
    let gone = there.iter().filter(|text| **text != value);
    let replaces = gone.map(|text| RecordData::Txt((*text).to_owned())).collect();
    let data = RecordData::Txt(value.to_owned());
    Some(Wanted { replaces, ..record(Purpose::Dkim, Weight::Required, &key.name, data) })
}

/// Whether nothing beside the key keeps receivers from using the record.
fn is_usable(record: &str, ours: &str) -> bool {
    let (record, ours) = (dkim::parse(record), dkim::parse(ours));
    let matters = |problem: &dkim::KeyProblem| problem.is_fatal() && *problem != dkim::KeyProblem::BrokenKey;
    record.algorithm == ours.algorithm && !record.problems.iter().any(matters)
}

/// The value of `p=`, without the white space that may stand in it.
fn public_part(record: &str) -> Option<String> {
    let tags = record.split(';').filter_map(|tag| tag.split_once('='));
    let mut values = tags.filter(|(name, _)| name.trim() == "p").map(|(_, value)| value);
    values.next().map(|value| value.chars().filter(|letter| !letter.is_ascii_whitespace()).collect())
}

fn texts_of<'a>(present: &'a Present, name: &str, version: &str) -> Vec<&'a str> {
    let is_one =
        |text: &&str| text.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(version);
    present.texts(name).filter(is_one).collect()
}

fn dmarc(identity: &Identity, domain: &OwnDomain, present: &Present) -> Option<Wanted> {
    let name = format!("_dmarc.{}", domain.name);
    let there = texts_of(present, &name, "v=DMARC1");
    let below = |own: &OwnDomain| domain.name.as_str().ends_with(&format!(".{}", own.name));
    if there.is_empty() && identity.domains.iter().any(below) {
        // The record of the domain above holds (RFC 9989 §4.10).
        return None;
    }
    let reports = format!("rua=mailto:postmaster@{}", domain.name);
    let value = match there.first() {
        None => format!("v=DMARC1; p=none; {reports}"),
        // Receivers must ignore it as it is.
        Some(first) if parse(first).is_none() => mended(&there, &[], &reports["rua=".len()..]),
        Some(first) if has_tag(first, "rua") => (*first).to_owned(),
        Some(first) => format!("{}; {reports}", first.trim_end().trim_end_matches(';')),
    };
    let gone = there.iter().filter(|text| **text != value);
    let replaces = gone.map(|text| RecordData::Txt((*text).to_owned())).collect();
    Some(Wanted { replaces, ..record(Purpose::Dmarc, Weight::Required, name, RecordData::Txt(value)) })
}

fn has_tag(record: &str, tag: &str) -> bool {
    record.split(';').filter_map(|part| part.split_once('=')).any(|(name, _)| name.trim() == tag)
}

/// MTA-STS and TLS reports: only for a domain whose mail comes here.
fn transport(identity: &Identity, domain: &OwnDomain, present: &Present) -> Vec<Wanted> {
    if !is_exchange(identity, domain.name.as_str(), present) {
        return Vec::new();
    }
    let mut all = Vec::new();
    let name = format!("_smtp._tls.{}", domain.name);
    let there = texts_of(present, &name, "v=TLSRPTv1");
    let reports = format!("v=TLSRPTv1; rua=mailto:postmaster@{}", domain.name);
    let value = there.first().map_or(reports.as_str(), |first| *first).to_owned();
    let gone = there.iter().skip(1);
    let replaces = gone.map(|text| RecordData::Txt((*text).to_owned())).collect();
    let data = RecordData::Txt(value);
    all.push(Wanted { replaces, ..record(Purpose::TlsReports, Weight::Recommended, name, data) });
    if identity.web {
        let name = format!("_mta-sts.{}", domain.name);
        let value = sts_policy::record(&sts_policy::policy(identity.sts, &[identity.hostname.as_str()]));
        let gone = texts_of(present, &name, "v=STSv1").into_iter().filter(|text| *text != value);
        let replaces = gone.map(|text| RecordData::Txt(text.to_owned())).collect();
        let data = RecordData::Txt(value);
        all.push(Wanted { replaces, ..record(Purpose::Sts, Weight::Recommended, name, data) });
        all.extend(host(identity, &format!("mta-sts.{}", domain.name), Purpose::StsHost, present));
    }
    all
}

/// A further name of this server: an alias, or its addresses, as it is there. Where the name leads elsewhere it stays,
/// unless it can only be ours.
fn host(identity: &Identity, name: &str, purpose: Purpose, present: &Present) -> Vec<Wanted> {
    let want = |data| record(purpose, Weight::Recommended, name, data);
    let there: Vec<RecordData> = [RecordKind::A, RecordKind::Aaaa]
        .iter()
        .flat_map(|kind| present.records(name, *kind))
        .cloned()
        .collect();
    let ours =
        |data: &RecordData| identity.addresses.iter().any(|address| RecordData::address(*address) == *data);
    let alias = RecordData::Cname(identity.hostname.to_string());
    let aliases = present.records(name, RecordKind::Cname);
    if aliases.contains(&alias) {
        return vec![want(alias)];
    }
    if aliases.is_empty() && !there.is_empty() && there.iter().all(ours) {
        return there.into_iter().map(want).collect();
    }
    let is_free = aliases.is_empty() && there.is_empty();
    if !is_free && purpose != Purpose::StsHost {
        return Vec::new();
    }
    // An alias stands alone (RFC 1034 §3.6.2), and what it leads to is not its own.
    let replaces = if aliases.is_empty() { there } else { aliases.to_vec() };
    vec![Wanted { replaces, ..want(alias) }]
}

fn clients(identity: &Identity, domain: &OwnDomain, present: &Present) -> Vec<Wanted> {
    let mut all = Vec::new();
    let services = [("_submission", identity.submission), ("_submissions", identity.submissions)];
    for (service, port) in services {
        let Some(port) = port else { continue };
        let name = format!("{service}._tcp.{}", domain.name);
        let target = identity.hostname.to_string();
        // RFC 6186 §3.1, RFC 8314 §5.1.
        let data = RecordData::Srv { priority: 0, weight: 1, port, target };
        let there = present.records(&name, RecordKind::Srv);
        let is_ours = |record: &RecordData| matches!(record, RecordData::Srv { target, .. } if target == identity.hostname.as_str());
        if there.is_empty() || there.contains(&data) {
            all.push(record(Purpose::Submission, Weight::Recommended, name, data));
        } else if there.iter().any(is_ours) {
            let replaces = there.iter().filter(|record| is_ours(record)).cloned().collect();
            all.push(Wanted { replaces, ..record(Purpose::Submission, Weight::Recommended, name, data) });
        }
    }
    if identity.web {
        all.extend(host(identity, &format!("autoconfig.{}", domain.name), Purpose::Autoconfig, present));
        all.extend(host(identity, &format!("autodiscover.{}", domain.name), Purpose::Autodiscover, present));
    }
    all
}

/// RFC 7672 §3.1.1: the key itself, so that a renewed certificate with the same key stays good.
fn dane(identity: &Identity, present: &Present) -> Vec<Wanted> {
    let name = format!("_25._tcp.{}", identity.hostname);
    let tlsa =
        |key: &Vec<u8>| RecordData::Tlsa(Tlsa { usage: 3, selector: 1, matching: 1, data: key.clone() });
    let ours: Vec<RecordData> = identity.certificate_keys.iter().map(tlsa).collect();
    let is_stale = |record: &&RecordData| {
        !ours.contains(record) && matches!(record, RecordData::Tlsa(tlsa) if tlsa.usage == 3)
    };
    let mut stale: Vec<RecordData> =
        present.records(&name, RecordKind::Tlsa).iter().filter(is_stale).cloned().collect();
    let mut all = Vec::new();
    for data in ours {
        let replaces = std::mem::take(&mut stale);
        all.push(Wanted { replaces, ..record(Purpose::Dane, Weight::Recommended, &name, data) });
    }
    all
}

/// RFC 8659: where anybody is named, our authority must be; where nobody is, naming it is an idea.
fn authority(identity: &Identity, present: &Present) -> Option<Wanted> {
    let ours = identity.authority.as_ref()?;
    let hostname = identity.hostname.as_str();
    let data = RecordData::Caa(Caa { critical: false, tag: "issue".to_owned(), value: ours.clone() });
    let set_at = |name: &&str| !present.records(name, RecordKind::Caa).is_empty();
    let Some(name) = authorities(hostname).find(set_at) else {
        return Some(record(Purpose::Authority, Weight::Hint, hostname, data));
    };
    let issuers: Vec<&str> = present
        .records(name, RecordKind::Caa)
        .iter()
        .filter_map(|record| match record {
            RecordData::Caa(caa) if caa.tag == "issue" => Some(caa.value.split(';').next()?.trim()),
            _ => None,
        })
        .collect();
    // Without `issue` everybody may issue (RFC 8659 §4.2); one with parameters is left as it is.
    if issuers.is_empty() || issuers.contains(&ours.as_str()) {
        return None;
    }
    Some(record(Purpose::Authority, Weight::Required, name, data))
}

fn reverse(identity: &Identity, present: &Present) -> Vec<Wanted> {
    let one = |address: &std::net::IpAddr| {
        let name = reverse_name(*address);
        let data = RecordData::Ptr(identity.hostname.to_string());
        let gone = present.records(&name, RecordKind::Ptr).iter().filter(|record| **record != data);
        let replaces = if present.records(&name, RecordKind::Ptr).contains(&data) {
            vec![]
        } else {
            gone.cloned().collect()
        };
        Wanted { replaces, ..record(Purpose::Reverse, Weight::Required, name, data) }
    };
    identity.addresses.iter().map(one).collect()
}
