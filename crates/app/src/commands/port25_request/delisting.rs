//! `postamt port25 request --about delisting`: which blocklists have this host's addresses and domains, and the way off one of
//! them (`--list`) or back to a mailbox provider (`--mailbox`), with the letter where somebody is to be asked.

use std::sync::Arc;

use postamt_doctor::blocklists::{self, BlockList};
use postamt_doctor::unblock::delisting::{
    self, By, Listing, Mailbox, Plea, Refusal, Said, Whom, guide, mailboxes,
};
use postamt_doctor::unblock::letter::render::{self, render};
use postamt_doctor::unblock::letter::{Letter, SCHEMA_VERSION, evidence};
use postamt_mail::words::Words;
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_store::cases::{CaseAbout, CaseSubject, Lister};
use serde::Serialize;
use tokio::task::JoinSet;

use super::super::received::SPAN;
use super::super::{case_desk, doctor, provider, wait};
use super::kept::{self, ShownCase};
use super::sender;
use crate::cli::{self, LetterForm};
use crate::config::Config;
use crate::terminal::{Stop, Terminal, warn};

/// Looks, and writes.
///
/// # Errors
/// There is no such list or mailbox provider, nothing to look up, or no name server to ask.
pub fn run(options: &cli::Request, config: Option<&Config>, terminal: Terminal) -> Result<(), Stop> {
    if let Some(name) = &options.mailbox {
        let mailbox = mailbox(name, terminal)?;
        let refusal = refusal(&mailbox, config)?;
        return one(&Whom::Mailbox(&mailbox, refusal.as_ref()), options, config, terminal);
    }
    let abouts = abouts(options, config);
    if abouts.is_empty() {
        return Err(terminal.stop("delist-nothing-there", &[]));
    }
    let lists = blocklists::embedded().map_err(anyhow::Error::from)?;
    let Some(name) = &options.list else { return all(lists, abouts, config, terminal) };
    let is_it = |list: &BlockList| {
        let zone = list.zone.as_ref().is_some_and(|zone| zone.as_str().eq_ignore_ascii_case(name));
        zone || list.id.eq_ignore_ascii_case(name) || list.name.eq_ignore_ascii_case(name)
    };
    let Some(list) = lists.iter().find(|list| is_it(list)).cloned() else {
        let names: Vec<&str> = lists.iter().map(|list| list.id.as_str()).collect();
        let values = [("name", name.into()), ("names", names.join(", ").into())];
        return Err(terminal.stop("delist-none-such-list", &values));
    };
    let at = SystemClock.unix_seconds();
    let listings = wait(async {
        let resolver = doctor::resolver(config)?;
        Ok::<_, Stop>(delisting::listings(&resolver, &list, &abouts, at).await)
    })??;
    one(&Whom::List(&list, &listings), options, config, terminal)
}

/// The addresses that are named or that mail leaves from, and the domains.
fn abouts(options: &cli::Request, config: Option<&Config>) -> Vec<String> {
    if !options.addresses.is_empty() {
        return options.addresses.iter().map(ToString::to_string).collect();
    }
    let addresses = provider::public_addresses(config).into_iter().map(|address| address.to_string());
    let domains = config.into_iter().flat_map(|config| &config.server.domains).map(ToString::to_string);
    addresses.chain(domains).collect()
}

fn mailbox(name: &str, terminal: Terminal) -> Result<Mailbox, Stop> {
    let all = mailboxes::embedded().map_err(anyhow::Error::from)?;
    let names: Vec<&str> = all.iter().map(|mailbox| mailbox.id.as_str()).collect();
    all.iter().find(|mailbox| mailbox.is_called(name)).cloned().ok_or_else(|| {
        let values = [("name", name.into()), ("names", names.join(", ").into())];
        terminal.stop("delist-none-such-mailbox", &values)
    })
}

/// Its last refusal, as far as the server has written it down.
fn refusal(mailbox: &Mailbox, config: Option<&Config>) -> Result<Option<Refusal>, Stop> {
    let Some(history) = config.and_then(doctor::history) else { return Ok(None) };
    let since = SystemClock.unix_seconds().saturating_sub(SPAN);
    let found = wait(async { delisting::refusal(&*history, mailbox, since).await })?;
    Ok(found.map_err(anyhow::Error::from)?)
}

/// What every list says, as `--json` shows it.
#[derive(Serialize)]
struct ShownList<'a> {
    id: &'a str,
    name: &'a str,
    listings: &'a [Listing],
    /// The way off, where something is listed.
    guide: Option<String>,
}

