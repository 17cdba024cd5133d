//! Room in the file system of the state directory: octets and files. When it is full, mail is refused for the time.

use std::sync::Arc;
use std::time::Duration;

use super::context::Context;
use super::finding::{Finding, Kind, Remedy, Severity};
use super::run::{Check, CheckFuture, Scope};

const LITTLE: u64 = 1 << 30;
const NOTHING: u64 = 100 << 20;

static ENOUGH: Kind = Kind::ok("room.enough");
static SHORT: Kind = Kind::warning("room.short", "RFC 5321 §4.5.3.1.10");
static FILES_SHORT: Kind = Kind::warning("room.files-short", "RFC 5321 §4.5.3.1.10");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "room",
    scope: Scope::Host,
    not_after: &[],
    limit: Duration::from_secs(10),
    kinds: &[&ENOUGH, &SHORT, &FILES_SHORT],
    run: |context| -> CheckFuture { Box::pin(std::future::ready(check(&context))) },
};

fn check(context: &Arc<Context>) -> Vec<Finding> {
    let (Some(host), Some(room)) = (context.host(), context.machine.room) else { return Vec::new() };
    let place = host.state_directory.display().to_string();
    let command = || Remedy::command(format!("du -xh --max-depth=2 {place} | sort -h | tail"));
    let mut found = Vec::new();
    if room.free < LITTLE.min(room.total / 10) {
        let severity = if room.free < NOTHING { Severity::Error } else { Severity::Warning };
        found.push(
            Finding::new(&SHORT, &place)
                .with_number("free", room.free >> 20)
                .severity(severity)
                .seen(format!("{} of {} MiB free", room.free >> 20, room.total >> 20))
                .remedy(command()),
        );
    }
    if let Some(free) = room.free_files.filter(|free| *free < room.total_files / 50) {
        found.push(
            Finding::new(&FILES_SHORT, &place)
                .with_number("free", free)
                .seen(format!("{free} of {} inodes free", room.total_files))
                .remedy(Remedy::command(format!("df -i {place}"))),
        );
    }
    if found.is_empty() { vec![Finding::new(&ENOUGH, place)] } else { found }
}
