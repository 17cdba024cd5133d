//! The transport port: what is remembered of the TLS of receiving domains, kept over restarts.
//!
//! Three things: who has shown TLS and must not be downgraded silently ([`TlsMemory`]), MTA-STS policies as they were
//! fetched ([`CachedPolicy`]), and the results that TLS reports are made of ([`TlsCount`], RFC 8460 §4.3).

use serde::{Deserialize, Serialize};

use crate::PortFuture;

/// A domain whose mail hosts have offered TLS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsMemory {
    /// The recipients' domain.
    pub domain: String,
    /// When it was first seen, seconds since 1970.
    pub since: u64,
    /// When it was last seen.
    pub confirmed: u64,
    /// The certificate was good, too, the last time.
    pub authenticated: bool,
}

/// An MTA-STS policy as it was fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachedPolicy {
    /// The domain.
    pub domain: String,
    /// The id of the TXT record under which it was fetched.
    pub id: String,
    /// Its text.
    pub text: String,
    /// When, seconds since 1970.
    pub fetched: u64,
    /// Until when it holds.
    pub expires: u64,
}

/// How often something happened on a day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TlsCount {
    /// Days since 1970 (UTC).
    pub day: u64,
    /// The recipients' domain.
    pub domain: String,
    /// `tlsa`, `sts`, `no-policy-found` (RFC 8460 §4.2).
    pub policy: String,
    /// `success`, or the type of the failure (RFC 8460 §4.3).
    pub result: String,
    /// The mail host, for failures; empty for successes.
    pub host: String,
    /// Sessions.
    pub count: u64,
}

/// The store cannot be read or written.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the transport database failed: {0}")]
pub struct TransportError(pub String);

/// What is remembered.
pub trait TransportMemory: Send + Sync {
    /// What is known of the TLS of a domain.
    fn memory(&self, domain: &str) -> PortFuture<'_, Result<Option<TlsMemory>, TransportError>>;
    /// All domains, by name.
    fn memories(&self) -> PortFuture<'_, Result<Vec<TlsMemory>, TransportError>>;
    /// Notes that a domain has shown TLS; the first time stays.
    fn remember(&self, memory: TlsMemory) -> PortFuture<'_, Result<(), TransportError>>;
    /// Forgets a domain's TLS; false when nothing was known.
    fn forget(&self, domain: &str) -> PortFuture<'_, Result<bool, TransportError>>;
    /// The policy of a domain.
    fn policy(&self, domain: &str) -> PortFuture<'_, Result<Option<CachedPolicy>, TransportError>>;
    /// Replaces it.
    fn save_policy(&self, policy: CachedPolicy) -> PortFuture<'_, Result<(), TransportError>>;
    /// Adds to the counts.
    fn add(&self, counts: Vec<TlsCount>) -> PortFuture<'_, Result<(), TransportError>>;
    /// The counts from this day on, in order.
    fn counts(&self, from_day: u64) -> PortFuture<'_, Result<Vec<TlsCount>, TransportError>>;
    /// Forgets what is older: memories confirmed before `confirmed`, policies expired before `expired`, counts before
    /// `day`.
    fn expire(&self, confirmed: u64, expired: u64, day: u64) -> PortFuture<'_, Result<(), TransportError>>;
}
