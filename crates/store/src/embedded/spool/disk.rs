//! The spool's view of a directory: the few file operations that it needs, as a port.
//!
//! [`Directory`] is the real one. Tests put their own [`Disk`] below the spool to fill it up, to make it fail,
//! to tear writes or to kill the process at a named point. All names are plain file names inside the one
//! directory. Errors are the system's own.

use std::fs::File;
use std::io::{self, IoSlice};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{AtFlags, FlockOperation, Mode, OFlags};
use rustix::io::Errno;

/// A file in the spool's directory.
pub trait DiskFile: Send + Sync {
    /// Writes the parts one behind the other from `offset` on; returns how many octets were taken, as `pwritev` does.
    fn write_at(&self, parts: &[IoSlice<'_>], offset: u64) -> io::Result<usize>;
    /// Reads at `offset`; returns how many octets there were, 0 at the end, as `pread` does.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
    /// Makes everything written so far survive a power cut, as `fdatasync` does.
    fn sync(&self) -> io::Result<()>;
    /// The file's length.
    fn length(&self) -> io::Result<u64>;
}

/// The spool's directory.
pub trait Disk: Send + Sync {
    /// Takes the directory for this process until the disk is dropped; `Ok(false)` when another one has it.
    fn lock(&self) -> io::Result<bool>;
    /// The names of all files.
    fn list(&self) -> io::Result<Vec<String>>;
    /// Opens an existing file for reading and writing.
    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>>;
    /// Creates an empty file that must not exist yet.
    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>>;
    /// Renames a file; the new name must be free.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Makes creations, renames and removals so far survive a power cut.
    fn sync_directory(&self) -> io::Result<()>;
    /// Octets that are free for us on the file system.
    fn free_bytes(&self) -> io::Result<u64>;
}

/// A directory of the real file system.
#[derive(Debug)]
pub struct Directory {
    directory: OwnedFd,
    lock: OwnedFd,
}

const LOCK_FILE: &str = "lock";

impl Directory {
    /// Opens the directory and makes it (0700) when it is missing.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(path: &Path) -> io::Result<Self> {
        if !path.is_dir() {
            let mut builder = std::fs::DirBuilder::new();
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.recursive(true).create(path)?;
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let directory = rustix::fs::open(path, flags, Mode::empty())?;
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC;
        let lock = rustix::fs::openat(&directory, LOCK_FILE, flags, Mode::RUSR | Mode::WUSR)?;
        Ok(Self { directory, lock })
    }

    fn open_file(&self, name: &str, flags: OFlags) -> io::Result<Arc<dyn DiskFile>> {
        let flags = flags | OFlags::RDWR | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.directory, name, flags, Mode::RUSR | Mode::WUSR)?;
        Ok(Arc::new(RealFile(File::from(file))))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // A child of this process that has not come to its `exec` yet holds the descriptor too; closing ours
        // would not free the lock at once.
        let _freed_with_the_descriptor_otherwise = rustix::fs::flock(&self.lock, FlockOperation::Unlock);
    }
}

impl Disk for Directory {
    fn lock(&self) -> io::Result<bool> {
        match rustix::fs::flock(&self.lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(true),
            Err(Errno::WOULDBLOCK) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in rustix::fs::Dir::read_from(&self.directory)? {
            // Names that are not UTF-8 are not ours.
            if let Ok(name) = entry?.file_name().to_str()
                && !matches!(name, "." | ".." | LOCK_FILE)
            {
                names.push(name.to_owned());
            }
        }
        Ok(names)
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        self.open_file(name, OFlags::empty())
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        self.open_file(name, OFlags::CREATE | OFlags::EXCL)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.directory, from, &self.directory, to)?)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.directory, name, AtFlags::empty())?)
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(rustix::fs::fsync(&self.directory)?)
    }

    fn free_bytes(&self) -> io::Result<u64> {
        let figures = rustix::fs::fstatvfs(&self.directory)?;
        Ok(figures.f_bavail.saturating_mul(figures.f_frsize))
    }
}

struct RealFile(File);

impl DiskFile for RealFile {
    fn write_at(&self, parts: &[IoSlice<'_>], offset: u64) -> io::Result<usize> {
        rustix::io::retry_on_intr(|| rustix::io::pwritev(&self.0, parts, offset)).map_err(io::Error::from)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.0, buffer, offset)
    }

    fn sync(&self) -> io::Result<()> {
        // Not repeated on EINTR or any other error: after a failed sync the kernel may have dropped the pages.
        Ok(rustix::fs::fdatasync(&self.0)?)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }
}

/// Reads exactly `buffer.len()` octets, or fails with `UnexpectedEof`.
pub(super) fn read_exact_at(file: &dyn DiskFile, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        match file.read_at(buffer, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                buffer = &mut buffer[count..];
                offset += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// `pwritev` takes at most this many parts at once (IOV_MAX of Linux).
const PARTS_AT_ONCE: usize = 1024;

/// Writes all parts, with as few calls as the system allows.
pub(super) fn write_all_at(
    file: &dyn DiskFile,
    parts: &mut [IoSlice<'_>],
    mut offset: u64,
) -> io::Result<()> {
    let mut parts = parts;
    IoSlice::advance_slices(&mut parts, 0);
    while !parts.is_empty() {
        let now = parts.len().min(PARTS_AT_ONCE);
        match file.write_at(&parts[..now], offset) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => {
                offset += count as u64;
                IoSlice::advance_slices(&mut parts, count);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
