//! Content filters: which there are, in the order in which they are asked, and what their answers do.

use std::time::Duration;

use postamt_mail::rules::Rule;
use postamt_mail::words::Language;
use postamt_net::service::ServiceAddress;
use postamt_net::smtp::Secret;

/// What becomes of mail that a filter has not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfiltered {
    /// The client is asked to try again later.
    Defer,
    /// It goes on without.
    Accept,
    /// It is taken, and waits for the operator.
    Hold,
    /// It is refused.
    Reject,
}

/// What becomes of mail that a filter dislikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// It goes on.
    Accept,
    /// It goes on, marked in a header field.
    Mark,
    /// It is taken, and waits for the operator.
    Hold,
    /// The client is asked to try again later.
    Defer,
    /// It is refused.
    Reject,
}

/// What becomes of mail that a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleAction {
    /// It is refused.
    Reject,
    /// It is taken, and waits for the operator.
    Hold,
    /// It goes on.
    Accept,
}

/// What becomes of what the rules find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleActions {
    /// Programs, and archives with programs.
    pub executables: RuleAction,
    /// Documents with macros.
    pub macros: RuleAction,
    /// Fields that may stand once and stand more often.
    pub repeated_fields: RuleAction,
    /// No `From`.
    pub missing_from: RuleAction,
    /// Header fields beyond ASCII without SMTPUTF8.
    pub non_ascii_header: RuleAction,
}

impl Default for RuleActions {
    fn default() -> Self {
        Self {
            executables: RuleAction::Reject,
            macros: RuleAction::Accept,
            repeated_fields: RuleAction::Reject,
            missing_from: RuleAction::Reject,
            non_ascii_header: RuleAction::Accept,
        }
    }
}

impl RuleActions {
    /// What becomes of mail that this rule is about. Mail that cannot be looked through may have what the others are
    /// about, and fares as with the severest of them.
    #[must_use]
    pub fn of(&self, rule: Rule) -> RuleAction {
        match rule {
            Rule::Executable => self.executables,
            Rule::Macros => self.macros,
            Rule::RepeatedField => self.repeated_fields,
            Rule::MissingFrom => self.missing_from,
            Rule::BareHeader => self.non_ascii_header,
            Rule::Entangled => match (self.executables, self.macros) {
                (RuleAction::Reject, _) | (_, RuleAction::Reject) => RuleAction::Reject,
                (RuleAction::Hold, _) | (_, RuleAction::Hold) => RuleAction::Hold,
                _ => RuleAction::Accept,
            },
        }
    }
}

/// A content filter.
#[derive(Debug, Clone)]
pub struct FilterSettings {
    /// Its name in logs and `queue why`: `clamav`, `rspamd`, …
    pub name: String,
    /// What it is.
    pub kind: FilterKind,
    /// When it cannot be asked, or does not answer.
    pub when_down: Unfiltered,
    /// When a message has more octets than it takes.
    pub when_too_large: Unfiltered,
    /// Octets of a message that it takes.
    pub size_limit: u64,
    /// How long it may take for one message.
    pub time_limit: Duration,
}

/// What a filter is.
#[derive(Debug, Clone)]
pub enum FilterKind {
    /// The rules that need no other program.
    Rules {
        /// What becomes of what they find.
        actions: RuleActions,
        /// In which language the operator reads why mail is held.
        language: Language,
    },
    /// A milter.
    Milter {
        /// Where it listens.
        address: ServiceAddress,
        /// Octets of a new body.
        body_limit: usize,
    },
    /// ClamAV's daemon.
    ClamAv {
        /// Where it listens.
        address: ServiceAddress,
        /// What becomes of infected mail.
        infected: Reaction,
    },
    /// Rspamd.
    Rspamd {
        /// Where its worker `normal` listens.
        address: ServiceAddress,
        /// Its password, where it wants one.
        password: Option<Secret>,
        /// What its advice does.
        actions: RspamdActions,
    },
}

/// What Rspamd's actions do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RspamdActions {
    /// `greylist`.
    pub greylist: Reaction,
    /// `add header`.
    pub add_header: Reaction,
    /// `rewrite subject`.
    pub rewrite_subject: Reaction,
    /// `soft reject`.
    pub soft_reject: Reaction,
    /// `reject`.
    pub reject: Reaction,
}

impl Default for RspamdActions {
    /// As Rspamd means them; but our own users' mail is not greylisted.
    fn default() -> Self {
        Self {
            greylist: Reaction::Accept,
            add_header: Reaction::Mark,
            rewrite_subject: Reaction::Mark,
            soft_reject: Reaction::Defer,
            reject: Reaction::Reject,
        }
    }
}
