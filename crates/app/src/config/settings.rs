//! From the configuration to what the pipeline takes: defaults that depend on other settings, and secrets.
//!
//! [`make`] reads the relays' password files, and so needs the rights of the server's user. Faults are reported as
//! those of the configuration are, at the section that names the file.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::relays::{Login, Profile};
use postamt_mailauth::dkim::SignProfile;
use postamt_mta::brakes::limits::Allowed;
use postamt_mta::passwords::Host;
use postamt_mta::settings as mta;
use postamt_net::acme::Binding;
use postamt_net::smtp::{ClearLogin, Credentials, Secret};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::problem::{Fault, Problem, Problems};
use super::{Config, Relay, RouteDetour, RouteTo, Spot};

/// Octets of a header section: ten times what the largest honest ones have.
const HEADER_BYTES: usize = 256 * 1024;
/// RFC 5321 §4.5.3.2.5.
const DATA_TIMEOUT: Duration = Duration::from_secs(180);
/// A handshake that takes longer has stalled.
const TLS_TIMEOUT: Duration = Duration::from_secs(30);
/// Octets of messages that are kept in memory for their first attempt.
const CONTENT_CACHE_BYTES: usize = 64 << 20;

/// Makes the pipeline's settings.
///
/// # Errors
/// Password files that are missing, empty, or open to others.
pub fn make(config: &Config) -> Result<mta::Settings, Problems> {
    let mut problems = Vec::new();
    let relays: Vec<Option<Arc<mta::Relay>>> =
        config.relays.iter().map(|(spot, relay)| make_relay(relay, spot, &mut problems)).collect();
    let filters = super::filters::filters(config, &mut problems);
    // Read again when it is needed; what is wrong with it is to be known now.
    if let Err(Problems(more)) = acme_files(config) {
        problems.extend(more);
    }
    if !problems.is_empty() {
        return Err(Problems(problems));
    }
    let relays: Vec<Arc<mta::Relay>> = relays.into_iter().flatten().collect();
    Ok(settings(config, &relays, filters))
}

fn settings(config: &Config, relays: &[Arc<mta::Relay>], filters: Vec<mta::FilterSettings>) -> mta::Settings {
    mta::Settings {
        hostname: config.server.hostname.clone(),
        own_domains: own_domains(config),
        listeners: listeners(config),
        certificate: certificate(config),
        limits: limits(config),
        filters,
        account_limits: account_limits(config),
        own_networks: own_networks(config),
        countries: config.guard.countries.clone(),
        local_submission: mta::LocalSubmission {
            socket: config.submission_socket(),
            drop_directory: config.drop_directory(),
            trusted_users: config.sendmail.trusted_users.clone(),
            enabled: config.sendmail.enabled,
        },
        local_domains: config.local_domains.iter().filter_map(local_domain).collect(),
        postmaster: postmaster(config),
        routes: config.routes.iter().filter_map(|route| rule(route, relays)).collect(),
        relays: relays.to_vec(),
        fallback: detour(config, relays),
        outgoing: outgoing(config),
        pacing: pacing(config),
        retry: retry(config),
        notices: mta::Notices {
            language: config.server.language,
            postmaster_copy: config.notices.postmaster_copy,
        },
        dkim_direct: mta::DkimOnRoute::default(),
        history_lifetime: Duration::from_secs(u64::from(config.history.days.get()) * 86_400),
    }
}

fn detour(config: &Config, relays: &[Arc<mta::Relay>]) -> Option<Arc<mta::Relay>> {
    let name = config.port25.relay.as_ref()?;
    relays.iter().find(|relay| relay.name == *name).cloned()
}

/// The relays of the configuration with their secrets, for `relay test`.
///
/// # Errors
/// As [`make`].
pub fn relay(config: &Config, name: &str) -> Result<Option<Arc<mta::Relay>>, Problems> {
    let mut problems = Vec::new();
    let found = config.relays.iter().find(|(_, relay)| relay.name == name);
    let relay = found.and_then(|(spot, relay)| make_relay(relay, spot, &mut problems));
    if problems.is_empty() { Ok(relay) } else { Err(Problems(problems)) }
}

