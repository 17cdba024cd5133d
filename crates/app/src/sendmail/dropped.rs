//! The drop directory: mail that waits for a server that is down.
//!
//! A file holds one line of JSON, the envelope ([`DroppedEnvelope`]), and then the message with CRLF line ends. Its name ends in
//! `.mail` once it is complete and on disk; until then it begins with a dot and is nobody's business. The server
//! takes the file's owner for the sender's login, submits it, and deletes it when it is safe in the queue.
//!
//! The directory has mode 1733: everybody may leave a file, nobody but the server may list them, and nobody may
//! take another's away. The files are readable so that the server, which has its own user, can read them; their
//! names cannot be guessed.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use postamt_mta::accept::drop_directory::DroppedEnvelope;

use super::message::Submission;

/// Leaves a message for the server. When this returns, it is on disk.
///
/// # Errors
/// Of the file system; then nothing is left behind.
pub fn write(directory: &Path, submission: &Submission) -> io::Result<PathBuf> {
    let name = format!("{:032x}", rand::random::<u128>());
    let temporary = directory.join(format!(".{name}"));
    let path = directory.join(format!("{name}.mail"));
    let written = fill(&temporary, submission).and_then(|file| {
        std::fs::rename(&temporary, &path)?;
        sync_directory(directory, &file)
    });
    if let Err(error) = written {
        // Whichever of the two is there.
        let _ = std::fs::remove_file(&temporary);
        let _ = std::fs::remove_file(&path);
        return Err(error);
    }
    Ok(path)
}

fn fill(path: &Path, submission: &Submission) -> io::Result<File> {
    let envelope = DroppedEnvelope {
        sender: submission.sender.as_ref().map(ToString::to_string).unwrap_or_default(),
        recipients: submission.recipients.iter().map(ToString::to_string).collect(),
        eight_bit: !submission.content.is_ascii(),
        return_full: submission.return_content.map(|content| content == "FULL"),
        envelope_id: submission.envelope_id.clone(),
        notify: submission.notify.as_deref().map(conditions),
    };
    let mut octets = serde_json::to_vec(&envelope)?;
    octets.push(b'\n');
    octets.extend_from_slice(&submission.content);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o644).open(path)?;
    file.write_all(&octets)?;
    // A tight umask must not keep the server from reading it.
    rustix::fs::fchmod(&file, rustix::fs::Mode::from_raw_mode(0o644))?;
    file.sync_all()?;
    Ok(file)
}

/// `SUCCESS,FAILURE` as a list; `NEVER` is an empty one.
fn conditions(notify: &str) -> Vec<String> {
    notify.split(',').filter(|one| *one != "NEVER").map(str::to_ascii_lowercase).collect()
}

/// The directory cannot be opened by us (1733), so that it cannot be synced alone; then its file system is, which
/// takes longer.
fn sync_directory(directory: &Path, file: &File) -> io::Result<()> {
    match File::open(directory) {
        Ok(directory) => directory.sync_all(),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(rustix::fs::syncfs(file)?),
        Err(error) => Err(error),
    }
}
