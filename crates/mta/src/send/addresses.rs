//! From a host's name to the addresses to try. Answers are cached by the resolver, so this is asked again for each
//! connection.

use std::net::{IpAddr, SocketAddr};

use postamt_mail::address::Domain;
use postamt_net::dns::{Answer, DnsError, Resolver};

use crate::flow::{Failure, Fault};
use crate::settings::Outgoing;

/// Addresses tried for one connection.
const ADDRESS_LIMIT: usize = 6;

/// The addresses of a host, the families by turns, IPv6 first where it is used.
///
/// # Errors
/// [`Failure`] (temporary) when DNS does not answer, and 4.4.4 when the host has no address: an MX without
/// addresses is usually being mended (RFC 5321 §5.1 leaves it to us).
pub async fn addresses(
    resolver: &dyn Resolver,
    host: &Domain,
    outgoing: &Outgoing,
    port: u16,
) -> Result<Vec<SocketAddr>, Failure> {
    let v6 = async { if outgoing.ipv6 { Some(resolver.aaaa(host).await) } else { None } };
    let v4 = async { if outgoing.ipv4 { Some(resolver.a(host).await) } else { None } };
    let (v6, v4) = tokio::join!(v6, v4);
    let mut error = None;
    let mut family = |answer: Option<Result<_, DnsError>>| -> Vec<IpAddr> {
        match answer {
            None => Vec::new(),
            Some(Ok(Answer { records, .. })) => records,
            Some(Err(failed)) => {
                error = Some(failed);
                Vec::new()
            }
        }
    };
    let (v6, v4) = (family(v6), family(v4));
    let addresses = interleave(&v6, &v4, port);
    if addresses.is_empty() {
        return Err(match error {
            Some(error) => Failure::ours(Fault::Network, (4, 4, 3), error.to_string()),
            None => {
                Failure::ours(Fault::RemoteHost, (4, 4, 4), format!("the mail host {host} has no address"))
            }
        });
    }
    Ok(addresses)
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
