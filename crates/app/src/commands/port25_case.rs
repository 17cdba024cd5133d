//! `postamt port25 case …`: works on the file of the cases itself, whether the server runs or not, and rings a server
//! that runs.

use std::io::Read as _;
use std::path::Path;

use postamt_doctor::unblock::Base;
use postamt_doctor::unblock::case::answers::{self, Known};
use postamt_doctor::unblock::case::{self as machine, text};
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_store::cases::{
    Case, CaseChannel, CaseError, CaseEvent, CaseId, CaseQuestion, CaseStage, CaseStep, CaseSubject,
    CaseText, Cases as _,
};
use postamt_store::embedded::{SqliteCases, SqliteFacts, SqliteHistory};
use postamt_store::facts::{Facts as _, PathState};
use postamt_store::history::{History as _, Query};
use serde::Serialize;

use super::{provider, wait};
use crate::cli::{self, Answer, Asked, SentBy};
use crate::config::Config;
use crate::control::client::Client;
use crate::control::protocol::Request;
use crate::privileges;
use crate::terminal::{Exit, Stop, Terminal};

/// How far back mail is counted for an answer, and how much of it at the most.
const DAYS: u64 = 28;
const COUNTED: usize = 100_000;

/// Does what is asked.
///
/// # Errors
/// There is no such case, the step cannot be now, or the file cannot be used.
pub fn run(command: &cli::Case, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    if let cli::Case::New { letter, provider } = command {
        let letter = read_letter(letter, terminal)?;
        let found = provider::find(provider, Some(config), terminal)?;
        let language = terminal.words.language().tag().to_owned();
        let letter = CaseText { language, text: letter };
        let desk = Desk::open(config, terminal)?;
        return desk.show(&desk.draft(letter, found.provider())?);
    }
    let desk = Desk::open(config, terminal)?;
    match command {
        cli::Case::New { .. } => Ok(()),
        cli::Case::List { all } => desk.list(*all),
        cli::Case::Show { id } => desk.full(&desk.find(id)?, false),
        cli::Case::Export { id: Some(id) } => desk.full(&desk.find(id)?, true),
        cli::Case::Export { id: None } => desk.export(),
        cli::Case::Sent { id, channel, ticket, note } => {
            let event = CaseEvent::Sent { channel: channel_of(*channel), ticket: ticket.clone() };
            desk.step(id, event, note.clone())
        }
        cli::Case::Answered { id, answer, questions, note } => {
            let event = match answer {
                Answer::Granted => CaseEvent::Granted,
                Answer::Refused => CaseEvent::Refused,
                Answer::More => CaseEvent::MoreAsked { questions: asked(questions, note.as_deref()) },
            };
            desk.step(id, event, note.clone())
        }
        cli::Case::Note { id, text } => desk.step(id, CaseEvent::Noted, Some(text.clone())),
        cli::Case::Close { id, note } => desk.step(id, CaseEvent::Closed, note.clone()),
    }
}

/// The open case in one line, for other commands; nothing where there is none or it may not be read.
#[must_use]
pub fn open_line(config: &Config, terminal: Terminal) -> Option<String> {
    let open = |case: &Case| case.is_open();
    kept(config)?.into_iter().rfind(open).map(|case| text::line(&case, terminal.words))
}

/// The cases, where there are any that this user may read.
fn kept(config: &Config) -> Option<Vec<Case>> {
    let file = config.cases_file();
    // Opening would make it.
    if !file.exists() {
        return None;
    }
    let cases = SqliteCases::open(file).ok()?;
    wait(cases.cases()).ok()?.ok()
}

struct Desk<'a> {
    cases: SqliteCases,
    config: &'a Config,
    terminal: Terminal,
}

/// A case as `--json` shows it.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    case: &'a Case,
    stage: CaseStage,
    ticket: Option<&'a str>,
    follow_up_at: Option<u64>,
}

impl<'a> Shown<'a> {
    fn new(case: &'a Case) -> Self {
        Self { case, stage: case.stage(), ticket: case.ticket(), follow_up_at: case.follow_up_at() }
    }
}

impl<'a> Desk<'a> {
    fn open(config: &'a Config, terminal: Terminal) -> Result<Self, Stop> {
        // What root makes here must belong to the server's user.
        privileges::act_for(config, terminal)?;
        let cases = SqliteCases::open(config.cases_file())
            .map_err(|error| terminal.stop("case-store", &[("error", format!("{error:#}").into())]))?;
        Ok(Self { cases, config, terminal })
    }

