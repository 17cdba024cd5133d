//! What is wrong with the text of a record, and where.

use serde::{Deserialize, Serialize};

/// A place that the grammar (RFC 7208 §12) does not allow. Receivers give a permanent error for the whole record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The term that holds it.
    pub term: String,
    /// Octets of the record in front of the term.
    pub at: usize,
    /// What it is.
    pub kind: FaultKind,
}

/// Kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The record does not begin with `v=spf1`.
    Version,
    /// A mechanism that nobody knows.
    UnknownMechanism,
    /// `include`, `exists`, `redirect` or `exp` without a domain, or `ip4` and `ip6` without an address.
    MissingValue,
    /// Something behind a mechanism that takes nothing there.
    UnexpectedValue,
    /// What should be a domain is none: no dot, a last label of digits, a strange character.
    Domain,
    /// A `%` that begins no macro, or one that is not allowed there.
    Macro,
    /// No address of that family.
    Address,
    /// No length of a prefix, or one too long.
    Prefix,
    /// `redirect` or `exp` for the second time (RFC 7208 §6).
    Repeated,
    /// A character that is neither visible ASCII nor a space.
    Character,
}
