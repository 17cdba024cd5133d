//! Big mail services: each has a host with addresses of both families, a certificate and a greeting of its own,
//! several domains, and answers on 25, 443 and 587.
//!
//! They are called after heavenly bodies. All offer STARTTLS with a good certificate. A [`Mood`] changes what an
//! operator does on port 25 while everything runs.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use rustls::ServerConfig;
use tokio::sync::Mutex;

use super::relay::Submission;
use super::space::Space;
use super::topology::internet_host;
use super::web::Web;
use super::{IspError, Shared};
use crate::certificates::{CertificateKind, TlsVersions};
use crate::receiver::{BlackHole, Character, Delays, Receiver, ReceiverSettings, Refusal};
use crate::world::World;
use crate::zones::Record;

/// How many there can be.
pub const OPERATOR_LIMIT: usize = NAMES.len();

const NAMES: [&str; 25] = [
    "merkur", "venus", "mars", "jupiter", "saturn", "uranus", "neptun", "pluto", "ceres", "eris", "sedna",
    "europa", "titan", "rhea", "dione", "oberon", "ariel", "triton", "luna", "sirius", "wega", "deneb",
    "atair", "spica", "mira",
];
/// What they say behind their name, one after another.
const GREETINGS: [&str; 5] = [
    "ESMTP ready",
    "ESMTP Postfix",
    "Mail service, how may I help you?",
    "ESMTP s12si1.34",
    "SMTP; no spam here",
];
/// Host number of the first.
const FIRST_NUMBER: u8 = 101;
/// Longer than anybody waits for a greeting.
const FOREVER: Duration = Duration::from_secs(24 * 3600);

const SMTP: u16 = 25;
const WEB: u16 = 443;
const SUBMISSION: u16 = 587;

/// How many, with how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorPlan {
    /// How many operators, at most [`OPERATOR_LIMIT`].
    pub operators: usize,
    /// How many domains each has.
    pub domains_each: usize,
    /// What their servers do with mail.
    pub character: Character,
}

impl Default for OperatorPlan {
    /// Five with three domains each, and mailboxes.
    fn default() -> Self {
        Self { operators: 5, domains_each: 3, character: Character::Mailbox }
    }
}

/// One operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Its name: the first label of its first domain.
    pub name: &'static str,
    /// Its mail server, the MX of all its domains.
    pub host: Domain,
    /// Its domains; the first is the one that is well known.
    pub domains: Vec<Domain>,
    /// Its server's addresses.
    pub addresses: [IpAddr; 2],
    /// What follows the name in its greeting.
    pub greeting: &'static str,
}

/// What an operator's server does on port 25.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mood {
    /// `serving`: takes mail.
    #[default]
    Serving,
    /// `banned`: greets with 554 5.7.1.
    Banned,
    /// `busy`: greets with 421 4.3.2.
    Busy,
    /// `closed`: nobody listens; the system answers with RST.
    Closed,
    /// `silent`: takes the connection and says nothing.
    Silent,
    /// `gone`: the host is not there, on any port.
    Gone,
}

impl Mood {
    /// One of each.
    pub const ALL: [Self; 6] =
        [Self::Serving, Self::Banned, Self::Busy, Self::Closed, Self::Silent, Self::Gone];
}

impl fmt::Display for Mood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Serving => "serving",
            Self::Banned => "banned",
            Self::Busy => "busy",
            Self::Closed => "closed",
            Self::Silent => "silent",
            Self::Gone => "gone",
        })
    }
}

/// A word that is no mood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of serving, banned, busy, closed, silent, gone")]
pub struct MoodError(String);

impl FromStr for Mood {
    type Err = MoodError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|mood| mood.to_string() == word);
        found.ok_or_else(|| MoodError(word.to_owned()))
    }
}

/// The addresses that the Internet must have.
pub(super) fn addresses(plan: &OperatorPlan) -> Vec<IpAddr> {
    numbers(plan).flat_map(|(_, number)| internet_host(number)).collect()
}

fn numbers(plan: &OperatorPlan) -> impl Iterator<Item = (usize, u8)> + use<> {
    (FIRST_NUMBER..).enumerate().take(plan.operators.min(OPERATOR_LIMIT))
}

/// What runs for one operator.
#[derive(Debug)]
struct Station {
    operator: Operator,
    character: Character,
    tls: Arc<ServerConfig>,
    shared: Shared,
    running: Running,
}

#[derive(Debug, Default)]
struct Running {
    receivers: Vec<Receiver>,
    web: Vec<Web>,
    submission: Vec<Submission>,
    holes: Vec<BlackHole>,
}

/// All of them.
#[derive(Debug)]
pub(super) struct Operators {
    list: Vec<Operator>,
    stations: Vec<Arc<Mutex<Station>>>,
}

