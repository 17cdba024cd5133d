//! `postamt relay add|test|list`.
//!
//! `add` writes `conf.d/relay-NAME.toml` and, beside it, the password in a file of its own; it never touches a file
//! that is there. `test` speaks with the relay as the server would, up to the recipient, and sends nothing.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use serde::Serialize;
use zeroize::Zeroizing;

use super::password;
use crate::cli::{self, RelayAdd};
use crate::config::{self, Config, RouteTo, quoted, word_of};
use crate::privileges;
use crate::terminal::{Stop, Terminal};

/// Does what is asked.
///
/// # Errors
/// With a sentence that names the relay or the file.
pub fn run(command: cli::Relay, path: &Path, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    match command {
        cli::Relay::Add(add) => Adding { add, path, config, terminal }.run(),
        cli::Relay::List => list(config, terminal),
        cli::Relay::Test { name, from, to } => super::relay_test::run(&name, from, to, config, terminal),
    }
}

#[derive(Debug, Serialize)]
struct Shown<'a> {
    name: &'a str,
    host: &'a str,
    port: u16,
    tls: &'static str,
    login: Option<&'a str>,
    has_route: bool,
}

fn list(config: &Config, terminal: Terminal) -> Result<(), Stop> {
    let shown = |relay: &'_ config::Relay| {
        let to = RouteTo::Relay(relay.name.clone());
        config.routes.iter().any(|route| route.to == to)
    };
    let relays: Vec<Shown<'_>> = config
        .relays
        .iter()
        .map(|(_, relay)| Shown {
            name: &relay.name,
            host: &relay.host,
            port: relay.port,
            tls: word_of(relay.tls),
            login: relay.login.as_deref(),
            has_route: shown(relay),
        })
        .collect();
    if terminal.json {
        return terminal.data(&relays);
    }
    if relays.is_empty() {
        terminal.say("relay-none", &[]);
    }
    for relay in &relays {
        let values = [
            ("name", relay.name.into()),
            ("host", relay.host.into()),
            ("port", relay.port.into()),
            ("tls", relay.tls.into()),
            ("login", relay.login.unwrap_or("-").into()),
        ];
        terminal.say("relay-line", &values);
        if !relay.has_route {
            terminal.note("relay-route-missing", &[("name", relay.name.into())]);
        }
    }
    Ok(())
}

struct Adding<'a> {
    add: RelayAdd,
    path: &'a Path,
    config: &'a Config,
    terminal: Terminal,
}

impl Adding<'_> {
    fn run(self) -> Result<(), Stop> {
        self.check_name()?;
        let directory = config::include_directory(self.path);
        let file = directory.join(format!("relay-{}.toml", self.add.name));
        let password_file =
            self.path.parent().unwrap_or(Path::new("/")).join(format!("relay-{}.password", self.add.name));
        for path in [&file, &password_file] {
            if path.exists() {
                let path = path.display().to_string();
                return Err(self.terminal.stop("relay-file-exists", &[("file", path.into())]));
            }
        }
        let password = self.password()?;
        if let Some(password) = &password {
            self.write(&password_file, 0o600, &format!("{}\n", password.as_str()))?;
            privileges::give(&password_file, self.config, self.terminal)?;
        }
        if !directory.exists() {
            std::fs::create_dir(&directory).map_err(|error| self.unwritable(&directory, &error))?;
        }
        self.write(&file, 0o644, &self.section(password.is_some().then_some(&password_file)))?;
        self.say(&file)
    }

    fn check_name(&self) -> Result<(), Stop> {
        let name = &self.add.name;
        let good = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !good {
            return Err(self.terminal.stop("relay-bad-name", &[("name", name.into())]));
        }
        if let Some((spot, _)) = self.config.relays.iter().find(|(_, relay)| relay.name == *name) {
            let values = [("name", name.into()), ("file", spot.to_string().into())];
            return Err(self.terminal.stop("relay-exists", &values));
        }
        Ok(())
    }

    fn password(&self) -> Result<Option<Zeroizing<String>>, Stop> {
        let Some(login) = &self.add.login else { return Ok(None) };
        if self.add.password_stdin {
            return password::from_stdin(self.terminal).map(Some);
        }
        let values = [("login", login.into()), ("host", (&self.add.host).into())];
        password::ask(&self.terminal.sentence("relay-password-prompt", &values), self.terminal).map(Some)
    }

    fn section(&self, password_file: Option<&PathBuf>) -> String {
        let add = &self.add;
        let port = add.port.unwrap_or(if add.tls.starts_with("implicit") { 465 } else { 587 });
        let mut text = format!(
            "[[relay]]\nname = {}\nhost = {}\nport = {port}\ntls = {}\n",
            quoted(&add.name),
            quoted(&add.host),
            quoted(&add.tls),
        );
        if let (Some(login), Some(file)) = (&add.login, password_file) {
            let file = quoted(&file.display().to_string());
            text.push_str(&format!("login = {}\npassword_file = {file}\n", quoted(login)));
        }
        if add.default_route {
            let to = quoted(&format!("relay:{}", add.name));
            text.push_str(&format!("\n[[route]]\nto = {to}\n"));
        }
        text
    }

    fn write(&self, path: &Path, mode: u32, text: &str) -> Result<(), Stop> {
        let written =
            OpenOptions::new().write(true).create_new(true).mode(mode).open(path).and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                // A tight umask must not hide the configuration from `sendmail`.
                file.set_permissions(std::fs::Permissions::from_mode(mode))?;
                file.sync_all()
            });
        written.map_err(|error| self.unwritable(path, &error))
    }

    fn unwritable(&self, path: &Path, error: &std::io::Error) -> Stop {
        let values = [("file", path.display().to_string().into()), ("error", error.to_string().into())];
        self.terminal.stop("relay-write", &values)
    }

    fn say(&self, file: &Path) -> Result<(), Stop> {
        let name = &self.add.name;
        if self.terminal.json {
            return self.terminal.data(&serde_json::json!({ "name": name, "file": file }));
        }
        let values = [("name", name.into()), ("file", file.display().to_string().into())];
        self.terminal.say("relay-added", &values);
        if self.add.tls == "none" {
            self.terminal.note("relay-clear-text", &[]);
        }
        if !self.add.default_route {
            self.terminal.note("relay-route-missing", &[("name", name.into())]);
        }
        Ok(())
    }
}
