//! Who the provider of this host is, and what it does with port 25.
//!
//! ```text
//! gather (files, DNS, RDAP, WHOIS) ─▶ Clues ─▶ recognise(Base, Clues) ─▶ Recognition: weighed candidates with reasons
//! Base: what is known of each provider (data/providers.toml, or a newer copy) ─▶ text: what this provider wants
//! ```
//!
//! [`letter`] asks the provider to open port 25, by what was measured; [`rdns`] asks it for PTR records; [`delisting`] asks
//! blocklists and mailbox providers. [`case`] follows each to its end.
//!
//! Recognition is a pure function, and *unknown* is an answer. Offline it goes by the clues of this machine alone; a
//! user's choice outdoes all clues: [`Base::find`].

pub mod base;
pub mod case;
pub mod clues;
pub mod delisting;
pub mod gather;
pub mod letter;
pub mod rdap;
pub mod rdns;
pub mod recognise;
pub mod text;

pub use base::{Base, Policy, Provider};
pub use clues::Clues;
pub use gather::{Eyes, Services, gather};
pub use recognise::{Candidate, Outcome, Recognition, recognise};
