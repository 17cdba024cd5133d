//! `postamt lab isp`: tells the Internet provider of a lab that runs what to do, over the lab's socket.
//!
//! The words are those of [`postamt_lab::isp::control`]; where the first one is none of its verbs, they are rules for
//! the firewall: `postamt lab isp drop` is `set drop`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use postamt_lab::isp::control::{Request, RequestError, ask};

use super::stage::DIRECTORY_PREFIX;
use crate::serve;
use crate::terminal::{Stop, Terminal};

/// The socket's name in the lab's directory.
pub const SOCKET: &str = "isp.socket";

/// Asks and shows the answer.
///
/// # Errors
/// The words are no request, no lab is running there, or it cannot do that.
pub fn run(socket: Option<&Path>, words: &[String], terminal: Terminal) -> Result<ExitCode, Stop> {
    let failed =
        |error: anyhow::Error| terminal.stop("lab-isp-failed", &[("error", format!("{error:#}").into())]);
    let request = request(words).map_err(|error| failed(error.into()))?;
    let path = match socket {
        Some(path) => path.to_owned(),
        None => latest().ok_or_else(|| terminal.stop("lab-isp-none", &[]))?,
    };
    let answer = serve::runtime()?.block_on(ask(&path, &request)).map_err(|error| failed(error.into()))?;
    terminal.print(&answer);
    Ok(ExitCode::SUCCESS)
}

fn request(words: &[String]) -> Result<Request, RequestError> {
    if words.is_empty() {
        return Ok(Request::Show);
    }
    let line = words.join(" ");
    match line.parse() {
        Err(RequestError::Verb(_)) => format!("set {line}").parse(),
        other => other,
    }
}

/// The socket of the lab that was started last, of those with a temporary directory.
fn latest() -> Option<PathBuf> {
    let directories = std::fs::read_dir(std::env::temp_dir()).ok()?.flatten();
    let labs = directories.filter(|entry| entry.file_name().to_string_lossy().starts_with(DIRECTORY_PREFIX));
    let started = |path: &PathBuf| path.metadata().and_then(|data| data.modified());
    let sockets = labs.map(|entry| entry.path().join(SOCKET)).filter(|path| path.exists());
    sockets.max_by_key(|path| started(path).unwrap_or(SystemTime::UNIX_EPOCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_need_no_verb() {
        let of = |line: &str| request(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(of(""), Ok(Request::Show));
        assert_eq!(of("drop hop=1"), of("set drop hop=1"));
        assert!(matches!(of("drop hop=1"), Ok(Request::Set(_))));
        assert!(matches!(of("operator mars banned"), Ok(Request::Operator { .. })));
        assert!(matches!(of("explode"), Err(RequestError::Rules(_))));
    }
}
