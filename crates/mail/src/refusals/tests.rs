//! The table of refusals is judged entry by entry, and read with replies as providers give them.

use std::collections::BTreeSet;

use super::read::{general, lists as read_lists, providers as read_providers};
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
    let reaches =
        |host: Option<&str>, pattern: &Pattern, status: Option<&(u16, u16)>, any: Option<&String>| {
            let code = pattern.codes.first().copied().unwrap_or(550);
            let status = status.map(|(subject, detail)| format!("{}.{subject}.{detail} ", code / 100));
            let any = any.map(String::as_str).unwrap_or_default();
            let reply = format!("{code} {}{} {any}", status.unwrap_or_default(), pattern.says.join(" "));
            let found = recognise(host, &reply).unwrap_or_else(|| panic!("{reply} is not known"));
            assert_eq!((found.pattern.kind, found.pattern.fault), (pattern.kind, pattern.fault), "{reply}");
        };
    for provider in providers() {
        for pattern in &provider.refusals {
            reaches(provider.exchangers.first().map(String::as_str), pattern, None, None);
        }
    }
    for pattern in &table().general {
        pattern.any.iter().for_each(|any| reaches(None, pattern, None, Some(any)));
        pattern.status.iter().for_each(|status| reaches(None, pattern, Some(status), None));
        if pattern.any.is_empty() && pattern.status.is_empty() {
            reaches(None, pattern, None, None);
        }
    }
    for list in lists() {
        for name in &list.named {
            let found = recognise(None, &format!("554 5.7.1 blocked using {name}; x")).expect("known");
            assert_eq!(found.list.map(|list| &list.id), Some(&list.id), "{name}");
            assert_eq!(found.pattern.kind, list.pattern.kind, "{name}");
        }
    }
}

#[test]
fn every_list_has_a_page() {
    let mut ids = BTreeSet::new();
    for list in lists() {
        assert!(ids.insert(&list.id), "{} is there twice", list.id);
        assert!(is_address(&list.page), "{}: {}", list.id, list.page);
    }
}

/// Wrong is worse than unknown: nothing may be taken for something else, and of ten at most one may be unknown.
#[test]
fn replies_of_real_servers() {
    let (mut rows, mut unknown, mut wrong) = (0, Vec::new(), Vec::new());
    for line in include_str!("replies/replies.tsv").lines().filter(|line| !line.starts_with('#')) {
        let [kinds, host, reply] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        rows += 1;
        let found = recognise(Some(host).filter(|host| *host != "-"), reply);
        match found.map(|found| found.pattern.kind.name()) {
            Some(kind) if kinds.split('|').any(|known| known == kind) => {}
            Some(kind) => wrong.push(format!("{kind} instead of {kinds}: {reply}")),
            None if kinds == "-" => {}
            None => unknown.push(line),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(unknown.len() * 10 <= rows, "{} of {rows}: {unknown:#?}", unknown.len());
}

#[test]
fn every_word_has_its_sentences() {
    for language in Language::ALL {
        let words = words(language);
        for kind in Kind::ALL {
            assert!(words.has(&format!("refusal-kind-{}", kind.name())), "{kind:?}");
        }
        for fault in Fault::ALL {
            assert!(fault_in_words(*fault, words).ends_with('.'), "{fault:?}");
        }
        for remedy in Remedy::ALL {
            let said = words.get(&text::remedy(*remedy), &[]);
            assert!(said.contains(": "), "{remedy:?}: {said}");
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
fn only_a_provider_means_its_own_codes() {
    let kind = |host, reply| recognise(Some(host), reply).map(|found| found.pattern.kind);
    let yahoo = "421 4.7.0 [TSS04] Messages from 192.0.2.25 are not welcome";
    assert_eq!(kind("mta7.am0.yahoodns.net", yahoo), Some(Kind::Reputation));
    assert_eq!(kind("mx.example.test", yahoo), None);
    assert_eq!(kind("mx.example.test", ""), None);
}

#[test]
fn mistakes_are_refused() {
    let wrong = |from: &str, to: &str| {
        assert!(TABLE.contains(from), "{from}");
        read_providers(&TABLE.replacen(from, to, 1)).expect_err("refused")
    };
    wrong("kind = \"reputation\"", "kind = \"fame\"");
    wrong("fault = \"address\"", "foult = \"address\"");
    wrong("schema_version = 1", "schema_version = 2");
    wrong("says = [\"S3140\"]", "says = []");
    let entry = |fields: &str| {
        let entry =
            format!("{fields}, kind = \"rate\", fault = \"volume\", remedy = \"wait\", verified = true");
        general(&format!("schema_version = 1\nrefusals = [{{ {entry} }}]"))
    };
    assert!(entry("status = [\"7.25\"]").is_ok());
    for nothing in ["codes = [550]", "any = [\" \"]", "status = [\"725\"]"] {
        entry(nothing).expect_err(nothing);
    }
    read_lists("schema_version = 1\nlist = [{ id = \"x\", name = \"x\", named = [], page = \"x\", kind = \"rate\", fault = \"volume\", remedy = \"wait\" }]")
        .expect_err("nobody can name it");
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
    let guessed = recognise(Some(host), "550 SC-002 no").expect("known");
    let english = explanation(&guessed, host, words(Language::En)).join("\n");
    assert!(english.contains("rests on general experience"), "{english}");
    let listed = recognise(None, "554 5.7.1 blocked using bl.spamcop.net").expect("known");
    let english = explanation(&listed, "mx.example.test", words(Language::En)).join("\n");
    assert!(english.contains("look the entry up at SpamCop"), "{english}");
    assert!(english.contains("https://www.spamcop.net/bl.shtml"), "{english}");
}
