//! A street of five operators on 127.25.N.x, each with a mail exchanger, a web server and a submission server.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use postamt_doctor::port25::outcome::{Family, Observation, PathKey, Role};
use postamt_doctor::port25::probe::{Budget, HopSearch, ProbePorts};
use postamt_doctor::port25::targets::{Operator, TargetList};
use postamt_doctor::port25::{Eyes, Kind, PathReport, ProbeSettings, Report, check};
use postamt_lab::certificates::{CertificateKind, LabAuthority, TlsVersions};
use postamt_lab::receiver::BlackHole;
use postamt_lab::zones::{Record, StaticResolver, Zones};
use postamt_mail::address::Domain;
use postamt_net::clock::SystemClock;
use postamt_net::smtp::TlsContext;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

pub const OPERATORS: [&str; 5] = ["alpha", "beta", "gamma", "delta", "epsilon"];
pub const IPV4: PathKey = PathKey { source: None, family: Family::Ipv4 };

/// What a server is like.
#[derive(Clone)]
pub enum Server {
    /// Greets with this line and offers these.
    Speaks { greeting: String, offers: Vec<String>, tls: Option<Arc<rustls::ServerConfig>> },
    /// Says one line and closes.
    Says(String),
    /// Takes the connection and says nothing.
    Mute,
    /// Nobody listens: RST.
    Closed,
    /// Swallows the connection attempt.
    Hole,
}

/// A mail server in good order, with STARTTLS.
pub fn good(authority: &LabAuthority, operator: &str) -> Server {
    let host = format!("mx.{operator}.test");
    let tls = authority.server_config(&host, CertificateKind::Good, TlsVersions::Current).unwrap();
    Server::Speaks {
        greeting: format!("220 {host} ESMTP"),
        offers: vec![host, "PIPELINING".to_owned(), "STARTTLS".to_owned()],
        tls: Some(tls),
    }
}

/// A mail server without TLS that greets with `host`.
pub fn plain(host: &str) -> Server {
    let offers = vec![host.to_owned(), "PIPELINING".to_owned()];
    Server::Speaks { greeting: format!("220 {host} ESMTP"), offers, tls: None }
}

/// The street, while it stands.
pub struct Street {
    pub zones: Zones,
    pub settings: ProbeSettings,
    pub authority: LabAuthority,
    number: u8,
    holes: Vec<BlackHole>,
    servers: JoinSet<()>,
    said: UnboundedSender<String>,
    pub heard: tokio::sync::mpsc::UnboundedReceiver<String>,
}

/// One number per street, so that streets do not share addresses and ports can be fixed: below those that the
/// system gives to others.
static STREETS: AtomicU8 = AtomicU8::new(0);
const PORTS: ProbePorts = ProbePorts { exchange: 10_025, web: 10_443, submission: 10_587 };

impl Street {
    /// Builds the houses; the mail servers are what `server` says.
    pub async fn build(server: impl Fn(&LabAuthority, usize, &str) -> Server) -> Self {
        let (said, heard) = tokio::sync::mpsc::unbounded_channel();
        let operators: Vec<Operator> = OPERATORS.iter().map(|name| operator(name)).collect();
        let targets = TargetList { operators, anchors: Vec::new(), canaries: Vec::new() };
        let mut settings = ProbeSettings::new(targets, "probe.test");
        settings.families = vec![Family::Ipv4];
        settings.hops = HopSearch::Never;
        settings.budget = quick();
        // Nothing of the machine's own firewall.
        settings.root = std::env::temp_dir().join("no-such-root");
        let mut street = Self {
            zones: Zones::default(),
            settings,
            authority: LabAuthority::new().unwrap(),
            number: STREETS.fetch_add(1, Ordering::Relaxed),
            holes: Vec::new(),
            servers: JoinSet::new(),
            said,
            heard,
        };
        street.settings.ports = PORTS;
        for (place, name) in OPERATORS.iter().enumerate() {
            let host = format!("mx.{name}.test");
            street.zones.add(&format!("{name}.test"), Record::Mx { preference: 10, exchange: host.clone() });
            for host in [host, format!("www.{name}.test"), format!("smtp.{name}.test")] {
                street.zones.add(&host, Record::Address(street.address(place)));
            }
            let at = |port| SocketAddr::new(street.address(place), port);
            let [web, submission, exchange] = [PORTS.web, PORTS.submission, PORTS.exchange].map(at);
            for address in [web, submission] {
                street.open(address, Server::Mute).await;
            }
            let server = server(&street.authority, place, name);
            street.open(exchange, server).await;
        }
        street
    }

