//! What a story has seen so far of the server's events and of what the receiving servers got.

use std::collections::BTreeMap;
use std::net::IpAddr;

use postamt_mta::events::Event;

use super::view::Happening;

/// What has been seen so far.
#[derive(Debug, Default)]
pub struct Seen {
    /// The state of each way out that has changed.
    states: BTreeMap<String, &'static str>,
    /// Recipients that the server has delivered to, with the route.
    deliveries: Vec<(String, String)>,
    /// Recipients whose server has taken the message, with who brought it.
    arrivals: Vec<(String, IpAddr)>,
    /// Letters to the operator: what about, and their id.
    pub told: Vec<(String, String)>,
    /// Messages that were delivered.
    pub done: Vec<String>,
    /// Cases that have gone on by themselves, and to which stage.
    pub cases: Vec<(String, String)>,
}

impl Seen {
    /// Takes in what was shown.
    pub fn note(&mut self, happening: Happening) {
        match happening {
            Happening::Event(Event::PathChanged { path, state, .. }) => {
                self.states.insert(path, state);
            }
            Happening::Event(Event::Delivered { attempt, .. }) => {
                self.done.push(attempt.id);
                let delivered = attempt.recipients.into_iter();
                self.deliveries.extend(delivered.map(|one| (one, attempt.route.clone())));
            }
            Happening::Event(Event::Told { id, about, .. }) => self.told.push((about, id)),
            Happening::Event(Event::Case { id, stage }) => self.cases.push((id, stage)),
            Happening::Receipt(receipt) if receipt.accepted => {
                let peer = receipt.peer.ip().to_canonical();
                let recipients = receipt.envelope.recipients.iter();
                self.arrivals.extend(recipients.map(|one| (one.address.to_string(), peer)));
            }
            Happening::Event(_) | Happening::Receipt(_) => {}
        }
    }

    /// How many ways are in this state.
    pub fn in_state(&self, state: &str) -> usize {
        self.states.values().filter(|now| **now == state).count()
    }

    /// Whether the server has delivered to this recipient.
    pub fn delivered(&self, recipient: &str) -> bool {
        self.deliveries.iter().any(|(to, _)| to == recipient)
    }

    /// How often the server has delivered to this recipient; by this route, where one is named.
    pub fn deliveries_to(&self, recipient: &str, route: Option<&str>) -> usize {
        let is_it = |(to, by): &&(String, String)| to == recipient && route.is_none_or(|route| by == route);
        self.deliveries.iter().filter(is_it).count()
    }

    /// How often its server has taken mail for this recipient from one of these.
    pub fn arrivals_at(&self, recipient: &str, from: &[IpAddr]) -> usize {
        self.arrivals.iter().filter(|(to, peer)| to == recipient && from.contains(peer)).count()
    }

    /// Whether the server sent the message to all of them by this route, and it came from there: once.
    pub fn all(&self, recipients: &[String], route: &str, from: &[IpAddr]) -> bool {
        recipients.iter().all(|recipient| {
            let by_any = self.deliveries_to(recipient, None);
            by_any == 1
                && self.deliveries_to(recipient, Some(route)) == 1
                && self.arrivals_at(recipient, from) == 1
        })
    }
}
