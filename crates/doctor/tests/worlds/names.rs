//! Worlds whose names are wrong: hostname, addresses, PTR.

use super::support::{Cure, World, domain, judge, parsed, report_of, source};
use postamt_doctor::checks::{html, text};
use postamt_mail::words::{Language, words};
use postamt_net::dns::DnssecStatus;

const REVERSE6: &str = "- 5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";

static WORLDS: &[World] = &[
    World {
        name: "no PTR",
        zone: "- 25.2.0.192.in-addr.arpa",
        state: |_| {},
        finds: &["ptr.missing"],
        cure: Cure::Printed,
    },
    World {
        name: "IPv6 without PTR",
        zone: REVERSE6,
        state: |_| {},
        finds: &["ptr.missing-ipv6"],
        cure: Cure::Printed,
    },
    World {
        name: "IPv6 without PTR, and IPv6 switched off, as is advised",
        zone: REVERSE6,
        state: |_| {},
        finds: &["ptr.missing-ipv6"],
        cure: Cure::Done(|state| state.host.ipv6 = false),
    },
    World {
        name: "PTR to another name that leads back",
        zone: "- 25.2.0.192.in-addr.arpa\n25.2.0.192.in-addr.arpa PTR web.example.test.\n\
                   web.example.test A 192.0.2.25",
        state: |_| {},
        finds: &["ptr.other-name"],
        cure: Cure::Printed,
    },
    World {
        name: "PTR to a name that does not lead back",
        zone: "- 25.2.0.192.in-addr.arpa\n25.2.0.192.in-addr.arpa PTR old.example.test.\n\
                   old.example.test A 192.0.2.99",
        state: |_| {},
        finds: &["ptr.not-confirmed"],
        cure: Cure::Printed,
    },
    World {
        name: "PTR to a name that is not there",
        zone: "- 25.2.0.192.in-addr.arpa\n25.2.0.192.in-addr.arpa PTR gone.example.test.",
        state: |_| {},
        finds: &["ptr.not-confirmed"],
        cure: Cure::Printed,
    },
    World {
        name: "generic PTR",
        zone: "- 25.2.0.192.in-addr.arpa\n\
                   25.2.0.192.in-addr.arpa PTR static.192-0-2-25.clients.provider.example.\n\
                   static.192-0-2-25.clients.provider.example A 192.0.2.25",
        state: |_| {},
        finds: &["ptr.generic"],
        cure: Cure::Printed,
    },
    World {
        name: "two PTR records",
        zone: "25.2.0.192.in-addr.arpa PTR second.example.test.",
        state: |_| {},
        finds: &["ptr.several"],
        cure: Cure::None,
    },
    World {
        name: "reverse zone fails",
        zone: "! 2.0.192.in-addr.arpa servfail",
        state: |_| {},
        finds: &["ptr.not-asked"],
        cure: Cure::None,
    },
    World {
        name: "no name server answers",
        zone: "! test silence\n! arpa silence\n! example silence",
        state: |_| {},
        finds: &["dns.silent"],
        cure: Cure::None,
    },
    World {
        name: "hostname is not complete",
        zone: "",
        state: |state| state.host.hostname = domain("localhost"),
        finds: &["hostname.not-complete"],
        cure: Cure::Done(|state| state.host.hostname = domain("mail.example.test")),
    },
    World {
        name: "hostname is not in DNS",
        zone: "",
        state: |state| {
            state.host.hostname = domain("mx.example.test");
            state.host.sources =
                vec![source("192.0.2.25", "mail.example.test"), source("2001:db8::25", "mail.example.test")];
        },
        finds: &["hostname.not-in-dns"],
        cure: Cure::Done(|state| state.host.hostname = domain("mail.example.test")),
    },
    World {
        name: "hostname has no address",
        zone: "mx.example.test TXT \"nothing but this\"",
        state: |state| {
            state.host.hostname = domain("mx.example.test");
            state.host.sources =
                vec![source("192.0.2.25", "mail.example.test"), source("2001:db8::25", "mail.example.test")];
        },
        finds: &["hostname.no-address"],
        cure: Cure::Done(|state| state.host.hostname = domain("mail.example.test")),
    },
    World {
        name: "hostname leads elsewhere",
        zone: "- mail.example.test A\n- mail.example.test AAAA\nmail.example.test A 192.0.2.99\nmail.example.test AAAA 2001:db8::99",
        state: |state| state.host.ipv6 = false,
        finds: &["addresses.name-elsewhere", "ptr.not-confirmed"],
        cure: Cure::Printed,
    },
    World {
        name: "hostname is the provider's",
        zone: "static.192-0-2-25.clients.provider.example A 192.0.2.25\n- 25.2.0.192.in-addr.arpa\n\
                   25.2.0.192.in-addr.arpa PTR static.192-0-2-25.clients.provider.example.",
        state: |state| {
            state.host.hostname = domain("static.192-0-2-25.clients.provider.example");
            state.host.ipv6 = false;
        },
        finds: &["hostname.generic", "ptr.generic"],
        cure: Cure::None,
    },
    World {
        name: "behind a translator",
        zone: "",
        state: |state| state.machine.addresses = vec![parsed("10.0.0.5")],
        finds: &["addresses.translated"],
        cure: Cure::None,
    },
    World {
        name: "behind the provider's translator",
        zone: "",
        state: |state| state.machine.addresses = vec![parsed("100.64.7.1")],
        finds: &["addresses.shared"],
        cure: Cure::Done(|state| state.machine.addresses = vec![parsed("192.0.2.25")]),
    },
    World {
        name: "a source that is not there",
        zone: "9.2.0.192.in-addr.arpa PTR out.example.test.\nout.example.test A 192.0.2.9\n\
                   mail.example.test A 192.0.2.9\n- example.test TXT\n\
                   example.test TXT \"v=spf1 mx -all\"\nout.example.test TXT \"v=spf1 a -all\"",
        state: |state| {
            state.host.ipv6 = false;
            state.host.sources = vec![source("192.0.2.9", "out.example.test")];
        },
        finds: &["addresses.source-missing", "addresses.translated"],
        cure: Cure::Done(|state| state.machine.addresses.push(parsed("192.0.2.9"))),
    },
    World {
        name: "resolver does not validate",
        zone: "",
        state: |state| state.dnssec = DnssecStatus::Unknown,
        finds: &["dns.not-validating"],
        cure: Cure::Done(|state| state.dnssec = DnssecStatus::Insecure),
    },
    World {
        name: "public resolver",
        zone: "",
        state: |state| state.machine.name_servers = vec![parsed("8.8.8.8:53")],
        finds: &["dns.public-resolver"],
        cure: Cure::Done(|state| state.host.name_servers = vec![parsed("127.0.0.1:53")]),
    },
];

#[tokio::test]
async fn names() {
    judge(WORLDS).await;
}

#[tokio::test]
async fn a_report_as_text_and_as_a_page() {
    let broken = World {
        name: "several",
        zone: "- 25.2.0.192.in-addr.arpa\n25.2.0.192.in-addr.arpa PTR <b>&\"x.example.test.",
        state: |state| state.dnssec = DnssecStatus::Unknown,
        finds: &[],
        cure: Cure::None,
    };
    let report = report_of(&broken).await;
    for language in Language::ALL {
        insta::assert_snapshot!(format!("text_{language}"), text::report(&report, words(language)));
    }
    let page = html::page(&report, Language::De);
    insta::assert_snapshot!("page", page.split("</style>").nth(1).expect("a style"));
    assert!(!page.contains("<b>"), "what others say is no markup");
    for outside in ["<script", "src=", "@import", "url(", "http://"] {
        assert!(!page.contains(outside), "{outside}");
    }
}
