//! `postamt doctor`: what would keep mail of this host, or of a domain, from arriving.
//!
//! ```text
//! Context (ports, machine, subject) ─▶ run ─▶ check, check, … ─▶ Report ─▶ text, html, JSON
//! ```
//!
//! A check is a file here with one function from [`Context`] to findings; it is entered in [`ALL`]. Its kinds of
//! findings are constants, their sentences stand in the catalogue (`doctor.ftl`) under the same id: see [`finding`].
//! A check never fails: what it could not find out is a finding of severity `unknown`, and `unknown` is never bad.

pub mod context;
pub mod finding;
pub mod html;
pub mod machine;
pub mod report;
pub mod run;
pub mod text;

mod addresses;
pub(crate) mod blocklists;
mod caa;
mod certificate;
mod clock;
mod dane;
mod dkim;
mod dmarc;
mod dns;
mod domain_age;
mod exchangers;
mod filters;
mod firewall;
mod hostname;
mod imprint;
mod look;
mod mta_sts;
mod mx;
mod port25;
mod postmaster;
mod process;
mod programs;
mod ptr;
mod refusals;
mod relay_test;
mod room;
mod secrets;
mod submission;
mod tlsrpt;
mod spf;
mod updates;

pub use caa::authority_names;
pub use context::{Context, Host, Subject};
pub use finding::{Certainty, Finding, Kind, Remedy, Severity};
pub use look::Looks;
pub use machine::Machine;
pub use report::{Judgement, Report};
pub use run::{Check, Scope, run};

/// Every check, in the order in which they are told.
pub static ALL: &[&Check] = &[
    &dns::CHECK,
    &hostname::CHECK,
    &addresses::CHECK,
    &ptr::CHECK,
    &imprint::CHECK,
    &port25::CHECK,
    &firewall::CHECK,
    &programs::CHECK,
    &submission::CHECK,
    &certificate::CHECK,
    &relay_test::CHECK,
    &filters::CHECK,
    &mx::CHECK,
    &postmaster::CHECK,
    &mta_sts::CHECK,
    &tlsrpt::CHECK,
    &dane::CHECK,
    &caa::CHECK,
    &spf::CHECK,
    &dkim::CHECK,
    &dmarc::CHECK,
    &blocklists::CHECK,
    &refusals::CHECK,
    &domain_age::CHECK,
    &clock::CHECK,
    &room::CHECK,
    &secrets::CHECK,
    &process::CHECK,
    &updates::CHECK,
];

#[cfg(test)]
mod tests;
