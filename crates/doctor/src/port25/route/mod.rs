//! Where it is blocked: the hops to one target on port 25 and on another port, side by side.
//!
//! A router that filters what it passes on still says "time exceeded" for what ends at itself; one that filters what
//! it gets does not. From outside both look the same, so [`Suspect::Between`] names two routers: the last that answers
//! on port 25, and the next. ICMP errors and impostors give themselves away.

mod compare;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use postamt_net::dns::Resolver;
use postamt_net::path::{self, Answer, Search, trace};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout};

use super::outcome::{Icmp, Observation, Outcome, Role};
use super::probe::{Budget, ProbePorts, seen_icmp};
use super::verdict::Kind;

pub use compare::compare;

/// Distances tried at one time, and the longest.
const WAVE: u8 = 6;
const LONGEST: u8 = 30;

/// The hops to one target on two ports, and what follows from them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// The target.
    pub target: IpAddr,
    /// The hops on port 25.
    pub mail: PathTrace,
    /// The hops on the other port.
    pub control: PathTrace,
    /// The last router that answers on port 25.
    pub last_on_mail: Option<Hop>,
    /// The first router behind it that answers on the other port only.
    pub first_on_control_only: Option<Hop>,
    /// Who blocks, as far as the hops tell.
    pub suspect: Suspect,
}

impl Route {
    /// The routers to name in a letter: one of them blocks.
    #[must_use]
    pub fn routers(&self) -> Vec<&Hop> {
        let hops = match &self.suspect {
            Suspect::Nobody | Suspect::ThisHost => [None, None],
            Suspect::Between { last, next } => [last.as_ref(), next.as_ref()],
            Suspect::Router(hop) | Suspect::Impostor(hop) => [Some(hop), None],
        };
        hops.into_iter().flatten().filter(|hop| hop.router.is_some()).collect()
    }
}

/// The hops on one port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathTrace {
    /// Which.
    pub port: u16,
    /// In order of distance, without gaps.
    pub hops: Vec<Hop>,
}

/// One distance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    /// 1 is the first router.
    pub ttl: u8,
    /// Who answered.
    pub router: Option<IpAddr>,
    /// Its reverse name.
    pub name: Option<String>,
    /// The ICMP error that it sent.
    pub icmp: Option<Icmp>,
    /// What the answer was.
    pub answer: HopAnswer,
    /// How long it took.
    pub milliseconds: u64,
}

/// See [`Hop`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HopAnswer {
    /// A router: the journey ended here.
    Router,
    /// TCP was connected.
    Connected,
    /// RST.
    Reset,
    /// An ICMP error other than "the journey ended here".
    Stopped,
    /// Nothing.
    Silence,
    /// The attempt did not leave this host.
    Failed,
}

/// Who blocks port 25.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suspect {
    /// Nothing can be said: the hops are the same on both ports, or nobody answers at all.
    Nobody,
    /// Behind the last router that answers on port 25 comes silence, or a RST: that router filters what it passes on,
    /// or the next one filters what it gets.
    Between {
        /// The last that answers; `None`: this host takes its place.
        last: Option<Hop>,
        /// The next, as far as the other port shows it.
        next: Option<Hop>,
    },
    /// This router said so by ICMP.
    Router(Hop),
    /// Somebody at this place answers on port 25 in the target's stead.
    Impostor(Hop),
    /// This host itself.
    ThisHost,
}

/// What to search.
#[derive(Debug, Clone, Copy)]
pub(super) struct RouteSearch {
    pub(super) target: IpAddr,
    pub(super) source: Option<IpAddr>,
    pub(super) ports: ProbePorts,
    pub(super) budget: Budget,
    pub(super) until: Instant,
}

/// The target whose hops would say something about this verdict.
pub(super) fn worth_searching(kind: Kind, observations: &[Observation]) -> Option<IpAddr> {
    let shows = |outcome: &Outcome| match kind {
        Kind::Dropped | Kind::Throttled => *outcome == Outcome::Unanswered,
        Kind::Refused => *outcome == Outcome::Reset,
        Kind::Prohibited => matches!(outcome, Outcome::Icmp(_)),
        Kind::Intercepted => outcome.is_connected(),
        Kind::Inconclusive => !matches!(outcome, Outcome::Dns { .. }) && !outcome.is_answer(),
        Kind::Open | Kind::LocalFirewall | Kind::NoNetwork | Kind::DnsBroken => false,
    };
    let exchanges = observations.iter().filter(|it| it.role == Role::Exchange && shows(&it.outcome));
    // One whose other port can be reached shows the whole way.
    let is_reached = |operator: &str| {
        observations
            .iter()
            .any(|it| it.operator == operator && it.role == Role::Web && it.outcome.is_connected())
    };
    let best = exchanges.clone().find(|it| is_reached(&it.operator)).or_else(|| exchanges.clone().next());
    best.and_then(|it| it.address).map(|address| address.ip())
}

/// Searches both ports at one time, then names the routers.
pub(super) async fn search(resolver: &dyn Resolver, search: &RouteSearch) -> Route {
    let on = |port| Search {
        patience: search.budget.hop,
        wave: WAVE,
        longest: LONGEST,
        until: Some(search.until),
        ..Search::new(SocketAddr::new(search.target, port), search.source)
    };
    let (mail, control) = (on(search.ports.exchange), on(search.ports.web));
    let (mail_hops, control_hops) = tokio::join!(trace(&mail), trace(&control));
    let all = mail_hops.iter().chain(&control_hops);
    let routers = all.filter_map(|hop| router(&hop.answer));
    let names = timeout(search.budget.names, names(resolver, routers.collect())).await.unwrap_or_default();
    let written = |port, hops: Vec<path::Hop>| PathTrace {
        port,
        hops: hops.into_iter().map(|hop| write(&hop, &names)).collect(),
    };
    let mail = written(search.ports.exchange, mail_hops);
    compare(search.target, mail, written(search.ports.web, control_hops))
}

fn router(answer: &Answer) -> Option<IpAddr> {
    match answer {
        Answer::Router(icmp) | Answer::Stopped(icmp) => icmp.router,
        _ => None,
    }
}

fn write(hop: &path::Hop, names: &BTreeMap<IpAddr, String>) -> Hop {
    let router = router(&hop.answer);
    let (answer, icmp) = match &hop.answer {
        Answer::Router(icmp) => (HopAnswer::Router, Some(seen_icmp(icmp))),
        Answer::Stopped(icmp) => (HopAnswer::Stopped, Some(seen_icmp(icmp))),
        Answer::Connected => (HopAnswer::Connected, None),
        Answer::Reset => (HopAnswer::Reset, None),
        Answer::Silence => (HopAnswer::Silence, None),
        Answer::Failed(_) => (HopAnswer::Failed, None),
    };
    Hop {
        ttl: hop.distance,
        router,
        name: router.and_then(|router| names.get(&router).cloned()),
        icmp,
        answer,
        milliseconds: u64::try_from(hop.after.as_millis()).unwrap_or(u64::MAX),
    }
}

/// Reverse names, as far as DNS has them.
async fn names(resolver: &dyn Resolver, mut routers: Vec<IpAddr>) -> BTreeMap<IpAddr, String> {
    routers.sort();
    routers.dedup();
    let mut names = BTreeMap::new();
    for router in routers {
        if let Ok(answer) = resolver.ptr(router).await
            && let Some(name) = answer.records.into_iter().next()
        {
            names.insert(router, name);
        }
    }
    names
}