fn make_relay(relay: &Relay, spot: &Spot, problems: &mut Vec<Problem>) -> Option<Arc<mta::Relay>> {
    let credentials = match &relay.password_file {
        Some(file) if relay.login.is_some() || relay.same_twice() => {
            let password = secret(file, spot, problems)?;
            let login = relay.login.clone().unwrap_or_else(|| password.expose().to_owned());
            let mut credentials = Credentials::new(login, password);
            // Plain text was chosen in so many words, for a host on the same machine or network.
            if relay.tls == Some(mta::RelayTls::None) {
                credentials.without_tls = ClearLogin::Allow;
            }
            Some(credentials)
        }
        _ => None,
    };
    let (first, further_ports) = ports(relay);
    let profile = relay.profile.map(|profile| profile.0);
    Some(Arc::new(mta::Relay {
        name: relay.name.clone(),
        host: relay.host.clone(),
        port: first.port,
        tls: first.tls,
        further_ports,
        profile,
        null_sender: relay.null_sender.clone().unwrap_or_else(|| null_sender(profile)),
        extra_roots: match &relay.extra_roots {
            Some(file) => Some(roots(file, spot, problems)?),
            None => None,
        },
        credentials,
        connections: count(relay.connections),
        messages_per_connection: count(relay.messages_per_connection),
        messages_per_day: relay.messages_per_day.map(NonZeroU32::get),
        messages_per_month: relay.messages_per_month.map(NonZeroU32::get),
        dkim: dkim(relay),
    }))
}

impl Relay {
    /// Whether the provider wants one token as name and password.
    #[must_use]
    pub fn same_twice(&self) -> bool {
        self.profile.is_some_and(|profile| profile.0.login == Login::SameTwice)
    }
}

/// The first port of a relay and those that are tried after it.
#[must_use]
pub fn ports(relay: &Relay) -> (mta::RelayPort, Vec<mta::RelayPort>) {
    let of_profile: Vec<u16> =
        relay.profile.iter().flat_map(|profile| &profile.0.ports).map(|port| port.number).collect();
    let implicit = matches!(relay.tls, Some(mta::RelayTls::Implicit | mta::RelayTls::ImplicitUnverified));
    let usual = if implicit { 465 } else { 587 };
    let first = relay.port.or_else(|| of_profile.first().copied()).unwrap_or(usual);
    let further = if relay.ports.is_empty() { &of_profile } else { &relay.ports };
    let further = further.iter().filter(|port| **port != first);
    let first = mta::RelayPort { port: first, tls: relay.tls.unwrap_or_else(|| tls_on(first, None)) };
    let further = further.map(|port| mta::RelayPort { port: *port, tls: tls_on(*port, relay.tls) });
    (first, further.collect())
}

/// What a port speaks by custom, as strictly as the first port is spoken to.
fn tls_on(port: u16, first: Option<mta::RelayTls>) -> mta::RelayTls {
    use mta::RelayTls::{Implicit, ImplicitUnverified, None as ClearText, StartTls, StartTlsUnverified};
    let implicit = [465, 2465, 8465, 443].contains(&port);
    match (first, implicit) {
        (Some(ClearText), _) => ClearText,
        (Some(StartTlsUnverified | ImplicitUnverified), true) => ImplicitUnverified,
        (Some(StartTlsUnverified | ImplicitUnverified), false) => StartTlsUnverified,
        (_, true) => Implicit,
        (_, false) => StartTls,
    }
}

fn null_sender(profile: Option<&Profile>) -> mta::NullSender {
    match profile.and_then(|profile| profile.null_sender.known()) {
        Some(true) => mta::NullSender::Kept,
        Some(false) => mta::NullSender::Replaced(None),
        None => mta::NullSender::Unknown,
    }
}

