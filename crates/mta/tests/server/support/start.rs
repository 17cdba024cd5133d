//! Starting a server on the databases of a directory, in the world around it.

use std::path::Path;
use std::sync::Arc;

use postamt_lab::world::World;
use postamt_lab::zones::StaticResolver;
use postamt_mailauth::dkim::{KeyStore, SigningPool};
use postamt_mailauth::verify::Verifier;
use postamt_mta::passwords::{PasswordCost, make_account};
use postamt_mta::settings::Settings;
use postamt_mta::{Ports, Running};
use postamt_net::clock::Clock;
use postamt_net::dns::{AdaptiveResolver, DnssecStatus, HickoryResolver, Resolver, ResolverSettings};
use postamt_net::fetch::HttpsFetcher;
use postamt_net::smtp::TlsContext;
use postamt_store::accounts::{Accounts, SendAs};
use postamt_store::embedded::{
    SegmentSpool, SpoolSettings, SqliteAccounts, SqliteBans, SqliteConducts, SqliteFacts, SqliteHistory,
    SqliteReports, SqliteTransport,
};

use super::clock::AheadClock;
use super::disk::FaultyDisk;
use super::events::Events;
use super::facts::FaultyFacts;
use super::path25::Path25;
use super::{Dns, LOGIN, Outside, PASSWORD};

/// A server that was started, and what a test looks at.
pub struct Started {
    /// The server.
    pub running: Running,
    /// What it remembers.
    pub history: Arc<SqliteHistory>,
    /// The disk below its spool.
    pub disk: FaultyDisk,
    /// What it knows of its ways out.
    pub facts: Arc<FaultyFacts>,
    /// What it knows of the TLS of others.
    pub transport: Arc<SqliteTransport>,
}

/// Starts a server in this directory, with its accounts and databases.
pub async fn start(
    world: &World,
    outside: Outside,
    settings: &Settings,
    directory: &Path,
    events: &Arc<Events>,
    (path, clock): (&Path25, &AheadClock),
) -> Started {
    let parameters = &world.parameters().expect("parameters");
    let clock: Arc<dyn Clock> = Arc::new(clock.clone());
    let spool_clock = clock.clone();
    let mut spool_settings =
        SpoolSettings::new(directory.join("spool"), Arc::new(move || spool_clock.since_epoch()));
    spool_settings.segment_bytes = 4 << 20;
    spool_settings.reserve_bytes = 0;
    let disk = FaultyDisk::open(&directory.join("spool"));
    let (spool, recovery) = SegmentSpool::open_on(Arc::new(disk.clone()), spool_settings).expect("a spool");
    let history = Arc::new(SqliteHistory::open(directory.join("history.db")).expect("a history"));
    let facts = SqliteFacts::open(directory.join("facts.db")).expect("facts");
    let facts = Arc::new(FaultyFacts::new(facts));
    let accounts = SqliteAccounts::open(directory.join("accounts.db")).expect("accounts");
    if accounts.find(LOGIN).await.expect("read").is_none() {
        let cost = PasswordCost { memory_kib: 64, passes: 1, rounds: 4096 };
        let rights = vec![SendAs::Domain(parameters.domain.to_string())];
        accounts.add(make_account(LOGIN, PASSWORD, rights, 0, cost).expect("made")).await.expect("added");
    }
    let transport = Arc::new(SqliteTransport::open(directory.join("transport.db")).expect("a memory"));
    let resolver_settings =
        ResolverSettings { servers: Some(parameters.dns_servers.clone()), ..ResolverSettings::default() };
    let resolver: Arc<dyn Resolver> = match outside.dns {
        Dns::Plain => Arc::new(HickoryResolver::new(&resolver_settings).expect("a resolver")),
        Dns::Stripped => Arc::new(AdaptiveResolver::new(&resolver_settings).expect("a resolver")),
        Dns::Signed => Arc::new(StaticResolver::new(world.zones().clone()).with_status(DnssecStatus::Secure)),
    };
    let dialer = Arc::new(path.clone());
    let roots = outside.trusts_lab.then(|| world.authority().root().clone());
    let tls = Arc::new(TlsContext::with_roots(roots));
    let fetcher = HttpsFetcher::new(resolver.clone(), dialer.clone(), tls.clone());
    let ports = Ports {
        resolver,
        dialer,
        clock,
        fetcher: Arc::new(fetcher.with_port(outside.web_port)),
        tls,
        spool: Arc::new(spool),
        accounts: Arc::new(accounts),
        history: history.clone(),
        facts: facts.clone(),
        transport: transport.clone(),
        bans: Arc::new(SqliteBans::open(directory.join("bans.db")).expect("bans")),
        conducts: Arc::new(SqliteConducts::open(directory.join("conduct.db")).expect("conducts")),
        reports: Arc::new(SqliteReports::open(directory.join("reports.db")).expect("reports")),
        verifier: Verifier::new(&parameters.dns_servers).expect("a verifier"),
        keys: Arc::new(KeyStore::open(directory.join("dkim")).expect("keys")),
        signing: Arc::new(SigningPool::new(1).expect("threads")),
        events: events.clone(),
    };
    let running = postamt_mta::start(settings.clone(), ports, recovery).await.expect("a running server");
    Started { running, history, disk, facts, transport }
}
