//! Spare files: of a segment's full size with all blocks written, so that using one never makes the file
//! system allocate anything (which is what makes `fdatasync` slow).
//!
//! Spares come from retired segments; when there is none, a background thread writes one. Until it is ready
//! the writer uses short files that grow. The thread asks for room first and gives up quietly without it.

use std::io::{self, IoSlice};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::disk::{Disk, DiskFile, write_all_at};
use super::names;

/// A file of full size that holds nothing of worth.
pub(super) struct Spare {
    pub name: String,
    pub file: Arc<dyn DiskFile>,
}

#[derive(Default)]
struct Inner {
    spares: Vec<Spare>,
    wanted: bool,
    closing: bool,
}

/// The spares and the thread that makes them.
pub(super) struct Pool {
    inner: Mutex<Inner>,
    wake: Condvar,
    disk: Arc<dyn Disk>,
    bytes: u64,
    reserve: u64,
    keep: usize,
    /// Octets that the spares take, for whoever counts without the disk in hand.
    disk_bytes: Arc<AtomicU64>,
}

/// Octets written at once.
const PIECE: usize = 1 << 20;

impl Pool {
    /// A pool of files of `bytes` octets that keeps at most `keep` of them.
    pub fn new(disk: Arc<dyn Disk>, bytes: u64, reserve: u64, keep: usize) -> Self {
        Self {
            inner: Mutex::default(),
            wake: Condvar::new(),
            disk,
            bytes,
            reserve,
            keep,
            disk_bytes: Arc::default(),
        }
    }

    /// Starts the thread that writes spares when they are wanted.
    pub fn start(self: &Arc<Self>) -> io::Result<JoinHandle<()>> {
        let pool = Arc::clone(self);
        std::thread::Builder::new().name("spool-spares".into()).spawn(move || pool.work())
    }

    /// Takes one.
    pub fn take(&self) -> Option<Spare> {
        let mut inner = self.lock();
        let spare = inner.spares.pop();
        self.count(&inner);
        spare
    }

    /// Says that one will be needed soon.
    pub fn want(&self) {
        let mut inner = self.lock();
        if inner.spares.is_empty() && !inner.wanted {
            inner.wanted = true;
            self.wake.notify_one();
        }
    }

    /// Gives a retired segment's file back, or removes it when there are enough or it has another size.
    pub fn give(&self, name: &str, file: Arc<dyn DiskFile>) -> io::Result<()> {
        if self.lock().spares.len() >= self.keep || file.length()? != self.bytes {
            return self.disk.remove(name);
        }
        let spare = names::spare(names::random_tag());
        self.disk.rename(name, &spare)?;
        self.add(Spare { name: spare, file });
        Ok(())
    }

    /// Takes in a spare found at start.
    pub fn adopt(&self, name: &str) -> io::Result<()> {
        let file = self.disk.open(name)?;
        if self.lock().spares.len() >= self.keep || file.length()? != self.bytes {
            return self.disk.remove(name);
        }
        self.add(Spare { name: name.to_owned(), file });
        Ok(())
    }

    /// Octets that the spares take; goes on counting for its holders without keeping the disk.
    pub fn disk_bytes(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.disk_bytes)
    }

    fn add(&self, spare: Spare) {
        let mut inner = self.lock();
        inner.spares.push(spare);
        self.count(&inner);
    }

    fn count(&self, inner: &Inner) {
        self.disk_bytes.store(inner.spares.len() as u64 * self.bytes, Ordering::Relaxed);
    }

    /// Ends the thread.
    pub fn close(&self) {
        self.lock().closing = true;
        self.wake.notify_one();
    }

    fn work(&self) {
        let mut inner = self.lock();
        loop {
            if inner.closing {
                return;
            }
            if !inner.wanted {
                inner = self.wake.wait(inner).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            drop(inner);
            // Without a spare the writer goes on with files that grow: slower, and it meets the error itself.
            let made = self.make().ok().flatten();
            inner = self.lock();
            inner.wanted = false;
            inner.spares.extend(made);
            self.count(&inner);
        }
    }

    fn make(&self) -> io::Result<Option<Spare>> {
        if self.disk.free_bytes()? < self.reserve.saturating_add(self.bytes) {
            return Ok(None);
        }
        let tag = names::random_tag();
        let unfinished = names::unfinished(tag);
        let file = self.disk.create(&unfinished)?;
        if let Err(error) = self.fill(&*file) {
            self.disk.remove(&unfinished)?;
            return Err(error);
        }
        let name = names::spare(tag);
        self.disk.rename(&unfinished, &name)?;
        Ok(Some(Spare { name, file }))
    }

    fn fill(&self, file: &dyn DiskFile) -> io::Result<()> {
        let zeros = vec![0; PIECE];
        let mut offset = 0;
        while offset < self.bytes {
            if self.lock().closing {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let length = PIECE.min(usize::try_from(self.bytes - offset).unwrap_or(PIECE));
            write_all_at(file, &mut [IoSlice::new(&zeros[..length])], offset)?;
            offset += length as u64;
        }
        file.sync()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
