//! `postamt port25 check`: the probe, with its progress on the way, then the report. Nothing is sent.

use std::io::IsTerminal as _;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use postamt_doctor::port25::outcome::Family;
use postamt_doctor::port25::probe::ProbeSource;
use postamt_doctor::port25::{Eyes, Kind, ProbeSettings, Progress, Report, check, text};
use postamt_net::clock::SystemClock;
use postamt_net::dns::{HickoryResolver, ResolverSettings};
use postamt_net::tls::TlsContext;
use serde::Serialize;
use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::{provider, wait};
use crate::cli;
use crate::config::{self, Config};
use crate::control::client::Client;
use crate::control::protocol::Request;
use crate::identity;
use crate::terminal::{Exit, Stop, Terminal, warn};

/// What the command line says.
#[derive(Debug)]
pub struct Wish<'a> {
    /// Source addresses; none: those of the configuration.
    pub sources: &'a [IpAddr],
    /// `4` or `6`; none: those of the configuration.
    pub family: Option<&'a str>,
    /// A list of targets.
    pub targets: Option<&'a Path>,
}

/// Probes and tells.
///
/// # Errors
/// The list of targets cannot be used, there is no name server to ask, or port 25 is open on no path.
pub fn run(
    wish: &Wish<'_>,
    provider: &cli::ProviderWish,
    config: Option<&Config>,
    terminal: Terminal,
) -> Result<(), Stop> {
    let report = look(wish, config, terminal)?;
    let found = match report.paths.iter().any(|path| is_somebodys(path.verdict.kind)) {
        true => Some(provider::find(provider, config, terminal)?),
        false => None,
    };
    if terminal.json {
        let provider = found.as_ref().map(|found| found.shown(terminal.words));
        terminal.data(&Shown { report: &report, provider })?;
    } else {
        terminal.print(text::report(&report, terminal.words).trim_end());
        if let Some(found) = found {
            terminal.print(&format!("\n{}", found.text(terminal.words)));
        }
    }
    if let Some(config) = config
        && wish.targets.is_none()
    {
        tell_server(&report, config, terminal);
    }
    if report.is_open_somewhere() { Ok(()) } else { Err(Stop::silent(Exit::Failed)) }
}

/// Probes.
///
/// # Errors
/// The list of targets cannot be used, or there is no name server to ask.
pub fn look(wish: &Wish<'_>, config: Option<&Config>, terminal: Terminal) -> Result<Report, Stop> {
    let settings = settings(wish, config, terminal)?;
    let tls = TlsContext::system();
    wait(async {
        let eyes =
            Eyes { resolver: Arc::new(resolver(config, terminal)?), tls, clock: Arc::new(SystemClock) };
        Ok::<_, Stop>(probe(&eyes, &settings, terminal).await)
    })?
}

/// The report as `--json` shows it.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    report: &'a Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<provider::Shown<'a>>,
}

/// Whether the provider can do something about it.
const fn is_somebodys(kind: Kind) -> bool {
    matches!(kind, Kind::Dropped | Kind::Refused | Kind::Prohibited | Kind::Intercepted | Kind::Throttled)
}

/// The running server acts on what was found, as on a probe of its own. It does not count what some other list of
/// targets says.
fn tell_server(report: &Report, config: &Config, terminal: Terminal) {
    let Ok(probes) = report.facts(terminal.words) else { return };
    let client = Client::new(config.control_socket(), terminal);
    match client.ask::<usize>(&Request::Probed { probes }) {
        Ok(0) | Err(Stop { exit: Exit::NotRunning, .. }) => {}
        Ok(_) => terminal.note("path-told-server", &[]),
        Err(stop) => terminal.note("path-not-told-server", &[("error", stop.text.into())]),
    }
}

/// What a probe of this host asks.
///
/// # Errors
/// The list of targets cannot be used.
pub fn settings(wish: &Wish<'_>, config: Option<&Config>, terminal: Terminal) -> Result<ProbeSettings, Stop> {
    let configured = config.and_then(|config| config.port25.targets.as_deref());
    let list = crate::serve::target_list(wish.targets.or(configured), terminal)?;
    let outgoing = config.map(config::settings::outgoing);
    let hostname = match config {
        Some(config) => config.server.hostname.to_string(),
        None => identity::nodename(),
    };
    let mut settings = ProbeSettings::new(list, hostname);
    if let Some(outgoing) = outgoing {
        settings.ports.exchange = outgoing.port;
        settings.families.retain(|family| match family {
            Family::Ipv4 => outgoing.ipv4,
            Family::Ipv6 => outgoing.ipv6,
        });
        let source = |source: postamt_mta::settings::Source| ProbeSource {
            address: source.address,
            ehlo_name: Some(source.ehlo_name.to_string()),
        };
        settings.sources = outgoing.sources.into_iter().map(source).collect();
    }
    match wish.family {
        Some("4") => settings.families = vec![Family::Ipv4],
        Some("6") => settings.families = vec![Family::Ipv6],
        _ => {}
    }
    if !wish.sources.is_empty() {
        // One of the configuration keeps its name.
        let named = |address: &IpAddr| {
            let known = settings.sources.iter().find(|source| source.address == *address);
            known.cloned().unwrap_or_else(|| ProbeSource::from(*address))
        };
        settings.sources = wish.sources.iter().map(named).collect();
        if wish.family.is_none() {
            settings.families.retain(|family| wish.sources.iter().any(|it| Family::of(*it) == *family));
        }
    }
    Ok(settings)
}

/// The server's name servers, or those of the system.
///
/// # Errors
/// There is none to ask.
pub fn resolver(config: Option<&Config>, terminal: Terminal) -> Result<HickoryResolver, Stop> {
    match config {
        Some(config) => crate::serve::resolver(config, terminal),
        None => Ok(HickoryResolver::new(&ResolverSettings::default()).map_err(anyhow::Error::from)?),
    }
}

/// Probes; where a person watches, with every target as it is seen.
async fn probe(eyes: &Eyes, settings: &ProbeSettings, terminal: Terminal) -> Report {
    if terminal.json || !std::io::stderr().is_terminal() {
        return check(eyes, settings, None).await;
    }
    let (teller, listener) = mpsc::unbounded_channel();
    let (report, ()) = tokio::join!(check(eyes, settings, Some(teller)), watch(listener, terminal));
    report
}

async fn watch(mut progress: UnboundedReceiver<Progress>, terminal: Terminal) {
    let words = terminal.words;
    while let Some(progress) = progress.recv().await {
        match progress {
            Progress::Resolved { targets } => {
                terminal.note("port25-progress-resolved", &[("count", targets.into())]);
            }
            Progress::Seen { observation, .. } => warn(&format!("  {}", text::seen(&observation, words))),
            Progress::Judged { path, verdict } => {
                warn(&format!("{}: {}", text::heading(&path, words), text::verdict(verdict.kind, words)));
            }
            Progress::Searching { path } => {
                let path = text::heading(&path, words);
                terminal.note("port25-progress-searching", &[("path", path.into())]);
            }
        }
    }
}
