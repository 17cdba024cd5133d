//! The servers of a world, on real sockets of the loopback: mail on 25, 587 and 465, a policy on 443. What a world's
//! addresses say does not matter here: whoever connects to one of these ports anywhere reaches these servers.
//!
//! They are written here and not taken from the lab, since most of them are as no real server should be.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use postamt_doctor::checks::Machine;
use postamt_lab::certificates::{CertificateKind, LabAuthority};
use postamt_mail::sts_policy::{self, PolicyMode};
use postamt_net::PortFuture;
use postamt_net::dial::{DialError, Dialer, SystemDialer};
use postamt_net::tls::dane::own_record;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::Acceptor;
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufStream,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::{LazyConfigAcceptor, TlsAcceptor};

/// Who issues the certificates of these worlds, by a name that CAA records know.
const ISSUER: &str = "Let's Encrypt";
pub const MAIL_HOST: &str = "mail.example.test";
const POLICY_HOST: &str = "mta-sts.example.test";

/// How the servers of a world are.
#[derive(Clone)]
pub struct Serving {
    /// The certificate on the ports of mail.
    pub certificate: CertificateKind,
    /// The certificate in the file, where it is not the one that is shown.
    pub file: Option<CertificateKind>,
    /// Another authority than the one that is trusted issued the certificate.
    pub stranger: bool,
    /// The key has been changed since the records were made.
    pub new_key: bool,
    /// Ports on which nobody answers at all.
    pub silent: &'static [u16],
    /// Ports at which connections are refused.
    pub closed: &'static [u16],
    /// Ports at which connections are refused that do not come from this host itself.
    pub closed_outside: &'static [u16],
    /// Port 465 begins without TLS.
    pub implicit_in_clear: bool,
    /// Ports that do not offer STARTTLS.
    pub without_starttls: &'static [u16],
    /// Ports that offer AUTH in clear.
    pub auth_in_clear: &'static [u16],
    /// Ports that offer AUTH under TLS.
    pub auth_under_tls: &'static [u16],
    /// The answer to MAIL; empty: yes.
    pub to_mail: &'static str,
    /// The answer to RCPT of some local parts of the own domain.
    pub to_recipients: &'static [(&'static str, &'static str)],
    /// Recipients that are taken although they are foreign: those with this in them.
    pub relays: Option<&'static str>,
    /// The answer to foreign recipients.
    pub to_foreign: &'static str,
    /// Ports that hang up before they say a word.
    pub hanging_up: &'static [u16],
    /// Ports whose TLS is none.
    pub without_handshake: &'static [u16],
    /// The answer to STARTTLS; empty: yes.
    pub to_starttls: &'static str,
    /// The status and the content type of the policy.
    pub answer: (u16, &'static str),
    /// The policy; empty: that of the configuration.
    pub policy: &'static str,
    /// The certificate of the policy's host.
    pub policy_certificate: CertificateKind,
    /// What clamd (port 3310) and Rspamd (port 11333) say to whatever they are asked.
    pub clamd: &'static str,
    /// See above.
    pub rspamd: &'static str,
}

impl Default for Serving {
    fn default() -> Self {
        Self {
            certificate: CertificateKind::Good,
            file: None,
            stranger: false,
            new_key: false,
            silent: &[],
            closed: &[],
            closed_outside: &[],
            implicit_in_clear: false,
            without_starttls: &[],
            auth_in_clear: &[],
            auth_under_tls: &[587, 465],
            to_mail: "",
            to_recipients: &[],
            relays: None,
            to_foreign: "554 5.7.1 relaying denied",
            hanging_up: &[],
            without_handshake: &[],
            to_starttls: "",
            answer: (200, "text/plain"),
            policy: "",
            policy_certificate: CertificateKind::Good,
            clamd: "ClamAV 1.0.7/27345/Sun Sep 20 08:26:29 2026\0",
            rspamd: "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npong\r\n",
        }
    }
}

type Issued = HashMap<(&'static str, String), (String, String)>;

/// The authority of a world, and the certificates that it has issued: they stay while the world is healed.
pub struct Authority {
    authority: LabAuthority,
    issued: Mutex<Issued>,
}

impl Authority {
    pub fn new() -> Self {
        let authority = LabAuthority::of(ISSUER).expect("an authority");
        Self { authority, issued: Mutex::default() }
    }

    /// What the world trusts.
    pub fn root(&self, serving: &Serving) -> Vec<CertificateDer<'static>> {
        if serving.stranger { Vec::new() } else { vec![self.authority.root().clone()] }
    }

    /// Chain and key as PEM texts.
    fn issue(&self, host: &'static str, kind: CertificateKind, new_key: bool) -> (String, String) {
        let mut issued = self.issued.lock().expect("no panic");
        let issue = || self.authority.issue_pem(host, kind).expect("issued");
        issued.entry((host, format!("{kind:?} {new_key}"))).or_insert_with(issue).clone()
    }

    fn config(&self, host: &'static str, kind: CertificateKind, new_key: bool) -> Arc<ServerConfig> {
        let (chain, key) = self.issue(host, kind, new_key);
        let chain = vec![CertificateDer::from_pem_slice(chain.as_bytes()).expect("a certificate")];
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("a key");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("a configuration");
        Arc::new(config)
    }

    /// The file of the certificate, as the machine has it.
    pub fn file(&self, kind: CertificateKind, new_key: bool) -> String {
        self.issue(MAIL_HOST, kind, new_key).0
    }

    /// Puts what only the authority knows into a zone: `{tlsa}`, the record of the good key, and `{sts}`, the record of
    /// the healthy policy.
    pub fn fill(&self, zone: &str) -> String {
        let file = self.file(CertificateKind::Good, false);
        let leaf = CertificateDer::from_pem_slice(file.as_bytes()).expect("a certificate");
        let tlsa = own_record(&leaf).expect("a key").to_string();
        zone.replace("{tlsa}", &tlsa).replace("{sts}", &sts_policy::record(&healthy_policy()))
    }
}

fn healthy_policy() -> String {
    sts_policy::policy(PolicyMode::Enforce, &[MAIL_HOST])
}

/// The file that the server of this world reads its certificate from.
pub fn with_file(machine: Machine, authority: &Authority, serving: &Serving) -> Machine {
    if machine.certificate.is_some() {
        return machine;
    }
    let kind = serving.file.unwrap_or(serving.certificate);
    Machine { certificate: Some(Ok(authority.file(kind, serving.new_key))), ..machine }
}

/// The running servers, as a dialer that leads to them. They end with it.
pub struct Servers {
    ports: HashMap<u16, SocketAddr>,
    silent: &'static [u16],
    closed_outside: &'static [u16],
    /// Somebody has said DATA, which no check may.
    pub data: Arc<AtomicBool>,
    _tasks: JoinSet<()>,
}

impl Servers {
    pub async fn start(authority: &Authority, serving: &Serving) -> Self {
        let data = Arc::new(AtomicBool::new(false));
        let (mut ports, mut tasks) = (HashMap::new(), JoinSet::new());
        let mail = authority.config(MAIL_HOST, serving.certificate, serving.new_key);
        let policy = authority.config(POLICY_HOST, serving.policy_certificate, false);
        for port in [25, 587, 465, 443, 3310, 11_333] {
            if serving.closed.contains(&port) {
                continue;
            }
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            ports.insert(port, listener.local_addr().expect("bound"));
            let (tls, policy) = (mail.clone(), policy.clone());
            let session = Session { port, serving: serving.clone(), tls, policy, data: data.clone() };
            tasks.spawn(listen(listener, session));
        }
        let (silent, closed_outside) = (serving.silent, serving.closed_outside);
        Self { ports, silent, closed_outside, data, _tasks: tasks }
    }
}

impl Dialer for Servers {
    fn connect(
        &self,
        target: SocketAddr,
        _source: Option<IpAddr>,
        timeout: Duration,
    ) -> PortFuture<'_, Result<TcpStream, DialError>> {
        if self.silent.contains(&target.port()) {
            return Box::pin(std::future::ready(Err(DialError::Timeout)));
        }
        let is_closed = self.closed_outside.contains(&target.port()) && !target.ip().is_loopback();
        match self.ports.get(&target.port()).copied().filter(|_| !is_closed) {
            Some(here) => Box::pin(async move { SystemDialer.connect(here, None, timeout).await }),
            None => Box::pin(std::future::ready(Err(DialError::Refused))),
        }
    }
}

