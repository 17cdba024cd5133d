//! The few requests to the kernel that networks of our own need: switch a link on, give it an address, make a
//! pair of links between two namespaces, set a route (rtnetlink(7)). Written out by hand, since each is a few
//! dozen octets; nothing is parsed but the acknowledgement. All numbers are in the machine's own byte order.
//! A socket speaks for the namespace of the thread that opened it.

use std::net::{IpAddr, Ipv6Addr, UdpSocket};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsRawFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};

// Message types and flags of linux/netlink.h and linux/rtnetlink.h.
const NLMSG_ERROR: u16 = 2;
const RTM_NEWLINK: u16 = 16;
const RTM_DELLINK: u16 = 17;
const RTM_NEWADDR: u16 = 20;
const RTM_NEWROUTE: u16 = 24;
const RTM_DELROUTE: u16 = 25;
const NLM_F_REQUEST: u16 = 0x001;
const NLM_F_ACK: u16 = 0x004;
const NLM_F_EXCL: u16 = 0x200;
const NLM_F_CREATE: u16 = 0x400;
const HEADER_LENGTH: usize = 16;

// linux/if.h, linux/if_addr.h.
const IFF_UP: u32 = 1;
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const IFA_FLAGS: u16 = 8;
/// No duplicate address detection: the address is there at once.
const IFA_F_NODAD: u32 = 0x02;
/// No route to the address as if it were a subnet's: until the local one is made, packets would go there and get
/// lost, and connections that began in that moment would fail a second later.
const IFA_F_NOPREFIXROUTE: u32 = 0x200;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;
// linux/if_link.h and linux/veth.h.
const IFLA_IFNAME: u16 = 3;
const IFLA_LINKINFO: u16 = 18;
const IFLA_NET_NS_FD: u16 = 28;
const IFLA_INFO_KIND: u16 = 1;
const IFLA_INFO_DATA: u16 = 2;
const VETH_INFO_PEER: u16 = 1;
// linux/rtnetlink.h: attributes and fields of a route.
const RTA_DST: u16 = 1;
const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;
const RTA_PREFSRC: u16 = 7;
const RT_TABLE_MAIN: u8 = 254;
const RTPROT_STATIC: u8 = 4;
const RT_SCOPE_UNIVERSE: u8 = 0;
const RT_SCOPE_LINK: u8 = 253;
const RTN_UNICAST: u8 = 1;

/// The multicast group that hears of IPv6 routes (RTNLGRP_IPV6_ROUTE) as a bit.
const IPV6_ROUTES: u32 = 1 << 10;
/// The kernel tells of a route a moment before look-ups find it: who looks between the two hears nothing more, and so
/// looks again after this.
const LOOK_AGAIN: Timespec = Timespec { tv_sec: 0, tv_nsec: 10_000_000 };
/// Looks without any news after which there is no route: half a minute, since it is made by a task of the kernel that
/// needs the lock of all network devices, which the end of other namespaces holds for seconds.
const LOOKS: u32 = 3_000;

/// `lo` is the first device of every network namespace.
const LOOPBACK_INDEX: u32 = 1;

/// A socket to the kernel's routing side.
pub(crate) struct Netlink {
    socket: OwnedFd,
    sequence: u32,
}

/// Hears of new IPv6 routes: the kernel makes the one to a new address of its own a moment after the address.
pub(crate) struct RouteWatch {
    socket: OwnedFd,
}

/// Without a protocol it is NETLINK_ROUTE, whose number is 0.
fn route_socket() -> Result<OwnedFd, Errno> {
    rustix::net::socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)
}

impl RouteWatch {
    pub(crate) fn open() -> Result<Self, Errno> {
        let socket = route_socket()?;
        rustix::net::bind(&socket, &SocketAddrNetlink::new(0, IPV6_ROUTES))?;
        Ok(Self { socket })
    }

