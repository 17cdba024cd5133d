//! Records of all kinds as values of [`RecordData`], and the questions about zones that only their administrator has.

use std::net::SocketAddr;
use std::time::Duration;

use hickory_proto::rr::rdata::{CAA, CNAME, MX, PTR, SRV, TLSA, TXT};
use hickory_proto::rr::{Name, RData, RecordType};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError as HickoryDnsError, NetError};

use postamt_mail::address::Domain;

use super::{DnsError, HickoryResolver, ResolverSetupError, name_server, text};
use crate::dns::record::{RecordData, RecordKind, strings};
use crate::dns::{ALIAS_LIMIT, Answer, Caa, Tlsa};

impl HickoryResolver {
    /// Asks this server alone, without a cache and without wish for recursion.
    pub(in crate::dns) fn of_server(
        address: SocketAddr,
        timeout: Duration,
    ) -> Result<Self, ResolverSetupError> {
        let config = ResolverConfig::from_name_servers(vec![name_server(&address)]);
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        let options = builder.options_mut();
        options.timeout = timeout;
        options.attempts = 1;
        options.cache_size = 0;
        options.recursion_desired = false;
        options.use_hosts_file = ResolveHosts::Never;
        let inner = builder.build().map_err(ResolverSetupError::Build)?;
        Ok(Self { inner, validates: false })
    }

    /// The records of a name; none when there are none.
    pub(in crate::dns) async fn records(
        &self,
        name: &str,
        kind: RecordKind,
    ) -> Result<Vec<RecordData>, DnsError> {
        Ok(self.look_up(Name::from_ascii(name).ok(), record_type(kind), read).await?.records)
    }

    /// The same with their longest time to live as it was sent, in seconds.
    pub(in crate::dns) async fn records_and_ttl(
        &self,
        name: &str,
        kind: RecordKind,
    ) -> Result<(Vec<RecordData>, u32), DnsError> {
        let Ok(mut name) = Name::from_ascii(name) else { return Ok((Vec::new(), 0)) };
        name.set_fqdn(true);
        let record = record_type(kind);
        match self.inner.lookup(name.clone(), record).await {
            Ok(lookup) => {
                let found = || lookup.answers().iter().filter(|it| it.record_type() == record);
                let ttl = found().map(|it| it.ttl).max().unwrap_or_default();
                Ok((found().filter_map(|it| read(&it.data)).collect(), ttl))
            }
            Err(error) => self.negative::<RecordData>(&name, record, error).map(|answer| (answer.records, 0)),
        }
    }

    /// The zone that a name lies in and the primary server that its SOA record names. A denial brings the SOA of the
    /// zone with it (RFC 2308 §3); where it does not, the names above are asked.
    pub(in crate::dns) async fn start_of_authority(&self, name: &str) -> Result<(String, String), DnsError> {
        let failure =
            |detail: String| DnsError::ServerFailure { name: name.to_owned(), record: "SOA", detail };
        let mut wanted = Name::from_ascii(name).map_err(|error| failure(error.to_string()))?;
        wanted.set_fqdn(true);
        while !wanted.is_root() {
            match self.inner.lookup(wanted.clone(), RecordType::SOA).await {
                Ok(lookup) => {
                    let found = lookup.answers().iter().find_map(|record| match &record.data {
                        RData::SOA(soa) => Some((text(&record.name), text(&soa.mname))),
                        _ => None,
                    });
                    if let Some(found) = found {
                        return Ok(found);
                    }
                }
                Err(NetError::Dns(HickoryDnsError::NoRecordsFound(none))) => {
                    if let Some(soa) = &none.soa
                        && !soa.name.is_root()
                    {
                        return Ok((text(&soa.name), text(&soa.data.mname)));
                    }
                }
                Err(NetError::Dns(HickoryDnsError::Nsec { .. })) => {}
                Err(NetError::Timeout) => {
                    return Err(DnsError::Timeout { name: name.to_owned(), record: "SOA" });
                }
                Err(other) => return Err(failure(other.to_string())),
            }
            wanted = wanted.base_name();
        }
        Err(failure("no zone".to_owned()))
    }

