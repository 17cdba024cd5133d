//! The names of the spool's files. They say what a file is, so that no file needs a header that could be lost.
//!
//! | name | what it is |
//! |---|---|
//! | `0000001a-TAG.segment` | segment 26; its frames carry the tag (16 hexadecimal digits) |
//! | `0000001a-TAG-END.sealed` | the same after a write or sync error: only what stands before END counts |
//! | `TAG.spare` | written full, ready to become a segment |
//! | `TAG.new` | a spare being written; removed at start |
//! | `*.damaged` | a segment set aside; never touched again |

/// A file name that the spool made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    Segment { number: u32, tag: u64 },
    Sealed { number: u32, tag: u64, end: u32 },
    Spare,
    Unfinished,
    Damaged,
}

impl Name {
    /// Reads a name; `None` for files that are not ours.
    pub fn parse(name: &str) -> Option<Self> {
        let (stem, extension) = name.rsplit_once('.')?;
        let mut parts = stem.split('-');
        let mut part = |length: usize| {
            let part = parts.next()?;
            (part.len() == length).then(|| u64::from_str_radix(part, 16).ok()).flatten()
        };
        match extension {
            "segment" => Some(Self::Segment { number: u32::try_from(part(8)?).ok()?, tag: part(16)? }),
            "sealed" => Some(Self::Sealed {
                number: u32::try_from(part(8)?).ok()?,
                tag: part(16)?,
                end: u32::try_from(part(8)?).ok()?,
            }),
            "spare" => Some(Self::Spare),
            "new" => Some(Self::Unfinished),
            "damaged" => Some(Self::Damaged),
            _ => None,
        }
    }
}

/// A segment's name.
pub(super) fn segment(number: u32, tag: u64) -> String {
    format!("{number:08x}-{tag:016x}.segment")
}

/// The name of a segment that ends at `end`, whatever stands behind.
pub(super) fn sealed(number: u32, tag: u64, end: u32) -> String {
    format!("{number:08x}-{tag:016x}-{end:08x}.sealed")
}

/// The name of a file that is ready to become a segment.
pub(super) fn spare(tag: u64) -> String {
    format!("{tag:016x}.spare")
}

/// The name of a spare that is being written.
pub(super) fn unfinished(tag: u64) -> String {
    format!("{tag:016x}.new")
}

/// The name under which a segment is set aside.
pub(super) fn damaged(name: &str) -> String {
    format!("{name}.damaged")
}

/// A random number, never the same twice in practice; the hasher's keys come from the system.
pub(super) fn random_tag() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish()
}
