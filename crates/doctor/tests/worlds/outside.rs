//! What a world has beside its zone and its servers: clocks, what the stores remember, and the web. Each is the real
//! port with fixed answers behind it.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use postamt_doctor::releases::NoticeSource;
use postamt_mail::dmarc_reports::Action;
use postamt_mail::release_notice::{NoticeKey, SIGNATURE};
use postamt_net::PortFuture;
use postamt_net::clock::{Clock, ClockOffset, TimeError, TimeSource};
use postamt_net::documents::{Bounds, Document, DocumentError, Documents, WebAddress};
use postamt_net::fetch::FetchError;
use postamt_store::embedded::{SqliteFacts, SqliteHistory, SqliteReports};
use postamt_store::facts::{Facts, Family, NoticeFact, PathKey, ProbeFact};
use postamt_store::history::{AttemptRecord, History, HistoryError, MessageRecord, Note, Query};
use postamt_store::queue_id::QueueId;
use postamt_store::reports::{Kept, ReportError, ReportFact, ReportSum, Reports};

use super::support::{NOW, parsed};

/// A clock that stands.
pub struct Still;

impl Clock for Still {
    fn since_epoch(&self) -> Duration {
        Duration::from_secs(NOW)
    }

    fn random(&self) -> u64 {
        4
    }
}

/// Somebody else's clock: how far ours is ahead of it, if it answers at all.
pub struct Neighbour(pub Option<i64>);

impl TimeSource for Neighbour {
    fn offset(&self) -> PortFuture<'_, Result<ClockOffset, TimeError>> {
        let server = "time.test".to_owned();
        let answer = self.0.map(|milliseconds| ClockOffset { server: server.clone(), milliseconds });
        let silent = TimeError { server, reason: "no answer in time".to_owned() };
        Box::pin(std::future::ready(answer.ok_or(silent)))
    }
}

/// A store with a verdict for each family and a notice of releases.
pub async fn kept(
    folder: &std::path::Path,
    verdicts: [&'static str; 2],
    notice: Option<NoticeFact>,
) -> Arc<dyn Facts> {
    let facts = SqliteFacts::open(folder.join("facts.sqlite")).expect("a store");
    for (verdict, family) in verdicts.into_iter().zip([Family::Ipv4, Family::Ipv6]) {
        let fact = ProbeFact {
            path: PathKey { source: None, family },
            at: NOW - 3600,
            verdict: verdict.to_owned(),
            confidence: 90,
            evidence: Vec::new(),
            report: String::new(),
        };
        facts.save_probe(fact).await.expect("saved");
    }
    if let Some(notice) = notice {
        facts.save_notice(notice).await.expect("saved");
    }
    Arc::new(facts)
}

/// A history with an attempt for each of these.
pub async fn happened(folder: &std::path::Path, attempts: &[[&'static str; 4]]) -> Arc<dyn History> {
    let history = SqliteHistory::open(folder.join("history.sqlite")).expect("a store");
    for (number, [host, recipient, outcome, reply]) in attempts.iter().enumerate() {
        let attempt = AttemptRecord {
            at: NOW - 86_400,
            recipients: vec![0],
            route: "direct".to_owned(),
            remote: Some(format!("{host} [192.0.2.99]:25")),
            source: None,
            tls: None,
            outcome: (*outcome).to_owned(),
            reply: (*reply).to_owned(),
            next: None,
        };
        let record = MessageRecord {
            id: number as u64 + 1,
            received_at: NOW - 86_500,
            sender: "alice@example.test".to_owned(),
            recipients: vec![(*recipient).to_owned()],
            account: None,
            channel: "submission".to_owned(),
            size: 1000,
            message_id: None,
            attempts: vec![attempt],
            finished_at: Some(NOW - 86_400),
        };
        history.note(Note::Whole(Box::new(record)));
    }
    history.flush().await;
    Arc::new(history)
}

/// What receivers report of one source, day by day.
#[derive(Debug, Clone)]
pub struct Reported {
    /// How many days ago: the first, and the one behind the last.
    pub ago: std::ops::Range<u64>,
    /// The policy of that time.
    pub policy: Action,
    /// From where.
    pub source: String,
    /// Messages a day.
    pub messages: u64,
    /// They are signed by the domain; SPF never counts here.
    pub signed: bool,
    /// Who reports: the first has got them, the others have got as good as nothing.
    pub reporters: &'static [&'static str],
}

/// A store with a report for each day of these.
pub async fn reported(folder: &std::path::Path, reported: &[Reported]) -> Arc<dyn Reports> {
    let reports = SqliteReports::open(folder.join("reports.sqlite")).expect("a store");
    for (number, Reported { ago, policy, source, messages, signed, reporters }) in reported.iter().enumerate()
    {
        for ago in ago.clone() {
            let day = NOW / 86_400 - ago;
            let fact = ReportFact {
                reporter: reporters[0].to_owned(),
                organisation: "Receiver".to_owned(),
                id: format!("{number}-{ago}"),
                domain: "example.test".to_owned(),
                received_at: (day + 1) * 86_400,
                begin: day * 86_400,
                end: day * 86_400 + 86_399,
                policy: Some(*policy),
                messages: *messages,
                aligned: if *signed { *messages } else { 0 },
            };
            let sum = ReportSum {
                domain: "example.test".to_owned(),
                day,
                source: source.parse().ok(),
                disposition: Action::None,
                dkim_aligned: *signed,
                spf_aligned: false,
                messages: *messages,
            };
            for reporter in &reporters[1..] {
                let fact =
                    ReportFact { reporter: (*reporter).to_owned(), messages: 0, aligned: 0, ..fact.clone() };
                reports.keep(fact, Vec::new()).await.expect("kept");
            }
            reports.keep(fact, vec![sum]).await.expect("kept");
        }
    }
    Arc::new(reports)
}

/// A history that nobody can read.
pub struct Torn;

impl History for Torn {
    fn note(&self, _: Note) {}

    fn find(&self, _: QueueId) -> PortFuture<'_, Result<Option<MessageRecord>, HistoryError>> {
        Box::pin(std::future::ready(Err(HistoryError("disk I/O error".to_owned()))))
    }

    fn search(&self, _: Query) -> PortFuture<'_, Result<Vec<MessageRecord>, HistoryError>> {
        Box::pin(std::future::ready(Err(HistoryError("disk I/O error".to_owned()))))
    }

    fn flush(&self) -> PortFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    fn expire(&self, _: u64) -> PortFuture<'_, Result<u64, HistoryError>> {
        Box::pin(std::future::ready(Err(HistoryError("disk I/O error".to_owned()))))
    }
}

