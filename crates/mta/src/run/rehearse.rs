//! A delivery rehearsed: the plan that mail to an address would get now, and the conversation with the host that would
//! take it, up to RCPT and no further. Planner and opener are those of every delivery; what they would keep (a place in a
//! trial, a memory of TLS) is not kept.
//!
//! [`rehearse`] never fails: where it ends early, [`Rehearsal::stopped`] says why.

use std::net::SocketAddr;
use std::sync::Arc;

use postamt_mail::address::{Address, Domain};
use postamt_mail::mta_sts::Mode;
use postamt_net::smtp::Connection;
use postamt_store::facts::{PathFact, PathState, ProviderFact};
use serde::{Deserialize, Serialize};

use super::submit;
use crate::breaker::detour::{self, Detour};
use crate::context::{Context, Ports};
use crate::flow::{Channel, Destination, Plan, PlannedHost};
use crate::plan::routes;
use crate::providers;
use crate::queue::Security;
use crate::queue::site::Site;
use crate::send::open::{self, Unreached};
use crate::send::trail::Tried;
use crate::settings::{LocalTarget, Settings};
use crate::transport;

/// Whose mail to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The envelope sender; `None` is the null path.
    pub sender: Option<Address>,
    /// The recipient.
    pub recipient: Address,
    /// The login, for rules that name one.
    pub account: Option<String>,
}

/// A mail host of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchanger {
    /// Its name.
    pub name: String,
    /// Its preference; 0 where the domain has no MX.
    pub preference: u16,
    /// Whether the MTA-STS policy names it; `None` without a policy.
    pub permitted: Option<bool>,
}

/// TLS of the connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secured {
    /// Version and cipher.
    pub words: String,
    /// The certificate is good for the host.
    pub verified: bool,
    /// By TLSA records.
    pub by_dane: bool,
    /// What is wrong with the certificate, even where it was not demanded.
    pub problem: Option<String>,
}

/// Why nothing more was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stopped", rename_all = "snake_case")]
pub enum Stopped {
    /// The rules keep such mail here.
    Held,
    /// The rules drop it.
    Discarded,
    /// It ends in a mailbox of this host.
    Mailbox,
    /// What the rules name is not configured.
    Unknown,
    /// It may not go directly now, and no relay takes it.
    Waits,
    /// The domain takes no mail, or DNS does not say where.
    NoHost {
        /// In the server's words.
        words: String,
        /// Mail would come back at once.
        permanent: bool,
    },
    /// No host took the connection.
    NoConnection {
        /// In the remote's words or the server's.
        words: String,
    },
    /// The session broke.
    Broken {
        /// In the server's words.
        words: String,
    },
}

/// What was seen, step by step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rehearsal {
    /// The envelope sender; empty for the null path.
    pub sender: String,
    /// The recipient.
    pub recipient: String,
    /// The destination by the rules, as `queue list` shows it.
    pub route: String,
    /// The place of the rule that says so, from 1; `None` without one.
    pub rule: Option<usize>,
    /// The way that was taken, with its reason.
    pub way: Option<String>,
    /// Ways out that are closed or on trial.
    pub paths: Vec<PathFact>,
    /// What becomes of direct mail, where all ways are closed.
    pub detour: Option<Detour>,
    /// The operator has decided on this provider.
    pub provider: Option<ProviderFact>,
    /// The mail hosts of the domain, the preferred ones first.
    pub exchangers: Vec<Exchanger>,
    /// The names of the hosts are validated by DNSSEC.
    pub dnssec: bool,
    /// The MTA-STS policy: `enforce`, `testing` or `none`.
    pub policy: Option<String>,
    /// Hosts and addresses that were tried.
    pub tries: Vec<Tried>,
    /// Our address on the connection.
    pub local: Option<SocketAddr>,
    /// The address that was spoken to.
    pub remote: Option<SocketAddr>,
    /// Its name.
    pub host: Option<String>,
    /// The greeting.
    pub greeting: Option<String>,
    /// What it offers.
    pub offers: Vec<String>,
    /// TLS; `None` without.
    pub tls: Option<Secured>,
    /// Why there is no TLS although it is offered.
    pub tls_fallback: Option<String>,
    /// The domain has always had TLS, and this host gives none: mail would wait.
    pub downgraded: bool,
    /// The reply to MAIL.
    pub mail: Option<String>,
    /// The reply to RCPT.
    pub recipient_reply: Option<String>,
    /// Why it ended early.
    pub stopped: Option<Stopped>,
}

