//! Gathers the clues: files of this machine, then for each public address its name, its origin by DNS, and its network by
//! RDAP, or by WHOIS where RDAP does not answer.
//!
//! Nothing here fails: what cannot be found out is absent. Whom is asked stands in [`Services`]; a service with an empty
//! name is not asked. Of metadata services nothing is asked: what they could say, firmware and cloud-init say as well.

mod machine;
mod origin;
mod whois;
#[cfg(test)]
pub(super) mod tests;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_net::dial::Dialer;
use postamt_net::dns::Resolver;
use postamt_net::documents::{Documents, WebAddress};
use tokio::task::JoinSet;

use super::clues::{AddressClues, Clues, MachineClues, Network, Origin, Pointer};
use super::rdap::{self, Registries};

pub use machine::machine;

/// Addresses that are looked up; more of one host seldom say more.
const ADDRESS_LIMIT: usize = 8;
/// For all questions about an address. Somebody waits.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// The ports that are needed.
#[derive(Clone)]
pub struct Eyes {
    /// Names.
    pub resolver: Arc<dyn Resolver>,
    /// Documents of RDAP.
    pub documents: Arc<dyn Documents>,
    /// Connections for WHOIS.
    pub dialer: Arc<dyn Dialer>,
    /// Whom to ask.
    pub services: Services,
}

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Services {
    /// Zone of TXT records with the origin of reversed IPv4 addresses, in the manner of Team Cymru.
    pub origin: String,
    /// The same for IPv6.
    pub origin6: String,
    /// Zone with the names of autonomous systems.
    pub systems: String,
    /// Folder of the bootstrap files of RDAP (RFC 9224 §4).
    pub bootstrap: Option<WebAddress>,
    /// The WHOIS server that knows the others, with its port.
    pub whois: Option<(Domain, u16)>,
}

impl Default for Services {
    fn default() -> Self {
        Self {
            origin: "origin.asn.cymru.com".to_owned(),
            origin6: "origin6.asn.cymru.com".to_owned(),
            systems: "asn.cymru.com".to_owned(),
            bootstrap: "https://data.iana.org/rdap/".parse().ok(),
            whois: Domain::new("whois.iana.org").ok().map(|host| (host, 43)),
        }
    }
}

/// All clues: those of the machine, and what others say of its public addresses.
pub async fn gather(eyes: &Eyes, machine: MachineClues, addresses: &[IpAddr]) -> Clues {
    let registries = eyes.services.bootstrap.clone().map(Registries::new);
    let mut running = JoinSet::new();
    for (place, address) in addresses.iter().copied().take(ADDRESS_LIMIT).enumerate() {
        let (eyes, registries) = (eyes.clone(), registries.clone());
        running.spawn(async move { (place, said_of(&eyes, registries.as_ref(), address).await) });
    }
    let mut found = running.join_all().await;
    found.sort_by_key(|(place, _)| *place);
    Clues { machine, addresses: found.into_iter().map(|(_, clues)| clues).collect() }
}

/// What is known when the time is up counts.
async fn said_of(eyes: &Eyes, registries: Option<&Registries>, address: IpAddr) -> AddressClues {
    let pointer = within(pointer(eyes, address));
    let origin = within(origin(eyes, address));
    let network = within(network(eyes, registries, address));
    let (pointer, origin, network) = tokio::join!(pointer, origin, network);
    AddressClues { address, origin, network, pointer }
}

async fn within<T>(question: impl Future<Output = Option<T>>) -> Option<T> {
    tokio::time::timeout(TIME_LIMIT, question).await.ok().flatten()
}

async fn pointer(eyes: &Eyes, address: IpAddr) -> Option<Pointer> {
    let name = eyes.resolver.ptr(address).await.ok()?.records.into_iter().next()?;
    let is_confirmed = match Domain::new(&name) {
        Ok(host) if address.is_ipv4() => eyes.resolver.a(&host).await,
        Ok(host) => eyes.resolver.aaaa(&host).await,
        Err(_) => return Some(Pointer { name, is_confirmed: false }),
    }
    .is_ok_and(|answer| answer.records.contains(&address));
    Some(Pointer { name, is_confirmed })
}

async fn origin(eyes: &Eyes, address: IpAddr) -> Option<Origin> {
    origin::ask(&*eyes.resolver, &eyes.services, address).await
}

async fn network(eyes: &Eyes, registries: Option<&Registries>, address: IpAddr) -> Option<Network> {
    if let Some(registries) = registries
        && let Ok(network) = rdap::network(&*eyes.documents, registries, address).await
        && !network.is_empty()
    {
        return Some(network);
    }
    whois::ask(&*eyes.resolver, eyes.dialer.clone(), eyes.services.whois.as_ref()?, address).await
}
