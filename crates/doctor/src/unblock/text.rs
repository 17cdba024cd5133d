//! A provider in words: the list, one entry in full, the paragraph after a verdict, and the reasons of a recognition.

use postamt_mail::words::{Value, Words};

use super::base::{Base, Certainty, Item, Method, Policy, Provider, name_of};
use super::clues::Clues;
use super::recognise::{Candidate, ClueKind, Outcome, Reason, Recognition};

#[cfg(test)]
mod tests;

/// Clues that speak for nobody known are named all the same.
const CANDIDATES: usize = 3;

/// A line for each provider: id, policy, name.
#[must_use]
pub fn list(base: &Base, words: &Words) -> String {
    let rows: Vec<(&str, String, &str)> = base
        .providers
        .iter()
        .map(|provider| (provider.id.as_str(), policy(provider, words), provider.name.as_str()))
        .collect();
    let width = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or_default();
    let first = width(&mut rows.iter().map(|(id, ..)| id.len()));
    let second = width(&mut rows.iter().map(|(_, policy, _)| policy.chars().count()));
    let line = |(id, policy, name): &(&str, String, &str)| format!("{id:first$}  {policy:second$}  {name}\n");
    rows.iter().map(line).collect()
}

/// The policy in a few words.
#[must_use]
pub fn policy(provider: &Provider, words: &Words) -> String {
    words.get(&format!("provider-policy-{}", name_of(provider.policy)), &[])
}

/// An entry in full, with its sources.
#[must_use]
pub fn entry(provider: &Provider, words: &Words) -> String {
    let kind = words.get(&format!("provider-kind-{}", name_of(provider.kind)), &[]);
    let heading = format!("{} ({}; {kind}, {})", provider.name, provider.id, provider.country);
    let mut lines = vec![heading.clone(), "=".repeat(heading.chars().count())];
    lines.extend(sentences(provider, words));
    if let Some(reverse) = &provider.reverse_dns {
        let place = reverse.place.get(words.language());
        let at = reverse.url.as_ref().map(|url| format!(" ({url})")).unwrap_or_default();
        lines.push(words.get("provider-reverse-dns", &[("place", format!("{place}{at}").into())]));
    }
    let ports =
        [("port465", name_of(provider.port_465).into()), ("port587", name_of(provider.port_587).into())];
    lines.push(words.get("provider-other-ports", &ports));
    if let Some(days) = provider.request.follow_up_days {
        lines.push(words.get("provider-follow-up", &[("days", u32::from(days).into())]));
    }
    let seen = match (provider.sources.is_empty(), provider.seen.is_empty()) {
        (true, _) => "provider-seen-nowhere",
        (false, true) => "provider-seen-undated",
        (false, false) => "provider-seen",
    };
    lines.push(words.get(seen, &[("date", (&provider.seen).into())]));
    lines.extend(provider.sources.iter().map(|source| format!("  - {source}")));
    lines.join("\n") + "\n"
}

/// What this provider wants, as one paragraph.
#[must_use]
pub fn advice(provider: &Provider, words: &Words) -> String {
    sentences(provider, words).join(" ")
}

fn sentences(provider: &Provider, words: &Words) -> Vec<String> {
    let language = words.language();
    let request = &provider.request;
    let name = [("name", Value::from(&provider.name))];
    let mut said = vec![words.get(&format!("provider-says-{}", name_of(provider.policy)), &name)];
    let mut say = |id: &str, value: Option<String>| {
        said.extend(value.map(|value| words.get(id, &[("text", value.into())])));
    };
    let in_language =
        |text: &Option<super::base::Bilingual>| text.as_ref().map(|it| it.get(language).to_owned());
    say("provider-detail", in_language(&provider.detail));
    say("provider-how", how(provider, words));
    let page = request.documents.clone().or_else(|| request.url.clone());
    say("provider-page", page.filter(|_| request.method == Method::None));
    say("provider-needs", items(&request.needs, words));
    say("provider-contents", items(&request.contents, words));
    say("provider-helpful", items(&request.helpful, words));
    say("provider-fee", request.fee.clone());
    say("provider-answer", in_language(&request.answer));
    say("provider-afterwards", in_language(&request.afterwards));
    say("provider-relay", in_language(&provider.relay));
    // Where nothing is said, nothing is uncertain.
    if provider.policy != Policy::Unknown || provider.detail.is_some() {
        said.push(words.get(&format!("provider-confidence-{}", name_of(provider.confidence)), &[]));
    }
    said
}

