//! Keys, passwords and accounts: files that nobody but the server's user, and perhaps its group, may read; that belong to
//! it or to root, as all folders around them do, in which nobody else may write; and passwords that are worth the name.

use std::sync::Arc;
use std::time::Duration;

use super::context::Context;
use super::finding::{Finding, Kind, Remedy};
use super::machine::{SecretFile, SecretFolder};
use super::run::{Check, CheckFuture, Scope};

/// Others may do nothing, the group may read: what the configuration demands of password files as well.
const FORBIDDEN: u32 = 0o027;

/// Others may not write: whoever may can put another file in the place of ours.
const FOLDER_FORBIDDEN: u32 = 0o022;
/// Where everybody may write, and only to what is their own: `/tmp` (stat(2)).
const STICKY: u32 = 0o1000;

/// What sshd demands of the folders around keys.
const STRICT_MODES: &str = "https://man.openbsd.org/sshd_config#StrictModes";

static CLOSED: Kind = Kind::ok("secrets.closed");
static OPEN: Kind = Kind::error("secrets.open", "RFC 6376 §8.9");
static FOREIGN: Kind = Kind::error("secrets.foreign", "RFC 6376 §8.9");
static FOLDER_OPEN: Kind = Kind::error("secrets.folder-open", STRICT_MODES);
static FOLDER_FOREIGN: Kind = Kind::error("secrets.folder-foreign", STRICT_MODES);
static WEAK: Kind = Kind::warning("secrets.weak", "RFC 4086 §8.2");

/// RFC 4086 §8.2.1: 29 bits withstand somebody who has to ask; a password that can be stolen needs more.
const ENOUGH_BITS: u32 = 40;

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "secrets",
    scope: Scope::Host,
    not_after: &[],
    limit: Duration::from_secs(10),
    kinds: &[&CLOSED, &OPEN, &FOREIGN, &FOLDER_OPEN, &FOLDER_FOREIGN, &WEAK],
    run: |context| -> CheckFuture { Box::pin(std::future::ready(check(&context))) },
};

fn check(context: &Arc<Context>) -> Vec<Finding> {
    let files = &context.machine.secrets;
    let user = context.machine.server_user;
    let mut found: Vec<Finding> = files.iter().flat_map(|file| judge(file, user)).collect();
    found.extend(context.machine.secret_folders.iter().flat_map(|folder| judge_folder(context, folder)));
    if found.is_empty() && !files.is_empty() {
        return vec![Finding::new(&CLOSED, files.len())];
    }
    found
}

fn judge(file: &SecretFile, server_user: Option<u32>) -> Vec<Finding> {
    let path = file.path.display().to_string();
    let mut found = Vec::new();
    if file.mode & FORBIDDEN != 0 {
        let finding = Finding::new(&OPEN, &path)
            .with("mode", format!("{:04o}", file.mode))
            .seen(format!("{:04o} {path}", file.mode))
            .remedy(Remedy::command(format!("chmod 0600 '{path}'")));
        found.push(finding);
    }
    // Root writes configuration; all else is the server's own.
    if let Some(user) = server_user.filter(|user| file.owner != 0 && file.owner != *user) {
        let finding = Finding::new(&FOREIGN, &path)
            .with("owner", file.owner)
            .seen(format!("uid {} {path}", file.owner))
            .remedy(Remedy::command(format!("chown {user} '{path}'")));
        found.push(finding);
    }
    if file.bits.is_some_and(|bits| bits < ENOUGH_BITS) {
        found.push(Finding::new(&WEAK, &path));
    }
    found
}

fn judge_folder(context: &Context, folder: &SecretFolder) -> Vec<Finding> {
    let path = folder.path.display().to_string();
    let mut found = Vec::new();
    // The group that has its owner's number is the owner's alone (adduser.conf(5), USERGROUPS).
    let own_group = if folder.group == folder.owner { 0o020 } else { 0 };
    if folder.mode & FOLDER_FORBIDDEN & !own_group != 0 && folder.mode & STICKY == 0 {
        let finding = Finding::new(&FOLDER_OPEN, &path)
            .with("mode", format!("{:04o}", folder.mode))
            .seen(format!("{:04o} {path}", folder.mode))
            .remedy(Remedy::command(format!("chmod go-w '{path}'")));
        found.push(finding);
    }
    let server_user = context.machine.server_user;
    if let Some(user) = server_user.filter(|user| folder.owner != 0 && folder.owner != *user) {
        let finding = Finding::new(&FOLDER_FOREIGN, &path)
            .with("owner", folder.owner)
            .seen(format!("uid {} {path}", folder.owner));
        // What lies elsewhere may be somebody's home.
        let is_ours = context.host().is_some_and(|host| folder.path.starts_with(&host.state_directory));
        let give = || Remedy::command(format!("chown {user} '{path}'"));
        found.push(if is_ours { finding.remedy(give()) } else { finding });
    }
    found
}
