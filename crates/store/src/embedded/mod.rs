//! The embedded store: segment files for mail, SQLite for what is asked about. No server to install.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let clock = || std::time::Duration::from_secs(1_790_000_000);
//! use std::sync::Arc;
//!
//! use postamt_store::embedded::accounts::SqliteAccounts;
//! use postamt_store::embedded::history::SqliteHistory;
//! use postamt_store::embedded::spool::{SegmentSpool, SpoolSettings};
//!
//! let (spool, recovery) = SegmentSpool::open(SpoolSettings::new("/var/lib/postamt/spool", Arc::new(clock)))?;
//! for waiting in recovery {
//!     println!("{} waits since {}", waiting.id, waiting.received_at);
//! }
//! let accounts = SqliteAccounts::open("/var/lib/postamt/accounts.db")?;
//! let history = SqliteHistory::open("/var/lib/postamt/history.db")?;
//! # drop((spool, accounts, history));
//! # Ok(())
//! # }
//! ```
//!
//! Three separate places, so that none waits for another: the spool syncs for every batch of mail, the
//! accounts are few and precious, the history is large and may lag.

pub mod accounts;
mod app_passwords;
pub mod bans;
pub mod cases;
pub mod conduct;
mod database;
pub mod facts;
pub mod history;
pub mod reports;
pub mod spool;
pub mod transport;

pub use accounts::SqliteAccounts;
pub use bans::SqliteBans;
pub use cases::SqliteCases;
pub use conduct::SqliteConducts;
pub use facts::SqliteFacts;
pub use history::SqliteHistory;
pub use reports::SqliteReports;
pub use spool::{SegmentSpool, SpoolSettings};
pub use transport::SqliteTransport;
