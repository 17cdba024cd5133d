//! `postamt send`: a message from a few words on the command line, by the way of `sendmail`.

use std::io::Read as _;

use crate::cli;
use crate::config::Config;
use crate::sendmail::{self, Local, Taken};
use crate::terminal::{Stop, Terminal};

/// Composes the message and hands it over.
///
/// # Errors
/// An address that is none, or a server that refuses.
pub fn run(send: cli::Send, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    if !config.sendmail.enabled {
        return Err(terminal.stop("sendmail-disabled", &[]));
    }
    let body = match send.body {
        Some(body) => body.into_bytes(),
        None => {
            let mut input = Vec::new();
            std::io::stdin().lock().read_to_end(&mut input).map_err(anyhow::Error::from)?;
            input
        }
    };
    let local = Local::new(config, terminal);
    let letter = sendmail::Letter {
        from: send.from.as_deref(),
        to: &send.to,
        subject: &send.subject,
        body: &body,
        notify_success: send.notify_success,
    };
    let taken = local.compose(&letter).and_then(|submission| local.submit(&submission));
    match taken.map_err(|refused| Stop::failed(refused.text))? {
        Taken::Server(reply) if terminal.json => {
            terminal.data(&serde_json::json!({ "taken_by": "server", "reply": reply }))
        }
        Taken::Dropped(path) if terminal.json => {
            terminal.data(&serde_json::json!({ "taken_by": "drop_directory", "path": path }))
        }
        Taken::Server(reply) => {
            terminal.say("sendmail-taken", &[("reply", reply.into())]);
            Ok(())
        }
        Taken::Dropped(path) => {
            terminal.say("sendmail-dropped", &[("path", path.display().to_string().into())]);
            Ok(())
        }
    }
}
