//! `postamt dkim new|rotate|list`: keys in files, and the records that DNS must have for them.
//!
//! A key that is made here waits: the server signs with it once the authoritative servers hold its record.

use postamt_mail::address::Domain;
use postamt_mailauth::dkim::{
    Algorithm, KeyError, KeyState, KeyStore, MINIMUM_RSA_BITS, Stage, StoredKey, generate,
};
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_net::dns::authority::Authority;
use serde::Serialize;

use super::wait;
use crate::cli::{self, KeyKind};
use crate::config::Config;
use crate::terminal::{Stop, Terminal};
use crate::{key_records, privileges, publishing, serve};

/// Characters of one string of a TXT record (RFC 1035 §3.3.14).
const STRING_LIMIT: usize = 255;

/// Does what is asked.
///
/// # Errors
/// A file that cannot be used, a key that is there already, a selector that is none.
pub fn run(command: cli::Dkim, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    privileges::act_for(config, terminal)?;
    let failed = |error| failed(error, terminal);
    let store = KeyStore::open(config.dkim_directory()).map_err(failed)?;
    match command {
        cli::Dkim::New { domain, selector, kind, active } => {
            let domain = domain_of(&domain, terminal)?;
            let algorithm = match kind {
                KeyKind::Rsa => Algorithm::Rsa,
                KeyKind::Ed25519 => Algorithm::Ed25519,
            };
            let selector = selector.unwrap_or_else(|| key_records::default_selector(algorithm));
            let pem = generate(algorithm, MINIMUM_RSA_BITS).map_err(failed)?;
            let state = if active { KeyState::Active } else { KeyState::Waiting };
            let stage = Stage { state, since: SystemClock.unix_seconds(), rotation: false };
            let key = store.create_at(domain.clone(), &selector, &pem, Some(stage)).map_err(failed)?;
            made(&key, config.server.domains.contains(&domain), terminal)
        }
        cli::Dkim::Rotate { domain } => {
            let domain = domain.map(|domain| domain_of(&domain, terminal)).transpose()?;
            rotate(&store, domain.as_ref(), config, terminal)
        }
        cli::Dkim::List => list(&store.list(), terminal),
    }
}

fn failed(error: KeyError, terminal: Terminal) -> Stop {
    let text = format!("{:#}", anyhow::Error::from(error));
    terminal.stop("dkim-failed", &[("error", text.into())])
}

fn domain_of(text: &str, terminal: Terminal) -> Result<Domain, Stop> {
    Domain::new(text).map_err(|_| terminal.stop("dkim-bad-domain", &[("domain", text.into())]))
}

/// An heir for each key in use that has none yet, and its record into DNS where that can be done from here.
fn rotate(store: &KeyStore, only: Option<&Domain>, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    let keys = store.list();
    let is_of = |key: &&StoredKey| only.is_none_or(|domain| key.key.domain() == domain);
    let mut done: Vec<(Domain, Algorithm)> = Vec::new();
    let mut heirs = Vec::new();
    for key in keys.iter().filter(is_of).filter(|key| key.stage.state == KeyState::Active) {
        let (domain, algorithm) = (key.key.domain().clone(), key.key.algorithm());
        if done.contains(&(domain.clone(), algorithm)) {
            continue;
        }
        let waits = |other: &&StoredKey| {
            other.stage.state == KeyState::Waiting
                && (other.key.domain(), other.key.algorithm()) == (&domain, algorithm)
        };
        match keys.iter().find(waits) {
            Some(heir) => {
                let name = heir.key.record_name();
                terminal.note("dkim-already-waiting", &[("name", name.into())]);
            }
            None => {
                let since = SystemClock.unix_seconds();
                let stage = Stage { state: KeyState::Waiting, since, rotation: true };
                let heir = key_records::make(store, &domain, algorithm, stage);
                heirs.push(heir.map_err(|error| failed(error, terminal))?);
            }
        }
        done.push((domain, algorithm));
    }
    if done.is_empty() {
        return Err(terminal.stop("dkim-nothing-to-rotate", &[]));
    }
    if publish(&heirs, config, terminal)? {
        return list(&heirs, terminal);
    }
    for heir in &heirs {
        made(heir, true, terminal)?;
    }
    Ok(())
}

