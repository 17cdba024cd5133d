//! What the operator's commands ask of a running server. `app` carries the calls over its control socket.

use serde::{Deserialize, Serialize};

/// A message in the queue, as `queue list` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueEntry {
    /// Queue id in its text form.
    pub id: String,
    /// Seconds since 1970.
    pub received_at: u64,
    /// Envelope sender; empty for the null path.
    pub sender: String,
    /// Octets.
    pub size: u64,
    /// `active`, `waiting`, `held`.
    pub state: String,
    /// Recipients that still wait.
    pub recipients: Vec<QueueRecipient>,
    /// Login that sent it.
    pub account: Option<String>,
    /// The content filter that holds it, and why.
    #[serde(default)]
    pub held_by: Option<String>,
}

/// A recipient that still waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRecipient {
    /// The address.
    pub address: String,
    /// Attempts so far.
    pub attempts: u16,
    /// When the next is due, seconds since 1970; 0 is now.
    pub next: u64,
    /// `direct`, `relay NAME`, `local`, …: the route by today's rules.
    pub route: String,
}

/// What `queue why` tells: facts only, the sentences are made by `app`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The entry if it still waits.
    pub waiting: Option<QueueEntry>,
    /// What the history knows (attempts, oldest first).
    pub history: Option<postamt_store::history::MessageRecord>,
    /// State of the provider it waits for, e.g. `paused until … after 421 …`.
    pub site: Option<SiteState>,
    /// Ways out that are closed or on trial, while it waits for one.
    #[serde(default)]
    pub paths: Vec<postamt_store::facts::PathFact>,
    /// What becomes of it while all of them are closed.
    #[serde(default)]
    pub detour: Option<crate::breaker::detour::Detour>,
    /// Providers whose mail goes by a relay.
    #[serde(default)]
    pub providers: Vec<postamt_store::facts::ProviderFact>,
    /// The quota of the relay that it would go by, while that is used up.
    #[serde(default)]
    pub quota: Option<crate::quota::QuotaState>,
    /// The relays that are set up, by name.
    #[serde(default)]
    pub relays: Vec<String>,
    /// Domains for which it waits since TLS is not as it must be.
    #[serde(default)]
    pub refusals: Vec<crate::transport::Refusal>,
}

/// The state of a receiving provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteState {
    /// The route and the sorted MX hosts.
    pub name: String,
    /// Open connections.
    pub connections: usize,
    /// Connections allowed now.
    pub limit: usize,
    /// Messages ready for it.
    pub ready: usize,
    /// Set while nothing is sent to it: seconds since 1970.
    pub paused_until: Option<u64>,
    /// Why.
    pub reason: Option<String>,
}

/// What to do with messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueAction {
    /// Try now.
    Retry,
    /// Keep until released.
    Hold,
    /// Let go on.
    Release,
    /// Drop without a notice.
    Cancel,
}
