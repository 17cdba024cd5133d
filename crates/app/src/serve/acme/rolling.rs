//! The change of the key, driven: looks at DNS, publishes where it can, reminds where it cannot, and says when the
//! certificate for the next key is to be got. What comes next decides [`Rollover::step`].

use std::sync::Arc;

use postamt_mta::events::{Event, EventSink};
use postamt_net::acme::new_key;
use postamt_net::dns::authority::{Authority, ServerAnswer, Zone};
use postamt_net::dns::publish::{Change, Publisher};
use postamt_net::dns::record::{RecordData, RecordKind};
use postamt_net::tls::dane::own_record_of_key;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;

use super::keeping::no_writer;
use super::{blocking, chain};
use crate::certificates::{Files, replace};
use crate::publishing::{PUBLISH_AGAIN, SHOWN_AFTER};
use crate::rollover::{Here, KeyDigest, Rollover, Sight, Spread, Stage, Step};

/// When it looks again while a record spreads, in seconds.
const LOOK: u64 = 60;
/// The same where the servers show a change as soon as it is taken.
const LOOK_SOON: u64 = 2;
/// How often it reminds.
const REMIND_AGAIN: u64 = 86_400;

/// Why no change of keys begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotBegun {
    /// There is no certificate from the authority yet.
    NoCertificate,
    /// One is under way.
    UnderWay,
    /// The system's words.
    Failed(String),
}

/// What the watch is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rolled {
    /// Certificates are for the next key from now on, and one is wanted.
    pub order: bool,
    /// When to look again.
    pub look_at: Option<u64>,
}

/// The driver.
pub struct Roller {
    hostname: String,
    authority: Authority,
    publisher: Option<Arc<dyn Publisher>>,
    events: Arc<dyn EventSink>,
    files: Files,
    rollover: Option<Rollover>,
    publish_after: u64,
    remind_after: u64,
}

/// The records of the own name.
struct Records {
    zone: Zone,
    name: String,
    answers: Vec<ServerAnswer>,
}

impl Roller {
    /// Goes on where it was.
    pub fn new(
        hostname: String,
        authority: Authority,
        publisher: Option<Arc<dyn Publisher>>,
        events: Arc<dyn EventSink>,
        (files, rollover): (Files, Option<Rollover>),
    ) -> Self {
        let (publish_after, remind_after) = (0, 0);
        Self { hostname, authority, publisher, events, files, rollover, publish_after, remind_after }
    }

