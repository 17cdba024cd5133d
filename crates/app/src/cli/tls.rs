//! `tls`: the own certificate, and the TLS of others.

use clap::Subcommand;

/// `tls`
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Tls {
    /// The certificate that this server shows: for whom, from whom, until when, and its renewal
    Certificate {
        /// Let the running server get a new one now
        #[arg(long)]
        renew: bool,
        /// Let the running server change to a new key, its TLSA record first
        #[arg(long, conflicts_with = "renew")]
        new_key: bool,
    },
    /// Domains that have offered TLS and are not spoken to without
    List,
    /// Forget one: mail goes to it without TLS again
    Forget {
        /// The recipients' domain
        domain: String,
    },
    /// How sessions went in the last days, per domain: good ones, and what failed
    Results {
        /// How many days, today included
        #[arg(long, value_name = "NUMBER", default_value_t = 2)]
        days: u64,
    },
}
