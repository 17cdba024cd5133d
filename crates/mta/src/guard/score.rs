//! How much a host has against it: points that halve with time, and what they are for. Pure; seconds since 1970.
//!
//! A login that fails weighs more with each further account name, as it is tried by those who guess; what failed under
//! one name is forgiven when a login by that name succeeds, so that a slip of the finger costs nobody anything.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use postamt_store::bans::{BanReason, Offence};

/// Points that bring a ban.
pub const BAN_AT: f64 = 100.0;
/// After this many seconds half of the points are left.
const HALF_LIFE: f64 = 600.0;
/// From so many points on, answers to offences are delayed …
const DELAY_AT: f64 = 20.0;
/// … for so many seconds at the most.
const LONGEST_DELAY: u32 = 8;
/// Account names that are told apart.
const NAMES: usize = 64;
/// Guesses that are known again.
const GUESSES: usize = 16;
/// Points for each account name beyond the first.
const FURTHER_NAME: f64 = 10.0;
/// Points that offences of mail bring at the most.
const MOST_OF_MAIL: f64 = 60.0;

/// What an offence weighs: six guesses at different accounts bring a ban, ten at the same one. Whether the account
/// exists makes no difference, since the peer feels the weight by the delay.
#[must_use]
pub const fn weight(offence: Offence) -> f64 {
    match offence {
        Offence::ForeignProtocol => 35.0,
        Offence::RelayAttempt => 20.0,
        Offence::WrongPassword
        | Offence::UnknownAccount
        | Offence::LoginNotOffered
        | Offence::Smuggling
        | Offence::Impatience => 10.0,
        Offence::UnknownRecipient => 8.0,
        // A monitor may look every minute.
        Offence::Scan => 4.0,
    }
}

/// What an honest server does, too, whose user has an address wrong or a program that breaks its lines, or to whom
/// somebody has pointed an MX: by itself it is slowed down and never banned, or anybody could have the servers of a
/// large provider shut out.
const fn is_of_mail(offence: Offence) -> bool {
    matches!(offence, Offence::RelayAttempt | Offence::UnknownRecipient | Offence::Smuggling)
}

/// What a host has against it.
#[derive(Debug, Clone, Default)]
pub struct Score {
    points: f64,
    /// Points that count for the ban and not for the delay: what a guess weighs more at an account under siege.
    unfelt: f64,
    /// Points of mail.
    of_mail: f64,
    at: u64,
    counts: BTreeMap<Offence, u32>,
    /// Points by the account name that they were got with, the name as a hash.
    names: Vec<(u64, f64)>,
    /// The last guesses at a password, each as a keyed hash with its account.
    guesses: VecDeque<u64>,
}

impl Score {
    /// Points that are left.
    #[must_use]
    pub fn points(&self, now: u64) -> f64 {
        (self.points + self.unfelt + self.of_mail) * self.left(now)
    }

    #[expect(clippy::cast_precision_loss, reason = "seconds since the last offence are few")]
    fn left(&self, now: u64) -> f64 {
        (-(now.saturating_sub(self.at) as f64) / HALF_LIFE).exp2()
    }

    fn settle(&mut self, now: u64) {
        let left = self.left(now);
        for points in [&mut self.points, &mut self.unfelt, &mut self.of_mail] {
            *points *= left;
        }
        self.names.iter_mut().for_each(|(_, points)| *points *= left);
        self.at = self.at.max(now);
        if self.points + self.unfelt + self.of_mail < 1.0 {
            // Nothing of what was is worth mentioning in the reason of a later ban.
            self.counts.clear();
            self.names.clear();
        }
    }

    /// Counts an offence, its weight multiplied by `factor`; `name` stands for the account name that was tried.
    pub fn add(&mut self, offence: Offence, name: Option<u64>, factor: f64, now: u64) {
        self.settle(now);
        if is_of_mail(offence) {
            self.of_mail = (self.of_mail + weight(offence)).min(MOST_OF_MAIL);
        } else {
            self.add_guess(offence, name, factor);
        }
        *self.counts.entry(offence).or_default() += 1;
    }

    /// Whether this host has made the same guess before; it is remembered.
    pub fn has_tried(&mut self, guess: u64) -> bool {
        let is_known = self.guesses.contains(&guess);
        if !is_known {
            self.guesses.truncate(GUESSES - 1);
            self.guesses.push_front(guess);
        }
        is_known
    }

    fn add_guess(&mut self, offence: Offence, name: Option<u64>, factor: f64) {
        let felt = factor.min(1.0);
        let mut points = weight(offence) * felt;
        if let Some(name) = name {
            let known = self.names.iter().position(|(known, _)| *known == name);
            if known.is_none() && !self.names.is_empty() {
                points += FURTHER_NAME * felt;
            }
            match known {
                Some(at) => self.names[at].1 += points,
                None if self.names.len() < NAMES => self.names.push((name, points)),
                // Nobody who tries so many names is forgiven for one.
                None => {}
            }
        }
        self.points += points;
        self.unfelt += weight(offence) * (factor - felt);
    }