    /// Makes the next key. `in_use` is the one of the authority's certificate.
    pub async fn begin(&mut self, in_use: Option<&KeyDigest>, now: u64) -> Result<(), NotBegun> {
        let old = in_use.ok_or(NotBegun::NoCertificate)?.clone();
        if self.rollover.is_some() {
            return Err(NotBegun::UnderWay);
        }
        let path = self.files.next_key.clone();
        let made = blocking(move || {
            let key = new_key().map_err(|error| error.to_string())?;
            let der = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|error| error.to_string())?;
            let record = own_record_of_key(der).map_err(|error| error.to_string())?;
            replace(&path, key.as_bytes()).map_err(|error| format!("{}: {error}", path.display()))?;
            Ok(KeyDigest(record.data))
        });
        let next = made.await.unwrap_or_else(|| Err(no_writer().to_string()));
        let next = next.map_err(NotBegun::Failed)?;
        let rollover = Rollover { old, next, stage: Stage::Announcing, since: now, ttl: 0 };
        self.keep(rollover).await.map_err(NotBegun::Failed)
    }

    /// Looks, and does what is next.
    pub async fn look(&mut self, in_use: Option<&KeyDigest>, now: u64) -> Rolled {
        let Some(mut rollover) = self.rollover.clone() else { return Rolled::default() };
        let key = self.files.next_key.clone();
        let here = Here {
            has_key: blocking(move || key.exists()).await.unwrap_or_default(),
            shows_next: in_use == Some(&rollover.next),
        };
        let records = self.records().await;
        let sight = match &records {
            Ok(records) => {
                rollover.saw_ttl(records.ttl());
                records.sight(&rollover)
            }
            Err(_) => Sight::Unknown,
        };
        let known = rollover.clone();
        let look_at = match rollover.step(here, sight, now) {
            Step::Order => return Rolled { order: true, look_at: Some(now + LOOK) },
            Step::Wait => {
                if let Err(what) = &records {
                    self.remind(now, format!("the TLSA records of {} cannot be seen: {what}", self.hostname));
                }
                rollover.until().filter(|until| *until > now).unwrap_or(now + LOOK).min(now + LOOK)
            }
            Step::Publish | Step::Retract => self.change(&records, &known, now).await,
            Step::Move(stage) => {
                rollover.stage = stage;
                rollover.since = now;
                now + 1
            }
            Step::Done => return self.end("done").await,
            Step::Abandon => return self.end("abandoned").await,
        };
        if self.rollover.as_ref() != Some(&rollover)
            && let Err(what) = self.keep(rollover).await
        {
            self.warn(what);
        }
        Rolled { order: false, look_at: Some(look_at) }
    }

    /// Whether certificates are for the next key.
    pub fn uses_next(&self) -> bool {
        self.rollover.as_ref().is_some_and(|rollover| rollover.stage == Stage::Ordering)
    }

    async fn records(&self) -> Result<Records, String> {
        // RFC 7671 §7: the records may stand elsewhere.
        let name = format!("_25._tcp.{}", self.hostname);
        let name = self.authority.target_of(&name).await.map_err(|error| error.to_string())?;
        let zone = self.authority.zone_of(&name).await.map_err(|error| error.to_string())?;
        let answers = self.authority.ask(&zone, &name, RecordKind::Tlsa).await;
        if answers.iter().any(|answer| answer.records.is_ok()) {
            return Ok(Records { zone, name, answers });
        }
        let failure = answers.into_iter().find_map(|answer| answer.records.err());
        Err(failure.map_or_else(|| format!("the zone {} has no server", zone.name), |it| it.to_string()))
    }

    /// Changes the zone, or asks for it. When to look again.
    async fn change(&mut self, records: &Result<Records, String>, rollover: &Rollover, now: u64) -> u64 {
        let Ok(records) = records else { return now + LOOK };
        let (next, old) = (rollover.next.record(), rollover.old.record());
        let is_last = rollover.stage == Stage::Retiring && rollover.beside(now).is_none();
        let Some(publisher) = self.publisher.clone() else {
            let name = &records.name;
            let what = match is_last {
                true => format!("the key has changed: take this record away: {name}. TLSA {old}"),
                false => format!("the key changes: add this record beside the others: {name}. TLSA {next}"),
            };
            self.remind(now, what);
            return now + LOOK;
        };
        let again = now + if publisher.shows_at_once() { LOOK_SOON } else { LOOK };
        let seen = records.first();
        let remove: Vec<RecordData> = seen.iter().filter(|it| is_last && **it == old).cloned().collect();
        let add = if seen.contains(&next) { Vec::new() } else { vec![next] };
        // The first server shows it already, the others will.
        if now < self.publish_after || (remove.is_empty() && add.is_empty()) {
            return again;
        }
        let ttl = u32::try_from(rollover.ttl).unwrap_or(u32::MAX);
        let change = Change { name: records.name.clone(), kind: RecordKind::Tlsa, ttl, seen, remove, add };
        match publisher.apply(&records.zone, &[change]).await {
            Ok(()) if publisher.shows_at_once() => {}
            Ok(()) => self.publish_after = now + SHOWN_AFTER.as_secs(),
            Err(error) => {
                self.publish_after = now + PUBLISH_AGAIN.as_secs();
                self.warn(format!(
                    "the TLSA records of {} were not changed: {}",
                    self.hostname,
                    chain(&error)
                ));
            }
        }
        again
    }

    async fn keep(&mut self, rollover: Rollover) -> Result<(), String> {
        let (path, text) = (self.files.rollover.clone(), rollover.clone());
        let kept =
            blocking(move || text.write(&path).map_err(|error| format!("{}: {error}", path.display())));
        kept.await.unwrap_or_else(|| Err(no_writer().to_string()))?;
        // The next key is the one in use now.
        if rollover.stage == Stage::Retiring {
            self.forget_key().await;
        }
        if self.rollover.as_ref().is_none_or(|known| known.stage != rollover.stage) {
            self.tell(&rollover.next, rollover.stage.name());
            (self.publish_after, self.remind_after) = (0, 0);
        }
        self.rollover = Some(rollover);
        Ok(())
    }

    async fn forget_key(&self) {
        let key = self.files.next_key.clone();
        // What cannot be removed is replaced by the next change.
        let _ = blocking(move || std::fs::remove_file(key)).await;
    }

    async fn end(&mut self, how: &'static str) -> Rolled {
        let path = self.files.rollover.clone();
        match blocking(move || std::fs::remove_file(path)).await {
            Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => {
                self.warn(format!("{}: {error}", self.files.rollover.display()));
            }
            _ => {
                self.forget_key().await;
                if let Some(rollover) = self.rollover.take() {
                    self.tell(&rollover.next, how);
                }
            }
        }
        Rolled::default()
    }

    fn tell(&self, key: &KeyDigest, state: &'static str) {
        self.events.event(Event::CertificateKey { key: key.clone().into(), state });
    }

    fn remind(&mut self, now: u64, what: String) {
        if now >= self.remind_after {
            self.remind_after = now + REMIND_AGAIN;
            self.warn(what);
        }
    }

    fn warn(&self, what: String) {
        self.events.event(Event::Warning { what });
    }
}

