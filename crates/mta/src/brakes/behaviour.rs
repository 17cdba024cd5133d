//! How one account behaves: its counts, what is usual for it, and how far it is braked.

use postamt_store::conduct::{Brake, Conduct, Habits, HourAndDay, Standing};
use serde::{Deserialize, Serialize};

use super::habits;
use super::judge::{Decision, Recent};
use super::known::KnownRecipients;
use super::limits::{Allowed, Kind};
use super::refusal::Refusal;
use crate::quota::window::{Span, Window};

/// An account is slowed down for so many seconds after the last reason for it …
const SLOWED: u64 = 3_600;
/// … and its mail held for so many.
const HELD: u64 = 86_400;

/// How one account behaves.
#[derive(Debug)]
pub(super) struct Behaviour {
    /// By kind.
    counts: [Counts; 3],
    pub(super) known: KnownRecipients,
    pub(super) last: u64,
    /// Which limits were reached when that was told last, by kind and span.
    told: [[bool; 2]; 3],
    /// Not written down yet.
    pub(super) is_dirty: bool,
    bounced: Counts,
    pub(super) habits: Habits,
    pub(super) standing: Standing,
}

#[derive(Debug)]
struct Counts {
    hour: Window,
    day: Window,
}

/// How an account stands with one of its limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitState {
    /// What is counted.
    pub kind: Kind,
    /// Within an hour or a day.
    pub span: Span,
    /// How many there were.
    pub used: u32,
    /// How many it may be; `None` is no limit.
    pub limit: Option<u32>,
    /// Nothing more is taken until then (seconds since 1970).
    pub full_until: Option<u64>,
}

/// How an account stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountState {
    /// Its name.
    pub account: String,
    /// With each of its limits.
    pub limits: Vec<LimitState>,
    /// How many recipients are remembered that it has written to.
    pub known_recipients: usize,
    /// How far it is braked, and why.
    pub standing: Standing,
}

impl Counts {
    fn new(parts: HourAndDay) -> Self {
        Self { hour: Window::new(Span::Hour, parts.hour), day: Window::new(Span::Day, parts.day) }
    }

    fn parts(&self) -> HourAndDay {
        HourAndDay { hour: self.hour.parts(), day: self.day.parts() }
    }

    fn windows(&mut self) -> [(Span, &mut Window); 2] {
        [(Span::Hour, &mut self.hour), (Span::Day, &mut self.day)]
    }
}

impl Default for Counts {
    fn default() -> Self {
        Self::new(HourAndDay::default())
    }
}

impl Default for Behaviour {
    fn default() -> Self {
        Self::new(Conduct::default())
    }
}

impl Behaviour {
    pub(super) fn new(conduct: Conduct) -> Self {
        Self {
            counts: [conduct.messages, conduct.recipients, conduct.first_time].map(Counts::new),
            known: KnownRecipients::default(),
            last: conduct.last,
            told: Default::default(),
            is_dirty: false,
            bounced: Counts::new(conduct.bounced),
            habits: conduct.habits,
            standing: conduct.standing,
        }
    }

    pub(super) fn conduct(&self, account: &str) -> Conduct {
        let [messages, recipients, first_time] = self.counts.each_ref().map(Counts::parts);
        Conduct {
            account: account.to_owned(),
            last: self.last,
            messages,
            recipients,
            first_time,
            bounced: self.bounced.parts(),
            habits: self.habits.clone(),
            standing: self.standing.clone(),
        }
    }

    /// The first limit that so much more would be over, if any.
    pub(super) fn over(&mut self, amounts: [u32; 3], allowed: &Allowed, now: u64) -> Option<Refusal> {
        for (kind, (counts, wanted)) in Kind::ALL.into_iter().zip(self.counts.iter_mut().zip(amounts)) {
            for (span, window) in counts.windows() {
                let Some(limit) = allowed.of(kind, span) else { continue };
                let used = window.sum(now);
                if wanted > 0 && used.saturating_add(wanted) > limit {
                    let until = window.room_at(wanted, limit, now);
                    return Some(Refusal { kind, span, limit, used, wanted, until });
                }
            }
        }
        None
    }

    pub(super) fn add(&mut self, amounts: [u32; 3], now: u64) {
        for (counts, amount) in self.counts.iter_mut().zip(amounts) {
            // An empty part would stand for nothing.
            for (_, window) in counts.windows().into_iter().filter(|_| amount > 0) {
                window.add(amount, now);
            }
        }
        self.last = now;
        self.is_dirty = true;
    }

