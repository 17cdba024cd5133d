//! What one account may send: the limits of all accounts, and what the operator has said for one.
//!
//! One figure is enough: what is not named follows what is. The hour follows the day, recipients follow messages (each
//! has one at least), and first-time recipients follow recipients; figures only follow upwards.

use postamt_store::accounts::OwnLimits;
use serde::{Deserialize, Serialize};

use crate::quota::window::Span;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Messages.
    Messages,
    /// Recipients.
    Recipients,
    /// Recipients outside our own domains that this account has never written to.
    FirstTime,
}

impl Kind {
    /// Each follows the one before.
    pub const ALL: [Self; 3] = [Self::Messages, Self::Recipients, Self::FirstTime];
}

/// What an account may send; `None` is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed {
    /// By kind: within an hour and within a day.
    pub figures: [[Option<u32>; 2]; 3],
}

impl Allowed {
    /// No limits.
    pub const ANYTHING: Self = Self { figures: [[None; 2]; 3] };

    /// One figure.
    #[must_use]
    pub const fn of(&self, kind: Kind, span: Span) -> Option<u32> {
        let [hour, day] = self.figures[kind as usize];
        match span {
            Span::Hour => hour,
            Span::Day | Span::Month => day,
        }
    }

    /// For an account with limits of its own.
    #[must_use]
    pub fn with(&self, own: &OwnLimits) -> Self {
        if *own == OwnLimits::default() {
            return *self;
        }
        let named = [
            [own.messages_per_hour, own.messages_per_day],
            [own.recipients_per_hour, own.recipients_per_day],
            [own.first_time_per_hour, own.first_time_per_day],
        ];
        let mut figures = self.figures;
        for kind in 0..3 {
            for span in 0..2 {
                figures[kind][span] = match named[kind][span] {
                    Some(0) => None,
                    Some(figure) => Some(figure),
                    None => followed(self.figures[kind][span], &named[..=kind], span),
                };
            }
        }
        Self { figures }
    }
}

/// A figure that is not named: the usual one, or the greatest of those that it follows.
fn followed(usual: Option<u32>, named: &[[Option<u32>; 2]], span: usize) -> Option<u32> {
    let followed = named.iter().flat_map(|figures| &figures[span..]).flatten();
    followed.fold(usual, |greatest, figure| match *figure {
        0 => None,
        figure => greatest.map(|greatest| greatest.max(figure)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Allowed =
        Allowed { figures: [[Some(200), Some(1000)], [Some(500), Some(2000)], [Some(100), Some(200)]] };

    #[track_caller]
    fn check(own: OwnLimits, expected: [[u32; 2]; 3]) {
        let figures = expected.map(|kind| kind.map(|figure| (figure > 0).then_some(figure)));
        assert_eq!(USUAL.with(&own).figures, figures);
    }

    #[test]
    fn what_is_not_named_follows_upwards() {
        let none = OwnLimits::default;
        check(none(), [[200, 1000], [500, 2000], [100, 200]]);
        let newsletter = OwnLimits { messages_per_day: Some(6000), ..none() };
        check(newsletter, [[6000, 6000], [6000, 6000], [6000, 6000]]);
        let guarded = OwnLimits { first_time_per_day: Some(300), ..newsletter };
        check(guarded, [[6000, 6000], [6000, 6000], [6000, 300]]);
        check(
            OwnLimits { recipients_per_day: Some(6000), ..none() },
            [[200, 1000], [6000, 6000], [6000, 6000]],
        );
        check(OwnLimits { first_time_per_day: Some(900), ..none() }, [[200, 1000], [500, 2000], [900, 900]]);
        check(OwnLimits { messages_per_hour: Some(600), ..none() }, [[600, 1000], [600, 2000], [600, 200]]);
        check(OwnLimits { messages_per_day: Some(20), ..none() }, [[200, 20], [500, 2000], [100, 200]]);
        check(OwnLimits { recipients_per_day: Some(0), ..none() }, [[200, 1000], [0, 0], [0, 0]]);
    }
}
