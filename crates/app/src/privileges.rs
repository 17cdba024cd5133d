//! Who this process is: root only where it must be, and never for longer than the start.
//!
//! On Linux an identity belongs to a thread, so all of this happens in `main` before any other thread exists.
//! Under systemd none of it is needed: the unit sets the user and gives the right to bind low ports.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::process::{Gid, Uid, geteuid};
use rustix::thread::{
    CapabilitySet, CapabilitySets, set_capabilities, set_keep_capabilities, set_no_new_privs,
    set_thread_groups, set_thread_res_gid, set_thread_res_uid,
};

use crate::config::Config;
use crate::terminal::{Stop, Terminal};
use crate::users;

/// The server's user for good: everything of root is given up but the right to bind ports below 1024.
///
/// # Errors
/// The user is not known here, or the system refuses.
pub fn become_server(config: &Config, terminal: Terminal) -> Result<(), Stop> {
    let Some(name) = &config.server.user else { return Ok(()) };
    if !geteuid().is_root() {
        return Ok(());
    }
    let (uid, gid) = ids(name, terminal)?;
    set_keep_capabilities(true).map_err(anyhow::Error::from)?;
    change(uid, gid)?;
    let kept = CapabilitySet::NET_BIND_SERVICE;
    let sets = CapabilitySets { effective: kept, permitted: kept, inheritable: CapabilitySet::empty() };
    set_capabilities(None, sets).map_err(anyhow::Error::from)?;
    set_no_new_privs(true).map_err(anyhow::Error::from)?;
    Ok(())
}

/// For commands that write into the state directory: root becomes its owner, so that the server can read what
/// they make. The directory is made when it is missing.
///
/// # Errors
/// The user is not known here, or the system refuses.
pub fn act_for(config: &Config, terminal: Terminal) -> Result<(), Stop> {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let directory = &config.server.state_directory;
    crate::serve::directories::make(config, terminal)?;
    if !geteuid().is_root() {
        return Ok(());
    }
    let owner = std::fs::metadata(directory).map_err(anyhow::Error::from)?;
    if owner.uid() != 0 {
        change(Uid::from_raw(owner.uid()), Gid::from_raw(owner.gid()))?;
    }
    Ok(())
}

/// Gives what root has made to the server's user: the one that the configuration names, or else the owner of the
/// state directory.
///
/// # Errors
/// The user is not known here, or the system refuses.
pub fn give(path: &Path, config: &Config, terminal: Terminal) -> Result<(), Stop> {
    if !geteuid().is_root() {
        return Ok(());
    }
    let (uid, gid) = match &config.server.user {
        Some(name) => ids(name, terminal)?,
        None => match std::fs::metadata(&config.server.state_directory) {
            Ok(owner) => (Uid::from_raw(owner.uid()), Gid::from_raw(owner.gid())),
            Err(_) => return Ok(()),
        },
    };
    std::os::unix::fs::chown(path, Some(uid.as_raw()), Some(gid.as_raw())).map_err(anyhow::Error::from)?;
    Ok(())
}

fn ids(name: &str, terminal: Terminal) -> Result<(Uid, Gid), Stop> {
    users::by_name(name)
        .map(|user| user.ids())
        .ok_or_else(|| terminal.stop("serve-unknown-user", &[("user", name.into())]))
}

fn change(uid: Uid, gid: Gid) -> Result<(), Stop> {
    set_thread_groups(&[gid]).map_err(anyhow::Error::from)?;
    set_thread_res_gid(gid, gid, gid).map_err(anyhow::Error::from)?;
    set_thread_res_uid(uid, uid, uid).map_err(anyhow::Error::from)?;
    Ok(())
}
