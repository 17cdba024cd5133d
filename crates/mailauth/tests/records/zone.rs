//! A resolver over a handful of records, with names that do not answer.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_net::PortFuture;
use postamt_net::dns::{Answer, DnsError, DnssecStatus, Mx, Resolver, Tlsa};

/// Aliases that are followed.
const ALIAS_LIMIT: usize = 8;

/// Records by name, lower case.
#[derive(Default)]
pub struct Zone {
    pub texts: HashMap<String, Vec<String>>,
    pub addresses: HashMap<String, Vec<IpAddr>>,
    pub exchanges: HashMap<String, Vec<(u16, String)>>,
    pub pointers: HashMap<IpAddr, Vec<String>>,
    pub aliases: HashMap<String, String>,
    /// Names that do not answer for what they have no record of.
    pub silent: HashSet<String>,
}

impl Zone {
    /// TXT records only.
    pub fn of_texts(records: &[(&str, &str)]) -> Self {
        let mut zone = Self::default();
        for (name, text) in records {
            zone.texts.entry((*name).to_owned()).or_default().push((*text).to_owned());
        }
        zone
    }

    fn find<T: Clone>(
        &self,
        name: &str,
        record: &'static str,
        among: &HashMap<String, Vec<T>>,
    ) -> Result<Answer<T>, DnsError> {
        let mut name = name.trim_end_matches('.').to_ascii_lowercase();
        // An alias of itself ends nowhere.
        for _ in 0..ALIAS_LIMIT {
            let Some(target) = self.aliases.get(&name) else { break };
            name.clone_from(target);
        }
        match among.get(&name) {
            Some(records) => Ok(answer(records.clone())),
            None if self.silent.contains(&name) => Err(DnsError::Timeout { name, record }),
            None => Ok(answer(Vec::new())),
        }
    }

    fn family(&self, name: &str, is_ipv6: bool) -> Result<Answer<IpAddr>, DnsError> {
        let found = self.find(name, if is_ipv6 { "AAAA" } else { "A" }, &self.addresses)?;
        Ok(answer(found.records.into_iter().filter(|address| address.is_ipv6() == is_ipv6).collect()))
    }
}

fn answer<T>(records: Vec<T>) -> Answer<T> {
    let exists = !records.is_empty();
    Answer { records, ttl: Duration::from_secs(60), dnssec: DnssecStatus::Unknown, exists }
}

impl Resolver for Zone {
    fn mx<'a>(&'a self, domain: &'a Domain) -> PortFuture<'a, Result<Answer<Mx>, DnsError>> {
        let found = self.find(domain.as_str(), "MX", &self.exchanges).map(|found| {
            let read =
                |(preference, name): (u16, String)| Mx { preference, exchange: Domain::new(&name).ok() };
            answer(found.records.into_iter().map(read).collect())
        });
        Box::pin(std::future::ready(found))
    }
    fn exchanges_of<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Answer<String>, DnsError>> {
        let found = self.find(name, "MX", &self.exchanges).map(|mut found| {
            found.records.sort();
            let names = found.records.into_iter().map(|(_, name)| name.trim_end_matches('.').to_owned());
            answer(names.filter(|name| !name.is_empty()).collect())
        });
        Box::pin(std::future::ready(found))
    }
    fn a<'a>(&'a self, host: &'a Domain) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>> {
        Box::pin(std::future::ready(self.family(host.as_str(), false)))
    }
    fn aaaa<'a>(&'a self, host: &'a Domain) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>> {
        Box::pin(std::future::ready(self.family(host.as_str(), true)))
    }
    fn addresses_of<'a>(
        &'a self,
        name: &'a str,
        is_ipv6: bool,
    ) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>> {
        Box::pin(std::future::ready(self.family(name, is_ipv6)))
    }
    fn txt<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Answer<String>, DnsError>> {
        Box::pin(std::future::ready(self.find(name, "TXT", &self.texts)))
    }
    fn ptr(&self, address: IpAddr) -> PortFuture<'_, Result<Answer<String>, DnsError>> {
        let names = self.pointers.get(&address).cloned().unwrap_or_default();
        Box::pin(std::future::ready(Ok(answer(names))))
    }
    fn tlsa<'a>(&'a self, _: &'a Domain, _: u16) -> PortFuture<'a, Result<Answer<Tlsa>, DnsError>> {
        Box::pin(std::future::ready(Ok(answer(Vec::new()))))
    }
}
