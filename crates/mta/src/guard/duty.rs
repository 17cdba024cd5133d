//! What the server does with the guard: it notes offences, tells the log what comes of them, and writes bans and visits
//! down. Each function takes the server's handles; none waits for a disk but [`write_down`], [`ban`] and [`lift`].

use std::net::IpAddr;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use postamt_store::bans::{Ban, BanError, BanReason};

use super::countries::Countries;
use super::{Judgement, Sighting, UNWRITTEN, Written};
use crate::context::Context;
use crate::events::Event;
use crate::settings::Settings;

/// How often it is written down who has come again.
const KNOCKS: Duration = Duration::from_secs(60);

/// Whether a peer is the operator's own.
fn is_own(settings: &Settings, peer: IpAddr) -> bool {
    settings.own_networks.iter().any(|network| network.contains(peer))
}

/// Whether a peer is kept out now. The operator's own never are, whatever network is banned around them.
#[must_use]
pub fn is_kept_out(context: &Context, peer: IpAddr) -> bool {
    context.guard.ban_of(peer, context.now()).is_some() && !is_spared(context, peer)
}

/// Whether a peer that connects is kept out; if so, it is counted at its ban.
#[must_use]
pub fn knocks(context: &Context, peer: IpAddr) -> bool {
    is_kept_out(context, peer) && context.guard.knocks(peer, context.now())
}

/// Own networks, and other addresses of this host: `postamt doctor` looks from them for an open relay.
#[must_use]
pub fn is_spared(context: &Context, peer: IpAddr) -> bool {
    is_own(&context.settings(), peer)
        || (!peer.is_loopback() && context.guard.is_this_host(peer, context.now()))
}

/// Counts an offence, tells what comes of it, and has bans written down.
pub fn note(context: &Context, peer: IpAddr, sighting: Sighting<'_>) -> Judgement {
    let is_own = is_spared(context, peer);
    let judgement = context.guard.judge(peer, sighting, is_own, context.now());
    if let Some(reason) = &judgement.spared {
        context.guard.matters.spared(peer, reason);
        context.event(Event::BanSpared { peer, offence: sighting.offence.name() });
    }
    if let (Some(hosts), Some(name)) = (judgement.siege, sighting.name) {
        context.guard.matters.siege(name, hosts);
        context.event(Event::AccountAttacked { account: name.to_owned(), hosts });
    }
    for ban in &judgement.bans {
        context.guard.matters.banned(ban);
        tell(context, ban, Some(peer));
        context.guard.hand_on(Written::Ban(ban.clone()));
    }
    judgement
}

/// A login succeeded: forgives slips, and notes from where it came.
pub fn welcome(context: &Context, peer: IpAddr, account: &str) {
    let Some((visit, is_new)) = context.guard.welcome(peer, account, context.now()) else { return };
    if is_new {
        let arrival = context.guard.arrival(peer, &visit);
        let (network, country) =
            (visit.network.to_string(), arrival.country.map(|country| country.to_string()));
        context.guard.matters.arrived(account, arrival);
        context.event(Event::NewNetwork { account: account.to_owned(), peer, network, country });
    }
    context.guard.hand_on(Written::Visit(visit));
}

/// Reads the table of countries again, as the settings have it. One that cannot be used is told, and the old one stays.
pub async fn load_countries(context: &Context) {
    let Some(path) = context.settings().countries.clone() else { return context.guard.countries.store(None) };
    let reading = path.clone();
    let read = tokio::task::spawn_blocking(move || Countries::read(&reading)).await;
    match read.unwrap_or_else(|error| Err(std::io::Error::other(error).into())) {
        Ok(countries) => context.guard.countries.store(Some(Arc::new(countries))),
        Err(error) => {
            let what = format!("the table of countries {} cannot be used: {error}", path.display());
            context.event(Event::Warning { what });
        }
    }
}

/// Writes bans and visits down as they come, all that wait at a time, until the server stops.
pub async fn write_down(context: Arc<Context>) {
    let Some(mut writer) = context.guard.writer.lock().unwrap_or_else(PoisonError::into_inner).take() else {
        return;
    };
    let mut waiting = Vec::new();
    let mut knocks = tokio::time::interval(KNOCKS);
    loop {
        let (mut bans, mut is_last) = (Vec::new(), false);
        tokio::select! {
            _ = writer.recv_many(&mut waiting, UNWRITTEN) => {}
            _ = knocks.tick() => bans = context.guard.knocked(),
            () = context.stop.cancelled() => {
                // What came in before is written; sessions that still end bring nothing of weight.
                writer.close();
                bans = context.guard.knocked();
                is_last = true;
            }
        }
        while let Ok(written) = writer.try_recv() {
            waiting.push(written);
        }
        let mut visits = Vec::new();
        for written in waiting.drain(..) {
            match written {
                Written::Ban(ban) => bans.push(ban),
                Written::Visit(visit) => visits.push(visit),
            }
        }
        if !(bans.is_empty() && visits.is_empty())
            && let Err(error) = context.ports.bans.save(bans, visits).await
        {
            context.event(Event::Warning { what: error.to_string() });
        }
        if is_last {
            return;
        }
    }
}

/// Why an operator's ban does not hold.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NotBanned {
    /// The network has hosts of the operator's own in it.
    #[error("{0} is one of the own networks")]
    Own(IpNet),
    /// It could not be written down.
    #[error(transparent)]
    Bans(#[from] BanError),
}

/// Writes an operator's ban down; it holds from then on.
///
/// # Errors
/// [`NotBanned`].
pub async fn ban(
    context: &Context,
    network: IpNet,
    seconds: Option<u64>,
    note: String,
) -> Result<Ban, NotBanned> {
    let own = &context.settings().own_networks;
    if own.iter().any(|own| own.contains(network.addr()) || network.contains(&own.address)) {
        return Err(NotBanned::Own(network));
    }
    let now = context.now();
    let until = seconds.map(|seconds| now.saturating_add(seconds));
    let reason = BanReason::Operator { note };
    let ban = Ban::new(network.trunc(), now, until, reason, 1);
    context.ports.bans.save(vec![ban.clone()], Vec::new()).await?;
    context.guard.take_up(ban.clone());
    tell(context, &ban, None);
    Ok(ban)
}

/// Lifts all bans that concern a network.
///
/// # Errors
/// They are lifted, and come back with the next start.
pub async fn lift(context: &Context, network: IpNet) -> Result<Vec<Ban>, BanError> {
    let lifted = context.guard.lift(network);
    for ban in &lifted {
        context.event(Event::BanLifted { network: ban.network.to_string() });
    }
    context.ports.bans.forget_bans(lifted.iter().map(|ban| ban.network).collect()).await?;
    Ok(lifted)
}

fn tell(context: &Context, ban: &Ban, peer: Option<IpAddr>) {
    let reason = match &ban.reason {
        BanReason::Offences { counts, .. } => {
            let counts = counts.iter().map(|(offence, count)| format!("{}:{count}", offence.name()));
            counts.collect::<Vec<_>>().join(",")
        }
        BanReason::Neighbours { hosts } => format!("neighbours:{}", hosts.len()),
        BanReason::Operator { .. } => "operator".to_owned(),
    };
    let network = ban.network.to_string();
    let peer = peer.filter(|_| matches!(ban.reason, BanReason::Offences { .. }));
    context.event(Event::Banned { network, until: ban.until, times: ban.times, reason, peer });
}
