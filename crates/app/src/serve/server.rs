//! A server in this process: its stores, the pipeline, and the control socket. `serve` has one, `lab` another.

use std::sync::Arc;

use postamt_doctor::port25::Eyes;
use postamt_doctor::releases::Releases;
use postamt_mailauth::dkim::{KeyStore, SigningPool};
use postamt_mailauth::verify::Verifier;
use postamt_mta::events::{Event, EventSink};
use postamt_mta::settings::{Purpose, Settings};
use postamt_mta::{Ports, Running, StartError};
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_net::dial::{Dialer, SystemDialer};
use postamt_net::dns::authority::Authority;
use postamt_net::dns::{AdaptiveResolver, HickoryResolver, Resolver, ResolverSettings, ResolverSetupError};
use postamt_net::documents::WebDocuments;
use postamt_net::fetch::HttpsFetcher;
use postamt_net::tls::TlsContext;
use postamt_store::embedded::spool::{Recovery, SegmentSpool, SpoolSettings};
use postamt_store::embedded::{
    SqliteAccounts, SqliteBans, SqliteCases, SqliteConducts, SqliteFacts, SqliteHistory, SqliteReports,
    SqliteTransport,
};
use postamt_store::spool::Spool as _;
use tokio::net::UnixListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::acme::{Beginning, Surroundings};
use super::activation::Sockets;
use super::cases::{CaseWatch, Known};
use super::keys::{KeyWatch, schedule};
use super::monitor::Monitor;
use super::probed::{Current, Probed};
use super::releases::{self, ReleaseWatch};
use crate::config::Config;
use crate::control;
use crate::publishing::Warrant;
use crate::terminal::{Stop, Terminal, warn};

/// Everything on disk, opened. Blocking work, done before the runtime starts.
pub struct Stores {
    spool: Arc<SegmentSpool>,
    recovery: Recovery,
    accounts: Arc<SqliteAccounts>,
    history: Arc<SqliteHistory>,
    bans: Arc<SqliteBans>,
    conducts: Arc<SqliteConducts>,
    facts: Arc<SqliteFacts>,
    cases: Arc<SqliteCases>,
    transport: Arc<SqliteTransport>,
    reports: Arc<SqliteReports>,
    verifier: Verifier,
    keys: Arc<KeyStore>,
    signing: Arc<SigningPool>,
    tls: Arc<TlsContext>,
    probed: Probed,
    certificate: Beginning,
    warrant: Warrant,
}

