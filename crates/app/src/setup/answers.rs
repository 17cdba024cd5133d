//! The answers: from the options, from the configuration that is there, asked, or the best guess, in this order.
//!
//! With nobody to ask, an answer that has no good guess stops the setup and names its option.

use std::net::IpAddr;

use postamt_mail::address::{Address, Domain};
use postamt_mail::words::{Language, Value};
use postamt_net::dns::provider;
use postamt_net::interfaces;

use super::surroundings::Surroundings;
use crate::cli::{self, Neighbour};
use crate::config::{AcmeDirectory, Config};
use crate::terminal::{Stop, Terminal};

/// How often a person is asked the same again.
const TRIES: usize = 5;

/// All that is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// The server's name.
    pub hostname: Domain,
    /// Its domains.
    pub domains: Vec<Domain>,
    /// The first account.
    pub account: Option<Address>,
    /// Where postmaster's mail goes.
    pub postmaster: Option<Address>,
    /// A relay to add.
    pub relay: Option<String>,
    /// Its login.
    pub relay_login: Option<String>,
    /// Whether its password comes from stdin.
    pub relay_password_stdin: bool,
    /// Who issues the certificate.
    pub acme: Option<AcmeDirectory>,
    /// Whom that one's directory is trusted by.
    pub acme_roots: Option<std::path::PathBuf>,
    /// How to live with the other mail server; `None` where there is none.
    pub neighbour: Option<Neighbour>,
    /// Public addresses that no interface has.
    pub own_addresses: Vec<IpAddr>,
    /// The user that the server runs as.
    pub user: Option<String>,
    /// Language of what the server writes.
    pub language: Language,
    /// Directories other than the usual ones.
    pub directories: Directories,
    /// Name servers other than the system's.
    pub dns_servers: Vec<std::net::SocketAddr>,
    /// Whether HTTP is served.
    pub web: bool,
    /// How the zones are changed from here.
    pub publishing: Option<Publishing>,
    /// Ports that somebody else has.
    pub taken: Vec<u16>,
}

/// How the zones are changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Publishing {
    /// Through a provider's interface.
    Provider {
        /// Whose.
        id: String,
        /// With what.
        token_file: std::path::PathBuf,
    },
    /// By dynamic updates with the key in this file.
    Key(std::path::PathBuf),
}

/// Where the server keeps its things, if not at the usual places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directories {
    /// Of the state.
    pub state: Option<std::path::PathBuf>,
    /// Of the sockets.
    pub runtime: Option<std::path::PathBuf>,
}

/// Who asks: a terminal, or nobody.
pub struct Desk<'a> {
    /// Whether somebody is there.
    pub asks: bool,
    /// For the language.
    pub terminal: Terminal,
    /// The next line; `None` at the end.
    pub read: Box<dyn FnMut() -> Option<String> + 'a>,
    /// Shows a text.
    pub say: Box<dyn FnMut(&str) + 'a>,
}

impl Desk<'_> {
    /// Asks until the answer makes sense; an empty line takes the guess.
    fn ask<T>(&mut self, id: &str, guess: Option<&str>, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        if !self.asks {
            return None;
        }
        for _ in 0..TRIES {
            let shown = guess.map(|guess| format!(" [{guess}]")).unwrap_or_default();
            let question = self.terminal.sentence(id, &[("guess", shown.into())]);
            (self.say)(&question);
            let line = (self.read)()?;
            let line = line.trim();
            let text = if line.is_empty() { guess.unwrap_or_default() } else { line };
            if text.is_empty() {
                return None;
            }
            match read(text) {
                Some(answer) => return Some(answer),
                None => (self.say)(&self.terminal.sentence("setup-not-understood", &[("text", text.into())])),
            }
        }
        None
    }
}

/// Collects them.
///
/// # Errors
/// An answer is missing and nobody is there, or an option makes no sense.
pub fn collect(
    options: &cli::Setup,
    seen: &Surroundings,
    old: Option<&Config>,
    desk: &mut Desk<'_>,
) -> Result<Answers, Stop> {
    let hostname = hostname(options, seen, old, desk)?;
    let domains = domains(options, &hostname, old, desk)?;
    let account = account(options, &domains, old, desk)?;
    let postmaster = postmaster(options, old, desk)?;
    let relay = match &options.relay {
        Some(relay) => Some(relay.clone()),
        None if old.is_some() => None,
        None => desk.ask("setup-ask-relay", None, |text| Some(text.to_owned())),
    };
    let neighbour = neighbour(options, seen, old, desk);
    let acme = acme(options, seen, old, desk)?;
    let all = [25, 587, 465];
    Ok(Answers {
        hostname,
        domains,
        account,
        postmaster,
        relay,
        relay_login: options.relay_login.clone(),
        relay_password_stdin: options.relay_password_stdin,
        acme,
        acme_roots: options.acme_roots.clone(),
        neighbour,
        own_addresses: own_addresses(options, seen),
        user: options.user.clone(),
        language: desk.terminal.words.language(),
        directories: Directories {
            state: options.state_directory.clone(),
            runtime: options.runtime_directory.clone(),
        },
        dns_servers: options.dns_server.clone(),
        web: options.web,
        publishing: publishing(options, desk)?,
        taken: all.into_iter().filter(|port| seen.is_taken(*port)).collect(),
    })
}

