//! What follows from the fate of a recipient: delivered, another try and when, or given up. Pure.

use std::time::Duration;

use crate::flow::{Failure, Fate, Verdict};
use crate::settings::RetrySchedule;

/// The facts that a decision rests on.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances {
    /// When the message was accepted.
    pub received_at: u64,
    /// Now.
    pub now: u64,
    /// Attempts made before this one.
    pub attempts: u16,
    /// A random number, to spread retries.
    pub random: u64,
}

/// Decides for one recipient.
#[must_use]
pub fn verdict(schedule: &RetrySchedule, circumstances: Circumstances, fate: Fate) -> Verdict {
    match fate {
        Fate::Delivered(reply) => Verdict::Delivered(reply),
        Fate::Permanent(failure) => Verdict::Failed { failure, expired: false },
        Fate::Temporary(failure) => defer(schedule, circumstances, failure),
    }
}

/// Another try, unless the message has lived its life (RFC 5321 §4.5.4.1).
fn defer(schedule: &RetrySchedule, circumstances: Circumstances, failure: Failure) -> Verdict {
    let end = circumstances.received_at.saturating_add(schedule.lifetime.as_secs());
    if circumstances.now >= end {
        return Verdict::Failed { failure, expired: true };
    }
    let wait = wait(schedule, circumstances.attempts, circumstances.random);
    // The last try is made at the end of the life, not after it.
    let next = circumstances.now.saturating_add(wait.as_secs().max(1)).min(end);
    Verdict::Deferred { next, failure }
}

/// The wait after this many attempts, spread by a tenth to either side so that retries do not come in herds.
fn wait(schedule: &RetrySchedule, attempts: u16, random: u64) -> Duration {
    let place = usize::from(attempts).min(schedule.waits.len().saturating_sub(1));
    let wait = schedule.waits.get(place).copied().unwrap_or(Duration::from_secs(900));
    let tenth = wait.as_millis() / 10;
    let offset = if tenth == 0 { 0 } else { u128::from(random) % (2 * tenth) };
    let millis = wait.as_millis() - tenth + offset;
    Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}

/// Whether the sender should be told of a delay now (RFC 3461 §4.1: once, and only if wanted).
#[must_use]
pub fn delay_is_due(schedule: &RetrySchedule, received_at: u64, now: u64, told: bool) -> bool {
    !told && schedule.delay_notice.is_some_and(|after| now >= received_at.saturating_add(after.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Fault;

    fn schedule() -> RetrySchedule {
        RetrySchedule {
            waits: vec![Duration::from_secs(100), Duration::from_secs(1000)],
            lifetime: Duration::from_secs(10_000),
            delay_notice: Some(Duration::from_secs(400)),
        }
    }

    fn at(now: u64, attempts: u16, random: u64) -> Verdict {
        let failure = Failure::ours(Fault::Network, (4, 4, 1), "no answer");
        let circumstances = Circumstances { received_at: 0, now, attempts, random };
        verdict(&schedule(), circumstances, Fate::Temporary(failure))
    }

    fn next(verdict: &Verdict) -> u64 {
        match verdict {
            Verdict::Deferred { next, .. } => *next,
            other => panic!("not deferred: {other:?}"),
        }
    }

    #[test]
    fn waits_grow_and_the_last_repeats() {
        assert!((90..=110).contains(&next(&at(0, 0, 77))));
        assert!((900..=1100).contains(&next(&at(0, 1, 12_345))));
        assert!((900..=1100).contains(&next(&at(0, 9, 0))));
    }

    #[test]
    fn the_last_try_is_at_the_end_of_life_and_then_it_is_over() {
        assert_eq!(next(&at(9_500, 5, 0)), 10_000);
        assert!(matches!(at(10_000, 6, 0), Verdict::Failed { expired: true, .. }));
    }

    #[test]
    fn a_delay_is_told_once() {
        assert!(!delay_is_due(&schedule(), 0, 399, false));
        assert!(delay_is_due(&schedule(), 0, 400, false));
        assert!(!delay_is_due(&schedule(), 0, 400, true));
    }
}
