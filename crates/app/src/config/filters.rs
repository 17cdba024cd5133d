//! Content filters: their settings in TOML, and what the pipeline takes of them, in the order in which they are asked.

use std::net::IpAddr;

use postamt_mail::address::Domain;
use postamt_mta::settings::{FilterKind, FilterSettings, Reaction, Unfiltered};
use postamt_net::service::ServiceAddress;

use super::Config;
use super::section::{FieldReader, Setting};
use super::source::Node;
use super::values::{Choice, choice_setting, quoted, text};

/// The filters of a configuration.
#[must_use]
pub fn filters(config: &Config) -> Vec<FilterSettings> {
    clamav(config).into_iter().collect()
}

fn clamav(config: &Config) -> Option<FilterSettings> {
    let clamav = &config.clamav;
    Some(FilterSettings {
        name: "clamav".to_owned(),
        kind: FilterKind::ClamAv { address: clamav.address.clone()?, infected: clamav.infected },
        when_down: clamav.when_down,
        when_too_large: Unfiltered::Accept,
        size_limit: u64::from(clamav.message_bytes.get()),
        time_limit: clamav.time_limit_secs.0,
    })
}

impl Choice for Unfiltered {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("defer", Unfiltered::Defer),
        ("accept", Unfiltered::Accept),
        ("hold", Unfiltered::Hold),
        ("reject", Unfiltered::Reject),
    ];
}

impl Choice for Reaction {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("reject", Reaction::Reject),
        ("defer", Reaction::Defer),
        ("hold", Reaction::Hold),
        ("mark", Reaction::Mark),
        ("accept", Reaction::Accept),
    ];
}
choice_setting!(Unfiltered, Reaction);

impl Setting for ServiceAddress {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        text(node, field, "config-expected-service", address)
    }

    fn write(&self) -> Option<String> {
        Some(quoted(&self.to_string()))
    }
}

/// `unix:/PATH` or `HOST:PORT`.
fn address(text: &str) -> Option<ServiceAddress> {
    if let Some(path) = text.strip_prefix("unix:") {
        return Some(ServiceAddress::Unix(path.into())).filter(|_| path.starts_with('/'));
    }
    let (host, port) = text.rsplit_once(':')?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let port = port.parse().ok().filter(|port| *port > 0)?;
    let is_host = host.parse::<IpAddr>().is_ok() || Domain::new(host).is_ok();
    is_host.then(|| ServiceAddress::Tcp { host: host.to_owned(), port })
}
