//! Content filters: which there are, in the order in which they are asked, and what their answers do.

use std::time::Duration;

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
