//! What the server's process gives up for good, before it has a thread or has heard a stranger: whoever takes it over by
//! a fault in it gets little.
//!
//! ```text
//! the server's user, its rights (privileges) ─▶ no core dumps ─▶ Landlock: where it may write ─▶ seccomp: what it never asks for
//! ```
//!
//! All of it belongs to the thread and is inherited by those that it starts: [`apply`] is called in `main` while there
//! is one. What the kernel does not have is left out and told, see [`Protections`]; nothing here fails.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, AccessFs, CompatLevel, Compatible, LandlockStatus, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetError, RulesetStatus, path_beneath_rules,
};
pub use postamt_doctor::checks::machine::Protections;
use postamt_mail::words::Value;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use rustix::thread::{CapabilitySet, capabilities, no_new_privs};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

use crate::config::Config;
use crate::terminal::Terminal;

/// What a mail server never asks a kernel for, and who takes it over would.
const NEVER: [libc::c_long; 48] = [
    // Other programs.
    libc::SYS_execve,
    libc::SYS_execveat,
    // Other processes.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kcmp,
    libc::SYS_pidfd_getfd,
    // The kernel's insides, and its largest doors.
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_syslog,
    // Namespaces and mounts.
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_open_by_handle_at,
    // The host.
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_vhangup,
    libc::SYS_personality,
];

/// The rights of files that are handled: those to change them, and to run them.
const KNOWN: ABI = ABI::V5;

/// Applies what the kernel has. Once, with one thread.
#[must_use]
pub fn apply(config: &Config) -> Protections {
    // A change of user has reset the second; both are needed, since a pattern may pipe dumps to a program.
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let no_core_dumps = setrlimit(Resource::Core, none).is_ok()
        && set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok();
    let places = places(config);
    let landlock = restrict_files(&places).ok().flatten();
    let refused_calls = if refuse_calls().is_some() { NEVER.len() } else { 0 };
    let rights = capabilities(None).map_or(CapabilitySet::all(), |sets| sets.permitted);
    Protections {
        capabilities: rights.iter_names().map(|(name, _)| format!("CAP_{name}")).collect(),
        no_new_privileges: no_new_privs().unwrap_or(false),
        no_core_dumps,
        landlock,
        places,
        refused_calls,
    }
}

/// Where the server writes by this configuration: each place, or where it is missing, the folder in which it is made.
#[must_use]
pub fn places(config: &Config) -> Vec<PathBuf> {
    let server = &config.server;
    let mut wanted =
        vec![server.state_directory.clone(), server.runtime_directory.clone(), config.dkim_directory()];
    // A new file takes the place of one that logrotate has moved.
    let logs = [config.log.file.as_deref(), config.guard.fail2ban_log.as_deref()];
    wanted.extend(logs.into_iter().flatten().filter_map(Path::parent).map(Path::to_owned));
    let maildirs = config.local_domains.iter().filter_map(|local| local.maildir.as_deref());
    wanted.extend(maildirs.chain(config.postmaster.maildir.as_deref()).map(fixed_part));
    // SQLite sorts in files of its own.
    wanted.extend([std::env::temp_dir(), PathBuf::from("/var/tmp"), PathBuf::from("/dev/null")]);
    let mut places: Vec<PathBuf> = Vec::new();
    for place in wanted {
        let there = place.ancestors().find(|place| place.exists()).map(Path::to_owned);
        places.extend(there.filter(|there| there != Path::new("/dev") && !places.contains(there)));
    }
    places
}

/// The folders before the first that differs by recipient.
fn fixed_part(maildir: &Path) -> PathBuf {
    maildir.iter().take_while(|part| !part.to_string_lossy().contains('{')).collect()
}

/// Nothing is written but there, and nothing is run; the version of Landlock that sees to it. Reading stays as the
/// modes of files have it: certificates, trust anchors and the configuration may lie anywhere.
fn restrict_files(places: &[PathBuf]) -> Result<Option<String>, RulesetError> {
    let write = AccessFs::from_write(KNOWN);
    let status = Ruleset::default()
        // The first version cannot let a message move from tmp to new in a Maildir: rather none than that.
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::Refer)?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(write | AccessFs::Execute)?
        .create()?
        .add_rules(path_beneath_rules(places, write))?
        .restrict_self()?;
    let LandlockStatus::Available { effective_abi, .. } = status.landlock else { return Ok(None) };
    let holds = status.ruleset != RulesetStatus::NotEnforced;
    Ok(holds.then(|| format!("{effective_abi:?}").trim_start_matches('V').to_owned()))
}

