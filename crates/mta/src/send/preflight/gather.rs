//! What the judgement needs to know: one session with the relay, and the records of each domain.
//!
//! [`facts`] asks the relay first, since its address tells what SPF should name, and then for the records of all domains
//! at the same time. A relay that does not answer and records that cannot be had are facts
//! as well; nothing is judged here.

use std::net::SocketAddr;
use std::sync::Arc;

use postamt_mail::address::{Address, Domain};
use postamt_mail::relays::{Profile, Spf};
use postamt_mailauth::dkim::SigningKey;
use postamt_mailauth::records::{dkim, dmarc, spf};
use postamt_net::dns::Resolver;
use postamt_net::together;

use super::Question;
use crate::send::relay_test::{self, Envelope, RelayTestReport};
use crate::settings::Relay;

/// All that was seen.
#[derive(Debug, Clone)]
pub struct Facts {
    /// What the relay said.
    pub report: RelayTestReport,
    /// What DNS says of each domain.
    pub domains: Vec<DomainFacts>,
    /// The largest message that we take in.
    pub message_bytes: u64,
}

/// What DNS says of a domain. Failures are in words.
#[derive(Debug, Clone)]
pub struct DomainFacts {
    /// The domain.
    pub domain: Domain,
    /// It is the name of this machine: its faults are warnings.
    pub is_hostname: bool,
    /// Its SPF record.
    pub spf: Result<spf::Reading, String>,
    /// Its DMARC record.
    pub dmarc: Result<Option<dmarc::Record>, String>,
    /// The keys that sign for it on this way.
    pub keys: Vec<KeyFact>,
}

/// A key that signs.
#[derive(Debug, Clone)]
pub struct KeyFact {
    /// The domain that it signs as: that of From, or one above it.
    pub domain: Domain,
    /// Where its record belongs.
    pub name: String,
    /// What should be there.
    pub record: String,
    /// What is there.
    pub state: Result<dkim::Published, String>,
}

/// Looks at the relay and at DNS.
pub async fn facts(question: Question<'_>) -> Facts {
    let mut envelopes = envelopes(question.domains);
    if let Some(further) = question.further_envelope {
        envelopes.insert(0, further.clone());
    }
    let report = relay_test::test(question.relay, question.caller, &envelopes).await;
    let wanted = wanted(question.relay, &report);
    let domains = question.domains.iter().map(|domain| domain_facts(question, domain, &wanted));
    let domains = together(domains).await;
    Facts { report, domains, message_bytes: question.message_bytes }
}

/// Each domain's postmaster to itself, so that nobody else is asked for, and then the null sender.
fn envelopes(domains: &[Domain]) -> Vec<Envelope> {
    let postmaster = |domain: &Domain| Address::from_parts("postmaster", domain).ok();
    let mut envelopes: Vec<Envelope> =
        domains.iter().filter_map(postmaster).map(|address| (Some(address.clone()), address)).collect();
    if let Some((_, recipient)) = envelopes.first().cloned() {
        envelopes.push((None, recipient));
    }
    envelopes
}

/// Whom SPF is to let send: what the profile says, and whatever looks like this relay.
fn wanted(relay: &Relay, report: &RelayTestReport) -> spf::Wanted {
    let includes = relay.profile.and_then(include_of).map(str::to_owned).into_iter().collect();
    let address = report.address.as_ref().and_then(|text| text.parse::<SocketAddr>().ok());
    spf::Wanted {
        includes,
        // An unknown provider's include has mostly the name of its domain in it.
        include_within: match relay.profile {
            None => above(&relay.host).into_iter().collect(),
            Some(_) => Vec::new(),
        },
        hosts: vec![relay.host.clone()],
        addresses: address.map(|address| address.ip()).into_iter().collect(),
    }
}

/// The name that SPF must include for a relay, if it is known.
pub(super) fn include_of(profile: &Profile) -> Option<&str> {
    match profile.spf.known() {
        Some(Spf::Include(name)) => Some(name),
        _ => None,
    }
}

/// `smtp.provider.example` is run by `provider.example`.
fn above(host: &str) -> Option<String> {
    let (_, above) = host.split_once('.')?;
    (above.contains('.') && host.parse::<std::net::IpAddr>().is_err()).then(|| above.to_owned())
}

async fn domain_facts(question: Question<'_>, domain: &Domain, wanted: &spf::Wanted) -> DomainFacts {
    let resolver = question.caller.resolver;
    let covering = question.keys.keys_covering(domain);
    let signing: Vec<Arc<SigningKey>> = question.relay.dkim.profile.choose(&covering).cloned().collect();
    let keys = together(signing.iter().map(|key| key_fact(resolver, key)));
    let (spf, dmarc, keys) =
        tokio::join!(spf::read(resolver, domain.as_str(), wanted), dmarc::find(resolver, domain), keys);
    DomainFacts {
        domain: domain.clone(),
        is_hostname: *question.caller.hostname == *domain && question.domains.len() > 1,
        spf: spf.map_err(|error| error.to_string()),
        dmarc: dmarc.map_err(|error| error.to_string()),
        keys,
    }
}

async fn key_fact(resolver: &dyn Resolver, key: &SigningKey) -> KeyFact {
    KeyFact {
        domain: key.domain().clone(),
        name: key.record_name(),
        record: key.public_record(),
        state: dkim::published(resolver, key).await.map_err(|error| error.to_string()),
    }
}
