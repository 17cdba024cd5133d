//! `postamt port25 request`: looks at this host as a provider would, and writes the request to open port 25. The letter goes to
//! stdout; the score card, what the letter leaves out, what the user must fill in, and the case that keeps the letter go to
//! stderr. Where the store may not be written, the letter is printed all the same.

use postamt_doctor::port25;
use postamt_doctor::port25::outcome::Family;
use postamt_doctor::unblock::base::{Method, Provider};
use postamt_doctor::unblock::case::text as case_text;
use postamt_doctor::unblock::letter::{
    Advice, Case, Evidence, Form, Letter, Purpose, SCHEMA_VERSION, Sender, State, Volume, compose, evidence,
    render, score,
};
use postamt_doctor::unblock::{letter, text};
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_store::cases::CaseText;
use serde::Serialize;

use super::case_desk::{self, Brief, Desk, Kept};
use super::received::{DAYS, received};
use super::{doctor, port25_check, provider};
use crate::cli::{self, LetterForm, Sending};
use crate::config::{self, Config};
use crate::identity;
use crate::terminal::{Stop, Terminal, warn};

/// What a provider may ask about, and what that rests on.
const CHECKS: [&str; 14] = [
    "dns",
    "hostname",
    "addresses",
    "ptr",
    "programs",
    "submission",
    "certificate",
    "relay_test",
    "postmaster",
    "spf",
    "dkim",
    "dmarc",
    "blocklists",
    "updates",
];

