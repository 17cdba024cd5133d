//! The server as a whole: started with settings and ports, held by a handle, stopped without losing anything.
//! Over 500 lines because the handle stands with what starts and stops the server: each needs the insides of the others.

mod operators;
mod providers;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use postamt_mail::dsn::Letter;
use postamt_mail::words::Words;
use postamt_store::accounts::AccountError;
use postamt_store::bans::{Ban, BanError};
use postamt_store::conduct::Standing;
use postamt_store::facts::{FactError, PathFact, PathKey, ProbeFact};
use postamt_store::history::HistoryError;
use postamt_store::reports::DAYS_KEPT;
use postamt_store::spool::Waiting;

use crate::accept::limits::Sessions;
use crate::accept::listener::{self, Bound, Shared};
use crate::accept::login::{Logins, OpenError};
use crate::accept::tls::{CertificateError, ServerTls};
use crate::accept::{drop_directory, local};
use crate::brakes::{self, AccountState};
use crate::breaker;
use crate::context::{Context, Figures, Ports};
use crate::events::Event;
use crate::guard::{self, NotBanned};
use crate::handle::{QueueAction, SiteState};
use crate::quota::{self, QuotaState};
use crate::run;
use crate::send::preflight::{self, PreflightVerdict};
use crate::settings::{CertificateFiles, Listener, Purpose, Settings};
use crate::transport;

pub use operators::Selection;
pub use providers::RelayOnlyError;

