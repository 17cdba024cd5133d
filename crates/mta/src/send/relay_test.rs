//! `postamt relay test`: connects, secures and logs in as a delivery would, asks whether MAIL and RCPT would be
//! taken, and sends nothing.

use std::net::{IpAddr, SocketAddr};

use postamt_mail::address::{Address, Domain};
use postamt_net::dial::Dialer;
use postamt_net::dns::Resolver;
use postamt_net::smtp::{Chunking, Connection, Hop, TlsContext};
use serde::{Deserialize, Serialize};

use super::addresses;
use super::open::{classify, relay_policy, timeouts};
use crate::settings::{Outgoing, Relay};

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayTestReport {
    /// Name of the relay.
    pub relay: String,
    /// Address that was spoken to.
    pub address: Option<String>,
    /// Its greeting.
    pub greeting: Option<String>,
    /// Its offers, as it listed them.
    pub capabilities: Vec<String>,
    /// TLS version and cipher.
    pub tls: Option<String>,
    /// Whether the certificate was verified.
    pub certificate_verified: Option<bool>,
    /// What is wrong with the certificate, even where it was not demanded.
    pub certificate_problem: Option<String>,
    /// Mechanism of the login.
    pub login: Option<String>,
    /// Reply to MAIL.
    pub mail: Option<String>,
    /// Reply to RCPT.
    pub recipient: Option<String>,
    /// What failed; `None` when everything asked for was accepted.
    pub failure: Option<String>,
}

/// Tests a relay. `sender` and `recipient` are asked for when both are given.
pub async fn test(
    relay: &Relay,
    resolver: &dyn Resolver,
    dialer: &dyn Dialer,
    tls: &TlsContext,
    outgoing: &Outgoing,
    ehlo_name: &Domain,
    envelope: Option<(&Address, &Address)>,
) -> RelayTestReport {
    let mut report = RelayTestReport { relay: relay.name.clone(), ..RelayTestReport::default() };
    let addresses = match resolve(relay, resolver, outgoing).await {
        Ok(addresses) => addresses,
        Err(problem) => {
            report.failure = Some(problem);
            return report;
        }
    };
    for address in addresses {
        report.address = Some(address.to_string());
        match Connection::open(dialer, tls, &hop(relay, address, outgoing, ehlo_name)).await {
            Ok(mut connection) => {
                describe(&mut report, &connection);
                report.failure = None;
                ask(&mut report, &mut connection, envelope).await;
                connection.quit().await;
                return report;
            }
            Err(failure) => report.failure = Some(classify(&failure, address).text()),
        }
    }
    report
}

async fn resolve(
    relay: &Relay,
    resolver: &dyn Resolver,
    outgoing: &Outgoing,
) -> Result<Vec<SocketAddr>, String> {
    if let Ok(ip) = relay.host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, relay.port)]);
    }
    let name = Domain::new(&relay.host).map_err(|error| format!("{}: {error}", relay.host))?;
    addresses::addresses(resolver, &name, outgoing, relay.port).await.map_err(|failure| failure.text())
}

fn hop(relay: &Relay, address: SocketAddr, outgoing: &Outgoing, ehlo_name: &Domain) -> Hop {
    Hop {
        source: outgoing
            .sources
            .iter()
            .map(|source| source.address)
            .find(|source| source.is_ipv4() == address.is_ipv4()),
        host: Domain::new(&relay.host).ok(),
        tls: relay_policy(relay),
        credentials: relay.credentials.clone(),
        chunking: Chunking::IfOffered,
        timeouts: timeouts(outgoing),
        ..Hop::new(address, ehlo_name.to_string())
    }
}

fn describe(report: &mut RelayTestReport, connection: &Connection) {
    let facts = connection.facts();
    report.greeting = Some(facts.greeting.to_string());
    report.capabilities.clone_from(&facts.capabilities.answer.lines);
    report.login = facts.authenticated.map(|mechanism| mechanism.to_string());
    if let Some(tls) = &facts.tls {
        report.tls = Some(format!("{} {}", tls.version, tls.cipher));
        report.certificate_verified = Some(tls.verified);
        report.certificate_problem.clone_from(&tls.problem);
    }
}

async fn ask(
    report: &mut RelayTestReport,
    connection: &mut Connection,
    envelope: Option<(&Address, &Address)>,
) {
    let Some((sender, recipient)) = envelope else { return };
    match connection.probe(&Some(sender.clone()), recipient).await {
        Err(error) => report.failure = Some(error.to_string()),
        Ok(probe) => {
            report.mail = Some(probe.mail.to_string());
            report.recipient = probe.recipient.as_ref().map(ToString::to_string);
            let refused = [Some(&probe.mail), probe.recipient.as_ref()];
            report.failure =
                refused.into_iter().flatten().find(|reply| !reply.code.is_success()).map(ToString::to_string);
        }
    }
}
