//! Whether the SPF record of a domain (RFC 7208) lets a relay send: by an `include` of the relay's name, by a
//! mechanism that names its host, or by a network that holds its address.
//!
//! The addresses that a relay sends from are not known, so the record is read rather than evaluated; includes and
//! redirects are followed up to the limit of look-ups that every receiver has.

use std::net::IpAddr;

use postamt_net::dns::{DnsError, Resolver};
use serde::{Deserialize, Serialize};

/// Look-ups that a receiver makes at the most (RFC 7208 §4.6.4).
pub const LOOKUP_LIMIT: usize = 10;

/// Who is to be let send. Empty lists are never found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Names of which one must be included (`amazonses.com`).
    pub includes: Vec<String>,
    /// Names of which one, or one below it, must be included: for a provider of whom only the domain is known.
    pub include_within: Vec<String>,
    /// Host names of which one may stand in `a:` or `mx:`.
    pub hosts: Vec<String>,
    /// Addresses of which one may lie in `ip4:` or `ip6:`.
    pub addresses: Vec<IpAddr>,
}

/// What a record says of those whom it does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rest {
    /// `-all`: refuse them.
    Fail,
    /// `~all`: suspect.
    SoftFail,
    /// `?all`, or nothing at all.
    Neutral,
    /// `+all`: everybody may send.
    Pass,
}

/// Whether they may send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Allows {
    /// By this term of this record: `include:amazonses.com`.
    Yes(String),
    /// No term names them.
    No,
    /// The domain has no SPF record.
    NoRecord,
    /// Receivers cannot use the record.
    Broken(Fault),
}

/// Why a record is a permanent error to receivers (RFC 7208 §4.6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// More than one record (RFC 7208 §4.5).
    SeveralRecords,
    /// More look-ups than [`LOOKUP_LIMIT`].
    TooManyLookups,
    /// An include or redirect of a name without a record (RFC 7208 §5.2).
    NothingAt(String),
    /// A term that is none.
    Syntax(String),
}

/// What the record says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The record as published.
    pub record: Option<String>,
    /// Whether those who are wanted may send.
    pub allows: Allows,
    /// What it says of the rest.
    pub rest: Rest,
    /// Look-ups that receivers pay for it.
    pub lookups: usize,
}

/// Reads the SPF record of a domain and looks for `wanted`.
///
/// # Errors
/// When DNS does not answer for the domain or for something that it includes.
pub async fn read(resolver: &dyn Resolver, domain: &str, wanted: &Wanted) -> Result<Reading, DnsError> {
    let mut walk = Walk { resolver, wanted, lookups: 0, found: None, fault: None };
    let record = match walk.record(domain).await? {
        Published::One(record) => record,
        Published::None => return Ok(nothing(Allows::NoRecord)),
        Published::Several => return Ok(nothing(Allows::Broken(Fault::SeveralRecords))),
    };
    let rest = walk.follow(record.clone(), domain).await?;
    let allows = match (walk.fault, walk.found) {
        // A receiver that stops at the name never sees the fault behind it, but which it meets first depends on the
        // address: a broken record is broken.
        (Some(fault), _) => Allows::Broken(fault),
        (None, Some(term)) => Allows::Yes(term),
        (None, None) => Allows::No,
    };
    Ok(Reading { record: Some(record), allows, rest, lookups: walk.lookups })
}

fn nothing(allows: Allows) -> Reading {
    Reading { record: None, allows, rest: Rest::Neutral, lookups: 0 }
}

/// The record of a domain that is to let `mechanism` send beside what it has: the mechanism in front of `all`.
#[must_use]
pub fn with_mechanism(record: Option<&str>, mechanism: &str) -> String {
    let Some(record) = record else { return format!("v=spf1 {mechanism} ~all") };
    let mut terms: Vec<&str> = record.split_ascii_whitespace().collect();
    // Behind `all` nothing is looked at (RFC 7208 §5.1), and `redirect` counts only where there is no `all`.
    let is_last = |term: &&str| {
        let bare = term.trim_start_matches(['+', '-', '~', '?']);
        bare.eq_ignore_ascii_case("all") || bare.to_ascii_lowercase().starts_with("redirect=")
    };
    let place = terms.iter().position(is_last).unwrap_or(terms.len());
    terms.insert(place, mechanism);
    terms.join(" ")
}

enum Published {
    None,
    One(String),
    Several,
}

struct Walk<'a> {
    resolver: &'a dyn Resolver,
    wanted: &'a Wanted,
    lookups: usize,
    found: Option<String>,
    fault: Option<Fault>,
}

/// A record that is still to be read. Only what is allowed along the whole way is allowed.
struct Pending {
    record: String,
    domain: String,
    allowed: bool,
}

