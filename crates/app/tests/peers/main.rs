//! Postamt among other people's software: what hands mail in, what takes it, and what happens when the machine fails.
//!
//! Needs root and the file tree of `cargo xtask peers`; see `support`.

// Helpers of tests may unwrap like the tests themselves.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by a panic")]

mod acme;
mod bare_host;
mod crash;
mod dns;
mod filters;
mod guard;
mod milters;
mod open_relay;
mod receiving;
mod room;
mod rspamd;
mod submission;
mod support;
