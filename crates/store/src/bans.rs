//! The bans port: who is kept out, until when and for what, and from where each account has logged in; kept over
//! restarts.
//!
//! A ban stays written down for a while after its end, so that the next one of the same network is longer.

use std::collections::BTreeMap;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::PortFuture;

/// What a peer does that no honest client does often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offence {
    /// A login with the wrong password for an account that exists.
    WrongPassword,
    /// A login with a name that no account has.
    UnknownAccount,
    /// A login where none is offered: on port 25, or in the clear.
    LoginNotOffered,
    /// A recipient that has no mailbox here, as those who harvest addresses ask for.
    UnknownRecipient,
    /// A stranger's mail for somewhere else.
    RelayAttempt,
    /// Talking before the greeting, or where a client must wait.
    Impatience,
    /// Commands slipped in before TLS, or line endings that two servers would read as two messages.
    Smuggling,
    /// Something that is not SMTP.
    ForeignProtocol,
    /// Asking which logins there are, and going away without one.
    Scan,
}

impl Offence {
    /// The word in events, in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WrongPassword => "wrong_password",
            Self::UnknownAccount => "unknown_account",
            Self::LoginNotOffered => "login_not_offered",
            Self::UnknownRecipient => "unknown_recipient",
            Self::RelayAttempt => "relay_attempt",
            Self::Impatience => "impatience",
            Self::Smuggling => "smuggling",
            Self::ForeignProtocol => "foreign_protocol",
            Self::Scan => "scan",
        }
    }
}

/// Why a network is kept out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum BanReason {
    /// What its hosts did.
    Offences {
        /// How often they did each thing, of late.
        counts: BTreeMap<Offence, u32>,
        /// How many account names they tried.
        names: u32,
    },
    /// Several of its hosts were banned at the same time.
    Neighbours {
        /// Which ones.
        hosts: Vec<IpNet>,
    },
    /// The operator wanted it.
    Operator {
        /// Why, in the operator's words; may be empty.
        note: String,
    },
}

/// A network that is kept out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ban {
    /// A host (IPv4 /32, IPv6 /64) or a wider network.
    pub network: IpNet,
    /// Since when, seconds since 1970.
    pub since: u64,
    /// Until when; `None` is until the operator lifts it.
    pub until: Option<u64>,
    /// Why.
    #[serde(flatten)]
    pub reason: BanReason,
    /// The how manieth of this network it is: each is longer than the one before.
    pub times: u32,
    /// How often a peer that it keeps out has come again …
    #[serde(default)]
    pub knocks: u64,
    /// … and when the last one did, seconds since 1970.
    #[serde(default)]
    pub last_knock: Option<u64>,
}

impl Ban {
    /// A ban that nobody has come up against yet.
    #[must_use]
    pub fn new(network: IpNet, since: u64, until: Option<u64>, reason: BanReason, times: u32) -> Self {
        Self { network, since, until, reason, times, knocks: 0, last_knock: None }
    }

    /// Whether it is in force.
    #[must_use]
    pub fn holds(&self, now: u64) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// An account has logged in from a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// The account's name.
    pub account: String,
    /// From where: IPv4 /24, IPv6 /48.
    pub network: IpNet,
    /// The first time, seconds since 1970.
    pub first: u64,
    /// The last time.
    pub last: u64,
}

/// The bans cannot be read or written.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the bans database failed: {0}")]
pub struct BanError(pub String);

/// The bans and the visits.
pub trait Bans: Send + Sync {
    /// All bans that are written down, those that are over as well. What cannot be read, as from a later version, is
    /// passed over: mail is worth more than a ban.
    fn bans(&self) -> PortFuture<'_, Result<Vec<Ban>, BanError>>;
    /// All visits.
    fn visits(&self) -> PortFuture<'_, Result<Vec<Visit>, BanError>>;
    /// Writes bans and visits down, all or none. A ban replaces the one of the same network; of a visit, the first time
    /// of an earlier one of the same account and network stays.
    fn save(&self, bans: Vec<Ban>, visits: Vec<Visit>) -> PortFuture<'_, Result<(), BanError>>;
    /// Forgets the bans of these networks, their times as well.
    fn forget_bans(&self, networks: Vec<IpNet>) -> PortFuture<'_, Result<(), BanError>>;
    /// Forgets bans that were over, and visits that were made, before this time (seconds since 1970).
    fn forget_before(&self, time: u64) -> PortFuture<'_, Result<(), BanError>>;
}
