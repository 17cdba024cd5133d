//! What nft reads for each order. Pure: nothing but numbers, and networks that have been parsed, get in.

use std::fmt::Write as _;

use ipnet::IpNet;

use super::Order;

/// Elements of a command.
const CHUNK: usize = 500;

/// The table goes, with everything in it. Added first, so that it is no failure when there is none.
pub const REMOVE: &str = "add table inet postamt\ndelete table inet postamt\n";

/// The commands for an order; nft carries all of them out or none.
pub fn of(order: &Order) -> String {
    match order {
        Order::Begin(ports) => begin(ports),
        Order::Own(networks) => {
            let elements: Vec<_> = networks.iter().map(|network| (*network, None)).collect();
            flush("own") + &add("own", &elements)
        }
        Order::Fill(bans) => flush("banned") + &add("banned", bans),
        Order::Add(bans) => add("banned", bans),
    }
}

/// Only what begins a connection is dropped: open sessions are ended by the server, which says so.
fn begin(ports: &[u16]) -> String {
    let ports = ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    format!(
        "{REMOVE}table inet postamt {{
  set own4 {{ type ipv4_addr; flags interval; auto-merge; }}
  set own6 {{ type ipv6_addr; flags interval; auto-merge; }}
  set banned4 {{ type ipv4_addr; flags interval, timeout; }}
  set banned6 {{ type ipv6_addr; flags interval, timeout; }}
  chain input {{
    type filter hook input priority filter - 10; policy accept;
    iifname \"lo\" accept
    tcp dport != {{ {ports} }} accept
    tcp flags & (syn | ack) != syn accept
    ip saddr @own4 accept
    ip6 saddr @own6 accept
    ip saddr @banned4 counter drop
    ip6 saddr @banned6 counter drop
  }}
}}
"
    )
}

fn flush(sets: &str) -> String {
    format!("flush set inet postamt {sets}4\nflush set inet postamt {sets}6\n")
}

fn add(sets: &str, elements: &[(IpNet, Option<u64>)]) -> String {
    let mut script = String::new();
    for (family, is_v4) in [("4", true), ("6", false)] {
        let of_family: Vec<_> =
            elements.iter().filter(|(network, _)| network.addr().is_ipv4() == is_v4).collect();
        for chunk in of_family.chunks(CHUNK) {
            let elements = chunk.iter().map(|(network, seconds)| match seconds {
                Some(seconds) => format!("{network} timeout {seconds}s"),
                None => network.to_string(),
            });
            let elements = elements.collect::<Vec<_>>().join(", ");
            // Writing to a String cannot fail.
            let _ = writeln!(script, "add element inet postamt {sets}{family} {{ {elements} }}");
        }
    }
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bans_are_added_by_family_with_their_times() {
        let bans = [("192.0.2.7/32", Some(900)), ("2001:db8:1::/64", None), ("198.51.100.0/24", Some(60))]
            .map(|(network, seconds)| (network.parse().expect("a network"), seconds));
        assert_eq!(
            of(&Order::Add(bans.to_vec())),
            "add element inet postamt banned4 { 192.0.2.7/32 timeout 900s, 198.51.100.0/24 timeout 60s }\n\
             add element inet postamt banned6 { 2001:db8:1::/64 }\n"
        );
        assert_eq!(
            of(&Order::Fill(Vec::new())),
            "flush set inet postamt banned4\nflush set inet postamt banned6\n"
        );
    }
}
