//! The conduct port: how much each account sends and to whom it has written before, kept over restarts.
//!
//! Written behind: a power cut may forget what was counted in the last moments, and nothing else. Recipients are kept as
//! tags only, made with a secret that never leaves this store and memory.

use serde::{Deserialize, Serialize};

use crate::PortFuture;

/// The parts of a window, each by its beginning (seconds since 1970) and what fell into it.
pub type Parts = Vec<(u64, u32)>;

/// What fell into the last hour and the last day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourAndDay {
    /// The last hour.
    pub hour: Parts,
    /// The last 24 hours.
    pub day: Parts,
}

/// How an account behaves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conduct {
    /// The account's name.
    pub account: String,
    /// When it sent last, seconds since 1970.
    pub last: u64,
    /// Messages.
    pub messages: HourAndDay,
    /// Recipients.
    pub recipients: HourAndDay,
    /// Recipients that it had never written to before.
    pub first_time: HourAndDay,
}

/// An account has written to a recipient.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known {
    /// The account's name.
    pub account: String,
    /// The recipient's tag.
    pub tag: u64,
    /// The last time, in days since 1970.
    pub day: u32,
}

/// What has changed since it was written down last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Accounts, whole.
    pub conducts: Vec<Conduct>,
    /// Recipients of accounts that were written to before or on this day are forgotten …
    pub forgotten: Vec<(String, u32)>,
    /// … before these are noted.
    pub known: Vec<Known>,
}

impl Changes {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.conducts.is_empty() && self.forgotten.is_empty() && self.known.is_empty()
    }
}

/// It cannot be read or written.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the database of the accounts' conduct failed: {0}")]
pub struct ConductError(pub String);

/// The conduct of accounts.
pub trait Conducts: Send + Sync {
    /// The secret that tags are made with; made when there is none.
    fn secret(&self) -> PortFuture<'_, Result<[u8; 32], ConductError>>;
    /// All accounts that have sent. What cannot be read, as from a later version, is passed over.
    fn conducts(&self) -> PortFuture<'_, Result<Vec<Conduct>, ConductError>>;
    /// All recipients that they are known to have written to.
    fn known(&self) -> PortFuture<'_, Result<Vec<Known>, ConductError>>;
    /// Writes down what has changed, all or nothing.
    fn save(&self, changes: Changes) -> PortFuture<'_, Result<(), ConductError>>;
    /// Forgets accounts that have not sent since this time (seconds since 1970), with their recipients, and recipients
    /// that were last written to before this day.
    fn forget_before(&self, time: u64, day: u32) -> PortFuture<'_, Result<(), ConductError>>;
}