fn hostname(
    options: &cli::Setup,
    seen: &Surroundings,
    old: Option<&Config>,
    desk: &mut Desk<'_>,
) -> Result<Domain, Stop> {
    if let Some(text) = &options.hostname {
        return domain(text).ok_or_else(|| bad("setup-bad-name", text, desk.terminal));
    }
    if let Some(config) = old {
        return Ok(config.server.hostname.clone());
    }
    let guess = seen.best_name().cloned();
    let shown = guess.as_ref().map(ToString::to_string);
    let asked = desk.ask("setup-ask-hostname", shown.as_deref(), domain);
    let missing = || desk.terminal.stop("setup-hostname-missing", &[]);
    asked.or(if desk.asks { None } else { guess }).ok_or_else(missing)
}

fn domains(
    options: &cli::Setup,
    hostname: &Domain,
    old: Option<&Config>,
    desk: &mut Desk<'_>,
) -> Result<Vec<Domain>, Stop> {
    if !options.domain.is_empty() {
        let read = |text: &String| domain(text).ok_or_else(|| bad("setup-bad-name", text, desk.terminal));
        return options.domain.iter().map(read).collect();
    }
    if let Some(config) = old {
        return Ok(config.server.domains.clone());
    }
    let guess = hostname.organisational();
    let list = |text: &str| {
        let parts = text.split([',', ' ']).filter(|part| !part.is_empty());
        parts.map(domain).collect::<Option<Vec<_>>>().filter(|list| !list.is_empty())
    };
    let asked = desk.ask("setup-ask-domains", Some(guess.as_str()), list);
    Ok(asked.unwrap_or_else(|| vec![guess]))
}

fn account(
    options: &cli::Setup,
    domains: &[Domain],
    old: Option<&Config>,
    desk: &mut Desk<'_>,
) -> Result<Option<Address>, Stop> {
    let ours = |text: &str| {
        let address = Address::new(text).ok()?;
        address.domain().is_some_and(|domain| domains.contains(domain)).then_some(address)
    };
    match &options.account {
        Some(text) => match ours(text) {
            Some(address) => Ok(Some(address)),
            None => Err(bad("setup-bad-account", text, desk.terminal)),
        },
        None if old.is_some() => Ok(None),
        None => Ok(desk.ask("setup-ask-account", None, ours)),
    }
}

fn postmaster(
    options: &cli::Setup,
    old: Option<&Config>,
    desk: &mut Desk<'_>,
) -> Result<Option<Address>, Stop> {
    let read = |text: &str| Address::new(text).ok();
    match &options.postmaster {
        Some(text) => read(text).map(Some).ok_or_else(|| bad("setup-bad-address", text, desk.terminal)),
        None if old.is_some() => Ok(None),
        None => Ok(desk.ask("setup-ask-postmaster", None, read)),
    }
}

/// With nobody to ask: beside it, which takes nothing away.
fn neighbour(
    options: &cli::Setup,
    seen: &Surroundings,
    old: Option<&Config>,
    desk: &mut Desk<'_>,
) -> Option<Neighbour> {
    if old.is_some() || (seen.others.is_empty() && options.other_mta.is_none()) {
        return None;
    }
    let read = |text: &str| match text {
        "1" | "beside" => Some(Neighbour::Beside),
        "2" | "behind" => Some(Neighbour::Behind),
        "3" | "replace" => Some(Neighbour::Replace),
        _ => None,
    };
    options.other_mta.or_else(|| desk.ask("setup-ask-neighbour", Some("1"), read)).or(Some(Neighbour::Beside))
}

/// Who issues the certificate: by itself only where the proof on port 80 has a chance.
fn acme(
    options: &cli::Setup,
    seen: &Surroundings,
    old: Option<&Config>,
    desk: &mut Desk<'_>,
) -> Result<Option<AcmeDirectory>, Stop> {
    let read = |text: &str| match text {
        "off" => Some(None),
        text => AcmeDirectory::parse(text).map(Some),
    };
    if let Some(text) = &options.acme {
        return read(text).ok_or_else(|| bad("setup-bad-acme", text, desk.terminal));
    }
    if old.is_some() {
        return Ok(None);
    }
    let is_possible = !seen.public.is_empty() && !seen.http_taken;
    let guess = if is_possible { "letsencrypt" } else { "off" };
    Ok(desk.ask("setup-ask-acme", Some(guess), read).unwrap_or_else(|| read(guess).flatten()))
}

/// Addresses that were named and that no interface has: those of the NAT before us.
fn own_addresses(options: &cli::Setup, seen: &Surroundings) -> Vec<IpAddr> {
    let named = options.address.iter().filter(|address| interfaces::is_public(**address));
    if seen.behind_nat.is_empty() { Vec::new() } else { named.copied().collect() }
}

fn publishing(options: &cli::Setup, desk: &Desk<'_>) -> Result<Option<Publishing>, Stop> {
    if let Some(file) = &options.dns_key {
        return Ok(Some(Publishing::Key(file.clone())));
    }
    let (Some(id), Some(token_file)) = (&options.dns_provider, &options.dns_token_file) else {
        return Ok(None);
    };
    if provider::find(id).is_none() {
        let known: Vec<&str> = provider::KNOWN.iter().map(|known| known.id).collect();
        let values = [("text", Value::from(id)), ("known", known.join(", ").into())];
        return Err(desk.terminal.stop("setup-bad-provider", &values));
    }
    Ok(Some(Publishing::Provider { id: id.clone(), token_file: token_file.clone() }))
}

fn domain(text: &str) -> Option<Domain> {
    Domain::new(text.trim_end_matches('.')).ok().filter(|domain| domain.as_str().contains('.'))
}

fn bad(id: &str, text: &str, terminal: Terminal) -> Stop {
    terminal.stop(id, &[("text", Value::from(text))])
}
