//! A server before its first record, beside what others have put there, and when all is said.

use std::net::IpAddr;

use postamt_mail::address::Domain;
use postamt_mail::sts_policy::PolicyMode;
use postamt_net::dns::Caa;
use postamt_net::dns::record::{RecordData, RecordKind};

use super::text::zone_line;
use super::*;

fn domain(name: &str) -> Domain {
    Domain::new(name).expect("a domain")
}

fn identity() -> Identity {
    let address = |text: &str| text.parse::<IpAddr>().expect("an address");
    Identity {
        hostname: domain("mail.own.test"),
        addresses: vec![address("192.0.2.25"), address("2001:db8::25")],
        domains: vec![OwnDomain { name: domain("own.test"), receives: false }],
        includes: vec!["relay.test".into()],
        keys: vec![
            KeyRecord {
                name: "a._domainkey.own.test".into(),
                value: "v=DKIM1; k=rsa; p=QUJD".into(),
                revoked: false,
            },
            KeyRecord { name: "b._domainkey.own.test".into(), value: "v=DKIM1; p=".into(), revoked: true },
        ],
        certificate_keys: vec![vec![0xab; 32]],
        web: true,
        submission: Some(587),
        submissions: Some(465),
        sts: PolicyMode::Testing,
        authority: Some("ca.test".into()),
    }
}

/// Every question has an answer; where nothing stands here it is "no such record".
fn present(identity: &Identity, records: &[(&str, RecordData)]) -> Present {
    let mut present = Present::new();
    for (name, kind) in questions(identity) {
        let here = records.iter().filter(|(at, data)| *at == name && data.kind() == kind);
        present.insert(&name, kind, Seen::of(here.map(|(_, data)| data.clone()).collect()));
    }
    present
}

fn text(text: &str) -> RecordData {
    RecordData::Txt(text.into())
}

fn mx(preference: u16, exchange: &str) -> RecordData {
    RecordData::Mx { preference, exchange: exchange.into() }
}

fn caa(tag: &str, value: &str) -> RecordData {
    RecordData::Caa(Caa { critical: false, tag: tag.into(), value: value.into() })
}

fn lines(judged: &[Judged]) -> String {
    let line = |it: &Judged| {
        let gone =
            it.wanted.replaces.iter().map(|data| format!("\n    instead of {data}")).collect::<String>();
        format!(
            "{:?} {:?} {}{gone}\n",
            it.state,
            it.wanted.weight,
            zone_line(&it.wanted.name, &it.wanted.data)
        )
    };
    judged.iter().map(line).collect()
}

fn one(identity: &Identity, records: &[(&str, RecordData)], purpose: Purpose) -> Vec<(State, String)> {
    let judged = judge(identity, &present(identity, records));
    let these = judged.into_iter().filter(|it| it.wanted.purpose == purpose);
    these.map(|it| (it.state, it.wanted.data.plain())).collect()
}

/// What DNS says after the changes.
fn published(identity: &Identity, records: &[(&str, RecordData)]) -> Present {
    let mut present = present(identity, records);
    let judged = judge(identity, &present);
    for change in changes(&judged, &present.clone()) {
        present.insert(&change.name, change.kind, Seen::of(change.after()));
    }
    present
}

#[test]
fn a_server_without_any_record() {
    let identity = identity();
    insta::assert_snapshot!(lines(&judge(&identity, &present(&identity, &[]))));
}

#[test]
fn all_is_good_once_it_is_published_and_the_provider_has_set_the_ptr() {
    let identity = identity();
    let others: [(&str, RecordData); 7] = [
        ("own.test", text("v=spf1 include:shop.test -all")),
        ("own.test", text("v=spf1 mx a:old.test ~all")),
        ("own.test", text("site-verification=1")),
        ("_dmarc.own.test", text("v=DMARC1; p=quarantine")),
        ("mail.own.test", caa("issue", "other.test")),
        ("mta-sts.own.test", RecordData::A("198.51.100.1".parse().expect("an address"))),
        ("b._domainkey.own.test", text("v=DKIM1; p=T0xE")),
    ];
    for records in [&[][..], &others] {
        let mut present = published(&identity, records);
        let judged = judge(&identity, &present);
        assert!(!all_good(&judged), "the PTR records are missing");
        for address in &identity.addresses {
            let name = postamt_net::dns::record::reverse_name(*address);
            let ptr = RecordData::Ptr("mail.own.test".into());
            present.insert(&name, RecordKind::Ptr, Seen::of(vec![ptr]));
        }
        let judged = judge(&identity, &present);
        assert!(all_good(&judged), "{}", lines(&judged));
        assert_eq!(changes(&judged, &present), [], "nothing is done twice");
    }
    let after = published(&identity, &others);
    let texts: Vec<&str> = after.texts("own.test").collect();
    let spf =
        "v=spf1 include:shop.test mx a:old.test ip4:192.0.2.25 ip6:2001:db8::25 include:relay.test -all";
    assert_eq!(texts, ["site-verification=1", spf], "one SPF record, and the rest as it was");
    assert_eq!(
        after.texts("_dmarc.own.test").next(),
        Some("v=DMARC1; p=quarantine; rua=mailto:postmaster@own.test")
    );
    assert_eq!(after.texts("b._domainkey.own.test").next(), Some("v=DKIM1; p="));
    assert!(after.records("mta-sts.own.test", RecordKind::A).is_empty(), "an alias stands alone");
}

