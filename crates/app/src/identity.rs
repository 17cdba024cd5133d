//! What DNS must know of this server, taken from its configuration, its keys and its certificate.

use std::net::IpAddr;

use postamt_doctor::checks::authority_names;
use postamt_doctor::records::{Identity, KeyRecord, OwnDomain};
use postamt_mailauth::dkim::KeyStore;
use postamt_mta::settings::Purpose;
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_net::interfaces::{self, is_public};
use postamt_net::tls::{describe, public_key_digest};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use crate::config::{Config, settings};
use crate::key_records;
use crate::rollover::Rollover;

/// The identity. `addresses` come from the command line; without any, those of the configuration count, or else
/// those of the interfaces. Reads the keys and the certificate: blocks.
pub fn of(config: &Config, addresses: &[IpAddr]) -> Identity {
    let receives = |domain: &_| config.local_domains.iter().any(|local| local.domain == *domain);
    let domain = |domain: &postamt_mail::address::Domain| OwnDomain {
        name: domain.clone(),
        receives: receives(domain),
    };
    let leaf = CertificateDer::from_pem_file(settings::certificate_file(config)).ok();
    Identity {
        hostname: config.server.hostname.clone(),
        addresses: if addresses.is_empty() { own_addresses(config) } else { addresses.to_vec() },
        domains: config.server.domains.iter().map(domain).collect(),
        includes: includes(config),
        keys: keys(config),
        certificate_keys: leaf.as_ref().map(|leaf| certificate_keys(leaf, config)).unwrap_or_default(),
        web: !config.web.https.is_empty(),
        submission: port(config, Purpose::Submission, 587),
        submissions: port(config, Purpose::Submissions, 465),
        sts: config.web.mta_sts,
        authority: leaf.as_ref().and_then(authority),
    }
}

/// What the system calls this host: its name where nothing is configured.
pub fn nodename() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// The key of the certificate in use, and while another one takes its place, that one too (RFC 7671 §8.1).
fn certificate_keys(leaf: &CertificateDer<'_>, config: &Config) -> Vec<Vec<u8>> {
    let mut keys: Vec<Vec<u8>> = public_key_digest(leaf).into_iter().collect();
    let beside = key_beside(config).filter(|beside| !keys.contains(beside));
    keys.extend(beside);
    keys
}

/// SHA-256 of the key whose TLSA record is right beside that of the key in use. Reads a file: blocks.
pub fn key_beside(config: &Config) -> Option<Vec<u8>> {
    let rollover = Rollover::of(config)?;
    rollover.beside(SystemClock.unix_seconds()).map(|key| key.0.clone())
}

/// Whatever mail can leave from.
fn own_addresses(config: &Config) -> Vec<IpAddr> {
    let named =
        config.sources.iter().map(|source| source.address).chain(config.outgoing.own_addresses.clone());
    let mut addresses: Vec<IpAddr> = named.filter(|address| is_public(*address)).collect();
    if addresses.is_empty() {
        addresses = interfaces::addresses().unwrap_or_default();
        addresses.retain(|address| is_public(*address));
    }
    addresses.sort_unstable();
    addresses.dedup();
    let used = |address: &IpAddr| if address.is_ipv4() { config.outgoing.ipv4 } else { config.outgoing.ipv6 };
    addresses.retain(used);
    addresses
}

/// What the relays' providers want in the SPF record of the domain.
fn includes(config: &Config) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let profiles = config.relays.iter().filter_map(|(_, relay)| relay.profile);
    for name in profiles.filter_map(|profile| profile.0.include_at_from()) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

fn keys(config: &Config) -> Vec<KeyRecord> {
    // Without the right to read the keys, their records are left to who has it.
    let Ok(store) = KeyStore::open(config.dkim_directory()) else { return Vec::new() };
    store.list().iter().map(key_records::record).collect()
}

/// Who issued the certificate, as CAA records name it; nobody where it is self-made.
fn authority(leaf: &CertificateDer<'_>) -> Option<String> {
    let facts = describe(leaf).filter(|facts| !facts.is_self_made)?;
    authority_names(&facts.issuer_organisation)?.first().map(ToString::to_string)
}

/// The port of a purpose: the first that is configured, or the usual one where nothing is.
pub fn port(config: &Config, purpose: Purpose, usual: u16) -> Option<u16> {
    if config.listeners.is_empty() {
        return Some(usual);
    }
    config
        .listeners
        .iter()
        .find(|listener| listener.purpose == purpose)
        .map(|listener| listener.address.port())
}
