//! `postamt queue …`: asks the running server and tells what it says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use postamt_mta::Selection;
use postamt_mta::handle::{QueueAction, QueueEntry, QueueRecipient, Why};
use postamt_net::clock::{Clock as _, SystemClock};

use super::{case_desk, routes, why};
use crate::cli;
use crate::config::Config;
use crate::control::client::Client;
use crate::control::protocol::{Found, Request, Shown, Status};
use crate::terminal::{Stop, Terminal, raw};
use crate::times;

/// Does what is asked.
///
/// # Errors
/// The server is not running or refuses.
pub fn run(command: cli::Queue, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    let client = Client::new(config.control_socket(), terminal);
    match command {
        cli::Queue::List => list(config, terminal),
        cli::Queue::Status => status(&client, terminal),
        cli::Queue::Show { id } => show(&client, id, terminal),
        cli::Queue::Why { id } => {
            let why: Why = client.ask(&Request::Why { id })?;
            // Only while it waits for a way that is closed.
            let is_blocked = !why.paths.is_empty();
            let open = is_blocked.then(|| case_desk::open_case(config, terminal)).flatten();
            let open = open.filter(|open| why.paths.iter().any(|fact| open.is_about(&fact.path)));
            if terminal.json {
                let case = open.as_ref().map(case_desk::OpenCase::brief);
                return terminal.data(&why::told(&why, case, terminal.words));
            }
            terminal.print(&why::text(&why, SystemClock.unix_seconds(), terminal.words));
            if let Some(open) = open {
                terminal.print(&open.text(terminal.words));
            }
            Ok(())
        }
        cli::Queue::Find(find) => search(&client, find, terminal),
        cli::Queue::Retry(selection) => act(&client, QueueAction::Retry, selection, terminal),
        cli::Queue::Hold(selection) => act(&client, QueueAction::Hold, selection, terminal),
        cli::Queue::Release(selection) => act(&client, QueueAction::Release, selection, terminal),
        cli::Queue::Cancel(selection) => act(&client, QueueAction::Cancel, selection, terminal),
    }
}

/// `queue list`, which is also `mailq`.
///
/// # Errors
/// As [`run`].
pub fn list(config: &Config, terminal: Terminal) -> Result<(), Stop> {
    let entries: Vec<QueueEntry> = Client::new(config.control_socket(), terminal).ask(&Request::List)?;
    if terminal.json {
        return terminal.data(&entries);
    }
    let now = SystemClock.unix_seconds();
    let mut text = String::new();
    for entry in &entries {
        entry_lines(entry, now, terminal, &mut text);
    }
    raw(text.as_bytes());
    let octets: u64 = entries.iter().map(|entry| entry.size).sum();
    terminal.say("queue-total", &[("count", entries.len().into()), ("size", times::size(octets).into())]);
    Ok(())
}

fn entry_lines(entry: &QueueEntry, now: u64, terminal: Terminal, text: &mut String) {
    let sender = if entry.sender.is_empty() { "<>" } else { &entry.sender };
    text.push_str(&format!(
        "{}  {}  {:>9}  {:<8}  {sender}\n",
        entry.id,
        times::date_and_time(entry.received_at),
        times::size(entry.size),
        why::state_word(&entry.state, terminal.words),
    ));
    if let Some(reason) = &entry.held_by {
        let line = terminal.sentence("queue-held-by", &[("reason", reason.into())]);
        text.push_str(&format!("    {line}\n"));
    }
    for recipient in &entry.recipients {
        text.push_str(&format!("    {}\n", recipient_line(recipient, entry.state == "held", now, terminal)));
    }
}

fn recipient_line(recipient: &QueueRecipient, is_held: bool, now: u64, terminal: Terminal) -> String {
    let values = [
        ("address", (&recipient.address).into()),
        ("route", routes::in_words(&recipient.route, terminal.words).into()),
        ("attempts", u32::from(recipient.attempts).into()),
        ("next", why::when(recipient.next, now, terminal.words).into()),
    ];
    terminal.sentence(if is_held { "queue-recipient-held" } else { "queue-recipient" }, &values)
}

