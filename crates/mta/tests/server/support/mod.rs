//! A whole server on loopback, living in the lab's miniature Internet: real sockets, real DNS, a real spool.

pub mod clamd;
pub mod clock;
pub mod disk;
mod events;
pub mod facts;
pub mod path25;
pub mod peer;
pub mod rspamd;
mod settings;
mod start;
pub mod talk;
pub mod web;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use postamt_lab::receiver::{Character, Judge, Receipt, Receiver, ReceiverSettings};
use postamt_lab::scenario::Bounce;
use postamt_lab::world::{RESIDENTS, World, WorldSettings};
use postamt_lab::zones::{Record, StaticResolver};
use postamt_mail::address::{Address, Domain};
use postamt_mailauth::dkim::{self, Algorithm, KeyStore};
use postamt_mailauth::verify::Verifier;
use postamt_mta::events::Event;
use postamt_mta::handle::{QueueAction, QueueEntry};
use postamt_mta::settings::*;
use postamt_mta::{Running, Selection};
use postamt_net::dial::SystemDialer;
use postamt_net::smtp::{
    Connection, Credentials, Hop, Outcome, RecipientOutcome, Secret, TlsContext, TlsPolicy, Transaction,
    Verify,
};
use postamt_store::embedded::{SqliteHistory, SqliteTransport};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use clock::AheadClock;
use disk::FaultyDisk;
pub use events::Events;
use facts::FaultyFacts;
use path25::Path25;
use peer::{Heard, Peer};
use start::{Started, start};

/// The login of the tests.
pub const LOGIN: &str = "anna@absender.test";
/// Its password.
pub const PASSWORD: &str = "korrekt-pferd-batterie";

/// Where the server's DNS answers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dns {
    /// The world's name server, without validation.
    #[default]
    Plain,
    /// The same, asked for signatures that it does not have.
    Stripped,
    /// All of the world's zones are signed and validated.
    Signed,
}

/// What surrounds a server beside its world.
#[derive(Debug, Clone, Copy, Default)]
pub struct Outside {
    /// DNS.
    pub dns: Dns,
    /// The lab's authority is trusted.
    pub trusts_lab: bool,
    /// Where documents are fetched from.
    pub web_port: u16,
}

/// A server and the world around it.
pub struct House {
    /// The world.
    pub world: World,
    /// The server.
    pub running: Running,
    /// Its events.
    pub events: Arc<Events>,
    /// What it remembers.
    pub history: Arc<SqliteHistory>,
    /// The disk below its spool.
    pub disk: FaultyDisk,
    /// Its way out, which a test can block.
    pub path: Path25,
    /// Its clock.
    pub clock: AheadClock,
    /// What it knows of its ways out.
    pub facts: Arc<FaultyFacts>,
    /// What it knows of the TLS of others.
    pub transport: Arc<SqliteTransport>,
    /// What surrounds it.
    outside: Outside,
    /// Its state directory.
    pub directory: tempfile::TempDir,
    /// Its settings.
    pub settings: Settings,
    /// Receivers that the test has added.
    receivers: Vec<Receiver>,
}

impl House {
    /// A server with the usual settings.
    pub async fn build() -> Self {
        Self::build_with(|_, _| {}).await
    }

    /// A server whose settings are changed by `change`, which is told the state directory.
    pub async fn build_with(change: impl FnOnce(&mut Settings, &Path)) -> Self {
        let world = World::build(WorldSettings::test()).await.expect("a world");
        Self::build_in(world, change).await
    }

    /// A server in a world that was prepared.
    pub async fn build_in(world: World, change: impl FnOnce(&mut Settings, &Path)) -> Self {
        Self::build_around(world, Outside::default(), change).await
    }

