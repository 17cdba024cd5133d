//! The way from the post office to the Internet leads through an ISP: two routers with a firewall that can be set
//! to everything that ISPs do to port 25, while it runs.
//!
//! ```text
//! host ── isp1 ── isp2 ── internet
//!  │       │       │        ├─ World: DNS, residents (world/)
//!  │       └───┬───┘        ├─ Operators: big mail services, several domains each, ports 25, 443, 587
//!  │        firewall        ├─ Relays: authenticated smarthosts with quirks
//!  │           ▲────────────└─ Desk: the ISP's support, which reads requests and opens port 25
//!  └─ whoever called: namespace::enter(&[]) before, sockets as usual after
//! ```
//!
//! Each is a network namespace; the last three are held by a thread of ours, so that everything runs in one process.
//! [`Isp::build`] needs a namespace of our own (with [`crate::namespace::enter`]), the program `nft`, and IPv6 in the
//! kernel. [`Isp::set`] changes the firewall, [`control`] does the same from another process.

pub mod control;
mod error;
mod firewall;
mod interception;
mod operators;
mod relay;
mod rules;
mod space;
mod support;
#[cfg(test)]
mod tests;
mod topology;
mod web;

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use postamt_mailauth::verify::Verifier;

use crate::receiver::{Judge, Receipts};
use crate::world::{Parameters, Place, SENDER_DOMAIN, World, WorldError, WorldSettings};
use crate::zones::{DnsServer, Record, StaticResolver, Zones};

pub use error::IspError;
pub use operators::{Mood, MoodError, OPERATOR_LIMIT, Operator, OperatorPlan};
pub use relay::{RELAY_LOGIN, RELAY_PASSWORD, RELAYS_IN_SPF, Relay, RelayKind};
pub use rules::{DnsFault, Families, FilterPoint, Hop, Mode, Rules, RulesError};
pub use support::{Attitude, AttitudeError, Desk, SUPPORT_ADDRESS, SUPPORT_HOST};
pub use topology::{CANARY, DNS, HOST, HOST_SECOND, ROUTERS, Router};

use firewall::Scripts;
use interception::Interception;
use operators::Operators;
use relay::Relays;
use space::{Origin, Space};

/// The name of the host's second addresses.
pub const SECOND_HOST: &str = "mail2.absender.test";
/// The ISP's own domain, below which its routers have names.
pub const ISP_DOMAIN: &str = "anbieter.test";

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IspSettings {
    /// The Internet's residents; the place is [`Place::Internet`] whatever it says.
    pub world: WorldSettings,
    /// The big mail services.
    pub operators: OperatorPlan,
    /// Whether relay services pass on what they take, and send bounces of it.
    pub relays_forward: bool,
}

impl IspSettings {
    /// For the `lab` command: five operators with three domains each.
    #[must_use]
    pub fn rehearsal() -> Self {
        Self {
            world: WorldSettings::rehearsal(Place::Internet),
            operators: OperatorPlan::default(),
            relays_forward: true,
        }
    }
}

/// The namespaces.
#[derive(Debug)]
struct Spaces {
    host: Space,
    first: Space,
    second: Space,
    internet: Space,
    /// The host has a link of ours.
    plugged: bool,
}

impl Spaces {
    async fn start() -> Result<Self, IspError> {
        Ok(Self {
            host: Space::start("host", Origin::Inherited).await?,
            first: Space::start("isp1", Origin::New).await?,
            second: Space::start("isp2", Origin::New).await?,
            internet: Space::start("internet", Origin::New).await?,
            plugged: false,
        })
    }

    fn all(&self) -> [&Space; 4] {
        [&self.host, &self.first, &self.second, &self.internet]
    }
}

/// What the servers of the Internet share.
#[derive(Debug, Clone)]
struct Shared {
    zones: Zones,
    receipts: Receipts,
    judge: Arc<Judge>,
}

/// An ISP with the Internet behind it, all running. It ends when this is dropped, and the host is alone again.
#[derive(Debug)]
pub struct Isp {
    // In the order in which they end: servers before the namespaces that they live in.
    relays: Relays,
    operators: Operators,
    world: World,
    _dns: DnsServer,
    _interception: [Interception; 2],
    rules: Mutex<Rules>,
    support: Mutex<Attitude>,
    /// One change after another.
    changing: tokio::sync::Mutex<()>,
    spaces: Spaces,
}

impl Isp {
    /// Builds everything around the namespace that the caller is in, which must be one of its own: it gets a link,
    /// [`HOST`] and [`HOST_SECOND`] as addresses and a default route. The firewall is open.
    ///
    /// # Errors
    /// [`IspError`]: mostly a missing `nft`, or a namespace in which the caller may not do that.
    pub async fn build(settings: IspSettings) -> Result<Self, IspError> {
        topology::only_loopback()?;
        let mut spaces = Spaces::start().await?;
        let mut addresses = crate::world::internet_addresses();
        addresses.push(DNS[1]);
        addresses.extend(operators::addresses(&settings.operators));
        addresses.extend(relay::addresses());
        addresses.extend(support::addresses());
        spaces.plugged = true;
        topology::wire(&spaces, addresses).await?;
        firewall::count_attempts(&spaces.first).await?;

        let world_settings = WorldSettings { place: Place::Internet, ..settings.world };
        let world = spaces.internet.run(World::build(world_settings)).await??;
        let zones = world.zones().clone();
        let second_dns = DnsServer::start(SocketAddr::new(DNS[1], 53), zones.clone());
        let dns = spaces.internet.run(second_dns).await?.map_err(WorldError::from)?;
        publish(&zones);
        let resolver = Arc::new(StaticResolver::new(zones.clone()));
        let judge = Arc::new(Judge::new(Verifier::new(&[world.dns_server()])?, resolver));
        let shared = Shared { zones, receipts: world.receipts().clone(), judge };

        let operators = Operators::start(&spaces.internet, &settings.operators, &world, &shared).await?;
        let relays = Relays::start(&spaces.internet, &world, &shared, settings.relays_forward).await?;
        let interception = [
            Interception::start(&spaces.first, &ROUTERS[0]).await?,
            Interception::start(&spaces.second, &ROUTERS[1]).await?,
        ];
        topology::reach(&spaces.host).await?;
        Ok(Self {
            relays,
            operators,
            world,
            _dns: dns,
            _interception: interception,
            rules: Mutex::default(),
            support: Mutex::default(),
            changing: tokio::sync::Mutex::default(),
            spaces,
        })
    }

