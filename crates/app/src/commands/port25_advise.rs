//! `postamt port25 advise`: who needs port 25 at all. What is planned counts; without that, what is found on this
//! host; and where nothing is found, a person is asked.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::Path;

use postamt_doctor::port25::advise::{self, Need, Plan};

use crate::cli::MailPlan;
use crate::terminal::{Stop, Terminal, warn};

/// Advises; `path` is that of the configuration, which need not be there.
///
/// # Errors
/// The answer has no JSON form, which is a mistake in the source.
pub fn run(plan: Option<MailPlan>, path: &Path, terminal: Terminal) -> Result<(), Stop> {
    let plan = plan.map(|plan| match plan {
        MailPlan::OwnServer => Plan::OwnServer,
        MailPlan::Application => Plan::DirectApplication,
        MailPlan::Relay => Plan::Relay,
        MailPlan::Clients => Plan::OnlyClients,
    });
    let findings = advise::findings_with(Path::new("/"), path);
    let mut advice = advise::decide(plan, &findings);
    if advice.need == Need::Unsure
        && !terminal.json
        && let Some(plan) = ask(terminal)
    {
        advice = advise::decide(Some(plan), &findings);
    }
    if terminal.json {
        return terminal.data(&advice);
    }
    terminal.print(advise::text(&advice, terminal.words).trim_end());
    Ok(())
}

/// Asks on the terminal; nobody there, or no answer, is no plan.
fn ask(terminal: Terminal) -> Option<Plan> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return None;
    }
    warn(&terminal.sentence("port25-advise-question", &[]));
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).ok()?;
    match answer.trim() {
        "1" => Some(Plan::OwnServer),
        "2" => Some(Plan::DirectApplication),
        "3" => Some(Plan::Relay),
        "4" => Some(Plan::OnlyClients),
        _ => None,
    }
}
