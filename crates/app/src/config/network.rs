//! Networks of the configuration: written as CIDR, without bits behind the prefix, and none so wide that strangers must be
//! in it.

use std::net::IpAddr;

use postamt_mta::settings::Network;

use super::section::{FieldReader, Setting};
use super::source::Node;
use super::values::{quoted, text};

impl Setting for Network {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        let network = text(node, field, "config-expected-network", parse_network)?;
        if network.prefix == 0 {
            return field.rule(node, "config-whole-internet");
        }
        if is_too_wide(network) {
            return field.rule(node, "config-wide-network");
        }
        Some(network)
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&format!("{}/{}", self.address, self.prefix)))
    }
}

/// Nobody has so many hosts of his own: half the Internet is not named by two networks either.
fn is_too_wide(network: Network) -> bool {
    match network.address {
        IpAddr::V4(_) => network.prefix < 8,
        // RFC 4193, RFC 4291 §2.5.6: private ones are wide and lead nowhere else.
        IpAddr::V6(address) => {
            network.prefix < 16 && !address.is_unique_local() && !address.is_unicast_link_local()
        }
    }
}

/// An address, or one with a prefix length behind which no bit is set.
fn parse_network(text: &str) -> Option<Network> {
    let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
    let address: IpAddr = address.parse().ok()?;
    let width: u8 = if address.is_ipv4() { 32 } else { 128 };
    let prefix =
        prefix.map_or(Some(width), |prefix| prefix.parse().ok()).filter(|prefix| *prefix <= width)?;
    let bits = match address {
        IpAddr::V4(ip) => u128::from(ip.to_bits()) << 96,
        IpAddr::V6(ip) => ip.to_bits(),
    };
    let host_bits = bits.checked_shl(u32::from(prefix)).unwrap_or(0);
    (host_bits == 0).then_some(Network { address, prefix })
}
