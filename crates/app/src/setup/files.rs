//! What the setup makes: configuration, systemd unit, relay, keys, account. What is there already stays as it is.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use postamt_doctor::records::text::Shown;
use postamt_mailauth::dkim::{Algorithm, KeyState, KeyStore, Stage};
use postamt_net::clock::{Clock as _, SystemClock};
use zeroize::Zeroizing;

use super::Place;
use super::answers::{Answers, Publishing};
use crate::cli::{self, Neighbour, PasswordFrom, RelayAdd};
use crate::commands;
use crate::commands::dns::Wanted;
use crate::config::{self, Chosen, Config, quoted};
use crate::key_records;
use crate::privileges;
use crate::terminal::{Stop, Terminal};
use crate::users;

/// The user that a server started by root becomes.
const USER: &str = "postamt";
/// The programs that make a system user, by their usual places.
const USERADD: [&str; 2] = ["/usr/sbin/useradd", "/sbin/useradd"];
const UNIT: &str = include_str!("../../../../contrib/postamt.service");
/// Where the other mail server hands its mail to us.
const HANDOVER: &str = "127.0.0.1:2525";

/// What has been made, was there, or went wrong.
#[derive(Default)]
pub struct Done {
    /// Files that were written.
    pub written: Vec<PathBuf>,
    /// Files that were there and were left alone.
    pub kept: Vec<PathBuf>,
    /// Whether the unit is there.
    pub unit: bool,
    /// What could not be done, in the caller's language.
    pub failures: Vec<String>,
    /// The new account's password, where nobody knows it yet.
    pub password: Option<Zeroizing<String>>,
}

