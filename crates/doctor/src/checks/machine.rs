//! What this machine is like, read once before the checks run: a plain value, so that a test can write it down.
//!
//! [`read`] looks at interfaces, file systems, sockets and file modes; what may not be seen is absent, and nothing
//! fails. It blocks: call it on a thread that may.

pub mod debian;
mod lists;
mod strength;

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use postamt_net::interfaces;
use serde::{Deserialize, Serialize};

use crate::port25::advise::{self, Finding};
use crate::port25::host::LocalRule;

/// This machine.
#[derive(Debug, Clone, Default)]
pub struct Machine {
    /// Addresses of the interfaces, loopback left out.
    pub addresses: Vec<IpAddr>,
    /// Room in the file system of the state directory.
    pub room: Option<Room>,
    /// Processes that listen on ports of mail: the program (`?` where it may not be seen) and the port.
    pub listeners: Vec<Listener>,
    /// Files that must be secret.
    pub secrets: Vec<SecretFile>,
    /// The folders on the way to them, each once.
    pub secret_folders: Vec<SecretFolder>,
    /// Whom the state directory belongs to: the user that the server becomes.
    pub server_user: Option<u32>,
    /// What Debian's package files say; `None` elsewhere.
    pub updates: Option<debian::Updates>,
    /// What the running server is kept from; `None` where none has said so.
    pub protections: Option<Protections>,
    /// Rules of the firewall that stop what leaves for port 25.
    pub rules: Vec<LocalRule>,
    /// Name servers of the system.
    pub name_servers: Vec<SocketAddr>,
    /// The certificate chain of the configuration, PEM; or why it cannot be read.
    pub certificate: Option<Result<String, String>>,
}

/// What the process of the running server is kept from; the server writes it down at its start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protections {
    /// Rights of root that are left.
    pub capabilities: Vec<String>,
    /// No program that is run gives more rights.
    pub no_new_privileges: bool,
    /// The process leaves no picture of its memory behind, and nobody but root may look into it.
    pub no_core_dumps: bool,
    /// The version of Landlock that keeps it from writing elsewhere; `None`: nothing does.
    pub landlock: Option<String>,
    /// Where it may write.
    pub places: Vec<PathBuf>,
    /// How many system calls are refused.
    pub refused_calls: usize,
}

/// Who listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// The program; `?` where it may not be seen.
    pub program: String,
    /// The port.
    pub port: u16,
}

/// Room in a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Octets that an ordinary user may still write.
    pub free: u64,
    /// Octets in all.
    pub total: u64,
    /// Files that can still be made; `None` where the file system does not count them.
    pub free_files: Option<u64>,
    /// Files in all.
    pub total_files: u64,
}

/// A file that must be secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFile {
    /// Which.
    pub path: PathBuf,
    /// Its permission bits.
    pub mode: u32,
    /// The owner's number.
    pub owner: u32,
    /// How many bits a password or key in it is worth at the most; `None` where it holds something else.
    pub bits: Option<u32>,
}

/// A folder on the way to a secret: whoever may write there can put another file in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFolder {
    /// Which.
    pub path: PathBuf,
    /// Its permission bits.
    pub mode: u32,
    /// The owner's number.
    pub owner: u32,
    /// The group's number.
    pub group: u32,
}

/// What to look at.
#[derive(Debug, Clone)]
pub struct Questions<'a> {
    /// `/`, or a folder that stands for it: where sockets and configurations of others are looked for.
    pub root: &'a Path,
    /// The folder whose file system counts.
    pub state_directory: Option<&'a Path>,
    /// Files and folders that must be secret; folders are gone through.
    pub secrets: &'a [PathBuf],
    /// The certificate.
    pub certificate: Option<&'a Path>,
}

