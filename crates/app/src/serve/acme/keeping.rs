//! What the watch keeps: a new certificate in the order in which nothing is forgotten before it is safe, and its state
//! even where that cannot be written.
//!
//! [`settle`] fails with words for the operator and leaves the state as it was, with its count of failures: waits grow,
//! and an authority is not asked every few minutes for certificates that nobody can keep.

use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::blocking;
use crate::certificates::{AcmeState, replace};

/// Octets that must find room before a certificate is ordered: a key and a long chain.
const ROOM: usize = 32 * 1024;

/// The state of the watch, on disk and, where the disk does not take it, here.
#[derive(Debug)]
pub struct Memory {
    path: PathBuf,
    unwritten: Option<AcmeState>,
}

impl Memory {
    /// Of the watch whose state lies there.
    pub fn new(path: PathBuf) -> Self {
        Self { path, unwritten: None }
    }

    /// What is known. What could not be written is newer than what is on disk.
    pub async fn recall(&self) -> AcmeState {
        if let Some(state) = &self.unwritten {
            return state.clone();
        }
        let path = self.path.clone();
        blocking(move || AcmeState::read(&path)).await.unwrap_or_default()
    }

    /// Keeps it; in words what went wrong with the disk.
    pub async fn keep(&mut self, state: &AcmeState) -> Result<(), String> {
        let (ours, path) = (state.clone(), self.path.clone());
        let written = blocking(move || ours.write(&path)).await.unwrap_or_else(|| Err(no_writer()));
        self.unwritten = written.is_err().then(|| state.clone());
        written.map_err(|error| format!("{}: {error}", self.path.display()))
    }
}

/// Whether a certificate could be kept there, found out before one is ordered: an authority counts those it gives.
pub async fn has_room(pair: &Path) -> Result<(), String> {
    let mut probe = pair.as_os_str().to_owned();
    probe.push(".room");
    let probe = PathBuf::from(probe);
    let tried = blocking(move || {
        let written = replace(&probe, &[0; ROOM]);
        // It is written over by the next.
        let _ = std::fs::remove_file(&probe);
        written
    });
    let tried = tried.await.unwrap_or_else(|| Err(no_writer()));
    tried.map_err(|error| format!("{}: {error}", pair.display()))
}

/// Writes the new pair, then shows it, and only then puts the fresh state in the place of the old.
pub async fn settle(
    state: &mut AcmeState,
    fresh: AcmeState,
    pair: &Path,
    pem: Zeroizing<String>,
    show: impl Future<Output = Result<(), String>>,
) -> Result<(), String> {
    let path = pair.to_owned();
    let written = blocking(move || replace(&path, pem.as_bytes())).await;
    let written = written.unwrap_or_else(|| Err(no_writer()));
    written.map_err(|error| format!("{}: {error}", pair.display()))?;
    show.await?;
    *state = fresh;
    Ok(())
}

/// It has panicked, which its thread has said on stderr.
pub fn no_writer() -> io::Error {
    io::Error::other("the writer has failed")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing() -> AcmeState {
        AcmeState { failures: 3, try_at: Some(7), ..AcmeState::default() }
    }

    fn fresh() -> AcmeState {
        AcmeState { directory: "https://ca.test/directory".to_owned(), ..AcmeState::default() }
    }

    fn pem() -> Zeroizing<String> {
        Zeroizing::new("a key and a chain".to_owned())
    }

    #[tokio::test]
    async fn failures_are_forgotten_only_when_the_certificate_is_written_and_shown() {
        let directory = tempfile::tempdir().expect("a directory");
        // A file in the place of the directory: not even root can write below it.
        let (file, pair) = (directory.path().join("file"), directory.path().join("acme.pem"));
        std::fs::write(&file, "").expect("a file");
        let unwritable = file.join("acme.pem");
        let mut state = failing();
        let mut shown = false;
        let show = async {
            shown = true;
            Ok(())
        };
        let error = settle(&mut state, fresh(), &unwritable, pem(), show).await.expect_err("unwritable");
        assert!(error.contains("acme.pem"), "{error}");
        assert!(has_room(&unwritable).await.is_err(), "and that is known before one is ordered");
        assert!(!shown && state == failing(), "{state:?}");

        let refused = async {
            assert_eq!(std::fs::read(&pair).expect("written before it is shown"), b"a key and a chain");
            Err("no port shows it".to_owned())
        };
        let error = settle(&mut state, fresh(), &pair, pem(), refused).await.expect_err("not shown");
        assert_eq!((error.as_str(), &state), ("no port shows it", &failing()));

        settle(&mut state, fresh(), &pair, pem(), async { Ok(()) }).await.expect("kept and shown");
        assert_eq!(state, fresh());
    }

    #[tokio::test]
    async fn a_full_disk_does_not_make_it_forget_how_often_it_has_failed() {
        let directory = tempfile::tempdir().expect("a directory");
        let place = directory.path().join("tls");
        std::fs::write(&place, "").expect("a file in the way");
        let mut memory = Memory::new(place.join("acme.json"));
        memory.keep(&failing()).await.expect_err("unwritable");
        assert_eq!(memory.recall().await, failing());

        std::fs::remove_file(&place).expect("out of the way");
        std::fs::create_dir(&place).expect("a directory");
        memory.keep(&fresh()).await.expect("written");
        assert_eq!(Memory::new(place.join("acme.json")).recall().await, fresh());
        has_room(&place.join("acme.pem")).await.expect("room");
        assert_eq!(std::fs::read_dir(&place).expect("read").count(), 1, "the probe has gone");
    }
}