/// Looks, and writes.
///
/// # Errors
/// There is no such provider, no name server to ask, or the list of targets cannot be used.
pub fn run(options: &cli::Request, config: Option<&Config>, terminal: Terminal) -> Result<(), Stop> {
    let words = terminal.words;
    let found = provider::find(&options.provider, config, terminal)?;
    let wish = port25_check::Wish { sources: &[], family: None, targets: options.targets.as_deref() };
    let probe = port25_check::look(&wish, config, terminal)?;
    let report = doctor::findings(config, &CHECKS, terminal)?;
    let at = SystemClock.unix_seconds();
    let sender = sender(options, config, &probe, at)?;
    let mut evidence = evidence::of_findings(&report, words);
    evidence.extend(evidence::of_probe(&probe, words));
    evidence.extend(config.into_iter().flat_map(|config| configured(config, at, terminal)));
    let case =
        Case { provider: found.provider(), sender: &sender, evidence: &evidence, probe: Some(&probe), at };
    let advice = Advice::new(case.provider, case.probe);
    let letter = (advice.is_to_ask() || options.anyway).then(|| compose(&case, words));
    let form = match options.to {
        LetterForm::Ticket => Form::Ticket,
        LetterForm::Form => Form::Form,
        LetterForm::Email => Form::Email,
        LetterForm::Text => Form::Text,
    };
    let card = score::card(&evidence, words);
    let said = advice.text(case.provider, found.base(), words);
    let text = letter.as_ref().map(|letter| render(letter, form, words));
    let kept = match &text {
        Some(text) if !options.no_case => Some(keep(text, found.provider(), &probe, config, terminal)),
        _ => None,
    };
    if terminal.json {
        let kept = kept.as_ref().map(Result::as_ref);
        return terminal.data(&Shown {
            schema_version: SCHEMA_VERSION,
            at,
            provider: found.shown(words),
            advice,
            advice_text: &said,
            score: &card,
            sender: &sender,
            letter: letter.as_ref(),
            text: text.as_deref(),
            case: kept
                .and_then(Result::ok)
                .map(|kept| ShownCase { case: Brief::new(kept.case()), kept: kept.name() }),
            no_case_because: kept.and_then(Result::err).map(|stop| stop.text.as_str()),
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
    warn(&format!("{}\n", letter::render::promises(&letter, words)));
    warn(&said);
    warn(&format!("{}\n", found.text(words)));
    terminal.print(&text.unwrap_or_default());
    warn(&format!("\n{}", letter::render::for_the_user(&letter, words)));
    if let Some(kept) = kept {
        warn(&format!("\n{}", told(kept, channel(options.to, case.provider), terminal)));
    }
    Ok(())
}

/// Keeps the letter in its case.
fn keep(
    text: &str,
    provider: Option<&Provider>,
    probe: &port25::Report,
    config: Option<&Config>,
    terminal: Terminal,
) -> Result<Kept, Stop> {
    let Some(config) = config else { return Err(terminal.stop("case-not-opened-unconfigured", &[])) };
    let mut subject = case_desk::subject(config, provider)?;
    if subject.paths.is_empty() {
        let blocked = probe.paths.iter().filter(|path| evidence::is_blocked(path));
        subject.paths = blocked.map(|path| path.path).collect();
    }
    let language = terminal.words.language().tag().to_owned();
    Desk::open(config, terminal)?.keep(CaseText { language, text: text.to_owned() }, subject)
}

/// How the letter will probably go, for `case sent`.
fn channel(form: LetterForm, provider: Option<&Provider>) -> &'static str {
    match (form, provider.map(|provider| provider.request.method)) {
        (LetterForm::Form, _) | (LetterForm::Text, Some(Method::Form)) => "form",
        (LetterForm::Email, _) | (LetterForm::Text, Some(Method::AbuseTeam)) => "email",
        (LetterForm::Text, Some(Method::Phone)) => "phone",
        (LetterForm::Ticket | LetterForm::Text, _) => "ticket",
    }
}

/// What became of the letter, and the next command.
fn told(kept: Result<Kept, Stop>, channel: &str, terminal: Terminal) -> String {
    let words = terminal.words;
    let kept = match kept {
        Ok(kept) => kept,
        Err(stop) => return words.get("case-not-opened", &[("why", stop.text.into())]),
    };
    let case = kept.case();
    let id = ("id", case.id.to_string().into());
    match &kept {
        Kept::Opened(_) => words.get("case-kept-opened", &[id, ("channel", channel.into())]),
        Kept::Updated(_) => words.get("case-kept-updated", &[id, ("channel", channel.into())]),
        Kept::OnItsWay(_) => {
            let since = case.since().map(|at| words.time(at)).unwrap_or_default();
            let stage = case_text::stage(case, words);
            let said =
                words.get("case-kept-on-its-way", &[id, ("stage", stage.into()), ("since", since.into())]);
            format!("{said}\n{}", case_text::next(case, words))
        }
    }
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
    sender: &'a Sender,
    /// Null where asking is of no use.
    letter: Option<&'a Letter>,
    /// The letter as it is sent.
    text: Option<&'a str>,
    /// The case that keeps it.
    case: Option<ShownCase>,
    /// Why none does, though one was to.
    no_case_because: Option<&'a str>,
}

#[derive(Serialize)]
struct ShownCase {
    #[serde(flatten)]
    case: Brief,
    /// `opened`, `updated` or `on_its_way`.
    kept: &'static str,
}

fn sender(
    options: &cli::Request,
    config: Option<&Config>,
    probe: &port25::Report,
    at: u64,
) -> Result<Sender, Stop> {
    let mut addresses = provider::public_addresses(config);
    if addresses.is_empty() {
        addresses.extend(probe.paths.iter().filter_map(|path| path.path.source));
    }
    // A family whose way is open is no matter of the letter.
    let blocked: Vec<_> =
        probe.paths.iter().filter(|it| evidence::is_blocked(it)).map(|it| it.path.family).collect();
    addresses.retain(|address| blocked.is_empty() || blocked.contains(&Family::of(*address)));
    let host = match config {
        Some(config) => config.server.hostname.to_string(),
        None => identity::nodename(),
    };
    let domains = config.into_iter().flat_map(|config| &config.server.domains);
    // What came in here is no mail of another program.
    let own = config.filter(|_| options.purpose == Sending::OwnMta);
    let received = own.map(received).transpose()?.unwrap_or_default();
    let stated = options.volume.as_ref().map(|text| Volume::Stated { text: text.clone() });
    Ok(Sender {
        host,
        addresses,
        domains: domains.map(ToString::to_string).collect(),
        purpose: match options.purpose {
            Sending::OwnMta => Purpose::OwnMta,
            Sending::Application => Purpose::Application,
        },
        description: options.describe.clone(),
        volume: Volume::measured(&received, at, DAYS).or(stated),
        name: options.name.clone(),
        customer: options.customer.clone(),
        software: config.map(|_| concat!("Postamt ", env!("CARGO_PKG_VERSION")).to_owned()),
    })
}

/// What the configuration makes the server do.
fn configured(config: &Config, at: u64, terminal: Terminal) -> Vec<Evidence> {
    let pacing = config::settings::pacing(config);
    let count = |check: &str, id: &str, count: u64| Evidence {
        count: Some(count),
        ..Evidence::good(check, id, &config.server.hostname, at)
    };
    let mut found = vec![
        count("pacing", "configuration.connections", pacing.connections as u64),
        Evidence::good("bounces", "configuration.bounces", &config.server.hostname, at),
        login(config, at, terminal),
    ];
    let a_minute = pacing.messages_per_minute.map(u64::from);
    found.extend(a_minute.map(|number| count("rate", "configuration.messages-per-minute", number)));
    found
}

/// The networks other than this host itself that may send without login.
pub fn open_networks(config: &Config) -> Vec<String> {
    let (listeners, _) = config::settings::ports_and_certificate(config);
    let networks = listeners.iter().flat_map(|listener| &listener.relay_networks);
    let outside = networks.filter(|network| !network.address.is_loopback());
    outside.map(|network| format!("{}/{}", network.address, network.prefix)).collect()
}

/// Whether a network other than this host itself may send without login.
fn login(config: &Config, at: u64, terminal: Terminal) -> Evidence {
    let good = Evidence::good("login", "configuration.login", &config.server.hostname, at);
    let outside = open_networks(config);
    if outside.is_empty() {
        return good;
    }
    Evidence {
        state: State::Missing,
        told: terminal.sentence("letter-login-networks", &[("networks", outside.join(", ").into())]),
        remedy: vec![terminal.sentence("letter-remedy-login", &[])],
        ..good
    }
}
