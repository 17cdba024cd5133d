//! The DMARC cases of postalsys/mailauth, by both methods, and the public-suffix cases.

use std::collections::BTreeMap;

use postamt_mail::address::Domain;
use postamt_mailauth::dmarc::{Discovery, Evaluation, Method, Policy, Published, discover, evaluate};
use postamt_net::dns::DnsError;
use serde::Deserialize;
use serde_json::{Value, json};

use super::zone::Zone;

const CASES: &str = include_str!("../data/dmarc/mailauth_verify_getrecord.json");
const SUFFIXES: &str = include_str!("../data/dmarc/test_psl.txt");
const COUNT: usize = 59;

/// What some cases ask beside: the form in which that library answers, or what is none of this crate's matters.
const NOT_OURS: [(&str, &str); 7] = [
    ("error", "the words of an error"),
    ("status.comment", "a comment for Authentication-Results, with an ARC result that is handed in"),
    ("info", "the text of Authentication-Results"),
    ("alignment.dkim.underSized", "how much of the body a signature covers: DKIM's matter, handed through"),
    ("<value>", "the type of a value, which is Rust's matter; that of an error is looked at by `Err`"),
    ("tagonly", "how something that is no tag is kept; here it is a problem, see `dmarc_records`"),
    ("false", "likewise"),
];

/// Cases in which we differ, with the reason.
const DISPUTED: [(&str, &str, &str); 2] = [
    (
        "Should handle invalid pct value as 0",
        "pct",
        "RFC 7489 §6.3 and §6.6.3: what cannot be read is ignored, and the default of 100 holds; to take it for 0 \
         would switch the policy off",
    ),
    (
        "Should not query \"_dmarc.null\" when no org domain can be derived",
        "calls",
        "which names are asked for is that library's choice; the tree walk asks for others, and an address is no domain",
    ),
];

