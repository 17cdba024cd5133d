//! The parts that need no network: rules and requests as text, and the scripts that come of rules.

use std::net::IpAddr;

use super::control::Request;
use super::firewall::Scripts;
use super::topology::internet_host;
use super::{
    Attitude, DnsFault, Families, FilterPoint, HOST, HOST_SECOND, Hop, Mode, Mood, RelayKind, Rules,
};

#[test]
fn rules_have_a_text_form() {
    let cases = [
        ("open", Rules::default()),
        ("drop", Mode::Drop.into()),
        ("drop hop=1 family=6", Rules::from(Mode::Drop).at(Hop::First).only(Families::V6)),
        ("rate-limit=7", Mode::RateLimit { per_minute: 7 }.into()),
        ("dns-servfail", Mode::DnsBroken(DnsFault::ServerFailure).into()),
        (
            "reject-icmp at=forward source=192.0.2.26 ports=25,465,587",
            Rules::from(Mode::RejectProhibited)
                .filtered_at(FilterPoint::Forward)
                .from_source(HOST_SECOND[0])
                .on_ports([25, 465, 587]),
        ),
    ];
    for (text, rules) in cases {
        assert_eq!(text.parse::<Rules>().as_ref(), Ok(&rules), "{text}");
        assert_eq!(rules.to_string(), text);
    }
    for mode in Mode::ALL {
        assert_eq!(mode.name().parse(), Ok(Rules::from(mode)));
        assert_eq!(mode.to_string().parse(), Ok(Rules::from(mode)));
    }
    assert_eq!("ipv6-only-drop".parse(), Ok(Rules::from(Mode::Drop).only(Families::V6)));
    assert_eq!("ipv4-only-drop hop=1".parse::<Rules>().unwrap().to_string(), "drop hop=1 family=4");
}

#[test]
fn what_is_no_rule_is_refused_with_its_word() {
    for (text, word) in [
        ("", "no mode"),
        ("dorp", "`dorp` is no mode of the ISP; there are open, drop, reject-rst, reject-icmp, proxy"),
        ("rate-limit=0", "`rate-limit=0`"),
        ("drop hop=3", "`hop=3`"),
        ("drop ports=25,x", "`ports=25,x`"),
        ("drop ports=0", "`ports=0`"),
        ("drop source=here", "`source=here`"),
        ("drop; flush ruleset", "`drop;`"),
    ] {
        let error = text.parse::<Rules>().unwrap_err().to_string();
        assert!(error.contains(word), "{text}: {error}");
    }
}

#[test]
fn requests_have_a_text_form() {
    let requests = [
        Request::Show,
        Request::Set(Rules::from(Mode::Proxy).at(Hop::First)),
        Request::Operator { name: "merkur".to_owned(), mood: Mood::Banned },
        Request::Quota { relay: RelayKind::Ses, recipients: Some(3) },
        Request::Quota { relay: RelayKind::PlainOnly, recipients: None },
        Request::Support(Attitude::Lenient),
    ];
    for request in requests {
        assert_eq!(request.to_string().parse(), Ok(request));
    }
    for wrong in
        ["", "set", "operator merkur", "operator merkur happy", "quota ses many", "quota nobody 1", "support"]
    {
        assert!(wrong.parse::<Request>().is_err(), "{wrong}");
    }
    let unknown = "quota nobody 1".parse::<Request>().unwrap_err().to_string();
    assert!(unknown.contains("`nobody` is none of the relay services ses, mailgun"), "{unknown}");
}

#[test]
fn only_the_hop_that_is_meant_gets_rules() {
    let empty = Scripts::of(&Rules::default());
    assert_eq!(empty.first, empty.second);
    let first = Scripts::of(&Rules::from(Mode::Drop).at(Hop::First));
    assert_eq!((&first.host, &first.second), (&empty.host, &empty.second));
    assert!(first.first.contains("meta nfproto ipv4 tcp dport { 25 } drop"));
    assert!(first.first.contains("meta nfproto ipv6 tcp dport { 25 } drop"));
    let local = Scripts::of(&Mode::LocalReset.into());
    assert_eq!((&local.first, &local.second), (&empty.first, &empty.second));
    assert!(local.host.contains("output") && local.host.contains("tcp reset"));
}

#[test]
fn a_source_means_its_own_family_only() {
    for source in HOST {
        let script = Scripts::of(&Rules::from(Mode::Drop).from_source(source)).second;
        assert!(script.contains(&format!("saddr {source} ")), "{script}");
        assert_eq!(script.matches(" drop").count(), 1, "{script}");
        let other = if source.is_ipv4() { Families::V6 } else { Families::V4 };
        let none = Scripts::of(&Rules::from(Mode::Drop).from_source(source).only(other)).second;
        assert!(!none.contains(" drop"), "{none}");
    }
}

#[test]
fn hosts_of_the_internet_show_their_number_in_both_families() {
    let [v4, v6] = internet_host(125);
    assert_eq!(v4, "198.51.100.125".parse::<IpAddr>().unwrap());
    assert_eq!(v6, "2001:db8:1::125".parse::<IpAddr>().unwrap());
}
