//! The answering side: a task of the running server.
//!
//! A stale socket of a server that is gone is replaced; one on which somebody answers is not, because two
//! servers must not share a queue.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;
use postamt_mail::address::{Address, Domain};
use postamt_mta::guard::NotBanned;
use postamt_mta::run::rehearse::Question;
use postamt_mta::{RelayOnlyError, Running, Selection};
use postamt_store::history::Query;
use postamt_store::queue_id::QueueId;
use postamt_store::spool::SpoolError;
use serde::Serialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Notify;

use crate::serve::{NotBegun, Renewals};

use super::protocol::{Found, LetGo, REQUEST_LIMIT, Refusal, Request, Response, Shown, Status};

/// Opens the socket.
///
/// # Errors
/// Another server answers on it, or the directory cannot be written.
pub fn bind(path: &Path) -> std::io::Result<UnixListener> {
    if super::client::is_running(path) {
        return Err(std::io::ErrorKind::AddrInUse.into());
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))?;
    Ok(listener)
}

/// Whom the answers come from.
#[derive(Clone)]
pub struct Desk {
    /// The server.
    pub running: Running,
    /// The watch over the certificate, where there is one.
    pub renewals: Option<Renewals>,
    /// Rings the watch over the cases.
    pub cases: Arc<Notify>,
}

/// Answers until the task is dropped.
pub async fn serve(listener: UnixListener, desk: Desk) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of descriptors: the next one may do.
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            continue;
        };
        let desk = desk.clone();
        tokio::spawn(async move {
            // A command that went away needs no answer.
            let _ = converse(stream, &desk).await;
        });
    }
}

async fn converse(mut stream: UnixStream, desk: &Desk) -> std::io::Result<()> {
    let mut line = Vec::new();
    let (read, mut write) = stream.split();
    BufReader::new(read.take(REQUEST_LIMIT)).read_until(b'\n', &mut line).await?;
    let response = match serde_json::from_slice(&line) {
        Ok(request) => answer(request, desk).await.map_or_else(Response::Refused, Response::Done),
        Err(error) => Response::Refused(Refusal::Failed { error: error.to_string() }),
    };
    let mut line = serde_json::to_vec(&response)?;
    line.push(b'\n');
    write.write_all(&line).await?;
    write.shutdown().await
}

async fn answer(request: Request, desk: &Desk) -> Result<serde_json::Value, Refusal> {
    let running = &desk.running;
    match request {
        Request::List => value(&running.list().await),
        Request::Why { id } => {
            let why = running.why(queue_id(&id)?).await.map_err(|error| failed(&error))?;
            if why.waiting.is_none() && why.history.is_none() {
                return Err(Refusal::Unknown { id });
            }
            value(&why)
        }
        Request::Show { id } => show(&id, running).await,
        Request::Act { action, selection } => value(&running.act(action, &checked(selection)?).await),
        Request::Find { sender, recipient, message_id, limit } => {
            let query = Query { sender, recipient, message_id, limit };
            let records = running.search(query).await.map_err(|error| failed(&error))?;
            value(&records.into_iter().map(Found::new).collect::<Vec<_>>())
        }
        Request::Paths => value(&running.paths()),
        Request::Quotas => value(&running.quotas()),
        Request::Providers => value(&running.providers()),
        Request::RelayOnly { provider, relay } => {
            value(&running.relay_only(&provider, &relay).await.map_err(not_moved)?)
        }
        Request::EndRelayOnly { provider } => {
            value(&running.end_relay_only(&provider).await.map_err(not_moved)?)
        }
        Request::Bans => value(&running.bans()),
        Request::Ban { network, seconds, note } => {
            let banned = running.ban(network_of(&network)?, seconds, note).await;
            value(&banned.map_err(|error| match error {
                NotBanned::Own(network) => Refusal::OwnNetwork { network: network.to_string() },
                NotBanned::Bans(error) => failed(&error),
            })?)
        }
        Request::LiftBans { network } => {
            value(&running.lift_bans(network_of(&network)?).await.map_err(|error| failed(&error))?)
        }
        Request::AccountState { name } => {
            let state = running.account_state(&name).await.map_err(|error| failed(&error))?;
            value(&state.ok_or(Refusal::NoAccount { name })?)
        }
        Request::LetGo { name, was_usual } => {
            running
                .account_state(&name)
                .await
                .map_err(|error| failed(&error))?
                .ok_or(Refusal::NoAccount { name: name.clone() })?;
            let (standing, released) =
                running.let_go(&name, was_usual).await.map_err(|error| failed(&error))?;
            value(&LetGo { standing, released })
        }
        Request::Probes => {
            let mut probes = running.probes().await.map_err(|error| failed(&error))?;
            probes.iter_mut().for_each(|probe| probe.report.clear());
            value(&probes)
        }
        Request::Rehearse { sender, recipient, account } => {
            let sender = sender.as_deref().map(address).transpose()?;
            let question = Question { sender, recipient: address(&recipient)?, account };
            value(&running.rehearse(&question).await)
        }
        Request::Probed { probes } => {
            value(&running.keep_probes(probes).await.map_err(|error| failed(&error))?)
        }
        Request::CasesChanged => {
            desk.cases.notify_one();
            value(&())
        }
        Request::RenewCertificate => renew(desk.renewals.as_ref()).await,
        Request::NewCertificateKey => new_key(desk.renewals.as_ref()).await,
        Request::Status => {
            let figures = value(&running.figures())?;
            value(&Status { figures, sites: running.sites() })
        }
    }
}