impl Records {
    fn known(&self) -> impl Iterator<Item = &Vec<RecordData>> {
        self.answers.iter().filter_map(|answer| answer.records.as_ref().ok())
    }

    fn first(&self) -> Vec<RecordData> {
        self.known().next().cloned().unwrap_or_default()
    }

    fn ttl(&self) -> u64 {
        self.answers.iter().map(|answer| u64::from(answer.ttl)).max().unwrap_or_default()
    }

    fn sight(&self, rollover: &Rollover) -> Sight {
        // A record of an authority (2) does not depend on our key.
        let is_of_key = |record: &RecordData| matches!(record, RecordData::Tlsa(tlsa) if tlsa.usage == 3);
        if !self.known().flatten().any(is_of_key) {
            return Sight::NoDane;
        }
        let spread = |record: &RecordData| {
            let (with, all) =
                (self.known().filter(|records| records.contains(record)).count(), self.known().count());
            match with {
                0 => Spread::Nowhere,
                _ if with == all => Spread::Everywhere,
                _ => Spread::Somewhere,
            }
        };
        Sight::Dane { next: spread(&rollover.next.record()), old: spread(&rollover.old.record()) }
    }
}

#[cfg(test)]
mod tests {
    use postamt_net::dns::{DnsError, Tlsa};

    use super::*;

    fn seen(servers: &[Option<&[RecordData]>]) -> Records {
        let zone = Zone { name: "own.test".to_owned(), primary: "ns.own.test".to_owned(), servers: vec![] };
        let silent = || DnsError::Timeout { name: "own.test".to_owned(), record: "TLSA" };
        let answer = |records: &Option<&[RecordData]>| ServerAnswer {
            server: "ns.own.test".to_owned(),
            records: records.map(<[RecordData]>::to_vec).ok_or_else(silent),
            ttl: 60,
        };
        let answers = servers.iter().map(answer).collect();
        Records { zone, name: "_25._tcp.mail.own.test".to_owned(), answers }
    }

    #[test]
    fn what_the_servers_say_is_put_together() {
        let rollover = Rollover {
            old: KeyDigest(vec![1; 32]),
            next: KeyDigest(vec![2; 32]),
            stage: Stage::Announcing,
            since: 0,
            ttl: 0,
        };
        let (old, next) = (rollover.old.record(), rollover.next.record());
        let of_authority = RecordData::Tlsa(Tlsa { usage: 2, selector: 1, matching: 1, data: vec![7; 32] });
        let both = [old.clone(), next.clone()];
        let one = [old];
        let sight = |servers: &[Option<&[RecordData]>]| seen(servers).sight(&rollover);
        assert_eq!(sight(&[Some(&[])]), Sight::NoDane);
        assert_eq!(sight(&[Some(&[of_authority])]), Sight::NoDane);
        let dane = |next, old| Sight::Dane { next, old };
        assert_eq!(sight(&[Some(&one)]), dane(Spread::Nowhere, Spread::Everywhere));
        assert_eq!(sight(&[Some(&both), Some(&one)]), dane(Spread::Somewhere, Spread::Everywhere));
        assert_eq!(sight(&[Some(&both), None]), dane(Spread::Everywhere, Spread::Everywhere));
        assert_eq!(sight(&[Some(&[next]), Some(&[])]), dane(Spread::Somewhere, Spread::Nowhere));
    }
}
