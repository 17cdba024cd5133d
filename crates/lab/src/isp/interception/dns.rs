//! DNS servers that lie: one that knows every name as its own address, one that fails, one that knows no name.
//!
//! [`answer`] is pure: a question in, the lie out. The sockets are those of the interception.

use std::net::IpAddr;

use hickory_proto::op::{Message, MessageType, ResponseCode};
use hickory_proto::rr::{RData, Record, RecordType};

/// How long the lies hold, in seconds.
const TTL: u32 = 1;

/// What is said instead of the truth.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lie {
    /// Every name has these addresses, and nothing else.
    Own([IpAddr; 2]),
    /// SERVFAIL.
    ServerFailure,
    /// NXDOMAIN.
    NoSuchName,
}

/// Answers any question.
pub(super) fn answer(lie: Lie, question: &Message) -> Message {
    let mut reply = Message::new(question.metadata.id, MessageType::Response, question.metadata.op_code);
    reply.metadata.recursion_desired = question.metadata.recursion_desired;
    reply.metadata.recursion_available = true;
    for query in &question.queries {
        reply.add_query(query.clone());
    }
    match lie {
        Lie::ServerFailure => reply.metadata.response_code = ResponseCode::ServFail,
        Lie::NoSuchName => reply.metadata.response_code = ResponseCode::NXDomain,
        Lie::Own(addresses) => {
            for query in &question.queries {
                let wanted = addresses.into_iter().filter(|address| match query.query_type() {
                    RecordType::A => address.is_ipv4(),
                    RecordType::AAAA => address.is_ipv6(),
                    _ => false,
                });
                for address in wanted {
                    reply.add_answer(Record::from_rdata(query.name().clone(), TTL, RData::from(address)));
                }
            }
        }
    }
    reply
}