impl<'a> ShownList<'a> {
    fn new((list, listings): &'a (BlockList, Vec<Listing>), words: &Words) -> Self {
        let is_listed = listings.iter().any(Listing::is_listed);
        let guide = is_listed.then(|| guide::text(&Whom::List(list, listings), words));
        Self { id: &list.id, name: &list.name, listings, guide }
    }
}

/// Every list, and the way off those that have something of ours.
fn all(
    lists: Vec<BlockList>,
    abouts: Vec<String>,
    config: Option<&Config>,
    terminal: Terminal,
) -> Result<(), Stop> {
    let words = terminal.words;
    let looked = ask_all(lists, &abouts, config)?;
    let is_listed = |listings: &[Listing]| listings.iter().any(Listing::is_listed);
    let is_unknown = |listings: &[Listing]| listings.iter().any(|it| matches!(it.said, Said::Unknown(_)));
    if terminal.json {
        let shown: Vec<ShownList<'_>> = looked.iter().map(|looked| ShownList::new(looked, words)).collect();
        return terminal.data(&shown);
    }
    for (list, listings) in looked.iter().filter(|(_, listings)| is_listed(listings)) {
        let whom = Whom::List(list, listings);
        terminal.print(&guide::text(&whom, words));
        if whom.is_to_ask() {
            terminal.say("delist-how-to-ask", &[("id", (&list.id).into())]);
        }
        terminal.print("");
    }
    let answered = looked.iter().filter(|(_, listings)| !is_unknown(listings)).count();
    if !looked.iter().any(|(_, listings)| is_listed(listings)) {
        let values = [("count", answered.into()), ("abouts", abouts.join(", ").into())];
        terminal.say("delist-no-listing", &values);
    }
    let unasked: Vec<&str> = looked
        .iter()
        .filter(|(_, listings)| is_unknown(listings))
        .map(|(list, _)| list.name.as_str())
        .collect();
    if !unasked.is_empty() {
        let values = [("count", unasked.len().into()), ("names", unasked.join(", ").into())];
        terminal.note("delist-unasked", &values);
    }
    Ok(())
}

/// Those that can be asked and list such things, at one time.
fn ask_all(
    lists: Vec<BlockList>,
    abouts: &[String],
    config: Option<&Config>,
) -> Result<Vec<(BlockList, Vec<Listing>)>, Stop> {
    let at = SystemClock.unix_seconds();
    wait(async {
        let resolver = Arc::new(doctor::resolver(config)?);
        let mut asking = JoinSet::new();
        for (place, list) in lists.into_iter().enumerate().filter(|(_, list)| list.zone.is_some()) {
            let (resolver, abouts) = (Arc::clone(&resolver), abouts.to_vec());
            asking.spawn(async move {
                let listings = delisting::listings(&*resolver, &list, &abouts, at).await;
                (place, list, listings)
            });
        }
        let mut found = asking.join_all().await;
        found.sort_by_key(|(place, ..)| *place);
        let found = found.into_iter().map(|(_, list, listings)| (list, listings));
        Ok::<_, Stop>(found.filter(|(_, listings)| !listings.is_empty()).collect())
    })?
}

/// One of them, as `--json` shows it.
#[derive(Serialize)]
struct Shown<'a> {
    schema_version: u32,
    at: u64,
    /// The id of the list or of the mailbox provider.
    id: &'a str,
    name: &'a str,
    listings: &'a [Listing],
    refusal: Option<&'a Refusal>,
    is_to_ask: bool,
    guide: &'a str,
    /// Null where nobody is to be asked.
    letter: Option<&'a Letter>,
    /// The letter as it is sent.
    text: Option<&'a str>,
    /// The case that keeps it.
    case: Option<ShownCase>,
    /// Why none does, though one was to.
    no_case_because: Option<String>,
}

