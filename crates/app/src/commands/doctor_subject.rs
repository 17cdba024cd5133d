//! From the configuration to what the doctor judges. Without a configuration: the host's own name and defaults.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;

use postamt_doctor::checks::Host;
use postamt_doctor::checks::context::{
    CertificateFile, FilterService, KeysFailure, Listening, OwnFilter, OwnRelay, Service, Source,
};
use postamt_doctor::port25::outcome::Family;
use postamt_doctor::port25::probe::ProbeSource;
use postamt_doctor::port25::{ProbeSettings, targets};
use postamt_mail::address::Domain;
use postamt_mail::sts_policy::PolicyMode;
use postamt_mailauth::dkim::{KeyError, KeyStore};
use postamt_mta::settings as mta;
use postamt_net::interfaces;

use crate::certificates;
use crate::config::{self, Config, Relay, RouteTo};
use crate::identity;
use crate::terminal::Stop;

/// This host.
///
/// # Errors
/// The host has no name that could be one in DNS.
pub fn host(config: Option<&Config>) -> Result<Host, Stop> {
    match config {
        Some(config) => configured(config),
        None => unconfigured(),
    }
}

fn configured(config: &Config) -> Result<Host, Stop> {
    let outgoing = config::settings::outgoing(config);
    let (listeners, certificate) = config::settings::ports_and_certificate(config);
    let mut secrets = vec![config.dkim_directory(), config.accounts_file(), certificate.key.clone()];
    secrets.extend(config.dns.update_key.clone());
    secrets.extend(config.dns.provider_token_file.clone());
    secrets.extend(config.tls.acme_binding.clone());
    secrets.extend(config.rspamd.password_file.clone());
    let of_certificates = certificates::Files::of(config);
    secrets.extend([of_certificates.accounts, of_certificates.self_made_key, of_certificates.next_key]);
    secrets.extend(config.relays.iter().filter_map(|(_, relay)| relay.password_file.clone()));
    let web = config.web.https.iter().map(|address| Listening { address: *address, service: Service::Web });
    let source =
        |source: &mta::Source| Source { address: source.address, ehlo_name: source.ehlo_name.clone() };
    let (keys, keys_failure) = match KeyStore::open(config.dkim_directory()) {
        Ok(store) => (store.list(), None),
        Err(error) => (Vec::new(), Some(keys_failure(error))),
    };
    Ok(Host {
        configured: true,
        hostname: config.server.hostname.clone(),
        domains: config.server.domains.clone(),
        receives_for: config.local_domains.iter().map(|local| local.domain.clone()).collect(),
        sources: outgoing.sources.iter().map(source).collect(),
        own_addresses: outgoing.own_addresses.clone(),
        ipv4: outgoing.ipv4,
        ipv6: outgoing.ipv6,
        may_relay: may_relay(&listeners),
        listeners: listeners.iter().map(listening).chain(web).collect(),
        sts: config.web.mta_sts,
        key_beside: identity::key_beside(config),
        certificate: Some(CertificateFile { chain: certificate.chain, self_made: certificate.generate }),
        state_directory: config.server.state_directory.clone(),
        secrets,
        name_servers: config.dns.servers.clone(),
        probe: Some(probe(config, &outgoing)?),
        has_relay: config.port25.relay.is_some(),
        direct: sends_directly(config),
        relays: config.relays.iter().map(|(_, relay)| own_relay(relay)).collect(),
        filters: filters(config),
        keys,
        keys_failure,
    })
}

/// Addresses of this host in networks that may relay.
fn may_relay(listeners: &[mta::Listener]) -> Vec<IpAddr> {
    let mut addresses = interfaces::addresses().unwrap_or_default();
    addresses.extend([IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)]);
    let named = |address: &IpAddr| {
        listeners
            .iter()
            .any(|listener| listener.relay_networks.iter().any(|network| network.contains(*address)))
    };
    addresses.retain(named);
    addresses
}

/// Whether any mail takes no relay: none has what no rule matches, or a rule says so before one that takes all.
fn sends_directly(config: &Config) -> bool {
    for route in &config.routes {
        if route.to == RouteTo::Direct {
            return true;
        }
        let takes_all = route.recipient_domains.is_empty()
            && route.sender_domains.is_empty()
            && route.accounts.is_empty();
        if takes_all {
            return false;
        }
    }
    true
}

fn own_relay(relay: &Relay) -> OwnRelay {
    OwnRelay {
        name: relay.name.clone(),
        host: relay.host.clone(),
        profile: relay.profile.map(|profile| profile.0),
    }
}

/// The content filters that are asked.
fn filters(config: &Config) -> Vec<OwnFilter> {
    let clamav = config.clamav.address.clone().map(|address| ("ClamAV", FilterService::ClamAv, address));
    let rspamd = config.rspamd.url.clone().map(|url| ("Rspamd", FilterService::Rspamd, url.0));
    let own = |(name, service, address): (&str, _, _)| OwnFilter { name: name.to_owned(), service, address };
    clamav.into_iter().chain(rspamd).map(own).collect()
}

fn keys_failure(error: KeyError) -> KeysFailure {
    let is_right = |source: &std::io::Error| source.kind() == std::io::ErrorKind::PermissionDenied;
    let denied = matches!(&error, KeyError::File { source, .. } if is_right(source));
    let text = format!("{:#}", anyhow::Error::from(error));
    if denied { KeysFailure::NotAllowed(text) } else { KeysFailure::Unusable(text) }
}

fn listening(listener: &mta::Listener) -> Listening {
    let service = match listener.purpose {
        mta::Purpose::Exchange => Service::Exchange,
        mta::Purpose::Submission => Service::Submission,
        mta::Purpose::Submissions => Service::Submissions,
    };
    Listening { address: listener.address, service }
}

fn probe(config: &Config, outgoing: &mta::Outgoing) -> Result<ProbeSettings, Stop> {
    let list = targets::embedded().map_err(anyhow::Error::from)?;
    let mut settings = ProbeSettings::new(list, config.server.hostname.to_string());
    settings.ports.exchange = outgoing.port;
    settings.families.retain(|family| match family {
        Family::Ipv4 => outgoing.ipv4,
        Family::Ipv6 => outgoing.ipv6,
    });
    let source = |source: &mta::Source| ProbeSource {
        address: source.address,
        ehlo_name: Some(source.ehlo_name.to_string()),
    };
    settings.sources = outgoing.sources.iter().map(source).collect();
    Ok(settings)
}

fn unconfigured() -> Result<Host, Stop> {
    let name = identity::nodename();
    let hostname = Domain::new(&name).map_err(anyhow::Error::from)?;
    let list = targets::embedded().map_err(anyhow::Error::from)?;
    Ok(Host {
        configured: false,
        probe: Some(ProbeSettings::new(list, name)),
        hostname,
        domains: Vec::new(),
        receives_for: Vec::new(),
        sources: Vec::new(),
        own_addresses: Vec::new(),
        ipv4: true,
        ipv6: true,
        listeners: Vec::new(),
        sts: PolicyMode::None,
        may_relay: Vec::new(),
        certificate: None,
        key_beside: None,
        state_directory: PathBuf::from("/var/lib/postamt"),
        secrets: Vec::new(),
        name_servers: Vec::new(),
        has_relay: false,
        direct: true,
        relays: Vec::new(),
        filters: Vec::new(),
        keys: Vec::new(),
        keys_failure: None,
    })
}
