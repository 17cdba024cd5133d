//! Who has to do with port 25 right now: the kernel's table of TCP sockets, and whose they are.
//!
//! Sockets of other users' processes have no name without privileges; they are found all the same.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use super::Finding;

/// States of `/proc/net/tcp` (include/net/tcp_states.h).
const ESTABLISHED: &str = "01";
const SYN_SENT: &str = "02";
const LISTEN: &str = "0A";
/// Ports on which mail is taken.
const PORTS: [u16; 3] = [25, 465, 587];
const UNKNOWN: &str = "?";

struct Socket {
    local: SocketAddr,
    remote: SocketAddr,
    state: String,
    inode: String,
}

/// Connections to port 25, and listeners on the ports of mail, each program once.
pub(super) fn read(root: &Path) -> Vec<Finding> {
    let tables = ["proc/net/tcp", "proc/net/tcp6"];
    let texts = tables.iter().filter_map(|table| std::fs::read_to_string(root.join(table)).ok());
    let sockets: Vec<Socket> = texts.flat_map(|text| parse(&text)).filter(is_of_interest).collect();
    if sockets.is_empty() {
        return Vec::new();
    }
    let owners = owners(root);
    let mut found: Vec<Finding> = Vec::new();
    for socket in sockets {
        let program = owners.get(&socket.inode).cloned().unwrap_or_else(|| UNKNOWN.to_owned());
        let finding = match socket.state == LISTEN {
            true => Finding::Listener { program, port: socket.local.port() },
            false => Finding::Connection { program, remote: socket.remote },
        };
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    found
}

fn is_of_interest(socket: &Socket) -> bool {
    match socket.state.as_str() {
        LISTEN => PORTS.contains(&socket.local.port()),
        // Mail between two programs of this host is no mail that leaves it.
        ESTABLISHED | SYN_SENT => {
            socket.remote.port() == 25 && !socket.remote.ip().to_canonical().is_loopback()
        }
        _ => false,
    }
}

fn parse(table: &str) -> Vec<Socket> {
    let socket = |line: &str| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        Some(Socket {
            local: address(fields.get(1)?)?,
            remote: address(fields.get(2)?)?,
            state: (*fields.get(3)?).to_owned(),
            inode: (*fields.get(9)?).to_owned(),
        })
    };
    table.lines().skip(1).filter_map(socket).collect()
}

/// `0100007F:0019`: the address as words of 32 bits in the machine's byte order, the port as a number.
fn address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let word = |at: usize| u32::from_str_radix(address.get(at..at + 8)?, 16).ok().map(u32::to_ne_bytes);
    let ip = match address.len() {
        8 => IpAddr::V4(Ipv4Addr::from(word(0)?)),
        32 => {
            let words = [word(0)?, word(8)?, word(16)?, word(24)?];
            let octets: [u8; 16] = words.concat().try_into().ok()?;
            IpAddr::V6(Ipv6Addr::from(octets)).to_canonical()
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, u16::from_str_radix(port, 16).ok()?))
}

/// Names of processes by the inodes of their sockets, as far as they may be seen.
fn owners(root: &Path) -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    let Ok(processes) = std::fs::read_dir(root.join("proc")) else { return owners };
    for process in processes.flatten().map(|entry| entry.path()) {
        let Ok(descriptors) = std::fs::read_dir(process.join("fd")) else { continue };
        let Ok(name) = std::fs::read_to_string(process.join("comm")) else { continue };
        for link in descriptors.flatten().filter_map(|entry| std::fs::read_link(entry.path()).ok()) {
            let link = link.to_string_lossy().into_owned();
            if let Some(inode) = link.strip_prefix("socket:[").and_then(|it| it.strip_suffix(']')) {
                owners.insert(inode.to_owned(), name.trim_end().to_owned());
            }
        }
    }
    owners
}
