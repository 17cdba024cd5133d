//! RDAP (RFC 9082, RFC 9083): the network of an address, and the dates of a domain. Which server knows is told by the
//! bootstrap files (RFC 9224), below a folder that the caller names: [`Registries`] fetches each once, however many ask.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_net::documents::{Bounds, Document, DocumentError, Documents, NoWebAddress, WebAddress};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::OnceCell;

use super::clues::Network;

#[cfg(test)]
mod tests;

const BOUNDS: Bounds = Bounds {
    accept: "application/rdap+json, application/json",
    size: 1 << 20,
    time: Duration::from_secs(10),
    redirects: 3,
};
/// Entities within entities that are looked at.
const DEPTH: usize = 4;

/// Why nothing is known.
#[derive(Debug, thiserror::Error)]
pub enum RdapError {
    /// A document did not come.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// Not 200.
    #[error("{address} answers {status}")]
    Status {
        /// Who.
        address: WebAddress,
        /// What.
        status: u16,
    },
    /// Not JSON of this form.
    #[error("{address} says nothing that can be read: {detail}")]
    Form {
        /// Who.
        address: WebAddress,
        /// What is wrong.
        detail: String,
    },
    /// The file that tells the servers: for all who ask.
    #[error(transparent)]
    Registries(Arc<Self>),
    /// The registry has no server for it.
    #[error("no RDAP server is known for {0}")]
    NoServer(String),
    /// The address of a server is none.
    #[error(transparent)]
    Address(#[from] NoWebAddress),
}

/// When a domain began, and when it ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Registration {
    /// Registered, seconds since 1970.
    pub registered: Option<u64>,
    /// Expires, seconds since 1970.
    pub expires: Option<u64>,
}

/// The bootstrap files below a folder. Each is fetched when it is first needed, and once: whether it came or not, it holds
/// for everybody who asks. Clones share them.
#[derive(Debug, Clone)]
pub struct Registries {
    folder: WebAddress,
    files: Arc<[OnceCell<Fetched>; 3]>,
}

/// A bootstrap file, or why there is none.
type Fetched = Result<Registry, Arc<RdapError>>;

/// A bootstrap file.
#[derive(Debug, Clone, Copy)]
enum File {
    Ipv4,
    Ipv6,
    Domains,
}

impl File {
    /// RFC 9224 §4 to §5.2.
    const fn name(self) -> &'static str {
        match self {
            Self::Ipv4 => "ipv4.json",
            Self::Ipv6 => "ipv6.json",
            Self::Domains => "dns.json",
        }
    }
}

/// The network of an address.
///
/// # Errors
/// [`RdapError`].
pub async fn network(
    documents: &dyn Documents,
    registries: &Registries,
    address: IpAddr,
) -> Result<Network, RdapError> {
    let file = if address.is_ipv4() { File::Ipv4 } else { File::Ipv6 };
    let server = registries.server(documents, file, |entry| covers(entry, address)).await?;
    let server = server.ok_or_else(|| RdapError::NoServer(address.to_string()))?;
    // RFC 9082 §3.1.1
    let answer = get(documents, &below(&server, &format!("ip/{address}"))?).await?;
    Ok(read_network(&answer))
}

/// When a domain was registered.
///
/// # Errors
/// [`RdapError`].
pub async fn registration(
    documents: &dyn Documents,
    registries: &Registries,
    domain: &Domain,
) -> Result<Registration, RdapError> {
    let within = |entry: &str| {
        let top = Domain::new(entry).ok()?;
        domain.is_within(&top).then(|| entry.split('.').count())
    };
    let server = registries.server(documents, File::Domains, within).await?;
    let server = server.ok_or_else(|| RdapError::NoServer(domain.to_string()))?;
    // RFC 9082 §3.1.3
    let answer = get(documents, &below(&server, &format!("domain/{domain}"))?).await?;
    Ok(read_registration(&answer))
}

/// RFC 9224 §4: services, each a list of entries and a list of addresses.
#[derive(Debug, Deserialize)]
struct Registry {
    services: Vec<(Vec<String>, Vec<String>)>,
}

impl Registries {
    /// Those below this folder.
    #[must_use]
    pub fn new(folder: WebAddress) -> Self {
        Self { folder, files: Arc::default() }
    }

    /// The server whose entry fits best; HTTPS before HTTP (RFC 9224 §3).
    async fn server(
        &self,
        documents: &dyn Documents,
        file: File,
        fits: impl Fn(&str) -> Option<usize>,
    ) -> Result<Option<WebAddress>, RdapError> {
        let read = || async { self.read(documents, file).await.map_err(Arc::new) };
        let registry = match self.files[file as usize].get_or_init(read).await {
            Ok(registry) => registry,
            Err(error) => return Err(RdapError::Registries(Arc::clone(error))),
        };
        let weighed = registry.services.iter().filter_map(|(entries, servers)| {
            Some((entries.iter().filter_map(|entry| fits(entry)).max()?, servers))
        });
        let Some((_, servers)) = weighed.max_by_key(|(weight, _)| *weight) else { return Ok(None) };
        let mut servers: Vec<WebAddress> = servers.iter().filter_map(|server| server.parse().ok()).collect();
        servers.sort_by_key(|server| !server.is_secure);
        Ok(servers.into_iter().next())
    }

    async fn read(&self, documents: &dyn Documents, file: File) -> Result<Registry, RdapError> {
        let document = good(documents.get(&below(&self.folder, file.name())?, BOUNDS).await?)?;
        serde_json::from_slice(&document.body).map_err(|error| form(&document, &error))
    }
}

