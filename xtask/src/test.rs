//! `cargo xtask test`: prepares the machine, then runs all tests.
//!
//! As root on Debian or Ubuntu it installs what is missing. Otherwise it says what to install, runs what an
//! ordinary user can run, and names loudly what it did not run: the target `peers`, which starts third-party
//! mail servers in network namespaces of its own.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use anyhow::{Context, Result};

use crate::command::{command, run as run_command};
use crate::peers;

/// Test targets whose name begins so need root and the peers' file tree.
const ROOT_ONLY: &str = "peers";

/// Runs the tests; `arguments` are handed to cargo test.
pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let whole = is_root()? && peers::is_debian();
    if whole {
        peers::prepare(root)?;
    } else {
        say_what_is_missing();
    }
    let mut tests = command(root, &["cargo", "test", "--locked", "--no-fail-fast"]);
    if !names_package(arguments) {
        tests.arg("--workspace");
    }
    if !whole && !names_target(arguments) {
        tests.args(["--lib", "--bins"]);
        for target in unprivileged_targets(root)? {
            tests.args(["--test", &target]);
        }
    }
    tests.args(arguments);
    let result = run_command(tests);
    if !whole {
        say_what_is_missing();
    }
    result
}

/// True when the effective user is root.
pub fn is_root() -> Result<bool> {
    Ok(std::fs::metadata("/proc/self").context("cannot read /proc/self")?.uid() == 0)
}

fn say_what_is_missing() {
    eprintln!(
        "
NOT RUN: the tests against other mail software (target `{ROOT_ONLY}`). They need root on Debian or Ubuntu:
    sudo apt-get install {}
    sudo env PATH=\"$PATH\" cargo xtask test
The other mail programs go into a file tree of their own under target/peers; none is installed on this system.
",
        peers::HOST_PACKAGES.join(" ")
    );
}

fn names_package(arguments: &[String]) -> bool {
    arguments.iter().any(|it| it.starts_with("-p") || it.starts_with("--package") || it == "--workspace")
}

fn names_target(arguments: &[String]) -> bool {
    let names = ["--lib", "--bin", "--bins", "--test", "--tests", "--doc", "--all-targets"];
    arguments.iter().any(|it| names.contains(&it.as_str()))
}

/// The integration tests that need no root: `tests/NAME.rs` and `tests/NAME/main.rs` of every crate.
fn unprivileged_targets(root: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for package in std::fs::read_dir(root.join("crates"))? {
        let Ok(entries) = std::fs::read_dir(package?.path().join("tests")) else { continue };
        for entry in entries {
            let path = entry?.path();
            let is_target = path.extension().is_some_and(|it| it == "rs") || path.join("main.rs").is_file();
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if is_target && !name.starts_with(ROOT_ONLY) {
                names.push(name);
            }
        }
    }
    names.sort();
    names.dedup();
    Ok(names)
}
