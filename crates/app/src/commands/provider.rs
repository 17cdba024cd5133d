//! Who this host's provider is and what it wants: `postamt port25 providers`, and what other commands say after a
//! verdict. Asked are DNS, RDAP and WHOIS about the public addresses, unless the user names the provider or wants
//! nobody to be asked.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use postamt_doctor::unblock::clues::MachineClues;
use postamt_doctor::unblock::{self, Base, Clues, Eyes, Provider, Recognition, Services, text};
use postamt_mail::words::Words;
use postamt_net::dial::SystemDialer;
use postamt_net::dns::Resolver;
use postamt_net::documents::WebDocuments;
use postamt_net::interfaces;
use postamt_net::tls::TlsContext;
use serde::Serialize;

use super::{port25_check, wait};
use crate::cli::ProviderWish;
use crate::config::{self, Config};
use crate::terminal::{Stop, Terminal};

/// RFC 3912 §2.
const WHOIS_PORT: u16 = 43;

/// Where state lies while nothing is configured.
const STATE_DIRECTORY: &str = "/var/lib/postamt";

impl ProviderWish {
    /// Find it out from this machine alone.
    #[must_use]
    pub const fn offline() -> Self {
        Self { provider: None, offline: true }
    }
}

/// What was found out.
#[derive(Debug)]
pub struct Found {
    base: Base,
    clues: Clues,
    chosen: Option<String>,
}

/// As `--json` shows it.
#[derive(Debug, Serialize)]
pub struct Shown<'a> {
    /// The id, where it is one.
    id: Option<&'a str>,
    /// The user named it.
    is_chosen: bool,
    #[serde(flatten)]
    recognition: Recognition<'a>,
    clues: &'a Clues,
    /// What is known of it.
    known: Option<&'a Provider>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

impl Found {
    /// Whether it is one that is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.provider().is_some()
    }

    /// The provider, where it is one.
    #[must_use]
    pub fn provider(&self) -> Option<&Provider> {
        match &self.chosen {
            Some(id) => self.base.find(id),
            None => self.recognition().provider(),
        }
    }

    /// The list of providers.
    #[must_use]
    pub const fn base(&self) -> &Base {
        &self.base
    }

    fn recognition(&self) -> Recognition<'_> {
        unblock::recognise(&self.base, &self.clues)
    }

    /// Who it is, why, and what it wants.
    #[must_use]
    pub fn text(&self, words: &Words) -> String {
        let mut lines = match (&self.chosen, self.provider()) {
            (Some(_), Some(provider)) => {
                vec![words.get("provider-chosen", &[("name", (&provider.name).into())])]
            }
            _ => text::recognition(&self.recognition(), words),
        };
        match self.provider() {
            Some(provider) => lines.push(text::advice(provider, words)),
            None => lines.extend(text::addresses(&self.clues, words)),
        }
        lines.join("\n")
    }

    /// As `--json` shows it.
    #[must_use]
    pub fn shown(&self, words: &Words) -> Shown<'_> {
        let provider = self.provider();
        Shown {
            id: provider.map(|it| it.id.as_str()),
            is_chosen: self.chosen.is_some(),
            recognition: self.recognition(),
            clues: &self.clues,
            known: provider,
            advice: provider.map(|it| text::advice(it, words)),
        }
    }
}

/// Finds out who the provider is.
///
/// # Errors
/// The user names one that is not in the list, or there is no name server to ask.
pub fn find(wish: &ProviderWish, config: Option<&Config>, terminal: Terminal) -> Result<Found, Stop> {
    let base = base(config, terminal)?;
    if let Some(name) = &wish.provider {
        let Some(provider) = base.find(name) else { return Err(none_such(name, terminal)) };
        let chosen = Some(provider.id.clone());
        return Ok(Found { base, clues: Clues::default(), chosen });
    }
    let machine = machine_clues(&base);
    let addresses = if wish.offline { Vec::new() } else { public_addresses(config) };
    if addresses.is_empty() {
        return Ok(Found { base, clues: Clues { machine, addresses: Vec::new() }, chosen: None });
    }
    let clues = wait(async {
        let resolver = port25_check::resolver(config, terminal)?;
        Ok::<_, Stop>(ask(Arc::new(resolver), machine, &addresses, services(config)).await)
    })??;
    Ok(Found { base, clues, chosen: None })
}

