//! The whole server on loopback, one behaviour a file; see `support` for the house that each test builds.

mod support;

mod blackhole;
mod bounces;
mod delivery;
mod exchange;
mod hostile;
mod operators;
mod relaying;
mod restart;
mod retries;
