//! The real resolver: hickory behind the [`Resolver`] port.
//!
//! `HickoryResolver::new(ResolverSettings { … })` asks the servers of `/etc/resolv.conf` or the ones that are
//! named, over UDP and, when an answer is truncated, over TCP (RFC 7766 §5). Answers are cached by their TTL,
//! "no such record" by the SOA's (RFC 2308 §5); failures are not cached. Aliases are followed for every type
//! (RFC 1034 §3.6.2). Names are always absolute: no search list, no `/etc/hosts`, since mail is routed by DNS
//! alone (RFC 5321 §5.1).
//!
//! With `validate` the signatures are checked here, up to the root's trust anchor; an answer whose signatures
//! do not match is [`DnsError::Bogus`]. Without it every status is `Unknown`.

pub(super) mod records;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hickory_proto::dnssec::{Proof, TrustAnchors};
use hickory_proto::op::{DnsResponse, ResponseCode};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError as HickoryDnsError, NetError, NoRecords};
use postamt_mail::address::Domain;

use super::{Answer, Caa, DnsError, DnssecStatus, Mx, Resolver, Tlsa};
use crate::PortFuture;

/// How long an empty answer holds that came without the SOA to say so (RFC 2308 §2.1: not cacheable; we hold
/// it just long enough that one message's recipients share it).
const NEGATIVE_TTL_WITHOUT_SOA: Duration = Duration::from_secs(5);

/// How long a validated denial is cached at least: hickory drops its TTL and would otherwise ask, and validate,
/// each time anew.
const VALIDATED_DENIAL_TTL: Duration = Duration::from_secs(30);

/// The type SPF (RFC 4408 §3.1.1), which the library has no name for.
const OBSOLETE_SPF: RecordType = RecordType::Unknown(99);

/// Whom to ask and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolverSettings {
    /// The servers, tried in their order of speed; `None` for those of `/etc/resolv.conf`.
    pub servers: Option<Vec<SocketAddr>>,
    /// How long one question to one server may take.
    pub timeout: Duration,
    /// How many times a question is repeated after the first timeout.
    pub retries: usize,
    /// Check DNSSEC signatures here.
    pub validate: bool,
    /// A file with the root's DNSKEY records, in place of the keys that are built in; for a network with a root
    /// of its own.
    pub root_keys: Option<PathBuf>,
    /// Answers kept at most.
    pub cache_entries: u64,
}

impl Default for ResolverSettings {
    fn default() -> Self {
        Self {
            servers: None,
            timeout: Duration::from_secs(5),
            retries: 2,
            validate: false,
            root_keys: None,
            cache_entries: 32_768,
        }
    }
}

