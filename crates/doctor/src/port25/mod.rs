//! Is port 25 open, from which source address and over which family; and if not: what blocks it, and where.
//!
//! ```text
//! targets ─▶ probe ─▶ Observation per target ─▶ verdict::judge ─▶ Verdict per source and family
//!                                         └──▶ path (hop search on 25 and 443) ─▶ the router that blocks
//! ```

pub mod outcome;
pub mod verdict;
