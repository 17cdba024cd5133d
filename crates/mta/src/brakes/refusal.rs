//! Why an account may not send this now, and what the client hears of it.

use jiff::Timestamp;
use postamt_mail::reply::Reply;

use super::limits::Kind;
use crate::quota::window::Span;

/// A limit that would be passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is counted.
    pub kind: Kind,
    /// Within an hour or a day.
    pub span: Span,
    /// How many are allowed.
    pub limit: u32,
    /// How many there were.
    pub used: u32,
    /// How many more were wanted.
    pub wanted: u32,
    /// When they fit in (seconds since 1970); `None` if they never do.
    pub until: Option<u64>,
}

/// Why a message is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTaken {
    /// It would be over a limit.
    Limit(Refusal),
    /// The account is slowed down.
    Slowed {
        /// The next message is taken then (seconds since 1970).
        again: u64,
    },
    /// The account is frozen.
    Frozen {
        /// Since when.
        since: u64,
    },
}

impl From<Refusal> for NotTaken {
    fn from(refusal: Refusal) -> Self {
        Self::Limit(refusal)
    }
}

impl NotTaken {
    /// What the client hears.
    #[must_use]
    pub fn reply(&self, account: &str, now: u64) -> Reply {
        match self {
            Self::Limit(refusal) => refusal.reply(account),
            Self::Slowed { again } => {
                let words = format!(
                    "{account} sends unusually much and is slowed down: send this again in {} seconds, one message at a \
                     time, or ask the postmaster",
                    again.saturating_sub(now).max(1)
                );
                Reply::new(450, (4, 7, 1), words)
            }
            Self::Frozen { since } => {
                let words = format!(
                    "{account} may not send since {}, because its mail looked as if somebody else sent it: ask the \
                     postmaster, who has been told why",
                    time(*since)
                );
                Reply::new(450, (4, 7, 1), words)
            }
        }
    }
}

impl Refusal {
    /// What the client hears.
    #[must_use]
    pub fn reply(&self, account: &str) -> Reply {
        let what = match self.kind {
            Kind::Messages => "messages",
            Kind::Recipients => "recipients",
            Kind::FirstTime => "recipients that it has never written to before",
        };
        let span = match self.span {
            Span::Hour => "an hour",
            Span::Day | Span::Month => "24 hours",
        };
        let Self { limit, used, wanted, .. } = self;
        match self.until {
            Some(until) => {
                let so_far = match self.kind {
                    Kind::Messages => {
                        format!("{account} may send {limit} {what} within {span} and has sent {used}")
                    }
                    _ => format!(
                        "{account} may send to {limit} {what} within {span}, has sent to {used}, and this is for {wanted} \
                         more"
                    ),
                };
                let words = format!(
                    "{so_far}: send it again after {}, or ask the postmaster for a higher limit",
                    time(until)
                );
                // RFC 5321 §4.5.3.1.10 has 452 for too many recipients; RFC 3463 §3.8 has 7.1 for a policy.
                Reply::new(452, (4, 7, 1), words)
            }
            // Waiting would not help.
            None => Reply::new(
                550,
                (5, 7, 1),
                format!(
                    "this is for {wanted} {what}, and {account} may send to {limit} within {span}: send it to fewer \
                     at a time, or ask the postmaster for a higher limit"
                ),
            ),
        }
    }
}

/// `2026-11-24 15:20 UTC`, not before that second.
fn time(seconds: u64) -> String {
    let minutes = i64::try_from(seconds.div_ceil(60) * 60).unwrap_or(i64::MAX);
    Timestamp::from_second(minutes)
        .map_or_else(|_| "a while".to_owned(), |time| time.strftime("%Y-%m-%d %H:%M UTC").to_string())
}
