//! A whole server on loopback, living in the lab's miniature Internet: real sockets, real DNS, a real spool.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use postamt_lab::world::{Parameters, World, WorldSettings};
use postamt_mail::address::{Address, Domain};
use postamt_mail::words::Language;
use postamt_mailauth::dkim::{self, Algorithm, KeyStore, SigningPool};
use postamt_mta::events::{Event, EventSink};
use postamt_mta::passwords::{PasswordCost, make_account};
use postamt_mta::settings::*;
use postamt_mta::{Ports, Running};
use postamt_net::clock::{Clock, SystemClock};
use postamt_net::dial::SystemDialer;
use postamt_net::dns::{HickoryResolver, ResolverSettings};
use postamt_net::smtp::{
    Connection, Credentials, Hop, Outcome, Secret, TlsContext, TlsPolicy, Transaction, Verify,
};
use postamt_store::accounts::{Accounts, SendAs};
use postamt_store::embedded::{SegmentSpool, SpoolSettings, SqliteAccounts, SqliteHistory};
use tokio::sync::Notify;

/// The login of the tests.
pub const LOGIN: &str = "anna@absender.test";
/// Its password.
pub const PASSWORD: &str = "korrekt-pferd-batterie";

/// Keeps events and wakes who waits for one.
#[derive(Default)]
pub struct Events {
    seen: Mutex<Vec<Event>>,
    bell: Notify,
}

impl EventSink for Events {
    fn event(&self, event: Event) {
        self.seen.lock().expect("not poisoned").push(event);
        self.bell.notify_waiters();
    }
}

impl Events {
    /// Everything so far.
    pub fn all(&self) -> Vec<Event> {
        self.seen.lock().expect("not poisoned").clone()
    }

    /// Waits until `wanted` has been seen `count` times.
    pub async fn wait_for(&self, count: usize, wanted: impl Fn(&Event) -> bool) -> Vec<Event> {
        let found = async {
            loop {
                let notified = self.bell.notified();
                let matching: Vec<_> = self.all().into_iter().filter(|event| wanted(event)).collect();
                if matching.len() >= count {
                    return matching;
                }
                notified.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), found)
            .await
            .unwrap_or_else(|_| panic!("not seen {count} times; seen: {:#?}", self.all()))
    }
}

/// A server and the world around it.
pub struct House {
    /// The world.
    pub world: World,
    /// The server.
    pub running: Running,
    /// Its events.
    pub events: Arc<Events>,
    /// Its state directory.
    pub directory: tempfile::TempDir,
    /// Its settings.
    pub settings: Settings,
}

impl House {
    /// A server with the usual settings.
    pub async fn build() -> Self {
        Self::build_with(|_, _| {}).await
    }

    /// A server whose settings are changed by `change`.
    pub async fn build_with(change: impl FnOnce(&mut Settings, &Path)) -> Self {
        let world = World::build(WorldSettings::test()).await.expect("a world");
        let directory = tempfile::tempdir().expect("a directory");
        let parameters = world.parameters().expect("parameters");
        let mut settings = settings(&parameters, directory.path());
        change(&mut settings, directory.path());
        let record = make_key(directory.path(), &parameters.domain);
        world.publish_dkim("s1", &record);
        let events = Arc::new(Events::default());
        let running = start(&parameters, &settings, directory.path(), &events).await;
        Self { world, running, events, directory, settings }
    }

    /// Stops the server and starts it again on the same state.
    pub async fn restart(&mut self) {
        self.running.shutdown().await;
        let parameters = self.world.parameters().expect("parameters");
        // The old handle holds the spool.
        let events = Arc::new(Events::default());
        let placeholder = std::mem::replace(&mut self.events, events.clone());
        drop(placeholder);
        self.running = start(&parameters, &self.settings, self.directory.path(), &events).await;
    }

    /// Logs in on the submission port.
    pub async fn login(&self) -> Connection {
        let address = self.address(Purpose::Submission);
        let mut hop = Hop::new(address, "laptop.absender.test");
        hop.tls = TlsPolicy::Required(Verify::Encrypt);
        hop.credentials = Some(Credentials::new(LOGIN, Secret::new(PASSWORD)));
        let tls = TlsContext::with_roots([]);
        Connection::open(&SystemDialer, &tls, &hop).await.expect("logged in")
    }

    /// The address of a listener.
    pub fn address(&self, purpose: Purpose) -> std::net::SocketAddr {
        self.running.addresses().into_iter().find(|(p, _)| *p == purpose).expect("a listener").1
    }

    /// Submits a small message.
    pub async fn submit(&self, recipients: &[&str]) -> Outcome {
        let mut connection = self.login().await;
        let outcome = connection.deliver(&message(recipients, "Hallo")).await;
        connection.quit().await;
        outcome
    }
}

/// A small message from the test login.
pub fn message(recipients: &[&str], subject: &str) -> Transaction {
    let text = format!(
        "From: Anna <{LOGIN}>\r\nTo: {}\r\nBcc: geheim@streng.test\r\nSubject: {subject}\r\n\r\nGuten Tag\r\n",
        recipients.join(", ")
    );
    let recipients = recipients
        .iter()
        .map(|text| postamt_mail::envelope::Recipient::new(Address::new(text).expect("a valid address")));
    Transaction {
        sender: Some(Address::new(LOGIN).expect("a valid address")),
        recipients: recipients.collect(),
        content: vec![text.into()],
        ..Transaction::default()
    }
}

