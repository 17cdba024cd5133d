//! The whole server on loopback, one behaviour a file; see `support` for the house that each test builds.

mod support;

mod app_passwords;
mod blackhole;
mod bounces;
mod brakes;
mod breaker;
mod breaker_rules;
mod content_rules;
mod delivery;
mod exchange;
mod filters;
mod guard;
mod guard_letters;
mod hostile;
mod local;
mod loops;
mod operators;
mod providers;
mod quota;
mod rehearsal;
mod relay;
mod relay_habits;
mod relay_variants;
mod relaying;
mod reports;
mod restart;
mod retries;
mod robustness;
mod sessions;
mod spam;
mod stolen;
mod splitting;
mod storage;
mod transport;
mod trial;
