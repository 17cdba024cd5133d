//! The other mail software that the tests talk to, in a Debian file tree of its own: `target/peers/root`.
//!
//! None of these servers is installed on this system (Postfix and Exim would push out whatever mail server is there)
//! or ever started outside the network namespaces that a test makes. What other tests call directly is installed on
//! the system, from one list. Postfix and Exim exclude each
//! other as packages too, so Exim's package is only unpacked into the tree, not installed.
//! Fails when it is not root, or when Debian's packages cannot be fetched.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::command::{command, is_installed, output, run};
use crate::test::is_root;

/// What must be installed on this system itself. The list of the whole project is here, once.
pub const HOST_PACKAGES: [&str; 16] = [
    "debootstrap",
    "iproute2",
    "nftables",
    "fail2ban",
    "util-linux",
    "procps",
    "openssl",
    "opendkim",
    "nmap",
    "python3",
    "python3-dkim",
    "python3-milter",
    "python3-nacl",
    "rspamd",
    "clamav-daemon",
    // For `systemd-analyze security`; it is not started by that.
    "systemd",
];

/// What is installed in the tree.
const TREE_PACKAGES: [&str; 24] = [
    "postfix",
    "opendkim",
    "opendkim-tools",
    "python3",
    "python3-dkim",
    "swaks",
    "libnet-ssleay-perl",
    "libio-socket-ssl-perl",
    "libauthen-sasl-perl",
    "libnet-dns-perl",
    "msmtp",
    "curl",
    "mutt",
    "dnsmasq-base",
    "ca-certificates",
    "openssl",
    "iproute2",
    "procps",
    "e2fsprogs",
    "socat",
    "libsasl2-modules",
    "python3-nacl",
    "knot",
    "pebble",
];

/// What is only unpacked in the tree, and the libraries that it needs.
const UNPACKED: &str = "exim4-daemon-light";
const UNPACKED_NEEDS: [&str; 6] =
    ["libcrypt1", "libdb5.3", "libgnutls-dane0", "libidn12", "libidn2-0", "libpcre2-8-0"];

/// A policy-rc.d: no service may start.
const NO_SERVICES: &str = "#!/bin/sh\nexit 101\n";

/// Makes the tree if it is not there or not of today's list.
pub fn prepare(workspace: &Path) -> Result<()> {
    if !is_root()? || !is_debian() {
        bail!("the tests with other mail software need root on Debian or Ubuntu");
    }
    install_host_packages(workspace)?;
    let peers = workspace.join("target/peers");
    let tree = peers.join("root");
    let stamp = peers.join("contents");
    let contents = [&TREE_PACKAGES[..], &["/opt/exim:", UNPACKED], &UNPACKED_NEEDS].concat().join("\n");
    if std::fs::read_to_string(&stamp).is_ok_and(|made| made == contents) {
        return Ok(());
    }
    eprintln!(
        "making the file tree of the other mail programs in {} (once, a minute or two)",
        tree.display()
    );
    if tree.exists() {
        std::fs::remove_dir_all(&tree).context("cannot remove the old tree")?;
    }
    std::fs::create_dir_all(&peers)?;
    make_tree(&tree)?;
    std::fs::write(&stamp, contents).context("cannot write the stamp")
}

/// True on Debian and what is made from it.
pub fn is_debian() -> bool {
    Path::new("/etc/debian_version").is_file() && is_installed("apt-get")
}

