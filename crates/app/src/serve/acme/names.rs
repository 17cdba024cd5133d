//! The names that the certificate is asked for: the server's own, and those under which the web answers for our
//! domains. One that does not point to this host would only cost a failure with the authority: it is left out, and
//! said.

use std::net::IpAddr;
use std::sync::Arc;

use postamt_mail::address::Domain;
use postamt_net::dns::Resolver;
use postamt_net::interfaces::{self, is_public};

use crate::certificates::LeftOut;
use crate::config::Config;

/// Names of one certificate at the most: no public authority takes more.
const MOST_NAMES: usize = 100;
/// Names under which a domain's settings and policies are asked for.
const PREFIXES: [&str; 3] = ["mta-sts", "autoconfig", "autodiscover"];

/// Finds the names.
pub struct NameSource {
    hostname: Domain,
    further: Vec<Domain>,
    /// Addresses that the configuration names.
    configured: Vec<IpAddr>,
    resolver: Arc<dyn Resolver>,
}

/// What is to be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The names, the server's own first.
    pub names: Vec<String>,
    /// Those that are not.
    pub left_out: Vec<LeftOut>,
    /// Why it is no use to ask at all now.
    pub obstacle: Option<String>,
}

enum Pointing {
    Here,
    Elsewhere(String),
    Unknown(String),
}

impl NameSource {
    /// Of this configuration.
    #[must_use]
    pub fn new(config: &Config, resolver: Arc<dyn Resolver>) -> Self {
        let serves_web = !config.web.https.is_empty();
        let domains = config.server.domains.iter().filter(|_| serves_web);
        let below = |domain: &Domain| {
            let domain = domain.clone();
            PREFIXES.into_iter().filter_map(move |prefix| Domain::new(&format!("{prefix}.{domain}")).ok())
        };
        let sources = config.sources.iter().map(|source| source.address);
        Self {
            hostname: config.server.hostname.clone(),
            further: domains.flat_map(below).collect(),
            configured: sources.chain(config.outgoing.own_addresses.clone()).collect(),
            resolver,
        }
    }

    /// The names of now. `present` are those of the certificate in use: one of them stays while DNS does not answer.
    /// With `by_dns` the server's own name is proven by a record and need not point anywhere.
    pub async fn wanted(&self, present: &[String], by_dns: bool) -> Wanted {
        let interfaces = interfaces::addresses().unwrap_or_default();
        let mut ours: Vec<IpAddr> = interfaces.into_iter().filter(|address| !address.is_loopback()).collect();
        ours.extend(&self.configured);
        let behind_nat = !ours.iter().any(|address| is_public(*address));
        let hostname = self.addresses(&self.hostname).await;
        let mut wanted =
            Wanted { names: vec![self.hostname.to_string()], left_out: Vec::new(), obstacle: None };
        if behind_nat && let Ok(addresses) = &hostname {
            // Which address the router has, only the server's own name tells.
            ours.extend(addresses);
        }
        if !by_dns {
            wanted.obstacle = match pointing(hostname, &ours) {
                Pointing::Here => None,
                Pointing::Elsewhere(reason) | Pointing::Unknown(reason) => {
                    Some(format!("{}: {reason}", self.hostname))
                }
            };
        }
        for name in self.further.iter().filter(|name| **name != self.hostname) {
            let is_present = present.iter().any(|it| it.eq_ignore_ascii_case(name.as_str()));
            let reason = match pointing(self.addresses(name).await, &ours) {
                Pointing::Here => None,
                Pointing::Unknown(_) if is_present => None,
                Pointing::Elsewhere(reason) | Pointing::Unknown(reason) => Some(reason),
            };
            let reason = match reason {
                None if wanted.names.len() >= MOST_NAMES => {
                    Some(format!("a certificate has at most {MOST_NAMES} names"))
                }
                reason => reason,
            };
            match reason {
                None => wanted.names.push(name.to_string()),
                Some(reason) => {
                    wanted.left_out.push(LeftOut { name: name.to_string(), reason, refused: false })
                }
            }
        }
        wanted
    }

    async fn addresses(&self, name: &Domain) -> Result<Vec<IpAddr>, String> {
        let (v4, v6) = tokio::join!(self.resolver.a(name), self.resolver.aaaa(name));
        match (v4, v6) {
            (Err(error), Err(_)) => Err(error.to_string()),
            (v4, v6) => Ok(v4.into_iter().chain(v6).flat_map(|answer| answer.records).collect()),
        }
    }
}

fn pointing(addresses: Result<Vec<IpAddr>, String>, ours: &[IpAddr]) -> Pointing {
    match addresses {
        Err(error) => Pointing::Unknown(format!("DNS does not say where it is: {error}")),
        Ok(addresses) if addresses.is_empty() => Pointing::Elsewhere("it has no address in DNS".to_owned()),
        Ok(addresses) if addresses.iter().any(|address| ours.contains(address)) => Pointing::Here,
        Ok(addresses) => {
            let list: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            Pointing::Elsewhere(format!("it points to {}, which is not this host", list.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_name_points() {
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        let ours = [address("192.0.2.1"), address("2001:db8::1")];
        let here = |list: &[&str]| {
            let list = list.iter().map(|text| address(text)).collect();
            matches!(pointing(Ok(list), &ours), Pointing::Here)
        };
        assert!(here(&["192.0.2.1"]) && here(&["192.0.2.9", "2001:db8::1"]));
        assert!(!here(&["192.0.2.9"]) && !here(&[]));
        assert!(matches!(pointing(Err("no answer".to_owned()), &ours), Pointing::Unknown(_)));
    }
}