/// Why there is no resolver.
#[derive(Debug, thiserror::Error)]
pub enum ResolverSetupError {
    /// `/etc/resolv.conf` is missing or cannot be understood.
    #[error("the system's resolver configuration cannot be read")]
    SystemConfiguration(#[source] NetError),
    /// The list of servers is empty.
    #[error("no DNS server is named")]
    NoServers,
    /// The root's keys cannot be read.
    #[error("the DNSSEC root keys in {} cannot be read: {reason}", file.display())]
    RootKeys {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The resolver refused its settings.
    #[error("the resolver cannot be set up")]
    Build(#[source] NetError),
}

/// A caching stub resolver. Cheap to clone; clones share the cache.
#[derive(Debug, Clone)]
pub struct HickoryResolver {
    inner: TokioResolver,
    validates: bool,
}

impl HickoryResolver {
    /// Sets the resolver up; nothing is asked yet. Lookups must run on a tokio runtime.
    ///
    /// # Errors
    /// [`ResolverSetupError`]: no usable server.
    pub fn new(settings: &ResolverSettings) -> Result<Self, ResolverSetupError> {
        let mut builder = match &settings.servers {
            None => TokioResolver::builder_tokio().map_err(ResolverSetupError::SystemConfiguration)?,
            Some(servers) if servers.is_empty() => return Err(ResolverSetupError::NoServers),
            Some(servers) => {
                let servers = servers.iter().map(name_server).collect();
                let config = ResolverConfig::from_name_servers(servers);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
        };
        let options = builder.options_mut();
        options.timeout = settings.timeout;
        options.attempts = settings.retries;
        options.validate = settings.validate;
        options.cache_size = settings.cache_entries;
        options.use_hosts_file = ResolveHosts::Never;
        if settings.validate {
            options.negative_min_ttl = Some(VALIDATED_DENIAL_TTL);
            if let Some(file) = &settings.root_keys {
                builder = builder.with_trust_anchor(Arc::new(root_keys(file)?));
            }
        }
        let inner = builder.build().map_err(ResolverSetupError::Build)?;
        Ok(Self { inner, validates: settings.validate })
    }

    /// Forgets every cached answer.
    pub fn clear_cache(&self) {
        self.inner.clear_cache();
    }

    /// The DNSSEC status of the root's own record: whether validation works at all.
    pub(super) async fn root_status(&self) -> Result<DnssecStatus, DnsError> {
        let answer = self.look_up(Some(Name::root()), RecordType::SOA, |_| Some(())).await?;
        Ok(if answer.records.is_empty() { DnssecStatus::Unknown } else { answer.dnssec })
    }

    async fn look_up<T>(
        &self,
        name: Option<Name>,
        record: RecordType,
        read: impl Fn(&RData) -> Option<T>,
    ) -> Result<Answer<T>, DnsError> {
        let Some(mut name) = name else {
            return Ok(Answer::impossible());
        };
        name.set_fqdn(true);
        match self.inner.lookup(name.clone(), record).await {
            Ok(lookup) => Ok(self.positive(&lookup, record, read)),
            Err(error) => self.negative(&name, record, error),
        }
    }

    fn positive<T>(
        &self,
        lookup: &Lookup,
        record: RecordType,
        read: impl Fn(&RData) -> Option<T>,
    ) -> Answer<T> {
        let answers = lookup.answers();
        Answer {
            records: answers
                .iter()
                .filter(|r| r.record_type() == record)
                .filter_map(|r| read(&r.data))
                .collect(),
            ttl: lookup.valid_until().saturating_duration_since(Instant::now()),
            dnssec: self.status(answers),
            exists: true,
        }
    }

    /// Turns "no records" into an empty answer and the rest into our errors.
    fn negative<T>(&self, name: &Name, record: RecordType, error: NetError) -> Result<Answer<T>, DnsError> {
        match error {
            NetError::Dns(HickoryDnsError::NoRecordsFound(none)) => Ok(Answer {
                records: Vec::new(),
                ttl: negative_ttl(&none),
                dnssec: self.denial_status(&none),
                exists: none.response_code != ResponseCode::NXDomain,
            }),
            NetError::Dns(HickoryDnsError::Nsec { response, proof, .. }) => {
                proven_denial(name, record, &response, proof)
            }
            NetError::Dns(HickoryDnsError::DnssecBogus) => {
                Err(DnsError::Bogus { name: asked(name), record: type_name(record) })
            }
            NetError::Timeout => Err(DnsError::Timeout { name: asked(name), record: type_name(record) }),
            other => Err(DnsError::ServerFailure {
                name: asked(name),
                record: type_name(record),
                detail: other.to_string(),
            }),
        }
    }

    /// A denial that comes this far has been validated; the proofs are in its authority section, and there are
    /// none where the zone is known to be unsigned.
    fn denial_status(&self, none: &NoRecords) -> DnssecStatus {
        match none.authorities.as_deref() {
            Some(proofs) if self.validates && !proofs.is_empty() => self.status(proofs),
            _ if self.validates => DnssecStatus::Insecure,
            _ => DnssecStatus::Unknown,
        }
    }

    /// The weakest link of an alias chain decides (RFC 6698 §4.1).
    fn status(&self, records: &[Record]) -> DnssecStatus {
        if !self.validates {
            return DnssecStatus::Unknown;
        }
        let signed = records.iter().filter(|r| r.record_type() != RecordType::RRSIG);
        match signed.map(|r| r.proof).min() {
            Some(Proof::Secure) => DnssecStatus::Secure,
            Some(Proof::Insecure) => DnssecStatus::Insecure,
            _ => DnssecStatus::Unknown,
        }
    }
}

impl Resolver for HickoryResolver {
    fn mx<'a>(&'a self, domain: &'a Domain) -> PortFuture<'a, Result<Answer<Mx>, DnsError>> {
        Box::pin(async move {
            let found = self.look_up(host_name(domain), RecordType::MX, exchange);
            usable_exchanges(domain, found.await?)
        })
    }

    fn exchanges_of<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Answer<String>, DnsError>> {
        Box::pin(async move {
            let mut found = self.look_up(Name::from_ascii(name).ok(), RecordType::MX, exchange).await?;
            found.records.sort_by_key(|(preference, _)| *preference);
            let names = found.records.iter().filter(|(_, name)| !name.is_root()).map(|(_, name)| text(name));
            let records = names.collect();
            Ok(Answer { records, ttl: found.ttl, dnssec: found.dnssec, exists: found.exists })
        })
    }

    fn a<'a>(&'a self, host: &'a Domain) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>> {
        Box::pin(self.look_up(host_name(host), RecordType::A, RData::ip_addr))
    }

    fn aaaa<'a>(&'a self, host: &'a Domain) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>> {
        Box::pin(self.look_up(host_name(host), RecordType::AAAA, RData::ip_addr))
    }

    fn addresses_of<'a>(
        &'a self,
        name: &'a str,
        is_ipv6: bool,
    ) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>> {
        let record = if is_ipv6 { RecordType::AAAA } else { RecordType::A };
        Box::pin(self.look_up(Name::from_ascii(name).ok(), record, RData::ip_addr))
    }

    fn txt<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Answer<String>, DnsError>> {
        Box::pin(self.look_up(Name::from_ascii(name).ok(), RecordType::TXT, |data| match data {
            RData::TXT(txt) => Some(String::from_utf8_lossy(&txt.txt_data.concat()).into_owned()),
            _ => None,
        }))
    }

    fn obsolete_spf<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Answer<String>, DnsError>> {
        Box::pin(self.look_up(Name::from_ascii(name).ok(), OBSOLETE_SPF, |data| match data {
            RData::Unknown { rdata, .. } => Some(character_strings(&rdata.anything)),
            _ => None,
        }))
    }

    fn ptr(&self, address: IpAddr) -> PortFuture<'_, Result<Answer<String>, DnsError>> {
        Box::pin(self.look_up(Some(Name::from(address)), RecordType::PTR, |data| match data {
            RData::PTR(name) => Some(text(&name.0)),
            _ => None,
        }))
    }

