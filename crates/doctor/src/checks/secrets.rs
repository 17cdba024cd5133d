//! Keys, passwords and accounts: files that nobody but the server's user, and perhaps its group, may read; that belong to
//! it or to root; and passwords that are worth the name.

use std::sync::Arc;
use std::time::Duration;

use super::context::Context;
use super::finding::{Finding, Kind, Remedy};
use super::machine::SecretFile;
use super::run::{Check, CheckFuture, Scope};

/// Others may do nothing, the group may read: what the configuration demands of password files as well.
const FORBIDDEN: u32 = 0o027;

static CLOSED: Kind = Kind::ok("secrets.closed");
static OPEN: Kind = Kind::error("secrets.open", "RFC 6376 §8.9");
static FOREIGN: Kind = Kind::error("secrets.foreign", "RFC 6376 §8.9");
static WEAK: Kind = Kind::warning("secrets.weak", "RFC 4086 §8.2");

/// RFC 4086 §8.2.1: 29 bits withstand somebody who has to ask; a password that can be stolen needs more.
const ENOUGH_BITS: u32 = 40;

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "secrets",
    scope: Scope::Host,
    not_after: &[],
    limit: Duration::from_secs(10),
    kinds: &[&CLOSED, &OPEN, &FOREIGN, &WEAK],
    run: |context| -> CheckFuture { Box::pin(std::future::ready(check(&context))) },
};

fn check(context: &Arc<Context>) -> Vec<Finding> {
    let files = &context.machine.secrets;
    let user = context.machine.server_user;
    let found: Vec<Finding> = files.iter().flat_map(|file| judge(file, user)).collect();
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
