//! The lines between the namespaces: who has which address, and which way packets go.
//!
//! ```text
//! host ───────────── isp1 ───────────── isp2 ───────────── internet
//! 192.0.2.25, .26    203.0.113.1        203.0.113.10       198.51.100.0/24, 192.0.2.53
//! 2001:db8::25, ::26 2001:db8:ff01::1   2001:db8:ff12::2   2001:db8:1::/64, 2001:db8:53::53
//! ```
//!
//! The addresses of the routers are those with which they speak to the host. All are of the ranges for
//! documentation (RFC 5737, RFC 3849). Where the Internet has no host of an address, packets to it vanish.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use rustix::io::Errno;
use tokio::net::TcpSocket;
use tokio::time::timeout;

use super::rules::Hop;
use super::space::Space;
use super::{IspError, Spaces};
use crate::namespace::netlink::{Netlink, Route, RouteWatch};

/// The host's addresses of both families.
pub const HOST: [IpAddr; 2] = [v4([192, 0, 2, 25]), v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x25])];
/// The host's second addresses.
pub const HOST_SECOND: [IpAddr; 2] = [v4([192, 0, 2, 26]), v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x26])];
/// Addresses that nobody has and where nobody speaks SMTP.
pub const CANARY: [IpAddr; 2] = [v4([198, 51, 100, 250]), v6([0x2001, 0xdb8, 1, 0, 0, 0, 0, 0x250])];
/// The DNS server of the Internet.
pub const DNS: [IpAddr; 2] = [v4([192, 0, 2, 53]), v6([0x2001, 0xdb8, 0x53, 0, 0, 0, 0, 0x53])];

/// One of the ISP's routers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Router {
    /// Which one.
    pub hop: Hop,
    /// Its name, forwards and backwards.
    pub name: &'static str,
    /// The addresses with which it speaks to the host.
    pub addresses: [IpAddr; 2],
}

/// Both of them, as the host's packets meet them.
pub const ROUTERS: [Router; 2] = [
    Router {
        hop: Hop::First,
        name: "gw1.anbieter.test",
        addresses: [v4([203, 0, 113, 1]), v6([0x2001, 0xdb8, 0xff01, 0, 0, 0, 0, 1])],
    },
    Router {
        hop: Hop::Second,
        name: "kern2.anbieter.test",
        addresses: [v4([203, 0, 113, 10]), v6([0x2001, 0xdb8, 0xff12, 0, 0, 0, 0, 2])],
    },
];

/// The side of a router that looks to the host.
pub(super) const INNER: &str = "inner";
/// The other side.
const OUTER: &str = "outer";
/// The host's link.
const UPLINK: &str = "uplink";

const FIRST_OUTER: [IpAddr; 2] = [v4([203, 0, 113, 9]), v6([0x2001, 0xdb8, 0xff12, 0, 0, 0, 0, 1])];
const SECOND_OUTER: [IpAddr; 2] = [v4([203, 0, 113, 17]), v6([0x2001, 0xdb8, 0xff23, 0, 0, 0, 0, 2])];
const FAR_END: [IpAddr; 2] = [v4([203, 0, 113, 18]), v6([0x2001, 0xdb8, 0xff23, 0, 0, 0, 0, 3])];

/// Networks, with their bits: everything, the host's, the routers', the line between them, the line outside.
const EVERYTHING: [(IpAddr, u8); 2] = [(v4([0, 0, 0, 0]), 0), (v6([0; 8]), 0)];
const HOST_NETWORK: [(IpAddr, u8); 2] =
    [(v4([192, 0, 2, 0]), 27), (v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0]), 64)];
const ISP_NETWORK: [(IpAddr, u8); 2] =
    [(v4([203, 0, 113, 0]), 27), (v6([0x2001, 0xdb8, 0xff00, 0, 0, 0, 0, 0]), 40)];
const MIDDLE_LINE: [(IpAddr, u8); 2] =
    [(v4([203, 0, 113, 8]), 29), (v6([0x2001, 0xdb8, 0xff12, 0, 0, 0, 0, 0]), 64)];
const OUTER_LINE: [(IpAddr, u8); 2] =
    [(v4([203, 0, 113, 16]), 29), (v6([0x2001, 0xdb8, 0xff23, 0, 0, 0, 0, 0]), 64)];

/// How long one attempt to reach the Internet may take, and how many there are.
const REACH: Duration = Duration::from_millis(100);
const REACH_ATTEMPTS: usize = 100;

/// Settings of the kernel in each namespace: IPv6 addresses count at once, and packets may come from where they
/// come.
const EVERYWHERE: [(&str, &str); 3] = [
    ("/proc/sys/net/ipv6/conf/default/accept_dad", "0"),
    ("/proc/sys/net/ipv6/conf/all/accept_dad", "0"),
    ("/proc/sys/net/ipv4/conf/all/rp_filter", "0"),
];

