//! The server and the real resolver, over loopback, and the static resolver beside them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_net::dns::record::reverse_name;
use postamt_net::dns::{DnsError, DnssecStatus, HickoryResolver, Mx, Resolver, ResolverSettings};

use super::{DnsServer, Finding, Misbehaviour, Record, RecordKind, StaticResolver, Zones};

const HOST: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 25));

fn domain(name: &str) -> Domain {
    Domain::new(name).unwrap()
}

fn mx(preference: u16, exchange: &str) -> Record {
    Record::Mx { preference, exchange: exchange.to_owned() }
}

fn zones() -> Zones {
    let zones = Zones::new(Duration::from_secs(30));
    zones.add("empfang.test", mx(20, "zwei.empfang.test"));
    zones.add("empfang.test", mx(10, "Eins.Empfang.Test."));
    zones.add_host("eins.empfang.test", HOST);
    zones.add("eins.empfang.test", Record::Address("2001:db8::25".parse().unwrap()));
    zones.add("alias.test", Record::Alias("eins.empfang.test".to_owned()));
    zones.add("sackgasse.test", Record::Alias("nirgends.test".to_owned()));
    zones.add("keinepost.test", mx(0, "."));
    zones.add("unmoeglich.test", mx(10, "192.0.2.1"));
    zones.add("text.test", Record::Text("v=spf1 -all".to_owned()));
    zones.add("lang.test", Record::Text("x".repeat(3000)));
    zones.add("kreis.test", Record::Alias("kreis.test".to_owned()));
    zones.misbehave("kaputt.test", Some(Misbehaviour::ServerFailure));
    zones.misbehave("stumm.test", Some(Misbehaviour::Silence));
    zones
}

async fn real(zones: &Zones) -> (DnsServer, HickoryResolver) {
    let server = DnsServer::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), zones.clone()).await.unwrap();
    let settings = ResolverSettings {
        servers: Some(vec![server.address()]),
        timeout: Duration::from_millis(200),
        retries: 1,
        ..ResolverSettings::default()
    };
    let resolver = HickoryResolver::new(&settings).unwrap();
    (server, resolver)
}

#[tokio::test]
async fn mail_exchangers_come_with_preference_and_ttl() {
    let (_server, resolver) = real(&zones()).await;
    let mut answer = resolver.mx(&domain("empfang.test")).await.unwrap();
    answer.records.sort_by_key(|mx| mx.preference);
    let expected = [(10, "eins.empfang.test"), (20, "zwei.empfang.test")]
        .map(|(preference, host)| Mx { preference, exchange: Some(domain(host)) });
    assert_eq!(answer.records, expected);
    assert!(answer.exists);
    assert_eq!(answer.dnssec, DnssecStatus::Unknown);
    assert!(answer.ttl > Duration::from_secs(25) && answer.ttl <= Duration::from_secs(30), "{answer:?}");
}

#[tokio::test]
async fn a_null_mx_has_no_exchange() {
    let (_server, resolver) = real(&zones()).await;
    let answer = resolver.mx(&domain("keinepost.test")).await.unwrap();
    assert_eq!(answer.records, [Mx { preference: 0, exchange: None }]);
}

#[tokio::test]
async fn an_exchange_that_cannot_be_a_host_is_not_the_same_as_no_mx() {
    let (_server, resolver) = real(&zones()).await;
    let error = resolver.mx(&domain("unmoeglich.test")).await.unwrap_err();
    assert!(matches!(error, DnsError::ServerFailure { record: "MX", .. }), "{error:?}");
}

#[tokio::test]
async fn addresses_of_both_families_and_through_an_alias() {
    let (_server, resolver) = real(&zones()).await;
    for host in ["eins.empfang.test", "alias.test"] {
        assert_eq!(resolver.a(&domain(host)).await.unwrap().records, [HOST], "{host}");
        let expected: IpAddr = "2001:db8::25".parse().unwrap();
        assert_eq!(resolver.aaaa(&domain(host)).await.unwrap().records, [expected], "{host}");
    }
}

#[tokio::test]
async fn the_way_back_from_an_address() {
    let (_server, resolver) = real(&zones()).await;
    assert_eq!(resolver.ptr(HOST).await.unwrap().records, ["eins.empfang.test"]);
}

