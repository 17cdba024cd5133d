//! DMARC aggregate reports about our domains that come by mail on port 25: read, proven, and kept as sums.
//!
//! ```text
//! Submission ─▶ ReportMail (if it may hold one) ─▶ read ─▶ is it ours? ─▶ is it proven? ─▶ Reports
//! ```
//!
//! The mail itself is delivered as any other; whatever comes out here is an event and nothing else. It is read before the
//! client hears 250, two at a time, so that no more is in memory than the sessions hold anyway. Reports say which of our
//! mail fails, so a stranger must not write them: the domain of From must have sent the mail, by SPF or by a signature that
//! is aligned with it (RFC 7489 §7.2, RFC 9990 §5), and that domain is the reporter that the limits of the store count.
//! Reports come soon after the day that they are about; those of times long past would be somebody's invention.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use postamt_mail::address::{Address, Domain};
use postamt_mail::dmarc_reports::{self, AggregateReport, ReadError, ReportRecord};
use postamt_mail::header::Message;
use postamt_mailauth::verify::{Delivery, Outcome};
use postamt_store::reports::{Kept, ReportError, ReportFact, ReportSum};
use tokio::sync::OwnedSemaphorePermit;

use crate::context::Context;
use crate::events::Event;
use crate::flow::{Channel, Identity, Submission, path_text};
use crate::settings::Settings;

/// How long a client waits for its 250 at the most because of this.
const PATIENCE: Duration = Duration::from_secs(20);
/// Signatures of a mail: each may have a body hash of its own to be computed.
const MOST_SIGNATURES: usize = 10;
const DAY: u64 = 86_400;
/// Seconds from the end of a report's time to its arrival at the most: reporters send daily, and mail may lie some days.
const LATEST: u64 = 7 * DAY;
/// Clocks differ.
const AHEAD: u64 = 3_600;
/// Seconds that a report is about at the most: RFC 9990 §3.1 has it cover a day, ending where its reporter's day ends.
const LONGEST: u64 = 2 * DAY;

/// A mail that may hold a report, and how it came.
pub struct ReportMail {
    content: Bytes,
    client: IpAddr,
    greeting: String,
    sender: String,
}

/// Why a report does not count.
#[derive(Debug, thiserror::Error)]
enum NotRead {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("it is about {0}, which is none of our domains")]
    Foreign(Domain),
    #[error("it is about a time long ago or to come, or about too long a time")]
    Time,
    #[error("neither SPF nor a signature shows that the domain of From has sent it")]
    NotProven,
    #[error("too many reports have come today")]
    TooMany,
    #[error(transparent)]
    Store(#[from] ReportError),
    #[error("it took too long")]
    TooLong,
    #[error("too many others were being looked into")]
    Busy,
}

impl ReportMail {
    /// What a stranger sent to port 25, if it may hold a report; nothing is unpacked for that.
    #[must_use]
    pub fn of(submission: &Submission) -> Option<Self> {
        let is_from_outside =
            submission.channel == Channel::Exchange && matches!(submission.identity, Identity::Anonymous);
        if !is_from_outside || !dmarc_reports::may_hold_one(&submission.content) {
            return None;
        }
        Some(Self {
            content: submission.content.clone(),
            client: submission.peer?,
            greeting: submission.helo.clone().unwrap_or_default(),
            sender: path_text(submission.envelope.sender.as_ref()),
        })
    }
}

/// Reads it and keeps what it says.
pub async fn take(context: &Arc<Context>, mail: ReportMail) {
    let (peer, sender) = (mail.client, mail.sender.clone());
    let noted = tokio::time::timeout(PATIENCE, read_and_keep(context, mail)).await;
    match noted.unwrap_or(Err(NotRead::TooLong)) {
        Ok((fact, known)) => context.event(Event::DmarcReport {
            day: fact.day() * DAY,
            reporter: fact.reporter,
            domain: fact.domain,
            id: fact.id,
            messages: fact.messages,
            aligned: fact.aligned,
            known,
        }),
        Err(NotRead::Read(ReadError::NoReport)) => {}
        Err(error) => context.event(Event::DmarcReportNotRead { peer, sender, reason: error.to_string() }),
    }
}

