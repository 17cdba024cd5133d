//! What a probe can see: plain values, one [`Outcome`] per target, kept as evidence and printed as JSON.
//!
//! Nothing here judges; `verdict` does. Names that come from other servers are data, never trusted.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

pub use postamt_store::facts::{Family, PathKey};

/// What a target is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A mail exchanger on port 25: what the question is about.
    Exchange,
    /// Port 443 of the same operator: tells "port 25" from "no network".
    Web,
    /// Port 587 of the same operator: tells whether a relay could be reached.
    Submission,
    /// An address at which no mail server can be: whoever greets there sits in between.
    Canary,
}

/// One target and what was seen there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// Who runs the target; targets of one operator are one witness.
    pub operator: String,
    /// The mail domain that led to it, or the host that was asked for.
    pub name: String,
    /// The host whose address it is; `None` when DNS did not get so far.
    pub host: Option<String>,
    /// Where the connection went.
    pub address: Option<SocketAddr>,
    /// What it is there for.
    pub role: Role,
    /// The operator is known to offer STARTTLS.
    pub offers_starttls: bool,
    /// Domains below which the operator's servers name themselves, the exchanger's own aside.
    pub greets_as: Vec<String>,
    /// Its place in the order in which the connections were begun.
    pub order: u32,
    /// Milliseconds until TCP was connected, or until it failed.
    pub connect_milliseconds: u64,
    /// What was seen.
    pub outcome: Outcome,
}

/// What was seen at a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// A control target: TCP was connected, and no more was asked.
    Connected,
    /// It greeted and answered EHLO.
    Greeted(Session),
    /// It greeted, and TLS failed after STARTTLS was agreed.
    TlsFailed {
        /// What came before.
        session: Session,
        /// What failed.
        problem: String,
    },
    /// 4yz or 5yz instead of a greeting or to EHLO: the server does not want us; port 25 itself is open.
    Rejected {
        /// The reply code.
        code: u16,
        /// The server's words.
        text: String,
    },
    /// TCP was connected, and then nothing came.
    Silent,
    /// TCP was connected, and the stream broke, stalled later than at the greeting, or was no SMTP.
    Broken {
        /// What happened.
        problem: String,
        /// The greeting, if it came so far.
        greeting: Option<String>,
    },
    /// Nothing answered the connection attempt.
    Unanswered,
    /// The attempt was answered with RST.
    Reset,
    /// A router, or this host, answered with an ICMP error.
    Icmp(Icmp),
    /// This host's own filter refused at once (EPERM, EACCES).
    LocalRefusal {
        /// The operating system's error number.
        code: i32,
    },
    /// There is no route to that network.
    NoRoute,
    /// The source address is not on this host.
    SourceUnavailable,
    /// Its address could not be found.
    Dns {
        /// How DNS failed.
        problem: DnsProblem,
        /// The name that was asked for.
        name: String,
    },
    /// Anything else.
    Failed {
        /// What happened.
        problem: String,
    },
}

/// How DNS fails for a name that must exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DnsProblem {
    /// No server answered.
    Timeout,
    /// SERVFAIL, REFUSED and the like.
    ServerFailure,
    /// The answer fails DNSSEC validation.
    Bogus,
    /// The server says that the name does not exist.
    NoSuchName,
    /// The name exists, and has no address or exchanger at all.
    NoRecords,
}

/// An ICMP error and who sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Icmp {
    /// The type, of ICMP or ICMPv6 by the family of the target.
    #[serde(rename = "type")]
    pub icmp_type: u8,
    /// The code.
    pub code: u8,
    /// Who sent it; `None` where the kernel does not tell.
    pub router: Option<IpAddr>,
    /// The sender is this host itself.
    pub from_this_host: bool,
}

/// What a mail server said of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The words behind 220.
    pub greeting: String,
    /// The name that it greets with.
    pub name: String,
    /// The keywords of its answer to EHLO, before TLS.
    pub offers: Vec<String>,
    /// What TLS showed; `None` without TLS.
    pub tls: Option<Tls>,
    /// The name belongs to the exchanger's host or its operator.
    pub matches: bool,
}

impl Session {
    /// The answer to EHLO offers STARTTLS.
    #[must_use]
    pub fn offers_starttls(&self) -> bool {
        self.offers.iter().any(|line| line.eq_ignore_ascii_case("STARTTLS"))
    }
}

impl Outcome {
    /// A mail server took the connection and spoke, kindly or not: nothing blocks port 25 on the way to it.
    #[must_use]
    pub const fn is_answer(&self) -> bool {
        matches!(self, Self::Greeted(_) | Self::TlsFailed { .. } | Self::Rejected { .. })
    }

    /// TCP was connected.
    #[must_use]
    pub const fn is_connected(&self) -> bool {
        self.is_answer() || matches!(self, Self::Connected | Self::Silent | Self::Broken { .. })
    }

    /// The session, where the server greeted and answered EHLO.
    #[must_use]
    pub const fn session(&self) -> Option<&Session> {
        match self {
            Self::Greeted(session) | Self::TlsFailed { session, .. } => Some(session),
            _ => None,
        }
    }
}

/// What TLS showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tls {
    /// `TLSv1.3` or `TLSv1.2`.
    pub version: String,
    /// The names in the certificate.
    pub certificate_names: Vec<String>,
    /// One of them belongs to the exchanger's host or its operator.
    pub matches: bool,
    /// The certificate is trusted and for the exchanger's host.
    pub verified: bool,
    /// Why it is not verified.
    pub problem: Option<String>,
}
