//! The table of relays is judged entry by entry: names, hosts, ports, sources, dates.

use std::collections::BTreeSet;

use super::profile::{ProfileError, read};
use super::*;
use crate::address::Domain;

const TABLE: &str = include_str!("data/relays.toml");

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    let [year, month, day] = parts[..] else { return false };
    let within = |part: &str, limit: u32| part.parse().is_ok_and(|number| (1..=limit).contains(&number));
    digits(year, 4) && digits(month, 2) && digits(day, 2) && within(month, 12) && within(day, 31)
}

/// The keys of an entry, as `unverified` may name them.
fn fields() -> BTreeSet<String> {
    let table: toml::Table = TABLE.parse().expect("TOML");
    let entries = table["relay"].as_array().expect("entries");
    entries.iter().flat_map(|entry| entry.as_table().expect("a table").keys().cloned()).collect()
}

#[test]
fn every_entry_says_where_it_is_from_and_when() {
    let table: toml::Table = TABLE.parse().expect("TOML");
    let compiled = table["compiled"].as_str().expect("a date");
    assert!(is_date(compiled));
    let fields = fields();
    for profile in profiles() {
        let id = &profile.id;
        assert!(!profile.sources.is_empty(), "{id} has no source");
        for source in &profile.sources {
            let rest = source.strip_prefix("https://").or_else(|| source.strip_prefix("http://"));
            let host = rest.and_then(|rest| rest.split('/').next()).unwrap_or_default();
            assert!(Domain::new(host).is_ok() && host.contains('.'), "{id}: {source} is no address");
            assert!(!source.contains(char::is_whitespace), "{id}: {source}");
        }
        if let Some(seen) = &profile.seen {
            assert!(is_date(seen) && seen.as_str() <= compiled, "{id}: {seen}");
        }
        for field in &profile.unverified {
            assert!(fields.contains(field), "{id}: `{field}` is no field");
        }
        assert!(!profile.note.is_empty() && profile.country.len() == 2, "{id}");
    }
}

#[test]
fn names_are_unique_and_hosts_can_be_used() {
    let mut names = BTreeSet::new();
    assert!(profiles().len() >= 14);
    for profile in profiles() {
        for name in std::iter::once(&profile.id).chain(&profile.aliases) {
            assert!(names.insert(name.clone()), "{name} is there twice");
            // It becomes the name of a section and of files.
            assert!(
                name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            );
            assert_eq!(find(&name.to_uppercase()).map(|found| &found.id), Some(&profile.id));
        }
        let host = profile.host(Some("eu-central-1")).expect("a host");
        assert!(Domain::new(&host).is_ok(), "{host}");
        assert_eq!(of_host(&host).map(|found| &found.id), Some(&profile.id), "{host}");
        if let Fact::Known(Spf::Include(name)) = &profile.spf {
            assert!(name.contains('.') && !name.contains(' '), "{name}");
        }
        assert_eq!(profile.spf == Fact::Known(Spf::Nothing), profile.spf_at == SpfPlace::Nowhere);
    }
    assert!(find("nobody").is_none() && of_host("smtp.example.test").is_none());
}

#[test]
fn ports_are_secured_and_none_is_25() {
    for profile in profiles() {
        assert!(!profile.ports.is_empty(), "{}", profile.id);
        let numbers: BTreeSet<u16> = profile.ports.iter().map(|port| port.number).collect();
        assert_eq!(numbers.len(), profile.ports.len(), "{}: a port is there twice", profile.id);
        assert!(!numbers.contains(&25), "{}", profile.id);
        for port in &profile.ports {
            assert_eq!(port.implicit_tls, [465, 2465, 8465, 443].contains(&port.number), "{}", profile.id);
        }
    }
}

#[test]
fn what_is_known_of_ses() {
    let ses = find("amazon-ses").expect("known");
    assert_eq!(ses.host(None), None, "the region decides");
    assert_eq!(ses.host(Some("eu-west-1")).as_deref(), Some("email-smtp.eu-west-1.amazonaws.com"));
    assert_eq!(ses.signatures(), 1);
    assert_eq!(ses.unsigned_fields(), ["Message-ID", "Date", "Return-Path", "Bounces-To"]);
    assert_eq!(ses.null_sender, Fact::Known(false));
    assert_eq!(ses.spf, Fact::Known(Spf::Include("amazonses.com".into())));
    assert!(
        of_host("email-smtp.a.b.amazonaws.com").is_none() && of_host("email-smtp..amazonaws.com").is_none()
    );
}

#[test]
fn one_signature_where_nobody_knows_better() {
    let sendgrid = find("sendgrid").expect("known");
    assert_eq!((sendgrid.dkim_signatures, sendgrid.signatures()), (Fact::Unknown, 1));
    assert_eq!(sendgrid.login, Login::FixedName("apikey".into()));
    assert!(sendgrid.unsigned_fields().is_empty());
}

#[test]
fn mistakes_are_refused() {
    let wrong = |from: &str, to: &str| read(&TABLE.replacen(from, to, 1)).expect_err("refused");
    assert!(matches!(wrong("null_sender = false", "null_sender = \"maybe\""), ProfileError::Form(_)));
    assert!(matches!(wrong("null_sender = false", "nul_sender = false"), ProfileError::Form(_)));
    assert!(matches!(wrong("null_sender = false", ""), ProfileError::Form(_)));
    assert!(matches!(wrong("schema_version = 1", "schema_version = 2"), ProfileError::Form(_)));
    assert_eq!(wrong("login_name = \"apikey\"", ""), ProfileError::LoginName("sendgrid".into()));
    assert_eq!(wrong("\"include:amazonses.com\"", "\"amazonses.com\""), ProfileError::Spf("ses".into()));
}
