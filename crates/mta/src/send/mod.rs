//! From a plan to an attempt: [`open`] finds a host that speaks to us, [`converse`] hands it a message,
//! [`maildir`] does the same for a mailbox on this host.

pub mod addresses;
mod classify;
pub mod converse;
pub mod maildir;
pub mod null_sender;
pub mod demand;
pub mod open;
pub mod preflight;
pub mod relay_test;
pub mod trail;
