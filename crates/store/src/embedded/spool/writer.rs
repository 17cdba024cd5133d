//! The writer thread: takes whatever is queued, writes it to the active segment with one call, syncs once when
//! mail was accepted (or somebody asked for it), then answers everybody. What is queued meanwhile is the next batch.
//!
//! Failures: without room an accept is answered [`SpoolError::Full`], and changes are *owed*: kept by id and
//! written as whole states once there is room. After a write or sync error the segment is closed at the last
//! offset known to be durable (its name says so), its accepts are answered with the error, what was told in
//! it since the last sync is owed again, and its messages are copied on: it is never written or trusted again.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rustix::io::Errno;

use super::batch::{Batch, Pending};
use super::disk::{Disk, DiskFile};
use super::frame::{Header, Kind, frame_length};
use super::index::{Entry, Fate, Place, Segment};
use super::metadata::{self, Opening};
use super::pool::Pool;
use super::queue::{Accept, Command};
use super::shared::Shared;
use super::state::State;
use super::{SpoolSettings, names, slice};
use crate::queue_id::QueueId;
use crate::spool::{Change, SpoolError};

/// Written changes are synced after this time without anything else to do.
const SYNC_WHEN_IDLE: Duration = Duration::from_millis(400);
/// … or after so many rounds of changes alone; a round takes at most 50 ms.
const ROUNDS_WITHOUT_SYNC: u32 = 10;
/// While something is owed, a new attempt is made this often.
const TRY_AGAIN: Duration = Duration::from_millis(1000);
/// Segments that grow end here, so that one of full size can take over soon.
const GROWING_BYTES: u64 = 8 << 20;
/// Once a growing segment has so many octets, a spare is worth its cost.
const SPARE_WANTED: u64 = 2 << 20;

/// The segment that is written.
struct Active {
    number: u32,
    tag: u64,
    file: Arc<dyn DiskFile>,
    room: u64,
    grows: bool,
    /// Where the next frame goes.
    tail: u64,
    /// Everything before this is durable.
    durable: u64,
}

/// Whether the free space that the settings reserve may be used: by notes of what was done, not by new mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reserve {
    Keep,
    Use,
}

/// The writer.
pub(super) struct Writer {
    pub shared: Arc<Shared>,
    pub disk: Arc<dyn Disk>,
    pub pool: Arc<Pool>,
    pub settings: SpoolSettings,
    /// Number of the newest segment that is closed, and where it ends.
    pub newest: (u32, u32),
    /// The number that the next segment gets; never given twice, even if the segment could not be opened.
    next_number: u32,
    active: Option<Active>,
    pub(super) batch: Batch,
    /// Told in the active segment since its last sync: id and the segment where the message lives.
    unsynced: Vec<(u64, u32)>,
    rounds: u32,
    /// Messages whose present state stands nowhere on disk.
    owed: HashMap<u64, u32>,
    pub(super) cleaning: Option<super::clean::Cleaning>,
    /// The last round copied something on, so the next one should follow at once.
    pub(super) cleaned: bool,
    scratch: Vec<u8>,
}

impl Writer {
    pub fn new(
        shared: Arc<Shared>,
        disk: Arc<dyn Disk>,
        pool: Arc<Pool>,
        settings: SpoolSettings,
        newest: (u32, u32),
    ) -> Self {
        Self {
            shared,
            disk,
            pool,
            settings,
            newest,
            next_number: newest.0 + 1,
            active: None,
            batch: Batch::default(),
            unsynced: Vec::new(),
            rounds: 0,
            owed: HashMap::new(),
            cleaning: None,
            cleaned: false,
            scratch: Vec::new(),
        }
    }

    /// Works until the spool is closed; returns what kept the last state from being durable.
    pub fn run(mut self) -> Result<(), SpoolError> {
        let _stops = StopsQueue(Arc::clone(&self.shared));
        slice::shorten();
        let mut commands = Vec::new();
        self.retire();
        loop {
            let taken = self.shared.queue.take(&mut commands, self.idle());
            let idle = commands.is_empty();
            self.round(&mut commands, idle || taken.closing);
            if taken.closing {
                return self.close();
            }
        }
    }

    fn idle(&self) -> Option<Duration> {
        if self.cleaned {
            Some(Duration::ZERO)
        } else if !self.unsynced.is_empty() {
            Some(SYNC_WHEN_IDLE)
        } else if !self.owed.is_empty() {
            Some(TRY_AGAIN)
        } else {
            None
        }
    }