    /// Changes the firewall. When this returns, the next packet is treated by the new rules; connections that
    /// were diverted stay where they are.
    ///
    /// # Errors
    /// [`IspError::Firewall`]: what is set then is unknown; set something again.
    pub async fn set(&self, rules: impl Into<Rules>) -> Result<(), IspError> {
        let rules = rules.into();
        let _alone = self.changing.lock().await;
        let scripts = Scripts::of(&rules);
        tokio::try_join!(
            firewall::load(&self.spaces.host, scripts.host),
            firewall::load(&self.spaces.first, scripts.first),
            firewall::load(&self.spaces.second, scripts.second),
            self.set_default_routes(&rules),
        )?;
        *self.rules.lock().unwrap_or_else(PoisonError::into_inner) = rules;
        Ok(())
    }

    async fn set_default_routes(&self, rules: &Rules) -> Result<(), IspError> {
        let lost = rules.mode == Mode::NoRoute;
        let wanted = [!(lost && rules.families.has_v4()), !(lost && rules.families.has_v6())];
        let host = &self.spaces.host;
        host.run(async move { topology::set_default_routes(wanted) }).await?.map_err(|error| IspError::Wire {
            space: host.name(),
            step: "routes",
            source: error.into(),
        })
    }

    /// What is set.
    #[must_use]
    pub fn rules(&self) -> Rules {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Who sits at the support desk, where one is open.
    #[must_use]
    pub fn support(&self) -> Attitude {
        *self.support.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts somebody else there, who reads the next letter.
    pub fn set_support(&self, attitude: Attitude) {
        *self.support.lock().unwrap_or_else(PoisonError::into_inner) = attitude;
    }

    /// How many SYNs to port 25 the host has sent so far, repeated ones included.
    ///
    /// # Errors
    /// [`IspError::Firewall`].
    pub async fn connection_attempts(&self) -> Result<u64, IspError> {
        firewall::attempts(&self.spaces.first).await
    }

    /// The Internet's DNS data, residents, receipts and authority. Its parameters are those of the host.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The values for the rehearsed server's configuration: those of the world, with both DNS servers.
    ///
    /// # Errors
    /// [`WorldError::Name`], which the lab's names do not cause.
    pub fn parameters(&self) -> Result<Parameters, WorldError> {
        let parameters = self.world.parameters()?;
        Ok(Parameters { dns_servers: self.dns_servers(), ..parameters })
    }

    /// The DNS servers, one per family.
    #[must_use]
    pub fn dns_servers(&self) -> Vec<SocketAddr> {
        DNS.map(|address| SocketAddr::new(address, 53)).to_vec()
    }

    /// The big mail services.
    #[must_use]
    pub fn operators(&self) -> &[Operator] {
        self.operators.list()
    }

    /// Changes an operator, by its name or one of its domains.
    ///
    /// # Errors
    /// [`IspError::Unknown`]; or it cannot listen again.
    pub async fn set_mood(&self, operator: &str, mood: Mood) -> Result<(), IspError> {
        self.operators.set(&self.spaces.internet, operator, mood).await
    }

    /// The relay services.
    #[must_use]
    pub fn relays(&self) -> &[Relay] {
        self.relays.list()
    }

    /// The relay service of a kind.
    ///
    /// # Errors
    /// Never [`IspError::Unknown`]: there is one of each.
    pub fn relay(&self, kind: RelayKind) -> Result<&Relay, IspError> {
        let found = self.relays().iter().find(|relay| relay.kind == kind);
        found.ok_or_else(|| IspError::Unknown { name: kind.name().to_owned() })
    }

    /// Runs something in the Internet, as one more server. Its sockets are there.
    ///
    /// # Errors
    /// [`IspError::Ended`]: it panicked.
    pub async fn run_in_internet<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, IspError> {
        self.spaces.internet.run(work).await
    }
}

impl Drop for Spaces {
    fn drop(&mut self) {
        if self.plugged {
            // So that the host can have another ISP at once; the kernel clears the rest of a namespace later. If it
            // fails, there is no link, or the namespace ends together with the process.
            let _ = topology::unplug();
        }
    }
}

/// Names of the routers and of the host's second addresses.
fn publish(zones: &Zones) {
    for router in &ROUTERS {
        for address in router.addresses {
            zones.add_host(router.name, address);
        }
    }
    for address in HOST_SECOND {
        zones.add_host(SECOND_HOST, address);
    }
    support::publish(zones);
    zones.add(SECOND_HOST, Record::Text(spf_of(&HOST_SECOND)));
    debug_assert!(SECOND_HOST.ends_with(SENDER_DOMAIN), "the second name is the sender's own");
}

/// An SPF record that lets these addresses send and no others.
fn spf_of(addresses: &[IpAddr]) -> String {
    let mechanism = |address: &IpAddr| format!("{}:{address}", if address.is_ipv4() { "ip4" } else { "ip6" });
    format!("v=spf1 {} -all", addresses.iter().map(mechanism).collect::<Vec<_>>().join(" "))
}
