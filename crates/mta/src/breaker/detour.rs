//! The way around a closed port 25: which relay carries direct mail meanwhile, or why none does.

use std::sync::Arc;

use postamt_mail::words::Words;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::flow::Destination;
use crate::send::preflight::{self, Finding};
use crate::settings::Relay;

/// Why no relay carries direct mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "hindrance", rename_all = "snake_case")]
pub enum Hindrance {
    /// None is set up.
    NoRelay,
    /// A rule wants none for this mail.
    Forbidden,
    /// It failed its preflight.
    Unfit {
        /// Its name.
        relay: String,
        /// By this.
        finding: Box<Finding>,
    },
}

/// What becomes of direct mail while the port is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detour {
    /// This relay takes it.
    By(String),
    /// It waits.
    Hindered(Hindrance),
}

/// The relay that carries mail for this direct destination now.
///
/// # Errors
/// Why there is none.
pub fn of(context: &Context, destination: &Destination) -> Result<Arc<Relay>, Hindrance> {
    let settings = context.settings();
    let relay = match destination {
        Destination::DirectOnly(_) => return Err(Hindrance::Forbidden),
        Destination::DirectOr(_, name) => settings.relay(name),
        Destination::Direct(_) => settings.fallback.as_ref(),
        _ => return Err(Hindrance::Forbidden),
    };
    checked(context, relay)
}

fn checked(context: &Context, relay: Option<&Arc<Relay>>) -> Result<Arc<Relay>, Hindrance> {
    let relay = relay.ok_or(Hindrance::NoRelay)?;
    match context.preflights.obstacle(&relay.name) {
        Some(finding) => Err(Hindrance::Unfit { relay: relay.name.clone(), finding: Box::new(finding) }),
        None => Ok(relay.clone()),
    }
}

/// As [`of`], for people to read.
#[must_use]
pub fn shown(context: &Context, destination: &Destination) -> Detour {
    to_read(of(context, destination))
}

/// What becomes of direct mail that no rule says more of.
#[must_use]
pub fn usual(context: &Context) -> Detour {
    to_read(checked(context, context.settings().fallback.as_ref()))
}

fn to_read(detour: Result<Arc<Relay>, Hindrance>) -> Detour {
    match detour {
        Ok(relay) => Detour::By(relay.name.clone()),
        Err(hindrance) => Detour::Hindered(hindrance),
    }
}

/// A sentence.
#[must_use]
pub fn sentence(detour: &Detour, words: &Words) -> String {
    match detour {
        Detour::By(relay) => words.get("path-detour-by", &[("relay", relay.into())]),
        Detour::Hindered(Hindrance::NoRelay) => words.get("path-detour-none", &[]),
        Detour::Hindered(Hindrance::Forbidden) => words.get("path-detour-forbidden", &[]),
        Detour::Hindered(Hindrance::Unfit { relay, finding }) => {
            let finding = preflight::text::sentence(finding, words);
            words.get("path-detour-unfit", &[("relay", relay.into()), ("finding", finding.into())])
        }
    }
}
