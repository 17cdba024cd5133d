//! `postamt account …`

use std::str::FromStr;

use clap::{Args, Subcommand};
use postamt_store::accounts::OwnLimits;

/// `account …`
#[derive(Debug, Subcommand)]
pub enum Account {
    /// Make an account
    Add {
        /// Login name, usually the mail address
        name: String,
        /// As whom it may send: an address, a domain, or "any"; else its own name
        #[arg(long, value_name = "ADDRESS|DOMAIN|any")]
        send_as: Vec<String>,
        /// Where the password comes from.
        #[command(flatten)]
        password: PasswordFrom,
    },
    /// All accounts
    List,
    /// One account: as whom it sends, what it may send and has sent
    Show {
        /// Login name
        name: String,
    },
    /// Set what it may send; what is not named follows: the hour the day, recipients messages
    Limits {
        /// Login name
        name: String,
        /// The figures.
        #[command(flatten)]
        limits: Limits,
    },
    /// What it did is usual for it: it sends again, what was held goes on, and the server learns from it
    Release {
        /// Login name
        name: String,
    },
    /// It was stolen and is safe again: it sends again; what was held stays, and nothing is learned
    Unfreeze {
        /// Login name
        name: String,
    },
    /// Set a new password
    Passwd {
        /// Login name
        name: String,
        /// Where the password comes from.
        #[command(flatten)]
        password: PasswordFrom,
    },
    /// Refuse its logins
    Disable {
        /// Login name
        name: String,
    },
    /// Allow its logins again
    Enable {
        /// Login name
        name: String,
    },
    /// Remove it
    Remove {
        /// Login name
        name: String,
    },
    /// Passwords for single devices, which may less than the account
    AppPassword {
        /// What to do.
        #[command(subcommand)]
        command: super::AppPassword,
    },
}

/// Where a new password comes from; without either it is asked for.
#[derive(Debug, Clone, Copy, Args)]
pub struct PasswordFrom {
    /// Read the password from stdin
    #[arg(long, conflicts_with = "generate")]
    pub password_stdin: bool,
    /// Make a strong password and print it
    #[arg(long)]
    pub generate: bool,
}

/// `account limits`; at least one must be said.
#[derive(Debug, Clone, Copy, Args)]
#[group(id = "figures", required = true, multiple = true)]
pub struct Limits {
    /// Messages within an hour: a number, or "none" for no limit
    #[arg(long, value_name = "NUMBER|none")]
    pub messages_an_hour: Option<Figure>,
    /// Messages within 24 hours
    #[arg(long, value_name = "NUMBER|none")]
    pub messages_a_day: Option<Figure>,
    /// Recipients within an hour
    #[arg(long, value_name = "NUMBER|none")]
    pub recipients_an_hour: Option<Figure>,
    /// Recipients within 24 hours
    #[arg(long, value_name = "NUMBER|none")]
    pub recipients_a_day: Option<Figure>,
    /// Recipients that it has never written to before, within an hour
    #[arg(long, value_name = "NUMBER|none")]
    pub first_time_an_hour: Option<Figure>,
    /// Likewise within 24 hours
    #[arg(long, value_name = "NUMBER|none")]
    pub first_time_a_day: Option<Figure>,
    /// Forget what was said before: those of the configuration count again
    #[arg(long)]
    pub default: bool,
}

/// A figure of a limit; 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure(pub u32);

impl FromStr for Figure {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            _ if text == "none" => Ok(Self(0)),
            Ok(number) if number > 0 => Ok(Self(number)),
            // An account that may send nothing is disabled.
            _ => Err("a number from 1 on, or \"none\"".to_owned()),
        }
    }
}

impl Limits {
    /// Changes what was said before.
    #[must_use]
    pub fn on(self, before: OwnLimits) -> OwnLimits {
        let before = if self.default { OwnLimits::default() } else { before };
        let changed = |figure: Option<Figure>, before| figure.map(|figure| figure.0).or(before);
        OwnLimits {
            messages_per_hour: changed(self.messages_an_hour, before.messages_per_hour),
            messages_per_day: changed(self.messages_a_day, before.messages_per_day),
            recipients_per_hour: changed(self.recipients_an_hour, before.recipients_per_hour),
            recipients_per_day: changed(self.recipients_a_day, before.recipients_per_day),
            first_time_per_hour: changed(self.first_time_an_hour, before.first_time_per_hour),
            first_time_per_day: changed(self.first_time_a_day, before.first_time_per_day),
        }
    }
}