#[tokio::test]
async fn no_such_name_and_no_such_record_are_answers() {
    let zones = zones();
    let (_server, resolver) = real(&zones).await;
    for (name, exists) in
        [("nirgends.test", false), ("eins.empfang.test", true), ("test", true), ("sackgasse.test", false)]
    {
        let answer = resolver.mx(&domain(name)).await.unwrap();
        assert_eq!((answer.records, answer.exists), (Vec::new(), exists), "{name}");
        assert_eq!(answer.ttl, Duration::from_secs(30), "{name}: the SOA's minimum");
    }
    resolver.mx(&domain("nirgends.test")).await.unwrap();
    assert_eq!(zones.times_asked("nirgends.test", RecordKind::Mx), 1, "the denial was cached");
}

#[tokio::test]
async fn an_answer_is_asked_for_once() {
    let zones = zones();
    let (_server, resolver) = real(&zones).await;
    for _ in 0..3 {
        resolver.a(&domain("eins.empfang.test")).await.unwrap();
    }
    assert_eq!(zones.times_asked("eins.empfang.test", RecordKind::A), 1);
    resolver.clear_cache();
    resolver.a(&domain("eins.empfang.test")).await.unwrap();
    assert_eq!(zones.times_asked("eins.empfang.test", RecordKind::A), 2);
}

#[tokio::test]
async fn a_text_that_is_too_long_for_udp_comes_whole_over_tcp() {
    let zones = zones();
    let (_server, resolver) = real(&zones).await;
    assert_eq!(resolver.txt("text.test").await.unwrap().records, ["v=spf1 -all"]);
    zones.add("old.test", Record::ObsoleteSpf("v=spf1 ".repeat(40)));
    assert_eq!(resolver.obsolete_spf("old.test").await.unwrap().records, ["v=spf1 ".repeat(40)]);
    assert!(resolver.txt("old.test").await.unwrap().records.is_empty());
    assert_eq!(resolver.txt("lang.test").await.unwrap().records, ["x".repeat(3000)]);
    assert_eq!(zones.times_asked("lang.test", RecordKind::Txt), 2, "once cut short, once over TCP");
    assert!(resolver.txt("_dmarc.text.test").await.unwrap().records.is_empty());
}

#[tokio::test]
async fn failures_are_told_apart_and_never_cached() {
    let zones = zones();
    let (_server, resolver) = real(&zones).await;
    let broken = domain("kaputt.test");
    let error = resolver.mx(&broken).await.unwrap_err();
    assert!(matches!(error, DnsError::ServerFailure { record: "MX", .. }), "{error:?}");
    let error = resolver.a(&domain("mx.stumm.test")).await.unwrap_err();
    assert!(matches!(error, DnsError::Timeout { record: "A", .. }), "{error:?}");
    let error = resolver.a(&domain("kreis.test")).await.unwrap_err();
    assert!(matches!(error, DnsError::ServerFailure { .. }), "{error:?}");

    zones.misbehave("kaputt.test", None);
    zones.add("kaputt.test", mx(10, "eins.empfang.test"));
    assert_eq!(resolver.mx(&broken).await.unwrap().records.len(), 1);
}

#[tokio::test]
async fn nobody_listening_is_a_failure_of_the_server() {
    let zones = zones();
    let (server, resolver) = real(&zones).await;
    drop(server);
    assert!(resolver.mx(&domain("empfang.test")).await.is_err());
}

#[tokio::test]
async fn the_static_resolver_says_the_same_as_the_real_one() {
    let zones = zones();
    let (_server, real) = real(&zones).await;
    let fake = StaticResolver::new(zones);
    for name in ["empfang.test", "keinepost.test", "nirgends.test", "text.test", "test"] {
        let name = domain(name);
        let (mut left, mut right) = (real.mx(&name).await.unwrap(), fake.mx(&name).await.unwrap());
        left.records.sort_by_key(|mx| mx.preference);
        right.records.sort_by_key(|mx| mx.preference);
        assert_eq!((left.records, left.exists), (right.records, right.exists), "{name}");
    }
    for name in ["kaputt.test", "kreis.test"] {
        let name = domain(name);
        assert!(matches!(fake.a(&name).await, Err(DnsError::ServerFailure { .. })), "{name}");
    }
    assert!(matches!(fake.a(&domain("stumm.test")).await, Err(DnsError::Timeout { .. })));
    assert_eq!(fake.ptr(HOST).await.unwrap().records, ["eins.empfang.test"]);
}

