//! Opening a connection for a site: hosts in order, addresses of each in order, until one speaks to us.
//!
//! A failure says what the *last informative* step was: a reply of the remote outranks a connection that was
//! refused, which outranks one that timed out.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_mailauth::transport::Source;
use postamt_net::dial::DialError;
use postamt_net::smtp::{Chunking, Connection, Hop, OpenFailure, Timeouts, TlsPolicy, Verify};
use postamt_store::facts::ConnectProblem;

use super::addresses;
pub use super::classify::classify;
use super::demand::{self, Demanded};
use super::trail::{Tried, tls_in_words};
use crate::breaker::{self, Attempt};
use crate::context::Context;
use crate::events::Event;
use crate::flow::{Failure, Fault, Plan, PlannedHost, Via};
use crate::queue::Security;
use crate::queue::site::Site;
use crate::settings::{LocalTarget, Outgoing, Relay, RelayPort, RelayTls, Settings};
use crate::transport::{Session, Trouble};

/// Addresses tried for one connection, over all hosts.
const TRIES: usize = 8;
/// Wait for a connection while there is another port to try.
const HURRIED_CONNECT: Duration = Duration::from_secs(10);

/// No host of the site took us.
#[derive(Debug)]
pub struct Unreached {
    /// Why: temporary, or permanent when the remote is this server itself.
    pub failure: Failure,
    /// True when no later attempt can help.
    pub permanent: bool,
    /// True when some address was left out, because the way to it is closed: the breaker knows why.
    pub blocked: bool,
    /// How far we got.
    pub via: Arc<Via>,
    /// Hosts whose TLS is not as it must be.
    pub troubles: Vec<Trouble>,
}

/// An open connection and how it is told.
pub struct Opened {
    /// The connection, after EHLO, TLS and login.
    pub connection: Connection,
    /// For people.
    pub via: Arc<Via>,
    /// Its TLS, as the memory wants it.
    pub session: Session,
}

/// Opens a connection to a site.
///
/// # Errors
/// [`Unreached`] with the most informative failure of all tries.
pub async fn open(context: &Context, site: &Arc<Site>) -> Result<Opened, Unreached> {
    search(context, site, None).await
}

/// As [`open`], but without mail; every host and address that was tried goes into `trail`.
///
/// # Errors
/// As [`open`].
pub async fn rehearse(
    context: &Context,
    site: &Arc<Site>,
    trail: &mut Vec<Tried>,
) -> Result<Opened, Unreached> {
    search(context, site, Some(trail)).await
}

async fn search(
    context: &Context,
    site: &Arc<Site>,
    trail: Option<&mut Vec<Tried>>,
) -> Result<Opened, Unreached> {
    let settings = context.settings();
    let mut search = Search {
        context,
        site,
        settings: &settings,
        worst: None,
        tries: 0,
        avoided: false,
        troubles: Vec::new(),
        trail,
    };
    let opened = match &site.plan {
        Plan::Direct(hosts) => search.direct(hosts, &site.security).await,
        Plan::Relay(relay) => search.relay(relay, &site.learned.port).await,
        Plan::Local(LocalTarget::Lmtp { host, port }) => search.fixed(host, *port, local_hop(true)).await,
        Plan::Local(LocalTarget::Host { host, port }) => search.fixed(host, *port, local_hop(false)).await,
        Plan::Local(LocalTarget::Maildir(_)) => None,
    };
    // Where some address was left out, the others' failures do not decide: the message has a way, by the detour.
    let (blocked, troubles) = (search.avoided, search.troubles);
    match opened {
        Some(mut opened) => {
            opened.session.troubles.splice(0..0, troubles);
            Ok(opened)
        }
        None => Err(Unreached { blocked, troubles, ..search.worst.unwrap_or_else(nothing_to_try) }),
    }
}

fn nothing_to_try() -> Unreached {
    Unreached {
        failure: Failure::ours(Fault::RemoteHost, (4, 4, 4), "no host of this destination can be tried"),
        permanent: false,
        blocked: false,
        via: Arc::default(),
        troubles: Vec::new(),
    }
}

struct Search<'a> {
    context: &'a Context,
    site: &'a Arc<Site>,
    settings: &'a Settings,
    worst: Option<Unreached>,
    tries: usize,
    /// Some address was left out, because the way to it is closed.
    avoided: bool,
    /// Hosts whose TLS is not as it must be.
    troubles: Vec<Trouble>,
    /// What was tried, for who rehearses: then no mail waits for it.
    trail: Option<&'a mut Vec<Tried>>,
}

