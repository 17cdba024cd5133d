//! `postamt serve`: from nothing to a running server, and back without losing anything.
//!
//! ```text
//! configuration ─▶ directories ─▶ the server's user, its sandbox ─▶ stores ─▶ runtime ─▶ pipeline, control socket ─▶ signals
//!      (as root, if it is)        │ (as the server)
//! ```
//!
//! SIGTERM and SIGINT stop it: open transactions are finished, everything noted is made durable. SIGHUP reads
//! configuration, certificate and keys again and opens the log anew. systemd is told of all three.

mod acme;
mod activation;
mod cases;
pub mod directories;
mod fail2ban;
mod gateways;
mod keys;
mod line;
pub mod log;
mod monitor;
mod probed;
pub mod releases;
pub mod sandbox;
mod schedule;
mod server;
mod web;

use std::path::Path;
use std::sync::Arc;

use postamt_mta::settings::Settings;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::config::{self, Config, Problems};
use crate::firewall::Firewall;
use crate::privileges;
use crate::terminal::{Exit, Stop, Terminal};
pub use acme::{NotBegun, Renewals, Renewed};
use log::EventLog;
use probed::Current;
pub use probed::{Probed, probe_of, target_list};
use sandbox::Protections;
pub use server::{Server, Stores, resolver, validating_resolver, verifier};

/// Runs the server until a signal ends it.
///
/// # Errors
/// It cannot start, and why.
pub fn main(path: &Path, terminal: Terminal) -> Result<(), Stop> {
    // First, while descriptors from 3 on can only be theirs.
    let passed = activation::passed()
        .map_err(|error| terminal.stop("serve-socket-broken", &[("error", error.to_string().into())]))?;
    let config = crate::commands::config::load(path, terminal)?;
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    raise_descriptor_limit();
    directories::make(&config, terminal)?;
    directories::make_runtime(&config, terminal)?;
    let log = open_log(&config, terminal)?;
    let firewall = Firewall::start(&config, terminal)?;
    privileges::become_server(&config, terminal)?;
    let protections = sandbox::apply(&config);
    sandbox::write_down(&protections, &config);
    // From here on with the server's rights, and with threads.
    let log = log.start().map_err(anyhow::Error::from)?;
    let settings = config::settings::make(&config)
        .map_err(|problems| Stop { exit: Exit::Configuration, text: problems.text(terminal.words) })?;
    let sockets = activation::assign(passed, &config, &settings.listeners, terminal)?;
    let stores = Stores::open(&config, terminal)?;
    let ended = runtime()?.block_on(async {
        // A signal that comes during the start must wait for its end.
        let mut signals = Signals::new().map_err(anyhow::Error::from)?;
        let events = Arc::new(log.clone());
        let server = Server::start_on(&config, settings, stores, events, sockets, terminal).await?;
        sandbox::announce(&protections, terminal);
        server.announce(&config, terminal);
        let stop = CancellationToken::new();
        let firewall = firewall.map(|firewall| {
            tokio::spawn(firewall.watch(server.running().clone(), Arc::new(log.clone()), stop.clone()))
        });
        until_stopped(&mut signals, path, (&server, &protections), &log, terminal).await;
        stop.cancel();
        server.stop().await;
        if let Some(firewall) = firewall {
            // It panicked, which its thread has said on stderr.
            let _ = firewall.await;
        }
        Ok(())
    });
    log.close();
    if ended.is_ok() {
        terminal.note("serve-stopped", &[]);
    }
    ended
}

/// One worker thread per core: the pipeline's own threads (spool, signing, log) mostly wait.
///
/// # Errors
/// Of the system.
pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// As many descriptors as this process may have: the soft limit of 1,024 is for programs that call select(2), and
/// each session and each outgoing connection takes one.
fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    // What cannot be raised is what there is.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
}

fn open_log(config: &Config, terminal: Terminal) -> Result<log::Opened, Stop> {
    let file = config.log.file.as_deref();
    let failed = |file: &Path, error: &std::io::Error| {
        let path = file.display().to_string();
        terminal.stop("serve-log", &[("path", path.into()), ("error", error.to_string().into())])
    };
    let mut opened = log::Opened::new(config.log.format, file)
        .map_err(|error| failed(file.unwrap_or(Path::new("stderr")), &error))?;
    let for_fail2ban = config.guard.fail2ban_log.as_deref();
    if let Some(file) = for_fail2ban {
        opened = opened.with_fail2ban(file).map_err(|error| failed(file, &error))?;
    }
    for file in [file, for_fail2ban].into_iter().flatten() {
        privileges::give(file, config, terminal)?;
    }
    Ok(opened)
}

async fn until_stopped(
    signals: &mut Signals,
    path: &Path,
    (server, protections): (&Server, &Protections),
    log: &EventLog,
    terminal: Terminal,
) {
    notify(&[NotifyState::Ready]);
    loop {
        tokio::select! {
            _ = signals.terminate.recv() => break,
            _ = signals.interrupt.recv() => break,
            _ = signals.hangup.recv() => {
                // systemd wants the time of the signal with it (sd_notify(3), RELOADING=1).
                match NotifyState::monotonic_usec_now() {
                    Ok(now) => notify(&[NotifyState::Reloading, now]),
                    Err(_) => notify(&[NotifyState::Reloading]),
                }
                log.reopen();
                reload(path, server, protections, terminal).await;
                notify(&[NotifyState::Ready]);
            }
        }
    }
    notify(&[NotifyState::Stopping]);
    terminal.note("serve-stopping", &[]);
}

/// Reads everything again; when anything is wrong, nothing changes.
async fn reload(path: &Path, server: &Server, protections: &Protections, terminal: Terminal) {
    let path = path.to_path_buf();
    let protections = protections.clone();
    let read = tokio::task::spawn_blocking(move || {
        let (settings, current) = read_again(&path, terminal)?;
        let shut = sandbox::shut_places(&protections, &current.config);
        Ok((settings, current, shut))
    });
    let failed = |error: String| terminal.note("serve-reload-failed", &[("error", error.into())]);
    match read.await {
        Ok(Ok((settings, current, shut))) => {
            server.reload(settings, current).await;
            terminal.note("serve-reloaded", &[]);
            if !shut.is_empty() {
                let places: Vec<String> = shut.iter().map(|place| place.display().to_string()).collect();
                terminal.note("serve-places-shut", &[("places", places.join(", ").into())]);
            }
        }
        Ok(Err(error)) => failed(error),
        // The reader panicked, which its thread has said on stderr.
        Err(_) => failed(String::new()),
    }
}

/// The pipeline's settings and what the watches go by, or what is wrong with them.
fn read_again(path: &Path, terminal: Terminal) -> Result<(Settings, Current), String> {
    let said = |problems: Problems| problems.text(terminal.words);
    let config = config::load(path).map_err(said)?;
    let settings = config::settings::make(&config).map_err(said)?;
    let targets = target_list(config.port25.targets.as_deref(), terminal).map_err(|stop| stop.text)?;
    Ok((settings, Current { config, targets }))
}

/// Without systemd there is nobody to tell.
fn notify(states: &[NotifyState<'_>]) {
    let _ = sd_notify::notify(states);
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }
}