#[tokio::test]
async fn a_thousand_questions_at_once_are_all_answered() {
    let zones = zones();
    for number in 0..1000 {
        zones.add(&format!("h{number}.viele.test"), Record::Address(HOST));
    }
    let (server, _) = real(&zones).await;
    let settings = ResolverSettings { servers: Some(vec![server.address()]), ..ResolverSettings::default() };
    let resolver = HickoryResolver::new(&settings).unwrap();
    let mut lookups = tokio::task::JoinSet::new();
    for number in 0..1000 {
        let resolver = resolver.clone();
        lookups.spawn(async move { resolver.a(&domain(&format!("h{number}.viele.test"))).await });
    }
    let mut failures = Vec::new();
    while let Some(answer) = lookups.join_next().await {
        match answer.unwrap() {
            Ok(answer) => assert_eq!(answer.records, [HOST]),
            Err(error) => failures.push(error),
        }
    }
    assert!(failures.is_empty(), "{} failed, as {:?}", failures.len(), failures[0]);
}

#[tokio::test]
async fn the_same_question_at_once_goes_out_once() {
    let zones = zones();
    let (_server, resolver) = real(&zones).await;
    let mut lookups = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let resolver = resolver.clone();
        lookups.spawn(async move { resolver.mx(&domain("empfang.test")).await.unwrap().records.len() });
    }
    assert_eq!(lookups.join_all().await, [2; 100]);
    assert_eq!(zones.times_asked("empfang.test", RecordKind::Mx), 1);
}

#[tokio::test]
async fn a_real_name_is_answered_once_it_was_added_and_none_beside_it() {
    let zones = zones();
    let (_server, resolver) = real(&zones).await;
    let (host, beside) = (domain("mx.anbieter.de"), domain("www.anbieter.de"));
    assert!(resolver.a(&host).await.is_err());
    zones.add("mx.anbieter.de", Record::Address(HOST));
    assert_eq!(resolver.a(&host).await.unwrap().records, [HOST]);
    assert_eq!(resolver.aaaa(&host).await.unwrap().records, [] as [IpAddr; 0]);
    assert!(!resolver.a(&domain("unten.mx.anbieter.de")).await.unwrap().exists);
    assert!(resolver.a(&beside).await.is_err());
}

#[test]
fn records_of_one_type_can_be_taken_away_and_put_back() {
    let zones = zones();
    let taken = zones.take("Eins.Empfang.test.", RecordKind::A);
    assert_eq!(taken, [Record::Address(HOST)]);
    assert!(matches!(zones.find("eins.empfang.test", RecordKind::A), Finding::NoData(_)));
    assert!(matches!(zones.find("eins.empfang.test", RecordKind::Aaaa), Finding::Records(_)));
    assert_eq!(zones.take(&reverse_name(HOST), RecordKind::Ptr).len(), 1);
    assert!(matches!(zones.find(&reverse_name(HOST), RecordKind::Ptr), Finding::NoSuchName(_)));
    taken.into_iter().for_each(|record| zones.add("eins.empfang.test", record));
    assert!(matches!(zones.find("eins.empfang.test", RecordKind::A), Finding::Records(_)));
}

/// RFC 5782 §5: the test point is listed, its neighbour is not.
#[tokio::test]
async fn a_blocklist_lists_what_it_is_told() {
    let zones = zones();
    let zone = "zen.spamhaus.org";
    zones.add_blocklist(zone, Some(("2.0.0.127", Ipv4Addr::new(127, 0, 0, 2))));
    let six: IpAddr = "2001:db8::25".parse().unwrap();
    let (_server, resolver) = real(&zones).await;
    let listed = async |label: &str| resolver.a(&domain(&format!("{label}.{zone}"))).await.unwrap().records;
    assert_eq!(listed("2.0.0.127").await, ["127.0.0.2".parse::<IpAddr>().unwrap()]);
    assert!(listed("1.0.0.127").await.is_empty());
    zones.enlist(zone, HOST, Ipv4Addr::new(127, 0, 0, 3));
    zones.enlist(zone, six, Ipv4Addr::new(127, 0, 0, 4));
    assert_eq!(listed("25.2.0.192").await, ["127.0.0.3".parse::<IpAddr>().unwrap()]);
    let nibbles = format!("5.2.{}8.b.d.0.1.0.0.2", "0.".repeat(22));
    assert_eq!(listed(&nibbles).await, ["127.0.0.4".parse::<IpAddr>().unwrap()]);
    zones.delist(zone, six);
    assert!(matches!(zones.find(&format!("{nibbles}.{zone}"), RecordKind::A), Finding::NoSuchName(_)));
}
