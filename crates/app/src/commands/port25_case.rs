//! `postamt port25 case …`: works on the file of the cases itself, whether the server runs or not, and rings a server
//! that runs.

use std::io::Read as _;
use std::path::Path;

use postamt_doctor::unblock::Base;
use postamt_doctor::unblock::case::answers::{self, Known};
use postamt_doctor::unblock::case::{self as machine, text};
use postamt_mail::address::Domain;
use postamt_mailauth::dkim::{KeyState, KeyStore};
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_store::cases::{
    Case, CaseAbout, CaseChannel, CaseEvent, CaseQuestion, CaseStage, CaseText, Cases as _,
};

use super::case_desk::{Desk, Shown, subject};
use super::received::{DAYS, SPAN, received};
use super::{port25_request, provider, wait};
use crate::cli::{self, Answer, Asked, SentBy};
use crate::config::Config;
use crate::terminal::{Stop, Terminal};

/// Does what is asked.
///
/// # Errors
/// There is no such case, the step cannot be now, or the file cannot be used.
pub fn run(command: &cli::Case, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    let desk = || Desk::open(config, terminal);
    match command {
        cli::Case::New { letter, provider } => {
            // The letter may lie where the server's user cannot read it.
            let text = read_letter(letter, terminal)?;
            let found = provider::find(provider, Some(config), terminal)?;
            let language = terminal.words.language().tag().to_owned();
            let desk = desk()?;
            desk.show(
                &desk.draft(
                    CaseText { language, text },
                    subject(CaseAbout::Port25, config, found.provider())?,
                )?,
            )
        }
        cli::Case::List { all } => desk()?.list(*all),
        cli::Case::Show { id } => desk()?.full(id, false),
        cli::Case::Export { id: Some(id) } => desk()?.full(id, true),
        cli::Case::Export { id: None } => desk()?.export(),
        cli::Case::Sent { id, channel, ticket, note } => {
            let event = CaseEvent::Sent { channel: channel_of(*channel) };
            desk()?.step(id, event, said(ticket.as_ref(), note.as_ref()))
        }
        cli::Case::Answered { id, answer, questions, ticket, note } => {
            let event = match answer {
                Answer::Granted => CaseEvent::Granted,
                Answer::Refused => CaseEvent::Refused,
                Answer::More => CaseEvent::MoreAsked { questions: asked(questions, note.as_deref()) },
            };
            desk()?.step(id, event, said(ticket.as_ref(), note.as_ref()))
        }
        cli::Case::Note { id, text } => desk()?.step(id, CaseEvent::Noted, said(None, Some(text))),
        cli::Case::Close { id, note } => desk()?.step(id, CaseEvent::Closed, said(None, note.as_ref())),
    }
}

/// What is told with a step.
struct Said {
    /// The provider's number.
    ticket: Option<String>,
    note: Option<String>,
}

fn said(ticket: Option<&String>, note: Option<&String>) -> Said {
    Said { ticket: ticket.cloned(), note: note.cloned() }
}

impl Desk<'_> {
    fn step(&self, id: &str, event: CaseEvent, said: Said) -> Result<(), Stop> {
        let mut case = self.find(id)?;
        let mut step = machine::step(&case, event, SystemClock.unix_seconds(), said.note).map_err(|why| {
            let id = format!("case-impossible-{}", why.name());
            let values = [("id", case.id.to_string().into())];
            Stop::failed(text::said(&id, &case, &values, self.terminal.words))
        })?;
        step.ticket = said.ticket;
        let seen = case.steps.len();
        // What is written now names the number that was just told.
        case.steps.push(step.clone());
        step.texts = self.texts(&case, &step.event)?;
        let added = wait(self.cases.add_step(case.id, seen, step))?;
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
                text::both(case, |words| text::alternatives_of(case, provider, &base, words))
            }
            CaseEvent::MoreAsked { questions } => {
                let known = Known {
                    domains: self.config.server.domains.iter().map(ToString::to_string).collect(),
                    counted: Some(counted(self.config)?),
                    needs_login: port25_request::open_networks(self.config).is_empty(),
                    signs: signs(self.config),
                };
                text::both(case, |words| answers::answer(case, questions, &known, words))
            }
            _ => Vec::new(),
        })
    }

    fn base(&self) -> Result<Base, Stop> {
        provider::base(Some(self.config), self.terminal)
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

    fn full(&self, id: &str, all_languages: bool) -> Result<(), Stop> {
        self.file(&self.find(id)?, all_languages)
    }

    fn file(&self, case: &Case, all_languages: bool) -> Result<(), Stop> {
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
            self.file(case, true)?;
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

/// Messages of the last weeks, and in how many days.
fn counted(config: &Config) -> Result<(u64, u64), Stop> {
    let since = SystemClock.unix_seconds().saturating_sub(SPAN);
    let messages = received(config)?.into_iter().filter(|at| *at >= since).count();
    Ok((messages as u64, DAYS))
}

/// Whether mail of each domain is signed with a key in use.
fn signs(config: &Config) -> bool {
    let Ok(store) = KeyStore::open(config.dkim_directory()) else { return false };
    let keys = store.list();
    let is_signed = |domain: &Domain| {
        keys.iter().any(|key| key.key.domain() == domain && key.stage.state == KeyState::Active)
    };
    config.server.domains.iter().all(is_signed)
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
