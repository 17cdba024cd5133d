//! From a host's name to the addresses to try. Answers are cached by the resolver, so this is asked again for each
//! connection.

use std::net::{IpAddr, SocketAddr};

use postamt_mail::address::Domain;
use postamt_mailauth::transport::{self, Dane};
use postamt_net::dns::{Answer, DnsError, DnssecStatus, Resolver};

use crate::flow::{Failure, Fault};
use crate::settings::Outgoing;

/// Addresses tried for one connection.
const ADDRESS_LIMIT: usize = 6;

/// The addresses of a host.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// The families by turns, IPv6 first where it is used; never none.
    pub list: Vec<SocketAddr>,
    /// All of them were validated.
    pub secure: bool,
}

/// What TLSA records say of a host.
#[derive(Debug, Clone)]
pub struct Records {
    /// What they say.
    pub dane: Dane,
    /// Where they stand, if that is not the host's own name: what it is an alias for (RFC 7672 §2.2.3).
    pub base: Option<Domain>,
}

/// The addresses of a host, and what its TLSA records say. They are asked for only where `dane`, and only where they
/// can count (see [`transport::look_up`]).
///
/// # Errors
/// As [`addresses`].
pub async fn with_records(
    resolver: &dyn Resolver,
    host: &Domain,
    outgoing: &Outgoing,
    port: u16,
    dane: bool,
) -> Result<(Vec<SocketAddr>, Records), Failure> {
    let found = addresses(resolver, host, outgoing, port).await?;
    let records = match dane {
        true => transport::look_up(resolver, host, port, found.secure).await,
        false => None,
    };
    let records = match records {
        None => Records { dane: Dane::None, base: None },
        Some(records) => Records {
            dane: transport::dane(records.answer),
            base: Some(records.base).filter(|base| base != host),
        },
    };
    Ok((found.list, records))
}

/// The addresses of a host.
///
/// # Errors
/// [`Failure`] (temporary) when DNS does not answer, and 4.4.4 when the host has no address: an MX without
/// addresses is usually being mended (RFC 5321 §5.1 leaves it to us).
pub async fn addresses(
    resolver: &dyn Resolver,
    host: &Domain,
    outgoing: &Outgoing,
    port: u16,
) -> Result<Addresses, Failure> {
    let v6 = async { if outgoing.ipv6 { Some(resolver.aaaa(host).await) } else { None } };
    let v4 = async { if outgoing.ipv4 { Some(resolver.a(host).await) } else { None } };
    let (v6, v4) = tokio::join!(v6, v4);
    let (mut error, mut secure) = (None, true);
    let mut family = |answer: Option<Result<_, DnsError>>| -> Vec<IpAddr> {
        match answer {
            None => Vec::new(),
            Some(Ok(Answer { records, dnssec, .. })) => {
                secure &= records.is_empty() || dnssec == DnssecStatus::Secure;
                records
            }
            Some(Err(failed)) => {
                error = Some(failed);
                Vec::new()
            }
        }
    };
    let (v6, v4) = (family(v6), family(v4));
    let list = interleave(&v6, &v4, port);
    if list.is_empty() {
        return Err(match error {
            Some(error) => Failure::ours(Fault::Network, (4, 4, 3), error.to_string()),
            None => {
                Failure::ours(Fault::RemoteHost, (4, 4, 4), format!("the mail host {host} has no address"))
            }
        });
    }
    Ok(Addresses { list, secure })
}

fn interleave(first: &[IpAddr], second: &[IpAddr], port: u16) -> Vec<SocketAddr> {
    let longest = first.len().max(second.len());
    (0..longest)
        .flat_map(|place| [first.get(place), second.get(place)])
        .flatten()
        .take(ADDRESS_LIMIT)
        .map(|ip| SocketAddr::new(*ip, port))
        .collect()
}