/// What this machine shows of its provider. Reads files: blocks.
pub fn machine_clues(base: &Base) -> MachineClues {
    let environment: Vec<String> =
        std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect();
    unblock::gather::machine(Path::new("/"), base, &environment)
}

/// Whom the configuration has asked who the provider is.
#[must_use]
pub fn services(config: Option<&Config>) -> Services {
    let mut services = Services::default();
    let Some(port25) = config.map(|config| &config.port25) else { return services };
    if let Some(zone) = &port25.asn_zone {
        let (origin, origin6) = (format!("origin.{zone}"), format!("origin6.{zone}"));
        services = Services { origin, origin6, systems: zone.to_string(), ..services };
    }
    if let Some(folder) = &port25.rdap {
        services.bootstrap = Some(folder.clone());
    }
    if let Some(server) = &port25.whois {
        services.whois = Some((server.clone(), WHOIS_PORT));
    }
    services
}

/// What others say of these addresses, beside what the machine shows.
pub async fn ask(
    resolver: Arc<dyn Resolver>,
    machine: MachineClues,
    addresses: &[IpAddr],
    services: Services,
) -> Clues {
    let dialer = Arc::new(SystemDialer);
    let documents = WebDocuments::new(Arc::clone(&resolver), dialer.clone(), TlsContext::system());
    let eyes = Eyes { resolver, documents: Arc::new(documents), dialer, services };
    unblock::gather(&eyes, machine, addresses).await
}

/// The addresses that mail leaves from as others see them: those of the configuration, or else of the interfaces.
pub fn public_addresses(config: Option<&Config>) -> Vec<IpAddr> {
    let named = config.map(|config| {
        let outgoing = config::settings::outgoing(config);
        let sources = outgoing.sources.iter().map(|source| source.address);
        sources.chain(outgoing.own_addresses.iter().copied()).collect::<Vec<_>>()
    });
    let mut found: Vec<IpAddr> = named.unwrap_or_default();
    found.retain(|address| interfaces::is_public(*address));
    if found.is_empty() {
        found = interfaces::addresses().unwrap_or_default();
        found.retain(|address| interfaces::is_public(*address));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// What is known of providers. A copy of the user's that cannot be used is told, and the built-in one taken.
///
/// # Errors
/// The built-in list is broken, which a test rules out.
pub fn base(config: Option<&Config>, terminal: Terminal) -> Result<Base, Stop> {
    let directory = config.map_or(Path::new(STATE_DIRECTORY), |config| &config.server.state_directory);
    match Base::load(directory) {
        Ok(base) => Ok(base),
        Err(error) => {
            let file = directory.join("providers.toml").display().to_string();
            let error = format!("{:#}", anyhow::Error::from(error));
            terminal.note("provider-base-broken", &[("file", file.into()), ("error", error.into())]);
            Ok(Base::embedded().map_err(anyhow::Error::from)?)
        }
    }
}

fn none_such(name: &str, terminal: Terminal) -> Stop {
    terminal.stop("provider-none-such", &[("name", name.into())])
}

/// `port25 providers [NAME]`.
///
/// # Errors
/// There is none of that name.
pub fn list(name: Option<&str>, config: Option<&Config>, terminal: Terminal) -> Result<(), Stop> {
    let mut base = base(config, terminal)?;
    if let Some(name) = name {
        let exact = base.find(name).cloned();
        let matching = match exact {
            Some(provider) => vec![provider],
            None => base.search(name).into_iter().cloned().collect(),
        };
        if matching.is_empty() {
            return Err(none_such(name, terminal));
        }
        base.providers = matching;
    }
    if terminal.json {
        return terminal.data(&base.providers);
    }
    match &base.providers[..] {
        [provider] => terminal.print(text::entry(provider, terminal.words).trim_end()),
        _ => terminal.print(text::list(&base, terminal.words).trim_end()),
    }
    Ok(())
}

/// `port25 providers --here`.
///
/// # Errors
/// The user names one that is not in the list, or there is no name server to ask.
pub fn here(wish: &ProviderWish, config: Option<&Config>, terminal: Terminal) -> Result<(), Stop> {
    let found = find(wish, config, terminal)?;
    if terminal.json {
        return terminal.data(&found.shown(terminal.words));
    }
    terminal.print(&found.text(terminal.words));
    Ok(())
}
