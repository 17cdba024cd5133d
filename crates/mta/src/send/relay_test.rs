//! What a relay says when nobody sends anything: connects, secures and logs in as a delivery would, port by port, and
//! asks whether MAIL and RCPT would be taken.
//!
//! `postamt relay test` shows it; [`super::preflight`] judges it. A refusal is an answer; nothing here fails.

use std::net::{IpAddr, SocketAddr};

use postamt_mail::address::{Address, Domain};
use postamt_mail::reply::Reply;
use postamt_net::dial::Dialer;
use postamt_net::dns::Resolver;
use postamt_net::smtp::{Chunking, Connection, Hop, OpenFailure, RecipientOutcome, TlsContext, Transaction};
use serde::{Deserialize, Serialize};

use super::addresses;
use super::open::{classify, relay_policy, source_for, timeouts};
use crate::settings::{Outgoing, Relay, RelayPort};

/// How far one gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Looking its host up.
    Resolve,
    /// Connecting.
    Connect,
    /// Being greeted.
    Greeting,
    /// TLS.
    Secure,
    /// Login.
    LogIn,
    /// MAIL and RCPT.
    Envelope,
}

/// What it says to a sender and a recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopeAnswer {
    /// The sender; empty for the null path.
    pub sender: String,
    /// The recipient.
    pub recipient: String,
    /// Reply to MAIL.
    pub mail: String,
    /// Reply to RCPT, when MAIL was taken.
    pub recipient_reply: Option<String>,
    /// What it comes to.
    pub answer: Answer,
}

/// Yes, no, or not now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// 2yz to both.
    Accepted,
    /// 4yz.
    Later,
    /// 5yz.
    Refused,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayTestReport {
    /// Name of the relay.
    pub relay: String,
    /// Address that was spoken to.
    pub address: Option<String>,
    /// The port that answered.
    pub port: Option<u16>,
    /// Its greeting.
    pub greeting: Option<String>,
    /// Its offers, as it listed them.
    pub capabilities: Vec<String>,
    /// Octets of a message that it takes (RFC 1870).
    pub size_limit: Option<u64>,
    /// TLS version and cipher.
    pub tls: Option<String>,
    /// Whether the certificate was verified.
    pub certificate_verified: Option<bool>,
    /// What is wrong with the certificate, even where it was not demanded.
    pub certificate_problem: Option<String>,
    /// Mechanism of the login.
    pub login: Option<String>,
    /// Reply to the first MAIL.
    pub mail: Option<String>,
    /// Reply to the first RCPT.
    pub recipient: Option<String>,
    /// What it says to each envelope, the null sender last.
    pub envelopes: Vec<EnvelopeAnswer>,
    /// Where it failed.
    pub step: Option<Step>,
    /// What failed; `None` when every sender that was asked for is taken. The null sender is not one of them.
    pub failure: Option<String>,
}

/// Who asks: the same eyes and the same face as a delivery.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    /// DNS.
    pub resolver: &'a dyn Resolver,
    /// Connections.
    pub dialer: &'a dyn Dialer,
    /// TLS.
    pub tls: &'a TlsContext,
    /// Sources and times.
    pub outgoing: &'a Outgoing,
    /// The name in EHLO where the source has none of its own.
    pub hostname: &'a Domain,
}

/// A sender and a recipient to ask for.
pub type Envelope = (Option<Address>, Address);

/// Tests a relay: the first port that lets us in is asked for these envelopes.
pub async fn test(relay: &Relay, caller: Caller<'_>, envelopes: &[Envelope]) -> RelayTestReport {
    let mut report = RelayTestReport { relay: relay.name.clone(), ..RelayTestReport::default() };
    for port in relay.ports() {
        match attempt(&mut report, relay, port, caller).await {
            Attempted::In(connection) => {
                let mut connection = *connection;
                describe(&mut report, &connection);
                ask(&mut report, &mut connection, envelopes).await;
                connection.quit().await;
                break;
            }
            Attempted::TryNext => {}
            Attempted::Useless => break,
        }
    }
    report
}

/// Sends one message for real, by the first port that lets us in: only where the operator asks for it. Gives the
/// relay's reply.
///
/// # Errors
/// Why it was not taken, in the relay's words or ours.
pub async fn send(relay: &Relay, caller: Caller<'_>, transaction: &Transaction) -> Result<String, String> {
    let mut report = RelayTestReport::default();
    for port in relay.ports() {
        match attempt(&mut report, relay, port, caller).await {
            Attempted::In(connection) => {
                let mut connection = *connection;
                let outcome = connection.deliver(transaction).await;
                connection.quit().await;
                return match outcome.recipients.into_iter().next() {
                    Some(RecipientOutcome::Delivered(reply)) => Ok(reply.to_string()),
                    Some(RecipientOutcome::Refused { reply, .. }) => Err(reply.to_string()),
                    Some(RecipientOutcome::Unsent(error) | RecipientOutcome::Uncertain(error)) => {
                        Err(error.to_string())
                    }
                    Some(RecipientOutcome::Impossible(cause)) => Err(cause.to_string()),
                    None => Err("the message has no recipient".to_owned()),
                };
            }
            Attempted::TryNext => {}
            Attempted::Useless => break,
        }
    }
    Err(report.failure.unwrap_or_default())
}

