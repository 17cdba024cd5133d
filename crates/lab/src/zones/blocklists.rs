//! Zones that are blocklists (RFC 5782): they list their test points and what they are told to, and deny all else.
//!
//! The names are those of real lists, which the real resolver is asked for: in the lab nobody else answers for them.

use std::net::{IpAddr, Ipv4Addr};

use postamt_net::dns::record::reverse_name;

use super::{Record, Zones};

impl Zones {
    /// Makes `zone` a list that answers its test point, the label before the zone, with this code.
    pub fn add_blocklist(&self, zone: &str, test_point: Option<(&str, Ipv4Addr)>) {
        // Without a name of its own the zone would not be ours, and its denials no denials.
        self.add(zone, Record::Text("A blocklist of the lab.".to_owned()));
        if let Some((label, code)) = test_point {
            self.add(&format!("{label}.{zone}"), Record::Address(code.into()));
        }
    }

    /// Puts an address on a list, with the code that says why.
    pub fn enlist(&self, zone: &str, address: IpAddr, code: Ipv4Addr) {
        self.add(&entry(zone, address), Record::Address(code.into()));
    }

    /// Takes it off again.
    pub fn delist(&self, zone: &str, address: IpAddr) {
        self.remove(&entry(zone, address));
    }
}

/// RFC 5782 §2.1 and §2.4: the octets or nibbles in reverse, as in reverse zones.
fn entry(zone: &str, address: IpAddr) -> String {
    let reverse = reverse_name(address);
    let label = reverse.trim_end_matches(".in-addr.arpa").trim_end_matches(".ip6.arpa");
    format!("{label}.{zone}")
}
