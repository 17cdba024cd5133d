//! `postamt port25 advise`: who needs port 25 at all. What is planned counts; without that, what is found on this
//! host; and where nothing is found, a person is asked. Who needs it is told what the provider wants, as far as this machine
//! alone shows who that is.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::Path;

use postamt_doctor::port25::advise::{self, Advice, Need, Plan};
use serde::Serialize;

use super::provider;
use crate::cli::{MailPlan, ProviderWish};
use crate::terminal::{Stop, Terminal, warn};

/// Advises; `path` is that of the configuration, which need not be there.
///
/// # Errors
/// There is no such provider, or the answer has no JSON form, which is a mistake in the source.
pub fn run(
    plan: Option<MailPlan>,
    provider: Option<String>,
    path: &Path,
    terminal: Terminal,
) -> Result<(), Stop> {
    let wish = ProviderWish { offline: provider.is_none(), provider };
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
    // A configuration with faults is no reason to withhold advice.
    let config = path.exists().then(|| super::config::load(path, terminal).ok()).flatten();
    let found = match advice.need.is_needed() {
        Some(true) => {
            Some(provider::find(&wish, config.as_ref(), terminal)?).filter(provider::Found::is_known)
        }
        _ => None,
    };
    if terminal.json {
        let provider = found.as_ref().map(|found| found.shown(terminal.words));
        return terminal.data(&Shown { advice: &advice, provider });
    }
    terminal.print(advise::text(&advice, terminal.words).trim_end());
    if let Some(found) = found {
        terminal.print(&format!("\n{}", found.text(terminal.words)));
    }
    Ok(())
}

/// The advice as `--json` shows it.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    advice: &'a Advice,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<provider::Shown<'a>>,
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
