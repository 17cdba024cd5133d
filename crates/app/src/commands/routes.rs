//! A route in words, from the text by which the server names it. What is none of these is shown as it is.

use postamt_mail::words::Words;

/// Its kind, for ids of the catalogue, and the name that belongs to it; `other` where it is none of these.
#[must_use]
pub fn parts(route: &str) -> (&'static str, &str) {
    for (beginning, kind) in [("direct to ", "direct"), ("relay ", "relay"), ("local ", "local")] {
        if let Some(name) = route.strip_prefix(beginning) {
            return (kind, name);
        }
    }
    match route {
        "postmaster" => ("postmaster", ""),
        "discard" => ("discard", ""),
        "hold" => ("hold", ""),
        other => ("other", other),
    }
}

/// The route of waiting mail, or that of an attempt, in the reader's language.
#[must_use]
pub fn in_words(route: &str, words: &Words) -> String {
    if route == "direct" {
        return words.get("queue-route-directly", &[]);
    }
    if let Some(relay) = route.strip_prefix("relay ") {
        if let Some(name) = relay.strip_suffix(", since port 25 is blocked") {
            return words.get("queue-route-detour", &[("name", name.into())]);
        }
        if let Some((name, provider)) = relay.split_once(", only for ") {
            let values = [("name", name.into()), ("provider", provider.into())];
            return words.get("queue-route-relay-only", &values);
        }
    }
    if let Some(filter) = route.strip_prefix("filter ") {
        return words.get("queue-route-filter", &[("name", filter.into())]);
    }
    let (kind, name) = parts(route);
    let id = match kind {
        "direct" => "queue-route-direct",
        "relay" => "queue-route-relay",
        "local" => "queue-route-local",
        "postmaster" => "queue-route-postmaster",
        "discard" => "queue-route-discard",
        "hold" => "queue-route-hold",
        _ => return name.to_owned(),
    };
    words.get(id, &[("name", name.into())])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use postamt_mail::words::{Language, words};
    use postamt_mta::flow::Destination;

    use super::*;

    #[test]
    fn every_destination_has_words_in_both_languages() {
        let domain = || "example.net".parse::<postamt_mail::address::Domain>().expect("a domain");
        for (destination, english, german) in [
            (Destination::Direct(domain()), "direct to example.net", "direkt zu example.net"),
            (Destination::Relay(Arc::from("ses")), "relay ses", "Relay ses"),
            (Destination::Local(domain()), "local example.net", "hier, example.net"),
            (Destination::Postmaster, "postmaster", "Postmaster"),
            (Destination::Discard, "discarded", "wird verworfen"),
            (Destination::Hold, "held", "wird angehalten"),
        ] {
            let text = destination.to_string();
            assert_eq!(in_words(&text, words(Language::En)), english);
            assert_eq!(in_words(&text, words(Language::De)), german);
        }
        for (attempt, english, german) in [
            ("direct", "direct", "direkt"),
            (
                "relay ses, since port 25 is blocked",
                "relay ses, since port 25 is blocked",
                "Relay ses, weil Port 25 gesperrt ist",
            ),
            (
                "relay ses, only for microsoft",
                "relay ses, only for microsoft",
                "Relay ses, nur für microsoft",
            ),
        ] {
            assert_eq!(in_words(attempt, words(Language::En)), english);
            assert_eq!(in_words(attempt, words(Language::De)), german);
        }
        assert_eq!(in_words("elsewhere", words(Language::De)), "elsewhere");
    }
}
