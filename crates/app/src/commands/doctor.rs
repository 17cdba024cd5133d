//! `postamt doctor [DOMAIN]`: runs the checks and tells what they found. Exit code 0: fine, 1: something is to be
//! mended, 2: it could not run.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use postamt_doctor::blocklists;
use postamt_doctor::checks::{self, Context, Machine, Report, Subject, html, machine, text};
use postamt_doctor::port25::host;
use postamt_doctor::unblock::rdap::Registries;
use postamt_mail::address::Domain;
use postamt_mail::words::Words;
use postamt_net::clock::SystemClock;
use postamt_net::dial::{Dialer, PublicDialer, SystemDialer};
use postamt_net::dns::{AdaptiveResolver, Resolver, ResolverSettings};
use postamt_net::documents::WebDocuments;
use postamt_net::time_server::SntpServers;
use postamt_net::tls::TlsContext;
use postamt_store::embedded::{SqliteFacts, SqliteHistory, SqliteReports};
use postamt_store::facts::Facts;
use postamt_store::history::History;
use postamt_store::reports::Reports;

use super::{doctor_message, doctor_subject, provider, send_test, wait};
use crate::cli::{self, DoctorCommand};
use crate::config::Config;
use crate::terminal::{Stop, Terminal, warn};

const COULD_NOT_RUN: u8 = 2;
/// Whom the clock is compared with.
const TIME_SERVERS: [&str; 3] = ["ptbtime1.ptb.de", "time.cloudflare.com", "pool.ntp.org"];
const TIME_LIMIT: Duration = Duration::from_secs(3);
/// How long the verdict at the end of a setup may take.
const VERDICT_LIMIT: Duration = Duration::from_secs(60);
const DNS_LIMIT: Duration = Duration::from_secs(3);

