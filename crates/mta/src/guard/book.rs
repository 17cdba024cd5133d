//! The bans of now: whom they concern, how long the next one is, and when a whole network is banned. Pure.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::IpAddr;

use ipnet::IpNet;
use postamt_store::bans::{Ban, BanReason};

/// The first ban of a network lasts so many seconds; each further one four times as long as the one before …
const FIRST: u64 = 15 * 60;
/// … up to this.
const LONGEST: u64 = 7 * 86_400;
/// A ban that is over for so many seconds does not count any more.
pub const MEMORY: u64 = 30 * 86_400;
/// Bans at a time; beyond that, those that end first and are not the operator's make room.
const BANS: usize = 50_000;
/// Hosts of a network that are banned at the same time before all of it is.
const NEIGHBOURS: usize = 4;

/// The host that a peer is: an IPv4 address, or the IPv6 network of 64 bits in which it has as many as it likes.
#[must_use]
pub fn host_of(peer: IpAddr) -> IpNet {
    network_of(peer, 32, 64)
}

/// The network around a host: IPv4 /24, IPv6 /48.
#[must_use]
pub fn around(peer: IpAddr) -> IpNet {
    network_of(peer, 24, 48)
}

fn network_of(peer: IpAddr, v4: u8, v6: u8) -> IpNet {
    let peer = peer.to_canonical();
    let bits = if peer.is_ipv4() { v4 } else { v6 };
    IpNet::new_assert(peer, bits).trunc()
}

/// The bans, by network.
#[derive(Debug, Default)]
pub struct Book {
    bans: HashMap<IpNet, Ban>,
    /// Hosts that are banned for their own offences, by the network around them.
    hosts: HashMap<IpNet, HashSet<IpNet>>,
    /// Prefix lengths that occur.
    lengths: BTreeSet<u8>,
    /// Those at which somebody has knocked of late.
    knocked: HashSet<IpNet>,
}

impl Book {
    /// Takes a ban as it is.
    pub fn insert(&mut self, ban: Ban) {
        if self.bans.len() >= BANS && !self.bans.contains_key(&ban.network) {
            self.make_room();
        }
        self.lengths.insert(ban.network.prefix_len());
        if matches!(ban.reason, BanReason::Offences { .. }) {
            self.hosts.entry(around(ban.network.addr())).or_default().insert(ban.network);
        }
        self.bans.insert(ban.network, ban);
    }

    /// Takes out those that are meant.
    pub fn take_out(&mut self, is_meant: impl Fn(&Ban) -> bool) -> Vec<Ban> {
        let taken: Vec<_> = self.bans.extract_if(|_, ban| is_meant(ban)).map(|(_, ban)| ban).collect();
        for ban in &taken {
            let network = around(ban.network.addr());
            if let Some(hosts) = self.hosts.get_mut(&network) {
                hosts.remove(&ban.network);
                if hosts.is_empty() {
                    self.hosts.remove(&network);
                }
            }
        }
        self.lengths = self.bans.keys().map(IpNet::prefix_len).collect();
        taken
    }

    /// Forgets the tenth that ends or ended first.
    fn make_room(&mut self) {
        let mut ends: Vec<u64> = self
            .bans
            .values()
            .filter(|ban| !matches!(ban.reason, BanReason::Operator { .. }))
            .filter_map(|ban| ban.until)
            .collect();
        if ends.is_empty() {
            return;
        }
        let tenth = ends.len() / 10;
        let (_, last, _) = ends.select_nth_unstable(tenth);
        let last = *last;
        self.take_out(|ban| {
            !matches!(ban.reason, BanReason::Operator { .. }) && ban.until.is_some_and(|until| until <= last)
        });
    }

    /// The ban in force that concerns a peer; of several the widest.
    #[must_use]
    pub fn of(&self, peer: IpAddr, now: u64) -> Option<&Ban> {
        let peer = peer.to_canonical();
        self.lengths
            .iter()
            .filter_map(|bits| IpNet::new(peer, *bits).ok())
            .filter_map(|network| self.bans.get(&network.trunc()))
            .find(|ban| ban.holds(now))
    }

