//! Broken worlds: each is a healthy one with one fault in it. The doctor must name exactly that fault, in both
//! languages, nothing else may cry, and the remedy that it prints must make the world healthy again.
//!
//! A world is a row: what the zone says differently, what the host is like, which findings are expected, and how the
//! fault is mended. A check of one's own brings rows in a file of its own here.

mod dkim;
mod dmarc;
mod dmarc_reports;
mod filters;
mod host;
mod names;
mod outside;
mod recommended;
mod refusals;
mod registration;
mod releases;
mod reputation;
mod servers;
mod services;
mod spf;
mod support;
mod transport;
mod zone;
