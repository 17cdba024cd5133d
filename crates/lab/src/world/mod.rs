//! The whole miniature Internet: DNS, the sender's domain and everybody that it writes to.
//!
//! ```text
//! absender.test   mail.absender.test  the server under rehearsal: PTR, SPF, DMARC; its DKIM keys are published
//!                 mx.absender.test    a mailbox, where bounces arrive
//! streng.test, grau.test, …           the receivers, see [`RESIDENTS`]
//! ```
//!
//! [`World::build`] starts it in one of three places: in the network namespace, with real ports and addresses of
//! the documentation ranges (RFC 5737, RFC 3849); there too, but behind the ISP of [`crate::isp`]; or on a random
//! 127.x.y.0/24 with free ports, so that many worlds fit beside each other into ordinary tests. Everything ends
//! when the world is dropped.

mod place;
mod residents;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::{AddressError, Domain};
use postamt_mailauth::verify::{Verifier, VerifierError};

use crate::certificates::{CertificateError, LabAuthority};
use crate::receiver::{BlackHole, Delays, Judge, Receipts, Receiver, ReceiverError, ReceiverSettings};
use crate::scenario::Scenario;
use crate::zones::{DnsServer, DnsServerError, Record, StaticResolver, Zones};

pub(crate) use place::internet_addresses;
pub use place::{Place, namespace_addresses};
pub use residents::{Manner, Nature, RESIDENTS, Resident, SIXTH};

use place::Layout;

/// The domain that the rehearsed server sends for.
pub const SENDER_DOMAIN: &str = "absender.test";
/// The name of the rehearsed server.
pub const SENDER_HOST: &str = "mail.absender.test";
/// The host that takes the sender domain's own mail: bounces.
pub const MAILBOX_HOST: &str = "mx.absender.test";

/// How often another network is tried on loopback when a port is taken.
const ATTEMPTS: usize = 8;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorldSettings {
    /// Where it lives.
    pub place: Place,
    /// How long the greylister says "later".
    pub greylist_wait: Duration,
    /// How slow the slow one is.
    pub delays: Delays,
    /// How long DNS answers hold; short, so that keys published later are seen.
    pub ttl: Duration,
    /// How long the rehearsed server shall wait for a connection.
    pub connect_timeout: Duration,
    /// When the rehearsed server shall give a message up.
    pub lifetime: Duration,
}

impl WorldSettings {
    /// For the `lab` command: visible slowness, short enough for a rehearsal of half a minute.
    #[must_use]
    pub fn rehearsal(place: Place) -> Self {
        let second = Duration::from_secs(1);
        Self {
            place,
            greylist_wait: 3 * second,
            delays: Delays { greeting: second, command: second / 2, message: 2 * second },
            ttl: 5 * second,
            connect_timeout: 2 * second,
            lifetime: 8 * second,
        }
    }

    /// For tests on loopback: the same characters in a tenth of the time; the server's own limits are wider than
    /// that, since a busy machine is slow by itself.
    #[must_use]
    pub fn test() -> Self {
        let tenth = Duration::from_millis(100);
        Self {
            place: Place::Loopback,
            greylist_wait: 3 * tenth,
            delays: Delays { greeting: tenth, command: tenth / 2, message: 2 * tenth },
            ttl: Duration::from_secs(5),
            connect_timeout: 5 * tenth,
            lifetime: 40 * tenth,
        }
    }
}

