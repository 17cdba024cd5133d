//! The machine's clock, which a test can set forward.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use postamt_net::clock::{Clock, SystemClock};

/// As much ahead of the machine's as the test has asked for.
#[derive(Clone, Default)]
pub struct AheadClock {
    seconds: Arc<AtomicU64>,
}

impl AheadClock {
    /// So much time passes at once.
    pub fn pass(&self, time: Duration) {
        self.seconds.fetch_add(time.as_secs(), Ordering::SeqCst);
    }
}

impl Clock for AheadClock {
    fn since_epoch(&self) -> Duration {
        SystemClock.since_epoch() + Duration::from_secs(self.seconds.load(Ordering::SeqCst))
    }

    fn random(&self) -> u64 {
        SystemClock.random()
    }
}
