//! The paragraph about a provider of every policy in both languages, one entry in full, and every form of a recognition.

use std::collections::BTreeMap;

use postamt_mail::words::{Language, words};

use super::super::clues::{AddressClues, DmiField, MachineClues, Network, Origin, Pointer};
use super::super::recognise::recognise;
use super::*;

const TOLD: [&str; 12] = [
    "zen-internet",
    "hostinger",
    "netcup",
    "hetzner-cloud",
    "aws-ec2",
    "linode",
    "digitalocean",
    "azure",
    "deutsche-telekom",
    "ovhcloud",
    "mynymbox",
    "strato",
];

fn told(language: Language) -> String {
    let base = Base::embedded().unwrap();
    let words = words(language);
    let advice = TOLD.map(|id| format!("{}\n", advice(base.find(id).unwrap(), words)));
    format!("{}\n{}", advice.join("\n"), entry(base.find("hetzner-cloud").unwrap(), words))
}

#[test]
fn advice_in_both_languages() {
    insta::assert_snapshot!("advice_en", told(Language::En));
    insta::assert_snapshot!("advice_de", told(Language::De));
}

#[test]
fn every_entry_can_be_told() {
    let base = Base::embedded().unwrap();
    for language in Language::ALL {
        for provider in &base.providers {
            let text = entry(provider, words(language));
            assert!(!text.contains("..") && !text.contains(" ."), "{text}");
            assert!(text.contains(&provider.name), "{text}");
        }
        assert_eq!(list(&base, words(language)).lines().count(), base.providers.len());
    }
}

fn clues() -> Clues {
    let dmi = BTreeMap::from([(DmiField::SysVendor, "Hetzner".to_owned())]);
    let address = AddressClues {
        address: "192.0.2.25".parse().unwrap(),
        origin: Some(Origin { asns: vec![24940], ..Origin::default() }),
        network: Some(Network {
            organisations: vec!["Hetzner Online GmbH".to_owned()],
            abuse: Some("abuse@hoster.test".to_owned()),
            ..Network::default()
        }),
        pointer: Some(Pointer { name: "static.25.clients.your-server.de".to_owned(), is_confirmed: true }),
    };
    Clues { machine: MachineClues { dmi, ..MachineClues::default() }, addresses: vec![address] }
}

#[test]
fn a_recognition_is_told_with_its_reasons() {
    let base = Base::embedded().unwrap();
    let told = |clues: &Clues, language| {
        let words = words(language);
        let mut lines = recognition(&recognise(&base, clues), words);
        lines.extend(addresses(clues, words));
        lines.join("\n")
    };
    let all = clues();
    let mut nobody = all.clone();
    nobody.machine = MachineClues::default();
    nobody.addresses[0].origin = None;
    nobody.addresses[0].network.as_mut().unwrap().organisations = vec!["Somebody Ltd".to_owned()];
    nobody.addresses[0].pointer.as_mut().unwrap().is_confirmed = false;
    let mut several = all.clone();
    several.machine = MachineClues::default();
    let mut faint = nobody.clone();
    faint.addresses[0].pointer.as_mut().unwrap().name = "x.contaboserver.net".to_owned();
    faint.addresses[0].pointer.as_mut().unwrap().is_confirmed = true;
    for language in Language::ALL {
        let text = [&all, &several, &faint, &nobody].map(|clues| told(clues, language)).join("\n\n");
        insta::assert_snapshot!(format!("recognition_{language}"), text);
    }
}