enum Attempted {
    In(Box<Connection>),
    TryNext,
    /// The next port would say the same.
    Useless,
}

async fn attempt(
    report: &mut RelayTestReport,
    relay: &Relay,
    port: RelayPort,
    caller: Caller<'_>,
) -> Attempted {
    let addresses = match resolve(relay, port.port, caller).await {
        Ok(addresses) => addresses,
        Err(problem) => {
            (report.step, report.failure) = (Some(Step::Resolve), Some(problem));
            return Attempted::Useless;
        }
    };
    for address in addresses {
        let Some(hop) = hop(relay, port, address, caller) else { continue };
        report.address = Some(address.to_string());
        match Connection::open(caller.dialer, caller.tls, &hop).await {
            Ok(connection) => {
                report.port = Some(port.port);
                (report.step, report.failure) = (None, None);
                return Attempted::In(Box::new(connection));
            }
            Err(failure) => {
                let classified = classify(&failure, address);
                (report.step, report.failure) = (Some(step_of(&failure)), Some(classified.text()));
                if classified.reply.is_some() {
                    return Attempted::Useless;
                }
            }
        }
    }
    Attempted::TryNext
}

async fn resolve(relay: &Relay, port: u16, caller: Caller<'_>) -> Result<Vec<SocketAddr>, String> {
    if let Ok(ip) = relay.host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    let name = Domain::new(&relay.host).map_err(|error| format!("{}: {error}", relay.host))?;
    let found =
        addresses::addresses(caller.resolver, &name, caller.outgoing, port).await.map(|found| found.list);
    found.map_err(|failure| failure.text())
}

/// `None` when sources are named, but none of this family: a delivery would not go there either.
fn hop(relay: &Relay, port: RelayPort, address: SocketAddr, caller: Caller<'_>) -> Option<Hop> {
    let (source, ehlo_name) = source_for(caller.outgoing, caller.hostname, address.ip())?;
    Some(Hop {
        source,
        host: Domain::new(&relay.host).ok(),
        tls: relay_policy(relay, port.tls),
        credentials: relay.credentials.clone(),
        chunking: Chunking::IfOffered,
        timeouts: timeouts(caller.outgoing),
        ..Hop::new(address, ehlo_name.to_string())
    })
}

fn step_of(failure: &OpenFailure) -> Step {
    match failure {
        OpenFailure::Dial(_) => Step::Connect,
        OpenFailure::Tls(_) | OpenFailure::TlsUnavailable => Step::Secure,
        OpenFailure::Authentication(_) | OpenFailure::Login(_) | OpenFailure::LoginNeedsTls => Step::LogIn,
        OpenFailure::Greeting(_) | OpenFailure::Transport(_) | OpenFailure::Protocol(_) => Step::Greeting,
    }
}

fn describe(report: &mut RelayTestReport, connection: &Connection) {
    let facts = connection.facts();
    report.greeting = Some(facts.greeting.to_string());
    report.capabilities.clone_from(&facts.capabilities.answer.lines);
    report.size_limit = facts.capabilities.size.filter(|limit| *limit > 0);
    report.login = facts.authenticated.map(|mechanism| mechanism.to_string());
    if let Some(tls) = &facts.tls {
        report.tls = Some(format!("{} {}", tls.version, tls.cipher));
        report.certificate_verified = Some(tls.verified);
        report.certificate_problem = tls.problem.as_ref().map(ToString::to_string);
    }
}

async fn ask(report: &mut RelayTestReport, connection: &mut Connection, envelopes: &[Envelope]) {
    for (sender, recipient) in envelopes {
        match connection.probe(sender, recipient).await {
            Err(error) => {
                (report.step, report.failure) = (Some(Step::Envelope), Some(error.to_string()));
                return;
            }
            Ok(probe) => {
                let last = probe.recipient.as_ref().unwrap_or(&probe.mail);
                if sender.is_some() && !last.code.is_success() && report.failure.is_none() {
                    (report.step, report.failure) = (Some(Step::Envelope), Some(last.to_string()));
                }
                if report.envelopes.is_empty() {
                    report.mail = Some(probe.mail.to_string());
                    report.recipient = probe.recipient.as_ref().map(ToString::to_string);
                }
                report.envelopes.push(EnvelopeAnswer {
                    sender: sender.as_ref().map(ToString::to_string).unwrap_or_default(),
                    recipient: recipient.to_string(),
                    answer: answer(last),
                    mail: probe.mail.to_string(),
                    recipient_reply: probe.recipient.as_ref().map(ToString::to_string),
                });
            }
        }
    }
}

fn answer(reply: &Reply) -> Answer {
    if reply.code.is_success() {
        Answer::Accepted
    } else if reply.code.is_permanent() {
        Answer::Refused
    } else {
        Answer::Later
    }
}
