//! `postamt port25 request`: looks at this host as a provider would, and writes the request to open port 25. The letter goes to
//! stdout; the score card, what the letter leaves out, and what the user must fill in go to stderr.

use postamt_doctor::port25;
use postamt_doctor::port25::outcome::Family;
use postamt_doctor::unblock::letter::{
    Advice, Case, Evidence, Form, Letter, Purpose, SCHEMA_VERSION, Sender, State, Volume, compose, evidence,
    render, score,
};
use postamt_doctor::unblock::{letter, text};
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_store::history::Query;
use serde::Serialize;

use super::{doctor, port25_check, provider, wait};
use crate::cli::{self, LetterForm, Sending};
use crate::config::{self, Config};
use crate::terminal::{Stop, Terminal, warn};

/// What a provider may ask about, and what that rests on.
const CHECKS: [&str; 14] = [
    "dns",
    "hostname",
    "addresses",
    "ptr",
    "programs",
    "submission",
    "certificate",
    "relay_test",
    "postmaster",
    "spf",
    "dkim",
    "dmarc",
    "blocklists",
    "updates",
];
/// How far back mail is counted, and how much of it at the most.
const DAYS: u64 = 28;
const COUNTED: usize = 100_000;

/// Looks, and writes.
///
/// # Errors
/// There is no such provider, no name server to ask, or the list of targets cannot be used.
pub fn run(options: &cli::Request, config: Option<&Config>, terminal: Terminal) -> Result<(), Stop> {
    let words = terminal.words;
    let found = provider::find(&options.provider, config, terminal)?;
    let wish = port25_check::Wish { sources: &[], family: None, targets: options.targets.as_deref() };
    let probe = port25_check::look(&wish, config, terminal)?;
    let report = doctor::findings(config, &CHECKS, terminal)?;
    let at = SystemClock.unix_seconds();
    let sender = sender(options, config, &probe, at)?;
    let mut evidence = evidence::of_findings(&report, words);
    evidence.extend(evidence::of_probe(&probe, words));
    evidence.extend(config.into_iter().flat_map(|config| configured(config, at, terminal)));
    let case =
        Case { provider: found.provider(), sender: &sender, evidence: &evidence, probe: Some(&probe), at };
    let advice = Advice::new(case.provider, case.probe);
    let letter = (advice.is_to_ask() || options.anyway).then(|| compose(&case, words));
    let form = match options.to {
        LetterForm::Ticket => Form::Ticket,
        LetterForm::Form => Form::Form,
        LetterForm::Email => Form::Email,
        LetterForm::Text => Form::Text,
    };
    let card = score::card(&evidence, words);
    let said = advice.text(case.provider, found.base(), words);
    if terminal.json {
        return terminal.data(&Shown {
            schema_version: SCHEMA_VERSION,
            at,
            provider: found.shown(words),
            advice,
            advice_text: &said,
            score: &card,
            sender: &sender,
            letter: letter.as_ref(),
            text: letter.as_ref().map(|letter| render(letter, form, words)),
        });
    }
    warn(&format!("{}\n", score::text(&card, words)));
    let Some(letter) = letter else {
        terminal.print(&said);
        case.provider.into_iter().for_each(|it| terminal.print(&text::advice(it, words)));
        return Ok(());
    };
    warn(&said);
    warn(&format!("{}\n", found.text(words)));
    terminal.print(&render(&letter, form, words));
    warn(&format!("\n{}", letter::render::for_the_user(&letter, words)));
    Ok(())
}

/// As `--json` shows it.
#[derive(Serialize)]
struct Shown<'a> {
    schema_version: u32,
    at: u64,
    provider: provider::Shown<'a>,
    advice: Advice,
    advice_text: &'a str,
    score: &'a [score::Point],
    sender: &'a Sender,
    /// Null where asking is of no use.
    letter: Option<&'a Letter>,
    /// The letter as it is sent.
    text: Option<String>,
}

fn sender(
    options: &cli::Request,
    config: Option<&Config>,
    probe: &port25::Report,
    at: u64,
) -> Result<Sender, Stop> {
    let mut addresses = provider::public_addresses(config);
    if addresses.is_empty() {
        addresses.extend(probe.paths.iter().filter_map(|path| path.path.source));
    }
    // A family whose way is open is no matter of the letter.
    let blocked: Vec<_> =
        probe.paths.iter().filter(|it| evidence::is_blocked(it)).map(|it| it.path.family).collect();
    addresses.retain(|address| blocked.is_empty() || blocked.contains(&Family::of(*address)));
    let host = match config {
        Some(config) => config.server.hostname.to_string(),
        None => rustix::system::uname().nodename().to_string_lossy().into_owned(),
    };
    let domains = config.into_iter().flat_map(|config| &config.server.domains);
    let stated = options.volume.as_ref().map(|text| Volume::Stated { text: text.clone() });
    Ok(Sender {
        host,
        addresses,
        domains: domains.map(ToString::to_string).collect(),
        purpose: match options.purpose {
            Sending::OwnMta => Purpose::OwnMta,
            Sending::Application => Purpose::Application,
        },
        description: options.describe.clone(),
        volume: config.map(|config| measured(config, at)).transpose()?.flatten().or(stated),
        name: options.name.clone(),
        customer: options.customer.clone(),
        software: config.map(|_| concat!("Postamt ", env!("CARGO_PKG_VERSION")).to_owned()),
    })
}

/// How much mail there was, as far as the running server has written it down.
fn measured(config: &Config, now: u64) -> Result<Option<Volume>, Stop> {
    let Some(history) = doctor::history(config) else { return Ok(None) };
    let records = wait(async { history.search(Query { limit: COUNTED, ..Query::default() }).await })?;
    let received: Vec<u64> = records.unwrap_or_default().iter().map(|record| record.received_at).collect();
    Ok(Volume::measured(&received, now, DAYS))
}

/// What the configuration makes the server do.
fn configured(config: &Config, at: u64, terminal: Terminal) -> Vec<Evidence> {
    let pacing = config::settings::pacing(config);
    let count = |check: &str, id: &str, count: u64| Evidence {
        count: Some(count),
        ..Evidence::good(check, id, &config.server.hostname, at)
    };
    let mut found = vec![
        count("pacing", "configuration.connections", pacing.connections as u64),
        Evidence::good("bounces", "configuration.bounces", &config.server.hostname, at),
        login(config, at, terminal),
    ];
    let a_minute = pacing.messages_per_minute.map(u64::from);
    found.extend(a_minute.map(|number| count("rate", "configuration.messages-per-minute", number)));
    found
}

/// Whether a network other than this host itself may send without login.
fn login(config: &Config, at: u64, terminal: Terminal) -> Evidence {
    let good = Evidence::good("login", "configuration.login", &config.server.hostname, at);
    let (listeners, _) = config::settings::ports_and_certificate(config);
    let networks = listeners.iter().flat_map(|listener| &listener.relay_networks);
    let outside: Vec<String> = networks
        .filter(|network| !network.address.is_loopback())
        .map(|network| format!("{}/{}", network.address, network.prefix))
        .collect();
    if outside.is_empty() {
        return good;
    }
    Evidence {
        state: State::Missing,
        told: terminal.sentence("letter-login-networks", &[("networks", outside.join(", ").into())]),
        remedy: vec![terminal.sentence("letter-remedy-login", &[])],
        ..good
    }
}
