//! What the lab shows: one plain line for each thing that happens, with the time since the start, and at the end
//! one line for each outcome. What the receiving servers say comes from them, not from the server under rehearsal.

use std::sync::Arc;

use postamt_lab::receiver::Receipt;
use postamt_lab::receiver::ReceiptStream;
use postamt_lab::scenario::{Deviation, Facts, Outcome, Report, Scenario, Verdict};
use postamt_lab::world::{Nature, RESIDENTS, World};
use postamt_mta::breaker::text;
use postamt_mta::events::{Event, Tried};
use serde::Serialize;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;

use super::script::NotSubmitted;
use super::stage::Stage;
use crate::terminal::{Stop, Terminal};

/// Something that was shown.
pub enum Happening {
    /// The server did it.
    Event(Event),
    /// Somebody got mail, or refused it.
    Receipt(Arc<Receipt>),
}

/// The live view.
pub struct View {
    events: UnboundedReceiver<Event>,
    receipts: ReceiptStream,
    start: Instant,
    refusals_are_hidden: bool,
    terminal: Terminal,
}

impl View {
    /// Shows these from now on.
    #[must_use]
    pub fn new(events: UnboundedReceiver<Event>, receipts: ReceiptStream, terminal: Terminal) -> Self {
        Self { events, receipts, start: Instant::now(), refusals_are_hidden: false, terminal }
    }

    /// Leaves out what the server refuses, or shows it again.
    pub fn hide_refusals(&mut self, hide: bool) {
        self.refusals_are_hidden = hide;
    }

    /// Who lives here.
    pub fn opening(&self, world: &World, stage: &Stage) {
        if self.terminal.json {
            return;
        }
        self.terminal.say("lab-opening", &[]);
        for resident in &RESIDENTS {
            let id = format!("lab-resident-{}", resident.domain.replace('.', "-"));
            let text = self.terminal.sentence(&id, &[]);
            // Who has no host has number 0, which is no host's.
            let address = match resident.nature {
                Nature::NullMx | Nature::NoSuchDomain => "-".to_owned(),
                _ => world.address_of(resident).to_string(),
            };
            self.terminal.print(&format!("  {:<20} {address:<18} {text}", resident.domain));
        }
        let path = stage.config_path().display().to_string();
        self.terminal.say("lab-configuration", &[("path", path.into())]);
        self.terminal.print("");
    }

    /// Waits for the next thing and shows it. May be dropped while it waits.
    pub async fn next(&mut self) -> Happening {
        tokio::select! {
            event = self.events.recv() => match event {
                Some(event) => {
                    self.event(&event);
                    Happening::Event(event)
                }
                // The server has ended; the receivers may still have something to say.
                None => std::future::pending().await,
            },
            receipt = self.receipts.next() => {
                self.receipt(&receipt);
                Happening::Receipt(receipt)
            }
        }
    }

    /// Shows what is there already.
    pub fn rest(&mut self) {
        while let Ok(event) = self.events.try_recv() {
            self.event(&event);
        }
    }

    /// A message that was not taken.
    pub fn not_submitted(&self, problem: &NotSubmitted) {
        let values = [("message", problem.message.into()), ("error", (&problem.error).into())];
        self.terminal.note("lab-not-submitted", &values);
    }

    /// One line, with the time.
    pub fn line(&self, who: &str, text: &str) {
        if !self.terminal.json {
            let seconds = self.start.elapsed().as_secs_f64();
            self.terminal.print(&format!("{seconds:7.2} s  {who:<22} {text}"));
        }
    }

    fn event(&self, event: &Event) {
        let words = self.terminal.words;
        match event {
            Event::Accepted { id, channel, account, sender, recipients, tls, .. } => {
                let sender = if sender.is_empty() { "<>" } else { sender };
                let values = [
                    ("sender", sender.into()),
                    ("recipients", recipients.join(", ").into()),
                    ("channel", channel.into()),
                    ("account", account.as_deref().unwrap_or("-").into()),
                    ("tls", tls.as_deref().unwrap_or("-").into()),
                ];
                self.line(id, &words.get("lab-accepted", &values));
            }
            Event::Delivered { attempt, .. } => self.tried("lab-delivered", attempt),
            Event::Deferred { attempt, .. } => self.tried("lab-deferred", attempt),
            Event::Failed { attempt, .. } => self.tried("lab-failed", attempt),
            Event::Notice { id, notice, recipient, .. } => {
                let values = [("notice", notice.into()), ("recipient", recipient.into())];
                self.line(id, &words.get("lab-notice", &values));
            }
            Event::PathChanged { path, state, reason, .. } => {
                let id = match *state {
                    "relay" => "lab-path-relay",
                    "trial" => "lab-path-trial",
                    _ => "lab-path-direct",
                };
                self.line(path, &words.get(id, &[("reason", text::reason(reason, words).into())]));
            }
            Event::Refused { .. } if self.refusals_are_hidden => {}
            Event::Warning { .. }
            | Event::Refused { .. }
            | Event::LoginFailed { .. }
            | Event::Spool { .. } => {
                self.line("!", &event.to_string());
            }
            _ => {}
        }
    }

