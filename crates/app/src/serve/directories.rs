//! The directories that a server needs, with their owners and modes.
//!
//! The state directory may be passed through by everybody (0711), because the drop directory lies in it: that one
//! takes files from everybody and shows them to nobody (1733). All else is the server's alone.

use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use rustix::fs::{Mode, OFlags};

use crate::config::Config;
use crate::privileges;
use crate::terminal::{Stop, Terminal};

/// Makes what is missing. Run by root, it gives the server's user what it has made.
///
/// # Errors
/// A directory cannot be made.
pub fn make(config: &Config, terminal: Terminal) -> Result<(), Stop> {
    let state = &config.server.state_directory;
    one(state, 0o711, config, terminal)?;
    one(&config.drop_directory(), 0o1733, config, terminal)?;
    one(&config.spool_directory(), 0o700, config, terminal)?;
    one(&config.dkim_directory(), 0o700, config, terminal)?;
    one(&state.join("tls"), 0o700, config, terminal)
}

/// The directory of the sockets.
///
/// # Errors
/// It cannot be made.
pub fn make_runtime(config: &Config, terminal: Terminal) -> Result<(), Stop> {
    one(&config.server.runtime_directory, 0o755, config, terminal)
}

fn one(path: &Path, mode: u32, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    let made = std::fs::DirBuilder::new().recursive(false).mode(mode).create(path);
    let failed = |error: std::io::Error| {
        let values = [("path", path.display().to_string().into()), ("error", error.to_string().into())];
        terminal.stop("serve-directory", &values)
    };
    match made {
        Ok(()) => {
            // The mode of creation is narrowed by the umask. By descriptor: where the server's user owns the directory
            // above, another thing may lie there by now.
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            rustix::fs::open(path, flags, Mode::empty())
                .and_then(|made| rustix::fs::fchmod(made, Mode::from_raw_mode(mode)))
                .map_err(|error| failed(error.into()))?;
            privileges::give(path, config, terminal)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let parent = path.parent().filter(|parent| !parent.exists());
            let Some(parent) = parent else { return Err(failed(error)) };
            one(parent, 0o755, config, terminal)?;
            one(path, mode, config, terminal)
        }
        Err(error) => Err(failed(error)),
    }
}
