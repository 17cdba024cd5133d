//! `postamt`, the one binary: configuration, wiring, command line.
//!
//! ```text
//! argv ─▶ cli ─┬▶ commands/  one file per noun, through control/ to the running server or on its files
//!              ├▶ sendmail/  also when called by that name
//!              ├▶ setup/     from a fresh host to all of this
//!              ├▶ serve/     opens everything, starts the pipeline, waits for signals
//!              └▶ lab/       the same server in a miniature Internet
//! ```
//!
//! No thread is started before a command has settled who the process is and in which namespace it runs.

mod certificates;
mod cli;
mod commands;
mod config;
mod control;
mod firewall;
mod identity;
mod key_records;
mod lab;
mod privileges;
mod publishing;
mod rollover;
mod sendmail;
mod serve;
mod setup;
mod terminal;
mod times;
mod users;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use cli::{Cli, Command, Tongue};
use postamt_mail::words::Language;
use terminal::{Stop, Terminal};

fn main() -> ExitCode {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    let program = arguments.first().map(PathBuf::from).unwrap_or_default();
    let named_config = std::env::var_os("POSTAMT_CONFIG").map(PathBuf::from);
    match program.file_name().and_then(|name| name.to_str()) {
        Some("sendmail") => {
            return sendmail::main(arguments.split_off(1), named_config.as_deref());
        }
        Some("mailq") => arguments = ["postamt", "queue", "list"].map(OsString::from).to_vec(),
        // There is no alias database to rebuild, and installation scripts call this.
        Some("newaliases") => return ExitCode::SUCCESS,
        _ => {}
    }
    let cli = Cli::parse_from(arguments);
    let language = match cli.global.lang {
        Some(Tongue::De) => Language::De,
        Some(Tongue::En) => Language::En,
        None => terminal::language_of_environment(),
    };
    let terminal = Terminal::new(language, cli.global.json);
    match run(cli.command, &cli.global.config, terminal) {
        Ok(code) => code,
        Err(stop) => {
            if !stop.text.is_empty() {
                terminal::warn(&stop.text);
            }
            ExitCode::from(stop.exit as u8)
        }
    }
}

fn run(command: Command, path: &Path, terminal: Terminal) -> Result<ExitCode, Stop> {
    match command {
        Command::Sendmail { arguments } => Ok(sendmail::main(arguments, Some(path))),
        Command::Lab(options) => lab::run(options, terminal),
        Command::Doctor(options) => Ok(commands::doctor::run(&options, path, terminal)),
        command => dispatch(command, path, terminal).map(|()| ExitCode::SUCCESS),
    }
}

fn dispatch(command: Command, path: &Path, terminal: Terminal) -> Result<(), Stop> {
    let load = || commands::config::load(path, terminal);
    match command {
        Command::Serve => serve::main(path, terminal),
        Command::Firewall { user } => firewall::main(user.as_deref(), terminal),
        Command::Setup(options) => setup::run(&options, path, terminal),
        Command::Send(send) => commands::send::run(send, &load()?, terminal),
        Command::Queue { command } => commands::queue::run(command, &load()?, terminal),
        Command::Account { command } => commands::account::run(command, &load()?, terminal),
        Command::Relay { command } => commands::relay::run(command, path, &load()?, terminal),
        Command::Dkim { command } => commands::dkim::run(command, &load()?, terminal),
        Command::Dns { command } => commands::dns::run(&command, &load()?, terminal),
        Command::Port25 { command } => commands::port25::run(&command, path, terminal),
        Command::Dmarc { command } => commands::dmarc::run(command, &load()?, terminal),
        Command::Tls { command } => commands::tls::run(command, &load()?, terminal),
        Command::Ban { command } => commands::ban::run(command, &load()?, terminal),
        Command::Config { command: cli::Config::Check } => commands::config::check(path, terminal),
        Command::Config { command: cli::Config::Show } => commands::config::show(path, terminal),
        Command::Config { command: cli::Config::Example { reference } } => {
            commands::config::example(reference);
            Ok(())
        }
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "postamt", &mut text);
            terminal::raw(&text);
            Ok(())
        }
        Command::Man => manual(),
        // They have exit codes of their own, see `run`.
        Command::Sendmail { .. } | Command::Lab(_) | Command::Doctor(_) => Ok(()),
    }
}

/// The manual page: the program's own, then one section per command.
fn manual() -> Result<(), Stop> {
    let mut text = Vec::new();
    let command = Cli::command();
    clap_mangen::Man::new(command.clone()).render(&mut text).map_err(anyhow::Error::from)?;
    for subcommand in command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()) {
        let name = format!("postamt {}", subcommand.get_name());
        let page = clap_mangen::Man::new(subcommand.clone().bin_name(name));
        page.render_synopsis_section(&mut text).map_err(anyhow::Error::from)?;
        page.render_options_section(&mut text).map_err(anyhow::Error::from)?;
    }
    terminal::raw(&text);
    Ok(())
}
