//! `postamt port25 …`: what is known of the ways out, what a probe says now, and who needs the port at all.
//!
//! `check` and `advise` also work where nothing is configured yet.

use std::path::Path;

use postamt_mta::breaker::text;
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_store::facts::{PathFact, PathState, ProbeFact, ProviderFact};
use serde::Serialize;

use super::case_desk::{self, Brief};
use super::config::{load, load_if_there};
use super::{port25_advise, port25_case, port25_check, port25_request, provider, relay_only};
use crate::cli;
use crate::config::Config;
use crate::control::client::Client;
use crate::control::protocol::Request;
use crate::terminal::{Stop, Terminal};
use crate::times;

/// Does what is asked; `path` is that of the configuration.
///
/// # Errors
/// The configuration has faults, the server is not running or refuses, or port 25 is not open.
pub fn run(command: &cli::Port25, path: &Path, terminal: Terminal) -> Result<(), Stop> {
    match command {
        cli::Port25::Status => status(&load(path, terminal)?, terminal),
        cli::Port25::Check { source, family, targets, provider } => {
            let wish = port25_check::Wish {
                sources: source,
                family: family.as_deref(),
                targets: targets.as_deref(),
            };
            port25_check::run(&wish, provider, load_if_there(path, terminal)?.as_ref(), terminal)
        }
        cli::Port25::Case { command } => port25_case::run(command, &load(path, terminal)?, terminal),
        cli::Port25::Advise { plan, provider } => port25_advise::run(*plan, provider.clone(), path, terminal),
        cli::Port25::Request(request) => {
            port25_request::run(request, load_if_there(path, terminal)?.as_ref(), terminal)
        }
        cli::Port25::Providers { name, here, provider } => {
            let config = load_if_there(path, terminal)?;
            match name {
                None if *here || provider.provider.is_some() => {
                    provider::here(provider, config.as_ref(), terminal)
                }
                name => provider::list(name.as_deref(), config.as_ref(), terminal),
            }
        }
    }
}

fn status(config: &Config, terminal: Terminal) -> Result<(), Stop> {
    let client = Client::new(config.control_socket(), terminal);
    let providers: Vec<ProviderFact> = client.ask(&Request::Providers)?;
    let paths: Vec<PathFact> = client.ask(&Request::Paths)?;
    let probes: Vec<ProbeFact> = client.ask(&Request::Probes)?;
    let probe = |fact: &PathFact| probes.iter().find(|probe| probe.path == fact.path);
    // This machine's own firewall is no matter of the provider.
    let is_own = |fact: &PathFact| probe(fact).is_some_and(|probe| probe.verdict == "local_firewall");
    let is_blocked = |fact: &&PathFact| fact.state != PathState::Direct && !is_own(fact);
    let found = match paths.iter().find(is_blocked) {
        Some(_) => Some(provider::find(&cli::ProviderWish::offline(), Some(config), terminal)?),
        None => None,
    };
    let open = case_desk::open_case(config, terminal);
    if terminal.json {
        let known = found.as_ref().filter(|found| found.is_known());
        let provider = known.map(|found| found.shown(terminal.words));
        let shown = |fact| Shown {
            fact,
            last_probe: probe(fact).map(LastProbe::new),
            provider: provider.as_ref().filter(|_| is_blocked(&fact)),
            case: open.as_ref().filter(|open| open.is_about(&fact.path)).map(case_desk::OpenCase::brief),
        };
        return terminal.data(&paths.iter().map(shown).collect::<Vec<_>>());
    }
    if paths.is_empty() {
        terminal.say("path-none", &[]);
    }
    for path in &paths {
        describe(path, terminal);
        if let Some(probe) = probe(path) {
            let at = times::date_and_time(probe.at);
            let values = [("at", at.into()), ("verdict", (&probe.verdict).into())];
            terminal.say("path-last-probe", &values);
        }
    }
    for fact in &providers {
        terminal.print(&relay_only::line(fact, terminal.words));
    }
    if let Some(open) = open {
        terminal.print(&open.text(terminal.words));
    }
    if let Some(found) = found {
        // Nobody is asked here: that takes its time.
        let text = match found.is_known() {
            true => found.text(terminal.words),
            false => terminal.sentence("path-provider-unknown", &[]),
        };
        terminal.print(&format!("\n{text}"));
    }
    Ok(())
}

/// A way as `--json` shows it.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    fact: &'a PathFact,
    last_probe: Option<LastProbe<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'a provider::Shown<'a>>,
    /// The request that is open about it.
    case: Option<Brief>,
}

#[derive(Debug, Serialize)]
struct LastProbe<'a> {
    at: u64,
    verdict: &'a str,
    confidence: u8,
    evidence: &'a [String],
}

impl<'a> LastProbe<'a> {
    fn new(probe: &'a ProbeFact) -> Self {
        let ProbeFact { at, verdict, confidence, evidence, .. } = probe;
        Self { at: *at, verdict, confidence: *confidence, evidence }
    }
}

fn describe(fact: &PathFact, terminal: Terminal) {
    let id = match fact.state {
        PathState::Direct => "path-direct",
        PathState::Relay => "path-relay",
        PathState::Trial => "path-trial",
    };
    let since = times::date_and_time(fact.since);
    terminal.say(id, &[("path", fact.path.to_string().into()), ("since", since.into())]);
    if fact.state == PathState::Direct {
        return;
    }
    terminal.say("path-reason", &[("reason", text::reason(&fact.reason, terminal.words).into())]);
    for evidence in &fact.evidence {
        terminal.say("path-evidence", &[("evidence", text::evidence(evidence, terminal.words).into())]);
    }
    if let Some(next) = fact.next_probe {
        let now = SystemClock.unix_seconds();
        let span = times::span(terminal.words, next.saturating_sub(now));
        let when = [("time", times::date_and_time(next).into()), ("span", span.into())];
        let next = terminal.sentence("queue-when", &when);
        terminal.say("path-next-probe", &[("next", next.into())]);
    }
}
