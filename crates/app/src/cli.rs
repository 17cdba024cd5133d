//! The command line: words, options and their help. Help texts are English; what commands say is in the language
//! of `--lang` or the locale.

mod account;
mod app_password;
mod ban;
mod case;
mod dmarc;
mod dns;
mod doctor;
mod lab;
mod request;
mod setup;
mod tls;

use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use account::{Account, Limits as AccountLimits, PasswordFrom};
pub use app_password::{AppPassword, AppPasswordAdd};
pub use ban::Ban;
pub use case::{Answer, Asked, Case, SentBy};
pub use dmarc::Dmarc;
pub use dns::{Dkim, Dns, KeyKind, RecordForm};
pub use doctor::{Doctor, DoctorCommand, DoctorMessage, DoctorSendTest};
pub use lab::{Lab, LabCommand, Rehearsal, Support};
pub use request::{LetterForm, Request, RequestAbout, Sending};
pub use setup::{Neighbour, Setup};
pub use tls::Tls;

/// Mail server that gets your mail out and into the inbox.
#[derive(Debug, Parser)]
#[command(name = "postamt", version, about, long_about = None, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 not done, stderr says why; 2 wrong usage; 3 the configuration has faults;
4 the server is not running. `doctor`: 0 fine, 1 something is to be mended, 2 it could not run.
`sendmail` uses those of sysexits.h.";

/// Options of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// Configuration file
    #[arg(long, global = true, env = "POSTAMT_CONFIG", value_name = "FILE", default_value = crate::config::DEFAULT_PATH)]
    pub config: PathBuf,
    /// Language of messages; else LC_ALL, LC_MESSAGES or LANG
    #[arg(long, global = true, value_name = "de|en")]
    pub lang: Option<Tongue>,
    /// Print JSON for programs
    #[arg(long, global = true)]
    pub json: bool,
}

/// `--lang`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Tongue {
    /// German
    De,
    /// English
    En,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// From a fresh host to a working configuration: asks, or takes every answer as an option
    Setup(Box<Setup>),
    /// Run the server
    Serve,
    /// The server's helper that writes bans to nftables; `serve` starts it
    #[command(hide = true)]
    Firewall {
        /// Who it becomes
        #[arg(long)]
        user: Option<String>,
    },
    /// Send a message
    Send(Send),
    /// Take a message on stdin, as /usr/sbin/sendmail does
    #[command(disable_help_flag = true, disable_version_flag = true)]
    Sendmail {
        /// Options and recipients, as for sendmail
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENTS")]
        arguments: Vec<OsString>,
    },
    /// Look at and move what waits
    Queue {
        /// What to do.
        #[command(subcommand)]
        command: Queue,
    },
    /// Who may log in and send
    Account {
        /// What to do.
        #[command(subcommand)]
        command: Account,
    },
    /// Relays (smarthosts)
    Relay {
        /// What to do.
        #[command(subcommand)]
        command: Relay,
    },
    /// DKIM keys
    Dkim {
        /// What to do.
        #[command(subcommand)]
        command: Dkim,
    },
    /// What receivers report about mail of your domains
    Dmarc {
        /// What to do.
        #[command(subcommand)]
        command: Dmarc,
    },
    /// What DNS must say for this server: print it, verify it, publish it
    Dns {
        /// What to do.
        #[command(subcommand)]
        command: Dns,
    },
    /// Whether mail can leave on port 25, and what to do about it
    Port25 {
        /// What to do.
        #[command(subcommand)]
        command: Port25,
    },
    /// Examine this host, or a domain: what would keep its mail from arriving, and how to mend it
    Doctor(Doctor),
    /// The own certificate, and what is known of the TLS of other domains
    Tls {
        /// What to do.
        #[command(subcommand)]
        command: Tls,
    },
    /// Who is kept out: hosts that guess passwords or do not speak SMTP, and what the operator has banned
    Ban {
        /// What to do.
        #[command(subcommand)]
        command: Ban,
    },
    /// Check and show the configuration
    Config {
        /// What to do.
        #[command(subcommand)]
        command: Config,
    },
    /// The miniature Internet: no root, no domain, no network needed
    Lab(Lab),
    /// Print shell completions
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// `port25`
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Port25 {
    /// Which ways out the running server uses or avoids, and why
    Status,
    /// Probe it: open, blocked, by whom, and where; exit code 1 when it is open on no way out
    Check {
        /// From this address; else from those of the configuration
        #[arg(long, value_name = "ADDRESS")]
        source: Vec<IpAddr>,
        /// Only over this family
        #[arg(long, value_name = "4|6", value_parser = ["4", "6"])]
        family: Option<String>,
        /// Ask the servers of this list instead of the built-in ones
        #[arg(long, value_name = "FILE")]
        targets: Option<PathBuf>,
        /// Who the provider is.
        #[command(flatten)]
        provider: ProviderWish,
    },
    /// Who needs it at all
    Advise {
        /// What shall send mail here; else it is found out or asked
        #[arg(long, value_enum, value_name = "PLAN")]
        plan: Option<MailPlan>,
        /// The provider, by its id in `port25 providers`
        #[arg(long, value_name = "ID")]
        provider: Option<String>,
    },
    /// Write the request to the provider: port 25, PTR records, or off a blocklist
    Request(Request),
    /// Requests to providers and blocklists, each followed to its end
    Case {
        /// What to do.
        #[command(subcommand)]
        command: Case,
    },
    /// What providers do with port 25, and how it is opened there: all, one, or this host's
    Providers {
        /// Id, name or a part of it
        name: Option<String>,
        /// The provider of this host, and by what it is recognised
        #[arg(long, conflicts_with = "name")]
        here: bool,
        /// Who the provider is.
        #[command(flatten)]
        provider: ProviderWish,
    },
}