    /// Waits until an address of ours can be reached. Connecting a UDP socket sends nothing.
    pub(crate) fn wait_for(&self, address: IpAddr) -> Result<(), Errno> {
        let mut news = [0; 4096];
        let mut in_vain = 0;
        loop {
            let connected =
                UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).and_then(|socket| socket.connect((address, 9)));
            let error = match connected {
                Ok(()) => return Ok(()),
                Err(error) => Errno::from_io_error(&error).unwrap_or(Errno::IO),
            };
            let mut wait = [PollFd::new(&self.socket, PollFlags::IN)];
            if error != Errno::NETUNREACH || in_vain == LOOKS {
                return Err(error);
            }
            if poll(&mut wait, Some(&LOOK_AGAIN))? == 0 {
                in_vain += 1;
            } else {
                rustix::net::recv(&self.socket, &mut news[..], RecvFlags::empty())?;
            }
        }
    }
}

impl Netlink {
    pub(crate) fn open() -> Result<Self, Errno> {
        Ok(Self { socket: route_socket()?, sequence: 0 })
    }

    /// Switches `lo` on, which also gives it 127.0.0.1/8 and ::1, and returns its index.
    pub(crate) fn loopback_up(&mut self) -> Result<u32, Errno> {
        self.link_up(LOOPBACK_INDEX)?;
        Ok(LOOPBACK_INDEX)
    }

    /// Switches a link on.
    pub(crate) fn link_up(&mut self, link: u32) -> Result<(), Errno> {
        self.request(RTM_NEWLINK, 0, &link_header(link, IFF_UP))
    }

    /// Takes a link away, and the other end of its pair.
    pub(crate) fn remove_link(&mut self, link: u32) -> Result<(), Errno> {
        self.request(RTM_DELLINK, 0, &link_header(link, 0))
    }

    /// Makes a pair of links: one here, the other in `peer_namespace`.
    pub(crate) fn add_pair(
        &mut self,
        name: &str,
        peer_name: &str,
        peer_namespace: BorrowedFd<'_>,
    ) -> Result<(), Errno> {
        let mut peer = link_header(0, 0);
        attribute(&mut peer, IFLA_IFNAME, &text(peer_name));
        attribute(&mut peer, IFLA_NET_NS_FD, &peer_namespace.as_raw_fd().to_ne_bytes());
        let mut data = Vec::new();
        attribute(&mut data, VETH_INFO_PEER, &peer);
        let mut information = Vec::new();
        attribute(&mut information, IFLA_INFO_KIND, &text("veth"));
        attribute(&mut information, IFLA_INFO_DATA, &data);
        let mut body = link_header(0, 0);
        attribute(&mut body, IFLA_IFNAME, &text(name));
        attribute(&mut body, IFLA_LINKINFO, &information);
        self.request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &body)
    }

    /// The index of a link of this namespace.
    pub(crate) fn link(&self, name: &str) -> Result<u32, Errno> {
        rustix::net::netdevice::name_to_index(&self.socket, name)
    }

    /// Sets a route.
    pub(crate) fn add_route(&mut self, route: &Route) -> Result<(), Errno> {
        self.request(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &route.body())
    }

    /// Takes a route away.
    pub(crate) fn remove_route(&mut self, route: &Route) -> Result<(), Errno> {
        self.request(RTM_DELROUTE, 0, &route.body())
    }

    /// Gives a link one address, without a subnet around it.
    pub(crate) fn add_address(&mut self, link: u32, address: IpAddr) -> Result<(), Errno> {
        let (family, prefix) = if address.is_ipv4() { (AF_INET, 32) } else { (AF_INET6, 128) };
        let octets = octets(address);
        // struct ifaddrmsg: family, prefix length in bits, flags, scope (0: global), link.
        let mut body = vec![family, prefix, 0, 0];
        body.extend_from_slice(&link.to_ne_bytes());
        attribute(&mut body, IFA_LOCAL, &octets);
        attribute(&mut body, IFA_ADDRESS, &octets);
        if address.is_ipv6() {
            attribute(&mut body, IFA_FLAGS, &(IFA_F_NODAD | IFA_F_NOPREFIXROUTE).to_ne_bytes());
        }
        self.request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &body)
    }

    /// Sends one request and waits for its acknowledgement.
    fn request(&mut self, message_type: u16, flags: u16, body: &[u8]) -> Result<(), Errno> {
        self.sequence += 1;
        let length = u32::try_from(HEADER_LENGTH + body.len()).map_err(|_| Errno::MSGSIZE)?;
        let mut message = Vec::with_capacity(HEADER_LENGTH + body.len());
        message.extend_from_slice(&length.to_ne_bytes());
        message.extend_from_slice(&message_type.to_ne_bytes());
        message.extend_from_slice(&(NLM_F_REQUEST | NLM_F_ACK | flags).to_ne_bytes());
        message.extend_from_slice(&self.sequence.to_ne_bytes());
        message.extend_from_slice(&0_u32.to_ne_bytes());
        message.extend_from_slice(body);
        let kernel = SocketAddrNetlink::new(0, 0);
        rustix::net::sendto(&self.socket, &message, SendFlags::empty(), &kernel)?;

        let mut answer = [0; 1024];
        let (length, _) = rustix::net::recv(&self.socket, &mut answer[..], RecvFlags::empty())?;
        acknowledgement(&answer[..length], self.sequence)
    }
}

