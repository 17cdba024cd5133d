//! Relay services: logins, certificates, what they refuse, what they make of a message, and bounces.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use postamt_lab::isp::{Isp, RELAY_LOGIN, RELAY_PASSWORD, Relay, RelayKind};
use postamt_lab::receiver::Receipt;
use postamt_lab::world::MAILBOX_HOST;
use postamt_mail::address::{Address, Domain};
use postamt_mail::envelope::{BodyType, Recipient};
use postamt_mailauth::dkim::{
    Algorithm, MINIMUM_RSA_BITS, SignOptions, SignProfile, SigningKey, generate, sign,
};
use postamt_mailauth::verify::Outcome;
use postamt_net::clock::{Clock as _, SystemClock};
use postamt_net::dial::SystemDialer;
use postamt_net::smtp::{
    Connection, Credentials, Hop, Mechanism, OpenFailure, RecipientOutcome, Secret, TlsContext, TlsPolicy,
    Transaction, Verify,
};
use tokio::time::timeout;

use super::eyes::ANSWER;

const SENDER: &str = "anna@absender.test";

/// A customer of the relays, with keys.
pub struct Customer {
    tls: TlsContext,
    keys: Vec<Arc<SigningKey>>,
}

impl Customer {
    pub fn new(isp: &Isp) -> Self {
        let domain = Domain::new("absender.test").unwrap();
        let keys = Algorithm::ALL.map(|algorithm| {
            let pem = generate(algorithm, MINIMUM_RSA_BITS).unwrap();
            let key = SigningKey::from_pem(domain.clone(), algorithm.name(), pem.as_bytes()).unwrap();
            isp.world().publish_dkim(key.selector(), &key.public_record());
            Arc::new(key)
        });
        let tls = TlsContext::with_roots([isp.world().authority().root().clone()]);
        Self { tls, keys: keys.to_vec() }
    }

    fn hop(relay: &Relay, family: usize, port: u16, password: &str) -> Hop {
        let verify = Verify::WebPki { names: vec![relay.host.to_string()], extra_roots: None };
        let is_implicit = relay.tls_ports.contains(&port);
        Hop {
            host: Some(relay.host.clone()),
            tls: if is_implicit { TlsPolicy::Implicit(verify) } else { TlsPolicy::Required(verify) },
            credentials: Some(Credentials::new(RELAY_LOGIN, Secret::new(password))),
            ..Hop::new(SocketAddr::new(relay.addresses[family], port), "mail.absender.test")
        }
    }

    async fn open(&self, relay: &Relay) -> Connection {
        let hop = Self::hop(relay, 0, 587, RELAY_PASSWORD);
        Connection::open(&SystemDialer, &self.tls, &hop).await.unwrap()
    }

    /// Signs and sends; at most `signatures`, not over `skip`.
    async fn send(&self, relay: &Relay, letter: &Letter<'_>) -> RecipientOutcome {
        let profile = SignProfile {
            max_signatures: letter.signatures,
            skip_headers: letter.skip.iter().map(|&name| name.to_owned()).collect(),
            ..SignProfile::default()
        };
        let timestamp = SystemClock.unix_seconds();
        let options = SignOptions { timestamp, expire_after: None, profile: Arc::new(profile) };
        let author = letter.sender.unwrap_or(SENDER);
        let message = format!(
            "From: <{author}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n\
             Message-ID: <{subject}@absender.test>\r\n\r\nGruss\r\n",
            to = letter.to,
            subject = letter.subject,
        );
        let message = Bytes::from(message);
        let signature = sign(&self.keys, std::slice::from_ref(&message), &options).unwrap();
        let transaction = Transaction {
            sender: letter.sender.map(|sender| Address::new(sender).unwrap()),
            recipients: vec![Recipient::new(Address::new(letter.to).unwrap())],
            body: BodyType::SevenBit,
            smtputf8: false,
            require_tls: false,
            return_content: None,
            envelope_id: None,
            content: vec![signature, message],
        };
        let mut connection = self.open(relay).await;
        let outcome = connection.deliver(&transaction).await;
        connection.quit().await;
        outcome.recipients.into_iter().next().unwrap()
    }
}

