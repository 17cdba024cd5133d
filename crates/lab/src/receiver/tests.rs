//! Each character, met over a real socket by a client that only knows lines.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_mailauth::verify::{Outcome, Verifier};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

use super::{
    BlackHole, Character, Delays, Judge, Receipt, Receipts, Receiver, ReceiverSettings, Refusal, TlsVersion,
};
use crate::certificates::{CertificateKind, LabAuthority, TlsVersions};
use crate::zones::{DnsServer, Record, StaticResolver, Zones};

const PATIENCE: Duration = Duration::from_secs(10);
const FREE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Reads replies and says lines, over TCP or TLS.
struct Client<S: AsyncRead + AsyncWrite> {
    stream: BufStream<S>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    fn over(stream: S) -> Self {
        Self { stream: BufStream::new(stream) }
    }

    /// The last line of the next reply.
    async fn reply(&mut self) -> String {
        loop {
            let mut line = String::new();
            timeout(PATIENCE, self.stream.read_line(&mut line)).await.unwrap().unwrap();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line.trim_end().to_owned();
            }
        }
    }

    async fn say(&mut self, line: &str) -> String {
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        self.stream.flush().await.unwrap();
        self.reply().await
    }

    /// Sends a message and returns the reply to the first command that is refused, or to the message.
    async fn send(&mut self, sender: &str, recipient: &str) -> String {
        for line in [format!("MAIL FROM:<{sender}>"), format!("RCPT TO:<{recipient}>"), "DATA".to_owned()] {
            let reply = self.say(&line).await;
            if !reply.starts_with(['2', '3']) {
                return reply;
            }
        }
        self.say("From: a@absender.test\r\nSubject: x\r\n\r\nText\r\n.").await
    }
}

impl Client<TcpStream> {
    async fn connect(to: SocketAddr) -> Self {
        Self::over(TcpStream::connect(to).await.unwrap())
    }

    /// Greets, upgrades and greets again.
    async fn tls(mut self, config: Arc<ClientConfig>) -> Client<tokio_rustls::client::TlsStream<TcpStream>> {
        assert!(self.reply().await.starts_with("220 mx.empfang.test "));
        self.say("EHLO mail.absender.test").await;
        assert!(self.say("STARTTLS").await.starts_with("220"));
        let name = ServerName::try_from("mx.empfang.test").unwrap();
        let stream = TlsConnector::from(config).connect(name, self.stream.into_inner()).await.unwrap();
        let mut client = Client::over(stream);
        assert!(client.say("EHLO mail.absender.test").await.starts_with("250"));
        client
    }

    async fn hello(mut self) -> Self {
        assert!(self.reply().await.starts_with("220 mx.empfang.test "));
        assert!(self.say("EHLO mail.absender.test").await.starts_with("250"));
        self
    }
}

/// A world of one server.
struct House {
    _dns: DnsServer,
    zones: Zones,
    authority: LabAuthority,
    receipts: Receipts,
    judge: Arc<Judge>,
}

impl House {
    async fn build() -> Self {
        let zones = Zones::default();
        let dns = DnsServer::start(FREE, zones.clone()).await.unwrap();
        let verifier = Verifier::new(&[dns.address()]).unwrap();
        let judge = Arc::new(Judge::new(verifier, Arc::new(StaticResolver::new(zones.clone()))));
        let authority = LabAuthority::new().unwrap();
        Self { _dns: dns, zones, authority, receipts: Receipts::default(), judge }
    }

    async fn open(&self, character: Character, tls: Option<(CertificateKind, TlsVersions)>) -> Receiver {
        let mut settings = ReceiverSettings::new(Domain::new("mx.empfang.test").unwrap(), FREE, character);
        if let Some((kind, versions)) = tls {
            settings =
                settings.with_tls(self.authority.server_config("mx.empfang.test", kind, versions).unwrap());
        }
        Receiver::start(settings, Arc::clone(&self.judge), self.receipts.clone()).await.unwrap()
    }

    fn trusting_client(&self) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.root().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        Arc::new(builder.unwrap().with_root_certificates(roots).with_no_client_auth())
    }

    async fn next(&self) -> Arc<Receipt> {
        timeout(PATIENCE, self.receipts.stream().next()).await.unwrap()
    }
}

