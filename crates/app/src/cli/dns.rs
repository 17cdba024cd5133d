//! The command line of `dkim` and `dns`.

use std::net::IpAddr;

use clap::{Args, Subcommand, ValueEnum};

/// `dkim …`
#[derive(Debug, Subcommand)]
pub enum Dkim {
    /// Make a key and print the DNS record to publish
    New {
        /// The domain that signs
        domain: String,
        /// Its selector; else the year and month with the kind of key
        #[arg(long)]
        selector: Option<String>,
        /// Kind of key
        #[arg(long, value_enum, default_value_t = KeyKind::Rsa)]
        kind: KeyKind,
        /// Sign with it at once, without waiting until DNS is seen to have its record
        #[arg(long)]
        active: bool,
    },
    /// Make a new key for each one in use; the server publishes it if it can, uses it once DNS has it, and revokes the
    /// old one when no mail that it signed is under way any more
    Rotate {
        /// Only for this domain
        domain: Option<String>,
    },
    /// All keys, and where they are in their lives
    List,
}

/// `dns …`
#[derive(Debug, Subcommand)]
pub enum Dns {
    /// The records that this configuration needs, merged with what is there
    Records {
        /// How they are printed
        #[arg(long, value_enum, default_value_t = RecordForm::Text)]
        format: RecordForm,
        /// With `table`: texts in quotes and in parts of 255 octets, as a few forms want them
        #[arg(long)]
        parted: bool,
        /// Do not ask what is there
        #[arg(long)]
        offline: bool,
        /// About whom.
        #[command(flatten)]
        about: DnsAbout,
    },
    /// Whether the authoritative servers say it; exit code 1 when they do not
    Verify {
        /// About whom.
        #[command(flatten)]
        about: DnsAbout,
    },
    /// Show what would change, and change it: through the DNS provider's interface, or by dynamic updates (RFC 2136)
    Publish {
        /// Change it without asking
        #[arg(long)]
        yes: bool,
        /// About whom.
        #[command(flatten)]
        about: DnsAbout,
    },
}

/// What `dns` cannot always find out.
#[derive(Debug, Args)]
pub struct DnsAbout {
    /// Public addresses of this server; else those of the configuration or of its interfaces
    #[arg(long, value_name = "ADDRESS")]
    pub address: Vec<IpAddr>,
}

/// `dns records --format`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RecordForm {
    /// With what each is for and whether it is there
    Text,
    /// Lines of a zone file
    Zone,
    /// The fields of a provider's form
    Table,
}

/// `dkim new --kind`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KeyKind {
    /// RSA, 2048 bits: everybody verifies it
    Rsa,
    /// Ed25519: small and fast; publish it beside an RSA key
    Ed25519,
}
