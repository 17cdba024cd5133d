//! Walking through a segment's frames without reading contents, and finding the next good frame behind a bad place.
//!
//! A read error of the system counts as a bad place: one bad sector must not keep the server from starting.

use std::io;
use std::ops::ControlFlow;

use super::disk::{DiskFile, read_exact_at};
use super::frame::{ALIGNMENT, HEADER, Header, MAGIC};

/// What the walk meets, in order.
pub(super) enum Event<'a> {
    /// A frame whose header and metadata are sound.
    Frame { offset: u64, header: Header, metadata: &'a [u8] },
    /// No good frame starts here. If the walk goes on, it looks for the next one.
    Bad { offset: u64 },
    /// Between these two nothing can be read, though something good follows (or should).
    Gap { from: u64, to: u64 },
}

/// Octets read at once where frames are close to each other.
const WINDOW: usize = 64 << 10;
/// Octets read at once where they are far apart.
const SMALL_WINDOW: usize = 4 << 10;
/// Octets looked through at once in search of a frame.
const SEARCH: usize = 1 << 20;
const PAGE: u64 = 4096;

/// A segment's file with a window into it.
pub(super) struct Walker<'a> {
    file: &'a dyn DiskFile,
    tag: u64,
    limit: u64,
    length: u64,
    window: Vec<u8>,
    window_at: u64,
    far_apart: bool,
    /// The first place where the system refused to read.
    pub unreadable: Option<u64>,
}

impl<'a> Walker<'a> {
    /// A walk up to `end` if that is known, else up to the last good frame.
    pub fn new(file: &'a dyn DiskFile, tag: u64, end: Option<u64>) -> io::Result<Self> {
        let length = file.length()?;
        let limit = end.unwrap_or(length);
        Ok(Self {
            file,
            tag,
            limit,
            length,
            window: Vec::new(),
            window_at: 0,
            far_apart: false,
            unreadable: None,
        })
    }

    /// Walks from the start; `end_is_known` makes a missing end a gap.
    pub fn walk(
        &mut self,
        end_is_known: bool,
        visit: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut offset = 0;
        while offset < self.limit {
            if let Some((header, metadata)) = self.frame(offset) {
                let next = offset + header.frame_length();
                visit(Event::Frame { offset, header, metadata })?;
                self.far_apart = header.content as usize > WINDOW / 2;
                offset = next;
                continue;
            }
            visit(Event::Bad { offset })?;
            let next = self.search(offset + ALIGNMENT as u64);
            match next {
                Some(next) => visit(Event::Gap { from: offset, to: next })?,
                None if end_is_known => visit(Event::Gap { from: offset, to: self.limit })?,
                None => {}
            }
            offset = next.unwrap_or(self.limit);
        }
        ControlFlow::Continue(())
    }

    /// The frame at `offset`, if there is a sound one.
    pub fn frame(&mut self, offset: u64) -> Option<(Header, &[u8])> {
        let tag = self.tag;
        let head: &[u8; HEADER] = self.view(offset, HEADER)?.first_chunk()?;
        let header = Header::read(head, tag)?;
        if offset + header.frame_length() > self.limit {
            return None;
        }
        let octets = self.view(offset, HEADER + header.metadata as usize)?;
        let (head, metadata) = octets.split_first_chunk()?;
        Header::is_sound(head, metadata).then_some((header, metadata))
    }

    /// The octets from `offset` on, at least so many; `None` past the end and where the system cannot read.
    fn view(&mut self, offset: u64, least: usize) -> Option<&[u8]> {
        let end = offset.checked_add(least as u64)?;
        if end > self.length {
            return None;
        }
        let window_end = self.window_at + self.window.len() as u64;
        if offset < self.window_at || end > window_end {
            let size = if self.far_apart { SMALL_WINDOW } else { WINDOW }.max(least);
            let size = size.min(usize::try_from(self.length - offset).ok()?);
            self.window.resize(size, 0);
            self.window_at = offset;
            if read_exact_at(self.file, &mut self.window, offset).is_err() {
                // Perhaps only what lies behind cannot be read.
                self.window.truncate(least);
                if read_exact_at(self.file, &mut self.window, offset).is_err() {
                    self.window.clear();
                    self.unreadable.get_or_insert(offset);
                    return None;
                }
            }
        }
        let start = usize::try_from(offset - self.window_at).ok()?;
        self.window.get(start..start + least)
    }

    /// The first sound frame at or behind `offset`.
    fn search(&mut self, mut offset: u64) -> Option<u64> {
        let limit = self.limit.min(self.length);
        let mut octets = Vec::new();
        while offset + HEADER as u64 <= limit {
            let size = SEARCH.min(usize::try_from(limit - offset).ok()?);
            octets.resize(size, 0);
            if read_exact_at(self.file, &mut octets, offset).is_err() {
                octets.truncate(PAGE as usize);
                if read_exact_at(self.file, &mut octets, offset).is_err() {
                    self.unreadable.get_or_insert(offset);
                    offset = (offset + 1).next_multiple_of(PAGE);
                    continue;
                }
            }
            for at in candidates(&octets, self.tag) {
                if self.frame(offset + at as u64).is_some() {
                    return Some(offset + at as u64);
                }
            }
            // A header may lie across the border of two pieces.
            let step = octets.len().saturating_sub(HEADER).max(ALIGNMENT) / ALIGNMENT * ALIGNMENT;
            offset += step as u64;
        }
        None
    }
}

/// Places in `octets` where magic and tag of a header stand.
fn candidates(octets: &[u8], tag: u64) -> impl Iterator<Item = usize> + '_ {
    let tag = tag.to_le_bytes();
    let words = octets.chunks_exact(ALIGNMENT).zip(octets.chunks_exact(ALIGNMENT).skip(1));
    words
        .enumerate()
        .filter(move |(_, (first, second))| *second == tag && first[..4] == MAGIC)
        .map(|(number, _)| number * ALIGNMENT)
}
