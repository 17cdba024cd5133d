//! `postamt port25 request`: for whom the letter is, and what the user alone knows. clap refuses what does not fit.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::ProviderWish;

/// `port25 request`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Request {
    /// What is asked for; without it, port 25 to be opened
    #[arg(long, value_enum, value_name = "WHAT")]
    pub about: Option<RequestAbout>,
    /// PTR records, delisting: of this address and no other; may be given more than once
    #[arg(long = "address", value_name = "ADDRESS")]
    pub addresses: Vec<IpAddr>,
    /// Delisting: the letter for this blocklist (its id or zone); without it, all lists are looked at
    #[arg(long, value_name = "LIST", conflicts_with = "mailbox")]
    pub list: Option<String>,
    /// Delisting: the letter for this mailbox provider (its id or a domain: microsoft, t-online, gmx.de, …)
    #[arg(long, value_name = "PROVIDER")]
    pub mailbox: Option<String>,
    /// How it will be sent
    #[arg(long, value_enum, value_name = "FORM", default_value_t = LetterForm::Ticket)]
    pub to: LetterForm,
    /// What sends mail here
    #[arg(long, value_enum, value_name = "KIND", default_value_t = Sending::OwnMta)]
    pub purpose: Sending,
    /// What the mail is for, in your words and in the letter's language
    #[arg(long, value_name = "TEXT")]
    pub describe: Option<String>,
    /// How much mail a new server is to send, as "50 messages a day"; what has been sent is counted
    #[arg(long, value_name = "TEXT")]
    pub volume: Option<String>,
    /// Your name
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// The number by which the provider knows you or the server
    #[arg(long, value_name = "NUMBER")]
    pub customer: Option<String>,
    /// Write it even where asking is of no use
    #[arg(long)]
    pub anyway: bool,
    /// Only print the letter: open no case
    #[arg(long)]
    pub no_case: bool,
    /// Probe the servers of this list instead of the built-in ones
    #[arg(long, value_name = "FILE")]
    pub targets: Option<PathBuf>,
    /// Who the provider is.
    #[command(flatten)]
    pub provider: ProviderWish,
}

/// `port25 request --about`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RequestAbout {
    /// Port 25 to be opened
    Port25,
    /// PTR records (reverse DNS)
    Ptr,
    /// An entry on a blocklist, or refusals by a mailbox provider, to be ended
    Delisting,
}

/// `port25 request --to`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LetterForm {
    /// Subject and text
    Ticket,
    /// The fields of a form, one by one
    Form,
    /// Subject and text
    Email,
    /// The text alone
    Text,
}

/// `port25 request --purpose`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Sending {
    /// A mail server of your own
    OwnMta,
    /// An application that delivers by itself
    Application,
}
