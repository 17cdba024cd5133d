//! The pages over real sockets, plain and under TLS, and what becomes of those who ask too much or too slowly.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use postamt_mail::address::Domain;
use postamt_mail::sts_policy::PolicyMode;
use postamt_web::{Challenges, Encryption, Site, bind, serve};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::{PrivateKeyDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

fn domain(name: &str) -> Domain {
    Domain::new(name).expect("a domain")
}

fn site() -> Site {
    Site {
        hostname: domain("mail.own.test"),
        domains: vec![domain("own.test")],
        submissions: Some(465),
        submission: Some(587),
        mailbox: Some(domain("imap.provider.test")),
        sts: PolicyMode::Enforce,
        challenges: Challenges::default(),
    }
}

async fn open(site: Site, encryption: Encryption) -> (SocketAddr, CancellationToken) {
    let door = bind("127.0.0.1:0".parse().expect("an address"), encryption).await.expect("a port");
    let address = door.address().expect("bound");
    let stop = CancellationToken::new();
    tokio::spawn(serve(door, Arc::new(site), stop.clone()));
    (address, stop)
}

/// Sends a request and reads until the other side closes.
async fn talk(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    // A peer that closes without TLS's farewell has still said what it said.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).expect("text")
}

async fn plain(address: SocketAddr, request: &str) -> String {
    talk(TcpStream::connect(address).await.expect("connected"), request).await
}

fn get(host: &str, target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

/// Notes the name that a client asks for.
#[derive(Debug)]
struct Named {
    key: Arc<CertifiedKey>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl ResolvesServerCert for Named {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.asked.lock().expect("no panic").push(hello.server_name()?.to_owned());
        Some(self.key.clone())
    }
}

#[tokio::test]
async fn the_policy_is_served_under_tls_and_only_under_its_name() {
    let names = vec!["mta-sts.own.test".to_owned(), "mail.own.test".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let key = provider.key_provider.load_private_key(key).expect("loaded");
    let asked = Arc::new(Mutex::new(Vec::new()));
    let key = Arc::new(CertifiedKey::new(vec![made.cert.der().clone()], key));
    let config = rustls::ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Named { key, asked: asked.clone() }));
    let config = Arc::new(config);
    let (address, stop) = open(site(), Encryption::Tls(Arc::new(move || config.clone()))).await;

    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).expect("a root");
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(client));
    let ask = async |name: &'static str, host: &str| {
        let stream = TcpStream::connect(address).await.expect("connected");
        let name = ServerName::try_from(name).expect("a name");
        let stream = connector.connect(name, stream).await.expect("a handshake with a good certificate");
        talk(stream, &get(host, "/.well-known/mta-sts.txt")).await
    };
    let answer = ask("mta-sts.own.test", "mta-sts.own.test").await;
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.contains("content-type: text/plain\r\n"),
        "{answer}"
    );
    assert_eq!(body(&answer), "version: STSv1\r\nmode: enforce\r\nmx: mail.own.test\r\nmax_age: 604800\r\n");
    assert!(ask("mta-sts.own.test", "mta-sts.other.test").await.starts_with("HTTP/1.1 404 "));
    assert!(ask("mail.own.test", "mail.own.test").await.starts_with("HTTP/1.1 404 "));
    assert_eq!(*asked.lock().expect("no panic"), ["mta-sts.own.test", "mta-sts.own.test", "mail.own.test"]);
    stop.cancel();
}

#[tokio::test]
async fn plain_http_answers_challenges_and_leads_the_rest_to_tls() {
    let site = site();
    let challenges = site.challenges.clone();
    let (address, _stop) = open(site, Encryption::None).await;
    let challenge = get("mail.own.test", "/.well-known/acme-challenge/tOkEn");
    assert!(!plain(address, &challenge).await.starts_with("HTTP/1.1 200 "));
    challenges.open("tOkEn", "tOkEn.thumbprint");
    let answer = plain(address, &challenge).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && body(&answer) == "tOkEn.thumbprint", "{answer}");
    challenges.close("tOkEn");
    assert!(!plain(address, &challenge).await.starts_with("HTTP/1.1 200 "));

    let moved = plain(address, &get("mta-sts.own.test:80", "/.well-known/mta-sts.txt")).await;
    assert!(moved.contains("location: https://mta-sts.own.test/.well-known/mta-sts.txt\r\n"), "{moved}");
    let other = plain(address, &get("other.test", "/")).await;
    assert!(other.starts_with("HTTP/1.1 404 "), "nobody is led elsewhere: {other}");
}

