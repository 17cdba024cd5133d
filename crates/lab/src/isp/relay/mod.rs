//! Relay services: smarthosts that take mail after a login, each with the quirks of one that is really there.
//!
//! ```text
//! smtp.ses.test         one DKIM-Signature, no null sender, verified senders, a quota, Message-ID and Date rewritten
//! smtp.mailgun.test     nothing special
//! smtp.falschzert.test  a certificate for somebody else
//! smtp.nurplain.test    AUTH PLAIN only, and not in the sender's SPF record
//! ```
//!
//! Every message becomes a receipt that says what its final receiver would make of it: SPF of the relay's address,
//! DKIM and DMARC of the message as it leaves. With `relays_forward` it is also delivered from there, and what
//! bounces is reported to its sender by a DSN, as real services do.

mod counter;
pub(super) mod forward;
mod session;

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use postamt_mail::address::Domain;
use postamt_mail::server::{Mechanism, ServerProfile};
use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::space::Space;
use super::topology::internet_host;
use super::{IspError, Shared};
use crate::certificates::{CertificateKind, TlsVersions};
use crate::world::World;
use crate::zones::Record;
use counter::Counter;
use forward::Forwarder;
use session::Desk;

/// The login at every relay service.
pub const RELAY_LOGIN: &str = "postamt-lab";
/// Its password.
pub const RELAY_PASSWORD: &str = "fahrkarte-nach-draussen-2525";
/// The relay services that the sender's SPF record includes.
pub const RELAYS_IN_SPF: [&str; 2] = ["ses.test", "mailgun.test"];

/// Host number of the first.
const FIRST_NUMBER: u8 = 201;
const HEADER_LIMIT: usize = 1 << 20;

/// Which service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RelayKind {
    /// Like Amazon SES.
    Ses,
    /// Like Mailgun.
    Mailgun,
    /// One whose certificate is somebody else's.
    WrongCertificate,
    /// One that knows PLAIN only.
    PlainOnly,
}

impl RelayKind {
    /// One of each.
    pub const ALL: [Self; 4] = [Self::Ses, Self::Mailgun, Self::WrongCertificate, Self::PlainOnly];

    /// The first label of its domain.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ses => "ses",
            Self::Mailgun => "mailgun",
            Self::WrongCertificate => "falschzert",
            Self::PlainOnly => "nurplain",
        }
    }

    const fn starttls_ports(self) -> &'static [u16] {
        match self {
            Self::Ses => &[587, 2587],
            _ => &[587, 2525],
        }
    }

    const fn tls_ports(self) -> &'static [u16] {
        match self {
            Self::Ses => &[465, 2465],
            _ => &[465],
        }
    }

    const fn certificate(self) -> CertificateKind {
        match self {
            Self::WrongCertificate => CertificateKind::WrongName,
            _ => CertificateKind::Good,
        }
    }

    fn mechanisms(self) -> Vec<Mechanism> {
        match self {
            Self::PlainOnly => vec![Mechanism::Plain],
            _ => vec![Mechanism::Plain, Mechanism::Login],
        }
    }

    /// Octets of a message.
    const fn size_limit(self) -> u64 {
        match self {
            Self::Ses => 10_485_760,
            _ => 26_214_400,
        }
    }
}

/// One service, as its customers know it.
#[derive(Debug, Clone)]
pub struct Relay {
    /// Which one.
    pub kind: RelayKind,
    /// The name to connect to.
    pub host: Domain,
    /// The domain whose SPF record customers include.
    pub domain: Domain,
    /// Its addresses, from which it also sends.
    pub addresses: [IpAddr; 2],
    /// Ports that begin in clear.
    pub starttls_ports: &'static [u16],
    /// Ports under TLS from the start.
    pub tls_ports: &'static [u16],
    counter: Arc<Counter>,
}

impl Relay {
    /// Lets only so many recipients through from now on; `None` is no limit, as at the start.
    pub fn set_quota(&self, recipients: Option<u64>) {
        *self.counter.quota.lock().unwrap_or_else(PoisonError::into_inner) = recipients;
    }

    /// Takes mail only of these domains from now on; only SES looks at it. The sender's domain at the start.
    pub fn set_verified(&self, domains: Vec<Domain>) {
        *self.counter.verified.lock().unwrap_or_else(PoisonError::into_inner) = domains;
    }

    /// Takes mail only to the verified domains as well from now on, as SES does of new customers; or of all again.
    pub fn set_sandbox(&self, is_set: bool) {
        self.counter.sandbox.store(is_set, Ordering::Relaxed);
    }
}

/// The addresses that the Internet must have.
pub(super) fn addresses() -> Vec<IpAddr> {
    (FIRST_NUMBER..).zip(RelayKind::ALL).flat_map(|(number, _)| internet_host(number)).collect()
}

/// All of them, running.
#[derive(Debug)]
pub(super) struct Relays {
    list: Vec<Relay>,
    _running: Vec<Submission>,
}

