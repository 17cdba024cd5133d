//! What the pipeline is told: typed, complete, without defaults of its own that a user could not see.
//!
//! `app` makes these values from the configuration file; tests make them by hand. Ports, names and times are
//! values like all others, so a test can run two servers in one process on free ports.

mod filters;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::{Address, Domain};
use postamt_mail::relays::Profile;
use postamt_mailauth::dkim::SignProfile;
use postamt_net::smtp::Credentials;

use crate::brakes::limits::Allowed;
use crate::passwords::PasswordCost;
pub use filters::{FilterKind, FilterSettings, Reaction, RspamdActions, RuleAction, RuleActions, Unfiltered};

/// An address range, `192.0.2.0/24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// The first address of the range (host bits are zero).
    pub address: IpAddr,
    /// Leading bits that count.
    pub prefix: u8,
}

impl Network {
    /// Whether an address lies in the range; an IPv4-mapped IPv6 address is taken as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(ip)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                network.to_bits() & mask == ip.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(ip)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                network.to_bits() & mask == ip.to_bits() & mask
            }
            _ => false,
        }
    }
}

/// What a listening port is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Port 25: mail from other servers for what is ours; STARTTLS offered, no AUTH.
    Exchange,
    /// Port 587: STARTTLS, then AUTH, then mail to anywhere (RFC 6409).
    Submission,
    /// Port 465: the same under TLS from the first octet (RFC 8314 §3.3).
    Submissions,
}

/// A listening port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// Where to listen.
    pub address: SocketAddr,
    /// What for.
    pub purpose: Purpose,
    /// Networks whose hosts may send to anywhere without login, and without TLS: named by the operator,
    /// empty by default.
    pub relay_networks: Vec<Network>,
}

/// The address ranges of this host itself: they never leave it.
#[must_use]
pub fn loopback() -> [Network; 2] {
    [
        Network { address: IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 0)), prefix: 8 },
        Network { address: IpAddr::V6(std::net::Ipv6Addr::LOCALHOST), prefix: 128 },
    ]
}

/// Certificate and key files; made self-signed at the first start when they are missing and `generate` is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// PEM chain, leaf first.
    pub chain: PathBuf,
    /// PEM key, PKCS#8, PKCS#1 or SEC1.
    pub key: PathBuf,
    /// Make a self-signed pair when both files are missing.
    pub generate: bool,
}

/// Limits on what comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Octets of a message.
    pub message_bytes: u64,
    /// Recipients of a message.
    pub recipients: usize,
    /// Octets of a header section.
    pub header_bytes: usize,
    /// Sessions in total.
    pub sessions: usize,
    /// Sessions of one peer address.
    pub sessions_per_peer: usize,
    /// Wait for a command (RFC 5321 §4.5.3.2.7: at least 5 minutes).
    pub command_timeout: Duration,
    /// Wait for the next piece of data (RFC 5321 §4.5.3.2.5: 3 minutes).
    pub data_timeout: Duration,
    /// How long a shutdown waits for open transactions.
    pub shutdown_grace: Duration,
    /// Argon2id checks at a time.
    pub password_checks: usize,
    /// What each new hash costs; a cheaper one is made anew at the next login.
    pub password_cost: PasswordCost,
    /// Octets of message content kept in memory for a first attempt; the rest is read back from the spool.
    pub content_cache_bytes: usize,
}

/// Who hands on mail for a domain that we receive for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LocalTarget {
    /// A Maildir; `{local}` and `{domain}` in the path are replaced by the recipient's (checked) parts. With `{local}`
    /// a user exists when the directory of that name does; without it every address does.
    Maildir(String),
    /// LMTP over TCP (RFC 2033).
    Lmtp {
        /// Host name or address.
        host: String,
        /// Port.
        port: u16,
    },
    /// Another mail host by SMTP.
    Host {
        /// Host name or address.
        host: String,
        /// Port.
        port: u16,
    },
}

/// A domain that we receive for on port 25.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalDomain {
    /// The domain.
    pub domain: Domain,
    /// Where its mail goes.
    pub target: LocalTarget,
}

/// What mail to postmaster@ and abuse@ of own domains (RFC 5321 §4.5.1, RFC 2142) becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostmasterTarget {
    /// A Maildir on this host.
    Maildir(PathBuf),
    /// Sent on to this address.
    Forward(Address),
}

/// How a relay's connection is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelayTls {
    /// Plain text: only for a host on the same machine or network.
    None,
    /// STARTTLS required, certificate checked.
    StartTls,
    /// STARTTLS required, any certificate.
    StartTlsUnverified,
    /// TLS from the first octet, certificate checked.
    Implicit,
    /// TLS from the first octet, any certificate.
    ImplicitUnverified,
}

/// A port of a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelayPort {
    /// Its number.
    pub port: u16,
    /// Its security.
    pub tls: RelayTls,
}

