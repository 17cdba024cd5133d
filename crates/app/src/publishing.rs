//! Who changes our zones, as the configuration has it: nobody, or dynamic updates with a key.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use postamt_net::dns::authority::Authority;
use postamt_net::dns::publish::Publisher;
use postamt_net::dns::update::{DynamicUpdate, UpdateKey};

use crate::config::Config;
use crate::terminal::{Stop, Terminal};

/// The publisher, if there is one. Reads the key: blocks.
///
/// # Errors
/// A key that cannot be read, is open to others, or is none.
pub fn publisher(
    config: &Config,
    authority: &Authority,
    terminal: Terminal,
) -> Result<Option<Arc<dyn Publisher>>, Stop> {
    let Some(file) = &config.dns.update_key else { return Ok(None) };
    let key = read(file, terminal)?;
    let update = DynamicUpdate { server: config.dns.update_server, key, authority: authority.clone() };
    Ok(Some(Arc::new(update)))
}

fn read(file: &Path, terminal: Terminal) -> Result<UpdateKey, Stop> {
    let path = || ("path", file.display().to_string().into());
    let unreadable = |error: String| terminal.stop("dns-key-unreadable", &[path(), ("error", error.into())]);
    let mode = std::fs::metadata(file).map_err(|error| unreadable(error.to_string()))?.permissions().mode();
    if mode & 0o027 != 0 {
        return Err(
            terminal.stop("dns-key-open", &[path(), ("mode", format!("{:04o}", mode & 0o777).into())])
        );
    }
    let text = std::fs::read_to_string(file).map(zeroize::Zeroizing::new);
    let text = text.map_err(|error| unreadable(error.to_string()))?;
    UpdateKey::parse(&text).map_err(|error| unreadable(error.to_string()))
}
