//! From what is usual, what was seen of late and one message to how far an account is braked: a pure function, with its
//! reasons.
//!
//! Each sign weighs a point or two; no single one but the bounces is enough for more than slowing down.
//!
//! | sign | one point | two points |
//! |---|---|---|
//! | recipients within an hour | more than 4 times what is usual at this hour of the week | more than 10 times |
//! | strangers within a day | more than twice what is usual | more than 3 times |
//! | failures within a day | 10, and more than a tenth | 20, and more than three tenths |
//! | network | new within three days | |
//! | one new text | to 20 strangers | |
//!
//! Two points slow down, three hold, four freeze. Usual is what was learned, and never less than a part of what the
//! account may send; for its first weeks an account is taken to send twice as many strangers as that.

use postamt_store::conduct::{Brake, Habits, Sign};

use super::habits::{self, ALIKE_STRANGERS, YOUNG_ACCOUNT, YOUNG_CONTENT, YOUNG_NETWORK};
use super::limits::{Allowed, Kind};
use crate::quota::window::Span;

/// What was seen of late, this message included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recent {
    /// Recipients within an hour.
    pub hour_recipients: u32,
    /// Recipients within a day.
    pub day_recipients: u32,
    /// Strangers within a day.
    pub day_strangers: u32,
    /// Recipients within a day that could not be delivered to.
    pub day_bounced: u32,
}

/// One message.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// From where it comes; `None` is this host.
    pub network: Option<&'a str>,
    /// Of its text.
    pub fingerprint: u64,
    /// Recipients that the account has never written to before.
    pub strangers: u32,
}

/// What an account is taken to send at the least: what was never learned is not less usual than this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Floor {
    /// Recipients within an hour.
    pub recipients: u32,
    /// Strangers within a day.
    pub strangers: u32,
}

impl Floor {
    /// From what all accounts may send, and this one. What the operator has said for one account is taken at its word.
    #[must_use]
    pub fn of(all: &Allowed, own: &Allowed) -> Self {
        let figure = |kind, span, part: u32| match (all.of(kind, span), own.of(kind, span)) {
            (_, None) => u32::MAX,
            (Some(all), Some(own)) if own > all => own,
            (_, Some(own)) => own / part,
        };
        Self {
            recipients: figure(Kind::Recipients, Span::Hour, 20),
            strangers: figure(Kind::FirstTime, Span::Day, 8),
        }
    }
}

/// What comes of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// How far the account is to be braked.
    pub brake: Brake,
    /// Why.
    pub signs: Vec<Sign>,
}

/// See the head of this file.
#[must_use]
pub fn judge(habits: &Habits, recent: &Recent, message: Message<'_>, floor: Floor, now: u64) -> Decision {
    let signs = [
        volume(habits, recent, floor, now),
        strangers(habits, recent, floor, now),
        bounces(recent),
        network(habits, message, now),
        alike(habits, message, now),
    ];
    let points: u32 = signs.iter().flatten().map(|(points, _)| points).sum();
    let brake = match points {
        0 | 1 => Brake::Free,
        2 => Brake::Slowed,
        3 => Brake::Held,
        _ => Brake::Frozen,
    };
    Decision { brake, signs: signs.into_iter().flatten().map(|(_, sign)| sign).collect() }
}

fn volume(habits: &Habits, recent: &Recent, floor: Floor, now: u64) -> Option<(u32, Sign)> {
    let usual = habits::usual_recipients(habits, now).max(floor.recipients);
    let points = times(recent.hour_recipients, usual, [4, 10])?;
    Some((points, Sign::Volume { recipients: recent.hour_recipients, usual }))
}

fn strangers(habits: &Habits, recent: &Recent, floor: Floor, now: u64) -> Option<(u32, Sign)> {
    let usual = habits.strangers.max(floor.strangers);
    let usual = if is_young(habits, now) { usual.saturating_mul(2) } else { usual };
    let points = times(recent.day_strangers, usual, [2, 3])?;
    Some((points, Sign::Strangers { recipients: recent.day_strangers, usual }))
}

/// Points for being more than so many times as much.
fn times(seen: u32, usual: u32, factors: [u64; 2]) -> Option<u32> {
    let over = factors.into_iter().filter(|factor| u64::from(seen) > u64::from(usual) * factor).count();
    u32::try_from(over).ok().filter(|points| *points > 0)
}

fn bounces(recent: &Recent) -> Option<(u32, Sign)> {
    let (failed, of) = (recent.day_bounced, recent.day_recipients.max(recent.day_bounced));
    let tenths = u64::from(failed) * 10;
    let points = match failed {
        20.. if tenths > u64::from(of) * 3 => 2,
        10.. if tenths > u64::from(of) => 1,
        _ => return None,
    };
    Some((points, Sign::Bounces { failed, of }))
}

fn is_young(habits: &Habits, now: u64) -> bool {
    now < habits.since.saturating_add(YOUNG_ACCOUNT)
}

fn network(habits: &Habits, message: Message<'_>, now: u64) -> Option<(u32, Sign)> {
    let network = message.network?;
    let first = habits.networks.iter().find(|seen| seen.network == network).map_or(now, |seen| seen.first);
    let is_new = now < first.saturating_add(YOUNG_NETWORK) && !is_young(habits, now);
    is_new.then(|| (1, Sign::Network { network: network.to_owned() }))
}

fn alike(habits: &Habits, message: Message<'_>, now: u64) -> Option<(u32, Sign)> {
    let seen = habits::similar(habits, message.fingerprint)?;
    let recipients = seen.strangers.saturating_add(message.strangers);
    let is_new = now < seen.first.saturating_add(YOUNG_CONTENT);
    (is_new && recipients >= ALIKE_STRANGERS).then_some((1, Sign::Alike { recipients }))
}

#[cfg(test)]
mod tests;