/// Looks. The firewall is not asked here, since that takes a process: [`crate::port25::host::rules`].
#[must_use]
pub fn read(questions: &Questions<'_>) -> Machine {
    let listener = |finding| match finding {
        Finding::Listener { program, port } => Some(Listener { program, port }),
        _ => None,
    };
    Machine {
        addresses: interfaces::addresses().unwrap_or_default().into_iter().filter(is_of_use).collect(),
        room: questions.state_directory.and_then(room),
        listeners: advise::findings(questions.root).into_iter().filter_map(listener).collect(),
        secrets: questions.secrets.iter().flat_map(|path| secret_files(path)).collect(),
        secret_folders: secret_folders(questions.secrets),
        server_user: questions.state_directory.and_then(owner),
        updates: debian::read(questions.root),
        protections: None,
        rules: Vec::new(),
        name_servers: name_servers(questions.root),
        certificate: questions
            .certificate
            .map(|path| std::fs::read_to_string(path).map_err(|error| error.to_string()))
            .map(|text| text.map(|text| certificates(&text))),
    }
}

/// The certificates of a PEM file: beside them it may hold the key, which is nobody's business here (RFC 7468 §5).
fn certificates(text: &str) -> String {
    const END: &str = "-----END CERTIFICATE-----";
    let blocks = text.split("-----BEGIN CERTIFICATE-----").skip(1);
    let bodies = blocks.filter_map(|block| block.split_once(END).map(|(body, _)| body));
    bodies.map(|body| format!("-----BEGIN CERTIFICATE-----{body}{END}\n")).collect()
}

/// Loopback and link-local addresses (RFC 4291 §2.5.6) are on every machine.
fn is_of_use(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !v4.is_loopback() && !v4.is_link_local(),
        IpAddr::V6(v6) => !v6.is_loopback() && !v6.is_unicast_link_local(),
    }
}

fn owner(path: &Path) -> Option<u32> {
    std::fs::metadata(path).ok().map(|metadata| metadata.uid())
}

/// The room where `path` is, or will be.
fn room(path: &Path) -> Option<Room> {
    let figures = path.ancestors().find_map(|place| rustix::fs::statvfs(place).ok())?;
    let counted = figures.f_files > 0;
    Some(Room {
        free: figures.f_bavail.saturating_mul(figures.f_frsize),
        total: figures.f_blocks.saturating_mul(figures.f_frsize),
        free_files: counted.then_some(figures.f_favail),
        total_files: figures.f_files,
    })
}

/// The file, or every file below the folder.
fn secret_files(path: &Path) -> Vec<SecretFile> {
    let Ok(metadata) = std::fs::symlink_metadata(path) else { return Vec::new() };
    if metadata.is_dir() {
        let Ok(entries) = std::fs::read_dir(path) else { return Vec::new() };
        let mut files: Vec<SecretFile> =
            entries.flatten().flat_map(|entry| secret_files(&entry.path())).collect();
        files.sort_by(|left, right| left.path.cmp(&right.path));
        return files;
    }
    let Ok(metadata) = std::fs::metadata(path) else { return Vec::new() };
    let mode = metadata.permissions().mode() & 0o7777;
    vec![SecretFile {
        path: path.to_owned(),
        mode,
        owner: metadata.uid(),
        bits: strength::bits_of_file(path),
    }]
}

/// The folders of these files and folders, and all above and within, whatever links lead there.
fn secret_folders(paths: &[PathBuf]) -> Vec<SecretFolder> {
    let mut found = BTreeSet::new();
    for path in paths {
        // What is not there yet will lie in the folder that there is; a link on the way lies in a folder of its own.
        let on_the_way = path.ancestors().filter_map(|place| std::fs::canonicalize(place).ok());
        for place in on_the_way {
            found.extend(place.ancestors().filter(|place| place.is_dir()).map(Path::to_owned));
        }
        folders_within(path, &mut found);
    }
    let folder = |path: PathBuf| {
        let metadata = std::fs::metadata(&path).ok()?;
        let mode = metadata.permissions().mode() & 0o7777;
        Some(SecretFolder { path, mode, owner: metadata.uid(), group: metadata.gid() })
    };
    found.into_iter().filter_map(folder).collect()
}

