//! An authoritative DNS server for [`Zones`], over UDP and TCP on one port.
//!
//! `DnsServer::start(address, zones)` binds both and answers until the value is dropped. An answer that does
//! not fit into the asker's UDP size is cut and marked (RFC 2181 §9), so that it comes again over TCP. A name
//! that was told to be silent gets no answer on either.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::op::{Edns, Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::tlsa::{CertUsage, Matching, Selector};
use hickory_proto::rr::rdata::{CAA, CNAME, MX, NULL, PTR, SOA, TLSA, TXT};
use hickory_proto::rr::{Name, RData, Record as WireRecord, RecordType};
use postamt_net::dns::{Caa, Tlsa};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;

use super::{Finding, Misbehaviour, Record, RecordKind, Zones, zone_of};

/// Without EDNS an answer over UDP has at most this many octets (RFC 1035 §4.2.1).
const PLAIN_UDP_LIMIT: u16 = 512;
/// What we say we can take, and the most that we send over UDP (the common fragmentation-safe size).
const EDNS_UDP_LIMIT: u16 = 1232;
/// A connection that asks nothing for so long is closed (RFC 7766 §6.2.3).
const TCP_IDLE: Duration = Duration::from_secs(10);
/// The type SPF, without a name of its own in the library.
const OBSOLETE_SPF: RecordType = RecordType::Unknown(99);
/// How often a free port is looked for that both protocols can have.
const PORT_ATTEMPTS: usize = 16;

/// Why the server could not start.
#[derive(Debug, thiserror::Error)]
#[error("the DNS server cannot listen on {address}")]
pub struct DnsServerError {
    /// Where it should have listened.
    pub address: SocketAddr,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

/// Answers a question, or keeps silent.
pub(crate) type Mind = dyn Fn(&Message) -> Option<Message> + Send + Sync;

/// A running server; it ends when this is dropped.
#[derive(Debug)]
pub struct DnsServer {
    address: SocketAddr,
    _tasks: JoinSet<()>,
}

impl DnsServer {
    /// Listens on `address`; port 0 takes a port that is free for UDP and for TCP.
    ///
    /// # Errors
    /// [`DnsServerError`]: the address is not ours, or the port is taken or needs a privilege.
    pub async fn start(address: SocketAddr, zones: Zones) -> Result<Self, DnsServerError> {
        Self::start_with(address, Arc::new(move |question: &Message| answer(&zones, question))).await
    }

