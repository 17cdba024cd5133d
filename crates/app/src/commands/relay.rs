//! `postamt relay add|test|list`.
//!
//! `add` writes `conf.d/relay-NAME.toml` and, beside it, the password in a file of its own; it never touches a file
//! that is there. For a provider that is known it takes host, ports and habits from the table of relays, and says what
//! DNS must have. `test` speaks with the relay as the server would, up to the recipient, and sends nothing.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use postamt_mail::address::Domain;
use postamt_mail::relays::{self, Login, Profile};
use postamt_mail::words::{Value, Words};
use postamt_mta::quota::{Period, QuotaState};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{password, relay_records};
use crate::cli::{self, RelayAdd};
use crate::config::{self, Config, RouteDetour, RouteTo, quoted, word_of};
use crate::control::client::Client;
use crate::control::protocol::Request;
use crate::privileges;
use crate::terminal::{Stop, Terminal};
use crate::times;

/// Does what is asked.
///
/// # Errors
/// With a sentence that names the relay or the file.
pub fn run(command: cli::Relay, path: &Path, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    match command {
        cli::Relay::Add(add) => {
            let planned = plan(add, terminal)?;
            Adding { planned, path, config, terminal }.run()
        }
        cli::Relay::Only { provider, relay, end } => {
            super::relay_only::run(provider, relay, end, config, terminal)
        }
        cli::Relay::List => list(config, terminal),
        cli::Relay::Test { name, from, to, send } => {
            let wish = super::relay_test::Wish { from, to, send };
            super::relay_test::run(&name, wish, config, terminal)
        }
    }
}

#[derive(Debug, Serialize)]
struct Shown<'a> {
    name: &'a str,
    profile: Option<&'static str>,
    host: &'a str,
    port: u16,
    further_ports: Vec<u16>,
    tls: &'static str,
    login: Option<&'a str>,
    has_route: bool,
    /// Mail takes it while port 25 is blocked.
    is_detour: bool,
    messages_per_day: Option<u32>,
    messages_per_month: Option<u32>,
    /// By the period; empty when the server is not running.
    handed: Vec<&'a QuotaState>,
}

fn list(config: &Config, terminal: Terminal) -> Result<(), Stop> {
    let has_route = |name: &str| {
        let to = RouteTo::Relay(name.to_owned());
        config.routes.iter().any(|route| route.to == to)
    };
    let is_detour = |name: &str| {
        let by = RouteDetour::Relay(name.to_owned());
        config.port25.relay.as_deref() == Some(name)
            || config.routes.iter().any(|route| route.detour.as_ref() == Some(&by))
    };
    // Without a server to ask, or its leave, the list is that of the configuration all the same.
    let quotas: Vec<QuotaState> =
        Client::new(config.control_socket(), terminal).ask(&Request::Quotas).unwrap_or_default();
    let relays: Vec<Shown<'_>> = config
        .relays
        .iter()
        .map(|(_, relay)| {
            let (first, further) = config::settings::ports(relay);
            Shown {
                name: &relay.name,
                profile: relay.profile.map(|profile| profile.0.id.as_str()),
                host: &relay.host,
                port: first.port,
                further_ports: further.iter().map(|port| port.port).collect(),
                tls: word_of(first.tls),
                login: relay.login.as_deref(),
                has_route: has_route(&relay.name),
                is_detour: is_detour(&relay.name),
                messages_per_day: relay.messages_per_day.map(NonZeroU32::get),
                messages_per_month: relay.messages_per_month.map(NonZeroU32::get),
                handed: quotas.iter().filter(|quota| quota.relay == relay.name).collect(),
            }
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
            ("port", relay.port.to_string().into()),
            ("tls", relay.tls.into()),
            ("login", relay.login.unwrap_or("-").into()),
        ];
        terminal.say("relay-line", &values);
        for line in quota_lines(relay, terminal.words) {
            terminal.print(&format!("    {line}"));
        }
        if relay.is_detour {
            terminal.print(&format!("    {}", terminal.sentence("relay-is-detour", &[])));
        } else if !relay.has_route {
            terminal.note("relay-route-missing", &[("name", relay.name.into())]);
        }
    }
    Ok(())
}

/// What it was handed, and of how much; without a server to ask, only the latter.
fn quota_lines(relay: &Shown<'_>, words: &Words) -> Vec<String> {
    if !relay.handed.is_empty() {
        return relay.handed.iter().filter_map(|quota| handed_line(quota, words)).collect();
    }
    let limits = [
        ("relay-quota-limit", relay.messages_per_day),
        ("relay-quota-limit-month", relay.messages_per_month),
    ];
    let line = |(id, limit): (&str, Option<u32>)| Some(words.get(id, &[("limit", limit?.into())]));
    limits.into_iter().filter_map(line).collect()
}

/// Of the day in any case, of the month where it has a quota.
fn handed_line(quota: &QuotaState, words: &Words) -> Option<String> {
    let mut values = vec![("used", Value::from(quota.used))];
    let Some(limit) = quota.limit else {
        return (quota.period == Period::Day).then(|| words.get("relay-quota-none", &values));
    };
    values.push(("limit", limit.into()));
    if let Some(until) = quota.full_until {
        values.push(("until", times::date_and_time(until).into()));
    }
    let id = match (quota.period, quota.full_until) {
        (Period::Day, None) => "relay-quota-used",
        (Period::Day, Some(_)) => "relay-quota-full",
        (Period::Month, None) => "relay-quota-used-month",
        (Period::Month, Some(_)) => "relay-quota-full-month",
    };
    Some(words.get(id, &values))
}

/// What is to be added, with the gaps filled from what is known.
struct Planned {
    name: String,
    host: String,
    profile: Option<&'static Profile>,
    login: Option<String>,
    /// A password is to be had, even without a login name.
    has_password: bool,
    add: RelayAdd,
}