#[tokio::test]
async fn a_mailbox_notes_what_it_takes() {
    let house = House::build().await;
    let receiver = house.open(Character::Mailbox, None).await;
    let mut client = Client::connect(receiver.address()).await.hello().await;
    assert_eq!(client.send("a@absender.test", "b@empfang.test").await, "250 2.0.0 accepted");
    let receipt = house.next().await;
    assert!(receipt.accepted);
    assert_eq!(receipt.server.as_str(), "mx.empfang.test");
    assert_eq!(receipt.hello, "mail.absender.test");
    assert_eq!(receipt.tls, None);
    assert_eq!(receipt.envelope.sender.as_ref().unwrap().to_string(), "a@absender.test");
    assert_eq!(receipt.envelope.recipients[0].address.to_string(), "b@empfang.test");
    assert_eq!(&receipt.content[..], b"From: a@absender.test\r\nSubject: x\r\n\r\nText\r\n");
    assert_eq!(receipt.judgement.as_ref().unwrap().to_string(), "spf=none dkim=none dmarc=none");
}

#[tokio::test]
async fn tls_is_offered_in_the_version_that_was_chosen() {
    let house = House::build().await;
    for (versions, expected) in [
        (TlsVersions::Current, TlsVersion::Tls13),
        (TlsVersions::Only13, TlsVersion::Tls13),
        (TlsVersions::Only12, TlsVersion::Tls12),
    ] {
        let receiver = house.open(Character::Sink, Some((CertificateKind::Good, versions))).await;
        let mut client = Client::connect(receiver.address()).await.tls(house.trusting_client()).await;
        let recipient = format!("{expected:?}@empfang.test");
        client.send("a@absender.test", &recipient).await;
        let wanted = |receipt: &Receipt| receipt.envelope.recipients[0].address.to_string() == recipient;
        let receipt = timeout(PATIENCE, house.receipts.wait_for(wanted)).await.unwrap();
        assert_eq!(receipt.tls, Some(expected));
    }
}

#[tokio::test]
async fn bad_certificates_are_bad() {
    let house = House::build().await;
    for kind in [CertificateKind::Expired, CertificateKind::SelfSigned, CertificateKind::WrongName] {
        let receiver = house.open(Character::Sink, Some((kind, TlsVersions::Current))).await;
        let mut client = Client::connect(receiver.address()).await.hello().await;
        client.say("STARTTLS").await;
        let name = ServerName::try_from("mx.empfang.test").unwrap();
        let connector = TlsConnector::from(house.trusting_client());
        assert!(connector.connect(name, client.stream.into_inner()).await.is_err(), "{kind:?}");
    }
}

#[tokio::test]
async fn the_strict_one_wants_a_name_and_proofs() {
    let house = House::build().await;
    let receiver = house.open(Character::Strict, None).await;
    let local = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let mut client = Client::connect(receiver.address()).await.hello().await;
    assert!(client.send("a@absender.test", "b@empfang.test").await.starts_with("550 5.7.25 "));

    house.zones.add_host("mail.absender.test", local);
    assert!(
        client.send("a@absender.test", "b@empfang.test").await.starts_with("550 5.7.23 "),
        "no SPF record"
    );

    house.zones.add("signiert.test", Record::Text("v=spf1 ip4:127.0.0.1 -all".to_owned()));
    let reply = client.send("a@signiert.test", "b@empfang.test").await;
    assert!(reply.starts_with("550 5.7.20 "), "no signature: {reply}");

    let refused = house.receipts.all();
    assert!(refused.iter().all(|receipt| !receipt.accepted));
    let judgement = refused[2].judgement.as_ref().unwrap();
    assert_eq!(judgement.reverse_name.as_deref(), Some("mail.absender.test"));
    assert_eq!(judgement.report.spf, Outcome::Pass);

    house.zones.add("mail.absender.test", Record::Text("v=spf1 a -all".to_owned()));
    let reply = client.send("", "b@empfang.test").await;
    assert!(reply.starts_with("250"), "a bounce from a host that its own name's SPF allows: {reply}");
}

