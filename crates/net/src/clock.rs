//! Time and chance as a port, so that a test can hold both still.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

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