/// Rehearses without a running server: nothing is listened to, nothing waits.
///
/// # Errors
/// What is known of the ways out cannot be read.
pub async fn rehearse_alone(
    settings: Settings,
    ports: Ports,
    question: &Question,
) -> Result<Rehearsal, postamt_store::facts::FactError> {
    let paths = ports.facts.paths().await?;
    let providers = ports.facts.providers().await?;
    let context = Arc::new(Context::new(settings, ports, paths, providers));
    let told = rehearse(&context, question).await;
    context.stop.cancel();
    Ok(told)
}

/// See the head of this file.
pub async fn rehearse(context: &Arc<Context>, question: &Question) -> Rehearsal {
    let settings = context.settings();
    let asked = routes::Question {
        account: question.account.as_deref(),
        channel: Channel::Submission.name(),
        sender: question.sender.as_ref(),
        recipient: &question.recipient,
        past_hold: false,
    };
    let destination = routes::choose(&settings, asked);
    let mut told = Rehearsal {
        sender: question.sender.as_ref().map(ToString::to_string).unwrap_or_default(),
        recipient: question.recipient.to_string(),
        route: destination.to_string(),
        // A rule that fits decides nothing of mail that stays here.
        rule: routes::rule_of(&settings, asked)
            .filter(|_| !matches!(destination, Destination::Local(_) | Destination::Postmaster))
            .map(|place| place + 1),
        ..Rehearsal::default()
    };
    match site(context, &destination, &mut told).await {
        Ok(site) => converse(context, &destination, site, question, &mut told).await,
        Err(stopped) => told.stopped = Some(stopped),
    }
    told
}

/// The site that mail for this destination would go to now.
async fn site(
    context: &Arc<Context>,
    destination: &Destination,
    told: &mut Rehearsal,
) -> Result<Arc<Site>, Stopped> {
    match destination {
        Destination::Direct(domain) | Destination::DirectOnly(domain) | Destination::DirectOr(domain, _) => {
            direct(context, destination, domain, told).await
        }
        Destination::Relay(name) => submit::relay_site(context, name).ok_or(Stopped::Unknown),
        Destination::Local(domain) => submit::local_site(context, domain).ok_or(Stopped::Unknown),
        Destination::Postmaster => submit::postmaster_site(context).ok_or(Stopped::Unknown),
        Destination::Discard => Err(Stopped::Discarded),
        Destination::Hold => Err(Stopped::Held),
    }
}

/// The domain's own hosts; or, as for mail, the relay that stands in for the closed port or for this provider.
async fn direct(
    context: &Arc<Context>,
    destination: &Destination,
    domain: &Domain,
    told: &mut Rehearsal,
) -> Result<Arc<Site>, Stopped> {
    told.paths = context.breaker.facts().into_iter().filter(|fact| fact.state != PathState::Direct).collect();
    let is_closed = context.breaker.closed_since(&context.settings()).is_some();
    let may_have_relay = destination.may_take_relay() && context.providers.has_any();
    if is_closed && (!may_have_relay || detour::of(context, destination).is_ok()) {
        return by_detour(context, destination, told);
    }
    let (site, _) = submit::plan_direct(context, domain)
        .await
        .map_err(|fate| Stopped::NoHost { words: fate.failure.text(), permanent: !fate.temporary })?;
    let Plan::Direct(hosts) = &site.plan else { return Ok(site) };
    show_hosts(&site.security, hosts, told);
    if is_closed {
        return match providers::relay_of(context, domain, hosts) {
            Some((relay, provider)) => {
                told.detour = Some(Detour::By(relay.name.clone()));
                told.provider = context.providers.covering(domain, hosts);
                Ok(submit::provider_site(context, &relay, &provider))
            }
            None => by_detour(context, destination, told),
        };
    }
    // As for mail, but without a place in the provider's trial.
    told.provider = context.providers.covering(domain, hosts).filter(|_| may_have_relay);
    if told.provider.as_ref().is_none_or(|fact| fact.state != PathState::Relay) {
        return Ok(site);
    }
    let (relay, provider) = providers::relay_of(context, domain, hosts).ok_or(Stopped::Waits)?;
    Ok(submit::provider_site(context, &relay, &provider))
}