    /// A server in a world that was prepared, with other surroundings than usual.
    pub async fn build_around(
        world: World,
        outside: Outside,
        change: impl FnOnce(&mut Settings, &Path),
    ) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let parameters = world.parameters().expect("parameters");
        let mut settings = settings::usual(&parameters, directory.path());
        change(&mut settings, directory.path());
        let record = make_key(directory.path(), &parameters.domain);
        world.publish_dkim("s1", &record);
        let ways = (Path25::new(parameters.remote_port), AheadClock::default());
        Self::open(world, outside, directory, settings, ways, Vec::new()).await
    }

    /// A server on the state that `directory` has; events begin anew.
    async fn open(
        world: World,
        outside: Outside,
        directory: tempfile::TempDir,
        settings: Settings,
        (path, clock): (Path25, AheadClock),
        receivers: Vec<Receiver>,
    ) -> Self {
        let events = Arc::new(Events::default());
        let Started { running, history, disk, facts, transport } =
            start(&world, outside, &settings, directory.path(), &events, (&path, &clock)).await;
        Self {
            world,
            running,
            events,
            history,
            disk,
            path,
            clock,
            facts,
            transport,
            outside,
            directory,
            settings,
            receivers,
        }
    }

    /// Stops the server and starts it again on the same state; events begin anew.
    pub async fn restart(self) -> Self {
        let Self {
            world,
            running,
            history,
            disk,
            path,
            clock,
            facts,
            transport,
            outside,
            directory,
            settings,
            receivers,
            ..
        } = self;
        running.shutdown().await;
        // The old handles hold the spool.
        drop((running, history, disk, facts, transport));
        Self::open(world, outside, directory, settings, (path, clock), receivers).await
    }

    /// An address in the network of the receivers, on the port of direct delivery. Numbers from 100 on are free.
    pub fn place(&self, number: u8) -> SocketAddr {
        place(&self.world, number)
    }

    /// Makes a host of this name at [`House::place`] the exchanger of a domain.
    pub fn exchanger(&self, domain: &str, host: &str, number: u8) {
        self.world.zones().add(domain, Record::Mx { preference: 10, exchange: host.to_owned() });
        if number != 0 {
            self.world.zones().add_host(host, self.place(number).ip());
        }
    }

    /// A receiver of the lab for a new domain; its host is `mx.` the domain.
    pub async fn receiver(&mut self, domain: &str, number: u8, character: Character) {
        self.receiver_with(domain, number, character, None).await;
    }

    /// The same with a certificate, or without TLS.
    pub async fn receiver_with(
        &mut self,
        domain: &str,
        number: u8,
        character: Character,
        tls: Option<Arc<rustls::ServerConfig>>,
    ) {
        let host = format!("mx.{domain}");
        self.exchanger(domain, &host, number);
        let name = Domain::new(&host).expect("a name");
        let receiver = ReceiverSettings { tls, ..ReceiverSettings::new(name, self.place(number), character) };
        let resolver = Arc::new(StaticResolver::new(self.world.zones().clone()));
        let verifier = Verifier::new(&[self.world.dns_server()]).expect("a verifier");
        let judge = Arc::new(Judge::new(verifier, resolver));
        let started = Receiver::start(receiver, judge, self.world.receipts().clone()).await;
        self.receivers.push(started.expect("a receiver"));
    }

    /// A scripted server for a new domain; its host is `mx.` the domain.
    pub async fn peer(
        &self,
        domain: &str,
        number: u8,
        answer: impl Fn(&Heard) -> String + Send + Sync + 'static,
    ) -> Peer {
        self.exchanger(domain, &format!("mx.{domain}"), number);
        Peer::start(self.place(number), answer).await
    }

    /// Logs in on the submission port.
    pub async fn login(&self) -> Connection {
        let address = self.address(Purpose::Submission);
        let mut hop = Hop::new(address, "laptop.absender.test");
        hop.tls = TlsPolicy::Required(Verify::Encrypt);
        hop.credentials = Some(Credentials::new(LOGIN, Secret::new(PASSWORD)));
        let tls = TlsContext::with_roots([]);
        Connection::open(&SystemDialer, &tls, &hop).await.expect("logged in")
    }

    /// Submits a message that must not travel without TLS: the client knows the server by its certificate.
    pub async fn send_protected(&self, transaction: &Transaction) -> String {
        let pem = std::fs::read(self.certificate()).expect("a certificate");
        let certificate = CertificateDer::from_pem_slice(&pem).expect("PEM");
        let mut hop = Hop::new(self.address(Purpose::Submission), "laptop.absender.test");
        hop.host = Some(self.settings.hostname.clone());
        hop.tls = TlsPolicy::Required(Verify::WebPki {
            names: vec![self.settings.hostname.to_string()],
            extra_roots: None,
        });
        hop.credentials = Some(Credentials::new(LOGIN, Secret::new(PASSWORD)));
        let tls = TlsContext::with_roots([certificate]);
        let mut connection = Connection::open(&SystemDialer, &tls, &hop).await.expect("logged in");
        let outcome = connection.deliver(transaction).await;
        connection.quit().await;
        id_of(&outcome)
    }

    /// The address of a listener.
    pub fn address(&self, purpose: Purpose) -> SocketAddr {
        self.running.addresses().into_iter().find(|(p, _)| *p == purpose).expect("a listener").1
    }

    /// The server's certificate.
    pub fn certificate(&self) -> &Path {
        &self.settings.certificate.chain
    }

    /// Submits a small message; it must be taken. Gives its id.
    pub async fn submit(&self, recipients: &[&str]) -> String {
        self.send(&message(recipients, "Hallo")).await
    }

    /// Submits a message; it must be taken. Gives its id.
    pub async fn send(&self, transaction: &Transaction) -> String {
        let mut connection = self.login().await;
        let outcome = connection.deliver(transaction).await;
        connection.quit().await;
        id_of(&outcome)
    }

    /// Waits for something that a receiving server saw.
    pub async fn receipt(&self, wanted: impl FnMut(&Receipt) -> bool) -> Arc<Receipt> {
        let receipts = self.world.receipts();
        tokio::time::timeout(Duration::from_secs(60), receipts.wait_for(wanted))
            .await
            .unwrap_or_else(|_| panic!("not seen; events: {:#?}", self.events.all()))
    }

    /// Waits for the notice about a recipient in the mailbox of the sender domain.
    pub async fn notice(&self, recipient: &str) -> (Arc<Receipt>, Bounce) {
        let about = |receipt: &Receipt| {
            let is_here = receipt.server.as_str() == "mx.absender.test";
            Bounce::read(receipt).into_iter().find(|bounce| is_here && bounce.recipient == recipient)
        };
        let receipt = self.receipt(|receipt| about(receipt).is_some()).await;
        let bounce = about(&receipt).expect("found");
        (receipt, bounce)
    }

    /// Waits until nothing of a message waits any more.
    pub async fn finished(&self, id: &str) {
        self.events.wait_for(1, |event| matches!(event, Event::Finished { id: other } if other == id)).await;
    }

    /// Waits until a message was put off so many times; gives when it is due.
    pub async fn deferred(&self, id: &str, count: usize) -> u64 {
        let found = self
            .events
            .wait_for(count, |event| matches!(event, Event::Deferred { attempt, .. } if attempt.id == id));
        match found.await.pop() {
            Some(Event::Deferred { next, .. }) => next,
            other => panic!("no deferral: {other:?}"),
        }
    }

    /// What the queue says of a message, if it waits.
    pub async fn entry(&self, id: &str) -> Option<QueueEntry> {
        self.running.list().await.into_iter().find(|entry| entry.id == id)
    }

    /// Does something to one message.
    pub async fn act(&self, action: QueueAction, id: &str) {
        assert_eq!(self.running.act(action, &Selection::Ids(vec![id.to_owned()])).await, 1);
    }
}

