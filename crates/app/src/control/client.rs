//! The asking side: blocking, since a command does nothing else meanwhile.

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use postamt_mta::send::preflight::text;
use serde::de::DeserializeOwned;

use super::protocol::{Refusal, Request, Response};
use crate::terminal::{Exit, Stop, Terminal};

/// The control socket of a server that may or may not be running.
#[derive(Debug)]
pub struct Client {
    socket: PathBuf,
    terminal: Terminal,
}

impl Client {
    /// For the socket at this path.
    #[must_use]
    pub fn new(socket: PathBuf, terminal: Terminal) -> Self {
        Self { socket, terminal }
    }

    /// Asks and takes the answer.
    ///
    /// # Errors
    /// The server is not running, does not let us in, or refuses.
    pub fn ask<T: DeserializeOwned>(&self, request: &Request) -> Result<T, Stop> {
        let stream = UnixStream::connect(&self.socket).map_err(|error| self.unreachable(&error))?;
        let line = exchange(stream, request).map_err(|error| {
            self.terminal.stop("serve-control-broken", &[("error", error.to_string().into())])
        })?;
        let response: Response = serde_json::from_str(&line).map_err(|error| {
            self.terminal.stop("serve-control-broken", &[("error", error.to_string().into())])
        })?;
        match response {
            Response::Done(value) => Ok(serde_json::from_value(value).map_err(anyhow::Error::from)?),
            Response::Refused(refusal) => Err(self.refused(&refusal)),
        }
    }

    fn unreachable(&self, error: &std::io::Error) -> Stop {
        let socket = ("socket", self.socket.display().to_string().into());
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::ConnectionRefused => {
                Stop { exit: Exit::NotRunning, text: self.terminal.sentence("serve-not-running", &[socket]) }
            }
            ErrorKind::PermissionDenied => self.terminal.stop("serve-control-denied", &[socket]),
            _ => self.terminal.stop("serve-control-broken", &[("error", error.to_string().into())]),
        }
    }

    fn refused(&self, refusal: &Refusal) -> Stop {
        match refusal {
            Refusal::NotAnId { id } => self.terminal.stop("queue-not-an-id", &[("id", id.into())]),
            Refusal::NotADomain { domain } => {
                self.terminal.stop("queue-not-a-domain", &[("domain", domain.into())])
            }
            Refusal::NotAProvider { provider } => {
                self.terminal.stop("relay-only-not-a-provider", &[("provider", provider.into())])
            }
            Refusal::NoRelay { relay } => {
                self.terminal.stop("relay-only-no-relay", &[("relay", relay.into())])
            }
            Refusal::UnfitRelay { relay, finding } => {
                let finding = text::sentence(finding, self.terminal.words);
                let values = [("relay", relay.into()), ("finding", finding.into())];
                self.terminal.stop("relay-only-unfit", &values)
            }
            Refusal::NotByRelay { provider } => {
                self.terminal.stop("relay-only-not-decided", &[("provider", provider.into())])
            }
            Refusal::NoAuthority => self.terminal.stop("tls-certificate-no-authority", &[]),
            Refusal::NoCertificate => self.terminal.stop("tls-certificate-none-yet", &[]),
            Refusal::KeyChanges => self.terminal.stop("tls-certificate-key-changes", &[]),
            Refusal::NotRenewed { what } => {
                self.terminal.stop("tls-certificate-not-renewed", &[("what", what.into())])
            }
            Refusal::NotANetwork { network } => {
                self.terminal.stop("ban-not-a-network", &[("network", network.into())])
            }
            Refusal::OwnNetwork { network } => self.terminal.stop("ban-own", &[("network", network.into())]),
            Refusal::NoAccount { name } => self.terminal.stop("account-unknown", &[("name", name.into())]),
            Refusal::Unknown { id } => self.terminal.stop("queue-unknown", &[("id", id.into())]),
            Refusal::Failed { error } => self.terminal.stop("serve-refused", &[("error", error.into())]),
        }
    }
}

fn exchange(mut stream: UnixStream, request: &Request) -> std::io::Result<String> {
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    if answer.is_empty() {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(answer)
}

/// Whether a server listens at this socket: it does when the connection is taken.
#[must_use]
pub fn is_running(socket: &Path) -> bool {
    UnixStream::connect(socket).is_ok()
}
