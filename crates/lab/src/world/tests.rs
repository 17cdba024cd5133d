//! The world stands, and what it says of itself is true.

use std::sync::Arc;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_net::dns::{HickoryResolver, Resolver, ResolverSettings};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::{
    Nature, Place, RESIDENTS, SENDER_DOMAIN, SENDER_HOST, World, WorldSettings, namespace_addresses,
};

async fn resolver(world: &World) -> Arc<dyn Resolver> {
    let settings = ResolverSettings {
        servers: Some(world.parameters().unwrap().dns_servers),
        ..ResolverSettings::default()
    };
    Arc::new(HickoryResolver::new(&settings).unwrap())
}

#[tokio::test]
async fn every_resident_is_where_dns_says() {
    let world = World::build(WorldSettings::test()).await.unwrap();
    let resolver = resolver(&world).await;
    let parameters = world.parameters().unwrap();
    for resident in &RESIDENTS {
        let answer = resolver.mx(&Domain::new(resident.domain).unwrap()).await.unwrap();
        match resident.nature {
            Nature::NullMx => assert_eq!(answer.records[0].exchange, None),
            Nature::NoSuchDomain => assert!(!answer.exists),
            Nature::ImplicitMx => assert!(answer.exists && answer.records.is_empty()),
            _ => {
                let host = Domain::new(&resident.host()).unwrap();
                assert!(answer.records.iter().any(|mx| mx.exchange.as_ref() == Some(&host)), "{resident:?}");
            }
        }
        if !resident.has_address() {
            continue;
        }
        let address = world.address_of(resident);
        let found = resolver.a(&Domain::new(&resident.host()).unwrap()).await.unwrap();
        assert_eq!(found.records, [address.ip()], "{resident:?}");
        assert_eq!(address.port(), parameters.remote_port);
    }
}

#[tokio::test]
async fn servers_greet_with_their_names_and_the_black_hole_does_not() {
    let world = World::build(WorldSettings::test()).await.unwrap();
    for resident in RESIDENTS.iter().filter(|resident| resident.has_address()) {
        let address = world.address_of(resident);
        if resident.nature == Nature::BlackHole {
            let attempt = TcpSocket::new_v4().unwrap().connect(address);
            assert!(timeout(Duration::from_millis(200), attempt).await.is_err());
            continue;
        }
        let mut line = String::new();
        let stream = TcpStream::connect(address).await.unwrap();
        BufReader::new(stream).read_line(&mut line).await.unwrap();
        assert!(line.starts_with(&format!("220 {} ", resident.host())), "{line}");
    }
}

#[tokio::test]
async fn the_sender_has_what_a_strict_receiver_asks_for() {
    let world = World::build(WorldSettings::test()).await.unwrap();
    world.publish_dkim("s1", "v=DKIM1; p=abc");
    let resolver = resolver(&world).await;
    let source = world.parameters().unwrap().source_addresses[0];
    let host = Domain::new(SENDER_HOST).unwrap();
    assert_eq!(resolver.a(&host).await.unwrap().records, [source]);
    let policy = format!("v=spf1 ip4:{source} -all");
    for name in [SENDER_DOMAIN, SENDER_HOST] {
        assert_eq!(resolver.txt(name).await.unwrap().records, [policy.as_str()]);
    }
    let dmarc = resolver.txt("_dmarc.absender.test").await.unwrap();
    assert_eq!(dmarc.records, ["v=DMARC1; p=reject"]);
    let key = resolver.txt("s1._domainkey.absender.test").await.unwrap();
    assert_eq!(key.records, ["v=DKIM1; p=abc"]);
}

#[tokio::test]
async fn many_worlds_fit_beside_each_other() {
    let mut worlds = Vec::new();
    for _ in 0..5 {
        worlds.push(World::build(WorldSettings::test()).await.unwrap());
    }
}

#[test]
fn the_namespace_gets_each_address_once() {
    let mut addresses = namespace_addresses();
    let count = addresses.len();
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), count);
    assert_eq!(WorldSettings::rehearsal(Place::Namespace).place, Place::Namespace);
}
