//! Letters of the guard. To the operator: a host of one's own was spared, accounts are under siege, there is a wave of
//! bans; to the owner of an account: a login came from a network that it has never come from.
//!
//! What happens is gathered, within limits, and told in digests: of each kind a letter in an hour at the most, and an
//! owner hears once a day, or once an hour when a country is new. So nobody can have letters written without end, and
//! no word that a stranger has chosen gets into one: names are told only where an account has them.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use postamt_mail::address::Address;
use postamt_mail::dsn::Letter;
use postamt_mail::words::Words;
use postamt_store::accounts::{Account, SendAs};
use postamt_store::bans::{Ban, BanReason, Offence};
use postamt_store::facts::ToldFact;
use tokio::sync::Notify;

use super::countries::Country;
use crate::breaker::operator;
use crate::context::Context;
use crate::events::Event;

const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;
/// So many bans within an hour are a wave.
const WAVE: usize = 20;
/// What is gathered of each kind at the most …
const GATHERED: usize = 10_000;
/// … and told one by one.
const LINES: usize = 10;
/// How often it looks when nothing rings.
const LOOK: Duration = Duration::from_secs(60);

/// The kinds of letters to the operator, by what they are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Spared,
    Siege,
    Wave,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Spared, Self::Siege, Self::Wave];

    const fn about(self) -> &'static str {
        match self {
            Self::Spared => "guard spared",
            Self::Siege => "guard siege",
            Self::Wave => "guard wave",
        }
    }
}

/// A login from a network that is new for its account.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    pub peer: IpAddr,
    pub network: IpNet,
    pub country: Option<Country>,
    /// The account has never come from there before.
    pub is_new_country: bool,
    pub at: u64,
}

/// What is still to be told.
#[derive(Debug, Default)]
pub(super) struct Matters {
    gathered: Mutex<Gathered>,
    bell: Notify,
}

#[derive(Debug, Default)]
struct Gathered {
    /// Hosts of one's own: the offences of each.
    spared: BTreeMap<IpAddr, BTreeMap<Offence, u32>>,
    /// Accounts under siege, or names that are none: by how many hosts.
    sieges: BTreeMap<String, usize>,
    bans: VecDeque<Ban>,
    /// When bans began, within the last hour.
    recent: VecDeque<u64>,
    arrivals: HashMap<String, Vec<Arrival>>,
}

impl Matters {
    fn lock(&self) -> MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn spared(&self, peer: IpAddr, reason: &BanReason) {
        let BanReason::Offences { counts, .. } = reason else { return };
        let mut gathered = self.lock();
        if gathered.spared.len() < GATHERED || gathered.spared.contains_key(&peer) {
            let sums = gathered.spared.entry(peer).or_default();
            counts.iter().for_each(|(offence, count)| *sums.entry(*offence).or_default() += count);
        }
        drop(gathered);
        self.bell.notify_one();
    }

    pub(super) fn siege(&self, name: &str, hosts: usize) {
        let mut gathered = self.lock();
        if gathered.sieges.len() < GATHERED {
            gathered.sieges.insert(name.to_owned(), hosts);
        }
        drop(gathered);
        self.bell.notify_one();
    }

    pub(super) fn banned(&self, ban: &Ban) {
        let mut gathered = self.lock();
        for list in [gathered.bans.len(), gathered.recent.len()] {
            if list >= GATHERED {
                gathered.bans.pop_front();
                gathered.recent.pop_front();
            }
        }
        gathered.bans.push_back(ban.clone());
        gathered.recent.push_back(ban.since);
        drop(gathered);
        self.bell.notify_one();
    }

    pub(super) fn arrived(&self, account: &str, arrival: Arrival) {
        let mut gathered = self.lock();
        if gathered.arrivals.len() < GATHERED || gathered.arrivals.contains_key(account) {
            let arrivals = gathered.arrivals.entry(account.to_owned()).or_default();
            if arrivals.len() < LINES * 10 {
                arrivals.push(arrival);
            }
        }
        drop(gathered);
        self.bell.notify_one();
    }
}

impl Gathered {
    /// Whether there is something of this kind.
    fn has(&mut self, kind: Kind, now: u64) -> bool {
        match kind {
            Kind::Spared => !self.spared.is_empty(),
            Kind::Siege => !self.sieges.is_empty(),
            Kind::Wave => {
                self.recent.retain(|since| now < since.saturating_add(HOUR));
                // What was no wave within its hour is none any more.
                if self.recent.is_empty() {
                    self.bans.clear();
                }
                self.recent.len() >= WAVE
            }
        }
    }
}

/// When each thing was told last.
#[derive(Debug, Default)]
struct Told {
    kinds: HashMap<Kind, u64>,
    owners: HashMap<String, u64>,
}

