//! What every stage is handed: the ports, the settings of now, the queue, the counters. No stage reaches for
//! anything else, and nothing is global: two servers run in one process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use postamt_mailauth::dkim::{KeyStore, SigningPool};
use postamt_mailauth::verify::Verifier;
use postamt_net::clock::Clock;
use postamt_net::dial::Dialer;
use postamt_net::dns::Resolver;
use postamt_net::fetch::Fetcher;
use postamt_net::tls::TlsContext;
use postamt_store::accounts::Accounts;
use postamt_store::bans::Bans;
use postamt_store::conduct::Conducts;
use postamt_store::facts::{Facts, PathFact, ProviderFact};
use postamt_store::history::History;
use postamt_store::reports::Reports;
use postamt_store::spool::Spool;
use postamt_store::transport::TransportMemory;
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::admit::filters::Filters;
use crate::brakes::Brakes;
use crate::breaker::Breaker;
use crate::events::{Event, EventSink};
use crate::guard::Guard;
use crate::providers::Providers;
use crate::queue::Queue;
use crate::quota::Quotas;
use crate::send::preflight::Preflights;
use crate::settings::{Limits, Settings};
use crate::transport::Transport;

/// The outside world, given by `app` or by a test.
#[derive(Clone)]
pub struct Ports {
    /// DNS.
    pub resolver: Arc<dyn Resolver>,
    /// Connections.
    pub dialer: Arc<dyn Dialer>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Documents over HTTPS.
    pub fetcher: Arc<dyn Fetcher>,
    /// TLS towards others.
    pub tls: Arc<TlsContext>,
    /// Mail.
    pub spool: Arc<dyn Spool>,
    /// Logins.
    pub accounts: Arc<dyn Accounts>,
    /// Who is kept out.
    pub bans: Arc<dyn Bans>,
    /// How accounts behave.
    pub conducts: Arc<dyn Conducts>,
    /// What happened.
    pub history: Arc<dyn History>,
    /// What is known of the ways out.
    pub facts: Arc<dyn Facts>,
    /// What is remembered of the TLS of others.
    pub transport: Arc<dyn TransportMemory>,
    /// What others report about our mail.
    pub reports: Arc<dyn Reports>,
    /// Who has really sent a report.
    pub verifier: Verifier,
    /// DKIM keys.
    pub keys: Arc<KeyStore>,
    /// DKIM threads.
    pub signing: Arc<SigningPool>,
    /// Log lines.
    pub events: Arc<dyn EventSink>,
}

/// Counters since the start.
#[derive(Debug, Default)]
pub struct Counters {
    /// Sessions that were opened.
    pub sessions: AtomicU64,
    /// Messages answered with 250.
    pub accepted: AtomicU64,
    /// Recipients delivered.
    pub delivered: AtomicU64,
    /// Recipients deferred (each time).
    pub deferred: AtomicU64,
    /// Recipients given up.
    pub failed: AtomicU64,
}

/// The counters and sizes of now.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    /// Sessions that were opened since the start.
    pub sessions: u64,
    /// Messages answered with 250 since the start.
    pub accepted: u64,
    /// Recipients delivered since the start.
    pub delivered: u64,
    /// Deferrals since the start.
    pub deferred: u64,
    /// Recipients given up since the start.
    pub failed: u64,
    /// Messages in the queue.
    pub messages: usize,
    /// Jobs that wait for their time.
    pub waiting: usize,
    /// Messages held.
    pub held: usize,
    /// Octets of the spool on disk.
    pub spool_bytes: u64,
    /// False while new mail is refused for want of room.
    pub accepting: bool,
}