/// What becomes of the null sender of notices (RFC 5321 §4.5.5) on the way by a relay.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum NullSender {
    /// It stays: the relay takes it.
    Kept,
    /// The relay refuses it, so another address stands in: this one, or else postmaster@ the domain of From where that
    /// is ours, and of our host name where it is not.
    Replaced(Option<Address>),
    /// Nobody knows: it is tried, and replaced from the first refusal on.
    #[default]
    Unknown,
}

/// A smarthost.
#[derive(Debug, Clone)]
pub struct Relay {
    /// The name that rules and commands use.
    pub name: String,
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Security.
    pub tls: RelayTls,
    /// Ports that are tried in order when this one does not let us in.
    pub further_ports: Vec<RelayPort>,
    /// What is known of its provider.
    pub profile: Option<&'static Profile>,
    /// The null sender on this way.
    pub null_sender: NullSender,
    /// Further trust anchors (read from a PEM file), for a private relay.
    pub extra_roots: Option<Arc<Vec<rustls_pki_types::CertificateDer<'static>>>>,
    /// Login; the password came from a file.
    pub credentials: Option<Credentials>,
    /// Connections at a time.
    pub connections: usize,
    /// Messages on one connection.
    pub messages_per_connection: usize,
    /// Recipients that it may be handed within a day; `None` is no limit.
    pub messages_per_day: Option<u32>,
    /// Likewise within 30 days.
    pub messages_per_month: Option<u32>,
    /// How DKIM is applied on this way.
    pub dkim: DkimOnRoute,
}

impl Relay {
    /// A relay with this host and port, and nothing else that is unusual.
    #[must_use]
    pub fn new(name: impl Into<String>, host: impl Into<String>, port: u16, tls: RelayTls) -> Self {
        Self {
            name: name.into(),
            host: host.into(),
            port,
            tls,
            further_ports: Vec::new(),
            profile: None,
            null_sender: NullSender::Unknown,
            extra_roots: None,
            credentials: None,
            connections: 10,
            messages_per_connection: 100,
            messages_per_day: None,
            messages_per_month: None,
            dkim: DkimOnRoute::default(),
        }
    }

    /// Its ports in the order to try; never none.
    pub fn ports(&self) -> impl Iterator<Item = RelayPort> {
        let first = RelayPort { port: self.port, tls: self.tls };
        std::iter::once(first).chain(self.further_ports.iter().copied())
    }
}

/// DKIM for one route.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DkimOnRoute {
    /// How many signatures the receiver stands (0 is "do not sign"), and header fields that the relay rewrites
    /// and that must therefore not be signed.
    pub profile: Arc<SignProfile>,
    /// Signatures that the whole message may carry, those that it came with included; `None` is no limit.
    pub total: Option<usize>,
}

impl DkimOnRoute {
    /// What the provider of a relay stands.
    #[must_use]
    pub fn of_provider(provider: &Profile) -> Self {
        let profile = SignProfile {
            max_signatures: provider.signatures(),
            skip_headers: provider.unsigned_fields(),
            ..SignProfile::default()
        };
        let total = provider.dkim_signatures.known().map(|number| *number as usize);
        Self { profile: Arc::new(profile), total }
    }

    /// No signature at all, for deliveries to our own mailboxes.
    #[must_use]
    pub fn unsigned() -> Self {
        let profile = SignProfile { max_signatures: 0, ..SignProfile::default() };
        Self { profile: Arc::new(profile), ..Self::default() }
    }
}

/// Where mail goes.
#[derive(Debug, Clone)]
pub enum RouteTarget {
    /// To the recipient's MX.
    Direct,
    /// Likewise, and by no relay while port 25 is closed: it waits.
    DirectOnly,
    /// Likewise, and by this relay while port 25 is closed.
    DirectOr(Arc<Relay>),
    /// By this relay.
    Relay(Arc<Relay>),
    /// Accepted and dropped (with an event).
    Discard,
    /// Kept until `queue release`.
    Hold,
}

/// A rule; the first that matches counts. An empty list of a kind matches everything.
#[derive(Debug, Clone)]
pub struct RouteRule {
    /// Recipient domains (a leading `*.` takes in the subdomains).
    pub recipient_domains: Vec<String>,
    /// Envelope sender domains, likewise.
    pub sender_domains: Vec<String>,
    /// Accounts.
    pub accounts: Vec<String>,
    /// Where to.
    pub target: RouteTarget,
}

/// Pacing towards receiving providers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pacing {
    /// Connections at a time to one provider (one sorted set of MX hosts), at the most.
    pub connections: usize,
    /// Connections at the beginning; one more for each message that was taken.
    pub initial_connections: usize,
    /// Messages on one connection.
    pub messages_per_connection: usize,
    /// Messages a minute to one provider; `None` is no limit.
    pub messages_per_minute: Option<u32>,
    /// How long an idle connection is kept for the next message.
    pub idle: Duration,
    /// The first pause after a provider asked us to slow down or took no connection; it doubles up to half an hour.
    pub first_pause: Duration,
    /// Connections to all providers together.
    pub total_connections: usize,
}

