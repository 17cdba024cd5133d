//! Keys, passwords and accounts: files that nobody but the server's user, and perhaps its group, may read.

use std::sync::Arc;
use std::time::Duration;

use super::context::Context;
use super::finding::{Finding, Kind, Remedy};
use super::run::{Check, CheckFuture, Scope};

/// Others may do nothing, the group may read: what the configuration demands of password files as well.
const FORBIDDEN: u32 = 0o027;

static CLOSED: Kind = Kind::ok("secrets.closed");
static OPEN: Kind = Kind::error("secrets.open", "RFC 6376 §8.9");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "secrets",
    scope: Scope::Host,
    not_after: &[],
    limit: Duration::from_secs(10),
    kinds: &[&CLOSED, &OPEN],
    run: |context| -> CheckFuture { Box::pin(std::future::ready(check(&context))) },
};

fn check(context: &Arc<Context>) -> Vec<Finding> {
    let files = &context.machine.secrets;
    let open = files.iter().filter(|file| file.mode & FORBIDDEN != 0);
    let found: Vec<Finding> = open
        .map(|file| {
            let path = file.path.display().to_string();
            Finding::new(&OPEN, &path)
                .with("mode", format!("{:04o}", file.mode))
                .seen(format!("{:04o} {path}", file.mode))
                .remedy(Remedy::command(format!("chmod 0600 '{path}'")))
        })
        .collect();
    if found.is_empty() && !files.is_empty() {
        return vec![Finding::new(&CLOSED, files.len())];
    }
    found
}
