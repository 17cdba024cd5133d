//! The way in words: who blocks, and the hops of both ports side by side.
//!
//! [`lines`] is a paragraph of the report. Of the silent hops at the end one is shown, the others are counted.

use postamt_mail::words::Words;

use super::super::route::{Hop, HopAnswer, PathTrace, Route, Suspect};
use super::table::Table;

/// The paragraph on the way.
pub(super) fn lines(route: &Route, words: &Words) -> Vec<String> {
    let mut lines = vec![words.get("port25-where-heading", &[]), format!("  {}", conclusion(route, words))];
    lines.push(String::new());
    lines.extend(hops(route, words));
    lines
}

/// The hops of both ports side by side.
pub(super) fn hops(route: &Route, words: &Words) -> Vec<String> {
    let target = route.target.to_string();
    let mut lines = vec![words.get("port25-hops-heading", &[("target", target.into())])];
    let mut table = Table::default();
    let port = |trace: &PathTrace| words.get("port25-hops-port", &[("port", trace.port.to_string().into())]);
    table.push(vec![words.get("port25-hops-hop", &[]), port(&route.mail), port(&route.control)]);
    let last = route.mail.hops.len().max(route.control.hops.len());
    let told = last_told(&route.mail).max(last_told(&route.control));
    for ttl in 1..=told {
        let cell =
            |trace: &PathTrace| trace.hops.get(ttl - 1).map(|hop| answer(hop, words)).unwrap_or_default();
        table.push(vec![ttl.to_string(), cell(&route.mail), cell(&route.control)]);
    }
    lines.extend(table.lines());
    if told < last {
        let values = [("first", (told + 1).to_string().into()), ("last", last.to_string().into())];
        lines.push(words.get("port25-hops-silent", &values));
    }
    lines
}

/// The last hop that is worth a line: behind it there is only silence, of which one is shown.
fn last_told(trace: &PathTrace) -> usize {
    let heard = trace.hops.iter().rposition(|hop| hop.answer != HopAnswer::Silence);
    let heard = heard.map_or(0, |place| place + 1);
    if trace.hops.len() > heard + 2 { heard + 1 } else { trace.hops.len() }
}

fn conclusion(route: &Route, words: &Words) -> String {
    let port = route.control.port.to_string();
    let named = |hop: &Hop| named(hop, words);
    match &route.suspect {
        Suspect::Between { last: Some(last), next: Some(next) } => words.get(
            "port25-where-between",
            &[("last", named(last).into()), ("next", named(next).into()), ("port", port.into())],
        ),
        Suspect::Between { last: Some(last), next: None } => {
            words.get("port25-where-after", &[("last", named(last).into())])
        }
        Suspect::Between { last: None, next: Some(next) } => {
            words.get("port25-where-first", &[("next", named(next).into()), ("port", port.into())])
        }
        Suspect::Router(hop) => words.get("port25-where-router", &[("router", named(hop).into())]),
        Suspect::Impostor(hop) => {
            words.get("port25-where-impostor", &[("router", named(hop).into()), ("port", port.into())])
        }
        Suspect::ThisHost => words.get("port25-where-this-host", &[]),
        Suspect::Nobody | Suspect::Between { last: None, next: None } => {
            words.get("port25-where-nobody", &[("port", port.into())])
        }
    }
}

fn named(hop: &Hop, words: &Words) -> String {
    let number = hop.ttl.to_string();
    match (hop.router, &hop.name) {
        (Some(address), Some(name)) => words.get(
            "port25-where-hop-named",
            &[("address", address.to_string().into()), ("name", name.into()), ("hop", number.into())],
        ),
        (Some(address), None) => {
            words.get("port25-where-hop", &[("address", address.to_string().into()), ("hop", number.into())])
        }
        (None, _) => words.get("port25-where-hop-unknown", &[("hop", number.into())]),
    }
}

fn answer(hop: &Hop, words: &Words) -> String {
    let router = |hop: &Hop| match (hop.router, &hop.name) {
        (Some(address), Some(name)) => format!("{address} {name}"),
        (Some(address), None) => address.to_string(),
        (None, _) => words.get("port25-hop-router", &[]),
    };
    match (hop.answer, &hop.icmp) {
        (HopAnswer::Router, _) => router(hop),
        (HopAnswer::Stopped, Some(icmp)) => super::icmp(icmp, words),
        (HopAnswer::Stopped, None) => router(hop),
        (HopAnswer::Connected, _) => words.get("port25-hop-connected", &[]),
        (HopAnswer::Reset, _) => words.get("port25-hop-reset", &[]),
        (HopAnswer::Silence, _) => words.get("port25-hop-silence", &[]),
        (HopAnswer::Failed, _) => words.get("port25-hop-failed", &[]),
    }
}
