//! The probe: resolve, connect everywhere at one time, look, judge, and search the hops where something blocks.
//!
//! One connection per target and path; at a mail server EHLO, STARTTLS where it is offered, QUIT, and never
//! MAIL. [`check`] cannot fail: what could not be done is an outcome. With the usual [`Budget`] it takes less than
//! fifteen seconds whatever happens. Progress goes through a channel for those who want to watch.

mod contact;
mod resolve;
mod settings;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use postamt_net::clock::Clock;
use postamt_net::dns::Resolver;
use postamt_net::interfaces;
use postamt_net::smtp::TlsContext;
use postamt_net::together;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::host::{self, HostFacts};
use super::outcome::{Family, Observation, Outcome, PathKey, Role};
use super::report::{PathReport, Report, SCHEMA_VERSION};
use super::route;
use super::targets::{Operator, Provenance};
use super::verdict::{Verdict, judge};

pub(super) use contact::{are_related, seen_icmp};
pub use settings::{Budget, HopSearch, ProbePorts, ProbeSettings, ProbeSource};

use contact::{Manner, contact};
use resolve::{Place, Target};

/// The outside world, as the probe sees it.
#[derive(Clone)]
pub struct Eyes {
    /// Names.
    pub resolver: Arc<dyn Resolver>,
    /// Certificates.
    pub tls: TlsContext,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Eyes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Eyes").field("tls", &self.tls).finish_non_exhaustive()
    }
}

/// What happens while the probe runs, in order.
#[derive(Debug, Clone)]
pub enum Progress {
    /// The names are resolved; so many targets will be asked on all paths together.
    Resolved {
        /// How many.
        targets: usize,
    },
    /// A target has been looked at.
    Seen {
        /// On which path.
        path: PathKey,
        /// What was seen.
        observation: Box<Observation>,
    },
    /// A path has its verdict.
    Judged {
        /// Which path.
        path: PathKey,
        /// The verdict.
        verdict: Verdict,
    },
    /// The hops of a path are being searched.
    Searching {
        /// Which path.
        path: PathKey,
    },
}

/// Where progress is told; nobody has to listen.
pub type Listener = Option<UnboundedSender<Progress>>;

/// Probes every path of the settings.
pub async fn check(eyes: &Eyes, settings: &ProbeSettings, listener: Listener) -> Report {
    let began = Instant::now();
    let probe = Probe { eyes, settings, listener, until: began + settings.budget.whole };
    let at = eyes.clock.unix_seconds();
    let drops_before = host::failed_retransmissions(&settings.root);
    let (targets, rules) =
        tokio::join!(probe.resolve(), host::rules(&settings.root, settings.ports.exchange));
    let seen = probe.contact_all(targets).await;
    let drops_after = host::failed_retransmissions(&settings.root);
    let drops = drops_before.zip(drops_after).map_or(0, |(before, after)| after.saturating_sub(before));
    let facts = HostFacts { local_drops: attributable(drops, &seen), rules };
    let paths = probe.judge_all(seen, &facts).await;
    let took_milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Report { schema_version: SCHEMA_VERSION, at, took_milliseconds, host: facts, paths }
}

/// The kernel counts for all paths together. Only if there are enough for every silent target can they be said of
/// each path.
fn attributable(drops: u64, seen: &[(PathKey, Vec<Observation>)]) -> u64 {
    let silent = |it: &&Observation| it.outcome == Outcome::Unanswered;
    let unanswered = seen.iter().flat_map(|(_, observations)| observations).filter(silent).count();
    if unanswered > 0 && drops >= unanswered as u64 { drops } else { 0 }
}

struct Probe<'a> {
    eyes: &'a Eyes,
    settings: &'a ProbeSettings,
    listener: Listener,
    until: Instant,
}

