//! `postamt dkim new|list`: keys in files, and the records that DNS must have for them.

use postamt_mail::address::Domain;
use postamt_mailauth::dkim::{Algorithm, KeyError, KeyStore, MINIMUM_RSA_BITS, StoredKey, generate};
use postamt_net::clock::{Clock as _, SystemClock};
use serde::Serialize;

use crate::cli::{self, KeyKind};
use crate::config::Config;
use crate::privileges;
use crate::terminal::{Stop, Terminal};

/// Characters of one string of a TXT record (RFC 1035 §3.3.14).
const STRING_LIMIT: usize = 255;

/// Does what is asked.
///
/// # Errors
/// A file that cannot be used, a key that is there already, a selector that is none.
pub fn run(command: cli::Dkim, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    privileges::act_for(config, terminal)?;
    let failed = |error: KeyError| {
        let text = format!("{:#}", anyhow::Error::from(error));
        terminal.stop("dkim-failed", &[("error", text.into())])
    };
    let store = KeyStore::open(config.dkim_directory()).map_err(failed)?;
    match command {
        cli::Dkim::New { domain, selector, kind } => {
            let domain = Domain::new(&domain)
                .map_err(|_| terminal.stop("dkim-bad-domain", &[("domain", (&domain).into())]))?;
            let algorithm = match kind {
                KeyKind::Rsa => Algorithm::Rsa,
                KeyKind::Ed25519 => Algorithm::Ed25519,
            };
            let selector = selector.unwrap_or_else(|| default_selector(algorithm));
            let pem = generate(algorithm, MINIMUM_RSA_BITS).map_err(failed)?;
            let key = store.create(domain.clone(), &selector, &pem).map_err(failed)?;
            made(&key, config.server.domains.contains(&domain), terminal)
        }
        cli::Dkim::List => list(&store.list(), terminal),
    }
}

/// A key as `--json` shows it.
#[derive(Debug, Serialize)]
struct Shown {
    domain: String,
    selector: String,
    algorithm: &'static str,
    bits: usize,
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

/// Year, month and the kind of key: `202611rsa`. The greatest selector is the newest.
fn default_selector(algorithm: Algorithm) -> String {
    let (year, month, _) = postamt_mail::date::civil(SystemClock.unix_seconds() / 86_400);
    format!("{year:04}{month:02}{}", algorithm.name())
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
            ("file", (&key.file).into()),
        ];
        terminal.say("dkim-line", &values);
        terminal.print(&format!("  {}", key.zone_line()));
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
            file: String::new(),
            record_name: "s._domainkey.sender.test".into(),
            record_value: "x".repeat(300),
        };
        let line = shown.zone_line();
        assert!(line.starts_with("s._domainkey.sender.test. 3600 IN TXT ( \"xxx"));
        assert!(line.ends_with(&format!("{}\" \"{}\" )", "x".repeat(255), "x".repeat(45))));
    }
}
