//! The index in memory: where each message is and what is left to do for it, and what each segment holds.
//!
//! About 60 octets a message with one recipient; envelopes are not kept. Besides its messages a segment has
//! *references*: older segments that hold messages of which it knows something newer. A segment may go only
//! when no message lives in it and everything it refers to is gone, else a finished message would come back
//! at the next start. References point backwards only, so the oldest segment never waits for another.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::disk::DiskFile;
use super::state::{Delay, State};
use crate::spool::Change;

/// A message that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub place: Place,
    pub held: bool,
    pub state: State,
}

/// Where a message's frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub segment: u32,
    pub offset: u32,
    pub metadata: u32,
    pub content: u32,
}

impl Place {
    fn octets(&self) -> u64 {
        super::frame::frame_length(self.metadata as usize, self.content as usize)
    }
}

/// What becomes of a segment in which nothing lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is used again.
    Recycle,
    /// Writing or syncing it failed: its messages are copied on and it is removed.
    Remove,
    /// It is damaged: its messages are copied on and it is set aside for people to look at.
    SetAside,
}

/// A segment that holds something.
pub(super) struct Segment {
    pub tag: u64,
    pub name: String,
    pub file: Arc<dyn DiskFile>,
    /// Octets that it takes on disk.
    pub bytes: u64,
    pub fate: Fate,
    /// Messages in it could not be read, so that it cannot be cleaned.
    pub stuck: bool,
    live: u32,
    live_bytes: u64,
    refers: BTreeSet<u32>,
}

impl Segment {
    pub fn new(tag: u64, name: String, file: Arc<dyn DiskFile>, bytes: u64) -> Self {
        Self {
            tag,
            name,
            file,
            bytes,
            fate: Fate::Recycle,
            stuck: false,
            live: 0,
            live_bytes: 0,
            refers: BTreeSet::new(),
        }
    }
}

/// A segment whose messages should be copied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Victim {
    pub segment: u32,
    /// True when that is worth using the reserve: less than a quarter lives, or the segment is not trusted.
    pub gains: bool,
}

/// The index.
#[derive(Default)]
pub(super) struct Index {
    entries: HashMap<u64, Entry>,
    /// A segment may have died since [`Index::take_dead`] looked last.
    pub suspicion: bool,
    pub segments: BTreeMap<u32, Segment>,
}

impl Index {
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn get(&self, id: u64) -> Option<&Entry> {
        self.entries.get(&id)
    }

    pub fn iter(&self) -> impl Iterator<Item = (u64, &Entry)> {
        self.entries.iter().map(|(id, entry)| (*id, entry))
    }

    /// Adds a message.
    pub fn insert(&mut self, id: u64, entry: Entry) {
        self.count(entry.place, true);
        self.entries.insert(id, entry);
    }

