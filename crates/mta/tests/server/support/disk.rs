//! A real directory for the spool whose writes, or reads, can be made to fail.

use std::io::{self, IoSlice};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use postamt_store::embedded::spool::{Directory, Disk, DiskFile};

/// The disk; clones fail together.
#[derive(Clone)]
pub struct FaultyDisk {
    directory: Arc<Directory>,
    /// The error number of every write, 0 for none.
    error: Arc<AtomicI32>,
    unreadable: Arc<AtomicBool>,
}

impl FaultyDisk {
    /// A disk that works.
    pub fn open(path: &Path) -> Self {
        Self {
            directory: Arc::new(Directory::open(path).expect("a directory")),
            error: Arc::default(),
            unreadable: Arc::default(),
        }
    }

    /// From now on every write fails so.
    pub fn fail(&self, error: rustix::io::Errno) {
        self.error.store(error.raw_os_error(), Ordering::SeqCst);
    }

    /// From now on every read fails.
    pub fn fail_reads(&self) {
        self.unreadable.store(true, Ordering::SeqCst);
    }

    /// Writes work again.
    pub fn recover(&self) {
        self.error.store(0, Ordering::SeqCst);
    }

    fn check(&self) -> io::Result<()> {
        match self.error.load(Ordering::SeqCst) {
            0 => Ok(()),
            number => Err(io::Error::from_raw_os_error(number)),
        }
    }
}

impl Disk for FaultyDisk {
    fn lock(&self) -> io::Result<bool> {
        self.directory.lock()
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.directory.list()
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        Ok(Arc::new(FaultyFile { file: Disk::open(&*self.directory, name)?, disk: self.clone() }))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        self.check()?;
        Ok(Arc::new(FaultyFile { file: self.directory.create(name)?, disk: self.clone() }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.check()?;
        self.directory.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.directory.remove(name)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.check()?;
        self.directory.sync_directory()
    }

    fn free_bytes(&self) -> io::Result<u64> {
        let is_full = self.error.load(Ordering::SeqCst) == rustix::io::Errno::NOSPC.raw_os_error();
        if is_full { Ok(0) } else { self.directory.free_bytes() }
    }
}

struct FaultyFile {
    file: Arc<dyn DiskFile>,
    disk: FaultyDisk,
}

impl DiskFile for FaultyFile {
    fn write_at(&self, parts: &[IoSlice<'_>], offset: u64) -> io::Result<usize> {
        self.disk.check()?;
        self.file.write_at(parts, offset)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        if self.disk.unreadable.load(Ordering::SeqCst) {
            return Err(io::Error::from_raw_os_error(rustix::io::Errno::IO.raw_os_error()));
        }
        self.file.read_at(buffer, offset)
    }

    fn sync(&self) -> io::Result<()> {
        self.disk.check()?;
        self.file.sync()
    }

    fn length(&self) -> io::Result<u64> {
        self.file.length()
    }
}
