//! The reports port: what DMARC aggregate reports of others say of our domains, kept over restarts.
//!
//! A report is kept once, whoever sends it again ([`Kept::Known`]); of its records only sums stay: per domain, day, source
//! and result. Since strangers send reports, nothing here grows without limit: reports of one reporter and of all of them
//! a day ([`MOST_OF_ONE_REPORTER`], [`MOST_A_DAY`], [`MOST_OF_THE_KNOWN`]), and sums of a domain's day ([`MOST_SUMS`]),
//! beyond which sources are summed up without their addresses. Whether a report may be trusted is decided before.

use std::net::IpAddr;

use postamt_mail::dmarc_reports::Action;
use serde::{Deserialize, Serialize};

use crate::PortFuture;

/// Reports of one reporter about one domain that are taken within a day (UTC).
pub const MOST_OF_ONE_REPORTER: u32 = 50;
/// Reports of all reporters about one domain that are taken within a day: then only of those that are known from
/// earlier days, so that nobody new keeps them out.
pub const MOST_A_DAY: u32 = 500;
/// Reports about one domain that are taken within a day, whoever sends them.
pub const MOST_OF_THE_KNOWN: u32 = 2 * MOST_A_DAY;
/// Sums of a domain's day; more go without the source's address.
pub const MOST_SUMS: u32 = 1000;
/// Days for which reports and sums stay.
pub const DAYS_KEPT: u64 = 400;

/// A report as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportFact {
    /// The domain that has proven to have sent it.
    pub reporter: String,
    /// As it calls itself.
    pub organisation: String,
    /// Its number for the report.
    pub id: String,
    /// The domain whose DMARC record was found.
    pub domain: String,
    /// When it came, seconds since 1970.
    pub received_at: u64,
    /// Begin of the time that it is about.
    pub begin: u64,
    /// Its end.
    pub end: u64,
    /// `p` of the record at that time.
    pub policy: Option<Action>,
    /// Messages in it.
    pub messages: u64,
    /// Those that were aligned.
    pub aligned: u64,
}

impl ReportFact {
    /// The day that it is about, in days since 1970 (UTC).
    #[must_use]
    pub const fn day(&self) -> u64 {
        self.begin / 86_400
    }
}

/// Messages with the same result from the same source on the same day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReportSum {
    /// The own domain that From is at or below.
    pub domain: String,
    /// Days since 1970 (UTC).
    pub day: u64,
    /// Where they came from; `None`: one of too many sources.
    pub source: Option<IpAddr>,
    /// What the receivers did.
    pub disposition: Action,
    /// A signature counted.
    pub dkim_aligned: bool,
    /// SPF counted.
    pub spf_aligned: bool,
    /// How many.
    pub messages: u64,
}

impl ReportSum {
    /// DMARC passed.
    #[must_use]
    pub const fn is_aligned(&self) -> bool {
        self.dkim_aligned || self.spf_aligned
    }
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is kept.
    New,
    /// It had been kept before: nothing was added.
    Known,
    /// There are too many of this day: nothing was added.
    TooMany,
}

/// The store cannot be read or written.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the reports database failed: {0}")]
pub struct ReportError(pub String);

/// What others report.
pub trait Reports: Send + Sync {
    /// Keeps a report with its sums, unless it is known by domain, reporter and id.
    fn keep(&self, report: ReportFact, sums: Vec<ReportSum>) -> PortFuture<'_, Result<Kept, ReportError>>;
    /// Reports about this day and later ones, oldest first.
    fn reports(&self, from_day: u64) -> PortFuture<'_, Result<Vec<ReportFact>, ReportError>>;
    /// The sums of this day and later ones, in order.
    fn sums(&self, from_day: u64) -> PortFuture<'_, Result<Vec<ReportSum>, ReportError>>;
    /// Forgets what is about earlier days.
    fn expire(&self, before_day: u64) -> PortFuture<'_, Result<(), ReportError>>;
}
