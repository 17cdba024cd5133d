//! What becomes of a letter: its form, the case that keeps it, and the next command.

use postamt_doctor::unblock::case::text as case_text;
use postamt_doctor::unblock::letter::Form;
use postamt_store::cases::{CaseSubject, CaseText};
use serde::Serialize;

use super::super::case_desk::{Brief, Desk, Kept};
use crate::cli::LetterForm;
use crate::config::Config;
use crate::terminal::{Stop, Terminal};

/// The form of the letter.
pub const fn form(to: LetterForm) -> Form {
    match to {
        LetterForm::Ticket => Form::Ticket,
        LetterForm::Form => Form::Form,
        LetterForm::Email => Form::Email,
        LetterForm::Text => Form::Text,
    }
}

/// How the letter will probably go, for `case sent`; `by` is how whoever is asked likes it.
pub fn channel(to: LetterForm, by: Option<&'static str>) -> &'static str {
    match (to, by) {
        (LetterForm::Form, _) => "form",
        (LetterForm::Email, _) => "email",
        (LetterForm::Text, Some(by)) => by,
        (LetterForm::Ticket | LetterForm::Text, _) => "ticket",
    }
}

/// Keeps the letter in its case. Root is given up for good: nothing that needs it may come after.
///
/// # Errors
/// There is no configuration, or the store may not be written.
pub fn keep(
    text: &str,
    config: Option<&Config>,
    subject: impl FnOnce(&Config) -> Result<CaseSubject, Stop>,
    terminal: Terminal,
) -> Result<Kept, Stop> {
    let Some(config) = config else { return Err(terminal.stop("case-not-opened-unconfigured", &[])) };
    let subject = subject(config)?;
    let language = terminal.words.language().tag().to_owned();
    Desk::open(config, terminal)?.keep(CaseText { language, text: text.to_owned() }, subject)
}

/// The case as `--json` shows it.
#[derive(Serialize)]
pub struct ShownCase {
    #[serde(flatten)]
    case: Brief,
    /// `opened`, `updated`, `added` or `on_its_way`.
    kept: &'static str,
}

/// The case, or why there is none though one was to be.
pub fn shown(kept: Option<Result<Kept, Stop>>) -> (Option<ShownCase>, Option<String>) {
    match kept {
        None => (None, None),
        Some(Ok(kept)) => (Some(ShownCase { case: Brief::new(kept.case()), kept: kept.name() }), None),
        Some(Err(stop)) => (None, Some(stop.text)),
    }
}

/// What became of the letter, and the next command.
pub fn told(kept: Result<Kept, Stop>, channel: &str, terminal: Terminal) -> String {
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
        Kept::Added(_) => words.get("case-kept-added", &[id, ("channel", channel.into())]),
        Kept::OnItsWay(_) => {
            let since = case.since().map(|at| words.time(at)).unwrap_or_default();
            let stage = case_text::stage(case, words);
            let values = [id, ("stage", stage.into()), ("since", since.into())];
            format!("{}\n{}", words.get("case-kept-on-its-way", &values), case_text::next(case, words))
        }
    }
}
