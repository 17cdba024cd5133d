//! Every check is well-formed, and everything that it can say has its sentences in both languages.

use std::collections::BTreeSet;
use std::path::Path;

use postamt_mail::words::{Language, words};

use super::run::{BROKEN, TIMEOUT};
use super::{ALL, Kind, Severity};

#[test]
fn every_check_is_well_formed() {
    let mut ids = BTreeSet::new();
    for check in ALL {
        assert!(ids.insert(check.id), "{} is there twice", check.id);
        assert!(check.limit.as_secs() > 0, "{}", check.id);
        for kind in check.kinds {
            assert!(kind.id.starts_with(&format!("{}.", check.id)), "{} of {}", kind.id, check.id);
            assert_eq!(kind.source.is_empty(), !needs_source(kind.severity), "the source of {}", kind.id);
        }
        for ground in check.not_after {
            let place = ALL.iter().position(|other| other.kinds.iter().any(|kind| kind.id == ground.id));
            let own = ALL.iter().position(|other| other.id == check.id);
            assert!(place < own, "{} rests on {}, which must come before it", check.id, ground.id);
        }
    }
}

fn needs_source(severity: Severity) -> bool {
    severity.is_bad() || severity == Severity::Note
}

/// Everything that can be said, of hosts, domains and messages.
fn all_kinds() -> impl Iterator<Item = &'static Kind> {
    let of_checks = ALL.iter().flat_map(|check| check.kinds).copied();
    of_checks.chain([&TIMEOUT, &BROKEN]).chain(crate::message::kinds())
}

#[test]
fn kinds_of_messages_are_well_formed() {
    let mut ids = BTreeSet::new();
    for kind in crate::message::kinds() {
        assert!(ids.insert(kind.id), "{} is there twice", kind.id);
        assert!(kind.id.starts_with("message."), "{}", kind.id);
        assert_eq!(kind.source.is_empty(), !needs_source(kind.severity), "the source of {}", kind.id);
    }
}

#[test]
fn every_finding_has_its_sentences() {
    for language in Language::ALL {
        let words = words(language);
        for kind in all_kinds() {
            assert!(words.has(&kind.sentence("")), "{language}: {}", kind.sentence(""));
            let bad = kind.severity.is_bad();
            assert!(
                !bad || words.has(&kind.sentence("expected")),
                "{language}: {}",
                kind.sentence("expected")
            );
            let acts = kind.severity != Severity::Ok;
            assert!(!acts || words.has(&kind.sentence("now")), "{language}: {}", kind.sentence("now"));
        }
    }
}

/// Strings in the sources that look like ids of the catalogue.
fn named(directory: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(directory).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            named(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source");
            let is_id = |part: &&str| {
                part.len() > "doctor-".len()
                    && part.starts_with("doctor-")
                    && part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            };
            found.extend(text.split('"').filter(is_id).map(str::to_owned));
        }
    }
}

#[test]
fn every_sentence_there_is_said_and_every_one_said_is_there() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut ids = BTreeSet::new();
    named(&here.join("src"), &mut ids);
    named(&here.join("../app/src"), &mut ids);
    let words = words(Language::En);
    for id in &ids {
        assert!(words.has(id), "no sentence `{id}`");
    }
    for kind in all_kinds() {
        ids.extend(["", "expected", "now"].map(|part| kind.sentence(part)));
    }
    let catalogues = ["doctor.ftl", "doctor-refusals.ftl", "doctor-message.ftl"];
    let read = |name: &str| std::fs::read_to_string(here.join(format!("../mail/src/words/en/{name}")));
    let text: String = catalogues.into_iter().map(|name| read(name).expect("a catalogue")).collect();
    let there =
        text.lines().filter(|line| line.starts_with("doctor-")).filter_map(|line| line.split_once(" ="));
    for (id, _) in there {
        assert!(ids.contains(id), "nobody says `{id}`");
    }
}
