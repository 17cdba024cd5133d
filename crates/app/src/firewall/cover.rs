//! From the bans to what the sets must hold: networks that do not overlap, since an interval set takes no others. Pure.
//!
//! A ban within a wider one waits behind it and comes back when that ends first. The kernel ends elements by itself, so
//! that a new ban is an addition; everything else fills the sets anew, in one transaction.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use ipnet::IpNet;

use super::Order;

/// How often it looks when nothing rings.
const LOOK: u64 = 60;

/// Networks with the end of their bans.
type Bans = HashMap<IpNet, Option<u64>>;

/// What the sets hold.
#[derive(Debug, Default)]
pub struct Held {
    own: Option<Vec<IpNet>>,
    bans: Option<Bans>,
}

impl Held {
    /// The orders that make it so, and when to look again at the latest.
    pub fn orders(
        &mut self,
        bans: Vec<(IpNet, Option<u64>)>,
        mut own: Vec<IpNet>,
        now: u64,
    ) -> (Vec<Order>, Duration) {
        let mut orders = Vec::new();
        own.sort();
        own.dedup();
        if self.own.as_ref() != Some(&own) {
            orders.push(Order::Own(own.clone()));
        }
        let (wanted, hidden_until) = cover(bans, &own);
        self.own = Some(own);
        if let Some(order) = self.change(&wanted, now) {
            orders.push(order);
        }
        self.bans = Some(wanted);
        let pause = hidden_until.map_or(LOOK, |until| until.saturating_sub(now).clamp(1, LOOK));
        (orders, Duration::from_secs(pause))
    }

    fn change(&mut self, wanted: &Bans, now: u64) -> Option<Order> {
        let seconds = |(network, until): (&IpNet, &Option<u64>)| {
            // An element without time would never end.
            (*network, until.map(|until| until.saturating_sub(now).max(1)))
        };
        let Some(held) = &mut self.bans else {
            return Some(Order::Fill(wanted.iter().map(seconds).collect()));
        };
        held.retain(|_, until| until.is_none_or(|until| now < until));
        if held.iter().any(|(network, until)| wanted.get(network) != Some(until)) {
            return Some(Order::Fill(wanted.iter().map(seconds).collect()));
        }
        let new: Vec<_> =
            wanted.iter().filter(|(network, _)| !held.contains_key(*network)).map(seconds).collect();
        (!new.is_empty()).then_some(Order::Add(new))
    }
}

/// The widest bans, without those that lie in a network of one's own; and when the first one ends that hides another.
fn cover(mut bans: Vec<(IpNet, Option<u64>)>, own: &[IpNet]) -> (Bans, Option<u64>) {
    bans.sort_by_key(|(network, _)| network.prefix_len());
    let (mut wanted, mut hidden_until) = (Bans::new(), None::<u64>);
    let mut lengths = BTreeSet::new();
    for (network, until) in bans {
        if own.iter().any(|own| own.contains(&network)) {
            continue;
        }
        let around = lengths
            .iter()
            .filter_map(|bits| IpNet::new(network.addr(), *bits).ok())
            .find_map(|wider| wanted.get(&wider.trunc()).copied());
        match around {
            Some(end) => hidden_until = [hidden_until, end].into_iter().flatten().min(),
            None => {
                lengths.insert(network.prefix_len());
                wanted.insert(network, until);
            }
        }
    }
    (wanted, hidden_until)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> IpNet {
        text.parse().expect("a network")
    }

    fn bans(list: &[(&str, Option<u64>)]) -> Vec<(IpNet, Option<u64>)> {
        list.iter().map(|(network, until)| (net(network), *until)).collect()
    }

    #[test]
    fn a_new_ban_is_added_and_its_end_is_the_kernels() {
        let mut held = Held::default();
        let own = vec![net("127.0.0.0/8")];
        let (orders, _) = held.orders(Vec::new(), own.clone(), 100);
        assert_eq!(orders, [Order::Own(own.clone()), Order::Fill(Vec::new())]);
        let (orders, _) = held.orders(bans(&[("192.0.2.7/32", Some(1_000))]), own.clone(), 100);
        assert_eq!(orders, [Order::Add(bans(&[("192.0.2.7/32", Some(900))]))]);
        assert_eq!(held.orders(bans(&[("192.0.2.7/32", Some(1_000))]), own.clone(), 200).0, []);
        assert_eq!(held.orders(Vec::new(), own.clone(), 1_000).0, []);
        let (orders, _) = held.orders(bans(&[("192.0.2.7/32", None)]), own.clone(), 1_001);
        assert_eq!(orders, [Order::Add(bans(&[("192.0.2.7/32", None)]))]);
        // Lifted before its time.
        assert_eq!(held.orders(Vec::new(), own, 1_002).0, [Order::Fill(Vec::new())]);
    }

    #[test]
    fn a_wider_ban_takes_the_place_of_the_others_until_it_ends() {
        let mut held = Held::default();
        let host = ("192.0.2.7/32", Some(9_000));
        held.orders(bans(&[host]), Vec::new(), 100);
        let both = bans(&[host, ("192.0.2.0/24", Some(150))]);
        let (orders, pause) = held.orders(both, Vec::new(), 100);
        assert_eq!(orders, [Order::Fill(bans(&[("192.0.2.0/24", Some(50))]))]);
        assert_eq!(pause, Duration::from_secs(50));
        let (orders, _) = held.orders(bans(&[host]), Vec::new(), 150);
        assert_eq!(orders, [Order::Add(bans(&[("192.0.2.7/32", Some(8_850))]))]);
    }

    #[test]
    fn networks_of_ones_own_never_go_in() {
        let mut held = Held::default();
        let own = vec![net("192.0.2.0/25"), net("2001:db8::/32")];
        let list = bans(&[("192.0.2.7/32", None), ("2001:db8:1::/64", None), ("192.0.2.0/24", Some(200))]);
        let (orders, _) = held.orders(list, own.clone(), 100);
        // What is wider than one's own goes in: the chain lets one's own through before.
        assert_eq!(orders, [Order::Own(own), Order::Fill(bans(&[("192.0.2.0/24", Some(100))]))]);
    }
}
