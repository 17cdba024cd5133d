//! `doctor`: the host, a domain, a message, a delivery.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `doctor`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Doctor {
    /// Something else than a host or a domain.
    #[command(subcommand)]
    pub command: Option<DoctorCommand>,
    /// A domain of somebody else: only what a stranger can see; without it, this host
    pub domain: Option<String>,
    /// Also write the report as one HTML file, in both languages
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// DKIM selectors of that domain, which DNS does not tell: the s= of a signature of its mail
    #[arg(long, value_name = "SELECTOR", num_args = 1.., value_delimiter = ',', requires = "domain")]
    pub selector: Vec<String>,
    /// Only these checks
    #[arg(long, value_name = "CHECK", num_args = 1.., value_delimiter = ',')]
    pub only: Vec<String>,
}

/// `doctor …`
#[derive(Debug, Subcommand)]
pub enum DoctorCommand {
    /// What a receiver would think of a message: proofs, header, links, attachments
    Message(DoctorMessage),
    /// Rehearse a delivery: route, mail hosts, TLS, and the conversation up to RCPT; nothing is sent
    SendTest(DoctorSendTest),
}

/// `doctor send-test`
#[derive(Debug, Args)]
pub struct DoctorSendTest {
    /// The recipient
    pub recipient: String,
    /// The sender; else postmaster@ the first domain of the configuration
    #[arg(long, value_name = "ADDRESS")]
    pub from: Option<String>,
    /// The login, for rules that name one
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// Also write the report as one HTML file, in both languages
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

/// `doctor message`
#[derive(Debug, Args)]
pub struct DoctorMessage {
    /// The message as a file; - for stdin
    pub file: PathBuf,
    /// The address that it comes from; else that of the uppermost Received field, else this host's own
    #[arg(long, value_name = "ADDRESS")]
    pub from_address: Option<IpAddr>,
    /// The name in EHLO; else this host's
    #[arg(long, value_name = "NAME")]
    pub helo: Option<String>,
    /// The envelope sender; else Return-Path, else the address in From
    #[arg(long, value_name = "ADDRESS")]
    pub sender: Option<String>,
    /// It goes to many: demand what bulk mail must have
    #[arg(long)]
    pub bulk: bool,
    /// Ask an Rspamd, too, as http://127.0.0.1:11333
    #[arg(long, value_name = "URL")]
    pub rspamd: Option<String>,
    /// Also write the report as one HTML file, in both languages
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}
