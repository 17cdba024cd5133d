//! What the tests of this folder share: messages, keys, and a name server on loopback that answers from a table.

use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;

use bytes::Bytes;
use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::TXT;
use hickory_proto::rr::{RData, Record};
use postamt_mail::address::Domain;
use postamt_mailauth::dkim::{Algorithm, SignOptions, SignProfile, SigningKey, generate, sign};

/// The domain of all senders.
pub const DOMAIN: &str = "sender.test";

/// An RSA and an Ed25519 key of [`DOMAIN`], each with the PEM text that it was read from.
pub fn keys() -> Vec<(Arc<SigningKey>, String)> {
    Algorithm::ALL.into_iter().map(new_key).collect()
}

fn new_key(algorithm: Algorithm) -> (Arc<SigningKey>, String) {
    let pem = generate(algorithm, 2048).unwrap();
    let key = SigningKey::from_pem(Domain::new(DOMAIN).unwrap(), &format!("s-{algorithm}"), pem.as_bytes());
    (Arc::new(key.unwrap()), pem.to_string())
}

/// The message with the signatures of all keys in front.
pub fn signed(message: &[u8], keys: &[Arc<SigningKey>]) -> Vec<u8> {
    let now = std::process::Command::new("date").arg("+%s").output().unwrap().stdout;
    let timestamp = String::from_utf8(now).unwrap().trim().parse().unwrap();
    let options =
        SignOptions { timestamp, expire_after: Some(1_209_600), profile: Arc::new(SignProfile::default()) };
    let fields = sign(keys, &[Bytes::copy_from_slice(message)], &options).unwrap();
    [&fields[..], message].concat()
}

/// Messages on which implementations differ when they differ.
pub fn messages() -> Vec<(&'static str, Vec<u8>)> {
    let header = "From: =?utf-8?q?J=C3=BCrgen?= <juergen@sender.test>\r\nTo: b@receiver.test,\r\n\t c@receiver.test\r\n\
                  Subject:  folded \r\n  and   spaced \r\nDate: Tue, 24 Nov 2026 07:00:06 +0000\r\n\
                  Message-ID: <1@sender.test>\r\nList-Unsubscribe: <https://sender.test/u>\r\n";
    let with = |body: &str| [header, "\r\n", body].concat().into_bytes();
    vec![
        ("plain", with("Hello\r\n\r\nJoe.\r\n")),
        ("empty body", with("")),
        ("one empty line", with("\r\n")),
        ("white space lines at the end", with("hello\r\n \r\n\t\r\n\r\n")),
        ("only white space", with(" \r\n\t \r\n")),
        ("spaces and tabs", with("a  b\t\tc \r\n  indented\r\ntrailing \t \r\n")),
        ("leading empty lines", with("\r\n\r\nhello\r\n")),
        ("umlauts", with("Schöne Grüße aus Köln\r\n")),
        ("long", with(&"0123456789 abcdefghij  klmnopqrst\r\n".repeat(2000))),
        ("two recipients' fields", [b"To: x@receiver.test\r\n", &with("twice\r\n")[..]].concat()),
    ]
}

/// A name server on loopback; it ends with the process.
pub fn name_server(records: HashMap<String, Vec<RData>>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok((length, client)) = socket.recv_from(&mut buffer) {
            if let Ok(query) = Message::from_vec(&buffer[..length]) {
                let answer = answer(&query, &records).to_vec().unwrap();
                socket.send_to(&answer, client).unwrap();
            }
        }
    });
    address
}

fn answer(query: &Message, records: &HashMap<String, Vec<RData>>) -> Message {
    let mut response = Message::new(query.metadata.id, MessageType::Response, OpCode::Query);
    response.metadata.recursion_desired = true;
    response.metadata.recursion_available = true;
    let question = query.queries[0].clone();
    let name = question.name().to_ascii().to_ascii_lowercase();
    let found = records.get(name.trim_end_matches('.'));
    response.metadata.response_code =
        if found.is_some() { ResponseCode::NoError } else { ResponseCode::NXDomain };
    for data in found.into_iter().flatten().filter(|data| data.record_type() == question.query_type()) {
        response.add_answer(Record::from_rdata(question.name().clone(), 60, data.clone()));
    }
    response.add_query(question);
    response
}

/// A TXT record, in strings of 255 octets.
pub fn txt(text: &str) -> RData {
    let strings = text.as_bytes().chunks(255).map(|chunk| String::from_utf8(chunk.to_vec()).unwrap());
    RData::TXT(TXT::new(strings.collect()))
}
