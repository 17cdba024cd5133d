//! The start: reads the frames of all segments in the order in which they were written, rebuilds the index,
//! and tells what is wrong. Contents are not read, except behind the last point known to be durable.
//!
//! * The end of a segment is known when its name or the next segment's first frame says it. Whatever cannot be
//!   read before a known end, or before a point that a later frame calls durable, is damage: it is reported,
//!   and the segment is set aside once its living messages have been copied on.
//! * Anything behind the last durable point may be torn: the log is cut there at the first bad checksum.
//!   Nobody was answered for it.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::OpenError;
use super::disk::{Disk, DiskFile, read_exact_at};
use super::frame::{HEADER, Header, Kind};
use super::index::{Entry, Fate, Index, Place, Segment};
use super::metadata;
use super::names::Name;
use super::pool::Pool;
use super::scan::{Event, Walker};
use super::shared::{self, Shared, Wanted};
use super::state::State;
use crate::queue_id::QueueId;
use crate::spool::Waiting;

/// Something that was found wrong at the start. Nothing of it keeps the server from working.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Octets of a segment that were durable once cannot be read any more; the segment will be set aside.
    #[error("the spool segment {segment} is damaged between {from} and {to}; what can be read of it is kept")]
    Damaged {
        /// The file's name.
        segment: String,
        /// First octet that cannot be read.
        from: u64,
        /// First octet behind it that can.
        to: u64,
    },
    /// A message waits, but its envelope cannot be read.
    #[error(
        "the envelope of {id} in the spool segment {segment} cannot be read; the message stays in the spool"
    )]
    Envelope {
        /// The message.
        id: QueueId,
        /// The file's name.
        segment: String,
    },
}

/// What the scan found.
pub(super) struct Found {
    pub index: Index,
    pub problems: Vec<Problem>,
    pub newest: (u32, u32),
    pub last_id: u64,
    pub quarantined: u64,
}

struct Candidate {
    number: u32,
    tag: u64,
    end: Option<u32>,
    sealed: bool,
    name: String,
    file: Arc<dyn DiskFile>,
}

/// Scans the directory. Spares go to the pool, leftovers are removed.
pub(super) fn scan(disk: &dyn Disk, pool: &Pool) -> Result<Found, OpenError> {
    let (mut candidates, quarantined) = list(disk, pool)?;
    candidates.sort_by_key(|candidate| candidate.number);
    let ends = known_ends(&candidates)?;
    let mut found =
        Found { index: Index::default(), problems: Vec::new(), newest: (0, 0), last_id: 0, quarantined };
    for mut candidate in candidates {
        candidate.end = candidate.end.or_else(|| ends.get(&candidate.number).copied());
        let number = candidate.number;
        let end = found.read_segment(candidate)?;
        found.newest = (number, end);
    }
    found.index.suspicion = true;
    Ok(found)
}

fn list(disk: &dyn Disk, pool: &Pool) -> Result<(Vec<Candidate>, u64), OpenError> {
    let mut candidates = Vec::new();
    let mut quarantined = 0;
    for name in disk.list().map_err(OpenError::during("list the spool directory"))? {
        let Some(kind) = Name::parse(&name) else { continue };
        let mut segment = |number, tag, end: Option<u32>| -> io::Result<()> {
            let file = disk.open(&name)?;
            candidates.push(Candidate { number, tag, end, sealed: end.is_some(), name: name.clone(), file });
            Ok(())
        };
        match kind {
            Name::Segment { number, tag } => segment(number, tag, None),
            Name::Sealed { number, tag, end } => segment(number, tag, Some(end)),
            Name::Spare => pool.adopt(&name),
            Name::Unfinished => disk.remove(&name),
            Name::Damaged => {
                quarantined += 1;
                Ok(())
            }
        }
        .map_err(OpenError::during("open a spool file"))?;
    }
    Ok((candidates, quarantined))
}