    /// Counts a peer that came again at the ban in force that concerns it; false when there is none.
    pub fn knocks(&mut self, peer: IpAddr, now: u64) -> bool {
        let Some(network) = self.of(peer, now).map(|ban| ban.network) else { return false };
        if let Some(ban) = self.bans.get_mut(&network) {
            ban.knocks = ban.knocks.saturating_add(1);
            ban.last_knock = Some(now);
        }
        self.knocked.insert(network);
        true
    }

    /// The bans at which somebody has knocked since the last call.
    pub fn take_knocked(&mut self) -> Vec<Ban> {
        std::mem::take(&mut self.knocked)
            .iter()
            .filter_map(|network| self.bans.get(network).cloned())
            .collect()
    }

    /// All that are in force or remembered, the youngest first.
    #[must_use]
    pub fn all(&self) -> Vec<Ban> {
        let mut bans: Vec<_> = self.bans.values().cloned().collect();
        bans.sort_by_key(|ban| (std::cmp::Reverse(ban.since), ban.network));
        bans
    }

    /// Networks that are kept out now, and until when.
    #[must_use]
    pub fn in_force(&self, now: u64) -> Vec<(IpNet, Option<u64>)> {
        self.bans.values().filter(|ban| ban.holds(now)).map(|ban| (ban.network, ban.until)).collect()
    }

    /// Bans a network, for longer than the last time.
    pub fn ban(&mut self, network: IpNet, reason: BanReason, now: u64) -> Ban {
        let before = self
            .bans
            .get(&network)
            .filter(|ban| ban.until.is_none_or(|until| now < until.saturating_add(MEMORY)));
        let times = before.map_or(0, |ban| ban.times).saturating_add(1);
        let length =
            4_u64.checked_pow(times - 1).map_or(LONGEST, |factor| FIRST.saturating_mul(factor).min(LONGEST));
        let ban = Ban::new(network, now, Some(now + length), reason, times);
        self.insert(ban.clone());
        ban
    }

    /// The hosts banned for their own offences around this one, when they are enough to ban the network around them.
    #[must_use]
    pub fn bad_neighbours(&self, host: &IpNet, now: u64) -> Option<(IpNet, Vec<IpNet>)> {
        let network = around(host.addr());
        let is_bad = |host: &&IpNet| self.bans.get(*host).is_some_and(|ban| ban.holds(now));
        let mut hosts: Vec<_> = self.hosts.get(&network)?.iter().filter(is_bad).copied().collect();
        hosts.sort();
        (hosts.len() >= NEIGHBOURS).then_some((network, hosts))
    }

