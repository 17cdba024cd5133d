//! The server as a whole: started with settings and ports, held by a handle, stopped without losing anything.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::{Address, Domain};
use postamt_store::accounts::AccountError;
use postamt_store::history::{HistoryError, MessageRecord, Query};
use postamt_store::queue_id::QueueId;
use postamt_store::spool::{Change, SpoolError, Stored, Waiting};

use crate::accept::limits::Sessions;
use crate::accept::listener::{self, Bound, Shared};
use crate::accept::login::Logins;
use crate::accept::tls::{CertificateError, ServerTls};
use crate::accept::{drop_directory, local};
use crate::context::{Context, Figures, Ports};
use crate::events::Event;
use crate::flow::path_text;
use crate::handle::{QueueAction, QueueEntry, QueueRecipient, SiteState, Why};
use crate::passwords::{PasswordCost, PasswordError};
use crate::plan::routes;
use crate::queue::Intent;
use crate::queue::job::Job;
use crate::run;
use crate::settings::{Purpose, Settings};

/// How often the certificate files are looked at.
const CERTIFICATE_LOOK: Duration = Duration::from_secs(60);
/// How often finished messages that are too old are forgotten.
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
    /// The password library failed.
    #[error(transparent)]
    Passwords(#[from] PasswordError),
    /// The drop directory cannot be made.
    #[error("the drop directory {path} cannot be used")]
    DropDirectory {
        /// Which.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The accounts cannot be read.
    #[error(transparent)]
    Accounts(#[from] AccountError),
}

/// Which messages an operator means.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// These.
    Ids(Vec<String>),
    /// All.
    All,
    /// With a recipient in this domain.
    Domain(String),
    /// From this envelope sender.
    Sender(String),
}

/// A running server. Clones are handles to the same one.
#[derive(Clone)]
pub struct Running {
    context: Arc<Context>,
    tls: Arc<ServerTls>,
    addresses: Arc<Vec<(Purpose, SocketAddr)>>,
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
    let tls = open_certificate(&settings).await?;
    let checks = settings.limits.password_checks;
    let accounts = ports.accounts.clone();
    let logins = tokio::task::spawn_blocking(move || Logins::new(accounts, checks, PasswordCost::default()))
        .await
        .map_err(|error| PasswordError::Hash(error.to_string()))??;
    let bound = bind_all(&settings)?;
    let local_listener = bind_local(&settings)?;
    let context = Arc::new(Context::new(settings, ports));
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

async fn open_certificate(settings: &Settings) -> Result<Arc<ServerTls>, StartError> {
    let (files, hostname) = (settings.certificate.clone(), settings.hostname.clone());
    let opened = tokio::task::spawn_blocking(move || ServerTls::open(&files, &hostname)).await;
    let opened = opened.map_err(|error| StartError::Bind {
        address: "the certificate".to_owned(),
        source: std::io::Error::other(error),
    })?;
    Ok(Arc::new(opened?))
}

fn bind_all(settings: &Settings) -> Result<Vec<Bound>, StartError> {
    let bind = |listener| {
        listener::bind(listener)
            .map_err(|source| StartError::Bind { address: listener.address.to_string(), source })
    };
    settings.listeners.iter().map(bind).collect()
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
    tasks.spawn(watch_certificate(context.clone(), tls.clone()));
    tasks.spawn(expire_history(context.clone()));
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

/// Forgets finished messages after their time.
async fn expire_history(context: Arc<Context>) {
    loop {
        let before = context.now().saturating_sub(context.settings().history_lifetime.as_secs());
        if let Err(error) = context.ports.history.expire(before).await {
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
        context.ports.history.flush().await;
    }

    /// New settings: certificate, routes, relays, limits, retries. Listeners stay as they are.
    pub async fn reload(&self, settings: Settings) {
        self.context.replace_settings(settings);
        for job in self.context.queue.forget_sites() {
            run::submit(&self.context, job);
        }
        if let Err(error) = self.context.ports.keys.reload() {
            self.context.event(Event::Warning { what: format!("DKIM keys were not reloaded: {error}") });
        }
        reload_certificate(&self.context, &self.tls, true).await;
    }

    /// Figures of now.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.context.figures()
    }

    /// Receiving providers that are known now.
    #[must_use]
    pub fn sites(&self) -> Vec<SiteState> {
        let now = self.context.now();
        self.context.queue.sites().iter().map(|site| site.state(now)).collect()
    }

    /// The queue, oldest first.
    pub async fn list(&self) -> Vec<QueueEntry> {
        let ids = self.context.queue.ids();
        self.entries(&ids).await
    }

    async fn entries(&self, ids: &[QueueId]) -> Vec<QueueEntry> {
        let wanted: HashSet<QueueId> = ids.iter().copied().collect();
        let mut jobs: std::collections::HashMap<QueueId, Vec<(Job, &'static str)>> =
            std::collections::HashMap::new();
        for (job, state) in self.context.queue.jobs_of(&wanted) {
            jobs.entry(job.id).or_default().push((job, state));
        }
        let mut flying: std::collections::HashMap<QueueId, Vec<(u16, u16)>> =
            std::collections::HashMap::new();
        for site in self.context.queue.sites() {
            site.visit(&mut |id, numbers, attempts| {
                if wanted.contains(&id) {
                    let recipients = flying.entry(id).or_default();
                    recipients
                        .extend(numbers.as_slice().iter().map(|number| (*number, attempts.unwrap_or(0))));
                }
            });
        }
        let mut entries = Vec::with_capacity(ids.len());
        for id in ids {
            // A message may end while the list is made.
            let Ok(stored) = self.context.ports.spool.load_envelope(*id).await else { continue };
            let jobs = jobs.remove(id).unwrap_or_default();
            entries.push(self.entry(*id, &stored, &jobs, flying.remove(id).unwrap_or_default()));
        }
        entries
    }

    fn entry(
        &self,
        id: QueueId,
        stored: &Stored,
        jobs: &[(Job, &'static str)],
        flying: Vec<(u16, u16)>,
    ) -> QueueEntry {
        let settings = self.context.settings();
        let describe = |number: u16, attempts: u16, next: u64| {
            let recipient = stored.envelope.recipients.get(usize::from(number))?;
            let question = routes::Question {
                account: stored.origin.account.as_deref(),
                channel: &stored.origin.channel,
                sender: stored.envelope.sender.as_ref(),
                recipient: &recipient.address,
                past_hold: false,
            };
            let route = routes::choose(&settings, question).to_string();
            Some(QueueRecipient { address: recipient.address.to_string(), attempts, next, route })
        };
        let mut recipients: Vec<QueueRecipient> = jobs
            .iter()
            .flat_map(|(job, _)| {
                job.recipients.as_slice().iter().map(move |number| (*number, job.attempts, job.next))
            })
            .filter_map(|(number, attempts, next)| describe(number, attempts, next))
            .collect();
        let is_flying = !flying.is_empty();
        recipients.extend(flying.into_iter().filter_map(|(number, attempts)| describe(number, attempts, 0)));
        let state = match jobs.first() {
            _ if is_flying => "active",
            Some((_, state)) => state,
            None => "active",
        };
        QueueEntry {
            id: id.to_string(),
            received_at: stored.received_at,
            sender: path_text(stored.envelope.sender.as_ref()),
            size: stored.size,
            state: state.to_owned(),
            recipients,
            account: stored.origin.account.clone(),
        }
    }

    /// Everything known of a message.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn why(&self, id: QueueId) -> Result<Why, HistoryError> {
        let waiting = if self.context.queue.contains(id) { self.entries(&[id]).await.pop() } else { None };
        let history = self.context.ports.history.find(id).await?;
        let jobs = self.context.queue.jobs_of(&HashSet::from([id]));
        let now = self.context.now();
        let site = jobs
            .first()
            .and_then(|(job, _)| self.context.queue.site_of(&job.destination))
            .or_else(|| self.site_at_work(id))
            .map(|site| site.state(now));
        Ok(Why { waiting, history, site })
    }

    /// The site that has the message now.
    fn site_at_work(&self, id: QueueId) -> Option<Arc<crate::queue::site::Site>> {
        self.context.queue.sites().into_iter().find(|site| {
            let mut found = false;
            site.visit(&mut |other, _, _| found |= other == id);
            found
        })
    }

    /// A message that waits, with its content.
    ///
    /// # Errors
    /// As [`postamt_store::spool::Spool::load`].
    pub async fn content(&self, id: QueueId) -> Result<Stored, SpoolError> {
        self.context.ports.spool.load(id).await
    }

    /// Looks into the history.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search(&self, query: Query) -> Result<Vec<MessageRecord>, HistoryError> {
        self.context.ports.history.search(query).await
    }

    /// Acts on messages; returns how many there were.
    pub async fn act(&self, action: QueueAction, selection: &Selection) -> usize {
        let ids = self.select(selection).await;
        for id in &ids {
            self.context.event(Event::Operator { id: id.to_string(), action: action_name(action) });
        }
        let intent = match action {
            QueueAction::Hold => Intent::Hold,
            QueueAction::Cancel => Intent::Cancel,
            QueueAction::Retry | QueueAction::Release => Intent::None,
        };
        match action {
            QueueAction::Retry => self.retry(&ids),
            QueueAction::Hold | QueueAction::Release | QueueAction::Cancel => {
                let jobs = self.context.queue.extract(&ids, intent);
                self.put(action, &ids, jobs).await;
            }
        }
        ids.len()
    }

    fn retry(&self, ids: &HashSet<QueueId>) {
        // Held messages stay held: `release` is the word for them.
        let jobs = self.context.queue.extract_unheld(ids);
        for job in jobs {
            if let Some(site) = self.context.queue.site_of(&job.destination) {
                site.resume();
            }
            run::submit(&self.context, Job { next: 0, ..job });
        }
    }

    async fn put(&self, action: QueueAction, ids: &HashSet<QueueId>, jobs: Vec<Job>) {
        let spool = &self.context.ports.spool;
        match action {
            QueueAction::Hold => {
                ids.iter().for_each(|id| spool.note(Change::Held { id: *id, held: true }));
                run::hold(&self.context, jobs);
            }
            QueueAction::Release | QueueAction::Retry => {
                ids.iter().for_each(|id| spool.note(Change::Held { id: *id, held: false }));
                for job in jobs {
                    self.release(job).await;
                }
            }
            QueueAction::Cancel => {
                for job in jobs {
                    run::cancel(&self.context, job).await;
                }
            }
        }
    }

    /// A released job goes by today's rules, past those that hold.
    async fn release(&self, job: Job) {
        let Ok(stored) = self.context.ports.spool.load_envelope(job.id).await else {
            return run::submit(&self.context, Job { next: 0, ..job });
        };
        for (destination, numbers) in run::destinations(&self.context, &stored, job.recipients.as_slice()) {
            run::submit(
                &self.context,
                Job { next: 0, destination, recipients: numbers.into(), ..job.clone() },
            );
        }
    }

    async fn select(&self, selection: &Selection) -> HashSet<QueueId> {
        let all = self.context.queue.ids();
        match selection {
            Selection::All => all.into_iter().collect(),
            Selection::Ids(ids) => ids
                .iter()
                .filter_map(|id| id.parse().ok())
                .filter(|id| self.context.queue.contains(*id))
                .collect(),
            Selection::Domain(name) => {
                let Ok(domain) = Domain::new(name) else { return HashSet::new() };
                self.filter(all, |stored| {
                    stored
                        .envelope
                        .recipients
                        .iter()
                        .any(|recipient| recipient.address.domain() == Some(&domain))
                })
                .await
            }
            Selection::Sender(text) => {
                let sender = Address::new(text).ok();
                self.filter(all, |stored| {
                    stored.envelope.sender == sender && (sender.is_some() || text.is_empty())
                })
                .await
            }
        }
    }

    async fn filter(&self, ids: Vec<QueueId>, matches: impl Fn(&Stored) -> bool) -> HashSet<QueueId> {
        let mut found = HashSet::new();
        for id in ids {
            if self.context.ports.spool.load_envelope(id).await.is_ok_and(|stored| matches(&stored)) {
                found.insert(id);
            }
        }
        found
    }
}

const fn action_name(action: QueueAction) -> &'static str {
    match action {
        QueueAction::Retry => "retry",
        QueueAction::Hold => "hold",
        QueueAction::Release => "release",
        QueueAction::Cancel => "cancel",
    }
}
