//! Operators: what they have of their own, and their moods.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use postamt_lab::isp::{Isp, Mood};
use postamt_mail::address::{Address, Domain};
use postamt_mail::envelope::{BodyType, Recipient};
use postamt_net::dial::SystemDialer;
use postamt_net::dns::{HickoryResolver, Resolver, ResolverSettings};
use postamt_net::smtp::{Connection, Hop, TlsContext, Transaction};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;

use super::eyes::{ANSWER, Attempt, Seen, StartTls, Talk};

pub async fn moods(isp: &Isp) {
    let operator = &isp.operators()[2];
    let serving = Seen::Greeted(operator.host.to_string(), StartTls::Offered);
    let moods = [
        (Mood::Banned, Seen::Refused(554), Seen::Connected),
        (Mood::Busy, Seen::Refused(421), Seen::Connected),
        (Mood::Closed, Seen::Reset, Seen::Connected),
        (Mood::Silent, Seen::Mute, Seen::Connected),
        (Mood::Gone, Seen::Silence, Seen::Silence),
        (Mood::Serving, serving, Seen::Connected),
    ];
    for (mood, smtp, control) in moods {
        isp.set_mood(operator.domains[1].as_str(), mood).await.unwrap();
        for address in operator.addresses {
            assert_eq!(Attempt::at(address, 25).expecting(&smtp).smtp().await, smtp, "{mood}");
            for port in [443, 587] {
                let attempt = Attempt::at(address, port).expecting(&control);
                assert_eq!(attempt.is_open().await, control, "{mood}, {port}");
            }
        }
    }
    assert!(isp.set_mood("niemand.test", Mood::Busy).await.is_err());
}

pub async fn belongings(isp: &Isp) {
    assert!(isp.operators().len() >= 5);
    let mut greetings = HashSet::new();
    let mut names = HashSet::new();
    for operator in isp.operators() {
        names.extend(operator.domains.iter());
        for address in operator.addresses {
            let stream = Attempt::at(address, 25).connect().await.unwrap();
            let greeting = Talk(tokio::io::BufReader::new(stream)).line().await;
            let words = greeting.strip_prefix(&format!("220 {} ", operator.host)).unwrap();
            greetings.insert(words.to_owned());
            web(isp, operator.host.as_str(), Attempt::at(address, 443)).await;
            let stream = Attempt::at(address, 587).connect().await.unwrap();
            let mut talk = Talk(tokio::io::BufReader::new(stream));
            assert!(talk.line().await.starts_with(&format!("220 {} ", operator.host)));
            assert!(talk.ask("EHLO mail.absender.test").await.iter().any(|line| line.ends_with("STARTTLS")));
            assert!(talk.ask("MAIL FROM:<anna@absender.test>").await[0].starts_with("530 "));
        }
    }
    assert_eq!(greetings.len(), isp.operators().len());
    let domains: usize = isp.operators().iter().map(|operator| operator.domains.len()).sum();
    assert_eq!(names.len(), domains);
    assert!(domains >= 2 * isp.operators().len());
}

/// As many as a test of volume needs: a message to every domain, all at once, by what DNS says.
pub async fn crowd(isp: &Isp) {
    let settings = ResolverSettings { servers: Some(isp.dns_servers()), ..ResolverSettings::default() };
    let resolver = Arc::new(HickoryResolver::new(&settings).unwrap());
    let tls = TlsContext::with_roots([isp.world().authority().root().clone()]);
    let mut deliveries = JoinSet::new();
    let domains = isp.operators().iter().flat_map(|operator| &operator.domains);
    for (number, domain) in domains.enumerate() {
        deliveries.spawn(deliver(Arc::clone(&resolver), tls.clone(), domain.clone(), number % 2 == 1));
    }
    let count = deliveries.len();
    while let Some(delivered) = deliveries.join_next().await {
        delivered.unwrap();
    }
    let receipts = isp.world().receipts().all();
    assert!(receipts.iter().all(|receipt| receipt.accepted && receipt.tls.is_some()));
    let recipients: HashSet<String> =
        receipts.iter().map(|receipt| receipt.envelope.recipients[0].address.to_string()).collect();
    assert_eq!((recipients.len(), receipts.len()), (count, count));
    let hosts: HashSet<&str> = receipts.iter().map(|receipt| receipt.server.as_str()).collect();
    assert_eq!(hosts.len(), isp.operators().len());
}

async fn deliver(resolver: Arc<HickoryResolver>, tls: TlsContext, domain: Domain, by_v6: bool) {
    let exchange = resolver.mx(&domain).await.unwrap().records.remove(0).exchange.unwrap();
    let found = if by_v6 { resolver.aaaa(&exchange) } else { resolver.a(&exchange) };
    let address = found.await.unwrap().records[0];
    let hop = Hop::new(SocketAddr::new(address, 25), "mail.absender.test");
    let mut connection = Connection::open(&SystemDialer, &tls, &hop).await.unwrap();
    let transaction = Transaction {
        sender: None,
        recipients: vec![Recipient::new(Address::from_parts("post", &domain).unwrap())],
        body: BodyType::SevenBit,
        smtputf8: false,
        require_tls: false,
        return_content: None,
        envelope_id: None,
        content: vec![Bytes::from_static(b"Subject: Gruss\r\n\r\nGruss\r\n")],
    };
    let outcome = connection.deliver(&transaction).await;
    assert!(outcome.recipients[0].is_delivered(), "{domain}: {outcome:?}");
    connection.quit().await;
}

/// A page comes, and the certificate is the operator's own.
async fn web(isp: &Isp, host: &str, attempt: Attempt) {
    let mut roots = RootCertStore::empty();
    roots.add(isp.world().authority().root().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = attempt.connect().await.unwrap();
    let name = ServerName::try_from(host.to_owned()).unwrap();
    let mut stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    stream.write_all(format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).await.unwrap();
    let mut page = String::new();
    tokio::time::timeout(ANSWER, stream.read_to_string(&mut page)).await.unwrap().unwrap();
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n") && page.ends_with("here\n"), "{page}");
}
