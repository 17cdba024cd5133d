//! Changes to a zone by dynamic updates (RFC 2136), signed with a shared key (TSIG, RFC 8945).
//!
//! One update is one message: what was seen is its prerequisite, so that a zone that somebody else has changed in the
//! meantime is left alone. It goes over TCP, because the records of keys do not fit into a datagram. Fails with
//! [`PublishError`]; an answer that the key has not signed counts for nothing.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hickory_proto::op::update_message::UpdateMessage as _;
use hickory_proto::op::{Message, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::tsig::TsigAlgorithm;
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType, TSigner};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use zeroize::Zeroizing;

use super::authority::{Authority, Zone};
use super::hickory::records::{record_type, write};
use super::publish::{Change, PublishError, Publisher};
use super::record::RecordData;
use crate::PortFuture;
use crate::clock::{Clock as _, SystemClock};

/// How long an update may take.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How far the clocks of both sides may be apart (RFC 8945 §10).
const FUDGE_SECONDS: u16 = 300;

/// A shared key.
#[derive(Clone)]
pub struct UpdateKey {
    name: String,
    algorithm: String,
    secret: Zeroizing<Vec<u8>>,
}

/// Why a key file is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpdateKeyError {
    /// Not a key.
    #[error(
        "this is no TSIG key: write `hmac-sha256:NAME:BASE64`, or what `tsig-keygen` prints \
         (key \"NAME\" {{ algorithm hmac-sha256; secret \"BASE64\"; }};)"
    )]
    Form,
    /// The secret is no base64.
    #[error("the secret of the TSIG key is not written in base64")]
    Secret,
    /// Weak or unknown.
    #[error("the TSIG algorithm {0} is not supported: use hmac-sha256, hmac-sha384 or hmac-sha512")]
    Algorithm(String),
}

impl UpdateKey {
    /// Reads `algorithm:name:base64`, or a `key` clause of BIND.
    ///
    /// # Errors
    /// [`UpdateKeyError`].
    pub fn parse(text: &str) -> Result<Self, UpdateKeyError> {
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with(['#', '/']));
        let text = Zeroizing::new(lines.collect::<Vec<_>>().join(" "));
        let (algorithm, name, secret) = match clause(&text) {
            Some(parts) => parts,
            None => short(text.trim()).ok_or(UpdateKeyError::Form)?,
        };
        let algorithm = algorithm.to_ascii_lowercase();
        algorithm_of(&algorithm).ok_or_else(|| UpdateKeyError::Algorithm(algorithm.clone()))?;
        let secret = Zeroizing::new(STANDARD.decode(secret).map_err(|_| UpdateKeyError::Secret)?);
        if Name::from_ascii(name).is_err() || secret.is_empty() {
            return Err(UpdateKeyError::Form);
        }
        Ok(Self { name: name.trim_end_matches('.').to_ascii_lowercase(), algorithm, secret })
    }

    fn signer(&self) -> Result<TSigner, PublishError> {
        let unusable = |detail: String| PublishError::Message(detail);
        let algorithm = algorithm_of(&self.algorithm).ok_or_else(|| unusable(self.algorithm.clone()))?;
        let name = Name::from_ascii(&self.name).map_err(|error| unusable(error.to_string()))?;
        TSigner::new(self.secret.to_vec(), algorithm, name, FUDGE_SECONDS)
            .map_err(|error| unusable(error.to_string()))
    }
}

impl fmt::Debug for UpdateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateKey").field("name", &self.name).finish_non_exhaustive()
    }
}

fn algorithm_of(name: &str) -> Option<TsigAlgorithm> {
    match name {
        "hmac-sha256" => Some(TsigAlgorithm::HmacSha256),
        "hmac-sha384" => Some(TsigAlgorithm::HmacSha384),
        "hmac-sha512" => Some(TsigAlgorithm::HmacSha512),
        _ => None,
    }
}

/// `key "name" { algorithm hmac-sha256; secret "…"; };`
fn clause(text: &str) -> Option<(&str, &str, &str)> {
    let (name, body) = text.trim().strip_prefix("key ")?.split_once('{')?;
    let value = |word: &str| {
        let part = body.split(';').find_map(|part| part.trim().strip_prefix(word))?;
        Some(part.trim().trim_matches('"'))
    };
    Some((value("algorithm ")?, name.trim().trim_matches('"'), value("secret ")?))
}

fn short(text: &str) -> Option<(&str, &str, &str)> {
    let mut parts = text.splitn(3, ':');
    Some((parts.next()?, parts.next()?, parts.next()?.trim()))
}

/// Sends updates to a primary server.
#[derive(Debug, Clone)]
pub struct DynamicUpdate {
    /// Where; without it the primary server that the zone's SOA names.
    pub server: Option<SocketAddr>,
    /// With what.
    pub key: UpdateKey,
    /// Finds the primary.
    pub authority: Authority,
}

