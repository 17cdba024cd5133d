//! `postamt relay test`: the preflight of a relay, told in sentences: what it said, what DNS says, and whether mail of
//! our domains would arrive by it. Nothing is sent unless `--send` asks for it.

use std::sync::Arc;

use postamt_mail::address::Address;
use postamt_mail::envelope::Recipient;
use postamt_mail::{date, message_id};
use postamt_mailauth::dkim::KeyStore;
use postamt_mta::send::preflight::{self, Facts, Judged, PreflightVerdict, Question};
use postamt_mta::send::relay_test::{self, Caller, RelayTestReport};
use postamt_mta::settings::Relay;
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_net::dial::SystemDialer;
use postamt_net::smtp::Transaction;
use postamt_net::tls::TlsContext;
use serde::Serialize;

use super::{relay_findings, wait};
use crate::config::{self, Config};
use crate::terminal::{Exit, Stop, Terminal};

/// What `--json` shows.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    report: &'a RelayTestReport,
    usable: bool,
    findings: &'a [Judged],
}

/// What the command line says.
#[derive(Debug)]
pub struct Wish {
    /// A further sender to ask for.
    pub from: Option<String>,
    /// A recipient to ask for.
    pub to: Option<String>,
    /// Send them a small message, too.
    pub send: bool,
}

/// Tests the relay of that name.
///
/// # Errors
/// There is none of that name, its password cannot be read, or it does not take mail.
pub fn run(name: &str, wish: Wish, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    let relay = config::settings::relay(config, name)
        .map_err(|problems| Stop { exit: Exit::Configuration, text: problems.text(terminal.words) })?
        .ok_or_else(|| terminal.stop("relay-unknown", &[("name", name.into())]))?;
    let extra = further_envelope(wish.from, wish.to, config, terminal)?;
    let keys = KeyStore::open(config.dkim_directory()).map_err(anyhow::Error::from)?;
    let facts = look(&relay, &keys, extra.as_ref(), config, terminal)?;
    let verdict = preflight::judge(&relay, &facts, SystemClock.unix_seconds());
    let report = &facts.report;
    if terminal.json {
        terminal.data(&Shown { report, usable: verdict.usable, findings: &verdict.findings })?;
    } else {
        tell(report, &verdict, &relay, terminal);
    }
    if !verdict.usable || report.failure.is_some() {
        return Err(Stop::silent(Exit::Failed));
    }
    match extra {
        Some(envelope) if wish.send => send(&relay, envelope, config, terminal),
        _ => Ok(()),
    }
}

/// Hands one small message over.
fn send(
    relay: &Relay,
    (sender, recipient): (Option<Address>, Address),
    config: &Config,
    terminal: Terminal,
) -> Result<(), Stop> {
    let now = SystemClock.unix_seconds();
    let hostname = config.server.hostname.as_str();
    let from = sender.as_ref().map(ToString::to_string).unwrap_or_default();
    let content = format!(
        "From: <{from}>\r\nTo: <{recipient}>\r\nSubject: Postamt relay test\r\nDate: {}\r\nMessage-ID: {}\r\n\r\n\
         {hostname} -> {}\r\n",
        date::rfc5322(now),
        message_id::generate(now, "test", hostname),
        relay.host,
    );
    let transaction = Transaction {
        sender,
        recipients: vec![Recipient::new(recipient)],
        content: vec![content.into()],
        ..Transaction::default()
    };
    let outgoing = config::settings::outgoing(config);
    let tls = TlsContext::system();
    let sent = wait(async {
        let resolver = crate::serve::resolver(config, terminal)?;
        let caller = Caller {
            resolver: &resolver,
            dialer: &SystemDialer,
            tls: &tls,
            outgoing: &outgoing,
            hostname: &config.server.hostname,
        };
        Ok::<_, Stop>(relay_test::send(relay, caller, &transaction).await)
    })??;
    match sent {
        Ok(reply) => {
            terminal.note("relay-test-sent", &[("reply", reply.into())]);
            Ok(())
        }
        Err(reply) => Err(terminal.stop("relay-test-not-sent", &[("reply", reply.into())])),
    }
}

/// `--from` and `--to`, each of which stands for the other where that is left out.
fn further_envelope(
    from: Option<String>,
    to: Option<String>,
    config: &Config,
    terminal: Terminal,
) -> Result<Option<(Option<Address>, Address)>, Stop> {
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    let sender = match from {
        Some(text) => address(&text, terminal)?,
        None => Address::from_parts("postmaster", &config.server.domains[0]).map_err(anyhow::Error::from)?,
    };
    let recipient = to.map_or_else(|| Ok(sender.clone()), |text| address(&text, terminal))?;
    Ok(Some((Some(sender), recipient)))
}

fn address(text: &str, terminal: Terminal) -> Result<Address, Stop> {
    Address::new(text).map_err(|_| terminal.stop("relay-bad-address", &[("text", text.into())]))
}

fn look(
    relay: &Arc<Relay>,
    keys: &KeyStore,
    extra: Option<&(Option<Address>, Address)>,
    config: &Config,
    terminal: Terminal,
) -> Result<Facts, Stop> {
    let outgoing = config::settings::outgoing(config);
    let tls = TlsContext::system();
    wait(async {
        let resolver = crate::serve::resolver(config, terminal)?;
        let question = Question {
            relay,
            domains: &config.server.domains,
            keys,
            message_bytes: u64::from(config.limits.message_bytes.get()),
            further_envelope: extra,
            caller: Caller {
                resolver: &resolver,
                dialer: &SystemDialer,
                tls: &tls,
                outgoing: &outgoing,
                hostname: &config.server.hostname,
            },
            now: SystemClock.unix_seconds(),
        };
        Ok(preflight::facts(question).await)
    })?
}

fn tell(report: &RelayTestReport, verdict: &PreflightVerdict, relay: &Relay, terminal: Terminal) {
    let host = format!("{}:{}", relay.host, report.port.unwrap_or(relay.port));
    let address = report.address.as_deref().unwrap_or("-");
    terminal.say("relay-test-host", &[("host", host.into()), ("address", address.into())]);
    let line = |id: &str, name: &str, value: Option<&String>| {
        if let Some(value) = value {
            terminal.say(id, &[(name, value.into())]);
        }
    };
    line("relay-test-greeting", "reply", report.greeting.as_ref());
    line("relay-test-tls", "tls", report.tls.as_ref());
    if report.certificate_verified == Some(true) {
        terminal.say("relay-test-certificate-good", &[]);
    }
    if !report.capabilities.is_empty() {
        terminal.say("relay-test-offers", &[("offers", report.capabilities.join(", ").into())]);
    }
    for said in report.envelopes.iter().filter(|said| !said.sender.is_empty()) {
        let values = [("sender", (&said.sender).into()), ("reply", (&said.mail).into())];
        terminal.say("relay-test-mail", &values);
        if let Some(reply) = &said.recipient_reply {
            let values = [("recipient", (&said.recipient).into()), ("reply", reply.into())];
            terminal.say("relay-test-recipient", &values);
        }
    }
    relay_findings::tell(&verdict.findings, terminal);
    let name = &verdict.relay;
    match (&report.failure, verdict.usable) {
        (Some(failure), _) => terminal.note("relay-test-failed", &[("failure", failure.into())]),
        (None, false) => terminal.note("relay-test-not-usable", &[("name", name.into())]),
        (None, true) => terminal.say("relay-test-good", &[("name", name.into())]),
    }
}
