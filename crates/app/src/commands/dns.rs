//! `postamt dns records|verify|publish`: what DNS must say, what it says, and the changes between the two.

use std::io::{BufRead as _, IsTerminal as _};

use postamt_doctor::records::gather::{Gathered, gather};
use postamt_doctor::records::text::{Row, Shown, Texts, row, table, zone_line};
use postamt_doctor::records::{Identity, Judged, State, Weight, all_good, changes, judge, questions};
use postamt_net::dns::authority::{Authority, Zone};
use postamt_net::dns::publish::{Change, Publisher};
use postamt_net::dns::record::{RecordData, RecordKind, STRING_LIMIT};
use serde::Serialize;

use super::wait;
use crate::cli::{self, RecordForm};
use crate::config::Config;
use crate::terminal::{Exit, Stop, Terminal, warn};
use crate::{identity, privileges, publishing, serve};

/// Does what is asked.
///
/// # Errors
/// There is no name server to ask, DNS does not say what it must (`verify`), or it cannot be changed (`publish`).
pub fn run(command: &cli::Dns, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    privileges::act_for(config, terminal)?;
    match command {
        cli::Dns::Records { format, parted, offline, about } => {
            let told = wanted_records(config, &about.address, !offline, terminal)?;
            let texts = if *parted { Texts::Parted } else { Texts::Whole };
            records(*format, texts, &told, terminal)
        }
        cli::Dns::Verify { about } => {
            let identity = identity::of(config, &about.address);
            let gathered = look(&identity, config, terminal)?;
            verify(&identity, &judge(&identity, &gathered.present), terminal)
        }
        cli::Dns::Publish { yes, about } => {
            publish(&identity::of(config, &about.address), *yes, config, terminal)
        }
    }
}

/// The records that DNS must have, and what is there.
#[derive(Debug)]
pub struct Wanted {
    /// Whose.
    pub identity: Identity,
    /// What there is, and the zones.
    pub gathered: Gathered,
    /// Each record with its state.
    pub judged: Vec<Judged>,
    /// Whether DNS was asked.
    pub asked: bool,
}

/// The records that DNS must have, with what is there where DNS is `asked`.
///
/// # Errors
/// There is no name server to ask.
pub fn wanted_records(
    config: &Config,
    addresses: &[std::net::IpAddr],
    asked: bool,
    terminal: Terminal,
) -> Result<Wanted, Stop> {
    let identity = identity::of(config, addresses);
    let gathered = if asked { look(&identity, config, terminal)? } else { Gathered::default() };
    let judged = judge(&identity, &gathered.present);
    Ok(Wanted { identity, gathered, judged, asked })
}

fn look(identity: &Identity, config: &Config, terminal: Terminal) -> Result<Gathered, Stop> {
    let questions = questions(identity);
    wait(async {
        let authority = Authority::new(serve::resolver(config, terminal)?);
        Ok::<_, Stop>(gather(&authority, &questions).await)
    })?
}

fn records(form: RecordForm, texts: Texts, told: &Wanted, terminal: Terminal) -> Result<(), Stop> {
    let judged = &told.judged;
    if terminal.json {
        return terminal.data(&judged.iter().map(|it| Shown::new(it, told.asked)).collect::<Vec<_>>());
    }
    note_addresses(&told.identity, terminal);
    match form {
        RecordForm::Text => judged.iter().for_each(|it| say(it, told.asked, terminal)),
        RecordForm::Zone => {
            for Judged { wanted, .. } in judged {
                let mark = if wanted.weight == Weight::Hint { "; " } else { "" };
                terminal.print(&format!("{mark}{}", zone_line(&wanted.name, &wanted.data)));
            }
        }
        RecordForm::Table => forms(told, |_| true, texts, terminal),
    }
    Ok(())
}