/// Who this host's provider is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct ProviderWish {
    /// The provider of this host, by its id in `port25 providers`; else it is found out
    #[arg(long, value_name = "ID")]
    pub provider: Option<String>,
    /// Find it out from this machine alone: ask no DNS, RDAP or WHOIS
    #[arg(long, conflicts_with = "provider")]
    pub offline: bool,
}

/// `port25 advise --plan`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MailPlan {
    /// A mail server that delivers to everybody
    OwnServer,
    /// An application that delivers by itself
    Application,
    /// Everything through a relay
    Relay,
    /// Only mail programs
    Clients,
}

/// `send`
#[derive(Debug, Args)]
pub struct Send {
    /// Sender; else you at this host
    #[arg(long, value_name = "ADDRESS")]
    pub from: Option<String>,
    /// Recipients
    #[arg(long, required = true, value_name = "ADDRESS", num_args = 1.., value_delimiter = ',')]
    pub to: Vec<String>,
    /// Subject
    #[arg(long, default_value = "")]
    pub subject: String,
    /// Text; else stdin
    #[arg(long)]
    pub body: Option<String>,
    /// Ask for a notice on delivery
    #[arg(long)]
    pub notify_success: bool,
}

/// `queue …`
#[derive(Debug, Subcommand)]
pub enum Queue {
    /// What waits
    List,
    /// Figures of the server and the receiving sides it deals with
    Status,
    /// One message: envelope, header and text
    Show {
        /// Queue id
        id: String,
    },
    /// Why a message is where it is, and what happens next
    Why {
        /// Queue id
        id: String,
    },
    /// Search by sender, recipient or Message-ID, finished messages included
    Find(Find),
    /// Try now
    Retry(Selection),
    /// Keep until released
    Hold(Selection),
    /// Let go on what is held
    Release(Selection),
    /// Drop without a notice to the sender
    Cancel(Selection),
}

/// `queue find`
#[derive(Debug, Args)]
pub struct Find {
    /// Part of the sender
    #[arg(long)]
    pub sender: Option<String>,
    /// Part of a recipient
    #[arg(long)]
    pub recipient: Option<String>,
    /// The Message-ID, with or without angle brackets
    #[arg(long)]
    pub message_id: Option<String>,
    /// At most this many, newest first
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
}

/// Which messages.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Selection {
    /// Queue ids
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    /// All messages
    #[arg(long)]
    pub all: bool,
    /// Those with recipients in this domain
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Option<String>,
    /// Those of this envelope sender
    #[arg(long, value_name = "ADDRESS")]
    pub sender: Option<String>,
}

/// `relay …`
#[derive(Debug, Subcommand)]
pub enum Relay {
    /// Write a relay into the configuration
    Add(RelayAdd),
    /// Log in, ask whether mail of our domains would be taken, look at SPF, DKIM and DMARC, and say what was found
    Test {
        /// Name of the relay
        name: String,
        /// A further sender to ask for, beside postmaster of each domain
        #[arg(long, value_name = "ADDRESS")]
        from: Option<String>,
        /// Recipient to ask for; else the sender
        #[arg(long, value_name = "ADDRESS")]
        to: Option<String>,
        /// Send a small message from --from to --to, for real
        #[arg(long, requires = "to")]
        send: bool,
    },
    /// Let the mail of one receiving provider, which refuses this host's address, go by a relay; without a provider,
    /// show which ones do
    Only {
        /// A known provider (microsoft, google, yahoo, t-online, …), an MX host or what it ends in, or a domain
        #[arg(value_name = "PROVIDER|MX|DOMAIN")]
        provider: Option<String>,
        /// The relay; needed where there is more than one
        #[arg(long, value_name = "NAME", requires = "provider")]
        relay: Option<String>,
        /// Let it go directly again
        #[arg(long, requires = "provider", conflicts_with = "relay")]
        end: bool,
    },
    /// All relays
    List,
}

/// `relay add`
#[derive(Debug, Args)]
pub struct RelayAdd {
    /// A provider (ses, sendgrid, mailgun, …), a host, or with --host a name of your choice
    #[arg(value_name = "PROVIDER|HOST")]
    pub what: String,
    /// Its host, where it is not the provider's usual one
    #[arg(long)]
    pub host: Option<String>,
    /// Region of the provider, where its host name has one
    #[arg(long)]
    pub region: Option<String>,
    /// A name for routes and commands; else the provider's or the host's
    #[arg(long)]
    pub name: Option<String>,
    /// Its port; else the provider's ports in order, or 465 with --tls implicit and 587 otherwise
    #[arg(long)]
    pub port: Option<u16>,
    /// How the connection is secured; else as is usual on the port
    #[arg(long, value_parser = ["starttls", "implicit", "none", "starttls-unverified", "implicit-unverified"])]
    pub tls: Option<String>,
    /// Login name; the password is asked for
    #[arg(long)]
    pub login: Option<String>,
    /// Read the password from stdin
    #[arg(long)]
    pub password_stdin: bool,
    /// Also send everything by it that no earlier rule sends elsewhere
    #[arg(long)]
    pub default_route: bool,
}

/// `config …`
#[derive(Debug, Subcommand)]
pub enum Config {
    /// Read it and report all faults
    Check,
    /// Print the settings in force, defaults included
    Show,
    /// Print an annotated example
    Example {
        /// Print the reference page instead (Markdown)
        #[arg(long)]
        reference: bool,
    },
}
