//! The file of the cases, for every command that reads or keeps one. It works on the file itself, whether the server runs or
//! not, and rings a server that runs.
//!
//! [`Desk::open`] makes the file and gives up root for good: it comes last in a command. It fails where the store may not be
//! written. [`open_case`] only reads, and is silent where it may not.

use postamt_doctor::unblock::base::{Base, Provider};
use postamt_doctor::unblock::case::{self as machine, text};
use postamt_mail::words::Words;
use postamt_mta::breaker;
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_store::cases::{
    Case, CaseAbout, CaseError, CaseEvent, CaseId, CaseStage, CaseStep, CaseSubject, CaseText, Cases as _,
};
use postamt_store::embedded::SqliteCases;
use postamt_store::facts::{PathKey, PathState};
use serde::Serialize;

use super::{doctor, provider, wait};
use crate::config::{Config, settings};
use crate::control::client::Client;
use crate::control::protocol::Request;
use crate::privileges;
use crate::terminal::{Exit, Stop, Terminal};

/// The open file.
pub struct Desk<'a> {
    pub(super) cases: SqliteCases,
    pub(super) config: &'a Config,
    pub(super) terminal: Terminal,
}

/// A case as `--json` shows it.
#[derive(Serialize)]
pub struct Shown<'a> {
    #[serde(flatten)]
    case: &'a Case,
    stage: CaseStage,
    ticket: Option<&'a str>,
    follow_up_at: Option<u64>,
}

impl<'a> Shown<'a> {
    /// With what follows from its steps.
    pub fn new(case: &'a Case) -> Self {
        Self { case, stage: case.stage(), ticket: case.ticket(), follow_up_at: case.follow_up_at() }
    }
}

/// A case in short, as other commands show it with `--json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Brief {
    id: CaseId,
    about: CaseAbout,
    stage: CaseStage,
    provider: Option<String>,
    ticket: Option<String>,
    /// How it stands since, seconds since 1970.
    since: Option<u64>,
    sent_at: Option<u64>,
    /// When an answer is, or was, due.
    due_at: Option<u64>,
}

impl Brief {
    /// Of this case.
    pub fn new(case: &Case) -> Self {
        Self {
            id: case.id,
            about: case.subject.about.clone(),
            stage: case.stage(),
            provider: case.subject.provider.clone(),
            ticket: case.ticket().map(str::to_owned),
            since: case.since(),
            sent_at: case.last_sent_at(),
            due_at: case.due_at(),
        }
    }
}

/// The newest request to open port 25 that is not over.
pub struct OpenCase {
    case: Case,
    base: Option<Base>,
}

impl OpenCase {
    /// For `--json`.
    pub fn brief(&self) -> Brief {
        Brief::new(&self.case)
    }

    /// As a sentence.
    pub fn text(&self, words: &Words) -> String {
        let id = self.case.subject.provider.as_deref();
        let provider = id.zip(self.base.as_ref()).and_then(|(id, base)| base.find(id));
        text::brief(&self.case, provider, words)
    }

    /// Whether it is about this way out.
    pub fn is_about(&self, way: &PathKey) -> bool {
        let ways = &self.case.subject.paths;
        ways.is_empty() || ways.contains(way)
    }
}

/// The open case, for other commands; none where there is none or it may not be read.
#[must_use]
pub fn open_case(config: &Config, terminal: Terminal) -> Option<OpenCase> {
    let file = config.cases_file();
    // Opening would make it.
    if !file.exists() {
        return None;
    }
    let cases = wait(SqliteCases::open(file).ok()?.cases()).ok()?.ok()?;
    let is_it = |case: &Case| case.is_open() && case.subject.about == CaseAbout::Port25;
    let case = cases.into_iter().rfind(is_it)?;
    Some(OpenCase { case, base: provider::base(Some(config), terminal).ok() })
}

/// What became of a letter that is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// A case was opened with it.
    Opened(Case),
    /// It is the newest draft of a case that was there.
    Updated(Case),
    /// It lies in a case that was sent already, beside the letter that was: it is our turn there.
    Added(Case),
    /// A case about the same has been sent already, and stays as it is.
    OnItsWay(Case),
}

impl Kept {
    /// The case.
    pub const fn case(&self) -> &Case {
        match self {
            Self::Opened(case) | Self::Updated(case) | Self::Added(case) | Self::OnItsWay(case) => case,
        }
    }

    /// The word in `--json`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Opened(_) => "opened",
            Self::Updated(_) => "updated",
            Self::Added(_) => "added",
            Self::OnItsWay(_) => "on_its_way",
        }
    }
}