    /// The same with another mind than zones: what it answers to a question, `None` for silence.
    pub(crate) async fn start_with(address: SocketAddr, mind: Arc<Mind>) -> Result<Self, DnsServerError> {
        let (udp, tcp) = bind(address).await.map_err(|source| DnsServerError { address, source })?;
        let address = udp.local_addr().map_err(|source| DnsServerError { address, source })?;
        let mut tasks = JoinSet::new();
        tasks.spawn(serve_udp(udp, Arc::clone(&mind)));
        tasks.spawn(serve_tcp(tcp, mind));
        Ok(Self { address, _tasks: tasks })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn bind(address: SocketAddr) -> io::Result<(UdpSocket, TcpListener)> {
    let mut attempts = PORT_ATTEMPTS;
    loop {
        let udp = UdpSocket::bind(address).await?;
        match TcpListener::bind(udp.local_addr()?).await {
            Ok(tcp) => return Ok((udp, tcp)),
            Err(error) if address.port() != 0 || attempts == 0 => return Err(error),
            Err(_) => attempts -= 1,
        }
    }
}

async fn serve_udp(socket: UdpSocket, mind: Arc<Mind>) {
    let mut buffer = vec![0; usize::from(u16::MAX)];
    // An error here is an ICMP message about an asker who has gone away; the next one still gets an answer.
    loop {
        let Ok((length, asker)) = socket.recv_from(&mut buffer).await else { continue };
        let Ok(question) = Message::from_vec(&buffer[..length]) else { continue };
        let limit = question
            .edns
            .as_ref()
            .map_or(PLAIN_UDP_LIMIT, |edns| edns.max_payload().clamp(PLAIN_UDP_LIMIT, EDNS_UDP_LIMIT));
        let Some(answer) = mind(&question) else { continue };
        if let Some(wire) = encode(&answer, limit) {
            let _ = socket.send_to(&wire, asker).await;
        }
    }
}

async fn serve_tcp(listener: TcpListener, mind: Arc<Mind>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    let mind = Arc::clone(&mind);
                    connections.spawn(async move {
                        // A connection that breaks is the asker's affair.
                        let _ = serve_connection(stream, &*mind).await;
                    });
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Messages with a two-octet length before each (RFC 1035 §4.2.2).
async fn serve_connection(mut stream: TcpStream, mind: &Mind) -> io::Result<()> {
    loop {
        let length = match tokio::time::timeout(TCP_IDLE, stream.read_u16()).await {
            Ok(length) => usize::from(length?),
            Err(_) => return Ok(()),
        };
        let mut wire = vec![0; length];
        stream.read_exact(&mut wire).await?;
        let Ok(question) = Message::from_vec(&wire) else { return Ok(()) };
        let Some(answer) = mind(&question) else { continue };
        let Some(wire) = encode(&answer, u16::MAX) else { return Ok(()) };
        let Ok(length) = u16::try_from(wire.len()) else { return Ok(()) };
        stream.write_all(&[&length.to_be_bytes()[..], &wire].concat()).await?;
    }
}

/// `None` where the zones say to be silent.
fn answer(zones: &Zones, question: &Message) -> Option<Message> {
    let mut reply = Message::new(question.metadata.id, MessageType::Response, question.metadata.op_code);
    reply.metadata.recursion_desired = question.metadata.recursion_desired;
    // The resolver under test speaks to us as to its recursive server; all there is to know is here.
    reply.metadata.recursion_available = true;
    if question.edns.is_some() {
        let mut edns = Edns::new();
        edns.set_max_payload(EDNS_UDP_LIMIT);
        reply.set_edns(edns);
    }
    let [query] = question.queries.as_slice() else {
        reply.metadata.response_code = ResponseCode::FormErr;
        return Some(reply);
    };
    reply.add_query(query.clone());
    if question.metadata.op_code != OpCode::Query {
        reply.metadata.response_code = ResponseCode::NotImp;
        return Some(reply);
    }
    let name = query.name().to_ascii();
    let (chain, code) = match zones.find(&name, kind(query.query_type())) {
        Finding::Records(records) => (records, ResponseCode::NoError),
        Finding::NoData(chain) => (chain, ResponseCode::NoError),
        Finding::NoSuchName(chain) => (chain, ResponseCode::NXDomain),
        Finding::NotOurs | Finding::Fails(Misbehaviour::Refused) => (Vec::new(), ResponseCode::Refused),
        Finding::Fails(Misbehaviour::ServerFailure) => (Vec::new(), ResponseCode::ServFail),
        Finding::Fails(Misbehaviour::Silence) => return None,
    };
    reply.metadata.response_code = code;
    reply.metadata.authoritative = matches!(code, ResponseCode::NoError | ResponseCode::NXDomain);
    let ttl = u32::try_from(zones.ttl().as_secs()).unwrap_or(u32::MAX);
    let answered = chain.last().is_some_and(|(_, record)| record.kind() != RecordKind::Cname);
    let last_name = chain.last().map_or(name.as_str(), |(owner, record)| match record {
        Record::Alias(target) => target,
        _ => owner,
    });
    if reply.metadata.authoritative && !answered {
        reply.add_authority(start_of_authority(zone_of(last_name), ttl)?);
    }
    for (owner, record) in &chain {
        reply.add_answer(WireRecord::from_rdata(Name::from_ascii(owner).ok()?, ttl, data(record)?));
    }
    Some(reply)
}

/// Denials carry the SOA, whose minimum says how long they hold (RFC 2308 §3).
fn start_of_authority(zone: &str, ttl: u32) -> Option<WireRecord> {
    let zone = Name::from_ascii(format!("{zone}.")).ok()?;
    let server = Name::from_ascii("dns.lab.test.").ok()?;
    let soa = SOA::new(server.clone(), server, 1, 3600, 600, 86400, ttl);
    Some(WireRecord::from_rdata(zone, ttl, RData::SOA(soa)))
}

/// `None` when a name in the data is no DNS name; the question then goes unanswered.
fn data(record: &Record) -> Option<RData> {
    let name = |text: &str| {
        let mut name = Name::from_ascii(text).ok()?;
        name.set_fqdn(true);
        Some(name)
    };
    Some(match record {
        Record::Address(address) => RData::from(*address),
        Record::Mx { preference, exchange } => RData::MX(MX::new(*preference, name(exchange)?)),
        // Each string of a TXT record has at most 255 octets (RFC 1035 §3.3).
        Record::Text(text) => RData::TXT(TXT::from_bytes(text.as_bytes().chunks(255).collect())),
        Record::ObsoleteSpf(text) => RData::Unknown { code: OBSOLETE_SPF, rdata: character_strings(text) },
        Record::Pointer(target) => RData::PTR(PTR(name(target)?)),
        Record::Alias(target) => RData::CNAME(CNAME(name(target)?)),
        Record::Tlsa(tlsa) => RData::TLSA(wire_tlsa(tlsa)),
        Record::Caa(caa) => RData::CAA(wire_caa(caa)),
    })
}

/// Strings of 255 octets, each behind its length (RFC 1035 §3.3).
fn character_strings(text: &str) -> NULL {
    let strings = text.as_bytes().chunks(255);
    let counted = strings.flat_map(|part| u8::try_from(part.len()).into_iter().chain(part.iter().copied()));
    NULL::with(counted.collect())
}

fn wire_tlsa(tlsa: &Tlsa) -> TLSA {
    TLSA::new(
        CertUsage::from(tlsa.usage),
        Selector::from(tlsa.selector),
        Matching::from(tlsa.matching),
        tlsa.data.clone(),
    )
}

fn wire_caa(caa: &Caa) -> CAA {
    let mut wire = CAA::new_issue(caa.critical, None, Vec::new());
    wire.tag.clone_from(&caa.tag);
    wire.value = caa.value.clone().into_bytes();
    wire
}

fn kind(record_type: RecordType) -> RecordKind {
    match record_type {
        RecordType::A => RecordKind::A,
        RecordType::AAAA => RecordKind::Aaaa,
        RecordType::MX => RecordKind::Mx,
        RecordType::TXT => RecordKind::Txt,
        RecordType::PTR => RecordKind::Ptr,
        RecordType::CNAME => RecordKind::Cname,
        RecordType::TLSA => RecordKind::Tlsa,
        RecordType::CAA => RecordKind::Caa,
        OBSOLETE_SPF => RecordKind::ObsoleteSpf,
        _ => RecordKind::Other,
    }
}

fn encode(answer: &Message, limit: u16) -> Option<Vec<u8>> {
    let wire = answer.to_vec().ok()?;
    if wire.len() <= usize::from(limit) {
        return Some(wire);
    }
    answer.truncate().to_vec().ok()
}