/// By what means, where, and the page about it.
fn how(provider: &Provider, words: &Words) -> Option<String> {
    let request = &provider.request;
    if request.method == Method::None {
        return None;
    }
    let method = words.get(&format!("provider-method-{}", name_of(request.method)), &[]);
    let place = request.place.as_ref().map(|place| place.get(words.language()).to_owned());
    let parts = [Some(method), request.url.clone(), place, request.documents.clone()];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

fn items(items: &[Item], words: &Words) -> Option<String> {
    let told = items.iter().map(|item| words.get(&format!("provider-item-{}", name_of(item)), &[]));
    (!items.is_empty()).then(|| told.collect::<Vec<_>>().join("; "))
}

/// Who it is, with the reasons; a line each.
#[must_use]
pub fn recognition(recognition: &Recognition<'_>, words: &Words) -> Vec<String> {
    match recognition.outcome() {
        Outcome::One(candidate) => {
            let id = match candidate.certainty() {
                Certainty::High => "provider-is",
                Certainty::Medium => "provider-is-likely",
                Certainty::Low => "provider-may-be",
            };
            let mut lines = vec![words.get(id, &[("name", (&candidate.provider.name).into())])];
            lines.extend(reasons(candidate, words));
            lines
        }
        Outcome::Several(candidates) => {
            let names: Vec<String> = candidates
                .iter()
                .map(|candidate| format!("{} ({})", candidate.provider.name, candidate.provider.id))
                .collect();
            let mut lines = vec![words.get("provider-is-one-of", &[("names", names.join("; ").into())])];
            lines.extend(candidates.first().into_iter().flat_map(|candidate| reasons(candidate, words)));
            lines
        }
        Outcome::Unknown => {
            let mut lines = vec![words.get("provider-unknown", &[])];
            let faint = recognition.candidates.iter().take(CANDIDATES);
            lines.extend(faint.map(|candidate| {
                let name = [("name", (&candidate.provider.name).into())];
                format!("  - {}", words.get("provider-faintly", &name))
            }));
            lines
        }
    }
}

fn reasons(candidate: &Candidate<'_>, words: &Words) -> Vec<String> {
    candidate.reasons.iter().map(|reason| format!("  - {}", told(reason, words))).collect()
}

fn told(reason: &Reason, words: &Words) -> String {
    let id = match reason.clue {
        ClueKind::Dmi => "provider-clue-dmi",
        ClueKind::NoCloud => "provider-clue-no-cloud",
        ClueKind::OtherFirmware => "provider-clue-other-firmware",
        ClueKind::CloudInit => "provider-clue-cloud-init",
        ClueKind::File => "provider-clue-file",
        ClueKind::Environment => "provider-clue-environment",
        ClueKind::Asn => "provider-clue-asn",
        ClueKind::Organisation => "provider-clue-organisation",
        ClueKind::Pointer => "provider-clue-pointer",
    };
    let seen = ("seen", Value::from(&reason.seen));
    match reason.address {
        Some(address) => words.get(id, &[seen, ("address", address.to_string().into())]),
        None => words.get(id, &[seen]),
    }
}

/// What the registries say of the addresses, for somebody who has to find the provider's contact by hand.
#[must_use]
pub fn addresses(clues: &Clues, words: &Words) -> Vec<String> {
    let line = |clues: &super::clues::AddressClues| {
        let network = clues.network.as_ref()?;
        let names: Vec<&str> =
            network.organisations.iter().chain(&network.name).map(String::as_str).collect();
        let mut line = format!("  - {}: {}", clues.address, names.join(", "));
        if let Some(abuse) = &network.abuse {
            line.push_str(&format!("; {}", words.get("provider-abuse", &[("address", abuse.into())])));
        }
        Some(line)
    };
    clues.addresses.iter().filter_map(line).collect()
}