impl Relays {
    /// Publishes and starts them.
    pub(super) async fn start(
        internet: &Space,
        world: &World,
        shared: &Shared,
        forward: bool,
    ) -> Result<Self, IspError> {
        let mut list = Vec::new();
        let mut running = Vec::new();
        for (number, kind) in (FIRST_NUMBER..).zip(RelayKind::ALL) {
            let relay = relay(kind, number, shared, forward)?;
            publish(&relay, shared);
            let versions = TlsVersions::Current;
            let tls = world.authority().server_config(relay.host.as_str(), kind.certificate(), versions)?;
            let desk = Arc::new(Desk {
                profile: Arc::new(profile(&relay.host, kind.mechanisms(), kind.size_limit())),
                tls,
                counter: Some(Arc::clone(&relay.counter)),
            });
            running.append(&mut internet.run(open(relay.clone(), desk)).await??);
            list.push(relay);
        }
        Ok(Self { list, _running: running })
    }

    pub(super) fn list(&self) -> &[Relay] {
        &self.list
    }
}

fn relay(kind: RelayKind, number: u8, shared: &Shared, forward: bool) -> Result<Relay, IspError> {
    let domain = Domain::new(&format!("{}.test", kind.name()))?;
    let host = Domain::new(&format!("smtp.{domain}"))?;
    let addresses = internet_host(number);
    let forwarder = forward.then(|| Forwarder::new(host.clone(), domain.clone(), addresses, &shared.zones));
    let counter = Counter {
        kind,
        host: host.clone(),
        domain: domain.clone(),
        address: addresses[0],
        quota: Mutex::default(),
        verified: Mutex::new(vec![Domain::new(crate::world::SENDER_DOMAIN)?]),
        sandbox: AtomicBool::new(false),
        judge: Arc::clone(&shared.judge),
        receipts: shared.receipts.clone(),
        forwarder,
    };
    Ok(Relay {
        kind,
        host,
        domain,
        addresses,
        starttls_ports: kind.starttls_ports(),
        tls_ports: kind.tls_ports(),
        counter: Arc::new(counter),
    })
}

fn publish(relay: &Relay, shared: &Shared) {
    for address in relay.addresses {
        shared.zones.add_host(relay.host.as_str(), address);
    }
    let policy = super::spf_of(&relay.addresses);
    let bounces = relay.counter.bounce_domain();
    for name in [relay.domain.as_str(), relay.host.as_str(), &bounces] {
        shared.zones.add(name, Record::Text(policy.clone()));
    }
}

async fn open(relay: Relay, desk: Arc<Desk>) -> Result<Vec<Submission>, IspError> {
    let mut running = Vec::new();
    for address in relay.addresses {
        for port in relay.starttls_ports {
            running.push(Submission::start(SocketAddr::new(address, *port), false, Arc::clone(&desk)).await?);
        }
        for port in relay.tls_ports {
            running.push(Submission::start(SocketAddr::new(address, *port), true, Arc::clone(&desk)).await?);
        }
    }
    Ok(running)
}

fn profile(host: &Domain, mechanisms: Vec<Mechanism>, size_limit: u64) -> ServerProfile {
    ServerProfile {
        hostname: host.to_string(),
        greeting: "ESMTP submission".to_owned(),
        size_limit,
        recipient_limit: 100,
        header_limit: HEADER_LIMIT,
        starttls: true,
        mechanisms,
        auth_required: true,
        starttls_required: true,
        lmtp: false,
        local: false,
    }
}

/// One listener for mail after a login; it and its sessions end when this is dropped.
#[derive(Debug)]
pub(super) struct Submission {
    sessions: JoinSet<()>,
}

impl Submission {
    /// The submission of a mail service where nobody of ours has an account: every login fails.
    pub(super) async fn of_nobody(
        host: &Domain,
        address: SocketAddr,
        tls: Arc<ServerConfig>,
    ) -> Result<Self, IspError> {
        let mechanisms = vec![Mechanism::Plain, Mechanism::Login];
        let profile = Arc::new(profile(host, mechanisms, RelayKind::Mailgun.size_limit()));
        Self::start(address, false, Arc::new(Desk { profile, tls, counter: None })).await
    }

    async fn start(address: SocketAddr, implicit_tls: bool, desk: Arc<Desk>) -> Result<Self, IspError> {
        let failure = |source| IspError::Service { address, source };
        let listener = TcpListener::bind(address).await.map_err(failure)?;
        let mut sessions = JoinSet::new();
        sessions.spawn(listen(listener, implicit_tls, desk));
        Ok(Self { sessions })
    }

    /// Ends it; when this returns, the address is free.
    pub(super) async fn stop(mut self) {
        self.sessions.shutdown().await;
    }
}

async fn listen(listener: TcpListener, implicit_tls: bool, desk: Arc<Desk>) {
    let mut sessions = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, peer)) = accepted {
                    sessions.spawn(session::hold(Arc::clone(&desk), stream, peer, implicit_tls));
                }
            }
            Some(_) = sessions.join_next() => {}
        }
    }
}