/// See [`House::place`].
pub fn place(world: &World, number: u8) -> SocketAddr {
    let resident = RESIDENTS.iter().find(|resident| resident.domain == "streng.test").expect("a resident");
    let mut address = world.address_of(resident);
    let IpAddr::V4(ip) = address.ip() else { panic!("IPv4 on loopback") };
    let [a, b, c, _] = ip.octets();
    address.set_ip([a, b, c, number].into());
    address
}

/// The id that the server gave to a message that it took.
pub fn id_of(outcome: &Outcome) -> String {
    let RecipientOutcome::Delivered(reply) = &outcome.recipients[0] else { panic!("not taken: {outcome:?}") };
    reply.text().strip_prefix("queued as ").expect("an id").to_owned()
}

/// A small message from the test login.
pub fn message(recipients: &[&str], subject: &str) -> Transaction {
    let text = format!(
        "From: Anna <{LOGIN}>\r\nTo: {}\r\nBcc: geheim@streng.test\r\nSubject: {subject}\r\n\r\nGuten Tag\r\n",
        recipients.join(", ")
    );
    let recipients = recipients
        .iter()
        .map(|text| postamt_mail::envelope::Recipient::new(Address::new(text).expect("a valid address")));
    Transaction {
        sender: Some(Address::new(LOGIN).expect("a valid address")),
        recipients: recipients.collect(),
        content: vec![text.into()],
        ..Transaction::default()
    }
}

/// One key serves all servers: making one takes its time.
fn make_key(directory: &Path, domain: &Domain) -> String {
    static KEY: OnceLock<String> = OnceLock::new();
    let pem = KEY.get_or_init(|| dkim::generate(Algorithm::Rsa, 2048).expect("a key").to_string());
    let store = KeyStore::open(directory.join("dkim")).expect("a key store");
    let key = store.create(domain.clone(), "s1", pem).expect("stored");
    key.key.public_record()
}

/// Files below a Maildir's `new`.
pub fn mails_in(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory.join("new")).into_iter().flatten();
    entries.filter_map(Result::ok).map(|entry| entry.path()).collect()
}