fn make_key(directory: &Path, domain: &Domain) -> String {
    let store = KeyStore::open(directory.join("dkim")).expect("a key store");
    let pem = dkim::generate(Algorithm::Rsa, 2048).expect("a key");
    let key = store.create(domain.clone(), "s1", &pem).expect("stored");
    key.key.public_record()
}

async fn start(
    parameters: &Parameters,
    settings: &Settings,
    directory: &Path,
    events: &Arc<Events>,
) -> Running {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let spool_clock = clock.clone();
    let mut spool_settings =
        SpoolSettings::new(directory.join("spool"), Arc::new(move || spool_clock.since_epoch()));
    spool_settings.segment_bytes = 4 << 20;
    spool_settings.reserve_bytes = 0;
    let (spool, recovery) = SegmentSpool::open(spool_settings).expect("a spool");
    let accounts = SqliteAccounts::open(directory.join("accounts.db")).expect("accounts");
    if accounts.find(LOGIN).await.expect("read").is_none() {
        let cost = PasswordCost { memory_kib: 64, passes: 1, rounds: 4096 };
        let rights = vec![SendAs::Domain(parameters.domain.to_string())];
        accounts.add(make_account(LOGIN, PASSWORD, rights, 0, cost).expect("made")).await.expect("added");
    }
    let resolver_settings =
        ResolverSettings { servers: Some(parameters.dns_servers.clone()), ..ResolverSettings::default() };
    let ports = Ports {
        resolver: Arc::new(HickoryResolver::new(&resolver_settings).expect("a resolver")),
        dialer: Arc::new(SystemDialer),
        clock,
        tls: Arc::new(TlsContext::with_roots([])),
        spool: Arc::new(spool),
        accounts: Arc::new(accounts),
        history: Arc::new(SqliteHistory::open(directory.join("history.db")).expect("a history")),
        keys: Arc::new(KeyStore::open(directory.join("dkim")).expect("keys")),
        signing: Arc::new(SigningPool::new(1).expect("threads")),
        events: events.clone(),
    };
    postamt_mta::start(settings.clone(), ports, recovery).await.expect("a running server")
}

fn settings(parameters: &Parameters, directory: &Path) -> Settings {
    let listener = |address, purpose| Listener { address, purpose, relay_networks: Vec::new() };
    let sources = parameters
        .source_addresses
        .iter()
        .map(|address| Source { address: *address, ehlo_name: parameters.hostname.clone() })
        .collect();
    Settings {
        hostname: parameters.hostname.clone(),
        own_domains: vec![parameters.domain.clone()],
        listeners: vec![
            listener(parameters.exchange, Purpose::Exchange),
            listener(parameters.submission, Purpose::Submission),
            listener(parameters.submissions, Purpose::Submissions),
        ],
        certificate: CertificateFiles {
            chain: directory.join("tls/cert.pem"),
            key: directory.join("tls/key.pem"),
            generate: true,
        },
        limits: Limits {
            message_bytes: 1 << 20,
            recipients: 1000,
            header_bytes: 1 << 16,
            sessions: 500,
            sessions_per_peer: 100,
            command_timeout: Duration::from_secs(30),
            data_timeout: Duration::from_secs(30),
            shutdown_grace: Duration::from_secs(10),
            password_checks: 1,
            content_cache_bytes: 8 << 20,
        },
        local_submission: LocalSubmission {
            socket: directory.join("sendmail.sock"),
            drop_directory: directory.join("drop"),
            trusted_users: Vec::new(),
            enabled: true,
        },
        local_domains: Vec::new(),
        postmaster: PostmasterTarget::Maildir(directory.join("postmaster")),
        routes: Vec::new(),
        outgoing: Outgoing {
            sources,
            port: parameters.remote_port,
            connect_timeout: parameters.connect_timeout,
            tls_timeout: Duration::from_secs(5),
            reply_timeout: Duration::from_secs(10),
            ipv4: true,
            ipv6: parameters.source_addresses.iter().any(std::net::IpAddr::is_ipv6),
            chunking: true,
            own_addresses: Vec::new(),
        },
        pacing: Pacing {
            connections: 20,
            initial_connections: 2,
            messages_per_connection: 100,
            messages_per_minute: None,
            idle: Duration::from_millis(500),
            first_pause: Duration::from_secs(1),
            total_connections: 200,
        },
        retry: RetrySchedule {
            waits: parameters.retry.clone(),
            lifetime: parameters.lifetime,
            delay_notice: None,
        },
        notices: Notices { language: Language::De, postmaster_copy: false },
        dkim_direct: DkimOnRoute::default(),
        history_lifetime: Duration::from_secs(3600),
    }
}

/// Files below a Maildir's `new`.
pub fn mails_in(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory.join("new")).into_iter().flatten();
    entries.filter_map(Result::ok).map(|entry| entry.path()).collect()
}