/// Runs until the server stops.
pub async fn watch(context: Arc<Context>) {
    let mut told = Told::default();
    match context.ports.facts.told().await {
        Ok(facts) => {
            for (kind, fact) in Kind::ALL.into_iter().filter_map(|kind| {
                facts.iter().find(|fact| fact.about == kind.about()).map(|fact| (kind, fact))
            }) {
                told.kinds.insert(kind, fact.told_at);
            }
        }
        Err(error) => context.event(Event::Warning { what: error.to_string() }),
    }
    loop {
        for kind in Kind::ALL {
            tell_operator(&context, kind, &mut told).await;
        }
        tell_owners(&context, &mut told).await;
        tokio::select! {
            () = context.stop.cancelled() => return,
            () = context.guard.matters.bell.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn tell_operator(context: &Arc<Context>, kind: Kind, told: &mut Told) {
    let now = context.now();
    let is_quiet = told.kinds.get(&kind).is_some_and(|at| now < at.saturating_add(HOUR));
    if is_quiet || !context.guard.matters.lock().has(kind, now) {
        return;
    }
    let host = context.settings().hostname.to_string();
    let is_told = match kind {
        Kind::Spared => {
            let spared = std::mem::take(&mut context.guard.matters.lock().spared);
            operator::write(context, kind.about(), |words| spared_letter(&host, &spared, words)).await
        }
        Kind::Siege => {
            let sieges = std::mem::take(&mut context.guard.matters.lock().sieges);
            let accounts = accounts_among(context, sieges).await;
            if accounts.is_empty() {
                return;
            }
            operator::write(context, kind.about(), |words| siege_letter(&host, &accounts, words)).await
        }
        Kind::Wave => {
            let bans = std::mem::take(&mut context.guard.matters.lock().bans);
            operator::write(context, kind.about(), |words| wave_letter(&host, &bans, words)).await
        }
    };
    if !is_told {
        // The spool is full: the log has said all of it, and the next digest comes when there is room.
        return;
    }
    told.kinds.insert(kind, now);
    let fact = ToldFact { about: kind.about().to_owned(), told_at: now, since: None };
    if let Err(error) = context.ports.facts.save_told(fact).await {
        context.event(Event::Warning { what: error.to_string() });
    }
}

/// The names that accounts have.
async fn accounts_among(context: &Context, names: BTreeMap<String, usize>) -> Vec<(String, usize)> {
    let mut accounts = Vec::new();
    for (name, hosts) in names {
        if matches!(context.ports.accounts.find(&name).await, Ok(Some(_))) {
            accounts.push((name, hosts));
        }
    }
    accounts
}

async fn tell_owners(context: &Arc<Context>, told: &mut Told) {
    let now = context.now();
    told.owners.retain(|_, at| now < at.saturating_add(DAY));
    let due: Vec<(String, Vec<Arrival>)> = {
        let mut gathered = context.guard.matters.lock();
        let is_due = |account: &String, arrivals: &mut Vec<Arrival>| {
            let Some(at) = told.owners.get(account) else { return true };
            arrivals.iter().any(|arrival| arrival.is_new_country) && now >= at.saturating_add(HOUR)
        };
        gathered.arrivals.extract_if(is_due).collect()
    };
    for (account, arrivals) in due {
        let found = match context.ports.accounts.find(&account).await {
            Ok(Some(found)) => found,
            Ok(None) => continue,
            Err(error) => {
                context.event(Event::Warning { what: error.to_string() });
                continue;
            }
        };
        let Some(owner) = mail_address(&found) else { continue };
        let host = context.settings().hostname.to_string();
        let letter = |words: &Words| arrival_letter(&host, &found.name, &arrivals, words);
        if operator::write_to(context, owner, "new network", letter).await {
            told.owners.insert(account, now);
        }
    }
}

/// Where the owner of an account reads mail: its name, where that is an address, or else the first that it sends as.
#[must_use]
pub fn mail_address(account: &Account) -> Option<Address> {
    let named = Address::new(&account.name).ok();
    let mut others = account.send_as.iter().filter_map(|send_as| match send_as {
        SendAs::Address(address) => Address::new(address).ok(),
        SendAs::Domain(_) | SendAs::Any => None,
    });
    named.into_iter().chain(&mut others).find(|address| address.domain().is_some())
}

/// The first lines of a list, and how many more there are.
fn lines(all: impl ExactSizeIterator<Item = String>, words: &Words) -> String {
    let rest = all.len().saturating_sub(LINES);
    let mut lines: Vec<String> = all.take(LINES).map(|line| format!("- {line}")).collect();
    if rest > 0 {
        lines.push(words.get("guard-more", &[("count", rest.into())]));
    }
    lines.join("\n")
}

fn spared_letter(host: &str, spared: &BTreeMap<IpAddr, BTreeMap<Offence, u32>>, words: &Words) -> Letter {
    let line = |(peer, counts): (&IpAddr, &BTreeMap<Offence, u32>)| {
        let reason = BanReason::Offences { counts: counts.clone(), names: 0 };
        format!("{peer}: {}", reason_text(&reason, words))
    };
    let of = [("host", host.into())];
    Letter {
        subject: words.get("guard-spared-subject", &of),
        paragraphs: vec![
            words.get("guard-spared-intro", &of),
            lines(spared.iter().map(line), words),
            words.get("guard-spared-next", &[]),
            words.get("guard-hourly", &[]),
        ],
    }
}

fn siege_letter(host: &str, accounts: &[(String, usize)], words: &Words) -> Letter {
    let line = |(account, hosts): &(String, usize)| {
        words.get("guard-siege-account", &[("account", account.into()), ("hosts", (*hosts).into())])
    };
    let of = [("host", host.into())];
    Letter {
        subject: words.get("guard-siege-subject", &of),
        paragraphs: vec![
            words.get("guard-siege-intro", &of),
            lines(accounts.iter().map(line), words),
            words.get("guard-siege-next", &[]),
            words.get("guard-hourly", &[]),
        ],
    }
}

fn wave_letter(host: &str, bans: &VecDeque<Ban>, words: &Words) -> Letter {
    let mut sums: BTreeMap<Offence, u32> = BTreeMap::new();
    for ban in bans {
        if let BanReason::Offences { counts, .. } = &ban.reason {
            counts.iter().for_each(|(offence, count)| *sums.entry(*offence).or_default() += count);
        }
    }
    let line = |ban: &Ban| format!("{}: {}", ban.network, reason_text(&ban.reason, words));
    let since = bans.front().map_or(0, |ban| ban.since);
    let reason = reason_text(&BanReason::Offences { counts: sums, names: 0 }, words);
    let values = [("host", host.into()), ("count", bans.len().into()), ("since", words.time(since).into())];
    Letter {
        subject: words.get("guard-wave-subject", &values[..2]),
        paragraphs: vec![
            words.get("guard-wave-intro", &values),
            words.get("guard-wave-sum", &[("reason", reason.into())]),
            lines(bans.iter().rev().map(line), words),
            words.get("guard-wave-next", &[]),
            words.get("guard-hourly", &[]),
        ],
    }
}

fn arrival_letter(host: &str, account: &str, arrivals: &[Arrival], words: &Words) -> Letter {
    let line = |arrival: &Arrival| {
        let country = match (arrival.country, arrival.is_new_country) {
            (None, _) => String::new(),
            (Some(country), false) => {
                words.get("guard-arrival-country", &[("country", country.to_string().into())])
            }
            (Some(country), true) => {
                words.get("guard-arrival-new-country", &[("country", country.to_string().into())])
            }
        };
        let values = [
            ("time", words.time(arrival.at).into()),
            ("peer", arrival.peer.to_string().into()),
            ("network", arrival.network.to_string().into()),
            ("country", country.into()),
        ];
        words.get("guard-arrival-line", &values)
    };
    let of = [("host", host.into()), ("account", account.into())];
    Letter {
        subject: words.get("guard-arrival-subject", &of),
        paragraphs: vec![
            words.get("guard-arrival-intro", &of),
            lines(arrivals.iter().map(line), words),
            words.get("guard-arrival-fine", &[]),
            words.get("guard-arrival-next", &of),
        ],
    }
}

/// Why a network is kept out, in words.
#[must_use]
pub fn reason_text(reason: &BanReason, words: &Words) -> String {
    match reason {
        BanReason::Offences { counts, names } => {
            let offences = counts.iter().map(|(offence, count)| {
                words.get("ban-offence", &[("offence", offence.name().into()), ("count", (*count).into())])
            });
            let mut offences = offences.collect::<Vec<_>>().join(", ");
            if *names > 1 {
                offences.push_str(&words.get("ban-names", &[("count", (*names).into())]));
            }
            offences
        }
        BanReason::Neighbours { hosts } => {
            let hosts: Vec<_> = hosts.iter().map(|host| host.addr().to_string()).collect();
            words.get("ban-neighbours", &[("hosts", hosts.join(", ").into())])
        }
        BanReason::Operator { note } if note.is_empty() => words.get("ban-operator", &[]),
        BanReason::Operator { note } => words.get("ban-operator-note", &[("note", note.into())]),
    }
}
