//! How challenges are answered: a TXT record by whoever changes our zones, a file on port 80, a certificate on
//! port 443. What is not possible here says why when it is asked.

use std::future::Future;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use postamt_mta::events::{Event, EventSink};
use postamt_net::PortFuture;
use postamt_net::acme::{Challenge, ChallengeKind, Responder, proof_configuration};
use postamt_net::dns::authority::{Authority, ServerAnswer, Zone};
use postamt_net::dns::publish::{Change, Publisher};
use postamt_net::dns::record::{RecordData, RecordKind};
use postamt_web::{BindError, Challenges, Encryption, Site, bind, serve};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::chain;

/// Where the authority looks for a file (RFC 8555 §8.3).
pub const HTTP: u16 = 80;
/// Where it looks for a certificate (RFC 8737 §3).
pub const HTTPS: u16 = 443;
/// Time to live of a challenge's record, in seconds: nobody needs it twice.
const TTL: u32 = 60;
/// How long the zone's servers may take to show a record.
const SPREADING: Duration = Duration::from_secs(120);
/// The same for the servers of a provider, which take changes over from its interface now and then.
const SPREADING_SLOWLY: Duration = Duration::from_secs(1_200);
/// How often they are asked.
const LOOK: Duration = Duration::from_secs(1);
/// The same.
const LOOK_SLOWLY: Duration = Duration::from_secs(10);

/// A file on port 80.
pub struct ByHttp {
    /// The pages, with the challenges.
    pub site: Arc<Site>,
    /// Whether the web listens there anyway. Otherwise a port is opened for as long as it takes.
    pub listens: bool,
    /// The ports that are open for this.
    pub door: Mutex<Option<OpenDoor>>,
}

/// A port that is open for a while.
pub struct OpenDoor {
    stop: CancellationToken,
    task: JoinHandle<()>,
    /// Challenges that need it.
    users: usize,
}

impl ByHttp {
    async fn enter(&self) -> Result<(), BindError> {
        if self.listens {
            return Ok(());
        }
        let mut door = self.door.lock().await;
        if let Some(open) = door.as_mut() {
            open.users += 1;
            return Ok(());
        }
        // One socket for both families, or of IPv4 alone where the kernel has no IPv6.
        let both = SocketAddr::from((Ipv6Addr::UNSPECIFIED, HTTP));
        let bound = match bind(both, Encryption::None).await {
            Err(error) if error.source.kind() != std::io::ErrorKind::AddrInUse => {
                bind(SocketAddr::from((Ipv4Addr::UNSPECIFIED, HTTP)), Encryption::None).await
            }
            bound => bound,
        }?;
        let stop = CancellationToken::new();
        let task = tokio::spawn(serve(bound, self.site.clone(), stop.clone()));
        *door = Some(OpenDoor { stop, task, users: 1 });
        Ok(())
    }

    async fn leave(&self) {
        let mut door = self.door.lock().await;
        let Some(mut open) = door.take() else { return };
        open.users -= 1;
        if open.users > 0 {
            *door = Some(open);
            return;
        }
        open.stop.cancel();
        // It panicked, which its thread has said on stderr; the port is closed in any case.
        let _ = open.task.await;
    }
}

impl Responder for ByHttp {
    fn kind(&self) -> ChallengeKind {
        ChallengeKind::Http
    }

    fn open<'a>(&'a self, challenge: &'a Challenge) -> PortFuture<'a, Result<(), String>> {
        Box::pin(async move {
            self.enter().await.map_err(|error| format!("{error}: {}", error.source))?;
            self.site.challenges.open(&challenge.token, &challenge.authorization);
            Ok(())
        })
    }

    fn close<'a>(&'a self, challenge: &'a Challenge) -> PortFuture<'a, ()> {
        Box::pin(async move {
            self.site.challenges.close(&challenge.token);
            self.leave().await;
        })
    }
}

/// A certificate on port 443.
pub struct ByTls {
    /// What the web's ports show.
    pub challenges: Challenges,
    /// Whether the web listens there.
    pub listens: bool,
}

impl Responder for ByTls {
    fn kind(&self) -> ChallengeKind {
        ChallengeKind::TlsAlpn
    }

    fn open<'a>(&'a self, challenge: &'a Challenge) -> PortFuture<'a, Result<(), String>> {
        Box::pin(async move {
            if !self.listens {
                return Err(format!("`web.https` has no address with port {HTTPS}"));
            }
            let proof = proof_configuration(&challenge.name, &challenge.digest);
            self.challenges.open_certificate(&challenge.name, proof.map_err(|error| error.to_string())?);
            Ok(())
        })
    }

