//! `postamt port25 request`: looks at this host as a provider would, and writes the request to open port 25.

use std::net::IpAddr;

use postamt_doctor::port25;
use postamt_doctor::port25::outcome::Family;
use postamt_doctor::unblock::base::{Method, Provider};
use postamt_doctor::unblock::letter::{
    Advice, Case, Letter, SCHEMA_VERSION, Sender, compose, evidence, needs, render, score,
};
use postamt_doctor::unblock::{letter, text};
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_store::cases::{CaseAbout, CaseSubject};
use serde::Serialize;

use super::super::{case_desk, doctor, port25_check, provider};
use super::kept::{self, ShownCase};
use super::sender;
use crate::cli;
use crate::config::Config;
use crate::terminal::{Stop, Terminal, warn};

/// Looks, and writes.
///
/// # Errors
/// There is no such provider, no name server to ask, or the list of targets cannot be used.
pub fn run(options: &cli::Request, config: Option<&Config>, terminal: Terminal) -> Result<(), Stop> {
    let words = terminal.words;
    let found = provider::find(&options.provider, config, terminal)?;
    let wish = port25_check::Wish { sources: &[], family: None, targets: options.targets.as_deref() };
    let probe = port25_check::look(&wish, config, terminal)?;
    let report = doctor::findings(config, &[&sender::CHECKS[..], &["blocklists"]].concat(), terminal)?;
    let at = SystemClock.unix_seconds();
    let sender = sender::sender(options, config, addresses(config, &probe), at)?;
    let mut evidence = evidence::of_findings(&report, words);
    evidence.extend(evidence::of_probe(&probe, words));
    evidence.extend(config.into_iter().flat_map(|config| sender::configured(config, at, terminal)));
    let case =
        Case { provider: found.provider(), sender: &sender, evidence: &evidence, probe: Some(&probe), at };
    let advice = Advice::new(case.provider, case.probe);
    let letter = (advice.is_to_ask() || options.anyway).then(|| compose(&case, words));
    let card = score::card(&evidence, words);
    let wanted = needs::held(case.provider, &evidence, words);
    let said = advice.text(case.provider, found.base(), words);
    let text = letter.as_ref().map(|letter| render(letter, kept::form(options.to), words));
    let kept = match &text {
        Some(text) if !options.no_case => {
            let subject = |config: &Config| subject(config, found.provider(), &probe);
            Some(kept::keep(text, config, subject, terminal))
        }
        _ => None,
    };
    if terminal.json {
        let (case, no_case_because) = kept::shown(kept);
        return terminal.data(&Shown {
            schema_version: SCHEMA_VERSION,
            at,
            provider: found.shown(words),
            advice,
            advice_text: &said,
            score: &card,
            needs: &wanted,
            sender: &sender,
            letter: letter.as_ref(),
            text: text.as_deref(),
            case,
            no_case_because,
        });
    }
    let table = score::text(&card, words);
    let Some(letter) = letter else {
        warn(&format!("{table}\n"));
        terminal.print(&said);
        case.provider.into_iter().for_each(|it| terminal.print(&text::advice(it, words)));
        return Ok(());
    };
    warn(&format!("{table}\n{}\n", score::hint(&card, words)));
    let first = case.provider.and_then(|provider| needs::text(provider, &wanted, words));
    first.into_iter().for_each(|text| warn(&format!("{text}\n")));
    warn(&format!("{}\n", letter::render::promises(&letter, words)));
    warn(&said);
    warn(&format!("{}\n", found.text(words)));
    terminal.print(&text.unwrap_or_default());
    warn(&format!("\n{}", letter::render::for_the_user(&letter, words)));
    if let Some(kept) = kept {
        let channel = kept::channel(options.to, case.provider.map(|it| by(it.request.method)));
        warn(&format!("\n{}", kept::told(kept, channel, terminal)));
    }
    Ok(())
}

/// As `--json` shows it.
#[derive(Serialize)]
struct Shown<'a> {
    schema_version: u32,
    at: u64,
    provider: provider::Shown<'a>,
    advice: Advice,
    advice_text: &'a str,
    score: &'a [score::Point],
    /// What this provider wants first; a state of null is for the user to check.
    needs: &'a [needs::Need],
    sender: &'a Sender,
    /// Null where asking is of no use.
    letter: Option<&'a Letter>,
    /// The letter as it is sent.
    text: Option<&'a str>,
    /// The case that keeps it.
    case: Option<ShownCase>,
    /// Why none does, though one was to.
    no_case_because: Option<String>,
}

/// The addresses that the letter names.
fn addresses(config: Option<&Config>, probe: &port25::Report) -> Vec<IpAddr> {
    let mut addresses = provider::public_addresses(config);
    if addresses.is_empty() {
        addresses.extend(probe.paths.iter().filter_map(|path| path.path.source));
    }
    // A family whose way is open is no matter of the letter.
    let blocked: Vec<_> =
        probe.paths.iter().filter(|it| evidence::is_blocked(it)).map(|it| it.path.family).collect();
    addresses.retain(|address| blocked.is_empty() || blocked.contains(&Family::of(*address)));
    addresses
}

/// The subject of its case.
fn subject(
    config: &Config,
    provider: Option<&Provider>,
    probe: &port25::Report,
) -> Result<CaseSubject, Stop> {
    let mut subject = case_desk::subject(CaseAbout::Port25, config, provider)?;
    if subject.paths.is_empty() {
        let blocked = probe.paths.iter().filter(|path| evidence::is_blocked(path));
        subject.paths = blocked.map(|path| path.path).collect();
    }
    Ok(subject)
}

/// How a text without a form of its own will probably go.
const fn by(method: Method) -> &'static str {
    match method {
        Method::Form => "form",
        Method::AbuseTeam => "email",
        Method::Phone => "phone",
        _ => "ticket",
    }
}