fn plan(add: RelayAdd, terminal: Terminal) -> Result<Planned, Stop> {
    let known = relays::find(&add.what);
    let (host, profile) = match (&add.host, known) {
        (Some(host), known) => (host.clone(), known.or_else(|| relays::of_host(host))),
        (None, Some(profile)) => (usual_host(profile, &add, terminal)?, Some(profile)),
        (None, None) if is_host(&add.what) => (add.what.clone(), relays::of_host(&add.what)),
        (None, None) => {
            let known: Vec<&str> = relays::profiles().iter().map(|profile| profile.id.as_str()).collect();
            let values = [("what", (&add.what).into()), ("known", known.join(", ").into())];
            return Err(terminal.stop("relay-unknown-provider", &values));
        }
    };
    let name = match (&add.name, &add.host, profile) {
        (Some(name), ..) => name.clone(),
        (None, Some(_), _) => add.what.clone(),
        (None, None, Some(profile)) => profile.id.clone(),
        (None, None, None) => host.replace(['.', ':'], "-"),
    };
    let login = match (&add.login, profile.map(|profile| &profile.login)) {
        (Some(login), _) => Some(login.clone()),
        (None, Some(Login::FixedName(name))) => Some(name.clone()),
        (None, Some(Login::SameTwice) | None) => None,
        (None, Some(Login::KeyPair | Login::Credential | Login::Account)) => {
            let profile = profile.map_or("", |profile| &profile.name);
            return Err(terminal.stop("relay-login-missing", &[("provider", profile.into())]));
        }
    };
    let same_twice = profile.is_some_and(|profile| profile.login == Login::SameTwice);
    if add.password_stdin && login.is_none() && !same_twice {
        return Err(terminal.stop("relay-password-without-login", &[]));
    }
    Ok(Planned { has_password: login.is_some() || same_twice, name, host, profile, login, add })
}

fn usual_host(profile: &Profile, add: &RelayAdd, terminal: Terminal) -> Result<String, Stop> {
    let host = profile.host(add.region.as_deref()).filter(|host| is_host(host));
    host.ok_or_else(|| {
        let pattern = profile.hosts.first().map_or("", String::as_str);
        let values =
            [("provider", (&profile.name).into()), ("id", (&profile.id).into()), ("host", pattern.into())];
        terminal.stop("relay-region-missing", &values)
    })
}

/// A name with a dot in it, or an address.
fn is_host(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok() || (text.contains('.') && Domain::new(text).is_ok())
}

struct Adding<'a> {
    planned: Planned,
    path: &'a Path,
    config: &'a Config,
    terminal: Terminal,
}

impl Adding<'_> {
    fn run(self) -> Result<(), Stop> {
        self.check_name()?;
        let directory = config::include_directory(self.path);
        let name = &self.planned.name;
        let file = directory.join(format!("relay-{name}.toml"));
        let password_file =
            self.path.parent().unwrap_or(Path::new("/")).join(format!("relay-{name}.password"));
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
        let name = &self.planned.name;
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
        let planned = &self.planned;
        if !planned.has_password {
            return Ok(None);
        }
        if planned.add.password_stdin {
            return password::from_stdin(self.terminal).map(Some);
        }
        if let Some(profile) = planned.profile {
            self.terminal.note(login_hint(&profile.login), &[("provider", (&profile.name).into())]);
        }
        let login = planned.login.as_deref().unwrap_or("-");
        let values = [("login", login.into()), ("host", (&planned.host).into())];
        password::ask(&self.terminal.sentence("relay-password-prompt", &values), self.terminal).map(Some)
    }

    fn section(&self, password_file: Option<&PathBuf>) -> String {
        let planned = &self.planned;
        let mut text =
            format!("[[relay]]\nname = {}\nhost = {}\n", quoted(&planned.name), quoted(&planned.host));
        let mut line = |key: &str, value: String| text.push_str(&format!("{key} = {value}\n"));
        if let Some(profile) = planned.profile {
            line("profile", quoted(&profile.id));
        }
        if let Some(port) = planned.add.port {
            line("port", port.to_string());
        }
        if let Some(tls) = &planned.add.tls {
            line("tls", quoted(tls));
        }
        if let Some(login) = &planned.login {
            line("login", quoted(login));
        }
        if let Some(file) = password_file {
            line("password_file", quoted(&file.display().to_string()));
        }
        if planned.add.default_route {
            let to = quoted(&format!("relay:{}", planned.name));
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
        let planned = &self.planned;
        let name = &planned.name;
        let records = relay_records::wanted(planned.profile, self.config);
        if self.terminal.json {
            let profile = planned.profile.map(|profile| &profile.id);
            let added = serde_json::json!({
                "name": name, "file": file, "host": planned.host, "profile": profile, "records": records,
            });
            return self.terminal.data(&added);
        }
        let values = [("name", name.into()), ("file", file.display().to_string().into())];
        self.terminal.say("relay-added", &values);
        relay_records::say(planned.profile, &records, self.terminal);
        if planned.add.tls.as_deref() == Some("none") {
            self.terminal.note("relay-clear-text", &[]);
        }
        if !planned.add.default_route {
            self.terminal.note("relay-route-missing", &[("name", name.into())]);
        }
        Ok(())
    }
}

/// Where name and password of a login come from.
const fn login_hint(login: &Login) -> &'static str {
    match login {
        Login::FixedName(_) => "relay-login-api-key",
        Login::SameTwice => "relay-login-token",
        Login::KeyPair => "relay-login-key-pair",
        Login::Credential => "relay-login-credential",
        Login::Account => "relay-login-account",
    }
}