/// Routers pass on, and are never too busy for an ICMP message.
const IN_ROUTERS: [(&str, &str); 6] = [
    ("/proc/sys/net/ipv4/ip_forward", "1"),
    ("/proc/sys/net/ipv6/conf/all/forwarding", "1"),
    ("/proc/sys/net/ipv4/icmp_ratelimit", "0"),
    ("/proc/sys/net/ipv4/icmp_msgs_per_sec", "100000"),
    ("/proc/sys/net/ipv4/icmp_msgs_burst", "100000"),
    ("/proc/sys/net/ipv6/icmp/ratelimit", "0"),
];

const fn v4(octets: [u8; 4]) -> IpAddr {
    let [a, b, c, d] = octets;
    IpAddr::V4(Ipv4Addr::new(a, b, c, d))
}

const fn v6(parts: [u16; 8]) -> IpAddr {
    let [a, b, c, d, e, f, g, h] = parts;
    IpAddr::V6(Ipv6Addr::new(a, b, c, d, e, f, g, h))
}

/// The host of this number in the Internet's networks, of both families: 198.51.100.N and 2001:db8:1::N, with the
/// number's decimal digits.
pub(super) const fn internet_host(number: u8) -> [IpAddr; 2] {
    let digits = (number as u16 / 100) * 256 + (number as u16 / 10 % 10) * 16 + number as u16 % 10;
    [v4([198, 51, 100, number]), v6([0x2001, 0xdb8, 1, 0, 0, 0, 0, digits])]
}