    fn all(&self) -> Result<Vec<Case>, Stop> {
        wait(self.cases.cases())?.map_err(|error| self.failed(&error))
    }

    fn find(&self, text: &str) -> Result<Case, Stop> {
        let id: CaseId =
            text.parse().map_err(|_| self.terminal.stop("case-not-an-id", &[("id", text.into())]))?;
        let found = self.all()?.into_iter().find(|case| case.id == id);
        found.ok_or_else(|| self.failed(&CaseError::Unknown(id)))
    }

    fn failed(&self, error: &CaseError) -> Stop {
        match error {
            CaseError::Unknown(id) => self.terminal.stop("case-unknown", &[("id", id.to_string().into())]),
            CaseError::Moved(id) => self.terminal.stop("case-moved", &[("id", id.to_string().into())]),
            CaseError::Database(error) => self.terminal.stop("case-store", &[("error", error.into())]),
        }
    }

    fn draft(
        &self,
        letter: CaseText,
        provider: Option<&postamt_doctor::unblock::Provider>,
    ) -> Result<Case, Stop> {
        let subject = CaseSubject {
            provider: provider.map(|provider| provider.id.clone()),
            hostname: self.config.server.hostname.to_string(),
            addresses: provider::public_addresses(Some(self.config)),
            paths: closed_ways(self.config),
            follow_up_days: provider.and_then(|provider| provider.request.follow_up_days),
            follows: None,
        };
        let first = CaseStep {
            at: SystemClock.unix_seconds(),
            event: CaseEvent::Drafted,
            stage: CaseStage::Drafted,
            note: None,
            texts: vec![letter],
            follow_up_at: None,
        };
        let case = wait(self.cases.open_case(subject, first))?.map_err(|error| self.failed(&error))?;
        self.ring();
        Ok(case)
    }

    fn step(&self, id: &str, event: CaseEvent, note: Option<String>) -> Result<(), Stop> {
        let case = self.find(id)?;
        let mut step = machine::step(&case, event, SystemClock.unix_seconds(), note).map_err(|why| {
            let id = format!("case-impossible-{}", why.name());
            self.terminal.stop(&id, &[("id", case.id.to_string().into())])
        })?;
        step.texts = self.texts(&case, &step.event)?;
        let added = wait(self.cases.add_step(case.id, case.steps.len(), step))?;
        let case = added.map_err(|error| self.failed(&error))?;
        self.ring();
        self.show(&case)
    }

    /// What is written on this occasion.
    fn texts(&self, case: &Case, event: &CaseEvent) -> Result<Vec<CaseText>, Stop> {
        Ok(match event {
            CaseEvent::Refused => {
                let base = self.base()?;
                let provider = case.subject.provider.as_deref().and_then(|id| base.find(id));
                text::both(case, |words| text::alternatives(provider, &base, words))
            }
            CaseEvent::MoreAsked { questions } => {
                let known = Known {
                    domains: self.config.server.domains.iter().map(ToString::to_string).collect(),
                    counted: counted(self.config),
                };
                text::both(case, |words| answers::answer(case, questions, &known, words))
            }
            _ => Vec::new(),
        })
    }

    fn base(&self) -> Result<Base, Stop> {
        provider::base(Some(self.config), self.terminal)
    }

    /// A server that runs looks at once; one that does not, when it starts.
    fn ring(&self) {
        let client = Client::new(self.config.control_socket(), self.terminal);
        match client.ask::<()>(&Request::CasesChanged) {
            Ok(()) | Err(Stop { exit: Exit::NotRunning, .. }) => {}
            // What is kept is kept: it looks every minute.
            Err(stop) => self.terminal.note("path-not-told-server", &[("error", stop.text.into())]),
        }
    }

    fn list(&self, all: bool) -> Result<(), Stop> {
        let cases = self.all()?;
        let is_wanted = |case: &&Case| all || case.stage() != CaseStage::Closed;
        let shown: Vec<&Case> = cases.iter().filter(is_wanted).collect();
        if self.terminal.json {
            return self.terminal.data(&shown.into_iter().map(Shown::new).collect::<Vec<_>>());
        }
        match (cases.is_empty(), shown.is_empty()) {
            (true, _) => self.terminal.say("case-none", &[]),
            (false, true) => self.terminal.say("case-none-open", &[]),
            _ => shown.iter().for_each(|case| self.terminal.print(&text::line(case, self.terminal.words))),
        }
        Ok(())
    }