    pub(super) fn take_back(&mut self, amounts: [u32; 3]) {
        for (counts, amount) in self.counts.iter_mut().zip(amounts) {
            for (_, window) in counts.windows() {
                window.take_back(amount);
            }
        }
        self.is_dirty = true;
    }

    pub(super) fn states(&mut self, allowed: &Allowed, now: u64) -> Vec<LimitState> {
        let mut states = Vec::with_capacity(6);
        for (kind, counts) in Kind::ALL.into_iter().zip(&mut self.counts) {
            for (span, window) in counts.windows() {
                let (used, limit) = (window.sum(now), allowed.of(kind, span));
                let is_full = limit.is_some_and(|limit| used >= limit);
                let full_until = limit.filter(|_| is_full).and_then(|limit| window.room_at(1, limit, now));
                states.push(LimitState { kind, span, used, limit, full_until });
            }
        }
        states
    }

    /// Whether a refusal is news: told once, and again after there was room.
    pub(super) fn is_news(&mut self, refusal: &Refusal) -> bool {
        let told = &mut self.told[refusal.kind as usize][usize::from(refusal.span != Span::Hour)];
        !std::mem::replace(told, true)
    }

    /// Notes that there is room again where nothing of an amount is over.
    pub(super) fn note_room(&mut self, allowed: &Allowed, now: u64) {
        for (number, kind) in Kind::ALL.into_iter().enumerate() {
            for (place, (span, window)) in self.counts[number].windows().into_iter().enumerate() {
                let has_room = allowed.of(kind, span).is_none_or(|limit| window.sum(now) < limit);
                self.told[number][place] &= !has_room;
            }
        }
    }

    /// What was seen of late, with so much more.
    pub(super) fn recent(&mut self, [_, recipients, strangers]: [u32; 3], now: u64) -> Recent {
        let [_, all, first_time] = &mut self.counts;
        Recent {
            hour_recipients: all.hour.sum(now).saturating_add(recipients),
            day_recipients: all.day.sum(now).saturating_add(recipients),
            day_strangers: first_time.day.sum(now).saturating_add(strangers),
            day_bounced: self.bounced.day.sum(now),
        }
    }

    /// So many recipients could not be delivered to.
    pub(super) fn bounced(&mut self, count: u32, now: u64) {
        for (_, window) in self.bounced.windows() {
            window.add(count, now);
        }
        self.is_dirty = true;
    }

    /// How far it is braked now, a decision taken in.
    pub(super) fn brake(&mut self, decision: Decision, now: u64) -> Brake {
        let standing = &mut self.standing;
        if standing.until.is_some_and(|until| now >= until) {
            *standing = Standing::default();
            self.is_dirty = true;
        }
        if decision.brake == Brake::Free || decision.brake < standing.brake {
            return standing.brake;
        }
        let until = match decision.brake {
            Brake::Free | Brake::Frozen => None,
            Brake::Slowed => Some(now + SLOWED),
            Brake::Held => Some(now + HELD),
        };
        if decision.brake > standing.brake {
            *standing =
                Standing { brake: decision.brake, since: now, until, signs: decision.signs, told: false };
        } else if standing.brake != Brake::Frozen {
            standing.until = until;
            standing.signs = decision.signs;
        }
        self.is_dirty = true;
        standing.brake
    }

    /// How it stands now; what has run out counts no more.
    pub(super) fn standing_at(&self, now: u64) -> Standing {
        match self.standing.until {
            Some(until) if now >= until => Standing::default(),
            _ => self.standing.clone(),
        }
    }

    /// The operator lets it send again: what it did was usual, or it was stolen and is safe again.
    pub(super) fn let_go(&mut self, was_usual: bool, now: u64) -> Standing {
        let recent = self.recent([0; 3], now);
        let standing = std::mem::take(&mut self.standing);
        if was_usual {
            habits::approve(&mut self.habits, recent.hour_recipients, recent.day_strangers, now);
        } else {
            habits::disown(&mut self.habits, standing.since);
            self.counts = Default::default();
        }
        // Failures that are known to the operator shall not brake it again.
        self.bounced = Counts::default();
        self.is_dirty = true;
        standing
    }
}
