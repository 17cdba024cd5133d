//! The miniature Internet: one machine's worth of DNS, mail servers with characters, and nobody else.
//!
//! ```text
//! namespace ─▶ a network of its own, with real ports 25 and 53          (the `lab` command)
//! zones     ─▶ DNS for .test and the reverse zones
//! receiver  ─▶ SMTP servers: strict, greylisting, slow, refusing, …  ─▶ Receipt per delivery
//! world     ─▶ all of it together, in the namespace or on 127.x.y.z
//! isp       ─▶ the world behind two routers with a firewall, and relay services around it
//! scenario  ─▶ a handful of messages, what must become of each, and whether it did
//! ```
//!
//! Used by `postamt lab` and by the tests; nothing else depends on it, and it knows nothing of the server that
//! it rehearses: it gives addresses and records, and watches what arrives.

pub mod certificates;
pub mod isp;
pub mod namespace;
pub mod receiver;
pub mod scenario;
pub mod world;
pub mod zones;
