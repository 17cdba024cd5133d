//! A server that follows a script, and the client's usual settings.
//!
//! The script asserts what it hears; [`Server::done`] hands its panic on to the test. Nothing here sleeps: every
//! wait is for octets or for the end of a stream, and [`LIMIT`] only bounds a test that has failed already.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use postamt_mail::address::Address;
use postamt_mail::envelope::Recipient;
use postamt_net::dial::SystemDialer;
use postamt_net::smtp::{
    Connection, Hop, OpenFailure, Outcome, RecipientOutcome, Stage, Timeouts, TlsContext, TlsPolicy,
    Transaction,
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// Nothing on loopback takes this long unless it is broken.
pub const LIMIT: Duration = Duration::from_secs(20);

/// The offers of a modern server.
pub const MODERN: &str = "250-mx.test\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-DSN\r\n\
                          250 ENHANCEDSTATUSCODES";

trait Transport: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Transport for T {}

/// The server's end of one connection.
pub struct Peer {
    stream: Box<dyn Transport>,
    input: Vec<u8>,
}

impl Peer {
    pub fn new(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        Self { stream: Box::new(stream), input: Vec::new() }
    }

    /// Sends a reply; CRLF is added.
    pub async fn say(&mut self, text: &str) {
        self.send(format!("{text}\r\n").as_bytes()).await;
    }

    pub async fn send(&mut self, octets: &[u8]) {
        self.stream.write_all(octets).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// Sends a reply to a client that may have gone.
    pub async fn try_say(&mut self, text: &str) -> std::io::Result<()> {
        self.stream.write_all(format!("{text}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }

    /// Waits for anything at all: octets, an end, an error.
    pub async fn hear_or_end(&mut self) -> std::io::Result<usize> {
        let mut buffer = [0; 1_024];
        tokio::time::timeout(LIMIT, self.stream.read(&mut buffer)).await.expect("the client went silent")
    }

    async fn more(&mut self) {
        self.input.reserve(65_536);
        let read = tokio::time::timeout(LIMIT, self.stream.read_buf(&mut self.input)).await;
        let count = read.expect("the client went silent").unwrap();
        assert_ne!(count, 0, "the client closed after {:?}", String::from_utf8_lossy(&self.input));
    }

    /// The next line, without its CRLF.
    pub async fn hear(&mut self) -> String {
        loop {
            if let Some(end) = self.input.windows(2).position(|pair| pair == b"\r\n") {
                let line = self.input.drain(..end + 2).collect::<Vec<u8>>();
                return String::from_utf8(line[..end].to_vec()).unwrap();
            }
            self.more().await;
        }
    }

    pub async fn expect(&mut self, line: &str) {
        assert_eq!(self.hear().await, line);
    }

    pub async fn ask(&mut self, line: &str, reply: &str) {
        self.expect(line).await;
        self.say(reply).await;
    }

    /// Everything up to and with the end of data.
    pub async fn content(&mut self) -> String {
        loop {
            let end = self.input.windows(5).position(|octets| octets == b"\r\n.\r\n");
            if let Some(end) = end {
                return String::from_utf8(self.input.drain(..end + 5).collect()).unwrap();
            }
            self.more().await;
        }
    }

    /// As many octets as that.
    pub async fn octets(&mut self, count: usize) -> Vec<u8> {
        while self.input.len() < count {
            self.more().await;
        }
        self.input.drain(..count).collect()
    }

    /// Nothing was sent that was not asked for.
    pub fn heard_nothing_else(&self) {
        assert_eq!(String::from_utf8_lossy(&self.input), "");
    }

    /// Waits until the client has gone, without another octet.
    pub async fn closed(&mut self) {
        self.heard_nothing_else();
        let mut rest = Vec::new();
        let end = tokio::time::timeout(LIMIT, self.stream.read_to_end(&mut rest)).await;
        // A reset is an end as well.
        let _ = end.expect("the client did not close");
        assert_eq!(String::from_utf8_lossy(&rest), "");
    }

    /// Greeting and EHLO.
    pub async fn greet(&mut self, offers: &str) {
        self.say("220 mx.test ESMTP").await;
        self.ask("EHLO client.test", offers).await;
    }

    /// QUIT, then the end.
    pub async fn quit(&mut self) {
        self.ask("QUIT", "221 2.0.0 bye").await;
        self.closed().await;
    }

    /// The server's side of a TLS handshake.
    pub async fn secure(self, acceptor: &TlsAcceptor) -> Peer {
        self.heard_nothing_else();
        Peer::new(acceptor.accept(self.stream).await.unwrap())
    }

    /// As [`Peer::secure`], for handshakes that the client breaks.
    pub async fn fail_to_secure(self, acceptor: &TlsAcceptor) {
        assert!(acceptor.accept(self.stream).await.is_err(), "the client accepted the handshake");
    }
}

/// Connections as they come.
pub struct Door(TcpListener);

impl Door {
    pub async fn socket(&self) -> TcpStream {
        tokio::time::timeout(LIMIT, self.0.accept()).await.expect("nobody came").unwrap().0
    }

    pub async fn accept(&self) -> Peer {
        Peer::new(self.socket().await)
    }

    /// A connection that starts with TLS.
    pub async fn accept_tls(&self, acceptor: &TlsAcceptor) -> Peer {
        Peer::new(acceptor.accept(self.socket().await).await.unwrap())
    }
}

/// A script that runs.
pub struct Server {
    pub address: SocketAddr,
    script: JoinHandle<()>,
}

impl Server {
    pub async fn start<F, S>(script: S) -> Self
    where
        S: FnOnce(Door) -> F,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        Self { address, script: tokio::spawn(script(Door(listener))) }
    }

    /// A plain hop to it.
    pub fn hop(&self) -> Hop {
        let mut hop = Hop::new(self.address, "client.test");
        hop.tls = TlsPolicy::None;
        hop.timeouts = Timeouts::all(LIMIT);
        hop
    }

    /// Waits for the script to end as it should.
    pub async fn done(self) {
        tokio::time::timeout(LIMIT, self.script).await.expect("the script did not end").unwrap();
    }
}

pub async fn open(hop: &Hop) -> Result<Connection, OpenFailure> {
    Connection::open(&SystemDialer, &TlsContext::with_roots([]), hop).await
}

/// A message from `sender@client.test`.
pub fn message(recipients: &[&str], content: &str) -> Transaction {
    Transaction {
        sender: Some("sender@client.test".parse().unwrap()),
        recipients: recipients.iter().map(|text| Recipient::new(text.parse::<Address>().unwrap())).collect(),
        content: vec![Bytes::copy_from_slice(content.as_bytes())],
        ..Transaction::default()
    }
}

/// One word per recipient: `delivered`, `550 at RCPT TO`, `unsent at DATA`, …
pub fn words(outcome: &Outcome) -> Vec<String> {
    outcome.recipients.iter().map(word).collect()
}

fn word(outcome: &RecipientOutcome) -> String {
    match outcome {
        RecipientOutcome::Delivered(_) => "delivered".to_owned(),
        RecipientOutcome::Refused { stage, reply } => format!("{} at {stage}", reply.code),
        RecipientOutcome::Unsent(error) => format!("unsent at {}", error.stage),
        RecipientOutcome::Uncertain(error) => format!("uncertain at {}", error.stage),
        RecipientOutcome::Impossible(cause) => format!("impossible {}", cause.enhanced()),
    }
}

/// The step a session broke at, with the problem's words.
pub fn broken_at(failure: &OpenFailure) -> (Stage, String) {
    match failure {
        OpenFailure::Transport(error) | OpenFailure::Protocol(error) => {
            (error.stage, error.problem.to_string())
        }
        other => panic!("not a broken session: {other:?}"),
    }
}

/// A small certification authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub root: CertificateDer<'static>,
}

/// A key with its certificate chain.
pub struct Identity {
    pub chain: Vec<CertificateDer<'static>>,
    pub key: PrivateKeyDer<'static>,
}

impl Authority {
    pub fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = params.self_signed(&key).unwrap().der().clone();
        Self { issuer: Issuer::new(params, key), root }
    }

    pub fn issue(&self, names: &[&str]) -> Identity {
        self.issue_with(names, |_| {})
    }

    pub fn issue_with(&self, names: &[&str], adjust: impl FnOnce(&mut CertificateParams)) -> Identity {
        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        adjust(&mut params);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity { chain: vec![certificate.der().clone()], key: private(&key) }
    }
}

fn private(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivatePkcs8KeyDer::from(key.serialize_der()).into()
}

impl Identity {
    pub fn acceptor(self) -> TlsAcceptor {
        self.acceptor_with(rustls::ALL_VERSIONS)
    }

    pub fn acceptor_with(self, versions: &[&'static rustls::SupportedProtocolVersion]) -> TlsAcceptor {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let key = provider.key_provider.load_private_key(self.key).unwrap();
        let resolver = Fixed(Arc::new(CertifiedKey::new(self.chain, key)));
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(resolver));
        TlsAcceptor::from(Arc::new(config))
    }
}

/// Shows this pair whether or not the two fit each other.
#[derive(Debug)]
struct Fixed(Arc<CertifiedKey>);

impl ResolvesServerCert for Fixed {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}