/// A store whose disk fails.
pub struct TornReports;

fn failed<T: Send + 'static>() -> PortFuture<'static, Result<T, ReportError>> {
    Box::pin(std::future::ready(Err(ReportError("disk I/O error".to_owned()))))
}

impl Reports for TornReports {
    fn keep(&self, _: ReportFact, _: Vec<ReportSum>) -> PortFuture<'_, Result<Kept, ReportError>> {
        failed()
    }

    fn reports(&self, _: u64) -> PortFuture<'_, Result<Vec<ReportFact>, ReportError>> {
        failed()
    }

    fn sums(&self, _: u64) -> PortFuture<'_, Result<Vec<ReportSum>, ReportError>> {
        failed()
    }

    fn expire(&self, _: u64) -> PortFuture<'_, Result<(), ReportError>> {
        failed()
    }
}

/// The web of this world: registries that know every domain, and one page everywhere else.
pub struct Web {
    pub registered: Option<(u64, u64)>,
    pub page: Option<&'static str>,
}

impl Web {
    fn text(&self, address: &WebAddress) -> Option<String> {
        let event = |action: &str, at: u64| {
            let (year, month, day) = postamt_mail::date::civil(at / 86_400);
            format!("{{\"eventAction\":\"{action}\",\"eventDate\":\"{year}-{month:02}-{day:02}T00:00:00Z\"}}")
        };
        match (address.host.as_str(), address.path.as_str()) {
            ("registries.example", "/dns.json") => {
                Some(r#"{"services":[[["test","example"],["https://rdap.example/"]]]}"#.to_owned())
            }
            ("rdap.example", _) => {
                let (before, after) = self.registered?;
                let began = event("registration", NOW - before * 86_400);
                let ends = event("expiration", NOW + after * 86_400 + 86_399);
                Some(format!("{{\"events\":[{began},{ends}]}}"))
            }
            _ => self.page.map(str::to_owned),
        }
    }
}

impl Documents for Web {
    fn get<'a>(
        &'a self,
        address: &'a WebAddress,
        _: Bounds,
    ) -> PortFuture<'a, Result<Document, DocumentError>> {
        let answer = self.text(address).map(|text| Document {
            address: address.clone(),
            status: 200,
            media: "text/html".to_owned(),
            body: text.into(),
        });
        Box::pin(std::future::ready(answer.ok_or_else(|| FetchError::TimedOut.into())))
    }
}

const NOTICE_ADDRESS: &str = "https://updates.example/notice";

/// What the server has kept of the notice of releases, and what runs.
pub struct Noticed {
    pub running: &'static str,
    pub latest: &'static str,
    /// A weakness of all before 1.3.0.
    pub severity: Option<&'static str>,
    /// When the notice ends: NOW is 2026-09-21.
    pub valid_until: &'static str,
    /// Who has signed it.
    pub signer: u8,
    /// Days since it was fetched; `None`: nobody has asked.
    pub fetched: Option<u64>,
}

impl Default for Noticed {
    fn default() -> Self {
        let (running, latest, valid_until) = ("1.2.3", "1.2.3", "2026-10-20");
        Self { running, latest, severity: None, valid_until, signer: 7, fetched: Some(1) }
    }
}

fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a key")
}

impl Noticed {
    pub fn source(&self) -> NoticeSource {
        let key = STANDARD.encode(pair(7).public_key().as_ref());
        let key = NoticeKey::parse(&key).expect("a key");
        NoticeSource { address: parsed(NOTICE_ADDRESS), key, running: parsed(self.running) }
    }

    pub fn kept(&self) -> Option<NoticeFact> {
        let at = NOW - self.fetched? * 86_400;
        let advisory = self.severity.map(|severity| {
            format!(
                "[[advisory]]\nid = \"PA-1\"\naffected = [\"< 1.3.0\"]\nseverity = \"{severity}\"\n\
                 title = {{ en = \"Mail may be read.\", de = \"Mail ist lesbar.\" }}\n\
                 url = \"https://updates.example/PA-1\"\n"
            )
        });
        let body = format!(
            "format = \"postamt-release-notice/1\"\nissued = 2026-09-01T00:00:00Z\n\
             valid_until = {}T00:00:00Z\nlatest = \"{}\"\nurl = \"https://updates.example/new\"\n{}",
            self.valid_until,
            self.latest,
            advisory.unwrap_or_default()
        );
        let signature = STANDARD.encode(pair(self.signer).sign(body.as_bytes()));
        Some(NoticeFact {
            address: NOTICE_ADDRESS.to_owned(),
            asked_at: Some(at),
            fetched_at: Some(at),
            file: Some(format!("{SIGNATURE}{signature}\n{body}")),
            ..NoticeFact::default()
        })
    }
}
