//! What keeps mail from arriving, found out and explained.
//!
//! ```text
//! checks      everything that `postamt doctor` looks at, one file each
//! blocklists  which lists of addresses and domains are asked, and what their answers mean
//! message     what a receiver would think of one message
//! port25      is port 25 open, from which source and over which family; if not: what blocks, and where
//! unblock     who the provider is, and what it does with port 25
//! releases    newer releases of Postamt and its known weaknesses, by a signed file
//! records     what DNS must say for this server, what it says, and the changes between the two
//! ```
//!
//! Everything here looks and judges; nothing queues or sends mail. Sentences for people come from the catalogue
//! `postamt_mail::words`, the caller prints.

pub mod blocklists;
pub mod checks;
pub mod message;
pub mod port25;
pub mod records;
pub mod releases;
pub mod unblock;