fn below(folder: &WebAddress, path: &str) -> Result<WebAddress, NoWebAddress> {
    WebAddress { path: format!("{}/", folder.path.trim_end_matches('/')), ..folder.clone() }.join(path)
}

async fn get(documents: &dyn Documents, address: &WebAddress) -> Result<Value, RdapError> {
    let document = good(documents.get(address, BOUNDS).await?)?;
    serde_json::from_slice(&document.body).map_err(|error| form(&document, &error))
}

fn good(document: Document) -> Result<Document, RdapError> {
    match document.is_good() {
        true => Ok(document),
        false => Err(RdapError::Status { address: document.address, status: document.status }),
    }
}

fn form(document: &Document, error: &serde_json::Error) -> RdapError {
    RdapError::Form { address: document.address.clone(), detail: error.to_string() }
}

/// How many leading bits a prefix has that holds the address.
fn covers(prefix: &str, address: IpAddr) -> Option<usize> {
    let (network, length) = prefix.split_once('/')?;
    let length: u32 = length.parse().ok()?;
    let is_same = |left: u128, right: u128, bits: u32| {
        length <= bits && (length == 0 || (left ^ right) >> (bits - length) == 0)
    };
    let holds = match (network.parse().ok()?, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            is_same(network.to_bits().into(), address.to_bits().into(), 32)
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => is_same(network.to_bits(), address.to_bits(), 128),
        _ => false,
    };
    holds.then_some(length as usize)
}

/// RFC 9083 §5.4.
fn read_network(answer: &Value) -> Network {
    let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
    let mut network = Network { name: text("name"), country: text("country"), ..Network::default() };
    entities(answer, DEPTH, &mut network);
    network
}

/// RFC 9083 §5.1: who stands for it, with a card (RFC 7095) and roles, and further ones within.
fn entities(holder: &Value, depth: usize, network: &mut Network) {
    let entities = holder.get("entities").and_then(Value::as_array);
    for entity in entities.into_iter().flatten() {
        let roles: Vec<&str> = array(entity, "roles").filter_map(Value::as_str).collect();
        let is_person = card(entity, "kind").any(|kind| kind == "individual");
        if roles.contains(&"abuse") {
            network.abuse = network.abuse.take().or_else(|| card(entity, "email").next());
        }
        if roles.iter().any(|role| matches!(*role, "registrant" | "administrative" | "sponsor")) && !is_person
        {
            for name in card(entity, "fn").chain(card(entity, "org")) {
                if !name.is_empty() && !network.organisations.contains(&name) {
                    network.organisations.push(name);
                }
            }
        }
        if depth > 0 {
            entities_within(entity, depth - 1, network);
        }
    }
}

/// Further in, only the contact for abuse counts: the others are people and departments.
fn entities_within(entity: &Value, depth: usize, network: &mut Network) {
    let mut inner = Network::default();
    entities(entity, depth, &mut inner);
    network.abuse = network.abuse.take().or(inner.abuse);
}

fn array<'a>(holder: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    holder.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// Texts of a property of the card: `["vcard", [["fn", {}, "text", "Name"], …]]`.
fn card<'a>(entity: &'a Value, property: &'a str) -> impl Iterator<Item = String> + 'a {
    let properties = entity.get("vcardArray").and_then(|card| card.get(1)).and_then(Value::as_array);
    let fits = move |row: &&Value| row.get(0).and_then(Value::as_str) == Some(property);
    properties.into_iter().flatten().filter(fits).filter_map(|row| match row.get(3)? {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Array(parts) => parts.first()?.as_str().map(str::to_owned),
        _ => None,
    })
}

/// RFC 9083 §4.5: events with an action and a date.
fn read_registration(answer: &Value) -> Registration {
    let date = |action: &str| {
        let is_it = |event: &&Value| event.get("eventAction").and_then(Value::as_str) == Some(action);
        let event = array(answer, "events").find(is_it)?;
        seconds(event.get("eventDate").and_then(Value::as_str)?)
    };
    Registration { registered: date("registration"), expires: date("expiration") }
}

/// RFC 3339 §5.6, to the second; the offset counts.
fn seconds(text: &str) -> Option<u64> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let in_order = (1..=12).contains(&month) && (1..=31).contains(&day) && year >= 1970;
    if !in_order || text.get(4..5)? != "-" || text.get(7..8)? != "-" {
        return None;
    }
    let clock = match text.get(10..11) {
        None => 0,
        Some(_) => number(11..13)? * 3600 + number(14..16)? * 60 + number(17..19)?,
    };
    // Days since 1970 by the calendar that begins in March.
    let (shifted, of_year) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days =
        shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + (of_year * 153 + 2) / 5 + day - 1;
    let seconds = (days - 719_468) * 86_400 + clock;
    let offset =
        text.get(19..).unwrap_or_default().trim_start_matches(|it: char| it == '.' || it.is_ascii_digit());
    let part = |range: std::ops::Range<usize>| offset.get(range).and_then(|part| part.parse::<u64>().ok());
    let distance = part(1..3).unwrap_or(0) * 3600 + part(4..6).unwrap_or(0) * 60;
    match offset.get(..1) {
        Some("+") => seconds.checked_sub(distance),
        Some("-") => seconds.checked_add(distance),
        _ => Some(seconds),
    }
}