impl Stores {
    /// Opens all of them.
    ///
    /// # Errors
    /// The first that cannot be opened, and why.
    pub fn open(config: &Config, terminal: Terminal) -> Result<Self, Stop> {
        let failed = |id: &str, path: &std::path::Path, error: anyhow::Error| {
            let path = path.display().to_string();
            terminal.stop(id, &[("path", path.into()), ("error", format!("{error:#}").into())])
        };
        let directory = config.spool_directory();
        let now = Arc::new(|| SystemClock.since_epoch());
        let (spool, recovery) = SegmentSpool::open(SpoolSettings::new(&directory, now))
            .map_err(|error| failed("serve-store", &directory, error.into()))?;
        let file = config.accounts_file();
        let accounts =
            SqliteAccounts::open(&file).map_err(|error| failed("serve-store", &file, error.into()))?;
        let file = config.history_file();
        let history =
            SqliteHistory::open(&file).map_err(|error| failed("serve-store", &file, error.into()))?;
        let file = config.bans_file();
        let bans = SqliteBans::open(&file).map_err(|error| failed("serve-store", &file, error.into()))?;
        let file = config.conduct_file();
        let conducts =
            SqliteConducts::open(&file).map_err(|error| failed("serve-store", &file, error.into()))?;
        let file = config.facts_file();
        let facts = SqliteFacts::open(&file).map_err(|error| failed("serve-store", &file, error.into()))?;
        let file = config.cases_file();
        let cases = SqliteCases::open(&file).map_err(|error| failed("serve-store", &file, error.into()))?;
        let file = config.transport_file();
        let transport =
            SqliteTransport::open(&file).map_err(|error| failed("serve-store", &file, error.into()))?;
        let file = config.reports_file();
        let reports =
            SqliteReports::open(&file).map_err(|error| failed("serve-store", &file, error.into()))?;
        let directory = config.dkim_directory();
        let keys =
            KeyStore::open(&directory).map_err(|error| failed("serve-dkim", &directory, error.into()))?;
        let tls = TlsContext::system();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            spool: Arc::new(spool),
            recovery,
            accounts: Arc::new(accounts),
            history: Arc::new(history),
            bans: Arc::new(bans),
            conducts: Arc::new(conducts),
            facts: Arc::new(facts),
            cases: Arc::new(cases),
            transport: Arc::new(transport),
            reports: Arc::new(reports),
            verifier: verifier(config, terminal)?,
            keys: Arc::new(keys),
            signing: Arc::new(SigningPool::new(threads).map_err(anyhow::Error::from)?),
            probed: Probed::configured(config, tls.clone(), terminal)?,
            tls: Arc::new(tls),
            certificate: Beginning::read(config),
            warrant: Warrant::read(config, terminal)?,
        })
    }

    /// The pipeline's ports: these stores, and the ways outside.
    fn ports(
        &self,
        resolver: Arc<dyn Resolver>,
        dialer: Arc<dyn Dialer>,
        events: Arc<dyn EventSink>,
    ) -> Ports {
        Ports {
            fetcher: Arc::new(HttpsFetcher::new(resolver.clone(), dialer.clone(), self.tls.clone())),
            resolver,
            dialer,
            clock: Arc::new(SystemClock),
            tls: self.tls.clone(),
            spool: self.spool.clone(),
            accounts: self.accounts.clone(),
            history: self.history.clone(),
            bans: self.bans.clone(),
            conducts: self.conducts.clone(),
            facts: self.facts.clone(),
            transport: self.transport.clone(),
            reports: self.reports.clone(),
            verifier: self.verifier.clone(),
            keys: self.keys.clone(),
            signing: self.signing.clone(),
            events,
        }
    }

    /// Probes these instead of the well-known services of the Internet.
    #[must_use]
    pub fn probing(self, probed: Probed) -> Self {
        Self { probed, ..self }
    }
}

/// A server that runs.
pub struct Server {
    running: Running,
    spool: Arc<SegmentSpool>,
    keys: Arc<KeyStore>,
    facts: Arc<SqliteFacts>,
    events: Arc<dyn EventSink>,
    /// What the reconcilers go by.
    current: watch::Sender<Arc<Current>>,
    /// The control socket and the reconcilers.
    tasks: JoinSet<()>,
    web: CancellationToken,
    control_socket: std::path::PathBuf,
}

impl Server {
    /// Starts the pipeline and opens the control socket.
    ///
    /// # Errors
    /// A port or socket that cannot be opened, a certificate that cannot be used.
    pub async fn start(
        config: &Config,
        settings: Settings,
        stores: Stores,
        events: Arc<dyn EventSink>,
        terminal: Terminal,
    ) -> Result<Self, Stop> {
        Self::start_on(config, settings, stores, events, Sockets::default(), terminal).await
    }