/// The handles of a running server.
pub struct Context {
    /// The outside world.
    pub ports: Ports,
    settings: ArcSwap<Settings>,
    /// The queue.
    pub queue: Queue,
    /// The ways out.
    pub breaker: Breaker,
    /// Content filters.
    pub filters: Filters,
    /// Who is kept out.
    pub guard: Guard,
    /// What accounts may still send.
    pub brakes: Brakes,
    /// Providers whose mail goes by a relay.
    pub providers: Providers,
    /// What is learned of the TLS of others.
    pub transport: Transport,
    /// Whether relays may carry our mail.
    pub preflights: Preflights,
    /// What relays were handed.
    pub quotas: Quotas,
    /// Counters.
    pub counters: Counters,
    /// Outgoing connections that may still be opened.
    pub connections: Arc<Semaphore>,
    /// DNS look-ups that may run at a time.
    pub lookups: Semaphore,
    /// Octets of content that may still be kept in memory.
    pub content_cache: Arc<Semaphore>,
    /// Octets of large messages that may still be on their way in at the same time.
    pub intake_room: Arc<Semaphore>,
    /// Turns for reading reports of others.
    pub report_readers: Arc<Semaphore>,
    /// Reports whose sender may be asked about in DNS at a time.
    pub report_askers: Semaphore,
    /// Cancelled at shutdown.
    pub stop: CancellationToken,
    /// Tasks that a shutdown waits for.
    pub tasks: TaskTracker,
}

/// Messages of the greatest size that may come in at the same time, at least: strangers on port 25 may send some, too,
/// and must not be able to fill the memory.
const LARGEST_AT_A_TIME: u64 = 8;

fn intake_room(limits: &Limits) -> usize {
    let largest =
        usize::try_from(limits.message_bytes.saturating_mul(LARGEST_AT_A_TIME)).unwrap_or(usize::MAX);
    largest.max(limits.content_cache_bytes).min(Semaphore::MAX_PERMITS)
}

/// DNS look-ups at a time.
const LOOKUPS: usize = 128;
/// Reports that are read at a time: unpacked, each may have 16 MiB.
const REPORT_READERS: usize = 2;
/// Reports whose sender is asked about in DNS at a time; those beyond are not read.
const REPORT_ASKERS: usize = 16;

impl Context {
    /// A context for a server that has not started yet.
    #[must_use]
    pub fn new(settings: Settings, ports: Ports, paths: Vec<PathFact>, providers: Vec<ProviderFact>) -> Self {
        Self {
            connections: Arc::new(Semaphore::new(settings.pacing.total_connections.max(1))),
            lookups: Semaphore::new(LOOKUPS),
            content_cache: Arc::new(Semaphore::new(
                settings.limits.content_cache_bytes.min(Semaphore::MAX_PERMITS),
            )),
            report_readers: Arc::new(Semaphore::new(REPORT_READERS)),
            report_askers: Semaphore::new(REPORT_ASKERS),
            intake_room: Arc::new(Semaphore::new(intake_room(&settings.limits))),
            filters: Filters::new(&settings, &ports),
            settings: ArcSwap::from_pointee(settings),
            queue: Queue::default(),
            breaker: Breaker::new(paths),
            guard: Guard::default(),
            brakes: Brakes::default(),
            providers: Providers::new(providers),
            transport: Transport::default(),
            preflights: Preflights::default(),
            quotas: Quotas::default(),
            counters: Counters::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            ports,
        }
    }

    /// The settings of now.
    #[must_use]
    pub fn settings(&self) -> Arc<Settings> {
        self.settings.load_full()
    }

    /// New settings, from the next message on.
    pub fn replace_settings(&self, settings: Settings) {
        self.filters.replace(&settings);
        self.settings.store(Arc::new(settings));
    }

    /// Seconds since 1970.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.ports.clock.unix_seconds()
    }

    /// Notes an event.
    pub fn event(&self, event: Event) {
        self.ports.events.event(event);
    }

    /// Figures of now.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let (messages, waiting, held) = self.queue.sizes();
        let spool = self.ports.spool.figures();
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Figures {
            sessions: count(&self.counters.sessions),
            accepted: count(&self.counters.accepted),
            delivered: count(&self.counters.delivered),
            deferred: count(&self.counters.deferred),
            failed: count(&self.counters.failed),
            messages,
            waiting,
            held,
            spool_bytes: spool.disk_bytes,
            accepting: spool.accepting,
        }
    }
}