/// What a hop has beside its address.
#[derive(Clone)]
struct Manner {
    tls: TlsPolicy,
    lmtp: bool,
    relay: Option<Arc<Relay>>,
    /// There is another port to try: none is waited for as long as the only one would be.
    hurry: bool,
    /// On the direct way: what its domain demands.
    demand: Option<Demanded>,
}

fn local_hop(lmtp: bool) -> Manner {
    Manner { tls: TlsPolicy::Opportunistic, lmtp, relay: None, hurry: false, demand: None }
}

/// Who said no says it on every port, and a name that cannot be looked up has no address on any.
fn another_port_may_help(worst: &Unreached) -> bool {
    worst.failure.reply.is_none() && worst.via.remote.is_some()
}

impl Search<'_> {
    async fn direct(&mut self, hosts: &[PlannedHost], security: &Security) -> Option<Opened> {
        for host in self.by_lot(hosts) {
            let Some(name) = &host.name else { continue };
            if let Some(opened) = self.exchanger(name, security).await {
                return Some(opened);
            }
        }
        None
    }

    /// One mail host, as its TLSA records and its domain's policy demand.
    async fn exchanger(&mut self, name: &Domain, security: &Security) -> Option<Opened> {
        let (outgoing, resolver) = (&self.settings.outgoing, &*self.context.ports.resolver);
        let dane = security.dnssec && !security.waived;
        let found = addresses::with_records(resolver, name, outgoing, outgoing.port, dane).await;
        let via = || Via { remote_name: Some(name.to_string()), ..Via::default() };
        let (addresses, records) = match found {
            Ok(found) => found,
            Err(failure) => {
                self.never(name, &failure);
                self.note(failure, false, via());
                return None;
            }
        };
        match demand::on_host(security, records, name) {
            Ok((tls, demand)) => {
                let manner = Manner { tls, demand: Some(demand), ..local_hop(false) };
                self.addresses(&addresses, name, &manner).await
            }
            Err(refused) => {
                self.never(name, &refused.failure);
                self.refused(refused.trouble);
                self.note(refused.failure, false, via());
                None
            }
        }
    }

    /// Somebody demands better TLS than this host gives: the operator hears of it.
    fn refused(&mut self, trouble: Trouble) {
        if trouble.source != Source::None {
            self.context.event(Event::TlsRefused {
                host: trouble.host.clone(),
                policy: trouble.source.name(),
                result: trouble.result,
                reason: trouble.words.clone(),
            });
        }
        self.troubles.push(trouble);
    }

    async fn addresses(
        &mut self,
        addresses: &[SocketAddr],
        name: &Domain,
        manner: &Manner,
    ) -> Option<Opened> {
        for address in addresses {
            if let Some(opened) = self.address(*address, Some(name), manner).await {
                return Some(opened);
            }
        }
        None
    }

    /// Hosts of the same preference in random order, for each connection anew, so that they share the load (RFC 5321
    /// §5.1).
    fn by_lot<'h>(&self, hosts: &'h [PlannedHost]) -> Vec<&'h PlannedHost> {
        let mut order: Vec<_> = hosts.iter().collect();
        order.sort_by_cached_key(|host| (host.preference, self.context.ports.clock.random()));
        order
    }

    /// The port that last let us in, then the others in order.
    async fn relay(&mut self, relay: &Arc<Relay>, last_good: &AtomicUsize) -> Option<Opened> {
        let ports: Vec<RelayPort> = relay.ports().collect();
        let first = last_good.load(Ordering::Relaxed);
        let others = (0..ports.len()).filter(|place| *place != first);
        let order: Vec<usize> = std::iter::once(first).chain(others).collect();
        for (turn, place) in order.iter().enumerate() {
            let Some(port) = ports.get(*place) else { continue };
            let manner = Manner {
                tls: relay_policy(relay, port.tls),
                lmtp: false,
                relay: Some(relay.clone()),
                hurry: turn + 1 < order.len(),
                demand: None,
            };
            self.tries = 0;
            if let Some(opened) = self.fixed(&relay.host, port.port, manner).await {
                last_good.store(*place, Ordering::Relaxed);
                return Some(opened);
            }
            if self.worst.as_ref().is_some_and(|worst| !another_port_may_help(worst)) {
                break;
            }
        }
        None
    }

    async fn fixed(&mut self, host: &str, port: u16, manner: Manner) -> Option<Opened> {
        if let Ok(ip) = host.parse::<IpAddr>() {
            return self.address(SocketAddr::new(ip, port), None, &manner).await;
        }
        match Domain::new(host) {
            Ok(name) => self.host(&name, port, &manner).await,
            Err(error) => {
                let words = format!("the configured host {host} is no host name: {error}");
                self.note(Failure::ours(Fault::Ours, (4, 3, 5), words), false, Via::default());
                None
            }
        }
    }

    async fn host(&mut self, name: &Domain, port: u16, manner: &Manner) -> Option<Opened> {
        let found =
            addresses::addresses(&*self.context.ports.resolver, name, &self.settings.outgoing, port).await;
        match found {
            Ok(found) => return self.addresses(&found.list, name, manner).await,
            Err(failure) => {
                self.never(name, &failure);
                self.note(failure, false, Via { remote_name: Some(name.to_string()), ..Via::default() });
            }
        }
        None
    }

    async fn address(
        &mut self,
        address: SocketAddr,
        name: Option<&Domain>,
        manner: &Manner,
    ) -> Option<Opened> {
        if self.tries >= TRIES || self.worst.as_ref().is_some_and(|worst| worst.permanent) {
            return None;
        }
        let leads_out = manner.relay.is_none() && !manner.lmtp;
        let direct = leads_out && manner.demand.is_some(); // A host that takes our own domains' mail is no witness.
        let way = breaker::way_to(&self.settings.outgoing, address.ip());
        if direct && self.context.breaker.is_closed(way) {
            self.avoided = true;
            return None;
        }
        self.tries += 1;
        let mut via =
            Via { remote_name: name.map(ToString::to_string), remote: Some(address), ..Via::default() };
        if leads_out && is_ourselves(self.settings, address) {
            let words = format!("mail for this destination leads back to this server ({})", address.ip());
            self.ends_at_ourselves(words, via);
            return None;
        }
        let (source, ehlo_name) = source_for(&self.settings.outgoing, &self.settings.hostname, address.ip())?;
        via.source = source;
        let hop = self.hop(address, name, source, &ehlo_name, manner);
        let watched = direct.then(|| {
            let operator =
                name.map_or_else(|| address.ip().to_string(), |name| name.organisational().to_string());
            let (breaker, now) = (&self.context.breaker, self.context.now());
            let waiting = self.trail.is_none().then(|| self.site.clone());
            breaker.connecting(way, operator, waiting, now)
        });
        let opened = tokio::select! {
            opened = Connection::open(&*self.context.ports.dialer, &self.context.ports.tls, &hop) => opened,
            () = self.context.breaker.closed(way), if direct => {
                // The attempt is given up: what waits for it goes another way now.
                self.avoided = true;
                return None;
            }
        };
        if let Some(watched) = watched {
            tell_breaker(watched, opened.as_ref().err(), self.context.now());
        }
        let opened = opened.map_err(|failure| (classify(&failure, address), failure));
        if let Some(trail) = &mut self.trail {
            trail.push(Tried {
                host: name.map(ToString::to_string),
                address: Some(address),
                source,
                ehlo_name: ehlo_name.to_string(),
                demand: manner.demand.as_ref().map(|demand| demand.source.name().to_owned()),
                failure: opened.as_ref().err().map(|(failure, _)| failure.text()),
            });
        }
        match opened {
            Ok(connection) => self.opened(connection, via, manner),
            Err((failure, cause)) => {
                if let Some(trouble) = manner.demand.as_ref().and_then(|demand| demand.trouble_of(&cause)) {
                    self.refused(trouble);
                }
                self.note(failure, false, via);
                None
            }
        }
    }

    /// A host that could not be tried, for who rehearses.
    fn never(&mut self, name: &Domain, failure: &Failure) {
        if let Some(trail) = &mut self.trail {
            trail.push(Tried::never(name, failure.text()));
        }
    }

    fn hop(
        &self,
        address: SocketAddr,
        name: Option<&Domain>,
        source: Option<IpAddr>,
        ehlo_name: &Domain,
        manner: &Manner,
    ) -> Hop {
        let outgoing = &self.settings.outgoing;
        let mut timeouts = timeouts(outgoing);
        if manner.hurry {
            timeouts.connect = timeouts.connect.min(HURRIED_CONNECT);
        }
        Hop {
            address,
            source,
            host: name.cloned(),
            ehlo_name: ehlo_name.to_string(),
            tls: manner.tls.clone(),
            lmtp: manner.lmtp,
            name_is_proven: manner.demand.as_ref().is_none_or(|demand| demand.name_is_proven),
            credentials: manner.relay.as_ref().and_then(|relay| relay.credentials.clone()),
            timeouts,
            chunking: if outgoing.chunking { Chunking::IfOffered } else { Chunking::Never },
        }
    }

    fn opened(&mut self, connection: Connection, mut via: Via, manner: &Manner) -> Option<Opened> {
        let direct = manner.relay.is_none() && !manner.lmtp;
        let facts = connection.facts();
        via.source = Some(facts.local.ip());
        via.tls = tls_in_words(facts);
        via.dsn = facts.capabilities.dsn;
        let greeted_by = facts.greeting.lines.first().and_then(|line| line.split(' ').next()).unwrap_or("");
        if direct && greeted_by.eq_ignore_ascii_case(self.settings.hostname.as_str()) {
            let words = format!("the server at {} greets with our own name: mail loops back", facts.remote);
            self.ends_at_ourselves(words, via);
            return None;
        }
        let session =
            manner.demand.as_ref().map(|demand| demand.session(connection.facts())).unwrap_or_default();
        Some(Opened { connection, via: Arc::new(via), session })
    }

    /// The search has come to this server, under a name or address that DNS gave it. What follows is no better than we
    /// are (RFC 5321 §5.1), so it ends. Only where we are the best there is nobody who could take the mail; a better
    /// host that does not answer now may do so later.
    fn ends_at_ourselves(&mut self, words: String, via: Via) {
        if self.tries == 1 && self.worst.is_none() && !self.avoided {
            self.note(Failure::ours(Fault::Recipient, (5, 4, 6), words), true, via);
        }
        self.tries = TRIES;
    }

    /// Keeps the most informative failure.
    fn note(&mut self, failure: Failure, permanent: bool, via: Via) {
        let rank = |unreached: &Unreached| {
            (
                unreached.permanent,
                unreached.failure.reply.is_some(),
                unreached.failure.fault != Fault::Network,
            )
        };
        let unreached =
            Unreached { failure, permanent, blocked: false, via: Arc::new(via), troubles: Vec::new() };
        if self.worst.as_ref().is_none_or(|worst| rank(worst) <= rank(&unreached)) {
            self.worst = Some(unreached);
        }
    }
}