    /// Notes that the message is at another place now; what it refers to and what is left to do stay.
    pub fn relocate(&mut self, id: u64, place: Place) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        let old = std::mem::replace(&mut entry.place, place);
        self.count(old, false);
        self.count(place, true);
        self.refer(Some(place.segment), old.segment);
    }

    /// Applies a change that segment `told_in` tells of; returns the segment in which the message lives (or
    /// lived), `None` if there is no such message.
    pub fn apply(&mut self, change: &Change, told_in: Option<u32>) -> Option<u32> {
        let lives_in = match change {
            Change::Done { id, recipients } => self.done(id.0, recipients),
            Change::Deferred { id, recipients, attempts, next, delay_notified } => {
                self.deferred(id.0, recipients, (*attempts, *next, *delay_notified))
            }
            Change::Held { id, held } => self.held(id.0, *held),
        }?;
        self.refer(told_in, lives_in);
        Some(lives_in)
    }

    /// Drops a message as segment `told_in` tells; returns as [`Index::apply`].
    pub fn finish(&mut self, id: u64, told_in: Option<u32>) -> Option<u32> {
        let lives_in = self.forget(id)?;
        self.refer(told_in, lives_in);
        Some(lives_in)
    }

    pub fn done(&mut self, id: u64, recipients: &[u16]) -> Option<u32> {
        let entry = self.entries.get_mut(&id)?;
        entry.state.done(recipients);
        let segment = entry.place.segment;
        if entry.state.is_finished() {
            self.forget(id);
        }
        Some(segment)
    }

    pub fn deferred(&mut self, id: u64, recipients: &[u16], delay: Delay) -> Option<u32> {
        let entry = self.entries.get_mut(&id)?;
        entry.state.deferred(recipients, delay);
        Some(entry.place.segment)
    }

    pub fn held(&mut self, id: u64, held: bool) -> Option<u32> {
        let entry = self.entries.get_mut(&id)?;
        entry.held = held;
        Some(entry.place.segment)
    }

    /// Replaces what is left to do.
    pub fn set_state(&mut self, id: u64, state: State, held: bool) -> Option<u32> {
        if state.is_finished() {
            return self.forget(id);
        }
        let entry = self.entries.get_mut(&id)?;
        entry.state = state;
        entry.held = held;
        Some(entry.place.segment)
    }

    /// Drops a message; returns the segment in which it lived.
    pub fn forget(&mut self, id: u64) -> Option<u32> {
        let entry = self.entries.remove(&id)?;
        self.count(entry.place, false);
        if self.entries.capacity() > 4096 && self.entries.len() < self.entries.capacity() / 8 {
            self.entries.shrink_to(self.entries.len() * 2);
        }
        Some(entry.place.segment)
    }

    /// Notes that segment `newer` knows something of a message in segment `older`.
    pub fn refer(&mut self, newer: Option<u32>, older: u32) {
        if newer != Some(older)
            && let Some(segment) = newer.and_then(|newer| self.segments.get_mut(&newer))
        {
            segment.refers.insert(older);
        }
    }

    /// Segments that may go now, except `active`. Oldest first; each is taken out.
    pub fn take_dead(&mut self, active: Option<u32>) -> Vec<(u32, Segment)> {
        let mut dead = Vec::new();
        if !std::mem::take(&mut self.suspicion) {
            return dead;
        }
        for number in self.segments.keys().copied().collect::<Vec<_>>() {
            let Some(segment) = self.segments.get_mut(&number) else { continue };
            if Some(number) == active || segment.live > 0 {
                continue;
            }
            let mut refers = std::mem::take(&mut segment.refers);
            refers.retain(|older| self.segments.contains_key(older));
            if refers.is_empty() {
                dead.extend(self.segments.remove(&number).map(|segment| (number, segment)));
            } else if let Some(segment) = self.segments.get_mut(&number) {
                segment.refers = refers;
            }
        }
        dead
    }

    /// The segment whose messages should be copied on now, if any: one that is not trusted, else the oldest
    /// once more than half of a certain amount of disk is dead.
    pub fn victim(&self, active: Option<u32>, slack: u64) -> Option<Victim> {
        let mut used = 0;
        let mut live = 0;
        let mut oldest = None;
        for (number, segment) in &self.segments {
            if Some(*number) == active || segment.stuck {
                continue;
            }
            let victim = Victim { segment: *number, gains: segment.live_bytes * 4 < segment.bytes };
            if segment.fate != Fate::Recycle && segment.live > 0 {
                return Some(Victim { gains: true, ..victim });
            }
            used += segment.bytes;
            live += segment.live_bytes;
            if segment.live > 0 {
                oldest = oldest.or(Some(victim));
            }
        }
        oldest.filter(|_| used > 2 * live + slack)
    }

    /// The messages in a segment, in the order of their places.
    pub fn messages_in(&self, segment: u32) -> Vec<u64> {
        let mut messages: Vec<(u32, u64)> = self
            .iter()
            .filter(|(_, entry)| entry.place.segment == segment)
            .map(|(id, entry)| (entry.place.offset, id))
            .collect();
        messages.sort_unstable();
        messages.into_iter().map(|(_, id)| id).collect()
    }

    fn count(&mut self, place: Place, lives: bool) {
        let Some(segment) = self.segments.get_mut(&place.segment) else { return };
        if lives {
            segment.live += 1;
            segment.live_bytes += place.octets();
        } else {
            segment.live -= 1;
            segment.live_bytes -= place.octets();
            self.suspicion |= segment.live == 0;
        }
    }
}