fn one(
    whom: &Whom<'_>,
    options: &cli::Request,
    config: Option<&Config>,
    terminal: Terminal,
) -> Result<(), Stop> {
    let words = terminal.words;
    let at = SystemClock.unix_seconds();
    let guide = guide::text(whom, words);
    let is_wanted = whom.is_to_ask() || options.anyway;
    let letter = is_wanted.then(|| letter(whom, options, config, at, terminal)).transpose()?;
    let text = letter.as_ref().map(|letter| render(letter, kept::form(options.to), words));
    let kept = text
        .as_ref()
        .filter(|_| !options.no_case)
        .map(|text| kept::keep(text, config, |config| subject(whom, options, config, terminal), terminal));
    if terminal.json {
        let (case, no_case_because) = kept::shown(kept);
        let (id, listings, refusal) = match whom {
            Whom::List(list, listings) => (list.id.as_str(), *listings, None),
            Whom::Mailbox(mailbox, refusal) => (mailbox.id.as_str(), &[][..], *refusal),
        };
        return terminal.data(&Shown {
            schema_version: SCHEMA_VERSION,
            at,
            id,
            name: whom.name(),
            listings,
            refusal,
            is_to_ask: whom.is_to_ask(),
            guide: &guide,
            letter: letter.as_ref(),
            text: text.as_deref(),
            case,
            no_case_because,
        });
    }
    let (Some(letter), Some(text)) = (letter, text) else {
        terminal.print(&guide);
        terminal.note(no_letter(whom), &[]);
        return Ok(());
    };
    warn(&format!("{guide}\n\n{}\n", render::promises(&letter, words)));
    terminal.print(&text);
    warn(&format!("\n{}", render::for_the_user(&letter, words)));
    if let Some(kept) = kept {
        let channel = kept::channel(sent_as(options.to, whom), Some(by(whom)));
        warn(&format!("\n{}", kept::told(kept, channel, terminal)));
    }
    Ok(())
}

/// Why there is no letter: nothing was seen, or nobody is to be asked.
fn no_letter(whom: &Whom<'_>) -> &'static str {
    match whom {
        Whom::List(_, listings) if !listings.iter().any(Listing::is_listed) => "delist-anyway",
        _ => "delist-no-letter",
    }
}

fn letter(
    whom: &Whom<'_>,
    options: &cli::Request,
    config: Option<&Config>,
    at: u64,
    terminal: Terminal,
) -> Result<Letter, Stop> {
    // A mailbox provider is told as well that no list has the address.
    let more = matches!(whom, Whom::Mailbox(..)).then_some("blocklists");
    let checks: Vec<&str> = sender::CHECKS.into_iter().chain(["imprint"]).chain(more).collect();
    let report = doctor::findings(config, &checks, terminal)?;
    let mut evidence = evidence::of_findings(&report, terminal.words);
    evidence.extend(config.into_iter().flat_map(|config| sender::configured(config, at, terminal)));
    let sender = sender::sender(options, config, sender::addresses(options, config), at)?;
    Ok(delisting::compose(&Plea { whom: *whom, sender: &sender, evidence: &evidence, at }, terminal.words))
}

/// What its case is about.
fn about(whom: &Whom<'_>, options: &cli::Request, config: &Config) -> CaseAbout {
    let by = match whom {
        Whom::List(list, _) => Lister::List(list.id.clone()),
        Whom::Mailbox(mailbox, _) => Lister::Mailbox(mailbox.id.clone()),
    };
    let listed = whom.abouts(&sender::addresses(options, Some(config)));
    CaseAbout::Delisting { by, name: whom.short_name().to_owned(), listed }
}

/// The subject of its case. Only whoever holds the network is a provider whom the case is with.
fn subject(
    whom: &Whom<'_>,
    options: &cli::Request,
    config: &Config,
    terminal: Terminal,
) -> Result<CaseSubject, Stop> {
    let found = match whom.is_for_provider() {
        true => Some(provider::find(&options.provider, Some(config), terminal)?),
        false => None,
    };
    let asked = found.as_ref().and_then(provider::Found::provider);
    let mut subject = case_desk::subject(about(whom, options, config), config, asked)?;
    let days = match whom {
        Whom::List(list, _) => list.removal.days,
        Whom::Mailbox(mailbox, _) => mailbox.days,
    };
    subject.follow_up_days = subject.follow_up_days.or(days);
    Ok(subject)
}

/// A ticket is for a provider: the others have forms and addresses.
fn sent_as(to: LetterForm, whom: &Whom<'_>) -> LetterForm {
    if to == LetterForm::Ticket && !whom.is_for_provider() { LetterForm::Text } else { to }
}

/// How whoever is asked likes it.
fn by(whom: &Whom<'_>) -> &'static str {
    match whom {
        _ if whom.is_for_provider() => "ticket",
        Whom::List(..) => "form",
        Whom::Mailbox(mailbox, refusal) => {
            let channels = mailbox.channels_for(refusal.map(|it| it.reply.as_str()));
            let is_mail = channels.first().is_some_and(|channel| channel.by == By::Email);
            if is_mail { "email" } else { "form" }
        }
    }
}