/// Devices that the kernel may put into every namespace by itself.
const BUILT_IN: [&str; 10] =
    ["lo", "tunl0", "sit0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "ip6tnl0", "ip6gre0"];

/// Refuses a network that somebody else uses.
pub(super) fn only_loopback() -> Result<(), IspError> {
    let failure = |source| IspError::Space { space: "host", source };
    let devices = fs::read_to_string("/proc/thread-self/net/dev").map_err(failure)?;
    let mut links = devices.lines().filter_map(|line| Some(line.split_once(':')?.0.trim()));
    match links.find(|link| !BUILT_IN.contains(link)) {
        Some(link) => Err(IspError::NotAlone { link: link.to_owned() }),
        None => Ok(()),
    }
}

/// Makes all lines, gives all addresses, and waits until packets get from one end to the other and back.
pub(super) async fn wire(spaces: &Spaces, internet_addresses: Vec<IpAddr>) -> Result<(), IspError> {
    for space in spaces.all() {
        let is_router = space.name() == spaces.first.name() || space.name() == spaces.second.name();
        work(space, "kernel settings", move || settle(is_router)).await?;
    }
    pair(&spaces.host, UPLINK, &spaces.first, INNER).await?;
    pair(&spaces.first, OUTER, &spaces.second, INNER).await?;
    pair(&spaces.second, OUTER, &spaces.internet, UPLINK).await?;

    let [first, second] = [ROUTERS[0].addresses, ROUTERS[1].addresses];
    let host = [HOST, HOST_SECOND].concat();
    work(&spaces.host, "addresses", move || give(UPLINK, &host)).await?;
    work(&spaces.first, "addresses", move || give(INNER, &first).and_then(|()| give(OUTER, &FIRST_OUTER)))
        .await?;
    work(&spaces.second, "addresses", move || give(INNER, &second).and_then(|()| give(OUTER, &SECOND_OUTER)))
        .await?;
    work(&spaces.internet, "addresses", move || {
        give(UPLINK, &FAR_END).and_then(|()| give("lo", &internet_addresses))
    })
    .await?;

    work(&spaces.host, "routes", host_routes).await?;
    work(&spaces.first, "routes", move || {
        lay(&HOST_NETWORK, INNER, None, None)?;
        lay(&MIDDLE_LINE, OUTER, None, None)?;
        lay(&EVERYTHING, OUTER, Some(second), None)
    })
    .await?;
    work(&spaces.second, "routes", || {
        lay(&MIDDLE_LINE, INNER, None, None)?;
        lay(&HOST_NETWORK, INNER, Some(FIRST_OUTER), None)?;
        lay(&[HOST_GATEWAY[0], HOST_GATEWAY[1]], INNER, Some(FIRST_OUTER), None)?;
        lay(&OUTER_LINE, OUTER, None, None)?;
        lay(&EVERYTHING, OUTER, Some(FAR_END), None)
    })
    .await?;
    work(&spaces.internet, "routes", || {
        lay(&OUTER_LINE, UPLINK, None, None)?;
        lay(&HOST_NETWORK, UPLINK, Some(SECOND_OUTER), None)?;
        lay(&ISP_NETWORK, UPLINK, Some(SECOND_OUTER), None)
    })
    .await
}

/// The first router alone, as the host sees it.
const HOST_GATEWAY: [(IpAddr, u8); 2] = [(ROUTERS[0].addresses[0], 32), (ROUTERS[0].addresses[1], 128)];

fn host_routes() -> Result<(), Errno> {
    lay(&HOST_GATEWAY, UPLINK, None, None)?;
    lay(&EVERYTHING, UPLINK, Some(ROUTERS[0].addresses), Some(HOST))
}

/// Takes the host's default routes away or gives them back; what is so already stays.
pub(super) fn set_default_routes(wanted: [bool; 2]) -> Result<(), Errno> {
    let mut netlink = Netlink::open()?;
    let link = netlink.link(UPLINK)?;
    for (family, wanted) in wanted.into_iter().enumerate() {
        let (destination, prefix) = EVERYTHING[family];
        let gateway = Some(ROUTERS[0].addresses[family]);
        let route = Route { destination, prefix, gateway, link, source: Some(HOST[family]) };
        let done = if wanted { netlink.add_route(&route) } else { netlink.remove_route(&route) };
        match done {
            Ok(()) | Err(Errno::EXIST | Errno::SRCH) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Takes the host's link away; the line behind it goes with it.
pub(super) fn unplug() -> Result<(), Errno> {
    let mut netlink = Netlink::open()?;
    let link = netlink.link(UPLINK)?;
    netlink.remove_link(link)
}

/// Waits until TCP gets through to the Internet's DNS servers: links need a moment to become ready.
pub(super) async fn reach(space: &Space) -> Result<(), IspError> {
    for address in DNS {
        let address = SocketAddr::new(address, 53);
        let reached = space.run(reached(address)).await?;
        if !reached {
            return Err(IspError::NotReached { address });
        }
    }
    Ok(())
}

async fn reached(address: SocketAddr) -> bool {
    for _ in 0..REACH_ATTEMPTS {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() };
        let Ok(socket) = socket else { return false };
        if timeout(REACH, socket.connect(address)).await.is_ok_and(|connected| connected.is_ok()) {
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}

async fn work(
    space: &Space,
    step: &'static str,
    work: impl FnOnce() -> Result<(), Errno> + Send + 'static,
) -> Result<(), IspError> {
    let failure = |error: Errno| IspError::Wire { space: space.name(), step, source: io::Error::from(error) };
    space.run(async move { work() }).await?.map_err(failure)
}

async fn pair(near: &Space, name: &'static str, far: &Space, far_name: &'static str) -> Result<(), IspError> {
    let failure = |source| IspError::Wire { space: near.name(), step: "link", source };
    let namespace = far.namespace().try_clone_to_owned().map_err(failure)?;
    work(near, "link", move || {
        use rustix::fd::AsFd as _;
        Netlink::open()?.add_pair(name, far_name, namespace.as_fd())
    })
    .await
}

/// Switches `lo` on and sets the kernel's settings; both must come before any other link.
fn settle(is_router: bool) -> Result<(), Errno> {
    Netlink::open()?.loopback_up()?;
    let in_routers = if is_router { &IN_ROUTERS[..] } else { &[] };
    for (setting, value) in EVERYWHERE.iter().chain(in_routers) {
        fs::write(setting, value).map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
    }
    Ok(())
}

/// Switches a link on and gives it addresses, and waits until they are there.
fn give(link: &str, addresses: &[IpAddr]) -> Result<(), Errno> {
    let routes = RouteWatch::open()?;
    let mut netlink = Netlink::open()?;
    let index = netlink.link(link)?;
    netlink.link_up(index)?;
    for address in addresses {
        netlink.add_address(index, *address)?;
    }
    addresses.iter().filter(|address| address.is_ipv6()).try_for_each(|address| routes.wait_for(*address))
}

/// Lays a route per family.
fn lay(
    networks: &[(IpAddr, u8); 2],
    link: &str,
    gateways: Option<[IpAddr; 2]>,
    sources: Option<[IpAddr; 2]>,
) -> Result<(), Errno> {
    let mut netlink = Netlink::open()?;
    let link = netlink.link(link)?;
    for (family, (destination, prefix)) in networks.iter().copied().enumerate() {
        let gateway = gateways.map(|gateways| gateways[family]);
        let source = sources.map(|sources| sources[family]);
        netlink.add_route(&Route { destination, prefix, gateway, link, source })?;
    }
    Ok(())
}
