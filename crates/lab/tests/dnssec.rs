//! The resolver's DNSSEC status, against a root of its own that signs for real: a signed name, one below an
//! unsigned delegation, a proven denial, and a record that was changed behind the signer's back.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::net::{IpAddr, Ipv4Addr};
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hickory_proto::dnssec::crypto::EcdsaSigningKey;
use hickory_proto::dnssec::rdata::DNSKEY;
use hickory_proto::dnssec::{Algorithm, DnssecSigner, PublicKey, SigningKey};
use hickory_proto::rr::rdata::{A, MX, NS, SOA, TLSA, tlsa};
use hickory_proto::rr::{Name, RData, Record, RecordSet, RecordType, RrKey};
use hickory_server::Server;
use hickory_server::dnssec::NxProofKind;
use hickory_server::net::runtime::Time;
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::store::in_memory::InMemoryZoneHandler;
use hickory_server::zone_handler::{AxfrPolicy, Catalog, ZoneType};
use postamt_mail::address::Domain;
use postamt_net::dns::{
    AdaptiveResolver, DnsError, DnssecStatus, HickoryResolver, Resolver, ResolverSettings, Validation,
};
use tokio::net::{TcpListener, UdpSocket};

const HONEST: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const FORGED: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 66);

fn name(text: &str) -> Name {
    Name::from_str(text).unwrap()
}

fn zone(origin: &str, proof: Option<NxProofKind>, records: Vec<(&str, RData)>) -> InMemoryZoneHandler {
    let mut zone = InMemoryZoneHandler::empty(name(origin), ZoneType::Primary, AxfrPolicy::Deny, proof);
    let soa = SOA::new(name("dns.test."), name("dns.test."), 1, 3600, 600, 86400, 60);
    zone.upsert_mut(Record::from_rdata(name(origin), 60, RData::SOA(soa)), 0);
    for (owner, data) in [(origin, RData::NS(NS(name("dns.test."))))].into_iter().chain(records) {
        assert!(zone.upsert_mut(Record::from_rdata(name(owner), 60, data), 0), "{owner}");
    }
    zone
}

/// A root zone that knows everything but `offen.test`, and its key as a line of a zone file.
fn signed_root() -> (InMemoryZoneHandler, String) {
    let mx = |host: &str| RData::MX(MX::new(10, name(host)));
    let tlsa = TLSA::new(tlsa::CertUsage::DaneEe, tlsa::Selector::Spki, tlsa::Matching::Sha256, vec![7; 32]);
    let mut root = zone(
        ".",
        Some(NxProofKind::Nsec),
        vec![
            ("dns.test.", RData::A(A(HONEST))),
            ("sicher.test.", mx("mx.sicher.test.")),
            ("mx.sicher.test.", RData::A(A(HONEST))),
            ("_25._tcp.mx.sicher.test.", RData::TLSA(tlsa)),
            ("faul.test.", RData::A(A(HONEST))),
            ("offen.test.", RData::NS(NS(name("dns.test.")))),
        ],
    );
    let pkcs8 = EcdsaSigningKey::generate_pkcs8(Algorithm::ECDSAP256SHA256).unwrap();
    let key = EcdsaSigningKey::from_pkcs8(&pkcs8, Algorithm::ECDSAP256SHA256).unwrap();
    let public = key.to_public_key().unwrap();
    let anchor = format!(". 3600 IN DNSKEY 257 3 13 {}\n", BASE64_STANDARD.encode(public.public_bytes()));
    let week = Duration::from_secs(7 * 86400);
    let signer = DnssecSigner::new(DNSKEY::from_key(&public), Box::new(key), Name::root(), week);
    root.add_zone_signing_key_mut(signer).unwrap();
    root.secure_zone_mut().unwrap();
    forge(&mut root, "faul.test.");
    (root, anchor)
}

/// Exchanges the address behind its signature.
fn forge(zone: &mut InMemoryZoneHandler, owner: &str) {
    let key = RrKey::new(name(owner).into(), RecordType::A);
    let honest = zone.records_get_mut().get(&key).unwrap().clone();
    let mut forged = RecordSet::new(name(owner), RecordType::A, 1);
    assert!(forged.insert(Record::from_rdata(name(owner), 60, RData::A(A(FORGED))), 1));
    for signature in honest.rrsigs() {
        forged.insert_rrsig(signature.clone());
    }
    zone.records_get_mut().insert(key, Arc::new(forged));
}

/// Answers as a recursive server would: questions for DS go to the parent of the name (RFC 4035 §3.1.4.1), which
/// a server that has both zones does not do by itself.
struct Recursive {
    parents: Catalog,
    all: Catalog,
}

impl RequestHandler for Recursive {
    fn handle_request<'s, 'r, 'a, R: ResponseHandler + 'a, T: Time + 'a>(
        &'s self,
        request: &'r Request,
        response: R,
    ) -> Pin<Box<dyn Future<Output = ResponseInfo> + Send + 'a>>
    where
        's: 'a,
        'r: 'a,
        Self: 'a,
    {
        let asks_parent = request.queries.queries().iter().any(|q| q.query_type() == RecordType::DS);
        let catalog = if asks_parent { &self.parents } else { &self.all };
        catalog.handle_request::<R, T>(request, response)
    }
}

