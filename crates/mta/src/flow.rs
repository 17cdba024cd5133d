//! The values that pass from stage to stage, in the order mail travels.
//!
//! [`Submission`] (accept) → [`Admitted`] (admit) → [`Queued`] (enqueue) → [`Plan`] (plan) → [`Attempt`] (send)
//! → [`Verdict`] (settle). A stage is a function from one to the next; nothing reaches back except by way of
//! the queue.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use postamt_mail::address::{Address, Domain};
use postamt_mail::envelope::Envelope;
use postamt_mail::reply::{EnhancedCode, Reply};
use postamt_mail::sasl::Mechanism;
use postamt_store::accounts::{Account, AppPassword};
use postamt_store::queue_id::QueueId;
use postamt_store::spool::Origin;

use crate::events::Event;
use crate::settings::{LocalTarget, Relay};

/// Recipients of a message at the most, whatever the settings say: they are numbered with 16 bits.
pub const RECIPIENT_LIMIT: usize = 65_535;

/// Who speaks to us, as far as it is proven.
#[derive(Debug, Clone)]
pub enum Identity {
    /// Anybody.
    Anonymous,
    /// A host in a network that the operator has named for relaying.
    RelayNetwork,
    /// A login with password.
    Account(Arc<LoggedIn>),
    /// A user of this host (`SO_PEERCRED`, or the owner of a dropped file).
    LocalUser {
        /// Numeric user id.
        uid: u32,
        /// May send as anything.
        trusted: bool,
    },
}

impl Identity {
    /// The login as logs, rules and notices name it.
    #[must_use]
    pub fn account(&self) -> Option<String> {
        match self {
            Self::Anonymous | Self::RelayNetwork => None,
            Self::Account(login) => Some(login.account.name.clone()),
            Self::LocalUser { uid, .. } => Some(format!("uid:{uid}")),
        }
    }
}

/// An account that has logged in, and the app password by which it did, if it was one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedIn {
    /// The account.
    pub account: Account,
    /// The device, which may less than the account.
    pub device: Option<AppPassword>,
}

impl LoggedIn {
    /// By the account's own password.
    #[must_use]
    pub fn itself(account: Account) -> Self {
        Self { account, device: None }
    }
}

/// The way a message came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Port 25.
    Exchange,
    /// Port 587.
    Submission,
    /// Port 465.
    Submissions,
    /// The `sendmail` command or the drop directory.
    Sendmail,
    /// Our own notices.
    Notice,
    /// What came on port 25 for the postmaster and is sent on to an address elsewhere.
    Forward,
}

impl Channel {
    /// The word in logs and in the spool.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exchange => "smtp",
            Self::Submission => "submission",
            Self::Submissions => "submissions",
            Self::Sendmail => "sendmail",
            Self::Notice => "notice",
            Self::Forward => "forward",
        }
    }
}

/// What `accept` gives: a whole message and all that is known of how it came.
#[derive(Debug)]
pub struct Submission {
    /// Who sent it.
    pub identity: Identity,
    /// The way it came.
    pub channel: Channel,
    /// The envelope.
    pub envelope: Envelope,
    /// The content as received.
    pub content: Bytes,
    /// The client's address; `None` for local ones.
    pub peer: Option<IpAddr>,
    /// What it said in EHLO.
    pub helo: Option<String>,
    /// How it logged in.
    pub mechanism: Option<Mechanism>,
    /// The TLS version and cipher, if any.
    pub tls: Option<(String, String)>,
    /// The session began with EHLO.
    pub extended: bool,
}

impl Submission {
    /// That it was refused, or this recipient of it.
    #[must_use]
    pub fn refused(&self, recipient: Option<&Address>, reply: String) -> Event {
        Event::Refused {
            peer: self.peer,
            channel: self.channel.name(),
            account: self.identity.account(),
            sender: path_text(self.envelope.sender.as_ref()),
            recipient: recipient.map(ToString::to_string),
            reply,
        }
    }
}