/// Retries and notices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrySchedule {
    /// Waits between attempts; the last one repeats.
    pub waits: Vec<Duration>,
    /// When a message is given up (RFC 5321 §4.5.4.1: 4-5 days).
    pub lifetime: Duration,
    /// When the sender is told of a delay; `None` is never.
    pub delay_notice: Option<Duration>,
}

/// Times for outgoing connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Source addresses; empty leaves the choice to the system. One of each family is used by turns.
    pub sources: Vec<Source>,
    /// The port of direct delivery: 25.
    pub port: u16,
    /// Wait for a TCP connection.
    pub connect_timeout: Duration,
    /// Wait for a TLS handshake.
    pub tls_timeout: Duration,
    /// Wait for a reply to a command, the greeting included.
    pub reply_timeout: Duration,
    /// Whether IPv4 and IPv6 are used.
    pub ipv4: bool,
    /// Likewise.
    pub ipv6: bool,
    /// Whether BDAT is used where it is offered.
    pub chunking: bool,
    /// Addresses that are this host's own, for the recognition of loops (the listeners' are known anyway).
    pub own_addresses: Vec<IpAddr>,
}

/// A source address and the name that it says in EHLO.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The address to bind.
    pub address: IpAddr,
    /// The EHLO name; should be its PTR name.
    pub ehlo_name: Domain,
}

/// Who may send what through the `sendmail` command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalSubmission {
    /// UNIX socket on which the server takes local mail.
    pub socket: PathBuf,
    /// Directory into which `sendmail` writes when the server is down.
    pub drop_directory: PathBuf,
    /// Users (numeric ids) that may send as anything; all others may send as any address of our own domains.
    pub trusted_users: Vec<u32>,
    /// False refuses local submission altogether.
    pub enabled: bool,
}

/// Languages of notices, the first one first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notices {
    /// The language that comes first in failure notices.
    pub language: postamt_mail::words::Language,
    /// A copy of each failure notice goes to the postmaster.
    pub postmaster_copy: bool,
}

/// Everything together.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Our name in greetings, EHLO, `Received` and notices.
    pub hostname: Domain,
    /// Domains that are ours: accounts send as them, postmaster@ and abuse@ of them work.
    pub own_domains: Vec<Domain>,
    /// Ports.
    pub listeners: Vec<Listener>,
    /// TLS for the listeners.
    pub certificate: CertificateFiles,
    /// Limits on what comes in.
    pub limits: Limits,
    /// Content filters, in the order in which they are asked.
    pub filters: Vec<FilterSettings>,
    /// What one account may send.
    pub account_limits: Allowed,
    /// Networks of the operator: never banned, whatever comes from there.
    pub own_networks: Vec<Network>,
    /// A table of countries by network.
    pub countries: Option<PathBuf>,
    /// `sendmail`.
    pub local_submission: LocalSubmission,
    /// Domains that we receive for.
    pub local_domains: Vec<LocalDomain>,
    /// postmaster@ and abuse@.
    pub postmaster: PostmasterTarget,
    /// Routes; what no rule matches goes directly.
    pub routes: Vec<RouteRule>,
    /// All relays that are set up, whether a rule leads to them or not.
    pub relays: Vec<Arc<Relay>>,
    /// The relay that carries direct mail while port 25 is blocked.
    pub fallback: Option<Arc<Relay>>,
    /// Outgoing connections.
    pub outgoing: Outgoing,
    /// Pacing.
    pub pacing: Pacing,
    /// Retries.
    pub retry: RetrySchedule,
    /// Notices.
    pub notices: Notices,
    /// DKIM on direct delivery.
    pub dkim_direct: DkimOnRoute,
    /// How long finished messages stay findable.
    pub history_lifetime: Duration,
}

impl Settings {
    /// The relays that take over direct mail while port 25 is closed; one may be named more than once.
    pub fn detours(&self) -> impl Iterator<Item = Arc<Relay>> + '_ {
        let by_rule = self.routes.iter().filter_map(|rule| match &rule.target {
            RouteTarget::DirectOr(relay) => Some(relay),
            _ => None,
        });
        self.fallback.iter().chain(by_rule).cloned()
    }

    /// The relay of this name.
    #[must_use]
    pub fn relay(&self, name: &str) -> Option<&Arc<Relay>> {
        let by_rule = self.routes.iter().filter_map(|rule| match &rule.target {
            RouteTarget::Relay(relay) | RouteTarget::DirectOr(relay) => Some(relay),
            _ => None,
        });
        by_rule.chain(&self.fallback).chain(&self.relays).find(|relay| relay.name == name)
    }
}

#[cfg(test)]
pub(crate) mod tests;