/// Why a world could not be built.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The DNS server.
    #[error(transparent)]
    Dns(#[from] DnsServerError),
    /// A receiving server.
    #[error(transparent)]
    Receiver(#[from] ReceiverError),
    /// The host that is not there.
    #[error("the lab's black hole cannot listen on {address}")]
    BlackHole {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A certificate.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The verifier of the receiving servers.
    #[error(transparent)]
    Verifier(#[from] VerifierError),
    /// A name that is no name.
    #[error("a name in the lab is no host name")]
    Name(#[from] AddressError),
}

/// What the rehearsed server needs to know to live in this world: the values of its configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// Its name, for EHLO, Received and the certificate.
    pub hostname: Domain,
    /// The domain that it sends for.
    pub domain: Domain,
    /// The addresses it must send from, since they are the ones with PTR and SPF.
    pub source_addresses: Vec<IpAddr>,
    /// The DNS servers it must ask.
    pub dns_servers: Vec<SocketAddr>,
    /// The port on which every receiving server listens.
    pub remote_port: u16,
    /// Where it should listen for mail from other servers; port 0 on loopback, as the next two.
    pub exchange: SocketAddr,
    /// Where it should listen for submission with STARTTLS.
    pub submission: SocketAddr,
    /// Where it should listen for submission under TLS.
    pub submissions: SocketAddr,
    /// When to try again: pauses between attempts, the last one repeated.
    pub retry: Vec<Duration>,
    /// When to give a message up.
    pub lifetime: Duration,
    /// How long to wait for a connection.
    pub connect_timeout: Duration,
}

/// A world that runs.
#[derive(Debug)]
pub struct World {
    settings: WorldSettings,
    layout: Layout,
    zones: Zones,
    dns: DnsServer,
    authority: LabAuthority,
    receipts: Receipts,
    _receivers: Vec<Receiver>,
    _black_hole: BlackHole,
}

impl World {
    /// Builds and starts everything. In [`Place::Namespace`] the process must have entered it, with
    /// [`namespace_addresses`].
    ///
    /// # Errors
    /// [`WorldError`]: mostly a port that is taken, or a namespace that was not entered.
    pub async fn build(settings: WorldSettings) -> Result<Self, WorldError> {
        let mut attempts = ATTEMPTS;
        loop {
            match Self::build_once(settings.clone()).await {
                Err(WorldError::Dns(_) | WorldError::Receiver(_) | WorldError::BlackHole { .. })
                    if settings.place == Place::Loopback && attempts > 0 =>
                {
                    attempts -= 1;
                }
                other => return other,
            }
        }
    }

    async fn build_once(settings: WorldSettings) -> Result<Self, WorldError> {
        let layout = Layout::of(settings.place)?;
        let zones = Zones::new(settings.ttl);
        let dns = DnsServer::start(layout.dns, zones.clone()).await?;
        publish(&zones, &layout);
        let authority = LabAuthority::new()?;
        let receipts = Receipts::default();
        let resolver = Arc::new(StaticResolver::new(zones.clone()));
        let judge = Arc::new(Judge::new(Verifier::new(&[dns.address()])?, resolver));
        let mut receivers = Vec::with_capacity(RESIDENTS.len());
        for resident in residents(&layout) {
            let Some(settings) = receiver_settings(resident, &settings, &layout, &authority)? else {
                continue;
            };
            receivers.push(Receiver::start(settings, Arc::clone(&judge), receipts.clone()).await?);
        }
        let hole = layout.number(residents::BLACK_HOLE);
        let black_hole =
            BlackHole::open(hole).await.map_err(|source| WorldError::BlackHole { address: hole, source })?;
        Ok(Self {
            settings,
            layout,
            zones,
            dns,
            authority,
            receipts,
            _receivers: receivers,
            _black_hole: black_hole,
        })
    }

    /// The DNS data, to be added to and broken while everything runs.
    #[must_use]
    pub fn zones(&self) -> &Zones {
        &self.zones
    }

    /// Publishes a DKIM key of the sender domain: the selector and the TXT record.
    pub fn publish_dkim(&self, selector: &str, record: &str) {
        let name = format!("{selector}._domainkey.{SENDER_DOMAIN}");
        self.zones.add(&name, Record::Text(record.to_owned()));
    }

    /// What the receiving servers saw.
    #[must_use]
    pub fn receipts(&self) -> &Receipts {
        &self.receipts
    }

    /// The authority behind the good certificates.
    #[must_use]
    pub fn authority(&self) -> &LabAuthority {
        &self.authority
    }

    /// Where DNS is answered.
    #[must_use]
    pub fn dns_server(&self) -> SocketAddr {
        self.dns.address()
    }

    /// Who lives here: [`RESIDENTS`], and [`SIXTH`] where the world has IPv6.
    pub fn residents(&self) -> impl Iterator<Item = &'static Resident> {
        residents(&self.layout)
    }

    /// The rehearsal for this world: [`Scenario::rehearsal`], and a message to [`SIXTH`] where it lives here.
    ///
    /// # Errors
    /// [`WorldError::Name`], which the messages do not cause.
    pub fn scenario(&self) -> Result<Scenario, WorldError> {
        Ok(if self.layout.has_ipv6() { Scenario::rehearsal_with_ipv6()? } else { Scenario::rehearsal()? })
    }

    /// Where the host of a resident is, for messages to people.
    #[must_use]
    pub fn address_of(&self, resident: &Resident) -> SocketAddr {
        self.layout.receiver(resident)
    }

    /// The values for the rehearsed server's configuration.
    ///
    /// # Errors
    /// [`WorldError::Name`], which the names above do not cause.
    pub fn parameters(&self) -> Result<Parameters, WorldError> {
        let [exchange, submission, submissions] = self.layout.listeners();
        // In proportion to the greylister's patience, so that tests are quick and people can watch.
        let unit = self.settings.greylist_wait.max(Duration::from_millis(300)) / 3;
        Ok(Parameters {
            hostname: Domain::new(SENDER_HOST)?,
            domain: Domain::new(SENDER_DOMAIN)?,
            source_addresses: self.layout.sources(),
            dns_servers: vec![self.dns.address()],
            remote_port: self.layout.smtp_port,
            exchange,
            submission,
            submissions,
            retry: vec![2 * unit, 3 * unit, 4 * unit],
            lifetime: self.settings.lifetime,
            connect_timeout: self.settings.connect_timeout,
        })
    }
}

fn residents(layout: &Layout) -> impl Iterator<Item = &'static Resident> + use<> {
    RESIDENTS.iter().chain(layout.has_ipv6().then_some(&SIXTH))
}

/// Writes the zones.
fn publish(zones: &Zones, layout: &Layout) {
    let mail_exchanger = |domain: &str, preference: u16, exchange: &str| {
        zones.add(domain, Record::Mx { preference, exchange: exchange.to_owned() });
    };
    zones.add_host("dns.lab.test", layout.dns.ip());
    let mut policy = "v=spf1".to_owned();
    for source in layout.sources() {
        zones.add_host(SENDER_HOST, source);
        let mechanism = if source.is_ipv4() { "ip4" } else { "ip6" };
        policy.push_str(&format!(" {mechanism}:{source}"));
    }
    for relay in layout.relays() {
        policy.push_str(&format!(" include:{relay}"));
    }
    policy.push_str(" -all");
    zones.add(SENDER_DOMAIN, Record::Text(policy.clone()));
    // Bounces have no sender: SPF then looks at the name given to EHLO (RFC 7208 §2.4).
    zones.add(SENDER_HOST, Record::Text(policy));
    zones.add(&format!("_dmarc.{SENDER_DOMAIN}"), Record::Text("v=DMARC1; p=reject".to_owned()));

    for resident in residents(layout) {
        match resident.nature {
            Nature::NullMx => mail_exchanger(resident.domain, 0, "."),
            Nature::NoSuchDomain => {}
            Nature::Detour => {
                mail_exchanger(resident.domain, 10, "mx.schwarzesloch.test");
                mail_exchanger(resident.domain, 20, &resident.host());
                zones.add_host(&resident.host(), layout.receiver(resident).ip());
            }
            Nature::ImplicitMx => zones.add_host(resident.domain, layout.receiver(resident).ip()),
            Nature::BlackHole | Nature::Server { .. } => {
                mail_exchanger(resident.domain, 10, &resident.host());
                zones.add_host(&resident.host(), layout.receiver(resident).ip());
            }
        }
    }
}

/// What to start for a resident; `None` where there is nobody at home.
fn receiver_settings(
    resident: &Resident,
    settings: &WorldSettings,
    layout: &Layout,
    authority: &LabAuthority,
) -> Result<Option<ReceiverSettings>, WorldError> {
    let Some((character, tls)) = resident.service(settings) else { return Ok(None) };
    let name = Domain::new(&resident.host())?;
    let address = layout.receiver(resident);
    let receiver = ReceiverSettings::new(name, address, character);
    Ok(Some(match tls {
        Some((kind, versions)) => {
            receiver.with_tls(authority.server_config(&resident.host(), kind, versions)?)
        }
        None => receiver,
    }))
}
