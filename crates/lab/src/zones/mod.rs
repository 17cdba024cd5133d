//! The DNS data of the miniature Internet, and how it is asked.
//!
//! [`Zones`] is the data: names with records, changeable while everything runs, able to misbehave name by
//! name. [`DnsServer`] answers questions about it over UDP and TCP like an authoritative server;
//! [`StaticResolver`] answers the same questions without a socket, for tests of one stage.
//!
//! ```text
//! Zones ─┬─▶ DnsServer      ─▶ port 53 ─▶ the real resolver
//!        └─▶ StaticResolver ─▶ a stage under test
//! ```

mod blocklists;
mod resolver;
mod server;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use postamt_net::dns::record::reverse_name;
use postamt_net::dns::{Caa, Tlsa};

pub use resolver::StaticResolver;
pub use server::{DnsServer, DnsServerError};

/// Aliases followed before the data counts as broken.
const ALIAS_LIMIT: usize = 8;

/// One record. Names are written without the final dot; `.` is the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A or AAAA.
    Address(IpAddr),
    /// MX; the exchange `.` is a null MX (RFC 7505).
    Mx {
        /// Lower is tried first.
        preference: u16,
        /// A host name.
        exchange: String,
    },
    /// TXT; cut into strings of 255 octets on the wire.
    Text(String),
    /// The type SPF (99), of which nothing but faulty zones has records (RFC 7208 §3.1).
    ObsoleteSpf(String),
    /// PTR.
    Pointer(String),
    /// CNAME.
    Alias(String),
    /// TLSA.
    Tlsa(Tlsa),
    /// CAA.
    Caa(Caa),
}

/// What a question may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordKind {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// Mail exchangers.
    Mx,
    /// Texts.
    Txt,
    /// Texts of the type SPF.
    ObsoleteSpf,
    /// Names of an address.
    Ptr,
    /// An alias itself.
    Cname,
    /// Certificate associations.
    Tlsa,
    /// Authorities that may issue certificates.
    Caa,
    /// Anything that these zones never hold.
    Other,
}

impl Record {
    /// The type of the record.
    #[must_use]
    pub const fn kind(&self) -> RecordKind {
        match self {
            Record::Address(IpAddr::V4(_)) => RecordKind::A,
            Record::Address(IpAddr::V6(_)) => RecordKind::Aaaa,
            Record::Mx { .. } => RecordKind::Mx,
            Record::Text(_) => RecordKind::Txt,
            Record::ObsoleteSpf(_) => RecordKind::ObsoleteSpf,
            Record::Pointer(_) => RecordKind::Ptr,
            Record::Alias(_) => RecordKind::Cname,
            Record::Tlsa(_) => RecordKind::Tlsa,
            Record::Caa(_) => RecordKind::Caa,
        }
    }
}

/// How a name, and every name below it, goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misbehaviour {
    /// SERVFAIL.
    ServerFailure,
    /// REFUSED.
    Refused,
    /// No answer at all.
    Silence,
}

/// What the data says to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The chain of aliases, if any, then the records; each with its owner.
    Records(Vec<(String, Record)>),
    /// The name is there, the type is not; with the aliases that led there.
    NoData(Vec<(String, Record)>),
    /// NXDOMAIN, with the aliases that led there.
    NoSuchName(Vec<(String, Record)>),
    /// Not ours to answer: outside `.test`, `.example`, `.invalid` and the reverse zones, and not below a name that was
    /// added.
    NotOurs,
    /// Goes wrong as it was told to.
    Fails(Misbehaviour),
}

/// The data. Cheap to clone; clones share it.
#[derive(Debug, Clone)]
pub struct Zones {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    names: RwLock<Names>,
    asked: Mutex<HashMap<(String, RecordKind), u64>>,
    ttl: Duration,
}

#[derive(Debug, Default)]
struct Names {
    records: BTreeMap<String, Vec<Record>>,
    faults: HashMap<String, Misbehaviour>,
}

impl Default for Zones {
    fn default() -> Self {
        Self::new(Duration::from_secs(60))
    }
}

impl Zones {
    /// No names yet; every record and every denial will live for `ttl`, in whole seconds.
    #[must_use]
    pub fn new(ttl: Duration) -> Self {
        let shared = Shared { names: RwLock::default(), asked: Mutex::default(), ttl };
        Self { shared: Arc::new(shared) }
    }

    /// Adds a record.
    pub fn add(&self, name: &str, record: Record) {
        self.change(|names| names.records.entry(canonical(name)).or_default().push(record));
    }

    /// Adds the address of a host and the PTR record that leads back to it (RFC 1912 §2.1).
    pub fn add_host(&self, name: &str, address: IpAddr) {
        self.add(name, Record::Address(address));
        self.add(&reverse_name(address), Record::Pointer(canonical(name)));
    }