fn status(client: &Client, terminal: Terminal) -> Result<(), Stop> {
    let status: Status = client.ask(&Request::Status)?;
    if terminal.json {
        return terminal.data(&status);
    }
    let number = |name: &str| status.figures.get(name).and_then(serde_json::Value::as_u64).unwrap_or(0);
    let values = [
        ("messages", number("messages").into()),
        ("waiting", number("waiting").into()),
        ("held", number("held").into()),
        ("disk", times::size(number("spool_bytes")).into()),
    ];
    terminal.say("queue-status-now", &values);
    let counters = ["accepted", "delivered", "deferred", "failed", "sessions"];
    terminal.say("queue-status-since", &counters.map(|name| (name, number(name).into())));
    if status.figures.get("accepting").and_then(serde_json::Value::as_bool) == Some(false) {
        terminal.say("queue-status-full", &[]);
    }
    let now = SystemClock.unix_seconds();
    for site in &status.sites {
        terminal.print(&why::site_line(site, now, terminal.words));
    }
    Ok(())
}

fn show(client: &Client, id: String, terminal: Terminal) -> Result<(), Stop> {
    let shown: Shown = client.ask(&Request::Show { id })?;
    if terminal.json {
        return terminal.data(&shown);
    }
    let content = STANDARD.decode(&shown.content).map_err(anyhow::Error::from)?;
    let sender = if shown.sender.is_empty() { "<>" } else { &shown.sender };
    let values = [
        ("id", (&shown.id).into()),
        ("received", times::date_and_time(shown.received_at).into()),
        ("channel", (&shown.channel).into()),
        ("account", shown.account.as_deref().unwrap_or("-").into()),
        ("sender", sender.into()),
        ("recipients", shown.recipients.join(", ").into()),
    ];
    // The envelope goes to stderr, so that stdout is the message and nothing else.
    terminal.note("queue-shown", &values);
    if let Some(reason) = &shown.held_by {
        terminal.note("queue-held-by", &[("reason", reason.into())]);
    }
    raw(&content);
    Ok(())
}

fn search(client: &Client, find: cli::Find, terminal: Terminal) -> Result<(), Stop> {
    let request = Request::Find {
        sender: find.sender,
        recipient: find.recipient,
        message_id: find.message_id,
        limit: find.limit,
    };
    let found: Vec<Found> = client.ask(&request)?;
    if terminal.json {
        return terminal.data(&found);
    }
    for Found { queue_id, record } in &found {
        let outcome = match (record.finished_at, record.attempts.last()) {
            (Some(_), Some(last)) => why::outcome_word(&last.outcome, terminal.words),
            (Some(_), None) => terminal.sentence("queue-word-finished", &[]),
            (None, _) => terminal.sentence("queue-word-waiting", &[]),
        };
        let sender = if record.sender.is_empty() { "<>" } else { &record.sender };
        terminal.print(&format!(
            "{queue_id}  {}  {:>9}  {outcome}  {sender} -> {}",
            times::date_and_time(record.received_at),
            times::size(record.size),
            record.recipients.join(", "),
        ));
    }
    if found.is_empty() {
        terminal.say("queue-found-none", &[]);
    }
    Ok(())
}

fn act(
    client: &Client,
    action: QueueAction,
    selection: cli::Selection,
    terminal: Terminal,
) -> Result<(), Stop> {
    let selection = match selection {
        cli::Selection { all: true, .. } => Selection::All,
        cli::Selection { domain: Some(domain), .. } => Selection::Domain(domain),
        cli::Selection { sender: Some(sender), .. } => Selection::Sender(sender),
        cli::Selection { ids, .. } => Selection::Ids(ids),
    };
    let named = matches!(selection, Selection::Ids(_));
    let count: usize = client.ask(&Request::Act { action, selection })?;
    if terminal.json {
        return terminal.data(&serde_json::json!({ "messages": count }));
    }
    if count == 0 && named {
        return Err(terminal.stop("queue-acted-none", &[]));
    }
    let id = match action {
        QueueAction::Retry => "queue-retried",
        QueueAction::Hold => "queue-held",
        QueueAction::Release => "queue-released",
        QueueAction::Cancel => "queue-cancelled",
    };
    terminal.say(id, &[("count", count.into())]);
    Ok(())
}
