//! DNS as a port: answers with their time to live and their DNSSEC status, failures by kind.
//!
//! [`Resolver`] is what the rest of the program sees, as `Arc<dyn Resolver>`; [`HickoryResolver`] is the real
//! one. "There is no such record" is an answer, not a failure: only a failure to *get* an answer is a
//! [`DnsError`], and each of those is temporary for mail.

pub mod authority;
mod adaptive;
mod hickory;
pub mod provider;
pub mod publish;
pub mod record;
pub mod update;

pub use adaptive::AdaptiveResolver;
pub use hickory::{HickoryResolver, ResolverSettings, ResolverSetupError};

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use postamt_mail::address::Domain;

use crate::PortFuture;

/// Aliases that are followed at the most.
const ALIAS_LIMIT: usize = 8;

/// What DNSSEC says of an answer (RFC 4035 §4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DnssecStatus {
    /// Validated.
    Secure,
    /// Proven to be unsigned.
    Insecure,
    /// Not validated: no validating resolver at hand.
    Unknown,
}

/// An answer. An empty `records` is a proven "no such record" (NODATA or NXDOMAIN, see `exists`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// The records.
    pub records: Vec<T>,
    /// How long the answer holds (for an empty answer: the negative TTL).
    pub ttl: Duration,
    /// DNSSEC status.
    pub dnssec: DnssecStatus,
    /// False for NXDOMAIN.
    pub exists: bool,
}

/// How long an impossible name stays impossible.
const IMPOSSIBLE_NAME_TTL: Duration = Duration::from_secs(3600);

impl<T> Answer<T> {
    /// For a name that DNS cannot carry.
    #[must_use]
    pub fn impossible() -> Self {
        Self { records: Vec::new(), ttl: IMPOSSIBLE_NAME_TTL, dnssec: DnssecStatus::Unknown, exists: false }
    }
}

/// A failure to get an answer. Each of them is temporary for mail (RFC 5321 §5.1).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DnsError {
    /// No server answered in time.
    #[error("the DNS servers did not answer for {name} {record}")]
    Timeout {
        /// The name that was asked for.
        name: String,
        /// The type of record, as `MX`.
        record: &'static str,
    },
    /// SERVFAIL, REFUSED, FORMERR or a lame delegation.
    #[error("DNS failed for {name} {record}: {detail}")]
    ServerFailure {
        /// The name that was asked for.
        name: String,
        /// The type of record, as `MX`.
        record: &'static str,
        /// What went wrong, for the log.
        detail: String,
    },
    /// Signatures do not match: treat as an attack or a broken zone, not as "no record".
    #[error("the DNS answer for {name} {record} fails DNSSEC validation")]
    Bogus {
        /// The name that was asked for.
        name: String,
        /// The type of record, as `MX`.
        record: &'static str,
    },
}

/// An MX record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mx {
    /// Lower is tried first.
    pub preference: u16,
    /// The exchange; `None` for the root, a null MX (RFC 7505).
    pub exchange: Option<Domain>,
}

/// A TLSA record (RFC 6698 §2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tlsa {
    /// 0 to 3.
    pub usage: u8,
    /// 0 or 1.
    pub selector: u8,
    /// 0 to 2.
    pub matching: u8,
    /// Association data.
    pub data: Vec<u8>,
}

/// A CAA record (RFC 8659 §4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caa {
    /// An authority that does not know the tag must not issue.
    pub critical: bool,
    /// `issue`, `issuewild`, `iodef`; in lower case.
    pub tag: String,
    /// What it says.
    pub value: String,
}

impl fmt::Display for Caa {
    /// As in a zone file: `0 issue "ca.example"`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", if self.critical { 128 } else { 0 }, self.tag, record::quoted(&self.value))
    }
}

impl Answer<Mx> {
    /// The names of the exchanges, in their order.
    #[must_use]
    pub fn exchange_names(mut self) -> Answer<String> {
        self.records.sort_by_key(|mx| mx.preference);
        let names = self.records.into_iter().filter_map(|mx| Some(mx.exchange?.to_string()));
        Answer { records: names.collect(), ttl: self.ttl, dnssec: self.dnssec, exists: self.exists }
    }
}

impl fmt::Display for Tlsa {
    /// As in a zone file: `3 1 1 0d6f…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} ", self.usage, self.selector, self.matching)?;
        self.data.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

/// Whether DNSSEC can be relied on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Validation {
    /// Answers are validated.
    Works,
    /// Nobody asked for it.
    Off,
    /// It was asked for and does not work, for this reason: the name servers do not carry signatures.
    Missing(String),
}

/// Looks names up. Implementations cache by TTL.
pub trait Resolver: Send + Sync {
    /// MX records.
    fn mx<'a>(&'a self, domain: &'a Domain) -> PortFuture<'a, Result<Answer<Mx>, DnsError>>;
    /// A records.
    fn a<'a>(&'a self, host: &'a Domain) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>>;
    /// AAAA records.
    fn aaaa<'a>(&'a self, host: &'a Domain) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>>;
    /// Addresses of one family at a name that need not be a host name: SPF looks up what it likes (RFC 7208 §7). A
    /// resolver that knows host names only finds nothing at others.
    fn addresses_of<'a>(
        &'a self,
        name: &'a str,
        is_ipv6: bool,
    ) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>> {
        Box::pin(async move {
            match Domain::new(name) {
                Ok(host) if is_ipv6 => self.aaaa(&host).await,
                Ok(host) => self.a(&host).await,
                Err(_) => Ok(Answer::impossible()),
            }
        })
    }
    /// Names of the exchanges of a name, in their order; neither needs to be a host name. A null MX has none.
    fn exchanges_of<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Answer<String>, DnsError>> {
        Box::pin(async move {
            let Ok(domain) = Domain::new(name) else { return Ok(Answer::impossible()) };
            Ok(self.mx(&domain).await?.exchange_names())
        })
    }
    /// TXT records, the strings of each joined. `name` may have underscores.
    fn txt<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Answer<String>, DnsError>>;
    /// Texts of the type SPF (99), which RFC 7208 §3.1 has taken away: for whoever wants to know that a record lies
    /// where nobody looks. A resolver that cannot ask for the type finds nothing.
    fn obsolete_spf<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Answer<String>, DnsError>> {
        let _ = name;
        Box::pin(std::future::ready(Ok(Answer::impossible())))
    }
    /// PTR names of an address, without trailing dot.
    fn ptr(&self, address: IpAddr) -> PortFuture<'_, Result<Answer<String>, DnsError>>;
    /// TLSA records at `_port._tcp.host`.
    fn tlsa<'a>(&'a self, host: &'a Domain, port: u16) -> PortFuture<'a, Result<Answer<Tlsa>, DnsError>>;
    /// The host that an alias (CNAME) leads to in the end; none where the name is no alias. The status is that of the
    /// alias itself, whatever becomes of it further on. A resolver that cannot tell knows no aliases.
    fn alias<'a>(&'a self, host: &'a Domain) -> PortFuture<'a, Result<Answer<Domain>, DnsError>> {
        let _ = host;
        Box::pin(std::future::ready(Ok(Answer::impossible())))
    }
    /// CAA records of exactly this name or of what it is an alias for.
    fn caa<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Answer<Caa>, DnsError>> {
        let detail = "this resolver cannot ask for it".to_owned();
        let error = DnsError::ServerFailure { name: name.to_owned(), record: "CAA", detail };
        Box::pin(std::future::ready(Err(error)))
    }
    /// Whether the answers are validated.
    fn validation(&self) -> PortFuture<'_, Validation> {
        Box::pin(std::future::ready(Validation::Off))
    }
}
