//! What the writer thread and the tasks share: the queue, the index, the figures; and reading a frame back.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::disk::{DiskFile, read_exact_at};
use super::frame::{HEADER, Header, Kind};
use super::index::{Index, Place};
use super::metadata;
use super::queue::Queue;
use crate::spool::SpoolFigures;

/// Shared by the writer thread, the tasks and the recovery. It does not hold the disk, whose lock must be free
/// once the spool is closed, whatever a task still holds.
pub(super) struct Shared {
    pub queue: Queue,
    index: Mutex<Index>,
    /// Octets that the spare files take.
    spare_bytes: Arc<AtomicU64>,
    /// The last id given away.
    pub last_id: AtomicU64,
    pub accepting: AtomicBool,
    pub quarantined: AtomicU64,
    pub write_errors: AtomicU64,
}

/// A file with what is needed to know whether it still holds what it held.
pub(super) struct Source {
    pub file: Arc<dyn DiskFile>,
    pub tag: u64,
    pub name: String,
}

impl Shared {
    pub fn new(index: Index, spare_bytes: Arc<AtomicU64>, quarantined: u64, last_id: u64) -> Self {
        Self {
            queue: Queue::new(),
            index: Mutex::new(index),
            spare_bytes,
            last_id: AtomicU64::new(last_id),
            accepting: AtomicBool::new(true),
            quarantined: AtomicU64::new(quarantined),
            write_errors: AtomicU64::new(0),
        }
    }

    /// The index; held for a moment only.
    pub fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a message is now.
    pub fn locate(&self, id: u64) -> Option<(Source, Place)> {
        let index = self.index();
        let place = index.get(id)?.place;
        let segment = index.segments.get(&place.segment)?;
        let source = Source { file: Arc::clone(&segment.file), tag: segment.tag, name: segment.name.clone() };
        Some((source, place))
    }

    pub fn figures(&self) -> SpoolFigures {
        let index = self.index();
        let segments: u64 = index.segments.values().map(|segment| segment.bytes).sum();
        SpoolFigures {
            messages: index.len() as u64,
            disk_bytes: segments + self.spare_bytes.load(Ordering::Relaxed),
            quarantined: self.quarantined.load(Ordering::Relaxed),
            accepting: self.accepting.load(Ordering::Relaxed),
        }
    }
}

/// How much of a frame is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Metadata,
    Everything,
}

/// A message's frame.
pub(super) struct Frame {
    kind: Kind,
    metadata: Bytes,
    /// Empty unless everything was wanted; not checked yet.
    pub content: Bytes,
    pub content_check: u32,
}

/// Why a frame could not be read.
#[derive(Debug)]
pub(super) enum ReadError {
    /// Its header or metadata is not what was written.
    Damaged,
    /// The system refused.
    Io(io::Error),
}

impl Frame {
    /// The envelope's octets.
    pub fn letter(&self) -> Option<&[u8]> {
        match self.kind {
            Kind::Moved => metadata::split_moved(&self.metadata).map(|(_, letter)| letter),
            _ => Some(&self.metadata),
        }
    }

    /// True when the content passes its checksum.
    pub fn content_is_sound(&self) -> bool {
        crc32fast::hash(&self.content) == self.content_check
    }
}

/// Reads a message's frame. Blocks.
pub(super) fn read_frame(source: &Source, id: u64, place: Place, wanted: Wanted) -> Result<Frame, ReadError> {
    let metadata = HEADER + place.metadata as usize;
    let length = match wanted {
        Wanted::Metadata => metadata,
        Wanted::Everything => metadata + place.content as usize,
    };
    let mut octets = vec![0; length];
    read_exact_at(&*source.file, &mut octets, u64::from(place.offset)).map_err(ReadError::Io)?;
    let octets = Bytes::from(octets);
    let head: &[u8; HEADER] = octets.first_chunk().ok_or(ReadError::Damaged)?;
    let header = Header::read(head, source.tag)
        .filter(|header| {
            header.id == id && header.metadata == place.metadata && header.content == place.content
        })
        .filter(|_| Header::is_sound(head, &octets[HEADER..metadata]))
        .ok_or(ReadError::Damaged)?;
    let kind = header
        .kind()
        .filter(|kind| matches!(kind, Kind::Accepted | Kind::Moved))
        .ok_or(ReadError::Damaged)?;
    Ok(Frame {
        kind,
        metadata: octets.slice(HEADER..metadata),
        content: octets.slice(metadata..),
        content_check: header.content_check,
    })
}
