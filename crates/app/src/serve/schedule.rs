//! When the server probes without being asked: soon after its start, then at ever longer intervals while all is well,
//! and after a change of the network. What is closed has a time of its own, in its fact.

use std::time::Duration;

use postamt_net::clock::Clock;

/// After the start, so that the listeners come first and a crowd of servers does not ask at once.
const START: Duration = Duration::from_secs(3);
const START_SPREAD: Duration = Duration::from_secs(5);
/// A probe that is so young need not be repeated by a restart.
const YOUNG: u64 = 3600;
/// The interval after a probe that was not all well, doubled by each one that was …
const FIRST: u64 = 6 * 3600;
/// … up to this.
const LONGEST: u64 = 24 * 3600;
/// Changes of the network in quick succession: not more often than this.
const LEAST: u64 = 60;

/// When the next probe is due that nobody asked for.
#[derive(Debug, Clone)]
pub struct Schedule {
    last: Option<u64>,
    /// Probes in a row that found everything open.
    calm: u32,
    next: u64,
}

impl Schedule {
    /// At the start; `last` is the oldest of the ways' last probes, `None` when one was never probed.
    #[must_use]
    pub fn new(last: Option<u64>, clock: &dyn Clock) -> Self {
        let now = clock.unix_seconds();
        let soon = now + START.as_secs() + clock.random() % START_SPREAD.as_secs();
        let young = last.filter(|at| at + YOUNG > now && *at <= now);
        let next = young.map_or(soon, |at| (at + spread(FIRST, clock)).max(soon));
        Self { last, calm: 0, next }
    }

    /// When it is due, seconds since 1970.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.next
    }

    /// A probe was made.
    pub fn probed(&mut self, all_open: bool, clock: &dyn Clock) {
        let now = clock.unix_seconds();
        self.calm = if all_open { self.calm.saturating_add(1) } else { 0 };
        self.last = Some(now);
        let interval = FIRST.saturating_mul(1 << self.calm.saturating_sub(1).min(8)).min(LONGEST);
        self.next = now + spread(interval, clock);
    }

    /// Somebody has reason to believe that what is known does not hold any more.
    pub fn wanted_now(&mut self, clock: &dyn Clock) {
        self.next = self.next.min(clock.unix_seconds());
    }

    /// The network is another one: what was known may not hold.
    pub fn network_changed(&mut self, clock: &dyn Clock) {
        self.calm = 0;
        let earliest = self.last.map_or(0, |last| last + LEAST);
        self.next = self.next.min(clock.unix_seconds().max(earliest));
    }
}

/// A fifth more or less.
fn spread(seconds: u64, clock: &dyn Clock) -> u64 {
    let width = seconds / 5;
    seconds - width + clock.random() % (2 * width + 1)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    struct Fixed(AtomicU64);

    impl Clock for Fixed {
        fn since_epoch(&self) -> Duration {
            Duration::from_secs(self.0.load(Ordering::Relaxed))
        }

        fn random(&self) -> u64 {
            // Some numbers, always the same ones.
            self.0.load(Ordering::Relaxed).wrapping_mul(6_364_136_223_846_793_005) >> 33
        }
    }

    fn at(now: u64) -> Fixed {
        Fixed(AtomicU64::new(now))
    }

    #[test]
    fn a_start_probes_soon_unless_a_probe_is_young() {
        let now = 10_000_000;
        for last in [None, Some(now - YOUNG), Some(now - 40 * 86_400), Some(now + 99)] {
            let next = Schedule::new(last, &at(now)).next();
            assert!((now + 3..now + 8).contains(&next), "{last:?}: {next}");
        }
        let next = Schedule::new(Some(now - 600), &at(now)).next();
        assert!((now - 600 + FIRST * 4 / 5..=now - 600 + FIRST * 6 / 5).contains(&next));
    }

    #[test]
    fn calm_lengthens_the_interval_to_a_day_and_trouble_shortens_it() {
        let clock = at(1_000_000);
        let mut schedule = Schedule::new(None, &clock);
        let mut intervals = Vec::new();
        for all_open in [true, true, true, true, false] {
            schedule.probed(all_open, &clock);
            let interval = schedule.next() - clock.unix_seconds();
            intervals.push(interval);
            clock.0.store(schedule.next(), Ordering::Relaxed);
        }
        for (interval, hours) in intervals.into_iter().zip([6, 12, 24, 24, 6]) {
            let wanted = hours * 3600;
            assert!((wanted * 4 / 5..=wanted * 6 / 5).contains(&interval), "{hours}: {interval}");
        }
    }

    #[test]
    fn what_is_wanted_now_is_due_now() {
        let clock = at(1_000_000);
        let mut schedule = Schedule::new(None, &clock);
        schedule.probed(true, &clock);
        schedule.wanted_now(&clock);
        assert_eq!(schedule.next(), 1_000_000);
        schedule.probed(false, &clock);
        assert!(schedule.next() > 1_000_000);
    }

    #[test]
    fn a_change_of_the_network_is_looked_into_but_not_without_end() {
        let clock = at(1_000_000);
        let mut schedule = Schedule::new(None, &clock);
        schedule.probed(true, &clock);
        clock.0.store(1_000_010, Ordering::Relaxed);
        schedule.network_changed(&clock);
        assert_eq!(schedule.next(), 1_000_060);
        clock.0.store(1_005_000, Ordering::Relaxed);
        schedule.network_changed(&clock);
        assert_eq!(schedule.next(), 1_000_060);
        schedule.probed(true, &clock);
        clock.0.store(1_009_000, Ordering::Relaxed);
        schedule.network_changed(&clock);
        assert_eq!(schedule.next(), 1_009_000);
    }
}