struct Network {
    _server: Server<Recursive>,
    _keys: tempfile::NamedTempFile,
    settings: ResolverSettings,
    resolver: HickoryResolver,
}

async fn network() -> Network {
    let (root, anchor) = signed_root();
    let open = zone("offen.test.", None, vec![("mx.offen.test.", RData::A(A(HONEST)))]);
    let root = Arc::new(root);
    let (mut parents, mut all) = (Catalog::new(), Catalog::new());
    parents.upsert(Name::root().into(), vec![root.clone()]);
    all.upsert(Name::root().into(), vec![root]);
    all.upsert(name("offen.test.").into(), vec![Arc::new(open)]);
    let mut server = Server::new(Recursive { parents, all });
    let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = udp.local_addr().unwrap();
    server.register_socket(udp);
    server.register_listener(TcpListener::bind(address).await.unwrap(), Duration::from_secs(5), 4096);
    let keys = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(keys.path(), anchor).unwrap();
    let settings = ResolverSettings {
        servers: Some(vec![address]),
        validate: true,
        root_keys: Some(keys.path().to_owned()),
        ..ResolverSettings::default()
    };
    let resolver = HickoryResolver::new(&settings).unwrap();
    Network { _server: server, _keys: keys, settings, resolver }
}

fn domain(text: &str) -> Domain {
    Domain::new(text).unwrap()
}

#[tokio::test]
async fn signed_answers_are_secure() {
    let network = network().await;
    let resolver = &network.resolver;
    let mx = resolver.mx(&domain("sicher.test")).await.unwrap();
    assert_eq!((mx.records.len(), mx.dnssec), (1, DnssecStatus::Secure));
    let host = domain("mx.sicher.test");
    let a = resolver.a(&host).await.unwrap();
    assert_eq!((a.records, a.dnssec), (vec![IpAddr::V4(HONEST)], DnssecStatus::Secure));
    let tlsa = resolver.tlsa(&host, 25).await.unwrap();
    assert_eq!((tlsa.records[0].usage, tlsa.dnssec), (3, DnssecStatus::Secure));
    assert_eq!(tlsa.records[0].data, [7; 32]);
}

#[tokio::test]
async fn a_denial_can_be_proven() {
    let network = network().await;
    let none = network.resolver.a(&domain("nirgends.test")).await.unwrap();
    assert_eq!((none.records.len(), none.exists, none.dnssec), (0, false, DnssecStatus::Secure));
    let other = network.resolver.aaaa(&domain("mx.sicher.test")).await.unwrap();
    assert_eq!((other.records.len(), other.exists, other.dnssec), (0, true, DnssecStatus::Secure));
}

#[tokio::test]
async fn below_an_unsigned_delegation_all_is_insecure() {
    let network = network().await;
    let answer = network.resolver.a(&domain("mx.offen.test")).await.unwrap();
    assert_eq!((answer.records, answer.dnssec), (vec![IpAddr::V4(HONEST)], DnssecStatus::Insecure));
}

#[tokio::test]
async fn a_forged_record_is_never_an_answer() {
    let network = network().await;
    let error = network.resolver.a(&domain("faul.test")).await.unwrap_err();
    assert!(matches!(error, DnsError::Bogus { record: "A", .. }), "{error:?}");
}

#[tokio::test]
async fn where_signatures_arrive_they_are_checked() {
    let network = network().await;
    let resolver = AdaptiveResolver::new(&network.settings).unwrap();
    assert_eq!(resolver.validation().await, Validation::Works);
    let mx = resolver.mx(&domain("sicher.test")).await.unwrap();
    assert_eq!((mx.records.len(), mx.dnssec), (1, DnssecStatus::Secure));
    let error = resolver.a(&domain("faul.test")).await.unwrap_err();
    assert!(matches!(error, DnsError::Bogus { .. }), "{error:?}");
}

#[tokio::test]
async fn where_none_arrive_the_answers_are_plain() {
    let network = network().await;
    // Without the root's own keys nothing can be checked.
    let other = EcdsaSigningKey::generate_pkcs8(Algorithm::ECDSAP256SHA256).unwrap();
    let other = EcdsaSigningKey::from_pkcs8(&other, Algorithm::ECDSAP256SHA256).unwrap();
    let anchor = BASE64_STANDARD.encode(other.to_public_key().unwrap().public_bytes());
    let keys = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(keys.path(), format!(". 3600 IN DNSKEY 257 3 13 {anchor}\n")).unwrap();
    let settings = ResolverSettings { root_keys: Some(keys.path().to_owned()), ..network.settings.clone() };
    let resolver = AdaptiveResolver::new(&settings).unwrap();
    assert!(matches!(resolver.validation().await, Validation::Missing(_)));
    let mx = resolver.mx(&domain("sicher.test")).await.unwrap();
    assert_eq!((mx.records.len(), mx.dnssec), (1, DnssecStatus::Unknown));
}

#[test]
fn keys_that_cannot_be_read_are_named() {
    let settings = ResolverSettings {
        servers: Some(vec!["127.0.0.1:53".parse().unwrap()]),
        validate: true,
        root_keys: Some("/nirgends/root.key".into()),
        ..ResolverSettings::default()
    };
    let error = HickoryResolver::new(&settings).unwrap_err();
    assert!(error.to_string().contains("/nirgends/root.key"), "{error}");
}