#[tokio::test]
async fn mail_programs_get_their_settings() {
    let (address, _stop) = open(site(), Encryption::None).await;
    let thunderbird = plain(address, &get("autoconfig.own.test", "/mail/config-v1.1.xml")).await;
    insta::assert_snapshot!("thunderbird", body(&thunderbird));
    let well_known = "/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress=anna%40own.test";
    assert_eq!(body(&plain(address, &get("own.test", well_known)).await), body(&thunderbird));
    let foreign = "/mail/config-v1.1.xml?emailaddress=anna%40other.test";
    assert!(plain(address, &get("autoconfig.own.test", foreign)).await.starts_with("HTTP/1.1 404 "));

    let outlook = |question: &str| {
        format!(
            "POST /Autodiscover/Autodiscover.xml HTTP/1.1\r\nHost: autodiscover.own.test\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n{question}",
            question.len()
        )
    };
    let asked =
        "<Autodiscover><Request><EMailAddress>a&amp;\"<b>@own.test</EMailAddress></Request></Autodiscover>";
    let answer = plain(address, &outlook(asked)).await;
    insta::assert_snapshot!("outlook", body(&answer));
    let foreign = plain(address, &outlook("<EMailAddress>a@other.test</EMailAddress>")).await;
    assert!(foreign.starts_with("HTTP/1.1 404 "), "{foreign}");
}

#[tokio::test]
async fn who_asks_too_much_gets_nothing() {
    let (address, _stop) = open(site(), Encryption::None).await;
    let large = "x".repeat(20_000);
    let body = format!(
        "POST /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        large.len()
    ) + &large;
    assert!(plain(address, &body).await.starts_with("HTTP/1.1 413 "));
    let header = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Large: {large}\r\n\r\n");
    assert!(!plain(address, &header).await.starts_with("HTTP/1.1 200 "));
    let delete = "DELETE / HTTP/1.1\r\nHost: own.test\r\nConnection: close\r\n\r\n";
    assert!(plain(address, delete).await.starts_with("HTTP/1.1 405 "));
    assert!(plain(address, "\x16\x03\x01 nonsense\r\n\r\n").await.starts_with("HTTP/1.1 400 "));
    // The door still answers.
    assert!(plain(address, &get("own.test", "/")).await.starts_with("HTTP/1.1 301 "));
}

#[tokio::test]
async fn apples_profile_is_for_addresses_of_ours_and_under_tls_only() {
    use postamt_web::{Asked, answer};
    let asked = |query, is_encrypted| Asked {
        method: "GET",
        host: "mail.own.test",
        path: "/apple.mobileconfig",
        query,
        body: "",
        is_encrypted,
    };
    let page = answer(&site(), asked("email=anna%40own.test", true));
    assert_eq!(page.status, 200);
    insta::assert_snapshot!("apple", page.body);
    assert_eq!(answer(&site(), asked("email=anna%40other.test", true)).status, 404);
    assert_eq!(answer(&site(), asked("email=%zz", true)).status, 404);
    assert_eq!(answer(&site(), asked("email=anna%40own.test", false)).status, 301);
    let without = Site { mailbox: None, ..site() };
    assert_eq!(answer(&without, asked("email=anna%40own.test", true)).status, 404);
}

/// An authority that looks at port 443: it takes any certificate and keeps it.
async fn asked_by_challenge(
    address: SocketAddr,
    name: &'static str,
    protocol: &[u8],
) -> std::io::Result<Vec<u8>> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut client = rustls::ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anything(provider)))
        .with_no_client_auth();
    client.alpn_protocols = vec![protocol.to_vec()];
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from(name).expect("a name");
    let mut stream = tokio_rustls::TlsConnector::from(Arc::new(client)).connect(name, stream).await?;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(protocol));
    let shown = stream.get_ref().1.peer_certificates().expect("a certificate")[0].to_vec();
    let mut rest = Vec::new();
    // RFC 8737 §3: the connection is closed after the handshake.
    assert_eq!(stream.read_to_end(&mut rest).await?, 0);
    Ok(shown)
}

#[derive(Debug)]
struct Anything(Arc<rustls::crypto::CryptoProvider>);

impl rustls::client::danger::ServerCertVerifier for Anything {
    fn verify_server_cert(
        &self,
        _: &rustls_pki_types::CertificateDer<'_>,
        _: &[rustls_pki_types::CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: rustls_pki_types::UnixTime,
    ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
        Ok(rustls::client::danger::ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &rustls_pki_types::CertificateDer<'_>,
        signature: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &rustls_pki_types::CertificateDer<'_>,
        signature: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

fn serving(name: &str, protocol: Option<&[u8]>) -> (Vec<u8>, Arc<rustls::ServerConfig>) {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a pair");
    config.alpn_protocols = protocol.map(<[u8]>::to_vec).into_iter().collect();
    (made.cert.der().to_vec(), Arc::new(config))
}

#[tokio::test]
async fn a_challenge_in_the_handshake_gets_its_certificate_and_nobody_else_does() {
    let (_, usual) = serving("mail.own.test", None);
    let (proof, config) = serving("mail.own.test", Some(b"acme-tls/1"));
    let site = site();
    let challenges = site.challenges.clone();
    let (address, _stop) = open(site, Encryption::Tls(Arc::new(move || usual.clone()))).await;
    let asked = |name| asked_by_challenge(address, name, b"acme-tls/1");
    assert!(asked("mail.own.test").await.is_err(), "no challenge is open");
    challenges.open_certificate("Mail.own.test", config);
    assert_eq!(asked("mail.own.test").await.expect("the proof"), proof);
    assert!(asked("other.own.test").await.is_err(), "nor for another name");
    challenges.close_certificate("mail.own.test");
    assert!(asked("mail.own.test").await.is_err(), "it is closed again");
}
