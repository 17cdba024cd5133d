//! Proofs about mail: our own DKIM signatures, and what a receiver makes of SPF, DKIM and DMARC.
//!
//! ```text
//! KeyStore ─▶ SigningKey ─▶ sign (on the threads of a SigningPool) ─▶ DKIM-Signature fields
//! message, client address, envelope ─▶ Verifier ─▶ spf=pass dkim=pass dmarc=pass
//! a domain in DNS ─▶ spf::evaluate, spf::survey, dmarc::evaluate, records::dkim::check ─▶ results, problems, places
//! ```
//!
//! Signing is ours, from canonicalisation to the field; only the elliptic curves and big numbers are a library's.
//! Verification is a facade over the `mail-auth` crate: no other crate names it, and none of its types leave.

pub mod dkim;
pub mod dmarc;
pub mod records;
pub mod spf;
pub mod transport;
pub mod verify;
