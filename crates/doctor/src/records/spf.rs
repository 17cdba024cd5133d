//! The one SPF record that a domain must have: what is there, and whoever sends for us.
//!
//! [`merged`] keeps whatever others need; [`mended`] also takes out what the doctor has found wrong.

use std::net::IpAddr;

use postamt_mailauth::records::spf::{network_holds, with_mechanism};
use postamt_mailauth::spf::is_record;

/// Who must be let send.
pub struct Senders<'a> {
    /// The domain whose record it is.
    pub domain: &'a str,
    /// This server.
    pub hostname: &'a str,
    /// Its addresses; where they are not known, its name must do.
    pub addresses: &'a [IpAddr],
    /// The relays.
    pub includes: &'a [String],
    /// Whether the MX of the domain is this server.
    pub is_exchange: bool,
}

/// The texts at the name that are SPF records, in an order that does not depend on the server's.
pub fn records<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut records: Vec<&str> = texts.filter(|text| is_record(text)).collect();
    records.sort_unstable();
    records
}

/// The record that takes the place of those there. It is one of them when that one will do.
pub fn merged(there: &[&str], senders: &Senders<'_>) -> String {
    let mut record = there.first().map(|first| (*first).to_owned());
    // More than one is a permanent error to receivers (RFC 7208 §4.5): who is let send by any is let send by all.
    for other in there.iter().skip(1) {
        for term in other.split_ascii_whitespace().skip(1).filter(|term| !is_rest(term)) {
            let known = record.iter().flat_map(|record| record.split_ascii_whitespace());
            if !known.into_iter().any(|known| known.eq_ignore_ascii_case(term)) {
                record = Some(with_mechanism(record.as_deref(), term));
            }
        }
    }
    for mechanism in mechanisms(senders) {
        if !record.as_deref().is_some_and(|record| lets(record, &mechanism, senders)) {
            record = Some(with_mechanism(record.as_deref(), &mechanism));
        }
    }
    with_end(&record.unwrap_or_default())
}

/// What must stand in the record.
fn mechanisms(senders: &Senders<'_>) -> Vec<String> {
    let mut all: Vec<String> = senders
        .addresses
        .iter()
        .map(|address| match address {
            IpAddr::V4(address) => format!("ip4:{address}"),
            IpAddr::V6(address) => format!("ip6:{address}"),
        })
        .collect();
    if all.is_empty() {
        all.push(format!("a:{}", senders.hostname));
    }
    all.extend(senders.includes.iter().map(|name| format!("include:{name}")));
    all
}

/// Whether a record, without what it includes, already lets this mechanism send.
fn lets(record: &str, mechanism: &str, senders: &Senders<'_>) -> bool {
    let address = mechanism.strip_prefix("ip4:").or_else(|| mechanism.strip_prefix("ip6:"));
    let address: Option<IpAddr> = address.and_then(|address| address.parse().ok());
    let ours = address.is_some() || mechanism.starts_with("a:");
    for term in record.split_ascii_whitespace().skip(1) {
        let bare = term.strip_prefix('+').unwrap_or(term);
        if bare.eq_ignore_ascii_case(mechanism) {
            return true;
        }
        let (name, value) = bare.split_once(':').unwrap_or((bare, ""));
        let is_domain = |value: &str| {
            let value = if value.is_empty() { senders.domain } else { value.trim_end_matches('.') };
            value.eq_ignore_ascii_case(senders.hostname)
        };
        let found = match name.to_ascii_lowercase().as_str() {
            "ip4" | "ip6" => address.is_some_and(|address| network_holds(value, address)),
            "a" => ours && is_domain(value),
            "mx" => ours && value.is_empty() && senders.is_exchange,
            "all" => return false,
            _ => false,
        };
        if found {
            return true;
        }
    }
    false
}

/// What is said of the rest stands once, and in the first record.
fn is_rest(term: &str) -> bool {
    let bare = term.trim_start_matches(['+', '-', '~', '?']).to_ascii_lowercase();
    bare == "all" || bare.starts_with("redirect=")
}

/// A record that says something of the rest, and nothing that nobody reads: `+all` lets everybody send, `?all` and no
/// end say nothing (RFC 7208 §4.7), and mechanisms behind `all` and a `redirect` beside it do not count (RFC 7208 §5.1
/// and §6.1). One that is good is left as it was written.
fn with_end(record: &str) -> String {
    let terms: Vec<&str> = record.split_ascii_whitespace().collect();
    let is_all = |term: &str| term.trim_start_matches(['+', '-', '~', '?']).eq_ignore_ascii_case("all");
    let is_redirect = |term: &str| term.to_ascii_lowercase().starts_with("redirect=");
    let Some(end) = terms.iter().position(|term| is_all(term)) else {
        let leads_on = terms.iter().any(|term| is_redirect(term));
        return if leads_on { record.to_owned() } else { format!("{} ~all", record.trim_end()) };
    };
    let is_firm = terms[end].starts_with(['-', '~']);
    let counts = |place: usize, term: &str| place < end || (term.contains('=') && !is_redirect(term));
    let read: Vec<&str> =
        (0..terms.len()).filter(|it| *it == end || counts(*it, terms[*it])).map(|it| terms[it]).collect();
    let is_good = is_firm && read.len() == terms.len() && !terms.iter().any(|term| is_redirect(term));
    if is_good {
        return record.to_owned();
    }
    let end = if is_firm { terms[end] } else { "~all" };
    let rest =
        read.iter().filter(|term| !is_redirect(term)).map(|term| if is_all(term) { end } else { term });
    rest.collect::<Vec<_>>().join(" ")
}

/// What is wrong with the terms of a record.
#[derive(Debug, Clone, Default)]
pub struct Flaws {
    /// Terms that must go.
    pub gone: Vec<String>,
    /// Terms in whose place others stand.
    pub replaced: Vec<(String, Vec<String>)>,
    /// Terms that belong to the record and stand outside of it.
    pub added: Vec<String>,
}

/// The records with their flaws mended, and then as [`merged`].
pub fn mended(there: &[&str], flaws: &Flaws, senders: &Senders<'_>) -> String {
    let mend = |record: &&str| {
        let mut terms: Vec<&str> = Vec::new();
        for term in record.split_ascii_whitespace() {
            let replaced = flaws.replaced.iter().find(|(old, _)| old == term);
            match replaced {
                Some((_, new)) => terms.extend(new.iter().map(String::as_str)),
                None if flaws.gone.iter().any(|gone| gone == term) => {}
                None => terms.push(term),
            }
        }
        let mut seen: Vec<&str> = Vec::new();
        terms.retain(|term| {
            !seen.contains(term) && {
                seen.push(term);
                true
            }
        });
        flaws.added.iter().fold(terms.join(" "), |record, term| {
            let bare = term.trim_start_matches(['+', '-', '~', '?']);
            // What ends the record stands at its end.
            if bare.eq_ignore_ascii_case("all") {
                format!("{record} {term}")
            } else {
                with_mechanism(Some(&record), term)
            }
        })
    };
    let empty = ["v=spf1"];
    let there = if there.is_empty() && !flaws.added.is_empty() { &empty } else { there };
    let records: Vec<String> =
        match flaws.gone.is_empty() && flaws.replaced.is_empty() && flaws.added.is_empty() {
            true => there.iter().map(|record| (*record).to_owned()).collect(),
            false => there.iter().map(mend).collect(),
        };
    merged(&records.iter().map(String::as_str).collect::<Vec<_>>(), senders)
}