impl Operators {
    /// Publishes and starts them.
    pub(super) async fn start(
        internet: &Space,
        plan: &OperatorPlan,
        world: &World,
        shared: &Shared,
    ) -> Result<Self, IspError> {
        let mut list = Vec::new();
        let mut stations = Vec::new();
        for (index, number) in numbers(plan) {
            let operator = operator(index, number, plan.domains_each)?;
            publish(&operator, shared);
            let good = CertificateKind::Good;
            let tls = world.authority().server_config(operator.host.as_str(), good, TlsVersions::Current)?;
            let running = Running::default();
            let station = Station {
                operator: operator.clone(),
                character: plan.character.clone(),
                tls,
                shared: shared.clone(),
                running,
            };
            stations.push(internet.run(station.started()).await??);
            list.push(operator);
        }
        Ok(Self { list, stations })
    }

    pub(super) fn list(&self) -> &[Operator] {
        &self.list
    }

    /// Changes one.
    pub(super) async fn set(&self, internet: &Space, name: &str, mood: Mood) -> Result<(), IspError> {
        let is_meant = |operator: &Operator| {
            operator.name == name || operator.domains.iter().any(|domain| domain.as_str() == name)
        };
        let index = self.list.iter().position(is_meant);
        let station = index.and_then(|index| self.stations.get(index));
        let station = station.ok_or_else(|| IspError::Unknown { name: name.to_owned() })?;
        let station = Arc::clone(station);
        internet.run(async move { station.lock().await.change(mood).await }).await?
    }
}

impl Station {
    async fn started(mut self) -> Result<Arc<Mutex<Self>>, IspError> {
        self.change(Mood::Serving).await?;
        Ok(Arc::new(Mutex::new(self)))
    }

    async fn change(&mut self, mood: Mood) -> Result<(), IspError> {
        std::mem::take(&mut self.running).stop().await;
        for address in self.operator.addresses {
            self.start_at(address, mood).await?;
        }
        Ok(())
    }

    async fn start_at(&mut self, address: IpAddr, mood: Mood) -> Result<(), IspError> {
        let at = |port| SocketAddr::new(address, port);
        if mood == Mood::Gone {
            for address in [SMTP, WEB, SUBMISSION].map(at) {
                let hole = BlackHole::open(address).await;
                self.running.holes.push(hole.map_err(|source| IspError::Service { address, source })?);
            }
            return Ok(());
        }
        if let Some(character) = self.character(mood) {
            let settings = ReceiverSettings::new(self.operator.host.clone(), at(SMTP), character)
                .with_greeting(self.operator.greeting)
                .with_tls(Arc::clone(&self.tls));
            let judge = Arc::clone(&self.shared.judge);
            let receiver = Receiver::start(settings, judge, self.shared.receipts.clone()).await?;
            self.running.receivers.push(receiver);
        }
        self.running.web.push(Web::start(at(WEB), Arc::clone(&self.tls)).await?);
        let submission =
            Submission::of_nobody(&self.operator.host, at(SUBMISSION), Arc::clone(&self.tls)).await?;
        self.running.submission.push(submission);
        Ok(())
    }

    fn character(&self, mood: Mood) -> Option<Character> {
        match mood {
            Mood::Serving => Some(self.character.clone()),
            Mood::Banned => Some(Character::Refuser(Refusal::Banned)),
            Mood::Busy => Some(Character::Refuser(Refusal::Busy)),
            Mood::Silent => Some(Character::Slow(Delays { greeting: FOREVER, ..Delays::default() })),
            Mood::Closed | Mood::Gone => None,
        }
    }
}

impl Running {
    async fn stop(self) {
        for receiver in self.receivers {
            receiver.stop().await;
        }
        for web in self.web {
            web.stop().await;
        }
        for submission in self.submission {
            submission.stop().await;
        }
    }
}

fn operator(index: usize, number: u8, domains: usize) -> Result<Operator, IspError> {
    let name = NAMES[index];
    let domain = |number: usize| match number {
        0 => Domain::new(&format!("{name}.test")),
        _ => Domain::new(&format!("{name}-{}.test", number + 1)),
    };
    Ok(Operator {
        name,
        host: Domain::new(&format!("mx.{name}.test"))?,
        domains: (0..domains.max(1)).map(domain).collect::<Result<_, _>>()?,
        addresses: internet_host(number),
        greeting: GREETINGS[index % GREETINGS.len()],
    })
}

fn publish(operator: &Operator, shared: &Shared) {
    for address in operator.addresses {
        shared.zones.add_host(operator.host.as_str(), address);
    }
    for domain in &operator.domains {
        let exchange = operator.host.to_string();
        shared.zones.add(domain.as_str(), Record::Mx { preference: 10, exchange });
    }
}
