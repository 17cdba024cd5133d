//! The letter that asks a provider to open port 25: measurements in, letter out. No file, no network, no clock.
//!
//! ```text
//! findings, records, probe ─▶ evidence ─▶ claims::judge ─▶ what may be said, and what is left out with its remedy
//!                                     └─▶ score: what providers look at; needs: what this one wants first
//! provider ─▶ advice: whether asking helps      Case ─▶ compose ─▶ Letter ─▶ render (ticket, form, e-mail, text)
//! ```
//!
//! A sentence of fact is a [`Claim`]: it stands in the letter only while everything that it rests on was seen and is
//! good. What failed or is not known is in [`Letter::left_out`], for the user and not for the provider. What the user
//! alone knows is a blank in square brackets, named in [`Letter::to_fill_in`].

pub mod advice;
mod annex;
pub mod claims;
pub(in crate::unblock) mod compose;
pub mod evidence;
mod fields;
pub mod needs;
pub mod render;
pub mod score;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use serde::Serialize;

use super::base::Provider;
use crate::port25;

pub use advice::Advice;
pub use claims::{Claim, LeftOut};
pub use compose::compose;
pub use evidence::{Evidence, State};
pub use render::{Form, render};

/// The version of the JSON form; it grows when a field changes its meaning.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything that a letter is made of.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// Who is asked; `None`: not known.
    pub provider: Option<&'a Provider>,
    /// Who asks.
    pub sender: &'a Sender,
    /// What was found out.
    pub evidence: &'a [Evidence],
    /// The probe of port 25, for the annex.
    pub probe: Option<&'a port25::Report>,
    /// Now, seconds since 1970.
    pub at: u64,
}

/// Who asks, and for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sender {
    /// The server's name.
    pub host: String,
    /// Addresses that mail leaves from, as others see them.
    pub addresses: Vec<IpAddr>,
    /// Domains that are sent for.
    pub domains: Vec<String>,
    /// What sends.
    pub purpose: Purpose,
    /// The user's own words for it.
    pub description: Option<String>,
    /// How much.
    pub volume: Option<Volume>,
    /// The user's name.
    pub name: Option<String>,
    /// The number that the provider knows the user or the server by.
    pub customer: Option<String>,
    /// The mail server's software, where it is this one.
    pub software: Option<String>,
}

/// What sends mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A mail server of the user's own.
    OwnMta,
    /// An application that delivers by itself.
    Application,
}

/// How much mail is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Volume {
    /// Counted in the history, days without mail left out.
    Measured {
        /// How far back it was counted.
        days: u64,
        /// On how many of these days there was any.
        on: u64,
        /// Messages on the quietest day.
        low: u64,
        /// Messages on the busiest day.
        high: u64,
    },
    /// What the user expects of a new server, in the user's words.
    Stated {
        /// As `50 messages a day`.
        text: String,
    },
}

impl Volume {
    /// From the times at which messages came in; `None` where there was none in these days.
    #[must_use]
    pub fn measured(received: &[u64], now: u64, days: u64) -> Option<Self> {
        let oldest = now.saturating_sub(days * 86_400);
        let mut counts = std::collections::BTreeMap::<u64, u64>::new();
        for at in received.iter().filter(|at| (oldest..=now).contains(*at)) {
            *counts.entry(at / 86_400).or_default() += 1;
        }
        let (low, high) = (counts.values().min()?, counts.values().max()?);
        Some(Self::Measured { days, on: counts.len() as u64, low: *low, high: *high })
    }
}

/// A letter with everything that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// `de` or `en`.
    pub language: &'static str,
    /// The subject.
    pub subject: String,
    /// The paragraphs before the fields and the state of the server.
    pub opening: Vec<String>,
    /// What this provider wants to be told, in its order.
    pub fields: Vec<Field>,
    /// Whether the fields are this provider's own, or those that are usual.
    pub fields_are_the_providers: bool,
    /// When the state was seen, as a heading.
    pub state_heading: String,
    /// Every sentence of fact that the letter holds, those within the opening and the fields included.
    pub claims: Vec<Claim>,
    /// The claims that stand in the list of the server's state: places in `claims`.
    pub state: Vec<usize>,
    /// What the sender promises beside the fields.
    pub promises: Vec<String>,
    /// Everything that the sender promises, wherever it stands: the user is to know it before sending.
    pub promised: Vec<String>,
    /// The last paragraphs, name included.
    pub closing: Vec<String>,
    /// The technical annex, a line each.
    pub annex: Vec<String>,
    /// What the letter does not say because it is not proven.
    pub left_out: Vec<LeftOut>,
    /// Blanks that only the user can fill.
    pub to_fill_in: Vec<String>,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// What is asked.
    pub label: String,
    /// The answer.
    pub value: String,
}
