//! What every implementation of a storage port must do, whatever is below it.
//!
//! A test binary hands in a *house*: something that opens the store, and opens it again as after a restart.
//! Each suite is a list of named checks, so that a later store joins with one line per port.

pub mod accounts;
pub mod bans;
pub mod cases;
pub mod conduct;
pub mod facts;
pub mod history;
pub mod reports;
pub mod spool;
pub mod transport;

/// Runs an asynchronous check to its end.
pub fn run<T>(check: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be made")
        .block_on(check)
}
