//! `iptables-save`: rules on the way out that drop or reject TCP to a port.
//!
//! [`rules`] reads a listing; it runs nothing. A rule that is not understood is passed over: the verdict rests on what
//! packets do, a rule only names the cause.

use std::collections::BTreeSet;

use super::super::outcome::Family;
use super::LocalRule;

/// Jumps followed.
const DEPTH: usize = 8;

/// The rules that stop connections to `port`, in the chain OUTPUT and in those that it jumps to.
pub(super) fn rules(listing: &str, family: Family, port: u16) -> Vec<LocalRule> {
    let rules: Vec<Vec<&str>> = listing
        .lines()
        .filter(|line| line.starts_with("-A "))
        .map(|line| line.split_ascii_whitespace().collect())
        .collect();
    let mut chains = BTreeSet::from(["OUTPUT"]);
    for _ in 0..DEPTH {
        let reached: Vec<&str> =
            rules.iter().filter(|rule| chains.contains(rule[1])).filter_map(|rule| target(rule)).collect();
        chains.extend(reached);
    }
    let name = if family == Family::Ipv4 { "iptables" } else { "ip6tables" };
    let stops = |rule: &&Vec<&str>| {
        chains.contains(rule[1])
            && matches!(target(rule), Some("DROP" | "REJECT"))
            && ports(rule).is_some_and(|ports| contains(ports, port))
    };
    let text = |rule: &Vec<&str>| format!("{name}: {}", rule.join(" "));
    rules.iter().filter(stops).map(|rule| LocalRule { text: text(rule), family: Some(family) }).collect()
}

fn option<'a>(rule: &[&'a str], names: &[&str]) -> Option<&'a str> {
    let place = rule.iter().position(|word| names.contains(word))?;
    // `! --dport 25` is about every other port.
    let is_negated = place > 0 && rule[place - 1] == "!";
    rule.get(place + 1).copied().filter(|_| !is_negated)
}

fn target<'a>(rule: &[&'a str]) -> Option<&'a str> {
    option(rule, &["-j", "-g"])
}

fn ports<'a>(rule: &[&'a str]) -> Option<&'a str> {
    option(rule, &["--dport", "--dports", "--destination-port"])
}

/// `25`, `1:1023`, or a list of them.
fn contains(ports: &str, port: u16) -> bool {
    ports.split(',').any(|part| match part.split_once(':') {
        Some((low, high)) => {
            let low = if low.is_empty() { Ok(0) } else { low.parse::<u16>() };
            let high = if high.is_empty() { Ok(u16::MAX) } else { high.parse::<u16>() };
            matches!((low, high), (Ok(low), Ok(high)) if (low..=high).contains(&port))
        }
        None => part.parse() == Ok(port),
    })
}