fn dkim(relay: &Relay) -> mta::DkimOnRoute {
    let usual = relay.profile.map(|profile| mta::DkimOnRoute::of_provider(profile.0)).unwrap_or_default();
    let set = relay.dkim_signatures.map(|number| number as usize);
    let skipped = usual.profile.skip_headers.iter().chain(&relay.dkim_skip_headers);
    let profile = SignProfile {
        max_signatures: set.unwrap_or(usual.profile.max_signatures),
        skip_headers: skipped.cloned().collect(),
        ..(*usual.profile).clone()
    };
    mta::DkimOnRoute { profile: Arc::new(profile), total: set.or(usual.total) }
}

/// The certificates of a PEM file.
fn roots(file: &Path, spot: &Spot, problems: &mut Vec<Problem>) -> Option<Arc<Vec<CertificateDer<'static>>>> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let detail = match read {
        Ok(roots) if !roots.is_empty() => return Some(Arc::new(roots)),
        Ok(_) => String::from("no certificate in it"),
        Err(error) => error.to_string(),
    };
    let arguments = vec![("file", file.display().to_string()), ("detail", detail)];
    let fault = Fault::Rule { sentence: "config-roots-unreadable", arguments };
    problems.push(Problem { spot: spot.clone(), fault });
    None
}

/// The first line of a file that nobody else may read.
pub(super) fn secret(file: &Path, spot: &Spot, problems: &mut Vec<Problem>) -> Option<Secret> {
    let mut wrong = |sentence: &'static str, detail: String| {
        let arguments = vec![("file", file.display().to_string()), ("detail", detail)];
        problems.push(Problem { spot: spot.clone(), fault: Fault::Rule { sentence, arguments } });
    };
    let mode = match std::fs::metadata(file) {
        Ok(metadata) => metadata.permissions().mode() & 0o777,
        Err(error) => {
            wrong("config-password-unreadable", error.to_string());
            return None;
        }
    };
    if mode & 0o027 != 0 {
        wrong("config-password-open", format!("{mode:04o}"));
        return None;
    }
    let text = match std::fs::read_to_string(file) {
        Ok(text) => zeroize::Zeroizing::new(text),
        Err(error) => {
            wrong("config-password-unreadable", error.to_string());
            return None;
        }
    };
    let password = text.lines().next().unwrap_or_default();
    if password.is_empty() {
        wrong("config-password-empty", String::new());
        return None;
    }
    Some(Secret::new(password))
}

/// The domains and the host's own name: cron and `sendmail` send as it, and RFC 5321 §4.5.1 wants its postmaster.
fn own_domains(config: &Config) -> Vec<postamt_mail::address::Domain> {
    let mut domains = config.server.domains.clone();
    if !domains.contains(&config.server.hostname) {
        domains.push(config.server.hostname.clone());
    }
    domains
}

fn listeners(config: &Config) -> Vec<mta::Listener> {
    if config.listeners.is_empty() {
        return default_listeners();
    }
    let listener = |listener: &super::Listener| mta::Listener {
        address: listener.address,
        purpose: listener.purpose,
        relay_networks: listener.relay_networks.clone(),
    };
    config.listeners.iter().map(listener).collect()
}

/// Ports 25, 587 and 465 on all addresses of both families; of IPv4 alone where the kernel has no IPv6.
fn default_listeners() -> Vec<mta::Listener> {
    let mut addresses: Vec<IpAddr> = vec![Ipv4Addr::UNSPECIFIED.into()];
    if Path::new("/proc/net/if_inet6").exists() {
        addresses.push(Ipv6Addr::UNSPECIFIED.into());
    }
    let ports =
        [(25, mta::Purpose::Exchange), (587, mta::Purpose::Submission), (465, mta::Purpose::Submissions)];
    let listener = |address: &IpAddr, (port, purpose): (u16, mta::Purpose)| mta::Listener {
        address: SocketAddr::new(*address, port),
        purpose,
        relay_networks: Vec::new(),
    };
    ports.into_iter().flat_map(|port| addresses.iter().map(move |address| listener(address, port))).collect()
}