/// False where nobody may change the zones.
fn publish(keys: &[StoredKey], config: &Config, terminal: Terminal) -> Result<bool, Stop> {
    let authority = Authority::new(serve::resolver(config, terminal)?);
    let Some(publisher) = publishing::Warrant::read(config, terminal)?.publisher(&authority) else {
        return Ok(false);
    };
    let records: Vec<_> = keys.iter().map(key_records::record).collect();
    let published = wait(key_records::publish(&authority, publisher.as_ref(), &records))?;
    if let Err(error) = published {
        // The server tries again.
        let text = publishing::told(error, terminal);
        terminal.note("dkim-not-published", &[("error", text.into())]);
        return Ok(false);
    }
    Ok(true)
}

/// A key as `--json` shows it.
#[derive(Debug, Serialize)]
struct Shown {
    domain: String,
    selector: String,
    algorithm: &'static str,
    bits: usize,
    state: &'static str,
    since: u64,
    file: String,
    record_name: String,
    record_value: String,
}

impl Shown {
    fn new(stored: &StoredKey) -> Self {
        let key = &stored.key;
        Self {
            domain: key.domain().to_string(),
            selector: key.selector().to_owned(),
            algorithm: key.algorithm().name(),
            bits: key.bits(),
            state: stored.stage.state.name(),
            since: stored.stage.since,
            file: stored.path.display().to_string(),
            record_name: key.record_name(),
            record_value: key.public_record(),
        }
    }

    fn zone_line(&self) -> String {
        zone_line(&self.record_name, &self.record_value)
    }
}

/// A TXT record as a zone file has it: a name, and strings of 255 characters at most.
pub fn zone_line(name: &str, value: &str) -> String {
    let strings: Vec<String> = value
        .as_bytes()
        .chunks(STRING_LIMIT)
        .map(|part| format!("\"{}\"", String::from_utf8_lossy(part)))
        .collect();
    format!("{}. 3600 IN TXT ( {} )", name.trim_end_matches('.'), strings.join(" "))
}

fn made(key: &StoredKey, own: bool, terminal: Terminal) -> Result<(), Stop> {
    let shown = Shown::new(key);
    if terminal.json {
        return terminal.data(&shown);
    }
    terminal.note("dkim-made", &[("file", (&shown.file).into()), ("domain", (&shown.domain).into())]);
    if !own {
        terminal.note("dkim-not-our-domain", &[("domain", (&shown.domain).into())]);
    }
    terminal.print(&shown.zone_line());
    terminal.note("dkim-publish", &[("name", (&shown.record_name).into())]);
    Ok(())
}

fn list(keys: &[StoredKey], terminal: Terminal) -> Result<(), Stop> {
    let shown: Vec<Shown> = keys.iter().map(Shown::new).collect();
    if terminal.json {
        return terminal.data(&shown);
    }
    if shown.is_empty() {
        terminal.say("dkim-none", &[]);
    }
    for key in &shown {
        let values = [
            ("domain", (&key.domain).into()),
            ("selector", (&key.selector).into()),
            ("algorithm", key.algorithm.into()),
            ("bits", key.bits.into()),
            ("state", terminal.sentence(&format!("dkim-state-{}", key.state), &[]).into()),
            ("file", (&key.file).into()),
        ];
        terminal.say("dkim-line", &values);
        if key.state != KeyState::Revoked.name() {
            terminal.print(&format!("  {}", key.zone_line()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_records_are_parted() {
        let shown = Shown {
            domain: "sender.test".into(),
            selector: "s".into(),
            algorithm: "rsa",
            bits: 2048,
            state: "active",
            since: 0,
            file: String::new(),
            record_name: "s._domainkey.sender.test".into(),
            record_value: "x".repeat(300),
        };
        let line = shown.zone_line();
        assert!(line.starts_with("s._domainkey.sender.test. 3600 IN TXT ( \"xxx"));
        assert!(line.ends_with(&format!("{}\" \"{}\" )", "x".repeat(255), "x".repeat(45))));
    }
}
