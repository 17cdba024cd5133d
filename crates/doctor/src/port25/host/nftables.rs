//! `nft -j list ruleset`: rules on the way out that drop or reject TCP to a port, and closed chains.
//!
//! Looks at the chains with the hook `output` (and `postrouting`), and at the chains that these jump to. What it
//! cannot read it takes for no statement about the port: rather nothing found than something made up.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::outcome::Family;
use super::LocalRule;

/// Jumps followed.
const DEPTH: usize = 8;

type ChainKey = (String, String, String);

/// The rules that stop connections to `port`. Anything that is no listing has none.
pub(super) fn rules(listing: &str, port: u16) -> Vec<LocalRule> {
    let Ok(listing) = serde_json::from_str::<Value>(listing) else { return Vec::new() };
    let Some(entries) = listing.get("nftables").and_then(Value::as_array) else { return Vec::new() };
    let chains: Vec<&Value> = entries.iter().filter_map(|entry| entry.get("chain")).collect();
    let rules: Vec<&Value> = entries.iter().filter_map(|entry| entry.get("rule")).collect();
    let outgoing = outgoing(&chains, &rules);
    let mut found: Vec<LocalRule> = rules
        .iter()
        .filter(|rule| key(rule, "chain").is_some_and(|key| outgoing.contains(&key)))
        .filter_map(|rule| stopping(rule, port))
        .collect();
    found.extend(chains.iter().filter_map(|chain| closed(chain, &rules, port)));
    found
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

fn key(value: &Value, chain: &str) -> Option<ChainKey> {
    Some((
        text(value, "family")?.to_owned(),
        text(value, "table")?.to_owned(),
        text(value, chain)?.to_owned(),
    ))
}

fn is_outgoing(chain: &Value) -> bool {
    matches!(text(chain, "hook"), Some("output" | "postrouting"))
}

/// The chains that packets on their way out pass.
fn outgoing(chains: &[&Value], rules: &[&Value]) -> BTreeSet<ChainKey> {
    let mut passed: BTreeSet<ChainKey> =
        chains.iter().filter(|chain| is_outgoing(chain)).filter_map(|chain| key(chain, "name")).collect();
    for _ in 0..DEPTH {
        let mut next = passed.clone();
        for rule in rules {
            let Some(from) = key(rule, "chain").filter(|key| passed.contains(key)) else { continue };
            let targets = statements(rule).filter_map(|it| it.get("jump").or_else(|| it.get("goto")));
            for target in targets.filter_map(|it| text(it, "target")) {
                next.insert((from.0.clone(), from.1.clone(), target.to_owned()));
            }
        }
        if next.len() == passed.len() {
            break;
        }
        passed = next;
    }
    passed
}

fn statements(rule: &Value) -> impl Iterator<Item = &Value> {
    rule.get("expr").and_then(Value::as_array).into_iter().flatten()
}

/// The rule, if it names the port and ends in `drop` or `reject`.
fn stopping(rule: &Value, port: u16) -> Option<LocalRule> {
    let names_port = statements(rule).filter_map(|it| it.get("match")).any(|it| is_about(it, port));
    let verdict = statements(rule).find_map(|it| match it.as_object() {
        Some(object) if object.contains_key("drop") => Some("drop"),
        Some(object) if object.contains_key("reject") => Some("reject"),
        _ => None,
    })?;
    let (family, table, chain) = key(rule, "chain")?;
    let handle = rule.get("handle").and_then(Value::as_u64).unwrap_or_default();
    let text = format!("nftables: {family} {table} {chain}: tcp dport {port} {verdict} (handle {handle})");
    names_port.then(|| LocalRule { text, family: family_of(&family) })
}

/// A base chain whose policy is `drop` and that accepts nothing for the port.
fn closed(chain: &Value, rules: &[&Value], port: u16) -> Option<LocalRule> {
    if !is_outgoing(chain) || text(chain, "policy") != Some("drop") {
        return None;
    }
    let own = key(chain, "name")?;
    let accepts = |rule: &&&Value| {
        key(rule, "chain").as_ref() == Some(&own)
            && statements(rule).any(|it| it.get("accept").is_some() || it.get("jump").is_some())
            && accepts_new(rule, port)
    };
    if rules.iter().any(|rule| accepts(&rule)) {
        return None;
    }
    let (family, table, name) = own;
    Some(LocalRule {
        text: format!("nftables: {family} {table} {name}: policy drop"),
        family: family_of(&family),
    })
}

/// A rule that may let a new connection to the port pass: it names the port, or names neither a port nor a state
/// nor an interface.
fn accepts_new(rule: &Value, port: u16) -> bool {
    let matches: Vec<&Value> = statements(rule).filter_map(|it| it.get("match")).collect();
    if matches.iter().any(|it| is_about(it, port)) {
        return true;
    }
    let is_narrow = |it: &&Value| {
        let left = it.get("left").map(ToString::to_string).unwrap_or_default();
        ["dport", "sport", "\"ct\"", "oif", "icmp"].iter().any(|word| left.contains(word))
    };
    !matches.iter().any(is_narrow)
}

/// `{"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": …}`
fn is_about(condition: &Value, port: u16) -> bool {
    let payload = condition.get("left").and_then(|left| left.get("payload"));
    let is_port = payload.is_some_and(|payload| {
        text(payload, "field") == Some("dport") && matches!(text(payload, "protocol"), Some("tcp" | "th"))
    });
    let equal = matches!(text(condition, "op"), Some("==" | "in"));
    is_port && equal && condition.get("right").is_some_and(|right| contains(right, port))
}

/// A port, a range, or a set of both.
fn contains(value: &Value, port: u16) -> bool {
    if let Some(number) = value.as_u64() {
        return number == u64::from(port);
    }
    if let Some(range) = value.get("range").and_then(Value::as_array) {
        let bound = |at: usize| range.get(at).and_then(Value::as_u64);
        return matches!((bound(0), bound(1)), (Some(low), Some(high)) if (low..=high).contains(&port.into()));
    }
    let set = value.get("set").and_then(Value::as_array);
    set.is_some_and(|members| members.iter().any(|member| contains(member, port)))
}

fn family_of(family: &str) -> Option<Family> {
    match family {
        "ip" => Some(Family::Ipv4),
        "ip6" => Some(Family::Ipv6),
        _ => None,
    }
}
