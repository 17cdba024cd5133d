//! From clues to weighed candidates: a pure function.
//!
//! Each kind of clue counts once for a provider, by the best of its kind. What the machine says of itself weighs more
//! than the number of the network, and that more than names: a name of an organisation or a PTR record is written by
//! people. Several providers that weigh the same are told as such; nobody of weight is *unknown*.

pub mod names;
#[cfg(test)]
pub(super) mod tests;

use std::net::IpAddr;

use serde::{Serialize, Serializer};

use super::base::{Base, Certainty, ClueBook, DmiPattern, Kind, Provider};
use super::clues::{AddressClues, Clues, MachineClues};

/// Less is no recognition.
const ENOUGH: i32 = 20;
/// Two candidates that are no further apart are not told apart.
const ALIKE: i32 = 5;

/// A kind of clue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClueKind {
    /// A string of the firmware.
    Dmi,
    /// The firmware names none of the known clouds.
    NoCloud,
    /// The firmware names another maker than this provider's machines do.
    OtherFirmware,
    /// What cloud-init says.
    CloudInit,
    /// A file.
    File,
    /// A variable of the environment.
    Environment,
    /// The number of the network that announces an address.
    Asn,
    /// An organisation.
    Organisation,
    /// The end of a PTR name.
    Pointer,
}

/// Why a provider is a candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// What kind of clue.
    pub clue: ClueKind,
    /// What was seen, verbatim.
    pub seen: String,
    /// The address that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// How much it weighs; below zero it speaks against it.
    pub weight: i32,
}

/// A provider that it may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candidate<'a> {
    /// Which.
    #[serde(rename = "id", serialize_with = "as_id")]
    pub provider: &'a Provider,
    /// All reasons together.
    pub weight: i32,
    /// The heaviest first.
    pub reasons: Vec<Reason>,
}

fn as_id<S: Serializer>(provider: &Provider, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&provider.id)
}

impl Candidate<'_> {
    /// How sure it is, if it is the only one.
    #[must_use]
    pub const fn certainty(&self) -> Certainty {
        match self.weight {
            80.. => Certainty::High,
            45..80 => Certainty::Medium,
            _ => Certainty::Low,
        }
    }
}

/// Everybody that it may be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Recognition<'a> {
    /// The heaviest first.
    pub candidates: Vec<Candidate<'a>>,
}

/// Who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<'r, 'a> {
    /// This one.
    One(&'r Candidate<'a>),
    /// One of these, which the clues do not tell apart.
    Several(&'r [Candidate<'a>]),
    /// Nobody known.
    Unknown,
}

impl<'a> Recognition<'a> {
    /// Who it is.
    #[must_use]
    pub fn outcome(&self) -> Outcome<'_, 'a> {
        let Some(best) = self.candidates.first().filter(|best| best.weight >= ENOUGH) else {
            return Outcome::Unknown;
        };
        let alike = self.candidates.iter().take_while(|it| it.weight + ALIKE > best.weight).count();
        match alike {
            1 => Outcome::One(best),
            _ => Outcome::Several(&self.candidates[..alike]),
        }
    }

    /// The provider, where it is one.
    #[must_use]
    pub fn provider(&self) -> Option<&'a Provider> {
        match self.outcome() {
            Outcome::One(candidate) => Some(candidate.provider),
            Outcome::Several(_) | Outcome::Unknown => None,
        }
    }
}

/// Weighs all providers of the base.
#[must_use]
pub fn recognise<'a>(base: &'a Base, clues: &Clues) -> Recognition<'a> {
    let names_a_cloud = |provider: &Provider| dmi(&provider.clues, &clues.machine).is_some();
    let is_cloud = base.providers.iter().any(names_a_cloud) || is_virtual(&clues.machine);
    let mut candidates: Vec<Candidate<'a>> = base
        .providers
        .iter()
        .filter_map(|provider| candidate(provider, clues, is_cloud))
        .filter(|candidate| candidate.weight > 0)
        .collect();
    candidates.sort_by(|left, right| {
        right.weight.cmp(&left.weight).then_with(|| left.provider.id.cmp(&right.provider.id))
    });
    Recognition { candidates }
}

fn candidate<'a>(provider: &'a Provider, clues: &Clues, is_cloud: bool) -> Option<Candidate<'a>> {
    let mut found = machine(&provider.clues, &clues.machine);
    found.extend(clues.addresses.iter().flat_map(|address| said_of(provider, address)));
    if found.is_empty() {
        return None;
    }
    found.extend(firmware(&provider.clues, &clues.machine, is_cloud));
    // Of each kind the heaviest counts; stable, so that the first address is named.
    found.sort_by(|left, right| left.clue.cmp(&right.clue).then(right.weight.cmp(&left.weight)));
    found.dedup_by_key(|reason| reason.clue);
    found.sort_by_key(|reason| -reason.weight);
    let weight = found.iter().map(|reason| reason.weight).sum();
    Some(Candidate { provider, weight, reasons: found })
}

fn reason(clue: ClueKind, seen: impl Into<String>, weight: i32) -> Reason {
    Reason { clue, seen: seen.into(), address: None, weight }
}

