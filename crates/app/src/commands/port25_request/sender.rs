//! Who asks: by the configuration, the options, and the history of the server.

use std::net::IpAddr;

use postamt_doctor::unblock::letter::{Evidence, Purpose, Sender, State, Volume};

use super::super::provider;
use super::super::received::{DAYS, received};
use crate::cli::{self, Sending};
use crate::config::{self, Config};
use crate::identity;
use crate::terminal::{Stop, Terminal};

/// What whoever is asked may look at, whatever the letter is about.
pub const CHECKS: [&str; 13] = [
    "dns",
    "hostname",
    "addresses",
    "ptr",
    "programs",
    "submission",
    "certificate",
    "relay_test",
    "postmaster",
    "spf",
    "dkim",
    "dmarc",
    "updates",
];

/// The addresses that are named, or else those that mail leaves from: the letter is about them, and its case waits for
/// them.
pub fn addresses(options: &cli::Request, config: Option<&Config>) -> Vec<IpAddr> {
    match options.addresses.is_empty() {
        true => provider::public_addresses(config),
        false => options.addresses.clone(),
    }
}

/// Who asks, with these addresses.
///
/// # Errors
/// No runtime can be made.
pub fn sender(
    options: &cli::Request,
    config: Option<&Config>,
    addresses: Vec<IpAddr>,
    at: u64,
) -> Result<Sender, Stop> {
    let domains = config.into_iter().flat_map(|config| &config.server.domains);
    // What came in here is no mail of another program.
    let own = config.filter(|_| options.purpose == Sending::OwnMta);
    let received = own.map(received).transpose()?.unwrap_or_default();
    let stated = options.volume.as_ref().map(|text| Volume::Stated { text: text.clone() });
    Ok(Sender {
        host: host(config),
        addresses,
        domains: domains.map(ToString::to_string).collect(),
        purpose: match options.purpose {
            Sending::OwnMta => Purpose::OwnMta,
            Sending::Application => Purpose::Application,
        },
        description: options.describe.clone(),
        volume: Volume::measured(&received, at, DAYS).or(stated),
        name: options.name.clone(),
        customer: options.customer.clone(),
        software: config.map(|_| concat!("Postamt ", env!("CARGO_PKG_VERSION")).to_owned()),
    })
}

/// The name of this host.
pub fn host(config: Option<&Config>) -> String {
    match config {
        Some(config) => config.server.hostname.to_string(),
        None => identity::nodename(),
    }
}

/// What the configuration makes the server do.
pub fn configured(config: &Config, at: u64, terminal: Terminal) -> Vec<Evidence> {
    let pacing = config::settings::pacing(config);
    let count = |check: &str, id: &str, count: u64| Evidence {
        count: Some(count),
        ..Evidence::good(check, id, &config.server.hostname, at)
    };
    let mut found = vec![
        count("pacing", "configuration.connections", pacing.connections as u64),
        Evidence::good("bounces", "configuration.bounces", &config.server.hostname, at),
        login(config, at, terminal),
    ];
    let a_minute = pacing.messages_per_minute.map(u64::from);
    found.extend(a_minute.map(|number| count("rate", "configuration.messages-per-minute", number)));
    found
}

/// The networks other than this host itself that may send without login.
pub fn open_networks(config: &Config) -> Vec<String> {
    let (listeners, _) = config::settings::ports_and_certificate(config);
    let networks = listeners.iter().flat_map(|listener| &listener.relay_networks);
    let outside = networks.filter(|network| !network.address.is_loopback());
    outside.map(|network| format!("{}/{}", network.address, network.prefix)).collect()
}

/// Whether a network other than this host itself may send without login.
fn login(config: &Config, at: u64, terminal: Terminal) -> Evidence {
    let good = Evidence::good("login", "configuration.login", &config.server.hostname, at);
    let outside = open_networks(config);
    if outside.is_empty() {
        return good;
    }
    Evidence {
        state: State::Missing,
        told: terminal.sentence("letter-login-networks", &[("networks", outside.join(", ").into())]),
        remedy: vec![terminal.sentence("letter-remedy-login", &[])],
        ..good
    }
}
