//! Whether the SPF record of a domain (RFC 7208) lets a relay send: by an `include` of the relay's name, by a
//! mechanism that names its host, or by a network that holds its address.
//!
//! The addresses that a relay sends from are not known, so the record is read rather than evaluated; includes and
//! redirects are followed up to the limit of look-ups that every receiver has.

use std::net::IpAddr;

use postamt_net::dns::{DnsError, Resolver};
use serde::{Deserialize, Serialize};

pub use crate::spf::LOOKUP_LIMIT;
use crate::spf::record::{self, Directive, Mechanism, Qualifier};
use crate::spf::{is_in_network, is_record};

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

impl Wanted {
    fn has_in(&self, network: IpAddr, prefix: u8) -> bool {
        self.addresses.iter().any(|address| is_in_network(*address, network, prefix))
    }
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

impl From<Qualifier> for Rest {
    fn from(qualifier: Qualifier) -> Self {
        match qualifier {
            Qualifier::Pass => Self::Pass,
            Qualifier::Fail => Self::Fail,
            Qualifier::SoftFail => Self::SoftFail,
            Qualifier::Neutral => Self::Neutral,
        }
    }
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
        let mut records: Vec<String> = answer.records.into_iter().filter(|text| is_record(text)).collect();
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
        let record = match record::parse(&current.record) {
            Ok(record) => record,
            Err(faults) => {
                let first = faults.into_iter().next().map(|fault| Fault::Syntax(fault.term));
                self.fault = self.fault.take().or(first);
                return read;
            }
        };
        for directive in &record.directives {
            if directive.mechanism == Mechanism::All {
                read.all = Some(directive.qualifier.into());
                return read;
            }
            self.directive(directive, current, &mut read);
        }
        if let Some(redirect) = record.redirect {
            self.count();
            read.redirect = Some(redirect.domain.text);
        }
        read
    }

    fn directive(&mut self, directive: &Directive, current: &Pending, read: &mut Terms) {
        let passes_here = directive.qualifier == Qualifier::Pass && current.allowed;
        if directive.mechanism.looks_up() {
            self.count();
        }
        let is_wanted = match &directive.mechanism {
            Mechanism::All | Mechanism::Ptr(_) | Mechanism::Exists(_) => false,
            Mechanism::Include(domain) => {
                read.includes.push((domain.text.clone(), passes_here));
                let within = |above: &String| is_within(&domain.text, above);
                is_in(&self.wanted.includes, &domain.text) || self.wanted.include_within.iter().any(within)
            }
            Mechanism::A(host, _) | Mechanism::Mx(host, _) => {
                let host = host.as_ref().map_or(current.domain.as_str(), |host| host.text.as_str());
                is_in(&self.wanted.hosts, host)
            }
            Mechanism::Ip4(network, prefix) => self.wanted.has_in((*network).into(), *prefix),
            Mechanism::Ip6(network, prefix) => self.wanted.has_in((*network).into(), *prefix),
        };
        self.match_name(passes_here && is_wanted, &directive.text);
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

fn is_in(names: &[String], name: &str) -> bool {
    let name = name.trim_end_matches('.');
    names.iter().any(|known| known.trim_end_matches('.').eq_ignore_ascii_case(name))
}

fn is_within(name: &str, above: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == above || name.strip_suffix(above).is_some_and(|rest| rest.ends_with('.'))
}

/// Whether `192.0.2.0/24`, `2001:db8::/32` or a single address, as `ip4:` and `ip6:` name them, holds an address.
#[must_use]
pub fn network_holds(network: &str, address: IpAddr) -> bool {
    let (base, prefix) =
        network.split_once('/').map_or((network, None), |(base, prefix)| (base, Some(prefix)));
    let Ok(base) = base.parse::<IpAddr>() else { return false };
    let width: u8 = if base.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.map_or(Ok(width), str::parse);
    prefix.is_ok_and(|prefix| prefix <= width && is_in_network(address, base, prefix))
}