async fn read_and_keep(context: &Arc<Context>, mail: ReportMail) -> Result<(ReportFact, bool), NotRead> {
    // Nobody closes it.
    let Ok(turn) = context.report_readers.clone().acquire_owned().await else { return Err(NotRead::TooLong) };
    let report = read(mail.content.clone(), turn).await?;
    let settings = context.settings();
    let now = context.now();
    if !is_timely(&report, now) {
        return Err(NotRead::Time);
    }
    let (domain, is_below) =
        about(&settings, &report.domain).ok_or_else(|| NotRead::Foreign(report.domain.clone()))?;
    let sums = sums(&settings, &report);
    if sums.is_empty() {
        return Err(NotRead::Foreign(report.domain));
    }
    let Ok(_asking) = context.report_askers.try_acquire() else { return Err(NotRead::Busy) };
    let reporter = proven(context, &mail).await.ok_or(NotRead::NotProven)?;
    let fact = ReportFact {
        reporter: reporter.to_string(),
        organisation: report.organisation,
        id: report.id,
        domain: domain.to_string(),
        received_at: now,
        begin: report.begin,
        end: report.end,
        // That of a record below says nothing about ours.
        policy: report.policy.filter(|_| !is_below),
        messages: sums.iter().map(|sum| sum.messages).sum(),
        aligned: sums.iter().filter(|sum| sum.is_aligned()).map(|sum| sum.messages).sum(),
    };
    match context.ports.reports.keep(fact.clone(), sums).await? {
        Kept::New => Ok((fact, false)),
        Kept::Known => Ok((fact, true)),
        Kept::TooMany => Err(NotRead::TooMany),
    }
}

/// Whoever invents reports can fill but some days with them.
const fn is_timely(report: &AggregateReport, now: u64) -> bool {
    report.end <= now + AHEAD
        && report.end.saturating_add(LATEST) >= now
        && report.end.saturating_sub(report.begin) <= LONGEST
}

/// On a thread of its own, which keeps the turn even when nobody waits any more. What comes behind it may wait for name
/// servers of the sender's choosing, and has no turn.
async fn read(content: Bytes, turn: OwnedSemaphorePermit) -> Result<AggregateReport, NotRead> {
    let reading = tokio::task::spawn_blocking(move || {
        let report = dmarc_reports::read(&content);
        drop(turn);
        report
    });
    let Ok(report) = reading.await else { return Err(NotRead::TooLong) };
    Ok(report?)
}

/// Under which name a report is kept: that of its record where it is ours or one above ours, else that of ours above it;
/// the latter is told.
fn about(settings: &Settings, published: &Domain) -> Option<(Domain, bool)> {
    let own = own_domain(settings, published);
    if own == Some(published) || own_domains(settings).any(|own| own.is_within(published)) {
        return Some((published.clone(), false));
    }
    own.map(|own| (own.clone(), true))
}

fn own_domains(settings: &Settings) -> impl Iterator<Item = &Domain> {
    let local = settings.local_domains.iter().map(|local| &local.domain);
    settings.own_domains.iter().chain(local).chain([&settings.hostname])
}

/// The nearest domain of ours that this is, or is below.
fn own_domain<'a>(settings: &'a Settings, domain: &Domain) -> Option<&'a Domain> {
    own_domains(settings).filter(|own| domain.is_within(own)).max_by_key(|own| own.as_str().len())
}

/// The records about mail of ours, those alike as one.
fn sums(settings: &Settings, report: &AggregateReport) -> Vec<ReportSum> {
    let mut sums: BTreeMap<ReportSum, u64> = BTreeMap::new();
    for record in &report.records {
        let ReportRecord { source, messages, disposition, dkim_aligned, spf_aligned, header_from } = record;
        let Some(own) = own_domain(settings, header_from) else { continue };
        let key = ReportSum {
            domain: own.to_string(),
            day: report.begin / DAY,
            source: Some(*source),
            disposition: *disposition,
            dkim_aligned: *dkim_aligned,
            spf_aligned: *spf_aligned,
            messages: 0,
        };
        *sums.entry(key).or_default() += u64::from(*messages);
    }
    sums.into_iter().map(|(sum, messages)| ReportSum { messages, ..sum }).collect()
}

/// The domain of From, if it has sent the mail. Alignment is relaxed; no DMARC record is demanded of reporters.
async fn proven(context: &Context, mail: &ReportMail) -> Option<Domain> {
    let section = Message::split(&mail.content);
    let from = section.addresses("From");
    let [author] = from.addresses.as_slice() else { return None };
    let too_many = section.count("DKIM-Signature") > MOST_SIGNATURES;
    if section.count("From") != 1 || from.malformed > 0 || too_many {
        return None;
    }
    let author = author.domain()?;
    let organisation = author.organisational();
    let is_aligned = |name: &str| Domain::new(name).is_ok_and(|name| name.organisational() == organisation);
    let settings = context.settings();
    let delivery = Delivery {
        client: mail.client,
        greeting: &mail.greeting,
        host: settings.hostname.as_str(),
        sender: &mail.sender,
    };
    let verified = context.ports.verifier.verify(&mail.content, delivery).await;
    let sender = Address::new(&mail.sender).ok();
    let envelope = sender.as_ref().and_then(Address::domain).map_or(mail.greeting.as_str(), Domain::as_str);
    let by_spf = verified.spf == Outcome::Pass && is_aligned(envelope);
    let by_dkim =
        verified.signatures.iter().any(|one| one.outcome == Outcome::Pass && is_aligned(&one.domain));
    // Not the name as written: whoever has one domain has names below it without number, and each could report.
    (by_spf || by_dkim).then_some(organisation)
}