fn show_hosts(security: &Security, hosts: &[PlannedHost], told: &mut Rehearsal) {
    let Security { dnssec, policy, .. } = security;
    told.dnssec = *dnssec;
    let policy = policy.as_ref().filter(|policy| policy.mode != Mode::None);
    told.policy = policy.map(|policy| policy.mode.name().to_owned());
    for host in hosts {
        let Some(name) = &host.name else { continue };
        let permitted = policy.map(|policy| policy.permits(name));
        told.exchangers.push(Exchanger { name: name.to_string(), preference: host.preference, permitted });
    }
}

fn by_detour(
    context: &Context,
    destination: &Destination,
    told: &mut Rehearsal,
) -> Result<Arc<Site>, Stopped> {
    told.detour = Some(detour::shown(context, destination));
    let relay = detour::of(context, destination).map_err(|_| Stopped::Waits)?;
    Ok(submit::detour_site(context, &relay))
}

/// Opens as a delivery does, asks, and takes it back.
async fn converse(
    context: &Arc<Context>,
    destination: &Destination,
    site: Arc<Site>,
    question: &Question,
    told: &mut Rehearsal,
) {
    told.way = Some(site.route.clone());
    if matches!(site.plan, Plan::Local(LocalTarget::Maildir(_))) {
        told.stopped = Some(Stopped::Mailbox);
        return;
    }
    let mut opened = open::rehearse(context, &site, &mut told.tries).await;
    if matches!(&opened, Err(unreached) if unreached.blocked) {
        // The ways that are open lead to none of its addresses: mail would take the detour.
        match by_detour(context, destination, told) {
            Ok(detour) => {
                told.way = Some(detour.route.clone());
                opened = open::rehearse(context, &detour, &mut told.tries).await;
            }
            Err(stopped) => {
                told.stopped = Some(stopped);
                return;
            }
        }
    }
    match opened {
        Ok(opened) => {
            told.host.clone_from(&opened.via.remote_name);
            describe(told, &opened.connection);
            told.downgraded = told.tls.is_none() && is_downgrade(context, destination, &site).await;
            ask(opened.connection, question, told).await;
        }
        Err(Unreached { failure, .. }) => {
            told.stopped = Some(Stopped::NoConnection { words: failure.text() });
        }
    }
}

async fn is_downgrade(context: &Context, destination: &Destination, site: &Site) -> bool {
    match destination.direct().filter(|_| matches!(site.plan, Plan::Direct(_))) {
        Some(domain) => transport::has_had_tls(context, domain).await,
        None => false,
    }
}

fn describe(told: &mut Rehearsal, connection: &Connection) {
    let facts = connection.facts();
    (told.local, told.remote) = (Some(facts.local), Some(facts.remote));
    told.greeting = Some(facts.greeting.to_string());
    told.offers.clone_from(&facts.capabilities.answer.lines);
    told.tls_fallback.clone_from(&facts.tls_fallback);
    told.tls = facts.tls.as_ref().map(|tls| Secured {
        words: format!("{} {}", tls.version, tls.cipher),
        verified: tls.verified,
        by_dane: tls.by_dane,
        problem: tls.problem.as_ref().map(ToString::to_string),
    });
}

async fn ask(mut connection: Connection, question: &Question, told: &mut Rehearsal) {
    match connection.probe(&question.sender, &question.recipient).await {
        Ok(probe) => {
            told.mail = Some(probe.mail.to_string());
            told.recipient_reply = probe.recipient.as_ref().map(ToString::to_string);
        }
        Err(error) => told.stopped = Some(Stopped::Broken { words: error.to_string() }),
    }
    connection.quit().await;
}
