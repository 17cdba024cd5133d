//! The path of a connection: who on the way said no, and which routers there are, without any privilege.
//!
//! ```text
//! reach(attempt) ─▶ a TCP stream, or a failure with the ICMP error behind it and its sender
//! trace(search)  ─▶ one answer per distance: router, target, silence
//! ```
//!
//! Ordinary TCP sockets, with `IP_TTL` or `IPV6_UNICAST_HOPS` to end the journey early and `IP_RECVERR` or
//! `IPV6_RECVERR` to hear who ended it (ip(7), ipv6(7)). Linux tells the latter for TCP since 5.8; before, the
//! sender of an error stays unknown and everything else works.

mod errors;
mod reach;
mod trace;

pub use errors::IcmpError;
pub use reach::{Attempt, Failure, reach};
pub use trace::{Answer, Hop, Search, trace};
