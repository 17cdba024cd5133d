//! The cases port: each request to a provider (to open port 25, for PTR records), a blocklist or a mailbox provider, from its
//! draft to its end, kept over restarts.
//!
//! A case is a pile of steps: one is laid on top, none is changed or taken away. Which step may follow which is
//! decided by `postamt_doctor::unblock::case`; this port only sees to it that two who go on at the same time
//! do not both do so ([`CaseError::Moved`]).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::PortFuture;
use crate::facts::PathKey;

/// The number of a case, `c1` for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct CaseId(pub u32);

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{}", self.0)
    }
}

impl From<CaseId> for String {
    fn from(id: CaseId) -> Self {
        id.to_string()
    }
}

/// The text is no number of a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no case: they are called c1, c2, …")]
pub struct NotACase(pub String);

impl FromStr for CaseId {
    type Err = NotACase;

    fn from_str(text: &str) -> Result<Self, NotACase> {
        let digits = text.strip_prefix(['c', 'C']).unwrap_or(text);
        match digits.parse() {
            Ok(number) if number > 0 && digits.bytes().all(|octet| octet.is_ascii_digit()) => {
                Ok(Self(number))
            }
            _ => Err(NotACase(text.to_owned())),
        }
    }
}

impl TryFrom<String> for CaseId {
    type Error = NotACase;

    fn try_from(text: String) -> Result<Self, NotACase> {
        text.parse()
    }
}

/// How a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseStage {
    /// The letter is written.
    Drafted,
    /// It was sent; the provider is to answer.
    Sent,
    /// There is no answer, and it is time to ask again.
    FollowUpDue,
    /// The provider has questions.
    MoreAsked,
    /// Whoever was asked says that it is, or will be, done.
    Granted,
    /// The provider refused: another way is to be taken.
    Escalated,
    /// It was seen: the port open, the PTR record, no entry any more.
    Confirmed,
    /// Over.
    Closed,
}

impl CaseStage {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Drafted,
        Self::Sent,
        Self::FollowUpDue,
        Self::MoreAsked,
        Self::Granted,
        Self::Escalated,
        Self::Confirmed,
        Self::Closed,
    ];

    /// The word in the database, in JSON and in ids of the catalogue.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drafted => "drafted",
            Self::Sent => "sent",
            Self::FollowUpDue => "follow_up_due",
            Self::MoreAsked => "more_asked",
            Self::Granted => "granted",
            Self::Escalated => "escalated",
            Self::Confirmed => "confirmed",
            Self::Closed => "closed",
        }
    }
}

/// How a letter goes to the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseChannel {
    /// A ticket in the customer's panel.
    Ticket,
    /// A form.
    Form,
    /// Mail.
    Email,
    /// By telephone.
    Phone,
    /// Another way.
    Other,
}

impl CaseChannel {
    /// The word in the database, in JSON and in ids of the catalogue.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Form => "form",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Other => "other",
        }
    }
}

/// What providers like to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseQuestion {
    /// What kind of mail it is.
    Content,
    /// How much.
    Volume,
    /// What keeps spam from being sent.
    Prevention,
    /// Whether the addresses are on blocklists.
    Blocklists,
    /// Why port 587 or a relay does not serve.
    Relay,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum CaseEvent {
    /// The letter was written, or written anew: before it was sent, or since the provider wants to know more.
    Drafted,
    /// It, a reminder or an answer was sent.
    Sent {
        /// How.
        channel: CaseChannel,
    },
    /// The time for an answer is over.
    FollowUpDue,
    /// The provider says yes.
    Granted,
    /// The provider says no.
    Refused,
    /// The provider wants to know more.
    MoreAsked {
        /// What; empty where it is nothing usual.
        questions: Vec<CaseQuestion>,
    },
    /// It was seen: the way out open, the PTR record, no entry any more.
    Opened,
    /// The way out is closed again: another case follows.
    Lost {
        /// Which.
        successor: CaseId,
    },
    /// Somebody remarked something.
    Noted,
    /// Somebody ended it.
    Closed,
}

impl CaseEvent {
    /// The word in the database, in JSON and in ids of the catalogue.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Drafted => "drafted",
            Self::Sent { .. } => "sent",
            Self::FollowUpDue => "follow_up_due",
            Self::Granted => "granted",
            Self::Refused => "refused",
            Self::MoreAsked { .. } => "more_asked",
            Self::Opened => "opened",
            Self::Lost { .. } => "lost",
            Self::Noted => "noted",
            Self::Closed => "closed",
        }
    }
}

/// A text in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseText {
    /// `de` or `en`.
    pub language: String,
    /// The text.
    pub text: String,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseStep {
    /// When, seconds since 1970.
    pub at: u64,
    /// What happened.
    #[serde(flatten)]
    pub event: CaseEvent,
    /// How the case stands since.
    pub stage: CaseStage,
    /// The provider's number for it, where it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// What somebody remarked, or the provider's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What was written: the letter, a reminder, an answer, the alternatives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<CaseText>,
    /// When to ask again, seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up_at: Option<u64>,
}

impl CaseStep {
    /// The first one: the letter is written.
    #[must_use]
    pub fn drafted(at: u64, letter: CaseText) -> Self {
        Self {
            at,
            event: CaseEvent::Drafted,
            stage: CaseStage::Drafted,
            ticket: None,
            note: None,
            texts: vec![letter],
            follow_up_at: None,
        }
    }
}

