//! The probe against servers on loopback, one behaviour a test. Ports are settings; names come from the lab.

#![allow(clippy::unwrap_used, reason = "a test")]

mod blocked;
mod intercepted;
mod names;
mod open;
mod support;
