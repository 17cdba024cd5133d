//! The compiled base is sound, and faults are named.

use std::collections::BTreeSet;

use postamt_mail::words::{Language, words};

use super::*;

#[test]
fn the_compiled_base_is_sound() {
    let base = Base::embedded().unwrap();
    assert!(base.providers.len() > 100, "{}", base.providers.len());
    let kinds: BTreeSet<String> = base.providers.iter().map(|it| name_of(it.policy)).collect();
    assert_eq!(kinds.len(), 10, "{kinds:?}");
    for provider in &base.providers {
        let clues = &provider.clues;
        let any = !clues.asns.is_empty()
            || !clues.asns_unverified.is_empty()
            || !clues.organisations.is_empty()
            || !clues.organisations_unverified.is_empty()
            || !clues.dmi.is_empty();
        assert!(any, "{} cannot be recognised", provider.id);
    }
    assert_eq!(base.find("Hetzner Cloud").unwrap().id, "hetzner-cloud");
    assert_eq!(base.search("hetzner").len(), 2);
}

/// Every value that the data may use has its words, and no words are there for nothing.
#[test]
fn every_value_has_its_words() {
    let base = Base::embedded().unwrap();
    let mut ids = BTreeSet::new();
    for provider in &base.providers {
        ids.insert(format!("provider-kind-{}", name_of(provider.kind)));
        ids.insert(format!("provider-policy-{}", name_of(provider.policy)));
        ids.insert(format!("provider-says-{}", name_of(provider.policy)));
        if provider.request.method != Method::None {
            ids.insert(format!("provider-method-{}", name_of(provider.request.method)));
        }
        ids.insert(format!("provider-confidence-{}", name_of(provider.confidence)));
        let request = &provider.request;
        for item in request.needs.iter().chain(&request.contents).chain(&request.helpful) {
            ids.insert(format!("provider-item-{}", name_of(item)));
        }
    }
    for language in Language::ALL {
        for id in &ids {
            assert!(words(language).has(id), "{language}: {id}");
        }
    }
    let catalogue = include_str!("../../../../mail/src/words/en/provider.ftl");
    let families =
        ["provider-kind-", "provider-policy-", "provider-says-", "provider-method-", "provider-item-"];
    let there = catalogue.lines().filter_map(|line| line.split_once(" =")).map(|(id, _)| id);
    for id in there.filter(|id| families.iter().any(|family| id.starts_with(family))) {
        assert!(ids.contains(id), "nobody says `{id}`");
    }
}

const ENTRY: &str = "[[provider]]\nid = \"a\"\nname = \"A\"\nkind = \"vps\"\ncountry = \"DE\"\npolicy = \"request\"\n\
    detail = { en = \"It is so.\", de = \"So ist es.\" }\nport_465 = \"open\"\nport_587 = \"open\"\n\
    sources = [\"https://a.test/x (2026)\"]\nseen = \"2026-10\"\nconfidence = \"low\"\n\
    [provider.request]\nmethod = \"ticket\"\nfollow_up_days = 3\n[provider.clues]\nptr = [\"a.test\"]\n";

fn base(entries: &str) -> Result<Base, BaseError> {
    Base::parse(&format!("schema_version = 1\ncompiled = \"2026-11-24\"\n{entries}"))
}

#[test]
fn faults_are_named() {
    assert_eq!(base(ENTRY).unwrap().providers.len(), 1);
    let twice = format!("{ENTRY}{ENTRY}");
    for (change, to) in [
        ("id = \"a\"", "id = \"A b\""),
        ("country = \"DE\"", "country = \"Germany\""),
        ("de = \"So ist es.\"", "de = \"\""),
        ("de = \"So ist es.\"", "de = \"It is so.\""),
        ("https://a.test/x", "https:///x"),
        ("[\"https://a.test/x (2026)\"]", "[]"),
        ("seen = \"2026-10\"", "seen = \"October\""),
        ("seen = \"2026-10\"", "seen = \"2027\""),
        ("follow_up_days = 3", ""),
        ("method = \"ticket\"", "method = \"switch\""),
        ("policy = \"request\"", "policy = \"never\""),
        ("ptr = [\"a.test\"]", "ptr = [\".a.test\"]"),
        ("ptr = [\"a.test\"]", "organisations = [\"GmbH\"]"),
        ("ptr = [\"a.test\"]", "asns = [1]\nasns_unverified = [1]"),
        ("ptr = [\"a.test\"]", "dmi = [{ field = \"sys_vendor\" }]"),
    ] {
        assert!(ENTRY.contains(change), "{change}");
        let broken = base(&ENTRY.replace(change, to));
        assert!(matches!(broken, Err(BaseError::Entry { .. })), "{to}: {broken:?}");
    }
    assert!(matches!(base(&twice), Err(BaseError::Entry { .. })));
    assert!(matches!(base(&format!("{ENTRY}nonsense = 1\n")), Err(BaseError::Form(_))));
    assert!(matches!(base(&ENTRY.replace("vps", "shop")), Err(BaseError::Form(_))));
    let later = Base::parse(&format!("schema_version = 2\ncompiled = \"2026-11-24\"\n{ENTRY}"));
    assert!(matches!(later, Err(BaseError::Entry { .. })));
}

#[test]
fn others_are_named_by_one_rule() {
    let entry = |id: &str, changes: &[(&str, &str)]| {
        let own =
            ENTRY.replace("id = \"a\"", &format!("id = \"{id}\"")).replace("\"A\"", &format!("\"{id}\""));
        let certain = own.replace("a.test\"]", &format!("{id}.test\"]")).replace("\"low\"", "\"medium\"");
        changes.iter().fold(certain, |entry, (from, to)| entry.replace(from, to))
    };
    let switch = [("\"request\"", "\"switch\""), ("\"ticket\"", "\"switch\""), ("follow_up_days = 3", "")];
    let never = [("\"request\"", "\"never\""), ("\"ticket\"", "\"none\""), ("follow_up_days = 3", "")];
    let base = base(
        &[
            entry("asked", &[]),
            entry("switched", &switch),
            entry("rumour", &[("\"medium\"", "\"low\"")]),
            entry("line", &[("\"vps\"", "\"isp\"")]),
            entry("shut", &never),
            entry("also", &[]),
        ]
        .concat(),
    )
    .unwrap();
    assert_eq!(base.others(None, 9), ["switched", "asked", "also"], "whoever need not be asked comes first");
    assert_eq!(base.others(base.find("asked"), 9), ["switched", "also"]);
    assert_eq!(base.others(None, 1), ["switched"]);
}

#[test]
fn a_newer_copy_takes_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let count = || Base::load(folder.path()).unwrap().providers.len();
    assert!(count() > 100);
    let write = |day: &str, entry: &str| {
        let text = format!("schema_version = 1\ncompiled = \"{day}\"\n{entry}");
        std::fs::write(folder.path().join("providers.toml"), text).unwrap();
    };
    write("2020-01-01", &ENTRY.replace("2026-10", "2019"));
    assert!(count() > 100, "an older one does not");
    write("2099-01-01", ENTRY);
    assert_eq!(count(), 1);
    write("2099-01-01", "nonsense = 1");
    assert!(matches!(Base::load(folder.path()), Err(BaseError::Form(_))));
}