/// What a request is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CaseAbout {
    /// Port 25 is to be opened.
    #[default]
    Port25,
    /// Addresses are to have PTR records.
    Ptr {
        /// Which.
        wanted: Vec<WantedName>,
    },
    /// A blocklist or a mailbox provider is to let go.
    Delisting {
        /// Which.
        #[serde(flatten)]
        by: Lister,
        /// Its name for people.
        name: String,
        /// The addresses and domains that it has.
        listed: Vec<String>,
    },
}

impl CaseAbout {
    /// The word in JSON and in ids of the catalogue.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Port25 => "port25",
            Self::Ptr { .. } => "ptr",
            Self::Delisting { .. } => "delisting",
        }
    }
}

/// The name that the PTR record of an address is to have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedName {
    /// The address.
    pub address: IpAddr,
    /// The name.
    pub name: String,
}

/// Who lists or refuses, by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lister {
    /// A blocklist.
    List(String),
    /// A mailbox provider.
    Mailbox(String),
}

/// What a case is about. It does not change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseSubject {
    /// What is asked for.
    #[serde(default)]
    pub about: CaseAbout,
    /// The provider's id in the knowledge base.
    pub provider: Option<String>,
    /// This host.
    pub hostname: String,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// The ways out that were closed; empty: whichever there are.
    pub paths: Vec<PathKey>,
    /// After how many days to ask again, where the provider is known to need so long.
    pub follow_up_days: Option<u8>,
    /// The case whose permission was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<CaseId>,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its number.
    pub id: CaseId,
    /// What it is about.
    #[serde(flatten)]
    pub subject: CaseSubject,
    /// What happened, oldest first.
    pub steps: Vec<CaseStep>,
}

impl Case {
    /// How it stands.
    #[must_use]
    pub fn stage(&self) -> CaseStage {
        self.steps.last().map_or(CaseStage::Drafted, |step| step.stage)
    }

    /// Whether something is still to happen: it is not over, and the port was not seen open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.stage(), CaseStage::Confirmed | CaseStage::Closed)
    }

    /// When it was first sent.
    #[must_use]
    pub fn sent_at(&self) -> Option<u64> {
        self.steps.iter().find(|step| matches!(step.event, CaseEvent::Sent { .. })).map(|step| step.at)
    }

    /// The provider's number for it, the newest.
    #[must_use]
    pub fn ticket(&self) -> Option<&str> {
        self.steps.iter().rev().find_map(|step| step.ticket.as_deref())
    }

    /// When to ask again; only while an answer is waited for.
    #[must_use]
    pub fn follow_up_at(&self) -> Option<u64> {
        self.due_at().filter(|_| self.stage() == CaseStage::Sent)
    }

    /// The letter; where it was drafted more than once, the newest.
    #[must_use]
    pub fn letter(&self) -> Option<&CaseText> {
        let is_draft = |step: &&CaseStep| matches!(step.event, CaseEvent::Drafted);
        self.steps.iter().rev().filter(is_draft).find_map(|step| step.texts.first())
    }

    /// When an answer is, or was, to come; only while it is missing.
    #[must_use]
    pub fn due_at(&self) -> Option<u64> {
        let is_waited_for = matches!(self.stage(), CaseStage::Sent | CaseStage::FollowUpDue);
        self.steps.iter().rev().find_map(|step| step.follow_up_at).filter(|_| is_waited_for)
    }

    /// When it was last sent.
    #[must_use]
    pub fn last_sent_at(&self) -> Option<u64> {
        let is_sent = |step: &&CaseStep| matches!(step.event, CaseEvent::Sent { .. });
        self.steps.iter().rev().find(is_sent).map(|step| step.at)
    }

    /// Since when it stands as it does: remarks do not count.
    #[must_use]
    pub fn since(&self) -> Option<u64> {
        let stage = self.stage();
        self.steps.iter().rev().take_while(|step| step.stage == stage).last().map(|step| step.at)
    }
}

/// When it was last looked whether a case has what it asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseLook {
    /// Which.
    pub id: CaseId,
    /// When, seconds since 1970.
    pub at: u64,
    /// How many steps it had then.
    pub steps: u64,
}

/// Why a case cannot be read or go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    /// There is none of this number.
    #[error("there is no case {0}")]
    Unknown(CaseId),
    /// Somebody else has taken a step meanwhile, or has opened the case that follows.
    #[error("somebody else has gone on with case {0} meanwhile")]
    Moved(CaseId),
    /// The database failed.
    #[error("the cases database failed: {0}")]
    Database(String),
}

/// The cases.
pub trait Cases: Send + Sync {
    /// All of them, oldest first.
    fn cases(&self) -> PortFuture<'_, Result<Vec<Case>, CaseError>>;
    /// Opens one; its number is the next. A case has one that follows it at the most.
    fn open_case(&self, subject: CaseSubject, first: CaseStep) -> PortFuture<'_, Result<Case, CaseError>>;
    /// Lays a step on top of the `seen` that there are.
    fn add_step(&self, id: CaseId, seen: usize, step: CaseStep) -> PortFuture<'_, Result<Case, CaseError>>;
    /// The last look at each case, where there was one.
    fn looks(&self) -> PortFuture<'_, Result<Vec<CaseLook>, CaseError>>;
    /// Keeps a look in place of the one before.
    fn save_look(&self, look: CaseLook) -> PortFuture<'_, Result<(), CaseError>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, expected) in [("c1", Some(1)), ("C12", Some(12)), ("7", Some(7))] {
            assert_eq!(text.parse().ok(), expected.map(CaseId), "{text}");
        }
        for text in ["", "c", "c0", "c-1", "c+1", "d1", "c1x"] {
            assert_eq!(text.parse::<CaseId>(), Err(NotACase(text.to_owned())));
        }
        assert_eq!(CaseId(3).to_string(), "c3");
    }
}
