//! Copying on: the living messages of a segment that is mostly dead, or not trusted any more, are written
//! again at the end of the log, a little with each round, so that no accept waits long for it. Their frames
//! carry the state of that moment. The old segment goes once the copies are durable.

use std::sync::atomic::Ordering;

use bytes::Bytes;

use super::frame::{Kind, frame_length};
use super::index::Victim;
use super::log::Reserve;
use super::metadata;
use super::shared::{self, ReadError, Wanted};
use super::writer::Writer;

/// Octets copied in one round.
const STEP: u64 = 1 << 20;
/// Dead octets that are left alone, counted in full segments: while there is room, and when it is tight.
const SLACK_SEGMENTS: u64 = 4;
const SLACK_SEGMENTS_WHEN_TIGHT: u64 = 1;

/// A segment that is being cleaned.
pub(super) struct Cleaning {
    victim: Victim,
    /// Messages still to be copied, last first.
    messages: Vec<u64>,
}

impl Writer {
    /// Copies some messages on, if a segment is to be cleaned.
    pub(super) fn clean_a_little(&mut self) {
        self.cleaned = false;
        let Some(mut cleaning) = self.cleaning.take().or_else(|| self.choose_victim()) else { return };
        let mut copied = 0;
        while copied < STEP {
            let Some(id) = cleaning.messages.pop() else { break };
            match self.copy_on(id, cleaning.victim) {
                Ok(octets) => copied += octets,
                // No room: later, from the start.
                Err(Obstacle::Room) => return,
                Err(Obstacle::Unreadable) => {
                    if let Some(segment) = self.shared.index().segments.get_mut(&cleaning.victim.segment) {
                        segment.stuck = true;
                    }
                }
            }
        }
        self.cleaned = copied > 0;
        if !cleaning.messages.is_empty() {
            self.cleaning = Some(cleaning);
        }
    }

    fn choose_victim(&self) -> Option<Cleaning> {
        let index = self.shared.index();
        let victim =
            |segments: u64| index.victim(self.active_number(), segments * self.settings.segment_bytes);
        let cleaned_when_tight = victim(SLACK_SEGMENTS_WHEN_TIGHT)?;
        let victim = victim(SLACK_SEGMENTS).or_else(|| self.is_tight().then_some(cleaned_when_tight))?;
        let mut messages = index.messages_in(victim.segment);
        messages.reverse();
        Some(Cleaning { victim, messages })
    }

    /// True when what the dead segments take is missed.
    fn is_tight(&self) -> bool {
        let comfortable = self.settings.reserve_bytes + SLACK_SEGMENTS * self.settings.segment_bytes;
        !self.shared.accepting.load(Ordering::Relaxed)
            || self.disk.free_bytes().is_ok_and(|free| free < comfortable)
    }

    fn copy_on(&mut self, id: u64, victim: Victim) -> Result<u64, Obstacle> {
        let Some((source, place)) = self.shared.locate(id) else { return Ok(0) };
        if place.segment != victim.segment {
            return Ok(0);
        }
        let frame = shared::read_frame(&source, id, place, Wanted::Everything).map_err(Obstacle::from)?;
        let letter = frame.letter().ok_or(Obstacle::Unreadable)?;
        let metadata = {
            let index = self.shared.index();
            let Some(entry) = index.get(id) else { return Ok(0) };
            metadata::write_moved(&entry.state, entry.held, letter)
        };
        let length = frame_length(metadata.len(), frame.content.len());
        let reserve = if victim.gains { Reserve::Use } else { Reserve::Keep };
        self.make_room(length, reserve).map_err(|_| Obstacle::Room)?;
        let content_length = frame.content.len() as u32;
        // The checksum goes along unchecked: content that was damaged before stays known as damaged.
        let content: Vec<Bytes> = vec![frame.content];
        let place = self.add(Kind::Moved, id, &metadata, (content, content_length, frame.content_check));
        self.batch.moves.push((id, place));
        self.batch.sync = true;
        Ok(length)
    }
}

enum Obstacle {
    Room,
    Unreadable,
}

impl From<ReadError> for Obstacle {
    fn from(_: ReadError) -> Self {
        Self::Unreadable
    }
}
