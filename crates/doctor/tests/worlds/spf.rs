//! Worlds whose SPF records are wrong, ours or those that they include.

use std::sync::LazyLock;

use postamt_doctor::checks::context::OwnRelay;
use postamt_lab::zones::RecordKind;
use postamt_mail::relays::{self, Fact, Profile, Spf, SpfPlace};

use super::support::{
    Change, Cure, State, World, asked_of, cries, judge, parsed, uncured, world, world_then,
};

/// One more include than receivers follow, each of a record that is there.
const ELEVEN: &str = "- example.test TXT\n\
    example.test TXT \"v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 include:a.test include:b.test include:c.test -all\"\n\
    a.test TXT \"v=spf1 include:d.test include:e.test include:f.test include:g.test -all\"\n\
    b.test TXT \"v=spf1 include:h.test include:i.test include:j.test include:k.test -all\"\n\
    c.test TXT \"v=spf1 ip4:198.51.100.3 -all\"\n\
    d.test TXT \"v=spf1 ip4:198.51.100.4 -all\"\ne.test TXT \"v=spf1 ip4:198.51.100.5 -all\"\n\
    f.test TXT \"v=spf1 ip4:198.51.100.6 -all\"\ng.test TXT \"v=spf1 ip4:198.51.100.7 -all\"\n\
    h.test TXT \"v=spf1 ip4:198.51.100.8 -all\"\ni.test TXT \"v=spf1 ip4:198.51.100.9 -all\"\n\
    j.test TXT \"v=spf1 ip4:198.51.100.10 -all\"\nk.test TXT \"v=spf1 ip4:198.51.100.11 -all\"";

/// Eleven names of our own.
const OWN_NAMES: &str = "- example.test TXT\n\
    example.test TXT \"v=spf1 mx a:a.example.test a:b.example.test a:c.example.test a:d.example.test \
    a:e.example.test a:f.example.test a:g.example.test a:h.example.test a:i.example.test a:j.example.test -all\"\n\
    a.example.test A 192.0.2.1\nb.example.test A 192.0.2.2\nc.example.test A 192.0.2.3\nd.example.test A 192.0.2.4\n\
    e.example.test A 192.0.2.5\nf.example.test A 192.0.2.6\ng.example.test A 192.0.2.7\nh.example.test A 192.0.2.8\n\
    i.example.test A 192.0.2.9\nj.example.test A 192.0.2.10";

/// The usual record with something more in front of its end.
macro_rules! spf {
    ($terms:literal) => {
        concat!(
            "- example.test TXT\nexample.test TXT \"v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ",
            $terms,
            "\""
        )
    };
    ($terms:literal, $more:literal) => {
        concat!(spf!($terms), "\n", $more)
    };
}

/// A provider that wants to be included in the record of the domain.
static PROVIDER: LazyLock<Profile> = LazyLock::new(|| {
    let known = relays::find("mailgun").expect("a relay").clone();
    assert_eq!(known.spf_at, SpfPlace::FromDomain);
    Profile { spf: Fact::Known(Spf::Include("spf.relay.test".to_owned())), ..known }
});

fn relay(state: &mut State, profile: Option<&'static Profile>, host: &str) {
    state.host.relays = vec![OwnRelay { name: "out".to_owned(), host: host.to_owned(), profile }];
}

