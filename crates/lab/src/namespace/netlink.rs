//! The two requests to the kernel that an empty network namespace needs: switch a link on, give it an address
//! (rtnetlink(7)). Written out by hand, since each is a few dozen octets; nothing is parsed but the
//! acknowledgement. All numbers are in the machine's own byte order.

use std::net::{IpAddr, Ipv6Addr, UdpSocket};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};

// Message types and flags of linux/netlink.h and linux/rtnetlink.h.
const NLMSG_ERROR: u16 = 2;
const RTM_NEWLINK: u16 = 16;
const RTM_NEWADDR: u16 = 20;
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

/// The multicast group that hears of IPv6 routes (RTNLGRP_IPV6_ROUTE) as a bit.
const IPV6_ROUTES: u32 = 1 << 10;
/// How long a route may take.
const ROUTE_WAIT: Timespec = Timespec { tv_sec: 2, tv_nsec: 0 };

/// `lo` is the first device of every network namespace.
const LOOPBACK_INDEX: u32 = 1;

/// A socket to the kernel's routing side.
pub(super) struct Netlink {
    socket: OwnedFd,
    sequence: u32,
}

/// Hears of new IPv6 routes: the kernel makes the one to a new address of its own a moment after the address.
pub(super) struct RouteWatch {
    socket: OwnedFd,
}

/// Without a protocol it is NETLINK_ROUTE, whose number is 0.
fn route_socket() -> Result<OwnedFd, Errno> {
    rustix::net::socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)
}

impl RouteWatch {
    pub(super) fn open() -> Result<Self, Errno> {
        let socket = route_socket()?;
        rustix::net::bind(&socket, &SocketAddrNetlink::new(0, IPV6_ROUTES))?;
        Ok(Self { socket })
    }

    /// Waits until an address of ours can be reached. Connecting a UDP socket sends nothing.
    pub(super) fn wait_for(&self, address: IpAddr) -> Result<(), Errno> {
        let mut news = [0; 4096];
        loop {
            let connected =
                UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).and_then(|socket| socket.connect((address, 9)));
            let error = match connected {
                Ok(()) => return Ok(()),
                Err(error) => Errno::from_io_error(&error).unwrap_or(Errno::IO),
            };
            let mut wait = [PollFd::new(&self.socket, PollFlags::IN)];
            if error != Errno::NETUNREACH || poll(&mut wait, Some(&ROUTE_WAIT))? == 0 {
                return Err(error);
            }
            rustix::net::recv(&self.socket, &mut news[..], RecvFlags::empty())?;
        }
    }
}

impl Netlink {
    pub(super) fn open() -> Result<Self, Errno> {
        Ok(Self { socket: route_socket()?, sequence: 0 })
    }

    /// Switches `lo` on, which also gives it 127.0.0.1/8 and ::1, and returns its index.
    pub(super) fn loopback_up(&mut self) -> Result<u32, Errno> {
        // struct ifinfomsg: family, padding, type, index, flags, change mask.
        let mut body = vec![0; 4];
        body.extend_from_slice(&LOOPBACK_INDEX.to_ne_bytes());
        body.extend_from_slice(&IFF_UP.to_ne_bytes());
        body.extend_from_slice(&IFF_UP.to_ne_bytes());
        self.request(RTM_NEWLINK, 0, &body)?;
        Ok(LOOPBACK_INDEX)
    }

    /// Gives a link one address, without a subnet around it.
    pub(super) fn add_address(&mut self, link: u32, address: IpAddr) -> Result<(), Errno> {
        let (family, octets) = match address {
            IpAddr::V4(v4) => (AF_INET, v4.octets().to_vec()),
            IpAddr::V6(v6) => (AF_INET6, v6.octets().to_vec()),
        };
        // struct ifaddrmsg: family, prefix length in bits, flags, scope (0: global), link.
        let prefix = if address.is_ipv4() { 32 } else { 128 };
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

/// A `struct rtattr` and its value. Our values are multiples of four octets, so no padding is needed.
fn attribute(body: &mut Vec<u8>, kind: u16, value: &[u8]) {
    let length = 4 + u16::try_from(value.len()).unwrap_or_default();
    body.extend_from_slice(&length.to_ne_bytes());
    body.extend_from_slice(&kind.to_ne_bytes());
    body.extend_from_slice(value);
}