/// What `admit` gives: a submission that this identity may make. Only `admit` makes it.
#[derive(Debug)]
pub struct Admitted {
    /// Its id.
    pub id: QueueId,
    /// The envelope; the body type is what the content really needs.
    pub envelope: Envelope,
    /// Where it came from.
    pub origin: Origin,
    /// The content with our trace fields, in pieces.
    pub content: Vec<Bytes>,
    /// `Message-ID`, with its angle brackets.
    pub message_id: Option<String>,
    /// The domain of `From`.
    pub author: Option<Domain>,
    /// It waits for the operator.
    pub held: Option<Hold>,
    /// The client's address, for the log.
    pub peer: Option<IpAddr>,
    /// TLS, for the log.
    pub tls: Option<String>,
}

impl Admitted {
    /// It waits because of its account. The reason of a content filter stands: what the operator says of the account says
    /// nothing of what the filter has seen.
    pub fn hold_for_account(&mut self, hold: &Hold) {
        if !matches!(self.held, Some(Hold::Filter { .. })) {
            self.held = Some(hold.clone());
        }
    }
}

/// Why a message waits for the operator from the beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// A rule of routing.
    Rule,
    /// The account behaves unusually.
    Account {
        /// What was seen.
        reason: String,
    },
    /// A content filter.
    Filter {
        /// Its name.
        name: String,
        /// What it has seen.
        reason: String,
    },
}

/// A message in memory: made by `enqueue`, or read back from the spool.
#[derive(Debug)]
pub struct Loaded {
    /// Envelope.
    pub envelope: Envelope,
    /// Where it came from.
    pub origin: Origin,
    /// When, in seconds since 1970.
    pub received_at: u64,
    /// Octets of the content.
    pub size: u64,
    /// The content in pieces.
    pub content: Vec<Bytes>,
    /// `Message-ID`, when the content was looked into.
    pub message_id: Option<String>,
    /// The domain of `From`, which DKIM must sign for (RFC 9989 §5), when the content was looked into.
    pub author: Option<Domain>,
    /// Its share of the content cache, given back when it is dropped.
    pub share: Option<tokio::sync::OwnedSemaphorePermit>,
}

/// What `enqueue` gives: durable, numbered, ready to be planned.
#[derive(Debug, Clone)]
pub struct Queued {
    /// The id.
    pub id: QueueId,
    /// The message, while it is held in memory.
    pub loaded: Arc<Loaded>,
}

/// Where a recipient's mail goes: messages with the same destination share everything but their content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Destination {
    /// To the MX of this domain.
    Direct(Domain),
    /// As [`Self::Direct`], and never by a detour.
    DirectOnly(Domain),
    /// As [`Self::Direct`], with the relay of this name as its detour.
    DirectOr(Domain, Arc<str>),
    /// By the relay of this name.
    Relay(Arc<str>),
    /// Handed on to who keeps the mailboxes of this (local) domain.
    Local(Domain),
    /// To the postmaster's Maildir.
    Postmaster,
    /// Dropped by a rule.
    Discard,
    /// Kept by a rule until `release`.
    Hold,
}

impl Destination {
    /// The recipient's domain where its own servers are meant.
    #[must_use]
    pub fn direct(&self) -> Option<&Domain> {
        match self {
            Self::Direct(domain) | Self::DirectOnly(domain) | Self::DirectOr(domain, _) => Some(domain),
            _ => None,
        }
    }

    /// False where a rule wants no relay to see this mail.
    #[must_use]
    pub const fn may_take_relay(&self) -> bool {
        !matches!(self, Self::DirectOnly(_))
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct(domain) | Self::DirectOnly(domain) | Self::DirectOr(domain, _) => {
                write!(f, "direct to {domain}")
            }
            Self::Relay(name) => write!(f, "relay {name}"),
            Self::Local(domain) => write!(f, "local {domain}"),
            Self::Postmaster => f.write_str("postmaster"),
            Self::Discard => f.write_str("discard"),
            Self::Hold => f.write_str("hold"),
        }
    }
}

/// A host to try, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedHost {
    /// Its name, if it has one; for SNI and the certificate.
    pub name: Option<Domain>,
    /// MX preference, 0 where there is none.
    pub preference: u16,
}