/// How often the certificate files are looked at.
const CERTIFICATE_LOOK: Duration = Duration::from_secs(60);
/// How often finished messages, bans, visits, conduct and reports that are too old are forgotten.
const HISTORY_SWEEP: Duration = Duration::from_secs(3600);

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port cannot be bound.
    #[error("cannot listen on {address}")]
    Bind {
        /// The address, or the path of the socket.
        address: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// No usable certificate.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// No logins can be taken.
    #[error(transparent)]
    Logins(#[from] OpenError),
    /// The drop directory cannot be made.
    #[error("the drop directory {path} cannot be used")]
    DropDirectory {
        /// Which.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The facts cannot be read.
    #[error(transparent)]
    Facts(#[from] FactError),
    /// The accounts cannot be read.
    #[error(transparent)]
    Accounts(#[from] AccountError),
}

/// A running server. Clones are handles to the same one.
#[derive(Clone)]
pub struct Running {
    context: Arc<Context>,
    tls: Arc<ServerTls>,
    addresses: Arc<Vec<(Purpose, SocketAddr)>>,
}

/// A socket that somebody else has opened for one of our listeners: it listens, and does not block.
#[derive(Debug)]
pub struct Opened {
    /// The listener; its address is that of the settings.
    pub listener: Listener,
    /// The socket.
    pub socket: std::net::TcpListener,
}

/// Starts a server: binds its ports, takes in what the spool holds, and begins to accept and to send.
///
/// # Errors
/// [`StartError`]; nothing runs then.
pub async fn start(
    settings: Settings,
    ports: Ports,
    recovered: impl IntoIterator<Item = Waiting> + Send,
) -> Result<Running, StartError> {
    start_on(settings, ports, recovered, Vec::new()).await
}

/// The same, with sockets that are open already: ports of theirs are not opened again.
///
/// # Errors
/// As [`start`].
pub async fn start_on(
    settings: Settings,
    ports: Ports,
    recovered: impl IntoIterator<Item = Waiting> + Send,
    opened: Vec<Opened>,
) -> Result<Running, StartError> {
    let tls = open_certificate(&settings).await?;
    let checks = settings.limits.password_checks;
    let cost = settings.limits.password_cost;
    let logins = Logins::open(ports.accounts.clone(), ports.events.clone(), checks, cost).await?;
    let bound = bind_all(&settings, opened)?;
    let local_listener = bind_local(&settings)?;
    let paths = ports.facts.paths().await?;
    let providers = ports.facts.providers().await?;
    let context = Arc::new(Context::new(settings, ports, paths, providers));
    context.quotas.recall(context.ports.facts.handed().await?);
    recall_bans(&context).await;
    brakes::recall(&context).await;
    guard::load_countries(&context).await;
    for waiting in recovered {
        run::recover(&context, waiting);
    }
    let shared = Shared {
        context: context.clone(),
        logins: Arc::new(logins),
        tls: tls.clone(),
        sessions: Arc::new(Sessions::default()),
    };
    let addresses = Arc::new(bound.iter().map(|bound| (bound.listener.purpose, bound.address)).collect());
    spawn_all(&context, &tls, shared, bound, local_listener);
    Ok(Running { context, tls, addresses })
}

/// Mail goes on without them.
async fn recall_bans(context: &Context) {
    match (context.ports.bans.bans().await, context.ports.bans.visits().await) {
        (Ok(bans), Ok(visits)) => context.guard.recall(bans, visits),
        (Err(error), _) | (_, Err(error)) => context.event(Event::Warning { what: error.to_string() }),
    }
}

async fn open_certificate(settings: &Settings) -> Result<Arc<ServerTls>, StartError> {
    let (files, hostname) = (settings.certificate.clone(), settings.hostname.clone());
    let opened = tokio::task::spawn_blocking(move || ServerTls::open(&files, &hostname)).await;
    let opened = opened.map_err(|error| StartError::Bind {
        address: "the certificate".to_owned(),
        source: std::io::Error::other(error),
    })?;
    Ok(Arc::new(opened?))
}

fn bind_all(settings: &Settings, opened: Vec<Opened>) -> Result<Vec<Bound>, StartError> {
    let failed = |listener: &Listener| {
        let address = listener.address.to_string();
        move |source| StartError::Bind { address, source }
    };
    let ports: Vec<u16> = opened.iter().map(|opened| opened.listener.address.port()).collect();
    let own = settings.listeners.iter().filter(|listener| !ports.contains(&listener.address.port()));
    let mut bound: Vec<Bound> =
        own.map(|listener| listener::bind(listener).map_err(failed(listener))).collect::<Result<_, _>>()?;
    for Opened { listener, socket } in opened {
        bound.push(listener::adopt(&listener, socket).map_err(failed(&listener))?);
    }
    Ok(bound)
}

fn bind_local(settings: &Settings) -> Result<Option<tokio::net::UnixListener>, StartError> {
    let submission = &settings.local_submission;
    if !submission.enabled {
        return Ok(None);
    }
    drop_directory::prepare(&submission.drop_directory).map_err(|source| StartError::DropDirectory {
        path: submission.drop_directory.display().to_string(),
        source,
    })?;
    let bound = local::bind(&submission.socket)
        .map_err(|source| StartError::Bind { address: submission.socket.display().to_string(), source })?;
    Ok(Some(bound))
}

fn spawn_all(
    context: &Arc<Context>,
    tls: &Arc<ServerTls>,
    shared: Shared,
    bound: Vec<Bound>,
    local_listener: Option<tokio::net::UnixListener>,
) {
    let tasks = context.tasks.clone();
    announce_certificate(context, tls);
    for bound in bound {
        context.event(Event::Listening {
            address: bound.address.to_string(),
            purpose: purpose_name(bound.listener.purpose),
        });
        tasks.spawn(listener::serve(bound, shared.clone()));
    }
    if let Some(listener) = local_listener {
        tasks.spawn(local::serve(listener, shared));
        let directory = context.settings().local_submission.drop_directory.clone();
        tasks.spawn(drop_directory::serve(context.clone(), directory));
    }
    tasks.spawn(run::timer(context.clone()));
    tasks.spawn(breaker::watch(context.clone()));
    tasks.spawn(breaker::operator::watch(context.clone()));
    tasks.spawn(crate::providers::watch(context.clone()));
    tasks.spawn(preflight::watch(context.clone()));
    tasks.spawn(transport::watch(context.clone()));
    tasks.spawn(transport::tell_validation(context.clone()));
    tasks.spawn(quota::watch(context.clone()));
    tasks.spawn(brakes::watch(context.clone()));
    tasks.spawn(watch_certificate(context.clone(), tls.clone()));
    tasks.spawn(guard::write_down(context.clone()));
    tasks.spawn(guard::write_letters(context.clone()));
    tasks.spawn(expire(context.clone()));
}

const fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Exchange => "exchange",
        Purpose::Submission => "submission",
        Purpose::Submissions => "submissions",
    }
}

fn announce_certificate(context: &Context, tls: &ServerTls) {
    context.event(Event::Certificate { files: tls.chain_path(), self_signed: tls.is_self_signed() });
}

/// Reads the certificate again when its files change.
async fn watch_certificate(context: Arc<Context>, tls: Arc<ServerTls>) {
    loop {
        tokio::select! {
            () = context.stop.cancelled() => return,
            () = tokio::time::sleep(CERTIFICATE_LOOK) => {}
        }
        reload_certificate(&context, &tls, false).await;
    }
}

async fn reload_certificate(context: &Context, tls: &Arc<ServerTls>, in_any_case: bool) {
    let reading = tls.clone();
    match tokio::task::spawn_blocking(move || reading.reload(in_any_case)).await {
        Ok(Ok(true)) => announce_certificate(context, tls),
        Ok(Ok(false)) | Err(_) => {}
        Ok(Err(error)) => {
            context.event(Event::Warning { what: format!("the certificate was not reloaded: {error}") });
        }
    }
}

/// Forgets finished messages, bans, visits, conduct and the reports of others after their time.
async fn expire(context: Arc<Context>) {
    loop {
        context.guard.sweep(context.now());
        let before = context.now().saturating_sub(guard::MEMORY);
        if let Err(error) = context.ports.bans.forget_before(before).await {
            context.event(Event::Warning { what: error.to_string() });
        }
        context.brakes.sweep(context.now());
        let before = context.now().saturating_sub(brakes::MEMORY);
        if let Err(error) = context.ports.conducts.forget_before(before, brakes::day_of(before)).await {
            context.event(Event::Warning { what: error.to_string() });
        }
        let before = context.now().saturating_sub(context.settings().history_lifetime.as_secs());
        if let Err(error) = context.ports.history.expire(before).await {
            context.event(Event::Warning { what: error.to_string() });
        }
        let first_day = (context.now() / 86_400).saturating_sub(DAYS_KEPT);
        if let Err(error) = context.ports.reports.expire(first_day).await {
            context.event(Event::Warning { what: error.to_string() });
        }
        tokio::select! {
            () = context.stop.cancelled() => return,
            () = tokio::time::sleep(HISTORY_SWEEP) => {}
        }
    }
}

impl Running {
    /// The bound addresses.
    #[must_use]
    pub fn addresses(&self) -> Vec<(Purpose, SocketAddr)> {
        self.addresses.to_vec()
    }

    /// True while the certificate is one that nobody but we vouch for.
    #[must_use]
    pub fn has_self_signed_certificate(&self) -> bool {
        self.tls.is_self_signed()
    }

    /// The TLS configuration of now, for whoever shows the same certificate.
    #[must_use]
    pub fn tls_config(&self) -> Arc<rustls::ServerConfig> {
        self.tls.config()
    }

    /// Stops: no new sessions, open transactions end, connections are given up, everything noted is durable.
    pub async fn shutdown(&self) {
        let context = &self.context;
        context.stop.cancel();
        context.tasks.close();
        let grace = context.settings().limits.shutdown_grace;
        if tokio::time::timeout(grace, context.tasks.wait()).await.is_err() {
            context
                .event(Event::Warning { what: "some sessions did not end in time and were cut".to_owned() });
        }
        if let Err(error) = context.ports.spool.flush().await {
            context.event(Event::Warning { what: format!("the spool could not be flushed: {error}") });
        }
        transport::flush(context).await;
        context.ports.history.flush().await;
        quota::write_down(context).await;
        brakes::write_down(context).await;
    }

    /// New settings: certificate, routes, relays, limits, retries. Listeners stay as they are.
    pub async fn reload(&self, settings: Settings) {
        let certificate = settings.certificate.clone();
        self.context.replace_settings(settings);
        self.context.preflights.forget();
        guard::load_countries(&self.context).await;
        for job in self.context.queue.forget_sites() {
            run::submit(&self.context, job);
        }
        if let Err(error) = self.context.ports.keys.reload() {
            self.context.event(Event::Warning { what: format!("DKIM keys were not reloaded: {error}") });
        }
        if self.tls.uses(&certificate) {
            reload_certificate(&self.context, &self.tls, true).await;
        } else {
            self.move_certificate(certificate).await;
        }
    }

    /// The settings name other certificate files now.
    async fn move_certificate(&self, files: CertificateFiles) {
        if let Err(error) = self.use_certificate(files).await {
            let what =
                format!("the certificate that is configured now cannot be used, the old one stays: {error}");
            self.context.event(Event::Warning { what });
        }
    }

    /// Shows the certificate of these files to every new session from now on.
    ///
    /// # Errors
    /// They cannot be used, and the old certificate stays.
    pub async fn use_certificate(&self, files: CertificateFiles) -> Result<(), CertificateError> {
        let tls = self.tls.clone();
        match tokio::task::spawn_blocking(move || tls.move_to(&files)).await {
            Ok(result) => result?,
            // It panicked, which its thread has said on stderr.
            Err(error) => {
                let path = self.tls.chain_path();
                return Err(CertificateError::File { path, source: std::io::Error::other(error) });
            }
        }
        announce_certificate(&self.context, &self.tls);
        Ok(())
    }

    /// Figures of now.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.context.figures()
    }

    /// The ways out and their states.
    #[must_use]
    pub fn paths(&self) -> Vec<PathFact> {
        self.context.breaker.facts()
    }

    /// The ways out that the settings allow.
    #[must_use]
    pub fn ways(&self) -> Vec<PathKey> {
        breaker::ways_of(&self.context.settings().outgoing)
    }

    /// The last probe of each way.
    ///
    /// # Errors
    /// The facts cannot be read.
    pub async fn probes(&self) -> Result<Vec<ProbeFact>, FactError> {
        self.context.ports.facts.probes().await
    }

    /// Keeps probes that were made, of ways that are ours, and acts on them: how many.
    ///
    /// # Errors
    /// They cannot be written.
    pub async fn keep_probes(&self, probes: Vec<ProbeFact>) -> Result<usize, FactError> {
        let ways = self.ways();
        let ours: Vec<_> = probes.into_iter().filter(|probe| ways.contains(&probe.path)).collect();
        let count = ours.len();
        for probe in ours {
            let (path, verdict) = (probe.path.to_string(), probe.verdict.clone());
            self.context.ports.facts.save_probe(probe).await?;
            self.context.event(Event::Probed { path, verdict });
        }
        Ok(count)
    }

    /// Queues a letter to the postmaster about something that the pipeline does not know of. False when the spool does not
    /// take it.
    pub async fn tell_operator(&self, about: &str, letter: impl Fn(&Words) -> Letter) -> bool {
        breaker::operator::write(&self.context, about, letter).await
    }

    /// The latest verdict on a relay.
    #[must_use]
    pub fn preflight(&self, relay: &str) -> Option<Arc<PreflightVerdict>> {
        self.context.preflights.verdict(relay)
    }

    /// Looks at a relay now; `None` when the settings have none of this name.
    pub async fn check_relay(&self, name: &str) -> Option<Arc<PreflightVerdict>> {
        let relay = self.context.settings().relay(name)?.clone();
        Some(preflight::look(&self.context, &relay).await)
    }

    /// What each relay of the settings was handed within a day and within a month, and what it takes.
    #[must_use]
    pub fn quotas(&self) -> Vec<QuotaState> {
        let (settings, now) = (self.context.settings(), self.context.now());
        settings.relays.iter().flat_map(|relay| self.context.quotas.states(relay, now)).collect()
    }

    /// How an account stands; `None` when there is none of this name.
    ///
    /// # Errors
    /// The accounts cannot be read.
    pub async fn account_state(&self, name: &str) -> Result<Option<AccountState>, AccountError> {
        let account = self.context.ports.accounts.find(name).await?;
        Ok(account.map(|account| brakes::state(&self.context, &account)))
    }

    /// Lets an account send again: because what it did is usual for it, whereupon its mail that was held for that goes
    /// on; or because it was stolen and is safe again. How it stood, and how many messages go on.
    ///
    /// # Errors
    /// The history cannot be read.
    pub async fn let_go(&self, account: &str, was_usual: bool) -> Result<(Standing, usize), HistoryError> {
        let Some(standing) = brakes::let_go(&self.context, account, was_usual).await else {
            return Ok((Standing::default(), 0));
        };
        let ids = if was_usual { self.held_of(account).await? } else { Vec::new() };
        let count = self.act(QueueAction::Release, &Selection::Ids(ids)).await;
        Ok((standing, count))
    }

    /// Networks that are kept out, and those whose last ban still counts, the youngest first.
    #[must_use]
    pub fn bans(&self) -> Vec<Ban> {
        self.context.guard.bans()
    }

    /// Keeps a network out, for so many seconds or until it is lifted.
    ///
    /// # Errors
    /// It is one of the operator's own, or cannot be written down; it does not hold then.
    pub async fn ban(&self, network: IpNet, seconds: Option<u64>, note: String) -> Result<Ban, NotBanned> {
        guard::ban(&self.context, network, seconds, note).await
    }

    /// Lifts every ban that concerns a network, and forgets what its hosts have against them.
    ///
    /// # Errors
    /// They are lifted, and come back with the next start.
    pub async fn lift_bans(&self, network: IpNet) -> Result<Vec<Ban>, BanError> {
        guard::lift(&self.context, network).await
    }

    /// Rings when a ban begins or is lifted; not when one ends.
    #[must_use]
    pub fn ban_changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.context.guard.changes()
    }

    /// Networks that are kept out now and until when, and those of the operator that never are.
    #[must_use]
    pub fn kept_out(&self) -> (Vec<(IpNet, Option<u64>)>, Vec<IpNet>) {
        let own = &self.context.settings().own_networks;
        let own = own.iter().filter_map(|own| IpNet::new(own.address, own.prefix).ok()).collect();
        (self.context.guard.in_force(self.context.now()), own)
    }

    /// Receiving providers that are known now.
    #[must_use]
    pub fn sites(&self) -> Vec<SiteState> {
        let now = self.context.now();
        self.context.queue.sites().iter().map(|site| site.state(now)).collect()
    }
}