/// What is sent.
#[derive(Clone, Copy)]
struct Letter<'a> {
    sender: Option<&'a str>,
    to: &'a str,
    subject: &'a str,
    signatures: usize,
    skip: &'a [&'a str],
}

const REWRITTEN: &[&str] = &["Message-ID", "Date"];

impl<'a> Letter<'a> {
    fn of(subject: &'a str) -> Self {
        Self { sender: Some(SENDER), to: "post@venus.test", subject, signatures: 1, skip: REWRITTEN }
    }
}

fn words(outcome: &RecipientOutcome) -> String {
    match outcome {
        RecipientOutcome::Delivered(reply) => reply.to_string(),
        RecipientOutcome::Refused { reply, .. } => reply.to_string(),
        other => panic!("{other:?}"),
    }
}

async fn receipt(isp: &Isp, server: &str, subject: &str) -> Arc<Receipt> {
    let is_it = |receipt: &Receipt| {
        receipt.server.as_str() == server && receipt.header("Subject").as_deref() == Some(subject)
    };
    timeout(ANSWER, isp.world().receipts().wait_for(is_it)).await.expect("a receipt")
}

pub async fn quirks(isp: &Isp, customer: &Customer) {
    logins(isp, customer).await;
    certificates(isp, customer).await;

    let ses = isp.relay(RelayKind::Ses).unwrap();
    let one = customer.send(ses, &Letter::of("eine")).await;
    assert!(one.is_delivered(), "{one:?}");
    let taken = receipt(isp, "smtp.ses.test", "eine").await;
    let report = &taken.judgement.as_ref().unwrap().report;
    assert_eq!(report.signatures.len(), 1);
    assert_eq!((report.spf, report.dkim, report.dmarc), (Outcome::Pass, Outcome::Pass, Outcome::Pass));
    assert!(taken.header("Message-ID").unwrap().ends_with("@eu-lab-1.ses.test>"));
    assert_ne!(taken.header("Date").unwrap(), "Mon, 1 Jan 2024 00:00:00 +0000");

    // A signature over what is rewritten does not survive, and SPF speaks for the relay's own name only.
    assert!(customer.send(ses, &Letter { skip: &[], ..Letter::of("zuviel") }).await.is_delivered());
    let broken = receipt(isp, "smtp.ses.test", "zuviel").await;
    let report = &broken.judgement.as_ref().unwrap().report;
    assert_eq!((report.spf, report.dkim, report.dmarc), (Outcome::Pass, Outcome::Fail, Outcome::Fail));

    for (letter, said) in [
        (Letter { signatures: 2, ..Letter::of("zwei") }, "Duplicate header 'DKIM-Signature'"),
        (Letter { sender: None, ..Letter::of("niemand") }, "Invalid MAIL FROM"),
        (Letter { sender: Some("otto@fremd.test"), ..Letter::of("fremd") }, "not verified"),
    ] {
        let outcome = customer.send(ses, &letter).await;
        assert!(!outcome.is_delivered() && words(&outcome).contains(said), "{outcome:?}");
    }
    ses.set_verified(vec![Domain::new("fremd.test").unwrap(), Domain::new("absender.test").unwrap()]);
    let stranger = Letter { sender: Some("otto@fremd.test"), signatures: 0, ..Letter::of("bekannt") };
    assert!(customer.send(ses, &stranger).await.is_delivered());
    ses.set_quota(Some(1));
    assert!(customer.send(ses, &Letter::of("letzte")).await.is_delivered());
    let outcome = customer.send(ses, &Letter::of("ueber")).await;
    assert!(words(&outcome).starts_with("454") && words(&outcome).contains("quota"), "{outcome:?}");
    ses.set_quota(None);
    assert!(customer.send(ses, &Letter::of("wieder")).await.is_delivered());

    let mailgun = isp.relay(RelayKind::Mailgun).unwrap();
    let both = Letter { signatures: 2, skip: &[], ..Letter::of("beide") };
    assert!(customer.send(mailgun, &both).await.is_delivered());
    let taken = receipt(isp, "smtp.mailgun.test", "beide").await;
    let judgement = taken.judgement.as_ref().unwrap();
    assert!(judgement.all_pass(), "{judgement}");
    assert_eq!(judgement.report.signatures.iter().filter(|it| it.outcome == Outcome::Pass).count(), 2);
    assert_eq!(taken.header("Message-ID").unwrap(), "<beide@absender.test>");
    assert!(customer.send(mailgun, &Letter { sender: None, ..Letter::of("leer") }).await.is_delivered());
}

