//! Worlds whose way back, or whose reputation, is wrong: MX and blocklists.

use postamt_mailauth::dkim::KeyState;

use super::support::{Change, Cure, EDWARDS, World, domain, judge, key, report_of};

static WORLDS: &[World] = &[
    World {
        name: "no MX and no address",
        zone: "- example.test MX",
        state: |_| {},
        finds: &["mx.nothing"],
        cure: Cure::Printed,
    },
    World {
        name: "no MX but an address",
        zone: "- example.test MX\n\
                   example.test A 192.0.2.25",
        state: |_| {},
        finds: &["mx.implicit"],
        cure: Cure::Printed,
    },
    World {
        name: "null MX of a domain that sends",
        zone: "- example.test MX\n\
                   example.test MX 0 .",
        state: |_| {},
        finds: &["mx.null"],
        cure: Cure::Printed,
    },
    World {
        name: "MX to a name without address",
        zone: "- example.test MX\n\
                   example.test MX 10 gone.example.test.",
        state: |_| {},
        finds: &["mx.no-address"],
        cure: Cure::Printed,
    },
    World {
        name: "the domain's zone fails",
        zone: concat!(
            "! example.test servfail\nother.test TXT \"v=spf1 ip4:192.0.2.25 -all\"\n",
            "_dmarc.other.test TXT \"v=DMARC1; p=reject; rua=mailto:postmaster@other.test\"\n",
            "s1._domainkey.other.test TXT \"v=DKIM1; k=ed25519; p=",
            include_str!("keys/ed25519.pub"),
            "\""
        ),
        state: |state| {
            state.host.domains = vec![domain("other.test")];
            state.host.keys = vec![key("other.test", "s1", EDWARDS, KeyState::Active)];
            state.host.ipv6 = false;
        },
        finds: &["hostname.not-asked", "mx.nothing", "ptr.not-asked", "spf.not-asked"],
        cure: Cure::None,
    },
    World {
        name: "a stranger with a null MX",
        zone: "quiet.test MX 0 .\nquiet.test TXT \"v=spf1 -all\"\n\
               _dmarc.quiet.test TXT \"v=DMARC1; p=reject\"",
        state: |state| state.stranger = Some("quiet.test"),
        finds: &["mx.null"],
        cure: Cure::None,
    },
    World {
        name: "a stranger without MX",
        zone: "bare.test TXT \"v=spf1 ip4:192.0.2.7 -all\"\n_dmarc.bare.test TXT \"v=DMARC1; p=reject\"\n\
               x._domainkey.bare.test TXT \"v=DKIM1; p=\"",
        state: |state| state.stranger = Some("bare.test"),
        finds: &["mx.nothing"],
        cure: Cure::None,
    },
    World {
        name: "a stranger whose only mail host has no record but its own, and stands on a list",
        zone: "bare.test A 192.0.2.7\nbare.test TXT \"v=spf1 ip4:192.0.2.7 -all\"\n\
               _dmarc.bare.test TXT \"v=DMARC1; p=reject\"\nx._domainkey.bare.test TXT \"v=DKIM1; p=\"\n\
               7.2.0.192.zen.lists.example A 127.0.0.2",
        state: |state| {
            state.stranger = Some("bare.test");
            state.only = vec!["blocklists".to_owned()];
        },
        finds: &["blocklists.listed"],
        cure: Cure::None,
    },
    World {
        name: "address listed",
        zone: "25.2.0.192.zen.lists.example A 127.0.0.2",
        state: |_| {},
        finds: &["blocklists.listed"],
        cure: Cure::None,
    },
    World {
        name: "address in a range of customers",
        zone: "25.2.0.192.zen.lists.example A 127.0.0.10",
        state: |_| {},
        finds: &["blocklists.listed"],
        cure: Cure::None,
    },
    World {
        name: "address of a machine taken over",
        zone: "25.2.0.192.zen.lists.example A 127.0.0.4",
        state: |_| {},
        finds: &["blocklists.listed"],
        cure: Cure::None,
    },
    World {
        name: "IPv6 address listed",
        zone: "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.zen.lists.example A 127.0.0.2",
        state: |_| {},
        finds: &["blocklists.listed"],
        cure: Cure::Done(|state| state.host.ipv6 = false),
    },
    World {
        name: "listed where nobody looks",
        zone: "25.2.0.192.pay.lists.example A 127.0.0.2",
        state: |_| {},
        finds: &["blocklists.listed"],
        cure: Cure::None,
    },
    World {
        name: "domain listed",
        zone: "example.test.names.lists.example A 127.0.1.2",
        state: |_| {},
        finds: &["blocklists.listed"],
        cure: Cure::Done(|state| state.host.domains.clear()),
    },
    World {
        name: "list refuses with an error code",
        zone: "25.2.0.192.zen.lists.example A 127.255.255.254",
        state: |_| {},
        finds: &["blocklists.refused"],
        cure: Cure::None,
    },
    World {
        name: "list refuses already its test point",
        zone: "- 2.0.0.127.zen.lists.example\n\
                   2.0.0.127.zen.lists.example A 127.255.255.254\n\
                   25.2.0.192.zen.lists.example A 127.0.0.2",
        state: |_| {},
        finds: &["blocklists.refused"],
        cure: Cure::None,
    },
    World {
        name: "list of domains refuses with its own code",
        zone: "example.test.names.lists.example A 127.0.1.255",
        state: |_| {},
        finds: &["blocklists.refused"],
        cure: Cure::None,
    },
    World {
        name: "list that answers nothing",
        zone: "- 2.0.0.127.zen.lists.example",
        state: |_| {},
        finds: &["blocklists.refused"],
        cure: Cure::None,
    },
    World {
        name: "a list fails for our address alone",
        zone: "! 25.2.0.192.zen.lists.example servfail",
        state: |_| {},
        finds: &["blocklists.refused"],
        cure: Cure::None,
    },
    World {
        name: "list whose name servers are silent",
        zone: "! zen.lists.example silence",
        state: |_| {},
        finds: &["blocklists.refused"],
        cure: Cure::None,
    },
    World {
        name: "list that lists the world",
        zone: "1.0.0.127.zen.lists.example A 127.0.0.2\n\
                   25.2.0.192.zen.lists.example A 127.0.0.2",
        state: |_| {},
        finds: &["blocklists.dead"],
        cure: Cure::None,
    },
    World {
        name: "list whose domain is parked",
        zone: "- 2.0.0.127.zen.lists.example\n\
                   2.0.0.127.zen.lists.example A 198.51.100.9\n\
                   1.0.0.127.zen.lists.example A 198.51.100.9\n\
                   25.2.0.192.zen.lists.example A 198.51.100.9",
        state: |_| {},
        finds: &["blocklists.dead"],
        cure: Cure::None,
    },
];

/// Where nobody knows from which address mail leaves, only the domains were looked up: nothing is said about the host.
#[tokio::test]
async fn a_host_without_addresses_is_not_called_clean() {
    let worlds: [(&str, Change, bool); 2] =
        [("", |_| {}, true), ("- mail.example.test", |state| state.machine.addresses.clear(), false)];
    for (zone, state, is_clean) in worlds {
        let world = World { name: "addresses", zone, state, finds: &[], cure: Cure::None };
        let report = report_of(&world).await;
        let said: Vec<&str> = report
            .findings()
            .iter()
            .map(|it| it.kind.id)
            .filter(|id| id.starts_with("blocklists."))
            .collect();
        assert_eq!(said, if is_clean { vec!["blocklists.clean"] } else { vec![] }, "{zone}");
    }
}

#[tokio::test]
async fn reputation() {
    judge(WORLDS).await;
}
