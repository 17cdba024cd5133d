//! Sockets that the service manager has opened and passes on (sd_listen_fds(3)): the way to ports below 1024 without any
//! right of root.
//!
//! `passed()` takes them in `main`, [`assign`] finds out which listener of the configuration each one is: by its name
//! (`FileDescriptorName=exchange`, `submission`, `submissions`, `https`, `http`), or else by its port. A port that is passed is
//! not opened by the server itself. A socket that is none, or that the configuration knows nothing of, stops the start.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{FromRawFd as _, OwnedFd, RawFd};

use postamt_mta::Opened;
use postamt_mta::settings::{Listener, Purpose};
use rustix::io::FdFlags;
use rustix::net::SocketType;
use rustix::net::sockopt::{socket_acceptconn, socket_type};

use crate::config::Config;
use crate::terminal::{Stop, Terminal};

/// The first descriptor that is passed (SD_LISTEN_FDS_START).
const FIRST: RawFd = 3;
/// More is no mail server's.
const MOST: usize = 64;

/// A socket of the service manager.
#[derive(Debug)]
pub struct Passed {
    /// Its name there.
    pub name: String,
    /// Where it listens.
    pub address: SocketAddr,
    socket: TcpListener,
}

/// All of them, each where it belongs.
#[derive(Debug, Default)]
pub struct Sockets {
    /// For mail.
    pub mail: Vec<Opened>,
    /// For HTTPS.
    pub https: Vec<TcpListener>,
    /// For HTTP.
    pub http: Vec<TcpListener>,
}

/// Takes the sockets that are meant for this process. Once, before it has opened any descriptor of its own.
///
/// # Errors
/// One of them is no TCP socket that listens.
pub fn passed() -> io::Result<Vec<Passed>> {
    let variable = |name: &str| std::env::var(name).ok();
    let is_ours = variable("LISTEN_PID").is_some_and(|id| id == std::process::id().to_string());
    let count = variable("LISTEN_FDS").and_then(|count| count.parse::<usize>().ok());
    let Some(count) = count.filter(|count| is_ours && *count <= MOST) else { return Ok(Vec::new()) };
    let names = variable("LISTEN_FDNAMES").unwrap_or_default();
    let mut names = names.split(':');
    (FIRST..).take(count).map(|descriptor| take(descriptor, names.next().unwrap_or_default())).collect()
}

#[expect(unsafe_code, reason = "a number becomes a descriptor")]
fn take(descriptor: RawFd, name: &str) -> io::Result<Passed> {
    // SAFETY: the service manager has opened it for this process and says so by LISTEN_PID; nobody else here owns it,
    // since `passed` comes once and first.
    let socket = unsafe { OwnedFd::from_raw_fd(descriptor) };
    rustix::io::fcntl_setfd(&socket, FdFlags::CLOEXEC)?;
    if socket_type(&socket)? != SocketType::STREAM || !socket_acceptconn(&socket)? {
        return Err(io::Error::other(format!("descriptor {descriptor} ({name}) is no socket that listens")));
    }
    let socket = TcpListener::from(socket);
    socket.set_nonblocking(true)?;
    Ok(Passed { name: name.to_owned(), address: socket.local_addr()?, socket })
}

/// Which listener of the configuration each socket is.
///
/// # Errors
/// The configuration has none for one of them.
pub fn assign(
    passed: Vec<Passed>,
    config: &Config,
    listeners: &[Listener],
    terminal: Terminal,
) -> Result<Sockets, Stop> {
    let mut sockets = Sockets::default();
    for Passed { name, address, socket } in passed {
        let has_port = |addresses: &[SocketAddr]| addresses.iter().any(|it| it.port() == address.port());
        let purpose = match name.as_str() {
            "exchange" => Some(Purpose::Exchange),
            "submission" => Some(Purpose::Submission),
            "submissions" => Some(Purpose::Submissions),
            _ => None,
        };
        let is_it = |listener: &&Listener| match purpose {
            Some(purpose) => listener.purpose == purpose,
            None => listener.address.port() == address.port(),
        };
        match (name.as_str(), listeners.iter().find(is_it)) {
            ("https", _) => sockets.https.push(socket),
            ("http", _) => sockets.http.push(socket),
            (_, Some(listener)) => sockets.mail.push(Opened { listener: listener.clone(), socket }),
            (_, None) if has_port(&config.web.https) => sockets.https.push(socket),
            (_, None) if has_port(&config.web.http) => sockets.http.push(socket),
            (_, None) => {
                let values = [("name", name.into()), ("address", address.to_string().into())];
                return Err(terminal.stop("serve-socket-unknown", &values));
            }
        }
    }
    Ok(sockets)
}

/// The port where a socket listens.
#[must_use]
pub fn port(socket: &TcpListener) -> Option<u16> {
    socket.local_addr().ok().map(|address| address.port())
}