/// Waits for the outcome: who asks wants to know it.
async fn renew(renewals: Option<&Renewals>) -> Result<serde_json::Value, Refusal> {
    let renewals = renewals.ok_or(Refusal::NoAuthority)?;
    match renewals.now().await {
        Some(Ok(renewed)) => value(&renewed),
        Some(Err(what)) => Err(Refusal::NotRenewed { what }),
        None => Err(Refusal::Failed { error: "the watch over the certificate has ended".to_owned() }),
    }
}

async fn new_key(renewals: Option<&Renewals>) -> Result<serde_json::Value, Refusal> {
    match renewals.ok_or(Refusal::NoAuthority)?.new_key().await {
        Some(Ok(())) => value(&()),
        Some(Err(NotBegun::NoCertificate)) => Err(Refusal::NoCertificate),
        Some(Err(NotBegun::UnderWay)) => Err(Refusal::KeyChanges),
        Some(Err(NotBegun::Failed(error))) => Err(Refusal::Failed { error }),
        None => Err(Refusal::Failed { error: "the watch over the certificate has ended".to_owned() }),
    }
}

async fn show(id: &str, running: &Running) -> Result<serde_json::Value, Refusal> {
    let stored = running.content(queue_id(id)?).await.map_err(|error| match error {
        SpoolError::Unknown => Refusal::Unknown { id: id.to_owned() },
        other => failed(&other),
    })?;
    value(&Shown {
        id: id.to_owned(),
        received_at: stored.received_at,
        sender: stored.envelope.sender.as_ref().map(ToString::to_string).unwrap_or_default(),
        recipients: stored.envelope.recipients.iter().map(|one| one.address.to_string()).collect(),
        account: stored.origin.account,
        channel: stored.origin.channel,
        held_by: running.held_by(queue_id(id)?).await,
        content: STANDARD.encode(&stored.content),
    })
}

/// Checks what the pipeline takes as text, so that a slip of the pen is said and not taken for "none".
fn checked(selection: Selection) -> Result<Selection, Refusal> {
    match &selection {
        Selection::Ids(ids) => {
            for id in ids {
                queue_id(id)?;
            }
        }
        Selection::Domain(domain) => {
            Domain::new(domain).map_err(|_| Refusal::NotADomain { domain: domain.clone() })?;
        }
        Selection::All | Selection::Sender(_) => {}
    }
    Ok(selection)
}

fn not_moved(error: RelayOnlyError) -> Refusal {
    match error {
        RelayOnlyError::NoProvider(provider) => Refusal::NotAProvider { provider },
        RelayOnlyError::NoRelay(relay) => Refusal::NoRelay { relay },
        RelayOnlyError::Unfit { relay, finding } => Refusal::UnfitRelay { relay, finding },
        RelayOnlyError::NotDecided(provider) => Refusal::NotByRelay { provider },
        RelayOnlyError::Facts(error) => failed(&error),
    }
}

/// An address is the network of its host, and IPv4 written as IPv6 is IPv4.
fn network_of(text: &str) -> Result<IpNet, Refusal> {
    let network = text.parse().or_else(|_| text.parse().map(postamt_mta::guard::host_of));
    let refusal = || Refusal::NotANetwork { network: text.to_owned() };
    let network: IpNet = network.map_err(|_| refusal())?;
    let (address, canonical) = (network.addr(), network.addr().to_canonical());
    if address == canonical {
        return Ok(network);
    }
    let bits = network.prefix_len().checked_sub(96).ok_or_else(refusal)?;
    IpNet::new(canonical, bits).map_err(|_| refusal())
}

fn address(text: &str) -> Result<Address, Refusal> {
    Address::new(text).map_err(|error| failed(&error))
}

fn queue_id(text: &str) -> Result<QueueId, Refusal> {
    text.parse().map_err(|_| Refusal::NotAnId { id: text.to_owned() })
}

fn value(answer: &impl Serialize) -> Result<serde_json::Value, Refusal> {
    serde_json::to_value(answer).map_err(|error| failed(&error))
}

fn failed(error: &dyn std::error::Error) -> Refusal {
    Refusal::Failed { error: error.to_string() }
}
