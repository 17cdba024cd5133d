//! The envelope sender on the way by a relay that does not take the null one.
//!
//! RFC 5321 §4.5.5 wants `MAIL FROM:<>` for notices, so that nothing comes back for them; some relays (Amazon SES)
//! refuse it, and every notice of ours would end there unseen. On such a way alone an address of our own stands in. A
//! loop cannot begin: inside, the message keeps its null sender, so that we never make a notice about it; what comes
//! back from outside comes with a null sender, to a postmaster, about whom no notice is made; and the notice says
//! `Auto-Submitted`, which keeps responders silent (RFC 3834 §2).

use std::sync::atomic::{AtomicBool, Ordering};

use postamt_mail::address::Address;
use postamt_mail::client::{Outcome, RecipientOutcome, Stage};

use crate::flow::{Loaded, Plan};
use crate::queue::site::Site;
use crate::settings::{NullSender, Settings};

/// The envelope sender of one hand-off.
#[derive(Debug)]
pub struct ReturnPath<'a> {
    /// What is said first.
    pub sender: Option<Address>,
    /// What is said when the null sender is refused.
    pub instead: Option<Instead<'a>>,
}

/// An address that stands in, and where it is kept that it was needed.
#[derive(Debug)]
pub struct Instead<'a> {
    address: Address,
    refused: &'a AtomicBool,
}

impl Instead<'_> {
    /// The address; from now on the null sender is not tried any more.
    #[must_use]
    pub fn learned(self) -> Address {
        self.refused.store(true, Ordering::Relaxed);
        self.address
    }
}

/// The return path of a message at a site.
#[must_use]
pub fn return_path<'a>(site: &'a Site, settings: &Settings, loaded: &Loaded) -> ReturnPath<'a> {
    let kept = ReturnPath { sender: loaded.envelope.sender.clone(), instead: None };
    let Plan::Relay(relay) = &site.plan else { return kept };
    if kept.sender.is_some() {
        return kept;
    }
    let refused = &site.learned.refuses_null_sender;
    match &relay.null_sender {
        NullSender::Kept => kept,
        NullSender::Replaced(address) => {
            let sender = address.clone().or_else(|| stand_in(settings, loaded));
            ReturnPath { sender, instead: None }
        }
        NullSender::Unknown => match stand_in(settings, loaded) {
            address if refused.load(Ordering::Relaxed) => ReturnPath { sender: address, instead: None },
            address => {
                ReturnPath { sender: None, instead: address.map(|address| Instead { address, refused }) }
            }
        },
    }
}

/// postmaster@ the domain of From where that is ours: the relay knows it as a sender.
fn stand_in(settings: &Settings, loaded: &Loaded) -> Option<Address> {
    let own = loaded.author.as_ref().filter(|domain| settings.own_domains.contains(domain));
    Address::from_parts("postmaster", own.unwrap_or(&settings.hostname)).ok()
}

/// Whether MAIL itself was refused for good.
#[must_use]
pub fn is_refused(outcome: &Outcome) -> bool {
    let refused = |outcome: &RecipientOutcome| matches!(outcome, RecipientOutcome::Refused { stage: Stage::Mail, reply } if reply.code.is_permanent());
    !outcome.recipients.is_empty() && outcome.recipients.iter().all(refused)
}