/// Writes the configuration, if there is none.
///
/// # Errors
/// It cannot be written: without it there is nothing to go on with.
pub fn configuration(
    answers: &Answers,
    place: Place<'_>,
    done: &mut Done,
    terminal: Terminal,
) -> Result<(), Stop> {
    if place.config.exists() {
        done.kept.push(place.config.to_owned());
        return Ok(());
    }
    let user = answers.user.clone().or_else(|| place.root.then(|| USER.to_owned()));
    if let Some(user) = &user
        && place.root
    {
        make_user(user, answers, done, terminal);
    }
    let user = user.filter(|user| users::by_name(user).is_some());
    let text = config::written(&chosen(answers, user));
    let failed = |error: io::Error| {
        let values =
            [("file", place.config.display().to_string().into()), ("error", error.to_string().into())];
        terminal.stop("setup-unwritable", &values)
    };
    if let Some(folder) = place.config.parent().filter(|folder| !folder.exists()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    write_new(place.config, &text).map_err(failed)?;
    done.written.push(place.config.to_owned());
    Ok(())
}

/// The answers as settings.
pub fn chosen(answers: &Answers, user: Option<String>) -> Chosen {
    let mut chosen = Chosen::default();
    chosen.set("server", "hostname", answers.hostname.clone());
    chosen.set("server", "domains", answers.domains.clone());
    if let Some(state) = &answers.directories.state {
        chosen.set("server", "state_directory", state.clone());
    }
    if let Some(runtime) = &answers.directories.runtime {
        chosen.set("server", "runtime_directory", runtime.clone());
    }
    if let Some(user) = user {
        chosen.set("server", "user", user);
    }
    chosen.fields.push(("server", "language", quoted(answers.language.tag())));
    if let Some(acme) = &answers.acme {
        chosen.set("tls", "acme", acme.clone());
        if let Some(roots) = &answers.acme_roots {
            chosen.set("tls", "acme_roots", roots.clone());
        }
    }
    if let Some(postmaster) = &answers.postmaster {
        chosen.set("postmaster", "forward", postmaster.clone());
    }
    if !answers.own_addresses.is_empty() {
        chosen.set("outgoing", "own_addresses", answers.own_addresses.clone());
    }
    if !answers.dns_servers.is_empty() {
        chosen.set("dns", "servers", answers.dns_servers.clone());
    }
    if answers.web {
        let any = |port| SocketAddr::from(([0u16; 8], port));
        chosen.set("web", "https", vec![any(443)]);
        chosen.set("web", "http", vec![any(80)]);
    }
    match &answers.publishing {
        Some(Publishing::Key(file)) => chosen.set("dns", "update_key", file.clone()),
        Some(Publishing::Provider { id, token_file }) => {
            chosen.fields.push(("dns", "provider", quoted(id)));
            chosen.set("dns", "provider_token_file", token_file.clone());
        }
        None => {}
    }
    for (address, purpose, networks) in listeners(answers) {
        let mut block = vec![("address", quoted(&address)), ("purpose", quoted(purpose))];
        block.extend(networks.map(|networks| ("relay_networks", format!("[{}]", quoted(networks)))));
        chosen.blocks.push(("listener", block));
    }
    chosen
}

/// Address, purpose and networks without login of each port; none where the usual three will do.
fn listeners(answers: &Answers) -> Vec<(String, &'static str, Option<&'static str>)> {
    let usual = [(25, "exchange"), (587, "submission"), (465, "submissions")];
    let free = usual.into_iter().filter(|(port, _)| !answers.taken.contains(port));
    let free = free.map(|(port, purpose)| (SocketAddr::from(([0u16; 8], port)).to_string(), purpose, None));
    match answers.neighbour {
        None | Some(Neighbour::Replace) => Vec::new(),
        // With nothing free, at least programs on this host can send.
        Some(Neighbour::Beside) if answers.taken.len() == usual.len() => {
            vec![(HANDOVER.to_owned(), "submission", None)]
        }
        Some(Neighbour::Beside) => free.collect(),
        Some(Neighbour::Behind) => {
            free.chain([(HANDOVER.to_owned(), "submission", Some("127.0.0.1/32"))]).collect()
        }
    }
}

fn make_user(user: &str, answers: &Answers, done: &mut Done, terminal: Terminal) {
    if users::by_name(user).is_some() {
        return;
    }
    let home = answers.directories.state.clone().unwrap_or_else(|| PathBuf::from("/var/lib/postamt"));
    let made = USERADD.iter().find(|program| Path::new(program).is_file()).is_some_and(|program| {
        let mut command = Command::new(program);
        command.args(["--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "--home-dir"]);
        command.arg(&home).arg("--").arg(user).stdin(Stdio::null()).stdout(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    });
    if !made || users::by_name(user).is_none() {
        done.failures.push(terminal.sentence("setup-no-user", &[("user", user.into())]));
    }
}

/// Writes the unit, if there is none.
pub fn unit(config: &Config, place: Place<'_>, done: &mut Done, terminal: Terminal) {
    let Some(path) = place.unit else { return };
    if path.exists() {
        done.kept.push(path.to_owned());
        done.unit = true;
        return;
    }
    match write_new(path, &unit_text(config, place.config)) {
        Ok(()) => {
            done.written.push(path.to_owned());
            done.unit = true;
        }
        Err(error) => {
            let values = [("file", path.display().to_string().into()), ("error", error.to_string().into())];
            done.failures.push(terminal.sentence("setup-unwritable", &values));
        }
    }
}

/// The project's unit with this program, this configuration and this user.
pub fn unit_text(config: &Config, path: &Path) -> String {
    let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/usr/local/bin/postamt"));
    let mut start = format!("ExecStart={} serve", program.display());
    if path != Path::new(config::DEFAULT_PATH) {
        start.push_str(&format!(" --config {}", path.display()));
    }
    let user = config.server.user.as_deref().unwrap_or(USER);
    let line = |line: &str| match line.split_once('=') {
        Some(("ExecStart", _)) => start.clone(),
        Some((key @ ("User" | "Group"), _)) => format!("{key}={user}"),
        _ => line.to_owned(),
    };
    UNIT.lines().map(|text| line(text) + "\n").collect()
}

/// Adds the relay and makes it the detour.
pub fn relay(answers: &Answers, path: &Path, config: &Config, done: &mut Done, terminal: Terminal) {
    let Some(what) = &answers.relay else { return };
    if config.port25.relay.is_some() {
        return;
    }
    let add = RelayAdd {
        what: what.clone(),
        host: None,
        region: None,
        name: Some("detour".to_owned()),
        port: None,
        tls: None,
        login: answers.relay_login.clone(),
        password_stdin: answers.relay_password_stdin,
        default_route: false,
    };
    if !config.relays.iter().any(|(_, relay)| relay.name == "detour")
        && let Err(stop) = commands::relay::run(cli::Relay::Add(add), path, config, terminal)
    {
        done.failures.push(stop.text);
        return;
    }
    let file = config::include_directory(path).join("port25.toml");
    match write_new(&file, "[port25]\nrelay = \"detour\"\n") {
        Ok(()) => done.written.push(file),
        Err(error) => {
            let values = [("file", file.display().to_string().into()), ("error", error.to_string().into())];
            done.failures.push(terminal.sentence("setup-unwritable", &values));
        }
    }
}

/// Makes a key for each domain that has none. From here on this process is the server's user.
pub fn keys(config: &Config, done: &mut Done, terminal: Terminal) {
    if let Err(stop) = privileges::act_for(config, terminal) {
        done.failures.push(stop.text);
        return;
    }
    let make = || -> anyhow::Result<()> {
        let store = KeyStore::open(config.dkim_directory())?;
        for domain in &config.server.domains {
            if !store.list().iter().any(|stored| stored.key.domain() == domain) {
                let since = SystemClock.unix_seconds();
                let stage = Stage { state: KeyState::Waiting, since, rotation: false };
                key_records::make(&store, domain, Algorithm::Rsa, stage)?;
            }
        }
        Ok(())
    };
    if let Err(error) = make() {
        let text = format!("{error:#}");
        done.failures.push(terminal.sentence("dkim-failed", &[("error", text.into())]));
    }
}

/// The new file for the records, if one is wanted.
pub fn records<'a>(path: Option<&'a Path>, done: &mut Done, terminal: Terminal) -> Option<(File, &'a Path)> {
    let path = path?;
    let file = OpenOptions::new().write(true).create_new(true).mode(0o644).open(path);
    match file {
        Ok(file) => {
            done.written.push(path.to_owned());
            return Some((file, path));
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => done.kept.push(path.to_owned()),
        Err(error) => {
            let values = [("file", path.display().to_string().into()), ("error", error.to_string().into())];
            done.failures.push(terminal.sentence("setup-unwritable", &values));
        }
    }
    None
}

/// Writes the records into it.
pub fn fill(mut file: File, path: &Path, told: &Wanted, done: &mut Done, terminal: Terminal) {
    let shown: Vec<Shown> = told.judged.iter().map(|judged| Shown::new(judged, told.asked)).collect();
    let text = serde_json::to_string_pretty(&shown).unwrap_or_default();
    if let Err(error) = file.write_all(format!("{text}\n").as_bytes()) {
        let values = [("file", path.display().to_string().into()), ("error", error.to_string().into())];
        done.failures.push(terminal.sentence("setup-unwritable", &values));
    }
}

/// Makes the account.
pub fn account(
    answers: &Answers,
    config: &Config,
    options: &cli::Setup,
    done: &mut Done,
    terminal: Terminal,
) {
    let Some(account) = &answers.account else { return };
    let from = PasswordFrom { password_stdin: options.password_stdin, generate: !options.password_stdin };
    match commands::account::make(&account.to_string(), from, config, terminal) {
        Ok(new) if new.generated => done.password = Some(new.text),
        Ok(_) => {}
        Err(stop) => done.failures.push(stop.text),
    }
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o644).open(path)?;
    file.write_all(text.as_bytes())
}
