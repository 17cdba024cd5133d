//! `postamt relay only`: the mail of one receiving provider goes by a relay, until the provider takes it directly again.

use postamt_mail::refusals;
use postamt_mail::words::Words;
use postamt_store::facts::{PathState, ProviderFact, ProviderReason};

use crate::config::Config;
use crate::control::client::Client;
use crate::control::protocol::Request;
use crate::terminal::{Stop, Terminal};
use crate::times;

/// Does what is asked.
///
/// # Errors
/// The server is not running or refuses, or nobody can say which relay is meant.
pub fn run(
    provider: Option<String>,
    relay: Option<String>,
    end: bool,
    config: &Config,
    terminal: Terminal,
) -> Result<(), Stop> {
    let client = Client::new(config.control_socket(), terminal);
    let Some(provider) = provider else { return list(&client, terminal) };
    let (request, id) = if end {
        (Request::EndRelayOnly { provider }, "relay-only-ended")
    } else {
        let relay = match relay {
            Some(relay) => relay,
            None => only_relay(config, terminal)?,
        };
        (Request::RelayOnly { provider, relay }, "relay-only-decided")
    };
    let fact: ProviderFact = client.ask(&request)?;
    if terminal.json {
        return terminal.data(&fact);
    }
    terminal.print(&sentence(id, &fact, terminal.words));
    Ok(())
}

fn only_relay(config: &Config, terminal: Terminal) -> Result<String, Stop> {
    match config.relays.as_slice() {
        [(_, relay)] => Ok(relay.name.clone()),
        [] => Err(terminal.stop("relay-only-none-set-up", &[])),
        _ => Err(terminal.stop("relay-only-which", &[])),
    }
}

fn list(client: &Client, terminal: Terminal) -> Result<(), Stop> {
    let facts: Vec<ProviderFact> = client.ask(&Request::Providers)?;
    if terminal.json {
        return terminal.data(&facts);
    }
    if facts.is_empty() {
        terminal.say("relay-only-none", &[]);
    }
    for fact in &facts {
        terminal.print(&line(fact, terminal.words));
    }
    Ok(())
}

/// A decision that is in force, and why.
#[must_use]
pub fn line(fact: &ProviderFact, words: &Words) -> String {
    let id = if fact.state == PathState::Trial { "relay-only-trial" } else { "relay-only-line" };
    let line = sentence(id, fact, words);
    match &fact.reason {
        ProviderReason::Refused { reply } => {
            let refused = words.get("relay-only-refused", &[("reply", reply.into())]);
            format!("{line} {refused}")
        }
        _ => line,
    }
}

fn sentence(id: &str, fact: &ProviderFact, words: &Words) -> String {
    let name = refusals::find(&fact.provider).map_or(&fact.provider, |provider| &provider.name);
    let values = [
        ("provider", name.into()),
        ("word", (&fact.provider).into()),
        ("relay", (&fact.relay).into()),
        ("since", times::date_and_time(fact.since).into()),
        ("next", times::date_and_time(fact.next_trial).into()),
    ];
    words.get(id, &values)
}