fn certificate(config: &Config) -> mta::CertificateFiles {
    match (&config.tls.certificate, &config.tls.key) {
        (Some(chain), Some(key)) => {
            mta::CertificateFiles { chain: chain.clone(), key: key.clone(), generate: false }
        }
        _ if config.tls.acme.is_some() && config.acme_file().exists() => acme_certificate(config),
        _ => {
            let directory = config.tls_directory();
            let (chain, key) = (directory.join("self-signed.pem"), directory.join("self-signed.key"));
            mta::CertificateFiles { chain, key, generate: true }
        }
    }
}

/// The pair from the authority: key and chain in one file.
#[must_use]
pub fn acme_certificate(config: &Config) -> mta::CertificateFiles {
    let pair = config.acme_file();
    mta::CertificateFiles { chain: pair.clone(), key: pair, generate: false }
}

/// What is read from files for `tls.acme`.
#[derive(Debug, Clone, Default)]
pub struct AcmeFiles {
    /// Further trust anchors.
    pub roots: Option<Arc<Vec<CertificateDer<'static>>>>,
    /// The account that is named to the authority.
    pub binding: Option<Binding>,
}

/// Reads them.
///
/// # Errors
/// A file that cannot be read, is open to others, or holds something else.
pub fn acme_files(config: &Config) -> Result<AcmeFiles, Problems> {
    let mut problems = Vec::new();
    let file = config.files.first().cloned().unwrap_or_default();
    let spot = Spot { file: file.into(), line: 0 };
    let files = AcmeFiles {
        roots: config.tls.acme_roots.as_ref().and_then(|file| roots(file, &spot, &mut problems)),
        binding: config.tls.acme_binding.as_ref().and_then(|file| binding(file, &spot, &mut problems)),
    };
    if problems.is_empty() { Ok(files) } else { Err(Problems(problems)) }
}

fn binding(file: &Path, spot: &Spot, problems: &mut Vec<Problem>) -> Option<Binding> {
    let text = secret(file, spot, problems)?;
    let binding = Binding::parse(text.expose());
    if binding.is_none() {
        let arguments = vec![("file", file.display().to_string())];
        let fault = Fault::Rule { sentence: "config-acme-binding", arguments };
        problems.push(Problem { spot: spot.clone(), fault });
    }
    binding
}

/// Where the server listens, and what it shows there.
#[must_use]
pub fn ports_and_certificate(config: &Config) -> (Vec<mta::Listener>, mta::CertificateFiles) {
    (listeners(config), certificate(config))
}

/// The certificate that the ports show, for messages to people.
#[must_use]
pub fn certificate_file(config: &Config) -> std::path::PathBuf {
    certificate(config).chain
}

/// Bans spare this host, the networks that may relay, and those that are named.
fn own_networks(config: &Config) -> Vec<mta::Network> {
    let relaying = config.listeners.iter().flat_map(|listener| &listener.relay_networks);
    mta::loopback().iter().chain(relaying).chain(&config.guard.own_networks).copied().collect()
}

fn limits(config: &Config) -> mta::Limits {
    let limits = &config.limits;
    let host = Host::this();
    mta::Limits {
        message_bytes: u64::from(limits.message_bytes.get()),
        recipients: count(limits.recipients),
        header_bytes: HEADER_BYTES,
        sessions: count(limits.sessions),
        sessions_per_peer: count(limits.sessions_per_peer),
        command_timeout: limits.command_timeout_secs.0,
        data_timeout: DATA_TIMEOUT.min(limits.command_timeout_secs.0),
        shutdown_grace: limits.shutdown_grace_secs.0,
        password_checks: host.checks(),
        password_cost: host.cost(),
        content_cache_bytes: CONTENT_CACHE_BYTES,
    }
}

/// What accounts may send that have no limits of their own.
#[must_use]
pub fn account_limits(config: &Config) -> Allowed {
    let limits = &config.account_limits;
    let figures = [limits.messages.0, limits.recipients.0, limits.first_time.0];
    Allowed { figures: figures.map(|figures| figures.map(|figure| (figure > 0).then_some(figure))) }
}

