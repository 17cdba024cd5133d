//! `cargo xtask check`: everything that can be judged without running the product.
//!
//! Each part can be asked for by its name (`cargo xtask check clippy`). `deny` needs the program cargo-deny;
//! advisories are left out of it, since their database is not part of this repository.

use std::path::Path;

use anyhow::{Result, bail};

use crate::command::{self, command, is_installed};
use crate::tidy;

type Part = fn(&Path) -> Result<()>;

const PARTS: [(&str, Part); 4] = [("fmt", format), ("clippy", clippy), ("deny", deny), ("tidy", tidy::run)];

/// Runs all parts, or the one that is named, and says at the end which ones failed.
pub fn run(root: &Path, only: Option<&str>) -> Result<()> {
    let chosen: Vec<_> = PARTS.iter().filter(|(name, _)| only.is_none_or(|only| only == *name)).collect();
    if chosen.is_empty() {
        bail!("there is no check of this name; there are fmt, clippy, deny and tidy");
    }
    let mut failed = Vec::new();
    for (name, part) in chosen {
        if let Err(error) = part(root) {
            eprintln!("{name}: {error:#}");
            failed.push(*name);
        }
    }
    if failed.is_empty() { Ok(()) } else { bail!("failed: {}", failed.join(", ")) }
}

fn format(root: &Path) -> Result<()> {
    command::run(command(root, &["cargo", "fmt", "--all", "--check"]))?;
    command::run(command(&root.join("fuzz"), &["cargo", "fmt", "--check"]))
}

fn clippy(root: &Path) -> Result<()> {
    let clippy = |targets: &[&str]| {
        let mut words = vec!["cargo", "clippy", "--workspace", "--locked"];
        words.extend(targets);
        words.extend(["--", "-D", "warnings"]);
        command::run(command(root, &words))
    };
    clippy(&["--all-targets"])?;
    // A target that is no test of its own is not among them.
    clippy(&["--test", "beside_checkdmarc"])
}

fn deny(root: &Path) -> Result<()> {
    if !is_installed("cargo-deny") {
        bail!("cargo-deny is not installed: cargo install --locked cargo-deny");
    }
    command::run(command(root, &["cargo", "deny", "--locked", "check", "bans", "licenses", "sources"]))
}