impl Walk<'_> {
    async fn record(&self, domain: &str) -> Result<Published, DnsError> {
        let answer = self.resolver.txt(domain).await?;
        // RFC 7208 §4.5: the version is a term of its own.
        let is_spf = |text: &String| {
            let version = text.split(' ').next().unwrap_or_default();
            version.eq_ignore_ascii_case("v=spf1")
        };
        let mut records: Vec<String> = answer.records.into_iter().filter(is_spf).collect();
        Ok(match (records.pop(), records.is_empty()) {
            (None, _) => Published::None,
            (Some(record), true) => Published::One(record),
            (Some(_), false) => Published::Several,
        })
    }

    /// Reads a record and all that it includes; gives what the outermost one, or what it redirects to, says of the
    /// rest.
    async fn follow(&mut self, record: String, domain: &str) -> Result<Rest, DnsError> {
        let mut rest = None;
        let mut outermost = Some(Pending { record, domain: domain.to_owned(), allowed: true });
        while let Some(current) = outermost.take() {
            let (all, redirect) = self.record_and_includes(current).await?;
            rest = all;
            if let (None, Some(target)) = (all, redirect) {
                outermost = self.look_up(&target, true).await?;
            }
        }
        Ok(rest.unwrap_or(Rest::Neutral))
    }

    /// Reads one record and, depth first, what it includes.
    async fn record_and_includes(
        &mut self,
        first: Pending,
    ) -> Result<(Option<Rest>, Option<String>), DnsError> {
        let mut stack = vec![first];
        let mut outermost = None;
        while let Some(current) = stack.pop() {
            let read = self.terms(&current);
            for (target, allowed) in read.includes.into_iter().rev() {
                stack.extend(self.look_up(&target, allowed).await?);
            }
            if outermost.is_none() {
                outermost = Some((read.all, read.redirect));
            } else if let (None, Some(target)) = (read.all, read.redirect) {
                stack.extend(self.look_up(&target, current.allowed).await?);
            }
        }
        Ok(outermost.unwrap_or((None, None)))
    }

    async fn look_up(&mut self, target: &str, allowed: bool) -> Result<Option<Pending>, DnsError> {
        // A name that depends on the message (RFC 7208 §7) cannot be looked up without one.
        if self.fault.is_some() || target.contains('%') {
            return Ok(None);
        }
        match self.record(target).await? {
            Published::One(record) => Ok(Some(Pending { record, domain: target.to_owned(), allowed })),
            Published::None => {
                self.fault = Some(Fault::NothingAt(target.to_owned()));
                Ok(None)
            }
            Published::Several => {
                self.fault = Some(Fault::SeveralRecords);
                Ok(None)
            }
        }
    }

    fn terms(&mut self, current: &Pending) -> Terms {
        let mut read = Terms::default();
        for term in current.record.split_ascii_whitespace().skip(1) {
            if read.all.is_some() {
                break;
            }
            let (passes, bare) = qualifier(term);
            let passes_here = passes == Rest::Pass && current.allowed;
            let (name, value) = match bare.find([':', '=', '/']) {
                Some(at) if bare.as_bytes()[at] == b'/' => (&bare[..at], &bare[at..]),
                Some(at) => (&bare[..at], &bare[at + 1..]),
                None => (bare, ""),
            };
            match name.to_ascii_lowercase().as_str() {
                "all" => read.all = Some(passes),
                "include" => {
                    self.count();
                    let is_wanted = is_in(&self.wanted.includes, value)
                        || self.wanted.include_within.iter().any(|above| is_within(value, above));
                    self.match_name(passes_here && is_wanted, term);
                    read.includes.push((value.to_owned(), passes_here));
                }
                "redirect" => {
                    self.count();
                    read.redirect = Some(value.to_owned());
                }
                "a" | "mx" => {
                    self.count();
                    let host = value.split('/').next().unwrap_or_default();
                    let host = if host.is_empty() { current.domain.as_str() } else { host };
                    self.match_name(passes_here && is_in(&self.wanted.hosts, host), term);
                }
                "ptr" | "exists" => self.count(),
                "ip4" | "ip6" => {
                    let holds = self.wanted.addresses.iter().any(|address| network_holds(value, *address));
                    self.match_name(passes_here && holds, term);
                }
                // Unknown modifiers are ignored (RFC 7208 §6), unknown mechanisms are an error (§4.6).
                _ if bare.contains('=') => {}
                _ => self.fault = self.fault.take().or_else(|| Some(Fault::Syntax(term.to_owned()))),
            }
        }
        read
    }

    fn count(&mut self) {
        self.lookups += 1;
        if self.lookups > LOOKUP_LIMIT {
            self.fault = Some(Fault::TooManyLookups);
        }
    }

    fn match_name(&mut self, matches: bool, term: &str) {
        if matches && self.found.is_none() {
            self.found = Some(term.to_owned());
        }
    }
}

#[derive(Default)]
struct Terms {
    includes: Vec<(String, bool)>,
    redirect: Option<String>,
    all: Option<Rest>,
}

fn qualifier(term: &str) -> (Rest, &str) {
    match term.as_bytes().first() {
        Some(b'+') => (Rest::Pass, &term[1..]),
        Some(b'-') => (Rest::Fail, &term[1..]),
        Some(b'~') => (Rest::SoftFail, &term[1..]),
        Some(b'?') => (Rest::Neutral, &term[1..]),
        _ => (Rest::Pass, term),
    }
}

fn is_in(names: &[String], name: &str) -> bool {
    let name = name.trim_end_matches('.');
    names.iter().any(|known| known.trim_end_matches('.').eq_ignore_ascii_case(name))
}

fn is_within(name: &str, above: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == above || name.strip_suffix(above).is_some_and(|rest| rest.ends_with('.'))
}

/// `192.0.2.0/24`, `2001:db8::/32`, or a single address.
fn network_holds(network: &str, address: IpAddr) -> bool {
    let (base, prefix) =
        network.split_once('/').map_or((network, None), |(base, prefix)| (base, Some(prefix)));
    let Ok(base) = base.parse::<IpAddr>() else { return false };
    let width: u32 = if base.is_ipv4() { 32 } else { 128 };
    let Ok(prefix) = prefix.map_or(Ok(width), str::parse) else { return false };
    if base.is_ipv4() != address.is_ipv4() || prefix > width {
        return false;
    }
    let bits = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => u128::from(ip.to_bits()),
        IpAddr::V6(ip) => ip.to_bits(),
    };
    (bits(base) ^ bits(address)).checked_shr(width - prefix).unwrap_or(0) == 0
}
