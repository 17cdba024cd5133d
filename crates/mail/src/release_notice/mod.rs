//! The release notice: a small signed file that says which release of Postamt is the newest and which ones have known
//! weaknesses. Its form is in `docs/release-notice.md`. Pure.
//!
//! ```text
//! octets, key ─▶ open ─▶ Notice ─▶ is_current, replaces ─▶ advisories_for, newer_than
//! ```
//!
//! [`open`] gives nothing that the key has not signed. Whether a notice is fresh is the caller's question, since this
//! crate knows no time: [`Notice::is_current`] against withholding, [`Notice::replaces`] against what is older.

mod body;
#[cfg(test)]
mod tests;
mod versions;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub use versions::{Range, Version};

/// What the first line begins with; the signature follows.
pub const SIGNATURE: &str = "postamt-release-notice-signature: ";
/// What a body says of its form.
pub const FORMAT: &str = "postamt-release-notice/1";
/// Octets of a file at the most.
pub const SIZE_LIMIT: usize = 64 << 10;
/// How far the clock of who signs may be ahead of ours, in seconds.
const AHEAD: u64 = 86_400;

/// Why a file is no notice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    /// Longer than [`SIZE_LIMIT`].
    #[error("the notice is longer than {} KiB", SIZE_LIMIT >> 10)]
    TooLarge,
    /// No line with a signature in front.
    #[error("the notice does not begin with a line \"{SIGNATURE}…\"")]
    Unsigned,
    /// Somebody else signed it, or it was changed since.
    #[error("the signature of the notice was not made by the key of the settings")]
    NotTrusted,
    /// Signed, but not in the form that this version knows.
    #[error("the notice is signed but cannot be read: {0}")]
    Form(String),
}

/// An Ed25519 public key (RFC 8032 §5.1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeKey([u8; 32]);

impl NoticeKey {
    /// From base64 of its 32 octets.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        STANDARD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// As base64.
    #[must_use]
    pub fn text(&self) -> String {
        STANDARD.encode(self.0)
    }
}

/// How bad a weakness is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// Of little consequence.
    Low,
    /// Under special circumstances only.
    Moderate,
    /// To be mended soon.
    High,
    /// To be mended today.
    Critical,
}

impl Gravity {
    /// All of them, the mildest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Moderate, Self::High, Self::Critical];

    /// The word in the file, in JSON and in events.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// A known weakness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advisory {
    /// Its name, for ever.
    pub id: String,
    /// The versions that have it: any of these ranges.
    pub affected: Vec<Range>,
    /// How bad it is.
    pub gravity: Gravity,
    /// What it is, in one sentence.
    pub title_en: String,
    /// The same in German.
    pub title_de: String,
    /// More about it, https.
    pub url: String,
}

/// What a notice says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// When it was signed, seconds since 1970.
    pub issued: u64,
    /// From when on it says nothing any more, seconds since 1970.
    pub valid_until: u64,
    /// The newest release.
    pub latest: Version,
    /// More about that release, https.
    pub url: String,
    /// The known weaknesses.
    pub advisories: Vec<Advisory>,
}

impl Notice {
    /// Whether it can be relied on now: not over, and not from a time to come.
    #[must_use]
    pub const fn is_current(&self, now: u64) -> bool {
        self.issued <= now.saturating_add(AHEAD) && now < self.valid_until
    }

    /// Whether it may take the place of the last one that was seen: an older one would hide what is known since.
    #[must_use]
    pub const fn replaces(&self, last: &Self) -> bool {
        self.issued >= last.issued
    }

    /// The weaknesses of a version, the worst first.
    #[must_use]
    pub fn advisories_for(&self, running: &Version) -> Vec<&Advisory> {
        let concerns = |advisory: &&Advisory| advisory.affected.iter().any(|range| range.contains(running));
        let mut found: Vec<&Advisory> = self.advisories.iter().filter(concerns).collect();
        found.sort_by_key(|advisory| std::cmp::Reverse(advisory.gravity));
        found
    }

    /// The newest release, where it is newer than this version.
    #[must_use]
    pub fn newer_than(&self, running: &Version) -> Option<&Version> {
        (self.latest > *running).then_some(&self.latest)
    }
}

/// What this key has signed.
///
/// # Errors
/// [`NoticeError`]; nothing of the body is looked at before the signature is right.
pub fn open(file: &[u8], key: &NoticeKey) -> Result<Notice, NoticeError> {
    if file.len() > SIZE_LIMIT {
        return Err(NoticeError::TooLarge);
    }
    let rest = file.strip_prefix(SIGNATURE.as_bytes()).ok_or(NoticeError::Unsigned)?;
    let end = memchr::memchr(b'\n', rest).ok_or(NoticeError::Unsigned)?;
    let (signature, body) = (&rest[..end], &rest[end + 1..]);
    let signature = signature.strip_suffix(b"\r").unwrap_or(signature);
    let signature = STANDARD.decode(signature).map_err(|_| NoticeError::Unsigned)?;
    // RFC 8032 §5.1.7, over the octets as they are.
    UnparsedPublicKey::new(&ED25519, key.0).verify(body, &signature).map_err(|_| NoticeError::NotTrusted)?;
    let text = std::str::from_utf8(body).map_err(|error| NoticeError::Form(error.to_string()))?;
    body::read(text).map_err(NoticeError::Form)
}
