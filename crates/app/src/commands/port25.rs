//! `postamt port25 …`: what is known of the ways out.

use postamt_net::clock::{Clock as _, SystemClock};
use postamt_store::facts::{PathFact, PathState};

use crate::cli;
use crate::config::Config;
use crate::control::client::Client;
use crate::control::protocol::Request;
use crate::terminal::{Stop, Terminal};
use crate::times;

/// Does what is asked.
///
/// # Errors
/// The server is not running or refuses.
pub fn run(command: &cli::Port25, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    match command {
        cli::Port25::Status => status(config, terminal),
    }
}

fn status(config: &Config, terminal: Terminal) -> Result<(), Stop> {
    let paths: Vec<PathFact> = Client::new(config.control_socket(), terminal).ask(&Request::Paths)?;
    if terminal.json {
        return terminal.data(&paths);
    }
    if paths.is_empty() {
        terminal.say("path-none", &[]);
    }
    for path in &paths {
        describe(path, terminal);
    }
    Ok(())
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
    terminal.say("path-reason", &[("reason", (&fact.reason).into())]);
    for evidence in &fact.evidence {
        terminal.say("path-evidence", &[("evidence", evidence.into())]);
    }
    if let Some(next) = fact.next_probe {
        let now = SystemClock.unix_seconds();
        let span = times::span(terminal.words, next.saturating_sub(now));
        let when = [("time", times::date_and_time(next).into()), ("span", span.into())];
        let next = terminal.sentence("queue-when", &when);
        terminal.say("path-next-probe", &[("next", next.into())]);
    }
}