    /// How it stands, what was written last, and what is next.
    fn show(&self, case: &Case) -> Result<(), Stop> {
        if self.terminal.json {
            return self.terminal.data(&Shown::new(case));
        }
        self.terminal.print(&text::line(case, self.terminal.words));
        let last = case.steps.last().filter(|step| step.event != CaseEvent::Drafted);
        if let Some(written) = last.and_then(|step| text::in_language(step, self.terminal.words)) {
            self.terminal.print(&format!("\n{}\n", written.text));
        }
        self.terminal.print(&text::next(case, self.terminal.words));
        Ok(())
    }

    fn full(&self, case: &Case, all_languages: bool) -> Result<(), Stop> {
        if self.terminal.json {
            return self.terminal.data(&Shown::new(case));
        }
        let base = self.base()?;
        let provider = case.subject.provider.as_deref().and_then(|id| base.find(id));
        self.terminal.print(&text::file(case, provider, all_languages, self.terminal.words));
        Ok(())
    }

    fn export(&self) -> Result<(), Stop> {
        let cases = self.all()?;
        if self.terminal.json {
            return self.terminal.data(&cases.iter().map(Shown::new).collect::<Vec<_>>());
        }
        if cases.is_empty() {
            self.terminal.say("case-none", &[]);
        }
        for case in &cases {
            self.full(case, true)?;
            self.terminal.print("");
        }
        Ok(())
    }
}

fn read_letter(file: &Path, terminal: Terminal) -> Result<String, Stop> {
    let read = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    let text = read.map_err(|error| {
        let values = [("file", file.display().to_string().into()), ("error", error.to_string().into())];
        terminal.stop("case-letter-unreadable", &values)
    })?;
    match text.trim_end() {
        "" => Err(terminal.stop("case-letter-empty", &[])),
        letter => Ok(letter.to_owned()),
    }
}

/// The ways out that the server avoids.
fn closed_ways(config: &Config) -> Vec<postamt_store::facts::PathKey> {
    let file = config.facts_file();
    if !file.exists() {
        return Vec::new();
    }
    let Ok(facts) = SqliteFacts::open(file) else { return Vec::new() };
    let paths = wait(facts.paths()).ok().and_then(Result::ok).unwrap_or_default();
    paths.into_iter().filter(|fact| fact.state != PathState::Direct).map(|fact| fact.path).collect()
}

/// Messages of the last weeks, and in how many days.
fn counted(config: &Config) -> Option<(u64, u64)> {
    let file = config.history_file();
    if !file.exists() {
        return None;
    }
    let history = SqliteHistory::open(file).ok()?;
    let query = Query { limit: COUNTED, ..Query::default() };
    let records = wait(history.search(query)).ok()?.ok()?;
    let since = SystemClock.unix_seconds().saturating_sub(DAYS * 86_400);
    let messages = records.iter().filter(|record| record.received_at >= since).count();
    Some((messages as u64, DAYS))
}

/// The questions that were named, or else those that are recognised in the provider's words.
fn asked(named: &[Asked], provider_said: Option<&str>) -> Vec<CaseQuestion> {
    if named.is_empty() {
        return answers::recognise(provider_said.unwrap_or_default());
    }
    let question = |asked: &Asked| match asked {
        Asked::Content => CaseQuestion::Content,
        Asked::Volume => CaseQuestion::Volume,
        Asked::Prevention => CaseQuestion::Prevention,
        Asked::Blocklists => CaseQuestion::Blocklists,
        Asked::Relay => CaseQuestion::Relay,
    };
    named.iter().map(question).collect()
}

const fn channel_of(channel: SentBy) -> CaseChannel {
    match channel {
        SentBy::Ticket => CaseChannel::Ticket,
        SentBy::Form => CaseChannel::Form,
        SentBy::Email => CaseChannel::Email,
        SentBy::Phone => CaseChannel::Phone,
        SentBy::Other => CaseChannel::Other,
    }
}
