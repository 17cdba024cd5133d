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

use super::batch::{Batch, Pending};
use super::disk::Disk;
use super::frame::{Kind, frame_length};
use super::index::Entry;
use super::log::{Active, Reserve};
use super::metadata;
use super::pool::Pool;
use super::queue::{Accept, Command};
use super::shared::Shared;
use super::state::State;
use super::{SpoolSettings, slice};
use crate::queue_id::QueueId;
use crate::spool::{Change, SpoolError};

/// Written changes are synced after this time without anything else to do.
const SYNC_WHEN_IDLE: Duration = Duration::from_millis(400);
/// … or after so many rounds of changes alone; a round takes at most 50 ms.
const ROUNDS_WITHOUT_SYNC: u32 = 10;
/// After a refusal mail is taken again once there is room for a message of this size.
const ROOM_TO_RESUME: u64 = 64 << 10;
/// While something is owed or refused, a new attempt is made this often.
const TRY_AGAIN: Duration = Duration::from_millis(1000);

/// The writer.
pub(super) struct Writer {
    pub shared: Arc<Shared>,
    pub disk: Arc<dyn Disk>,
    pub pool: Arc<Pool>,
    pub settings: SpoolSettings,
    /// Number of the newest segment that is closed, and where it ends.
    pub newest: (u32, u32),
    /// The number that the next segment gets; never given twice, even if the segment could not be opened.
    pub(super) next_number: u32,
    pub(super) active: Option<Active>,
    pub(super) batch: Batch,
    /// Told in the active segment since its last sync: id and the segment where the message lives.
    pub(super) unsynced: Vec<(u64, u32)>,
    pub(super) rounds: u32,
    /// Messages whose present state stands nowhere on disk.
    pub(super) owed: HashMap<u64, u32>,
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
        } else if !self.owed.is_empty() || !self.shared.accepting.load(Ordering::Relaxed) {
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
        if !self.shared.accepting.load(Ordering::Relaxed) {
            self.try_to_accept();
        }
    }

    /// After a refusal: finds out whether mail could be taken again, so that nobody has to be refused to know.
    fn try_to_accept(&mut self) {
        let room = self.make_room(ROOM_TO_RESUME.min(self.settings.segment_bytes / 4), Reserve::Keep);
        self.batch.sync = true;
        if self.commit().and(room).is_ok() {
            self.shared.accepting.store(true, Ordering::Relaxed);
        }
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