#[tokio::test]
async fn the_greylister_lets_the_same_ones_in_later() {
    let house = House::build().await;
    let receiver = house.open(Character::Greylister { wait: Duration::from_millis(300) }, None).await;
    let mut client = Client::connect(receiver.address()).await.hello().await;
    let first = Instant::now();
    assert!(client.send("a@absender.test", "b@empfang.test").await.starts_with("451 4.7.1 "));
    client.say("RSET").await;
    // The wait is over after it has passed, however slow this machine is; until then it says "later".
    loop {
        let asked = Instant::now();
        let reply = client.send("a@absender.test", "b@empfang.test").await;
        if reply.starts_with("250") {
            assert!(first.elapsed() >= Duration::from_millis(300));
            break;
        }
        assert!(asked - first < Duration::from_millis(400), "{reply}");
        client.say("RSET").await;
        tokio::time::sleep_until(first + Duration::from_millis(301)).await;
    }
    assert!(client.send("a@absender.test", "c@empfang.test").await.starts_with("451"), "another recipient");
}

#[tokio::test]
async fn the_slow_one_takes_its_time() {
    let house = House::build().await;
    let delays = Delays {
        greeting: Duration::from_millis(60),
        command: Duration::from_millis(30),
        message: Duration::from_millis(60),
    };
    let receiver = house.open(Character::Slow(delays), None).await;
    let begin = Instant::now();
    let mut client = Client::connect(receiver.address()).await.hello().await;
    assert!(begin.elapsed() >= Duration::from_millis(60));
    assert!(client.send("a@absender.test", "b@empfang.test").await.starts_with("250"));
    assert!(begin.elapsed() >= Duration::from_millis(180));
}

#[tokio::test]
async fn each_refusal_comes_where_it_should_and_is_noted() {
    let house = House::build().await;
    for (refusal, expected) in [
        (Refusal::Sender, "550 5.7.1 "),
        (Refusal::Recipient, "550 5.1.1 "),
        (Refusal::MailboxFull, "452 4.2.2 "),
        (Refusal::Message, "554 5.7.1 "),
    ] {
        let receiver = house.open(Character::Refuser(refusal), None).await;
        let mut client = Client::connect(receiver.address()).await.hello().await;
        let reply = client.send("a@absender.test", "b@empfang.test").await;
        assert!(reply.starts_with(expected), "{refusal:?}: {reply}");
        let receipt = house.receipts.all().pop().unwrap();
        assert_eq!((receipt.accepted, receipt.reply.to_string()), (false, reply));
    }
    for (refusal, expected) in [(Refusal::Busy, "421 4.3.2 "), (Refusal::Banned, "554 5.7.1 ")] {
        let receiver = house.open(Character::Refuser(refusal), None).await;
        let mut client = Client::connect(receiver.address()).await;
        assert!(client.reply().await.starts_with(expected), "{refusal:?}");
        assert_eq!(client.reply().await, "", "and the connection is closed");
    }
}

#[tokio::test]
async fn a_black_hole_swallows_every_connection() {
    let hole = BlackHole::open(FREE).await.unwrap();
    for _ in 0..3 {
        let socket = TcpSocket::new_v4().unwrap();
        let attempt = timeout(Duration::from_millis(150), socket.connect(hole.address())).await;
        assert!(attempt.is_err(), "no answer, not even a refusal: {attempt:?}");
    }
}

#[tokio::test]
async fn a_late_reader_of_the_record_misses_nothing() {
    let house = House::build().await;
    let receiver = house.open(Character::Sink, None).await;
    let mut client = Client::connect(receiver.address()).await.hello().await;
    for number in 0..3 {
        client.send("a@absender.test", &format!("b{number}@empfang.test")).await;
    }
    let mut stream = house.receipts.stream();
    for number in 0..3 {
        let receipt = timeout(PATIENCE, stream.next()).await.unwrap();
        assert_eq!(receipt.envelope.recipients[0].address.to_string(), format!("b{number}@empfang.test"));
        assert_eq!(receipt.header("subject").as_deref(), Some("x"));
    }
}
