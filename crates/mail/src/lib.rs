//! Words and formats of mail: addresses, replies, envelopes, the SMTP grammar, and both sides of an SMTP
//! conversation as machines that take bytes and give values.
//!
//! ```text
//! bytes ─▶ command ─▶ server ─▶ events ─▶ the driver decides ─▶ replies ─▶ bytes
//! bytes ─▶ reply   ─▶ client ─▶ bytes, and one outcome per recipient
//! ```
//!
//! Nothing in this crate waits, opens a socket, reads a file or asks for the time: every parser can be fuzzed
//! alone, and the same machines serve the real server, the tests and the lab.

pub mod address;
pub mod reply;
pub mod envelope;
pub mod header;
pub mod date;
pub mod message_id;
pub mod words;
pub mod sasl;
pub mod reply_parser;
pub mod dot_stuffing;
pub mod client;
pub mod command;
pub mod data;
pub mod server;
pub mod sts_policy;
pub mod dsn;
pub mod relays;
pub mod release_notice;
pub mod refusals;
pub mod mta_sts;
pub mod tls_reports;
pub mod dmarc_reports;
pub mod filters;
pub mod milter;
pub mod rules;