    /// A login by this name succeeded.
    pub fn forgive(&mut self, name: u64, now: u64) {
        self.settle(now);
        if let Some(at) = self.names.iter().position(|(known, _)| *known == name) {
            let (_, points) = self.names.swap_remove(at);
            self.points = (self.points - points).max(0.0);
        }
    }

    /// How long the answer to the next offence waits: a second, doubled with every further twenty points.
    #[must_use]
    pub fn delay(&self, now: u64) -> Duration {
        let points = (self.points + self.of_mail) * self.left(now);
        if points < DELAY_AT {
            return Duration::ZERO;
        }
        let steps = ((points - DELAY_AT) / DELAY_AT).floor().exp2().min(f64::from(LONGEST_DELAY));
        Duration::from_secs_f64(steps)
    }

    /// What it is all for.
    #[must_use]
    pub fn reason(&self) -> BanReason {
        let names = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        BanReason::Offences { counts: self.counts.clone(), names }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many offences of a kind in a row, so many seconds apart, bring a ban; names differ or not.
    fn until_ban(offence: Offence, apart: u64, names: bool) -> Option<u64> {
        let mut score = Score::default();
        (1..=200).find(|count| {
            let name = if names { *count } else { 1 };
            score.add(offence, Some(name), 1.0, count * apart);
            score.points(count * apart) >= BAN_AT
        })
    }

    #[test]
    fn a_ban_comes_after_so_many() {
        for (offence, apart, names, count) in [
            (Offence::WrongPassword, 0, false, Some(10)),
            (Offence::UnknownAccount, 0, false, Some(10)),
            (Offence::WrongPassword, 0, true, Some(6)),
            (Offence::UnknownAccount, 0, true, Some(6)),
            (Offence::ForeignProtocol, 0, false, Some(3)),
            (Offence::Scan, 0, false, Some(25)),
            (Offence::Scan, 60, false, None),
            // An honest server does these, too.
            (Offence::RelayAttempt, 1, false, None),
            (Offence::UnknownRecipient, 1, false, None),
            (Offence::Smuggling, 0, false, None),
            // A telephone with an old password asks every few minutes for days.
            (Offence::WrongPassword, 120, false, None),
            (Offence::WrongPassword, 60, false, Some(16)),
        ] {
            let name = offence.name();
            assert_eq!(
                until_ban(offence, apart, names),
                count,
                "{name} every {apart} s, names differ: {names}"
            );
        }
    }

    #[test]
    fn delays_grow_and_go() {
        let mut score = Score::default();
        let mut delays = Vec::new();
        for _ in 0..10 {
            score.add(Offence::WrongPassword, Some(1), 1.0, 1_000);
            delays.push(score.delay(1_000).as_secs());
        }
        assert_eq!(delays, [0, 1, 1, 2, 2, 4, 4, 8, 8, 8]);
        assert_eq!(score.delay(1_000 + 3 * 600), Duration::ZERO);
    }

    #[test]
    fn a_login_forgives_what_failed_under_its_name_only() {
        let mut score = Score::default();
        for name in [1, 1, 1, 2] {
            score.add(Offence::WrongPassword, Some(name), 1.0, 5);
        }
        score.forgive(1, 5);
        assert!((score.points(5) - 20.0).abs() < 0.01, "{score:?}");
        score.forgive(3, 5);
        assert!((score.points(5) - 20.0).abs() < 0.01, "{score:?}");
    }

    #[test]
    fn mail_alone_slows_down_and_counts_beside_other_things() {
        let mut score = Score::default();
        for _ in 0..100 {
            score.add(Offence::UnknownRecipient, None, 1.0, 5);
        }
        assert_eq!(score.delay(5).as_secs(), 4);
        for name in 1..=2 {
            assert!(score.points(5) < BAN_AT);
            score.add(Offence::UnknownAccount, Some(name), 1.0, 5);
        }
        score.add(Offence::UnknownAccount, Some(3), 1.0, 5);
        assert!(score.points(5) >= BAN_AT);
    }

    #[test]
    fn a_siege_is_not_felt_before_the_ban() {
        let delays = |factor| {
            let mut score = Score::default();
            (0..3).for_each(|_| score.add(Offence::WrongPassword, Some(1), factor, 5));
            (score.delay(5), score.points(5))
        };
        assert_eq!(delays(1.0).0, delays(3.0).0);
        assert!(delays(3.0).1 > 2.0 * delays(1.0).1);
    }

    #[test]
    fn what_is_long_ago_is_no_reason() {
        let mut score = Score::default();
        score.add(Offence::ForeignProtocol, None, 1.0, 0);
        score.add(Offence::Impatience, None, 1.0, 6_000);
        let counts = BTreeMap::from([(Offence::Impatience, 1)]);
        assert_eq!(score.reason(), BanReason::Offences { counts, names: 0 });
    }
}
