//! A dead filter is not waited for by each message anew: after it has failed, it is left alone for a while, each time longer,
//! and then one asks for all others whether it is there again.
//!
//! Who takes no connection is dead at once; who has one and does not answer may have met a message that is hard to
//! read, whoever sent it. After several such failures in a row the filter is doubted, and its own answer to the question
//! whether it is there decides, no message of anybody.

use std::time::Duration;

use tokio::time::Instant;

use super::answer::Down;

/// Failures in a row of a filter that takes connections, after which it is doubted.
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
}

/// Whether a filter may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum May {
    /// Yes.
    Ask,
    /// It has rested: this caller asks whether it is there, and tells [`Fuse::tried`].
    Try,
    /// No.
    Rest,
}

/// What an outcome has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// Nothing.
    No,
    /// It is to be asked whether it is there; if it is not, [`Fuse::blow`].
    Doubtful,
    /// It is left alone from now on.
    Down,
    /// It works again.
    Up,
}

impl Fuse {
    /// Whether the filter may be asked now. Once its rest is over, one caller tries it for all.
    pub fn may_ask(&mut self, now: Instant) -> May {
        match &mut self.blown {
            None => May::Ask,
            Some(blown) if now < blown.until => May::Rest,
            Some(blown) => {
                // Should the trial never end, another follows.
                blown.until = now + LONGEST_PAUSE;
                May::Try
            }
        }
    }

    /// Whether it is left alone; nobody tries it by asking this.
    #[must_use]
    pub fn is_resting(&self, now: Instant) -> bool {
        self.blown.is_some_and(|blown| now < blown.until)
    }

    /// The end of a trial.
    pub fn tried(&mut self, now: Instant, is_there: bool) -> Changed {
        if is_there {
            return self.worked();
        }
        if let Some(blown) = &mut self.blown {
            blown.pause = (blown.pause * 2).min(LONGEST_PAUSE);
            blown.until = now + blown.pause;
        }
        Changed::No
    }

    /// It has answered.
    pub fn worked(&mut self) -> Changed {
        self.failures = 0;
        if self.blown.take().is_some() { Changed::Up } else { Changed::No }
    }

    /// It has not. While it is left alone, that is heard of messages that were on their way before, and changes nothing.
    pub fn failed(&mut self, now: Instant, reason: &Down) -> Changed {
        match reason {
            // That says nothing of the filter.
            Down::Busy | Down::Resting => Changed::No,
            Down::Unreachable(_) => self.blow(now),
            Down::Broken(_) | Down::TimedOut(_) if self.blown.is_some() => Changed::No,
            Down::Broken(_) | Down::TimedOut(_) => {
                self.failures += 1;
                if self.failures < FAILURES {
                    return Changed::No;
                }
                self.failures = 0;
                Changed::Doubtful
            }
        }
    }

    /// It is not there.
    pub fn blow(&mut self, now: Instant) -> Changed {
        if self.blown.is_some() {
            return Changed::No;
        }
        self.failures = 0;
        self.blown = Some(Blown { until: now + FIRST_PAUSE, pause: FIRST_PAUSE });
        Changed::Down
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
    fn a_dead_filter_is_tried_by_one_at_a_time() {
        let (mut fuse, start) = (Fuse::default(), Instant::now());
        assert_eq!(fuse.may_ask(start), May::Ask);
        assert_eq!(fuse.failed(start, &gone()), Changed::Down);
        // Another one that was with it.
        assert_eq!(fuse.failed(start, &gone()), Changed::No);
        assert_eq!(fuse.may_ask(at(start, 1)), May::Rest);
        assert_eq!(fuse.may_ask(at(start, 2)), May::Try, "one tries");
        assert_eq!(fuse.may_ask(at(start, 2)), May::Rest, "and no other");
        // Nor does a message that was with it end the trial.
        assert_eq!(fuse.failed(at(start, 2), &Down::TimedOut(60)), Changed::No);
        assert_eq!(fuse.tried(at(start, 3), false), Changed::No);
        assert_eq!(fuse.may_ask(at(start, 6)), May::Rest);
        assert_eq!(fuse.may_ask(at(start, 7)), May::Try, "four seconds later");
        assert_eq!(fuse.tried(at(start, 7), true), Changed::Up);
        assert_eq!([fuse.may_ask(at(start, 7)), fuse.may_ask(at(start, 7))], [May::Ask, May::Ask]);
    }

    #[test]
    fn pauses_have_an_end() {
        let (mut fuse, mut now) = (Fuse::default(), Instant::now());
        fuse.failed(now, &gone());
        for _ in 0..20 {
            now += LONGEST_PAUSE;
            assert_eq!(fuse.may_ask(now), May::Try);
            fuse.tried(now, false);
        }
    }

    #[test]
    fn messages_that_are_hard_to_read_blow_no_fuse() {
        let (mut fuse, now) = (Fuse::default(), Instant::now());
        let slow = Down::TimedOut(60);
        assert_eq!(fuse.failed(now, &slow), Changed::No);
        assert_eq!(fuse.failed(now, &slow), Changed::No);
        assert_eq!(fuse.worked(), Changed::No);
        assert_eq!(fuse.failed(now, &slow), Changed::No);
        assert_eq!(fuse.failed(now, &slow), Changed::No);
        assert_eq!(fuse.failed(now, &Down::Busy), Changed::No);
        assert_eq!(fuse.failed(now, &slow), Changed::Doubtful);
        assert_eq!(fuse.may_ask(now), May::Ask, "nothing is known yet");
        assert_eq!(fuse.failed(now, &slow), Changed::No, "it is not asked at each of them");
        assert_eq!(fuse.blow(now), Changed::Down);
        assert_eq!(fuse.may_ask(now), May::Rest);
    }
}