/// One table for each zone, of those records that are `chosen`; where the zones are not known, for each domain.
pub fn forms(told: &Wanted, chosen: impl Fn(&Judged) -> bool, texts: Texts, terminal: Terminal) {
    let zone_of = |name: &str| match told.gathered.zones.get(name) {
        Some(zone) => zone.name.clone(),
        None => {
            let domains = told.identity.domains.iter().map(|domain| domain.name.as_str());
            let above = domains.filter(|domain| name == *domain || name.ends_with(&format!(".{domain}")));
            above.max_by_key(|domain| domain.len()).unwrap_or(name).to_owned()
        }
    };
    let mut zones: Vec<(String, Vec<Row>)> = Vec::new();
    let mut has_long = false;
    for Judged { wanted, .. } in told.judged.iter().filter(|it| chosen(it)) {
        let zone = zone_of(&wanted.name);
        has_long |= matches!(&wanted.data, RecordData::Txt(text) if text.len() > STRING_LIMIT);
        let row = row(&wanted.name, &zone, &wanted.data, texts);
        match zones.iter_mut().find(|(name, _)| *name == zone) {
            Some((_, rows)) => rows.push(row),
            None => zones.push((zone, vec![row])),
        }
    }
    let word = |id: &str| terminal.sentence(id, &[]);
    let words =
        [word("dns-type"), word("dns-name"), word("dns-ttl"), word("dns-priority"), word("dns-value")];
    for (zone, rows) in &zones {
        terminal.say("dns-zone", &[("zone", zone.as_str().into())]);
        table(words.each_ref().map(String::as_str), rows).iter().for_each(|line| terminal.print(line));
        terminal.print("");
    }
    if has_long && texts == Texts::Whole {
        terminal.note("dns-long-texts", &[]);
    }
}

fn note_addresses(identity: &Identity, terminal: Terminal) {
    if identity.addresses.is_empty() {
        terminal.note("dns-no-address", &[]);
    }
}

/// A record with what it is for, its state, and what must go.
pub fn say(judged: &Judged, asked: bool, terminal: Terminal) {
    let wanted = &judged.wanted;
    let purpose = terminal.sentence(&format!("dns-purpose-{}", word(wanted.purpose)), &[]);
    let mut head = purpose;
    if wanted.weight == Weight::Hint {
        head = format!("{} {head}", terminal.sentence("dns-hint", &[]));
    } else if asked {
        head = format!("{} {head}", terminal.sentence(&format!("dns-state-{}", word(judged.state)), &[]));
    }
    terminal.print(&head);
    terminal.print(&format!("  {}", zone_line(&wanted.name, &wanted.data)));
    for gone in &wanted.replaces {
        let line = format!("{}. {} {gone}", wanted.name, gone.kind());
        terminal.say("dns-replaces", &[("record", line.into())]);
    }
    if let Some(failure) = &judged.failure {
        terminal.say("dns-failure", &[("error", failure.into())]);
    }
}

/// The word of a value, as JSON has it, with hyphens.
fn word(value: impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().replace('_', "-")
}

fn verify(identity: &Identity, judged: &[Judged], terminal: Terminal) -> Result<(), Stop> {
    let good = all_good(judged);
    if terminal.json {
        terminal.data(&judged.iter().map(|it| Shown::new(it, true)).collect::<Vec<_>>())?;
    } else {
        note_addresses(identity, terminal);
        judged.iter().filter(|it| it.wanted.weight != Weight::Hint).for_each(|it| say(it, true, terminal));
        let counted = |is_one: fn(State) -> bool| {
            judged.iter().filter(|it| it.wanted.weight != Weight::Hint && is_one(it.state)).count()
        };
        let wrong = counted(|state| !matches!(state, State::Good | State::Unknown));
        let unknown = counted(|state| state == State::Unknown);
        if good {
            terminal.say("dns-verified", &[]);
        }
        if wrong > 0 {
            terminal.say("dns-not-verified", &[("count", wrong.into())]);
        }
        if unknown > 0 {
            terminal.say("dns-not-asked", &[("count", unknown.into())]);
        }
    }
    if good { Ok(()) } else { Err(Stop::silent(Exit::Failed)) }
}

