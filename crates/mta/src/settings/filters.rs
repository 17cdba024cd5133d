//! Content filters: which there are, in the order in which they are asked, and what their answers do.

use std::time::Duration;

use postamt_net::service::ServiceAddress;

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
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilterKind {
    /// ClamAV's daemon.
    ClamAv {
        /// Where it listens.
        address: ServiceAddress,
        /// What becomes of infected mail.
        infected: Reaction,
    },
}