    /// The same, on sockets that are open already.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_on(
        config: &Config,
        settings: Settings,
        stores: Stores,
        events: Arc<dyn EventSink>,
        sockets: Sockets,
        terminal: Terminal,
    ) -> Result<Self, Stop> {
        let Sockets { mail, https, http } = sockets;
        let control_socket = config.control_socket();
        let listener = control::server::bind(&control_socket)
            .map_err(|error| control_failed(&control_socket, &error, terminal))?;
        let resolver: Arc<dyn Resolver> = Arc::new(validating_resolver(config, terminal)?);
        let dialer: Arc<dyn Dialer> = Arc::new(SystemDialer);
        let ports = stores.ports(resolver.clone(), dialer.clone(), events.clone());
        let Stores {
            spool,
            mut recovery,
            history,
            facts,
            cases,
            keys,
            tls,
            probed,
            certificate,
            warrant,
            ..
        } = stores;
        let running = postamt_mta::start_on(settings, ports, recovery.by_ref(), mail)
            .await
            .map_err(|error| not_started(error, terminal))?;
        for problem in recovery.problems() {
            events.event(Event::Warning { what: problem.to_string() });
        }
        let web = CancellationToken::new();
        let site = super::web::open(config, (https, http), &running, &events, &web, terminal).await?;
        let authority = Authority::new(self::resolver(config, terminal)?);
        let publisher = warrant.publisher(&authority);
        let pipeline = running.clone();
        let around =
            Surroundings { resolver, dialer, tls, authority, publisher, running: pipeline, site, events };
        let remembered =
            Remembered { facts: facts.clone(), cases, history, keys: keys.clone(), probed, certificate };
        let events = around.events.clone();
        let releases = release_watch(config, &around, facts.clone())?;
        let (current, mut tasks) = spawn(config, around, remembered, listener, terminal)?;
        if let Some(watch) = releases {
            tasks.spawn(watch.run());
        }
        Ok(Self { running, spool, keys, facts, events, current, tasks, web, control_socket })
    }

    /// Says on stderr that it is ready, and what an operator should know.
    pub fn announce(&self, config: &Config, terminal: Terminal) {
        let word = |purpose| match purpose {
            Purpose::Exchange => "exchange",
            Purpose::Submission => "submission",
            Purpose::Submissions => "submissions",
        };
        let listeners: Vec<String> = self
            .running
            .addresses()
            .into_iter()
            .map(|(purpose, address)| format!("{address} ({})", word(purpose)))
            .collect();
        let waiting = usize::try_from(self.spool.figures().messages).unwrap_or(usize::MAX);
        let values = [
            ("hostname", config.server.hostname.as_str().into()),
            ("listeners", listeners.join(", ").into()),
            ("waiting", waiting.into()),
        ];
        terminal.note("serve-ready", &values);
        super::gateways::warn(config, terminal);
        if self.running.has_self_signed_certificate() {
            let file = crate::config::settings::certificate_file(config).display().to_string();
            match &config.tls.acme {
                Some(directory) => {
                    terminal.note("serve-acme-pending", &[("directory", directory.url().into())]);
                }
                None => terminal.note("serve-self-signed", &[("path", file.into())]),
            }
        }
        if self.keys.is_empty() {
            let domain = config.server.domains.first().map_or("", |domain| domain.as_str());
            terminal.note("serve-no-keys", &[("domain", domain.into())]);
        }
    }

    /// The pipeline.
    #[must_use]
    pub fn running(&self) -> &Running {
        &self.running
    }

    /// What is known of the ways out; a probe that is saved here is seen at once.
    #[must_use]
    pub fn facts(&self) -> &SqliteFacts {
        &self.facts
    }

    /// New settings: everything but the ports.
    pub async fn reload(&self, settings: Settings, current: Current) {
        self.running.reload(settings).await;
        self.current.send_replace(Arc::new(current));
    }

    /// Stops: what is open is finished, what waits is safe on disk.
    pub async fn stop(mut self) {
        self.running.shutdown().await;
        self.tasks.abort_all();
        self.web.cancel();
        // A socket that is left behind is replaced at the next start.
        let _ = std::fs::remove_file(&self.control_socket);
        if let Err(error) = self.spool.close().await {
            self.events.event(Event::Spool { problem: error.to_string() });
        }
    }
}

/// What the reconcilers read and write down.
struct Remembered {
    facts: Arc<SqliteFacts>,
    cases: Arc<SqliteCases>,
    history: Arc<SqliteHistory>,
    keys: Arc<KeyStore>,
    probed: Probed,
    certificate: Beginning,
}

