//! Delivery into a Maildir: written under `tmp`, synced, renamed into `new`, directory synced. A message is
//! there as a whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use postamt_mail::address::Address;
use postamt_store::queue_id::QueueId;

/// Why a path cannot be made from an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the local part cannot be a directory name")]
pub struct UnsafeName;

/// Fills `{local}` and `{domain}` of a template. The local part is lower-cased, an extension behind `+` is cut.
///
/// # Errors
/// [`UnsafeName`] for a local part with a slash, a leading dot, a control character or quotes: it comes from
/// a stranger and must not walk the file system.
pub fn path(template: &str, address: &Address) -> Result<PathBuf, UnsafeName> {
    let local = address.local();
    let local = local.split('+').next().unwrap_or(local).to_ascii_lowercase();
    let is_safe = !local.is_empty()
        && !local.starts_with('.')
        && local.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '=' | '\''));
    if template.contains("{local}") && !is_safe {
        return Err(UnsafeName);
    }
    let domain = address.host().to_string();
    Ok(PathBuf::from(template.replace("{local}", &local).replace("{domain}", &domain)))
}

/// The directory whose existence means that there is such a user: the path up to the part that has `{local}` in it;
/// `None` for a template without it.
///
/// # Errors
/// As [`path`].
pub fn user_directory(template: &str, address: &Address) -> Result<Option<PathBuf>, UnsafeName> {
    let Some(place) = template.rfind("{local}") else { return Ok(None) };
    let end = template[place..].find('/').map_or(template.len(), |slash| place + slash);
    path(&template[..end], address).map(Some)
}

/// Whether a user's directory is there. Blocks: call it from a blocking thread.
///
/// # Errors
/// When that cannot be told.
pub fn is_user(directory: &Path) -> io::Result<bool> {
    match fs::metadata(directory) {
        Ok(metadata) => Ok(metadata.is_dir()),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Writes one message. Blocks: call it from a blocking thread.
///
/// # Errors
/// What the file system says; nothing is left in `new` then.
pub fn deliver(directory: &Path, id: QueueId, number: u16, trace: &str, content: &[Bytes]) -> io::Result<()> {
    make_maildir(directory)?;
    // The queue id is unique on this host and the same on a second try: a repeated delivery replaces the first.
    let name = format!("{id}.{number}.postamt");
    let temporary = directory.join("tmp").join(&name);
    let written = write_file(&temporary, trace, content)
        .and_then(|()| fs::rename(&temporary, directory.join("new").join(&name)))
        .and_then(|()| fs::File::open(directory.join("new"))?.sync_all());
    if written.is_err() {
        // Best effort: what is left in tmp is no mail.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Makes what is missing, and makes it last: a message is nowhere when the directory that it is in is not there after a
/// power cut.
fn make_maildir(directory: &Path) -> io::Result<()> {
    let missing = directory.ancestors().take_while(|place| !place.as_os_str().is_empty() && !place.exists());
    let mut changed: Vec<&Path> = missing.filter_map(Path::parent).collect();
    for name in ["tmp", "new", "cur"] {
        let path = directory.join(name);
        if !path.is_dir() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
            changed.push(directory);
        }
    }
    changed.dedup();
    changed.into_iter().try_for_each(sync_directory)
}

fn sync_directory(path: &Path) -> io::Result<()> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    match fs::File::open(path) {
        // We may write there, but not read: then it is the system's turn to write it out.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        opened => opened?.sync_all(),
    }
}

fn write_file(path: &Path, trace: &str, content: &[Bytes]) -> io::Result<()> {
    let file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    let mut writer = io::BufWriter::new(file);
    // Maildir readers on UNIX expect LF.
    for line in trace.split_inclusive('\n') {
        writer.write_all(line.trim_end_matches(['\r', '\n']).as_bytes())?;
        writer.write_all(b"\n")?;
    }
    let mut pending_return = false;
    for piece in content {
        write_with_line_feeds(&mut writer, piece, &mut pending_return)?;
    }
    if pending_return {
        writer.write_all(b"\r")?;
    }
    writer.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

/// CRLF becomes LF, also where a piece ends between the two.
fn write_with_line_feeds(out: &mut impl Write, piece: &[u8], pending_return: &mut bool) -> io::Result<()> {
    let mut rest = piece;
    if *pending_return && !rest.is_empty() {
        *pending_return = false;
        if rest[0] != b'\n' {
            out.write_all(b"\r")?;
        }
    }
    while let Some(position) = memchr::memchr(b'\r', rest) {
        out.write_all(&rest[..position])?;
        match rest.get(position + 1) {
            None => {
                *pending_return = true;
                return Ok(());
            }
            Some(b'\n') => {}
            Some(_) => out.write_all(b"\r")?,
        }
        rest = &rest[position + 1..];
    }
    out.write_all(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::new(text).expect("a valid address")
    }

    #[test]
    fn a_stranger_cannot_walk_the_file_system() {
        let template = "/mail/{domain}/{local}";
        for bad in ["\"../x\"@a.test", "\"a/b\"@a.test", "a/b@a.test", "\"a/../../b\"@a.test", "\".\"@a.test"]
        {
            assert_eq!(path(template, &address(bad)), Err(UnsafeName), "{bad}");
        }
        assert_eq!(path(template, &address("Anna+x@a.test")), Ok(PathBuf::from("/mail/a.test/anna")));
    }

    #[test]
    fn a_user_is_known_by_the_directory_of_its_name() {
        let anna = address("Anna@a.test");
        for (template, expected) in [
            ("/mail/{domain}/{local}", Some("/mail/a.test/anna")),
            ("/home/{local}/Maildir", Some("/home/anna")),
            ("/mail/{local}@{domain}/new", Some("/mail/anna@a.test")),
            ("/mail/all", None),
        ] {
            assert_eq!(user_directory(template, &anna), Ok(expected.map(PathBuf::from)), "{template}");
        }
    }

    #[test]
    fn lines_end_with_lf_wherever_the_pieces_are_cut() {
        let directory = tempfile::tempdir().expect("a directory");
        let content = [Bytes::from("A: b\r"), Bytes::from("\n\r\nx\r\ny\r"), Bytes::from("z\r\n")];
        deliver(directory.path(), QueueId(7), 0, "Return-Path: <>\r\n", &content).expect("delivered");
        let entry =
            fs::read_dir(directory.path().join("new")).expect("new").next().expect("a file").expect("read");
        let text = fs::read(entry.path()).expect("read");
        assert_eq!(text, b"Return-Path: <>\nA: b\n\nx\ny\rz\n");
    }
}
