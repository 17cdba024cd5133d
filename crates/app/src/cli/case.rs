//! `postamt port25 case …`: the request to the provider, followed to its end.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::ProviderWish;

/// `port25 case`
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Case {
    /// The cases that are not closed, or all of them
    List {
        /// Those that are over as well
        #[arg(long)]
        all: bool,
    },
    /// Open one with a letter that is to be sent
    New {
        /// The letter; `-` is standard input
        #[arg(long, value_name = "FILE")]
        letter: PathBuf,
        /// Who the provider is.
        #[command(flatten)]
        provider: ProviderWish,
    },
    /// One with its letter, every step and what to do next
    Show {
        /// Its number, as `c1`
        id: String,
    },
    /// The letter, the reminder or the answer went to the provider
    Sent {
        /// Its number, as `c1`
        id: String,
        /// How
        #[arg(long, value_enum, value_name = "CHANNEL", default_value_t = SentBy::Ticket)]
        channel: SentBy,
        /// The provider's number for it
        #[arg(long, value_name = "NUMBER")]
        ticket: Option<String>,
        /// A remark
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// The provider has answered
    Answered {
        /// Its number, as `c1`
        id: String,
        /// What it says
        #[arg(value_enum)]
        answer: Answer,
        /// A question of the provider; else they are recognised in its words (`--note`)
        #[arg(long = "question", value_enum, value_name = "QUESTION")]
        questions: Vec<Asked>,
        /// The provider's number for it
        #[arg(long, value_name = "NUMBER")]
        ticket: Option<String>,
        /// The provider's words
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// Add a remark
    Note {
        /// Its number, as `c1`
        id: String,
        /// The remark
        text: String,
    },
    /// End it
    Close {
        /// Its number, as `c1`
        id: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// One, or all, as plain text with the texts in every language
    Export {
        /// Its number, as `c1`
        id: Option<String>,
    },
}

/// `port25 case sent --channel`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SentBy {
    /// A ticket in the customer's panel
    Ticket,
    /// A form
    Form,
    /// Mail
    Email,
    /// By telephone
    Phone,
    /// Another way
    Other,
}

/// `port25 case answered`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Answer {
    /// The port is, or will be, open
    Granted,
    /// It will not be
    Refused,
    /// The provider has questions
    More,
}

/// `port25 case answered --question`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Asked {
    /// What kind of mail it is
    Content,
    /// How much
    Volume,
    /// What keeps spam from being sent
    Prevention,
    /// Whether the addresses are on blocklists
    Blocklists,
    /// Why port 587 or a relay does not serve
    Relay,
}
