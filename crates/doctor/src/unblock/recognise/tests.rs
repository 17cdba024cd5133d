//! Every provider of the base is recognised from what is recorded of a host there (`hosts.toml`), and nobody else is.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Deserialize;

use super::super::clues::{DmiField, Network, Origin, Pointer};
use super::super::gather::tests::recorded;
use super::*;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    pub provider: String,
    #[serde(default)]
    pub or: Vec<String>,
    pub address: IpAddr,
    pub origin: Option<String>,
    pub system: Option<String>,
    pub organisation: Option<String>,
    pub network: Option<String>,
    pub country: Option<String>,
    pub ptr: Option<String>,
    #[serde(default)]
    pub dmi: BTreeMap<DmiField, String>,
    pub cloud_init: Option<String>,
    #[serde(default)]
    pub environment: Vec<String>,
}

#[derive(Deserialize)]
struct Hosts {
    host: Vec<Host>,
}

fn hosts() -> Vec<Host> {
    toml::from_str::<Hosts>(include_str!("hosts.toml")).unwrap().host
}

fn ids(outcome: Outcome<'_, '_>) -> Vec<String> {
    match outcome {
        Outcome::One(candidate) => vec![candidate.provider.id.clone()],
        Outcome::Several(several) => several.iter().map(|it| it.provider.id.clone()).collect(),
        Outcome::Unknown => Vec::new(),
    }
}