    /// See [`crate::dns::Resolver::alias`]. The chain comes with the addresses, which are asked for in any case.
    pub(super) async fn look_up_alias(&self, host: &Domain) -> Result<Answer<Domain>, DnsError> {
        for kind in [RecordType::A, RecordType::AAAA] {
            let Ok(mut name) = Name::from_ascii(host.as_str()) else { break };
            name.set_fqdn(true);
            let Ok(lookup) = self.inner.lookup(name.clone(), kind).await else { continue };
            let target = |name: &Name| {
                lookup.answers().iter().find_map(|record| match &record.data {
                    RData::CNAME(target) if record.name == *name => Some((record.clone(), target.0.clone())),
                    _ => None,
                })
            };
            let Some((first, mut last)) = target(&name) else { continue };
            for _ in 0..ALIAS_LIMIT {
                let Some((_, next)) = target(&last) else { break };
                last = next;
            }
            return Ok(Answer {
                records: Domain::new(&text(&last)).ok().into_iter().collect(),
                ttl: Duration::from_secs(first.ttl.into()),
                dnssec: self.status(&[first]),
                exists: true,
            });
        }
        Ok(Answer::impossible())
    }

    /// The servers of a zone.
    pub(in crate::dns) async fn name_servers(&self, zone: &str) -> Result<Vec<String>, DnsError> {
        let read = |data: &RData| match data {
            RData::NS(server) => Some(text(&server.0)),
            _ => None,
        };
        Ok(self.look_up(Name::from_ascii(zone).ok(), RecordType::NS, read).await?.records)
    }
}

/// Reads a CAA record.
pub(super) fn caa(data: &RData) -> Option<Caa> {
    match data {
        RData::CAA(caa) => Some(Caa {
            critical: caa.issuer_critical,
            tag: caa.tag.to_ascii_lowercase(),
            value: String::from_utf8_lossy(&caa.value).into_owned(),
        }),
        _ => None,
    }
}

/// Its type in messages.
pub(in crate::dns) const fn record_type(kind: RecordKind) -> RecordType {
    match kind {
        RecordKind::A => RecordType::A,
        RecordKind::Aaaa => RecordType::AAAA,
        RecordKind::Cname => RecordType::CNAME,
        RecordKind::Mx => RecordType::MX,
        RecordKind::Txt => RecordType::TXT,
        RecordKind::Srv => RecordType::SRV,
        RecordKind::Tlsa => RecordType::TLSA,
        RecordKind::Caa => RecordType::CAA,
        RecordKind::Ptr => RecordType::PTR,
    }
}

fn read(data: &RData) -> Option<RecordData> {
    Some(match data {
        RData::A(address) => RecordData::A(address.0),
        RData::AAAA(address) => RecordData::Aaaa(address.0),
        RData::CNAME(name) => RecordData::Cname(text(&name.0)),
        RData::PTR(name) => RecordData::Ptr(text(&name.0)),
        RData::MX(mx) => RecordData::Mx { preference: mx.preference, exchange: text(&mx.exchange) },
        RData::TXT(txt) => RecordData::Txt(String::from_utf8_lossy(&txt.txt_data.concat()).into_owned()),
        RData::SRV(srv) => RecordData::Srv {
            priority: srv.priority,
            weight: srv.weight,
            port: srv.port,
            target: text(&srv.target),
        },
        RData::TLSA(tlsa) => RecordData::Tlsa(Tlsa {
            usage: tlsa.cert_usage.into(),
            selector: tlsa.selector.into(),
            matching: tlsa.matching.into(),
            data: tlsa.cert_data.clone(),
        }),
        RData::CAA(_) => RecordData::Caa(caa(data)?),
        _ => return None,
    })
}

/// The record as messages carry it; `None` for a name that DNS cannot carry and for tags of CAA that we never write.
pub(in crate::dns) fn write(data: &RecordData) -> Option<RData> {
    let name = |name: &str| {
        let mut name = Name::from_ascii(name).ok()?;
        name.set_fqdn(true);
        Some(name)
    };
    Some(match data {
        RecordData::A(address) => RData::A((*address).into()),
        RecordData::Aaaa(address) => RData::AAAA((*address).into()),
        RecordData::Cname(target) => RData::CNAME(CNAME(name(target)?)),
        RecordData::Ptr(target) => RData::PTR(PTR(name(target)?)),
        RecordData::Mx { preference, exchange } => RData::MX(MX::new(*preference, name(exchange)?)),
        RecordData::Txt(text) => RData::TXT(TXT::new(strings(text).map(str::to_owned).collect())),
        RecordData::Srv { priority, weight, port, target } => {
            RData::SRV(SRV::new(*priority, *weight, *port, name(target)?))
        }
        RecordData::Tlsa(tlsa) => RData::TLSA(TLSA::new(
            tlsa.usage.into(),
            tlsa.selector.into(),
            tlsa.matching.into(),
            tlsa.data.clone(),
        )),
        RecordData::Caa(caa) if caa.tag == "issue" => {
            RData::CAA(CAA::new_issue(caa.critical, Some(name(&caa.value)?), Vec::new()))
        }
        RecordData::Caa(_) => return None,
    })
}
