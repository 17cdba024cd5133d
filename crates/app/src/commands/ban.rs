//! `postamt ban`: who is kept out. The running server is asked: it alone knows.

use std::net::IpAddr;

use jiff::{Span, SpanRelativeTo, Unit};
use postamt_mail::words::Words;
use postamt_mta::guard::reason_text;
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_store::bans::Ban;

use crate::cli;
use crate::config::Config;
use crate::control::client::Client;
use crate::control::protocol::Request;
use crate::terminal::{Stop, Terminal};
use crate::times;

/// Does what is asked.
///
/// # Errors
/// The server is not running or refuses.
pub fn run(command: cli::Ban, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    let client = Client::new(config.control_socket(), terminal);
    match command {
        cli::Ban::List { all } => list(&client, all, terminal),
        cli::Ban::Add { network, time, note } => {
            let seconds = time.map(|time| seconds_of(&time, terminal)).transpose()?;
            let ban: Ban = client.ask(&Request::Ban { network, seconds, note })?;
            told(&ban, "ban-added", terminal)
        }
        cli::Ban::Remove { network } => {
            let lifted: Vec<Ban> = client.ask(&Request::LiftBans { network: network.clone() })?;
            if terminal.json {
                return terminal.data(&lifted);
            }
            if lifted.is_empty() {
                terminal.say("ban-none-of", &[("network", network.into())]);
            }
            for ban in &lifted {
                terminal.say("ban-removed", &[("network", ban.network.to_string().into())]);
            }
            Ok(())
        }
        cli::Ban::Why { address } => why(&client, address, terminal),
    }
}

fn seconds_of(time: &Span, terminal: Terminal) -> Result<u64, Stop> {
    let seconds = time.total((Unit::Second, SpanRelativeTo::days_are_24_hours()));
    match seconds {
        // More than any ban, and less than what overflows.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is within these bounds"
        )]
        Ok(seconds) if (1.0..1e10).contains(&seconds) => Ok(seconds as u64),
        _ => Err(terminal.stop("ban-no-time", &[])),
    }
}

fn told(ban: &Ban, id: &str, terminal: Terminal) -> Result<(), Stop> {
    if terminal.json {
        return terminal.data(ban);
    }
    terminal.say(id, &[("network", ban.network.to_string().into()), ("until", until(ban).into())]);
    Ok(())
}

/// `never` is when it does not end.
fn until(ban: &Ban) -> String {
    ban.until.map_or_else(|| "never".to_owned(), times::date_and_time)
}

fn list(client: &Client, all: bool, terminal: Terminal) -> Result<(), Stop> {
    let now = SystemClock.unix_seconds();
    let mut bans: Vec<Ban> = client.ask(&Request::Bans)?;
    bans.retain(|ban| all || ban.holds(now));
    if terminal.json {
        return terminal.data(&bans);
    }
    for ban in &bans {
        terminal.print(&line(ban, now, terminal.words));
    }
    if bans.is_empty() {
        terminal.say("ban-none", &[]);
    }
    Ok(())
}

/// A ban, its reason, and who came again nevertheless.
fn line(ban: &Ban, now: u64, words: &Words) -> String {
    let id = if ban.holds(now) { "ban-line" } else { "ban-line-over" };
    let values = [
        ("network", ban.network.to_string().into()),
        ("until", until(ban).into()),
        ("times", ban.times.into()),
    ];
    let line = format!("{}  {}", words.get(id, &values), reason_text(&ban.reason, words));
    let Some(last) = ban.last_knock else { return line };
    let values = [("count", ban.knocks.into()), ("last", times::date_and_time(last).into())];
    line + &words.get("ban-knocks", &values)
}

fn why(client: &Client, address: IpAddr, terminal: Terminal) -> Result<(), Stop> {
    let now = SystemClock.unix_seconds();
    let mut bans: Vec<Ban> = client.ask(&Request::Bans)?;
    bans.retain(|ban| ban.network.contains(&address.to_canonical()));
    if terminal.json {
        return terminal.data(&bans);
    }
    let address = address.to_string();
    if !bans.iter().any(|ban| ban.holds(now)) {
        terminal.say("ban-not", &[("address", (&address).into())]);
    }
    for ban in &bans {
        terminal.print(&line(ban, now, terminal.words));
        if ban.holds(now) {
            terminal.say("ban-why-remove", &[("network", ban.network.to_string().into())]);
        }
    }
    Ok(())
}
