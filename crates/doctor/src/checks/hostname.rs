//! The name that is said in EHLO: complete, there in DNS, and not one that a provider gives to every machine.

use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;

use super::context::{Context, Source};
use super::dns;
use super::finding::{Certainty, Finding, Kind, Remedy};
use super::run::{Check, CheckFuture, Scope};

static GOOD: Kind = Kind::ok("hostname.good");
/// No name that the Internet could know.
pub static NOT_COMPLETE: Kind = Kind::error("hostname.not-complete", "RFC 5321 §2.3.5");
static NOT_THERE: Kind = Kind::error("hostname.not-in-dns", "RFC 5321 §2.3.5");
static NO_ADDRESS: Kind = Kind::error("hostname.no-address", "RFC 5321 §2.3.5");
static GENERIC: Kind = Kind::warning("hostname.generic", "https://postmaster.t-online.de/index.en.html");
/// DNS fails for the hostname.
pub static NOT_ASKED: Kind = Kind::unknown("hostname.not-asked");

/// See the head of this file.
pub static CHECK: Check = Check {
    id: "hostname",
    scope: Scope::Host,
    not_after: &[&dns::SILENT],
    limit: Duration::from_secs(40),
    kinds: &[&GOOD, &NOT_COMPLETE, &NOT_THERE, &NO_ADDRESS, &GENERIC, &NOT_ASKED],
    run: |context| -> CheckFuture { Box::pin(check(context)) },
};

async fn check(context: Arc<Context>) -> Vec<Finding> {
    let Some(host) = context.host() else { return Vec::new() };
    let mut names = vec![host.hostname.clone()];
    names.extend(host.sources.iter().map(|source| source.ehlo_name.clone()));
    names.sort();
    names.dedup();
    let sources = context.public_sources().await;
    let mut found = Vec::new();
    for name in names {
        found.push(judge(&context, &name, &sources).await);
    }
    found
}

async fn judge(context: &Context, name: &Domain, sources: &[Source]) -> Finding {
    if !name.as_str().contains('.') || is_local(name.as_str()) {
        return Finding::new(&NOT_COMPLETE, name)
            .remedy(Remedy::Setting { lines: "[server]\nhostname = \"mail.example.org\"".to_owned() });
    }
    let answer = match context.addresses(name).await {
        Ok(answer) => answer,
        Err(error) => return Finding::new(&NOT_ASKED, name).seen(error),
    };
    if answer.all.is_empty() {
        let exists = context.resolver.a(name).await.is_ok_and(|answer| answer.exists);
        let kind = if exists { &NO_ADDRESS } else { &NOT_THERE };
        let seen = if exists { "NODATA" } else { "NXDOMAIN" };
        let finding = Finding::new(kind, name).seen(format!("{name}. A, AAAA: {seen}"));
        return sources.iter().filter(|source| source.ehlo_name == *name).fold(finding, |finding, source| {
            finding.remedy(Remedy::record(name.as_str(), kind_of(source.address), source.address.to_string()))
        });
    }
    if let Some(address) = answer.all.iter().find(|address| is_generic(name.as_str(), **address)) {
        return Finding::new(&GENERIC, name)
            .with("address", address)
            .seen(format!("{name}. IN {} {address}", kind_of(*address)))
            .surely(Certainty::Likely)
            .remedy(Remedy::Setting { lines: "[server]\nhostname = \"mail.example.org\"".to_owned() });
    }
    Finding::new(&GOOD, name)
}

/// `A` or `AAAA`.
pub(super) fn kind_of(address: std::net::IpAddr) -> &'static str {
    if address.is_ipv4() { "A" } else { "AAAA" }
}

/// Names that are none on the Internet (RFC 6762 §3, RFC 6761, RFC 8375).
fn is_local(name: &str) -> bool {
    ["local", "localhost", "localdomain", "lan", "home", "internal", "home.arpa"]
        .iter()
        .any(|end| name == *end || name.ends_with(&format!(".{end}")))
}

/// A name that holds the address, as `static.25.2.0.192.clients.provider.example`: receivers take it for a
/// customer's line. Also names with a word for such lines and a number.
pub(super) fn is_generic(name: &str, address: std::net::IpAddr) -> bool {
    let numbers: Vec<String> = match address.to_canonical() {
        std::net::IpAddr::V4(v4) => v4.octets().iter().map(ToString::to_string).collect(),
        std::net::IpAddr::V6(v6) => {
            let text: String = v6.octets().iter().map(|octet| format!("{octet:02x}")).collect();
            let squeezed: String = name.chars().filter(char::is_ascii_hexdigit).collect();
            return squeezed.contains(&text[8..]) || squeezed.contains(&text[..16]) || has_line_word(name);
        }
    };
    let parts: Vec<&str> = name.split(['.', '-', '_']).collect();
    // The octets in either order; padded with zeros, or run together, they count as well.
    let stripped: Vec<&str> = parts.iter().map(|part| part.trim_start_matches('0')).collect();
    let is_there = |number: &String| {
        stripped.iter().any(|part| {
            part == number || part.trim_start_matches(|letter: char| letter.is_ascii_alphabetic()) == number
        })
    };
    let all = numbers.iter().filter(|number| *number != "0").all(is_there);
    let padded: Vec<String> = numbers.iter().map(|number| format!("{number:0>3}")).collect();
    let hex: String = numbers
        .iter()
        .filter_map(|number| number.parse::<u8>().ok())
        .fold(String::new(), |text, octet| text + &format!("{octet:02x}"));
    all || name.contains(&padded.concat()) || name.contains(&hex) || has_line_word(name)
}

/// `dyn-0815.provider.example`: a word for customers' lines beside digits.
fn has_line_word(name: &str) -> bool {
    const WORDS: [&str; 14] = [
        "dyn", "dynamic", "dhcp", "dialup", "dialin", "dial", "pool", "ppp", "pppoe", "dsl", "adsl", "cable",
        "customer", "dip",
    ];
    let labels: Vec<&str> = name.split('.').collect();
    let own = &labels[..labels.len().saturating_sub(2)];
    let has_digit = own.iter().any(|label| label.contains(|letter: char| letter.is_ascii_digit()));
    let mut words = own.iter().flat_map(|label| label.split('-'));
    let is_word = |word: &str| WORDS.contains(&word.trim_end_matches(|letter: char| letter.is_ascii_digit()));
    has_digit && words.any(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generic_names() {
        let v4 = "192.0.2.25".parse().unwrap();
        for name in [
            "static.25.2.0.192.clients.provider.example",
            "192-0-2-25.static.provider.example",
            "ip192.0.2.25.provider.example",
            "c0000219.provider.example",
            "192000002025.provider.example",
            "host-192-000-002-025.provider.example",
            "dyn-17.provider.example",
            "p4fd2.dip0.provider.example",
            "pool17.provider.example",
        ] {
            assert!(is_generic(name, v4), "{name}");
        }
        for name in ["mail.example.org", "mx25.example.org", "mta2.25years.example", "dynamo.example.org"] {
            assert!(!is_generic(name, v4), "{name}");
        }
        let v6 = "2001:db8:0:1::25".parse().unwrap();
        let long = "2001-0db8-0000-0001-0000-0000-0000-0025.v6.provider.example";
        assert!(is_generic(long, v6));
        assert!(!is_generic("mail.example.org", v6));
    }
}