#[tokio::test]
async fn every_provider_is_recognised_from_what_is_recorded() {
    let base = Base::embedded().unwrap();
    let hosts = hosts();
    for provider in &base.providers {
        assert!(
            hosts.iter().any(|host| host.provider == provider.id),
            "nothing is recorded of {}",
            provider.id
        );
    }
    let mut wrong = Vec::new();
    for host in &hosts {
        let clues = recorded(&base, host).await;
        let recognition = recognise(&base, &clues);
        let mut expected: Vec<String> = host.or.iter().chain([&host.provider]).cloned().collect();
        expected.sort();
        let mut found = ids(recognition.outcome());
        found.sort();
        if found != expected {
            let first: Vec<_> = recognition.candidates.iter().take(3).collect();
            wrong.push(format!(
                "{expected:?}: {found:?} {:#?}",
                first.iter().map(|it| (&it.provider.id, it.weight, &it.reasons)).collect::<Vec<_>>()
            ));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Offline, the machine and a PTR name are enough where a provider puts its name there.
#[tokio::test]
async fn offline_the_firmware_is_enough() {
    let base = Base::embedded().unwrap();
    let mut count = 0;
    for host in hosts().iter().filter(|host| !host.dmi.is_empty()) {
        let provider = base.find(&host.provider).unwrap();
        if provider.clues.dmi.is_empty() {
            continue;
        }
        count += 1;
        let clues = Clues { machine: recorded(&base, host).await.machine, addresses: Vec::new() };
        let found = ids(recognise(&base, &clues).outcome());
        assert!(found.contains(&host.provider), "{}: {found:?}", host.provider);
    }
    assert!(count > 15, "{count}");
}

fn address() -> AddressClues {
    AddressClues::new("192.0.2.25".parse().unwrap())
}

fn named(name: &str, is_confirmed: bool) -> Clues {
    let pointer = Some(Pointer { name: name.to_owned(), is_confirmed });
    Clues { addresses: vec![AddressClues { pointer, ..address() }], ..Clues::default() }
}

fn held_by(organisation: &str, country: Option<&str>) -> Clues {
    let network = Some(Network {
        organisations: vec![organisation.to_owned()],
        country: country.map(str::to_owned),
        ..Network::default()
    });
    Clues { addresses: vec![AddressClues { network, ..address() }], ..Clues::default() }
}

#[test]
fn look_alikes_are_nobody() {
    let base = Base::embedded().unwrap();
    let found = |clues: &Clues| ids(recognise(&base, clues).outcome());
    for name in [
        "static.25.2.0.192.clients.your-server.de.example.test",
        "clients-your-server.de",
        "xyour-server.de",
        "your-server.de.example.test",
        "amazonaws.com.evil.test",
        "mail.example.test",
        "notcontaboserver.net",
        "ip-1-2-3-4.eu.example.test",
        "unitymediagroup.de.test",
    ] {
        assert!(found(&named(name, true)).is_empty(), "{name}: {:?}", found(&named(name, true)));
    }
    // The name of a provider that does not lead back is anybody's.
    assert!(found(&named("static.25.2.0.192.clients.your-server.de", false)).is_empty());
    assert!(!found(&named("static.25.2.0.192.clients.your-server.de", true)).is_empty());
    assert!(found(&named("static.your-server.de", true)).contains(&"hetzner-cloud".to_owned()));
    for (organisation, country) in [
        ("Hetzner Online Services Ltd", Some("DE")),
        ("Not Hetzner Online GmbH", Some("DE")),
        ("OVH Hosting Partners", Some("FR")),
        ("Vodafone", Some("ES")),
        ("Amazonas Tecnologia", Some("BR")),
        ("Microsoft Corporation Fan Club", Some("US")),
        ("Googleplex LLC", Some("US")),
        ("Contabo Reseller GmbH", Some("DE")),
        ("1984", Some("GB")),
        ("DNA Genetics Ltd", Some("FI")),
        ("DNA Inc", Some("US")),
        ("Elisa GmbH", None),
        ("GmbH", Some("DE")),
        ("Strato Networks", Some("DE")),
    ] {
        let clues = held_by(organisation, country);
        let expected: Vec<String> = if organisation == "1984" { vec!["1984".to_owned()] } else { Vec::new() };
        assert_eq!(found(&clues), expected, "{organisation}");
    }
    let origin = Some(Origin { asns: vec![2494, 249_400], ..Origin::default() });
    let clues = Clues { addresses: vec![AddressClues { origin, ..address() }], ..Clues::default() };
    assert!(found(&clues).is_empty(), "numbers are compared whole");
    let firmware = |text: &str| {
        let dmi = BTreeMap::from([(DmiField::SysVendor, text.to_owned())]);
        Clues { machine: MachineClues { dmi, ..MachineClues::default() }, ..Clues::default() }
    };
    for text in ["Hetzner Clone", "QEMU", "OpenStack Foundation", "Dell Inc.", "ec2"] {
        assert!(found(&firmware(text)).is_empty(), "{text}");
    }
    assert_eq!(found(&firmware("hetzner")), ["hetzner-cloud"]);
}

#[test]
fn clues_that_contradict_each_other_are_weighed() {
    let base = Base::embedded().unwrap();
    // The number and the organisation are of both kinds of servers; the firmware tells them apart.
    let origin = Some(Origin { asns: vec![24940], ..Origin::default() });
    let mut clues = Clues { addresses: vec![AddressClues { origin, ..address() }], ..Clues::default() };
    let found = |clues: &Clues| ids(recognise(&base, clues).outcome());
    assert_eq!(found(&clues), ["hetzner-cloud", "hetzner-robot"]);
    clues.machine.dmi = BTreeMap::from([(DmiField::SysVendor, "Hetzner".to_owned())]);
    assert_eq!(found(&clues), ["hetzner-cloud"]);
    clues.machine.dmi = BTreeMap::from([(DmiField::SysVendor, "FUJITSU".to_owned())]);
    assert_eq!(found(&clues), ["hetzner-robot"]);
    let recognition = recognise(&base, &clues);
    let cloud = recognition.candidates.iter().find(|it| it.provider.id == "hetzner-cloud").unwrap();
    assert!(cloud.reasons.iter().any(|reason| reason.clue == ClueKind::OtherFirmware && reason.weight < 0));
    // A second address of the same network says nothing new.
    let before = recognise(&base, &clues).candidates[0].weight;
    clues.addresses.push(clues.addresses[0].clone());
    assert_eq!(recognise(&base, &clues).candidates[0].weight, before);
}

#[test]
fn names_are_compared_by_words() {
    use super::names::{ends_in, is_same};
    for (left, right) in [
        ("Hetzner Online GmbH", "HETZNER ONLINE"),
        ("ONLINE S.A.S.", "Online SAS"),
        ("Telefonica Germany GmbH & Co. OHG", "telefonica germany"),
        ("UAB Rakrejus", "Rakrejus"),
        ("KPN B.V.", "KPN"),
    ] {
        assert!(is_same(left, right), "{left} {right}");
    }
    assert!(!is_same("GmbH", "AG"));
    assert!(ends_in("ns1.ip-192-0-2.eu.", "ip-*.eu") && !ends_in("ns1.iq-192-0-2.eu", "ip-*.eu"));
    assert!(ends_in("c-1.hsd1.fl.comcast.net", "hsd1.*.comcast.net"));
    assert!(ends_in("a.Kimsufi.com", "kimsufi.com") && !ends_in("com", "kimsufi.com"));
}
