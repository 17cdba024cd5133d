//! DKIM signatures (RFC 6376), RSA-SHA256 and Ed25519-SHA256 (RFC 8463), always `relaxed/relaxed`.
//!
//! [`KeyStore`] holds the keys of all domains, [`sign`] makes the fields, [`SigningPool`] does so on threads of its
//! own, because one RSA signature takes as long as everything else that happens to a message together.
//!
//! Own code instead of the `mail-auth` crate's, because that one (0.13.3) counts lines of white space at the end of
//! a body, which RFC 6376 §3.4.4 does not: other receivers reject such signatures.

pub mod canonicalize;
mod field;
mod key;
mod pool;
mod sign;
mod stage;
mod store;
#[cfg(test)]
mod tests;

pub use key::{Algorithm, KeyError, MINIMUM_RSA_BITS, SigningKey, generate};
pub use pool::{SigningJob, SigningPool};
pub use sign::{ALSO_SIGNED, OVERSIGNED, SignError, SignOptions, SignProfile, sign};
pub use stage::{KeyState, Schedule, Stage, Step, steps};
pub use store::{KeyStore, StoredKey};
