//! `postamt lab`: what is rehearsed, and the switch beside a lab that runs. clap refuses what does not fit.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `lab`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Lab {
    /// What is rehearsed
    #[arg(long, value_enum, default_value_t = Rehearsal::Mail)]
    pub scenario: Rehearsal,
    /// Who sits at the support desk of the provider that blocks port 25
    #[arg(long, value_enum, default_value_t = Support::Strict)]
    pub support: Support,
    /// Send the messages, judge the outcomes, and end: exit code 0 only if all were as expected
    #[arg(long)]
    pub once: bool,
    /// Keep the server's files here instead of a temporary directory
    #[arg(long, value_name = "DIRECTORY")]
    pub directory: Option<PathBuf>,
    /// What to do with a lab that runs.
    #[command(subcommand)]
    pub command: Option<LabCommand>,
}

/// `lab --scenario …`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Rehearsal {
    /// Mail to receivers of several characters
    Mail,
    /// An Internet provider that blocks port 25, and opens it again
    Blocked,
    /// The same, and the request to that provider to open it
    Request,
}

/// `lab --support …`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Support {
    /// Grants any request that names the address
    Lenient,
    /// Asks for all that is missing, and grants a complete request
    Strict,
    /// Refuses every request
    Never,
}

/// `lab …`
#[derive(Debug, Subcommand)]
pub enum LabCommand {
    /// Tell the provider of a running `lab --scenario blocked` or `request` what to do: drop, open, proxy hop=1, …
    Isp {
        /// The socket that the lab has named; without it, that of the lab that was started last
        #[arg(long, value_name = "SOCKET")]
        socket: Option<PathBuf>,
        /// The rules; or show, operator NAME MOOD, quota RELAY NUMBER, support lenient|strict|never. Without any: show
        words: Vec<String>,
    },
}
