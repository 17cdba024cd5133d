//! Where a world lives: which address and port belongs to whom.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use super::{RESIDENTS, Resident, SIXTH, WorldError};
use crate::zones::DnsServerError;

/// Host number of the DNS server in its network.
const DNS: u8 = 53;
/// Host number of the rehearsed server.
const SENDER: u8 = 25;

/// In the namespace, the sender and DNS live in TEST-NET-1 and the receivers in TEST-NET-2 (RFC 5737).
const NEAR: [u8; 3] = [192, 0, 2];
const FAR: [u8; 3] = [198, 51, 100];
/// The sender's second address, and the only one of [`SIXTH`] (RFC 3849).
const SENDER_V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x25));
const SIXTH_V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 0x20));

/// The two places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The network namespace, with real ports.
    Namespace,
    /// The Internet of [`crate::isp::Isp`]: as the namespace, but the rehearsed server is elsewhere, behind its ISP.
    Internet,
    /// A random network in 127.0.0.0/8, with free ports; the receivers share one port.
    Loopback,
}

/// The addresses that [`crate::namespace::enter`] must be given.
#[must_use]
pub fn namespace_addresses() -> Vec<IpAddr> {
    [vec![host(NEAR, SENDER), SENDER_V6], internet_addresses()].concat()
}

/// Those of them that are not the rehearsed server's.
pub(crate) fn internet_addresses() -> Vec<IpAddr> {
    let far = RESIDENTS.iter().filter(|resident| resident.has_address()).map(|r| host(FAR, r.number));
    far.chain([host(NEAR, DNS), SIXTH_V6]).collect()
}

/// Who is where.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) dns: SocketAddr,
    pub(super) smtp_port: u16,
    near: [u8; 3],
    far: [u8; 3],
    place: Place,
    ipv6: bool,
}

impl Layout {
    pub(super) fn of(place: Place) -> Result<Self, WorldError> {
        match place {
            Place::Namespace | Place::Internet => Ok(Self {
                dns: SocketAddr::new(host(NEAR, DNS), 53),
                smtp_port: 25,
                near: NEAR,
                far: FAR,
                place,
                // The namespace leaves these addresses out where the kernel has no IPv6.
                ipv6: UdpSocket::bind((SIXTH_V6, 0)).is_ok(),
            }),
            Place::Loopback => {
                // 127.0.0.0/16 is where everybody else is.
                let network = [127, rand::random_range(1..=254), rand::random_range(0..=255)];
                Ok(Self {
                    dns: SocketAddr::new(host(network, DNS), 0),
                    smtp_port: free_port(host(network, 1))?,
                    near: network,
                    far: network,
                    place,
                    // Loopback has but one address of that family.
                    ipv6: false,
                })
            }
        }
    }

    /// Where a receiver listens.
    pub(super) fn receiver(&self, resident: &Resident) -> SocketAddr {
        if *resident == SIXTH {
            return SocketAddr::new(SIXTH_V6, self.smtp_port);
        }
        self.number(resident.number)
    }

    /// Where the receiver of that host number listens.
    pub(super) fn number(&self, number: u8) -> SocketAddr {
        SocketAddr::new(host(self.far, number), self.smtp_port)
    }

    /// Whether there is IPv6 here.
    pub(super) fn has_ipv6(&self) -> bool {
        self.ipv6
    }

    /// Where the rehearsed server sends from.
    pub(super) fn sources(&self) -> Vec<IpAddr> {
        let mut sources = vec![host(self.near, SENDER)];
        if self.ipv6 {
            sources.push(SENDER_V6);
        }
        sources
    }

    /// Whose SPF records the sender's own includes.
    pub(super) fn relays(&self) -> &'static [&'static str] {
        match self.place {
            Place::Internet => &crate::isp::RELAYS_IN_SPF,
            Place::Namespace | Place::Loopback => &[],
        }
    }

    /// Where the rehearsed server listens: exchange, submission, submissions.
    pub(super) fn listeners(&self) -> [SocketAddr; 3] {
        let ports = match self.place {
            Place::Namespace | Place::Internet => [25, 587, 465],
            Place::Loopback => [0; 3],
        };
        ports.map(|port| SocketAddr::new(host(self.near, SENDER), port))
    }
}

fn host(network: [u8; 3], number: u8) -> IpAddr {
    let [a, b, c] = network;
    IpAddr::V4(Ipv4Addr::new(a, b, c, number))
}

/// A port that is free on one address of a network that nobody else has; another world may still take it before
/// we do, on another address, which does no harm.
fn free_port(address: IpAddr) -> Result<u16, WorldError> {
    let wanted = SocketAddr::new(address, 0);
    let failure = |source| WorldError::Dns(DnsServerError { address: wanted, source });
    let listener = std::net::TcpListener::bind(wanted).map_err(failure)?;
    Ok(listener.local_addr().map_err(failure)?.port())
}