    fn tried(&self, id: &str, attempt: &Tried) {
        let values = [
            ("recipients", attempt.recipients.join(", ").into()),
            ("remote", attempt.remote.as_deref().unwrap_or("-").into()),
            ("reply", (&attempt.reply).into()),
        ];
        self.line(&attempt.id, &self.terminal.words.get(id, &values));
    }

    fn receipt(&self, receipt: &Receipt) {
        let recipients: Vec<String> =
            receipt.envelope.recipients.iter().map(|one| one.address.to_string()).collect();
        let id = if receipt.accepted { "lab-receipt-taken" } else { "lab-receipt-refused" };
        let values = [
            ("recipients", recipients.join(", ").into()),
            ("reply", receipt.reply.to_string().into()),
            ("peer", receipt.peer.ip().to_string().into()),
        ];
        let mut text = self.terminal.words.get(id, &values);
        if receipt.judgement.is_some() {
            text.push_str(&format!("  [{}]", proofs(receipt)));
        }
        self.line(receipt.server.as_str(), &text);
    }

    /// One line per outcome, and the sum.
    ///
    /// # Errors
    /// Of JSON, which these values do not cause.
    pub fn closing(&self, scenario: &Scenario, report: &Report) -> Result<(), Stop> {
        if self.terminal.json {
            return self
                .terminal
                .data(&report.outcomes.iter().map(|one| self.shown(one)).collect::<Vec<_>>());
        }
        let good = |outcome: &&Outcome| outcome.verdict == Verdict::AsExpected;
        self.terminal.print("");
        for outcome in &report.outcomes {
            let mark = if good(&outcome) { "ok " } else { "NO " };
            let shown = self.shown(outcome);
            self.terminal.print(&format!("{mark} {:<30} {}", shown.recipient, shown.text));
        }
        for stranger in &report.strangers {
            let server = stranger.server.to_string();
            self.terminal.say("lab-stranger", &[("server", server.into())]);
        }
        let values = [
            ("good", report.outcomes.iter().filter(good).count().into()),
            ("all", report.outcomes.len().into()),
            ("messages", scenario.messages.len().into()),
            ("seconds", format!("{:.1}", self.start.elapsed().as_secs_f64()).into()),
        ];
        let id = if report.is_as_expected() { "lab-good" } else { "lab-bad" };
        self.terminal.say(id, &values);
        Ok(())
    }

    fn shown(&self, outcome: &Outcome) -> Shown {
        let seen = self.seen(&outcome.facts);
        let text = match outcome.verdict {
            Verdict::AsExpected => seen,
            Verdict::Open => self.terminal.sentence("lab-open", &[]),
            Verdict::Deviates(deviation) => {
                let reason = self.terminal.sentence(deviation_id(deviation), &[]);
                format!("{reason} {seen}")
            }
        };
        Shown {
            message: outcome.message,
            recipient: outcome.recipient.to_string(),
            as_expected: outcome.verdict == Verdict::AsExpected,
            text,
        }
    }

    fn seen(&self, facts: &Facts) -> String {
        if let Some(delivery) = &facts.delivery {
            let values = [
                ("server", delivery.server.to_string().into()),
                ("refusals", facts.refusals.len().into()),
                ("proofs", proofs(delivery).into()),
            ];
            return self.terminal.sentence("lab-arrived", &values);
        }
        match &facts.bounce {
            Some(bounce) => {
                let diagnostic = bounce.diagnostic.as_deref().unwrap_or("-");
                let values =
                    [("status", bounce.status.to_string().into()), ("diagnostic", diagnostic.into())];
                self.terminal.sentence("lab-bounced", &values)
            }
            None => String::new(),
        }
    }
}

#[derive(Debug, Serialize)]
struct Shown {
    message: &'static str,
    recipient: String,
    as_expected: bool,
    text: String,
}

/// `spf=pass dkim=pass dmarc=pass TLS1.3`, as the receiver saw it.
fn proofs(receipt: &Receipt) -> String {
    let judgement = receipt.judgement.as_ref().map(ToString::to_string).unwrap_or_default();
    let tls = receipt.tls.map_or_else(|| "tls=none".to_owned(), |version| version.to_string());
    format!("{judgement} {tls}").trim().to_owned()
}

fn deviation_id(deviation: Deviation) -> &'static str {
    match deviation {
        Deviation::Arrived => "lab-deviates-arrived",
        Deviation::Bounced => "lab-deviates-bounced",
        Deviation::Repeated => "lab-deviates-repeated",
        Deviation::OtherHost => "lab-deviates-host",
        Deviation::Tls => "lab-deviates-tls",
        Deviation::Proofs => "lab-deviates-proofs",
        Deviation::Content => "lab-deviates-content",
        Deviation::TooEarly => "lab-deviates-early",
        Deviation::Status => "lab-deviates-status",
    }
}
