//! `dmarc`: what receivers report.

use clap::Subcommand;

/// `dmarc`
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Dmarc {
    /// The aggregate reports that came to this server: who sent as the domain, from where, and whether it counted
    Reports {
        /// Only about this domain
        domain: Option<String>,
        /// How many days, today included
        #[arg(long, value_name = "NUMBER", default_value_t = 30)]
        days: u64,
    },
}
