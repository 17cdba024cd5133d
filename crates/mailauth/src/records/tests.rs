//! Records as they stand in DNS, with a resolver that knows TXT records only.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use postamt_mail::address::Domain;
use postamt_net::PortFuture;
use postamt_net::dns::{Answer, DnsError, DnssecStatus, Mx, Resolver, Tlsa};

use super::dkim::{Published, published};
use super::dmarc::{self, Policy};
use super::spf::{self, Allows, Fault, Rest, Wanted};
use crate::dkim::{Algorithm, SigningKey, generate};

#[derive(Default)]
struct Texts(HashMap<String, Vec<String>>);

impl Texts {
    fn new(records: &[(&str, &str)]) -> Self {
        let mut texts = Self::default();
        for (name, text) in records {
            texts.0.entry((*name).to_owned()).or_default().push((*text).to_owned());
        }
        texts
    }
}

fn none<'a, T: Send + 'a>() -> PortFuture<'a, Result<Answer<T>, DnsError>> {
    Box::pin(async { Ok(answer(Vec::new())) })
}

fn answer<T>(records: Vec<T>) -> Answer<T> {
    let exists = !records.is_empty();
    Answer { records, ttl: Duration::from_secs(60), dnssec: DnssecStatus::Unknown, exists }
}

impl Resolver for Texts {
    fn mx<'a>(&'a self, _: &'a Domain) -> PortFuture<'a, Result<Answer<Mx>, DnsError>> {
        none()
    }
    fn a<'a>(&'a self, _: &'a Domain) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>> {
        none()
    }
    fn aaaa<'a>(&'a self, _: &'a Domain) -> PortFuture<'a, Result<Answer<IpAddr>, DnsError>> {
        none()
    }
    fn txt<'a>(&'a self, name: &'a str) -> PortFuture<'a, Result<Answer<String>, DnsError>> {
        Box::pin(async move {
            if name.starts_with("broken.") {
                return Err(DnsError::Timeout { name: name.to_owned(), record: "TXT" });
            }
            Ok(answer(self.0.get(&name.to_ascii_lowercase()).cloned().unwrap_or_default()))
        })
    }
    fn ptr(&self, _: IpAddr) -> PortFuture<'_, Result<Answer<String>, DnsError>> {
        none()
    }
    fn tlsa<'a>(&'a self, _: &'a Domain, _: u16) -> PortFuture<'a, Result<Answer<Tlsa>, DnsError>> {
        none()
    }
}

fn wanted() -> Wanted {
    Wanted {
        includes: vec!["relay.test".into()],
        include_within: vec!["provider.test".into()],
        hosts: vec!["smtp.relay.test".into()],
        addresses: vec!["192.0.2.25".parse().expect("an address")],
    }
}

/// What the record of own.test says, beside those of others.
async fn spf_of(record: &str, others: &[(&str, &str)]) -> spf::Reading {
    let mut records = vec![("own.test", record)];
    records.extend_from_slice(others);
    spf::read(&Texts::new(&records), "own.test", &wanted()).await.expect("an answer")
}

const RELAY: (&str, &str) = ("relay.test", "v=spf1 ip4:198.51.100.0/24 -all");

#[tokio::test]
async fn a_relay_may_send_by_include_host_or_network() {
    let yes = |term: &str| Allows::Yes(term.to_owned());
    for (record, others, expected) in [
        ("v=spf1 include:relay.test -all", &[RELAY][..], yes("include:relay.test")),
        ("v=spf1 include:Relay.TEST. ~all", &[("relay.test.", RELAY.1)], yes("include:Relay.TEST.")),
        ("V=SPF1 +Include:relay.test", &[RELAY], yes("+Include:relay.test")),
        ("v=spf1 a:smtp.relay.test/24 -all", &[], yes("a:smtp.relay.test/24")),
        ("v=spf1 ip4:192.0.2.0/24 -all", &[], yes("ip4:192.0.2.0/24")),
        ("v=spf1 ip4:192.0.2.25 -all", &[], yes("ip4:192.0.2.25")),
        (
            "v=spf1 include:_spf.Provider.test -all",
            &[("_spf.provider.test", "v=spf1 -all")],
            yes("include:_spf.Provider.test"),
        ),
        ("v=spf1 include:myprovider.test -all", &[("myprovider.test", "v=spf1 -all")], Allows::No),
        // By way of others.
        (
            "v=spf1 include:all.own.test -all",
            &[("all.own.test", "v=spf1 mx include:relay.test ?all"), RELAY],
            yes("include:relay.test"),
        ),
        (
            "v=spf1 redirect=_spf.own.test",
            &[("_spf.own.test", "v=spf1 include:relay.test -all"), RELAY],
            yes("include:relay.test"),
        ),
        (
            "v=spf1 include:a.test -all",
            &[("a.test", "v=spf1 redirect=b.test"), ("b.test", "v=spf1 include:relay.test -all"), RELAY],
            yes("include:relay.test"),
        ),
        // Named, but not as somebody who may send.
        ("v=spf1 -include:relay.test ~all", &[RELAY], Allows::No),
        (
            "v=spf1 ?include:all.test -all",
            &[("all.test", "v=spf1 include:relay.test -all"), RELAY],
            Allows::No,
        ),
        ("v=spf1 -all include:relay.test", &[RELAY], Allows::No),
        ("v=spf1 ip4:192.0.3.0/24 ip6:2001:db8::/32 mx a -all", &[], Allows::No),
        ("v=spf1 include:notrelay.test -all", &[("notrelay.test", "v=spf1 -all")], Allows::No),
        // `all` makes a redirect void.
        ("v=spf1 ~all redirect=relay.test", &[RELAY], Allows::No),
        // A name that needs a message, and a modifier that nobody knows.
        ("v=spf1 exists:%{i}.x.test include:%{d}.y.test future=1 -all", &[], Allows::No),
    ] {
        assert_eq!(spf_of(record, others).await.allows, expected, "{record}");
    }
}