fn machine(book: &ClueBook, clues: &MachineClues) -> Vec<Reason> {
    let mut found: Vec<Reason> =
        dmi(book, clues).map(|text| reason(ClueKind::Dmi, text, 60)).into_iter().collect();
    let cloud = clues.cloud_init.as_ref().filter(|name| book.cloud_init.contains(name));
    found.extend(cloud.map(|name| reason(ClueKind::CloudInit, name, 50)));
    let file = book.files.iter().find(|file| clues.files.contains(file));
    found.extend(file.map(|file| reason(ClueKind::File, format!("/{file}"), 30)));
    let variable = book.environment.iter().find(|name| clues.environment.contains(name));
    found.extend(variable.map(|name| reason(ClueKind::Environment, name, 50)));
    found
}

/// The string of the firmware that is this provider's.
fn dmi(book: &ClueBook, clues: &MachineClues) -> Option<String> {
    let fits = |pattern: &DmiPattern, text: &str| match (&pattern.is, &pattern.starts) {
        (Some(whole), _) => text.eq_ignore_ascii_case(whole),
        (None, Some(start)) => text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)),
        (None, None) => false,
    };
    book.dmi.iter().find_map(|pattern| {
        let text = clues.dmi.get(&pattern.field).filter(|text| fits(pattern, text))?;
        Some(format!("{}: {text}", pattern.field.file()))
    })
}

/// Makers of virtual machines, not of clouds: such firmware says nothing about the provider, except that the machine is
/// no whole one.
fn is_virtual(clues: &MachineClues) -> bool {
    const MAKERS: [&str; 12] = [
        "qemu",
        "kvm",
        "vmware",
        "xen",
        "bochs",
        "innotek",
        "virtualbox",
        "openstack",
        "red hat",
        "nutanix",
        "parallels",
        "virtual machine",
    ];
    clues.dmi.values().any(|text| {
        let text = text.to_lowercase();
        MAKERS.iter().any(|maker| text.contains(maker))
    })
}

/// What the firmware says where it is not the provider's own: clouds write their names there, and whole machines have
/// the maker of the board.
fn firmware(book: &ClueBook, clues: &MachineClues, is_cloud: bool) -> Option<Reason> {
    let shown = || clues.dmi.values().next().cloned().unwrap_or_default();
    if clues.dmi.is_empty() || dmi(book, clues).is_some() {
        return None;
    }
    if !book.dmi.is_empty() {
        return Some(reason(ClueKind::OtherFirmware, shown(), -20));
    }
    (book.bare_metal && !is_cloud).then(|| reason(ClueKind::NoCloud, shown(), 10))
}

fn said_of(provider: &Provider, clues: &AddressClues) -> Vec<Reason> {
    let book = &provider.clues;
    let found = [asn(book, clues), organisation(provider, clues), pointer(book, clues)];
    found.into_iter().flatten().map(|reason| Reason { address: Some(clues.address), ..reason }).collect()
}

fn asn(book: &ClueBook, clues: &AddressClues) -> Option<Reason> {
    let numbers = &clues.origin.as_ref()?.asns;
    let told = |number: &u32, weight| reason(ClueKind::Asn, format!("AS{number}"), weight);
    let verified = numbers.iter().find(|number| book.asns.contains(number));
    verified.map(|number| told(number, 50)).or_else(|| {
        let unverified = numbers.iter().find(|number| book.asns_unverified.contains(number));
        unverified.map(|number| told(number, 35))
    })
}

fn organisation(provider: &Provider, clues: &AddressClues) -> Option<Reason> {
    let book = &provider.clues;
    let network = clues.network.as_ref();
    let mut said: Vec<&str> = Vec::new();
    if let Some(network) = network {
        said.extend(network.organisations.iter().map(String::as_str));
        said.extend(network.name.as_deref());
    }
    let system = clues.origin.as_ref().and_then(|origin| origin.name.as_deref()).unwrap_or_default();
    // The handle comes first, the organisation may follow.
    let (handle, rest) = system.split_once(' ').unwrap_or((system, ""));
    said.extend([handle, rest, system].into_iter().filter(|text| !text.is_empty()));
    let find = |names: &[String]| {
        said.iter()
            .find(|text| names.iter().any(|name| names::is_same(name, text)))
            .map(|text| (*text).to_owned())
    };
    let country = network.and_then(|network| network.country.as_deref());
    let anywhere = provider.country == "unknown" || provider.country == "EU";
    let is_same = |country: &str| anywhere || country.eq_ignore_ascii_case(&provider.country);
    // Access to the Internet is sold in one country; companies of the same name in others are others.
    if provider.kind == Kind::Isp && !country.is_none_or(is_same) {
        return None;
    }
    if let Some(text) = find(&book.organisations) {
        return Some(reason(ClueKind::Organisation, text, 30));
    }
    // A name that stands in no source must at least be of the same country: others bear short names as well.
    let fits = anywhere || country.is_some_and(is_same);
    let text = find(&book.organisations_unverified).filter(|_| fits)?;
    Some(reason(ClueKind::Organisation, text, 20))
}

fn pointer(book: &ClueBook, clues: &AddressClues) -> Option<Reason> {
    let pointer = clues.pointer.as_ref()?;
    let ends = |ends: &[String]| ends.iter().any(|end| names::ends_in(&pointer.name, end));
    // Whoever has the reverse zone can write any name into it; only one that leads back is its owner's.
    let weight = match (ends(&book.ptr), ends(&book.ptr_unverified)) {
        (true, _) if pointer.is_confirmed => 30,
        (_, true) if pointer.is_confirmed => 20,
        (true, _) | (_, true) => 5,
        (false, false) => return None,
    };
    Some(reason(ClueKind::Pointer, pointer.name.clone(), weight))
}
