//! The project's own chores: `cargo xtask tidy|check|test|fuzz|bench`.
//!
//! ```text
//! tidy    the rules of the house that no compiler knows (layers, names, sizes, citations, words)
//! check   fmt, clippy with warnings as errors, deny, tidy
//! test    installs what the tests need (as root on Debian) or says what to install, then runs all tests
//! fuzz    runs the fuzz targets of the parsers and of both sides of a session
//! bench   runs the mail benchmark harness with Postamt in it, or the load behind a provider that blocks port 25
//! ```
//!
//! Ends with 0 when all is well, 1 with the findings on standard error otherwise.

mod bench;
mod check;
mod command;
mod fuzz;
mod peers;
mod test;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask <command>

  tidy             check the rules of the house
  check            fmt, clippy, deny, tidy
  check NAME       only one of them
  test [ARG …]     prepare this machine and run all tests; ARG … goes to cargo test
  peers            only prepare what the tests with third-party software need
  fuzz [TARGET …] [--seconds N]
                   run the fuzz targets, each for N seconds (default: 600)
  bench HARNESS [ARG …]
                   run the mail benchmark harness in the directory HARNESS with Postamt in it;
                   ARG … goes to its bench.py (default: --cases A,B,C,D)
  bench blocked [CASE …]
                   2,000 messages while the provider blocks port 25, in every mode, and Postfix beside it,
                   with the ratios of each case that both went through;
                   a CASE is `postamt|postfix drop|reset|prohibited|proxy MESSAGES PER_SECOND BLOCK_AT OPEN_AT`";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = workspace();
    let rest = arguments.get(1..).unwrap_or_default();
    let result = match arguments.first().map(String::as_str) {
        Some("tidy") => tidy::run(&root),
        Some("check") => check::run(&root, rest.first().map(String::as_str)),
        Some("test") => test::run(&root, rest),
        Some("peers") => peers::prepare(&root),
        Some("fuzz") => fuzz::run(&root, rest),
        Some("bench") => bench::run(&root, rest),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The workspace's folder: this package lies directly in it.
fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_path_buf()
}
