//! Frames: what stands in a segment, one behind the other, each on a multiple of 8 octets.
//!
//! ```text
//!  0  magic     4   "PMS1": format 1
//!  4  kind      1   see `Kind`
//!  5  zero      3
//!  8  tag       8   the random number in the segment's file name: a frame of an earlier use of the file has another one
//! 16  id        8   queue id, 0 where there is none
//! 24  durable   4   everything in this segment before this offset was durable when the frame was written
//! 28  metadata  4   octets of metadata behind the header
//! 32  content   4   octets of content behind the metadata
//! 36  check     4   CRC-32 of the content
//! 40  check     4   CRC-32 of octets 0 to 39 and the metadata
//! 44  zero      4
//! ```
//!
//! All numbers are little endian. `durable` tells a torn tail from damage: a bad place that a later frame
//! calls durable was good once.

/// Octets of a header.
pub(super) const HEADER: usize = 48;
/// Frames start on multiples of this.
pub(super) const ALIGNMENT: usize = 8;
/// The first octets of every frame.
pub(super) const MAGIC: [u8; 4] = *b"PMS1";

/// What a frame says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// First in its segment: the segment before it, where that one ended, the last id given away.
    Opened = 1,
    /// A message: envelope and content.
    Accepted = 2,
    /// A message that was copied here from an older segment, with its state of that moment.
    Moved = 3,
    /// Recipients that need nothing more.
    Done = 4,
    /// Recipients that wait.
    Deferred = 5,
    /// Held or released.
    Held = 6,
    /// The whole state of a message; without recipients it is finished.
    State = 7,
    /// The spool was closed in good order: everything before is durable.
    Closed = 8,
}

impl Kind {
    fn from_octet(octet: u8) -> Option<Self> {
        Some(match octet {
            1 => Self::Opened,
            2 => Self::Accepted,
            3 => Self::Moved,
            4 => Self::Done,
            5 => Self::Deferred,
            6 => Self::Held,
            7 => Self::State,
            8 => Self::Closed,
            _ => return None,
        })
    }
}

/// A header without its checksums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// The kind's octet; a newer version may know more of them.
    pub kind: u8,
    /// The segment's random number.
    pub tag: u64,
    /// Queue id.
    pub id: u64,
    /// Durable before this offset.
    pub durable: u32,
    /// Octets of metadata.
    pub metadata: u32,
    /// Octets of content.
    pub content: u32,
    /// CRC-32 of the content.
    pub content_check: u32,
}

impl Header {
    /// The kind, or `None` when only a newer version knows it.
    pub fn kind(&self) -> Option<Kind> {
        Kind::from_octet(self.kind)
    }

    /// Octets of the whole frame, padding included.
    pub fn frame_length(&self) -> u64 {
        frame_length(self.metadata as usize, self.content as usize)
    }

    /// Appends header and metadata to `out`; the content goes behind it.
    pub fn write(&self, metadata: &[u8], out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&[self.kind, 0, 0, 0]);
        out.extend_from_slice(&self.tag.to_le_bytes());
        out.extend_from_slice(&self.id.to_le_bytes());
        out.extend_from_slice(&self.durable.to_le_bytes());
        out.extend_from_slice(&self.metadata.to_le_bytes());
        out.extend_from_slice(&self.content.to_le_bytes());
        out.extend_from_slice(&self.content_check.to_le_bytes());
        let mut check = crc32fast::Hasher::new();
        check.update(&out[start..]);
        check.update(metadata);
        out.extend_from_slice(&check.finalize().to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(metadata);
    }

    /// Reads the fields; nothing but the magic and the tag is checked yet. `None` when this is no frame of the segment.
    pub fn read(octets: &[u8; HEADER], tag: u64) -> Option<Self> {
        let header = Self {
            kind: octets[4],
            tag: number64(octets, 8),
            id: number64(octets, 16),
            durable: number32(octets, 24),
            metadata: number32(octets, 28),
            content: number32(octets, 32),
            content_check: number32(octets, 36),
        };
        (octets[..4] == MAGIC && header.tag == tag).then_some(header)
    }

    /// True when header and metadata are as they were written.
    pub fn is_sound(octets: &[u8; HEADER], metadata: &[u8]) -> bool {
        let mut check = crc32fast::Hasher::new();
        check.update(&octets[..40]);
        check.update(metadata);
        check.finalize() == number32(octets, 40)
    }
}

/// Octets of a frame with so much metadata and content, padding included.
pub(super) fn frame_length(metadata: usize, content: usize) -> u64 {
    (HEADER + metadata + content).next_multiple_of(ALIGNMENT) as u64
}

fn number32(octets: &[u8; HEADER], at: usize) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&octets[at..at + 4]);
    u32::from_le_bytes(number)
}

fn number64(octets: &[u8; HEADER], at: usize) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&octets[at..at + 8]);
    u64::from_le_bytes(number)
}