/// Runs and tells.
pub fn run(options: &cli::Doctor, path: &Path, terminal: Terminal) -> ExitCode {
    let examined = match &options.command {
        None => examine(options, path, terminal),
        Some(DoctorCommand::Message(message)) => doctor_message::examine(message, path, terminal),
        Some(DoctorCommand::SendTest(test)) => send_test::examine(test, path, terminal),
    };
    match examined {
        Ok(report) if report.has_bad() => ExitCode::from(1),
        Ok(_) => ExitCode::SUCCESS,
        Err(stop) => {
            warn(&stop.text);
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

fn examine(options: &cli::Doctor, path: &Path, terminal: Terminal) -> Result<Report, Stop> {
    known(&options.only, terminal)?;
    let config = super::config::load_if_there(path, terminal)?;
    let subject = match &options.domain {
        Some(text) => {
            let nonsense = |_| terminal.stop("doctor-not-a-domain", &[("text", text.into())]);
            Subject::Domain(Domain::new(text).map_err(nonsense)?)
        }
        None => Subject::Host(Box::new(doctor_subject::host(config.as_ref())?)),
    };
    let machine = look(&subject);
    let selectors = options.selector.clone();
    let report = wait(examined(subject, machine, config.as_ref(), selectors, &options.only, terminal))??;
    tell(&report, options.html.as_deref(), terminal)?;
    Ok(report)
}

/// The verdict on a host that has just been set up; port 25 has been asked about before. `None` when it takes too long.
///
/// # Errors
/// It could not run.
pub fn verdict(config: &Config, terminal: Terminal) -> Result<Option<Report>, Stop> {
    let subject = Subject::Host(Box::new(doctor_subject::host(Some(config))?));
    let machine = look(&subject);
    let only = checks::ALL.iter().map(|check| check.id).filter(|id| *id != "port25");
    let only: Vec<String> = only.map(str::to_owned).collect();
    wait(async {
        let report = examined(subject, machine, Some(config), Vec::new(), &only, terminal);
        tokio::time::timeout(VERDICT_LIMIT, report).await.ok().transpose()
    })?
}

/// What these checks find on this host, without telling it.
///
/// # Errors
/// It could not run.
pub(super) fn findings(config: Option<&Config>, only: &[&str], terminal: Terminal) -> Result<Report, Stop> {
    let subject = Subject::Host(Box::new(doctor_subject::host(config)?));
    let machine = look(&subject);
    let only: Vec<String> = only.iter().map(|name| (*name).to_owned()).collect();
    wait(examined(subject, machine, config, Vec::new(), &only, terminal))?
}

async fn examined(
    subject: Subject,
    machine: Machine,
    config: Option<&Config>,
    selectors: Vec<String>,
    only: &[String],
    terminal: Terminal,
) -> Result<Report, Stop> {
    let context = context(subject, machine, config, selectors, terminal).await?;
    Ok(checks::run(Arc::new(context), checks::ALL, only).await)
}

fn known(only: &[String], terminal: Terminal) -> Result<(), Stop> {
    let Some(stranger) = only.iter().find(|name| checks::ALL.iter().all(|check| check.id != **name)) else {
        return Ok(());
    };
    let ids: Vec<&str> = checks::ALL.iter().map(|check| check.id).collect();
    let values = [("check", stranger.into()), ("checks", ids.join(", ").into())];
    Err(terminal.stop("doctor-unknown-check", &values))
}

/// Reads files: before anything is asynchronous.
fn look(subject: &Subject) -> Machine {
    let root = Path::new("/");
    match subject {
        Subject::Host(host) => machine::read(&machine::Questions {
            root,
            state_directory: Some(&host.state_directory),
            secrets: &host.secrets,
            certificate: host.certificate.as_ref().map(|file| file.chain.as_path()),
        }),
        Subject::Domain(_) => machine::read(&machine::Questions {
            root,
            state_directory: None,
            secrets: &[],
            certificate: None,
        }),
    }
}

async fn context(
    subject: Subject,
    mut machine: Machine,
    config: Option<&Config>,
    selectors: Vec<String>,
    terminal: Terminal,
) -> Result<Context, Stop> {
    if let Subject::Host(_) = &subject {
        machine.protections = config.and_then(crate::serve::sandbox::written_down);
        machine.rules = host::rules(Path::new("/"), 25).await;
    }
    let broken = |error| {
        let text = format!("{:#}", anyhow::Error::from(error));
        terminal.stop("doctor-blocklists-broken", &[("error", text.into())])
    };
    let resolver: Arc<dyn Resolver> = Arc::new(resolver(config)?);
    let names = TIME_SERVERS.iter().filter_map(|name| Domain::new(name).ok()).collect();
    let time = SntpServers::new(Arc::clone(&resolver), Arc::new(SystemClock), names, TIME_LIMIT);
    let tls = TlsContext::system();
    let dialer: Arc<dyn Dialer> = match &subject {
        Subject::Host(_) => Arc::new(SystemDialer),
        // Its DNS says where to: not into our own network.
        Subject::Domain(_) => Arc::new(PublicDialer(Arc::new(SystemDialer))),
    };
    let documents = WebDocuments::new(Arc::clone(&resolver), dialer.clone(), tls.clone());
    Ok(Context {
        resolver,
        documents: Arc::new(documents),
        registries: provider::services(config).bootstrap.map(Registries::new),
        dialer,
        tls,
        looks: checks::Looks::default(),
        clock: Arc::new(SystemClock),
        time_source: Some(Arc::new(time)),
        facts: config.and_then(facts),
        history: config.and_then(history),
        reports: config.and_then(reports),
        notices: match config {
            Some(config) => crate::serve::releases::source(config)?,
            None => None,
        },
        machine,
        blocklists: Arc::new(blocklists::embedded().map_err(broken)?),
        selectors,
        subject,
    })
}

/// The server's name servers, and its way to ask them: what it can validate is validated. Asked less patiently than the
/// server does, since somebody waits.
pub(super) fn resolver(config: Option<&Config>) -> anyhow::Result<AdaptiveResolver> {
    let servers = config.map(|config| config.dns.servers.clone()).filter(|servers| !servers.is_empty());
    let settings =
        ResolverSettings { servers, timeout: DNS_LIMIT, retries: 1, ..ResolverSettings::default() };
    Ok(AdaptiveResolver::new(&settings)?)
}

/// The running server's facts, where the file is there and may be read.
pub(super) fn facts(config: &Config) -> Option<Arc<dyn Facts>> {
    let file = config.facts_file();
    if !file.exists() {
        return None;
    }
    Some(Arc::new(SqliteFacts::open(file).ok()?))
}

/// What became of the mail, as far as the running server has written it down.
pub(super) fn history(config: &Config) -> Option<Arc<dyn History>> {
    let file = config.history_file();
    if !file.exists() {
        return None;
    }
    Some(Arc::new(SqliteHistory::open(file).ok()?))
}

/// What receivers have reported, as far as the running server has read it.
fn reports(config: &Config) -> Option<Arc<dyn Reports>> {
    let file = config.reports_file();
    if !file.exists() {
        return None;
    }
    Some(Arc::new(SqliteReports::open(file).ok()?))
}

/// Tells a report, and writes it as a page if that is wanted.
///
/// # Errors
/// The page cannot be written.
pub(super) fn tell(report: &Report, file: Option<&Path>, terminal: Terminal) -> Result<(), Stop> {
    tell_as(report, file, text::report, terminal)
}

/// As [`tell`], with a text of its own form.
///
/// # Errors
/// As [`tell`].
pub(super) fn tell_as(
    report: &Report,
    file: Option<&Path>,
    form: fn(&Report, &Words) -> String,
    terminal: Terminal,
) -> Result<(), Stop> {
    if let Some(file) = file {
        std::fs::write(file, html::page(report, terminal.words.language())).map_err(|error| {
            let values = [("file", file.display().to_string().into()), ("error", error.to_string().into())];
            terminal.stop("doctor-not-written", &values)
        })?;
        terminal.note("doctor-written", &[("file", file.display().to_string().into())]);
    }
    if terminal.json {
        terminal.data(&report.told(terminal.words))
    } else {
        terminal.print(form(report, terminal.words).trim_end());
        Ok(())
    }
}