#[tokio::test]
async fn the_rest_is_what_the_outermost_record_says() {
    for (record, rest) in [
        ("v=spf1 include:relay.test", Rest::Neutral),
        ("v=spf1 include:relay.test ?all", Rest::Neutral),
        ("v=spf1 include:relay.test ~all", Rest::SoftFail),
        ("v=spf1 -ALL", Rest::Fail),
        ("v=spf1 all", Rest::Pass),
        ("v=spf1 redirect=relay.test", Rest::Fail),
    ] {
        assert_eq!(spf_of(record, &[RELAY]).await.rest, rest, "{record}");
    }
}

#[tokio::test]
async fn records_that_receivers_cannot_use() {
    let texts = Texts::new(&[
        ("own.test", "v=spf1 -all"),
        ("own.test", "v=spf1 ~all"),
        ("text.test", "v=spf10 -all"),
    ]);
    let reading = async |name: &str| spf::read(&texts, name, &wanted()).await.expect("an answer").allows;
    assert_eq!(reading("own.test").await, Allows::Broken(Fault::SeveralRecords));
    assert_eq!(reading("text.test").await, Allows::NoRecord);
    assert_eq!(reading("none.test").await, Allows::NoRecord);
    let many = format!("v=spf1 {} include:relay.test -all", "a:x.test ".repeat(10));
    assert_eq!(spf_of(&many, &[RELAY]).await.allows, Allows::Broken(Fault::TooManyLookups));
    let ten = format!("v=spf1 {} include:relay.test -all", "a:x.test ".repeat(9));
    let reading = spf_of(&ten, &[RELAY]).await;
    assert_eq!((reading.lookups, reading.allows), (10, Allows::Yes("include:relay.test".into())));
    // A record that includes itself ends at the limit.
    let loops = spf_of("v=spf1 include:own.test -all", &[]).await;
    assert_eq!(loops.allows, Allows::Broken(Fault::TooManyLookups));
    let void = spf_of("v=spf1 include:nothing.test -all", &[]).await;
    assert_eq!(void.allows, Allows::Broken(Fault::NothingAt("nothing.test".into())));
    let wrong = spf_of("v=spf1 inclde:relay.test -all", &[]).await;
    assert_eq!(wrong.allows, Allows::Broken(Fault::Syntax("inclde:relay.test".into())));
}

#[tokio::test]
async fn silence_is_no_record_and_no_answer_either() {
    let texts = Texts::new(&[("own.test", "v=spf1 include:broken.test -all")]);
    assert!(spf::read(&texts, "broken.own.test", &wanted()).await.is_err());
    assert!(spf::read(&texts, "own.test", &wanted()).await.is_err());
}

#[test]
fn a_mechanism_goes_in_front_of_all() {
    let with = |record| spf::with_mechanism(record, "include:relay.test");
    assert_eq!(with(None), "v=spf1 include:relay.test ~all");
    assert_eq!(with(Some("v=spf1 mx -all")), "v=spf1 mx include:relay.test -all");
    assert_eq!(with(Some("v=spf1 mx")), "v=spf1 mx include:relay.test");
    assert_eq!(with(Some("v=spf1 redirect=x.test")), "v=spf1 include:relay.test redirect=x.test");
}

#[tokio::test]
async fn dmarc_of_a_domain_and_of_those_below_it() {
    let texts = Texts::new(&[
        ("_dmarc.own.test", "v=DMARC1; p=reject; sp=quarantine; adkim=s; rua=mailto:a@own.test"),
        ("_dmarc.sub.own.test", "v=spf1 -all"),
        ("_dmarc.loose.test", "v=DMARC1;p=NONE"),
        ("_dmarc.two.test", "v=DMARC1; p=none"),
        ("_dmarc.two.test", "v=DMARC1; p=reject"),
    ]);
    let find = async |name: &str| {
        dmarc::find(&texts, &Domain::new(name).expect("a domain")).await.expect("an answer")
    };
    let own = find("own.test").await.expect("a record");
    assert_eq!((own.policy, own.strict_dkim, own.strict_spf), (Policy::Reject, true, false));
    let below = find("a.sub.own.test").await.expect("a record");
    assert_eq!((below.at.as_str(), below.policy), ("own.test", Policy::Quarantine));
    assert_eq!(find("loose.test").await.expect("a record").policy, Policy::None);
    assert_eq!(find("two.test").await, None);
    assert_eq!(find("none.test").await, None);
    let long = format!("{}own.test", "a.".repeat(20));
    assert_eq!(find(&long).await.expect("a record").at, "own.test");
}

#[tokio::test]
async fn a_key_is_published_missing_or_another() {
    let make = || {
        let pem = generate(Algorithm::Ed25519, 0).expect("a key");
        SigningKey::from_pem(Domain::new("own.test").expect("a domain"), "s1", pem.as_bytes()).expect("read")
    };
    let (key, other) = (make(), make());
    let name = key.record_name();
    let state =
        async |records: &[(&str, &str)]| published(&Texts::new(records), &key).await.expect("an answer");
    assert_eq!(state(&[]).await, Published::Missing);
    let folded = key.public_record().replace("p=", "p = ");
    assert_eq!(state(&[(&name, &folded)]).await, Published::Yes);
    assert_eq!(state(&[(&name, &other.public_record())]).await, Published::Different);
    assert_eq!(state(&[(&name, "v=DKIM1; p=")]).await, Published::Different);
}
