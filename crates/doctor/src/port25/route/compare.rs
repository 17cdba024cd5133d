//! Two lists of hops, and what their difference means: a pure function.
//!
//! [`compare`] names a suspect only where port 25 ends on the way and the other port goes on; anything else is
//! [`Suspect::Nobody`].

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

fn suspect(mail: &PathTrace, control: &PathTrace, last: Option<&Hop>, next: Option<&Hop>) -> Suspect {
    let Some(end) = mail.hops.last() else { return Suspect::Nobody };
    let there = control.hops.iter().find(|hop| hop.ttl == end.ttl);
    let is_on_the_way = there.is_some_and(|hop| hop.answer == HopAnswer::Router);
    let between = || Suspect::Between { last: last.cloned(), next: next.cloned() };
    match (end.answer, end.icmp) {
        (HopAnswer::Stopped, Some(icmp)) if icmp.from_this_host => Suspect::ThisHost,
        (HopAnswer::Stopped, _) => Suspect::Router(end.clone()),
        // Where the other port still meets a router on the way, port 25 is already answered.
        (HopAnswer::Connected, _) => match there {
            Some(place) if is_on_the_way => Suspect::Impostor(place.clone()),
            _ => Suspect::Nobody,
        },
        // On both ports at one place it may as well be the target's own.
        (HopAnswer::Reset, _) if is_on_the_way || ends_connected(control) => between(),
        (HopAnswer::Silence, _) if last.is_some() || next.is_some() => between(),
        (HopAnswer::Failed, _) => Suspect::ThisHost,
        (HopAnswer::Reset | HopAnswer::Silence | HopAnswer::Router, _) => Suspect::Nobody,
    }
}

fn ends_connected(trace: &PathTrace) -> bool {
    trace.hops.last().is_some_and(|hop| hop.answer == HopAnswer::Connected)
}
