//! What a check of a password may cost on this host: as much memory as is there for it, since memory is what guessers
//! with graphics cards have least of, and no more than the processors fill in a twentieth of a second.
//!
//! Derived, not configured; a host that grows gets costlier hashes at the next login of each account.

use std::path::{Path, PathBuf};

use super::PasswordCost;

/// All checks that run at a time take this part of the memory at the most.
const SHARE: u64 = 16;
/// Never less (OWASP: 12 MiB with 3 passes) …
const LEAST_MIB: u64 = 12;
/// … nor more (RFC 9106 §4, the second recommendation).
const MOST_MIB: u64 = 64;
/// Below this one pass more makes up for it (OWASP: 19 MiB with 2 passes).
const USUAL_MIB: u64 = 19;
/// For each processor: while the checks wait for each other, so do the clients.
const MIB_PER_CORE: u64 = 16;

/// What the host has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host {
    /// Octets of memory that this process may use.
    pub memory: u64,
    /// Processors.
    pub cores: usize,
}

impl Host {
    /// This one, with the limit of its control group (a container, or `MemoryMax=`). Blocks shortly.
    #[must_use]
    pub fn this() -> Self {
        let system = rustix::system::sysinfo();
        let total = (system.totalram as u64).saturating_mul(u64::from(system.mem_unit).max(1));
        let group = group_limit(Path::new("/proc/self/cgroup"), Path::new("/sys/fs/cgroup"));
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        Self { memory: group.unwrap_or(u64::MAX).min(total), cores }
    }

    /// Checks at a time: one for each processor.
    #[must_use]
    pub fn checks(self) -> usize {
        self.cores.max(1)
    }

    /// The cost of one check.
    #[must_use]
    pub fn cost(self) -> PasswordCost {
        let checks = self.checks() as u64;
        let fair = (self.memory / SHARE / checks) >> 20;
        let mib = fair.min(MIB_PER_CORE * checks).clamp(LEAST_MIB, MOST_MIB);
        let passes = if mib < USUAL_MIB { 3 } else { 2 };
        PasswordCost { memory_kib: mib as u32 * 1024, passes, ..PasswordCost::default() }
    }
}

/// The least `memory.max` of the group of this process and of those around it (cgroup v2).
fn group_limit(own: &Path, root: &Path) -> Option<u64> {
    let text = std::fs::read_to_string(own).ok()?;
    let path = text.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let group: PathBuf = root.join(path);
    group
        .ancestors()
        .take_while(|ancestor| ancestor.starts_with(root))
        .filter_map(|ancestor| std::fs::read_to_string(ancestor.join("memory.max")).ok())
        .filter_map(|limit| limit.trim().parse().ok())
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_follows_memory_and_processors_within_bounds() {
        let gib = |number: u64| number << 30;
        for (memory, cores, mib, passes) in [
            (256 << 20, 1, 16, 3),
            (512 << 20, 1, 16, 3),
            (gib(1), 2, 32, 2),
            (512 << 20, 2, 16, 3),
            (64 << 20, 4, 12, 3),
            (gib(24), 2, 32, 2),
            (gib(8), 4, 64, 2),
            (gib(512), 64, 64, 2),
        ] {
            let cost = Host { memory, cores }.cost();
            assert_eq!(
                (cost.memory_kib / 1024, cost.passes),
                (mib, passes),
                "{memory} octets, {cores} cores"
            );
        }
    }

    #[test]
    fn the_smallest_limit_of_the_groups_counts() {
        let directory = tempfile::tempdir().expect("a directory");
        let (own, root) = (directory.path().join("cgroup"), directory.path().join("groups"));
        std::fs::create_dir_all(root.join("system.slice/mail.service")).expect("made");
        std::fs::write(&own, "1:name=systemd:/elsewhere\n0::/system.slice/mail.service\n").expect("written");
        assert_eq!(group_limit(&own, &root), None);
        std::fs::write(root.join("system.slice/memory.max"), "1073741824\n").expect("written");
        std::fs::write(root.join("system.slice/mail.service/memory.max"), "max\n").expect("written");
        assert_eq!(group_limit(&own, &root), Some(1 << 30));
        std::fs::write(root.join("system.slice/mail.service/memory.max"), "536870912\n").expect("written");
        assert_eq!(group_limit(&own, &root), Some(512 << 20));
        assert!(Host::this().memory > 0 && Host::this().cores > 0);
    }
}
