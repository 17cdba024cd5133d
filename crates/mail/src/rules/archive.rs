//! The names of files in a ZIP archive, read from its octets window by window without unpacking.
//!
//! Every entry of a central directory is a signature, fixed fields and a name (APPNOTE 4.3.12). They are looked for
//! where they stand instead of by the offsets at the archive's end, which can be wrong while readers still open it; so
//! the directories of archives that lie uncompressed in an archive are found too. A window that shows an entry twice
//! does no harm.

use memchr::memmem;

const SIGNATURE: &[u8] = b"PK\x01\x02";
/// Octets in front of the name.
const FIXED: usize = 46;
/// Octets of a name that are believed.
const NAME_LIMIT: usize = 1_024;

/// The names in a window.
pub(super) fn names(window: &[u8]) -> impl Iterator<Item = String> + '_ {
    memmem::find_iter(window, SIGNATURE).filter_map(|place| {
        let entry = &window[place..];
        let length = usize::from(u16::from_le_bytes([*entry.get(28)?, *entry.get(29)?]));
        if length == 0 || length > NAME_LIMIT {
            return None;
        }
        let name = entry.get(FIXED..FIXED + length)?;
        // In compressed data the signature may stand by chance; a name then does not follow.
        let is_name = name.iter().all(|octet| *octet >= 32 && *octet != 127);
        is_name.then(|| String::from_utf8_lossy(name).into_owned())
    })
}
