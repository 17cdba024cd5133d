//! Whom the server and `port25 check` ask about port 25, and how, by the configuration.

use std::path::Path;
use std::sync::Arc;

use postamt_doctor::port25::probe::ProbeSource;
use postamt_doctor::port25::targets::{self, TargetList};
use postamt_doctor::port25::{Eyes, ProbeSettings};
use postamt_net::clock::SystemClock;
use postamt_net::tls::TlsContext;
use postamt_store::facts::Family;

use super::server::resolver;
use crate::config::{self, Config};
use crate::terminal::{Stop, Terminal};

/// What the watches go by. They take over another one when the configuration is read again.
pub struct Current {
    /// The configuration.
    pub config: Config,
    /// Whom a probe asks.
    pub targets: TargetList,
}

/// Whom a probe asks, and whose certificates it trusts.
pub struct Probed {
    /// The mail services.
    pub targets: TargetList,
    /// With the trust anchors.
    pub tls: TlsContext,
}

impl Probed {
    /// Those of the configuration; without any, the well-known services of the Internet.
    ///
    /// # Errors
    /// The list of the configuration cannot be used.
    pub fn configured(config: &Config, tls: TlsContext, terminal: Terminal) -> Result<Self, Stop> {
        Ok(Self { targets: target_list(config.port25.targets.as_deref(), terminal)?, tls })
    }
}

/// The list in `file`, or the compiled one.
///
/// # Errors
/// The file cannot be read, or what is wrong with it.
pub fn target_list(file: Option<&Path>, terminal: Terminal) -> Result<TargetList, Stop> {
    let Some(file) = file else { return Ok(targets::embedded().map_err(anyhow::Error::from)?) };
    let unusable = |error: anyhow::Error| {
        let values = [("file", file.display().to_string().into()), ("error", format!("{error:#}").into())];
        terminal.stop("port25-targets-unreadable", &values)
    };
    let text = std::fs::read_to_string(file).map_err(|error| unusable(error.into()))?;
    targets::parse(&text).map_err(|error| unusable(error.into()))
}

/// The probe of this host by its configuration: what it needs, and its sources, families and name.
///
/// # Errors
/// No DNS server to ask.
pub fn probe_of(probed: Probed, config: &Config, terminal: Terminal) -> Result<(Eyes, ProbeSettings), Stop> {
    let resolver = Arc::new(resolver(config, terminal)?);
    let eyes = Eyes { resolver, tls: probed.tls, clock: Arc::new(SystemClock) };
    Ok((eyes, probe_settings(probed.targets, config)))
}

/// Sources, families and name of a probe by the configuration.
pub fn probe_settings(list: TargetList, config: &Config) -> ProbeSettings {
    let outgoing = config::settings::outgoing(config);
    let mut settings = ProbeSettings::new(list, config.server.hostname.to_string());
    settings.ports.exchange = outgoing.port;
    let source = |source: postamt_mta::settings::Source| ProbeSource {
        address: source.address,
        ehlo_name: Some(source.ehlo_name.to_string()),
    };
    settings.sources = outgoing.sources.into_iter().map(source).collect();
    settings.families.retain(|family| match family {
        Family::Ipv4 => outgoing.ipv4,
        Family::Ipv6 => outgoing.ipv6,
    });
    settings
}
