//! `postamt port25 request --about ptr`: how the PTR records stand, where this provider sets them, and the letter that asks for
//! them.

use std::net::IpAddr;

use postamt_doctor::unblock::letter::render::{self, render};
use postamt_doctor::unblock::letter::{Letter, SCHEMA_VERSION};
use postamt_doctor::unblock::rdns::{self, Advice, Pointer, Wish};
use postamt_mail::address::Domain;
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_store::cases::{CaseAbout, CaseSubject, WantedName};
use serde::Serialize;

use super::super::{case_desk, doctor, provider, wait};
use super::kept::{self, ShownCase};
use super::sender;
use crate::cli;
use crate::config::{self, Config};
use crate::terminal::{Stop, Terminal, warn};

/// As `--json` shows it.
#[derive(Serialize)]
struct Shown<'a> {
    schema_version: u32,
    at: u64,
    provider: provider::Shown<'a>,
    pointers: &'a [Pointer],
    advice: Advice,
    advice_text: &'a str,
    /// Null where asking is of no use.
    letter: Option<&'a Letter>,
    /// The letter as it is sent.
    text: Option<&'a str>,
    /// The case that keeps it.
    case: Option<ShownCase>,
    /// Why none does, though one was to.
    no_case_because: Option<String>,
}

/// Looks, and writes.
///
/// # Errors
/// There is no such provider, no name server to ask, or a name that cannot stand in a PTR record.
pub fn run(options: &cli::Request, config: Option<&Config>, terminal: Terminal) -> Result<(), Stop> {
    let words = terminal.words;
    let found = provider::find(&options.provider, config, terminal)?;
    let named = named(options, config, terminal)?;
    let at = SystemClock.unix_seconds();
    let pointers = look(&named, config, at)?;
    let addresses = named.iter().map(|(address, _)| *address).collect();
    let sender = sender::sender(options, config, addresses, at)?;
    let wish =
        Wish { provider: found.provider(), sender: &sender, pointers: &pointers, anyway: options.anyway };
    let advice = Advice::new(wish.provider, &pointers);
    let is_wanted = (advice.is_to_ask() || options.anyway) && wish.asked().next().is_some();
    let letter = is_wanted.then(|| rdns::compose(&wish, words));
    let text = letter.as_ref().map(|letter| render(letter, kept::form(options.to), words));
    let kept = match &text {
        Some(text) if !options.no_case => {
            Some(kept::keep(text, config, |config| subject(config, &wish), terminal))
        }
        _ => None,
    };
    let said = advice.text(wish.provider, words);
    if terminal.json {
        let (case, no_case_because) = kept::shown(kept);
        return terminal.data(&Shown {
            schema_version: SCHEMA_VERSION,
            at,
            provider: found.shown(words),
            pointers: &pointers,
            advice,
            advice_text: &said,
            letter: letter.as_ref(),
            text: text.as_deref(),
            case,
            no_case_because,
        });
    }
    let state = rdns::state(&pointers, words);
    let (Some(letter), Some(text)) = (letter, text) else {
        for line in [state, said].into_iter().filter(|line| !line.is_empty()) {
            terminal.print(&line);
        }
        return Ok(());
    };
    warn(&format!("{state}\n{said}\n"));
    terminal.print(&text);
    warn(&format!("\n{}", render::for_the_user(&letter, words)));
    if let Some(kept) = kept {
        warn(&format!("\n{}", kept::told(kept, kept::channel(options.to, None), terminal)));
    }
    Ok(())
}

/// The addresses, each with the name that is said in EHLO from there.
fn named(
    options: &cli::Request,
    config: Option<&Config>,
    terminal: Terminal,
) -> Result<Vec<(IpAddr, Domain)>, Stop> {
    let sources = config.map(|config| config::settings::outgoing(config).sources).unwrap_or_default();
    let addresses = sender::addresses(options, config);
    let host = sender::host(config);
    let name = |address: IpAddr| {
        let source = sources.iter().find(|source| source.address == address);
        let name = source.map_or_else(|| host.clone(), |source| source.ehlo_name.to_string());
        let domain = Domain::new(&name).ok().filter(|domain| domain.as_str().contains('.'));
        domain
            .map(|domain| (address, domain))
            .ok_or_else(|| terminal.stop("rdns-not-a-name", &[("name", name.into())]))
    };
    addresses.into_iter().map(name).collect()
}

fn look(named: &[(IpAddr, Domain)], config: Option<&Config>, at: u64) -> Result<Vec<Pointer>, Stop> {
    wait(async {
        let resolver = doctor::resolver(config)?;
        let mut found = Vec::new();
        for (address, wanted) in named {
            found.push(rdns::look(&resolver, *address, wanted, at).await);
        }
        Ok::<_, Stop>(found)
    })?
}

/// The subject of its case: what the letter asks for.
fn subject(config: &Config, wish: &Wish<'_>) -> Result<CaseSubject, Stop> {
    let wanted = wish
        .asked()
        .map(|pointer| WantedName { address: pointer.address, name: pointer.wanted.clone() })
        .collect();
    case_desk::subject(CaseAbout::Ptr { wanted }, config, wish.provider)
}
