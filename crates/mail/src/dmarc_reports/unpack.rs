//! From an attachment to the document in it: gzip (RFC 1952), zip with one document, or the document itself.
//!
//! Inflating stops at [`LARGEST_DOCUMENT`], so a bomb costs that much and no more. Of an archive at most one entry is
//! inflated: the first whose name ends in `.xml`. Encrypted, ZIP64 and other methods are refused. An archive whose first
//! entry is none is not looked into at all ([`may_hold_one`]): office documents are archives, too.

use std::borrow::Cow;
use std::io::Read;

use flate2::Crc;
use flate2::bufread::{DeflateDecoder, GzDecoder};
use memchr::memmem;

/// Octets of a document.
pub const LARGEST_DOCUMENT: usize = 16 << 20;
/// Entries of an archive that are looked at.
const ENTRIES: usize = 16;

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";

/// Why there is no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnpackError {
    /// The document is larger than any report.
    #[error("it has more than {LARGEST_DOCUMENT} octets unpacked")]
    TooLarge,
    /// gzip that cannot be read.
    #[error("gzip: {0}")]
    Gzip(String),
    /// An archive that cannot be read.
    #[error("zip: {0}")]
    Zip(&'static str),
    /// An archive of something else.
    #[error("there is no document in the archive")]
    NoDocument,
}

/// Whether these are the first octets of gzip, or of a zip that begins with a document (RFC 9990 §3.5.1).
#[must_use]
pub fn may_hold_one(content: &[u8]) -> bool {
    if !content.starts_with(LOCAL) {
        return content.starts_with(&[0x1f, 0x8b]);
    }
    let length = u16_at(content, 26).map_or(0, usize::from);
    content.get(30..30 + length).is_some_and(|name| is_document(name) && !is_of_office(name))
}

fn is_document(name: &[u8]) -> bool {
    name.len() >= 4 && name[name.len() - 4..].eq_ignore_ascii_case(b".xml")
}

/// ECMA-376 part 2 §7.2.3.1, and the folders that its documents begin with where it is not the first.
fn is_of_office(name: &[u8]) -> bool {
    const FOLDERS: [&[u8]; 7] =
        [b"_rels/", b"docProps/", b"customXml/", b"word/", b"xl/", b"ppt/", b"META-INF/"];
    name.eq_ignore_ascii_case(b"[Content_Types].xml") || FOLDERS.iter().any(|folder| name.starts_with(folder))
}

/// The document.
///
/// # Errors
/// [`UnpackError`].
pub fn unpack(content: &[u8]) -> Result<Cow<'_, [u8]>, UnpackError> {
    if content.starts_with(&[0x1f, 0x8b]) {
        let document = inflated(GzDecoder::new(content))?;
        // Some reporters pack an archive once more.
        return if document.starts_with(LOCAL) {
            Ok(Cow::Owned(zip(&document)?))
        } else {
            Ok(Cow::Owned(document))
        };
    }
    if content.starts_with(LOCAL) {
        return Ok(Cow::Owned(zip(content)?));
    }
    if content.len() > LARGEST_DOCUMENT {
        return Err(UnpackError::TooLarge);
    }
    Ok(Cow::Borrowed(content))
}

/// What the decoder gives, as far as it may go.
fn inflated(decoder: impl Read) -> Result<Vec<u8>, UnpackError> {
    let mut document = Vec::new();
    let read = decoder.take(LARGEST_DOCUMENT as u64 + 1).read_to_end(&mut document);
    if document.len() > LARGEST_DOCUMENT {
        return Err(UnpackError::TooLarge);
    }
    read.map_err(|error| UnpackError::Gzip(error.to_string()))?;
    Ok(document)
}

/// An entry as the central directory has it.
struct Entry<'a> {
    flags: u16,
    method: u16,
    crc: u32,
    packed: usize,
    unpacked: usize,
    offset: usize,
    name: &'a [u8],
}