/// What `plan` gives: how a destination is reached.
#[derive(Debug, Clone)]
pub enum Plan {
    /// MX hosts in order of preference, those of the same preference in random order.
    Direct(Vec<PlannedHost>),
    /// A relay.
    Relay(Arc<Relay>),
    /// Whoever keeps the mailboxes.
    Local(LocalTarget),
}

/// What happened to one recipient in an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientResult {
    /// Its number in the envelope.
    pub number: u16,
    /// What came of it.
    pub fate: Fate,
}

/// The fate of a recipient in one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The next host has it. With DSN support there, it also has the duty to tell the sender.
    Delivered(Reply),
    /// Not this time.
    Temporary(Failure),
    /// Never.
    Permanent(Failure),
}

/// Whose matter a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Ours: spool, configuration.
    Ours,
    /// The network between.
    Network,
    /// The remote host as such.
    RemoteHost,
    /// This recipient.
    Recipient,
    /// This message.
    Message,
    /// A policy, TLS, a blocklist, authentication.
    Policy,
}

/// A failure: what was said, and how it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Whose matter it is.
    pub fault: Fault,
    /// Enhanced code, the remote's own if it gave one.
    pub status: EnhancedCode,
    /// The remote's literal reply, if it said anything.
    pub reply: Option<Reply>,
    /// Our sentence when it did not.
    pub words: String,
    /// True when a new attempt should be made at once on another connection.
    pub retry_now: bool,
}

impl Failure {
    /// A failure in our own words.
    #[must_use]
    pub fn ours(fault: Fault, status: (u8, u16, u16), words: impl Into<String>) -> Self {
        Self {
            fault,
            status: EnhancedCode::new(status.0, status.1, status.2),
            reply: None,
            words: words.into(),
            retry_now: false,
        }
    }

    /// The remote's words, or ours.
    #[must_use]
    pub fn text(&self) -> String {
        self.reply.as_ref().map_or_else(|| self.words.clone(), ToString::to_string)
    }
}

/// Facts about the connection of an attempt, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Via {
    /// The host we spoke to.
    pub remote_name: Option<String>,
    /// Its address.
    pub remote: Option<SocketAddr>,
    /// Our address.
    pub source: Option<IpAddr>,
    /// TLS in words.
    pub tls: Option<String>,
    /// Whether the remote took over the duty to report (DSN extension).
    pub dsn: bool,
}

/// What `send` gives: one try for some recipients of a message.
#[derive(Debug)]
pub struct Attempt {
    /// The connection, as far as it got.
    pub via: Arc<Via>,
    /// One result for each recipient of the job.
    pub results: Vec<RecipientResult>,
}

/// What `settle` decides for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing more to do.
    Delivered(Reply),
    /// Tried again at `next` (seconds since 1970).
    Deferred {
        /// When.
        next: u64,
        /// Why.
        failure: Failure,
    },
    /// Given up; the sender is told.
    Failed {
        /// Why.
        failure: Failure,
        /// True when it was temporary and the time ran out.
        expired: bool,
    },
}

/// An address for the null path or a real one, as text.
#[must_use]
pub fn path_text(path: Option<&Address>) -> String {
    path.map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(before: Option<Hold>) -> Option<Hold> {
        let mut message = Admitted {
            id: QueueId(1),
            envelope: Envelope::default(),
            origin: Origin { account: None, channel: "submission".to_owned() },
            content: Vec::new(),
            message_id: None,
            author: None,
            held: before,
            peer: None,
            tls: None,
        };
        message.hold_for_account(&Hold::Account { reason: "strangers".to_owned() });
        message.held
    }

    #[test]
    fn what_a_filter_has_seen_stands_when_the_account_is_held() {
        let filter = Hold::Filter { name: "clamav".to_owned(), reason: "infected".to_owned() };
        assert_eq!(held(Some(filter.clone())), Some(filter));
        let account = Some(Hold::Account { reason: "strangers".to_owned() });
        assert_eq!((held(None), held(Some(Hold::Rule))), (account.clone(), account));
    }
}