    /// Forgets bans that have been over for so long that they do not count any more.
    pub fn forget_old(&mut self, now: u64) {
        self.take_out(|ban| ban.until.is_some_and(|until| now >= until.saturating_add(MEMORY)));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn offences() -> BanReason {
        BanReason::Offences { counts: BTreeMap::new(), names: 0 }
    }

    #[test]
    fn a_host_is_an_address_or_a_network_of_64_bits() {
        for (peer, host, network) in [
            ("192.0.2.7", "192.0.2.7/32", "192.0.2.0/24"),
            ("::ffff:192.0.2.7", "192.0.2.7/32", "192.0.2.0/24"),
            ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ] {
            assert_eq!(host_of(ip(peer)).to_string(), host);
            assert_eq!(around(ip(peer)).to_string(), network);
        }
    }

    #[test]
    fn each_ban_is_longer_until_the_last_one_is_forgotten() {
        let mut book = Book::default();
        let host = host_of(ip("192.0.2.7"));
        let mut now = 1_000;
        let mut lengths = Vec::new();
        for _ in 0..7 {
            let ban = book.ban(host, offences(), now);
            let until = ban.until.expect("it ends");
            lengths.push(until - now);
            assert_eq!(book.of(ip("192.0.2.7"), until - 1), Some(&ban));
            assert_eq!(book.of(ip("192.0.2.7"), until), None);
            now = until;
        }
        assert_eq!(lengths, [900, 3_600, 14_400, 57_600, 230_400, 604_800, 604_800]);
        assert_eq!(book.ban(host, offences(), now + MEMORY).times, 1);
    }

    #[test]
    fn a_wider_ban_counts_too_and_others_do_not() {
        let mut book = Book::default();
        let asked = BanReason::Operator { note: String::new() };
        let network: IpNet = "198.51.0.0/16".parse().expect("a network");
        book.insert(Ban::new(network, 1, None, asked, 1));
        book.ban(host_of(ip("2001:db8::1")), offences(), 1);
        for (peer, is_banned) in [
            ("198.51.100.1", true),
            ("::ffff:198.51.100.1", true),
            ("198.52.0.1", false),
            ("2001:db8::ffff", true),
            ("2001:db8:0:1::1", false),
        ] {
            assert_eq!(book.of(ip(peer), 2).is_some(), is_banned, "{peer}");
        }
        assert_eq!(book.take_out(|ban| ban.network == network).len(), 1);
        assert_eq!(book.of(ip("198.51.100.1"), 2), None);
    }

    #[test]
    fn who_comes_again_is_counted_at_the_ban_that_keeps_it_out() {
        let mut book = Book::default();
        let ban = book.ban(host_of(ip("192.0.2.7")), offences(), 100);
        assert!(!book.knocks(ip("192.0.2.8"), 101));
        assert!(book.knocks(ip("192.0.2.7"), 101) && book.knocks(ip("192.0.2.7"), 107));
        let [knocked] = &book.take_knocked()[..] else { panic!("{book:?}") };
        assert_eq!((knocked.knocks, knocked.last_knock), (2, Some(107)));
        assert_eq!(book.take_knocked(), []);
        let until = ban.until.expect("it ends");
        assert!(!book.knocks(ip("192.0.2.7"), until));
        assert_eq!(book.ban(ban.network, offences(), until).knocks, 0, "a new ban counts anew");
    }

    #[test]
    fn four_bad_hosts_spoil_their_network() {
        let mut book = Book::default();
        let mut last = None;
        for host in ["192.0.2.1", "192.0.3.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"] {
            let host = host_of(ip(host));
            book.ban(host, offences(), 10);
            last = book.bad_neighbours(&host, 10);
        }
        let (network, hosts) = last.expect("enough");
        assert_eq!(network.to_string(), "192.0.2.0/24");
        assert_eq!(hosts.len(), 4);
        assert_eq!(book.bad_neighbours(&network, 10 + FIRST), None);
    }

    #[test]
    fn what_does_not_count_any_more_is_forgotten() {
        let mut book = Book::default();
        book.ban(host_of(ip("192.0.2.1")), offences(), 0);
        book.forget_old(FIRST + MEMORY - 1);
        assert_eq!(book.all().len(), 1);
        book.forget_old(FIRST + MEMORY);
        assert_eq!(book.all(), []);
    }

    #[test]
    fn bans_without_number_make_room_and_the_operators_stay() {
        let mut book = Book::default();
        let asked = BanReason::Operator { note: String::new() };
        let network = "203.0.113.0/24".parse().expect("a network");
        book.insert(Ban::new(network, 0, Some(1), asked, 1));
        for host in 0..u32::try_from(BANS).expect("small") + 10 {
            book.ban(host_of(IpAddr::V4((0x0a00_0000 + host).into())), offences(), 10 + u64::from(host));
        }
        assert!(book.all().len() <= BANS);
        assert!(book.of(ip("203.0.113.1"), 0).is_some());
        assert!(book.of(ip("10.0.195.80"), 50_010).is_some(), "the youngest are there");
    }
}
