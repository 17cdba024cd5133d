//! The test suite of RFC 7208, all of it: results and explanations.

use std::net::IpAddr;

use postamt_mailauth::spf::{Query, evaluate};
use serde::Deserialize;
use serde_json::Value;

use super::zone::Zone;

const CASES: &str = include_str!("../data/spf/rfc7208-tests.jsonl");
/// As many as the suite has.
const COUNT: usize = 203;

#[derive(Deserialize)]
struct Case {
    scenario: String,
    name: String,
    helo: String,
    host: IpAddr,
    mailfrom: String,
    result: Results,
    explanation: Option<String>,
    zonedata: serde_json::Map<String, Value>,
}

/// Some cases leave a choice.
#[derive(Deserialize)]
#[serde(untagged)]
enum Results {
    One(String),
    Any(Vec<String>),
}

impl Results {
    fn hold(&self, result: &str) -> bool {
        match self {
            Self::One(one) => one == result,
            Self::Any(any) => any.iter().any(|one| one == result),
        }
    }
}

/// The suite's zones: `SPF` is TXT as well, unless there is a TXT; `TXT: NONE` is none.
fn zone_of(data: &serde_json::Map<String, Value>) -> Zone {
    let mut zone = Zone::default();
    for (name, records) in data {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let records = records.as_array().expect("a list");
        let has_text = records.iter().any(|record| record.get("TXT").is_some());
        for record in records {
            if record == "TIMEOUT" {
                zone.silent.insert(name.clone());
                continue;
            }
            for (kind, value) in record.as_object().expect("a record") {
                add(&mut zone, &name, kind, value, has_text);
            }
        }
    }
    zone
}

fn add(zone: &mut Zone, name: &str, kind: &str, value: &Value, has_text: bool) {
    let word = || value.as_str().expect("a string").to_owned();
    match kind {
        "TXT" if value == "NONE" => {}
        "SPF" if has_text => {}
        "TXT" | "SPF" => zone.texts.entry(name.to_owned()).or_default().push(joined(value)),
        "A" | "AAAA" => {
            zone.addresses.entry(name.to_owned()).or_default().push(word().parse().expect("an address"));
        }
        "MX" => {
            let preference = value[0].as_u64().and_then(|number| number.try_into().ok()).expect("a number");
            let exchange = value[1].as_str().expect("a name").to_owned();
            zone.exchanges.entry(name.to_owned()).or_default().push((preference, exchange));
        }
        "PTR" => {
            let target = word().trim_end_matches('.').to_owned();
            zone.pointers.entry(address_of(name)).or_default().push(target);
        }
        "CNAME" => {
            zone.aliases.insert(name.to_owned(), word().trim_end_matches('.').to_ascii_lowercase());
        }
        other => panic!("a record of type {other}"),
    }
}

/// The strings of a TXT record, joined.
fn joined(value: &Value) -> String {
    match value {
        Value::Array(parts) => parts.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().expect("a string").to_owned(),
    }
}

/// From the name below `in-addr.arpa` or `ip6.arpa`.
fn address_of(name: &str) -> IpAddr {
    let labels = |end: &str| -> Option<Vec<String>> {
        let mut labels: Vec<_> = name.strip_suffix(end)?.split('.').map(str::to_owned).collect();
        labels.reverse();
        Some(labels)
    };
    if let Some(labels) = labels(".in-addr.arpa") {
        return labels.join(".").parse().expect("an address");
    }
    let digits = labels(".ip6.arpa").expect("a reverse name").concat();
    let bits = u128::from_str_radix(&digits, 16).expect("nibbles");
    IpAddr::V6(bits.into())
}

#[tokio::test]
async fn every_case_of_the_suite() {
    let mut failures = Vec::new();
    let mut count = 0;
    for line in CASES.lines() {
        let case: Case = serde_json::from_str(line).expect("a case");
        count += 1;
        let zone = zone_of(&case.zonedata);
        let query = Query {
            client: case.host,
            sender: &case.mailfrom,
            greeting: &case.helo,
            receiver: "unknown",
            now: 0,
        };
        let evaluation = evaluate(&zone, query).await;
        let result = serde_json::to_value(evaluation.result).expect("a word");
        let result = result.as_str().expect("a word");
        let explanation = evaluation.explanation.as_deref().unwrap_or("DEFAULT");
        let explained = case.explanation.as_deref().is_none_or(|wanted| wanted == explanation);
        if !case.result.hold(result) || !explained {
            failures.push(format!(
                "{} / {}: {result} {explanation:?} {:?}",
                case.scenario, case.name, evaluation.problems
            ));
        }
    }
    assert_eq!(count, COUNT);
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}
