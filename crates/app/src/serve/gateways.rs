//! Gateways within networks that may relay without a login. A router that forwards a port under its own address, or the
//! bridge of a container, makes strangers look like that gateway, and so like users.
//!
//! Only the default gateways are looked at, as the kernel tells them under /proc/net; what cannot be read warns of nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use postamt_mta::settings::Network;

use crate::config::Config;
use crate::terminal::Terminal;

/// Warns of each default gateway that lies in a relay network.
pub fn warn(config: &Config, terminal: Terminal) {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let gateways = [ipv4(&read("/proc/net/route")), ipv6(&read("/proc/net/ipv6_route"))].concat();
    let networks = config.listeners.iter().flat_map(|listener| &listener.relay_networks);
    for (network, gateway) in within(networks, &gateways) {
        let network = format!("{}/{}", network.address, network.prefix);
        let values = [("network", network.into()), ("gateway", gateway.to_string().into())];
        terminal.note("serve-relay-gateway", &values);
    }
}

/// Each network once with each gateway, however many listeners name it.
fn within<'a>(networks: impl Iterator<Item = &'a Network>, gateways: &[IpAddr]) -> Vec<(Network, IpAddr)> {
    let mut found = Vec::new();
    for network in networks {
        for gateway in gateways.iter().filter(|gateway| network.contains(**gateway)) {
            if !found.contains(&(*network, *gateway)) {
                found.push((*network, *gateway));
            }
        }
    }
    found
}

/// `Iface Destination Gateway Flags … Mask`, in hexadecimal digits of the machine's own order.
fn ipv4(table: &str) -> Vec<IpAddr> {
    let gateway = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let number = |place: usize| u32::from_str_radix(fields.get(place)?, 16).ok();
        let is_default = number(1)? == 0 && number(7)? == 0;
        let address = Ipv4Addr::from(number(2)?.to_ne_bytes());
        (is_default && !address.is_unspecified()).then_some(address.into())
    };
    table.lines().skip(1).filter_map(gateway).collect()
}

/// `destination prefix source prefix next-hop …`, in hexadecimal digits of the network's order.
fn ipv6(table: &str) -> Vec<IpAddr> {
    let gateway = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let number = |place: usize| u128::from_str_radix(fields.get(place)?, 16).ok();
        let is_default = number(0)? == 0 && number(1)? == 0;
        let address = Ipv6Addr::from(number(4)?);
        (is_default && !address.is_unspecified()).then_some(address.into())
    };
    table.lines().filter_map(gateway).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn default_gateways_are_read_and_found_in_networks() {
        let routes = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
                      eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n\
                      eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n\
                      tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n";
        let bridge: IpAddr = "172.17.0.1".parse().expect("an address");
        assert_eq!(ipv4(routes), [bridge]);
        let routes = "00000000000000000000000000000000 00 00000000000000000000000000000000 00 \
                      fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth0\n\
                      20010db8000000000000000000000000 20 00000000000000000000000000000000 00 \
                      00000000000000000000000000000000 00000400 00000001 00000000 00000001 eth0\n";
        let router: IpAddr = "fe80::1".parse().expect("an address");
        assert_eq!(ipv6(routes), [router]);
        assert!(ipv4("").is_empty() && ipv6("rubbish\n\n").is_empty());

        let network = |text: &str, prefix| Network { address: text.parse().expect("an address"), prefix };
        let wide = network("172.16.0.0", 12);
        let networks = [wide, wide, network("192.0.2.0", 24), network("fe80::", 10)];
        let found = within(networks.iter(), &[bridge, router]);
        assert_eq!(found, [(wide, bridge), (network("fe80::", 10), router)]);
    }
}
