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

/// How far an account is braked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Brake {
    /// Not at all.
    #[default]
    Free,
    /// One message at a time, with a pause in between.
    Slowed,
    /// Its mail is taken, and waits for the operator.
    Held,
    /// Nothing is taken until the operator says so.
    Frozen,
}

/// What is unusual about an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "sign", rename_all = "snake_case")]
pub enum Sign {
    /// Many recipients within an hour.
    Volume {
        /// So many.
        recipients: u32,
        /// So many are usual at this hour of the week.
        usual: u32,
    },
    /// Many recipients within a day that it has never written to before.
    Strangers {
        /// So many.
        recipients: u32,
        /// So many are usual.
        usual: u32,
    },
    /// Many of its recipients cannot be delivered to.
    Bounces {
        /// So many within a day …
        failed: u32,
        /// … of so many.
        of: u32,
    },
    /// It sends from a network from which it has not sent for long.
    Network {
        /// Which.
        network: String,
    },
    /// One and the same text, new today, goes to many strangers.
    Alike {
        /// To so many within a day.
        recipients: u32,
    },
}

/// How an account stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Standing {
    /// How far it is braked.
    pub brake: Brake,
    /// Since when, seconds since 1970.
    pub since: u64,
    /// Until when, if nothing more happens; `None` is until the operator says so.
    pub until: Option<u64>,
    /// Why.
    pub signs: Vec<Sign>,
    /// The operator and the owner have been told.
    pub told: bool,
}

/// A network from which an account sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenNetwork {
    /// Which: IPv4 /24, IPv6 /48.
    pub network: String,
    /// The first time, seconds since 1970.
    pub first: u64,
    /// The last time.
    pub last: u64,
}

/// What an account writes: a fingerprint, from which nothing of it can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenContent {
    /// The fingerprint: those of similar texts differ in few bits.
    pub fingerprint: u64,
    /// The first time, seconds since 1970.
    pub first: u64,
    /// The last time.
    pub last: u64,
    /// Strangers that it went to.
    pub strangers: u32,
}

/// What is usual for an account. All of it is learned while it is free only, and grows slowly.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Habits {
    /// Its first message, seconds since 1970.
    pub since: u64,
    /// Recipients within each hour of the week, from Thursday 0 h UTC on, as 1970 began.
    pub hours: Vec<u32>,
    /// Strangers within a day.
    pub strangers: u32,
    /// The week at hand (weeks since 1970), and what strangers were at its beginning.
    pub week: (u64, u32),
    /// The hour at hand (hours since 1970), and its recipients so far.
    pub hour: (u64, u32),
    /// The day at hand (days since 1970), and its strangers so far.
    pub day: (u64, u32),
    /// From where it sends.
    pub networks: Vec<SeenNetwork>,
    /// What it writes.
    pub contents: Vec<SeenContent>,
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
    /// Recipients that could not be delivered to.
    pub bounced: HourAndDay,
    /// What is usual for it.
    pub habits: Habits,
    /// How far it is braked.
    pub standing: Standing,
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
