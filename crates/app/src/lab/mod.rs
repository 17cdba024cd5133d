//! `postamt lab`: the production server in a miniature Internet, on one machine, without root, domain or network.
//!
//! ```text
//! namespace ─▶ world (DNS, receivers) ─▶ stage (files, keys, account) ─▶ serve::Server ─▶ script ─▶ view, verdict
//! ```
//!
//! [`blocked`] does the same behind an Internet provider that blocks port 25, [`request`] asks that provider to open it,
//! and [`isp`] tells it from another terminal what to do.
//!
//! The namespace is entered before any thread exists. Everything behind it is the same code that `postamt serve`
//! runs, told by a configuration file like any other; only who receives is played.

mod blocked;
mod commands;
mod isp;
mod letters;
mod request;
mod script;
mod seen;
mod stage;
mod story;
mod view;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use postamt_lab::namespace::{self, Namespace, NamespaceError};
use postamt_lab::scenario::{Report, Scenario};
use postamt_lab::world::{Place, World, WorldSettings, namespace_addresses};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use crate::cli;
use crate::serve::{self, Probed, Server, Stores};
use crate::terminal::{Exit, Stop, Terminal};
use stage::{Further, Sink, Stage};
use view::View;

/// How long outcomes are waited for: the black hole's message lives 12 seconds.
const PATIENCE: Duration = Duration::from_secs(25);

/// Runs the lab.
///
/// # Errors
/// The system forbids namespaces, something does not start, or with `--once` an outcome is not the expected one.
pub fn run(options: cli::Lab, terminal: Terminal) -> Result<ExitCode, Stop> {
    if let Some(cli::LabCommand::Isp { socket, words }) = &options.command {
        return isp::run(socket.as_deref(), words, terminal);
    }
    let addresses = match options.scenario {
        cli::Rehearsal::Mail => namespace_addresses(),
        // The provider brings the line, and the addresses with it.
        cli::Rehearsal::Blocked | cli::Rehearsal::Request => Vec::new(),
    };
    let namespace = namespace::enter(&addresses).map_err(|error| forbidden(&error, terminal))?;
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let stage = Stage::new(options.directory.as_deref(), terminal)?;
    let as_expected = serve::runtime()?.block_on(async {
        match options.scenario {
            cli::Rehearsal::Mail => rehearse(&stage, &namespace, options.once, terminal).await,
            cli::Rehearsal::Blocked | cli::Rehearsal::Request => {
                blocked::rehearse(&stage, &namespace, &options, terminal).await
            }
        }
    })?;
    Ok(if as_expected { ExitCode::SUCCESS } else { ExitCode::from(Exit::Failed as u8) })
}

fn forbidden(error: &NamespaceError, terminal: Terminal) -> Stop {
    let mut text = error.to_string();
    if let Some(source) = std::error::Error::source(error) {
        text = format!("{text}: {source}");
    }
    let id = match error {
        NamespaceError::Forbidden { .. } => "lab-forbidden",
        _ => "lab-namespace-failed",
    };
    terminal.stop(id, &[("error", text.into())])
}

async fn rehearse(
    stage: &Stage,
    namespace: &Namespace,
    once: bool,
    terminal: Terminal,
) -> Result<bool, Stop> {
    let world = World::build(WorldSettings::rehearsal(Place::Namespace)).await.map_err(broken)?;
    let parameters = world.parameters().map_err(broken)?;
    let config = stage.prepare(&world, &parameters, &Further::quiet()).await?;
    let (events, incoming) = mpsc::unbounded_channel();
    let server = start(stage, &config, events, None, terminal).await?;
    let mut view = View::new(incoming, world.receipts().stream(), terminal);
    view.opening(&world, stage);
    let scenario = Scenario::rehearsal().map_err(broken)?;
    let report = play(&scenario, &world, stage, &parameters, &mut view).await;
    view.closing(&scenario, &report)?;
    if !once {
        stay(stage, namespace, &mut view, terminal).await?;
    }
    server.stop().await;
    Ok(!once || report.is_as_expected())
}

/// Starts the server by its configuration file, as `serve` does; `probed` is whom it asks about port 25.
async fn start(
    stage: &Stage,
    config: &crate::config::Config,
    events: mpsc::UnboundedSender<postamt_mta::events::Event>,
    probed: Option<Probed>,
    terminal: Terminal,
) -> Result<Server, Stop> {
    serve::directories::make(config, terminal)?;
    serve::directories::make_runtime(config, terminal)?;
    let settings = crate::config::settings::make(config)
        .map_err(|problems| Stop { exit: Exit::Configuration, text: problems.text(terminal.words) })?;
    let opened = config.clone();
    let stores = tokio::task::spawn_blocking(move || Stores::open(&opened, terminal));
    let mut stores = stores.await.map_err(anyhow::Error::from)??;
    if let Some(probed) = probed {
        stores = stores.probing(probed);
    }
    let sink = Arc::new(Sink::new(stage.log()?, events));
    Server::start(config, settings, stores, sink, terminal).await
}

/// Submits the messages and shows what happens until every outcome is known.
async fn play(
    scenario: &Scenario,
    world: &World,
    stage: &Stage,
    parameters: &postamt_lab::world::Parameters,
    view: &mut View,
) -> Report {
    let submitting = script::submit(&scenario.messages, world, stage, parameters);
    let finished = async {
        let submitted = submitting.await;
        (submitted, scenario.finish(world.receipts(), PATIENCE).await)
    };
    tokio::pin!(finished);
    let (submitted, report) = loop {
        tokio::select! {
            outcome = &mut finished => break outcome,
            _ = view.next() => {}
        }
    };
    view.rest();
    for problem in submitted {
        view.not_submitted(&problem);
    }
    report
}

async fn stay(stage: &Stage, namespace: &Namespace, view: &mut View, terminal: Terminal) -> Result<(), Stop> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(anyhow::Error::from)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(anyhow::Error::from)?;
    stage.explain(namespace, terminal);
    loop {
        tokio::select! {
            _ = interrupt.recv() => return Ok(()),
            _ = terminate.recv() => return Ok(()),
            _ = view.next() => {}
        }
    }
}

/// A fault in the lab's own machinery.
fn broken(error: impl std::error::Error + Send + Sync + 'static) -> Stop {
    Stop::from(anyhow::Error::from(error))
}
