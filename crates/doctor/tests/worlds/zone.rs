//! The zone of a world: records as text, which a row changes and which the doctor's remedies change back, in the form
//! that the lab's resolver and server take. A line that is not well-formed ends the test.

use std::collections::BTreeMap;
use std::time::Duration;

use postamt_doctor::checks::Remedy;
use postamt_lab::zones::{Misbehaviour, Record, Zones};
use postamt_net::dns::{Caa, Tlsa};

use super::support::parsed;

/// A zone as text, changeable.
#[derive(Clone, Default)]
pub struct Zone {
    records: Vec<(String, String, String)>,
    faults: BTreeMap<String, Misbehaviour>,
}

impl Zone {
    pub fn change(&mut self, text: &str) {
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(';')) {
            let (first, rest) = line.split_once(char::is_whitespace).expect("well-formed");
            let (second, rest) = rest.trim().split_once(char::is_whitespace).unwrap_or((rest.trim(), ""));
            let rest = rest.trim();
            match first {
                "-" => self
                    .records
                    .retain(|(name, kind, _)| name != second || (!rest.is_empty() && kind != rest)),
                "!" => {
                    let fault = match rest {
                        "servfail" => Misbehaviour::ServerFailure,
                        "refused" => Misbehaviour::Refused,
                        "silence" => Misbehaviour::Silence,
                        other => panic!("no fault {other}"),
                    };
                    self.faults.insert(second.to_owned(), fault);
                }
                name => self.records.push((name.to_owned(), second.to_owned(), rest.to_owned())),
            }
        }
    }

    /// Does with the zone what a person would do with the printed records.
    pub fn obey(&mut self, remedy: &Remedy) {
        match remedy {
            Remedy::Record { name, record_type, value, replaces } => {
                replaces.iter().for_each(|old| self.remove(name, record_type, old));
                self.remove(name, record_type, value);
                self.records.push((name.clone(), (*record_type).to_owned(), value.clone()));
            }
            Remedy::NoRecord { name, record_type, value } => self.remove(name, record_type, value),
            _ => {}
        }
    }

    /// However a text is cut into strings, it is the same.
    fn remove(&mut self, name: &str, kind: &str, data: &str) {
        let is_it = |one: &str| if kind == "TXT" { text(one) == text(data) } else { one == data };
        self.records.retain(|(owner, of, one)| owner != name || of != kind || !is_it(one));
    }

    /// As the resolver and the server of the lab take it.
    pub fn zones(&self) -> Zones {
        let zones = Zones::new(Duration::from_secs(60));
        for (name, kind, data) in &self.records {
            zones.add(name, record(kind, data));
        }
        for (name, fault) in &self.faults {
            zones.misbehave(name, Some(*fault));
        }
        zones
    }
}

fn record(kind: &str, data: &str) -> Record {
    match kind {
        "A" | "AAAA" => Record::Address(parsed(data)),
        "PTR" => Record::Pointer(data.trim_end_matches('.').to_owned()),
        "CNAME" => Record::Alias(data.to_owned()),
        "MX" => {
            let (preference, exchange) = data.split_once(' ').expect("well-formed");
            Record::Mx { preference: parsed(preference), exchange: exchange.trim().to_owned() }
        }
        "TLSA" => Record::Tlsa(tlsa(data)),
        "CAA" => Record::Caa(caa(data)),
        "TXT" => Record::Text(text(data)),
        "SPF" => Record::ObsoleteSpf(text(data)),
        other => panic!("no type {other}"),
    }
}

fn tlsa(data: &str) -> Tlsa {
    let words: Vec<&str> = data.split(' ').collect();
    let [usage, selector, matching, hex] = words[..] else { panic!("no TLSA record: {data}") };
    let octet = |place| u8::from_str_radix(&hex[place..place + 2], 16).expect("hexadecimal digits");
    let data = (0..hex.len()).step_by(2).map(octet).collect();
    Tlsa { usage: parsed(usage), selector: parsed(selector), matching: parsed(matching), data }
}

fn caa(data: &str) -> Caa {
    let words: Vec<&str> = data.splitn(3, ' ').collect();
    let [flags, tag, value] = words[..] else { panic!("no CAA record: {data}") };
    Caa { critical: flags == "128", tag: tag.to_owned(), value: value.trim_matches('"').to_owned() }
}

/// Strings in quotes are joined, as DNS joins them; `\\"` is a quotation mark within.
fn text(data: &str) -> String {
    let masked = data.replace("\\\"", "\u{1}");
    masked.split('"').skip(1).step_by(2).collect::<String>().replace('\u{1}', "\"")
}