/// Refuses [`NEVER`] with EPERM, and answers clone3, whose flags no filter can see, as a kernel that does not have it:
/// libraries then take clone, which is refused new user namespaces.
fn refuse_calls() -> Option<()> {
    use seccompiler::{SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompRule};
    let namespace = libc::CLONE_NEWUSER.cast_unsigned().into();
    let condition =
        SeccompCondition::new(0, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(namespace), namespace);
    let mut never: BTreeMap<i64, Vec<SeccompRule>> =
        NEVER.into_iter().map(|call| (call, Vec::new())).collect();
    never.insert(libc::SYS_clone, vec![SeccompRule::new(vec![condition.ok()?]).ok()?]);
    install(BTreeMap::from([(libc::SYS_clone3, Vec::new())]), libc::ENOSYS)?;
    install(never, libc::EPERM)
}

fn install(calls: BTreeMap<i64, Vec<seccompiler::SeccompRule>>, error: i32) -> Option<()> {
    let refused = SeccompAction::Errno(error.cast_unsigned());
    let here = std::env::consts::ARCH.try_into().ok()?;
    let filter = SeccompFilter::new(calls, SeccompAction::Allow, refused, here).ok()?;
    let program: BpfProgram = filter.try_into().ok()?;
    seccompiler::apply_filter(&program).ok()
}

/// Says on stderr what holds, and what does not.
pub fn announce(held: &Protections, terminal: Terminal) {
    let (mut holds, mut lacks) = (Vec::new(), Vec::new());
    let mut add = |does_hold: bool, id: &str, values: &[(&str, Value<'_>)]| {
        if does_hold { &mut holds } else { &mut lacks }.push(terminal.sentence(id, values));
    };
    match held.capabilities.is_empty() {
        true => add(true, "serve-protection-no-rights", &[]),
        false => {
            let names = held.capabilities.join(", ");
            add(true, "serve-protection-few-rights", &[("rights", names.into())]);
        }
    }
    add(held.no_new_privileges, "serve-protection-privileges", &[]);
    add(held.no_core_dumps, "serve-protection-dumps", &[]);
    let places: Vec<String> = held.places.iter().map(|place| place.display().to_string()).collect();
    let version = held.landlock.clone().unwrap_or_else(|| "–".to_owned());
    let values = [("places", places.join(", ").into()), ("version", version.into())];
    add(held.landlock.is_some(), "serve-protection-files", &values);
    let count = NEVER.len();
    add(held.refused_calls > 0, "serve-protection-calls", &[("count", count.into())]);
    terminal.note("serve-protected", &[("holds", holds.join("; ").into())]);
    if !lacks.is_empty() {
        terminal.note("serve-not-protected", &[("lacks", lacks.join("; ").into())]);
    }
}

/// Writes down for `postamt doctor` what holds. Where it cannot, the doctor says nothing about it.
pub fn write_down(held: &Protections, config: &Config) {
    let text = serde_json::to_vec(held).unwrap_or_default();
    let _ = std::fs::write(file(config), text);
}

/// What the server of this configuration has written down.
#[must_use]
pub fn written_down(config: &Config) -> Option<Protections> {
    serde_json::from_slice(&std::fs::read(file(config)).ok()?).ok()
}

fn file(config: &Config) -> PathBuf {
    config.server.runtime_directory.join("protections.json")
}

/// Places of a new configuration that this process may not write to until it starts again.
#[must_use]
pub fn shut_places(held: &Protections, config: &Config) -> Vec<PathBuf> {
    if held.landlock.is_none() {
        return Vec::new();
    }
    let is_open = |place: &PathBuf| held.places.iter().any(|open| place.starts_with(open));
    places(config).into_iter().filter(|place| !is_open(place)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_maildir_is_open_up_to_what_differs() {
        for (maildir, place) in [
            ("/var/mail/{domain}/{local}", "/var/mail"),
            ("/home/{local}/Maildir", "/home"),
            ("/srv/mail/all", "/srv/mail/all"),
            ("/srv/x-{domain}", "/srv"),
        ] {
            assert_eq!(fixed_part(Path::new(maildir)), Path::new(place), "{maildir}");
        }
    }
}
