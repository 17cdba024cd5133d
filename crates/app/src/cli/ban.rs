//! `postamt ban …`

use clap::Subcommand;

/// `ban`
#[derive(Debug, Clone, Subcommand)]
pub enum Ban {
    /// Who is kept out, until when and for what
    List {
        /// Those whose last ban is over as well: their next one is longer
        #[arg(long)]
        all: bool,
    },
    /// Keep a host or a network out
    Add {
        /// An address or a network, as 192.0.2.7 or 2001:db8::/48
        network: String,
        /// For so long, as 2h or 7d; else until it is removed
        #[arg(long = "for", value_name = "TIME")]
        time: Option<jiff::Span>,
        /// Why, for those who read it later
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// Let it in again, and forget what its hosts have done
    Remove {
        /// An address or a network
        network: String,
    },
    /// Whether an address is kept out, and why
    Why {
        /// The address
        address: std::net::IpAddr,
    },
}
