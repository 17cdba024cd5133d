//! `postamt port25 request`: the letter that asks a provider to open port 25, for PTR records, or whoever lists or refuses an
//! address to let go. The letter goes to stdout; what it leaves out, what the user must fill in, and the case that keeps it go
//! to stderr. Where the store may not be written, the letter is printed all the same.

mod delisting;
mod kept;
mod port25;
mod ptr;
mod sender;

pub use sender::open_networks;

use crate::cli::{self, RequestAbout};
use crate::config::Config;
use crate::terminal::{Stop, Terminal};

/// Looks, and writes.
///
/// # Errors
/// There is no such provider or list, no name server to ask, or the list of targets cannot be used.
pub fn run(options: &cli::Request, config: Option<&Config>, terminal: Terminal) -> Result<(), Stop> {
    let is_named = options.list.is_some() || options.mailbox.is_some();
    match options.about {
        Some(RequestAbout::Delisting) => delisting::run(options, config, terminal),
        None if is_named => delisting::run(options, config, terminal),
        Some(_) if is_named => Err(terminal.stop("delist-does-not-fit", &[])),
        Some(RequestAbout::Ptr) => ptr::run(options, config, terminal),
        None | Some(RequestAbout::Port25) => port25::run(options, config, terminal),
    }
}
