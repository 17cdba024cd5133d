//! What a check is given: ports to the outside world, and whom it is about.
//!
//! A check asks nothing else: no environment, no global state. Tests put the lab's zones and plain values behind it.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use postamt_mail::address::Domain;
use postamt_mail::relays::Profile;
use postamt_mail::sts_policy::PolicyMode;
use postamt_mailauth::dkim::StoredKey;
use postamt_net::clock::{Clock, TimeSource};
use postamt_net::dial::Dialer;
use postamt_net::dns::{DnsError, DnssecStatus, Resolver};
use postamt_net::documents::Documents;
use postamt_net::interfaces::is_public;
use postamt_net::service::ServiceAddress;
use postamt_net::tls::TlsContext;
use postamt_store::facts::Facts;
use postamt_store::history::History;
use postamt_store::reports::Reports;

use super::look::Looks;
use super::machine::Machine;
use crate::blocklists::BlockList;
use crate::port25::ProbeSettings;
use crate::releases::NoticeSource;
use crate::unblock::rdap::Registries;

/// Everything that a check may use.
#[derive(Clone)]
pub struct Context {
    /// Names, by the name servers that the server uses.
    pub resolver: Arc<dyn Resolver>,
    /// Documents of the web.
    pub documents: Arc<dyn Documents>,
    /// Who knows what was registered; `None`: registries are not asked.
    pub registries: Option<Registries>,
    /// Connections.
    pub dialer: Arc<dyn Dialer>,
    /// Certificates.
    pub tls: TlsContext,
    /// What mail servers showed that a check has met: each is met once.
    pub looks: Looks,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Somebody else's time to compare with; `None`: the clock is not judged.
    pub time_source: Option<Arc<dyn TimeSource>>,
    /// What the running server knows of its ways out; `None` where there is no store.
    pub facts: Option<Arc<dyn Facts>>,
    /// What became of the mail of the last days; `None` where there is no store.
    pub history: Option<Arc<dyn History>>,
    /// What receivers have reported of our mail; `None` where there is no store.
    pub reports: Option<Arc<dyn Reports>>,
    /// Where notices of newer releases come from; `None`: nobody is asked.
    pub notices: Option<NoticeSource>,
    /// What this machine is like.
    pub machine: Machine,
    /// The blocklists to ask.
    pub blocklists: Arc<Vec<BlockList>>,
    /// DKIM selectors that the asker knows of the foreign domain: DNS tells none.
    pub selectors: Vec<String>,
    /// Whom it is about.
    pub subject: Subject,
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// Whom the checks are about.
#[derive(Debug, Clone)]
pub enum Subject {
    /// This host, by its configuration.
    Host(Box<Host>),
    /// A domain of somebody else: only what a stranger can see.
    Domain(Domain),
}

impl Subject {
    /// The name in headings.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Host(host) => host.hostname.as_str(),
            Self::Domain(domain) => domain.as_str(),
        }
    }
}

/// This host.
#[derive(Debug, Clone)]
pub struct Host {
    /// There is a configuration; without one, only what concerns every host is judged.
    pub configured: bool,
    /// What it calls itself.
    pub hostname: Domain,
    /// Domains that it sends for.
    pub domains: Vec<Domain>,
    /// Domains that it takes mail for on port 25, beside postmaster@ and abuse@ of all.
    pub receives_for: Vec<Domain>,
    /// Source addresses with the name that is said from each; none: the system chooses.
    pub sources: Vec<Source>,
    /// Public addresses that the configuration names (behind NAT).
    pub own_addresses: Vec<IpAddr>,
    /// IPv4 is used.
    pub ipv4: bool,
    /// IPv6 is used.
    pub ipv6: bool,
    /// Where it listens.
    pub listeners: Vec<Listening>,
    /// The MTA-STS policy that is served where it listens for the web.
    pub sts: PolicyMode,
    /// Addresses of this host that may send to anywhere without login, since the operator has named their network.
    pub may_relay: Vec<IpAddr>,
    /// The certificate's file, and whether it was made by ourselves.
    pub certificate: Option<CertificateFile>,
    /// SHA-256 of the key whose TLSA record is right beside that of the certificate in use, while one takes the
    /// place of the other.
    pub key_beside: Option<Vec<u8>>,
    /// Where mail is kept.
    pub state_directory: PathBuf,
    /// Files and folders that nobody else may read.
    pub secrets: Vec<PathBuf>,
    /// Name servers that are named; none: those of the system.
    pub name_servers: Vec<SocketAddr>,
    /// How port 25 is probed when no fresh verdict is stored; `None`: it is not.
    pub probe: Option<ProbeSettings>,
    /// Mail that goes directly has a relay to take while port 25 is blocked.
    pub has_relay: bool,
    /// Mail leaves by itself, and not only by relays.
    pub direct: bool,
    /// The relays.
    pub relays: Vec<OwnRelay>,
    /// The content filters that see its mail.
    pub filters: Vec<OwnFilter>,
    /// The DKIM keys, whatever stage of their lives they are in.
    pub keys: Vec<StoredKey>,
    /// Why the keys could not be read.
    pub keys_failure: Option<KeysFailure>,
}

/// A relay that mail leaves by.
#[derive(Debug, Clone)]
pub struct OwnRelay {
    /// Its name in the configuration.
    pub name: String,
    /// Its host.
    pub host: String,
    /// What is known of its provider.
    pub profile: Option<&'static Profile>,
}

/// A content filter.
#[derive(Debug, Clone)]
pub struct OwnFilter {
    /// Its name for people.
    pub name: String,
    /// What it is.
    pub service: FilterService,
    /// Where it listens.
    pub address: ServiceAddress,
}