pub static WORLDS: &[World] = &[
    world_then("no SPF", "- example.test TXT", &["spf.missing"], &["spf.soft-fail"]),
    world_then(
        "no SPF for the name in EHLO",
        "- mail.example.test TXT",
        &["spf.missing-helo"],
        &["spf.soft-fail"],
    ),
    world("two SPF records", "example.test TXT \"v=spf1 mx a:mail.example.test ~all\"", &["spf.several"]),
    World {
        name: "eleven look-ups at others",
        zone: ELEVEN,
        state: |_| {},
        finds: &["spf.too-many-lookups"],
        cure: Cure::Entered(spf!("include:a.test include:c.test -all")),
    },
    world("eleven look-ups of our own", OWN_NAMES, &["spf.too-many-lookups"]),
    world_then("+all", spf!("+all"), &["spf.everybody"], &["spf.soft-fail"]),
    world_then("all without a sign", spf!("all"), &["spf.everybody"], &["spf.soft-fail"]),
    world("everybody by a network", spf!("ip4:0.0.0.0/0 -all"), &["spf.everybody"]),
    world(
        "everybody by an include",
        spf!("include:open.test -all", "open.test TXT \"v=spf1 +all\""),
        &["spf.everybody"],
    ),
    world_then("?all", spf!("?all"), &["spf.neutral"], &["spf.soft-fail"]),
    world_then("no end", spf!("a:mail.example.test"), &["spf.neutral"], &["spf.soft-fail"]),
    uncured("~all", spf!("~all"), &["spf.soft-fail"]),
    world("dead include", spf!("include:gone.test -all"), &["spf.dead-include"]),
    world(
        "include without a record",
        spf!("include:empty.test -all", "empty.test A 192.0.2.3"),
        &["spf.dead-include"],
    ),
    world(
        "dead include further down",
        spf!("include:a.test -all", "a.test TXT \"v=spf1 include:gone.test -all\""),
        &["spf.dead-include"],
    ),
    world_then(
        "redirect to nothing",
        "- example.test TXT\nexample.test TXT \"v=spf1 redirect=gone.test\"",
        &["spf.dead-include"],
        &["spf.soft-fail"],
    ),
    world_then(
        "redirect to itself",
        "- example.test TXT\nexample.test TXT \"v=spf1 redirect=example.test\"",
        &["spf.circle"],
        &["spf.soft-fail"],
    ),
    world_then(
        "redirects in a circle",
        "- example.test TXT\nexample.test TXT \"v=spf1 redirect=a.test\"\na.test TXT \"v=spf1 redirect=example.test\"",
        &["spf.circle"],
        &["spf.soft-fail"],
    ),
    world("include of itself", spf!("include:example.test -all"), &["spf.circle"]),
    world("ptr", spf!("ptr -all"), &["spf.ptr"]),
    uncured(
        "ptr at others",
        spf!("include:a.test -all", "a.test TXT \"v=spf1 ptr:a.test -all\""),
        &["spf.ptr"],
    ),
    world("three void look-ups", spf!("a:x.test a:y.test mx:z.test -all"), &["spf.too-many-void"]),
    world("a name that leads nowhere", spf!("a:x.test -all"), &["spf.leads-nowhere"]),
    world(
        "names without an address of one family",
        "- example.test TXT\nexample.test TXT \"v=spf1 a:a.example.test a:b.example.test a:c.example.test mx -all\"\n\
         a.example.test A 192.0.2.1\nb.example.test A 192.0.2.2\nc.example.test A 192.0.2.3",
        &["spf.too-many-void"],
    ),
    world(
        "address not covered",
        "- example.test TXT\nexample.test TXT \"v=spf1 ip6:2001:db8::25 -all\"",
        &["spf.not-covered"],
    ),
    world_then(
        "neither address covered",
        "- example.test TXT\nexample.test TXT \"v=spf1 ip4:198.51.100.0/24 ~all\"",
        &["spf.not-covered", "spf.not-covered"],
        &["spf.soft-fail"],
    ),
    world(
        "address not covered for the name in EHLO",
        "- mail.example.test TXT\nmail.example.test TXT \"v=spf1 ip4:192.0.2.25 -all\"",
        &["spf.not-covered"],
    ),
    world("an unknown mechanism", spf!("ipv4:198.51.100.1 -all"), &["spf.syntax"]),
    world("an address that is none", spf!("ip4:198.51.100.256 -all"), &["spf.syntax"]),
    world(
        "redirect twice",
        spf!("redirect=a.test redirect=a.test", "a.test TXT \"v=spf1 -all\""),
        &["spf.syntax"],
    ),
    world(
        "syntax of others",
        spf!("include:a.test -all", "a.test TXT \"v=spf1 nonsense:x -all\""),
        &["spf.syntax"],
    ),
    world(
        "two records of others",
        spf!("include:a.test -all", "a.test TXT \"v=spf1 -all\"\na.test TXT \"v=spf1 ~all\""),
        &["spf.several"],
    ),
    world(
        "strings joined without a space",
        "- example.test TXT\nexample.test TXT \"v=spf1 ip4:192.0.2.25 ip6:2001:db8::25\" \"ip4:198.51.100.1 -all\"",
        &["spf.split"],
    ),
    world(
        "two includes that have become one",
        spf!(
            "include:a.test\" \"include:b.test -all",
            "a.test TXT \"v=spf1 -all\"\nb.test TXT \"v=spf1 -all\""
        ),
        &["spf.split"],
    ),
    world(
        "quotation marks that were entered as text",
        "- example.test TXT\nexample.test TXT \"v=spf1 ip4:192.0.2.25 \\\" \\\"ip6:2001:db8::25 -all\"",
        &["spf.split"],
    ),
    world(
        "the rest in a record of its own",
        "- example.test TXT\nexample.test TXT \"v=spf1 ip4:192.0.2.25 \"\nexample.test TXT \"ip6:2001:db8::25 -all\"",
        &["spf.split"],
    ),
    world(
        "a record in quotation marks",
        "- example.test TXT\nexample.test TXT \"\\\"v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all\\\"\"",
        &["spf.not-recognised"],
    ),
    world(
        "a record with a semicolon",
        "- example.test TXT\nexample.test TXT \"v=spf1; ip4:192.0.2.25 ip6:2001:db8::25 -all\"",
        &["spf.not-recognised"],
    ),
    world(
        "the obsolete type only",
        "- example.test TXT\nexample.test SPF \"v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all\"",
        &["spf.obsolete-type"],
    ),
    world("terms behind all", spf!("-all include:a.test"), &["spf.behind-all"]),
    World {
        name: "relay not covered",
        zone: "spf.relay.test TXT \"v=spf1 ip4:198.51.100.0/24 ~all\"",
        state: |state| relay(state, Some(&PROVIDER), "smtp.relay.test"),
        finds: &["spf.relay-not-covered"],
        cure: Cure::Printed,
    },
    World {
        name: "a smarthost that the record does not name",
        zone: "out.provider.test A 198.51.100.7",
        state: |state| relay(state, None, "out.provider.test"),
        finds: &["spf.relay-not-known"],
        cure: Cure::Entered(spf!("ip4:198.51.100.7 -all")),
    },
    World {
        name: "only a relay sends, and the record names it alone",
        zone: "- example.test TXT\nexample.test TXT \"v=spf1 a:out.provider.test -all\"\n\
               out.provider.test A 198.51.100.7",
        state: |state| {
            relay(state, None, "out.provider.test");
            state.host.direct = false;
        },
        finds: &[],
        cure: Cure::None,
    },
    World {
        name: "a relay with a return path of its own",
        zone: "",
        state: |state| relay(state, relays::find("ses"), "email-smtp.eu-west-1.amazonaws.com"),
        finds: &[],
        cure: Cure::None,
    },
    World {
        name: "the record's servers fail",
        zone: spf!("include:a.test -all", "! a.test servfail"),
        state: |_| {},
        finds: &["spf.not-asked"],
        cure: Cure::None,
    },
    World {
        name: "a stranger whose record is broken",
        zone: spf!("include:gone.test +all"),
        state: |state| state.stranger = Some("example.test"),
        finds: &["spf.dead-include", "spf.everybody"],
        cure: Cure::None,
    },
    World {
        name: "a stranger without a record",
        zone: "- example.test TXT",
        state: |state| state.stranger = Some("example.test"),
        finds: &["spf.missing"],
        cure: Cure::None,
    },
    World {
        name: "a second source that nobody has thought of",
        zone: "7.2.0.192.in-addr.arpa PTR mail.example.test.\nmail.example.test A 192.0.2.7\n- mail.example.test TXT\n\
               mail.example.test TXT \"v=spf1 a -all\"",
        state: |state| state.machine.addresses.push(parsed("192.0.2.7")),
        finds: &["spf.not-covered"],
        cure: Cure::Printed,
    },
];

/// A stranger's record is judged and not written: the questions that only writing needs are not asked. (The check of the
/// name servers asks for the MX, and the survey of the record for its names.)
#[tokio::test]
async fn strangers_are_not_asked_for_what_nobody_tells_them() {
    let only = |state: &mut State| state.only = vec!["spf".to_owned()];
    let worlds: [(Change, [u64; 2]); 2] =
        [(|_| {}, [2, 2]), (|state| state.stranger = Some("example.test"), [1, 1])];
    for (state, [exchanges, addresses]) in worlds {
        let world = |zone| World { name: "asked", zone, state, finds: &[], cure: Cure::None };
        let (report, zones) = asked_of(&world(""), only).await;
        assert_eq!(cries(&report), [""; 0]);
        assert_eq!(zones.times_asked("example.test", RecordKind::Mx), exchanges);
        let (report, zones) = asked_of(&world(OWN_NAMES), only).await;
        assert_eq!(cries(&report), ["spf.too-many-lookups"]);
        assert_eq!(zones.times_asked("a.example.test", RecordKind::A), addresses);
    }
}

#[tokio::test]
async fn spf() {
    judge(WORLDS).await;
}
