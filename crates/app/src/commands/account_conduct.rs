//! `postamt account show|limits`: what an account may send, and what it has sent. The limits stand with the account,
//! whether the server runs or not; what was sent only the running server knows.

use postamt_mta::brakes::limits::Kind;
use postamt_mta::brakes::{AccountState, LimitState, text as signs};
use postamt_mta::quota::window::Span;
use postamt_store::accounts::{Account, OwnLimits};
use postamt_store::conduct::{Brake, Standing};
use serde::Serialize;

use super::account::{Desk, account_line};
use crate::cli;
use crate::config::settings;
use crate::control::client::Client;
use crate::control::protocol::{LetGo, Request};
use crate::terminal::{Exit, Stop, Terminal};
use crate::times;

/// An account as `--json` shows it.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    name: &'a str,
    send_as: &'a [postamt_store::accounts::SendAs],
    enabled: bool,
    created_at: u64,
    /// What was said for this account alone.
    own_limits: OwnLimits,
    /// Without figures of use when the server is not running.
    limits: Vec<Line>,
    standing: Option<Standing>,
    is_running: bool,
}

/// A limit, and how the account stands with it.
#[derive(Debug, Serialize)]
struct Line {
    kind: Kind,
    span: Span,
    limit: Option<u32>,
    used: Option<u32>,
    full_until: Option<u64>,
}

impl From<LimitState> for Line {
    fn from(state: LimitState) -> Self {
        let LimitState { kind, span, used, limit, full_until } = state;
        Self { kind, span, limit, used: Some(used), full_until }
    }
}

/// `account limits`
///
/// # Errors
/// There is no such account, or it cannot be written.
pub fn set_limits(desk: &Desk<'_>, name: &str, limits: cli::AccountLimits) -> Result<(), Stop> {
    let account = desk.find(name)?;
    let account = Account { limits: limits.on(account.limits), ..account };
    desk.update(&account)?;
    if !desk.terminal.json {
        desk.terminal.say("account-limits-set", &[("name", (&account.name).into())]);
    }
    show_account(desk, &account)
}

/// `account show`
///
/// # Errors
/// There is no such account, or the server refuses.
pub fn show(desk: &Desk<'_>, name: &str) -> Result<(), Stop> {
    let account = desk.find(name)?;
    if !desk.terminal.json {
        account_line(&account, desk.terminal);
    }
    show_account(desk, &account)
}

fn show_account(desk: &Desk<'_>, account: &Account) -> Result<(), Stop> {
    let terminal = desk.terminal;
    let client = Client::new(desk.config.control_socket(), terminal);
    let state = match client.ask::<AccountState>(&Request::AccountState { name: account.name.clone() }) {
        Ok(state) => Some(state),
        Err(stop) if stop.exit == Exit::NotRunning => None,
        Err(stop) => return Err(stop),
    };
    let (is_running, standing) = (state.is_some(), state.as_ref().map(|state| state.standing.clone()));
    let limits = state.map_or_else(|| of_configuration(desk, account), |state| lines(state.limits));
    if terminal.json {
        return terminal.data(&Shown {
            name: &account.name,
            send_as: &account.send_as,
            enabled: account.enabled,
            created_at: account.created_at,
            own_limits: account.limits,
            limits,
            standing,
            is_running,
        });
    }
    for line in &limits {
        terminal.print(&text(line, terminal));
    }
    if account.limits != OwnLimits::default() {
        terminal.say("account-limits-own", &[("name", (&account.name).into())]);
    }
    if let Some(standing) = &standing {
        say_standing(&account.name, standing, terminal);
    }
    if !is_running {
        terminal.say("account-limits-not-running", &[]);
    }
    Ok(())
}

/// `account release` and `account unfreeze`
///
/// # Errors
/// There is no such account, or the server is not running.
pub fn let_go(desk: &Desk<'_>, name: &str, was_usual: bool) -> Result<(), Stop> {
    let (terminal, account) = (desk.terminal, desk.find(name)?);
    let client = Client::new(desk.config.control_socket(), terminal);
    let done: LetGo = client.ask(&Request::LetGo { name: account.name.clone(), was_usual })?;
    if terminal.json {
        return terminal.data(&done);
    }
    let id = if was_usual { "account-released" } else { "account-unfrozen" };
    let values = [("name", (&account.name).into()), ("count", done.released.into())];
    terminal.say(id, &values);
    Ok(())
}

fn say_standing(name: &str, standing: &Standing, terminal: Terminal) {
    let brake = match standing.brake {
        Brake::Free => return,
        Brake::Slowed => "slowed",
        Brake::Held => "held",
        Brake::Frozen => "frozen",
    };
    let until = standing.until.map_or_else(|| "never".to_owned(), times::date_and_time);
    let values = [
        ("name", name.into()),
        ("brake", brake.into()),
        ("since", times::date_and_time(standing.since).into()),
        ("until", until.into()),
    ];
    terminal.say("account-braked", &values);
    for sign in &standing.signs {
        terminal.print(&format!("- {}", signs::sentence(sign, terminal.words)));
    }
    terminal.say("account-braked-next", &[("name", name.into())]);
}

fn lines(states: Vec<LimitState>) -> Vec<Line> {
    states.into_iter().map(Line::from).collect()
}

fn of_configuration(desk: &Desk<'_>, account: &Account) -> Vec<Line> {
    let allowed = settings::account_limits(desk.config).with(&account.limits);
    let line = |kind, span| Line { kind, span, limit: allowed.of(kind, span), used: None, full_until: None };
    Kind::ALL.into_iter().flat_map(|kind| [line(kind, Span::Hour), line(kind, Span::Day)]).collect()
}

fn text(line: &Line, terminal: Terminal) -> String {
    let id = match (line.kind, line.span) {
        (Kind::Messages, Span::Hour) => "account-limit-messages-hour",
        (Kind::Messages, _) => "account-limit-messages-day",
        (Kind::Recipients, Span::Hour) => "account-limit-recipients-hour",
        (Kind::Recipients, _) => "account-limit-recipients-day",
        (Kind::FirstTime, Span::Hour) => "account-limit-first-time-hour",
        (Kind::FirstTime, _) => "account-limit-first-time-day",
    };
    let limit = line.limit.map_or_else(|| "none".to_owned(), |limit| limit.to_string());
    let used = line.used.map_or_else(|| "unknown".to_owned(), |used| used.to_string());
    let mut text = terminal.sentence(id, &[("used", used.into()), ("limit", limit.into())]);
    if let Some(until) = line.full_until {
        let until = times::date_and_time(until);
        text.push_str(&terminal.sentence("account-limit-full", &[("until", until.into())]));
    }
    text
}
