//! systemd's `IPAddressDeny=` for the service that we are: it drops packets without a word
//! (systemd.resource-control(5)).
//!
//! [`rules`] finds our unit by its control group and reads the files of the unit and of its slices. Without systemd, or
//! where they cannot be read, there are none.

use std::path::{Path, PathBuf};

use super::LocalRule;

/// In the order of their weight (systemd.unit(5)).
const FOLDERS: [&str; 4] =
    ["etc/systemd/system", "run/systemd/system", "usr/lib/systemd/system", "lib/systemd/system"];

/// The settings of our unit, and of the slices it is in, that keep packets from leaving.
pub(super) fn rules(root: &Path) -> Vec<LocalRule> {
    let Ok(groups) = std::fs::read_to_string(root.join("proc/self/cgroup")) else { return Vec::new() };
    let path = groups.lines().filter_map(|line| line.rsplit_once(':')).map(|(_, path)| path);
    let units: Vec<&str> = path
        .flat_map(|path| path.split('/'))
        .filter(|unit| [".service", ".slice", ".scope"].iter().any(|kind| unit.ends_with(kind)))
        .collect();
    units.iter().flat_map(|unit| files(root, unit)).filter_map(|file| denied(root, &file)).collect()
}

/// The unit's file and its drop-ins.
fn files(root: &Path, unit: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        found.push(root.join(folder).join(unit));
        let Ok(entries) = std::fs::read_dir(root.join(folder).join(format!("{unit}.d"))) else { continue };
        let mut drop_ins: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        drop_ins.sort();
        found.extend(drop_ins.into_iter().filter(|path| path.extension().is_some_and(|it| it == "conf")));
    }
    found
}

fn denied(root: &Path, file: &Path) -> Option<LocalRule> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().map(str::trim).rfind(|line| line.starts_with("IPAddressDeny="))?;
    if line == "IPAddressDeny=" {
        return None;
    }
    let place = file.strip_prefix(root).unwrap_or(file).display();
    Some(LocalRule { text: format!("systemd: /{place}: {line}"), family: None })
}
