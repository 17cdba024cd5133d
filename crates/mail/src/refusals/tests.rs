//! The table of refusals is judged entry by entry, and read with replies as providers give them.

use std::collections::BTreeSet;

use super::read::read;
use super::*;
use crate::address::Domain;
use crate::words::{Language, words};

const TABLE: &str = include_str!("data/refusals.toml");

fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split('/').next()).unwrap_or_default();
    Domain::new(host).is_ok() && host.contains('.') && !text.contains(char::is_whitespace)
}

#[test]
fn every_entry_says_where_it_is_from() {
    let mut names = BTreeSet::new();
    let table: toml::Table = TABLE.parse().expect("TOML");
    let compiled = table["compiled"].as_str().expect("a date");
    let entries = table["provider"].as_array().expect("entries");
    let fields: BTreeSet<&String> =
        entries.iter().flat_map(|entry| entry.as_table().expect("a table").keys()).collect();
    assert!(providers().len() >= 10);
    for provider in providers() {
        let id = &provider.id;
        for name in std::iter::once(id).chain(&provider.aliases) {
            assert!(names.insert(name), "{name} is there twice");
            assert!(!name.contains('.'), "{name} could be taken for a domain");
            assert_eq!(find(&name.to_uppercase()).map(|found| &found.id), Some(id));
        }
        assert!(is_address(&provider.contact), "{id}: {}", provider.contact);
        assert!(!provider.sources.is_empty(), "{id} has no source");
        for source in &provider.sources {
            assert!(is_address(source), "{id}: {source} is no address");
        }
        if let Some(seen) = &provider.seen {
            assert!(seen.len() == 10 && seen.as_str() <= compiled, "{id}: {seen}");
        }
        for field in &provider.unverified {
            assert!(fields.contains(field), "{id}: `{field}` is no field");
        }
        for suffix in &provider.exchangers {
            assert!(Domain::new(suffix).is_ok(), "{suffix}");
            assert_eq!(provider_of_host(suffix).map(|found| &found.id), Some(id), "{suffix}");
        }
        for pattern in &provider.refusals {
            assert!(pattern.codes.iter().all(|code| (400..600).contains(code)), "{id}: {pattern:?}");
        }
    }
}

#[test]
fn every_pattern_is_reached() {
    for provider in providers() {
        for pattern in &provider.refusals {
            let code = pattern.codes.first().copied().unwrap_or(550);
            let reply = format!("{code} {}", pattern.says.join(" "));
            let found = recognise(provider.exchangers.first().map(String::as_str), &reply).expect("known");
            assert_eq!((found.pattern.kind, found.pattern.fault), (pattern.kind, pattern.fault), "{reply}");
        }
    }
}

#[test]
fn hosts_tell_their_provider() {
    let id = |host| provider_of_host(host).map(|provider| provider.id.as_str());
    assert_eq!(id("outlook-com.olc.protection.outlook.com"), Some("microsoft"));
    assert_eq!(id("firma.mail.protection.outlook.com."), Some("microsoft-365"));
    assert_eq!(id("GMAIL-SMTP-IN.l.google.com"), Some("google"));
    assert_eq!(id("notgoogle.com"), None);
    assert_eq!(id("com"), None);
}

#[test]
fn replies_as_they_are_given() {
    let kind = |host, reply| recognise(Some(host), reply).map(|found| found.pattern.kind);
    let outlook = "hotmail-com.olc.protection.outlook.com";
    let listed = "550 5.7.1 Unfortunately, messages from [192.0.2.25] weren't sent. Please contact your Internet \
                  service provider since part of their network is on our block list (S3140).";
    assert_eq!(kind(outlook, listed), Some(Kind::Reputation));
    assert_eq!(kind(outlook, "550 5.7.515 Access denied"), Some(Kind::Authentication));
    assert_eq!(kind(outlook, "550 5.5.0 Requested action not taken: mailbox unavailable"), None);
    let google = "gmail-smtp-in.l.google.com";
    let rate =
        "421 4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your IP address.";
    assert_eq!(kind(google, rate), Some(Kind::Reputation));
    assert_eq!(kind(google, "550 5.7.26 not authenticated"), Some(Kind::Authentication));
    assert_eq!(kind(google, "250 2.0.0 OK 7.28"), None);
    let yahoo = "421 4.7.0 [TSS04] Messages from 192.0.2.25 temporarily deferred due to unexpected volume";
    assert_eq!(kind("mta7.am0.yahoodns.net", yahoo), Some(Kind::Reputation));
    assert_eq!(kind("mx.example.test", yahoo), None, "only Yahoo means Yahoo's codes");
    let telekom =
        "554 IP=192.0.2.25 - None/bad reputation. Ask your postmaster@rx.t-online.de for help. (NOWL)";
    assert_eq!(kind("mx00.t-online.de", telekom), Some(Kind::Reputation));
    let nemesis = "554 gmx.net (mxgmx017) Nemesis ESMTP Service not available No SMTP service IP address is block listed.";
    assert_eq!(kind("mx00.emig.gmx.net", nemesis), Some(Kind::Reputation));
    let postfix = "554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using zen.spamhaus.org";
    assert_eq!(kind("mx.example.test", postfix), Some(Kind::Reputation));
    assert_eq!(kind("mx.example.test", "550 5.1.1 no such user"), None);
    assert_eq!(kind("mx.example.test", ""), None);
}

#[test]
fn mistakes_are_refused() {
    let wrong = |from: &str, to: &str| read(&TABLE.replacen(from, to, 1)).expect_err("refused");
    wrong("kind = \"reputation\"", "kind = \"fame\"");
    wrong("fault = \"address\"", "foult = \"address\"");
    wrong("schema_version = 1", "schema_version = 2");
    wrong("says = [\"S3140\"]", "says = []");
}

#[test]
fn an_explanation_in_both_languages() {
    let host = "hotmail-com.olc.protection.outlook.com";
    let found = recognise(Some(host), "550 5.7.1 on our block list (S3150).").expect("known");
    let english = explanation(&found, host, words(Language::En)).join("\n");
    assert!(english.starts_with("Microsoft (Outlook.com, Hotmail, Live) refuses the address"), "{english}");
    assert!(english.contains("What helps: ask the provider"), "{english}");
    assert!(english.contains("http://go.microsoft.com/fwlink/?LinkID=614866"), "{english}");
    let german = explanation(&found, host, words(Language::De)).join("\n");
    assert!(german.starts_with("Microsoft (Outlook.com, Hotmail, Live) lehnt die Adresse ab"), "{german}");
    let other = recognise(Some("mx.example.test"), "554 blocked: poor reputation").expect("known");
    let english = explanation(&other, "mx.example.test", words(Language::En)).join("\n");
    assert!(english.starts_with("mx.example.test refuses the address"), "{english}");
    assert!(english.contains("rests on general experience"), "{english}");
}
