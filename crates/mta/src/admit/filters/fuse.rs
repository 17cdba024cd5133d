//! A dead filter is not waited for by each message anew: after it has failed, it is left alone for a while, each time longer,
//! and then one message tries it for all others.
//!
//! Who takes no connection is dead at once; who has one and does not answer may have met a message that is hard to
//! read, so that several must fail in a row.

use std::time::Duration;

use tokio::time::Instant;

use super::answer::Down;

/// Failures in a row of a filter that takes connections.
const FAILURES: u32 = 3;
/// The first pause; it doubles …
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// … up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The state of one filter.
#[derive(Debug, Default)]
pub struct Fuse {
    failures: u32,
    blown: Option<Blown>,
}

#[derive(Debug, Clone, Copy)]
struct Blown {
    until: Instant,
    pause: Duration,
    /// One is trying it.
    trial: bool,
}

/// What an outcome has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// Nothing.
    No,
    /// It is left alone from now on.
    Down,
    /// It works again.
    Up,
}

impl Fuse {
    /// Whether the filter may be asked now. Once its rest is over, one caller hears yes and tries it for all.
    pub fn may_ask(&mut self, now: Instant) -> bool {
        match &mut self.blown {
            None => true,
            Some(blown) if now < blown.until => false,
            Some(blown) => {
                // Should the trial never end, another follows.
                blown.until = now + LONGEST_PAUSE;
                blown.trial = true;
                true
            }
        }
    }

    /// Whether it is left alone; nobody tries it by asking this.
    #[must_use]
    pub fn is_resting(&self, now: Instant) -> bool {
        self.blown.is_some_and(|blown| now < blown.until)
    }

    /// It has answered.
    pub fn worked(&mut self) -> Changed {
        self.failures = 0;
        if self.blown.take().is_some() { Changed::Up } else { Changed::No }
    }

    /// It has not.
    pub fn failed(&mut self, now: Instant, reason: &Down) -> Changed {
        match reason {
            // That says nothing of the filter.
            Down::Busy | Down::Resting => return Changed::No,
            Down::Unreachable(_) => self.failures = FAILURES,
            Down::Broken(_) | Down::TimedOut(_) => self.failures = self.failures.saturating_add(1),
        }
        match &mut self.blown {
            Some(blown) if blown.trial => {
                blown.pause = (blown.pause * 2).min(LONGEST_PAUSE);
                blown.until = now + blown.pause;
                blown.trial = false;
                Changed::No
            }
            // It was on its way before.
            Some(_) => Changed::No,
            None if self.failures >= FAILURES => {
                self.blown = Some(Blown { until: now + FIRST_PAUSE, pause: FIRST_PAUSE, trial: false });
                Changed::Down
            }
            None => Changed::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    fn gone() -> Down {
        Down::Unreachable("refused".to_owned())
    }

    #[test]
    fn a_dead_filter_is_tried_by_one_message_at_a_time() {
        let (mut fuse, start) = (Fuse::default(), Instant::now());
        assert!(fuse.may_ask(start));
        assert_eq!(fuse.failed(start, &gone()), Changed::Down);
        // Another one that was with it.
        assert_eq!(fuse.failed(start, &gone()), Changed::No);
        assert!(!fuse.may_ask(at(start, 1)));
        assert!(fuse.may_ask(at(start, 2)), "one tries");
        assert!(!fuse.may_ask(at(start, 2)), "and no other");
        assert_eq!(fuse.failed(at(start, 3), &gone()), Changed::No);
        assert!(!fuse.may_ask(at(start, 6)));
        assert!(fuse.may_ask(at(start, 7)), "four seconds later");
        assert_eq!(fuse.worked(), Changed::Up);
        assert!(fuse.may_ask(at(start, 7)) && fuse.may_ask(at(start, 7)));
    }

    #[test]
    fn pauses_have_an_end() {
        let (mut fuse, mut now) = (Fuse::default(), Instant::now());
        fuse.failed(now, &gone());
        for _ in 0..20 {
            now += LONGEST_PAUSE;
            assert!(fuse.may_ask(now));
            fuse.failed(now, &gone());
        }
    }

    #[test]
    fn a_message_that_is_hard_to_read_blows_no_fuse() {
        let (mut fuse, now) = (Fuse::default(), Instant::now());
        let slow = Down::TimedOut(60);
        assert_eq!(fuse.failed(now, &slow), Changed::No);
        assert_eq!(fuse.failed(now, &slow), Changed::No);
        assert_eq!(fuse.worked(), Changed::No);
        assert_eq!(fuse.failed(now, &slow), Changed::No);
        assert_eq!(fuse.failed(now, &slow), Changed::No);
        assert_eq!(fuse.failed(now, &Down::Busy), Changed::No);
        assert_eq!(fuse.failed(now, &slow), Changed::Down);
    }
}
