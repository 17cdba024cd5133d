//! How the PTR record of an address stands, and whether the wanted name leads back to the address. Asks DNS, and nothing else;
//! what cannot be asked is an answer ([`Seen::Failed`]).

use std::net::IpAddr;

use postamt_mail::address::Domain;
use postamt_net::dns::record::reverse_name;
use postamt_net::dns::{Answer, DnsError, Resolver};
use serde::Serialize;

/// What DNS said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen<T> {
    /// These records; none is an answer, too.
    Found(Vec<T>),
    /// It could not be asked.
    Failed(String),
}

impl<T> From<Result<Answer<T>, DnsError>> for Seen<T> {
    fn from(asked: Result<Answer<T>, DnsError>) -> Self {
        match asked {
            Ok(answer) => Self::Found(answer.records),
            Err(error) => Self::Failed(error.to_string()),
        }
    }
}

/// One address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pointer {
    /// The address.
    pub address: IpAddr,
    /// The name that its PTR record is to have.
    pub wanted: String,
    /// The names that it has.
    pub names: Seen<String>,
    /// The addresses of its family that the wanted name has.
    pub forward: Seen<IpAddr>,
    /// When it was seen, seconds since 1970.
    pub at: u64,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The record has the name, and the name leads back (RFC 1912 §2.1): nothing is to be done.
    Confirmed,
    /// The name does not lead to the address: that comes first, since many refuse a PTR record to such a name.
    ForwardFirst,
    /// The name leads to the address, and the record is missing or another one.
    ToBeSet,
    /// It could not be found out.
    NotKnown,
}

impl Pointer {
    /// How it stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let Seen::Found(addresses) = &self.forward else { return Standing::NotKnown };
        if !addresses.contains(&self.address) {
            return Standing::ForwardFirst;
        }
        match &self.names {
            Seen::Failed(_) => Standing::NotKnown,
            Seen::Found(_) if self.has_wanted() => Standing::Confirmed,
            Seen::Found(_) => Standing::ToBeSet,
        }
    }

    fn has_wanted(&self) -> bool {
        let Seen::Found(names) = &self.names else { return false };
        names.iter().any(|name| name.trim_end_matches('.').eq_ignore_ascii_case(&self.wanted))
    }

    /// The record of the wanted name that must be there first.
    #[must_use]
    pub fn forward_record(&self) -> String {
        let kind = if self.address.is_ipv4() { "A" } else { "AAAA" };
        format!("{}. IN {kind} {}", self.wanted, self.address)
    }

    /// The record that is wanted.
    #[must_use]
    pub fn pointer_record(&self) -> String {
        format!("{}. IN PTR {}.", reverse_name(self.address), self.wanted)
    }
}

/// Asks for both.
pub async fn look(resolver: &dyn Resolver, address: IpAddr, wanted: &Domain, at: u64) -> Pointer {
    let names = resolver.ptr(address).await.into();
    let forward = match address.is_ipv4() {
        true => resolver.a(wanted).await,
        false => resolver.aaaa(wanted).await,
    };
    Pointer { address, wanted: wanted.to_string(), names, forward: forward.into(), at }
}
