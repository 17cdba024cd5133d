//! What a mail server shows to who comes to it: met once, remembered for all checks of one run. Never MAIL.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_net::dial::DialError;
use postamt_net::smtp::{Survey, SurveySettings, Timeouts, TlsFailure, survey, survey_implicit};
use tokio::sync::OnceCell;

use super::context::Context;

/// Wait for a connection: servers that are slower than that lose mail anyhow.
pub(super) const CONNECT: Duration = Duration::from_secs(10);
/// Wait for a reply; some servers keep strangers waiting before they greet.
pub(super) const REPLY: Duration = Duration::from_secs(20);
/// All of it.
const WHOLE: Duration = Duration::from_secs(40);
/// Addresses of one name that are tried.
pub(super) const ADDRESS_LIMIT: usize = 3;

/// How a port begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Door {
    /// In clear, with STARTTLS.
    Clear,
    /// With TLS.
    Tls,
}

/// What was seen.
#[derive(Debug, Clone)]
pub(super) enum Look {
    /// Nobody could be met.
    NotMet {
        /// Why, by address.
        why: Vec<String>,
        /// Every address said no.
        refused: bool,
    },
    /// What somebody showed.
    Met(Box<Survey>),
}

type Place = (SocketAddr, Door, Domain);

/// See the head of this file. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Looks(Arc<Mutex<HashMap<Place, Arc<OnceCell<Look>>>>>);

impl Looks {
    /// The server at an address, asked for by this name.
    pub(super) async fn at(&self, context: &Context, target: SocketAddr, door: Door, host: &Domain) -> Look {
        let cell = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.entry((target, door, host.clone())).or_default().clone()
        };
        cell.get_or_init(|| look(context, target, door, host)).await.clone()
    }

    /// A host by its name, at the first of its addresses where somebody is.
    pub(super) async fn host(&self, context: &Context, host: &Domain, port: u16, door: Door) -> Look {
        let addresses = match context.addresses(host).await {
            Ok(addresses) => addresses.all,
            Err(error) => return Look::NotMet { why: vec![error.to_string()], refused: false },
        };
        let (mut failures, mut all_refused) = (Vec::new(), true);
        for address in addresses.into_iter().take(ADDRESS_LIMIT) {
            match self.at(context, SocketAddr::new(address, port), door, host).await {
                Look::NotMet { mut why, refused } => {
                    failures.append(&mut why);
                    all_refused &= refused;
                }
                met @ Look::Met(_) => return met,
            }
        }
        Look::NotMet { refused: all_refused && !failures.is_empty(), why: failures }
    }
}

async fn look(context: &Context, target: SocketAddr, door: Door, host: &Domain) -> Look {
    let source = if is_here(context, target.ip()) { None } else { context.source_to(target.ip()) };
    let stream = match context.dialer.connect(target, source, CONNECT).await {
        Ok(stream) => stream,
        Err(error) => {
            let refused = matches!(error, DialError::Refused);
            return Look::NotMet { why: vec![format!("{target}: {error}")], refused };
        }
    };
    let settings = SurveySettings {
        ehlo_name: context.ehlo_name(),
        host: Some(host.clone()),
        timeouts: Timeouts { quit: Duration::from_secs(2), ..Timeouts::all(REPLY) },
        whole: WHOLE,
    };
    let seen = match door {
        Door::Clear => survey(stream, &context.tls, &settings).await,
        Door::Tls => survey_implicit(stream, &context.tls, &settings).await,
    };
    Look::Met(Box::new(seen))
}

/// Whether TLS failed in a way that says nothing about tomorrow: silence, or 4yz to STARTTLS (RFC 5321 §4.2.1).
pub(super) fn is_passing(failure: &TlsFailure) -> bool {
    match failure {
        TlsFailure::Stalled => true,
        TlsFailure::Refused(reply) => !reply.code.is_permanent(),
        TlsFailure::Handshake(_) | TlsFailure::Unusable(_) | TlsFailure::Certificate(_) => false,
    }
}

/// Whether an address is of this machine.
pub(super) fn is_here(context: &Context, address: IpAddr) -> bool {
    address.is_loopback() || context.machine.addresses.contains(&address)
}
