//! Who rents this host out, and where that provider lets one set the names of addresses.
//!
//! [`look`] asks DNS, RDAP and WHOIS about the public addresses, with a limit; where nobody is to be asked, and where
//! nobody answers, the machine and the names of its addresses alone tell. *Unknown* is an answer, and nothing here stops
//! the setup.

use std::sync::Arc;
use std::time::Duration;

use postamt_doctor::unblock::clues::{AddressClues, Pointer};
use postamt_doctor::unblock::{Base, Clues, Services, recognise, text};
use postamt_net::dns::{HickoryResolver, ResolverSettings};
use serde::Serialize;

use super::surroundings::{self, Reverse, Surroundings};
use crate::cli;
use crate::commands::{provider, wait};
use crate::config::Config;
use crate::terminal::{Stop, Terminal};

/// How long somebody waits for the answers.
const LIMIT: Duration = Duration::from_secs(15);

/// What is known of the provider.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Landlord {
    /// Its id, where it is one provider beyond doubt.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Where the names of addresses are set.
    pub reverse_dns: Option<String>,
    /// The page about that.
    pub reverse_dns_page: Option<String>,
    /// Who it is and by what it was recognised, a line each.
    pub told: Vec<String>,
}

/// Looks. Reads files: blocks.
///
/// # Errors
/// The list of providers that is part of this program cannot be read, or there is no runtime for the questions.
pub fn look(
    options: &cli::Setup,
    seen: &Surroundings,
    old: Option<&Config>,
    terminal: Terminal,
) -> Result<Landlord, Stop> {
    let base = provider::base(old, terminal)?;
    let alone = Clues {
        machine: provider::machine_clues(&base),
        addresses: seen.public.iter().map(clues_of).collect(),
    };
    let clues = match options.no_probe || seen.public.is_empty() {
        true => alone,
        false => {
            let servers = surroundings::dns_servers(options, old);
            let servers = (!servers.is_empty()).then_some(servers);
            let settings = ResolverSettings { servers, ..ResolverSettings::default() };
            let asked = wait(async {
                tokio::time::timeout(LIMIT, asked(&settings, &alone, provider::services(old))).await
            })?;
            asked.ok().flatten().unwrap_or(alone)
        }
    };
    Ok(recognised(&base, &clues, terminal))
}

/// What others say of the addresses; `None` where there is no name server to ask.
async fn asked(settings: &ResolverSettings, alone: &Clues, services: Services) -> Option<Clues> {
    let resolver = HickoryResolver::new(settings).ok()?;
    let addresses: Vec<_> = alone.addresses.iter().map(|clues| clues.address).collect();
    Some(provider::ask(Arc::new(resolver), alone.machine.clone(), &addresses, services).await)
}

/// Who it is by these clues.
pub fn recognised(base: &Base, clues: &Clues, terminal: Terminal) -> Landlord {
    let recognition = recognise(base, clues);
    let provider = recognition.provider();
    let reverse_dns = provider.and_then(|provider| provider.reverse_dns.as_ref());
    Landlord {
        id: provider.map(|provider| provider.id.clone()),
        name: provider.map(|provider| provider.name.clone()),
        reverse_dns: reverse_dns.map(|it| it.place.get(terminal.words.language()).to_owned()),
        reverse_dns_page: reverse_dns.and_then(|it| it.url.clone()),
        told: text::recognition(&recognition, terminal.words),
    }
}

/// What the name of an address says, which the beginning of the setup has asked for.
pub fn clues_of(reverse: &Reverse) -> AddressClues {
    let confirmed = reverse.confirmed.first();
    let pointer = confirmed
        .or(reverse.names.first())
        .map(|name| Pointer { name: name.to_string(), is_confirmed: confirmed.is_some() });
    AddressClues { pointer, ..AddressClues::new(reverse.address) }
}

impl Landlord {
    /// Where the names of addresses are set with this provider, in lines for people; nothing where that is not known.
    pub fn place(&self, terminal: Terminal) -> Vec<String> {
        let (Some(name), Some(place)) = (&self.name, &self.reverse_dns) else { return Vec::new() };
        let values = [("provider", name.into()), ("place", place.into())];
        let mut lines = vec![terminal.sentence("setup-ptr-place", &values)];
        lines.extend(self.reverse_dns_page.iter().map(|page| format!("  {page}")));
        lines
    }
}
