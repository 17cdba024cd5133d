//! MX selection (RFC 5321 §5.1, RFC 7505): from a domain to the hosts to try, in order.

use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_net::clock::Clock;
use postamt_net::dns::{DnsError, DnssecStatus, Mx, Resolver};

use crate::flow::{Failure, Fault, PlannedHost};

/// More hosts than this are not tried; a domain with more is a mistake or an attack.
const HOST_LIMIT: usize = 20;

/// The exchangers of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchangers {
    /// In order; never empty.
    pub hosts: Vec<PlannedHost>,
    /// How long the answer holds.
    pub ttl: Duration,
    /// The answer was validated.
    pub secure: bool,
}

/// Finds the exchangers of a domain.
///
/// # Errors
/// A permanent failure for a domain that does not exist, takes no mail (null MX) or points back to us; a
/// temporary one when DNS does not answer.
pub async fn find(
    resolver: &dyn Resolver,
    clock: &dyn Clock,
    domain: &Domain,
    own_names: &[Domain],
) -> Result<Exchangers, Fate> {
    let answer = resolver.mx(domain).await.map_err(|error| Fate::temporary(&error))?;
    let secure = answer.dnssec == DnssecStatus::Secure;
    if answer.records.is_empty() {
        if !answer.exists {
            return Err(Fate::permanent((5, 1, 2), format!("the domain {domain} does not exist")));
        }
        // Implicit MX: the domain itself (RFC 5321 §5.1).
        let host = PlannedHost { name: Some(domain.clone()), preference: 0 };
        let hosts = without_ourselves(vec![host], own_names).ok_or_else(|| loops_back(domain))?;
        if has_no_address(resolver, domain).await {
            // Mostly a slip of the pen: the sender should hear of it today, not in five days.
            let words =
                format!("the domain {domain} has neither MX records nor an address: it takes no mail");
            return Err(Fate::permanent((5, 4, 4), words));
        }
        return Ok(Exchangers { hosts, ttl: answer.ttl, secure });
    }
    if answer.records.iter().any(|mx| mx.exchange.is_none()) {
        // Null MX (RFC 7505 §3); beside others it is an error of the zone, and the others are used.
        if answer.records.iter().all(|mx| mx.exchange.is_none()) {
            let words = format!("the domain {domain} accepts no mail (null MX)");
            return Err(Fate::permanent((5, 1, 10), words));
        }
    }
    let hosts = order(answer.records, clock);
    let hosts = without_ourselves(hosts, own_names).ok_or_else(|| loops_back(domain))?;
    Ok(Exchangers { hosts, ttl: answer.ttl, secure })
}

/// True when DNS says so for both families; the answers are needed for the connection in any case, and are cached.
async fn has_no_address(resolver: &dyn Resolver, host: &Domain) -> bool {
    let (v4, v6) = tokio::join!(resolver.a(host), resolver.aaaa(host));
    [v4, v6].iter().all(|answer| answer.as_ref().is_ok_and(|answer| answer.records.is_empty()))
}

fn loops_back(domain: &Domain) -> Fate {
    Fate::permanent((5, 4, 6), format!("the best MX of {domain} is this server itself"))
}

/// Why a domain has no exchangers for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// True when a later look-up may help.
    pub temporary: bool,
    /// What to tell.
    pub failure: Failure,
}

impl Fate {
    fn temporary(error: &DnsError) -> Self {
        Self { temporary: true, failure: dns_failure(error) }
    }

    fn permanent(status: (u8, u16, u16), words: String) -> Self {
        Self { temporary: false, failure: Failure::ours(Fault::Recipient, status, words) }
    }
}

fn dns_failure(error: &DnsError) -> Failure {
    Failure::ours(Fault::Network, (4, 4, 3), error.to_string())
}

/// Sorts by preference; those of the same preference in random order (RFC 5321 §5.1).
fn order(records: Vec<Mx>, clock: &dyn Clock) -> Vec<PlannedHost> {
    let mut keyed: Vec<(u16, u64, Domain)> = records
        .into_iter()
        .filter_map(|mx| mx.exchange.map(|host| (mx.preference, clock.random(), host)))
        .collect();
    keyed.sort();
    let hosts = keyed.into_iter().map(|(preference, _, name)| PlannedHost { name: Some(name), preference });
    hosts.take(HOST_LIMIT).collect()
}

/// Leaves out this host and all that are not better than it; `None` when nothing is left (RFC 5321 §5.1).
fn without_ourselves(hosts: Vec<PlannedHost>, own_names: &[Domain]) -> Option<Vec<PlannedHost>> {
    let own = |host: &PlannedHost| host.name.as_ref().is_some_and(|name| own_names.contains(name));
    let Some(limit) = hosts.iter().filter(|host| own(host)).map(|host| host.preference).min() else {
        return Some(hosts);
    };
    let better: Vec<_> = hosts.into_iter().filter(|host| host.preference < limit).collect();
    (!better.is_empty()).then_some(better)
}
