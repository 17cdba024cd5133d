//! The clock: signatures, certificates and dates in mail are judged by others by theirs.

use std::sync::Arc;
use std::time::Duration;

use super::context::Context;
use super::dns;
use super::finding::{Finding, Kind, Remedy, Severity};
use super::run::{Check, CheckFuture, Scope};

/// From here on signatures may look as if they came from the future.
const WRONG: u64 = 10_000;
/// From here on they do, and certificates fail.
const HOPELESS: u64 = 300_000;

static RIGHT: Kind = Kind::ok("clock.right");
static WRONG_BY: Kind = Kind::warning("clock.wrong", "RFC 6376 §3.5");
static NOT_ASKED: Kind = Kind::unknown("clock.not-asked");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "clock",
    scope: Scope::Host,
    not_after: &[&dns::SILENT],
    limit: Duration::from_secs(40),
    kinds: &[&RIGHT, &WRONG_BY, &NOT_ASKED],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let Some(source) = &context.time_source else { return Vec::new() };
    let offset = match source.offset().await {
        Ok(offset) => offset,
        Err(error) => return vec![Finding::new(&NOT_ASKED, &error.server).seen(error)],
    };
    let by = offset.milliseconds.unsigned_abs();
    if by < WRONG {
        return vec![Finding::new(&RIGHT, &offset.server)];
    }
    let severity = if by < HOPELESS { Severity::Warning } else { Severity::Error };
    let finding = Finding::new(&WRONG_BY, &offset.server).with_number("seconds", by / 1000);
    vec![
        finding
            .severity(severity)
            .seen(format!("{:+} ms", offset.milliseconds))
            .remedy(Remedy::command("timedatectl set-ntp true")),
    ]
}
