//! Whether asking helps: by what the provider does with port 25, and by what was measured.

use postamt_mail::words::Words;
use serde::Serialize;

use super::evidence::is_blocked;
use crate::port25;
use crate::unblock::base::{Base, Method, Policy, Provider};

/// Other providers that are named.
const NAMED: usize = 8;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Ask.
    Ask,
    /// Ask in general form: nobody knows this provider, or what it does.
    AskInGeneral,
    /// It depends on the product: ask.
    ByProduct,
    /// Find and mend what was complained about, then ask.
    MendThenAsk,
    /// It is not blocked: nothing is to be asked.
    NotBlocked,
    /// This host's own filter blocks.
    OwnFilter,
    /// The provider leaves it open: nothing is to be asked.
    Open,
    /// The provider leaves it open, and yet it is blocked: ask for the reason.
    OpenYetBlocked,
    /// Open it in the panel.
    Switch,
    /// Another plan opens it.
    Plan,
    /// It is never opened: a relay, or another provider.
    Never,
}

impl Advice {
    /// Weighs it.
    #[must_use]
    pub fn new(provider: Option<&Provider>, probe: Option<&port25::Report>) -> Self {
        let paths = probe.map(|probe| probe.paths.as_slice()).unwrap_or_default();
        let has = |kind| paths.iter().any(|path| path.verdict.kind == kind);
        let blocked = paths.iter().any(is_blocked);
        if !blocked && has(port25::Kind::LocalFirewall) {
            return Self::OwnFilter;
        }
        if !blocked && has(port25::Kind::Open) {
            return Self::NotBlocked;
        }
        let Some(provider) = provider else { return Self::AskInGeneral };
        match (provider.policy, provider.request.method) {
            (Policy::Open | Policy::OpenLimited, _) if blocked => Self::OpenYetBlocked,
            (Policy::Open | Policy::OpenLimited, _) => Self::Open,
            (Policy::Never, _) => Self::Never,
            (Policy::Switch, _) | (_, Method::Switch) => Self::Switch,
            (Policy::Upgrade, _) | (_, Method::Upgrade) => Self::Plan,
            (Policy::Mixed, _) => Self::ByProduct,
            (Policy::OpenUntilAbuse, _) => Self::MendThenAsk,
            (Policy::Unknown, _) => Self::AskInGeneral,
            _ => Self::Ask,
        }
    }

    /// A letter is of use.
    #[must_use]
    pub const fn is_to_ask(self) -> bool {
        matches!(
            self,
            Self::Ask | Self::AskInGeneral | Self::ByProduct | Self::MendThenAsk | Self::OpenYetBlocked
        )
    }

    /// In words. `base` names others where this one never opens it.
    #[must_use]
    pub fn text(self, provider: Option<&Provider>, base: &Base, words: &Words) -> String {
        let id = match self {
            Self::Ask => "letter-advice-ask",
            Self::AskInGeneral => "letter-advice-ask-in-general",
            Self::ByProduct => "letter-advice-by-product",
            Self::MendThenAsk => "letter-advice-mend-then-ask",
            Self::NotBlocked => "letter-advice-not-blocked",
            Self::OwnFilter => "letter-advice-own-filter",
            Self::Open => "letter-advice-open",
            Self::OpenYetBlocked => "letter-advice-open-yet-blocked",
            Self::Switch => "letter-advice-switch",
            Self::Plan => "letter-advice-plan",
            Self::Never => "letter-advice-never",
        };
        let name = provider.map(|it| it.name.clone()).unwrap_or_default();
        words.get(id, &[("name", name.into()), ("others", base.others(provider, NAMED).join(", ").into())])
    }
}
