//! Time and chance as a port, so that a test can hold both still.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::PortFuture;

/// Tells the time and gives random numbers.
pub trait Clock: Send + Sync {
    /// Time since 1970-01-01 UTC.
    fn since_epoch(&self) -> Duration;
    /// A random number; not for secrets.
    fn random(&self) -> u64;

    /// Whole seconds since 1970.
    fn unix_seconds(&self) -> u64 {
        self.since_epoch().as_secs()
    }
}

/// By how much our clock differs from somebody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockOffset {
    /// Who was asked.
    pub server: String,
    /// How far ours is ahead; negative where it is behind.
    pub milliseconds: i64,
}

/// Nobody told the time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{server} does not tell the time: {reason}")]
pub struct TimeError {
    /// Who was asked last.
    pub server: String,
    /// What happened.
    pub reason: String,
}

/// Somebody else's time.
pub trait TimeSource: Send + Sync {
    /// Compares our clock with it.
    fn offset(&self) -> PortFuture<'_, Result<ClockOffset, TimeError>>;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn since_epoch(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn random(&self) -> u64 {
        rand::random()
    }
}