fn local_domain(local: &super::LocalDomain) -> Option<mta::LocalDomain> {
    let target = match (&local.maildir, &local.lmtp, &local.host) {
        (Some(path), ..) => mta::LocalTarget::Maildir(path.display().to_string()),
        (_, Some(to), _) => mta::LocalTarget::Lmtp { host: to.host.clone(), port: to.port },
        (.., Some(to)) => mta::LocalTarget::Host { host: to.host.clone(), port: to.port },
        _ => return None,
    };
    Some(mta::LocalDomain { domain: local.domain.clone(), target })
}

fn postmaster(config: &Config) -> mta::PostmasterTarget {
    match (&config.postmaster.forward, &config.postmaster.maildir) {
        (Some(address), _) => mta::PostmasterTarget::Forward(address.clone()),
        (None, Some(path)) => mta::PostmasterTarget::Maildir(path.clone()),
        (None, None) => mta::PostmasterTarget::Maildir(config.server.state_directory.join("postmaster")),
    }
}

fn rule(route: &super::Route, relays: &[Arc<mta::Relay>]) -> Option<mta::RouteRule> {
    let patterns = |patterns: &[super::values::DomainPattern]| patterns.iter().map(|p| p.0.clone()).collect();
    let named = |name: &String| relays.iter().find(|relay| relay.name == *name).cloned();
    let target = match &route.to {
        RouteTo::Direct => match &route.detour {
            None => mta::RouteTarget::Direct,
            Some(RouteDetour::Never) => mta::RouteTarget::DirectOnly,
            Some(RouteDetour::Relay(name)) => mta::RouteTarget::DirectOr(named(name)?),
        },
        RouteTo::Discard => mta::RouteTarget::Discard,
        RouteTo::Hold => mta::RouteTarget::Hold,
        RouteTo::Relay(name) => mta::RouteTarget::Relay(named(name)?),
    };
    Some(mta::RouteRule {
        recipient_domains: patterns(&route.recipient_domains),
        sender_domains: patterns(&route.sender_domains),
        accounts: route.accounts.clone(),
        target,
    })
}

/// What outgoing connections are like.
#[must_use]
pub fn outgoing(config: &Config) -> mta::Outgoing {
    let outgoing = &config.outgoing;
    let source = |source: &super::Source| mta::Source {
        address: source.address,
        ehlo_name: source.ehlo_name.clone().unwrap_or_else(|| config.server.hostname.clone()),
    };
    mta::Outgoing {
        sources: config.sources.iter().map(source).collect(),
        port: outgoing.port,
        connect_timeout: outgoing.connect_timeout_secs.0,
        tls_timeout: TLS_TIMEOUT,
        reply_timeout: outgoing.reply_timeout_secs.0,
        ipv4: outgoing.ipv4,
        ipv6: outgoing.ipv6,
        chunking: true,
        own_addresses: outgoing.own_addresses.clone(),
    }
}

/// How receiving providers are spared.
pub fn pacing(config: &Config) -> mta::Pacing {
    let pacing = &config.pacing;
    mta::Pacing {
        connections: count(pacing.connections),
        initial_connections: count(pacing.initial_connections),
        messages_per_connection: count(pacing.messages_per_connection),
        messages_per_minute: pacing.messages_per_minute.map(NonZeroU32::get),
        idle: pacing.idle_secs.0,
        first_pause: pacing.first_pause_secs.0,
        total_connections: count(pacing.total_connections),
    }
}

fn retry(config: &Config) -> mta::RetrySchedule {
    let notice = config.retry.delay_notice_secs;
    mta::RetrySchedule {
        waits: config.retry.waits_secs.iter().map(|wait| wait.0).collect(),
        lifetime: config.retry.lifetime_secs.0,
        delay_notice: (notice > 0).then(|| Duration::from_secs(u64::from(notice))),
    }
}

fn count(number: NonZeroU32) -> usize {
    number.get() as usize
}
