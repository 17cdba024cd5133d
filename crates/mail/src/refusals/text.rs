//! A refusal in plain words: what it is about, whose matter it is, what helps.

use super::{Fault, Kind, Recognised, Remedy};
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
    kind_said(refusal.pattern.kind, provider, words)
}

fn kind_said(kind: Kind, provider: &str, words: &Words) -> String {
    words.get(&format!("refusal-kind-{}", kind.name()), &[("provider", provider.into())])
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
            let line = words.get(remedy(other), &[]);
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

pub(super) const fn remedy(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::Contact => "refusal-remedy-ask",
        Remedy::Delist => "refusal-remedy-delist",
        Remedy::Records => "refusal-remedy-records",
        Remedy::Spf => "refusal-remedy-spf",
        Remedy::Dkim => "refusal-remedy-dkim",
        Remedy::ReverseName => "refusal-remedy-reverse-name",
        Remedy::SlowDown => "refusal-remedy-slow-down",
        Remedy::Tls => "refusal-remedy-tls",
        Remedy::Content => "refusal-remedy-content",
        Remedy::Headers => "refusal-remedy-headers",
        Remedy::Shrink => "refusal-remedy-shrink",
        Remedy::Sender => "refusal-remedy-sender",
        Remedy::Recipient => "refusal-remedy-recipient",
        Remedy::OtherWay => "refusal-remedy-other-way",
        Remedy::Relay => "refusal-remedy-relay",
        Remedy::Passes => "refusal-remedy-passes",
        Remedy::Wait => "refusal-remedy-wait",
    }
}
