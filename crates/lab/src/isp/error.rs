//! Why there is no ISP, or why it does not do as it is told.
//!
//! Each variant names what was being done; what the system said is its source. Whoever shows one prints the chain.

use std::io;
use std::net::SocketAddr;

use postamt_mail::address::AddressError;
use postamt_mailauth::verify::VerifierError;

use crate::certificates::CertificateError;
use crate::receiver::ReceiverError;
use crate::world::WorldError;

/// See the head of this file.
#[derive(Debug, thiserror::Error)]
pub enum IspError {
    /// A thread or its namespace.
    #[error("the lab's namespace {space} cannot be made")]
    Space {
        /// Which one.
        space: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The caller is in a network that is not the lab's alone, and that must not be touched.
    #[error("the lab's ISP needs a network namespace of its own; here is the link {link}")]
    NotAlone {
        /// What should not be there.
        link: String,
    },
    /// A thread is gone, after a panic that was shown.
    #[error("the lab's namespace {space} has ended")]
    Ended {
        /// Which one.
        space: &'static str,
    },
    /// Links, addresses or routes.
    #[error("the lab's namespace {space} cannot be wired ({step})")]
    Wire {
        /// Which one.
        space: &'static str,
        /// What was being done.
        step: &'static str,
        /// What the kernel said.
        #[source]
        source: io::Error,
    },
    /// Packets do not get through.
    #[error("the lab's Internet does not answer at {address}")]
    NotReached {
        /// Where.
        address: SocketAddr,
    },
    /// The program `nft` cannot be started; on Debian it is in the package nftables.
    #[error("the program nft (nftables) cannot be started")]
    NoFirewall {
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It did not like the rules, or the kernel did not.
    #[error("nft failed in the lab's namespace {space}: {detail}")]
    Firewall {
        /// Where.
        space: &'static str,
        /// Its words.
        detail: String,
    },
    /// A server cannot listen.
    #[error("a server of the lab's ISP cannot listen on {address}")]
    Service {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// There is nobody of that name.
    #[error("nobody in the lab is called {name}")]
    Unknown {
        /// The name.
        name: String,
    },
    /// The Internet's residents.
    #[error(transparent)]
    World(#[from] WorldError),
    /// An operator's mail server.
    #[error(transparent)]
    Receiver(#[from] ReceiverError),
    /// A certificate.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The verifier of the servers.
    #[error(transparent)]
    Verifier(#[from] VerifierError),
    /// A name that is no name.
    #[error("a name in the lab is no host name")]
    Name(#[from] AddressError),
}