    fn alias<'a>(&'a self, host: &'a Domain) -> PortFuture<'a, Result<Answer<Domain>, DnsError>> {
        Box::pin(self.look_up_alias(host))
    }

    fn caa<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Answer<Caa>, DnsError>> {
        Box::pin(self.look_up(Name::from_ascii(name).ok(), RecordType::CAA, records::caa))
    }

    fn tlsa<'a>(&'a self, host: &'a Domain, port: u16) -> PortFuture<'a, Result<Answer<Tlsa>, DnsError>> {
        let name = Name::from_ascii(format!("_{port}._tcp.{host}")).ok();
        Box::pin(self.look_up(name, RecordType::TLSA, |data| match data {
            RData::TLSA(tlsa) => Some(Tlsa {
                usage: tlsa.cert_usage.into(),
                selector: tlsa.selector.into(),
                matching: tlsa.matching.into(),
                data: tlsa.cert_data.clone(),
            }),
            _ => None,
        }))
    }
}

fn root_keys(file: &Path) -> Result<TrustAnchors, ResolverSetupError> {
    TrustAnchors::from_file(file)
        .map_err(|error| ResolverSetupError::RootKeys { file: file.to_owned(), reason: error.to_string() })
}

fn name_server(address: &SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = address.port();
        connection
    });
    NameServerConfig::new(address.ip(), true, connections.into())
}