/// An address of this server, as the operator or the listeners tell. A source address alone does not tell: another
/// mail server may listen on it.
fn is_ourselves(settings: &Settings, target: SocketAddr) -> bool {
    settings.outgoing.own_addresses.contains(&target.ip())
        || settings.listeners.iter().any(|listener| listener.address == target)
}

/// A failure to connect speaks against the way; everything that comes later shows that it is open.
fn tell_breaker(watched: Attempt<'_>, failure: Option<&OpenFailure>, now: u64) {
    let problem = match failure {
        Some(OpenFailure::Dial(error)) => match error {
            // Says nothing about the way.
            DialError::SourceUnavailable | DialError::Other(_) => return,
            DialError::Timeout => ConnectProblem::TimedOut,
            DialError::Refused => ConnectProblem::Refused,
            DialError::Unreachable { code } => ConnectProblem::Unreachable { code: *code },
            DialError::Prohibited { code } => ConnectProblem::Prohibited { code: *code },
            DialError::NoRoute => ConnectProblem::NoRoute,
        },
        _ => return watched.answered(now),
    };
    watched.failed(problem, now);
}

/// The source address for a family and its name; `None` when sources are named, but none of this family.
pub(super) fn source_for(
    outgoing: &Outgoing,
    hostname: &Domain,
    target: IpAddr,
) -> Option<(Option<IpAddr>, Domain)> {
    if outgoing.sources.is_empty() {
        return Some((None, hostname.clone()));
    }
    let source = outgoing.sources.iter().find(|source| source.address.is_ipv4() == target.is_ipv4())?;
    Some((Some(source.address), source.ehlo_name.clone()))
}

/// The policy of a relay's port.
#[must_use]
pub fn relay_policy(relay: &Relay, tls: RelayTls) -> TlsPolicy {
    let web_pki =
        || Verify::WebPki { names: vec![relay.host.clone()], extra_roots: relay.extra_roots.clone() };
    match tls {
        RelayTls::None => TlsPolicy::None,
        RelayTls::StartTls => TlsPolicy::Required(web_pki()),
        RelayTls::StartTlsUnverified => TlsPolicy::Required(Verify::Encrypt),
        RelayTls::Implicit => TlsPolicy::Implicit(web_pki()),
        RelayTls::ImplicitUnverified => TlsPolicy::Implicit(Verify::Encrypt),
    }
}

/// The times of a connection (RFC 5321 §4.5.3.2 names the minima that the defaults keep).
#[must_use]
pub fn timeouts(outgoing: &Outgoing) -> Timeouts {
    Timeouts {
        connect: outgoing.connect_timeout,
        tls: outgoing.tls_timeout,
        greeting: outgoing.reply_timeout,
        command: outgoing.reply_timeout,
        ..Timeouts::default()
    }
}
