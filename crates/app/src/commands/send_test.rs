//! `postamt doctor send-test ADDRESS`: rehearses a delivery, ended before a message is handed over, and tells each step.
//!
//! The running server does it, with its breaker, its memory and its caches. Without one it is done here, by the same
//! planner and opener: what the server has kept of its ways out and of the TLS of others is read, everything else (spool,
//! accounts, history) is empty and gone afterwards.

use std::path::Path;
use std::sync::Arc;

use postamt_doctor::checks::{Report, text};
use postamt_mail::address::Address;
use postamt_mailauth::dkim::{KeyStore, SigningPool};
use postamt_mta::Ports;
use postamt_mta::events::{Event, EventSink};
use postamt_mta::run::rehearse::{self, Question, Rehearsal};
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_net::dial::SystemDialer;
use postamt_net::fetch::HttpsFetcher;
use postamt_net::tls::TlsContext;
use postamt_store::embedded::spool::{SegmentSpool, SpoolSettings};
use postamt_store::embedded::{
    SqliteAccounts, SqliteBans, SqliteConducts, SqliteFacts, SqliteHistory, SqliteReports, SqliteTransport,
};

use super::{doctor, rehearsal, wait};
use crate::cli::DoctorSendTest;
use crate::config::{self, Config};
use crate::control::client::{Client, is_running};
use crate::control::protocol::Request;
use crate::serve;
use crate::terminal::{Exit, Stop, Terminal};

/// Octets of the spool that nothing is put into.
const SEGMENT: u64 = 1 << 20;

/// Rehearses and tells.
///
/// # Errors
/// No configuration, an address that is none, or stores that cannot be opened.
pub fn examine(options: &DoctorSendTest, path: &Path, terminal: Terminal) -> Result<Report, Stop> {
    let config = super::config::load(path, terminal)?;
    let recipient = address(&options.recipient, terminal)?;
    let sender = match &options.from {
        Some(text) if text.trim_matches(['<', '>']).is_empty() => None,
        Some(text) => Some(address(text, terminal)?),
        None => {
            Some(Address::from_parts("postmaster", &config.server.domains[0]).map_err(anyhow::Error::from)?)
        }
    };
    let question = Question { sender, recipient, account: options.account.clone() };
    let told: Rehearsal = if is_running(&config.control_socket()) {
        let sender = question.sender.as_ref().map(ToString::to_string);
        let (recipient, account) = (question.recipient.to_string(), question.account.clone());
        let request = Request::Rehearse { sender, recipient, account };
        Client::new(config.control_socket(), terminal).ask(&request)?
    } else {
        alone(&config, &question, terminal)?
    };
    let report = rehearsal::report(&told, SystemClock.unix_seconds());
    doctor::tell_as(&report, options.html.as_deref(), text::steps, terminal)?;
    Ok(report)
}

fn address(text: &str, terminal: Terminal) -> Result<Address, Stop> {
    Address::new(text).map_err(|_| terminal.stop("relay-bad-address", &[("text", text.into())]))
}

/// Events of a server that does not run are nobody's.
struct Nobody;

impl EventSink for Nobody {
    fn event(&self, _: Event) {}
}

fn alone(config: &Config, question: &Question, terminal: Terminal) -> Result<Rehearsal, Stop> {
    let settings = config::settings::make(config)
        .map_err(|problems| Stop { exit: Exit::Configuration, text: problems.text(terminal.words) })?;
    let scratch = tempfile::tempdir().map_err(anyhow::Error::from)?;
    let stores = Stores::open(config, scratch.path())?;
    let told = wait(async {
        let resolver = Arc::new(serve::validating_resolver(config, terminal)?);
        let dialer = Arc::new(SystemDialer);
        let tls = Arc::new(TlsContext::system());
        let ports = Ports {
            fetcher: Arc::new(HttpsFetcher::new(resolver.clone(), dialer.clone(), tls.clone())),
            resolver,
            dialer,
            clock: Arc::new(SystemClock),
            tls,
            spool: stores.spool.clone(),
            accounts: stores.accounts.clone(),
            history: stores.history.clone(),
            bans: stores.bans.clone(),
            conducts: stores.conducts.clone(),
            facts: stores.facts.clone(),
            transport: stores.transport.clone(),
            reports: stores.reports.clone(),
            verifier: serve::verifier(config, terminal)?,
            keys: stores.keys.clone(),
            signing: stores.signing.clone(),
            events: Arc::new(Nobody),
        };
        let told = rehearse::rehearse_alone(settings, ports, question).await.map_err(anyhow::Error::from)?;
        stores.spool.close().await.map_err(anyhow::Error::from)?;
        Ok::<_, Stop>(told)
    })??;
    Ok(told)
}

struct Stores {
    spool: Arc<SegmentSpool>,
    accounts: Arc<SqliteAccounts>,
    history: Arc<SqliteHistory>,
    bans: Arc<SqliteBans>,
    conducts: Arc<SqliteConducts>,
    facts: Arc<SqliteFacts>,
    transport: Arc<SqliteTransport>,
    reports: Arc<SqliteReports>,
    keys: Arc<KeyStore>,
    signing: Arc<SigningPool>,
}

impl Stores {
    /// Opens what is there, and makes the rest in `scratch`.
    fn open(config: &Config, scratch: &Path) -> anyhow::Result<Self> {
        let kept =
            |file: std::path::PathBuf, name: &str| if file.exists() { file } else { scratch.join(name) };
        let now = Arc::new(|| SystemClock.since_epoch());
        let spool = SpoolSettings {
            segment_bytes: SEGMENT,
            reserve_bytes: 0,
            spare_segments: 0,
            ..SpoolSettings::new(scratch.join("spool"), now)
        };
        let (spool, _) = SegmentSpool::open(spool)?;
        let keys = scratch.join("dkim");
        std::fs::create_dir(&keys)?;
        Ok(Self {
            spool: Arc::new(spool),
            accounts: Arc::new(SqliteAccounts::open(scratch.join("accounts"))?),
            history: Arc::new(SqliteHistory::open(scratch.join("history"))?),
            bans: Arc::new(SqliteBans::open(scratch.join("bans"))?),
            conducts: Arc::new(SqliteConducts::open(scratch.join("conduct"))?),
            facts: Arc::new(SqliteFacts::open(kept(config.facts_file(), "facts"))?),
            transport: Arc::new(SqliteTransport::open(kept(config.transport_file(), "transport"))?),
            reports: Arc::new(SqliteReports::open(scratch.join("reports"))?),
            keys: Arc::new(KeyStore::open(keys)?),
            signing: Arc::new(SigningPool::new(1)?),
        })
    }
}
