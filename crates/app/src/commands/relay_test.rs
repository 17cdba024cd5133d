//! `postamt relay test`: speaks with a relay as the server would, up to the recipient, and tells what it said.

use std::sync::Arc;

use postamt_mail::address::Address;
use postamt_mta::send::relay_test::{RelayTestReport, test};
use postamt_mta::settings::Relay;
use postamt_net::dial::SystemDialer;
use postamt_net::tls::TlsContext;

use super::wait;
use crate::config::{self, Config};
use crate::terminal::{Exit, Stop, Terminal};

/// Tests the relay of that name.
///
/// # Errors
/// There is none of that name, its password cannot be read, or it does not take mail.
pub fn run(
    name: &str,
    from: Option<String>,
    to: Option<String>,
    config: &Config,
    terminal: Terminal,
) -> Result<(), Stop> {
    let relay = config::settings::relay(config, name)
        .map_err(|problems| Stop { exit: Exit::Configuration, text: problems.text(terminal.words) })?
        .ok_or_else(|| terminal.stop("relay-unknown", &[("name", name.into())]))?;
    let sender = match from {
        Some(text) => address(&text, terminal)?,
        None => Address::from_parts("postmaster", &config.server.domains[0]).map_err(anyhow::Error::from)?,
    };
    let recipient = to.map_or_else(|| Ok(sender.clone()), |text| address(&text, terminal))?;
    let report = ask(&relay, &sender, &recipient, config, terminal)?;
    if terminal.json {
        terminal.data(&report)?;
    } else {
        tell(&report, &relay, &sender, &recipient, terminal);
    }
    match report.failure {
        Some(_) => Err(Stop::silent(Exit::Failed)),
        None => Ok(()),
    }
}

fn address(text: &str, terminal: Terminal) -> Result<Address, Stop> {
    Address::new(text).map_err(|_| terminal.stop("relay-bad-address", &[("text", text.into())]))
}

fn ask(
    relay: &Arc<Relay>,
    sender: &Address,
    recipient: &Address,
    config: &Config,
    terminal: Terminal,
) -> Result<RelayTestReport, Stop> {
    let outgoing = config::settings::outgoing(config);
    let tls = TlsContext::system();
    wait(async {
        let resolver = crate::serve::resolver(config, terminal)?;
        let envelope = Some((sender, recipient));
        let hostname = &config.server.hostname;
        Ok(test(relay, &resolver, &SystemDialer, &tls, &outgoing, hostname, envelope).await)
    })?
}

fn tell(report: &RelayTestReport, relay: &Relay, sender: &Address, recipient: &Address, terminal: Terminal) {
    let host = format!("{}:{}", relay.host, relay.port);
    let address = report.address.as_deref().unwrap_or("-");
    terminal.say("relay-test-host", &[("host", host.into()), ("address", address.into())]);
    let line = |id: &str, name: &str, value: Option<&String>| {
        if let Some(value) = value {
            terminal.say(id, &[(name, value.into())]);
        }
    };
    line("relay-test-greeting", "reply", report.greeting.as_ref());
    line("relay-test-tls", "tls", report.tls.as_ref());
    match report.certificate_verified {
        Some(true) => terminal.say("relay-test-certificate-good", &[]),
        Some(false) => line("relay-test-certificate-bad", "problem", report.certificate_problem.as_ref()),
        None => {}
    }
    line("relay-test-login", "mechanism", report.login.as_ref());
    if !report.capabilities.is_empty() {
        terminal.say("relay-test-offers", &[("offers", report.capabilities.join(", ").into())]);
    }
    if let Some(reply) = &report.mail {
        let values = [("sender", sender.to_string().into()), ("reply", reply.into())];
        terminal.say("relay-test-mail", &values);
    }
    if let Some(reply) = &report.recipient {
        let values = [("recipient", recipient.to_string().into()), ("reply", reply.into())];
        terminal.say("relay-test-recipient", &values);
    }
    match &report.failure {
        Some(failure) => terminal.note("relay-test-failed", &[("failure", failure.into())]),
        None => terminal.say("relay-test-good", &[("name", (&report.relay).into())]),
    }
}
