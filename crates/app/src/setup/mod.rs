//! `postamt setup`: from a fresh host to a configuration, keys, an account and a systemd unit, and to the list of what
//! must be entered elsewhere.
//!
//! ```text
//! surroundings, network, provider ─▶ answers ─▶ files (configuration, unit) ─▶ keys, account ─▶ doctor ─▶ report, steps
//! ```
//!
//! Every answer is also an option. Nothing that is there is overwritten: a second run finds it, says so, and does what
//! is still missing. What cannot be found out or done is told, and the rest is done.

mod answers;
mod files;
mod network;
mod provider;
mod report;
mod steps;
mod surroundings;
#[cfg(test)]
mod tests;
mod verdict;

use std::io::{BufRead as _, IsTerminal as _};
use std::path::Path;

use postamt_doctor::checks;
use rustix::process::geteuid;

use crate::cli;
use crate::commands::{doctor, port25_check, wait};
use crate::config;
use crate::terminal::{Exit, Stop, Terminal, warn};

use answers::{Answers, Desk};
use files::Done;
use surroundings::Surroundings;

/// Where this installation's files go.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The configuration.
    pub config: &'a Path,
    /// The systemd unit; `None` writes none.
    pub unit: Option<&'a Path>,
    /// Whether this process may make users and give files away.
    pub root: bool,
}

/// Does it.
///
/// # Errors
/// An answer is missing or makes no sense, the configuration that is there has faults, or it cannot be written. All
/// else is told and passed over.
pub fn run(options: &cli::Setup, path: &Path, terminal: Terminal) -> Result<(), Stop> {
    let old = existing(path, terminal)?;
    let seen = surroundings::look(options, old.as_ref())?;
    let network = look_out(options, old.as_ref(), terminal)?;
    let landlord = provider::look(options, &seen, old.as_ref(), terminal)?;
    if !terminal.json {
        report::surroundings(&seen, &network, terminal);
        landlord.told.iter().for_each(|line| warn(line));
    }
    let answers = collect(options, &seen, old.as_ref(), terminal)?;
    let unit = (!options.no_unit && surroundings::has_systemd()).then_some(options.unit.as_path());
    let place = Place { config: path, unit, root: geteuid().is_root() };
    let mut done = Done::default();
    files::configuration(&answers, place, &mut done, terminal)?;
    let config = crate::commands::config::load(path, terminal)?;
    files::unit(&config, place, &mut done, terminal);
    files::relay(&answers, path, &config, &mut done, terminal);
    let config = crate::commands::config::load(path, terminal)?;
    // Before this process becomes the server's user, who may write less.
    let records = files::records(options.records_file.as_deref(), &mut done, terminal);
    files::keys(&config, &mut done, terminal);
    files::account(&answers, &config, options, &mut done, terminal);
    let told = report::wanted(&seen, &config, terminal)?;
    if let Some((file, path)) = records {
        files::fill(file, path, &told, &mut done, terminal);
    }
    let doctor = if options.no_doctor { None } else { verdict(&config, &mut done, terminal) };
    let report = report::Report {
        seen: &seen,
        network: &network,
        landlord: &landlord,
        answers: &answers,
        config: &config,
        done: &done,
        path,
        told,
        doctor,
    };
    report::end(&report, terminal)
}

/// What the network lets through, while a person reads that this takes a moment.
fn look_out(
    options: &cli::Setup,
    old: Option<&config::Config>,
    terminal: Terminal,
) -> Result<network::Network, Stop> {
    if !terminal.json {
        terminal.note("setup-looks-out", &[]);
    }
    let wish = port25_check::Wish { sources: &[], family: None, targets: None };
    let probe = match options.no_probe {
        true => None,
        false => Some(port25_check::settings(&wish, old, terminal)?),
    };
    let servers = surroundings::dns_servers(options, old);
    Ok(wait(network::look(&servers, probe.as_ref(), terminal.words))?)
}

/// What the doctor says; that it could not say it is told, and no more.
fn verdict(config: &config::Config, done: &mut Done, terminal: Terminal) -> Option<checks::Report> {
    match doctor::verdict(config, terminal) {
        Ok(Some(report)) => return Some(report),
        Ok(None) => done.failures.push(terminal.sentence("setup-doctor-slow", &[])),
        Err(stop) => done.failures.push(stop.text),
    }
    None
}

/// The configuration that is there, which a further run goes on from.
fn existing(path: &Path, terminal: Terminal) -> Result<Option<config::Config>, Stop> {
    if !path.exists() {
        return Ok(None);
    }
    match config::load(path) {
        Ok(config) => Ok(Some(config)),
        Err(problems) => Err(Stop { exit: Exit::Configuration, text: problems.text(terminal.words) }),
    }
}

fn collect(
    options: &cli::Setup,
    seen: &Surroundings,
    old: Option<&config::Config>,
    terminal: Terminal,
) -> Result<Answers, Stop> {
    let asks = !options.non_interactive && !terminal.json && std::io::stdin().is_terminal();
    let mut lines = std::io::stdin().lock().lines();
    let read = move || lines.next().and_then(Result::ok);
    let mut desk = Desk { asks, terminal, read: Box::new(read), say: Box::new(crate::terminal::warn) };
    answers::collect(options, seen, old, &mut desk)
}