    /// An address of the street.
    pub fn address(&self, place: usize) -> IpAddr {
        IpAddr::V4(Ipv4Addr::new(127, 25, self.number, u8::try_from(place + 1).unwrap()))
    }

    /// Opens one more server on the port of the exchangers.
    pub async fn open_at(&mut self, address: IpAddr, server: Server) {
        self.open(SocketAddr::new(address, PORTS.exchange), server).await;
    }

    async fn open(&mut self, address: SocketAddr, server: Server) {
        match server {
            Server::Closed => {}
            Server::Hole => self.holes.push(BlackHole::open(address).await.unwrap()),
            server => {
                let listener = TcpListener::bind(address).await.unwrap();
                self.servers.spawn(serve(listener, server, self.said.clone()));
            }
        }
    }

    pub fn eyes(&self) -> Eyes {
        Eyes {
            resolver: Arc::new(StaticResolver::new(self.zones.clone())),
            tls: TlsContext::with_roots([self.authority.root().clone()]),
            clock: Arc::new(SystemClock),
        }
    }

    pub async fn check(&self) -> Report {
        check(&self.eyes(), &self.settings, None).await
    }

    /// Probes, and takes the path over IPv4.
    pub async fn verdict(&self, expected: Kind) -> PathReport {
        let report = self.check().await;
        let path = report.path(IPV4).unwrap().clone();
        assert_eq!(path.verdict.kind, expected, "{path:#?}");
        path
    }
}

pub fn operator(name: &str) -> Operator {
    let domain = |text: String| Domain::new(&text).unwrap();
    Operator {
        id: name.to_owned(),
        name: name.to_owned(),
        web: Some(domain(format!("www.{name}.test"))),
        submission: Some(domain(format!("smtp.{name}.test"))),
        offers_starttls: true,
        ..Operator::new(domain(format!("{name}.test")))
    }
}

/// Loopback answers at once; what does not answer in this time is silent.
pub fn quick() -> Budget {
    let milliseconds = Duration::from_millis;
    Budget {
        connect: milliseconds(700),
        greeting: milliseconds(700),
        command: milliseconds(3_000),
        ..Budget::default()
    }
}

pub fn exchanges(path: &PathReport) -> Vec<&Observation> {
    path.observations.iter().filter(|it| it.role == Role::Exchange).collect()
}

async fn serve(listener: TcpListener, server: Server, said: UnboundedSender<String>) {
    let mut sessions = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (server, said) = (server.clone(), said.clone());
        sessions.spawn(async move { converse(stream, server, said).await });
    }
}

async fn converse(mut stream: TcpStream, server: Server, said: UnboundedSender<String>) {
    match server {
        Server::Says(line) => {
            let _ = stream.write_all(format!("{line}\r\n").as_bytes()).await;
        }
        Server::Speaks { greeting, offers, tls } => {
            if stream.write_all(format!("{greeting}\r\n").as_bytes()).await.is_err() {
                return;
            }
            if talk(&mut stream, &offers, tls.is_some(), &said).await
                && let Some(tls) = tls
                && let Ok(mut stream) = TlsAcceptor::from(tls).accept(stream).await
            {
                talk(&mut stream, &offers[..2], false, &said).await;
            }
        }
        // Until the other side has had enough.
        _ => {
            let mut line = String::new();
            let _ = BufReader::new(stream).read_line(&mut line).await;
        }
    }
}

/// Answers commands; true when the session goes on under TLS.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    offers: &[String],
    starttls: bool,
    said: &UnboundedSender<String>,
) -> bool {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return false;
        }
        let command = line.trim_end().to_owned();
        let _ = said.send(command.clone());
        let last = offers.len() - 1;
        let answer = match command.split(' ').next() {
            Some("EHLO") => {
                let line = |(n, offer): (usize, &String)| {
                    format!("250{}{offer}\r\n", if n == last { ' ' } else { '-' })
                };
                offers.iter().enumerate().map(line).collect()
            }
            Some("STARTTLS") if starttls => "220 go ahead\r\n".to_owned(),
            Some("QUIT") => "221 bye\r\n".to_owned(),
            _ => "502 no\r\n".to_owned(),
        };
        if stream.write_all(answer.as_bytes()).await.is_err() || stream.flush().await.is_err() {
            return false;
        }
        match command.as_str() {
            "STARTTLS" if starttls => return true,
            "QUIT" => return false,
            _ => {}
        }
    }
}