    fn close<'a>(&'a self, challenge: &'a Challenge) -> PortFuture<'a, ()> {
        Box::pin(async move { self.challenges.close_certificate(&challenge.name) })
    }
}

/// A TXT record.
pub struct ByDns {
    /// Finds and asks the zone's servers.
    pub authority: Authority,
    /// Changes the zone.
    pub publisher: Option<Arc<dyn Publisher>>,
    /// Hears of records that could not be taken back.
    pub events: Arc<dyn EventSink>,
}

impl ByDns {
    async fn publish(&self, challenge: &Challenge) -> Result<(), String> {
        let Some(publisher) = &self.publisher else {
            return Err(
                "nobody changes our zones from here (neither `dns.update_key` nor `dns.provider` is set)"
                    .to_owned(),
            );
        };
        let (name, zone) = self.place(challenge).await?;
        let value = RecordData::Txt(challenge.dns_value.clone());
        let seen = self.seen(&zone, &name).await.map_err(|error| led(challenge, &name, &zone, &error))?;
        let spread = self.spread(&zone, &name, &value, publisher.shows_at_once());
        match put(&**publisher, &zone, (&name, seen, &value), spread).await {
            Ok(()) => Ok(()),
            Err(NotPut::Stays { reason, left }) => {
                self.left(&name, &left);
                Err(reason)
            }
            Err(NotPut::Refused(reason)) => Err(led(challenge, &name, &zone, &reason)),
            Err(NotPut::Gone(reason)) => Err(reason),
        }
    }

    async fn take_back(&self, challenge: &Challenge) -> Result<(), String> {
        let Some(publisher) = &self.publisher else { return Ok(()) };
        let (name, zone) = self.place(challenge).await?;
        let seen = self.seen(&zone, &name).await?;
        let value = RecordData::Txt(challenge.dns_value.clone());
        // What a provider's servers do not show yet, its interface knows.
        if publisher.shows_at_once() && !seen.contains(&value) {
            return Ok(());
        }
        let change = change(&name, seen, vec![value], Vec::new());
        publisher.apply(&zone, &[change]).await.map_err(|error| chain(&error))
    }

    /// Tells of a record that could not be taken back.
    fn left(&self, name: &str, error: &str) {
        let what = format!("the record {name} was not taken back: {error}");
        self.events.event(Event::Warning { what });
    }

    /// Where the record goes: an alias may lead to a zone that is for this alone (RFC 8555 §8.4 looks it up as any
    /// TXT record).
    async fn place(&self, challenge: &Challenge) -> Result<(String, Zone), String> {
        let name = record_name(challenge);
        let target = self.authority.target_of(&name).await.map_err(|error| error.to_string())?;
        let zone = self.authority.zone_of(&target).await.map_err(|error| error.to_string())?;
        Ok((target, zone))
    }

    /// What the first server that answers has at a name.
    async fn seen(&self, zone: &Zone, name: &str) -> Result<Vec<RecordData>, String> {
        let mut failure = format!("the zone {} has no server", zone.name);
        for answer in self.authority.ask(zone, name, RecordKind::Txt).await {
            match answer.records {
                Ok(records) => return Ok(records),
                Err(error) => failure = error.to_string(),
            }
        }
        Err(failure)
    }

    /// Waits until every server of the zone that answers shows the record: the authority may ask any of them.
    async fn spread(
        &self,
        zone: &Zone,
        name: &str,
        value: &RecordData,
        shows_at_once: bool,
    ) -> Result<(), String> {
        let (patience, look) = match shows_at_once {
            true => (SPREADING, LOOK),
            false => (SPREADING_SLOWLY, LOOK_SLOWLY),
        };
        let all_show = async {
            while !is_everywhere(&self.authority.ask(zone, name, RecordKind::Txt).await, value) {
                tokio::time::sleep(look).await;
            }
        };
        tokio::time::timeout(patience, all_show)
            .await
            .map_err(|_| format!("not all servers of {} show the record {name}", zone.name))
    }
}

impl Responder for ByDns {
    fn kind(&self) -> ChallengeKind {
        ChallengeKind::Dns
    }

    fn open<'a>(&'a self, challenge: &'a Challenge) -> PortFuture<'a, Result<(), String>> {
        Box::pin(self.publish(challenge))
    }

    fn close<'a>(&'a self, challenge: &'a Challenge) -> PortFuture<'a, ()> {
        Box::pin(async move {
            if let Err(error) = self.take_back(challenge).await {
                self.left(&record_name(challenge), &error);
            }
        })
    }
}

