//! What the host sees: connections, greetings, ICMP messages, DNS answers.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};
use postamt_lab::isp::{DNS, HOST, Isp};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::sockopt::{Timeout, set_ip_ttl, set_ipv6_unicast_hops, set_socket_timeout};
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, ipproto};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream, UdpSocket};
use tokio::time::timeout;

/// How long silence must last to count as such.
pub const SILENCE: Duration = Duration::from_millis(250);
/// How long an answer may take on a busy machine.
pub const ANSWER: Duration = Duration::from_secs(10);

/// How an attempt on a TCP port ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// The connection stands.
    Connected,
    /// A greeting by this name, and what is said of STARTTLS.
    Greeted(String, StartTls),
    /// A greeting with another code than 220.
    Refused(u16),
    /// Neither connection nor error.
    Silence,
    /// A connection, and then nothing.
    Mute,
    /// RST.
    Reset,
    /// EHOSTUNREACH.
    Unreachable,
    /// EACCES, which ICMPv6 "administratively prohibited" becomes.
    Denied,
    /// ENETUNREACH.
    NoRoute,
}

/// How EHLO is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartTls {
    /// The extension is offered.
    Offered,
    /// `XXXXXXXA` stands in its place.
    Masked,
    /// Nothing is said of it.
    Missing,
}

/// Where to and how.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    pub target: SocketAddr,
    pub source: Option<IpAddr>,
    pub hops: Option<u8>,
    pub patience: Duration,
}

impl Attempt {
    pub fn at(address: IpAddr, port: u16) -> Self {
        Self { target: SocketAddr::new(address, port), source: None, hops: None, patience: ANSWER }
    }

    /// With the patience that fits what is expected.
    pub fn expecting(self, expected: &Seen) -> Self {
        let patience = if matches!(expected, Seen::Silence | Seen::Mute) { SILENCE } else { ANSWER };
        Self { patience, ..self }
    }

    pub async fn connect(self) -> Result<TcpStream, Seen> {
        let socket = if self.target.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }.unwrap();
        if let Some(source) = self.source {
            socket.bind(SocketAddr::new(source, 0)).unwrap();
        }
        match self.hops {
            Some(hops) if self.target.is_ipv4() => set_ip_ttl(&socket, hops.into()).unwrap(),
            Some(hops) => set_ipv6_unicast_hops(&socket, Some(hops)).unwrap(),
            None => {}
        }
        match timeout(self.patience, socket.connect(self.target)).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(sorted(&error)),
            Err(_) => Err(Seen::Silence),
        }
    }

    pub async fn is_open(self) -> Seen {
        self.connect().await.map_or_else(|seen| seen, |_| Seen::Connected)
    }

    /// Connects, reads the greeting, says EHLO.
    pub async fn smtp(self) -> Seen {
        let stream = match self.connect().await {
            Ok(stream) => stream,
            Err(seen) => return seen,
        };
        let mut talk = Talk(BufReader::new(stream));
        let Ok(greeting) = timeout(self.patience, talk.line()).await else { return Seen::Mute };
        let mut words = greeting.split([' ', '-']);
        let code: u16 = words.next().unwrap().parse().unwrap_or_else(|_| panic!("no code in {greeting:?}"));
        if code != 220 {
            return Seen::Refused(code);
        }
        let offers = talk.ask("EHLO mail.absender.test").await;
        let has = |word: &str| offers.iter().any(|line| line.get(4..) == Some(word));
        let tls = match (has("STARTTLS"), has("XXXXXXXA")) {
            (true, false) => StartTls::Offered,
            (false, true) => StartTls::Masked,
            (false, false) => StartTls::Missing,
            _ => panic!("both in {offers:?}"),
        };
        Seen::Greeted(words.next().unwrap().to_owned(), tls)
    }
}

fn sorted(error: &io::Error) -> Seen {
    match Errno::from_io_error(error) {
        Some(Errno::CONNREFUSED) => Seen::Reset,
        Some(Errno::HOSTUNREACH) => Seen::Unreachable,
        Some(Errno::ACCESS) => Seen::Denied,
        Some(Errno::NETUNREACH) => Seen::NoRoute,
        _ => panic!("an error that no mode makes: {error}"),
    }
}

/// A conversation in lines.
pub struct Talk(pub BufReader<TcpStream>);

impl Talk {
    pub async fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).await.unwrap();
        line.trim_end().to_owned()
    }

    pub async fn ask(&mut self, command: &str) -> Vec<String> {
        self.0.get_mut().write_all(format!("{command}\r\n").as_bytes()).await.unwrap();
        let mut lines = Vec::new();
        loop {
            let line = timeout(ANSWER, self.line()).await.expect("an answer");
            let is_last = line.get(3..4) != Some("-");
            lines.push(line);
            if is_last {
                return lines;
            }
        }
    }
}