#[derive(Clone)]
struct Session {
    port: u16,
    serving: Serving,
    tls: Arc<ServerConfig>,
    policy: Arc<ServerConfig>,
    data: Arc<AtomicBool>,
}

async fn listen(listener: TcpListener, session: Session) {
    let mut sessions = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let session = session.clone();
                // A client that goes away is no event of the test.
                sessions.spawn(async move { let _ = session.hold(stream).await; });
            }
            Some(_) = sessions.join_next() => {}
        }
    }
}

/// What ends a conversation.
enum End {
    Closed,
    StartTls,
}

impl Session {
    async fn hold(&self, mut stream: TcpStream) -> std::io::Result<()> {
        if self.serving.hanging_up.contains(&self.port) {
            return Ok(());
        }
        let acceptor = TlsAcceptor::from(self.tls.clone());
        match self.port {
            3310 => {
                stream.read_exact(&mut [0; 9]).await?;
                stream.write_all(self.serving.clamd.as_bytes()).await
            }
            11_333 => {
                stream.read_exact(&mut [0; 20]).await?;
                stream.write_all(self.serving.rspamd.as_bytes()).await?;
                stream.read_to_end(&mut Vec::new()).await.map(drop)
            }
            443 => {
                let begun = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
                let is_policy = begun.client_hello().server_name() == Some(POLICY_HOST);
                let tls = if is_policy { self.policy.clone() } else { self.tls.clone() };
                self.page(BufStream::new(begun.into_stream(tls).await?)).await
            }
            465 if !self.serving.implicit_in_clear => {
                let mut stream = BufStream::new(acceptor.accept(stream).await?);
                say(&mut stream, &format!("220 {MAIL_HOST} ESMTP")).await?;
                self.converse(&mut stream, true).await.map(drop)
            }
            _ => {
                let end = {
                    let mut clear = BufStream::new(&mut stream);
                    say(&mut clear, &format!("220 {MAIL_HOST} ESMTP")).await?;
                    self.converse(&mut clear, false).await?
                };
                if let End::StartTls = end {
                    if self.serving.without_handshake.contains(&self.port) {
                        // Not before the client has begun, or the words would be a second reply to STARTTLS.
                        stream.read_u8().await?;
                        return stream.write_all(b"no TLS here\r\n").await;
                    }
                    let mut stream = BufStream::new(acceptor.accept(stream).await?);
                    self.converse(&mut stream, true).await?;
                }
                Ok(())
            }
        }
    }

