//! What the authoritative servers of a zone say, asked one by one and past every cache.
//!
//! [`Authority::zone_of`] finds the zone that a name lies in, [`Authority::ask`] puts a question to all its servers.
//! A server of which no address answers is an error among the answers, not of the whole.

use std::net::SocketAddr;
use std::time::Duration;

use super::record::{RecordData, RecordKind};
use super::{ALIAS_LIMIT, DnsError, HickoryResolver};

/// Servers of a zone that are asked at the most; a zone has 13 at the root and far fewer elsewhere.
const MOST_SERVERS: usize = 13;

/// A zone and who answers for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// Its name.
    pub name: String,
    /// The primary server by the SOA record, which takes updates (RFC 2136 §4).
    pub primary: String,
    /// The servers of the NS records.
    pub servers: Vec<ZoneServer>,
}

/// A server of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneServer {
    /// Its name.
    pub name: String,
    /// Its addresses.
    pub addresses: Vec<SocketAddr>,
}

/// One server's answer.
#[derive(Debug, Clone)]
pub struct ServerAnswer {
    /// The server's name.
    pub server: String,
    /// Its records; empty when it has none.
    pub records: Result<Vec<RecordData>, DnsError>,
    /// The longest time to live among them, in seconds; 0 without any.
    pub ttl: u32,
}

/// Asks authoritative servers.
#[derive(Debug, Clone)]
pub struct Authority {
    resolver: HickoryResolver,
    port: u16,
    timeout: Duration,
}

impl Authority {
    /// With a resolver that finds the servers.
    #[must_use]
    pub fn new(resolver: HickoryResolver) -> Self {
        Self { resolver, port: 53, timeout: Duration::from_secs(3) }
    }

    /// The servers listen on another port, as in a test.
    #[must_use]
    pub fn on_port(self, port: u16) -> Self {
        Self { port, ..self }
    }

    /// Where a name leads by aliases (RFC 1034 §3.6.2); the name itself where it has none.
    ///
    /// # Errors
    /// DNS does not answer, or the aliases do not end.
    pub async fn target_of(&self, name: &str) -> Result<String, DnsError> {
        let mut target = name.to_owned();
        for _ in 0..ALIAS_LIMIT {
            let aliases = self.resolver.records(&target, RecordKind::Cname).await?;
            match aliases.into_iter().next() {
                Some(RecordData::Cname(next)) => target = next,
                _ => return Ok(target),
            }
        }
        let detail = "its aliases do not end".to_owned();
        Err(DnsError::ServerFailure { name: name.to_owned(), record: RecordKind::Cname.name(), detail })
    }

    /// The zone of a name, with its servers.
    ///
    /// # Errors
    /// DNS does not answer, or there is no such zone.
    pub async fn zone_of(&self, name: &str) -> Result<Zone, DnsError> {
        let (zone, primary) = self.resolver.start_of_authority(name).await?;
        let mut servers = Vec::new();
        for server in self.resolver.name_servers(&zone).await?.into_iter().take(MOST_SERVERS) {
            let addresses = self.addresses(&server).await?;
            servers.push(ZoneServer { name: server, addresses });
        }
        Ok(Zone { name: zone, primary, servers })
    }

    /// The addresses of a server, IPv4 first.
    ///
    /// # Errors
    /// DNS does not answer.
    pub async fn addresses(&self, server: &str) -> Result<Vec<SocketAddr>, DnsError> {
        let mut addresses = Vec::new();
        for kind in [RecordKind::A, RecordKind::Aaaa] {
            for record in self.resolver.records(server, kind).await? {
                match record {
                    RecordData::A(address) => addresses.push((address, self.port).into()),
                    RecordData::Aaaa(address) => addresses.push((address, self.port).into()),
                    _ => {}
                }
            }
        }
        Ok(addresses)
    }

    /// Puts a question to each server.
    pub async fn ask(&self, zone: &Zone, name: &str, kind: RecordKind) -> Vec<ServerAnswer> {
        let mut answers = Vec::with_capacity(zone.servers.len());
        for server in &zone.servers {
            let (records, ttl) = match self.ask_one(server, name, kind).await {
                Ok((records, ttl)) => (Ok(records), ttl),
                Err(error) => (Err(error), 0),
            };
            answers.push(ServerAnswer { server: server.name.clone(), records, ttl });
        }
        answers
    }

    /// The first address that answers decides.
    async fn ask_one(
        &self,
        server: &ZoneServer,
        name: &str,
        kind: RecordKind,
    ) -> Result<(Vec<RecordData>, u32), DnsError> {
        let mut failure =
            DnsError::ServerFailure { name: name.into(), record: kind.name(), detail: "no address".into() };
        for address in &server.addresses {
            let asked = match HickoryResolver::of_server(*address, self.timeout) {
                Ok(resolver) => resolver.records_and_ttl(name, kind).await,
                Err(error) => Err(DnsError::ServerFailure {
                    name: name.to_owned(),
                    record: kind.name(),
                    detail: error.to_string(),
                }),
            };
            match asked {
                Ok(found) => return Ok(found),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }
}
