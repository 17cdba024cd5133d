//! When a certificate is renewed, and when after a failure it is tried again. Pure: times are seconds since 1970,
//! chance is a number that the caller brings.

use std::time::Duration;

/// From when until when a certificate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// Not before.
    pub from: u64,
    /// Not after.
    pub until: u64,
}

/// When an authority wants a certificate to be renewed (RFC 9773 §4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Not earlier.
    pub start: u64,
    /// Not later.
    pub end: u64,
}

/// The first wait after a failure; it doubles. An authority may take five failures of a name in an hour.
const FIRST_WAIT: u64 = 600;
/// The longest wait.
const LONGEST_WAIT: u64 = 12 * 3_600;
/// How soon an authority's word is believed about when to ask it again, and how late (RFC 9773 §4.3.2).
const ASK_AGAIN: std::ops::RangeInclusive<u64> = 3_600..=86_400;

/// Without advice: when two thirds of its life are over, or up to a thirtieth of it earlier, so that not all the
/// world comes at once.
#[must_use]
pub fn by_life(validity: Validity, chance: u64) -> u64 {
    let life = validity.until.saturating_sub(validity.from);
    let earlier = chance % (life / 30 + 1);
    validity.from + life / 3 * 2 - earlier.min(life / 3)
}

/// By the authority's advice: some moment of the window; all of them are as good (RFC 9773 §4.2). But never later than
/// when a tenth of its life is left: a window after its end would leave the ports without a certificate.
#[must_use]
pub fn by_window(window: Window, validity: Validity, chance: u64) -> u64 {
    let moment =
        window.start.saturating_add(chance % window.end.saturating_sub(window.start).saturating_add(1));
    let life = validity.until.saturating_sub(validity.from);
    moment.min(validity.until - life / 10)
}

/// In how many seconds the authority is asked for its advice again.
#[must_use]
pub fn ask_again(advised: u64) -> u64 {
    advised.clamp(*ASK_AGAIN.start(), *ASK_AGAIN.end())
}

/// How long to wait after this many failures in a row: doubled each time, a quarter more or less by chance.
#[must_use]
pub fn wait(failures: u32, chance: u64) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST_WAIT);
    Duration::from_secs(doubled * 3 / 4 + chance % (doubled / 2 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 86_400;

    #[test]
    fn a_third_of_the_life_is_left_for_trying() {
        for (days, chance) in [(90, 0), (90, u64::MAX), (6, 7), (6, u64::MAX - 3), (3_650, 12_345_678)] {
            let validity = Validity { from: 1_000, until: 1_000 + days * DAY };
            let time = by_life(validity, chance);
            let (latest, earliest) = (1_000 + days * DAY / 3 * 2, 1_000 + days * DAY * 19 / 30);
            assert!((earliest..=latest).contains(&time), "{days} days: {time}");
        }
        assert_eq!(by_life(Validity { from: 5, until: 5 }, 9), 5, "no life at all");
        assert_eq!(by_life(Validity { from: 5, until: 1 }, 9), 5, "the wrong way round");
    }

    #[test]
    fn some_moment_of_the_window_is_taken() {
        let window = Window { start: 100, end: 200 };
        let by_window = |window, chance| by_window(window, Validity { from: 0, until: 1_000 }, chance);
        assert_eq!((by_window(window, 0), by_window(window, 100), by_window(window, 101)), (100, 200, 100));
        assert_eq!(by_window(Window { start: 100, end: 50 }, u64::MAX), 100, "an end before the start");
    }

    #[test]
    fn advice_never_goes_beyond_the_end_of_the_certificate() {
        let validity = Validity { from: 1_000, until: 1_000 + 90 * DAY };
        let latest = 1_000 + 81 * DAY;
        for window in [
            Window { start: 1_000 + 89 * DAY, end: 1_000 + 200 * DAY },
            Window { start: u64::MAX, end: u64::MAX },
            Window { start: latest, end: u64::MAX },
        ] {
            assert_eq!(by_window(window, validity, DAY), latest, "{window:?}");
        }
        let early = Window { start: 1_000 + 60 * DAY, end: 1_000 + 61 * DAY };
        assert_eq!(by_window(early, validity, 7), 1_000 + 60 * DAY + 7);
    }

    #[test]
    fn advice_on_asking_again_has_bounds() {
        assert_eq!((ask_again(0), ask_again(21_600), ask_again(u64::MAX)), (3_600, 21_600, DAY));
    }

    #[test]
    fn waits_double_and_end_at_half_a_day() {
        let middle = |failures| wait(failures, FIRST_WAIT << 20).as_secs();
        assert!(middle(1) >= 450 && middle(1) <= 750, "{}", middle(1));
        let least: Vec<u64> = [1, 2, 3, 7, 8, 40].map(|failures| wait(failures, 0).as_secs()).to_vec();
        assert_eq!(least, [450, 900, 1_800, 28_800, 32_400, 32_400]);
        assert!(wait(u32::MAX, u64::MAX).as_secs() <= 15 * 3_600);
    }
}
