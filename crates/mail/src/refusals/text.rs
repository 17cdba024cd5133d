//! A refusal in plain words: what it is about, whose matter it is, what helps.

use super::{Fault, Kind, Recognised, Remedy};
use crate::words::Words;

/// The sentences, one a line. `host` is named where the provider is not known.
#[must_use]
pub fn explanation(refusal: &Recognised, host: &str, words: &Words) -> Vec<String> {
    let provider = refusal.provider.map_or(host, |provider| provider.name.as_str());
    let pattern = refusal.pattern;
    let said = [("provider", provider.into())];
    let mut lines = vec![words.get(kind(pattern.kind), &said), words.get(fault(pattern.fault), &[])];
    lines.push(match (pattern.remedy, refusal.provider) {
        (Remedy::Contact, Some(provider)) => {
            words.get("refusal-remedy-contact", &[("link", (&provider.contact).into())])
        }
        (other, provider) => {
            let line = words.get(remedy(other), &[]);
            match provider {
                Some(provider) if other != Remedy::Recipient => {
                    let link = words.get("refusal-more", &[("link", (&provider.contact).into())]);
                    format!("{line} {link}")
                }
                _ => line,
            }
        }
    });
    if !pattern.verified {
        lines.push(words.get("refusal-unverified", &[]));
    }
    lines
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Reputation => "refusal-kind-reputation",
        Kind::Authentication => "refusal-kind-authentication",
        Kind::Content => "refusal-kind-content",
        Kind::Rate => "refusal-kind-rate",
        Kind::Recipient => "refusal-kind-recipient",
        Kind::Policy => "refusal-kind-policy",
    }
}

const fn fault(fault: Fault) -> &'static str {
    match fault {
        Fault::Address => "refusal-fault-address",
        Fault::Setup => "refusal-fault-setup",
        Fault::Message => "refusal-fault-message",
        Fault::Volume => "refusal-fault-volume",
        Fault::Recipient => "refusal-fault-recipient",
    }
}

const fn remedy(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::Contact => "refusal-remedy-ask",
        Remedy::Delist => "refusal-remedy-delist",
        Remedy::Records => "refusal-remedy-records",
        Remedy::ReverseName => "refusal-remedy-reverse-name",
        Remedy::SlowDown => "refusal-remedy-slow-down",
        Remedy::Tls => "refusal-remedy-tls",
        Remedy::Content => "refusal-remedy-content",
        Remedy::Recipient => "refusal-remedy-recipient",
        Remedy::Wait => "refusal-remedy-wait",
    }
}
