//! Hears when this host's addresses or default routes change (rtnetlink(7)).
//!
//! The kernel tells of every change, also of those that change nothing (each router advertisement renews an address), so
//! its word is only the occasion to look: addresses and default routes are compared with those of before.

use std::io;
use std::net::IpAddr;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::interfaces;

/// RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_IFADDR and RTMGRP_IPV6_ROUTE of linux/rtnetlink.h.
const GROUPS: u32 = 0x10 | 0x40 | 0x100 | 0x400;
/// Changes come in crowds: it is looked when none has come for so long.
const QUIET: Duration = Duration::from_secs(2);

/// A listener, and how the network looked when it last asked.
#[derive(Debug)]
pub struct NetworkWatch {
    socket: AsyncFd<OwnedFd>,
    known: Network,
}

/// What counts: another address, or another way to the Internet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Network {
    addresses: Vec<IpAddr>,
    default_routes: Vec<String>,
}

impl NetworkWatch {
    /// Begins to listen, in the network namespace of this thread.
    ///
    /// # Errors
    /// The system gives no such socket.
    pub async fn open() -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        // Without a protocol it is NETLINK_ROUTE, whose number is 0.
        let socket = rustix::net::socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
        rustix::net::bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
        #[expect(unsafe_code, reason = "unsafe only for types whose descriptor could change or be closed")]
        // SAFETY: an OwnedFd owns its descriptor, gives the same one each time, and keeps it open.
        let socket = unsafe { AsyncFd::register_with_interest(socket, Interest::READABLE) }?;
        Ok(Self { socket, known: look().await })
    }

    /// Waits until an address or a default route is another than before. Nothing is missed when it is given up and
    /// called again.
    ///
    /// # Errors
    /// The socket fails.
    pub async fn changed(&mut self) -> io::Result<()> {
        loop {
            let now = look().await;
            if now != self.known {
                self.known = now;
                return Ok(());
            }
            self.news().await?;
            while let Ok(news) = tokio::time::timeout(QUIET, self.news()).await {
                news?;
            }
        }
    }

    /// Waits for messages and throws them away; those that did not fit (ENOBUFS) are news as well.
    async fn news(&self) -> io::Result<()> {
        let mut message = [0; 8192];
        let mut ready = self.socket.readable().await?;
        loop {
            match rustix::net::recv(self.socket.get_ref(), &mut message[..], RecvFlags::empty()) {
                Ok(_) | Err(rustix::io::Errno::NOBUFS | rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => {
                    ready.clear_ready();
                    return Ok(());
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// The files of the kernel are quick to read, but still no matter for a thread that must not wait.
async fn look() -> Network {
    let look = || Network {
        addresses: interfaces::addresses().unwrap_or_default(),
        default_routes: default_routes(),
    };
    tokio::task::spawn_blocking(look).await.unwrap_or_default()
}

/// Device and gateway of each default route, of both families.
fn default_routes() -> Vec<String> {
    let read =
        |file: &str| std::fs::read_to_string(format!("/proc/thread-self/net/{file}")).unwrap_or_default();
    let mut found = ipv4_defaults(&read("route"));
    found.extend(ipv6_defaults(&read("ipv6_route")));
    found.sort();
    found.dedup();
    found
}

/// `Iface Destination Gateway Flags RefCnt Use Metric Mask …`
fn ipv4_defaults(table: &str) -> Vec<String> {
    let default = |line: &str| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let (device, gateway) = (fields.first()?, fields.get(2)?);
        (*fields.get(1)? == "00000000" && *fields.get(7)? == "00000000")
            .then(|| format!("{device} {gateway}"))
    };
    table.lines().skip(1).filter_map(default).collect()
}

/// `destination length source length gateway metric … device`; `lo` has those that lead nowhere.
fn ipv6_defaults(table: &str) -> Vec<String> {
    let default = |line: &str| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let (gateway, device) = (fields.get(4)?, fields.last()?);
        let leads_out = *fields.get(1)? == "00" && *device != "lo";
        leads_out.then(|| format!("{device} {gateway}"))
    };
    table.lines().filter_map(default).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_routes_are_found_in_the_kernels_tables() {
        let table = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
                     eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n\
                     eth0\t0000A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n";
        assert_eq!(ipv4_defaults(table), ["eth0 0100A8C0"]);
        let zero = "0".repeat(32);
        let table = format!(
            "{zero} 00 {zero} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0\n\
             {zero} 00 {zero} 00 {zero} ffffffff 00000001 00000000 00200200       lo\n\
             fe800000000000000000000000000000 40 {zero} 00 {zero} 00000100 00000001 00000000 00000001     eth0\n"
        );
        assert_eq!(ipv6_defaults(&table), ["eth0 fe800000000000000000000000000001"]);
        assert!(ipv4_defaults("").is_empty() && ipv6_defaults("garbage\n\n").is_empty());
    }
}