impl Probe<'_> {
    fn tell(&self, progress: Progress) {
        if let Some(listener) = &self.listener {
            // Who went away does not want to know.
            let _ = listener.send(progress);
        }
    }

    async fn resolve(&self) -> Vec<Target> {
        let mut questions = JoinSet::new();
        for (place, operator) in self.settings.operators.iter().cloned().enumerate() {
            let resolver = Arc::clone(&self.eyes.resolver);
            let (ports, limit) = (self.settings.ports, self.settings.budget.dns);
            questions.spawn(async move {
                (place, resolve::resolve(resolver.as_ref(), &operator, ports, limit).await)
            });
        }
        let mut found = questions.join_all().await;
        found.sort_by_key(|(place, _)| *place);
        let mut targets: Vec<Target> = found.into_iter().flat_map(|(_, targets)| targets).collect();
        let ports = self.settings.ports;
        for anchor in &self.settings.anchors {
            let web =
                |address: &IpAddr| literal(&anchor.name, Role::Web, SocketAddr::new(*address, ports.web));
            targets.extend(anchor.addresses.iter().map(web));
        }
        let canary = |address: &IpAddr| {
            let name = address.to_string();
            literal(&name, Role::Canary, SocketAddr::new(*address, ports.exchange))
        };
        // A host that moves into another network takes it along at the next probe.
        let near = interfaces::networks().unwrap_or_default();
        targets.extend(self.settings.foreign_canaries(&near).iter().map(canary));
        targets
    }

    async fn contact_all(&self, targets: Vec<Target>) -> Vec<(PathKey, Vec<Observation>)> {
        let paths = self.settings.paths();
        let count = paths.iter().map(|path| targets.iter().filter(|it| it.family == path.family).count());
        self.tell(Progress::Resolved { targets: count.sum() });
        let mut contacts = JoinSet::new();
        for (number, path) in paths.iter().enumerate() {
            let manner = Manner {
                tls: self.eyes.tls.clone(),
                ehlo_name: self.settings.ehlo_name(*path).to_owned(),
                budget: self.settings.budget,
                order: Arc::default(),
            };
            for target in targets.iter().filter(|it| it.family == path.family).cloned() {
                let (manner, source) = (manner.clone(), path.source);
                contacts.spawn(async move { (number, contact(manner, target, source).await) });
            }
        }
        let mut seen: Vec<_> = paths.into_iter().map(|path| (path, Vec::new())).collect();
        while let Some(contacted) = contacts.join_next().await {
            let Ok((number, observation)) = contacted else { continue };
            let (path, observations) = &mut seen[number];
            self.tell(Progress::Seen { path: *path, observation: Box::new(observation.clone()) });
            observations.push(observation);
        }
        for (_, observations) in &mut seen {
            observations.sort_by_key(|it: &Observation| it.order);
        }
        seen
    }

    /// All paths at one time: each search takes as long as its silence.
    async fn judge_all(&self, seen: Vec<(PathKey, Vec<Observation>)>, facts: &HostFacts) -> Vec<PathReport> {
        let judged = seen.into_iter().map(|(path, observations)| self.judge(path, observations, facts));
        together(judged).await
    }

    async fn judge(&self, path: PathKey, observations: Vec<Observation>, facts: &HostFacts) -> PathReport {
        let verdict = judge(&observations, facts);
        self.tell(Progress::Judged { path, verdict: verdict.clone() });
        let mut route = None;
        if self.settings.hops == HopSearch::WhereBlocked
            && let Some(target) = route::worth_searching(verdict.kind, &observations)
        {
            self.tell(Progress::Searching { path });
            let search = route::RouteSearch {
                target,
                source: path.source,
                ports: self.settings.ports,
                budget: self.settings.budget,
                until: self.until,
            };
            route = Some(route::search(self.eyes.resolver.as_ref(), &search).await);
        }
        PathReport { path, verdict, observations, route }
    }
}

/// A target that needs no DNS.
fn literal(name: &str, role: Role, address: SocketAddr) -> Target {
    let operator = Operator {
        id: name.to_owned(),
        name: name.to_owned(),
        domains: Vec::new(),
        web: None,
        submission: None,
        greets_as: Vec::new(),
        offers_starttls: false,
        provenance: Provenance::default(),
    };
    let family = Family::of(address.ip());
    Target {
        operator,
        role,
        family,
        name: address.ip().to_string(),
        place: Ok(Place { host: None, address }),
    }
}
