//! Compares what was seen with what was expected.

use std::sync::Arc;

use postamt_mail::address::Address;

use super::{Bounce, Expected, Outcome, Report, Scenario, ScriptedMessage, StatusForm};
use crate::receiver::{Receipt, TlsVersion};

/// The judgement on one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing final was seen yet.
    Open,
    /// As it should be.
    AsExpected,
    /// Otherwise.
    Deviates(Deviation),
}

/// What was not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deviation {
    /// It arrived although it should have bounced.
    Arrived,
    /// It bounced although it should have arrived.
    Bounced,
    /// It arrived more than once.
    Repeated,
    /// Another host took it.
    OtherHost,
    /// TLS was missing, older than possible, or there where it cannot be.
    Tls,
    /// SPF, DKIM or DMARC did not pass.
    Proofs,
    /// The body arrived changed.
    Content,
    /// It arrived without the refusals that should have come before.
    TooEarly,
    /// The notice names another reason.
    Status,
}

/// What was seen of one recipient.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Receipts in which it was refused for the time being.
    pub refusals: Vec<Arc<Receipt>>,
    /// The receipt in which it was taken, the first if several.
    pub delivery: Option<Arc<Receipt>>,
    /// The notice of its failure.
    pub bounce: Option<Bounce>,
    /// How often it was taken.
    deliveries: usize,
}

impl Scenario {
    /// Judges each recipient by everything that the servers saw.
    #[must_use]
    pub fn judge(&self, receipts: &[Arc<Receipt>]) -> Report {
        let bounces: Vec<Bounce> = receipts.iter().flat_map(|receipt| Bounce::read(receipt)).collect();
        let mut outcomes = Vec::new();
        for message in &self.messages {
            for (recipient, expected) in &message.recipients {
                let facts = gather(recipient, receipts, &bounces);
                let verdict = verdict(message, expected, &facts);
                outcomes.push(Outcome {
                    message: message.name,
                    recipient: recipient.clone(),
                    verdict,
                    facts,
                });
            }
        }
        let strangers = receipts.iter().filter(|receipt| self.is_strange(receipt)).cloned().collect();
        Report { outcomes, strangers }
    }

    /// Accepted, but neither one of ours nor a notice about one of ours.
    fn is_strange(&self, receipt: &Receipt) -> bool {
        let is_ours = |text: &str| {
            self.messages.iter().flat_map(|m| &m.recipients).any(|(address, _)| address.to_string() == text)
        };
        let for_ours = receipt.envelope.recipients.iter().all(|r| is_ours(&r.address.to_string()));
        let bounces = Bounce::read(receipt);
        let about_ours = !bounces.is_empty() && bounces.iter().all(|bounce| is_ours(&bounce.recipient));
        receipt.accepted && !for_ours && !about_ours
    }
}

fn gather(recipient: &Address, receipts: &[Arc<Receipt>], bounces: &[Bounce]) -> Facts {
    let mut facts = Facts::default();
    for receipt in receipts {
        if !receipt.envelope.recipients.iter().any(|r| r.address == *recipient) {
            continue;
        }
        if receipt.accepted {
            facts.deliveries += 1;
            facts.delivery.get_or_insert_with(|| Arc::clone(receipt));
        } else {
            facts.refusals.push(Arc::clone(receipt));
        }
    }
    let text = recipient.to_string();
    facts.bounce = bounces.iter().find(|b| b.action == "failed" && b.recipient == text).cloned();
    facts
}

fn verdict(message: &ScriptedMessage, expected: &Expected, facts: &Facts) -> Verdict {
    match (expected, &facts.delivery, &facts.bounce) {
        (_, None, None) => Verdict::Open,
        (Expected::Bounced(_), Some(_), _) => Verdict::Deviates(Deviation::Arrived),
        (Expected::Delivered { .. }, _, Some(_)) => Verdict::Deviates(Deviation::Bounced),
        (Expected::Bounced(form), None, Some(bounce)) => {
            if form.fits(bounce) {
                Verdict::AsExpected
            } else {
                Verdict::Deviates(Deviation::Status)
            }
        }
        (Expected::Delivered { host, tls, after_refusals }, Some(delivery), None) => {
            let checks = [
                (facts.deliveries == 1, Deviation::Repeated),
                (delivery.server.as_str() == host, Deviation::OtherHost),
                (tls_is_good(*tls, delivery.tls), Deviation::Tls),
                (delivery.judgement.as_ref().is_none_or(|j| j.all_pass()), Deviation::Proofs),
                (body(&delivery.content) == body(&message.content), Deviation::Content),
                (facts.refusals.len() >= *after_refusals, Deviation::TooEarly),
            ];
            let failed = checks.into_iter().find(|(is_good, _)| !is_good);
            failed.map_or(Verdict::AsExpected, |(_, deviation)| Verdict::Deviates(deviation))
        }
    }
}

fn tls_is_good(expected: Option<TlsVersion>, seen: Option<TlsVersion>) -> bool {
    match expected {
        None => seen.is_none(),
        Some(least) => seen.is_some_and(|version| version >= least),
    }
}

impl StatusForm {
    fn fits(self, bounce: &Bounce) -> bool {
        let status = bounce.status;
        // A notice of failure says 5, or 4 when the time ran out on a failure that could have passed
        // (RFC 3464 §2.3.4, RFC 3463 §2).
        status.subject == self.subject && self.detail.is_none_or(|detail| detail == status.detail)
    }
}

/// Everything behind the header.
fn body(content: &[u8]) -> &[u8] {
    let end = content.windows(4).position(|window| window == b"\r\n\r\n");
    end.map_or(&[], |at| &content[at + 4..])
}
