//! An SMTP client without manners: it says what the test says, over TCP, TLS or a UNIX socket, and gives back what
//! it hears.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

/// Nothing on loopback takes this long.
const PATIENCE: Duration = Duration::from_secs(30);

/// Any stream.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// A conversation.
pub struct Talk {
    stream: Box<dyn Stream>,
    heard: Vec<u8>,
}

impl Talk {
    /// Connects, without waiting for the greeting.
    pub async fn dial(address: std::net::SocketAddr) -> TcpStream {
        TcpStream::connect(address).await.expect("connected")
    }

    /// Takes a stream over and hears the greeting.
    pub async fn greeted(stream: impl Stream + 'static) -> (Self, String) {
        let mut talk = Self { stream: Box::new(stream), heard: Vec::new() };
        let greeting = talk.hear().await;
        (talk, greeting)
    }

    /// Connects in clear and hears 220.
    pub async fn open(address: std::net::SocketAddr) -> Self {
        let (talk, greeting) = Self::greeted(Self::dial(address).await).await;
        assert!(greeting.starts_with("220 "), "{greeting}");
        talk
    }

    /// Connects to a UNIX socket and hears 220.
    pub async fn open_local(path: &Path) -> Self {
        let stream = UnixStream::connect(path).await.expect("connected");
        let (talk, greeting) = Self::greeted(stream).await;
        assert!(greeting.starts_with("220 "), "{greeting}");
        talk
    }

    /// Connects, says EHLO and STARTTLS, secures the connection, says EHLO again and gives back the offers.
    pub async fn open_starttls(address: std::net::SocketAddr, certificate: &Path) -> (Self, String) {
        Self::open_starttls_with(address, certificate, "").await
    }

    /// As [`Talk::open_starttls`], with `pipelined` in the same octets as STARTTLS.
    pub async fn open_starttls_with(
        address: std::net::SocketAddr,
        certificate: &Path,
        pipelined: &str,
    ) -> (Self, String) {
        Self::starttls_over(Self::dial(address).await, certificate, pipelined).await
    }

    /// As [`Talk::open_starttls_with`], on a connection that is made already.
    pub async fn starttls_over(mut stream: TcpStream, certificate: &Path, pipelined: &str) -> (Self, String) {
        let starttls = format!("STARTTLS\r\n{pipelined}");
        for (line, expected) in [("", "220 "), ("EHLO client.test\r\n", "250 "), (&starttls, "220 ")] {
            stream.write_all(line.as_bytes()).await.expect("written");
            let reply = read_reply(&mut stream, &mut Vec::new()).await;
            assert!(last_line(&reply).starts_with(expected), "{line}: {reply}");
        }
        let mut talk = Self::secured(stream, certificate).await;
        let offers = talk.say("EHLO client.test").await;
        (talk, offers)
    }

    /// Connects under TLS and hears 220.
    pub async fn open_tls(address: std::net::SocketAddr, certificate: &Path) -> Self {
        Self::tls_over(Self::dial(address).await, certificate).await
    }

    /// As [`Talk::open_tls`], on a connection that is made already.
    pub async fn tls_over(stream: TcpStream, certificate: &Path) -> Self {
        let mut talk = Self::secured(stream, certificate).await;
        let greeting = talk.hear().await;
        assert!(greeting.starts_with("220 "), "{greeting}");
        talk
    }

    /// Connects under TLS from an address of loopback and hears 220.
    pub async fn open_tls_from(source: &str, address: std::net::SocketAddr, certificate: &Path) -> Self {
        let stream = Self::dial_from(source, address).await;
        let mut talk = Self::secured(stream, certificate).await;
        let greeting = talk.hear().await;
        assert!(greeting.starts_with("220 "), "{greeting}");
        talk
    }

    /// Connects from an address of loopback.
    pub async fn dial_from(source: &str, address: std::net::SocketAddr) -> TcpStream {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.bind((source.parse::<std::net::IpAddr>().expect("an address"), 0).into()).expect("bound");
        socket.connect(address).await.expect("connected")
    }

    /// Makes the handshake with a server that has this certificate.
    async fn secured(stream: TcpStream, certificate: &Path) -> Self {
        let connector = tokio_rustls::TlsConnector::from(client_configuration(certificate));
        let name = ServerName::try_from("mail.absender.test").expect("a name");
        let stream = connector.connect(name, stream).await.expect("a handshake");
        Self { stream: Box::new(stream), heard: Vec::new() }
    }

    /// Says a line and hears the reply.
    pub async fn say(&mut self, line: &str) -> String {
        self.send(format!("{line}\r\n").as_bytes()).await;
        self.hear().await
    }

    /// Says these lines one by one, each of which must be answered with 2yz or 3yz.
    pub async fn say_all(&mut self, lines: &[&str]) {
        for line in lines {
            let reply = self.say(line).await;
            assert!(reply.starts_with('2') || reply.starts_with('3'), "{line}: {reply}");
        }
    }

    /// Sends octets as they are.
    pub async fn send(&mut self, octets: &[u8]) {
        self.stream.write_all(octets).await.expect("written");
        self.stream.flush().await.expect("flushed");
    }

    /// Hears one reply, all its lines.
    pub async fn hear(&mut self) -> String {
        read_reply(&mut self.stream, &mut self.heard).await
    }

    /// True when the server closes without another word.
    pub async fn is_over(&mut self) -> bool {
        let mut octet = [0; 1];
        let read = tokio::time::timeout(PATIENCE, self.stream.read(&mut octet)).await.expect("in time");
        self.heard.is_empty() && matches!(read, Ok(0) | Err(_))
    }

    /// `AUTH PLAIN` in one line.
    pub async fn log_in(&mut self, login: &str, password: &str) -> String {
        let message = STANDARD.encode(format!("\0{login}\0{password}"));
        self.say(&format!("AUTH PLAIN {message}")).await
    }
}

async fn read_reply<S: AsyncRead + Unpin>(stream: &mut S, heard: &mut Vec<u8>) -> String {
    loop {
        if let Some(end) = reply_end(heard) {
            let rest = heard.split_off(end);
            let reply = std::mem::replace(heard, rest);
            return String::from_utf8(reply).expect("UTF-8").trim_end().to_owned();
        }
        let read = tokio::time::timeout(PATIENCE, stream.read_buf(heard)).await;
        let count = read.expect("a reply in time").expect("read");
        assert!(count > 0, "closed after {:?}", String::from_utf8_lossy(heard));
    }
}

/// Where the first whole reply ends.
fn reply_end(octets: &[u8]) -> Option<usize> {
    let mut start = 0;
    while let Some(length) = octets[start..].iter().position(|octet| *octet == b'\n') {
        let line = &octets[start..start + length + 1];
        start += line.len();
        if line.get(3) != Some(&b'-') {
            return Some(start);
        }
    }
    None
}

/// The last line of a reply.
pub fn last_line(reply: &str) -> &str {
    reply.lines().last().unwrap_or_default()
}

fn client_configuration(certificate: &Path) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate).expect("a certificate")).expect("a root");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Arc::new(builder.expect("versions").with_root_certificates(roots).with_no_client_auth())
}
