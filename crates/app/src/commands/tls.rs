//! `postamt tls …`: the own certificate, and the memory of the TLS of others, read whether the server runs or not.

mod certificate;

use postamt_net::clock::{Clock as _, SystemClock};
use postamt_store::embedded::SqliteTransport;
use postamt_store::transport::{TlsCount, TlsMemory, TransportError, TransportMemory};

use super::wait;
use crate::cli;
use crate::config::Config;
use crate::terminal::{Stop, Terminal};
use crate::{privileges, times};

const DAY: u64 = 86_400;

/// Does what is asked.
///
/// # Errors
/// The memory cannot be used, or does not know the domain.
pub fn run(command: cli::Tls, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    let failed = |error: String| terminal.stop("tls-store", &[("error", error.into())]);
    let unread = |error: TransportError| failed(error.to_string());
    let store = || {
        privileges::act_for(config, terminal)?;
        SqliteTransport::open(config.transport_file()).map_err(|error| failed(error.to_string()))
    };
    match command {
        cli::Tls::Certificate { renew, new_key } => certificate::run(renew, new_key, config, terminal),
        cli::Tls::List => list(&wait(store()?.memories())?.map_err(unread)?, terminal),
        cli::Tls::Forget { domain } => {
            let domain = domain.to_lowercase();
            let known = wait(store()?.forget(&domain))?.map_err(unread)?;
            let values = [("domain", domain.into())];
            if !known {
                return Err(terminal.stop("tls-unknown", &values));
            }
            terminal.say("tls-forgotten", &values);
            Ok(())
        }
        cli::Tls::Results { days } => {
            let today = SystemClock.unix_seconds() / DAY;
            let from = (today + 1).saturating_sub(days);
            results(&wait(store()?.counts(from))?.map_err(unread)?, terminal)
        }
    }
}

fn list(memories: &[TlsMemory], terminal: Terminal) -> Result<(), Stop> {
    if terminal.json {
        return terminal.data(&memories);
    }
    for memory in memories {
        let values = [
            ("domain", (&memory.domain).into()),
            ("since", times::date_and_time(memory.since).into()),
            ("confirmed", times::date_and_time(memory.confirmed).into()),
            ("authenticated", if memory.authenticated { "yes" } else { "no" }.into()),
        ];
        terminal.say("tls-memory", &values);
    }
    if memories.is_empty() {
        terminal.say("tls-none", &[]);
    }
    Ok(())
}

fn results(counts: &[TlsCount], terminal: Terminal) -> Result<(), Stop> {
    if terminal.json {
        return terminal.data(&counts);
    }
    for count in counts {
        let day = times::date_and_time(count.day * DAY + DAY / 2);
        let values = [
            ("day", day.split([' ', 'T']).next().unwrap_or_default().into()),
            ("domain", (&count.domain).into()),
            ("policy", (&count.policy).into()),
            ("result", (&count.result).into()),
            ("host", if count.host.is_empty() { "-" } else { &count.host }.into()),
            ("count", count.count.into()),
        ];
        terminal.say("tls-result", &values);
    }
    if counts.is_empty() {
        terminal.say("tls-no-results", &[]);
    }
    Ok(())
}
