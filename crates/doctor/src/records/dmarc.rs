//! The one DMARC record of a domain, with its faults mended (RFC 9989 §4.7).

use postamt_mailauth::dmarc::{Policy, parse};

/// The record that takes the place of those there: the first that receivers can read, without the tags in `gone` and
/// without what is no tag; reports go to `reports` where nobody else is named.
pub fn mended(there: &[&str], gone: &[String], reports: &str) -> String {
    let best = there.iter().find(|text| parse(text).is_some()).or(there.first());
    let mut policy = None;
    let mut rest: Vec<(String, String)> = Vec::new();
    for part in best.map(|text| tags(text)).unwrap_or_default() {
        let Some((name, value)) = part.split_once('=') else { continue };
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        let is_known = rest.iter().any(|(known, _)| *known == name);
        match name.as_str() {
            "v" | "" => {}
            _ if is_known || gone.contains(&name) => {}
            "p" => policy = policy.or_else(|| policy_of(value)),
            "rua" | "ruf" => rest.extend(targets(value).map(|value| (name, value))),
            _ => rest.push((name, value.to_owned())),
        }
    }
    if !rest.iter().any(|(name, _)| name == "rua") {
        rest.push(("rua".to_owned(), reports.to_owned()));
    }
    let start = format!("v=DMARC1; p={}", word(policy.unwrap_or(Policy::None)));
    rest.iter().fold(start, |record, (name, value)| format!("{record}; {name}={value}"))
}

/// The parts around the version, wherever it stands and however it is written. Without semicolons, spaces part them.
fn tags(text: &str) -> Vec<&str> {
    const VERSION: &str = "dmarc1";
    let text = text.trim_matches('"');
    let (before, rest) = match text.to_ascii_lowercase().find(VERSION) {
        Some(at) => (&text[..at], &text[at + VERSION.len()..]),
        None => ("", text),
    };
    let rest = rest.trim_start_matches([';', ',', '"', ' ']);
    [parts(before), parts(rest)].concat()
}

fn parts(text: &str) -> Vec<&str> {
    if text.contains(';') { text.split(';').collect() } else { text.split_ascii_whitespace().collect() }
}

fn policy_of(value: &str) -> Option<Policy> {
    [Policy::None, Policy::Quarantine, Policy::Reject]
        .into_iter()
        .find(|policy| value.eq_ignore_ascii_case(word(*policy)))
}

/// As the record has it.
pub const fn word(policy: Policy) -> &'static str {
    match policy {
        Policy::None => "none",
        Policy::Quarantine => "quarantine",
        Policy::Reject => "reject",
    }
}

/// URIs only, and without the limit of size that RFC 9990 has taken away; an address that lacks `mailto:` gets it.
fn targets(value: &str) -> Option<String> {
    let one = |part: &str| {
        let part = part.trim().split('!').next().unwrap_or_default();
        let lower = part.to_ascii_lowercase();
        if lower.starts_with("mailto:") || lower.starts_with("https:") {
            return Some(part.to_owned());
        }
        let is_address = part.contains('@') && !part.contains([':', ' ']);
        is_address.then(|| format!("mailto:{part}"))
    };
    let good: Vec<String> = value.split(',').filter_map(one).collect();
    (!good.is_empty()).then(|| good.join(","))
}
