//! What a provider wants to be so before it is asked, held against what was found out about this host. What only the
//! customer knows, as the age of the account or a paid invoice, is left to the user to check.

use postamt_mail::words::Words;
use serde::Serialize;

use super::claims::Ground;
use super::evidence::{Evidence, State};
use crate::unblock::base::{Item, Provider, name_of};

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Need {
    /// Which.
    pub item: Item,
    /// In words.
    pub label: String,
    /// How it stands; `None`: only the user knows.
    pub state: Option<State>,
}

/// All that this provider wants, in its order.
#[must_use]
pub fn held(provider: Option<&Provider>, evidence: &[Evidence], words: &Words) -> Vec<Need> {
    let need = |item: &Item| Need {
        item: *item,
        label: words.get(&format!("provider-item-{}", name_of(*item)), &[]),
        state: grounds(*item).iter().map(|ground| ground.state(evidence)).max(),
    };
    provider.into_iter().flat_map(|provider| &provider.request.needs).map(need).collect()
}

/// In words; `None` where nothing is wanted.
#[must_use]
pub fn text(provider: &Provider, needs: &[Need], words: &Words) -> Option<String> {
    let state = |need: &Need| match need.state {
        Some(State::Ok) => words.get("letter-state-ok", &[]),
        Some(State::Missing) => words.get("letter-state-missing", &[]),
        Some(State::Unknown) => words.get("letter-state-unknown", &[]),
        None => words.get("letter-state-yours", &[]),
    };
    let width = needs.iter().map(|need| state(need).chars().count()).max()?;
    let mut lines = vec![words.get("letter-needs-heading", &[("name", (&provider.name).into())])];
    lines.extend(needs.iter().map(|need| format!("  {:width$}  {}", state(need), need.label)));
    Some(lines.join("\n"))
}

const fn grounds(item: Item) -> &'static [Ground] {
    match item {
        Item::ForwardRecord => &[Ground::Hostname],
        Item::HeloMatches => &[Ground::Forward],
        Item::NoOpenRelay => &[Ground::Relay],
        Item::NotListed => &[Ground::Listed],
        Item::ReverseRecord => &[Ground::Reverse],
        Item::SpfDkimDmarc => &[Ground::Spf, Ground::Dkim, Ground::Dmarc],
        _ => &[],
    }
}
