//! A network of our own: no interface but `lo`, any address, every port, no way out.
//!
//! [`enter`] moves the whole process into a new network namespace and, unless it is root, a new user namespace
//! that allows that (user_namespaces(7)). It must be called before any thread is started, since a namespace
//! belongs to a thread; it refuses otherwise. There is no way back but the end of the process.
//!
//! Where the kernel or its policy forbids it, [`NamespaceError::Forbidden`] says at which step; the caller
//! explains and names the way with `sudo`.

pub(crate) mod netlink;

use std::fs;
use std::io;
use std::net::IpAddr;

use rustix::io::Errno;
use rustix::process::{getegid, geteuid};
use rustix::thread::UnshareFlags;

/// What was being done when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Counting our threads.
    Threads,
    /// Making the namespaces.
    Unshare,
    /// Becoming root inside.
    IdentityMap,
    /// Switching `lo` on.
    Loopback,
    /// Giving `lo` an address.
    Address,
}

/// Why there is no namespace.
#[derive(Debug, thiserror::Error)]
pub enum NamespaceError {
    /// Another thread already runs: a mistake of the caller.
    #[error("the namespace must be entered before any thread is started ({count} are running)")]
    Threads {
        /// How many there are.
        count: usize,
    },
    /// The kernel or a security policy (AppArmor, seccomp, a sysctl) does not allow it to this user.
    #[error("this system does not allow a user namespace of our own ({step:?})")]
    Forbidden {
        /// Where it said so.
        step: Step,
        /// What it said.
        #[source]
        source: io::Error,
    },
    /// Something else went wrong.
    #[error("the namespace cannot be set up ({step:?})")]
    Failed {
        /// Where.
        step: Step,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// The namespace that the process is now in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    /// True when a user namespace was needed; false when we were root already.
    pub own_user: bool,
    /// The addresses that `lo` has got, beside 127.0.0.1. IPv6 ones are missing where the kernel has none.
    pub addresses: Vec<IpAddr>,
}

/// Enters a new network namespace in which `lo` is up and has `addresses`.
///
/// # Errors
/// [`NamespaceError`]. After a failure past [`Step::Unshare`] the process is in a namespace without network and
/// should end.
pub fn enter(addresses: &[IpAddr]) -> Result<Namespace, NamespaceError> {
    let count = thread_count().map_err(|source| NamespaceError::Failed { step: Step::Threads, source })?;
    if count != 1 {
        return Err(NamespaceError::Threads { count });
    }
    let own_user = unshare_network()?;
    let mut netlink = netlink::Netlink::open().map_err(|error| failure(Step::Loopback, error))?;
    let routes = netlink::RouteWatch::open().map_err(|error| failure(Step::Loopback, error))?;
    let loopback = netlink.loopback_up().map_err(|error| failure(Step::Loopback, error))?;
    let mut given = Vec::with_capacity(addresses.len());
    for address in addresses {
        match netlink.add_address(loopback, *address) {
            Ok(()) => given.push(*address),
            // A kernel without IPv6: the miniature Internet then has only IPv4.
            Err(Errno::OPNOTSUPP | Errno::AFNOSUPPORT | Errno::ACCESS) if address.is_ipv6() => {}
            Err(error) => return Err(failure(Step::Address, error)),
        }
    }
    for address in given.iter().filter(|address| address.is_ipv6()) {
        routes.wait_for(*address).map_err(|error| failure(Step::Address, error))?;
    }
    Ok(Namespace { own_user, addresses: given })
}

/// Gives `lo` of the namespace that this thread is in a further address.
///
/// # Errors
/// [`NamespaceError`], as where the namespace is not ours.
pub fn add_address(address: IpAddr) -> Result<(), NamespaceError> {
    let mut netlink = netlink::Netlink::open().map_err(|error| failure(Step::Address, error))?;
    let loopback = netlink.loopback_up().map_err(|error| failure(Step::Loopback, error))?;
    netlink.add_address(loopback, address).map_err(|error| failure(Step::Address, error))
}

/// Returns whether a user namespace was made, too.
fn unshare_network() -> Result<bool, NamespaceError> {
    let (user, group) = (geteuid(), getegid());
    if user.is_root() {
        match unshare(UnshareFlags::NEWNET) {
            Ok(()) => return Ok(false),
            // Root in a container may lack CAP_SYS_ADMIN and still have the right to a user namespace.
            Err(Errno::PERM) => {}
            Err(error) => return Err(failure(Step::Unshare, error)),
        }
    }
    unshare(UnshareFlags::NEWUSER | UnshareFlags::NEWNET).map_err(|error| failure(Step::Unshare, error))?;
    // user_namespaces(7): setgroups must be denied before an unprivileged process may map its group.
    let maps = [
        ("/proc/self/setgroups", "deny".to_owned()),
        ("/proc/self/uid_map", format!("0 {} 1", user.as_raw())),
        ("/proc/self/gid_map", format!("0 {} 1", group.as_raw())),
    ];
    for (file, map) in maps {
        fs::write(file, map).map_err(|source| sorted(Step::IdentityMap, source))?;
    }
    Ok(true)
}

/// Moves the calling thread alone into a new network namespace, with nothing in it. What it opens and whom it
/// starts from now on is there too.
pub(crate) fn leave_alone() -> Result<(), Errno> {
    unshare(UnshareFlags::NEWNET)
}

fn unshare(flags: UnshareFlags) -> Result<(), Errno> {
    #[expect(
        unsafe_code,
        reason = "unsafe only because CLONE_FILES could take descriptors away from other threads; it is not \
                  among our flags"
    )]
    // SAFETY: see the reason above; NEWUSER and NEWNET touch neither memory nor the descriptor table.
    unsafe {
        rustix::thread::unshare_unsafe(flags)
    }
}

fn thread_count() -> io::Result<usize> {
    Ok(fs::read_dir("/proc/self/task")?.count())
}

fn failure(step: Step, error: Errno) -> NamespaceError {
    sorted(step, error.into())
}

/// Tells "not allowed" from "broken". ENOSPC is the answer of `user.max_user_namespaces = 0`, and EINVAL or
/// ENOSYS that of a kernel without such namespaces.
fn sorted(step: Step, source: io::Error) -> NamespaceError {
    let forbidden = match Errno::from_io_error(&source) {
        Some(Errno::PERM | Errno::ACCESS) => true,
        Some(Errno::NOSPC | Errno::INVAL | Errno::NOSYS) => step == Step::Unshare,
        _ => false,
    };
    if forbidden {
        NamespaceError::Forbidden { step, source }
    } else {
        NamespaceError::Failed { step, source }
    }
}
