//! The addresses of this host's interfaces, and which of them the Internet can reach.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Addresses of all interfaces that are up, each once, IPv4 first.
///
/// # Errors
/// The system does not tell.
pub fn addresses() -> io::Result<Vec<IpAddr>> {
    let mut found: Vec<IpAddr> = nix::ifaddrs::getifaddrs()?
        .filter(|interface| interface.flags.contains(nix::net::if_::InterfaceFlags::IFF_UP))
        .filter_map(|interface| {
            let address = interface.address?;
            let v4 = address.as_sockaddr_in().map(|it| IpAddr::V4(it.ip()));
            v4.or_else(|| address.as_sockaddr_in6().map(|it| IpAddr::V6(it.ip())))
        })
        .collect();
    found.sort();
    found.dedup();
    Ok(found)
}

/// Whether an address can be reached from everywhere, going by its range alone (RFC 6890). Those for documentation
/// count as such: they stand for real ones.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    // RFC 6598 §7: shared by the customers of one provider.
    let shared = address.octets()[0] == 100 && address.octets()[1] & 0xC0 == 64;
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified()
        || address.is_broadcast()
        || address.is_multicast()
        || shared)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    !(address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_unique_local()
        || address.is_unicast_link_local())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_nobody_can_reach_are_known() {
        let public = |text: &str| is_public(text.parse().expect("an address"));
        for text in ["10.1.2.3", "192.168.0.1", "172.31.0.1", "100.64.0.1", "100.127.9.9", "169.254.1.1"] {
            assert!(!public(text), "{text}");
        }
        for text in ["127.0.0.1", "::1", "fe80::1", "fd00::1", "ff02::1", "0.0.0.0", "::ffff:10.0.0.1"] {
            assert!(!public(text), "{text}");
        }
        for text in ["192.0.2.1", "100.128.0.1", "172.32.0.1", "2001:db8::25"] {
            assert!(public(text), "{text}");
        }
    }

    #[test]
    fn this_host_has_an_address_of_its_own() {
        let found = addresses().expect("told");
        assert!(found.iter().any(|address| address.is_loopback()), "{found:?}");
    }
}
