//! Who this server is, as far as DNS is concerned, and which questions follow from that.

use std::net::IpAddr;

use postamt_mail::address::Domain;
use postamt_mail::sts_policy::PolicyMode;
use postamt_mailauth::dkim::{KeyState, StoredKey};
use postamt_net::dns::record::{RecordKind, reverse_name};

/// The server.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Its name.
    pub hostname: Domain,
    /// The addresses that others see. Empty when they are not known.
    pub addresses: Vec<IpAddr>,
    /// Its domains.
    pub domains: Vec<OwnDomain>,
    /// Names that the SPF record of each domain must include, for the relays.
    pub includes: Vec<String>,
    /// The DKIM keys.
    pub keys: Vec<KeyRecord>,
    /// SHA-256 of the public keys of the certificates that port 25 shows or is about to show.
    pub certificate_keys: Vec<Vec<u8>>,
    /// Whether HTTPS is served: policy and client settings.
    pub web: bool,
    /// The port for clients with STARTTLS.
    pub submission: Option<u16>,
    /// The port for clients with TLS from the start.
    pub submissions: Option<u16>,
    /// The MTA-STS policy.
    pub sts: PolicyMode,
    /// The authority that issues the certificate, as CAA records name it.
    pub authority: Option<String>,
}

/// A domain of ours.
#[derive(Debug, Clone)]
pub struct OwnDomain {
    /// Its name.
    pub name: Domain,
    /// Whether this server is to receive its mail. Otherwise an MX that leads elsewhere is right.
    pub receives: bool,
}

/// The record of a DKIM key.
#[derive(Debug, Clone)]
pub struct KeyRecord {
    /// Where it stands.
    pub name: String,
    /// What it says; of a revoked key, that it is revoked.
    pub value: String,
    /// Whether the key is no longer to be believed (RFC 6376 §3.6.1: an empty `p=`).
    pub revoked: bool,
}

/// The record of a revoked key (RFC 6376 §3.6.1).
const REVOKED: &str = "v=DKIM1; p=";

impl From<&StoredKey> for KeyRecord {
    fn from(key: &StoredKey) -> Self {
        let revoked = key.stage.state == KeyState::Revoked;
        let value = if revoked { REVOKED.to_owned() } else { key.key.public_record() };
        Self { name: key.key.record_name(), value, revoked }
    }
}

impl Identity {
    /// Own domains and the hostname: whatever mail leaves with.
    #[must_use]
    pub fn senders(&self) -> Vec<Domain> {
        let mut names: Vec<Domain> = self.domains.iter().map(|domain| domain.name.clone()).collect();
        if !names.contains(&self.hostname) {
            names.push(self.hostname.clone());
        }
        names
    }
}

/// What to ask the authoritative servers before anything can be judged.
#[must_use]
pub fn questions(identity: &Identity) -> Vec<(String, RecordKind)> {
    use RecordKind::{A, Aaaa, Caa, Cname, Mx, Ptr, Srv, Tlsa, Txt};
    let hostname = identity.hostname.as_str();
    let mut questions: Vec<(String, RecordKind)> = Vec::new();
    let mut ask = |name: &str, kinds: &[RecordKind]| {
        for kind in kinds {
            let question = (name.to_owned(), *kind);
            if !questions.contains(&question) {
                questions.push(question);
            }
        }
    };
    ask(hostname, &[A, Aaaa]);
    ask(&format!("_25._tcp.{hostname}"), &[Tlsa]);
    for name in authorities(hostname) {
        ask(name, &[Caa]);
    }
    for sender in identity.senders() {
        ask(sender.as_str(), &[Txt, Mx]);
    }
    for OwnDomain { name, .. } in &identity.domains {
        ask(&format!("_dmarc.{name}"), &[Txt]);
        ask(&format!("_mta-sts.{name}"), &[Txt]);
        ask(&format!("_smtp._tls.{name}"), &[Txt]);
        for host in ["mta-sts", "autoconfig", "autodiscover"] {
            ask(&format!("{host}.{name}"), &[Cname, A, Aaaa]);
        }
        ask(&format!("_submission._tcp.{name}"), &[Srv]);
        ask(&format!("_submissions._tcp.{name}"), &[Srv]);
    }
    for key in &identity.keys {
        ask(&key.name, &[Txt]);
    }
    for address in &identity.addresses {
        ask(&reverse_name(*address), &[Ptr]);
    }
    questions
}

/// The name and those above it that may hold CAA records (RFC 8659 §3), the top-level domain left out.
pub fn authorities(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| name.split_once('.').map(|(_, above)| above))
        .filter(|name| name.contains('.'))
}
