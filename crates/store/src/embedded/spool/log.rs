//! The writer's segments: room for the next frame, the write and the sync, and what follows when they fail.
//!
//! [`Writer::make_room`] goes on to the next segment when the active one is full, [`Writer::commit`] writes the
//! batch and answers. After an error the active segment is closed at its last durable offset, which its name
//! then says, and is never written again.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rustix::io::Errno;

use super::batch::Batch;
use super::disk::DiskFile;
use super::frame::{Header, Kind, frame_length};
use super::index::{Entry, Fate, Place, Segment};
use super::metadata::{self, Opening};
use super::names;
use super::queue::Command;
use super::state::State;
use super::writer::Writer;
use crate::queue_id::QueueId;
use crate::spool::SpoolError;

/// Segments that grow end here, so that one of full size can take over soon.
const GROWING_BYTES: u64 = 8 << 20;
/// Once a growing segment has so many octets, a spare is worth its cost.
const SPARE_WANTED: u64 = 2 << 20;

/// The segment that is written.
pub(super) struct Active {
    pub number: u32,
    tag: u64,
    file: Arc<dyn DiskFile>,
    pub room: u64,
    grows: bool,
    /// Where the next frame goes.
    pub tail: u64,
    /// Everything before this is durable.
    durable: u64,
}

/// Whether the free space that the settings reserve may be used: by notes of what was done, not by new mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reserve {
    Keep,
    Use,
}

impl Writer {
    /// Adds a frame to the batch; room was made before.
    pub(super) fn add(
        &mut self,
        kind: Kind,
        id: u64,
        metadata: &[u8],
        content: (Vec<bytes::Bytes>, u32, u32),
    ) -> Place {
        let active = self.active.as_ref().expect("make_room left a segment");
        let (content, content_length, content_check) = content;
        let header = Header {
            kind: kind as u8,
            tag: active.tag,
            id,
            durable: active.durable as u32,
            metadata: metadata.len() as u32,
            content: content_length,
            content_check,
        };
        let offset = active.tail as usize + self.batch.add(&header, metadata, content);
        Place {
            segment: active.number,
            offset: offset as u32,
            metadata: metadata.len() as u32,
            content: content_length,
        }
    }

    /// Sees to it that a frame of this length fits behind the batch.
    pub(super) fn make_room(&mut self, length: u64, reserve: Reserve) -> Result<(), SpoolError> {
        if let Some(active) = &self.active {
            let end = active.tail + self.batch.length() as u64 + length;
            if end <= active.room {
                return if active.grows { self.check_reserve(length, reserve) } else { Ok(()) };
            }
            // Nothing may be durable in the next segment that is not durable in this one.
            self.batch.sync = true;
            self.commit()?;
        }
        let fresh = self.open_segment(length, reserve)?;
        if let Some(old) = self.active.replace(fresh) {
            self.newest = (old.number, old.tail as u32);
            self.shared.index().suspicion = true;
        }
        self.begin_segment();
        Ok(())
    }

    fn check_reserve(&self, length: u64, reserve: Reserve) -> Result<(), SpoolError> {
        if reserve == Reserve::Use {
            return Ok(());
        }
        let free = self.disk.free_bytes().map_err(failure)?;
        if free < self.settings.reserve_bytes.saturating_add(length) { Err(SpoolError::Full) } else { Ok(()) }
    }

    fn open_segment(&mut self, length: u64, reserve: Reserve) -> Result<Active, SpoolError> {
        let length = length + frame_length(32, 0);
        let number = self.next_number;
        let tag = names::random_tag();
        let name = names::segment(number, tag);
        self.next_number += 1;
        let spare = if length <= self.settings.segment_bytes { self.pool.take() } else { None };
        let grows = spare.is_none();
        let (file, room) = match spare {
            Some(spare) => {
                self.disk.rename(&spare.name, &name).map_err(failure)?;
                (spare.file, self.settings.segment_bytes)
            }
            None => {
                self.check_reserve(length, reserve)?;
                let room = GROWING_BYTES.min(self.settings.segment_bytes).max(length);
                (self.disk.create(&name).map_err(failure)?, room)
            }
        };
        self.disk.sync_directory().map_err(failure)?;
        let bytes = if grows { 0 } else { room };
        self.shared.index().segments.insert(number, Segment::new(tag, name, Arc::clone(&file), bytes));
        Ok(Active { number, tag, file, room, grows, tail: 0, durable: 0 })
    }

    fn begin_segment(&mut self) {
        let (previous, previous_end) = self.newest;
        let opening = metadata::write_opening(&Opening {
            previous,
            previous_end,
            last_id: self.shared.last_id.load(Ordering::Relaxed),
        });
        self.add(Kind::Opened, 0, &opening, (Vec::new(), 0, 0));
    }

