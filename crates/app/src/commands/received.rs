//! How much mail came in of late, as far as the running server has written it down: for what a provider is told.

use postamt_store::history::Query;

use super::{doctor, wait};
use crate::config::Config;
use crate::terminal::Stop;

/// How far back mail is counted.
pub const DAYS: u64 = 28;
/// How much of it at the most.
const COUNTED: usize = 100_000;

/// When the last messages came in, in seconds since 1970; none where there is no history that may be read.
///
/// # Errors
/// There is no runtime for the question.
pub fn received(config: &Config) -> Result<Vec<u64>, Stop> {
    let Some(history) = doctor::history(config) else { return Ok(Vec::new()) };
    let records = wait(history.search(Query { limit: COUNTED, ..Query::default() }))?;
    Ok(records.unwrap_or_default().iter().map(|record| record.received_at).collect())
}
