//! A batch: frames that are written with one call and, where mail was accepted, made durable with one sync.
//!
//! Headers and metadata are built in one buffer; contents stay where they are, in the slices that the network
//! filled. [`Batch::write`] hands the kernel a list of both.

use std::io::{self, IoSlice};
use std::ops::Range;

use bytes::Bytes;
use tokio::sync::oneshot;

use super::disk::{DiskFile, write_all_at};
use super::frame::{ALIGNMENT, Header};
use super::index::{Entry, Place};
use crate::spool::SpoolError;

/// Written behind the last frame up to the next page, so that no page has to be read to be written in part.
const PAGE: usize = 4096;
static ZEROS: [u8; PAGE] = [0; PAGE];

enum Piece {
    Built(Range<usize>),
    Content(Bytes),
}

/// An accept that waits for the sync.
pub(super) struct Pending {
    pub id: u64,
    pub entry: Entry,
    pub answer: oneshot::Sender<Result<(), SpoolError>>,
}

/// Frames for the active segment that are not written yet, and who waits for them.
#[derive(Default)]
pub(super) struct Batch {
    built: Vec<u8>,
    pieces: Vec<Piece>,
    length: usize,
    /// Accepts to be answered once this is durable.
    pub accepts: Vec<Pending>,
    /// Messages copied on: their new places hold once this is durable.
    pub moves: Vec<(u64, Place)>,
    /// Messages whose state is told here, with the segment in which they live.
    pub told: Vec<(u64, u32)>,
    /// True when this must be durable before anything else happens.
    pub sync: bool,
}

impl Batch {
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Octets of all frames so far.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Adds a frame; returns where it will start, counted from the start of the batch.
    pub fn add(&mut self, header: &Header, metadata: &[u8], content: Vec<Bytes>) -> usize {
        let start = self.length;
        let built = self.built.len();
        header.write(metadata, &mut self.built);
        let mut length = self.built.len() - built;
        if header.content > 0 {
            self.extend_built(built);
            for piece in content {
                length += piece.len();
                self.pieces.push(Piece::Content(piece));
            }
        }
        let padding = length.next_multiple_of(ALIGNMENT) - length;
        let padded = self.built.len();
        self.built.extend_from_slice(&ZEROS[..padding]);
        self.extend_built(if header.content > 0 { padded } else { built });
        self.length += length + padding;
        start
    }

    /// Makes the octets built from `start` on part of the list.
    fn extend_built(&mut self, start: usize) {
        let end = self.built.len();
        match self.pieces.last_mut() {
            Some(Piece::Built(range)) if range.end == start => range.end = end,
            _ if start < end => self.pieces.push(Piece::Built(start..end)),
            _ => {}
        }
    }

    /// Writes everything at `offset` of a file that has room up to `room`.
    pub fn write(&self, file: &dyn DiskFile, offset: u64, room: u64) -> io::Result<()> {
        let end = offset + self.length as u64;
        let fill = end.next_multiple_of(PAGE as u64).min(room.max(end)) - end;
        let mut parts = Vec::with_capacity(self.pieces.len() + 1);
        parts.extend(self.pieces.iter().map(|piece| {
            IoSlice::new(match piece {
                Piece::Built(range) => &self.built[range.clone()],
                Piece::Content(octets) => octets,
            })
        }));
        parts.push(IoSlice::new(&ZEROS[..usize::try_from(fill).unwrap_or(0)]));
        write_all_at(file, &mut parts, offset)
    }

    /// Empties the batch, keeping its buffers.
    pub fn clear(&mut self) {
        self.built.clear();
        self.pieces.clear();
        self.length = 0;
        self.accepts.clear();
        self.moves.clear();
        self.told.clear();
        self.sync = false;
        // One huge batch must not keep its memory for ever.
        self.built.shrink_to(1 << 20);
        self.pieces.shrink_to(1 << 14);
    }
}
