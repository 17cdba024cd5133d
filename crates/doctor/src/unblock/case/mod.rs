//! A request to a provider, followed from its draft to its end. Pure: a step is made of the case as it stands and of
//! what happened; the store lays it on top.
//!
//! ```text
//! drafted ─▶ sent ─▶ follow_up_due ─▶ sent …            any ─▶ closed; a newer letter while it is our turn: stays
//!             │  └─▶ more_asked ─▶ sent …
//!             ├─▶ granted ───▶ confirmed (seen) ─▶ closed, and the next case drafted (seen to be lost again)
//!             └─▶ escalated (refused): a relay, another plan, another provider; or asked once more
//! ```
//!
//! What confirms a case depends on what it is about: the port seen open, the PTR record seen ([`seen`]), no entry any more.
//!
//! [`step`] fails with [`Impossible`], which says what is missing. [`watch::due`] is what the server asks about every case,
//! [`text`] writes reminders, answers, alternatives and the file to be handed on.

use postamt_store::cases::{Case, CaseAbout, CaseEvent, CaseStage, CaseStep, CaseSubject};

pub mod answers;
pub mod notice;
pub mod seen;
pub mod text;
pub mod watch;

#[cfg(test)]
mod tests;

/// Working days that a provider has where nothing is known of it.
const WORKING_DAYS: u64 = 5;
const DAY: u64 = 86_400;

/// Why a step cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    /// The letter has been sent already.
    #[error("the letter has been sent already")]
    AlreadyDrafted,
    /// Nobody can have answered.
    #[error("the letter has not been sent yet")]
    NotSentYet,
    /// An answer is waited for.
    #[error("the letter has been sent already, and an answer is waited for")]
    AlreadySent,
    /// Nothing is waited for.
    #[error("no answer is waited for")]
    NotWaiting,
    /// The provider has said so already.
    #[error("the provider has said so already")]
    AlreadyAnswered,
    /// The port is open.
    #[error("port 25 was seen open already")]
    AlreadyOpen,
    /// It was never seen open.
    #[error("port 25 was not seen open yet")]
    NotConfirmed,
    /// The case is over.
    #[error("the case is closed")]
    Over,
}

impl Impossible {
    /// The word in ids of the catalogue.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AlreadyDrafted => "already-drafted",
            Self::NotSentYet => "not-sent-yet",
            Self::AlreadySent => "already-sent",
            Self::NotWaiting => "not-waiting",
            Self::AlreadyAnswered => "already-answered",
            Self::AlreadyOpen => "already-open",
            Self::NotConfirmed => "not-confirmed",
            Self::Over => "over",
        }
    }
}

/// How a case stands after this.
///
/// # Errors
/// It cannot happen now.
pub const fn next(stage: CaseStage, event: &CaseEvent) -> Result<CaseStage, Impossible> {
    use CaseStage as Stage;
    Ok(match (stage, event) {
        (stage, CaseEvent::Noted) => stage,
        (Stage::Closed, _) => return Err(Impossible::Over),
        (_, CaseEvent::Closed) => Stage::Closed,
        // It is our turn: whatever is written is not sent yet.
        (
            stage @ (Stage::Drafted | Stage::FollowUpDue | Stage::MoreAsked | Stage::Escalated),
            CaseEvent::Drafted,
        ) => stage,
        (_, CaseEvent::Drafted) => return Err(Impossible::AlreadyDrafted),
        (Stage::Confirmed, CaseEvent::Lost { .. }) => Stage::Closed,
        (_, CaseEvent::Lost { .. }) => return Err(Impossible::NotConfirmed),
        (Stage::Sent, CaseEvent::FollowUpDue) => Stage::FollowUpDue,
        (_, CaseEvent::FollowUpDue) => return Err(Impossible::NotWaiting),
        (Stage::Confirmed, _) => return Err(Impossible::AlreadyOpen),
        (_, CaseEvent::Opened) => Stage::Confirmed,
        (Stage::Sent, CaseEvent::Sent { .. }) => return Err(Impossible::AlreadySent),
        (_, CaseEvent::Sent { .. }) => Stage::Sent,
        (Stage::Drafted, _) => return Err(Impossible::NotSentYet),
        (Stage::Granted, CaseEvent::Granted) | (Stage::Escalated, CaseEvent::Refused) => {
            return Err(Impossible::AlreadyAnswered);
        }
        (_, CaseEvent::Granted) => Stage::Granted,
        (_, CaseEvent::Refused) => Stage::Escalated,
        (_, CaseEvent::MoreAsked { .. }) => Stage::MoreAsked,
    })
}

/// The step to lay on top; its texts are for [`text`] to write.
///
/// # Errors
/// It cannot happen now.
pub fn step(case: &Case, event: CaseEvent, at: u64, note: Option<String>) -> Result<CaseStep, Impossible> {
    let stage = next(case.stage(), &event)?;
    let is_sent = matches!(event, CaseEvent::Sent { .. });
    let follow_up_at = is_sent.then(|| follow_up_at(at, case.subject.follow_up_days));
    Ok(CaseStep { at, event, stage, ticket: None, note, texts: Vec::new(), follow_up_at })
}

/// Whether a case asks for what a new letter asks for. Of PTR records and entries it must have all of them; a draft,
/// whose letter is replaced while what it waits for stays, no others. Of ways one in common is enough, and ways that
/// are not known yet are no other ways.
#[must_use]
pub fn is_about_the_same(case: &Case, new: &CaseSubject) -> bool {
    fn covers<T: PartialEq>(known: &[T], new: &[T], exactly: bool) -> bool {
        new.iter().all(|one| known.contains(one)) && (!exactly || known.len() == new.len())
    }
    let (known, is_draft) = (&case.subject, case.stage() == CaseStage::Drafted);
    match (&known.about, &new.about) {
        (CaseAbout::Port25, CaseAbout::Port25) => {}
        (CaseAbout::Ptr { wanted }, CaseAbout::Ptr { wanted: others }) => {
            return known.provider == new.provider && covers(wanted, others, is_draft);
        }
        (CaseAbout::Delisting { by, listed, .. }, CaseAbout::Delisting { by: other, listed: others, .. }) => {
            return by == other && covers(listed, others, is_draft);
        }
        _ => return false,
    }
    let has_way = known.paths.iter().any(|way| new.paths.contains(way));
    known.provider == new.provider && (has_way || known.paths.is_empty() || new.paths.is_empty())
}

/// When to ask again: after as many days as the provider is known to need, or else after five working days.
#[must_use]
pub fn follow_up_at(sent_at: u64, days: Option<u8>) -> u64 {
    if let Some(days) = days {
        return sent_at + u64::from(days) * DAY;
    }
    let (mut at, mut left) = (sent_at, WORKING_DAYS);
    while left > 0 {
        at += DAY;
        // 1970-01-01 was a Thursday: days 2 and 3 of that week are Saturday and Sunday.
        if !matches!(at / DAY % 7, 2 | 3) {
            left -= 1;
        }
    }
    at
}
