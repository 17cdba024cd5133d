//! Two lists of hops, and what their difference means: a pure function.

use std::net::IpAddr;

use super::{Hop, HopAnswer, PathTrace, Route, Suspect};

/// Compares the hops on port 25 with those on the other port.
#[must_use]
pub fn compare(target: IpAddr, mail: PathTrace, control: PathTrace) -> Route {
    let last = mail.hops.iter().rfind(|hop| hop.answer == HopAnswer::Router).cloned();
    let reach = last.as_ref().map_or(0, |hop| hop.ttl);
    let is_router = |hop: &&Hop| hop.answer == HopAnswer::Router;
    let first_only = control.hops.iter().filter(is_router).find(|hop| hop.ttl > reach).cloned();
    let suspect = suspect(&mail, &control, last.as_ref(), first_only.as_ref());
    Route { target, mail, control, last_on_mail: last, first_on_control_only: first_only, suspect }
}

fn suspect(mail: &PathTrace, control: &PathTrace, last: Option<&Hop>, first_only: Option<&Hop>) -> Suspect {
    let end = mail.hops.last();
    let at = |hop: &Hop| control.hops.iter().find(|other| other.ttl == hop.ttl).cloned();
    match end.map(|hop| (hop, hop.answer)) {
        Some((hop, HopAnswer::Stopped)) => match hop.icmp {
            Some(icmp) if icmp.from_this_host => Suspect::ThisHostOrFirst,
            Some(icmp) => Suspect::Said(hop.clone(), icmp),
            None => Suspect::Nobody,
        },
        // Where the other port still meets a router on the way, port 25 is already answered.
        Some((hop, HopAnswer::Connected)) => match at(hop) {
            Some(place) if place.answer == HopAnswer::Router => Suspect::Impostor(place),
            _ => Suspect::Nobody,
        },
        Some((hop, HopAnswer::Reset)) => match (at(hop), last) {
            (Some(place), Some(last)) if place.answer == HopAnswer::Router => Suspect::Last(last.clone()),
            (Some(place), None) if place.answer == HopAnswer::Router => Suspect::ThisHostOrFirst,
            // The target is next to the last router, on both ports: the RST may as well be its own.
            _ => last_or_nobody(control, last),
        },
        Some((_, HopAnswer::Silence)) => match (last, first_only) {
            (Some(last), _) => Suspect::Last(last.clone()),
            (None, Some(_)) => Suspect::ThisHostOrFirst,
            (None, None) => Suspect::Nobody,
        },
        Some((_, HopAnswer::Failed)) => Suspect::ThisHostOrFirst,
        Some((_, HopAnswer::Router)) | None => Suspect::Nobody,
    }
}

/// The other port is connected where port 25 is reset: the router before that place is the nearest suspect.
fn last_or_nobody(control: &PathTrace, last: Option<&Hop>) -> Suspect {
    let is_connected = control.hops.last().is_some_and(|hop| hop.answer == HopAnswer::Connected);
    match last {
        Some(last) if is_connected => Suspect::Last(last.clone()),
        _ => Suspect::Nobody,
    }
}