    fn round(&mut self, commands: &mut Vec<Command>, sync: bool) {
        let mut flushes = Vec::new();
        self.tell_what_is_owed();
        for command in commands.drain(..) {
            match command {
                Command::Accept(accept) => self.accept(*accept),
                Command::Change(change) => self.change(&change),
                Command::Forget(id) => self.forget(id),
                Command::Flush(answer) => flushes.push(answer),
            }
        }
        self.clean_a_little();
        self.rounds += 1;
        self.batch.sync |= sync || !flushes.is_empty() || self.rounds >= ROUNDS_WITHOUT_SYNC;
        let mut result = self.commit();
        if result.is_ok() && !self.owed.is_empty() {
            // A failed segment leaves debts that the next one can take at once.
            self.tell_what_is_owed();
            self.batch.sync = true;
            result = self.commit();
        }
        if !flushes.is_empty() {
            let result = if self.owed.is_empty() { result } else { result.and(Err(SpoolError::Full)) };
            flushes.into_iter().for_each(|answer| drop(answer.send(result.clone())));
        }
        self.retire();
    }

    fn accept(&mut self, accept: Accept) {
        let length = frame_length(accept.metadata.len(), accept.content_length as usize);
        if self.shared.index().get(accept.id).is_some() {
            let taken = io::Error::new(io::ErrorKind::AlreadyExists, "the id is in use");
            drop(accept.answer.send(Err(SpoolError::Io(Arc::new(taken)))));
            return;
        }
        if let Err(error) = self.make_room(length, Reserve::Keep) {
            self.shared.accepting.store(false, Ordering::Relaxed);
            drop(accept.answer.send(Err(error)));
            return;
        }
        let id = accept.id;
        let place = self.add(
            Kind::Accepted,
            id,
            &accept.metadata,
            (accept.content, accept.content_length, accept.content_check),
        );
        let entry = Entry { place, held: accept.held, state: State::Fresh(accept.recipients) };
        self.batch.accepts.push(Pending { id, entry, answer: accept.answer });
        self.batch.sync = true;
    }

    fn change(&mut self, change: &Change) {
        let (kind, id) = match change {
            Change::Done { id, .. } => (Kind::Done, id.0),
            Change::Deferred { id, .. } => (Kind::Deferred, id.0),
            Change::Held { id, .. } => (Kind::Held, id.0),
        };
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        metadata::write_change(change, &mut scratch);
        let room = self.make_room(frame_length(scratch.len(), 0), Reserve::Use);
        let lives_in = self.shared.index().apply(change, self.active_number());
        self.tell_or_owe(room.is_ok(), kind, id, &scratch, lives_in);
        self.scratch = scratch;
    }

    fn forget(&mut self, id: QueueId) {
        let mut finished = Vec::new();
        State::Fresh(0).write(false, &mut finished);
        let room = self.make_room(frame_length(finished.len(), 0), Reserve::Use);
        let lives_in = self.shared.index().finish(id.0, self.active_number());
        self.tell_or_owe(room.is_ok(), Kind::State, id.0, &finished, lives_in);
    }

    /// Writes what is new of a message that lives in a segment, or keeps it in mind when there is no room.
    fn tell_or_owe(&mut self, room: bool, kind: Kind, id: u64, metadata: &[u8], lives_in: Option<u32>) {
        let Some(lives_in) = lives_in else { return };
        if room && !self.owed.contains_key(&id) {
            self.tell(kind, id, metadata, lives_in);
        } else {
            self.owed.insert(id, lives_in);
        }
    }

    fn tell(&mut self, kind: Kind, id: u64, metadata: &[u8], lives_in: u32) {
        self.add(kind, id, metadata, (Vec::new(), 0, 0));
        self.batch.told.push((id, lives_in));
    }

    fn tell_what_is_owed(&mut self) {
        for (id, lives_in) in std::mem::take(&mut self.owed) {
            let mut snapshot = Vec::new();
            match self.shared.index().get(id) {
                Some(entry) => entry.state.write(entry.held, &mut snapshot),
                None => State::Fresh(0).write(false, &mut snapshot),
            }
            if self.make_room(frame_length(snapshot.len(), 0), Reserve::Use).is_ok() {
                self.shared.index().refer(self.active_number(), lives_in);
                self.tell(Kind::State, id, &snapshot, lives_in);
            } else {
                self.owed.insert(id, lives_in);
            }
        }
    }

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
    fn retire(&mut self) {
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

    fn close(&mut self) -> Result<(), SpoolError> {
        if let Some(active) = &self.active
            && active.tail + self.batch.length() as u64 + frame_length(0, 0) <= active.room
        {
            self.batch.sync = true;
            self.commit()?;
            let last_id = self.shared.last_id.load(Ordering::Relaxed);
            self.add(Kind::Closed, last_id, &[], (Vec::new(), 0, 0));
        }
        self.batch.sync = true;
        self.commit()?;
        if self.owed.is_empty() { Ok(()) } else { Err(SpoolError::Full) }
    }
}

/// Lets nobody wait for a writer that has ended, however it ended.
struct StopsQueue(Arc<Shared>);

impl Drop for StopsQueue {
    fn drop(&mut self) {
        self.0.queue.stopped();
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