/// Lets the control socket and the reconcilers run, each as a task of its own.
fn spawn(
    config: &Config,
    around: Surroundings,
    remembered: Remembered,
    listener: UnixListener,
    terminal: Terminal,
) -> Result<(watch::Sender<Arc<Current>>, JoinSet<()>), Stop> {
    let Remembered { facts, cases, history, keys, probed, certificate } = remembered;
    let (running, events, seen_by) = (around.running.clone(), around.events.clone(), around.resolver.clone());
    let mut tasks = JoinSet::new();
    let look = Arc::new(Notify::new());
    let Probed { targets, tls } = probed;
    let eyes =
        Eyes { resolver: Arc::new(self::resolver(config, terminal)?), tls, clock: Arc::new(SystemClock) };
    let (current, reads) = watch::channel(Arc::new(Current { config: config.clone(), targets }));
    let monitor = Monitor::new(running.clone(), facts.clone(), events.clone(), eyes, reads.clone());
    tasks.spawn(monitor.rung_by(look.clone()).run());
    let (authority, publisher) = (around.authority.clone(), around.publisher.clone());
    tasks.spawn(KeyWatch::new(keys, authority, publisher, schedule(config), events.clone()).run());
    let renewals = super::acme::watch(config, certificate, around).map(|(watch, renewals)| {
        tasks.spawn(watch.run());
        renewals
    });
    let ring = Arc::new(Notify::new());
    let watch = CaseWatch {
        running: running.clone(),
        facts,
        cases,
        resolver: seen_by,
        history,
        known: Known::embedded()?,
        current: reads,
        ring: ring.clone(),
        look,
        events,
    };
    tasks.spawn(watch.run());
    let desk = control::server::Desk { running, renewals, cases: ring };
    tasks.spawn(control::server::serve(listener, desk));
    Ok((current, tasks))
}

/// The watch over newer releases, where the configuration says who knows of them.
fn release_watch(
    config: &Config,
    around: &Surroundings,
    facts: Arc<SqliteFacts>,
) -> anyhow::Result<Option<ReleaseWatch>> {
    let Some(source) = releases::source(config)? else { return Ok(None) };
    let documents = WebDocuments::new(around.resolver.clone(), around.dialer.clone(), (*around.tls).clone());
    Ok(Some(ReleaseWatch {
        running: around.running.clone(),
        releases: Releases::new(Arc::new(documents), facts, Arc::new(SystemClock), source),
        hostname: config.server.hostname.to_string(),
        events: around.events.clone(),
    }))
}

/// DNS as the configuration has it.
///
/// # Errors
/// No server to ask.
pub fn resolver(config: &Config, terminal: Terminal) -> Result<HickoryResolver, Stop> {
    HickoryResolver::new(&resolver_settings(config)).map_err(|error| no_resolver(&error, terminal))
}

/// The same, validating where the name servers carry DNSSEC: how mail is sent depends on it.
///
/// # Errors
/// As [`resolver`].
pub fn validating_resolver(config: &Config, terminal: Terminal) -> Result<AdaptiveResolver, Stop> {
    AdaptiveResolver::new(&resolver_settings(config)).map_err(|error| no_resolver(&error, terminal))
}

/// Who has really sent a mail, by the same name servers.
///
/// # Errors
/// As [`resolver`].
pub fn verifier(config: &Config, terminal: Terminal) -> Result<Verifier, Stop> {
    let servers = &config.dns.servers;
    let made = if servers.is_empty() { Verifier::of_system() } else { Verifier::new(servers) };
    made.map_err(|error| terminal.stop("serve-dns", &[("error", error.to_string().into())]))
}

fn resolver_settings(config: &Config) -> ResolverSettings {
    let servers = (!config.dns.servers.is_empty()).then(|| config.dns.servers.clone());
    ResolverSettings { servers, ..ResolverSettings::default() }
}

fn no_resolver(error: &ResolverSetupError, terminal: Terminal) -> Stop {
    let mut text = error.to_string();
    if let Some(source) = std::error::Error::source(error) {
        text = format!("{text}: {source}");
    }
    terminal.stop("serve-dns", &[("error", text.into())])
}

fn control_failed(path: &std::path::Path, error: &std::io::Error, terminal: Terminal) -> Stop {
    let path = path.display().to_string();
    if error.kind() == std::io::ErrorKind::AddrInUse {
        return terminal.stop("serve-already-running", &[("socket", path.into())]);
    }
    terminal.stop("serve-control-socket", &[("path", path.into()), ("error", error.to_string().into())])
}

fn not_started(error: StartError, terminal: Terminal) -> Stop {
    if let StartError::Bind { source, .. } = &error
        && source.kind() == std::io::ErrorKind::PermissionDenied
    {
        warn(&terminal.sentence("serve-low-ports", &[]));
    }
    let text = format!("{:#}", anyhow::Error::from(error));
    terminal.stop("serve-start", &[("error", text.into())])
}