    /// Writes the batch, syncs if it asks for it, and answers.
    pub(super) fn commit(&mut self) -> Result<(), SpoolError> {
        let Some(active) = self.active.as_mut() else { return Ok(()) };
        let sync = self.batch.sync && (!self.batch.is_empty() || active.durable < active.tail);
        let result = write_batch(active, &self.batch, sync);
        if let Err(error) = result {
            return Err(self.give_up_segment(error));
        }
        if active.tail > if active.grows { SPARE_WANTED.min(active.room / 2) } else { active.room / 2 } {
            self.pool.want();
        }
        if active.grows
            && let Some(segment) = self.shared.index().segments.get_mut(&active.number)
        {
            segment.bytes = active.tail;
        }
        self.unsynced.append(&mut self.batch.told);
        if self.batch.sync {
            self.unsynced.clear();
            self.rounds = 0;
            self.answer();
        } else if self.unsynced.is_empty() {
            self.rounds = 0;
        }
        self.batch.clear();
        Ok(())
    }

    fn answer(&mut self) {
        if self.batch.accepts.is_empty() && self.batch.moves.is_empty() {
            return;
        }
        let mut index = self.shared.index();
        for (id, place) in self.batch.moves.drain(..) {
            index.relocate(id, place);
        }
        for pending in &mut self.batch.accepts {
            let gone = Entry { place: pending.entry.place, held: false, state: State::Fresh(0) };
            index.insert(pending.id, std::mem::replace(&mut pending.entry, gone));
        }
        drop(index);
        if !self.batch.accepts.is_empty() {
            self.shared.accepting.store(true, Ordering::Relaxed);
        }
        for pending in self.batch.accepts.drain(..) {
            // A client that has gone was never told 250: the message is not ours.
            if pending.answer.send(Ok(())).is_err() {
                drop(self.shared.queue.push(Command::Forget(QueueId(pending.id))));
            }
        }
    }

    /// The active segment is closed at its last durable offset. What was to be told in it is owed again.
    fn give_up_segment(&mut self, error: io::Error) -> SpoolError {
        let error = failure(error);
        self.shared.accepting.store(false, Ordering::Relaxed);
        self.shared.write_errors.fetch_add(1, Ordering::Relaxed);
        if let Some(active) = self.active.take() {
            self.newest = (active.number, active.durable as u32);
            let sealed = names::sealed(active.number, active.tag, active.durable as u32);
            let mut index = self.shared.index();
            if let Some(segment) = index.segments.get_mut(&active.number) {
                if !matches!(error, SpoolError::Full) {
                    segment.fate = Fate::Remove;
                }
                // If even this fails, frames that were refused may be found at the next start and sent twice.
                if self.disk.rename(&segment.name, &sealed).is_ok() {
                    segment.name = sealed;
                }
            }
            index.suspicion = true;
            drop(index);
            drop(self.disk.sync_directory());
        }
        self.owed.extend(self.unsynced.drain(..));
        self.owed.extend(self.batch.told.drain(..));
        for pending in self.batch.accepts.drain(..) {
            drop(pending.answer.send(Err(error.clone())));
        }
        self.cleaning = None;
        self.cleaned = false;
        self.rounds = 0;
        self.batch.clear();
        error
    }

    pub(super) fn active_number(&self) -> Option<u32> {
        self.active.as_ref().map(|active| active.number)
    }

    /// Gives back segments in which nothing lives.
    pub(super) fn retire(&mut self) {
        let dead = self.shared.index().take_dead(self.active_number());
        for (number, segment) in dead {
            let result = match segment.fate {
                Fate::Recycle => self.pool.give(&segment.name, Arc::clone(&segment.file)),
                Fate::Remove => self.disk.remove(&segment.name),
                Fate::SetAside => self.disk.rename(&segment.name, &names::damaged(&segment.name)),
            };
            if result.is_err() {
                // It stays, and with it whatever refers to it, until the next time or the next start.
                self.shared.write_errors.fetch_add(1, Ordering::Relaxed);
                self.shared.index().segments.insert(number, segment);
            }
        }
    }
}

fn write_batch(active: &mut Active, batch: &Batch, sync: bool) -> io::Result<()> {
    if !batch.is_empty() {
        batch.write(&*active.file, active.tail, active.room)?;
        active.tail += batch.length() as u64;
    }
    if sync {
        active.file.sync()?;
        active.durable = active.tail;
    }
    Ok(())
}

/// Sorts an error of the system: no room, or anything else.
pub(super) fn failure(error: io::Error) -> SpoolError {
    match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::NOSPC | Errno::DQUOT | Errno::FBIG) => SpoolError::Full,
        _ => SpoolError::Io(Arc::new(error)),
    }
}