async fn logins(isp: &Isp, customer: &Customer) {
    for relay in isp.relays().iter().filter(|relay| relay.kind != RelayKind::WrongCertificate) {
        for family in [0, 1] {
            for port in relay.starttls_ports.iter().chain(relay.tls_ports) {
                let hop = Customer::hop(relay, family, *port, RELAY_PASSWORD);
                let connection = Connection::open(&SystemDialer, &customer.tls, &hop).await.unwrap();
                let facts = connection.facts();
                assert!(facts.authenticated.is_some() && facts.tls.is_some(), "{} {port}", relay.host);
                let offered = &facts.capabilities.mechanisms;
                let only_plain = offered[..] == [Mechanism::Plain];
                assert_eq!(only_plain, relay.kind == RelayKind::PlainOnly, "{offered:?}");
                connection.quit().await;
            }
        }
        let hop = Customer::hop(relay, 0, 587, "falsch");
        let refused = Connection::open(&SystemDialer, &customer.tls, &hop).await.unwrap_err();
        assert!(
            matches!(&refused, OpenFailure::Authentication(reply) if reply.code.get() == 535),
            "{refused:?}"
        );
    }
}

async fn certificates(isp: &Isp, customer: &Customer) {
    let relay = isp.relay(RelayKind::WrongCertificate).unwrap();
    for port in relay.starttls_ports.iter().chain(relay.tls_ports) {
        let hop = Customer::hop(relay, 1, *port, RELAY_PASSWORD);
        let refused = Connection::open(&SystemDialer, &customer.tls, &hop).await.unwrap_err();
        assert!(matches!(refused, OpenFailure::Tls(_)), "{refused:?}");
    }
}

pub async fn forwarding(isp: &Isp, customer: &Customer) {
    for kind in [RelayKind::Ses, RelayKind::Mailgun] {
        let relay = isp.relay(kind).unwrap();
        let subject = format!("weiter-{}", kind.name());
        assert!(customer.send(relay, &Letter::of(&subject)).await.is_delivered());
        let arrived = receipt(isp, "mx.venus.test", &subject).await;
        assert!(relay.addresses.contains(&arrived.peer.ip()));
        assert_eq!(arrived.judgement.as_ref().unwrap().report.dmarc, Outcome::Pass);

        let subject = format!("zurueck-{}", kind.name());
        let letter = Letter { to: "niemand@nein.test", ..Letter::of(&subject) };
        assert!(customer.send(relay, &letter).await.is_delivered());
        let is_bounce = |receipt: &Receipt| {
            receipt.server.as_str() == MAILBOX_HOST
                && receipt.envelope.sender.is_none()
                && String::from_utf8_lossy(&receipt.content).contains(&subject)
        };
        let bounce = timeout(ANSWER, isp.world().receipts().wait_for(is_bounce)).await.expect("a bounce");
        assert_eq!(bounce.envelope.recipients[0].address.to_string(), SENDER);
        let text = String::from_utf8_lossy(&bounce.content).into_owned();
        assert!(text.contains("rfc822; niemand@nein.test") && text.contains("Status: 5.1.1"), "{text}");
    }
}
