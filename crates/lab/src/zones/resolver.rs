//! [`Zones`] behind the [`Resolver`] port: the fake for tests of one stage, and the eyes of a lab server that
//! looks up who is calling (the real resolver knows all of 127.0.0.0/8 as `localhost`, RFC 6761 §6.3).
//!
//! Answers at once; `Silence` is a timeout that has already passed.

use std::net::IpAddr;

use postamt_mail::address::Domain;
use postamt_net::PortFuture;
use postamt_net::dns::record::reverse_name;
use postamt_net::dns::{Answer, Caa, DnsError, DnssecStatus, Mx, Resolver, Tlsa};

use super::{Finding, Misbehaviour, Record, RecordKind, Zones};

/// A resolver without sockets and without a cache.
#[derive(Debug, Clone)]
pub struct StaticResolver {
    zones: Zones,
    dnssec: DnssecStatus,
}

impl StaticResolver {
    /// Answers from `zones`, with unknown DNSSEC status.
    #[must_use]
    pub fn new(zones: Zones) -> Self {
        Self { zones, dnssec: DnssecStatus::Unknown }
    }

    /// Gives every answer this DNSSEC status.
    #[must_use]
    pub fn with_status(self, dnssec: DnssecStatus) -> Self {
        Self { dnssec, ..self }
    }

    fn answer<T>(
        &self,
        name: &str,
        kind: RecordKind,
        record: &'static str,
        read: impl Fn(&Record) -> Option<T>,
    ) -> Result<Answer<T>, DnsError> {
        let (records, exists) = match self.zones.find(name, kind) {
            Finding::Records(found) => (found.iter().filter_map(|(_, r)| read(r)).collect(), true),
            Finding::NoData(_) => (Vec::new(), true),
            Finding::NoSuchName(_) => (Vec::new(), false),
            Finding::Fails(Misbehaviour::Silence) => {
                return Err(DnsError::Timeout { name: name.to_owned(), record });
            }
            failure => {
                let detail = format!("{failure:?}");
                return Err(DnsError::ServerFailure { name: name.to_owned(), record, detail });
            }
        };
        Ok(Answer { records, ttl: self.zones.ttl(), dnssec: self.dnssec, exists })
    }

    fn addresses(&self, host: &str, kind: RecordKind) -> Result<Answer<IpAddr>, DnsError> {
        let record = if kind == RecordKind::A { "A" } else { "AAAA" };
        self.answer(host, kind, record, |record| match record {
            Record::Address(address) => Some(*address),
            _ => None,
        })
    }
}

impl Resolver for StaticResolver {
    fn mx<'a>(&'a self, domain: &'a Domain) -> PortFuture<'a, Result<Answer<Mx>, DnsError>> {
        let answer = self.answer(domain.as_str(), RecordKind::Mx, "MX", |record| match record {
            Record::Mx { preference, exchange } => {
                Some(Mx { preference: *preference, exchange: Domain::new(exchange).ok() })
            }
            _ => None,
        });
        Box::pin(std::future::ready(answer))
    }

    fn a<'a>(&'a self, host: &'a Domain) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>> {
        Box::pin(std::future::ready(self.addresses(host.as_str(), RecordKind::A)))
    }

    fn aaaa<'a>(&'a self, host: &'a Domain) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>> {
        Box::pin(std::future::ready(self.addresses(host.as_str(), RecordKind::Aaaa)))
    }

    fn addresses_of<'a>(
        &'a self,
        name: &'a str,
        is_ipv6: bool,
    ) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>> {
        let kind = if is_ipv6 { RecordKind::Aaaa } else { RecordKind::A };
        Box::pin(std::future::ready(self.addresses(name, kind)))
    }

    fn txt<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Answer<String>, DnsError>> {
        let answer = self.answer(name, RecordKind::Txt, "TXT", |record| match record {
            Record::Text(text) => Some(text.clone()),
            _ => None,
        });
        Box::pin(std::future::ready(answer))
    }

    fn obsolete_spf<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Answer<String>, DnsError>> {
        let answer = self.answer(name, RecordKind::ObsoleteSpf, "SPF", |record| match record {
            Record::ObsoleteSpf(text) => Some(text.clone()),
            _ => None,
        });
        Box::pin(std::future::ready(answer))
    }

    fn ptr(&self, address: IpAddr) -> PortFuture<'_, Result<Answer<String>, DnsError>> {
        let answer = self.answer(&reverse_name(address), RecordKind::Ptr, "PTR", |record| match record {
            Record::Pointer(name) => Some(name.clone()),
            _ => None,
        });
        Box::pin(std::future::ready(answer))
    }

    fn alias<'a>(&'a self, host: &'a Domain) -> PortFuture<'a, Result<Answer<Domain>, DnsError>> {
        let chain = match self.zones.find(host.as_str(), RecordKind::A) {
            Finding::Records(chain) | Finding::NoData(chain) | Finding::NoSuchName(chain) => chain,
            Finding::NotOurs | Finding::Fails(_) => Vec::new(),
        };
        let target = chain.iter().rev().find_map(|(_, record)| match record {
            Record::Alias(target) => Domain::new(target.trim_end_matches('.')).ok(),
            _ => None,
        });
        let records: Vec<Domain> = target.into_iter().collect();
        let answer = Answer { exists: true, records, ttl: self.zones.ttl(), dnssec: self.dnssec };
        Box::pin(std::future::ready(Ok(answer)))
    }

    fn caa<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Answer<Caa>, DnsError>> {
        let answer = self.answer(name, RecordKind::Caa, "CAA", |record| match record {
            Record::Caa(caa) => Some(caa.clone()),
            _ => None,
        });
        Box::pin(std::future::ready(answer))
    }

    fn tlsa<'a>(&'a self, host: &'a Domain, port: u16) -> PortFuture<'a, Result<Answer<Tlsa>, DnsError>> {
        let name = format!("_{port}._tcp.{host}");
        let answer = self.answer(&name, RecordKind::Tlsa, "TLSA", |record| match record {
            Record::Tlsa(tlsa) => Some(tlsa.clone()),
            _ => None,
        });
        Box::pin(std::future::ready(answer))
    }
}