    /// Takes every record of a name away.
    pub fn remove(&self, name: &str) {
        self.change(|names| names.records.remove(&canonical(name)));
    }

    /// Takes the records of one type away, and returns them.
    pub fn take(&self, name: &str, kind: RecordKind) -> Vec<Record> {
        let mut taken = Vec::new();
        self.change(|names| {
            let Some(records) = names.records.get_mut(&canonical(name)) else { return };
            taken = records.extract_if(.., |record| record.kind() == kind).collect();
            if records.is_empty() {
                names.records.remove(&canonical(name));
            }
        });
        taken
    }

    /// Makes a name and all below it fail from now on, or behave again with `None`.
    pub fn misbehave(&self, name: &str, fault: Option<Misbehaviour>) {
        self.change(|names| match fault {
            Some(fault) => names.faults.insert(canonical(name), fault),
            None => names.faults.remove(&canonical(name)),
        });
    }

    /// How often this question has been put to the server or the resolver.
    #[must_use]
    pub fn times_asked(&self, name: &str, kind: RecordKind) -> u64 {
        let asked = self.shared.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.get(&(canonical(name), kind)).copied().unwrap_or_default()
    }

    /// How long answers hold.
    #[must_use]
    pub fn ttl(&self) -> Duration {
        self.shared.ttl
    }

    /// Answers a question and counts it.
    #[must_use]
    pub fn find(&self, name: &str, kind: RecordKind) -> Finding {
        let name = canonical(name);
        {
            let mut asked = self.shared.asked.lock().unwrap_or_else(PoisonError::into_inner);
            *asked.entry((name.clone(), kind)).or_default() += 1;
        }
        self.shared.names.read().unwrap_or_else(PoisonError::into_inner).find(name, kind)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Names) -> T) {
        change(&mut self.shared.names.write().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Names {
    /// RFC 1034 §4.3.2, without delegations and wildcards: these zones have none.
    fn find(&self, mut name: String, kind: RecordKind) -> Finding {
        let mut chain = Vec::new();
        for _ in 0..ALIAS_LIMIT {
            if let Some(fault) = self.fault(&name) {
                return Finding::Fails(fault);
            }
            if !self.is_ours(&name) {
                // An alias may lead out of the zones; the asker goes on from there.
                return if chain.is_empty() { Finding::NotOurs } else { Finding::NoData(chain) };
            }
            let Some(records) = self.records.get(&name) else {
                return if self.has_names_below(&name) {
                    Finding::NoData(chain)
                } else {
                    Finding::NoSuchName(chain)
                };
            };
            let mut found = records.iter().filter(|r| r.kind() == kind).peekable();
            if found.peek().is_some() {
                chain.extend(found.map(|r| (name.clone(), r.clone())));
                return Finding::Records(chain);
            }
            let Some((alias, target)) = records.iter().find_map(|record| match record {
                Record::Alias(target) => Some((record.clone(), canonical(target))),
                _ => None,
            }) else {
                return Finding::NoData(chain);
            };
            chain.push((std::mem::replace(&mut name, target), alias));
        }
        Finding::Fails(Misbehaviour::ServerFailure)
    }

    /// Tests of what is known by its real name, as providers are by their hosts, add such names; all others outside
    /// the reserved zones are left alone.
    fn is_ours(&self, name: &str) -> bool {
        is_reserved(name) || ancestors(name).any(|it| self.records.contains_key(it))
    }

    fn fault(&self, name: &str) -> Option<Misbehaviour> {
        ancestors(name).find_map(|ancestor| self.faults.get(ancestor).copied())
    }

    /// True for an empty non-terminal (RFC 8020 §2): it exists although it owns nothing.
    fn has_names_below(&self, name: &str) -> bool {
        let suffix = format!(".{name}");
        self.records.keys().any(|key| key.ends_with(&suffix))
    }
}

/// The name itself, then its parents.
fn ancestors(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| name.split_once('.').map(|(_, parent)| parent))
}

fn is_reserved(name: &str) -> bool {
    ancestors(name).any(|zone| matches!(zone, "test" | "example" | "invalid" | "in-addr.arpa" | "ip6.arpa"))
}

/// The zone that answers for a name: its SOA owner.
fn zone_of(name: &str) -> &str {
    ancestors(name)
        .find(|zone| matches!(*zone, "test" | "example" | "invalid" | "in-addr.arpa" | "ip6.arpa"))
        .unwrap_or("")
}

fn canonical(name: &str) -> String {
    if name == "." { name.to_owned() } else { name.trim_end_matches('.').to_ascii_lowercase() }
}
