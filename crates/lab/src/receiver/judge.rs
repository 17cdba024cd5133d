//! What a server makes of who calls and of what it is given: the confirmed name of the address, SPF, DKIM and
//! DMARC.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use postamt_mail::address::Domain;
use postamt_mail::reply::Reply;
use postamt_mailauth::verify::{Delivery, Outcome, Report, Verifier};
use postamt_net::dns::Resolver;

/// The findings about one message. Written as `spf=pass dkim=pass dmarc=pass`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The name of the peer's address that leads back to it; `None` if there is none.
    pub reverse_name: Option<String>,
    /// What is proven of the message.
    pub report: Report,
}

impl Judgement {
    /// SPF, DKIM and DMARC all pass.
    #[must_use]
    pub fn all_pass(&self) -> bool {
        [self.report.spf, self.report.dkim, self.report.dmarc].iter().all(|o| *o == Outcome::Pass)
    }

    /// What a strict server says to this message, if not 250. The codes are those of RFC 7372 §3.
    pub(super) fn refusal(&self, is_bounce: bool) -> Option<Reply> {
        if self.reverse_name.is_none() {
            return Some(Reply::new(550, (5, 7, 25), "your address has no name that leads back to it"));
        }
        let Report { spf, dkim, dmarc, .. } = self.report;
        // A bounce has no sender of its own; who proves one of both has proven enough.
        if is_bounce && (spf == Outcome::Pass || dkim == Outcome::Pass) {
            return None;
        }
        let checks = [
            (spf, 23, "SPF does not allow your address to send for this domain"),
            (dkim, 20, "no DKIM signature that holds"),
            (dmarc, 26, "neither SPF nor DKIM speaks for the author's domain"),
        ];
        let (outcome, detail, text) = checks.into_iter().find(|(outcome, ..)| *outcome != Outcome::Pass)?;
        Some(match outcome {
            Outcome::TempError => Reply::new(451, (4, 7, 24), "DNS does not answer; try again later"),
            _ => Reply::new(550, (5, 7, detail), text),
        })
    }
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.report.fmt(f)
    }
}

/// Looks things up for a receiving server.
pub struct Judge {
    verifier: Verifier,
    resolver: Arc<dyn Resolver>,
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Judge").finish_non_exhaustive()
    }
}

impl Judge {
    /// `verifier` asks for SPF, DKIM and DMARC; `resolver` asks for the names of addresses, apart from it because
    /// a real resolver calls all of 127.0.0.0/8 `localhost`, where the lab of the tests lives.
    #[must_use]
    pub fn new(verifier: Verifier, resolver: Arc<dyn Resolver>) -> Self {
        Self { verifier, resolver }
    }

    /// Judges one message; takes as long as DNS does, never fails.
    pub async fn judge(&self, content: &[u8], delivery: Delivery<'_>) -> Judgement {
        let reverse_name = self.confirmed_name(delivery.client).await;
        Judgement { reverse_name, report: self.verifier.verify(content, delivery).await }
    }

    /// The first name of the address that has that address (FCrDNS).
    pub async fn confirmed_name(&self, address: IpAddr) -> Option<String> {
        let names = self.resolver.ptr(address).await.ok()?;
        for name in names.records {
            let Ok(host) = Domain::new(&name) else { continue };
            let found = if address.is_ipv4() { self.resolver.a(&host) } else { self.resolver.aaaa(&host) };
            if found.await.is_ok_and(|answer| answer.records.contains(&address)) {
                return Some(name);
            }
        }
        None
    }
}
