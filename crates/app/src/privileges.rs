//! Who this process is: root only where it must be, and never for longer than the start.
//!
//! On Linux an identity belongs to a thread, so all of this happens in `main` before any other thread exists.
//! Under systemd none of it is needed: the unit sets the user and gives the right to bind low ports.

use std::fs::File;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::Errno;
use rustix::process::{Gid, Uid, geteuid};
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, clear_ambient_capability_set,
    configure_capability_in_ambient_set, remove_capability_from_bounding_set, set_capabilities,
    set_keep_capabilities, set_no_new_privs, set_thread_groups, set_thread_res_gid, set_thread_res_uid,
};

use crate::config::Config;
use crate::terminal::{Stop, Terminal};
use crate::users;

/// What a server that stays root keeps: files of others (Maildirs), and low ports.
const AS_ROOT: CapabilitySet = CapabilitySet::CHOWN
    .union(CapabilitySet::DAC_OVERRIDE)
    .union(CapabilitySet::DAC_READ_SEARCH)
    .union(CapabilitySet::FOWNER)
    .union(CapabilitySet::FSETID)
    .union(CapabilitySet::NET_BIND_SERVICE);

/// The server's user for good: everything of root is given up but the right to bind ports below 1024, and no program
/// gives any of it back. A server that stays root keeps the rights to files besides.
///
/// # Errors
/// The user is not known here, or the system refuses.
pub fn become_server(config: &Config, terminal: Terminal) -> Result<(), Stop> {
    if geteuid().is_root() {
        let wanted = match &config.server.user {
            Some(name) => {
                let (uid, gid) = ids(name, terminal)?;
                bound(CapabilitySet::NET_BIND_SERVICE);
                set_keep_capabilities(true).map_err(anyhow::Error::from)?;
                change(uid, gid)?;
                CapabilitySet::NET_BIND_SERVICE
            }
            None => {
                bound(AS_ROOT);
                AS_ROOT
            }
        };
        // A container may have kept some of them from us.
        let kept = capabilities(None).map_err(anyhow::Error::from)?.permitted & wanted;
        let sets = CapabilitySets { effective: kept, permitted: kept, inheritable: CapabilitySet::empty() };
        set_capabilities(None, sets).map_err(anyhow::Error::from)?;
    }
    // Those that the unit has given stay; a program that is run would not get them.
    let _ = clear_ambient_capability_set();
    set_no_new_privs(true).map_err(anyhow::Error::from)?;
    Ok(())
}

/// The firewall's helper: the server's user with the right to change nftables and no other, which `nft` gets, too.
///
/// # Errors
/// The user is not known here, or the system refuses: this process never had the right.
pub fn become_firewall(user: Option<&str>, terminal: Terminal) -> Result<(), Stop> {
    let kept = CapabilitySet::NET_ADMIN;
    if geteuid().is_root() {
        for capability in CapabilitySet::all().iter().filter(|capability| *capability != kept) {
            match remove_capability_from_bounding_set(capability) {
                // A kernel that does not know it cannot give it.
                Ok(()) | Err(Errno::INVAL) => {}
                Err(error) => return Err(anyhow::Error::from(error).into()),
            }
        }
        if let Some(user) = user {
            let (uid, gid) = ids(user, terminal)?;
            set_keep_capabilities(true).map_err(anyhow::Error::from)?;
            change(uid, gid)?;
        }
    }
    let sets = CapabilitySets { effective: kept, permitted: kept, inheritable: kept };
    set_capabilities(None, sets).map_err(anyhow::Error::from)?;
    configure_capability_in_ambient_set(kept, true).map_err(anyhow::Error::from)?;
    set_no_new_privs(true).map_err(anyhow::Error::from)?;
    Ok(())
}

/// The right to change nftables was for the helper; where the service manager has given it, this process gives it up.
///
/// # Errors
/// The system refuses.
pub fn give_up_firewall() -> Result<(), Stop> {
    if geteuid().is_root() {
        return Ok(());
    }
    let mut sets = capabilities(None).map_err(anyhow::Error::from)?;
    for set in [&mut sets.effective, &mut sets.permitted, &mut sets.inheritable] {
        set.remove(CapabilitySet::NET_ADMIN);
    }
    set_capabilities(None, sets).map_err(anyhow::Error::from)?;
    Ok(())
}

/// Nothing but these can ever be had again. Where it is not permitted, `no_new_privs` sees to it.
fn bound(kept: CapabilitySet) {
    for capability in (CapabilitySet::all() - kept).iter() {
        let _ = remove_capability_from_bounding_set(capability);
    }
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
/// What lies in a directory of the server's user may have been replaced by a link to anything: only a file or
/// directory of root's that has no second name is given away, by its descriptor.
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
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Err(Errno::LOOP) => return Ok(()),
        opened => opened.map_err(anyhow::Error::from)?,
    };
    let found = rustix::fs::fstat(&file).map_err(anyhow::Error::from)?;
    let kind = FileType::from_raw_mode(found.st_mode);
    let is_ours = found.st_uid == 0
        && (kind == FileType::Directory || (kind == FileType::RegularFile && found.st_nlink == 1));
    if is_ours {
        rustix::fs::fchown(&file, Some(uid), Some(gid)).map_err(anyhow::Error::from)?;
    }
    Ok(())
}

/// Opens a file for appending, or makes it with this mode. Root follows no link that another user could have set.
///
/// # Errors
/// Of the system; `ELOOP` for such a link.
pub fn open_to_append(path: &Path, mode: u32) -> std::io::Result<File> {
    let mut options = File::options();
    options.append(true).create(true).mode(mode);
    if !geteuid().is_root() {
        return options.open(path);
    }
    // A link of root's own is as good as the path itself, as `/dev/stdout` is one.
    if std::fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink() && found.uid() == 0) {
        return options.open(path);
    }
    options.custom_flags(OFlags::NOFOLLOW.bits().cast_signed()).open(path)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_follows_no_link_of_another_user() {
        let directory = tempfile::tempdir().expect("a directory");
        let (target, link, plain) =
            (directory.path().join("target"), directory.path().join("link"), directory.path().join("log"));
        std::fs::write(&target, "").expect("written");
        std::os::unix::fs::symlink(&target, &link).expect("linked");
        open_to_append(&plain, 0o640).expect("made");
        open_to_append(&plain, 0o640).expect("opened again");
        // Our own link is as good as the path itself, whoever we are.
        open_to_append(&link, 0o640).expect("followed");
        if geteuid().is_root() {
            std::os::unix::fs::lchown(&link, Some(1), Some(1)).expect("given away");
            let refused = open_to_append(&link, 0o640).expect_err("not followed");
            assert_eq!(Errno::from_io_error(&refused), Some(Errno::LOOP));
        }
    }
}