#[test]
fn what_says_the_same_in_other_words_stays() {
    let identity = identity();
    let spf = |record: &str, more: &[(&str, RecordData)]| {
        let mut records = vec![("own.test", text(record))];
        records.extend_from_slice(more);
        one(&identity, &records, Purpose::Spf)[0].clone()
    };
    let mx_here = [("own.test", mx(10, "mail.own.test"))];
    for record in [
        "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 include:relay.test -all",
        "V=SPF1 a:Mail.Own.Test. include:Relay.test ~all",
    ] {
        assert_eq!(spf(record, &[]), (State::Good, record.to_owned()));
    }
    let by_mx = "v=spf1 mx include:relay.test -all";
    assert_eq!(spf(by_mx, &mx_here), (State::Good, by_mx.to_owned()));
    assert_eq!(spf(by_mx, &[]).0, State::Different, "an MX that is not there lets nobody send");
    assert_eq!(
        spf("v=spf1 -ip4:192.0.2.25 +all", &[]).1,
        "v=spf1 -ip4:192.0.2.25 ip4:192.0.2.25 ip6:2001:db8::25 include:relay.test ~all"
    );
    let key = [("a._domainkey.own.test", text("k=rsa; t=s; p=QU JD"))];
    assert_eq!(one(&identity, &key, Purpose::Dkim), [(State::Good, "k=rsa; t=s; p=QU JD".to_owned())]);
    let other = [("a._domainkey.own.test", text("v=DKIM1; p=WFla"))];
    assert_eq!(one(&identity, &other, Purpose::Dkim)[0].0, State::Different);
}

#[test]
fn what_leads_elsewhere_is_not_ours() {
    let mut identity = identity();
    let elsewhere = [
        ("own.test", mx(10, "in.provider.test")),
        ("autoconfig.own.test", RecordData::Cname("autoconfig.provider.test".into())),
        (
            "_submission._tcp.own.test",
            RecordData::Srv { priority: 0, weight: 1, port: 587, target: "x.test".into() },
        ),
    ];
    for purpose in
        [Purpose::Exchange, Purpose::Sts, Purpose::StsHost, Purpose::TlsReports, Purpose::Autoconfig]
    {
        assert_eq!(one(&identity, &elsewhere, purpose), [], "{purpose:?}");
    }
    assert_eq!(one(&identity, &elsewhere, Purpose::Submission).len(), 1, "465 is free");
    identity.domains[0].receives = true;
    assert_eq!(
        one(&identity, &elsewhere, Purpose::Exchange),
        [(State::Missing, "10 mail.own.test.".to_owned())]
    );
    let null = [("own.test", mx(0, ""))];
    assert_eq!(one(&identity, &null, Purpose::Exchange)[0].0, State::Different);
}

#[test]
fn a_certificate_authority_is_asked_for_only_where_others_are_named() {
    let identity = identity();
    let hint = judge(&identity, &present(&identity, &[]));
    let hint = hint.iter().find(|it| it.wanted.purpose == Purpose::Authority).expect("a hint");
    assert_eq!(hint.wanted.weight, Weight::Hint);
    let good = [("own.test", caa("issue", "ca.test; validationmethods=dns-01"))];
    assert_eq!(one(&identity, &good, Purpose::Authority), []);
    assert_eq!(one(&identity, &[("own.test", caa("iodef", "mailto:a@own.test"))], Purpose::Authority), []);
    let other = one(&identity, &[("own.test", caa("issue", "other.test"))], Purpose::Authority);
    assert_eq!(other, [(State::Missing, "0 issue \"ca.test\"".to_owned())]);
}

#[test]
fn servers_that_disagree_and_servers_that_are_silent() {
    let identity = identity();
    let mut present =
        present(&identity, &[("mail.own.test", RecordData::A("192.0.2.25".parse().expect("one")))]);
    let address = RecordData::A("192.0.2.25".parse().expect("an address"));
    let servers = vec![("ns1".into(), vec![address.clone()]), ("ns2".into(), vec![])];
    present.insert("mail.own.test", RecordKind::A, Seen { records: vec![address], servers, failure: None });
    present.insert("mail.own.test", RecordKind::Aaaa, Seen::failed("no answer"));
    let judged = judge(&identity, &present);
    assert_eq!((judged[0].state, judged[1].state), (State::Spreading, State::Unknown));
    let changed = changes(&judged, &present);
    assert!(
        changed.iter().all(|change| !matches!(change.kind, RecordKind::A | RecordKind::Aaaa)),
        "neither is a reason to change anything"
    );
}

#[test]
fn without_known_addresses_the_name_must_do() {
    let identity = Identity { addresses: vec![], ..identity() };
    assert_eq!(one(&identity, &[], Purpose::Spf)[0].1, "v=spf1 a:mail.own.test include:relay.test ~all");
    assert_eq!(one(&identity, &[], Purpose::Address), []);
}

#[test]
fn rows_for_a_providers_form() {
    let row = |name, data: RecordData| text::row(name, "own.test", &data, text::Texts::Whole);
    let first = row("own.test", mx(10, "mail.own.test"));
    assert_eq!(
        (first.host.as_str(), first.priority.as_str(), first.value.as_str()),
        ("@", "10", "mail.own.test")
    );
    let second = row("_dmarc.own.test", text("v=DMARC1; p=none"));
    assert_eq!((second.host.as_str(), second.value.as_str()), ("_dmarc", "v=DMARC1; p=none"));
    let table = text::table(["Type", "Name", "TTL", "Priority", "Value"], &[first, second]);
    assert_eq!(table[1], "MX    @       3600  10        mail.own.test");
}