#[derive(Deserialize)]
struct Case {
    name: String,
    calls: Vec<Call>,
    asserts: Vec<Assert>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Call {
    #[serde(rename = "fn")]
    function: String,
    domain: Option<String>,
    header_from: Option<Value>,
    #[serde(default)]
    dkim_domains: Vec<Value>,
    #[serde(default)]
    spf_domains: Vec<Value>,
    #[serde(default)]
    zone: BTreeMap<String, BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
struct Assert {
    path: String,
    op: String,
    #[serde(default)]
    value: Value,
}

fn zone_of(call: &Call) -> Zone {
    let mut zone = Zone::default();
    for (name, kinds) in &call.zone {
        match kinds.get("TXT") {
            Some(Value::Array(records)) => {
                let joined = |record: &Value| -> String {
                    record.as_array().expect("strings").iter().filter_map(Value::as_str).collect()
                };
                zone.texts.insert(name.clone(), records.iter().map(joined).collect());
            }
            Some(fault) if fault["error"] == "ETIMEOUT" => {
                zone.silent.insert(name.clone());
            }
            // ENODATA is no record.
            _ => {}
        }
    }
    zone
}

fn domains(entries: &[Value]) -> Vec<Domain> {
    let name = |entry: &Value| entry["domain"].as_str().or(entry.as_str()).map(str::to_owned);
    entries.iter().filter_map(name).map(|name| Domain::new(&name).expect("a domain")).collect()
}

/// The one domain of From; `None` where there are several authors (RFC 9989 §5.3).
fn author(value: &Value) -> Option<Domain> {
    let text = match value {
        Value::Array(authors) if authors.len() == 1 => authors[0].as_str()?,
        Value::Array(_) => return None,
        other => other.as_str()?,
    };
    Domain::new(text.rsplit('@').next()?).ok()
}

fn word(policy: Option<Policy>) -> Value {
    serde_json::to_value(policy).expect("a word")
}

/// A record in the form of that library.
fn shown(record: &Published, discovery: &Discovery) -> Value {
    let tag = |name: &str| record.tag(name).map_or(Value::Null, |value| json!(value));
    json!({
        "v": tag("v"), "p": word(record.policy), "sp": word(record.below), "pct": record.percent,
        "adkim": tag("adkim"), "aspf": tag("aspf"), "fo": tag("fo"), "rua": tag("rua"), "ruf": tag("ruf"),
        "ri": record.tag("ri").map(|value| value.parse::<u64>().expect("a number")),
        "rr": record.text, "isOrgRecord": discovery.is_inherited(),
    })
}

fn of_verify(found: Result<Evaluation, DnsError>) -> Value {
    let Ok(found) = found else { return json!({ "status": { "result": "temperror" } }) };
    let result = match found.passes() {
        None => "none",
        Some(true) => "pass",
        Some(false) => "fail",
    };
    let at = found.discovery.found.as_ref().map(|found| &found.at);
    let status = json!({ "result": result, "header": { "from": found.discovery.domain, "d": at } });
    let Some(record) = &found.discovery.found else { return json!({ "status": status }) };
    let mut value = shown(&record.record, &found.discovery);
    value["status"] = status;
    value["policy"] = word(found.policy);
    value["domain"] = json!(record.at);
    value["alignment"] = json!({
        "dkim": { "result": found.dkim, "strict": record.record.strict_dkim },
        "spf": { "result": found.spf, "strict": record.record.strict_spf },
    });
    value
}

async fn answer(call: &Call, method: Method) -> Value {
    let zone = zone_of(call);
    if call.function == "verify" {
        let Some(author) = author(call.header_from.as_ref().expect("an author")) else { return json!(false) };
        let (dkim, spf) = (domains(&call.dkim_domains), domains(&call.spf_domains));
        return of_verify(evaluate(&zone, method, &author, &dkim, &spf).await);
    }
    let Ok(domain) = Domain::new(call.domain.as_deref().expect("a domain")) else { return json!(false) };
    match discover(&zone, method, &domain).await {
        Err(error) => json!({ "error": error.to_string() }),
        Ok(discovery) => match &discovery.found {
            None => json!(false),
            Some(found) => shown(&found.record, &discovery),
        },
    }
}

fn holds(assert: &Assert, answers: &[Value]) -> bool {
    let (number, path) = match assert.path.strip_prefix('#') {
        Some(rest) => {
            let (number, path) = rest.split_once('.').unwrap_or((rest, ""));
            (number.parse::<usize>().expect("a number"), path)
        }
        None => (0, assert.path.as_str()),
    };
    let mut value = &answers[number];
    for step in path.split('.').filter(|step| !step.is_empty()) {
        value = &value[step];
    }
    match assert.op.as_str() {
        "eq" => *value == assert.value,
        "falsy" => value.is_null() || value == false,
        "type" => value.is_object() == (assert.value == "object"),
        other => panic!("unknown: {other}"),
    }
}

fn is_asked(case: &Case, assert: &Assert) -> bool {
    let path = assert.path.trim_start_matches("#1.");
    let is_disputed = DISPUTED.iter().any(|(name, of, _)| *name == case.name && *of == path);
    !is_disputed && !NOT_OURS.iter().any(|(of, _)| *of == path)
}

#[tokio::test]
async fn every_case_by_both_methods() {
    let cases: Vec<Case> = serde_json::from_str(CASES).expect("cases");
    assert_eq!(cases.len(), COUNT);
    let mut failures = Vec::new();
    let mut asked = 0;
    for method in Method::ALL {
        for case in &cases {
            let mut answers = Vec::new();
            for call in &case.calls {
                answers.push(answer(call, method).await);
            }
            if case.asserts.iter().any(|assert| assert.value == "ETIMEOUT") {
                let error = answers[0]["error"].as_str();
                assert!(error.is_some_and(|error| error.contains("did not answer")), "{}", answers[0]);
            }
            for assert in case.asserts.iter().filter(|assert| is_asked(case, assert)) {
                asked += 1;
                if !holds(assert, &answers) {
                    failures.push(format!("{method:?}: {}: {} {answers:?}", case.name, assert.path));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
    // What is left out is as little as it is said to be.
    let all: usize = cases.iter().map(|case| case.asserts.len()).sum();
    assert_eq!((asked, 2 * all), (2 * (all - LEFT_OUT), 2 * all));
    for (name, path, reason) in DISPUTED {
        let disputed = |case: &&Case| case.name == name && case.asserts.iter().any(|it| it.path == path);
        assert!(cases.iter().find(disputed).is_some() && !reason.is_empty(), "{name}");
    }
}

/// Assertions that are not asked, by [`NOT_OURS`] and [`DISPUTED`].
const LEFT_OUT: usize = 14;

/// What the public suffix list is said to give, with the cases that its later editions have changed.
#[test]
fn every_public_suffix_case() {
    let (mut count, mut failures) = (0, Vec::new());
    for line in SUFFIXES.lines().filter(|line| line.starts_with("checkPublicSuffix(")) {
        let arguments = line.trim_start_matches("checkPublicSuffix(").split(')').next().expect("arguments");
        let (name, wanted) = arguments.split_once(", ").expect("two arguments");
        let read = |text: &str| text.strip_prefix('\'')?.strip_suffix('\'').map(str::to_owned);
        count += 1;
        let Some(name) = read(name) else { continue };
        let found = match Domain::new(&name) {
            // A leading dot makes no domain.
            Err(_) => None,
            Ok(domain) => {
                let organisational = domain.organisational();
                (organisational != domain || is_registrable(&domain)).then(|| organisational.to_string())
            }
        };
        let wanted = read(wanted).map(|wanted| Domain::new(&wanted).expect("a domain").to_string());
        if found != wanted {
            failures.push(format!("{name}: {found:?}, wanted {wanted:?}"));
        }
    }
    assert_eq!(count, SUFFIX_COUNT);
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}

const SUFFIX_COUNT: usize = 78;

/// Whether a domain that is its own organisational one is so by the list, and not because it is a suffix itself: then
/// a name below it belongs to it as well.
fn is_registrable(domain: &Domain) -> bool {
    Domain::new(&format!("below.{domain}")).expect("a domain").organisational() == *domain
}