/// Where segments end, as the next one's first frame says.
fn known_ends(candidates: &[Candidate]) -> Result<BTreeMap<u32, u32>, OpenError> {
    let mut ends = BTreeMap::new();
    for candidate in candidates {
        let mut walker = Walker::new(&*candidate.file, candidate.tag, None)
            .map_err(OpenError::during("read a spool file"))?;
        let Some((header, metadata)) = walker.frame(0) else { continue };
        if header.kind() == Some(Kind::Opened)
            && let Some(opening) = metadata::read_opening(metadata)
        {
            ends.insert(opening.previous, opening.previous_end);
        }
    }
    Ok(ends)
}

impl Found {
    fn read_segment(&mut self, candidate: Candidate) -> Result<u32, OpenError> {
        let Candidate { number, tag, end, sealed, name, file } = candidate;
        let io = OpenError::during("read a spool file");
        let bytes = file.length().map_err(&io)?;
        let mut segment = Segment::new(tag, name.clone(), Arc::clone(&file), bytes);
        if sealed {
            segment.fate = Fate::Remove;
        }
        self.index.segments.insert(number, segment);
        let mut unreadable = None;
        let durable = match end {
            Some(end) => u64::from(end),
            None => {
                let mut walker = Walker::new(&*file, tag, None).map_err(&io)?;
                let durable = last_durable(&mut walker);
                unreadable = walker.unreadable;
                durable
            }
        };
        let mut walker = Walker::new(&*file, tag, end.map(u64::from)).map_err(&io)?;
        // Up to where everything is known, good or bad; and where the last good frame ends.
        let (mut seen, mut reached) = (0, 0);
        let mut newer = None;
        let _ = walker.walk(end.is_some(), &mut |event| match event {
            Event::Frame { offset, header, metadata } => {
                if offset >= durable && !content_is_sound(&*file, offset, &header) {
                    return ControlFlow::Break(());
                }
                let Some(kind) = header.kind() else {
                    newer = Some(name.clone());
                    return ControlFlow::Break(());
                };
                reached = offset + header.frame_length();
                seen = reached;
                if self.apply(number, offset, &header, kind, metadata).is_none() {
                    self.damaged(number, &name, offset, reached);
                }
                ControlFlow::Continue(())
            }
            Event::Bad { offset } if offset >= durable => ControlFlow::Break(()),
            Event::Bad { .. } => ControlFlow::Continue(()),
            Event::Gap { from, to } => {
                self.damaged(number, &name, from, to);
                seen = to;
                ControlFlow::Continue(())
            }
        });
        if seen < durable {
            self.damaged(number, &name, seen, durable);
        } else if let Some(at) = unreadable.or(walker.unreadable).filter(|at| *at >= seen) {
            // Not even its end is known: it is no empty segment that could be used again.
            self.damaged(number, &name, at, bytes);
        }
        if end.is_none() && file.sync().is_err() {
            // What a killed process wrote may be in the system's memory only; the next segment will call it
            // durable, so it must become that, or else be copied on.
            self.distrust(number, Fate::Remove);
        }
        match newer {
            Some(segment) => Err(OpenError::Newer { segment }),
            None => Ok(end.unwrap_or(reached as u32)),
        }
    }

    fn damaged(&mut self, number: u32, name: &str, from: u64, to: u64) {
        self.problems.push(Problem::Damaged { segment: name.to_owned(), from, to });
        self.distrust(number, Fate::SetAside);
    }

    fn distrust(&mut self, number: u32, fate: Fate) {
        if let Some(segment) = self.index.segments.get_mut(&number) {
            self.quarantined += u64::from(fate == Fate::SetAside && segment.fate != Fate::SetAside);
            segment.fate = fate;
        }
    }