/// The operator that most tests speak to, by family.
pub fn target(isp: &Isp, family: usize) -> IpAddr {
    isp.operators()[0].addresses[family]
}

pub async fn expect_greeting(isp: &Isp, family: usize) {
    let expected = Seen::Greeted(isp.operators()[0].host.to_string(), StartTls::Offered);
    assert_eq!(Attempt::at(target(isp, family), 25).smtp().await, expected);
}

/// Hears the ICMP errors that come to the host.
pub struct Ear {
    socket: OwnedFd,
    family: usize,
}

/// Who sent it, its type and its code.
pub type Icmp = (IpAddr, u8, u8);

impl Ear {
    pub fn open(family: usize) -> Self {
        let (domain, protocol) =
            [(AddressFamily::INET, ipproto::ICMP), (AddressFamily::INET6, ipproto::ICMPV6)][family];
        let socket =
            rustix::net::socket_with(domain, SocketType::RAW, SocketFlags::CLOEXEC, Some(protocol)).unwrap();
        Self { socket, family }
    }

    /// The first error within `patience`.
    pub fn hear(&self, patience: Duration) -> Option<Icmp> {
        set_socket_timeout(&self.socket, Timeout::Recv, Some(patience)).unwrap();
        let mut packet = [0; 2048];
        loop {
            let (length, _, from) =
                match rustix::net::recvfrom(&self.socket, &mut packet[..], RecvFlags::empty()) {
                    Ok(received) => received,
                    Err(Errno::AGAIN) => return None,
                    Err(error) => panic!("{error}"),
                };
            let from = SocketAddr::try_from(from.unwrap()).unwrap().ip();
            // IPv4 gives the packet with its header, whose length is in words of four octets.
            let start = if self.family == 0 { usize::from(packet[0] & 0x0f) * 4 } else { 0 };
            let (kind, code) = (packet[start], packet[start + 1]);
            assert!(length > start + 1);
            let is_error = if self.family == 0 { matches!(kind, 3 | 11) } else { matches!(kind, 1 | 3) };
            if is_error {
                return Some((from, kind, code));
            }
        }
    }
}

/// How a question to the Internet's DNS server ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Addresses(Vec<IpAddr>),
    ServerFailure,
    NoSuchName,
    Silence,
    NoRoute,
}

/// Asks for the address of `name` of a family, over that family.
pub async fn ask_dns(name: &str, family: usize, patience: Duration) -> Answer {
    let socket = UdpSocket::bind((HOST[family], 0)).await.unwrap();
    let question = question(name, family);
    match socket.connect((DNS[family], 53)).await {
        Err(error) if sorted(&error) == Seen::NoRoute => return Answer::NoRoute,
        other => other.unwrap(),
    }
    socket.send(&question.to_vec().unwrap()).await.unwrap();
    let mut wire = [0; 1500];
    match timeout(patience, socket.recv(&mut wire)).await {
        Ok(length) => read(&question, &wire[..length.unwrap()]),
        Err(_) => Answer::Silence,
    }
}

/// The same over TCP.
pub async fn ask_dns_by_tcp(name: &str, family: usize) -> Answer {
    use tokio::io::AsyncReadExt as _;
    let question = question(name, family);
    let wire = question.to_vec().unwrap();
    let mut stream = Attempt::at(DNS[family], 53).connect().await.unwrap();
    stream.write_u16(wire.len().try_into().unwrap()).await.unwrap();
    stream.write_all(&wire).await.unwrap();
    let mut answer = vec![0; stream.read_u16().await.unwrap().into()];
    stream.read_exact(&mut answer).await.unwrap();
    read(&question, &answer)
}

fn question(name: &str, family: usize) -> Message {
    let mut question = Message::new(4711, MessageType::Query, OpCode::Query);
    question.metadata.recursion_desired = true;
    let kind = [RecordType::A, RecordType::AAAA][family];
    question.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
    question
}

fn read(question: &Message, wire: &[u8]) -> Answer {
    let answer = Message::from_vec(wire).unwrap();
    assert_eq!(answer.metadata.id, question.metadata.id);
    match answer.metadata.response_code {
        ResponseCode::ServFail => Answer::ServerFailure,
        ResponseCode::NXDomain => Answer::NoSuchName,
        ResponseCode::NoError => {
            let addresses = answer.answers.iter().map(|record| match &record.data {
                RData::A(address) => IpAddr::V4(address.0),
                RData::AAAA(address) => IpAddr::V6(address.0),
                other => panic!("not an address: {other}"),
            });
            Answer::Addresses(addresses.collect())
        }
        other => panic!("{other}"),
    }
}