fn publish(identity: &Identity, yes: bool, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    let authority = Authority::new(serve::resolver(config, terminal)?);
    let publisher = publishing::Warrant::read(config, terminal)?
        .publisher(&authority)
        .ok_or_else(|| terminal.stop("dns-no-publisher", &[]))?;
    let questions = questions(identity);
    wait(async {
        let gathered = gather(&authority, &questions).await;
        let judged = judge(identity, &gathered.present);
        note_addresses(identity, terminal);
        let unknown =
            judged.iter().filter(|it| it.state == State::Unknown && it.wanted.weight != Weight::Hint);
        unknown.for_each(|it| say(it, true, terminal));
        let zones = by_zone(changes(&judged, &gathered.present), &gathered, terminal);
        if zones.is_empty() {
            terminal.say("dns-nothing-to-change", &[]);
            return Ok(());
        }
        zones.iter().for_each(|(zone, changes)| show(zone, changes, publisher.as_ref(), terminal));
        if !yes && !confirmed(terminal)? {
            return Err(terminal.stop("dns-not-published", &[]));
        }
        for (zone, changes) in &zones {
            let applied = publisher.apply(zone, changes).await;
            applied.map_err(|error| {
                let text = publishing::told(error, terminal);
                terminal.stop("dns-publish-failed", &[("zone", (&zone.name).into()), ("error", text.into())])
            })?;
            terminal.say("dns-published", &[("zone", (&zone.name).into())]);
        }
        let gathered = gather(&authority, &questions).await;
        after(&judge(identity, &gathered.present), publisher.shows_at_once(), terminal)
    })?
}

/// What the operator still has to do, and whether the servers took what they said they took.
fn after(judged: &[Judged], shows_at_once: bool, terminal: Terminal) -> Result<(), Stop> {
    let open = || judged.iter().filter(|it| it.wanted.weight != Weight::Hint && it.state != State::Good);
    open().for_each(|it| say(it, true, terminal));
    let mut ours = open().filter(|it| it.wanted.data.kind() != RecordKind::Ptr);
    if !shows_at_once {
        if ours.next().is_some() {
            terminal.say("dns-not-shown-yet", &[]);
        }
        return Ok(());
    }
    let untaken = ours.any(|it| matches!(it.state, State::Missing | State::Different));
    if untaken { Err(terminal.stop("dns-not-taken", &[])) } else { Ok(()) }
}

fn by_zone(changes: Vec<Change>, gathered: &Gathered, terminal: Terminal) -> Vec<(Zone, Vec<Change>)> {
    let mut zones: Vec<(Zone, Vec<Change>)> = Vec::new();
    for change in changes {
        let Some(zone) = gathered.zones.get(&change.name) else {
            terminal.note("dns-no-zone", &[("name", change.name.into())]);
            continue;
        };
        match zones.iter_mut().find(|(known, _)| known.name == zone.name) {
            Some((_, changes)) => changes.push(change),
            None => zones.push((zone.clone(), vec![change])),
        }
    }
    zones
}

fn show(zone: &Zone, changes: &[Change], publisher: &dyn Publisher, terminal: Terminal) {
    terminal.say("dns-changes", &[("zone", (&zone.name).into()), ("by", publisher.name().into())]);
    for change in changes {
        for gone in &change.remove {
            terminal.print(&format!("- {}. {} {gone}", change.name, change.kind));
        }
        for new in &change.add {
            terminal.print(&format!("+ {}", zone_line(&change.name, new)));
        }
    }
}

/// Asks whoever sits at the terminal.
fn confirmed(terminal: Terminal) -> Result<bool, Stop> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(terminal.stop("dns-publish-yes", &[]));
    }
    warn(&terminal.sentence("dns-confirm", &[]));
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer).map_err(anyhow::Error::from)?;
    let yes = terminal.sentence("dns-confirm-yes", &[]);
    let answer = answer.trim().to_lowercase();
    Ok(!answer.is_empty() && yes.starts_with(&answer))
}
