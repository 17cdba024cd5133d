//! What a domain has published: whether its SPF record lets somebody send ([`spf`]), what its DMARC record demands
//! ([`dmarc`]), whether the record of a DKIM key is there ([`dkim`]).
//!
//! Nothing is judged against a message here, that is [`crate::verify`]'s; these are the questions of whoever is about
//! to change the way mail takes. A DNS failure is never taken for a missing record: it is an error of its own.

pub mod dkim;
pub mod dmarc;
pub mod spf;

#[cfg(test)]
mod tests;
