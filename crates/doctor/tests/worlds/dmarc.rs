//! Worlds whose DMARC records are wrong, whose reports arrive nowhere, or whose mail is not aligned with them.

use postamt_doctor::checks::context::OwnRelay;
use postamt_mail::relays;
use postamt_mailauth::dkim::KeyState;

use super::support::{Cure, EDWARDS, State, World, domain, judge, key, uncured, world, world_then};

/// Another record than the usual one.
macro_rules! record {
    ($text:literal) => {
        concat!("- _dmarc.example.test\n_dmarc.example.test TXT \"", $text, "\"")
    };
    ($text:literal, $more:literal) => {
        concat!(record!($text), "\n", $more)
    };
}

const SUBDOMAIN: &str = "- _dmarc.example.test\n\
    _dmarc.example.test TXT \"v=DMARC1; p=reject; adkim=s; rua=mailto:postmaster@example.test\"\n\
    news.example.test TXT \"v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all\"\n\
    news.example.test MX 10 mail.example.test.";

/// A second domain that mail is sent for.
fn further(state: &mut State, name: &str) {
    state.host.domains.push(domain(name));
    state.only = ["spf", "dkim", "dmarc", "mx"].map(str::to_owned).to_vec();
}

pub static WORLDS: &[World] = &[
    world_then("no DMARC", "- _dmarc.example.test", &["dmarc.missing"], &["dmarc.only-watches"]),
    world_then(
        "two DMARC records",
        "_dmarc.example.test TXT \"v=DMARC1; p=none\"",
        &["dmarc.several"],
        &["dmarc.only-watches"],
    ),
    world_then(
        "a policy that is none",
        record!("v=DMARC1; p=rejct; rua=mailto:a@example.test"),
        &["dmarc.bad-policy"],
        &["dmarc.only-watches"],
    ),
    world_then(
        "neither policy nor reports",
        record!("v=DMARC1; p=rejct"),
        &["dmarc.ignored"],
        &["dmarc.only-watches"],
    ),
    world_then(
        "no policy",
        record!("v=DMARC1; sp=reject; rua=mailto:a@example.test"),
        &["dmarc.no-policy"],
        &["dmarc.only-watches"],
    ),
    world("no semicolon", record!("v=DMARC1 p=reject rua=mailto:a@example.test"), &["dmarc.not-recognised"]),
    world(
        "small letters",
        record!("v=dmarc1; p=reject; rua=mailto:a@example.test"),
        &["dmarc.not-recognised"],
    ),
    world(
        "the version is not first",
        record!("p=reject; v=DMARC1; rua=mailto:a@example.test"),
        &["dmarc.not-recognised"],
    ),
    world(
        "in quotation marks",
        record!("\\\"v=DMARC1; p=reject; rua=mailto:a@example.test\\\""),
        &["dmarc.not-recognised"],
    ),
    world(
        "a value that it cannot have",
        record!("v=DMARC1; p=reject; adkim=strict; rua=mailto:a@example.test"),
        &["dmarc.syntax"],
    ),
    world(
        "something that is no tag",
        record!("v=DMARC1; p=reject; sp; rua=mailto:a@example.test"),
        &["dmarc.syntax"],
    ),
    world("a tag twice", record!("v=DMARC1; p=reject; p=none; rua=mailto:a@example.test"), &["dmarc.syntax"]),
    world(
        "an address without mailto",
        record!("v=DMARC1; p=reject; rua=a@example.test, mailto:b@example.test"),
        &["dmarc.syntax"],
    ),
    world(
        "a tag that nobody knows",
        record!("v=DMARC1; p=reject; policy=x; rua=mailto:a@example.test"),
        &["dmarc.unknown-tag"],
    ),
    world("pct", record!("v=DMARC1; p=reject; pct=50; rua=mailto:a@example.test"), &["dmarc.historic"]),
    world(
        "a limit of size",
        record!("v=DMARC1; p=reject; rua=mailto:a@example.test!10m"),
        &["dmarc.historic"],
    ),
    world(
        "p is not second",
        record!("v=DMARC1; sp=reject; p=reject; rua=mailto:a@example.test"),
        &["dmarc.wrong-order"],
    ),
    world("nobody gets reports", record!("v=DMARC1; p=reject"), &["dmarc.no-reports"]),
    world_then(
        "nobody gets reports, and nothing else is done",
        record!("v=DMARC1; p=none"),
        &["dmarc.no-reports"],
        &["dmarc.only-watches"],
    ),
    uncured("only watching", record!("v=DMARC1; p=none; rua=mailto:a@example.test"), &["dmarc.only-watches"]),
    uncured(
        "quarantine, where lists are written to",
        record!("v=DMARC1; p=quarantine; rua=mailto:a@example.test"),
        &[],
    ),
    uncured("testing", record!("v=DMARC1; p=reject; t=y; rua=mailto:a@example.test"), &["dmarc.testing"]),
    world(
        "weaker below",
        record!("v=DMARC1; p=reject; sp=none; rua=mailto:a@example.test"),
        &["dmarc.weaker-below"],
    ),
    world(
        "weaker for what does not exist",
        record!("v=DMARC1; p=reject; np=none; rua=mailto:a@example.test"),
        &["dmarc.weaker-missing"],
    ),
    world(
        "reports to others who do not want them",
        record!("v=DMARC1; p=reject; rua=mailto:a@reports.test", "reports.test MX 10 mail.reports.test."),
        &["dmarc.reports-unauthorised"],
    ),
    uncured(
        "reports to others who want them",
        record!(
            "v=DMARC1; p=reject; rua=mailto:a@reports.test",
            "reports.test MX 10 mail.reports.test.\nexample.test._report._dmarc.reports.test TXT \"v=DMARC1;\""
        ),
        &[],
    ),
    World {
        name: "reports to where no mail is taken",
        zone: record!(
            "v=DMARC1; p=reject; rua=mailto:a@reports.example.test",
            "reports.example.test TXT \"nothing but this\""
        ),
        state: |_| {},
        finds: &["dmarc.reports-nowhere"],
        cure: Cure::Entered(record!("v=DMARC1; p=reject; rua=mailto:a@example.test")),
    },
    uncured(
        "the servers of the receiver of reports fail",
        record!("v=DMARC1; p=reject; rua=mailto:a@reports.test", "! reports.test servfail"),
        &["dmarc.not-asked"],
    ),
    uncured("the servers fail", "! _dmarc.example.test servfail", &["dmarc.not-asked"]),
    World {
        name: "signed by the domain above, and strict",
        zone: SUBDOMAIN,
        state: |state| further(state, "news.example.test"),
        finds: &["dmarc.dkim-not-aligned"],
        cure: Cure::Entered(
            "- _dmarc.example.test\n\
            _dmarc.example.test TXT \"v=DMARC1; p=reject; rua=mailto:postmaster@example.test\"",
        ),
    },
    World {
        name: "strict, and a key of its own",
        zone: concat!(
            "news.example.test TXT \"v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all\"\n",
            "news.example.test MX 10 mail.example.test.\n- _dmarc.example.test\n",
            "_dmarc.example.test TXT \"v=DMARC1; p=reject; adkim=s; rua=mailto:postmaster@example.test\"\n",
            "n1._domainkey.news.example.test TXT \"v=DKIM1; k=ed25519; p=",
            include_str!("keys/ed25519.pub"),
            "\""
        ),
        state: |state| {
            further(state, "news.example.test");
            state.host.keys.push(key("news.example.test", "n1", EDWARDS, KeyState::Active));
        },
        finds: &[],
        cure: Cure::None,
    },
    World {
        name: "a relay with a return path of its own, and strict",
        zone: record!("v=DMARC1; p=reject; aspf=s; rua=mailto:postmaster@example.test"),
        state: |state| {
            let profile = relays::find("ses");
            let host = "email-smtp.eu-west-1.amazonaws.com".to_owned();
            state.host.relays = vec![OwnRelay { name: "out".to_owned(), host, profile }];
        },
        finds: &["dmarc.spf-not-aligned"],
        cure: Cure::Printed,
    },
    World {
        name: "one record for two domains has its fault once",
        zone: concat!(
            "news.example.test TXT \"v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all\"\n",
            "news.example.test MX 10 mail.example.test.\n- _dmarc.example.test\n",
            "_dmarc.example.test TXT \"v=DMARC1; p=reject; pct=100; rua=mailto:postmaster@example.test\""
        ),
        state: |state| further(state, "news.example.test"),
        finds: &["dmarc.historic"],
        cure: Cure::Printed,
    },
    World {
        name: "the tree leads to another record than the list",
        zone: "b.example.test TXT \"v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all\"\n\
               b.example.test MX 10 mail.example.test.\n\
               _dmarc.b.a.example.test TXT \"v=DMARC1; p=reject; psd=n; rua=mailto:postmaster@example.test\"\n\
               c.b.a.example.test TXT \"v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all\"\n\
               c.b.a.example.test MX 10 mail.example.test.",
        state: |state| {
            further(state, "c.b.a.example.test");
            state.host.keys.push(key("c.b.a.example.test", "c1", EDWARDS, KeyState::Active));
        },
        finds: &["dkim.missing", "dmarc.methods-differ", "dmarc.reports-unauthorised"],
        cure: Cure::None,
    },
    World {
        name: "a stranger whose reports go nowhere",
        zone: record!("v=DMARC1; p=reject; rua=mailto:a@reports.test"),
        state: |state| state.stranger = Some("example.test"),
        finds: &["dmarc.reports-unauthorised"],
        cure: Cure::None,
    },
    World {
        name: "a stranger without DMARC",
        zone: "- _dmarc.example.test",
        state: |state| state.stranger = Some("example.test"),
        finds: &["dmarc.missing"],
        cure: Cure::None,
    },
];

#[tokio::test]
async fn dmarc() {
    judge(WORLDS).await;
}