    async fn converse<S>(&self, stream: &mut BufStream<S>, under_tls: bool) -> std::io::Result<End>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut line = String::new();
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(End::Closed);
            }
            let command = line.trim_end();
            match command.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" => say(stream, &self.offers(under_tls)).await?,
                "STARTTLS" if !self.serving.to_starttls.is_empty() => {
                    say(stream, self.serving.to_starttls).await?;
                }
                "STARTTLS" => {
                    say(stream, "220 2.0.0 go ahead").await?;
                    return Ok(End::StartTls);
                }
                "MAIL" => say(stream, &self.to_mail()).await?,
                "RCPT" => say(stream, &self.to_recipient(command)).await?,
                "RSET" => say(stream, "250 2.0.0 ok").await?,
                "QUIT" => {
                    say(stream, "221 2.0.0 bye").await?;
                    return Ok(End::Closed);
                }
                _ => {
                    self.data.store(true, Ordering::Relaxed);
                    say(stream, "502 5.5.1 no").await?;
                }
            }
        }
    }

    fn offers(&self, under_tls: bool) -> String {
        let has = |ports: &[u16]| ports.contains(&self.port);
        let mut lines = vec![MAIL_HOST, "ENHANCEDSTATUSCODES"];
        if !under_tls && !has(self.serving.without_starttls) {
            lines.push("STARTTLS");
        }
        let auth = if under_tls { self.serving.auth_under_tls } else { self.serving.auth_in_clear };
        if has(auth) {
            lines.push("AUTH PLAIN LOGIN");
        }
        let last = lines.len() - 1;
        let mark = |place| if place == last { ' ' } else { '-' };
        let lines = lines.iter().enumerate().map(|(place, text)| format!("250{}{text}", mark(place)));
        lines.collect::<Vec<_>>().join("\r\n")
    }

    fn to_mail(&self) -> String {
        match self.serving.to_mail {
            "" if self.port != 25 && self.serving.relays.is_none() => "530 5.7.0 log in first".to_owned(),
            "" => "250 2.1.0 ok".to_owned(),
            reply => reply.to_owned(),
        }
    }

    fn to_recipient(&self, command: &str) -> String {
        let recipient = command.split_once('<').and_then(|(_, rest)| rest.rsplit_once('>'));
        let recipient = recipient.map_or("", |(recipient, _)| recipient);
        if self.serving.relays.is_some_and(|mark| recipient.contains(mark)) {
            return "250 2.1.5 ok".to_owned();
        }
        match recipient.split_once('@') {
            Some((local, "example.test")) => {
                let special = self.serving.to_recipients.iter().find(|(name, _)| *name == local);
                special.map_or("250 2.1.5 ok", |(_, reply)| reply).to_owned()
            }
            _ => self.serving.to_foreign.to_owned(),
        }
    }

    async fn page<S: AsyncRead + AsyncWrite + Unpin>(&self, mut stream: BufStream<S>) -> std::io::Result<()> {
        let mut line = String::new();
        while stream.read_line(&mut line).await? > 2 {
            line.clear();
        }
        let healthy = healthy_policy();
        let body = if self.serving.policy.is_empty() { &healthy } else { self.serving.policy };
        let (status, kind) = self.serving.answer;
        let length = body.len();
        let head = format!("HTTP/1.1 {status} x\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n");
        stream.write_all(format!("{head}Connection: close\r\n\r\n{body}").as_bytes()).await?;
        stream.flush().await?;
        stream.shutdown().await
    }
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufStream<S>,
    text: &str,
) -> std::io::Result<()> {
    stream.write_all(text.as_bytes()).await?;
    stream.write_all(b"\r\n").await?;
    stream.flush().await
}