/// Reads an `NLMSG_ERROR`: error 0 is "done", everything else is a negative errno.
fn acknowledgement(answer: &[u8], sequence: u32) -> Result<(), Errno> {
    let word = |at: usize| -> Option<[u8; 4]> { answer.get(at..at + 4)?.try_into().ok() };
    let message_type = answer.get(4..6).and_then(|t| t.try_into().ok()).map(u16::from_ne_bytes);
    let answered = word(8).map(u32::from_ne_bytes);
    if message_type != Some(NLMSG_ERROR) || answered != Some(sequence) {
        return Err(Errno::PROTO);
    }
    match word(HEADER_LENGTH).map(i32::from_ne_bytes) {
        Some(0) => Ok(()),
        Some(error) => Err(Errno::from_raw_os_error(-error)),
        None => Err(Errno::PROTO),
    }
}

/// Where packets for a network go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Route {
    /// The network.
    pub(crate) destination: IpAddr,
    /// How many bits of it count; 0 is everything.
    pub(crate) prefix: u8,
    /// Who takes them on; `None` where they are at the other end of the link.
    pub(crate) gateway: Option<IpAddr>,
    /// Through which link.
    pub(crate) link: u32,
    /// The address that speaks, where the speaker chose none.
    pub(crate) source: Option<IpAddr>,
}

impl Route {
    /// `struct rtmsg` and its attributes.
    fn body(&self) -> Vec<u8> {
        let family = if self.destination.is_ipv4() { AF_INET } else { AF_INET6 };
        // IPv4 takes a gateway only where a route of a nearer scope leads to it.
        let scope =
            if self.gateway.is_none() && family == AF_INET { RT_SCOPE_LINK } else { RT_SCOPE_UNIVERSE };
        // Family, bits of destination and source, service, table, protocol, scope, type, flags.
        let mut body = vec![family, self.prefix, 0, 0, RT_TABLE_MAIN, RTPROT_STATIC, scope, RTN_UNICAST];
        body.extend_from_slice(&0_u32.to_ne_bytes());
        if self.prefix > 0 {
            attribute(&mut body, RTA_DST, &octets(self.destination));
        }
        if let Some(gateway) = self.gateway {
            attribute(&mut body, RTA_GATEWAY, &octets(gateway));
        }
        if let Some(source) = self.source {
            attribute(&mut body, RTA_PREFSRC, &octets(source));
        }
        attribute(&mut body, RTA_OIF, &self.link.to_ne_bytes());
        body
    }
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    }
}

/// `struct ifinfomsg`: family, padding, type, index, flags, change mask.
fn link_header(link: u32, flags: u32) -> Vec<u8> {
    let mut body = vec![0; 4];
    body.extend_from_slice(&link.to_ne_bytes());
    body.extend_from_slice(&flags.to_ne_bytes());
    body.extend_from_slice(&flags.to_ne_bytes());
    body
}

/// A text as the kernel's attributes hold it: with a NUL.
fn text(words: &str) -> Vec<u8> {
    [words.as_bytes(), &[0]].concat()
}

/// A `struct rtattr` and its value, padded to four octets.
fn attribute(body: &mut Vec<u8>, kind: u16, value: &[u8]) {
    let length = 4 + u16::try_from(value.len()).unwrap_or_default();
    body.extend_from_slice(&length.to_ne_bytes());
    body.extend_from_slice(&kind.to_ne_bytes());
    body.extend_from_slice(value);
    body.resize(body.len().next_multiple_of(4), 0);
}
