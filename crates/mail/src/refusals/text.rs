//! A refusal in plain words: what it is about, whose matter it is, what helps.

use super::{Fault, Recognised, Remedy};
use crate::words::Words;

/// The sentences, one a line. `host` is named where the provider is not known.
#[must_use]
pub fn explanation(refusal: &Recognised, host: &str, words: &Words) -> Vec<String> {
    let mut lines = vec![
        kind_in_words(refusal, host, words),
        fault_in_words(refusal.pattern.fault, words),
        remedy_in_words(refusal, words),
    ];
    if !refusal.pattern.verified {
        lines.push(words.get("refusal-unverified", &[]));
    }
    lines
}

/// What it is about; `host` is named where the provider is not known.
#[must_use]
pub fn kind_in_words(refusal: &Recognised, host: &str, words: &Words) -> String {
    let provider = refusal.provider.map_or(host, |provider| provider.name.as_str());
    words.get(&format!("refusal-kind-{}", refusal.pattern.kind.name()), &[("provider", provider.into())])
}

/// Whose matter it is.
#[must_use]
pub fn fault_in_words(fault: Fault, words: &Words) -> String {
    words.get(&format!("refusal-fault-{}", fault.name()), &[])
}

/// What helps, with the page where there is one.
#[must_use]
pub fn remedy_in_words(refusal: &Recognised, words: &Words) -> String {
    let provider = refusal.provider;
    match (refusal.pattern.remedy, refusal.list, provider) {
        (Remedy::Delist, Some(list), _) => {
            let values = [("list", (&list.name).into()), ("link", (&list.page).into())];
            words.get("refusal-remedy-list", &values)
        }
        (Remedy::Contact, _, Some(provider)) => {
            words.get("refusal-remedy-contact", &[("link", (&provider.contact).into())])
        }
        (other, _, provider) => {
            let line = words.get(&remedy(other), &[]);
            match provider.filter(|_| refusal.pattern.fault.is_ours()) {
                Some(provider) => {
                    let link = words.get("refusal-more", &[("link", (&provider.contact).into())]);
                    format!("{line} {link}")
                }
                None => line,
            }
        }
    }
}

/// The id of the sentence that names no list and no page.
pub(super) fn remedy(remedy: Remedy) -> String {
    let name = if remedy == Remedy::Contact { "ask" } else { remedy.name() };
    format!("refusal-remedy-{name}")
}