impl Publisher for DynamicUpdate {
    fn apply<'a>(
        &'a self,
        zone: &'a Zone,
        changes: &'a [Change],
    ) -> PortFuture<'a, Result<(), PublishError>> {
        Box::pin(async move {
            let server = self.server_of(zone).await?;
            let signer = self.key.signer()?;
            let mut message = message(zone, changes)?;
            let mut verifier = message
                .finalize(&signer, SystemClock.unix_seconds())
                .map_err(|error| PublishError::Message(error.to_string()))?;
            let octets = message.to_vec().map_err(|error| PublishError::Message(error.to_string()))?;
            let exchange = tokio::time::timeout(TIMEOUT, exchange(server, &octets)).await;
            let answer = exchange
                .unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()))
                .map_err(|source| PublishError::Unreachable { server: server.to_string(), source })?;
            let distrust = |detail: String| PublishError::Answer { server: server.to_string(), detail };
            let plain = Message::from_vec(&answer).map_err(|error| distrust(error.to_string()))?;
            let refused = |code: ResponseCode| PublishError::Refused {
                server: server.to_string(),
                zone: zone.name.clone(),
                code: code.to_string(),
            };
            // A key that the server does not know cannot have signed the answer (RFC 8945 §5.2).
            if plain.response_code == ResponseCode::NotAuth {
                return Err(refused(ResponseCode::NotAuth));
            }
            if let Some(verifier) = &mut verifier {
                verifier.verify(&answer).map_err(|error| distrust(error.to_string()))?;
            }
            match plain.response_code {
                ResponseCode::NoError => Ok(()),
                // RFC 2136 §3.2: a prerequisite does not hold.
                ResponseCode::NXRRSet | ResponseCode::YXRRSet => {
                    Err(PublishError::Changed { zone: zone.name.clone() })
                }
                code => Err(refused(code)),
            }
        })
    }

    fn name(&self) -> String {
        match self.server {
            Some(server) => format!("RFC 2136, {server}"),
            None => "RFC 2136".to_owned(),
        }
    }
}

impl DynamicUpdate {
    async fn server_of(&self, zone: &Zone) -> Result<SocketAddr, PublishError> {
        if let Some(server) = self.server {
            return Ok(server);
        }
        let unknown = |source| PublishError::Unreachable { server: zone.primary.clone(), source };
        let addresses = self.authority.addresses(&zone.primary).await;
        let addresses = addresses.map_err(|error| unknown(std::io::Error::other(error)))?;
        addresses.first().copied().ok_or_else(|| unknown(std::io::Error::other("it has no address")))
    }
}

async fn exchange(server: SocketAddr, message: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(server).await?;
    let length = u16::try_from(message.len()).map_err(|_| std::io::ErrorKind::InvalidInput)?;
    // RFC 7766 §8: the length and the message in one write.
    stream.write_all(&[&length.to_be_bytes()[..], message].concat()).await?;
    let length = stream.read_u16().await?;
    let mut answer = vec![0; usize::from(length)];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

fn message(zone: &Zone, changes: &[Change]) -> Result<Message, PublishError> {
    let mut message = Message::query();
    message.metadata.op_code = OpCode::Update;
    message.metadata.recursion_desired = false;
    let mut query = Query::new();
    query.set_name(absolute(&zone.name)?).set_query_class(DNSClass::IN).set_query_type(RecordType::SOA);
    message.add_zone(query);
    for change in changes {
        let name = absolute(&change.name)?;
        if change.seen.is_empty() {
            // RFC 2136 §2.4.3: no such records.
            message.add_pre_requisite(bare(&name, record_type(change.kind), DNSClass::NONE));
        }
        for seen in &change.seen {
            // RFC 2136 §2.4.2: exactly these.
            message.add_pre_requisite(record(&name, seen, DNSClass::IN, 0)?);
        }
        for gone in &change.remove {
            // RFC 2136 §2.5.4.
            message.add_update(record(&name, gone, DNSClass::NONE, 0)?);
        }
        for new in &change.add {
            message.add_update(record(&name, new, DNSClass::IN, change.ttl)?);
        }
    }
    Ok(message)
}

fn absolute(name: &str) -> Result<Name, PublishError> {
    let mut absolute = Name::from_ascii(name).map_err(|error| PublishError::Message(error.to_string()))?;
    absolute.set_fqdn(true);
    Ok(absolute)
}

fn bare(name: &Name, kind: RecordType, class: DNSClass) -> Record {
    let mut record = Record::from_rdata(name.clone(), 0, RData::Update0(kind));
    record.dns_class = class;
    record
}

fn record(name: &Name, data: &RecordData, class: DNSClass, ttl: u32) -> Result<Record, PublishError> {
    let data = write(data).ok_or_else(|| PublishError::Message(format!("{name} {data}")))?;
    let mut record = Record::from_rdata(name.clone(), ttl, data);
    record.dns_class = class;
    Ok(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_both_forms() {
        let clause = "# made by tsig-keygen\nkey \"Postamt.\" {\n\talgorithm hmac-sha256;\n\tsecret \"c2VjcmV0\";\n};\n";
        for text in [clause, "hmac-sha256:postamt:c2VjcmV0\n", "# comment\nHMAC-SHA256:postamt.:c2VjcmV0"] {
            let key = UpdateKey::parse(text).expect("a key");
            assert_eq!(
                (key.name.as_str(), key.algorithm.as_str(), &key.secret[..]),
                ("postamt", "hmac-sha256", &b"secret"[..])
            );
            assert!(!format!("{key:?}").contains("secret:"), "nothing of the secret shows");
        }
        assert_eq!(UpdateKey::parse("").err(), Some(UpdateKeyError::Form));
        assert_eq!(UpdateKey::parse("hmac-sha256:x:***").err(), Some(UpdateKeyError::Secret));
        let weak = UpdateKey::parse("hmac-md5:x:c2VjcmV0").err();
        assert_eq!(weak, Some(UpdateKeyError::Algorithm("hmac-md5".into())));
    }

    #[test]
    fn what_is_there_after_a_change() {
        let text = |text: &str| RecordData::Txt(text.into());
        let change = Change {
            name: "own.test".into(),
            kind: super::super::record::RecordKind::Txt,
            ttl: 60,
            seen: vec![text("a"), text("b")],
            remove: vec![text("b")],
            add: vec![text("c"), text("a")],
        };
        assert_eq!(change.after(), [text("a"), text("c")]);
    }
}