/// What a content filter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterService {
    /// clamd.
    ClamAv,
    /// Rspamd.
    Rspamd,
}

/// Why the DKIM keys could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeysFailure {
    /// Whoever runs the doctor has no right to.
    NotAllowed(String),
    /// A file that is no good key: the server does not start with it.
    Unusable(String),
}

/// A source address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The address.
    pub address: IpAddr,
    /// What is said in EHLO from it.
    pub ehlo_name: Domain,
}

/// A listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listening {
    /// Address and port.
    pub address: SocketAddr,
    /// What for.
    pub service: Service,
}

/// What a listener is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Port 25: mail from other servers.
    Exchange,
    /// Port 587: STARTTLS and login.
    Submission,
    /// Port 465: TLS and login.
    Submissions,
    /// Port 443: MTA-STS policies and settings of clients.
    Web,
}

/// Where the certificate lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFile {
    /// The chain, PEM.
    pub chain: PathBuf,
    /// Made by the server itself because none was named.
    pub self_made: bool,
}

/// The addresses of a name with the weaker of the two statuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// IPv4 first.
    pub all: Vec<IpAddr>,
    /// What DNSSEC says.
    pub dnssec: DnssecStatus,
}

impl Host {
    /// Whether it serves MTA-STS policies and settings of clients.
    #[must_use]
    pub fn serves_web(&self) -> bool {
        self.listeners.iter().any(|listener| listener.service == Service::Web)
    }
}

impl Context {
    /// This host, if it is about it.
    #[must_use]
    pub fn host(&self) -> Option<&Host> {
        match &self.subject {
            Subject::Host(host) => Some(host),
            Subject::Domain(_) => None,
        }
    }

    /// The domains to judge: those that are sent for, or the foreign one.
    #[must_use]
    pub fn domains(&self) -> &[Domain] {
        match &self.subject {
            Subject::Host(host) => &host.domains,
            Subject::Domain(domain) => std::slice::from_ref(domain),
        }
    }

    /// What is said in EHLO to others: the hostname, or where there is none that could be one, an address (RFC 5321
    /// §4.1.3).
    #[must_use]
    pub fn ehlo_name(&self) -> String {
        match (&self.subject, self.machine.addresses.first()) {
            (Subject::Host(host), _) => host.hostname.to_string(),
            (Subject::Domain(_), Some(IpAddr::V6(address))) => format!("[IPv6:{address}]"),
            (Subject::Domain(_), Some(address)) => format!("[{address}]"),
            (Subject::Domain(_), None) => "[127.0.0.1]".to_owned(),
        }
    }

    /// The address that mail to `target` leaves from; `None`: the system chooses.
    #[must_use]
    pub fn source_to(&self, target: IpAddr) -> Option<IpAddr> {
        let sources = &self.host()?.sources;
        sources.iter().map(|source| source.address).find(|source| source.is_ipv4() == target.is_ipv4())
    }

    /// Addresses of a name, both families.
    ///
    /// # Errors
    /// DNS failed for one of them and the other has no address either.
    pub async fn addresses(&self, name: &Domain) -> Result<Addresses, DnsError> {
        let (v4, v6) = tokio::join!(self.resolver.a(name), self.resolver.aaaa(name));
        let (v4, v6) = match (v4, v6) {
            (Ok(v4), Ok(v6)) => (v4, v6),
            (Ok(found), Err(_)) | (Err(_), Ok(found)) if !found.records.is_empty() => {
                return Ok(Addresses { all: found.records, dnssec: found.dnssec });
            }
            (Err(error), _) | (_, Err(error)) => return Err(error),
        };
        let dnssec = match (v4.dnssec, v6.dnssec) {
            (DnssecStatus::Secure, DnssecStatus::Secure) => DnssecStatus::Secure,
            (DnssecStatus::Unknown, _) | (_, DnssecStatus::Unknown) => DnssecStatus::Unknown,
            _ => DnssecStatus::Insecure,
        };
        Ok(Addresses { all: [v4.records, v6.records].concat(), dnssec })
    }

    /// The addresses from which mail leaves as others see them: the configured sources, or else the public
    /// addresses of the interfaces, or else those that the configuration or the hostname in DNS name.
    pub async fn public_sources(&self) -> Vec<Source> {
        let Some(host) = self.host() else { return Vec::new() };
        let named = |address: IpAddr| Source { address, ehlo_name: host.hostname.clone() };
        let wanted = |source: &Source| match source.address {
            IpAddr::V4(_) => host.ipv4,
            IpAddr::V6(_) => host.ipv6,
        };
        let configured: Vec<Source> =
            host.sources.iter().filter(|source| is_public(source.address)).cloned().collect();
        let mut found = if configured.is_empty() && host.sources.is_empty() {
            let own = self.machine.addresses.iter().copied().filter(|address| is_public(*address));
            own.map(named).collect()
        } else {
            configured
        };
        // RFC 3022: behind a translator nobody on this side can tell; the configuration or DNS must.
        if !found.iter().any(|source| source.address.is_ipv4()) {
            let mut outside: Vec<IpAddr> =
                host.own_addresses.iter().copied().filter(IpAddr::is_ipv4).collect();
            if outside.is_empty()
                && let Ok(answer) = self.resolver.a(&host.hostname).await
            {
                outside = answer.records.into_iter().filter(|address| is_public(*address)).collect();
            }
            found.extend(outside.into_iter().map(named));
        }
        found.retain(wanted);
        found.dedup();
        found
    }
}