fn folders_within(path: &Path, found: &mut BTreeSet<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(path) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
        found.extend(std::fs::canonicalize(entry.path()));
        folders_within(&entry.path(), found);
    }
}

/// `nameserver` lines of `etc/resolv.conf` (resolv.conf(5)).
fn name_servers(root: &Path) -> Vec<SocketAddr> {
    let text = std::fs::read_to_string(root.join("etc/resolv.conf")).unwrap_or_default();
    let server = |line: &str| {
        let address = line.strip_prefix("nameserver")?.split_ascii_whitespace().next()?;
        let address: IpAddr = address.split('%').next()?.parse().ok()?;
        Some(SocketAddr::new(address, 53))
    };
    text.lines().filter_map(|line| server(line.trim())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_on_the_way_has_folders_of_its_own() {
        let root = tempfile::tempdir().unwrap();
        let root = std::fs::canonicalize(root.path()).unwrap();
        for folder in ["real/keys", "links"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        std::fs::write(root.join("real/keys/a.pem"), "x").unwrap();
        std::os::unix::fs::symlink(root.join("real/keys"), root.join("links/keys")).unwrap();
        std::fs::set_permissions(root.join("links"), std::fs::Permissions::from_mode(0o777)).unwrap();
        let folders = secret_folders(&[root.join("links/keys/a.pem"), root.join("not/there.pem")]);
        let below = folders.iter().filter_map(|folder| {
            let name = folder.path.strip_prefix(&root).ok()?.to_str()?;
            Some((name, folder.mode & 0o002))
        });
        assert_eq!(below.collect::<Vec<_>>(), [("", 0), ("links", 0o002), ("real", 0), ("real/keys", 0)]);
    }

    #[test]
    fn a_machine_is_read() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("etc")).unwrap();
        std::fs::write(
            root.path().join("etc/resolv.conf"),
            "# x\nsearch a.test\nnameserver 192.0.2.53\n nameserver 2001:db8::53\n",
        )
        .unwrap();
        let keys = root.path().join("dkim/a.test");
        std::fs::create_dir_all(&keys).unwrap();
        std::fs::write(keys.join("s.rsa.pem"), "x").unwrap();
        std::fs::set_permissions(keys.join("s.rsa.pem"), std::fs::Permissions::from_mode(0o640)).unwrap();
        let machine = read(&Questions {
            root: root.path(),
            state_directory: Some(&root.path().join("not/yet/there")),
            secrets: &[root.path().join("dkim"), root.path().join("none")],
            certificate: Some(&root.path().join("none.pem")),
        });
        assert_eq!(
            machine.name_servers.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["192.0.2.53:53", "[2001:db8::53]:53"]
        );
        assert_eq!(machine.secrets.len(), 1);
        assert_eq!(machine.secrets[0].mode, 0o640);
        let above = std::fs::canonicalize(root.path()).unwrap();
        let folders: Vec<&Path> = machine.secret_folders.iter().map(|folder| folder.path.as_path()).collect();
        let wanted: Vec<PathBuf> = above.ancestors().map(Path::to_owned).collect();
        let wanted = wanted.iter().rev().map(PathBuf::as_path);
        let within = [above.join("dkim"), above.join("dkim/a.test")];
        assert_eq!(folders, wanted.chain(within.iter().map(PathBuf::as_path)).collect::<Vec<_>>());
        let room = machine.room.unwrap();
        assert!(room.total >= room.free && room.total > 0);
        assert!(machine.certificate.unwrap().is_err());
        let chain = "-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----\n";
        let key = "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----\n";
        assert_eq!(certificates(&format!("{key}{chain}note\n{chain}{key}")), format!("{chain}{chain}"));
        assert!(machine.addresses.iter().all(|address| !address.is_loopback()));
    }
}
