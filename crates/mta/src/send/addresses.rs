//! From a host's name to the addresses to try. Answers are cached by the resolver, so this is asked again for each
//! connection.

use std::net::{IpAddr, SocketAddr};
use std::pin::pin;

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

/// The addresses of a host, and what its TLSA records say, in one go. The records are asked for only where `dane`, and
/// count only where the addresses are secure: name servers of unsigned zones may not even answer such questions (RFC
/// 7672 §2.2.2).
///
/// # Errors
/// As [`addresses`].
pub async fn with_records(
    resolver: &dyn Resolver,
    host: &Domain,
    outgoing: &Outgoing,
    port: u16,
    dane: bool,
) -> Result<(Vec<SocketAddr>, Dane), Failure> {
    if !dane {
        let found = addresses(resolver, host, outgoing, port).await?;
        return Ok((found.list, Dane::None));
    }
    let mut found = pin!(addresses(resolver, host, outgoing, port));
    let mut records = pin!(resolver.tlsa(host, port));
    let (found, early) = tokio::select! {
        found = &mut found => (found?, None),
        records = &mut records => (found.await?, Some(records)),
    };
    if !found.secure {
        return Ok((found.list, Dane::None));
    }
    let answer = match early {
        Some(answer) => answer,
        None => records.await,
    };
    Ok((found.list, transport::dane(answer)))
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
