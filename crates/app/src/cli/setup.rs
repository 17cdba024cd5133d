//! The command line of `setup`: every answer is also an option.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `setup`
#[derive(Debug, Clone, Default, Args)]
pub struct Setup {
    /// Ask nothing: options, and the best guess for the rest
    #[arg(long)]
    pub non_interactive: bool,
    /// The server's full name; should be the PTR name of its address
    #[arg(long, value_name = "NAME")]
    pub hostname: Option<String>,
    /// Domains that send mail here; else the hostname's
    #[arg(long, value_name = "DOMAIN", value_delimiter = ',')]
    pub domain: Vec<String>,
    /// The first account: a mail address in one of the domains
    #[arg(long, value_name = "ADDRESS")]
    pub account: Option<String>,
    /// Read the account's password from stdin; else it is made and printed
    #[arg(long, requires = "account")]
    pub password_stdin: bool,
    /// The administrator's address: postmaster@ and abuse@ go there; else into a Maildir here
    #[arg(long, value_name = "ADDRESS")]
    pub postmaster: Option<String>,
    /// A relay that carries mail while port 25 is blocked: a provider (ses, mailgun, …) or a host
    #[arg(long, value_name = "PROVIDER|HOST")]
    pub relay: Option<String>,
    /// Its login name
    #[arg(long, value_name = "NAME", requires = "relay")]
    pub relay_login: Option<String>,
    /// Read the relay's password from stdin
    #[arg(long, requires = "relay_login", conflicts_with = "password_stdin")]
    pub relay_password_stdin: bool,
    /// Who issues the certificate (ACME): letsencrypt, the address of another directory, or off. Accepts its terms.
    /// Else asked, or letsencrypt where this host has a public address and a free port 80
    #[arg(long, value_name = "letsencrypt|URL|off")]
    pub acme: Option<String>,
    /// Trust anchors (PEM) of a private authority's directory
    #[arg(long, value_name = "FILE", requires = "acme")]
    pub acme_roots: Option<PathBuf>,
    /// Public addresses, where they are not those of this host (behind NAT)
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
    pub address: Vec<IpAddr>,
    /// How to live with another mail server on this host; else asked, or beside it
    #[arg(long, value_enum, value_name = "WAY")]
    pub other_mta: Option<Neighbour>,
    /// The system user that the server becomes; made when it is missing
    #[arg(long, value_name = "USER")]
    pub user: Option<String>,
    /// Directory of queue, accounts, history and keys
    #[arg(long, value_name = "DIRECTORY")]
    pub state_directory: Option<PathBuf>,
    /// Directory of the sockets
    #[arg(long, value_name = "DIRECTORY")]
    pub runtime_directory: Option<PathBuf>,
    /// Name servers to ask; else those of /etc/resolv.conf
    #[arg(long, value_name = "ADDRESS:PORT", value_delimiter = ',')]
    pub dns_server: Vec<SocketAddr>,
    /// Serve HTTPS on 443 and HTTP on 80: MTA-STS policies and the settings of mail programs
    #[arg(long)]
    pub web: bool,
    /// The DNS provider that serves the zones, to change them through its interface (cloudflare, hetzner, …)
    #[arg(long, value_name = "PROVIDER", requires = "dns_token_file", conflicts_with = "dns_key")]
    pub dns_provider: Option<String>,
    /// File with the token or the credentials for it
    #[arg(long, value_name = "FILE", requires = "dns_provider")]
    pub dns_token_file: Option<PathBuf>,
    /// File with a TSIG key that may change the zones by dynamic updates (RFC 2136)
    #[arg(long, value_name = "FILE")]
    pub dns_key: Option<PathBuf>,
    /// Ask nobody whether mail leaves on port 25, nor whose network this is
    #[arg(long)]
    pub no_probe: bool,
    /// End without the doctor's verdict
    #[arg(long)]
    pub no_doctor: bool,
    /// Also write the DNS records as JSON into a new file
    #[arg(long, value_name = "FILE")]
    pub records_file: Option<PathBuf>,
    /// The systemd unit
    #[arg(long, value_name = "FILE", default_value = "/etc/systemd/system/postamt.service")]
    pub unit: PathBuf,
    /// Write no systemd unit
    #[arg(long)]
    pub no_unit: bool,
}

/// `setup --other-mta`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Neighbour {
    /// On the ports that are free
    Beside,
    /// It keeps its ports and hands all mail to us
    Behind,
    /// We take over its ports once it is stopped
    Replace,
}
