//! `cargo xtask bench HARNESS` and `cargo xtask bench blocked`: the measurements of `docs/performance.md`.
//!
//! `blocked` is the load behind a provider that blocks port 25, in full (`crates/app/tests/peers_load`); where Postamt
//! and Postfix went through the same case, it prints the ratios. The harness is a folder with `bench.py`, `ns.sh` and
//! `systems/`; our adapter `bench/postamt.sh` is copied into its `systems`, the release binary is built, and
//! `bench.py postamt` runs in the harness's own namespace.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::command::{command, run as run_command};
use crate::peers;

/// Builds, copies the adapter, measures.
pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let Some((harness, arguments)) = arguments.split_first() else {
        bail!("name the folder of the harness: cargo xtask bench HARNESS [ARG …], or `blocked`");
    };
    if harness == "blocked" {
        return blocked(root, arguments);
    }
    let harness =
        Path::new(harness).canonicalize().with_context(|| format!("there is no folder {harness}"))?;
    if !harness.join("bench.py").is_file() {
        bail!("{} has no bench.py", harness.display());
    }
    run_command(command(root, &["cargo", "build", "--release", "--locked", "-p", "postamt-app"]))?;
    let adapter = harness.join("systems/postamt.sh");
    std::fs::copy(root.join("bench/postamt.sh"), &adapter)
        .with_context(|| format!("cannot write {}", adapter.display()))?;
    let mut measure = command(&harness, &["./ns.sh", "python3", "bench.py", "postamt"]);
    measure.env("POSTAMT", root.join("target/release/postamt"));
    if arguments.is_empty() {
        measure.args(["--cases", "A,B,C,D"]);
    }
    measure.args(arguments);
    run_command(measure)
}

/// Every case in full, or those that are named. A development build: 20 messages a second keep no machine busy.
fn blocked(root: &Path, arguments: &[String]) -> Result<()> {
    peers::prepare(root)?;
    let mut measure = command(root, &["cargo", "test", "--locked", "-p", "postamt-app"]);
    measure.args(["--test", "peers_load", "--", "--full"]).args(arguments);
    run_command(measure)
}
