//! `postamt config check|show|example`.

use std::path::Path;

use crate::config;
use crate::terminal::{Exit, Stop, Terminal, raw};

/// Reads the configuration for any command.
///
/// # Errors
/// Its faults, all of them, and exit code 3.
pub fn load(path: &Path, terminal: Terminal) -> Result<config::Config, Stop> {
    config::load(path)
        .map_err(|problems| Stop { exit: Exit::Configuration, text: problems.text(terminal.words) })
}

/// The configuration, if there is one: for commands that also work where nothing is configured yet.
///
/// # Errors
/// As [`load`].
pub fn load_if_there(path: &Path, terminal: Terminal) -> Result<Option<config::Config>, Stop> {
    if path.exists() { load(path, terminal).map(Some) } else { Ok(None) }
}

/// `config check`: reads everything that the server reads, secrets and certificate files included.
///
/// # Errors
/// The faults.
pub fn check(path: &Path, terminal: Terminal) -> Result<(), Stop> {
    let checked = config::load(path).and_then(|config| config::settings::make(&config).map(|_| config));
    match checked {
        Ok(config) if terminal.json => {
            terminal.data(&serde_json::json!({ "files": config.files, "problems": [] }))
        }
        Ok(config) => {
            let files: Vec<String> = config.files.iter().map(|file| file.display().to_string()).collect();
            terminal.say("config-good", &[("files", files.join(", ").into())]);
            Ok(())
        }
        Err(problems) if terminal.json => {
            terminal.data(&serde_json::json!({ "problems": problems.lines(terminal.words) }))?;
            Err(Stop::silent(Exit::Configuration))
        }
        Err(problems) => Err(Stop { exit: Exit::Configuration, text: problems.text(terminal.words) }),
    }
}

/// `config show`: the settings in force.
///
/// # Errors
/// The configuration has faults.
pub fn show(path: &Path, terminal: Terminal) -> Result<(), Stop> {
    let text = config::effective(&load(path, terminal)?);
    if terminal.json {
        let table: toml::Table = toml::from_str(&text).map_err(anyhow::Error::from)?;
        return terminal.data(&table);
    }
    raw(text.as_bytes());
    Ok(())
}

/// `config example`.
pub fn example(reference: bool) {
    raw(if reference { config::reference() } else { config::example() }.as_bytes());
}