fn install_host_packages(workspace: &Path) -> Result<()> {
    let mut missing = Vec::new();
    for package in HOST_PACKAGES {
        let query = command(workspace, &["dpkg-query", "-W", "-f", "${Status}", package]);
        if !output(query).is_ok_and(|status| status == "install ok installed") {
            missing.push(package);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("installing {}", missing.join(" "));
    run(apt(command(workspace, &["apt-get", "update", "-q"])))?;
    let mut install = apt(command(workspace, &["apt-get", "install", "-yq", "--no-install-recommends"]));
    install.args(missing);
    without_starting_services(|| run(install))
}

/// Debian asks this file whether a service may start when it is installed; what was there stays in force.
fn without_starting_services(install: impl FnOnce() -> Result<()>) -> Result<()> {
    let policy = Path::new("/usr/sbin/policy-rc.d");
    if policy.exists() {
        return install();
    }
    std::fs::write(policy, NO_SERVICES).context("cannot write policy-rc.d")?;
    std::fs::set_permissions(policy, std::fs::Permissions::from_mode(0o755))?;
    let result = install();
    std::fs::remove_file(policy).context("cannot remove policy-rc.d")?;
    result
}

fn make_tree(tree: &Path) -> Result<()> {
    let folder = Path::new("/");
    run(apt(command(folder, &["apt-get", "update", "-q"])))?;
    let (suite, mirrors) = sources()?;
    let mirror = mirrors.first().context("apt knows no mirror: is /etc/apt/sources.list empty?")?;
    let place = tree.to_string_lossy();
    run(apt(command(folder, &["debootstrap", "--variant=minbase", &suite, &place, mirror])))?;

    let lines: String = mirrors
        .iter()
        .map(|it| {
            let suffix = if it.contains("security") { "-security" } else { "" };
            format!("deb {it} {suite}{suffix} main\n")
        })
        .collect();
    write(tree, "etc/apt/sources.list", &lines)?;
    // Services must not start at installation.
    write(tree, "usr/sbin/policy-rc.d", NO_SERVICES)?;
    write(tree, "etc/mailname", "peer.test\n")?;
    std::fs::copy("/etc/resolv.conf", tree.join("etc/resolv.conf")).context("cannot copy resolv.conf")?;
    std::fs::set_permissions(tree.join("usr/sbin/policy-rc.d"), std::fs::Permissions::from_mode(0o755))?;

    inside(tree, &["apt-get", "update", "-q"])?;
    let install = ["apt-get", "install", "-yq", "--no-install-recommends"];
    inside(tree, &[&install[..], &TREE_PACKAGES, &UNPACKED_NEEDS].concat())?;
    // Beside the other packages: its `sendmail` would take the place of Postfix's.
    let unpack = format!(
        "cd /var/cache && apt-get download -q {UNPACKED} && dpkg -x {UNPACKED}_*.deb /opt/exim && rm *.deb"
    );
    inside(tree, &["sh", "-ec", &unpack])?;
    inside(tree, &["useradd", "--system", "--user-group", "--no-create-home", "Debian-exim"])?;
    inside(tree, &["apt-get", "clean"])
}

/// The release's name and the mirrors, as this system uses them.
fn sources() -> Result<(String, Vec<String>)> {
    let release = std::fs::read_to_string("/etc/os-release").context("cannot read /etc/os-release")?;
    let suite = release
        .lines()
        .find_map(|line| line.strip_prefix("VERSION_CODENAME="))
        .context("/etc/os-release does not name the release")?;
    let targets = output(command(Path::new("/"), &["apt-get", "indextargets", "--format", "$(REPO_URI)"]))?;
    let mut mirrors: Vec<String> = Vec::new();
    for mirror in targets.lines().filter(|line| !line.is_empty()) {
        if !mirrors.iter().any(|known| known == mirror) {
            mirrors.push(mirror.to_string());
        }
    }
    mirrors.sort_by_key(|mirror| mirror.contains("security"));
    Ok((suite.trim_matches('"').to_string(), mirrors))
}

/// Runs a command in the tree, with /proc and /dev that go away with it.
fn inside(tree: &Path, line: &[&str]) -> Result<()> {
    let script = "mount -t proc proc \"$1/proc\" && mount --rbind /dev \"$1/dev\" && exec chroot \"$@\"";
    let place = tree.to_string_lossy();
    let start = ["unshare", "-m", "--propagation", "private", "sh", "-c", script, "sh", &place];
    run(apt(command(Path::new("/"), &[&start[..], line].concat())))
}

fn apt(mut command: std::process::Command) -> std::process::Command {
    command.envs([("DEBIAN_FRONTEND", "noninteractive"), ("LC_ALL", "C")]);
    command.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    command
}

fn write(tree: &Path, name: &str, text: &str) -> Result<()> {
    std::fs::write(tree.join(name), text).with_context(|| format!("cannot write {name} in the tree"))
}
