//! `postamt firewall`, the helper process: started by `serve`, and by nobody else. It keeps CAP_NET_ADMIN and nothing more,
//! carries orders out one after another, and removes the table when its standard input ends.
//!
//! A line that is no order ends it: the server has gone mad then, and the table goes.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};

use tokio::signal::unix::{SignalKind, signal};

use super::{Answer, LINE, Order, script};
use crate::privileges;
use crate::terminal::{Stop, Terminal};

/// Where nft may be; not asked of PATH, which a user may have set.
const PLACES: [&str; 5] =
    ["/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft", "/usr/local/sbin/nft", "/run/current-system/sw/bin/nft"];
/// What nft says is cut to so many characters.
const WORDS: usize = 300;

/// Runs until the server hangs up.
///
/// # Errors
/// There is no nft, or no right to use it.
pub fn main(user: Option<&str>, terminal: Terminal) -> Result<(), Stop> {
    let failed = |error: &dyn std::fmt::Display| {
        terminal.stop("serve-firewall", &[("error", error.to_string().into())])
    };
    let nft = PLACES.map(Path::new).into_iter().find(|place| place.is_file());
    let nft = nft.ok_or_else(|| terminal.stop("serve-firewall-no-nft", &[]))?;
    privileges::become_firewall(user, terminal).map_err(|stop| failed(&stop.text))?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_io().build().map_err(|error| failed(&error))?;
    let _entered = runtime.enter();
    // Who stops the server stops all its processes; the table must be removed first.
    let _ignored = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()]
        .map(|kind| signal(kind).map_err(|error| failed(&error)));
    let ended = serve(nft);
    let removed = run(nft, script::REMOVE);
    ended.map_err(|error| failed(&error))?;
    removed.map_err(|error| failed(&error))
}

fn serve(nft: &Path) -> io::Result<()> {
    let mut stream = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = Vec::new();
    loop {
        line.clear();
        if (&mut reader).take(LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let order: Order = serde_json::from_slice(&line)?;
        let mut answer = serde_json::to_vec(&run(nft, &script::of(&order)))?;
        answer.push(b'\n');
        stream.write_all(&answer)?;
    }
}

fn run(nft: &Path, script: &str) -> Answer {
    if script.is_empty() {
        return Ok(());
    }
    let ran = || {
        let mut command = Command::new(nft);
        command.args(["-f", "-"]).env_clear().stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.stderr(Stdio::piped()).spawn()?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(script.as_bytes())?;
        }
        child.wait_with_output()
    };
    let output = ran().map_err(|error: io::Error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().chars().take(WORDS).collect())
}
