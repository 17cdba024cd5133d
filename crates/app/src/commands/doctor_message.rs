//! `postamt doctor message FILE`: reads the message, finds out where it would come from, and lets the doctor judge it.

use std::io::Read as _;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use postamt_doctor::blocklists;
use postamt_doctor::checks::Report;
use postamt_doctor::message::{self, Eyes, LARGEST, Travel};
use postamt_mailauth::verify::Verifier;
use postamt_net::clock::SystemClock;
use postamt_net::dial::SystemDialer;
use postamt_net::dns::Resolver;
use postamt_net::interfaces::is_public;

use super::{doctor, wait};
use crate::cli::DoctorMessage;
use crate::config::{self, Config};
use crate::identity;
use crate::terminal::{Stop, Terminal};

/// Judges and tells.
///
/// # Errors
/// The message cannot be read, or nobody can be asked.
pub fn examine(options: &DoctorMessage, path: &Path, terminal: Terminal) -> Result<Report, Stop> {
    let config = super::config::load_if_there(path, terminal)?;
    let content = read(&options.file, terminal)?;
    let name = options.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let report = wait(async {
        let resolver: Arc<dyn Resolver> = Arc::new(doctor::resolver(config.as_ref())?);
        let rspamd = match &options.rspamd {
            Some(url) => Some(config::rspamd_address(url).ok_or_else(|| not_rspamd(url, terminal))?),
            None => None,
        };
        let travel = Travel { rspamd, ..travel(options, config.as_ref()) };
        let eyes = Eyes {
            resolver,
            dialer: Arc::new(SystemDialer),
            verifier: verifier(config.as_ref())?,
            clock: Arc::new(SystemClock),
            blocklists: Arc::new(blocklists::embedded().map_err(anyhow::Error::from)?),
        };
        Ok::<_, Stop>(message::examine(&eyes, &content, &travel, &name).await)
    })??;
    doctor::tell(&report, options.html.as_deref(), terminal)?;
    Ok(report)
}

fn not_rspamd(url: &str, terminal: Terminal) -> Stop {
    terminal.stop("doctor-message-rspamd-url", &[("url", url.into())])
}

fn read(file: &Path, terminal: Terminal) -> Result<Vec<u8>, Stop> {
    let name = file.display().to_string();
    let limit = LARGEST as u64 + 1;
    let mut content = Vec::new();
    let taken = if name == "-" {
        std::io::stdin().take(limit).read_to_end(&mut content)
    } else {
        std::fs::File::open(file).and_then(|opened| opened.take(limit).read_to_end(&mut content))
    };
    taken.map_err(|error| {
        let values = [("file", (&name).into()), ("error", error.to_string().into())];
        terminal.stop("doctor-message-not-read", &values)
    })?;
    if content.len() > LARGEST {
        let megabytes = LARGEST as u64 >> 20;
        let values = [("file", (&name).into()), ("megabytes", megabytes.into())];
        return Err(terminal.stop("doctor-message-too-large", &values));
    }
    if content.is_empty() {
        return Err(terminal.stop("doctor-message-empty", &[("file", (&name).into())]));
    }
    Ok(content)
}

fn travel(options: &DoctorMessage, config: Option<&Config>) -> Travel {
    let named = config.map(|config| config.server.hostname.to_string());
    Travel {
        client: options.from_address,
        own: config.and_then(own_address),
        greeting: options.helo.clone().or(named).unwrap_or_else(identity::nodename),
        sender: options.sender.as_ref().map(|sender| sender.trim_matches(['<', '>']).to_owned()),
        bulk: options.bulk,
        rspamd: None,
    }
}

/// The first public address that mail leaves from, as the configuration has it.
fn own_address(config: &Config) -> Option<IpAddr> {
    let outgoing = config::settings::outgoing(config);
    let sources = outgoing.sources.iter().map(|source| source.address);
    sources.chain(outgoing.own_addresses.iter().copied()).find(|address| is_public(*address))
}

fn verifier(config: Option<&Config>) -> anyhow::Result<Verifier> {
    let servers = config.map(|config| config.dns.servers.as_slice()).unwrap_or_default();
    Ok(if servers.is_empty() { Verifier::of_system()? } else { Verifier::new(servers)? })
}
