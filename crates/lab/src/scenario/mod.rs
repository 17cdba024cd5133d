//! The rehearsal: a handful of messages, what must become of each, and whether it did.
//!
//! [`Scenario::rehearsal`] gives the messages; whoever drives the real server submits them in any way it likes.
//! [`Scenario::judge`] compares what the receiving servers saw, bounces included, with what was expected, and
//! [`Scenario::finish`] waits until nothing is left open. Judging looks at receipts only, so the server under
//! rehearsal cannot talk itself into a pass.

mod bounce;
mod judge;
mod messages;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Address;

use crate::receiver::{Receipt, Receipts, TlsVersion};

pub use bounce::Bounce;
pub use judge::{Deviation, Facts, Verdict};

/// One message to submit.
#[derive(Debug, Clone)]
pub struct ScriptedMessage {
    /// A short name, the same for messages of one scenario only once.
    pub name: &'static str,
    /// `MAIL FROM`, an address of the sender domain.
    pub sender: Address,
    /// `RCPT TO`, and what must become of each.
    pub recipients: Vec<(Address, Expected)>,
    /// The subject in words.
    pub subject: &'static str,
    /// The message, CRLF line ends, without Date, Message-ID and signature.
    pub content: Vec<u8>,
}

/// What must become of a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// It arrives, once.
    Delivered {
        /// The host that must have taken it.
        host: String,
        /// Whether it must have come under TLS, and under which at least.
        tls: Option<TlsVersion>,
        /// How often that host must have said "later" before, at least.
        after_refusals: usize,
    },
    /// The sender hears of its failure, with a status of this form.
    Bounced(StatusForm),
}

/// A form of enhanced status codes: `None` stands for any number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusForm {
    /// The subject.
    pub subject: u16,
    /// The detail.
    pub detail: Option<u16>,
}

/// The messages of a rehearsal.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// In the order of submission.
    pub messages: Vec<ScriptedMessage>,
}

/// One recipient's outcome.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The message's name.
    pub message: &'static str,
    /// Which recipient.
    pub recipient: Address,
    /// Whether it went as expected.
    pub verdict: Verdict,
    /// What was seen of it.
    pub facts: Facts,
}

/// How a rehearsal went so far.
#[derive(Debug, Clone)]
pub struct Report {
    /// One per recipient, in the order of the messages.
    pub outcomes: Vec<Outcome>,
    /// Receipts of accepted mail that belongs to no message of the scenario and is no bounce of one.
    pub strangers: Vec<Arc<Receipt>>,
}

impl Report {
    /// Nothing is open any more.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.outcomes.iter().all(|outcome| outcome.verdict != Verdict::Open)
    }

    /// Everything went as expected, and nothing else happened.
    #[must_use]
    pub fn is_as_expected(&self) -> bool {
        self.strangers.is_empty()
            && self.outcomes.iter().all(|outcome| outcome.verdict == Verdict::AsExpected)
    }
}

impl Scenario {
    /// Waits until every outcome is known or `patience` is over, whichever comes first.
    pub async fn finish(&self, receipts: &Receipts, patience: Duration) -> Report {
        let complete = async {
            let mut stream = receipts.stream();
            while !self.judge(&receipts.all()).is_complete() {
                stream.next().await;
            }
        };
        // Out of patience: what is open stays open in the report.
        let _ = tokio::time::timeout(patience, complete).await;
        self.judge(&receipts.all())
    }
}
