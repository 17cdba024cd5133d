//! Is port 25 open, from which source address and over which family; and if not: what blocks it, and where.
//!
//! ```text
//! targets ─▶ probe ─▶ Observation per target ─▶ verdict::judge ─▶ Verdict per source and family
//!                                         └──▶ route (hop search on 25 and 443) ─▶ the router that blocks
//! ```
//!
//! [`check`] does all of it and returns a [`Report`]. It cannot fail, changes nothing and sends no mail.

pub mod advise;
pub mod host;
pub mod outcome;
pub mod probe;
pub mod report;
pub mod route;
pub mod targets;
pub mod text;
pub mod verdict;

pub use probe::{Eyes, Listener, ProbeSettings, Progress, check};
pub use report::{PathReport, Report};
pub use verdict::{Confidence, Kind, Verdict};
