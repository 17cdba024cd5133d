//! Passwords on the terminal: asked twice without echo, read from stdin, or made.
//!
//! They are wiped from memory when they are dropped and never written anywhere but where the caller asks.

use std::io::{BufRead as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

use postamt_mta::passwords::elsewhere::times_leaked;
use postamt_mta::passwords::{PasswordError, Weakness, check_strength};
use postamt_net::dial::SystemDialer;
use postamt_net::fetch::{FetchError, HttpsFetcher};
use postamt_net::tls::TlsContext;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use super::{wait, weakness};
use crate::cli::PasswordFrom;
use crate::config::{Config, LeakService};
use crate::serve;
use crate::terminal::{Stop, Terminal};

/// How long somebody at a terminal waits for a service of leaked passwords.
const PATIENCE: Duration = Duration::from_secs(10);

/// A new password, and whether it was made here and must be shown.
pub struct NewPassword {
    /// The password.
    pub text: Zeroizing<String>,
    /// Whether nobody knows it yet.
    pub generated: bool,
}

/// Gets a new password for an account.
///
/// # Errors
/// No terminal to ask on, two answers that differ, a weak one, or an empty one.
pub fn new(from: PasswordFrom, name: &str, config: &Config, terminal: Terminal) -> Result<NewPassword, Stop> {
    if from.generate {
        return Ok(NewPassword { text: Zeroizing::new(postamt_mta::passwords::generate()), generated: true });
    }
    let text = if from.password_stdin { from_stdin(terminal)? } else { twice(terminal)? };
    let mut known: Vec<&str> = config.server.domains.iter().map(|domain| domain.as_str()).collect();
    known.push(config.server.hostname.as_str());
    check_strength(&text, name, &known).map_err(|weakness| weakness::stop(&weakness, terminal))?;
    ask_elsewhere(&text, config, terminal)?;
    Ok(NewPassword { text, generated: false })
}

/// Whether it was leaked, where the operator lets others be asked. A service that does not answer is told of, and
/// decides nothing.
fn ask_elsewhere(text: &str, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    let Some(LeakService(service)) = &config.accounts.leaked_passwords_url else { return Ok(()) };
    let told =
        wait(async {
            let resolver = Arc::new(serve::resolver(config, terminal)?);
            let fetcher = HttpsFetcher::new(resolver, Arc::new(SystemDialer), Arc::new(TlsContext::system()));
            let asked = tokio::time::timeout(PATIENCE, times_leaked(&fetcher, service, text)).await;
            Ok::<_, Stop>(asked.map_or_else(
                |_| Err(FetchError::TimedOut.to_string()),
                |told| told.map_err(|e| e.to_string()),
            ))
        })?;
    match told? {
        Ok(0) => Ok(()),
        Ok(times) => Err(weakness::stop(&Weakness::LeakedElsewhere { times }, terminal)),
        Err(error) => {
            let values = [("host", service.host.as_str().into()), ("error", error.into())];
            terminal.note("account-leaks-unknown", &values);
            Ok(())
        }
    }
}

/// Why a password cannot be stored.
#[must_use]
pub fn unusable(error: &PasswordError, terminal: Terminal) -> Stop {
    match error {
        PasswordError::Weak(weakness) => weakness::stop(weakness, terminal),
        PasswordError::Characters(_) => terminal.stop("account-password-characters", &[]),
        PasswordError::Hash(error) => terminal.stop("account-password-hash", &[("error", error.into())]),
    }
}

/// The first line of stdin.
///
/// # Errors
/// It is empty or cannot be read.
pub fn from_stdin(terminal: Terminal) -> Result<Zeroizing<String>, Stop> {
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().lock().read_line(&mut line).map_err(anyhow::Error::from)?;
    nonempty(line.trim_end_matches(['\r', '\n']), terminal)
}

/// Asks twice.
fn twice(terminal: Terminal) -> Result<Zeroizing<String>, Stop> {
    let first = ask(&terminal.sentence("account-password-prompt", &[]), terminal)?;
    let second = ask(&terminal.sentence("account-password-again", &[]), terminal)?;
    if *first != *second {
        return Err(terminal.stop("account-passwords-differ", &[]));
    }
    Ok(first)
}

/// Asks once, without echo.
///
/// # Errors
/// There is no terminal.
pub fn ask(prompt: &str, terminal: Terminal) -> Result<Zeroizing<String>, Stop> {
    let tty = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/tty")
        .map_err(|_| terminal.stop("account-no-terminal", &[]))?;
    let before = tcgetattr(&tty).map_err(anyhow::Error::from)?;
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    silent.local_modes.insert(LocalModes::ECHONL);
    // Prompts end with a colon; the blank behind it would be trimmed from the catalogue.
    write!(&tty, "{prompt} ").map_err(anyhow::Error::from)?;
    tcsetattr(&tty, OptionalActions::Flush, &silent).map_err(anyhow::Error::from)?;
    let mut line = Zeroizing::new(String::new());
    let read = std::io::BufReader::new(&tty).read_line(&mut line);
    tcsetattr(&tty, OptionalActions::Now, &before).map_err(anyhow::Error::from)?;
    read.map_err(anyhow::Error::from)?;
    nonempty(line.trim_end_matches(['\r', '\n']), terminal)
}

fn nonempty(text: &str, terminal: Terminal) -> Result<Zeroizing<String>, Stop> {
    if text.is_empty() {
        return Err(terminal.stop("account-password-empty", &[]));
    }
    Ok(Zeroizing::new(text.to_owned()))
}