/// Why a record is not shown.
#[derive(Debug, PartialEq, Eq)]
enum NotPut {
    /// The zone was not changed, in words why.
    Refused(String),
    /// In words; it is not in the zone.
    Gone(String),
    /// It could not be taken back.
    Stays { reason: String, left: String },
}

/// Publishes a record and waits until it has `spread`. One that does not is taken back: a challenge that was never shown
/// is not closed by anybody. No server is asked before that, since one that lags behind does not have it.
async fn put(
    publisher: &dyn Publisher,
    zone: &Zone,
    (name, seen, value): (&str, Vec<RecordData>, &RecordData),
    spread: impl Future<Output = Result<(), String>>,
) -> Result<(), NotPut> {
    let there = change(name, seen, Vec::new(), vec![value.clone()]);
    let after = there.after();
    publisher.apply(zone, &[there]).await.map_err(|error| NotPut::Refused(chain(&error)))?;
    let Err(reason) = spread.await else { return Ok(()) };
    let back = change(name, after, vec![value.clone()], Vec::new());
    Err(match publisher.apply(zone, &[back]).await {
        Ok(()) => NotPut::Gone(reason),
        Err(error) => NotPut::Stays { reason, left: chain(&error) },
    })
}

/// Whether each server that answers has the record, and one does.
fn is_everywhere(answers: &[ServerAnswer], value: &RecordData) -> bool {
    let known: Vec<_> = answers.iter().filter_map(|answer| answer.records.as_ref().ok()).collect();
    !known.is_empty() && known.iter().all(|records| records.contains(value))
}

/// RFC 8555 §8.4.
fn record_name(challenge: &Challenge) -> String {
    format!("_acme-challenge.{}", challenge.name)
}

/// What went wrong, and whither the name leads if it is elsewhere.
fn led(challenge: &Challenge, name: &str, zone: &Zone, error: &str) -> String {
    let asked = record_name(challenge);
    if asked == name {
        return error.to_owned();
    }
    format!(
        "{asked} is an alias of {name} in the zone {}, which was not changed from here: {error}",
        zone.name
    )
}

fn change(name: &str, seen: Vec<RecordData>, remove: Vec<RecordData>, add: Vec<RecordData>) -> Change {
    Change { name: name.to_owned(), kind: RecordKind::Txt, ttl: TTL, seen, remove, add }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use postamt_net::dns::publish::PublishError;

    use super::*;

    /// A zone that nobody else changes.
    struct OneName(Mutex<Vec<RecordData>>, fn(&Change) -> bool);

    impl Publisher for OneName {
        fn apply<'a>(
            &'a self,
            zone: &'a Zone,
            changes: &'a [Change],
        ) -> PortFuture<'a, Result<(), PublishError>> {
            Box::pin(async move {
                let mut records = self.0.lock().expect("the records");
                for change in changes {
                    if change.seen != *records || !self.1(change) {
                        return Err(PublishError::Changed { zone: zone.name.clone() });
                    }
                    *records = change.after();
                }
                Ok(())
            })
        }

        fn name(&self) -> String {
            "a test".to_owned()
        }
    }

    #[tokio::test]
    async fn a_record_that_does_not_spread_is_taken_back_and_others_stay() {
        let zone =
            Zone { name: "own.test".to_owned(), primary: "ns.own.test".to_owned(), servers: Vec::new() };
        let text = |text: &str| RecordData::Txt(text.to_owned());
        let (others, ours) = (vec![text("of another host")], text("ours"));
        let name = "_acme-challenge.mail.own.test";
        let late = || async { Err("not all servers show it".to_owned()) };

        let publisher = OneName(Mutex::new(others.clone()), |_| true);
        let failed = put(&publisher, &zone, (name, others.clone(), &ours), late()).await;
        assert_eq!(failed, Err(NotPut::Gone("not all servers show it".to_owned())));
        assert_eq!(*publisher.0.lock().expect("the records"), others);

        put(&publisher, &zone, (name, others.clone(), &ours), async { Ok(()) }).await.expect("spread");
        assert!(publisher.0.lock().expect("the records").contains(&ours), "it stays until it is closed");

        let stubborn = OneName(Mutex::new(others.clone()), |change| change.remove.is_empty());
        let failed = put(&stubborn, &zone, (name, others, &ours), late()).await;
        assert!(matches!(failed, Err(NotPut::Stays { .. })), "{failed:?}");
    }
}