    /// Applies a frame; `None` when its metadata makes no sense.
    fn apply(
        &mut self,
        segment: u32,
        offset: u64,
        header: &Header,
        kind: Kind,
        metadata: &[u8],
    ) -> Option<()> {
        let id = header.id;
        self.last_id = self.last_id.max(id);
        let place =
            Place { segment, offset: offset as u32, metadata: header.metadata, content: header.content };
        let index = &mut self.index;
        let lives_in = match kind {
            Kind::Opened => {
                self.last_id = self.last_id.max(metadata::read_opening(metadata)?.last_id);
                None
            }
            Kind::Closed => None,
            Kind::Accepted => {
                let outline = metadata::read_outline(metadata)?;
                let state = State::Fresh(outline.recipients);
                index.insert(id, Entry { place, held: outline.held, state });
                None
            }
            Kind::Moved => {
                let (state, held) = State::read(metadata::split_moved(metadata)?.0)?;
                if index.get(id).is_some() {
                    index.relocate(id, place);
                    index.set_state(id, state, held);
                } else {
                    index.insert(id, Entry { place, held, state });
                }
                None
            }
            Kind::Done => index.done(id, &metadata::read_done(metadata)?),
            Kind::Deferred => {
                let (recipients, delay) = metadata::read_deferred(metadata)?;
                index.deferred(id, &recipients, delay)
            }
            Kind::Held => index.held(id, *metadata.first()? != 0),
            Kind::State => {
                let (state, held) = State::read(metadata)?;
                index.set_state(id, state, held)
            }
        };
        if let Some(lives_in) = lives_in {
            index.refer(Some(segment), lives_in);
        }
        Some(())
    }
}

/// The last offset that a frame calls durable; everything, when the segment was closed in good order.
fn last_durable(walker: &mut Walker<'_>) -> u64 {
    let mut durable = 0;
    let _ = walker.walk(false, &mut |event| match event {
        Event::Frame { offset, header, .. } => {
            durable = durable.max(u64::from(header.durable));
            if header.kind() == Some(Kind::Closed) && durable == offset {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        }
        Event::Bad { .. } | Event::Gap { .. } => ControlFlow::Continue(()),
    });
    durable
}

fn content_is_sound(file: &dyn DiskFile, offset: u64, header: &Header) -> bool {
    let mut content = vec![0; header.content as usize];
    let at = offset + HEADER as u64 + u64::from(header.metadata);
    read_exact_at(file, &mut content, at).is_ok() && crc32fast::hash(&content) == header.content_check
}

/// The messages that wait, in the order in which they were accepted or copied on, and what was found wrong.
///
/// An iterator that reads each envelope when it is asked for, so that they are not all in memory at once.
/// It may be used while the spool already works; messages accepted since the start are not in it. Blocks.
pub struct Recovery {
    shared: Arc<Shared>,
    ids: std::vec::IntoIter<u64>,
    problems: Vec<Problem>,
}

impl Recovery {
    pub(super) fn new(shared: Arc<Shared>, problems: Vec<Problem>) -> Self {
        let mut places: Vec<(u32, u32, u64)> =
            shared.index().iter().map(|(id, entry)| (entry.place.segment, entry.place.offset, id)).collect();
        places.sort_unstable();
        let ids: Vec<u64> = places.into_iter().map(|(_, _, id)| id).collect();
        Self { shared, ids: ids.into_iter(), problems }
    }

    /// What was found wrong so far; complete once the iterator has ended.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    fn read(&mut self, id: u64) -> Option<Waiting> {
        // Between the look-up and the reading the message may have been copied on and its file used again.
        let mut tries = 3;
        loop {
            let (source, place) = self.shared.locate(id)?;
            let frame = shared::read_frame(&source, id, place, Wanted::Metadata);
            let letter = frame.ok().and_then(|frame| metadata::read_letter(frame.letter()?));
            let Some(letter) = letter else {
                tries -= 1;
                if tries > 0 {
                    continue;
                }
                self.problems.push(Problem::Envelope { id: QueueId(id), segment: source.name });
                return None;
            };
            let index = self.shared.index();
            let entry = index.get(id)?;
            return Some(Waiting {
                id: QueueId(id),
                received_at: letter.received_at,
                envelope: letter.envelope,
                origin: letter.origin,
                size: u64::from(place.content),
                recipients: entry.state.recipients(),
                held: entry.held,
            });
        }
    }
}

impl Iterator for Recovery {
    type Item = Waiting;

    fn next(&mut self) -> Option<Waiting> {
        loop {
            let id = self.ids.next()?;
            if let Some(waiting) = self.read(id) {
                return Some(waiting);
            }
        }
    }
}

impl std::fmt::Debug for Recovery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recovery").field("left", &self.ids.len()).field("problems", &self.problems).finish()
    }
}