fn zip(archive: &[u8]) -> Result<Vec<u8>, UnpackError> {
    let entries = directory(archive)?;
    let document = entries.iter().find(|entry| is_document(entry.name));
    extract(archive, document.ok_or(UnpackError::NoDocument)?)
}

/// The entries at the end of the archive.
fn directory(archive: &[u8]) -> Result<Vec<Entry<'_>>, UnpackError> {
    // A comment of at most 65,535 octets may follow the 22 of the end.
    let tail = archive.len().saturating_sub(22 + 65_535);
    let end = tail + memmem::rfind(&archive[tail..], END).ok_or(UnpackError::Zip("it has no directory"))?;
    let count = u16_at(archive, end + 10)?;
    let mut at = u32_at(archive, end + 16)?;
    let mut entries = Vec::new();
    for _ in 0..usize::from(count).min(ENTRIES) {
        if archive.get(at..at.saturating_add(4)) != Some(CENTRAL) {
            return Err(UnpackError::Zip("its directory is damaged"));
        }
        let lengths = [u16_at(archive, at + 28)?, u16_at(archive, at + 30)?, u16_at(archive, at + 32)?];
        let [name, extra, comment] = lengths.map(usize::from);
        entries.push(Entry {
            flags: u16_at(archive, at + 8)?,
            method: u16_at(archive, at + 10)?,
            crc: u32::try_from(u32_at(archive, at + 16)?).unwrap_or_default(),
            packed: u32_at(archive, at + 20)?,
            unpacked: u32_at(archive, at + 24)?,
            offset: u32_at(archive, at + 42)?,
            name: archive.get(at + 46..at + 46 + name).ok_or(UnpackError::Zip("its directory is cut off"))?,
        });
        at += 46 + name + extra + comment;
    }
    Ok(entries)
}

fn extract(archive: &[u8], entry: &Entry<'_>) -> Result<Vec<u8>, UnpackError> {
    if entry.flags & 1 != 0 {
        return Err(UnpackError::Zip("it is encrypted"));
    }
    if [entry.packed, entry.unpacked, entry.offset].contains(&(u32::MAX as usize)) {
        return Err(UnpackError::Zip("it is ZIP64, which no report needs"));
    }
    if entry.unpacked > LARGEST_DOCUMENT {
        return Err(UnpackError::TooLarge);
    }
    let header = entry.offset;
    if archive.get(header..header.saturating_add(4)) != Some(LOCAL) {
        return Err(UnpackError::Zip("its directory leads nowhere"));
    }
    let lengths = [u16_at(archive, header + 26)?, u16_at(archive, header + 28)?];
    let start = header + 30 + lengths.map(usize::from).iter().sum::<usize>();
    let packed =
        archive.get(start..start.saturating_add(entry.packed)).ok_or(UnpackError::Zip("it is cut off"))?;
    let document = match entry.method {
        0 => packed.to_vec(),
        8 => inflated(DeflateDecoder::new(packed)).map_err(|error| match error {
            UnpackError::Gzip(_) => UnpackError::Zip("its content is damaged"),
            other => other,
        })?,
        _ => return Err(UnpackError::Zip("it is packed by an unusual method")),
    };
    let mut crc = Crc::new();
    crc.update(&document);
    if document.len() != entry.unpacked || crc.sum() != entry.crc {
        return Err(UnpackError::Zip("its content is damaged"));
    }
    Ok(document)
}

fn u16_at(octets: &[u8], at: usize) -> Result<u16, UnpackError> {
    let two = octets.get(at..at.saturating_add(2)).and_then(|two| two.try_into().ok());
    two.map(u16::from_le_bytes).ok_or(UnpackError::Zip("it is cut off"))
}

fn u32_at(octets: &[u8], at: usize) -> Result<usize, UnpackError> {
    let four = octets.get(at..at.saturating_add(4)).and_then(|four| four.try_into().ok());
    let number = four.map(u32::from_le_bytes).ok_or(UnpackError::Zip("it is cut off"))?;
    Ok(number as usize)
}
