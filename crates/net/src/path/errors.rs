//! A socket's error queue: the ICMP errors that came for its packets, each with its sender.

use std::io::{self, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsFd, AsRawFd};

use nix::cmsg_space;
use nix::errno::Errno;
use nix::libc::{SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_ICMP6, sock_extended_err, sockaddr_in6};
use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg, setsockopt, sockopt};

/// Errors read at one time; a connection attempt has one or two.
const AT_ONCE: usize = 16;

/// An ICMP or ICMPv6 error about one of our packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IcmpError {
    /// Its type, by the family of the target.
    pub icmp_type: u8,
    /// Its code.
    pub code: u8,
    /// Who sent it.
    pub router: Option<IpAddr>,
    /// The sender is this host.
    pub from_this_host: bool,
    /// What the kernel makes of it.
    pub errno: i32,
}

impl IcmpError {
    /// The journey ended because its length was used up (RFC 792, RFC 4443 §3.3): this is how hops are found.
    #[must_use]
    pub const fn is_time_exceeded(&self, ipv4: bool) -> bool {
        self.icmp_type == if ipv4 { 11 } else { 3 } && self.code == 0
    }
}

/// Makes the kernel keep ICMP errors for the socket.
pub(super) fn listen(socket: &impl AsFd, target: SocketAddr) -> io::Result<()> {
    match target {
        SocketAddr::V4(_) => setsockopt(socket, sockopt::Ipv4RecvErr, &true)?,
        SocketAddr::V6(_) => setsockopt(socket, sockopt::Ipv6RecvErr, &true)?,
    }
    Ok(())
}

/// Ends that, and forgets what was kept: on a socket that is handed on, a kept error would look like a fault.
pub(super) fn forget(socket: &impl AsFd, target: SocketAddr) -> io::Result<()> {
    match target {
        SocketAddr::V4(_) => setsockopt(socket, sockopt::Ipv4RecvErr, &false)?,
        SocketAddr::V6(_) => setsockopt(socket, sockopt::Ipv6RecvErr, &false)?,
    }
    Ok(())
}

/// Sets how many hops the socket's packets may go.
pub(super) fn limit_hops(socket: &impl AsFd, target: SocketAddr, hops: u8) -> io::Result<()> {
    match target {
        SocketAddr::V4(_) => setsockopt(socket, sockopt::Ipv4Ttl, &i32::from(hops))?,
        SocketAddr::V6(_) => setsockopt(socket, sockopt::Ipv6Ttl, &i32::from(hops))?,
    }
    Ok(())
}

/// Takes the errors that wait, the oldest first, without waiting.
pub(super) fn take(socket: &impl AsFd, local: Option<IpAddr>) -> Vec<IcmpError> {
    let mut found = Vec::new();
    for _ in 0..AT_ONCE {
        match next(socket) {
            Ok(Some((error, router))) => found.push(IcmpError {
                icmp_type: error.ee_type,
                code: error.ee_code,
                router,
                from_this_host: router.is_some() && router == local,
                errno: i32::try_from(error.ee_errno).unwrap_or_default(),
            }),
            // An entry without an ICMP error, as for a packet that was too large for the link.
            Ok(None) => {}
            Err(_) => break,
        }
    }
    found
}

fn next(socket: &impl AsFd) -> Result<Option<(sock_extended_err, Option<IpAddr>)>, Errno> {
    let mut packet = [0; 64];
    let mut slices = [IoSliceMut::new(&mut packet)];
    let mut control = cmsg_space!(sock_extended_err, sockaddr_in6);
    let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
    let descriptor = socket.as_fd().as_raw_fd();
    let message = recvmsg::<()>(descriptor, &mut slices, Some(&mut control), flags)?;
    for part in message.cmsgs()? {
        let (error, router) = match part {
            ControlMessageOwned::Ipv4RecvErr(error, router) => {
                (error, router.map(|it| IpAddr::V4(Ipv4Addr::from(u32::from_be(it.sin_addr.s_addr)))))
            }
            ControlMessageOwned::Ipv6RecvErr(error, router) => {
                (error, router.map(|it| IpAddr::V6(Ipv6Addr::from(it.sin6_addr.s6_addr))))
            }
            _ => continue,
        };
        if matches!(error.ee_origin, SO_EE_ORIGIN_ICMP | SO_EE_ORIGIN_ICMP6) {
            return Ok(Some((error, router)));
        }
    }
    Ok(None)
}
