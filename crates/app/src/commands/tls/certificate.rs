//! `postamt tls certificate`: the certificate that the ports show, and its renewal. Read from the server's files;
//! `--renew` asks the running server and waits for the outcome, `--new-key` asks it to change to a new key, which takes
//! its time.

use std::path::PathBuf;

use postamt_net::clock::{Clock as _, SystemClock};
use serde::Serialize;

use crate::certificates::{self, Failure, Files, LeftOut, Source};
use crate::config::Config;
use crate::control::client::Client;
use crate::control::protocol::Request;
use crate::privileges;
use crate::rollover::{Rollover, Stage};
use crate::serve::Renewed;
use crate::terminal::{Stop, Terminal};
use crate::times;

const DAY: u64 = 86_400;

/// What there is to say. Times are seconds since 1970.
#[derive(Debug, Serialize)]
struct Report {
    file: PathBuf,
    source: Source,
    /// The directory of the authority that is configured.
    authority: Option<String>,
    names: Vec<String>,
    issuer: Option<String>,
    valid_from: Option<u64>,
    valid_until: Option<u64>,
    self_signed: bool,
    left_out: Vec<LeftOut>,
    renew_at: Option<u64>,
    /// Whether the authority has advised that time.
    advised: bool,
    last_failure: Option<Failure>,
    next_try: Option<u64>,
    /// The change to another key that is under way.
    key_change: Option<KeyChange>,
}

/// How far a change of keys is.
#[derive(Debug, Serialize)]
struct KeyChange {
    stage: Stage,
    since: u64,
    /// Until when this lasts at least, where the time is known.
    until: Option<u64>,
    /// Where the TLSA records stand.
    name: String,
    /// The next key's.
    next: String,
    /// The old key's.
    old: String,
}

/// Shows it, renewed first where that is asked for.
///
/// # Errors
/// The server is not running, or could not renew it.
pub fn run(renew: bool, new_key: bool, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    if renew {
        let client = Client::new(config.control_socket(), terminal);
        let renewed: Renewed = client.ask(&Request::RenewCertificate)?;
        let until = times::date_and_time(renewed.until);
        terminal.note("tls-certificate-renewed", &[("until", until.into())]);
    }
    if new_key {
        let client = Client::new(config.control_socket(), terminal);
        client.ask::<()>(&Request::NewCertificateKey)?;
    }
    privileges::act_for(config, terminal)?;
    let report = report(config);
    if terminal.json {
        return terminal.data(&report);
    }
    say(&report, terminal);
    Ok(())
}

fn report(config: &Config) -> Report {
    let (file, source, facts) = certificates::in_use(config);
    let authority = config.tls.acme.as_ref().map(|directory| directory.url().to_owned());
    // What an authority has done is nothing to the certificate from a file.
    let state = authority.is_some().then(|| certificates::AcmeState::read(&Files::of(config).state));
    let state = state.unwrap_or_default();
    Report {
        file,
        source,
        authority,
        names: facts.as_ref().map(|facts| facts.names.clone()).unwrap_or_default(),
        issuer: facts.as_ref().map(|facts| facts.issuer.clone()),
        valid_from: facts.as_ref().map(|facts| facts.from()),
        valid_until: facts.as_ref().map(|facts| facts.until()),
        self_signed: facts.is_some_and(|facts| facts.is_self_made),
        left_out: state.left_out,
        renew_at: state.renew_at,
        advised: state.window.is_some(),
        last_failure: state.last_failure,
        next_try: state.try_at,
        key_change: Rollover::of(config).map(|rollover| key_change(&rollover, config)),
    }
}

fn key_change(rollover: &Rollover, config: &Config) -> KeyChange {
    KeyChange {
        stage: rollover.stage,
        since: rollover.since,
        until: rollover.until(),
        name: format!("_25._tcp.{}", config.server.hostname),
        next: rollover.next.record().to_string(),
        old: rollover.old.record().to_string(),
    }
}

fn say(report: &Report, terminal: Terminal) {
    let source = match report.source {
        Source::File => "file",
        Source::Acme => "acme",
        Source::SelfMade => "self-made",
    };
    let file = report.file.display().to_string();
    terminal.say("tls-certificate", &[("file", file.into()), ("source", source.into())]);
    match (&report.issuer, report.valid_until) {
        (Some(issuer), Some(until)) => {
            let now = SystemClock.unix_seconds();
            let days = usize::try_from(until.saturating_sub(now) / DAY).unwrap_or(usize::MAX);
            let values = [
                ("names", report.names.join(", ").into()),
                ("issuer", issuer.into()),
                ("until", times::date_and_time(until).into()),
                ("days", days.into()),
                ("over", if until < now { "yes" } else { "no" }.into()),
            ];
            terminal.say("tls-certificate-facts", &values);
        }
        _ => terminal.say("tls-certificate-unread", &[("source", source.into())]),
    }
    for left_out in &report.left_out {
        let values = [("name", (&left_out.name).into()), ("reason", (&left_out.reason).into())];
        terminal.say("tls-certificate-left-out", &values);
    }
    if let Some(change) = &report.key_change {
        let record = if change.stage == Stage::Retiring { &change.old } else { &change.next };
        let values = [
            ("stage", change.stage.name().into()),
            ("record", format!("{}. TLSA {record}", change.name).into()),
            ("until", change.until.map(times::date_and_time).unwrap_or_default().into()),
        ];
        terminal.say("tls-certificate-key", &values);
    }
    let Some(authority) = &report.authority else { return };
    if let Some(at) = report.renew_at {
        let values = [
            ("at", times::date_and_time(at).into()),
            ("authority", authority.into()),
            ("advised", if report.advised { "yes" } else { "no" }.into()),
        ];
        terminal.say("tls-certificate-renewal", &values);
    }
    if let Some(failure) = &report.last_failure {
        let next = report.next_try.map(times::date_and_time).unwrap_or_default();
        let values = [
            ("at", times::date_and_time(failure.at).into()),
            ("what", (&failure.what).into()),
            ("next", next.into()),
        ];
        terminal.say("tls-certificate-failure", &values);
    }
}
