//! `account app-password …`

use clap::{Args, Subcommand};
use ipnet::IpNet;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum AppPassword {
    /// Make a password for one device and show it, once
    Add(AppPasswordAdd),
    /// Those of an account: what they may, and when they were used last
    List {
        /// Login name of the account
        account: String,
    },
    /// Refuse it from now on
    Remove {
        /// Login name of the account
        account: String,
        /// Name of the device
        device: String,
    },
}

/// `account app-password add`
#[derive(Debug, Args)]
pub struct AppPasswordAdd {
    /// Login name of the account
    pub account: String,
    /// Name of the device, such as "phone" or "printer"
    pub device: String,
    /// As whom the device may send, of what the account may; else as everything that the account may
    #[arg(long, value_name = "ADDRESS|DOMAIN")]
    pub send_as: Vec<String>,
    /// The networks that it may log in from; else everywhere
    #[arg(long, value_name = "NETWORK", value_parser = network)]
    pub from: Vec<IpNet>,
    /// The last day on which it is good
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: Option<jiff::civil::Date>,
}

/// An address, or a network with its prefix.
fn network(text: &str) -> Result<IpNet, ipnet::AddrParseError> {
    match text.parse::<std::net::IpAddr>() {
        Ok(address) => Ok(IpNet::from(address)),
        Err(_) => text.parse::<IpNet>().map(|network| network.trunc()),
    }
}
