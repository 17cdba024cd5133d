//! The addresses and networks of this host's interfaces, and which of them the Internet can reach.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use nix::sys::socket::SockaddrStorage;

/// Addresses of all interfaces that are up, each once, IPv4 first.
///
/// # Errors
/// The system does not tell.
pub fn addresses() -> io::Result<Vec<IpAddr>> {
    let mut found: Vec<IpAddr> = nix::ifaddrs::getifaddrs()?
        .filter(|interface| interface.flags.contains(nix::net::if_::InterfaceFlags::IFF_UP))
        .filter_map(|interface| ip(&interface.address?))
        .collect();
    found.sort();
    found.dedup();
    Ok(found)
}

/// A network that an interface lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    mask: IpAddr,
}

impl Network {
    /// That of an address and a mask of its family.
    #[must_use]
    pub const fn new(address: IpAddr, mask: IpAddr) -> Self {
        Self { address, mask }
    }

    /// Whether an address lies in it.
    #[must_use]
    pub const fn contains(&self, address: IpAddr) -> bool {
        match (self.address, self.mask, address) {
            (IpAddr::V4(own), IpAddr::V4(mask), IpAddr::V4(other)) => {
                (own.to_bits() ^ other.to_bits()) & mask.to_bits() == 0
            }
            (IpAddr::V6(own), IpAddr::V6(mask), IpAddr::V6(other)) => {
                (own.to_bits() ^ other.to_bits()) & mask.to_bits() == 0
            }
            _ => false,
        }
    }
}

/// Networks of all interfaces that are up, but for those of loopback.
///
/// # Errors
/// The system does not tell.
pub fn networks() -> io::Result<Vec<Network>> {
    let found = nix::ifaddrs::getifaddrs()?
        .filter(|interface| interface.flags.contains(nix::net::if_::InterfaceFlags::IFF_UP))
        .filter_map(|interface| Some(Network::new(ip(&interface.address?)?, ip(&interface.netmask?)?)));
    Ok(found.filter(|network| !network.address.is_loopback()).collect())
}

fn ip(address: &SockaddrStorage) -> Option<IpAddr> {
    let v4 = address.as_sockaddr_in().map(|it| IpAddr::V4(it.ip()));
    v4.or_else(|| address.as_sockaddr_in6().map(|it| IpAddr::V6(it.ip())))
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
    fn a_network_has_the_addresses_that_its_mask_leaves_open() {
        let network = |address: &str, mask: &str| {
            Network::new(address.parse().expect("an address"), mask.parse().expect("a mask"))
        };
        let (v4, v6) = (network("192.0.2.25", "255.255.255.240"), network("2001:db8::25", "ffff:ffff::"));
        for (network, address, expected) in [
            (v4, "192.0.2.25", true),
            (v4, "192.0.2.31", true),
            (v4, "192.0.2.32", false),
            (v4, "2001:db8::25", false),
            (v6, "2001:db8:1::1", true),
            (v6, "2001:db9::25", false),
            (v6, "192.0.2.25", false),
            (network("192.0.2.25", "255.255.255.255"), "192.0.2.24", false),
        ] {
            let address = address.parse().expect("an address");
            assert_eq!(network.contains(address), expected, "{network:?} {address}");
        }
        for network in networks().expect("told") {
            assert!(network.contains(network.address) && !network.address.is_loopback(), "{network:?}");
        }
    }

    #[test]
    fn this_host_has_an_address_of_its_own() {
        let found = addresses().expect("told");
        assert!(found.iter().any(|address| address.is_loopback()), "{found:?}");
    }
}
