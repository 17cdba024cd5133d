//! DMARC aggregate reports that others send us (RFC 7489 Appendix C, RFC 9990), from the octets of a mail to values.
//!
//! ```text
//! mail ─▶ attachment (MIME) ─▶ unpack (gzip, zip) ─▶ xml ─▶ AggregateReport
//! ```
//!
//! [`read`] takes the whole mail. Everything comes from strangers, so everything has a
//! limit: parts, levels, octets before and after unpacking, records, the length of a value. A report beyond one is refused
//! whole; a record that lacks its source or its count is passed over and counted. The report parser of `mail-auth` is not
//! used: it has no limit on records, and unpacks every entry of an archive that names the same octets thousands of times.

mod attachment;
mod unpack;
mod xml;

#[cfg(test)]
mod tests;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::address::Domain;

pub use unpack::UnpackError;
pub use xml::XmlError;

/// Octets of a mail that is looked into: reports of the largest senders have two or three million.
pub const LARGEST_MAIL: usize = 16 << 20;

/// What is asked of receivers, or what one did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing was done, or is to be done.
    None,
    /// Put aside as spam.
    Quarantine,
    /// Refused.
    Reject,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::None, Self::Quarantine, Self::Reject];

    /// The word in records, reports and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
        }
    }

    /// The action of this name, in whatever case.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name().eq_ignore_ascii_case(name))
    }
}

/// What one receiver saw of one domain within some time, usually a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregateReport {
    /// Who reports, as it calls itself: for people only.
    pub organisation: String,
    /// The reporter's number for the report.
    pub id: String,
    /// Begin of the time, seconds since 1970.
    pub begin: u64,
    /// Its end, inclusive.
    pub end: u64,
    /// The domain whose DMARC record was found.
    pub domain: Domain,
    /// `p` of that record; RFC 9990 lets reporters leave it out.
    pub policy: Option<Action>,
    /// What was seen.
    pub records: Vec<ReportRecord>,
    /// Records that could not be read.
    pub unreadable: usize,
}

/// Messages that came from the same address with the same result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRecord {
    /// Where they came from.
    pub source: IpAddr,
    /// How many.
    pub messages: u32,
    /// What the receiver did.
    pub disposition: Action,
    /// A signature counts for the domain of From: it is good and aligned.
    pub dkim_aligned: bool,
    /// SPF likewise.
    pub spf_aligned: bool,
    /// The domain of From.
    pub header_from: Domain,
}

/// Why a mail gives no report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It has no part that could hold one: an ordinary mail.
    #[error("the mail holds no aggregate report")]
    NoReport,
    /// It is too large to be looked into.
    #[error("the mail has {0} octets, more than {LARGEST_MAIL}")]
    TooLarge(usize),
    /// A part cannot be unpacked.
    #[error("the attachment cannot be unpacked: {0}")]
    Unpack(#[from] UnpackError),
    /// The document is no report, or breaks a limit.
    #[error("the report cannot be read: {0}")]
    Xml(#[from] XmlError),
}

/// Whether a mail has a part that may be a report, by its first octets: nothing is unpacked.
#[must_use]
pub fn may_hold_one(mail: &[u8]) -> bool {
    attachment::is_candidate(mail)
}

/// The first report in a mail (RFC 9990 §3.5.1: there is one).
///
/// # Errors
/// [`ReadError`]; [`ReadError::NoReport`] for any other mail.
pub fn read(mail: &[u8]) -> Result<AggregateReport, ReadError> {
    if mail.len() > LARGEST_MAIL {
        return Err(ReadError::TooLarge(mail.len()));
    }
    let mut first = None;
    for packed in attachment::candidates(mail) {
        match unpack::unpack(&packed).map_err(ReadError::from).and_then(|xml| Ok(xml::read(&xml)?)) {
            Ok(report) => return Ok(report),
            // Other archives and documents are not our matter.
            Err(ReadError::Unpack(UnpackError::NoDocument) | ReadError::Xml(XmlError::NotAReport)) => {}
            Err(error) => first = first.or(Some(error)),
        }
    }
    Err(first.unwrap_or(ReadError::NoReport))
}
