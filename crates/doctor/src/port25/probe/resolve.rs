//! From names to addresses: each name is asked once, whatever the number of source addresses.
//!
//! A family for which a host has no address is no failure and gives no target. A name that must exist and does
//! not is one.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_net::dns::{Answer, DnsError, Resolver};

use super::super::outcome::{DnsProblem, Family, Role};
use super::super::targets::Operator;
use super::settings::ProbePorts;

/// Exchangers of a domain whose addresses are looked up.
const EXCHANGERS: usize = 3;
/// Domains of an operator that are asked.
const DOMAINS: usize = 2;

/// A target of one family, or why there is none.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) operator: Operator,
    pub(super) role: Role,
    pub(super) family: Family,
    /// The domain or host that was asked for.
    pub(super) name: String,
    pub(super) place: Result<Place, DnsProblem>,
}

/// A host and its address.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) host: Option<Domain>,
    pub(super) address: SocketAddr,
}

/// Resolves everything that there is to know of one operator, within `limit`.
pub(super) async fn resolve(
    resolver: &dyn Resolver,
    operator: &Operator,
    ports: ProbePorts,
    limit: Duration,
) -> Vec<Target> {
    let host = |host: &Option<Domain>, role, port| {
        let host = host.clone();
        async move {
            let Some(host) = host else { return Vec::new() };
            let found = tokio::time::timeout(limit, addresses(resolver, &host)).await;
            let found = found.unwrap_or(Found::failed(DnsProblem::Timeout));
            found.targets(operator, role, host.as_str(), port)
        }
    };
    let exchange = async {
        let found = tokio::time::timeout(limit, exchangers(resolver, operator)).await;
        let first = operator.domains.first().map(ToString::to_string).unwrap_or_default();
        let (name, found) = found.unwrap_or((first, Found::failed(DnsProblem::Timeout)));
        found.targets(operator, Role::Exchange, &name, ports.exchange)
    };
    let (exchange, web, submission) = tokio::join!(
        exchange,
        host(&operator.web, Role::Web, ports.web),
        host(&operator.submission, Role::Submission, ports.submission),
    );
    [exchange, web, submission].concat()
}

/// What was found for each family.
#[derive(Debug, Clone)]
struct Found {
    ipv4: Result<Option<(Domain, IpAddr)>, DnsProblem>,
    ipv6: Result<Option<(Domain, IpAddr)>, DnsProblem>,
}

impl Found {
    const fn failed(problem: DnsProblem) -> Self {
        Self { ipv4: Err(problem), ipv6: Err(problem) }
    }

    fn is_complete(&self) -> bool {
        matches!((&self.ipv4, &self.ipv6), (Ok(Some(_)), Ok(Some(_))))
    }

    /// Fills gaps from another host.
    fn or(self, other: Self) -> Self {
        let better = |one: Result<Option<(Domain, IpAddr)>, DnsProblem>, other| match one {
            Ok(Some(found)) => Ok(Some(found)),
            Ok(None) => other,
            Err(problem) => match other {
                Ok(Some(found)) => Ok(Some(found)),
                _ => Err(problem),
            },
        };
        Self { ipv4: better(self.ipv4, other.ipv4), ipv6: better(self.ipv6, other.ipv6) }
    }

    fn targets(self, operator: &Operator, role: Role, name: &str, port: u16) -> Vec<Target> {
        // No address at all is a fault of DNS; none in one family is not.
        let nothing = matches!((&self.ipv4, &self.ipv6), (Ok(None), Ok(None)));
        let found = [(Family::Ipv4, self.ipv4), (Family::Ipv6, self.ipv6)];
        let place = |found: Result<Option<(Domain, IpAddr)>, DnsProblem>| match found {
            Ok(Some((host, address))) => {
                Some(Ok(Place { host: Some(host), address: SocketAddr::new(address, port) }))
            }
            Ok(None) => nothing.then_some(Err(DnsProblem::NoRecords)),
            Err(problem) => Some(Err(problem)),
        };
        let target = |(family, found)| {
            let place = place(found)?;
            Some(Target { operator: operator.clone(), role, family, name: name.to_owned(), place })
        };
        found.into_iter().filter_map(target).collect()
    }
}

/// The first domain that DNS answers for, and its best exchangers.
async fn exchangers(resolver: &dyn Resolver, operator: &Operator) -> (String, Found) {
    let mut last = (operator.id.clone(), Found::failed(DnsProblem::NoSuchName));
    for domain in operator.domains.iter().take(DOMAINS) {
        let found = match hosts(resolver, domain).await {
            Ok(hosts) => best(resolver, &hosts).await,
            Err(problem) => Found::failed(problem),
        };
        let is_failure = found.ipv4.is_err() && found.ipv6.is_err();
        last = (domain.to_string(), found);
        if !is_failure {
            break;
        }
    }
    last
}

/// The exchangers by preference; the domain itself where it has none (RFC 5321 §5.1).
async fn hosts(resolver: &dyn Resolver, domain: &Domain) -> Result<Vec<Domain>, DnsProblem> {
    let mut answer = existing(resolver.mx(domain).await)?;
    answer.sort_by_key(|mx| mx.preference);
    if answer.is_empty() {
        return Ok(vec![domain.clone()]);
    }
    // A null MX (RFC 7505): a domain of the list that takes no mail is as good as not there.
    let hosts: Vec<Domain> = answer.into_iter().filter_map(|mx| mx.exchange).take(EXCHANGERS).collect();
    if hosts.is_empty() { Err(DnsProblem::NoRecords) } else { Ok(hosts) }
}

async fn best(resolver: &dyn Resolver, hosts: &[Domain]) -> Found {
    let mut found = Found { ipv4: Ok(None), ipv6: Ok(None) };
    for host in hosts {
        found = found.or(addresses(resolver, host).await);
        if found.is_complete() {
            break;
        }
    }
    found
}

async fn addresses(resolver: &dyn Resolver, host: &Domain) -> Found {
    let (ipv4, ipv6) = tokio::join!(resolver.a(host), resolver.aaaa(host));
    let first =
        |answer| existing(answer).map(|addresses| addresses.first().map(|address| (host.clone(), *address)));
    Found { ipv4: first(ipv4), ipv6: first(ipv6) }
}

fn existing<T>(answer: Result<Answer<T>, DnsError>) -> Result<Vec<T>, DnsProblem> {
    match answer {
        Ok(answer) if answer.exists => Ok(answer.records),
        Ok(_) => Err(DnsProblem::NoSuchName),
        Err(DnsError::Timeout { .. }) => Err(DnsProblem::Timeout),
        Err(DnsError::ServerFailure { .. }) => Err(DnsProblem::ServerFailure),
        Err(DnsError::Bogus { .. }) => Err(DnsProblem::Bogus),
    }
}
