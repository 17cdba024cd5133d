//! How a mail host must be met: from its TLSA records (RFC 7672) and its domain's MTA-STS policy (RFC 8461) to one
//! demand. Pure but for the look-up itself; what the demand means on the wire is the client's matter.
//!
//! ```text
//! look_up ─▶ answer for TLSA ─▶ dane ─┐
//!                                     ├─▶ demand ─▶ encrypt at will, encrypt, authenticate, or stay away
//! policy, host ───────────────────────┘
//! ```

use std::sync::Arc;

use postamt_mail::address::Domain;
use postamt_mail::mta_sts::{Mode, Policy};
use postamt_net::dns::{Answer, DnsError, DnssecStatus, Resolver, Tlsa};
use postamt_net::tls::dane::is_usable;

/// What the TLSA look-up of a host says. The caller asks only where the MX records and the addresses of the host are
/// secure (RFC 7672 §2.2.1, §2.2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dane {
    /// The host has none, proven; or its zone is not signed.
    None,
    /// It has some, but none that SMTP can use: encryption is a must, authentication is not possible
    /// (RFC 7672 §2.2).
    Unusable,
    /// One of these must vouch for its certificate.
    Records(Arc<[Tlsa]>),
    /// Nobody knows: only a proven answer may be taken for "none", or an attacker would only have to drop the
    /// question (RFC 7672 §2.1.3).
    Unknown(DnsError),
}

/// The TLSA records of a host, and the name at which they were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The host itself, or the one that it is an alias for: its certificate may be for this name, too (RFC 7672
    /// §3.2.2).
    pub base: Domain,
    /// What DNS said.
    pub answer: Result<Answer<Tlsa>, DnsError>,
}

/// Asks for the TLSA records of a host; `None` where none can count, since neither its addresses nor its alias are
/// `secure`: name servers of unsigned zones may not even answer such questions (RFC 7672 §2.2.2).
///
/// Where the host is an alias, the records of what it leads to come first, if all of the chain is secure; its own
/// count where there are none (RFC 7672 §2.2.2, §2.2.3).
pub async fn look_up(resolver: &dyn Resolver, host: &Domain, port: u16, secure: bool) -> Option<Found> {
    // Nobody can tell whether it is an alias: its own name is asked, and no answer there means to wait.
    let alias = resolver.alias(host).await.ok();
    let target = alias.as_ref().and_then(|alias| Some((alias.records.first()?, alias.dnssec)));
    if secure {
        if let Some((target, _)) = target {
            let answer = resolver.tlsa(target, port).await;
            let counts =
                |answer: &Answer<Tlsa>| answer.dnssec == DnssecStatus::Secure && !answer.records.is_empty();
            if answer.as_ref().map_or(true, counts) {
                return Some(Found { base: target.clone(), answer });
            }
        }
    } else if target.is_none_or(|(_, dnssec)| dnssec != DnssecStatus::Secure) {
        return None;
    }
    Some(Found { base: host.clone(), answer: resolver.tlsa(host, port).await })
}

/// Reads the answer to a TLSA question.
#[must_use]
pub fn dane(answer: Result<Answer<Tlsa>, DnsError>) -> Dane {
    match answer {
        Err(error) => Dane::Unknown(error),
        Ok(answer) if answer.dnssec != DnssecStatus::Secure || answer.records.is_empty() => Dane::None,
        Ok(answer) => {
            let usable: Vec<_> = answer.records.into_iter().filter(is_usable).collect();
            if usable.is_empty() { Dane::Unusable } else { Dane::Records(usable.into()) }
        }
    }
}

/// Where a demand comes from; the words of TLS reports (RFC 8460 §4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// TLSA records.
    Dane,
    /// An MTA-STS policy, in force or on trial.
    MtaSts,
    /// Neither.
    None,
}

impl Source {
    /// The `policy-type` of a TLS report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dane => "tlsa",
            Self::MtaSts => "sts",
            Self::None => "no-policy-found",
        }
    }
}

/// How a host must be met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Demand {
    /// Encryption where it can be had.
    Opportunistic,
    /// Encryption with any certificate.
    Encrypt,
    /// A certificate that one of these records vouches for.
    Dane(Arc<[Tlsa]>),
    /// A certificate that is valid for the host's name.
    WebPki,
    /// The policy does not permit this host.
    Forbidden,
    /// Not now: the TLSA records cannot be looked up.
    Later(DnsError),
}

/// The demand on one host, and where it comes from. DANE wins: a policy never lifts what TLSA records demand
/// (RFC 8461 §2).
#[must_use]
pub fn demand(dane: Dane, policy: Option<&Policy>, host: &Domain) -> (Source, Demand) {
    match dane {
        Dane::Records(records) => return (Source::Dane, Demand::Dane(records)),
        Dane::Unusable => return (Source::Dane, Demand::Encrypt),
        Dane::Unknown(error) => return (Source::Dane, Demand::Later(error)),
        Dane::None => {}
    }
    match policy {
        Some(policy) if policy.mode == Mode::Enforce => {
            let permitted = policy.permits(host);
            (Source::MtaSts, if permitted { Demand::WebPki } else { Demand::Forbidden })
        }
        Some(policy) if policy.mode == Mode::Testing => (Source::MtaSts, Demand::Opportunistic),
        _ => (Source::None, Demand::Opportunistic),
    }
}

#[cfg(test)]
mod tests;
