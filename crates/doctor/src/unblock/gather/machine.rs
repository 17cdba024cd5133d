//! What the machine shows of its provider: strings of the firmware, cloud-init's word, files, names of variables.

use std::path::Path;

use super::super::base::Base;
use super::super::clues::{DmiField, MachineClues};

/// Of a file at the most.
const LENGTH: usize = 256;

/// Reads. `root` is `/`, or a folder that stands for it; `environment` are names of variables. Blocks: call it on a
/// thread that may.
#[must_use]
pub fn machine(root: &Path, base: &Base, environment: &[String]) -> MachineClues {
    let line = |path: &str| {
        let text = std::fs::read_to_string(root.join(path)).ok()?;
        let line: String = text.lines().next()?.trim().chars().take(LENGTH).collect();
        (!line.is_empty()).then_some(line)
    };
    let dmi = DmiField::ALL
        .into_iter()
        .filter_map(|field| Some((field, line(&format!("sys/class/dmi/id/{}", field.file()))?)));
    let known = |pick: fn(&super::super::base::ClueBook) -> &Vec<String>| {
        base.providers.iter().flat_map(move |provider| pick(&provider.clues)).cloned()
    };
    let mut files: Vec<String> = known(|book| &book.files).filter(|file| root.join(file).exists()).collect();
    let mut variables: Vec<String> =
        known(|book| &book.environment).filter(|name| environment.contains(name)).collect();
    for list in [&mut files, &mut variables] {
        list.sort_unstable();
        list.dedup();
    }
    MachineClues {
        dmi: dmi.collect(),
        cloud_init: line("run/cloud-init/cloud-id"),
        files,
        environment: variables,
    }
}