impl<'a> Desk<'a> {
    /// Opens or makes the file.
    ///
    /// # Errors
    /// The state directory or the file may not be written.
    pub fn open(config: &'a Config, terminal: Terminal) -> Result<Self, Stop> {
        // What root makes here must belong to the server's user.
        privileges::act_for(config, terminal)?;
        let cases = SqliteCases::open(config.cases_file())
            .map_err(|error| terminal.stop("case-store", &[("error", format!("{error:#}").into())]))?;
        Ok(Self { cases, config, terminal })
    }

    pub(super) fn all(&self) -> Result<Vec<Case>, Stop> {
        wait(self.cases.cases())?.map_err(|error| self.failed(&error))
    }

    pub(super) fn find(&self, text: &str) -> Result<Case, Stop> {
        let id: CaseId =
            text.parse().map_err(|_| self.terminal.stop("case-not-an-id", &[("id", text.into())]))?;
        let found = self.all()?.into_iter().find(|case| case.id == id);
        found.ok_or_else(|| self.failed(&CaseError::Unknown(id)))
    }

    pub(super) fn failed(&self, error: &CaseError) -> Stop {
        match error {
            CaseError::Unknown(id) => self.terminal.stop("case-unknown", &[("id", id.to_string().into())]),
            CaseError::Moved(id) => self.terminal.stop("case-moved", &[("id", id.to_string().into())]),
            CaseError::Database(error) => self.terminal.stop("case-store", &[("error", error.into())]),
        }
    }

    /// Opens a case with this letter.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn draft(&self, letter: CaseText, subject: CaseSubject) -> Result<Case, Stop> {
        let first = CaseStep::drafted(SystemClock.unix_seconds(), letter);
        let case = wait(self.cases.open_case(subject, first))?.map_err(|error| self.failed(&error))?;
        self.ring();
        Ok(case)
    }

    /// Keeps the letter: in the open case about the same while that is a draft or it is our turn, or else in a new one.
    ///
    /// # Errors
    /// The file cannot be read or written, or somebody else has gone on with the case meanwhile.
    pub fn keep(&self, letter: CaseText, subject: CaseSubject) -> Result<Kept, Stop> {
        let is_it = |case: &Case| case.is_open() && machine::is_about_the_same(case, &subject);
        let Some(case) = self.all()?.into_iter().rfind(is_it) else {
            return self.draft(letter, subject).map(Kept::Opened);
        };
        let Ok(mut step) = machine::step(&case, CaseEvent::Drafted, SystemClock.unix_seconds(), None) else {
            return Ok(Kept::OnItsWay(case));
        };
        let kept = if case.sent_at().is_none() { Kept::Updated } else { Kept::Added };
        if case.letter() == Some(&letter) {
            return Ok(kept(case));
        }
        step.texts = vec![letter];
        let added = wait(self.cases.add_step(case.id, case.steps.len(), step))?;
        let case = added.map_err(|error| self.failed(&error))?;
        self.ring();
        Ok(kept(case))
    }

    /// A server that runs looks at once; one that does not, when it starts.
    pub(super) fn ring(&self) {
        let client = Client::new(self.config.control_socket(), self.terminal);
        match client.ask::<()>(&Request::CasesChanged) {
            Ok(()) | Err(Stop { exit: Exit::NotRunning, .. }) => {}
            // What is kept is kept: it looks every minute.
            Err(stop) => self.terminal.note("path-not-told-server", &[("error", stop.text.into())]),
        }
    }
}

/// What a request about this is about, to this provider; of port 25, to open the ways that are closed now.
///
/// # Errors
/// There is no runtime for the question.
pub fn subject(about: CaseAbout, config: &Config, provider: Option<&Provider>) -> Result<CaseSubject, Stop> {
    let (addresses, paths) = match &about {
        CaseAbout::Port25 => (provider::public_addresses(Some(config)), closed_ways(config)?),
        CaseAbout::Ptr { wanted } => (wanted.iter().map(|it| it.address).collect(), Vec::new()),
        CaseAbout::Delisting { .. } => (provider::public_addresses(Some(config)), Vec::new()),
    };
    Ok(CaseSubject {
        about,
        provider: provider.map(|provider| provider.id.clone()),
        hostname: config.server.hostname.to_string(),
        addresses,
        paths,
        follow_up_days: provider.and_then(|provider| provider.request.follow_up_days),
        follows: None,
    })
}

/// The ways out that the server avoids.
fn closed_ways(config: &Config) -> Result<Vec<PathKey>, Stop> {
    let Some(facts) = doctor::facts(config) else { return Ok(Vec::new()) };
    let paths = wait(facts.paths())?.unwrap_or_default();
    let used = breaker::ways_of(&settings::outgoing(config));
    let closed = paths.into_iter().filter(|fact| fact.state != PathState::Direct).map(|fact| fact.path);
    Ok(closed.filter(|path| used.contains(path)).collect())
}