fn exchange(data: &RData) -> Option<(u16, Name)> {
    match data {
        RData::MX(mx) => Some((mx.preference, mx.exchange.clone())),
        _ => None,
    }
}

/// `None` for a name that DNS cannot carry: 254 and 255 octets fit into a mail domain but not into DNS
/// (RFC 1035 §2.3.4 counts the length octets).
fn host_name(domain: &Domain) -> Option<Name> {
    Name::from_ascii(domain.as_str()).ok()
}

/// Reads the exchanges as host names. One that is no host name is passed over; when none is left the domain
/// has MX records but no server, which is not the same as having no MX record (RFC 5321 §5.1).
fn usable_exchanges(domain: &Domain, found: Answer<(u16, Name)>) -> Result<Answer<Mx>, DnsError> {
    let records: Vec<Mx> = found
        .records
        .iter()
        .filter_map(|(preference, exchange)| {
            let exchange = if exchange.is_root() { None } else { Some(Domain::new(&text(exchange)).ok()?) };
            Some(Mx { preference: *preference, exchange })
        })
        .collect();
    if records.is_empty()
        && let Some((_, exchange)) = found.records.first()
    {
        return Err(DnsError::ServerFailure {
            name: domain.to_string(),
            record: type_name(RecordType::MX),
            detail: format!("the exchange {exchange} is not a host name"),
        });
    }
    Ok(Answer { records, ttl: found.ttl, dnssec: found.dnssec, exists: found.exists })
}

/// What the SOA says (RFC 2308 §5): the lesser of its own TTL and its minimum.
fn negative_ttl(none: &NoRecords) -> Duration {
    let of_zone = || none.soa.as_ref().map(|soa| soa.ttl.min(soa.data.minimum));
    none.negative_ttl.or_else(of_zone).map_or(NEGATIVE_TTL_WITHOUT_SOA, seconds)
}

/// A denial that the validator could not call secure (RFC 4035 §5.4).
fn proven_denial<T>(
    name: &Name,
    record: RecordType,
    response: &DnsResponse,
    proof: Proof,
) -> Result<Answer<T>, DnsError> {
    let dnssec = match proof {
        Proof::Secure => DnssecStatus::Secure,
        Proof::Insecure => DnssecStatus::Insecure,
        Proof::Indeterminate => DnssecStatus::Unknown,
        Proof::Bogus => return Err(DnsError::Bogus { name: text(name), record: type_name(record) }),
    };
    Ok(Answer {
        records: Vec::new(),
        ttl: response.negative_ttl().map_or(NEGATIVE_TTL_WITHOUT_SOA, seconds),
        dnssec,
        exists: response.response_code != ResponseCode::NXDomain,
    })
}

fn seconds(ttl: u32) -> Duration {
    Duration::from_secs(ttl.into())
}

/// As [`text`], for people: the root has a name, too.
fn asked(name: &Name) -> String {
    if name.is_root() { ".".to_owned() } else { text(name) }
}

/// A name as people write it: ASCII, lower case, without the final dot.
fn text(name: &Name) -> String {
    let mut text = name.to_lowercase().to_ascii();
    if text.ends_with('.') {
        text.pop();
    }
    text
}

/// The strings of a text, joined, from the form on the wire: each behind its length (RFC 1035 §3.3).
fn character_strings(mut wire: &[u8]) -> String {
    let mut text = Vec::new();
    while let Some((length, rest)) = wire.split_first() {
        let (string, behind) = rest.split_at(usize::from(*length).min(rest.len()));
        text.extend_from_slice(string);
        wire = behind;
    }
    String::from_utf8_lossy(&text).into_owned()
}

fn type_name(record: RecordType) -> &'static str {
    match record {
        RecordType::MX => "MX",
        RecordType::A => "A",
        RecordType::AAAA => "AAAA",
        RecordType::TXT => "TXT",
        RecordType::PTR => "PTR",
        RecordType::TLSA => "TLSA",
        RecordType::CNAME => "CNAME",
        RecordType::SRV => "SRV",
        RecordType::CAA => "CAA",
        RecordType::NS => "NS",
        RecordType::SOA => "SOA",
        _ => "record",
    }
}
